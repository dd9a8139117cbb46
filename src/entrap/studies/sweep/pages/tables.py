"""The tables of a sweep: its points if they are few, its extremes and what it depends on."""

from collections.abc import Iterator
from typing import Any

from entrap.core.frame import Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.report.inputs import inputs_frame
from entrap.report.labels import quoted, unit_text
from entrap.report.latex import tabular
from entrap.studies.sweep.pages.survey import Extreme, Survey
from entrap.studies.sweep.sensitivity import Sensitivities
from entrap.studies.sweep.sweep import Swept

MOST = 100_000
"""Points that are written as CSV, at most."""

_FOUND = {
    "result": "Name",
    "extreme": "Which, over all points or where all assumptions hold",
    "value": "In the unit of the row",
    "unit": "SI unit",
    "at": "Values of the axes [SI] there",
    "meaning": "What it is",
}


def frames(swept: Swept, found: Survey, ranked: Sensitivities | None) -> dict[str, Frame]:
    """All tables by name."""
    made = {"found": frame_of(_extremes(found), _FOUND), "inputs": inputs_frame(swept.case)}
    if found.points <= MOST and swept.done >= 1:
        made["points"] = swept.frame()
    if ranked is not None:
        made["sensitivities"] = ranked.frame()
    return made


def _extremes(found: Survey) -> Iterator[dict[str, Any]]:
    for name, item in found.ranges.items():
        for extreme in ("least", "largest", "least_valid", "largest_valid"):
            there: Extreme | None = getattr(item, extreme)
            if there is not None:
                at = ", ".join(f"{key} = {x!r}" for key, x in there.at.items())
                of = {"result": name, "extreme": extreme, "value": there.value, "at": at}
                yield of | {"unit": item.declared.unit, "meaning": item.declared.meaning}


def printed(found: Survey) -> str:
    """The extremes of each result as a LaTeX table."""
    headings = ("Result", "Symbol", "Least", "Largest", "Least, valid", "Largest, valid")
    rows = (
        (
            item.declared.meaning,
            item.declared.symbol,
            *(
                _shown(item.declared, getattr(item, name))
                for name in ("least", "largest", "least_valid", "largest_valid")
            ),
        )
        for item in found.ranges.values()
    )
    return tabular(headings, rows, right=headings[2:])


def _shown(declared: Quantity, extreme: Extreme | None) -> str:
    if extreme is None:
        return "-"
    return unit_text(quoted(declared, extreme.value, 4, at_least=extreme.at_least))
