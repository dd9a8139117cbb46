"""JSON schema of case files, made from the fields' own declarations: editors complete and check."""

import dataclasses
from typing import Any

from entrap.core.quantities import Quantity, quantities
from entrap.inputs.case import LONGEST, REQUIRED, TABLES


def case_schema() -> dict[str, Any]:
    """JSON schema (draft 2020-12) of a case file.

    Examples:
        >>> case_schema()["properties"]["protocol"]["required"]
        ['start', 'warm_to', 'warming_time']
    """
    tables = {name: _table(table) for name, table in TABLES.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "entrap case",
        "type": "object",
        "additionalProperties": False,
        "required": list(REQUIRED),
        "properties": {
            "title": {
                "type": "string",
                "maxLength": LONGEST,
                "description": "A line that names the case",
            },
            **tables,
        },
    }


def _table(table: type) -> dict[str, Any]:
    defaults = {f.name: f.default for f in dataclasses.fields(table)}
    required = [name for name, _ in quantities(table) if defaults[name] is dataclasses.MISSING]
    doc = (table.__doc__ or "").splitlines()[0]
    made: dict[str, Any] = {"type": "object", "description": doc, "additionalProperties": False}
    if required:
        made["required"] = required
    made["properties"] = {name: _field(q, defaults[name]) for name, q in quantities(table)}
    if "provenance" in defaults:
        made["properties"]["provenance"] = {
            "type": "object",
            "description": "Where the numbers come from, a text for each key",
            "propertyNames": {"enum": [name for name, _ in quantities(table)]},
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
