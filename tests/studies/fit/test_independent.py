"""Independent proposals: the posterior they draw from, and where they leave it to the other sampler."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from entrap.studies.fit import independent
from entrap.studies.fit.chains import ESS, RHAT
from entrap.studies.fit.optimum import Optimum


@dataclasses.dataclass(frozen=True)
class Given:
    free: np.ndarray


@dataclasses.dataclass(frozen=True)
class Posed:
    forward: bool = False


def drawn(monkeypatch, density, free, width=1.0, **asked):
    """Chains of a density of u, begun about 0 with a covariance of width²."""
    monkeypatch.setattr(independent, "densities", lambda *asked: density(asked[-1]))
    first = Optimum(np.zeros(len(free)), np.diag(np.where(free, width, 1.0)), 0.0)
    given = Given(np.array(free))
    asked = {"chains": 16, "draws": 500, "seed": 0} | asked
    found: Any = independent.sample(Posed(), given, first, progress=None, **asked)
    return found


FREE = [True, False, True, True]
COVARIANCE = np.array([[1.0, 0.6, 0.0], [0.6, 2.0, -0.3], [0.0, -0.3, 0.5]])
MEAN = np.array([0.3, -1.0, 2.0])


def normal(u):
    away = u[:, FREE] - MEAN
    return -0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(COVARIANCE), away)


def test_a_normal_density_has_its_mean_and_covariance_and_what_is_fixed_stays(monkeypatch):
    chains = drawn(monkeypatch, normal, FREE)
    assert chains.u.shape[::2] == (16, 4)
    assert (chains.u[..., 1] == 0).all()
    u = chains.u[..., FREE].reshape(-1, 3)
    spread = np.sqrt(np.diag(COVARIANCE))
    assert np.abs((u.mean(axis=0) - MEAN) / spread).max() < 4 / np.sqrt(chains.ess.min())
    assert np.cov(u, rowvar=False) == pytest.approx(COVARIANCE, abs=0.1)
    assert (chains.rhat < RHAT).all()
    assert (chains.ess > ESS).all()
    # Of proposals of just that shape, from t in three dimensions, 0.83 are taken.
    assert 0.7 < chains.steps.mean() < 0.84
    assert not chains.step_size.any()


def test_a_tail_beyond_the_first_shape_is_reached(monkeypatch):
    """u is ln x, x exponential: skewed, of mean -0.5772 and variance π²/6; begun five times narrow."""

    def density(u):
        return (u - np.exp(u)).sum(axis=1)

    chains = drawn(monkeypatch, density, [True, True], width=0.25)
    u = chains.u.reshape(-1, 2)
    assert u.mean(axis=0) == pytest.approx([-0.5772, -0.5772], abs=0.06)
    assert u.var(axis=0) == pytest.approx([np.pi**2 / 6] * 2, rel=0.1)


def test_two_hills_far_apart_are_left_to_the_other_sampler(monkeypatch):
    def density(u):
        return np.logaddexp(-800 * ((u - 5) ** 2).sum(axis=1), -800 * ((u + 5) ** 2).sum(axis=1))

    assert drawn(monkeypatch, density, [True] * 4) is None


@pytest.mark.parametrize("far", [1.0, 1e3])
def test_a_tail_that_proposals_do_not_reach_is_left_to_the_other_sampler(monkeypatch, far):
    """Cauchy's density in six dimensions, scaled: no proposal with a variance covers it."""

    def density(u):
        return -np.log1p((u / far) ** 2).sum(axis=1)

    assert drawn(monkeypatch, density, [True] * 6, width=far) is None


def test_nothing_that_has_a_density_is_left_to_the_other_sampler(monkeypatch):
    assert drawn(monkeypatch, lambda u: np.full(len(u), -np.inf), [True, True]) is None


def test_draws_follow_from_the_seed_and_go_on_with_the_proposals_that_they_had(monkeypatch):
    ours, again = (drawn(monkeypatch, normal, FREE) for _ in range(2))
    np.testing.assert_array_equal(ours.u, again.u)
    assert not np.isin(
        drawn(monkeypatch, normal, FREE, seed=1).u[..., FREE], ours.u[..., FREE]
    ).any()
    more: Any = independent.sample(Posed(), Given(np.array(FREE)), ours, 16, 250, 3, None)
    np.testing.assert_array_equal(more.u[:, : ours.u.shape[1]], ours.u)
    np.testing.assert_array_equal(more.scale, ours.scale)
    assert more.u.shape[1] == ours.u.shape[1] + 250
    later = more.u[:, ours.u.shape[1] :, FREE].reshape(-1, 3)
    assert later.mean(axis=0) == pytest.approx(MEAN, abs=0.1)
    other = dataclasses.replace(ours, step_size=np.full(16, 0.5))  # chains of the other sampler
    assert independent.sample(Posed(), Given(np.array(FREE)), other, 16, 250, 3, None) is None
