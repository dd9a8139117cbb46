"""The likelihood of readings and limits, term by term against scipy."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given as drawn_by
from hypothesis import settings
from hypothesis import strategies as st
from scipy import stats

from entrap.case.priors import Prior
from entrap.core.constants import BOLTZMANN
from entrap.solve.inputs import replaced
from entrap.solve.jit import quick_jit
from entrap.studies.fit import target
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.posterior import _misfit
from entrap.studies.fit.prediction import at_equilibrium

A, T_C, SIGMA = 3 * BOLTZMANN, 5.0, 2e-23
TABLES = {
    "material": {
        "critical_temperature": {"prior": "normal(5 K, 0.4 K)"},
        "conduction_density": "1e28 1/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(1, 0.5)"}},
    "landau": {"a": "3 k_B", "saturation": 0.5},
    "fit": {"noise_scale": {"prior": "lognormal(1, 0.3)"}},
}
GROUPS = {
    "first": DataGroup(Prior("lognormal", (1.0, 0.1)), Prior("normal", (0.0, 0.2))),
    "second": DataGroup(),
}
KELVIN, ON = np.array([2.0, 3.0, 4.0, 2.5, 3.5]), np.array([False, False, True, True, True])
FACTOR, OFFSET, SCALE, RATIO = 1.3, 0.15, 1.7, 2.5
FIRST = np.array([True, True, False, False, True])


@quick_jit
def likelihoods_at(chosen, given, u):
    """Logarithm of the likelihood of each point."""
    return target.log_likelihoods(chosen, given, u)


@quick_jit
def all_at(chosen, given, u):
    """Mean, deviation, parameters and the logarithm of the prior."""
    mean, deviation = target.predictions(chosen, given, u)
    theta = target.values(chosen, given, u)
    return mean, deviation, theta, target.log_prior(chosen, given, u)


def likelihoods(posed, u):
    return np.asarray(likelihoods_at(posed.target, posed.given, u))


def expected():
    """Reading and deviation of each point at the stated parameters, by the formula."""
    temperature = KELVIN + OFFSET * FIRST
    pull = np.where(ON, BOLTZMANN * np.log1p(RATIO) * temperature, 0.0)
    mean = np.where(FIRST, FACTOR, 1.0) * -4 * (A * (temperature - T_C) - pull)
    return mean, SCALE * np.hypot(SIGMA, 0.05 * mean)


@pytest.fixture(scope="module")
def pose(problem, series, observations):
    """The problem with noise and limits, and the coordinates of the stated parameters."""

    def make(noise="gaussian", limits=(0, 0, 0, 0, 0), away=(0.3, -1.0, 2.0, -0.2, 5.0)):
        mean, deviation = expected()
        z = np.array(away)
        parts = [
            series(
                "higgs_coefficient", t, bool(on), absolute=SIGMA, relative=0.05, limit=limit,
                value=m + d * x, group="first" if first else "second",
            )
            for t, on, limit, m, d, x, first in zip(
                KELVIN, ON, limits, mean, deviation, z, FIRST, strict=True
            )
        ]  # fmt: skip
        tables = TABLES | {"fit": TABLES["fit"] | {"noise": noise, "degrees_of_freedom": 3.0}}
        posed = problem(tables, observations(*parts, groups=GROUPS))
        u = np.empty(len(posed.keys))
        for i, p in enumerate(posed.parameters):
            # Each lognormal or normal coordinate by its own definition.
            at = {
                "critical_temperature": 0.0,
                "valence_ratio": np.log(RATIO) / 0.5,
                "noise_scale": np.log(SCALE) / 0.3,
                "calibration": np.log(FACTOR) / 0.1,
                "temperature_offset": OFFSET / 0.2,
            }
            u[i] = at.get(p.key.rpartition(".")[2], 0.0)
        return posed, jnp.asarray(u), z

    return make


def test_predictions_deviations_and_prior_are_those_of_the_formula(pose):
    posed, u, _ = pose()
    assert {p.key.rpartition(".")[2] for p in posed.parameters if p.key in posed.hypothesis.free} \
        == {"critical_temperature", "valence_ratio", "noise_scale", "calibration", "temperature_offset"}  # fmt: skip
    mean, deviation, theta, prior = all_at(posed.target, posed.given, u)
    np.testing.assert_allclose(mean, expected()[0], rtol=1e-12)
    np.testing.assert_allclose(deviation, expected()[1], rtol=1e-12)
    theta = dict(zip(posed.keys, theta.tolist(), strict=True))
    assert theta["data.groups.first.calibration"] == pytest.approx(FACTOR)
    assert theta["mixture.valence_ratio"] == pytest.approx(RATIO)
    # All five priors are normal in their coordinate, as is what is held.
    assert prior == pytest.approx(stats.norm.logpdf(u).sum(), rel=1e-12)


def test_the_trap_has_the_normal_electrons_that_it_has_not_left(pose):
    posed, *_ = pose()
    inputs = replaced(posed.given.inputs, {"fit.remaining_fraction": 0.4})

    @quick_jit
    def states(inputs):
        choices = posed.target.choices
        return [at_equilibrium(choices, inputs, KELVIN, ON, extracts=x) for x in (False, True)]

    for found in states(inputs):
        room = 1e28 - found.superfluid_density
        np.testing.assert_allclose(found.normal_density, np.where(ON, 0.4, 1.0) * room, rtol=1e-12)
        np.testing.assert_allclose(found.trapped_density, np.where(ON, 0.6, 0.0) * room, rtol=1e-12)


@pytest.mark.parametrize("noise", ["gaussian", "student-t"])
def test_readings_and_limits_have_the_density_and_the_share_of_scipy(pose, noise):
    posed, u, z = pose(noise, limits=(0, 1, -1, 0, 1))
    standard = stats.norm() if noise == "gaussian" else stats.t(3.0)
    deviation = expected()[1]
    wanted = standard.logpdf(z) - np.log(deviation)
    wanted[[1, 4]] = standard.logcdf(z[[1, 4]])  # the truth is below the reading
    wanted[2] = standard.logsf(z[2])  # it is above
    found = likelihoods(posed, u)
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("noise", ["gaussian", "student-t"])
def test_a_limit_far_on_the_wrong_side_keeps_its_tail(pose, noise):
    posed, u, _ = pose(noise, limits=(0, 1, -1, 0, 0), away=(0.0, -30.0, 30.0, 0.0, 0.0))
    standard = stats.norm() if noise == "gaussian" else stats.t(3.0)
    found = likelihoods(posed, u)
    assert found[1:3] == pytest.approx(standard.logcdf([-30.0, -30.0]), rel=1e-6)


def test_what_diverges_is_above_any_limit_and_no_reading(problem, series, observations):
    # λ of the bare sample above T_c.
    parts = [
        series("penetration_depth", 8.0, False, absolute=1e-9, value=1e-7, limit=limit)
        for limit in (-1, 1, 0)
    ]
    posed = problem(TABLES, observations(*parts))
    u = jnp.zeros(len(posed.keys))
    assert likelihoods(posed, u).tolist() == [0.0, -np.inf, -np.inf]


@settings(max_examples=15)
@drawn_by(order=st.permutations(range(5)))
def test_the_order_of_rows_does_not_matter(pose, order):
    posed, u, _ = pose(limits=(0, 1, -1, 0, 0))
    order = np.array(order)
    wheres = tuple((name, tuple(range(5))) for name, _ in posed.target.layout.equilibrium)
    assert len(wheres) == 1
    points = posed.given.points
    columns = {
        name: getattr(points, name)[order] for name in points._fields if name not in ("times", "at")
    }
    moved = posed.given._replace(points=points._replace(**columns))
    found = likelihoods_at(posed.target, moved, u)
    np.testing.assert_array_equal(found, likelihoods(posed, u)[order])


@pytest.fixture(scope="module")
def counted(problem, series, observations):
    parts = [
        series("superfluid_density", [2.0, 3.5], on, absolute=1e26, value=3e27)
        for on in (False, True)
    ]
    return problem(TABLES, observations(*parts))


@settings(max_examples=15)
@drawn_by(log_scale=st.floats(-30, 30))
def test_another_unit_of_density_changes_densities_of_the_likelihood_alone(counted, log_scale):
    scale = np.exp(log_scale)
    given, u = counted.given, jnp.zeros(len(counted.keys))
    density = scale * given.inputs.material.conduction_density
    more = replaced(given.inputs, {"material.conduction_density": np.asarray(density)})
    points = given.points._replace(
        value=scale * given.points.value, absolute=scale * given.points.absolute
    )
    there = given._replace(inputs=more, points=points)
    found = likelihoods_at(counted.target, there, u)
    np.testing.assert_allclose(found, likelihoods(counted, u) - log_scale, rtol=0, atol=1e-9)


@pytest.mark.parametrize("noise", ["gaussian", "student-t"])
@pytest.mark.parametrize("off", [0.0, 1.0, 30.0])
def test_a_misfit_is_the_share_of_made_up_data_that_lie_farther(pose, noise, off):
    """All lie farther than readings on the prediction, none than readings far from it."""
    posed, *_ = pose(noise)
    draws, count = 4000, 3
    mean, deviation = np.full((draws, count + 2), 2.0), np.full((draws, count + 2), 0.1)
    # The last two are limits, which do not count.
    value = np.array([*np.full(count, 2.0 + 0.1 * off), 1e9, -1e9])
    points = posed.given.points._replace(value=value, limit=np.array([0.0, 0.0, 0.0, 1.0, -1.0]))
    given = posed.given._replace(points=points)
    predicted = target.Prediction(None, None, None, None, mean, deviation, None)
    found = _misfit(posed.target, given, predicted, np.random.default_rng(3))
    law = stats.norm() if noise == "gaussian" else stats.t(posed.target.freedom)
    made = law.rvs((200_000, count), random_state=np.random.default_rng(4))
    there = law.logpdf(np.full(count, off)).sum()
    wanted = (law.logpdf(made).sum(axis=-1) < there).mean()
    assert found == pytest.approx(wanted, abs=0.03)
    assert {0.0: found > 0.99, 1.0: 0.2 < found < 0.8, 30.0: found < 0.01}[off]
