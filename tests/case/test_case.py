"""Cases: what fits together, what does not, and that a case survives being written down."""

import dataclasses
import inspect
import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.strategies import KEYWORDS, case_of, cases, titles

from entrap.case import (
    case,
    film,
    junction,
    landau,
    library,
    material,
    mixture,
    priors,
    protocol,
    trap,
)
from entrap.case.case import NESTED, REQUIRED, TABLES, Case
from entrap.case.casefile import CaseFile
from entrap.case.columns.form import FileForm
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.case.landau import Landau
from entrap.case.material import Material
from entrap.case.mixture import Mixture
from entrap.case.priors import Prior
from entrap.case.protocol import Protocol
from entrap.case.trap import Trap
from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.studies.fit.inputs import options as fit
from entrap.studies.fit.inputs import table as datatable
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataColumn, DataGroup, DataTable
from entrap.studies.plan.inputs import options as plan
from entrap.studies.plan.inputs.options import Plan

WHOLE = {
    Material: {"critical_temperature": 10.0, "conduction_density": 1e27},
    Landau: {"a": 3e-23, "saturation": 1.0},
    Mixture: {},
    Trap: {"rate": 1e3},
    Junction: {
        "interface_resistance": 1e-10,
        "film_thickness": 8e-8,
        "metal_thickness": 1e-7,
        "metal_density_of_states": 7.8e46,
        "electron_phonon_constant": 2e9,
        "relaxation_rate": 1.0,
    },
    Film: {"length": 1.0, "width": 1.0, "trap_length": 1e-12},
    Protocol: {"start": 1e-6, "warm_to": 1e6, "warming_time": 1.0},
}
"""Keywords with which each class is accepted, whatever one more key is."""

INSTEAD = {
    (Landau, "beta"): {"a": 3e-23},
    **{
        (Landau, key): {"critical_field": 0.1, "below_critical": 0.1, "superfluid_density": 1e27}
        for key in ("critical_field", "below_critical", "superfluid_density")
    },
    (Landau, "penetration_depth"): {"critical_field": 0.1, "below_critical": 0.1},
    (Landau, "mean_free_path"): {"bcs": True},
    (Junction, "barrier_thickness"): WHOLE[Junction] | {"barrier_permittivity": 10.0},
    (Junction, "barrier_permittivity"): WHOLE[Junction] | {"barrier_thickness": 1e-9},
    (Film, "trap_length"): {"length": 1e3, "width": 1.0},
    (Film, "trap_position"): {"length": 1e3, "width": 1.0, "trap_length": 1e-12},
}
"""Where a key needs other keys beside it."""

ALL = TABLES | NESTED

BOUNDS = [
    pytest.param(table, name, declared, id=f"{table.__name__}.{name}")
    for table in ALL.values()
    for name, declared in quantities(table)
    if declared.kind in ("number", "integer")
]


def keywords(table, name):
    return INSTEAD.get((table, name), WHOLE[table])


def basic(**changes):
    """A case of the direct route, with changes to its tables."""
    tables = {
        "material": {"critical_temperature": 10.0, "conduction_density": 1e27},
        "landau": {"a": 3e-23, "saturation": 1.0},
        "protocol": {"start": 4.0, "warm_to": 20.0, "warming_time": 1.0},
    }
    return tables | changes


def problems(stated, needs=REQUIRED):
    with pytest.raises(InputError) as caught:
        case_of(stated, needs)
    told = {problem.key: problem.text for problem in caught.value.problems}
    assert len(told) == len(caught.value.problems), "one message for each key"
    return told


def test_every_input_class_has_a_strategy():
    modules = (
        *(case, datatable, film, fit, junction, landau, material, mixture),
        *(plan, priors, protocol, trap),
    )
    classes = {
        found
        for module in modules
        for _, found in inspect.getmembers(module, inspect.isclass)
        if dataclasses.is_dataclass(found) and any(True for _ in quantities(found))
    } - {FileForm}  # its keys are DataTable's
    own = {DataColumn, DataGroup, DataTable, Fit, Plan}
    assert classes == set(ALL.values()) | own
    assert classes | {Prior} == set(KEYWORDS)


@pytest.mark.parametrize("table", KEYWORDS, ids=lambda table: table.__name__)
@given(data=st.data())
def test_what_a_strategy_makes_is_accepted_and_kept(table, data):
    stated = data.draw(KEYWORDS[table])
    made = table(**stated)
    for key, value in stated.items():
        assert getattr(made, key) == value


