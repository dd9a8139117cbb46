"""What currents in the triangles of a flat film do to each other.

The current of a triangle is uniform, K = (∂_y g, -∂_x g) of a stream function g that is linear
there. Two triangles have the mutual energy (μ0/4π) K·K' S, S = ∬ dA dA'/|r - r'|. Between triangles
that lie apart it is taken to second order in their spread about their centres; near ones have the
potential of a uniform triangle in closed form, taken at three points of the other. Pairs that lie
apart are summed on a grid, of which near ones are freed.

Source: derived on the theory page, films; the potential of a polygon, D. R. Wilton et al., IEEE
Trans. Antennas Propag. 32, 276 (1984), Eq. (5) in its plane.
"""

from typing import Any

import numpy as np

from entrap.solve.plane.farfield import APART, Grid, InverseDistance
from entrap.solve.plane.triangulation import Triangulation

_NEAR = 3.0  # sizes of the larger triangle, within which a pair is near
_SAMPLES = np.array([[4, 1, 1], [1, 4, 1], [1, 1, 4]]) / 6
_CHUNK = 2**17  # pairs at once
_BLOCK = 2**13  # triangles at once


def gradients(mesh: Triangulation) -> tuple[Any, Any]:
    """∂/∂x and ∂/∂y of what is linear in triangles: sparse, triangles in rows [1/m]."""
    from scipy.sparse import csr_matrix

    p, count = mesh.corners, len(mesh.triangles)
    ahead, behind = np.roll(p, -1, axis=1), np.roll(p, -2, axis=1)
    double = 2 * mesh.areas[:, None]
    along_x = (ahead[..., 1] - behind[..., 1]) / double
    along_y = (behind[..., 0] - ahead[..., 0]) / double
    rows, shape = np.repeat(np.arange(count), 3), (count, len(mesh.points))
    columns = mesh.triangles.ravel()
    return (
        csr_matrix((along_x.ravel(), (rows, columns)), shape),
        csr_matrix((along_y.ravel(), (rows, columns)), shape),
    )


class Mutual:
    """S of all pairs of triangles, as a product with numbers of the triangles [m³].

    Args:
        mesh: The triangles.
    """

    def __init__(self, mesh: Triangulation) -> None:
        from scipy.sparse import csr_matrix

        self.areas, centres = mesh.areas, mesh.corners.mean(1)
        grid, self._spread = Grid(centres), _covariance(mesh)
        spots = _samples(mesh)
        self._far = InverseDistance(grid, spots, spots)
        first, second = _near_pairs(centres, _reaches(self.areas), APART * grid.spacing)
        more = np.empty(len(first))
        for start in range(0, len(first), _CHUNK):
            part = slice(start, start + _CHUNK)
            more[part] = self._correction(mesh, centres, first[part], second[part])
        count = len(centres)
        upper = csr_matrix((more, (first, second)), (count, count))
        self._near = upper + csr_matrix(
            (np.where(first == second, 0.0, more), (second, first)), (count, count)
        )

    def _correction(
        self, mesh: Triangulation, centres: np.ndarray, first: np.ndarray, second: np.ndarray
    ) -> np.ndarray:
        """S of pairs less what the grid makes of it."""
        step = centres[first] - centres[second]
        apart = np.linalg.norm(step, axis=1)
        product = self.areas[first] * self.areas[second]
        made = product * _apart(step, self._spread[first] + self._spread[second])
        reach = _reaches(self.areas)
        near = apart <= np.maximum(reach[first], reach[second])
        made[near] = _mean_potential(mesh, first[near], second[near])
        return made - product * self._far.pairs(first, second)

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """Σ S v, for values in columns."""
        areas = self.areas[:, None]
        return areas * self._far(areas * values) + self._near @ values


def _samples(mesh: Triangulation) -> np.ndarray:
    """Three points in each triangle, which have its centre and its spread."""
    return np.einsum("sk,tkc->tsc", _SAMPLES, mesh.corners)


def _covariance(mesh: Triangulation) -> np.ndarray:
    """Of places in each triangle [m²]: a matrix each."""
    away = mesh.corners - mesh.corners.mean(1, keepdims=True)
    return np.einsum("tki,tkj->tij", away, away) / 12


