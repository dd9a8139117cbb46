"""Figures of a sweep, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.report.look import LOOK, Look
from entrap.report.style import BLACK, BLUE, GREY, RED, Curves, Panel, adjusted, figure_for, styled
from entrap.studies.sweep.figures.curves import curve_figure, curve_panel, grouped, margin_figure
from entrap.studies.sweep.figures.maps import map_figure, map_panel
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


def sweep_figures(swept: Swept, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a sweep, by file name; of large ones, evenly thinned points."""
    with styled(look.style):
        return adjusted(_figures(swept, look), look)


def _figures(swept: Swept, look: Look) -> dict[str, Figure]:
    every = reading.result_names(swept)
    names = tuple(name for name in every if name != "mesh_error" or len(every) == 1)[:RESULTS]
    kind = _kind(swept)
    if kind in ("points", "map"):
        draw = {"points": point_figure, "map": map_figure}[kind]
        return {f"{kind}-{name.replace('_', '-')}": draw(swept, name, look) for name in names}
    if not kind:
        return {}  # all axes are reduced: a table shows it
    made = {"curves": curve_figure(swept, names, look)} if names else {}
    if reading.margin_columns(swept.data) and reading.tells_verdicts(swept):
        made["margins"] = margin_figure(swept, look)
    return made


def _kind(swept: Swept) -> str:
    """What a sweep is drawn as: curves, a map, points; empty without an axis."""
    if swept.scheme != "grid":
        return "points"
    if not swept.axes:
        return ""
    return "map" if sum(swept.data.sizes[key] > 1 for key in swept.axes) > 1 else "curves"


def panels(swept: Swept) -> dict[str, Panel]:
    """What can be drawn of a sweep, by the names of its results."""
    names, kind = reading.result_names(swept), _kind(swept)
    if kind == "map":
        return {name: Panel(partial(map_panel, swept, name), (), (8.6, 6.4)) for name in names}
    if kind == "points":
        return {
            f"{name}-over-{key}": Panel(partial(_points, swept, name, key))
            for name in names
            for key in swept.axes
        }
    groups = grouped(swept, names) if kind else []
    return {
        group[0]: Panel(partial(curve_panel, swept, group), tuple(group), (8.6, 5.6))
        for group in groups
    }


def _points(swept: Swept, name: str, key: str, axes: Any, curves: Curves) -> None:
    """A result against one axis."""
    del curves
    handles = _point_panels(swept, name, {key: axes})
    axes.legend(handles=handles)


def point_figure(swept: Swept, name: str, look: Look = LOOK) -> Figure:
    """A result against each axis; marks show where all assumptions hold."""
    columns = min(len(swept.axes), 3)
    rows = -(-len(swept.axes) // columns)
    size = (1.4 + 4.2 * columns, 1.6 + 3.8 * rows) if len(swept.axes) > 1 else (8.0, 5.6)
    figure = figure_for(look, f"points-{name.replace('_', '-')}", *size)
    grid: Any = figure.subplots(rows, columns, squeeze=False, sharey=True)
    for spare in grid.flat[len(swept.axes) :]:
        spare.remove()
    handles = _point_panels(swept, name, dict(zip(swept.axes, grid.flat, strict=False)))
    for axes in grid[:, 1:].flat:
        axes.yaxis.label.set_visible(False)
    count = swept.data.sizes["point"]
    some = f"{-(-count // -(-count // POINTS))} of {count} points" if count > POINTS else ""
    set_title(figure, reading.declared_of(swept.data[name]), some)
    figure.legend(handles=handles, loc="outside lower center", ncols=3)
    return figure


def _point_panels(swept: Swept, name: str, panels: dict[str, Any]) -> list[Any]:
    """Draw a result against axes of the sweep; give the entries of a legend."""
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

    low, high, _ = limits(shown.values[finite], log=shown.log)
    for key, axes in panels.items():
        coordinate = swept.data[key].isel(pick)
        x = scale(reading.declared_of(coordinate), coordinate.to_numpy())
        for look, chosen in drawn.items():
            axes.plot(
                x.values[chosen], shown.values[chosen], **_MARKS[look], ls="none",
                mew=0.8, rasterized=True,
            )  # fmt: skip
        if blank.any():
            axes.plot(
                x.values[blank], np.zeros(int(blank.sum())), "|", color="#b0b0b0", ms=8,
                clip_on=False, transform=axes.get_xaxis_transform(), rasterized=True,
            )  # fmt: skip
        axes.set(xscale=x.kind, yscale=shown.kind)
        shown.set_ends(axes, low, high)
        axes.set_xlabel(x.wrapped() if len(panels) == 1 else x.wrapped(26))
        axes.set_ylabel(shown.short + reading.bound_words(swept, name, values))
    handles = [Line2D([], [], **_MARKS[look], ls="none") for look in drawn]
    if not reading.tells_verdicts(swept) and handles:
        handles[0].set_label(reading.WORDS[None])
    if blank.any():
        handles.append(
            Line2D([], [], color=GREY, marker="|", ms=8, ls="none", label="no finite value")
        )
    return handles
