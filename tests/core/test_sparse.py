"""Factors and eigenpairs of sparse matrices against dense ones."""

import numpy as np
import pytest
from scipy.linalg import eigh
from scipy.sparse import csc_matrix, diags, kronsum

from entrap.core import sparse
from entrap.core.sparse import Factors, lowest_eigenpairs, nested_order


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


@pytest.fixture(scope="module")
def lattice():
    """Points of a lattice, a little off it, and differences between neighbours."""
    side = np.arange(40.0)
    points = np.stack(np.meshgrid(side, side), -1).reshape(-1, 2)
    points += 0.1 * np.random.default_rng(1).normal(size=points.shape)
    line = diags([-1.0, 2.0, -1.0], [-1, 0, 1], shape=(40, 40))  # pyright: ignore
    return points, csc_matrix(kronsum(line, line))


def test_nested_dissection_is_an_order_and_solves_the_same(lattice, monkeypatch):
    points, matrix = lattice
    assert nested_order(points, matrix) is None  # they are few
    monkeypatch.setattr(sparse, "_DISSECTED", 0)
    order = nested_order(points, matrix)
    assert sorted(order) == list(range(len(points)))
    right = np.random.default_rng(2).normal(size=(len(points), 2))
    nested, usual, plain = (Factors(matrix, o) for o in (order, None, np.arange(len(points))))
    assert nested.solve(right) == pytest.approx(usual.solve(right), rel=1e-10, abs=0)
    assert nested.solve(right[:, 0]) == pytest.approx(usual.solve(right[:, 0]), rel=1e-10, abs=0)
    filled, most = (each._factors.L.nnz for each in (nested, plain))
    assert filled < 0.6 * most
