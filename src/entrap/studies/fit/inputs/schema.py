"""JSON schemas of the tables [data] and [fit]."""

import dataclasses
from typing import Any

from entrap.case.schema import PRIOR, list_schema, table_schema
from entrap.model.observables import MEASURED
from entrap.studies.fit.inputs.column import DataColumn
from entrap.studies.fit.inputs.options import HYPOTHESES, Fit
from entrap.studies.fit.inputs.table import ALLOWANCES, DataGroup, DataTable


def data_schema() -> dict[str, Any]:
    """Schema of the table [data]."""
    column = table_schema(DataColumn)
    for key in ("unit", "uncertainty", "group"):
        column["properties"][key]["pattern"] = r"\S"
    # What belongs to a reading belongs to no temperature.
    column["if"] = {"properties": {"quantity": {"not": {"enum": list(MEASURED)}}}}
    column["then"] = {"properties": dict.fromkeys(("uncertainty", "trap", "group"), False)}
    group = table_schema(DataGroup)
    group["properties"] = {field.name: PRIOR for field in dataclasses.fields(DataGroup)}
    made = table_schema(DataTable)
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
        "allow": list_schema(ALLOWANCES, "What would otherwise be refused in a file"),
    }
    return made


def fit_schema() -> dict[str, Any]:
    """Schema of the table [fit]."""
    made = table_schema(Fit, Fit.believed())
    told = "What the data are compared under; all that apply where none is named"
    made["properties"]["hypotheses"] = list_schema(HYPOTHESES, told) | {"uniqueItems": True}
    return made
