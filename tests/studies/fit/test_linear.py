"""A problem that is linear, with normal priors and noise: all that is inferred has a closed form.

The Higgs coefficient without an entropy is -4a (T + δ_g + s - T_c), s with the trap alone: linear in
T_c, in the offsets δ_g of two thermometers, and in the trap's shift s.
"""

import jax
import numpy as np
import pytest
from scipy import stats

from entrap.case.priors import Prior
from entrap.core.constants import BOLTZMANN
from entrap.studies.fit.comparison import compare
from entrap.studies.fit.evidence import evidence
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.posterior import MOST, posterior, predictions_of, thinned
from entrap.studies.fit.sampling import sample

pytestmark = pytest.mark.slow

A, SIGMA = 3 * BOLTZMANN, 2e-23
PRIORS = {  # mean and standard deviation [K]
    "material.critical_temperature": (5.0, 0.4),
    "data.groups.first.temperature_offset": (0.0, 0.2),
    "data.groups.second.temperature_offset": (0.1, 0.3),
    "fit.temperature_shift": (0.0, 1.0),
}
TABLES = {
    "material": {
        "critical_temperature": {"prior": "normal(5 K, 0.4 K)"},
        "conduction_density": "1e28 1/m^3",
    },
    "landau": {"a": "3 k_B", "saturation": 0.5},
    "fit": {"temperature_shift": {"prior": "normal(0 K, 1 K)"}},
}


class Exact:
    """The posterior and the marginal likelihood in closed form."""

    def __init__(self, keys, data, value):
        prior = np.array([PRIORS[key] for key in keys])
        self.mean, self.covariance = prior[:, 0], np.diag(prior[:, 1] ** 2)
        self.design = np.empty((len(data), len(keys)))
        for i, key in enumerate(keys):
            group = [name in key for name in data.groups]
            moved = np.array(group)[data.group] if any(group) else data.on
            self.design[:, i] = 4 * A if "critical" in key else -4 * A * moved
        self.base, self.value = -4 * A * data.coordinate, value
        self.noise = SIGMA**2 * np.eye(len(data))
        gain = self.gain(slice(None))
        self.posterior_mean = self.mean + gain @ (value - self.base - self.design @ self.mean)
        self.posterior_covariance = self.covariance - gain @ self.design @ self.covariance

    def gain(self, seen):
        x = self.design[seen]
        noise = self.noise[seen][:, seen]
        return self.covariance @ x.T @ np.linalg.inv(x @ self.covariance @ x.T + noise)

    @property
    def log_evidence(self):
        spread = self.design @ self.covariance @ self.design.T + self.noise
        mean = self.base + self.design @ self.mean
        return stats.multivariate_normal(mean, spread).logpdf(self.value)

    def left_out(self):
        """ln p(y_i | all others), of each point."""
        found = []
        for i in range(len(self.value)):
            rest = np.arange(len(self.value)) != i
            gain, x = self.gain(rest), self.design[rest]
            mean = self.mean + gain @ (self.value[rest] - self.base[rest] - x @ self.mean)
            covariance = self.covariance - gain @ x @ self.covariance
            own = self.design[i]
            spread = np.sqrt(own @ covariance @ own + SIGMA**2)
            found.append(stats.norm(self.base[i] + own @ mean, spread).logpdf(self.value[i]))
        return np.array(found)


@pytest.fixture(scope="module")
def posed(problem, series, observations):
    data = observations(
        series("higgs_coefficient", [2.0, 3.0, 4.0], False, absolute=SIGMA, group="first"),
        series("higgs_coefficient", [2.5, 3.5], False, absolute=SIGMA, group="second"),
        series("higgs_coefficient", [2.2, 3.3, 4.4], True, absolute=SIGMA, group="first"),
        series("higgs_coefficient", [2.8, 3.8], True, absolute=SIGMA, group="second"),
        groups={
            "first": DataGroup(temperature_offset=Prior("normal", (0.0, 0.2))),
            "second": DataGroup(temperature_offset=Prior("normal", (0.1, 0.3))),
        },
    )
    posed = problem(TABLES, data, "heating")
    truth = {"critical_temperature": 4.7, "temperature_shift": -0.4}
    return posed.reading(posed.drawn(np.random.default_rng(11), **truth))


@pytest.fixture(scope="module")
def exact(posed):
    assert set(posed.hypothesis.free) == set(PRIORS)
    keys = [posed.keys[i] for i in posed.free]
    return Exact(keys, posed.data, posed.given.points.value)


@pytest.fixture(scope="module")
def found(posed):
    return optimum(posed.target, jax.device_put(posed.given), 0)


@pytest.fixture(scope="module")
def chains(posed, found):
    given = jax.device_put(posed.given)
    return sample(posed.target, given, found, chains=16, draws=500, seed=1)


@pytest.fixture(scope="module")
def nested(posed, chains):
    return evidence(posed.target, jax.device_put(posed.given), chains, 3)


