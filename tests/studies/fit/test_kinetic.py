"""Data against time: the evolution's own parameters are inferred from it."""

import jax
import numpy as np
import pytest

import entrap as et
from entrap.studies.fit.needs import NEEDS
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import value
from entrap.studies.fit.sampling import sample
from entrap.studies.fit.target import value_and_slopes

pytestmark = pytest.mark.slow

TRUTH = {"mixture.valence_ratio": 1.7, "trap.rate": 1e3}
TABLES = {
    "material": {"critical_temperature": "10 K", "conduction_density": "1e27 1/m^3"},
    "landau": {"a": "2 k_B", "saturation": 1.0},
    "mixture": {"valence_ratio": {"prior": "lognormal(1, 1)"}},
    "trap": {"rate": {"prior": "lognormal(800 1/s, 0.5)"}},
    "protocol": {"start": "4 K", "hold": "50 ms", "warm_to": "16 K", "warming_time": "5 s"},
    "fit": {"hypotheses": ["mixing"], "chains": 8, "draws": 100},
}
EARLY, LATE = np.array([0.2, 0.7, 1.5, 3.0]) * 1e-3, np.linspace(0.5, 4.5, 6)  # [s]
RELATIVE, ABSOLUTE = 0.03, 5e24


@pytest.fixture(scope="module")
def posed(problem, series, observations):
    """Readings of what `evolve` says, between its times."""
    noise = {"relative": RELATIVE, "absolute": ABSOLUTE}
    data = observations(
        series("normal_density", EARLY, True, **noise),
        series("superfluid_density", LATE, True, **noise),
        against="time",
        follows="protocol",
    )
    posed = problem(TABLES, data)
    run = et.evolve(et.CaseFile.from_dict(TABLES, needs=NEEDS).changed(TRUTH))
    true = np.concatenate(
        [
            np.exp(np.interp(EARLY, run.time, np.log(run.state.normal_density + 1e-300))),
            np.interp(LATE, run.time, run.state.superfluid_density),
        ]
    )
    random = np.random.default_rng(61)
    return posed.reading(true + np.hypot(RELATIVE * true, ABSOLUTE) * random.normal(size=len(true)))


@pytest.mark.exhaustive
def test_slopes_of_an_evolution_are_those_of_its_differences(posed):
    given = jax.device_put(posed.given)
    chosen = posed.target
    u = np.array([0.3 if free else 0.0 for free in posed.given.free])
    told, slopes = value_and_slopes(chosen, given, u)
    assert np.isfinite(told)
    h = 2e-3
    for i in posed.free:
        e = np.eye(len(u))[i] * h
        ends = [float(value_and_slopes(chosen, given, u + k * e)[0]) for k in (-2, -1, 1, 2)]
        wanted = (ends[0] - 8 * ends[1] + 8 * ends[2] - ends[3]) / (12 * h)
        assert float(slopes[i]) == pytest.approx(wanted, rel=1e-4)


@pytest.mark.exhaustive
def test_the_rate_and_the_mixture_are_found(posed):
    given = jax.device_put(posed.given)
    found = sample(
        posed.target, given, optimum(posed.target, given, 0), chains=4, draws=100, seed=0
    )
    assert found.converged
    for i in posed.free:
        p = posed.parameters[i]
        draws = np.asarray(value(p.prior, jax.numpy.asarray(found.u[..., i])))
        low, median, high = np.quantile(draws, [0.0005, 0.5, 0.9995])
        assert low < TRUTH[p.key] < high
        assert median == pytest.approx(TRUTH[p.key], rel=0.1)
