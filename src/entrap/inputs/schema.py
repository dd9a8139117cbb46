"""JSON schema of case files, made from the fields' own declarations: editors complete and check."""

import dataclasses
from typing import Any

from entrap.core.quantities import Quantity, quantities
from entrap.inputs.case import LONGEST, NESTED, REQUIRED, TABLES


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
        },
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
    unit = "" if declared.unit == "1" else f" [{declared.unit}]"
    symbol = f"{declared.symbol}: " if declared.symbol else ""
    made: dict[str, Any] = {"description": f"{symbol}{declared.meaning}{unit}"}
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
        text = {"type": "string", "pattern": r"^\s*[+-]?(\d|\.\d)"}
        made["anyOf"] = [number, text]
    if default not in (None, dataclasses.MISSING):
        made["default"] = default
    if declared.example != "":
        made["examples"] = [declared.example]
    return made
