"""Which numbers each hypothesis infers, what a case may ask for, and which data are kept."""

import dataclasses

import jax
import numpy as np
import pytest

import entrap as et
from entrap.case.priors import Prior
from entrap.core.errors import InputError
from entrap.model.bcs_state import bcs_state
from entrap.solve.inputs import by_key
from entrap.studies.fit.data.observations import within
from entrap.studies.fit.hypotheses import hypotheses, inputs_for
from entrap.studies.fit.parameters import value

TABLES = {
    "material": {
        "critical_temperature": {"prior": "lognormal(5 K, 0.1)"},
        "conduction_density": "1e28 1/m^3",
    },
    "mixture": {"valence_ratio": {"prior": "lognormal(0.4, 0.5)"}},
    "landau": {"a": "3 k_B", "saturation": 1.0},
}
BCS = TABLES | {"landau": TABLES["landau"] | {"functional": "bcs"}}
COLD = np.linspace(0.5, 4.5, 9)


@pytest.fixture(scope="module")
def depths(series, observations):
    return observations(
        series("penetration_depth", COLD, False, relative=0.02),
        series("penetration_depth", COLD + 0.1, True, relative=0.02),
    )


def found(tables, data):
    case = et.CaseFile.from_dict(tables, needs=("material", "landau"))
    return {h.name: h for h in hypotheses(case, data, et.Fit.of(case))[1]}


def test_without_a_reading_with_the_trap_there_is_nothing_to_compare(series, observations):
    bare = observations(series("penetration_depth", COLD, False, relative=0.02))
    case = et.CaseFile.from_dict(TABLES, needs=("material", "landau"))
    _, compared, omitted = hypotheses(case, bare, et.Fit.of(case))
    assert [h.name for h in compared] == ["none"]
    assert set(omitted) == {"mixing", "degenerate", "extraction", "both", "heating"}
    assert set(omitted.values()) == {"no reading is with the trap"}
    assert compared[0].free == ("material.critical_temperature",)
    # What the case names is compared.
    named = TABLES | {"fit": {"hypotheses": ["none", "extraction"]}}
    assert list(found(named, bare)) == ["none", "extraction"]


def test_numbers_of_priors_are_no_part_of_the_program(problem, depths):
    def posed(critical, ratio, a):
        priors = {"critical_temperature": {"prior": critical}}
        return problem(
            TABLES
            | {
                "material": TABLES["material"] | priors,
                "mixture": {"valence_ratio": {"prior": ratio}},
                "landau": {"a": {"prior": a}, "saturation": 1.0},
            },
            depths,
        )

    first = posed("lognormal(5 K, 0.1)", "gamma(2, 0.4)", "log-uniform(1 k_B, 4 k_B)")
    other = posed("lognormal(6 K, 0.3)", "gamma(3, 0.2)", "log-uniform(2 k_B, 9 k_B)")
    assert (hash(first.target), repr(first.target)) == (hash(other.target), repr(other.target))
    assert first.target == other.target
    u = np.linspace(-1.0, 1.5, len(first.keys))
    for each in (first, other):
        theta = each.told(u).theta[0]
        for p, x, at, free in zip(each.parameters, u, theta, each.given.free, strict=True):
            assert at == pytest.approx(float(value(p.prior, x)) if free else p.fixed, rel=1e-13)
    assert (first.told(u).theta[0] != other.told(u).theta[0])[first.given.free].all()


WIDTHS = {
    "material.critical_temperature": 0.05, "material.fermi_temperature": 0.3,
    "landau.a": 0.5, "landau.saturation": 0.5, "landau.beta": 0.5, "landau.superfluid_density": 0.5,
    "landau.critical_field": 0.2, "landau.penetration_depth": 0.2,
    "trap.rate": 1.0, "trap.pairing": 1.0, "trap.pairing_rate": 1.0,
    "trap.junction.interface_resistance": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("landau", "follows"),
    [
        ({"a": "3 k_B", "saturation": 1.0}, ""),
        ({"a": "3 k_B", "beta": "1e-50 J m^3"}, ""),
        ({"critical_field": "80 mT", "below_critical": "10 mK", "penetration_depth": "50 nm"}, ""),
        ({"bcs": True}, ""),
        ({"a": "3 k_B", "saturation": 1.0}, "protocol"),
    ],
)
def test_a_case_without_priors_has_the_wide_ones_that_the_page_tells(
    landau, follows, series, observations
):
    tables = {
        "material": {
            "critical_temperature": "5 K", "conduction_density": "1e28 1/m^3",
            "fermi_temperature": "5e4 K",
        },
        "mixture": {"valence_ratio": 0.4},
        "landau": landau,
        "trap": {"rate": "1e6 1/s", "pairing_rate": "1e-20 m^3/s"},
        "protocol": {"start": "1 K", "hold": "1 s", "warm_to": "4 K", "warming_time": "1 s"},
    }  # fmt: skip
    case = et.CaseFile.from_dict(tables, needs=("material", "landau"))
    data = observations(
        series("penetration_depth", COLD, False, relative=0.02),
        series("penetration_depth", COLD + 0.1, True, relative=0.02),
    )
    data = dataclasses.replace(data, follows=follows or data.follows)
    priors = {p.key: p.prior for p in hypotheses(case, data, et.Fit.of(case))[0]}
    assert {prior.origin for prior in priors.values()} == {"default"}
    assert priors.pop("mixture.valence_ratio") == Prior("lognormal", (0.4, 1.0), "default")
    assert priors.pop("fit.temperature_shift") == Prior("normal", (0.0, 0.5), "default")
    assert priors.pop("fit.quasiparticle_share") == Prior("uniform", (0.0, 1.0), "default")
    if not follows:
        assert priors.pop("fit.remaining_fraction") == Prior("uniform", (0.0, 1.0), "default")
    keys = ["material.critical_temperature", *(f"landau.{key}" for key in landau)]
    keys += ["trap.rate", "trap.pairing_rate"] if follows else []
    keys = [key for key in keys if key in WIDTHS]
    keys += ["material.fermi_temperature"] if "bcs" in landau else []
    numbers = by_key(inputs_for(case))
    assert set(priors) == set(keys)
    for key, prior in priors.items():
        assert (prior.family, prior.arguments) == ("lognormal", (numbers[key], WIDTHS[key]))


