"""Priors in the sampler's coordinates: values, densities and draws are those of scipy."""

import jax
import numpy as np
import pytest
from scipy import special, stats

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


COUNT = 400  # numbers at once, whatever is asked: each prior is compiled once
_compiled = jax.jit(lambda prior, u: (value(prior, u), log_density(prior, u)), static_argnums=0)


def at(prior, u):
    """The number and the logarithm of the density at each coordinate."""
    blocks = [_compiled(prior, block) for block in np.reshape(u, (-1, COUNT))]
    return (np.concatenate(column) for column in zip(*blocks, strict=True))


def test_every_family_is_tested():
    assert set(PRIORS) == set(FAMILIES)


@families
def test_a_share_of_the_prior_is_below_its_coordinate(family):
    prior, scipys = PRIORS[family]
    shares = special.expit(np.linspace(-9.2, 7.0, COUNT))  # 1e-4 to 0.999
    x, _ = at(prior, coordinate(prior, shares))
    np.testing.assert_allclose(x, scipys.ppf(shares), rtol=2e-9)
    some = [1e-4, 0.3, 0.9]
    assert [prior.quantile(p) for p in some] == pytest.approx(scipys.ppf(some), rel=1e-9)


@families
def test_the_density_in_the_coordinate_is_that_of_the_number_with_its_jacobian(family):
    prior, scipys = PRIORS[family]
    u, h = np.linspace(-2.5, 2.5, COUNT // 5), 1e-3
    x, density = (y.reshape(5, -1) for y in at(prior, u + h * np.arange(-2, 3)[:, None]))
    slope = (x[0] - 8 * x[1] + 8 * x[3] - x[4]) / (12 * h)
    assert (slope > 0).all()
    wanted = scipys.logpdf(x[2]) + np.log(slope)
    np.testing.assert_allclose(density[2], wanted, rtol=0, atol=1e-8)


@pytest.mark.exhaustive
def test_draws_are_the_priors_own_and_independent():
    priors = tuple(prior for prior, _ in PRIORS.values())
    u = np.asarray(drawn(priors, jax.random.key(1), 4000))
    ranks = []
    for (prior, scipys), column in zip(PRIORS.values(), u.T, strict=True):
        x, _ = at(prior, column)
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
    u = np.linspace(-60, 60, COUNT)
    density = np.exp([*at(prior, u)][1])
    mean = np.trapezoid(density * u, u)
    wanted = np.trapezoid(density * (u - mean) ** 2, u)
    spread = Parameter("landau.a", Quantity("1", "x", "A number"), prior, 1.0).spread
    assert spread == pytest.approx(wanted, rel=0.02)
