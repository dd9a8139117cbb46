"""Symmetric and Hermitian sparse matrices: their factors and their lowest eigenpairs."""

from typing import Any

import numpy as np

_TOLERANCE = 1e-11  # of eigenvalues


class Factors:
    """L U of a symmetric or Hermitian matrix, with which systems are solved.

    The order of elimination is that of the matrix plus its transpose, and none is changed for the
    size of a pivot: for matrices as those of diffusion that leaves half of the entries.

    Args:
        matrix: A square matrix of scipy.sparse, in compressed columns.

    Examples:
        >>> from scipy.sparse import csc_matrix
        >>> Factors(csc_matrix([[2.0, -1.0], [-1.0, 2.0]])).solve(np.array([1.0, 1.0]))
        array([1., 1.])
    """

    def __init__(self, matrix: Any) -> None:
        from scipy.sparse.linalg import splu

        self._kind = matrix.dtype
        self._factors = splu(
            matrix.tocsc(),
            permc_spec="MMD_AT_PLUS_A",
            diag_pivot_thresh=0.0,
            options={"SymmetricMode": True},
        )

    def solve(self, right: np.ndarray) -> Any:
        """The solution for one right side, or one in each column."""
        return self._factors.solve(np.ascontiguousarray(right, self._kind))

    @property
    def negatives(self) -> int:
        """How many eigenvalues are negative, by Sylvester's law: as many as pivots are.

        Examples:
            >>> from scipy.sparse import csc_matrix
            >>> Factors(csc_matrix([[1.0, 2.0], [2.0, 1.0]])).negatives
            1
        """
        return int((self._factors.U.diagonal().real < 0).sum())


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
