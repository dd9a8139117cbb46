"""What is not the sample's own is inferred too: factors, offsets, uncertainties, outliers."""

import jax
import numpy as np
import pytest

from entrap.case.priors import Prior
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import value as prior_value

pytestmark = pytest.mark.slow

TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.1)"},
        "conduction_density": "1e28 1/m^3",
    },
    "landau": {"a": "3 k_B", "saturation": 0.5},
    "fit": {"noise_scale": {"prior": "lognormal(1, 1)"}, "degrees_of_freedom": 3.0},
}
KELVIN = np.linspace(1.5, 4.2, 24)
COUNT = len(KELVIN)
SIGMA = 1e-23
PRIORS = {"critical_temperature": 0.5, "calibration": 0.25, "temperature_offset": 0.3}
KNOWN = {"calibration": 1.0, "temperature_offset": 0.0, "noise_scale": 1.0}


@pytest.fixture(scope="module")
def posed(problem, series, observations):
    """Two groups of readings, by normal noise and by one with heavy tails."""
    groups = {
        "good": DataGroup(),
        "bad": DataGroup(Prior("lognormal", (1.0, 0.2)), Prior("normal", (0.0, 0.3))),
    }
    parts = [series("higgs_coefficient", KELVIN, False, absolute=SIGMA, group=g) for g in groups]
    data = observations(*parts, groups=groups)
    return {
        noise: problem(TABLES | {"fit": TABLES["fit"] | {"noise": noise}}, data, "none")
        for noise in ("gaussian", "student-t")
    }


@pytest.fixture(scope="module")
def inferred():
    """The most probable value of each number that is free and its standard deviation."""

    def found(posed, value, *free, absolute=SIGMA):
        names = [key.rpartition(".")[2] for key in posed.keys]
        points = posed.given.points
        absolute = np.broadcast_to(absolute, points.absolute.shape)
        given = posed.held(**KNOWN)._replace(
            free=np.isin(names, free), points=points._replace(value=value, absolute=absolute)
        )
        at = optimum(posed.target, jax.device_put(given), 0)
        spread = np.sqrt(np.diag(at.scale @ at.scale.T))
        told = {}
        for i in np.flatnonzero(given.free):
            ends = [
                float(prior_value(posed.parameters[i].prior, at.center[i] + k * spread[i]))
                for k in (-1.0, 0.0, 1.0)
            ]
            told[names[i]] = ends[1], (ends[2] - ends[0]) / 2
        return told

    return found


@pytest.mark.exhaustive
def test_a_calibration_factor_and_an_offset_of_a_group_are_found(posed, inferred):
    truth = {"critical_temperature": 5.2, "calibration": 1.25, "temperature_offset": -0.35}
    normal = posed["gaussian"]
    value = normal.drawn(np.random.default_rng(51), **truth, noise_scale=1.0)
    found = inferred(normal, value, *truth)
    for key, true in truth.items():
        center, deviation = found[key]
        assert abs(center - true) < 3.3 * deviation
        assert deviation < 0.2 * PRIORS[key]


@pytest.mark.exhaustive
def test_understated_uncertainties_are_found(posed, inferred):
    normal, truth = posed["gaussian"], {"critical_temperature": 5.2, "noise_scale": 3.0}
    value = normal.drawn(np.random.default_rng(52), **(KNOWN | truth))
    found = inferred(normal, value, *truth)
    center, deviation = found["noise_scale"]
    assert center == pytest.approx(3.0, abs=3.3 * deviation)
    assert deviation == pytest.approx(3.0 / np.sqrt(2 * len(value)), rel=0.3)
    alone = inferred(normal, value, "critical_temperature")
    assert found["critical_temperature"][1] == pytest.approx(
        center * alone["critical_temperature"][1], rel=0.05
    )


@pytest.mark.exhaustive
def test_outliers_hurt_less_where_the_noise_has_heavy_tails(posed, inferred):
    told = posed["gaussian"].drawn(
        np.random.default_rng(53), **(KNOWN | {"critical_temperature": 5.2})
    )
    told[[3, 11, 19]] += 25 * SIGMA
    only_good = np.repeat([SIGMA, 1e6 * SIGMA], COUNT)  # the others say nothing
    errors = {}
    for noise, each in posed.items():
        found = inferred(each, told, "critical_temperature", absolute=only_good)
        center, deviation = found["critical_temperature"]
        errors[noise] = center - 5.2, deviation
    # -4 a T_c of 24 readings, three of them 25 σ off: shifted by 25 σ/8 where all count alike.
    pull = 25 * SIGMA / 8 / (4 * 3 * 1.380649e-23)
    assert errors["gaussian"][0] == pytest.approx(pull, rel=0.1)
    assert abs(errors["student-t"][0]) < 0.1 * pull
    assert abs(errors["student-t"][0]) < 3.3 * errors["student-t"][1]
