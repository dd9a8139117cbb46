"""Plans: evidence against closed forms, and candidates in the order that physics says."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import xarray as xr
from scipy import special, stats

import entrap as et
from entrap.case.priors import Prior
from entrap.studies.fit.inputs.hypotheses import TAKEN
from entrap.studies.plan.answer import plan_answer
from entrap.studies.plan.design import design, signal
from entrap.studies.plan.gain import Place, log_evidence, spread
from entrap.studies.plan.information import against, information, log_bayes
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


def test_a_plan_by_bcs_theory_leaves_out_what_the_expansion_alone_defines():
    case = stated(landau__functional="bcs", plan__quantities=None, plan__stop=None)
    made = design(case)
    assert made.quantities == ("penetration_depth", "lower_critical_field", "higgs_mode")
    # T̃_c = T_c e^W(g), g = k_B L/a, at every temperature: 5.42 K here.
    effective = 5 * np.exp(special.lambertw(np.log(1.3) / 3).real)
    assert made.temperatures[-1] == pytest.approx(1.1 * effective, rel=1e-6)
    with pytest.raises(et.InputError, match="Landau's expansion alone defines"):
        design(stated(landau__functional="bcs"))


@pytest.mark.parametrize(
    ("rivals", "message"),
    [(["mixing"], "unknown name"), ([], "must name one at least"), (["none", "none"], "each once")],
)
def test_an_entropy_is_told_from_hypotheses_without_one(rivals, message):
    with pytest.raises(et.InputError, match=message):
        et.Plan.from_dict({"against": rivals})


def gaussian_evidence(y, variances):
    """ln p(y) of numbers under normal hypotheses of these variances, by simulated and fitted."""
    return np.stack([[stats.norm(0, v**0.5).logpdf(row) for v in variances] for row in y])


@pytest.mark.parametrize("variances", [(5.0, 1.0), (5.0, 1.0, 4.0), (26.0, 1.0, 26.0)])
def test_information_is_that_of_quadrature_where_hypotheses_are_linear_and_normal(variances):
    # Reading u_h s_h + ε with u_h and ε standard normal: its variance is 1 + s_h².
    random = np.random.default_rng(3)
    y = random.normal(size=(len(variances), 40_000)) * np.sqrt(variances)[:, None]
    found, error = information(log_bayes(gaussian_evidence(y, variances)))
    grid = np.linspace(-60, 60, 240_001)
    first, *others = (stats.norm(0, v**0.5).pdf(grid) for v in variances)
    rest = np.mean(others, axis=0)
    both = (first + rest) / 2
    logs = [np.where(p > 0, p * np.log2(np.maximum(p, 1e-300) / both), 0) for p in (first, rest)]
    exact = np.trapezoid(sum(logs) / 2, grid)
    assert error < 0.003
    assert found == pytest.approx(exact, abs=4 * error)


def imitated():
    """ln Z of data that show whether there is an effect, and not whether plain BCS makes it."""
    effect, nothing = [0.0, -1000.0, 0.0], [-1000.0, 0.0, -1000.0]
    return np.array([effect, nothing, effect])[..., None] * np.ones(20)


def test_an_entropy_that_plain_bcs_imitates_is_worth_a_third_of_a_bit():
    logs = imitated()
    third = 1 + 0.75 * (np.log2(2 / 3) * 2 / 3 + np.log2(1 / 3) / 3)
    assert information(log_bayes(logs))[0] == pytest.approx(third, abs=1e-12)
    assert third == pytest.approx(0.3112781, abs=1e-7)
    assert against(logs, 1) == pytest.approx(1.0)
    assert against(logs, 2) == pytest.approx(0.0, abs=1e-12)


def made(logs, uncertain=(), **changes):
    """A plan of one quantity at two temperatures, without computing any evidence."""
    case = stated(plan__quantities=["penetration_depth"], plan__precisions=[0.01], **changes)
    layout = design(case)
    shape = (*logs.shape[:2], 1, len(layout.temperatures), 1, logs.shape[-1])
    whole = np.broadcast_to(logs[:, :, None, None, None], shape)
    nothing = np.zeros(len(layout.temperatures))
    return Planned(
        case, layout, ("mixing", "none", "extraction"), whole, nothing, ("",) * len(nothing),
        uncertain,
    )  # fmt: skip


def test_the_answer_says_what_is_asked_and_that_plain_bcs_imitates_it():
    case = stated()
    share = next(p for p in parameters_of(case) if p.key == TAKEN)
    text = " ".join(plan_answer(made(imitated(), uncertain=(share,))))
    assert "The question is whether there is the paper's entropy of mixing (H1)" in text
    assert "H0 (the trap changes nothing) or H2 (plain BCS" in text
    assert "0.31 ± 0.01 bits of the 1 bit" in text
    assert "one of these alone, it would give, in bits, 1.00 from H0 and 0.00 from H2." in text
    assert "can imitate an entropy there, by another share y" in text
    for help_ in (TAKEN, "temperatures near and above T_c", "different n_v/n_c"):
        assert help_ in text


def test_the_answer_does_not_advise_what_is_there():
    text = " ".join(plan_answer(made(imitated(), plan__stop=6.0)))
    assert "Plain BCS theory can imitate an entropy there: an effect" in text
    assert TAKEN not in text
    assert "near and above T_c" not in text
    sure = np.where(np.eye(3, dtype=bool), 0.0, -1000.0)[..., None] * np.ones(20)
    text = " ".join(plan_answer(made(sure)))
    assert "imitate" not in text
    assert "1.00 ± 0.01 bits of the 1 bit" in text


def parameters_of(case):
    from entrap.studies.fit.hypotheses import hypotheses
    from entrap.studies.plan.plan import _blank

    options = et.Fit(hypotheses=("mixing", "extraction"))
    return hypotheses(case, _blank(case, design(case)), options)[0]


def evidences(model, count, problems):
    """`log_evidence` of data under models that differ in their numbers, compiled once.

    Args:
        model: Readings, of these numbers and of coordinates whose priors are standard normal.
        count: Of the coordinates.
        problems: Numbers of the model, data, where to begin, and a seed, for each.
    """
    priors = (Prior("normal", (0.0, 1.0)),) * count

    def one(numbers, data, begin, rows, near):
        def read(u):
            return model(numbers, u)

        places = Place(begin, read(begin)), Place(rows, jax.vmap(read)(rows))
        return log_evidence(read, priors, data, *places, near)

    columns = [
        (numbers, data, begin, np.random.default_rng(seed + 100).normal(size=(512, count)),
         spread(count, seed))
        for numbers, data, begin, seed in problems
    ]  # fmt: skip
    return np.asarray(jax.jit(jax.vmap(one))(*map(jnp.array, zip(*columns, strict=True))))


@pytest.mark.slow
def test_the_evidence_of_a_linear_model_is_the_closed_form():
    problems = []
    for seed in range(3):
        random = np.random.default_rng(seed)
        problems.append((random.normal(size=(6, 2)), random.normal(size=6), [1.0, 1.0], seed))
    # Far finer than the prior, no row of which is near: Gauss-Newton steps have to find the maximum.
    # The last three readings are of nothing.
    slopes = np.zeros((6, 2))
    slopes[:3] = [[3000.0, 500.0], [-800.0, 2000.0], [100.0, 100.0]]
    finer = slopes @ [1.3, -0.7] + [0.3, -0.2, 1.0, 0.0, 0.0, 0.0]
    problems.append((slopes, finer, [0.0, 0.0], 5))
    found = evidences(lambda slopes, u: slopes @ u, 2, problems)
    exact = [
        stats.multivariate_normal(np.zeros(6), np.eye(6) + slopes @ slopes.T).logpdf(data)
        for slopes, data, *_ in problems
    ]
    np.testing.assert_allclose(found - 3 * np.log(2 * np.pi), exact, rtol=0, atol=0.1)


@pytest.mark.slow
def test_the_evidence_of_an_effect_that_may_be_unseen_is_that_of_quadrature():
    # Where u is below 0 there is nothing to see: half of the prior explains a reading of 0 alike.
    readings = (0.0, 12.0)
    found = evidences(
        lambda slope, u: slope * jnp.maximum(u, 0.0), 1, [(20.0, [r], [0.5], 1) for r in readings]
    )
    u = np.linspace(-8, 8, 200_001)
    for reading, evidence in zip(readings, found, strict=True):
        density = stats.norm.pdf(u) * np.exp(-0.5 * (reading - 20 * np.maximum(u, 0)) ** 2)
        assert evidence == pytest.approx(np.log(np.trapezoid(density, u)), abs=0.1)


@pytest.fixture(scope="module")
def planned():
    return plan(stated())


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_finer_measurement_tells_more(planned):
    gains = planned.log_bayes[0].mean(axis=-1)  # (quantities, temperatures, precisions)
    assert (gains[..., 0] > 3 * gains[..., 1]).all()
    bits = {(c.quantity, c.temperature, c.precision): c.information for c in planned.candidates}
    for (name, kelvin, share), found in bits.items():
        assert found <= 1.0
        if share == 0.01:
            assert found > bits[name, kelvin, 0.1]


@pytest.mark.exhaustive
def test_an_effect_grows_with_temperature_and_so_does_what_is_told_of_it(planned):
    # k_B T L is what the trap adds to -α: half of it at half the temperature.
    with_it, nothing = planned.log_evidence[0, :2, 0, :, 0]
    gains = (with_it - nothing).mean(axis=-1)
    assert (np.diff(gains) > 0).all()


@pytest.mark.exhaustive
def test_candidates_are_ranked_and_say_where_the_theory_fails(planned):
    ranked = planned.candidates
    assert len(ranked) == 12
    assert [c.information for c in ranked] == sorted((c.information for c in ranked), reverse=True)
    for c in ranked:
        assert (c.margin < 0) == bool(c.failing)
        assert 0 <= c.decided <= 1
    assert [p.key for p in planned.uncertain] == [
        "material.critical_temperature", "landau.a", "mixture.valence_ratio",
        "fit.quasiparticle_share",
    ]  # fmt: skip


@pytest.mark.exhaustive
def test_without_an_effect_to_see_nothing_is_told():
    # Of data that show extraction something is told: there is no entropy.
    ratio = {"prior": "lognormal(1e-6, 0.1)"}
    tiny = plan(stated(mixture__valence_ratio=ratio, plan__against=["none"]))
    assert abs(np.array([c.information for c in tiny.candidates])).max() < 0.02
    assert abs(tiny.log_bayes).max() < 0.5


def far_below(**changes):
    """A Higgs mode read far below T_c, where an entropy and extraction both vanish as e^-Δ/k_B T."""
    found = plan(
        stated(
            material__critical_temperature={"prior": "lognormal(5 K, 0.01)"},
            landau__a={"prior": "lognormal(3 k_B, 0.1)"}, landau__functional="bcs",
            plan__start=1.9, plan__stop=2.1, plan__temperatures=2, plan__draws=40,
            plan__quantities=["higgs_mode"], plan__precisions=[0.003],
            **changes,
        )
    )  # fmt: skip
    return found.candidates[0]


@pytest.mark.exhaustive
@pytest.mark.slow
def test_far_below_the_transition_plain_bcs_imitates_an_entropy_unless_its_share_is_known():
    free = far_below()
    assert free.against["none"] > 0.7  # what a plan of 0.4 gave
    assert free.against["extraction"] < 0.2
    assert free.information < 0.4
    known = far_below(fit__quasiparticle_share=0.9)
    assert known.against["extraction"] > free.against["extraction"] + 0.2
    assert known.information > free.information + 0.1


@pytest.mark.exhaustive
@pytest.mark.slow
def test_a_calibration_common_to_both_states_of_the_trap_does_little_harm(planned):
    groups = {"higgs_coefficient": {"calibration": "lognormal(1, 0.3)"}}
    loose = plan(stated(plan__quantities=["higgs_coefficient"], data__groups=groups))
    assert "data.groups.higgs_coefficient.calibration" in [p.key for p in loose.uncertain]
    bits = {(c.quantity, c.temperature, c.precision): c.information for c in planned.candidates}
    for c in loose.candidates:
        assert c.information == pytest.approx(bits[c.quantity, c.temperature, c.precision], abs=0.2)


@pytest.mark.exhaustive
def test_data_are_simulated_under_each_hypothesis_of_the_same_samples(monkeypatch):
    """Without their evidence, which takes long to compile: the numbers drawn are common to all."""
    simulated = []

    def evidence(*given):
        simulated.append(given[3])
        return np.zeros((3, 1, 2, 60))

    monkeypatch.setattr("entrap.studies.plan.simulation._log_evidences", evidence)
    found = plan(stated(plan__quantities=["higgs_coefficient"], plan__temperatures=2))
    assert found.log_evidence.shape == (3, 3, 1, 2, 2, 60)
    assert len(simulated) == 6  # at each temperature the same data, under each hypothesis
    for other in simulated[1:3]:
        np.testing.assert_array_equal(other, simulated[0])
    mixing, none, extraction = np.asarray(simulated[0])[:, :, 0]
    off, on = np.arange(3), np.arange(3, 6)
    np.testing.assert_array_equal(mixing[:, off], none[:, off])
    np.testing.assert_array_equal(extraction[:, off], none[:, off])
    assert (mixing[:, on] > none[:, on]).all()
    assert (extraction[:, on] > none[:, on]).all()
    assert len(np.unique(none[:, 0])) == 60


def test_a_plan_is_saved_whole(tmp_path):
    planned = made(imitated())
    planned.save(tmp_path / "plan.nc")
    with xr.open_dataset(tmp_path / "plan.nc", engine="h5netcdf") as data:
        assert (data["log_bayes"].values == planned.log_bayes).all()
        assert (data["log_evidence"].values == planned.log_evidence).all()
        assert list(data["fitted"].values) == ["mixing", "none", "extraction"]
        assert data.attrs["entrap_result"] == "plan"
        assert list(data["quantity"].values) == ["penetration_depth"]


def test_data_in_which_a_reading_is_not_defined_tell_nothing():
    found, _ = information(np.array([[np.nan, 60.0, 60.0], [np.nan, -60.0, -60.0]]))
    assert found == pytest.approx(2 / 3)


def test_a_quantity_of_the_default_that_the_sample_does_not_show_is_left_out():
    case = et.load_case("examples/niobium-bcs.toml", needs=NEEDS)
    made = design(case)  # κ is below 1: there is no B_c1 of a vortex
    assert "lower_critical_field" not in made.quantities
    assert "penetration_depth" in made.quantities
    assert (made.references > 0).all()
