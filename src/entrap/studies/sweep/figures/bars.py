"""What the results of a sweep depend on, as ranked bars."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from entrap.report.look import LOOK, Look
from entrap.report.style import BLUE, RED, adjust, figure_for, styled
from entrap.studies.sweep.sensitivity import Sensitivities

_NAME = "sensitivity"
_RESULTS, _KEYS = 3, 10  # that are drawn of each kind
_ALONE, _IN_ALL = "#3d3d3d", "#b5b5b5"
_RISES: dict[str, Any] = {"facecolor": BLUE, "edgecolor": "white"}
_FALLS: dict[str, Any] = {"facecolor": RED, "edgecolor": "white", "hatch": "///"}


def sensitivity_figure(table: Sensitivities, look: Look = LOOK) -> Figure:
    """d ln r/d ln p of each result, largest first; below, shares of the variance."""
    with styled(look.style):
        figure = _figure(table, look)
        adjust(figure, _NAME, look)
        return figure


def _figure(table: Sensitivities, look: Look) -> Figure:
    local: dict[str, list[Any]] = {}
    for row in table.rows:
        if np.isfinite(row.elasticity):
            local.setdefault(row.result, []).append(row)
    ranked = {
        name: sorted(rows, key=lambda row: -abs(row.elasticity))[:_KEYS]
        for name, rows in [*local.items()][:_RESULTS]
    }
    shares = {name: [*rows][:_KEYS] for name, rows in [*table.sobol.items()][:_RESULTS]}
    kinds = [kind for kind in (ranked, shares) if kind]
    if not kinds:
        figure = figure_for(look, _NAME, 7.3, 2.0)
        axes = figure.subplots()
        axes.set_axis_off()
        axes.text(0.5, 0.5, "No result depends on a number of the case", ha="center")
        return figure
    columns = max(map(len, kinds))
    heights = [0.9 + 0.34 * max(len(rows) for rows in kind.values()) for kind in kinds]
    figure = figure_for(look, _NAME, 3.0 + 4.3 * columns, 1.0 + sum(heights))
    grid: Any = figure.subplots(len(kinds), columns, squeeze=False, height_ratios=heights)
    for line, kind in zip(grid, kinds, strict=True):
        for axes, (name, rows) in zip(line, kind.items(), strict=False):
            (_elasticities if kind is ranked else _shares)(axes, rows)
            axes.set_ylim(max(map(len, kind.values())) - 0.4, -0.6)  # bars of one width
            axes.grid(visible=False, axis="y")
            axes.set_axisbelow(True)
            axes.set_title(name.replace("_", " "), loc="left")
        for spare in line[len(kind) :]:
            spare.remove()
    handles = []
    if ranked:
        handles += [Patch(**_RISES, label="rises with it"), Patch(**_FALLS, label="falls with it")]
    if shares:
        handles += [
            Patch(facecolor=_ALONE, label="alone"),
            Patch(facecolor=_IN_ALL, label="together with others"),
        ]
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _elasticities(axes: Any, rows: list[Any]) -> None:
    for place, row in enumerate(rows):
        size, look = abs(row.elasticity), _RISES if row.elasticity >= 0 else _FALLS
        axes.barh(place, size, 0.7, lw=0, **look)
        _annotate(axes, f"{row.elasticity:+.2g}", size, place)
    axes.set_yticks(range(len(rows)), [row.key for row in rows], fontsize="small")
    axes.set_xlabel("|∂ln r/∂ln p|, percent for one percent")
    axes.set_xlim(0, 1.25 * max(abs(row.elasticity) for row in rows) or 1.0)


def _shares(axes: Any, rows: list[Any]) -> None:
    for place, (_, first, total) in enumerate(rows):
        axes.barh(place, max(total, 0.0), 0.7, color=_IN_ALL)
        axes.barh(place, max(min(first, total), 0.0), 0.7, color=_ALONE)
        _annotate(axes, f"{first:.2f}, {total:.2f}", max(total, 0.0), place)
    axes.set_yticks(range(len(rows)), [key for key, *_ in rows], fontsize="small")
    axes.set_xlabel("Share of the variance over the ranges")
    axes.set_xlim(0, 1.3 * max(1.0, *(total for *_, total in rows)))


def _annotate(axes: Any, text: str, end: float, place: int) -> None:
    offset: Any = {"xytext": (4, 0), "textcoords": "offset points"}
    axes.annotate(text, (end, place), **offset, va="center", fontsize="small")
