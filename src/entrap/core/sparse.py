"""Symmetric and Hermitian sparse matrices: their factors and their lowest eigenpairs."""

from typing import Any

import numpy as np

_TOLERANCE = 1e-11  # of eigenvalues
_DISSECTED = 25_000  # rows from which nested dissection is faster
_LEAF = 24  # points that are not halved


class Factors:
    """L U of a symmetric or Hermitian matrix, with which systems are solved.

    The order of elimination is that of the matrix plus its transpose, and none is changed for the
    size of a pivot: for matrices as those of diffusion that leaves half of the entries.

    Args:
        matrix: A square matrix of scipy.sparse, in compressed columns.
        order: Order of elimination, where a good one is known: of `nested_order`.

    Examples:
        >>> from scipy.sparse import csc_matrix
        >>> Factors(csc_matrix([[2.0, -1.0], [-1.0, 2.0]])).solve(np.array([1.0, 1.0]))
        array([1., 1.])
    """

    def __init__(self, matrix: Any, order: np.ndarray | None = None) -> None:
        from scipy.sparse.linalg import splu

        self._kind, self._order = matrix.dtype, order
        self._factors = splu(
            matrix.tocsc() if order is None else matrix[order][:, order].tocsc(),
            permc_spec="MMD_AT_PLUS_A" if order is None else "NATURAL",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )

    def solve(self, right: np.ndarray) -> Any:
        """The solution for one right side, or one in each column."""
        right = np.ascontiguousarray(right, self._kind)
        if self._order is None:
            return self._factors.solve(right)
        made = np.empty_like(right)
        made[self._order] = self._factors.solve(right[self._order])
        return made

    @property
    def negatives(self) -> int:
        """How many eigenvalues are negative, by Sylvester's law: as many as pivots are.

        Examples:
            >>> from scipy.sparse import csc_matrix
            >>> Factors(csc_matrix([[1.0, 2.0], [2.0, 1.0]])).negatives
            1
        """
        return int((self._factors.U.diagonal().real < 0).sum())


def nested_order(points: np.ndarray, matrix: Any) -> np.ndarray | None:
    """Order of elimination by nested dissection, of a matrix whose rows are points of a plane.

    Points are halved along their longer side, again and again; of one half those that touch the
    other come after both. None where there are so few that the usual order is as good.

    Source: A. George, SIAM J. Numer. Anal. 10, 345 (1973).

    Args:
        points: Coordinates, a row each.
        matrix: A symmetric matrix in compressed columns that is not 0 between neighbours.
    """
    count = len(points)
    if count < _DISSECTED:
        return None
    order, marked = np.empty(count, int), np.zeros(count, bool)
    todo = [(np.arange(count), 0)]  # points, and where in the order they begin
    while todo:
        some, start = todo.pop()
        if len(some) <= _LEAF:
            order[start : start + len(some)] = some
            continue
        at, half = points[some], len(some) // 2
        cut = np.argpartition(at[:, np.ptp(at, axis=0).argmax()], half)
        left, right = some[cut[:half]], some[cut[half:]]
        marked[right] = True
        touching = _touching(left, matrix, marked)
        marked[right] = False
        between, left = left[touching], left[~touching]
        end = start + len(some)
        order[end - len(between) : end] = between
        todo += [(left, start), (right, start + len(left))]
    return order


def _touching(rows: np.ndarray, matrix: Any, marked: np.ndarray) -> np.ndarray:
    """Which rows have an entry in a marked column."""
    starts = matrix.indptr[rows]
    counts = matrix.indptr[rows + 1] - starts
    first = np.cumsum(counts) - counts
    entries = np.repeat(starts - first, counts) + np.arange(counts.sum())
    return np.logical_or.reduceat(marked[matrix.indices[entries]], first)


def diagonal(values: np.ndarray) -> Any:
    """The sparse matrix with these numbers on its diagonal."""
    from scipy.sparse import diags

    return diags(values, format="csc")


def lowest_eigenpairs(
    matrix: Any, masses: np.ndarray, count: int, below: float, factors: Factors | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """The lowest solutions of A u = λ V u, with V diagonal and ∫u² = u·V u = 1.

    Args:
        matrix: A, symmetric or Hermitian.
        masses: The diagonal of V, positive.
        count: How many; fewer than there are rows.
        below: A number below the lowest λ, near which they are sought.
        factors: Of A - below V, where they are there.

    Returns:
        λ in rising order, and u in columns; each has a real sum that is not negative.
    """
    from scipy.sparse import linalg

    factors = factors or Factors(matrix - below * diagonal(masses))
    root = np.sqrt(masses)
    # √V (A - σV)⁻¹ √V is symmetric, and its largest eigenvalues are those wanted.
    made: Any = linalg  # its stubs do not know these keywords
    inverse = made.LinearOperator(
        matrix.shape, matvec=lambda v: root * factors.solve(root * np.ravel(v)), dtype=matrix.dtype
    )
    start = root / np.linalg.norm(root) + 1e-3 * np.cos(np.arange(len(root)))
    start = start.astype(matrix.dtype)
    inverted, vectors = made.eigsh(inverse, k=count, which="LA", tol=_TOLERANCE, v0=start)
    order = np.argsort(-inverted)
    modes = vectors[:, order] / root[:, None]
    sums = (masses[:, None] * modes).sum(0)
    signs = np.where(sums == 0, 1.0, np.conj(sums) / np.maximum(np.abs(sums), 1e-300))
    return below + 1 / inverted[order].real, modes * signs


def single_thread() -> Any:
    """A context in which the linear algebra beneath numpy and scipy runs in one thread.

    Sparse factors are made of thousands of small products, for which threads only wait: all that
    uses this module runs in it.
    """
    from threadpoolctl import threadpool_limits

    return threadpool_limits(1, "blas")
