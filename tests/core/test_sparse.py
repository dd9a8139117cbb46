"""Factors and eigenpairs of sparse matrices against dense ones."""

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.sparse import csc_matrix

from entrap.core.sparse import Factors, lowest_eigenpairs


@pytest.fixture(params=["symmetric", "Hermitian"])
def matrix(request):
    draw = np.random.default_rng(3).normal
    made = draw(size=(12, 12)) + (1j * draw(size=(12, 12)) if request.param == "Hermitian" else 0)
    return made + made.conj().T


def test_lowest_pairs_are_those_of_the_dense_matrix(matrix):
    masses = np.linspace(0.5, 2, 12)
    exact = eigh(matrix, np.diag(masses), eigvals_only=True)
    values, modes = lowest_eigenpairs(csc_matrix(matrix), masses, 3, exact[0] - 1)
    assert values == pytest.approx(exact[:3])
    assert modes.conj().T @ (masses[:, None] * modes) == pytest.approx(np.eye(3), abs=1e-9)
    assert matrix @ modes == pytest.approx(masses[:, None] * modes * values, abs=1e-8)
    sums = masses @ modes
    assert sums == pytest.approx(np.abs(sums))


def test_factors_solve_and_count_negative_eigenvalues(matrix):
    factors = Factors(csc_matrix(matrix))
    assert matrix @ factors.solve(np.arange(12.0)) == pytest.approx(np.arange(12.0))
    assert factors.negatives == (np.linalg.eigvalsh(matrix) < 0).sum()