@pytest.mark.parametrize(("table", "name", "declared"), BOUNDS)
def test_a_bound_itself_is_accepted_and_what_is_beyond_it_is_not(table, name, declared):
    whole = declared.kind == "integer"
    for bound, outward in ((declared.at_least, -math.inf), (declared.at_most, math.inf)):
        assert bound is not None, "every number of a case is bounded on both sides"
        beyond = bound + math.copysign(1, outward) if whole else float(np.nextafter(bound, outward))
        stated = keywords(table, name)
        # The start may not exceed the end: move the other one out of the way.
        stated = stated | ({"start": bound} if name == "warm_to" else {})
        stated = stated | ({"warm_to": 1e6} if name == "start" else {})
        assert getattr(table(**(stated | {name: bound})), name) == bound
        with pytest.raises(InputError) as caught:
            table(**(stated | {name: beyond}))
        assert name in {problem.key for problem in caught.value.problems}
        assert all("must be finite" in p.text for p in caught.value.problems if p.key == name)


@pytest.mark.parametrize(("table", "name", "declared"), BOUNDS)
def test_what_is_no_finite_number_is_refused_by_every_field(table, name, declared):
    del declared
    for value in (math.nan, math.inf, -math.inf, 10**400, "1 furlong^3.5", True, [1]):
        with pytest.raises(InputError) as caught:
            table(**(keywords(table, name) | {name: value}))
        assert [problem.key for problem in caught.value.problems] == [name], value


@given(cases)
def test_a_case_survives_being_written_down(stated):
    written = stated.to_dict()
    assert case_of(written) == stated
    assert case_of(json.loads(json.dumps(written, allow_nan=False))) == stated
    assert case_of(written).to_dict() == written
    assert stated.changed({}) == stated
    assert type(stated.changed({})) is CaseFile


@pytest.mark.parametrize(
    ("table", "key", "other"),
    [
        ("mixture", "condensate_weight", {}),
        ("mixture", "valence_ratio", {}),
        ("mixture", "valence_density", {}),
        ("trap", "pairing_rate", {}),
        ("trap", "pairing", {"rate": 1.0}),
    ],
)
def test_a_zero_that_is_stated_is_not_taken_for_nothing(table, key, other):
    stated = Case.from_dict(basic(**{table: other | {key: 0}}))
    assert getattr(stated.__getattribute__(table), key) == 0.0
    assert stated.to_dict()[table][key] == 0.0
    assert Case.from_dict(stated.to_dict()) == stated


def test_reading_does_not_change_what_was_read():
    written = Case.from_dict(basic(material={"name": "Nb"})).to_dict()
    before = json.dumps(written)
    again = Case.from_dict(written)
    again.material.provenance["gap"] = "changed"
    assert json.dumps(written) == before


def test_all_that_is_wrong_is_told_at_once():
    told = problems(
        {
            "title": 3,
            "materials": {},
            "material": {"critical_temperature": -1, "conduction_density": "1 K", "gapp": 1},
            "landau": {"a": 3e-23, "saturation": "x"},
            "trap": 5,
            "protocol": {"start": 4.0, "warm_to": math.nan},
        }
    )
    assert set(told) == {
        "title",
        "materials",
        "material.critical_temperature",
        "material.conduction_density",
        "material.gapp",
        "landau.saturation",
        "trap",
        "protocol.warm_to",
        "protocol.warming_time",
    }
    assert told["materials"] == "is an unknown table; did you mean `material`?"
    assert told["material.gapp"] == "is an unknown key; did you mean `gap`?"
    assert told["protocol.warming_time"].startswith(
        "is missing: [protocol] needs it, as in warming_t"
    )


@pytest.mark.parametrize("name", REQUIRED)
def test_a_table_that_a_case_needs_is_missed(name):
    stated = basic()
    del stated[name]
    assert problems(stated) == {name: f"is missing: a case needs the table [{name}]"}


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("value", [None, 3, "text", True, [1], [{"a": 1}]])
def test_what_is_no_table_is_refused(table, value):
    assert problems(basic(**{table: value}))[table].startswith("must be a table")


@pytest.mark.parametrize(
    ("typo", "meant"),
    [
        ("critical_temperatur", "critical_temperature"),
        ("Conduction_density", "conduction_density"),
        ("fermi_velocty", "fermi_velocity"),
        ("gap_", "gap"),
    ],
)
def test_the_nearest_key_is_named(typo, meant):
    told = problems(basic(material=WHOLE[Material] | {typo: 1.0}))
    assert told[f"material.{typo}"] == f"is an unknown key; did you mean `{meant}`?"


