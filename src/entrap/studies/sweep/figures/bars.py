"""What the results of a sweep depend on, as ranked bars."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from entrap.report.style import BLUE, RED
from entrap.studies.sweep.sensitivity import Sensitivities

_RESULTS, _KEYS = 3, 10  # that are drawn of each kind
_ALONE, _IN_ALL = "#3d3d3d", "#b5b5b5"


def ranked_bars(table: Sensitivities) -> Figure:
    """d ln r/d ln p of each result, largest first; below, shares of the variance.

    Args:
        table: Derivatives, and Sobol's indices where there are any.
    """
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
    columns = max([len(kind) for kind in kinds], default=1)
    heights = [0.9 + 0.34 * max(len(rows) for rows in kind.values()) for kind in kinds]
    figure = Figure(figsize=(3.0 + 4.3 * columns, 1.0 + sum(heights) if kinds else 2.0))
    grid: Any = figure.subplots(
        max(len(kinds), 1), columns, squeeze=False, height_ratios=heights or [1.0]
    )
    for line, kind in zip(grid, kinds, strict=False):
        for axes, (name, rows) in zip(line, kind.items(), strict=False):
            (_elasticities if kind is ranked else _shares)(axes, name, rows)
            axes.set_ylim(max(map(len, kind.values())) - 0.4, -0.6)  # bars of one width
        for spare in line[len(kind) :]:
            spare.remove()
    if not kinds:
        grid[0, 0].set_axis_off()
        grid[0, 0].text(0.5, 0.5, "No result depends on a number of the case", ha="center")
    handles = []
    if ranked:
        handles += [
            Patch(facecolor=BLUE, label="grows with it"),
            Patch(facecolor=RED, hatch="///", edgecolor="white", label="falls with it"),
        ]
    if shares:
        handles += [
            Patch(facecolor=_ALONE, label="alone"),
            Patch(facecolor=_IN_ALL, label="together with others"),
        ]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    return figure


def _elasticities(axes: Any, name: str, rows: list[Any]) -> None:
    for place, row in enumerate(rows):
        grows = row.elasticity >= 0
        axes.barh(
            place, abs(row.elasticity), 0.7, color=BLUE if grows else RED,
            hatch=None if grows else "///", edgecolor="white", lw=0,
        )  # fmt: skip
        axes.annotate(
            f"{row.elasticity:+.2g}", (abs(row.elasticity), place), (4, 0), va="center",
            textcoords="offset points", fontsize=9.5,
        )  # fmt: skip
    _finish(axes, name, [row.key for row in rows], "|∂ln r/∂ln p|, percent for one percent")
    axes.set_xlim(0, 1.25 * max(abs(row.elasticity) for row in rows) or 1.0)


def _shares(axes: Any, name: str, rows: list[Any]) -> None:
    for place, (_, first, total) in enumerate(rows):
        axes.barh(place, max(total, 0.0), 0.7, color=_IN_ALL)
        axes.barh(place, max(min(first, total), 0.0), 0.7, color=_ALONE)
        axes.annotate(
            f"{first:.2f}, {total:.2f}", (max(total, 0.0), place), (4, 0), va="center",
            textcoords="offset points", fontsize=9.5,
        )  # fmt: skip
    _finish(axes, name, [key for key, *_ in rows], "Share of the variance over the ranges")
    axes.set_xlim(0, 1.3 * max(1.0, *(total for *_, total in rows)))


def _finish(axes: Any, name: str, keys: list[str], label: str) -> None:
    axes.set_yticks(range(len(keys)), keys, fontsize=10)
    axes.grid(visible=False, axis="y")
    axes.set_axisbelow(True)
    axes.set_xlabel(label)
    axes.set_title(name.replace("_", " "), loc="left")
