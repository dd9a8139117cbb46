"""Each observable alone gives back the parameters of its synthetic data.

One prediction of all observables at once; all but one are known so badly that they say nothing.
"""

import jax
import numpy as np
import pytest

from entrap.model.observables import MEASURED
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import value

pytestmark = pytest.mark.slow

PRECISE, COUNT = 0.003, 8
TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.1)"},
        "conduction_density": "1e28 1/m^3",
        "density_of_states": "1e47 1/J/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(1, 1)"}},
    "landau": {"a": "3 k_B", "saturation": 0.5},
    "fit": {"remaining_fraction": 0.1},  # so that normal electrons are seen with the trap, too
}
TRUTH = {"critical_temperature": 5.3, "valence_ratio": 2.2}


@pytest.fixture(scope="module")
def posed(problem, series, observations):
    kelvin = {False: np.linspace(1.5, 3.3, COUNT), True: np.linspace(1.5, 4.5, COUNT)}
    parts = [
        series(name, kelvin[on], on, absolute=1.0) for name in MEASURED for on in (False, True)
    ]
    return problem(TABLES, observations(*parts))


@pytest.mark.parametrize("name", MEASURED)
def test_an_observable_gives_its_parameters_back(posed, name):
    zero = np.zeros(len(posed.keys))
    mean = posed.told(zero, posed.held(**TRUTH)).mean[0]
    assert np.isfinite(mean).all()
    ours = np.array([quantity == name for quantity in posed.data.quantity])
    assert ours.sum() == 2 * COUNT
    deviation = np.abs(mean) * np.where(ours, PRECISE, 1e6)
    seed = 100 + MEASURED.index(name)
    reading = mean + deviation * np.random.default_rng(seed).normal(size=len(mean))
    given = posed.reading(reading).given
    given = given._replace(points=given.points._replace(absolute=deviation))
    found = optimum(posed.target, jax.device_put(given), 0)
    spread = np.sqrt(np.diag(found.scale @ found.scale.T))
    free = [(i, p) for i, p in enumerate(posed.parameters) if given.free[i]]
    names = [p.key.rpartition(".")[2] for _, p in free]
    assert names == list(TRUTH)
    for name, (i, p) in zip(names, free, strict=True):
        low, center, high = (
            float(value(p.prior, jax.numpy.asarray(found.center[i] + k * spread[i])))
            for k in (-3.29, 0.0, 3.29)
        )
        assert low < TRUTH[name] < high
        assert center == pytest.approx(TRUTH[name], rel=0.05 if "ratio" in name else 0.02)
