"""JSON schema of the table [layout]."""

from typing import Any

from entrap.case.layout import Layout
from entrap.case.layoutparts import (
    Circle,
    MeshSize,
    Placement,
    Rectangle,
    Resonator,
    Shape,
    Source,
)
from entrap.case.schema import NUMBER, table_schema
from entrap.case.screening import ScreeningOptions
from entrap.case.window import Window

_LENGTH: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER}]}
_POINT = {"type": "array", "minItems": 2, "maxItems": 2, "items": _LENGTH}


def layout_schema() -> dict[str, Any]:
    """JSON schema of the table [layout].

    Examples:
        >>> layout_schema()["properties"]["shape"]["items"]["required"]
        ['on']
    """
    shape, made = table_schema(Shape), table_schema(Layout)
    shape["properties"] |= {
        "circle": _with_points(Circle, "centre"),
        "rectangle": _with_points(Rectangle, "corner", "size"),
        "polygon": {"type": "array", "minItems": 3, "items": _POINT},
    }
    shape["oneOf"] = [{"required": [form]} for form in ("circle", "rectangle", "polygon")]
    placement = table_schema(Placement)
    placement["properties"]["keep_from"] = {
        "type": "object",
        "description": "Least distance of a placed trap's edge from each probe",
        "additionalProperties": _LENGTH,
    }
    made["properties"] |= {
        "shape": {"type": "array", "items": shape},
        "probes": {
            "type": "object",
            "description": "Points where x is wanted, by name",
            "additionalProperties": _POINT,
        },
        "generation": {"type": "array", "items": _with_points(Source, "at")},
        "placement": placement,
        "window": _with_points(Window, "centre", "size"),
        "resonator": table_schema(Resonator),
        "screening": table_schema(ScreeningOptions),
        "mesh": table_schema(MeshSize),
    }
    return made


def _with_points(table: type, *points: str) -> dict[str, Any]:
    """The schema of a table of which some keys are points."""
    made = table_schema(table)
    made["properties"] |= dict.fromkeys(points, _POINT)
    made["required"] = [*points, *made.get("required", ())]
    return made
