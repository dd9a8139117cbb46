"""Priors: their numbers against scipy's, how they are stated, and how what is wrong is told."""

import contextlib
import math
import re
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from tests.strategies import WORKING, case_of, prior, prior_text

from entrap.app.casefile import READERS
from entrap.case import toml
from entrap.case.case import Case
from entrap.case.priors import FAMILIES, Prior, parse_prior, prior_like
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError
from entrap.core.quantities import Quantity, quantities
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataGroup

KEYS = uncertain() | {f"fit.{key}": q for key, q in Fit.believed().items()}
KEYS |= quantities(DataGroup)
A = KEYS["landau.a"]
PURE = Quantity("1", "x", "Any number")
K_B = 1.380649e-23

INDEPENDENT = {
    "normal": ((2.0, 3.0), stats.norm(2.0, 3.0)),
    "lognormal": ((2.0, 0.7), stats.lognorm(0.7, scale=2.0)),
    "half-normal": ((2.0,), stats.halfnorm(scale=2.0)),
    "exponential": ((2.0,), stats.expon(scale=2.0)),
    "uniform": ((-1.0, 4.0), stats.uniform(-1.0, 5.0)),
    "log-uniform": ((0.1, 40.0), stats.loguniform(0.1, 40.0)),
    "gamma": ((2.5, 3.0), stats.gamma(2.5, scale=3.0)),
    "beta": ((2.0, 5.0), stats.beta(2.0, 5.0)),
}


parse_case = partial(toml.parse_case, readers=READERS)


def refused(text, declared=A):
    with pytest.raises(InputError) as caught:
        parse_prior(text, declared)
    return [problem.text for problem in caught.value.problems]


def edited(line, new, more=""):
    assert WORKING.count(line) == 1
    return WORKING.replace(line, new) + more


def told(text, overrides=()):
    with pytest.raises(InputError) as caught:
        parse_case(text, overrides)
    return str(caught.value).splitlines()


def test_every_family_is_compared():
    assert INDEPENDENT.keys() == FAMILIES.keys()


@pytest.mark.parametrize("family", FAMILIES)
@given(share=st.floats(1e-6, 1 - 1e-6))
def test_quantiles_are_those_of_scipy(family, share):
    arguments, independent = INDEPENDENT[family]
    made = Prior(family, arguments)
    assert made.quantile(share) == pytest.approx(independent.ppf(share), rel=1e-9, abs=1e-14)
    assert made.median == pytest.approx(independent.median(), rel=1e-12)


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_read_with_its_arguments_in_order(family):
    arguments, _ = INDEPENDENT[family]
    text = f" {family} ( {', '.join(str(x) for x in arguments)} ) "
    assert parse_prior(text, PURE) == Prior(family, arguments)


@given(st.sampled_from([*KEYS.values()]).flatmap(
    lambda q: st.tuples(st.just(q), prior(q))
))  # fmt: skip
def test_a_prior_survives_being_written_down_and_lies_within_bounds(drawn):
    declared, keywords = drawn
    made = Prior(**keywords)
    again = parse_prior(str(made), declared)
    assert again == made
    assert declared.read(again.median) == again.median


@pytest.mark.parametrize(
    ("text", "declared", "arguments"),
    [
        ("lognormal(3 k_B, 0.5)", A, (3 * K_B, 0.5)),
        ("lognormal(4e-23, 50 %)", A, (4e-23, 0.5)),
        ("uniform(1 k_B, 5 k_B)", A, (K_B, 5 * K_B)),
        ("lognormal(5e-10 ohm*m^2, 0.3)", KEYS["trap.junction.interface_resistance"], (5e-10, 0.3)),
        ("normal(7 K, 200 mK)", KEYS["material.critical_temperature"], (7.0, 0.2)),
        ("normal(-266 degC, 0.2 K)", KEYS["material.critical_temperature"], (7.15, 0.2)),
        ("normal(0 K, 50 mK)", KEYS["fit.temperature_shift"], (0.0, 0.05)),
        ("lognormal(1e27 1/(m^3), 0.5)", KEYS["material.conduction_density"], (1e27, 0.5)),
    ],
)
def test_arguments_are_read_in_si_or_with_their_units(text, declared, arguments):
    assert parse_prior(text, declared).arguments == pytest.approx(arguments, rel=1e-9, abs=0.0)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("lognormal(3 k_B, 0.5)", "lognormal(3 k_B, 0.5)"),
        ("uniform(1.380649e-23, 2.761298e-23)", "uniform(1 k_B, 2 k_B)"),
        ("gamma(200, 1e-25)", "gamma(200, 0.00724297 k_B)"),
    ],
)
def test_a_prior_is_shown_in_the_unit_in_which_people_quote_it(text, shown):
    assert parse_prior(text, A).shown(A) == shown
    assert parse_prior("beta(2, 5)", PURE).shown(PURE) == "beta(2, 5)"


