"""JSON schema of the table [sweep]."""

from typing import Any

from entrap.case.layoutnumbers import DRAWN
from entrap.case.schema import NUMBER, description, table_schema
from entrap.studies.sweep.inputs.axes import MOST_AXES, Range
from entrap.studies.sweep.inputs.column import Column
from entrap.studies.sweep.inputs.keys import sweepable
from entrap.studies.sweep.inputs.options import REDUCTIONS, Sweep


def sweep_schema() -> dict[str, Any]:
    """Schema of the table [sweep]."""
    keys = list(sweepable())
    made = table_schema(Sweep)
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
                key: {"description": description(declared), "$ref": "#/$defs/axis"}
                for key, declared in sweepable().items()
            },
            "patternProperties": {
                pattern: {"description": "Number of a drawn part", "$ref": "#/$defs/axis"}
                for pattern in DRAWN
            },
        },
    }
    return made


def axis_schema() -> dict[str, Any]:
    """Schema of an axis: a text, a list, a range or a column of a file."""
    value: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string", "pattern": NUMBER}]}
    ranged = table_schema(Range)
    ranged["properties"] |= {"start": value, "stop": value}
    file = {
        "type": "string",
        "pattern": r"\S",
        "description": "A file of columns beside the case file",
    }
    return {
        "anyOf": [
            {"type": "string", "pattern": rf"^\s*@|{NUMBER}"},
            {"type": "array", "minItems": 1, "items": value},
            ranged,
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
                    **table_schema(Column)["properties"],
                },
            },
        ],
        "examples": ["0.01:20:200:log", [1.0, 2.0], "@rates.csv:rate"],
    }
