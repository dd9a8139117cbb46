"""Plans: evidence against closed forms, and candidates in the order that physics says."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr
from scipy import stats

import entrap as et
from entrap.case.priors import Prior
from entrap.studies.plan.design import design, signal
from entrap.studies.plan.gain import log_evidence
from entrap.studies.plan.plan import Planned, plan

NEEDS = ("material", "landau")


def stated(**changes):
    tables = {
        "material": {
            "critical_temperature": {"prior": "lognormal(5 K, 0.05)"},
            "conduction_density": 1e28,
        },
        "landau": {"a": {"prior": "lognormal(3 k_B, 0.3)"}, "saturation": 1.0},
        "mixture": {"valence_ratio": {"prior": "lognormal(0.3, 0.5)"}},
        "plan": {
            "start": 2.0, "stop": 4.5, "temperatures": 3, "draws": 60, "points": 3,
            "quantities": ["higgs_coefficient", "penetration_depth"], "precisions": [0.01, 0.1],
        },
    }  # fmt: skip
    for key, value in changes.items():
        table, _, name = key.partition("__")
        tables[table] = tables.get(table, {}) | {name: value}
    return et.CaseFile.from_dict(tables, needs=NEEDS)


def test_a_design_has_all_candidates_and_points_below_the_transition_without_a_trap():
    case = stated(plan__stop=9.0)
    made = design(case)
    assert made.temperatures.tolist() == [2.0, 5.5, 9.0]
    assert made.points.shape == (3, 6)
    assert made.on.tolist() == [False] * 3 + [True] * 3
    np.testing.assert_allclose(made.points[1, :3].mean(), 0.9 * 5)
    np.testing.assert_allclose(made.points[:, 3:].mean(axis=1), made.temperatures)
    assert (made.points > 0).all()


def test_without_numbers_a_plan_goes_from_a_fifth_of_the_transition_to_beyond_the_effective_one():
    case = stated(plan__start=None, plan__stop=None)
    effective = float(et.model.landau.effective_critical_temperature(et.sample(case)))
    made = design(case)
    assert made.temperatures[0] == pytest.approx(1.0)
    assert made.temperatures[-1] == pytest.approx(min(1.1 * effective, 10.0))


def test_a_quantity_that_the_bare_sample_does_not_show_is_refused():
    case = stated(plan__start=6.0, plan__stop=8.0)
    with pytest.raises(et.InputError, match="does not show from 6 K on"):
        design(case)


def test_a_length_that_diverges_is_read_as_its_reciprocal():
    found = et.equilibrate(stated(), [3.0, 8.0]).bare
    depth = np.asarray(found.penetration_depth)
    assert np.isinf(depth[1])
    np.testing.assert_allclose(np.asarray(signal(found, "penetration_depth")), [1 / depth[0], 0.0])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_evidence_of_a_linear_model_is_the_closed_form(seed):
    random = np.random.default_rng(seed)
    slopes, data = random.normal(size=(6, 3)), random.normal(size=6)
    priors = (Prior("normal", (0.0, 1.0)),) * 3
    free = jnp.array([True, False, True])

    def model(u):
        return jnp.asarray(slopes) @ jnp.where(free, u, 0.7)

    found = log_evidence(
        model, priors, free, jnp.asarray(data), jnp.zeros((2, 3)), jax.random.key(seed)
    )
    kept = slopes[:, [0, 2]]
    exact = stats.multivariate_normal(0.7 * slopes[:, 1], np.eye(6) + kept @ kept.T).logpdf(data)
    assert float(found) - 3 * np.log(2 * np.pi) == pytest.approx(exact, abs=0.25)


@pytest.mark.slow
def test_the_evidence_of_an_effect_that_may_be_unseen_is_that_of_quadrature():
    # Where u is below 0 there is nothing to see: half of the prior explains a reading of 0 alike.
    priors = (Prior("normal", (0.0, 1.0)),)

    def model(u):
        return 20 * jnp.maximum(u, 0.0)

    for reading in (0.0, 12.0):
        found = log_evidence(
            model, priors, jnp.array([True]), jnp.array([reading]), jnp.array([[0.5], [0.0]]),
            jax.random.key(1),
        )  # fmt: skip
        u = np.linspace(-8, 8, 200_001)
        density = stats.norm.pdf(u) * np.exp(-0.5 * (reading - 20 * np.maximum(u, 0)) ** 2)
        assert float(found) == pytest.approx(np.log(np.trapezoid(density, u)), abs=0.25)


@pytest.fixture(scope="module")
def planned():
    return plan(stated())


@pytest.mark.slow
def test_a_finer_measurement_tells_more(planned):
    gains = planned.log_bayes[0].mean(axis=-1)  # (quantities, temperatures, precisions)
    assert (gains[..., 0] > 3 * gains[..., 1]).all()
    bits = {(c.quantity, c.temperature, c.precision): c.information for c in planned.candidates}
    for (name, kelvin, share), found in bits.items():
        assert found <= 1.0
        if share == 0.01:
            assert found > bits[name, kelvin, 0.1]


@pytest.mark.slow
def test_an_effect_grows_with_temperature_and_so_does_what_is_told_of_it(planned):
    # k_B T L is what the trap adds to -α: half of it at half the temperature.
    gains = planned.log_bayes[0, 0, :, 0].mean(axis=-1)
    assert (np.diff(gains) > 0).all()


@pytest.mark.slow
def test_candidates_are_ranked_and_say_where_the_theory_fails(planned):
    ranked = planned.candidates
    assert len(ranked) == 12
    assert [c.information for c in ranked] == sorted((c.information for c in ranked), reverse=True)
    for c in ranked:
        assert (c.margin < 0) == bool(c.failing)
        assert 0 <= c.decided <= 1
    assert [p.key for p in planned.uncertain] == [
        "material.critical_temperature", "landau.a", "mixture.valence_ratio",
    ]  # fmt: skip


@pytest.mark.slow
def test_without_an_effect_to_see_nothing_is_told():
    tiny = plan(stated(mixture__valence_ratio={"prior": "lognormal(1e-6, 0.1)"}))
    assert abs(np.array([c.information for c in tiny.candidates])).max() < 0.02
    assert abs(tiny.log_bayes).max() < 0.5


@pytest.mark.slow
def test_a_calibration_common_to_both_states_of_the_trap_does_little_harm(planned):
    groups = {"higgs_coefficient": {"calibration": "lognormal(1, 0.3)"}}
    loose = plan(stated(plan__quantities=["higgs_coefficient"], data__groups=groups))
    assert [p.key for p in loose.uncertain][-1] == "mixture.valence_ratio"
    assert "data.groups.higgs_coefficient.calibration" in [p.key for p in loose.uncertain]
    bits = {(c.quantity, c.temperature, c.precision): c.information for c in planned.candidates}
    for c in loose.candidates:
        assert c.information == pytest.approx(bits[c.quantity, c.temperature, c.precision], abs=0.2)


@pytest.mark.slow
def test_a_plan_is_the_same_again_and_is_saved_whole(planned, tmp_path):
    again = plan(stated())
    assert (again.log_bayes == planned.log_bayes).all()
    planned.save(tmp_path / "plan.nc")
    with xr.open_dataset(tmp_path / "plan.nc", engine="h5netcdf") as data:
        assert (data["log_bayes"].values == planned.log_bayes).all()
        assert data.attrs["entrap_result"] == "plan"
        assert list(data["quantity"].values) == ["higgs_coefficient", "penetration_depth"]
    assert isinstance(planned, Planned)
