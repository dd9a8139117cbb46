"""Shapes on a mesh that need not follow its triangles: what they cover, and integrals along them.

A function on the points of a mesh is Σ x_i φ_i, linear in each triangle. A shape covers

    T_i = ∫_shape φ_i dA

which is exact: it is cut by each triangle, and φ_i is linear. T is differentiable in the shape:
∂T_i/∂p = ∮ φ_i v_n ds where the outline moves at the normal speed v_n.
"""

import dataclasses
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import numpy as np

from entrap.solve.plane.triangulation import Size, Triangulation

_POINTS, _WEIGHTS = np.polynomial.legendre.leggauss(3)


@dataclasses.dataclass(frozen=True, eq=False)
class Cover:
    """The triangles of a mesh, as they are cut.

    Args:
        mesh: The mesh.
    """

    mesh: Triangulation

    @cached_property
    def _tree(self) -> Any:
        import shapely

        made: Any = shapely.polygons(self.mesh.corners)
        return shapely.STRtree(made)

    @cached_property
    def _inverse(self) -> np.ndarray:
        """From a step away from the first corner of each triangle to φ of the other two."""
        p = self.mesh.corners
        u, v = p[:, 1] - p[:, 0], p[:, 2] - p[:, 0]
        rows = np.stack([np.stack([v[:, 1], -v[:, 0]], 1), np.stack([-u[:, 1], u[:, 0]], 1)], 1)
        return rows / (2 * self.mesh.areas[:, None, None])

    def areas(self, shape: Any) -> np.ndarray:
        """T_i of a polygon of shapely [m²], for each point of the mesh."""
        import shapely

        if shape.is_empty:
            return np.zeros(len(self.mesh.points))
        hit = self._tree.query(shape, predicate="intersects")
        parts = shapely.intersection(self._tree.geometries[hit], shape)
        area = shapely.area(parts)
        some = area > 0
        centres = shapely.get_coordinates(shapely.centroid(parts[some]))
        shares = area[some, None] * self._shares(hit[some], centres)
        corners = self.mesh.triangles[hit[some]]
        return np.bincount(corners.ravel(), shares.ravel(), len(self.mesh.points))

    def found(self, at: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Triangle of each point [m], -1 outside the mesh, and φ of its corners there."""
        import shapely

        which, triangles = self._tree.query(shapely.points(at), predicate="intersects")
        found = np.full(len(at), -1)
        found[which] = triangles
        return found, self._shares(found, np.asarray(at, float)) * (found >= 0)[:, None]

    def weights(self, at: np.ndarray) -> np.ndarray:
        """For each point a row w with x(point) = w·x; 0 outside the mesh."""
        triangles, shares = self.found(at)
        made = np.zeros((len(at), len(self.mesh.points)))
        for row, triangle, share in zip(made, triangles, shares, strict=True):
            if triangle >= 0:
                row[self.mesh.triangles[triangle]] = share
        return made

    def along(self, outline: np.ndarray, values: np.ndarray, parts: int) -> "Along":
        """Values of Σ x_i φ_i along a closed line, anticlockwise, each side cut in `parts`."""
        start, end = outline, np.roll(outline, -1, 0)
        nodes = (np.arange(parts)[:, None] + (1 + _POINTS) / 2).ravel() / parts
        at = (start[:, None] + nodes[:, None] * (end - start)[:, None]).reshape(-1, 2)
        length = np.linalg.norm(end - start, axis=1)
        weights = (length[:, None] * np.tile(_WEIGHTS / 2 / parts, parts)).ravel()
        normal = np.stack([(end - start)[:, 1], (start - end)[:, 0]], 1) / length[:, None]
        triangles, shares = self.found(at)
        held = (values[self.mesh.triangles[triangles]] * shares).sum(1)
        return Along(at, np.repeat(normal, len(nodes), 0), weights, held)

    def _shares(self, triangles: np.ndarray, at: np.ndarray) -> np.ndarray:
        """φ of the corners of triangles at points."""
        step = at - self.mesh.corners[triangles, 0]
        others = np.einsum("tkc,tc->tk", self._inverse[triangles], step)
        return np.hstack([1 - others.sum(1, keepdims=True), others])


@dataclasses.dataclass(frozen=True)
class Along:
    """Points along a closed line, their outward normals, weights of integration [m], and values."""

    points: np.ndarray
    normals: np.ndarray
    weights: np.ndarray
    values: np.ndarray


def size_field(
    outlines: Iterable[Any], traps: Iterable[Any], near: Iterable[tuple[Any, float]],
    finest: float, largest: float, grading: float = 0.3,
) -> Size:  # fmt: skip
    """How long sides of triangles may be: as what is near, and more by `grading` × the distance.

    Args:
        outlines: Polygons whose sides triangles follow.
        traps: Polygons that triangles need not follow, but resolve.
        near: Points [m], each with the size there [m].
        finest: The least size [m].
        largest: The greatest size [m].
        grading: Growth of the size with distance.
    """
    import shapely
    from scipy.spatial import KDTree

    points, sizes = [np.array([[0.0, 0.0]])], [np.array([largest])]
    for polygon in (p for film in outlines for p in shapely.get_parts(film)):
        for ring in (polygon.exterior, *polygon.interiors):
            at = shapely.get_coordinates(ring)
            length = np.linalg.norm(np.diff(at, axis=0), axis=1)
            points += [at[:-1], (at[:-1] + at[1:]) / 2]
            sizes += [np.minimum(length, np.roll(length, 1)), length]
    for trap in (p for t in traps for p in shapely.get_parts(t)):
        # Twice area over circumference is the width of a strip and the radius of a disc.
        width = 2 * trap.area / trap.length
        at = shapely.get_coordinates(shapely.segmentize(trap.exterior, width))
        points.append(at)
        sizes.append(np.full(len(at), width / 2))
    for at, wanted in near:
        points.append(np.array([at], float))
        sizes.append(np.array([wanted]))
    where, least = np.concatenate(points), np.clip(np.concatenate(sizes), finest, largest)
    tree = KDTree(where)
    count = min(8, len(where))

    def size(at: np.ndarray) -> np.ndarray:
        distance, nearest = map(np.asarray, tree.query(at, k=count))
        grown = least[nearest] + grading * distance
        return np.clip(grown.min(-1), finest, largest)

    return size
