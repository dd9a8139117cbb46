"""What is not the sample's own is inferred too: factors, offsets, uncertainties, outliers."""

import jax
import numpy as np
import pytest

from entrap.case.priors import Prior
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.optimum import optimum
from entrap.studies.fit.parameters import value

pytestmark = pytest.mark.slow

TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.1)"},
        "conduction_density": "1e28 1/m^3",
    },
    "landau": {"a": "3 k_B", "saturation": 0.5},
}
KELVIN = np.linspace(1.5, 4.2, 24)
SIGMA = 1e-23
PRIORS = {"critical_temperature": 0.5, "calibration": 0.25, "temperature_offset": 0.3}


@pytest.fixture(scope="module")
def inferred():
    """The most probable value and its standard deviation, by the last part of the key."""

    def found(posed):
        at = optimum(posed.target, jax.device_put(posed.given), 0)
        spread = np.sqrt(np.diag(at.scale @ at.scale.T))
        told = {}
        for i in posed.free:
            p = posed.parameters[i]
            ends = [
                float(value(p.prior, jax.numpy.asarray(at.center[i] + k * spread[i])))
                for k in (-1.0, 0.0, 1.0)
            ]
            told[p.key.rpartition(".")[2]] = ends[1], (ends[2] - ends[0]) / 2
        return told

    return found


def test_a_calibration_factor_and_an_offset_of_a_group_are_found(
    problem, series, observations, inferred
):
    groups = {
        "good": DataGroup(),
        "bad": DataGroup(Prior("lognormal", (1.0, 0.2)), Prior("normal", (0.0, 0.3))),
    }
    parts = [series("higgs_coefficient", KELVIN, False, absolute=SIGMA, group=g) for g in groups]
    posed = problem(TABLES, observations(*parts, groups=groups), "none")
    truth = {"critical_temperature": 5.2, "calibration": 1.25, "temperature_offset": -0.35}
    found = inferred(posed.reading(posed.drawn(np.random.default_rng(51), **truth)))
    for key, true in truth.items():
        center, deviation = found[key]
        assert abs(center - true) < 3.3 * deviation
        assert deviation < 0.2 * PRIORS[key]


def test_understated_uncertainties_are_found(problem, series, observations, inferred):
    tables = TABLES | {"fit": {"noise_scale": {"prior": "lognormal(1, 1)"}}}
    data = observations(series("higgs_coefficient", KELVIN, False, absolute=SIGMA))
    posed = problem(tables, data, "none")
    truth = {"critical_temperature": 5.2, "noise_scale": 3.0}
    found = inferred(posed.reading(posed.drawn(np.random.default_rng(52), **truth)))
    center, deviation = found["noise_scale"]
    assert center == pytest.approx(3.0, abs=3.3 * deviation)
    assert deviation == pytest.approx(3.0 / np.sqrt(2 * len(KELVIN)), rel=0.3)
    alone = inferred(
        problem(TABLES, data, "none").reading(posed.drawn(np.random.default_rng(52), **truth))
    )
    assert found["critical_temperature"][1] == pytest.approx(
        center * alone["critical_temperature"][1], rel=0.05
    )


def test_outliers_hurt_less_where_the_noise_has_heavy_tails(
    problem, series, observations, inferred
):
    data = observations(series("higgs_coefficient", KELVIN, False, absolute=SIGMA))
    errors = {}
    for noise in ("gaussian", "student-t"):
        tables = TABLES | {"fit": {"noise": noise, "degrees_of_freedom": 3.0}}
        posed = problem(tables, data, "none")
        told = posed.told(np.zeros(len(posed.keys)), posed.held(critical_temperature=5.2))
        reading = told.mean[0] + SIGMA * np.random.default_rng(53).normal(size=len(KELVIN))
        reading[[3, 11, 19]] += 25 * SIGMA
        center, deviation = inferred(posed.reading(reading))["critical_temperature"]
        errors[noise] = center - 5.2, deviation
    # -4 a T_c of 24 readings, three of them 25 σ off: shifted by 25 σ/8 where all count alike.
    pull = 25 * SIGMA / 8 / (4 * 3 * 1.380649e-23)
    assert errors["gaussian"][0] == pytest.approx(pull, rel=0.1)
    assert abs(errors["student-t"][0]) < 0.1 * pull
    assert abs(errors["student-t"][0]) < 3.3 * errors["student-t"][1]
