"""Closed forms that were made before: the page draws its first picture while JAX is imported.

`make closed-forms` writes them, and a test says whether they are those of the package.
"""

import dataclasses
import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from entrap.studies.explore.answers import Answer, module_name
from entrap.studies.explore.controls import presets

FOLDER = Path(str(files("entrap.studies.explore") / "page" / "made"))
_MODULES = ("sample.js", "forms.js")


@dataclasses.dataclass(frozen=True)
class Made:
    """Closed forms of the first preset.

    Args:
        case: Its tables.
        answer: What the page is answered that asks for them.
        modules: Texts of their modules, by name.
        told: What the page says of the results of any case.
    """

    case: Mapping[str, Any]
    answer: Answer
    modules: Mapping[str, str]
    told: Mapping[str, Any]


def made_before() -> Made:
    """The closed forms that lie in the package."""
    texts = [(FOLDER / name).read_text("utf-8") for name in _MODULES]
    closed = json.loads((FOLDER / "closed.json").read_text("utf-8"))
    modules = {module_name(text): text for text in texts}
    closed["modules"] = [f"forms/{name}" for name in modules]
    return Made(_first(), Answer(json.dumps(closed).encode()), modules, closed["told"])


def contents() -> dict[str, str]:
    """What the files must hold, by name."""
    from entrap.case.case import Case
    from entrap.studies.explore.closed import closed_forms, told

    made = closed_forms(Case.from_dict(_first()))
    closed = json.dumps({"data": made.data, "told": told()}, indent=1, ensure_ascii=False)
    return dict(zip(_MODULES, made.modules, strict=True)) | {"closed.json": closed + "\n"}


def _first() -> Mapping[str, Any]:
    return next(iter(presets().values()))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in contents().items():
        (FOLDER / name).write_text(text, "utf-8")
