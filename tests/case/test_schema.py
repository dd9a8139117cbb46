"""The JSON schema: valid itself, and of one mind with what reads case files."""

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.strategies import WORKING, case_of, design_tables, whole_tables

from entrap.app.casefile import case_schema
from entrap.case.case import NESTED, TABLES
from entrap.case.toml import parse_case
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.plan.inputs.options import Plan

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
SCHEMA = Draft202012Validator(case_schema())
ALL = TABLES | NESTED
OPTIONS: dict[str, Any] = {"data": DataTable, "fit": Fit, "plan": Plan}
INNER: dict[str, dict[str, Any]] = {
    "trap.junction": {
        "interface_resistance": 1e-10,
        "film_thickness": 8e-8,
        "metal_thickness": 1e-7,
        "metal": "Cu",
    },
    "trap.film": {"length": 1e-3, "width": 1e-5, "trap_length": 1e-12, "temperature": 0.1},
}


def working(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Tables of a case with nothing wrong, and the one of them that has this name."""
    stated: dict[str, Any] = tomllib.loads(WORKING)
    if name not in NESTED:
        return stated, stated[name]
    stated["material"] |= {
        "density_of_states": 1e47,
        "diffusivity": 6e-3,
        "electron_phonon_time": 4e-7,
    }
    stated["trap"] = {key.partition(".")[2]: dict(table) for key, table in INNER.items()}
    return stated, stated["trap"][name.partition(".")[2]]


def properties_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = case_schema()
    for part in name.split("."):
        found = found["properties"][part]
    return found["properties"]


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(case_schema())
    assert case_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_every_example(path):
    assert not list(SCHEMA.iter_errors(tomllib.loads(path.read_text("utf-8"))))


def test_there_are_examples():
    assert len(EXAMPLES) >= 8


@given(whole_tables())
def test_the_schema_accepts_what_the_reader_accepts(tables):
    made = case_of(tables)
    assert not list(SCHEMA.iter_errors(tables))
    assert not list(SCHEMA.iter_errors(made.to_dict()))


@given(design_tables())
def test_the_schema_accepts_a_trap_by_itself(tables):
    made = case_of(tables, needs=())
    assert not list(SCHEMA.iter_errors(tables))
    assert not list(SCHEMA.iter_errors(made.to_dict()))


NUMBERS = [(t, n) for t in ALL for n, q in quantities(ALL[t]) if q.kind in ("number", "integer")]
VALUES = st.sampled_from(
    [
        "1 K",
        " 3 m",
        "-1",
        ".5 T",
        "5. T",
        "+1e5 J",
        "K",
        "",
        "e5",
        "nan",
        "0x10",
        "1\nK",
        " \n1 K",
        True,
        [],
        {},
        -1,
        -1.0,
        0,
        0.5,
        1e300,
        16,
        1e5,
        "1e5 1/m^3",
        "2 1/s",
    ]
) | st.floats(allow_nan=False, allow_infinity=False)


@given(st.sampled_from(NUMBERS), VALUES)
def test_what_the_schema_refuses_the_reader_refuses(key, value):
    table, name = key
    stated, part = working(table)
    part[name] = value
    refused = {".".join(map(str, e.absolute_path)) for e in SCHEMA.iter_errors(stated)}
    assert refused <= {f"{table}.{name}"}
    declared = dict(quantities(ALL[table]))[name]
    if refused:
        with pytest.raises(InputError):
            declared.read(value)
        with pytest.raises(InputError):
            case_of(stated)
    elif not isinstance(value, str):
        declared.read(value)  # what is no text has no unit to be wrong


@pytest.mark.parametrize("table", ALL)
def test_the_working_case_of_every_table_works(table):
    stated, _ = working(table)
    assert not list(SCHEMA.iter_errors(stated))
    case_of(stated)


@pytest.mark.parametrize("table", [None, *ALL])
def test_unknown_keys_are_refused(table):
    stated, part = working(table or "trap")
    (stated if table is None else part)["unheard"] = 1
    (error,) = SCHEMA.iter_errors(stated)
    assert "unheard" in error.message


@pytest.mark.parametrize(
    "path",
    [
        ("material",),
        ("landau",),
        ("protocol",),
        ("protocol", "start"),
        ("protocol", "warm_to"),
        ("protocol", "warming_time"),
        ("trap.junction", "interface_resistance"),
        ("trap.junction", "film_thickness"),
        ("trap.junction", "metal_thickness"),
        ("trap.film", "length"),
        ("trap.film", "width"),
        ("trap.film", "trap_length"),
    ],
)
def test_what_is_missing_is_missed(path):
    *tables, last = path
    stated, part = working(tables[0] if tables else "trap")
    del (part if tables else stated)[last]
    (error,) = SCHEMA.iter_errors(stated)
    assert f"'{last}' is a required property" in error.message


@pytest.mark.parametrize("table", ALL)
def test_every_field_is_there_with_its_unit_meaning_and_an_example_that_is_read(table):
    properties = properties_of(table)
    declared = dict(quantities(ALL[table]))
    inner = {name.partition(".")[2] for name in NESTED if name.startswith(f"{table}.")}
    former = {q.formerly for q in declared.values() if q.formerly}
    assert set(properties) - {"provenance"} - inner - former == set(declared)
    assert all(properties[name]["deprecated"] for name in former)
    assert inner <= set(properties)
    for name, quantity in declared.items():
        description = properties[name]["description"]
        assert quantity.meaning in description
        assert description.endswith(f"[{quantity.unit}]") or quantity.unit == "1"
        (example,) = properties[name]["examples"]
        assert quantity.read(example) is not None
        assert (
            "default" not in properties[name]
            or quantity.read(properties[name]["default"]) is not None
        )


@pytest.mark.parametrize("table", OPTIONS)
def test_every_option_is_there_with_its_meaning(table):
    properties = properties_of(table)
    fields = {field.name for field in dataclasses.fields(OPTIONS[table])}
    assert set(properties) == fields - {"priors"}
    for name, quantity in quantities(OPTIONS[table]):
        assert quantity.meaning in properties[name]["description"]
        assert properties[name]["examples"] == [quantity.example]


FITTED = """
[fit]
noise = "student-t"
noise_scale = { prior = "lognormal(1, 0.3)" }
hypotheses = ["none", "mixing"]

[plan]
start = "2 K"
stop = "12 K"
quantities = ["higgs_mode"]
precisions = [0.01]

[data]
follows = "protocol"
allow = ["unsorted"]

[data.columns.T]
quantity = "temperature"
unit = "mK"

[data.columns.lambda]
quantity = "penetration_depth"
uncertainty = "2 %"
trap = "on"
group = "run 1"

[data.groups."run 1"]
calibration = "lognormal(1, 0.1)"
temperature_offset = "normal(0 K, 10 mK)"
"""
"""Every table that a fit reads, behind those of the working case."""


def fitted() -> dict[str, Any]:
    stated: dict[str, Any] = tomllib.loads(WORKING + FITTED)
    stated["landau"]["a"] = {"prior": "lognormal(3 k_B, 0.5)", "value": "2 k_B"}
    return stated


def test_a_case_with_all_that_a_fit_reads_is_accepted():
    assert not list(SCHEMA.iter_errors(fitted()))
    made = case_of(fitted())
    assert (set(made.priors), set(made.studies["fit"].priors)) == ({"landau.a"}, {"noise_scale"})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("landau.a", {}),
        ("landau.a", {"value": 3e-23}),
        ("landau.a", {"prior": 3}),
        ("landau.a", {"prior": "lognormal"}),
        ("landau.a", {"prior": "cauchy(3 k_B, 0.5)"}),
        ("landau.a", {"prior": "lognormal(3 k_B, 0.5)", "value": -1.0}),
        ("landau.a", {"prior": "lognormal(3 k_B, 0.5)", "values": 1.0}),
        ("trap.closure", {"prior": "normal(0, 1)"}),
        ("protocol.points", {"prior": "normal(64, 1)"}),
        ("fit.degrees_of_freedom", {"prior": "lognormal(4, 0.1)"}),
        ("fit.noise", "normal"),
        ("fit.seed", -1),
        ("fit.hypotheses", "mixing"),
        ("fit.hypotheses", ["entropy"]),
        ("fit.hypotheses", ["mixing", "mixing"]),
        ("fit.prior", 1),
        ("plan.start", {"prior": "lognormal(3 K, 0.1)"}),
        ("plan.quantities", []),
        ("plan.quantities", ["quasiparticle_density"]),
        ("plan.precisions", [0.0]),
        ("plan.precisions", [1]),
        ("plan.precisions", []),
        ("data.follows", "time"),
        ("data.allow", "missing"),
        ("data.allow", ["all"]),
        ("data.rows", 1),
        ("data.columns", []),
        ("data.columns.T", {}),
        ("data.columns.T", {"quantity": "temperatures"}),
        ("data.columns.T", {"quantity": "temperature", "units": "K"}),
        ("data.columns.T", {"quantity": "temperature", "unit": ""}),
        ("data.columns.T", {"quantity": "temperature", "uncertainty": "2 %"}),
        ("data.columns.lambda.trap", True),
        ("data.columns.lambda.uncertainty", 0.1),
        ("data.groups.run 1", {"calibration": 1.0}),
        ("data.groups.run 1", {"calibrations": "lognormal(1, 0.1)"}),
    ],
)
def test_what_is_wrong_in_the_tables_of_a_fit_both_refuse(path, value):
    *tables, last = path.split(".")
    stated = part = fitted()
    for name in tables:
        part = part[name]
    part[last] = value
    assert list(SCHEMA.iter_errors(stated))
    with pytest.raises(InputError) as caught:
        case_of(stated)
    assert all(problem.key.startswith(path) for problem in caught.value.problems)


def test_numbers_that_are_believed_may_have_a_prior_and_no_other_keys():
    known = {*uncertain(), *(f"fit.{key}" for key in Fit.believed())}
    for table in (*ALL, "fit", "plan"):
        for name, quantity in quantities((ALL | OPTIONS)[table]):
            kinds = [kind.get("type") for kind in properties_of(table)[name].get("anyOf", ())]
            assert ("object" in kinds) == (f"{table}.{name}" in known), name
            assert not kinds or quantity.kind in ("number", "integer")


def test_provenance_is_of_one_mind_too():
    provenance: Any
    for provenance in ({}, {"gap": "a paper"}, {"gap": 3}, {"gaps": "a paper"}, 3):
        stated = tomllib.loads(WORKING)
        stated["material"]["provenance"] = provenance
        accepted = not list(SCHEMA.iter_errors(stated))
        if accepted:
            assert case_of(stated).material.provenance.keys() >= provenance.keys()
        else:
            with pytest.raises(InputError):
                case_of(stated)


def test_the_working_case_of_these_tests_works():
    assert parse_case(WORKING).title == "a case"