@pytest.mark.parametrize("declared", [*KEYS.values(), PURE])
def test_the_prior_that_a_message_proposes_is_one(declared):
    assert parse_prior(prior_like(declared), declared).family in FAMILIES
    (text,) = refused("3 +- 1", declared)
    assert text == f"must be a prior, as in \"{prior_like(declared)}\", but is '3 +- 1'"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (3.0, 'must be a prior, as in "lognormal(3 k_B, 0.5)", but is 3.0'),
        (None, 'must be a prior, as in "lognormal(3 k_B, 0.5)", but is None'),
        ("", "must be a prior, as in \"lognormal(3 k_B, 0.5)\", but is ''"),
        (
            "lognormal(3 k_B, 0.5",
            "must be a prior, as in \"lognormal(3 k_B, 0.5)\", but is 'lognormal(3 k_B, 0.5'",
        ),
        (
            "cauchy(3 k_B, 1)",
            'has no prior "cauchy": known are normal, lognormal, half-normal, exponential, uniform, '
            "log-uniform, gamma, beta",
        ),
        (
            "lognormal(3 k_B)",
            "must be lognormal(median, standard deviation of the logarithm), but has 1 arguments",
        ),
        ("exponential()", "must be exponential(mean), but has 0 arguments"),
        ("uniform(1, 2, 3)", "must be uniform(low, high), but has 3 arguments"),
        (
            "lognormal(3 K, 0.5)",
            'has a prior whose median must be a number with a unit of J/K, but "K" measures '
            "something else",
        ),
        (
            "lognormal(3 k_B, 0.5 K)",
            "has a prior whose standard deviation of the logarithm must be a pure number, but "
            '"K" measures something else',
        ),
        (
            "lognormal(a, 0.5)",
            'has a prior whose median must be a number with a unit of J/K, but is "a"',
        ),
        ("lognormal(0, 0.5)", 'has a prior whose median must be finite and > 0, but is "0"'),
        (
            "lognormal(3 k_B, -0.5)",
            "has a prior whose standard deviation of the logarithm must be finite and > 0, but is "
            '"-0.5"',
        ),
        (
            "normal(1e400, 1 k_B)",
            'has a prior whose mean must be finite, but is "1e400"',
        ),
        (
            "uniform(3 k_B, 2 k_B)",
            "has a prior that must go from low to high, but reads uniform(3 k_B, 2 k_B)",
        ),
        (
            "log-uniform(3 k_B, 3 k_B)",
            "has a prior that must go from low to high, but reads log-uniform(3 k_B, 3 k_B)",
        ),
        (
            "normal(3 k_B, 2 k_B)",
            "must be >= 1e-40 J/K and <= 1e-10 J/K, but its prior reaches from -6.601e-23 to "
            "1.489e-22 J/K: give a narrower one, or another family",
        ),
        (
            "lognormal(3 k_B, 30)",
            "must be >= 1e-40 J/K and <= 1e-10 J/K, but its prior reaches from 8.459e-74 to "
            "2.028e+28 J/K: give a narrower one, or another family",
        ),
        (
            "lognormal(3 k_B, 1e5)",
            "must be >= 1e-40 J/K and <= 1e-10 J/K, but its prior reaches from 0 to inf J/K: give "
            "a narrower one, or another family",
        ),
        (
            "beta(1, 1)",
            "must be >= 1e-40 J/K and <= 1e-10 J/K, but its prior reaches from 5e-05 to 1 "
            "J/K: give a narrower one, or another family",
        ),
    ],
)
def test_what_is_no_prior_is_told_in_a_sentence(text, says):
    assert refused(text) == [says]


def test_all_arguments_that_are_wrong_are_told():
    assert len(refused("lognormal(3 K, -1)")) == 2


def test_a_prior_that_no_number_bounds_must_be_finite_all_the_same():
    assert refused("lognormal(1, 1e5)", PURE) == [
        "must be finite, but its prior reaches from 0 to inf: give a narrower one, or another family"
    ]


