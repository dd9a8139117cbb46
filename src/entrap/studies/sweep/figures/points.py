"""Points of a sweep that lie on no grid: each result against each axis."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.report.style import BLACK, BLUE, GREY, RED
from entrap.studies.sweep.figures.scales import limits, result_scale, scale, title
from entrap.studies.sweep.pages.reading import (
    HOLD,
    UNKNOWN,
    WORDS,
    declared_of,
    missing,
    read,
    verdicts,
)
from entrap.studies.sweep.sweep import Swept

POINTS = 5000
"""Most points of a figure."""

# Marker, colour and order of what fails, what is not known, what holds.
_LOOKS = {
    "fails": ("x", RED, 2, "an assumption fails"),
    "unknown": (".", GREY, 1, "not known whether the theory holds"),
    "holds": ("o", BLUE, 3, "all assumptions hold"),
}


def point_figure(swept: Swept, name: str) -> Figure:
    """A result against each axis; marks tell where all assumptions hold.

    Args:
        swept: Rows of points or a random sample.
        name: Of the result.
    """
    count = swept.data.sizes["point"]
    pick = {"point": slice(None, None, -(-count // POINTS))}
    values, which, absent = (
        read(swept, name, pick), verdicts(swept, pick), missing(swept, pick)
    )  # fmt: skip
    there = np.ones(values.shape, bool) if absent is None else ~absent
    shown = result_scale(swept.data[name], values)
    finite = there & np.isfinite(values) & ((values > 0) | (not shown.log))
    looks = _looks(which, len(values))

    columns = min(len(swept.axes), 3)
    rows = -(-len(swept.axes) // columns)
    size = (1.4 + 4.2 * columns, 1.6 + 3.8 * rows) if len(swept.axes) > 1 else (8.0, 5.6)
    figure = Figure(figsize=size)
    grid: Any = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for spare in grid.flat[len(swept.axes) :]:
        spare.remove()
    low, high, _ = limits(shown.values[finite], log=shown.log)
    for axes, key in zip(grid.flat, swept.axes, strict=False):
        coordinate = swept.data[key].isel(pick)
        x = scale(declared_of(coordinate), coordinate.to_numpy())
        for look, chosen in looks.items():
            if not (chosen & finite).any():
                continue  # an empty line upsets the layout
            marker, colour, order, _ = _LOOKS[look]
            axes.plot(
                x.values[chosen & finite], shown.values[chosen & finite], marker, color=colour,
                ms={"x": 4, ".": 5, "o": 5}[marker], alpha=0.8, zorder=order, ls="none", mew=0.8,
                mec=BLACK if look == "holds" else colour, rasterized=True,
            )  # fmt: skip
        blank = there & ~finite
        if blank.any():
            axes.plot(
                x.values[blank], np.zeros(int(blank.sum())), "|", color=GREY, ms=8, alpha=0.5,
                clip_on=False, transform=axes.get_xaxis_transform(), rasterized=True,
            )  # fmt: skip
        axes.set_xscale("log" if x.log else "linear")
        axes.set_yscale("log" if shown.log else "linear")
        room = (high / low) ** 0.06 if shown.log else 0.06 * (high - low)
        axes.set_ylim(*((low / room, high * room) if shown.log else (low - room, high + room)))
        axes.set_xlabel(x.label if len(swept.axes) == 1 else x.wrapped(26))
    for axes in grid[:, 0]:
        axes.set_ylabel(shown.short)
    some = f"{len(values)} of {count} points" if len(values) < count else ""
    figure.suptitle(
        title(shown.declared, some, width=int(size[0] * 9.5)), x=0.02, ha="left", fontsize=13
    )
    handles = _legend(looks, finite, which, blank=bool((there & ~finite).any()))
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _looks(which: np.ndarray | None, count: int) -> dict[str, np.ndarray]:
    """Which points look how."""
    if which is None:
        return {"unknown": np.ones(count, bool)}
    unknown, holds = which == UNKNOWN, which == HOLD
    return {"unknown": unknown, "fails": ~holds & ~unknown, "holds": holds}


def _legend(
    looks: dict[str, np.ndarray], finite: np.ndarray, which: np.ndarray | None, *, blank: bool
) -> list[Any]:
    handles: list[Any] = []
    for look, chosen in looks.items():
        if (chosen & finite).any():
            marker, colour, _, label = _LOOKS[look]
            label = WORDS[None] if which is None else label
            edge = BLACK if look == "holds" else colour
            mark = Line2D([], [], color=colour, mec=edge, marker=marker, ls="none", label=label)
            handles.append(mark)
    if blank:
        handles.append(
            Line2D([], [], color=GREY, marker="|", ms=8, ls="none", label="no finite value")
        )
    return handles
