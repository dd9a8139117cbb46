"""`report.html` and `summary.json` of a sweep: its maps, its extremes, where the theory holds."""

import json
from collections.abc import Mapping
from functools import partial
from importlib.metadata import version
from typing import Any

from entrap.core.quantities import Quantity
from entrap.report.page import page
from entrap.solve.protocol.results import Value, strict
from entrap.studies.sweep.figures.plots import RESULTS
from entrap.studies.sweep.pages.answer import place, share, sweep_answer
from entrap.studies.sweep.pages.reading import (
    FAIL,
    HOLD,
    UNKNOWN,
    WORDS,
    declared_of,
    reductions,
)
from entrap.studies.sweep.pages.survey import Extreme, Range, Survey, survey
from entrap.studies.sweep.pages.tables import assumptions, spacing
from entrap.studies.sweep.sensitivity import Sensitivities
from entrap.studies.sweep.sweep import Swept


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
    grid = swept.scheme == "grid"
    return page(
        "studies/sweep/pages/sweep.html",
        swept.case,
        sweep_answer(swept, found),
        (),
        drawn,
        _numbers(found),
        found=found,
        drawn=RESULTS,
        not_drawn=tuple(found.ranges)[RESULTS:],
        verdicts=[WORDS[verdict] for verdict in (HOLD, UNKNOWN, FAIL)],
        assumptions=assumptions(swept, found),
        axes=[
            (key, declared_of(along), along.size, spacing(swept, key))
            for key in swept.axes
            for along in [swept.data[key]]
        ],
        ranked=sensitivities,
        place=partial(place, swept),
        share=share,
        folder=swept.path.absolute().parent.name if swept.path else "FOLDER",
        store=swept.path.name if swept.path else "",
        piece=json.dumps(dict.fromkeys(swept.axes, 0)) if grid else "point=slice(0, 1000)",
    )


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
