"""JSON schema of case files, made from the fields' own declarations: editors complete and check."""

import dataclasses
from collections.abc import Iterable
from typing import Any

from entrap.case.case import LONGEST, REQUIRED
from entrap.case.priors import FAMILIES
from entrap.case.tables import NESTED, TABLES, sweepable
from entrap.case.uncertain import uncertain
from entrap.core.quantities import Quantity, quantities
from entrap.model.observables import MEASURED, PLANNABLE
from entrap.studies.fit.inputs.column import DataColumn
from entrap.studies.fit.inputs.options import HYPOTHESES, Fit, Plan
from entrap.studies.fit.inputs.table import ALLOWANCES, DataGroup, DataTable
from entrap.studies.sweep.inputs.axes import MOST_AXES, Range
from entrap.studies.sweep.inputs.options import REDUCTIONS, Sweep

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
            "data": _data(),
            "fit": _fit(),
            "plan": _plan(),
        },
        "$defs": {"axis": _axis(), "prior": _prior()},
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


def _data() -> dict[str, Any]:
    column = _table("data.columns", DataColumn)
    for key in ("unit", "uncertainty", "group"):
        column["properties"][key]["pattern"] = r"\S"
    # What belongs to a reading belongs to no temperature.
    column["if"] = {"properties": {"quantity": {"not": {"enum": list(MEASURED)}}}}
    column["then"] = {"properties": dict.fromkeys(("uncertainty", "trap", "group"), False)}
    group = _table("data.groups", DataGroup)
    group["properties"] = {
        field.name: {"$ref": "#/$defs/prior"} for field in dataclasses.fields(DataGroup)
    }
    made = _table("data", DataTable)
    made["properties"] |= {
        "columns": {
            "type": "object",
            "description": "What the columns of the file are, by name",
            "additionalProperties": column,
        },
        "groups": {
            "type": "object",
            "description": "What groups of measurements have in common, by name",
            "additionalProperties": group,
        },
        "allow": _list(ALLOWANCES, "What would otherwise be refused in a file"),
    }
    return made


def _fit() -> dict[str, Any]:
    made = _table("fit", Fit)
    told = "What the data are compared under; all that apply where none is named"
    made["properties"]["hypotheses"] = _list(HYPOTHESES, told) | {"uniqueItems": True}
    return made


def _plan() -> dict[str, Any]:
    made = _table("plan", Plan)
    share = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
    made["properties"] |= {
        "quantities": _list(PLANNABLE, "Candidates") | {"uniqueItems": True, "minItems": 1},
        "precisions": {
            "type": "array",
            "description": "Relative uncertainties of a point",
            "minItems": 1,
            "items": share,
        },
    }
    return made


def _list(words: Iterable[str], description: str) -> dict[str, Any]:
    return {"type": "array", "description": description, "items": {"enum": list(words)}}


def _prior() -> dict[str, Any]:
    return {
        "type": "string",
        "pattern": rf"^\s*({'|'.join(FAMILIES)})\s*\(",
        "description": "A family with its arguments; those without a unit are in SI",
        "examples": ["lognormal(3 k_B, 0.5)"],
    }


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
    known = uncertain()
    made["properties"] = {
        key: _field(q, defaults[key], believed=f"{name}.{key}" in known)
        for key, q in quantities(table)
    }
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


def _field(declared: Quantity, default: Any, *, believed: bool = False) -> dict[str, Any]:
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
        if believed:
            inner = {"prior": {"$ref": "#/$defs/prior"}, "value": {"anyOf": [number, text]}}
            made["anyOf"].append(
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["prior"],
                    "properties": inner,
                }
            )
    if default not in (None, dataclasses.MISSING):
        made["default"] = default
    if declared.example != "":
        made["examples"] = [declared.example]
    return made


def _description(declared: Quantity) -> str:
    unit = "" if declared.unit == "1" else f" [{declared.unit}]"
    symbol = f"{declared.symbol}: " if declared.symbol else ""
    return f"{symbol}{declared.meaning}{unit}"
