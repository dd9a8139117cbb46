"""Priors in the sampler's coordinates: values, densities and draws are those of scipy."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import stats

from entrap.case.priors import FAMILIES, Prior
from entrap.core.quantities import Quantity
from entrap.studies.fit.parameters import Parameter, coordinate, drawn, log_density, value

PRIORS = {  # with scipy's own distribution of the number
    "normal": (Prior("normal", (3.0, 0.7)), stats.norm(3.0, 0.7)),
    "lognormal": (Prior("lognormal", (4e-23, 0.5)), stats.lognorm(0.5, scale=4e-23)),
    "half-normal": (Prior("half-normal", (2.0,)), stats.halfnorm(scale=2.0)),
    "exponential": (Prior("exponential", (5.0,)), stats.expon(scale=5.0)),
    "uniform": (Prior("uniform", (-1.0, 4.0)), stats.uniform(-1.0, 5.0)),
    "log-uniform": (Prior("log-uniform", (1e-3, 1e2)), stats.loguniform(1e-3, 1e2)),
    "gamma": (Prior("gamma", (2.5, 3e28)), stats.gamma(2.5, scale=3e28)),
    "beta": (Prior("beta", (2.0, 0.8)), stats.beta(2.0, 0.8)),
}
SLOW = ("beta", "gamma")  # their special functions compile for seconds
families = pytest.mark.parametrize(
    "family", [pytest.param(f, marks=[pytest.mark.slow] * (f in SLOW)) for f in sorted(PRIORS)]
)


def test_every_family_is_tested():
    assert set(PRIORS) == set(FAMILIES)


@families
def test_a_share_of_the_prior_is_below_its_coordinate(family):
    prior, scipys = PRIORS[family]
    shares = np.array([1e-4, 0.02, 0.3, 0.5, 0.9, 0.999])
    u = coordinate(prior, shares)
    np.testing.assert_allclose(value(prior, u), scipys.ppf(shares), rtol=2e-9)
    assert [prior.quantile(p) for p in shares] == pytest.approx(scipys.ppf(shares), rel=1e-9)


@families
def test_the_density_in_the_coordinate_is_that_of_the_number_with_its_jacobian(family):
    prior, scipys = PRIORS[family]
    u, h = jnp.linspace(-2.5, 2.5, 11), 1e-3
    x = np.array([np.asarray(value(prior, u + k * h)) for k in (-2, -1, 0, 1, 2)])
    slope = (x[0] - 8 * x[1] + 8 * x[3] - x[4]) / (12 * h)
    assert (slope > 0).all()
    wanted = scipys.logpdf(x[2]) + np.log(slope)
    np.testing.assert_allclose(log_density(prior, u), wanted, rtol=0, atol=1e-8)


@pytest.mark.slow
def test_draws_are_the_priors_own_and_independent():
    priors = tuple(prior for prior, _ in PRIORS.values())
    u = np.asarray(drawn(priors, jax.random.key(1), 4000))
    ranks = []
    for (prior, scipys), column in zip(PRIORS.values(), u.T, strict=True):
        x = np.asarray(value(prior, jnp.asarray(column)))
        assert stats.kstest(x, scipys.cdf).pvalue > 1e-4
        ranks.append(scipys.cdf(x))
    apart = np.corrcoef(ranks) - np.eye(len(priors))
    assert np.abs(apart).max() < 5 / np.sqrt(4000)


def test_no_priors_give_rows_without_columns():
    assert drawn((), jax.random.key(0), 3).shape == (3, 0)


@pytest.mark.slow
@families
def test_the_spread_is_the_variance_of_the_coordinate(family):
    prior, _ = PRIORS[family]
    u = np.linspace(-60, 60, 40_001)
    density = np.exp(np.asarray(log_density(prior, u)))
    mean = np.trapezoid(density * u, u)
    wanted = np.trapezoid(density * (u - mean) ** 2, u)
    spread = Parameter("landau.a", Quantity("1", "x", "A number"), prior, 1.0).spread
    assert spread == pytest.approx(wanted, rel=0.02)
