"""`report.html` and `summary.json` of a sweep: its maps, its extremes, where the theory holds."""

import dataclasses
import json
import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any

from entrap.core.quantities import Quantity, quantity_of
from entrap.model.validity import Margins
from entrap.report.page import page
from entrap.solve.protocol.results import Value, strict
from entrap.studies.sweep.figures.plots import RESULTS
from entrap.studies.sweep.figures.scales import scale
from entrap.studies.sweep.names import MARGINS
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.pages.answer import share
from entrap.studies.sweep.pages.reading import FAIL, HOLD, UNKNOWN, WORDS
from entrap.studies.sweep.pages.survey import Survey
from entrap.studies.sweep.pages.tables import MOST
from entrap.studies.sweep.sensitivity import Sensitivities
from entrap.studies.sweep.sweep import Swept


def sweep_report(
    swept: Swept,
    found: Survey,
    answer: tuple[str, ...],
    drawn: Mapping[str, str],
    ranked: Sensitivities | None = None,
    files: Iterable[str] = (),
) -> str:
    """The report of a sweep as HTML, with the SVG texts of its figures by name.

    The `files` are those beside it.
    """
    counts = {
        "points": ("N", "Points of the sweep", found.points),
        "computed": ("", "Points computed", found.computed),
        "valid": ("", "Points at which all assumptions hold", found.valid),
    }
    return page(
        "studies/sweep/pages/sweep.html",
        swept.case,
        answer,
        (),
        drawn,
        {
            name: Value(count, Quantity("1", symbol, meaning))
            for name, (symbol, meaning, count) in counts.items()
            if count is not None
        },
        files,
        found=found,
        drawn=RESULTS,
        most=MOST,
        not_drawn=tuple(found.ranges)[RESULTS:],
        verdicts=[WORDS[verdict] for verdict in (HOLD, UNKNOWN, FAIL)],
        assumptions=_assumptions(swept, found),
        axes=[
            (key, reading.declared_of(along), along.size, _spacing(swept, key))
            for key in swept.axes
            for along in [swept.data[key]]
        ],
        ranked=ranked,
        placed=partial(reading.placed, swept),
        share=share,
        folder=shlex.quote(str(swept.path.parent)) if swept.path else "FOLDER",
        store=str(swept.path) if swept.path else "",
        piece=json.dumps(dict.fromkeys(swept.axes, 0))
        if swept.scheme == "grid"
        else "point=slice(0, 1000)",
    )


def sweep_summary(
    swept: Swept, found: Survey, answer: tuple[str, ...], ranked: Sensitivities | None = None
) -> dict[str, Any]:
    """The contents of `summary.json`; see `sweep_report`."""
    told: dict[str, Any] = {
        "title": swept.case.title,
        "version": version("entrap"),
        "answer": list(answer),
        "case": swept.case.to_dict(),
        "scheme": swept.scheme,
        "reduce": swept.reduce,
        "points": found.points,
        "computed": found.computed,
        "axes": {
            key: _declared(reading.declared_of(swept.data[key])) | {"from": low, "to": high}
            for key, (low, high) in found.ends.items()
        },
        "results": {
            name: _declared(item.declared)
            | {key: x for key, x in dataclasses.asdict(item).items() if key != "declared"}
            for name, item in found.ranges.items()
        },
        "validity": found.verdicts,
        "fails_at": found.failing,
        "nearest_valid": _plain(found.nearest and dataclasses.asdict(found.nearest)),
        "nearest_to_valid": _plain(found.best and dataclasses.asdict(found.best)),
    }
    if ranked is not None:
        told["sensitivities"] = [
            vars(row) | {"elasticity": strict(row.elasticity)} for row in ranked.rows
        ]
        told["sobol"] = {
            name: [{"key": k, "first": strict(f), "total": strict(t)} for k, f, t in rows]
            for name, rows in ranked.sobol.items()
        }
    return told


def _plain(value: Any) -> Any:
    """What is stated of a point, as strict JSON has it: a number there may be infinite."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return strict(value) if isinstance(value, float) else value


def _declared(declared: Quantity) -> dict[str, str]:
    return {"unit": declared.unit, "symbol": declared.symbol, "meaning": declared.meaning}


def _spacing(swept: Swept, key: str) -> str:
    """How the values of an axis follow each other, in words."""
    if swept.scheme != "grid":
        return swept.scheme
    along = swept.data[key]
    if along.size < 3:
        return "values"
    shown = scale(reading.declared_of(along), along.to_numpy())
    steps = abs(shown.steps())
    if steps.max() - steps.min() > 1e-6 * steps.max():
        return "values"
    return "even in the logarithm" if shown.log else "even"


def _assumptions(swept: Swept, found: Survey) -> list[tuple[str, Quantity, int, int | None]]:
    """Each assumption whose margin is known or that fails worst anywhere, most often first.

    Returns:
        Name, inequality, the points at which it fails worst, and those at which it fails at all.
    """
    columns, verdicts = reading.margin_columns(swept.data), found.verdicts or Counter()
    rows = []
    for i, name in enumerate(MARGINS):
        worst = verdicts[WORDS[i]]
        if worst or name in columns.values():
            fails = [found.failing[column] for column, of in columns.items() if of == name]
            rows.append((name, quantity_of(Margins, name), worst, max(fails, default=None)))
    return sorted(rows, key=lambda row: -row[2])
