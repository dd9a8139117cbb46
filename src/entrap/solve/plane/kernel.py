"""What currents in the triangles of a flat film do to each other.

The current of a triangle is uniform, K = (∂_y g, -∂_x g) of a stream function g that is linear
there. Two triangles have the mutual energy (μ0/4π) K·K' S, S = ∬ dA dA'/|r - r'|. Between triangles
that lie apart it is taken between their centroids; near ones have the potential of a uniform
triangle in closed form, taken at three points of the other.

Source: derived on the theory page, films; the potential of a polygon, D. R. Wilton et al., IEEE
Trans. Antennas Propag. 32, 276 (1984), Eq. (5) in its plane.
"""

from typing import Any

import numpy as np

from entrap.core.constants import VACUUM_PERMEABILITY
from entrap.solve.plane.triangulation import Triangulation

_NEAR = 4.0  # sizes of the larger triangle, within which a pair is near
_SAMPLES = np.array([[4, 1, 1], [1, 4, 1], [1, 1, 4]]) / 6
_CHUNK = 2**21  # numbers in a block of S


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


def magnetic_matrix(mesh: Triangulation) -> np.ndarray:
    """Q with g·Q g = (μ0/4π) ∬ K·K'/|r - r'|: of all pairs of points, symmetric [H]."""
    from scipy.sparse import csr_matrix

    along = gradients(mesh)
    centres, areas, count = mesh.corners.mean(1), mesh.areas, len(mesh.triangles)
    made = np.zeros((len(mesh.points),) * 2)
    step = max(1, _CHUNK // count)
    (x, y), transposed = centres.T, [part.T.tocsr() for part in along]
    for first in range(0, count, step):
        rows = slice(first, min(first + step, count))
        # Columns of S: a column is a triangle of this block.
        block = np.subtract.outer(x, x[rows])
        block *= block
        across = np.subtract.outer(y, y[rows])
        across *= across
        block += across
        own = np.arange(rows.start, rows.stop)
        block[own, own - first] = np.inf
        np.sqrt(block, out=block)
        np.divide(np.multiply.outer(areas, areas[rows]), block, out=block)
        for part, back in zip(along, transposed, strict=True):
            made += part[rows].T @ (back @ block).T
    first, second = _near_pairs(centres, areas)
    exact = _mean_potential(mesh, first, second)
    apart = np.linalg.norm(centres[first] - centres[second], axis=1)
    more = exact - np.where(
        first == second, 0.0, areas[first] * areas[second] / np.where(apart > 0, apart, np.inf)
    )
    near = csr_matrix((more, (first, second)), (count, count))
    near = (
        near
        + near.T
        - csr_matrix((np.where(first == second, more, 0.0), (first, second)), (count, count))
    )
    for part in along:
        made += (part.T @ near @ part).toarray()
    return VACUUM_PERMEABILITY / (8 * np.pi) * (made + made.T)


def _near_pairs(centres: np.ndarray, areas: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of triangles that lie near each other, each pair once, and each with itself."""
    from scipy.spatial import KDTree

    reach = _NEAR * 1.5 * np.sqrt(areas)
    found = KDTree(centres).query_ball_point(centres, reach)
    first = np.repeat(np.arange(len(centres)), [len(each) for each in found])
    second = np.concatenate([np.asarray(each, int) for each in found])
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs = np.unique(low * len(centres) + high)
    return pairs // len(centres), pairs % len(centres)


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
    for k in range(3):
        start, end = corners[:, k] - points, corners[:, (k + 1) % 3] - points
        along = end - start
        along = along / np.linalg.norm(along, axis=1)[:, None]
        height = start[:, 0] * along[:, 1] - start[:, 1] * along[:, 0]
        size = np.maximum(np.abs(height), 1e-300)
        ends = ((edge * along).sum(1) / size for edge in (end, start))
        made += height * np.subtract(*map(np.arcsinh, ends))
    return made


def potential_matrix(mesh: Triangulation) -> np.ndarray:
    """∫ dA'/|r - r'| of each triangle, in columns, at each point, in rows [m]."""
    from scipy.spatial import KDTree

    points, centres, areas = mesh.points, mesh.corners.mean(1), mesh.areas
    made = np.hypot(*(np.subtract.outer(a, b) for a, b in zip(points.T, centres.T, strict=True)))
    np.divide(areas, made, out=made)
    reach = _NEAR * 1.5 * np.sqrt(areas)
    found = KDTree(points).query_ball_point(centres, reach)
    triangles = np.repeat(np.arange(len(centres)), [len(each) for each in found])
    near = np.concatenate([np.asarray(each, int) for each in found])
    made[near, triangles] = potential(points[near], mesh.corners[triangles])
    return made