@pytest.mark.parametrize(
    "text", ["uniform(-0.1, 1)", "uniform(0, 1.1)", "uniform(-1e-5, 1)", "normal(0.5, 0.2)"]
)
def test_a_prior_beyond_the_bounds_of_its_number_is_refused(text):
    (says,) = refused(text, KEYS["fit.remaining_fraction"])
    assert says.startswith("must be >= 0 and <= 1, but its prior reaches from")


def test_a_prior_may_end_at_the_bounds_of_its_number():
    whole = parse_prior("uniform(0, 1)", KEYS["fit.remaining_fraction"])
    assert whole.arguments == (0.0, 1.0)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("normal(280 K, 5 degC)", "material.critical_temperature"),
        ("normal(0 K, 1 degC)", "fit.temperature_shift"),
        ("half-normal(1 degC)", "fit.temperature_shift"),
        ("uniform(-1 K, 1 degF)", "fit.temperature_shift"),
    ],
)
def test_a_difference_of_temperatures_has_no_other_zero(text, key):
    (says,) = refused(text, KEYS[key])
    assert "is a difference of temperatures: give it in K, not as" in says


def test_a_shift_is_a_difference_too():
    assert Fit(temperature_shift="10 mK").temperature_shift == 0.01
    with pytest.raises(InputError, match=r'`temperature_shift` is a diff.*, not as "1 degC"'):
        Fit(temperature_shift="1 degC")


@given(st.text(st.sampled_from('normal-(), 0123456789.eE+kKBJ[]"\n'), max_size=40))
def test_whatever_is_written_is_a_prior_or_refused(text):
    for family in ("", *FAMILIES):
        with contextlib.suppress(InputError):
            assert parse_prior(f"{family}{text}", A).median > 0


# ---------------------------------------------------------------- in a case


def test_the_value_of_a_number_with_a_prior_is_its_median_unless_stated():
    median = parse_case(edited('a = "2 k_B"', 'a = { prior = "lognormal(3 k_B, 0.5)" }'))
    assert median.require("landau").a == 3 * K_B
    stated = edited('a = "2 k_B"', 'a = { prior = "lognormal(3 k_B, 0.5)", value = "2 k_B" }')
    assert parse_case(stated).require("landau").a == 2 * K_B
    for case in (median, parse_case(stated)):
        assert case.priors == {"landau.a": Prior("lognormal", (3 * K_B, 0.5), "stated")}
        assert case_of(case.to_dict()) == case


def test_a_prior_may_be_stated_as_a_table_of_its_own_and_on_options():
    more = '[landau.a]\nprior = "uniform(1 k_B, 5 k_B)"\n[fit]\nnoise_scale = {prior = "lognormal(2, 0.3)", value = 1.0}\n'
    case = parse_case(edited('a = "2 k_B"\n', "", more))
    assert case.require("landau").a == pytest.approx(3 * K_B, rel=1e-12, abs=0.0)
    assert Fit.of(case).noise_scale == 1.0
    assert (set(case.priors), set(Fit.of(case).priors)) == ({"landau.a"}, {"noise_scale"})
    # 1 is what there is by default, and is no median of this prior.
    assert Fit.of(case_of(case.to_dict())).noise_scale == 1.0


def test_the_example_of_the_page_is_one():
    page = (Path(__file__).parents[2] / "docs/case-file.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(\[landau\].*?)```", page, re.S)
    case = parse_case(edited('[landau]\na = "2 k_B"\nsaturation = 1.0\n', block))
    assert list(case.priors) == ["landau.a", "landau.saturation"]
    assert list(Fit.of(case).priors) == ["noise_scale"]
    assert (case.require("landau").a, Fit.of(case).noise_scale) == (2.5 * K_B, 1.0)


def test_a_changed_number_keeps_its_prior():
    case = parse_case(edited('a = "2 k_B"', 'a = { prior = "lognormal(3 k_B, 0.5)" }'))
    changed = case.changed({"landau.a": "4 k_B", "trap.rate": 10.0})
    assert changed.require("landau").a == 4 * K_B
    assert changed.priors == case.priors
    again = case.changed({"landau.a": {"prior": "uniform(1 k_B, 5 k_B)"}})
    assert again.priors["landau.a"].family == "uniform"
    assert again.require("landau").a == pytest.approx(3 * K_B, rel=1e-12, abs=0.0)