@pytest.fixture(scope="module")
def told(posed, found, chains, nested):
    given = jax.device_put(posed.given)
    return posterior(
        posed.target, given, posed.parameters, posed.hypothesis, found, chains, nested, 5
    )


def test_the_maximum_and_its_shape_are_the_posterior(posed, exact, found):
    centers = np.sqrt(np.diag(exact.covariance))  # u is in standard deviations of the prior
    free = posed.free
    at = exact.mean + centers * found.center[free]
    np.testing.assert_allclose(at, exact.posterior_mean, rtol=0, atol=1e-6)
    covariance = (found.scale @ found.scale.T)[np.ix_(free, free)] * np.outer(centers, centers)
    np.testing.assert_allclose(covariance, exact.posterior_covariance, rtol=1e-6, atol=1e-9)


def test_laplace_is_exact(exact, found):
    assert found.log_evidence == pytest.approx(exact.log_evidence, abs=1e-6)


def test_nested_sampling_finds_the_evidence_within_its_error(exact, nested):
    assert 0 < nested.error < 0.05
    assert nested.log == pytest.approx(exact.log_evidence, abs=4 * nested.error)


def test_draws_have_the_posterior_mean_and_covariance(exact, posed, told):
    draws = np.stack([told.draws[posed.keys[i]].ravel() for i in posed.free], axis=-1)
    ess = told.chains.ess.min()
    assert ess > 2000
    widths = np.sqrt(np.diag(exact.posterior_covariance))
    away = (draws.mean(axis=0) - exact.posterior_mean) / widths
    assert np.abs(away).max() < 4 / np.sqrt(ess)
    correlation = exact.posterior_covariance / np.outer(widths, widths)
    apart = np.cov(draws, rowvar=False) / np.outer(widths, widths) - correlation
    # The square of a normal draw: (1 + ρ²)/N.
    assert np.abs(apart / np.sqrt(1 + correlation**2)).max() < 4 / np.sqrt(ess)
    for i, key in zip(range(len(widths)), (posed.keys[i] for i in posed.free), strict=True):
        low, high = told.table()[key].intervals[1]
        wanted = stats.norm(exact.posterior_mean[i], widths[i]).interval(0.9)
        assert (low, high) == pytest.approx(wanted, abs=0.15 * widths[i])


def test_leaving_one_out_is_that_of_refits(exact, told):
    row = compare({"heating": told}).rows[0]
    wanted = exact.left_out()
    assert row.unreliable == 0
    assert row.elpd == pytest.approx(wanted.sum(), abs=0.1)
    assert row.elpd_error == pytest.approx(np.sqrt(len(wanted)) * wanted.std(ddof=1), rel=0.05)
    within = told.log_likelihood.reshape(-1, len(wanted))
    whole = np.log(np.exp(within - within.max()).mean(axis=0)) + within.max()
    assert row.effective_parameters == pytest.approx(whole.sum() - wanted.sum(), abs=0.1)


def test_made_up_data_and_misfit_are_those_of_the_closed_posterior(exact, told):
    random = np.random.default_rng(8)
    theta = random.multivariate_normal(exact.posterior_mean, exact.posterior_covariance, 40_000)
    mean = exact.base + theta @ exact.design.T
    made = mean + SIGMA * random.normal(size=mean.shape)
    far = (((made - mean) / SIGMA) ** 2).sum(-1) > (((exact.value - mean) / SIGMA) ** 2).sum(-1)
    assert told.misfit == pytest.approx(far.mean(), abs=0.02)
    assert 0.01 < told.misfit < 0.99
    ours = told.predictive.reshape(-1, len(exact.value))
    spread = made.std(axis=0)
    np.testing.assert_allclose(ours.mean(axis=0), made.mean(axis=0), atol=0.15 * spread.max())
    np.testing.assert_allclose(ours.std(axis=0), spread, rtol=0.1)


def test_with_many_readings_what_each_of_them_says_is_of_fewer_draws(posed, told):
    given = jax.device_put(posed.given)
    kept = np.array([0, 7, 11])
    some = predictions_of(posed.target, given, told.chains.u, kept)
    all_ = told.log_likelihood[:, kept].reshape(-1, told.log_likelihood.shape[-1])
    np.testing.assert_array_equal(some.log_likelihood, all_)
    assert len(some.theta) == told.chains.u[..., 0].size  # the numbers are of all
    count = told.log_likelihood.shape[0]
    assert len(thinned(count, 2000, MOST)) * count <= 2 * count
    assert len(thinned(count, 2000, 10)) == 2000


def test_the_data_leave_open_what_the_prior_alone_fixes(exact, told):
    # Of the three numbers δ_1, δ_2 and T_c without the trap only two combinations are seen.
    widths = np.sqrt(np.diag(exact.covariance))
    fisher = (exact.design * widths).T @ (exact.design * widths) / SIGMA**2
    wanted = np.linalg.eigvalsh(fisher)
    assert [d.information for d in told.directions] == pytest.approx(
        list(np.maximum(wanted[wanted < 1], 0.0)), abs=1e-6
    )
    assert len(told.directions) == 1
