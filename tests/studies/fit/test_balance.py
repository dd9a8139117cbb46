"""The share y of the quasiparticles from the junction's balance, at each temperature and draw."""

import jsonschema
import numpy as np
import pytest
from numpy.testing import assert_allclose

import entrap as et
from entrap.core.errors import InputError
from entrap.solve.inputs import choices_of, inputs_of
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.bcs_curves import share_left
from entrap.solve.sample import device_of, sample_of
from entrap.studies.fit.fit import fit
from entrap.studies.fit.hypotheses import hypotheses
from entrap.studies.fit.pages.answer import fit_answer
from entrap.studies.fit.storage import fingerprint
from entrap.studies.fit.target import value_and_slopes

TAKEN = "fit.quasiparticle_share"
JUNCTION = {
    "interface_resistance": {"prior": "lognormal(100 ohm um^2, 0.3)"},
    "film_thickness": "50 nm",
    "metal": "Cu",
    "metal_thickness": "200 nm",
    "trap_temperature": "50 mK",
    "phonon_trapping": 8,
}
KELVIN = np.linspace(0.85, 1.12, 8)


def tables(functional="landau", **options):
    return {
        "title": "Al under Cu",
        "material": {
            "name": "Al", "critical_temperature": {"prior": "lognormal(1.175 K, 0.02)"},
        },
        "mixture": {"valence_ratio": {"prior": "lognormal(0.5, 1.0)"}},
        "landau": {
            "a": "3 k_B", "saturation": {"prior": "lognormal(0.5, 0.3)"}, "functional": functional,
        },
        "trap": {"junction": JUNCTION},
        "fit": {"quasiparticle_share": "balance"} | options,
    }  # fmt: skip


@pytest.fixture
def depths(series, observations):
    noise = {"relative": 0.01}
    return observations(
        series("penetration_depth", KELVIN, False, **noise),
        series("penetration_depth", KELVIN, True, **noise),
    )


def read(stated):
    return et.CaseFile.from_dict(stated, needs=("material", "landau"))


def test_the_balance_takes_the_place_of_a_free_share(depths):
    case = read(tables())
    parameters, found, _ = hypotheses(case, depths, et.Fit.of(case))
    assert {h.name for h in found if h.balanced} == {"extraction", "both"}
    assert not any(TAKEN in h.free for h in found)
    held = {p.key: p.fixed for p in parameters}
    assert held[TAKEN] == 1.0  # where nothing is taken


def test_a_case_without_a_junction_is_refused(depths):
    stated = tables()
    del stated["trap"]
    case = read(stated)
    with pytest.raises(InputError, match=r"needs the table \[trap.junction\]") as caught:
        hypotheses(case, depths, et.Fit.of(case))
    assert len(caught.value.problems) == 1
    # Hypotheses that take no quasiparticles need none.
    case = read(stated | {"fit": {"quasiparticle_share": "balance", "hypotheses": ["mixing"]}})
    assert [h.name for h in hypotheses(case, depths, et.Fit.of(case))[1]] == ["mixing"]


def test_the_word_is_kept_and_others_are_refused(depths):
    case = read(tables())
    assert case.to_dict()["fit"] == {"quasiparticle_share": "balance"}
    assert read(case.to_dict()) == case
    free = read(tables() | {"fit": {}})
    assert fingerprint(case, depths, "extraction") != fingerprint(free, depths, "extraction")
    with pytest.raises(InputError, match='must be a number or "balance", but is'):
        et.Fit.from_dict({"quasiparticle_share": "balanced"})
    with pytest.raises(InputError, match="has no prior: take one of them out"):
        et.Fit.from_dict({"quasiparticle_share": {"value": "balance", "prior": "beta(2, 2)"}})
    assert et.Fit.from_dict({"quasiparticle_share": "0.9"}).quasiparticle_share == 0.9


def test_the_schema_knows_the_word():
    from entrap.app.casefile import case_schema

    made = case_schema()
    check = jsonschema.Draft202012Validator(made)
    assert check.is_valid(tables())
    assert not check.is_valid(tables(quasiparticle_share="balanced"))
    assert check.is_valid(tables(quasiparticle_share=0.9))


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "functional", ["landau", pytest.param("bcs", marks=pytest.mark.exhaustive)]
)
def test_y_is_what_the_flows_leave(functional, problem, depths):
    posed = problem(tables(functional), depths, "extraction")
    told = posed.told(np.zeros(len(posed.keys)), posed.held(interface_resistance=3e-11))
    case = posed.case.changed({"trap.junction.interface_resistance": 3e-11})
    inputs, choices = inputs_of(case), choices_of(case)
    left = quick_jit(share_left)(device_of(inputs, choices), sample_of(inputs, choices), KELVIN)
    assert_allclose(told.shares_left[0], left, rtol=1e-9)
    assert 0.05 < told.shares_left[0].min() < told.shares_left[0].max() < 0.6
    # It is what a fit with that y predicts.
    free = problem(tables(functional, quasiparticle_share=1.0), depths, "extraction")
    for i in (0, 7):
        share = float(left[i])
        known = free.held(interface_resistance=3e-11, quasiparticle_share=share)
        mean = free.told(np.zeros(len(free.keys)), known).mean[0]
        assert_allclose(told.mean[0][8 + i], mean[8 + i], rtol=1e-9)


@pytest.mark.exhaustive
@pytest.mark.parametrize("functional", ["landau", "bcs"])
def test_slopes_are_those_of_finite_differences(functional, problem, depths):
    posed = problem(tables(functional), depths, "extraction")
    posed = posed.reading(posed.drawn(np.random.default_rng(0)))
    u = np.where(posed.given.free, 0.1, 0.0)
    value, slopes = value_and_slopes(posed.target, posed.given, u)
    assert np.isfinite(value)
    for i in posed.free:
        step = 1e-5 * (np.arange(len(u)) == i)
        ends = [float(value_and_slopes(posed.target, posed.given, u + s)[0]) for s in (step, -step)]
        assert slopes[i] == pytest.approx((ends[0] - ends[1]) / 2e-5, rel=1e-5, abs=1e-4)
    assert slopes[posed.keys.index("trap.junction.interface_resistance")] != 0


@pytest.mark.exhaustive
@pytest.mark.slow
@pytest.mark.parametrize("functional", ["landau", "bcs"])
def test_plain_data_of_a_junction_are_not_called_an_entropy(functional, problem, depths):
    short = {"chains": 4, "draws": 100, "hypotheses": ["none", "mixing", "extraction"]}
    posed = problem(tables(functional, **short), depths, "extraction")
    posed = posed.reading(posed.drawn(np.random.default_rng(1)))
    found = fit(posed.case, posed.data)
    assert found.comparison.verdict != "entropy"
    assert found.comparison.row("extraction").misfit > 0.01
    assert found.comparison.row("none").misfit < 1e-3
    answer = " ".join(fit_answer(found))
    assert "Its y is computed from the junction, where trapping, return" in answer
    assert "at 0.85 K and" in answer
    assert "computed from the junction (`fit." not in answer
    p = found.posteriors["extraction"]
    assert TAKEN not in p.draws
    low, high = (p.at(share)["trap.junction.interface_resistance"] for share in (0.001, 0.999))
    assert low < 1e-10 < high