def test_extraction_infers_the_share_unless_it_is_known(depths):
    free = found(TABLES, depths)
    takes = {name for name, h in free.items() if "fit.quasiparticle_share" in h.free}
    assert takes == {"extraction", "both"}
    known = found(TABLES | {"fit": {"quasiparticle_share": 0.9}}, depths)
    assert not any("fit.quasiparticle_share" in h.free for h in known.values())
    doubted = {"value": 0.9, "prior": "beta(9, 1)"}
    doubted = found(TABLES | {"fit": {"quasiparticle_share": doubted}}, depths)
    assert "fit.quasiparticle_share" in doubted["extraction"].free
    assert "fit.quasiparticle_share" not in doubted["mixing"].free


@pytest.mark.parametrize(
    ("name", "left"), [("plain", 'is now called "heating"'), ("weighted", "drops out")]
)
def test_hypotheses_of_earlier_versions_are_told_in_one_sentence(name, left):
    with pytest.raises(InputError) as told:
        et.Fit.from_dict({"hypotheses": ["mixing", name]})
    (problem,) = told.value.problems
    assert problem.key == "hypotheses"
    assert name in problem.text
    assert left in problem.text


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", ["both", "none", "extraction", "mixing"])
def test_with_bcs_the_points_are_those_of_the_functional(problem, depths, name):
    posed = problem(BCS, depths, name)
    truth = {"valence_ratio": 0.4 * (name in ("mixing", "both"))}
    if name in ("extraction", "both"):
        truth |= {"quasiparticle_share": 0.8, "remaining_fraction": 1.0}
    told = posed.told(np.zeros(len(posed.keys)), posed.held(**truth)).mean[0]
    sample = et.sample(posed.case.changed({"mixture.valence_ratio": truth["valence_ratio"]}))
    share = truth.get("quasiparticle_share", 1.0)
    fraction = {"mixing": 0.0, "both": 0.8, "none": 1.0, "extraction": 1.0}[name]
    left = np.repeat([1.0, share], len(COLD)), np.repeat([1.0, fraction], len(COLD))
    kelvin = np.concatenate([COLD, COLD + 0.1])
    exact = jax.jit(bcs_state)(sample, kelvin, *left).penetration_depth
    np.testing.assert_allclose(told, exact, rtol=1e-9)
    # λ of BCS is no straight line: below 0.3 T_c nothing changes any more.
    assert told[0] == pytest.approx(told[1], rel=1e-3)


def test_what_only_the_expansion_defines_is_refused_with_bcs(problem, series, observations):
    data = observations(series("higgs_coefficient", COLD, False, relative=0.02))
    with pytest.raises(InputError, match="need Landau's expansion, which alone defines it"):
        problem(BCS, data)
    problem(TABLES, data)


def test_extraction_is_not_compared_along_the_protocol(series, observations):
    data = observations(
        series("penetration_depth", COLD, False, relative=0.02),
        series("penetration_depth", COLD[4:], True, relative=0.02), follows="protocol",
    )  # fmt: skip
    protocol = {"start": "2 K", "hold": "1 s", "warm_to": "5 K", "warming_time": "1 s"}
    assert not {"extraction", "both"} & found(TABLES | {"protocol": protocol}, data).keys()
    with pytest.raises(InputError, match="follow the protocol"):
        found(TABLES | {"protocol": protocol, "fit": {"hypotheses": ["extraction"]}}, data)


def test_a_range_keeps_the_data_within_it(depths):
    kept = within(depths, 1.0, 3.05)
    assert kept.coordinate.min() >= 1.0
    assert kept.coordinate.max() <= 3.05
    assert len(kept) == 9
    assert list(kept.groups) == ["penetration_depth"]
    with pytest.raises(InputError, match="no measurement lies in"):
        within(depths, 10.0, 11.0)
    assert et.Fit.from_dict({"range": ["500 mK", 2.0]}).range == (0.5, 2.0)
    for wrong in (["2 K", "1 K"], ["1 K"], 3.0, ["1 T", "2 T"]):
        with pytest.raises(InputError):
            et.Fit.from_dict({"range": wrong})
