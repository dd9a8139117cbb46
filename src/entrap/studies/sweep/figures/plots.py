"""Figures of a sweep, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.report.style import BLACK, BLUE, GREY, RED, STYLE
from entrap.studies.sweep.figures.curves import curve_figure, margin_figure
from entrap.studies.sweep.figures.maps import map_figure
from entrap.studies.sweep.figures.scales import limits, result_scale, scale, set_title
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.sweep import Swept

RESULTS = 6
"""Most results that are drawn."""

POINTS = 5000
"""Most points of a figure of points."""

_MARKS: dict[str, dict[str, Any]] = {
    "fails": {"marker": "x", "color": RED, "ms": 4, "zorder": 2, "mec": RED,
              "label": "an assumption fails"},
    "unknown": {"marker": ".", "color": GREY, "ms": 5, "zorder": 1, "mec": GREY,
                "label": "normal, or not known whether the theory holds"},
    "holds": {"marker": "o", "color": BLUE, "ms": 5, "zorder": 3, "mec": BLACK,
              "label": "all assumptions hold"},
}  # fmt: skip


@rc_context(STYLE)
def sweep_figures(swept: Swept) -> dict[str, Figure]:
    """The figures of a sweep, by file name; of large ones, evenly thinned points."""
    names = reading.result_names(swept)[:RESULTS]
    rows = swept.scheme != "grid"
    if rows or sum(swept.data.sizes[key] > 1 for key in swept.axes) > 1:
        kind, draw = ("points", point_figure) if rows else ("map", map_figure)
        return {f"{kind}-{name.replace('_', '-')}": draw(swept, name) for name in names}
    if not swept.axes:
        return {}  # all axes are reduced: a table shows it
    made = {"curves": curve_figure(swept, names)} if names else {}
    if reading.margin_columns(swept.data) and reading.tells_verdicts(swept):
        made["margins"] = margin_figure(swept)
    return made


def point_figure(swept: Swept, name: str) -> Figure:
    """A result against each axis; marks show where all assumptions hold."""
    count = swept.data.sizes["point"]
    pick = {"point": slice(None, None, -(-count // POINTS))}
    values, which = reading.read(swept, name, pick), reading.verdicts(swept, pick)
    there = which != reading.MISSING
    shown = result_scale(swept.data[name], values)
    finite = there & shown.drawable(values)
    blank = there & ~finite
    looks = {
        "unknown": which == reading.UNKNOWN,
        "fails": (which != reading.HOLD) & (which != reading.UNKNOWN),
        "holds": which == reading.HOLD,
    }
    # An empty line upsets the layout.
    drawn = {look: chosen & finite for look, chosen in looks.items() if (chosen & finite).any()}

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
        x = scale(reading.declared_of(coordinate), coordinate.to_numpy())
        for look, chosen in drawn.items():
            axes.plot(
                x.values[chosen], shown.values[chosen], **_MARKS[look], alpha=0.8, ls="none",
                mew=0.8, rasterized=True,
            )  # fmt: skip
        if blank.any():
            axes.plot(
                x.values[blank], np.zeros(int(blank.sum())), "|", color=GREY, ms=8, alpha=0.5,
                clip_on=False, transform=axes.get_xaxis_transform(), rasterized=True,
            )  # fmt: skip
        axes.set(xscale=x.kind, yscale=shown.kind)
        shown.set_ends(axes, low, high)
        axes.set_xlabel(x.wrapped() if len(swept.axes) == 1 else x.wrapped(26))
    for axes in grid[:, 0]:
        axes.set_ylabel(shown.short + reading.bound_words(swept, name, values))
    some = f"{len(values)} of {count} points" if len(values) < count else ""
    set_title(figure, shown.declared, some)
    handles = [Line2D([], [], **_MARKS[look], ls="none") for look in drawn]
    if not reading.tells_verdicts(swept) and handles:
        handles[0].set_label(reading.WORDS[None])
    if blank.any():
        handles.append(
            Line2D([], [], color=GREY, marker="|", ms=8, ls="none", label="no finite value")
        )
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure
