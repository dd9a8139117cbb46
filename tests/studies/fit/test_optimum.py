"""The maximum from which the chains start."""

import types
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from entrap.core.errors import SolveError
from entrap.studies.fit import optimum


def test_of_several_maxima_the_highest_is_taken(monkeypatch):
    def density(u):
        return -((u**2 - 4) ** 2) / 4 + 0.3 * u

    def found(_target, _given, u):
        return density(u[0]), np.array([-u[0] * (u[0] ** 2 - 4) + 0.3])

    monkeypatch.setattr(optimum, "value_and_slopes", found)
    given: Any = types.SimpleNamespace(free=[True], idle=0.0)
    target: Any = None
    for starts in ([1.0, -1.0], [-1.0, 1.0], [-3.0, -1.0, 2.0]):
        monkeypatch.setattr(optimum, "_starts", lambda *_, s=starts: [np.array([x]) for x in s])
        made = optimum.optimum(target, given, 0)
        best = minimize_scalar(lambda u: -density(u), bracket=(1.5, 2.5)).x
        assert made.center == pytest.approx([best], abs=1e-5)
        bent = 3 * best**2 - 4
        assert made.scale == pytest.approx(np.array([[bent**-0.5]]), rel=1e-6)


BENT = np.array([[4.0, 1.5], [1.5, 2.0]])
AT, TOP, IDLE = np.array([0.4, -0.8]), -3.0, 0.7


def gaussian(u):
    """A density in the first and the last of three coordinates, and its slopes."""
    away = u[..., [0, 2]] - AT
    bent = away @ BENT
    slopes = np.insert(-bent, 1, 0.0, axis=-1)
    return TOP - 0.5 * (away * bent).sum(axis=-1), slopes


@pytest.fixture
def posed(monkeypatch) -> Any:
    """A target with this density, and draws from its prior."""
    draws = np.random.default_rng(2).normal(size=(500, 3))
    monkeypatch.setattr(optimum, "value_and_slopes", lambda _, __, u: gaussian(u))
    monkeypatch.setattr(optimum, "densities", lambda _, __, u: gaussian(u)[0])
    monkeypatch.setattr(optimum, "drawn_at", lambda _, __, ___, like: draws[: len(like)])
    return types.SimpleNamespace(forward=False), types.SimpleNamespace(
        free=np.array([True, False, True]), idle=IDLE, priors=()
    )


def test_of_a_gaussian_the_maximum_the_width_and_the_evidence_are_exact(posed):
    made = optimum.optimum(*posed, 0)
    np.testing.assert_allclose(made.center, [AT[0], 0.0, AT[1]], atol=1e-6)
    covariance = np.eye(3)
    covariance[np.ix_([0, 2], [0, 2])] = np.linalg.inv(BENT)
    np.testing.assert_allclose(made.scale @ made.scale.T, covariance, atol=1e-6)
    assert (np.triu(made.scale, 1) == 0).all()
    evidence = TOP + IDLE + np.log(2 * np.pi) - 0.5 * np.log(np.linalg.det(BENT))
    assert made.log_evidence == pytest.approx(evidence, rel=1e-6)


def test_the_search_begins_at_the_prior_s_middle_and_at_the_best_of_its_draws(posed):
    free = np.array([0, 2])
    starts = optimum._starts(*posed, free, 0)
    assert len(starts) > 1
    np.testing.assert_array_equal(starts[0], [0.0, 0.0])
    heights = [gaussian(np.insert(start, 1, 0.0))[0] for start in starts[1:]]
    assert heights == sorted(heights, reverse=True)
    drawn = optimum.drawn_at(None, None, None, np.zeros(optimum._DRAWN))
    drawn[:, 1] = 0.0
    assert heights[0] == max(gaussian(drawn)[0])


def test_where_the_draws_have_no_probability_steps_lead_to_where_they_have(posed, monkeypatch):
    def lost(u):
        """Points without any probability: the more, the farther from u_0 = 6."""
        return np.ceil(np.abs(u[..., 0] - 6.0))

    def readings(*_):
        u = _[-1]
        points = np.where(np.arange(30) < lost(u)[:, None], -np.inf, 0.0)
        return types.SimpleNamespace(log_likelihood=points)

    monkeypatch.setattr(optimum, "in_blocks", readings)
    monkeypatch.setattr(optimum, "_ROUNDS", 400)
    free, draws = np.array([0, 2]), np.zeros((64, 3))
    found = optimum._closer(*posed, free, draws, 0)
    assert (found[:, 1] == 0).all()  # what is fixed stays
    assert lost(found).min() <= 1


def test_what_no_parameters_explain_is_refused_in_a_sentence(posed, monkeypatch):
    monkeypatch.setattr(optimum, "densities", lambda _, __, u: np.full(len(u), -np.inf))
    monkeypatch.setattr(optimum, "_closer", lambda *given: given[3])
    with pytest.raises(SolveError, match="No parameters within the priors explain the data"):
        optimum.optimum(*posed, 0)
