"""Volumes of the points of a mesh, and what flows between them.

    V_i dx_i/dt = Σ_j w_ij (x_j - x_i) + …,   w_ij = (cot θ + cot θ')/2,   V_i = ∫ φ_i dA

θ and θ' are the angles opposite the side ij, and w_ij is the length of the border between the two
Voronoi cells over the distance of their points. What leaves one volume enters the other. V_i is a
third of the triangles around a point. The same follows from linear elements φ_i whose masses are
put on the points.

Source: derived on the theory page, films.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.errors import InputError
from entrap.core.sparse import nested_order
from entrap.solve.plane.triangulation import Triangulation


@dataclasses.dataclass(frozen=True, eq=False)
class Dual:
    """Volumes and what joins them.

    Args:
        mesh: The triangles.
        volumes: Area that belongs to each point [m²].
        sides: Points i < j of each side of a triangle.
        weights: w_ij of each.
    """

    mesh: Triangulation
    volumes: np.ndarray
    sides: np.ndarray
    weights: np.ndarray

    @cached_property
    def stiffness(self) -> Any:
        """K with (K x)_i = Σ_j w_ij (x_i - x_j), as a sparse matrix."""
        from scipy.sparse import csc_matrix

        (i, j), w, n = self.sides.T, self.weights, len(self.volumes)
        entries = np.concatenate([w, w, -w, -w])
        rows, columns = np.concatenate([i, j, i, j]), np.concatenate([i, j, j, i])
        return csc_matrix((entries, (rows, columns)), (n, n))

    @cached_property
    def order(self) -> np.ndarray | None:
        """Order of elimination for matrices like the stiffness; None for the usual one."""
        return nested_order(self.mesh.points, self.stiffness)

    @cached_property
    def pieces(self) -> np.ndarray:
        """The number of the connected piece of film that each point belongs to."""
        from scipy.sparse.csgraph import connected_components

        return connected_components(self.stiffness, directed=False)[1]

    @cached_property
    def round(self) -> tuple[np.ndarray, np.ndarray]:
        """Of each triangle, anticlockwise, the numbers of its sides, and +1 where i < j or -1."""
        ends = np.stack([self.mesh.triangles, np.roll(self.mesh.triangles, -1, axis=1)], axis=-1)
        count = len(self.volumes)
        keys = self.sides[:, 0] * count + self.sides[:, 1]
        low, high = ends.min(-1), ends.max(-1)
        return np.searchsorted(keys, low * count + high), np.where(ends[..., 0] == low, 1, -1)

    def around(self, values: np.ndarray) -> np.ndarray:
        """The mean of values of triangles around each point, by their areas; a row each."""
        corners, count = self.mesh.triangles.ravel(), len(self.volumes)
        thirds = self.mesh.areas[:, None] / 3 * values
        sums = [np.bincount(corners, np.repeat(part, 3), count) for part in thirds.T]
        return np.stack(sums, axis=1) / self.volumes[:, None]

    @cached_property
    def rims(self) -> tuple[np.ndarray, ...]:
        """Points of each closed line around the film, with the film at its left."""
        numbers, signs = self.round
        single = np.bincount(numbers.ravel(), minlength=len(self.sides))[numbers] == 1
        ends = self.sides[numbers[single]]
        ends = np.where(signs[single][:, None] > 0, ends, ends[:, ::-1])
        after = dict(ends.tolist())
        made = []
        while after:
            line = [next(iter(after))]
            while (ahead := after.pop(line[-1])) != line[0]:
                line.append(ahead)
            made.append(np.array(line))
        return tuple(made)


def dual_of(mesh: Triangulation) -> Dual:
    """The finite volumes of a mesh.

    Raises:
        InputError: a weight is negative: the message says where.
    """
    corners, triangles, count = mesh.corners, mesh.triangles, len(mesh.points)
    thirds = np.repeat(mesh.areas / 3, 3)
    volumes = np.bincount(triangles.ravel(), thirds, count)
    ends, weights = [], []
    for k in range(3):
        i, j = triangles[:, (k + 1) % 3], triangles[:, (k + 2) % 3]
        u = corners[:, (k + 1) % 3] - corners[:, k]
        v = corners[:, (k + 2) % 3] - corners[:, k]
        cotangent = (u * v).sum(1) / (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])
        ends.append(np.sort(np.stack([i, j], 1), axis=1))
        weights.append(cotangent / 2)
    sides, number = np.unique(np.concatenate(ends), axis=0, return_inverse=True)
    summed = np.bincount(number.ravel(), np.concatenate(weights), len(sides))
    worst = int(summed.argmin())
    if summed[worst] < -1e-9:
        x, y = 1e6 * mesh.points[sides[worst]].mean(0)
        raise InputError(
            f"the mesh is too coarse for the outline at x = {x:.6g} µm, y = {y:.6g} µm: give a "
            "smaller `layout.smallest_feature`, or blunt the corner there"
        )
    return Dual(mesh, volumes, sides, summed)


def ring_area(corners: np.ndarray) -> float:
    """Area within a closed line, negative if it is clockwise [m²].

    Args:
        corners: Its points [m], a row each.
    """
    (x, y), (u, v) = (each.T for each in _ring(corners))
    return float((x * v - u * y).sum() / 2)


def ring_centre(corners: np.ndarray) -> np.ndarray:
    """Centre of the area within a closed line [m].

    Args:
        corners: Its points [m], a row each.
    """
    (x, y), (u, v) = (each.T for each in _ring(corners))
    cross = x * v - u * y
    return corners[0] + np.array([(x + u) @ cross, (y + v) @ cross]) / (3 * cross.sum())


def _ring(corners: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of its sides, from its first point."""
    from_first = corners - corners[0]
    return from_first, np.roll(from_first, -1, axis=0)
