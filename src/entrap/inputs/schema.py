"""JSON schema of case files, made from the fields' own declarations: editors complete and check."""

import dataclasses
from typing import Any

from entrap.core.quantities import Quantity, quantities
from entrap.inputs.axes import MOST_AXES, Range
from entrap.inputs.case import LONGEST, REQUIRED
from entrap.inputs.sweep import REDUCTIONS, Sweep
from entrap.inputs.tables import NESTED, TABLES, sweepable

_NUMBER = r"^\s*[+-]?(\d|\.\d)"
"""How a text with a number begins."""


def case_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a case file.

    Examples:
        >>> case_schema()["properties"]["protocol"]["required"]
        ['start', 'warm_to', 'warming_time']
    """
    tables = {name: _table(name, table) for name, table in TABLES.items()}
    inner = [{"required": [name.partition(".")[2]]} for name in NESTED]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "entrap case",
        "type": "object",
        "additionalProperties": False,
        "required": ["material"],
        # A trap's designer needs neither Landau coefficients nor a protocol.
        "if": {"properties": {"trap": {"anyOf": inner}}, "required": ["trap"]},
        "else": {"required": [name for name in REQUIRED if name != "material"]},
        "properties": {
            "title": {
                "type": "string",
                "maxLength": LONGEST,
                "description": "A line that names the case",
            },
            **tables,
            "sweep": _sweep(),
        },
        "$defs": {"axis": _axis()},
    }


def _sweep() -> dict[str, Any]:
    keys = list(sweepable())
    made = _table("sweep", Sweep)
    made["required"] = ["axes"]
    made["properties"] |= {
        "results": {
            "type": "array",
            "description": "Names of results, each once; a default where none is given",
            "items": {"type": "string", "pattern": r"\S"},
            "uniqueItems": True,
            "examples": [["penetration_depth_ratio", "smallest_margin"]],
        },
        "reduce": {
            "type": "object",
            "description": "What becomes of an axis of a grid, by its key",
            "propertyNames": {"enum": keys},
            "additionalProperties": {"enum": list(REDUCTIONS)},
            "examples": [{"temperature": "max"}],
        },
        "axes": {
            "type": "object",
            "description": "What varies, by the dotted name of its key, in quotes",
            "minProperties": 1,
            "maxProperties": MOST_AXES,
            "additionalProperties": False,
            "properties": {
                key: {"description": _description(declared), "$ref": "#/$defs/axis"}
                for key, declared in sweepable().items()
            },
        },
    }
    return made


def _axis() -> dict[str, Any]:
    """A text, a list, a range or a column of a file."""
    value: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _NUMBER}]}
    fields = {field.name: field.default for field in dataclasses.fields(Range)}
    file = {"type": "string", "pattern": r"\S", "description": "A CSV file beside the case file"}
    return {
        "anyOf": [
            {"type": "string", "pattern": rf"^\s*@|{_NUMBER}"},
            {"type": "array", "minItems": 1, "items": value},
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["start", "stop"],
                "properties": {"start": value, "stop": value}
                | {key: _field(q, fields[key]) for key, q in quantities(Range)},
            },
            {
                "type": "object",
                "additionalProperties": False,
                "required": ["file"],
                "properties": {
                    "file": file,
                    "column": {
                        "type": "string",
                        "pattern": r"\S",
                        "description": "Name of the column; that of the key where it is not given",
                    },
                },
            },
        ],
        "examples": ["0.01:20:200:log", [1.0, 2.0], "@rates.csv:rate"],
    }


def _table(name: str, table: type) -> dict[str, Any]:
    defaults = {f.name: f.default for f in dataclasses.fields(table)}
    required = [key for key, _ in quantities(table) if defaults[key] is dataclasses.MISSING]
    doc = (table.__doc__ or "").splitlines()[0]
    made: dict[str, Any] = {"type": "object", "description": doc, "additionalProperties": False}
    if required:
        made["required"] = required
    made["properties"] = {key: _field(q, defaults[key]) for key, q in quantities(table)}
    made["properties"] |= {
        key: _table(f"{name}.{key}", NESTED[f"{name}.{key}"])
        for key in defaults
        if f"{name}.{key}" in NESTED
    }
    if "provenance" in defaults:
        made["properties"]["provenance"] = {
            "type": "object",
            "description": "Where the numbers come from, a text for each key",
            "propertyNames": {"enum": [key for key, _ in quantities(table)]},
            "additionalProperties": {"type": "string"},
        }
    return made


def _field(declared: Quantity, default: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"description": _description(declared)}
    if declared.kind == "switch":
        made["type"] = "boolean"
    elif declared.kind == "text":
        made["type"] = "string"
        if declared.choices:
            made["enum"] = list(declared.choices)
    else:
        number: dict[str, Any] = {"type": "integer" if declared.kind == "integer" else "number"}
        limits = (
            ("exclusiveMinimum", declared.above),
            ("minimum", declared.at_least),
            ("maximum", declared.at_most),
        )
        number |= {key: bound for key, bound in limits if bound is not None}
        text = {"type": "string", "pattern": _NUMBER}
        made["anyOf"] = [number, text]
    if default not in (None, dataclasses.MISSING):
        made["default"] = default
    if declared.example != "":
        made["examples"] = [declared.example]
    return made


def _description(declared: Quantity) -> str:
    unit = "" if declared.unit == "1" else f" [{declared.unit}]"
    symbol = f"{declared.symbol}: " if declared.symbol else ""
    return f"{symbol}{declared.meaning}{unit}"