def test_a_command_line_states_a_number_anew_or_one_of_its_parts():
    text = edited('a = "2 k_B"', 'a = { prior = "lognormal(3 k_B, 0.5)" }')
    assert parse_case(text, ["landau.a=4 k_B"]).priors == {}
    part = parse_case(text, ["landau.a.value=4 k_B"])
    assert (part.require("landau").a, *part.priors) == (4 * K_B, "landau.a")
    other = parse_case(text, ["landau.a.prior=uniform(1 k_B, 5 k_B)"])
    assert other.priors["landau.a"].family == "uniform"
    whole = parse_case(WORKING, ['landau.a={ prior = "uniform(1 k_B, 5 k_B)" }'])
    assert whole.priors == other.priors
    assert parse_case(text, ["landau.a=", "landau.a=2 k_B"]) == parse_case(WORKING)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (
            'a = "2 k_B"',
            'a = { prior = "lognormal(3 K, 0.5)" }',
            "case, line 8: `landau.a` has a prior whose median must be a number with a unit of J/K, "
            'but "K" measures something else.',
        ),
        (
            'a = "2 k_B"',
            'a = { prior = "lognormal(3 k_B, 0.5)", value = "2 K" }',
            'case, line 8: `landau.a` must be a number with a unit of J/K, but "K" measures '
            "something else.",
        ),
        (
            'a = "2 k_B"',
            'a = { value = "2 k_B" }',
            'case, line 8: `landau.a` must have a prior, as in { prior = "lognormal(3 k_B, 0.5)" }.',
        ),
        (
            'a = "2 k_B"',
            'a = { prior = "lognormal(3 k_B, 0.5)", valu = "2 k_B" }',
            "case, line 8: `landau.a.valu` is an unknown key; did you mean `value`?",
        ),
        (
            "points = 64",
            'points = { prior = "normal(64, 1)" }',
            "case, line 22: `protocol.points` has no prior: it is a whole number; give one.",
        ),
        (
            'rate = "1e3 1/s"',
            'rate = "1e3 1/s"\nclosure = { prior = "normal(64, 1)" }',
            "case, line 16: `trap.closure` has no prior: it is a word; give one.",
        ),
        (
            "saturation = 1.0",
            'saturation = 1.0\ncarrier_density = { prior = "beta(1, 1)" }',
            "case, line 10: `landau.carrier_density` has no prior: it is a switch; give true or "
            "false.",
        ),
        (
            "points = 64",
            'points = 64\n[fit]\ndegrees_of_freedom = { prior = "lognormal(4, 0.1)" }',
            "case, line 24: `fit.degrees_of_freedom` has no prior: it is chosen, not inferred; give "
            "a number.",
        ),
        (
            "points = 64",
            'points = 64\n[plan]\nstart = { prior = "lognormal(4 K, 0.1)" }',
            "case, line 24: `plan.start` has no prior: it is chosen, not inferred; give a number.",
        ),
    ],
)
def test_a_wrong_prior_is_told_with_key_and_line(old, new, says):
    assert told(edited(old, new)) == [says]


def test_what_a_command_line_has_wrong_is_told_as_its_own():
    text = edited('a = "2 k_B"', 'a = { prior = "lognormal(3 k_B, 0.5)" }')
    (says,) = told(text, ["landau.a.value=4 K"])
    assert says.startswith("--set: `landau.a` must be a number with a unit of J/K")


def test_a_case_has_no_prior_on_what_it_has_not():
    case = parse_case(WORKING)
    with pytest.raises(InputError) as caught:
        Case(
            case.material,
            case.landau,
            case.protocol,
            priors={
                "landau.b": Prior("uniform", (0.0, 1.0)),
                "landau.mean_free_path": Prior("uniform", (1e-9, 1e-8)),
                "trap.film.length": Prior("uniform", (1e-9, 1e-8)),
            },
        )
    assert {p.key for p in caught.value.problems} == {
        "landau.b",
        "landau.mean_free_path",
        "trap.film.length",
    }
    assert {p.text for p in caught.value.problems} == {
        "has a prior, but the case has no such number"
    }


@given(st.data())
def test_every_number_that_may_have_a_prior_reads_one(data):
    key = data.draw(st.sampled_from(sorted(KEYS)))
    text = data.draw(prior_text(KEYS[key]))
    assert math.isfinite(parse_prior(text, KEYS[key]).median)
