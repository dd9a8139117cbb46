"""JSON schema of the table [plan]."""

from typing import Any

from entrap.case.schema import list_schema, table_schema
from entrap.model.observables import PLANNABLE
from entrap.studies.plan.inputs.options import Plan


def plan_schema() -> dict[str, Any]:
    """Schema of the table [plan]."""
    made = table_schema(Plan)
    share = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
    made["properties"] |= {
        "quantities": list_schema(PLANNABLE, "Candidates") | {"uniqueItems": True, "minItems": 1},
        "precisions": {
            "type": "array",
            "description": "Relative uncertainties of a point",
            "minItems": 1,
            "items": share,
        },
    }
    return made
