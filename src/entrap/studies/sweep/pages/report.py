"""`report.html` and `summary.json` of a sweep: its maps, its extremes, where the theory holds."""

import html
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from entrap.core.quantities import Quantity
from entrap.report.page import inline, page, part
from entrap.solve.protocol.results import Value, strict
from entrap.studies.sweep.figures.plots import RESULTS
from entrap.studies.sweep.pages.answer import sweep_answer
from entrap.studies.sweep.pages.reading import declared_of, reductions
from entrap.studies.sweep.pages.survey import Extreme, Range, Survey, survey
from entrap.studies.sweep.pages.tables import (
    axis_rows,
    result_row,
    sensitivity_section,
    trust_section,
)
from entrap.studies.sweep.sensitivity import Sensitivities
from entrap.studies.sweep.sweep import Swept

_THEORY = "V. Kornich, arXiv:2605.15834 (2026), corrected where its equations do not follow."


def sweep_report(
    swept: Swept,
    drawn: Mapping[str, str],
    sensitivities: Sensitivities | None = None,
    found: Survey | None = None,
) -> str:
    """The report of a sweep as HTML.

    Args:
        swept: The sweep.
        drawn: SVG text of its figures, by name.
        sensitivities: What its results depend on, if that was asked.
        found: What it found, where that is known already; else it is read block by block.
    """
    found = found or survey(swept)
    ranges = found.ranges
    body = part(
        "studies/sweep/pages/sweep.html",
        figures=_figures(drawn),
        valid_heading="<th>where all hold</th>" if found.valid else "",
        results="".join(result_row(swept, found, name, item) for name, item in ranges.items()),
        not_drawn=_not_drawn(found, drawn),
        trust=trust_section(swept, found),
        axes="".join(axis_rows(swept, found)),
        sensitivities=sensitivity_section(sensitivities),
        folder=html.escape(_folder(swept)),
        store=html.escape(_store(swept)),
        first=html.escape(next(iter(ranges), "")),
        piece=html.escape(_piece(swept)),
    )
    sentences = sweep_answer(swept, found)
    name = swept.path.name if swept.path else "the dataset"
    return page(swept.case, _THEORY, sentences, (), body, _numbers(found), name)


def sweep_summary(
    swept: Swept,
    sentences: tuple[str, ...],
    sensitivities: Sensitivities | None = None,
    found: Survey | None = None,
) -> dict[str, Any]:
    """The contents of `summary.json`.

    Args:
        swept: The sweep.
        sentences: The answer.
        sensitivities: What its results depend on, if that was asked.
        found: What it found, where that is known already; else it is read block by block.
    """
    found = found or survey(swept)
    told: dict[str, Any] = {
        "title": swept.case.title,
        "version": version("entrap"),
        "answer": list(sentences),
        "case": swept.case.to_dict(),
        "scheme": swept.scheme,
        "reduce": reductions(swept.data),
        "points": found.points,
        "computed": found.computed,
        "axes": {
            key: _declared(declared_of(swept.data[key]))
            | {"from": strict(found.ends[key][0]), "to": strict(found.ends[key][1])}
            for key in swept.axes
        },
        "results": {name: _told(item) for name, item in found.ranges.items()},
        "validity": found.verdicts,
        "fails_at": found.failing,
    }
    if sensitivities is not None:
        told["sensitivities"] = [
            {
                "result": row.result,
                "key": row.key,
                "derivative": strict(row.derivative),
                "elasticity": strict(row.elasticity),
            }
            for row in sensitivities.rows
        ]
        told["sobol"] = {
            name: [{"key": k, "first": strict(f), "total": strict(t)} for k, f, t in rows]
            for name, rows in sensitivities.sobol.items()
        }
    return told


def _told(item: Range) -> dict[str, Any]:
    extremes = ("least", "largest", "least_valid", "largest_valid")
    return (
        _declared(item.declared)
        | {"finite": item.finite, "undefined": item.undefined, "infinite": item.infinite}
        | {name: _extreme(getattr(item, name)) for name in extremes}
    )


def _declared(declared: Quantity) -> dict[str, str]:
    return {"unit": declared.unit, "symbol": declared.symbol, "meaning": declared.meaning}


def _extreme(extreme: Extreme | None) -> dict[str, Any] | None:
    if extreme is None:
        return None
    at = {key: strict(value) for key, value in extreme.at.items()}
    return {"value": strict(extreme.value), "at": at}


def _figures(drawn: Mapping[str, str]) -> str:
    if not drawn:
        return ""
    return "<h2>Figures</h2>\n" + "".join(
        f"<figure>{svg}</figure>\n" for svg in inline(drawn).values()
    )


def _not_drawn(found: Survey, drawn: Mapping[str, str]) -> str:
    rest = list(found.ranges)[RESULTS:]
    if not drawn or not rest:
        return ""
    names = ", ".join(f"<code>{html.escape(name)}</code>" for name in rest)
    return f"<p>Not drawn, being beyond the first {RESULTS}: {names}.</p>\n"


def _numbers(found: Survey) -> dict[str, Value]:
    count = {
        "points": (found.points, "N", "Points of the sweep"),
        "computed": (found.computed, "", "Points computed"),
    }
    if found.valid is not None:
        count["valid"] = (found.valid, "", "Points at which all assumptions hold")
    return {
        name: Value(float(number), Quantity("1", symbol, meaning))
        for name, (number, symbol, meaning) in count.items()
    }


def _store(swept: Swept) -> str:
    return swept.path.name if swept.path else "sweep.zarr"


def _folder(swept: Swept) -> str:
    return swept.path.absolute().parent.name if swept.path else "FOLDER"


def _piece(swept: Swept) -> str:
    if swept.scheme != "grid":
        return "point=slice(0, 1000)"
    return json.dumps(dict.fromkeys(swept.axes, 0))
