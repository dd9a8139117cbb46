"""Hypotheses ranked by evidence and by predictive power."""

import math
import textwrap
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from entrap.report.look import Look
from entrap.report.style import BLACK, BLUE, GREY, RED, figure_for
from entrap.studies.fit.comparison import SCALE
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.pages.words import nats

_SHADES = ("#d9d9d9", "#e9e9e9", "#f5f5f5", "#ffffff")  # undecided to strong
_LINEAR = 6.0


def ranking(found: Fitted, look: Look) -> Figure:
    """ln B against each hypothesis, and by how much worse it predicts."""
    rows = found.comparison.rows
    figure = figure_for(look, "hypotheses", 9.6, 2.0 + 0.5 * len(rows))
    left, right = figure.subplots(1, 2, sharey=True)
    against = [-row.log_bayes for row in rows]
    errors = [math.hypot(row.evidence_error, rows[0].evidence_error) for row in rows]
    worse = [-row.elpd_difference for row in rows]
    _bars(left, rows, against, errors)
    _bars(right, rows, worse, [row.difference_error for row in rows])
    ends = [*(least for least, _ in reversed(SCALE)), left.get_xlim()[1]]
    for low, high, shade, (_, name) in zip(ends, ends[1:], _SHADES, reversed(SCALE), strict=False):
        left.axvspan(low, high, color=shade, lw=0, zorder=0)
        left.annotate(
            name, (low, 1.0), (1, 3), xycoords=left.get_xaxis_transform(),
            textcoords="offset points", rotation=50, va="bottom", fontsize="small", color="#555555",
        )  # fmt: skip
    names = [textwrap.fill(f"{row.entry.label}: {row.entry.meaning}", 30) for row in rows]
    left.set_yticks(range(len(rows)), names, fontsize="small")
    left.set_ylim(len(rows) - 0.5, -0.6)
    left.set_xlabel("ln B against it (nats)")
    right.set_xlabel("Δelpd, by which it predicts worse (nats)")
    return figure


def _bars(axes: Any, rows: Any, values: list[float], errors: list[float]) -> None:
    """A mark with its error for each hypothesis, its value beside it."""
    finite = [v + (e if math.isfinite(e) else 0) for v, e in zip(values, errors, strict=True)]
    largest = max((x for x in finite if math.isfinite(x)), default=1.0)
    far = largest > 2 * _LINEAR
    decades = math.log10(largest / _LINEAR) if far else 0.0
    high = _LINEAR * 10 ** (1.7 * decades) if far else 1.6 * max(largest, _LINEAR / 1.2)
    if far:
        axes.set_xscale("symlog", linthresh=_LINEAR, linscale=max(1.2 * decades, 0.7))
    axes.set_xlim(-0.06 * _LINEAR, high)
    powers = [10.0**k for k in range(1, math.ceil(math.log10(high)))] if far else []
    kept = [x for x in powers if x <= 10 * largest][:: max(1, math.ceil(len(powers) / 4))]
    ticks = [0.0, 1.0, 2.5, 5.0, *(kept if far else [10.0] if high > 10 else [])]
    axes.set_xticks(ticks, [f"{x:,.15g}" for x in ticks], fontsize="small")
    axes.minorticks_off()
    for place, (row, value, error) in enumerate(zip(rows, values, errors, strict=True)):
        colour = BLUE if row.entry.entropy else RED
        marker = "o" if row.entry.entropy else "s"
        if not math.isfinite(value):
            axes.plot(high, place, ">", color=colour, ms=9, clip_on=False)
            axes.annotate(
                "impossible", (high, place), (-9, 0), textcoords="offset points", ha="right",
                va="center", fontsize="small",
            )  # fmt: skip
            continue
        known = np.isfinite(error)
        axes.errorbar(
            value, place, xerr=error if known else None, fmt=marker, color=colour, ms=8, lw=1.8,
            capsize=3,
        )  # fmt: skip
        text = "best" if value == 0 else nats(value, error)
        until = value + (error if known else 0.0)
        axes.annotate(
            text, (until, place), (9, 0), textcoords="offset points", va="center", fontsize="small",
            color=BLACK,
        )  # fmt: skip
    axes.axvline(0, color=GREY, lw=1)
    axes.grid(visible=False, axis="y")