@pytest.mark.parametrize(
    ("stated", "key", "says"),
    [
        ({}, "landau", "must state one route"),
        ({"a": 1e-23, "bcs": True}, "landau", "keep one and remove the others"),
        ({"bcs": False}, "landau", "states none"),
        ({"a": 1e-23}, "landau.saturation", "neither is given"),
        ({"a": 1e-23, "saturation": 1, "beta": 1e-50}, "landau.saturation", "both are given"),
        ({"saturation": 1.0}, "landau.a", "the direct route needs it"),
        (
            {"critical_field": 0.1, "superfluid_density": 1e27},
            "landau.below_critical",
            "is missing",
        ),
        ({"critical_field": 0.1, "below_critical": 0.1}, "landau.superfluid_density", "none is"),
        (
            {
                "critical_field": 0.1,
                "below_critical": 0.1,
                "superfluid_density": 1e27,
                "carrier_density": True,
            },
            "landau.superfluid_density",
            "the choice is yours",
        ),
        (
            {"a": 1e-23, "saturation": 1.0, "mean_free_path": 1e-9},
            "landau.mean_free_path",
            "counts with",
        ),
        (
            {"critical_field": 0.1, "below_critical": 10, "superfluid_density": 1e27},
            "landau.below_critical",
            "must be less than",
        ),
        ({"bcs": True}, "material.fermi_temperature", "is missing: the BCS route needs it"),
        ({"bcs": True}, "material.fermi_temperature", "the other routes are `a` with `saturation`"),
        ({"saturation": 1.0}, "landau.a", "the other routes are `critical_field` with"),
        ({"saturation": 1.0}, "landau.a", "by BCS theory it would be about "),
        ({"below_critical": 0.1}, "landau.critical_field", "and `bcs = true`; by BCS theory it"),
        ({"bcs": True, "mean_free_path": 1e-9}, "material.fermi_velocity", "a mean free path"),
    ],
)
def test_one_landau_route_in_full(stated, key, says):
    told = problems(basic(landau=stated))
    assert says in told[key]
    assert not told[key].startswith("[landau]")


@pytest.mark.parametrize(
    ("table", "stated", "key", "says"),
    [
        ("material", {"critical_temperature": 1.0}, "material.conduction_density", "is missing"),
        ("material", {}, "material.critical_temperature", "give it, or the `name`"),
        ("material", {"name": "Unobtainium"}, "material.name", "must be a material of the library"),
        ("material", {"name": 3}, "material.name", "must be a text"),
        ("material", WHOLE[Material] | {"provenance": 3}, "material.provenance", "must be a table"),
        (
            "material",
            WHOLE[Material] | {"provenance": {"gap": 3}},
            "material.provenance",
            "a text each",
        ),
        (
            "material",
            WHOLE[Material] | {"provenance": {"b": "x"}},
            "material.provenance",
            "keys of",
        ),
        ("trap", {"provenance": {}}, "trap.provenance", "is an unknown key"),
        ("trap", {"rate": 1, "pairing": 1, "pairing_rate": 1}, "trap.pairing_rate", "keep one"),
        ("trap", {"pairing": 0.1}, "trap.pairing", "measured in the trap's rate"),
        ("trap", {"junction": None}, "trap.junction", "must be a table, but is a NoneType"),
        ("trap", {"film": 3}, "trap.film", "must be a table, but is a int"),
        ("trap", {"closure": "Ramp"}, "trap.closure", 'must be "constant", "ramp" or'),
        (
            "mixture",
            {"valence_ratio": 1, "valence_density": 1},
            "mixture.valence_ratio",
            "keep one",
        ),
        (
            "mixture",
            {"entropy": "number-fraction", "condensate_weight": 0.5},
            "mixture.condensate_weight",
            'other than 1 needs entropy = "ideal" or "degenerate"',
        ),
        (
            "mixture",
            {"entropy": "degenerate", "volume_ratio": 2},
            "mixture.volume_ratio",
            '"ideal"',
        ),
        ("mixture", {"entropy": "degenerate"}, "material.fermi_temperature", "degenerate"),
        ("protocol", {"start": 4, "warm_to": 3, "warming_time": 1}, "protocol.warm_to", "warms"),
        (
            "protocol",
            {"start": 4, "warm_to": 5, "warming_time": 1, "points": 99.5},
            "protocol.points",
            "must be a whole number",
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(table, stated, key, says):
    assert says in problems(basic(**{table: stated}))[key]


@given(titles)
def test_any_line_of_text_is_a_title(title):
    assert Case.from_dict(basic(title=title)).title == title


@pytest.mark.parametrize(
    "title", ["two\nlines", "a\x00b", "\x1b[31m", "tab\there", "\u2028", "x" * 201]
)
def test_what_does_not_show_on_a_line_is_no_title(title):
    assert problems(basic(title=title)) == {"title": "must be one line of at most 200 characters"}


def test_the_library_fills_in_what_is_not_given():
    niobium = Material(name=library.load("Nb").name)
    assert niobium.critical_temperature == 9.25
    tabulated = library.load("Nb").values["critical_temperature"]
    assert tabulated.text in niobium.provenance["critical_temperature"]
    own = Material(name="Nb", critical_temperature=8.0)
    assert own.critical_temperature == 8.0
    assert own.gap == pytest.approx(niobium.gap * 8.0 / 9.25, rel=0.2, abs=0)
    assert own.provenance["gap"].startswith("default: BCS")
    assert "critical_temperature" not in own.provenance
    assert own.conduction_density == niobium.conduction_density


def test_a_name_of_ones_own_needs_no_library():
    assert Material(name="my film", **WHOLE[Material]).provenance.keys() == {"gap"}