def _apart(step: np.ndarray, spread: np.ndarray) -> np.ndarray:
    """The mean of 1/|r - r'| of spots that lie apart, to second order in their spread [1/m].

    Args:
        step: From one to the other [m].
        spread: The sum of their covariances [m²].
    """
    square = (step**2).sum(1)
    square = np.where(square > 0, square, np.inf)
    along = np.einsum("pi,pij,pj->p", step, spread, step)
    own = np.trace(spread, axis1=1, axis2=2)
    return (1 + (3 * along / square - own) / (2 * square)) / np.sqrt(square)


def _reaches(areas: np.ndarray) -> np.ndarray:
    """Distances within which triangles are no points to each other [m]."""
    return _NEAR * 1.5 * np.sqrt(areas)


def _near_pairs(
    centres: np.ndarray, reach: np.ndarray, least: float
) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of triangles that lie within the reach of one of them, or so near; each pair once."""
    reach = np.maximum(reach, least)
    first, second = found_near(centres, centres, reach)
    # The one that reaches further finds the other for sure.
    once = (reach[first] > reach[second]) | ((reach[first] == reach[second]) & (first <= second))
    return first[once], second[once]


def found_near(
    points: np.ndarray, centres: np.ndarray, reach: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of a centre and a point within its reach, by their numbers."""
    from scipy.spatial import KDTree

    tree, pairs = KDTree(points), []
    for start in range(0, len(centres), _BLOCK):
        part = slice(start, start + _BLOCK)
        found = tree.query_ball_point(centres[part], reach[part])
        owners = np.repeat(np.arange(start, start + len(found)), [len(each) for each in found])
        pairs.append((owners, np.concatenate([np.asarray(each, int) for each in found])))
    owners, near = (np.concatenate(each) for each in zip(*pairs, strict=True))
    return owners, near


def _mean_potential(mesh: Triangulation, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """∬ dA dA'/|r - r'| of pairs: the mean of both orders."""
    corners, areas = mesh.corners, mesh.areas
    total = np.zeros(len(first))
    for one, other in ((first, second), (second, first)):
        for shares in _SAMPLES:
            at = np.einsum("k,tkc->tc", shares, corners[one])
            total += areas[one] * potential(at, corners[other]) / 6
    return total


def potential(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """∫ dA'/|r - r'| of a triangle at a point of its plane, a row each [m].

    Args:
        points: r [m].
        corners: Of the triangles, anticlockwise [m].
    """
    made = np.zeros(len(points))
    x, y = (corners[..., c].T - points[:, c] for c in (0, 1))
    for k in range(3):
        ahead = (k + 1) % 3
        along, up = x[ahead] - x[k], y[ahead] - y[k]
        length = np.hypot(along, up)
        along, up = along / length, up / length
        height = x[k] * up - y[k] * along
        size = np.maximum(np.abs(height), 1e-300)
        ends = ((x[n] * along + y[n] * up) / size for n in (ahead, k))
        made += height * np.subtract(*map(np.arcsinh, ends))
    return made


class Potentials:
    """∫ K'/|r - r'| dA' at the points of a mesh, of K that is uniform in each triangle.

    Args:
        mesh: The triangles.
    """

    def __init__(self, mesh: Triangulation) -> None:
        from scipy.sparse import csr_matrix

        points, centres, self.areas = mesh.points, mesh.corners.mean(1), mesh.areas
        grid, spread = Grid(np.concatenate([points, centres])), _covariance(mesh)
        self._far = InverseDistance(grid, points[:, None], _samples(mesh))
        reach = _reaches(self.areas)
        triangles, near = found_near(points, centres, np.maximum(reach, APART * grid.spacing))
        more = np.empty(len(near))
        for start in range(0, len(near), _CHUNK):
            part = slice(start, start + _CHUNK)
            at, of = near[part], triangles[part]
            step, own = points[at] - centres[of], self.areas[of]
            apart = np.linalg.norm(step, axis=1)
            exact = own * _apart(step, spread[of])
            close = apart <= reach[of]
            exact[close] = potential(points[at[close]], mesh.corners[of[close]])
            more[part] = exact - own * self._far.pairs(at, of)
        self._near = csr_matrix((more, (near, triangles)), (len(points), len(centres)))

    def __call__(self, values: np.ndarray) -> np.ndarray:
        """The potentials, for K in columns."""
        return self._far(self.areas[:, None] * values) + self._near @ values
