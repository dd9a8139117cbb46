"""The JSON schema: valid itself, and of one mind with what reads case files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.strategies import WORKING, design_tables, whole_tables

from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.inputs.case import NESTED, TABLES, Case
from entrap.inputs.casefile import parse_case
from entrap.inputs.schema import case_schema

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
SCHEMA = Draft202012Validator(case_schema())
ALL = TABLES | NESTED
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
    stated["material"] |= {"density_of_states": 1e47, "diffusivity": 6e-3, "kaplan_time": 4e-7}
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
    made = Case.from_dict(tables)
    assert not list(SCHEMA.iter_errors(tables))
    assert not list(SCHEMA.iter_errors(made.to_dict()))


@given(design_tables())
def test_the_schema_accepts_a_trap_by_itself(tables):
    made = Case.from_dict(tables, needs=())
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
            Case.from_dict(stated)
    elif not isinstance(value, str):
        declared.read(value)  # what is no text has no unit to be wrong


@pytest.mark.parametrize("table", ALL)
def test_the_working_case_of_every_table_works(table):
    stated, _ = working(table)
    assert not list(SCHEMA.iter_errors(stated))
    Case.from_dict(stated)


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
    assert set(properties) - {"provenance"} - inner == set(declared)
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


def test_provenance_is_of_one_mind_too():
    provenance: Any
    for provenance in ({}, {"gap": "a paper"}, {"gap": 3}, {"gaps": "a paper"}, 3):
        stated = tomllib.loads(WORKING)
        stated["material"]["provenance"] = provenance
        accepted = not list(SCHEMA.iter_errors(stated))
        if accepted:
            assert Case.from_dict(stated).material.provenance.keys() >= provenance.keys()
        else:
            with pytest.raises(InputError):
                Case.from_dict(stated)


def test_the_working_case_of_these_tests_works():
    assert parse_case(WORKING).title == "a case"
