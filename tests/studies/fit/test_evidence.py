"""Marginal likelihoods and posteriors against quadrature over a grid, with the formula by hand.

    n_s = σ n_c [1 - T/T_c + (k_B L/a) T/T_c],  0 <= n_s <= n_c,  L = ln(1 + n_v/n_c)

the last term with the trap alone. Six readings of 10 % leave the posterior far from normal.
"""

import jax
import numpy as np
import pytest
from scipy import stats

from entrap.studies.fit.evidence import evidence
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.sampling import sample

pytestmark = pytest.mark.slow

N_C, SATURATION, A = 1e28, 0.5, 3.0  # a in k_B
T_C, RATIO = (4.0, 6.0), (0.0, 20.0)  # ends of uniform priors
TABLES = {
    "material": {
        "critical_temperature": {"prior": "uniform(4 K, 6 K)"},
        "conduction_density": "1e28 1/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "uniform(0, 20)", "value": 1.0}},
    "landau": {"a": "3 k_B", "saturation": 0.5},
}
KELVIN, ON = np.array([2.0, 3.0, 4.0, 2.0, 3.0, 4.0]), np.repeat([False, True], 3)
NOISE = 5e26


def density(critical, ratio):
    """n_s of each point, along the last axis."""
    t = KELVIN / np.asarray(critical)[..., None]
    pull = np.where(ON, np.log1p(np.asarray(ratio))[..., None] / A, 0.0)
    return np.clip(SATURATION * N_C * (1 - t + pull * t), 0.0, N_C)


@pytest.fixture(scope="module")
def posed(problem, series, observations):
    data = observations(
        *(
            series("superfluid_density", KELVIN[ON == on], bool(on), absolute=NOISE)
            for on in (False, True)
        )
    )
    random = np.random.default_rng(41)
    value = density(5.0, 1.5) + NOISE * random.normal(size=len(KELVIN))
    return problem(TABLES, data).reading(value)


@pytest.fixture(scope="module")
def exact(posed):
    """ln Z, and means and standard deviations of T_c and L, by the midpoint rule."""
    axes = [low + (high - low) * (np.arange(1500) + 0.5) / 1500 for low, high in (T_C, RATIO)]
    critical, ratio = np.meshgrid(*axes, indexing="ij")
    logs = np.zeros(critical.shape)
    for i in range(len(KELVIN)):
        mean = density(critical, ratio)[..., i]
        logs += stats.norm.logpdf(posed.given.points.value[i], mean, NOISE)
    weights = np.exp(logs - logs.max())
    log_evidence = logs.max() + np.log(weights.mean())
    told = {}
    for name, x in (("critical_temperature", critical), ("log_ratio", np.log1p(ratio))):
        mean = np.average(x, weights=weights)
        told[name] = mean, np.sqrt(np.average((x - mean) ** 2, weights=weights))
    return log_evidence, told


@pytest.fixture(scope="module")
def found(posed):
    return optimum(posed.target, jax.device_put(posed.given), 0)


@pytest.fixture(scope="module")
def chains(posed, found):
    given = jax.device_put(posed.given)
    return sample(posed.target, given, found, chains=16, draws=250, seed=2)


@pytest.mark.exhaustive
def test_nested_sampling_is_quadrature(posed, exact, chains):
    for seed in (0, 1):
        told = evidence(posed.target, jax.device_put(posed.given), chains, seed)
        assert told.error < 0.05
        assert told.log == pytest.approx(exact[0], abs=4 * told.error)


@pytest.mark.exhaustive
def test_laplace_is_near_but_not_quadrature(exact, found):
    apart = abs(found.log_evidence - exact[0])
    assert 0.02 < apart < 1.0


def test_draws_have_the_means_and_deviations_of_quadrature(posed, exact, chains):
    theta = posed.told(chains.u.reshape(-1, chains.u.shape[-1])).theta
    columns = dict(zip(posed.keys, theta.T, strict=True))
    ess = chains.ess.min()
    for key, (mean, deviation), x in (
        ("T_c", exact[1]["critical_temperature"], columns["material.critical_temperature"]),
        ("L", exact[1]["log_ratio"], np.log1p(columns["mixture.valence_ratio"])),
    ):
        assert x.mean() == pytest.approx(mean, abs=4 * deviation / np.sqrt(ess)), key
        assert x.std() == pytest.approx(deviation, rel=5 / np.sqrt(ess)), key


def test_without_free_parameters_the_evidence_is_the_likelihood(posed, chains):
    given = jax.device_put(posed.held(critical_temperature=5.0, valence_ratio=1.5))
    told = evidence(posed.target, given, chains, 0)
    value = posed.given.points.value
    wanted = stats.norm.logpdf(value, density(5.0, 1.5), NOISE).sum()
    assert told.log == pytest.approx(wanted, abs=1e-9)
    assert (told.error, told.calls) == (0.0, 1)


def test_of_a_single_free_parameter_the_evidence_is_quadrature_too(posed):
    held = posed.held(valence_ratio=1.5)
    free = np.array([key == "material.critical_temperature" for key in posed.keys])
    given = jax.device_put(held._replace(free=free))
    found = optimum(posed.target, given, 0)
    told = evidence(posed.target, given, sample(
        posed.target, given, found, chains=4, draws=100, seed=0
    ), 0)  # fmt: skip
    critical = T_C[0] + (T_C[1] - T_C[0]) * (np.arange(20_000) + 0.5) / 20_000
    value = posed.given.points.value
    logs = stats.norm.logpdf(value, density(critical, np.full_like(critical, 1.5)), NOISE).sum(-1)
    wanted = logs.max() + np.log(np.exp(logs - logs.max()).mean())
    assert told.log == pytest.approx(wanted, abs=4 * told.error)
