"""JSON schema of case files, made from the fields' own declarations: editors complete and check.

The parts of the studies' tables are made by their rooms, of the functions here.
"""

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from entrap.case.case import LONGEST, REQUIRED
from entrap.case.priors import FAMILIES
from entrap.case.tables import NESTED, TABLES
from entrap.core.quantities import Quantity, former_names, quantities

PRIOR: dict[str, Any] = {"$ref": "#/$defs/prior"}
"""A prior, where one may stand."""

NUMBER = r"^\s*[+-]?(\d|\.\d)"
"""How a text with a number begins."""


def case_schema(
    studies: Mapping[str, dict[str, Any]], parts: Mapping[str, dict[str, Any]]
) -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a case file, given those of the tables of studies by name.

    The `parts` are schemas to which these refer as `#/$defs/NAME`.

    Examples:
        >>> case_schema({}, {})["properties"]["protocol"]["required"]
        ['start', 'warm_to', 'warming_time']
    """
    tables = {name: _sample(name, table) for name, table in TABLES.items()}
    inner = [{"required": [name.partition(".")[2]]} for name in NESTED]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "entrap case",
        "type": "object",
        "additionalProperties": False,
        "required": ["material"],
        # A trap's designer needs neither Landau coefficients nor a protocol; who fits what was
        # measured on a bare sample needs no trap either.
        "if": {"properties": {"trap": {"anyOf": inner}}, "required": ["trap"]},
        "else": {
            "if": {"required": ["trap"]},
            "then": {"required": [name for name in REQUIRED if name != "material"]},
            "else": {"required": ["landau"]},
        },
        "properties": {
            "title": {
                "type": "string",
                "maxLength": LONGEST,
                "description": "A line that names the case",
            },
            **tables,
            **studies,
        },
        "$defs": {
            **parts,
            "prior": {
                "type": "string",
                "pattern": rf"^\s*({'|'.join(FAMILIES)})\s*\(",
                "description": "A family with its arguments; those without a unit are in SI",
                "examples": ["lognormal(3 k_B, 0.5)"],
            },
        },
    }


def list_schema(words: Iterable[str], description: str) -> dict[str, Any]:
    """Schema of a list of words."""
    return {"type": "array", "description": description, "items": {"enum": list(words)}}


def table_schema(table: type, believed: Collection[str] = ()) -> dict[str, Any]:
    """Schema of a table, of those of its keys that are declared."""
    defaults = {f.name: f.default for f in dataclasses.fields(table)}
    required = [key for key, _ in quantities(table) if defaults[key] is dataclasses.MISSING]
    doc = (table.__doc__ or "").splitlines()[0]
    made: dict[str, Any] = {"type": "object", "description": doc, "additionalProperties": False}
    if required:
        made["required"] = required
    made["properties"] = {
        key: field_schema(q, defaults[key], believed=key in believed)
        for key, q in quantities(table)
    }
    return made


def _sample(name: str, table: type) -> dict[str, Any]:
    """A table of the sample with those inside it; each of its numbers may have a prior."""
    declared = dict(quantities(table))
    former = former_names(declared)
    made = table_schema(table, [key for key, q in declared.items() if q.kind == "number"])
    fields = [field.name for field in dataclasses.fields(table)]
    made["properties"] |= {
        key: _sample(f"{name}.{key}", NESTED[f"{name}.{key}"])
        for key in fields
        if f"{name}.{key}" in NESTED
    }
    if "provenance" in fields:
        made["properties"]["provenance"] = {
            "type": "object",
            "description": "Where the numbers come from, a text for each key",
            "propertyNames": {"enum": [*declared, *former]},
            "additionalProperties": {"type": "string"},
        }
    made["properties"] |= {
        old: made["properties"][key]
        | {"description": f"The former name of {key}", "deprecated": True}
        for old, key in former.items()
    }
    return made


def field_schema(declared: Quantity, default: Any, *, believed: bool = False) -> dict[str, Any]:
    """Schema of a key; None or MISSING is no default, and what is `believed` may have a prior."""
    made: dict[str, Any] = {"description": description(declared)}
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
        text = {"type": "string", "pattern": NUMBER}
        made["anyOf"] = [number, text]
        if declared.choices:
            made["anyOf"].append({"enum": list(declared.choices)})
        if believed:
            inner = {"prior": PRIOR, "value": {"anyOf": [number, text]}}
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


def description(declared: Quantity) -> str:
    """A key's symbol, meaning and unit in a line."""
    unit = "" if declared.unit == "1" else f" [{declared.unit}]"
    symbol = f"{declared.symbol}: " if declared.symbol else ""
    return f"{symbol}{declared.meaning}{unit}"
