"""The JSON schema: valid itself, and of one mind with what reads case files."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.strategies import WORKING, case_tables

from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.inputs.case import TABLES, Case
from entrap.inputs.casefile import parse_case
from entrap.inputs.schema import case_schema

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*.toml"))
SCHEMA = Draft202012Validator(case_schema())


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(case_schema())
    assert case_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_schema_accepts_every_example(path):
    assert not list(SCHEMA.iter_errors(tomllib.loads(path.read_text("utf-8"))))


def test_there_are_examples():
    assert len(EXAMPLES) >= 8


@given(case_tables())
def test_the_schema_accepts_what_the_reader_accepts(tables):
    made = Case.from_dict(tables)
    assert not list(SCHEMA.iter_errors(tables))
    assert not list(SCHEMA.iter_errors(made.to_dict()))


NUMBERS = [
    (t, n) for t in TABLES for n, q in quantities(TABLES[t]) if q.kind in ("number", "integer")
]
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
    stated = tomllib.loads(WORKING)
    stated[table] = stated[table] | {name: value}
    refused = {".".join(map(str, e.absolute_path)) for e in SCHEMA.iter_errors(stated)}
    assert refused <= {f"{table}.{name}"}
    declared = dict(quantities(TABLES[table]))[name]
    if refused:
        with pytest.raises(InputError):
            declared.read(value)
        with pytest.raises(InputError):
            Case.from_dict(stated)
    elif not isinstance(value, str):
        declared.read(value)  # what is no text has no unit to be wrong


@pytest.mark.parametrize("table", [None, *TABLES])
def test_unknown_keys_are_refused(table):
    stated = tomllib.loads(WORKING)
    (stated if table is None else stated[table])["unheard"] = 1
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
    ],
)
def test_what_is_missing_is_missed(path):
    stated = tomllib.loads(WORKING)
    *tables, last = path
    del (stated[tables[0]] if tables else stated)[last]
    (error,) = SCHEMA.iter_errors(stated)
    assert f"'{last}' is a required property" in error.message


@pytest.mark.parametrize("table", TABLES)
def test_every_field_is_there_with_its_unit_meaning_and_an_example_that_is_read(table):
    properties = case_schema()["properties"][table]["properties"]
    declared = dict(quantities(TABLES[table]))
    assert set(properties) - {"provenance"} == set(declared)
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
