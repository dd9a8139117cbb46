"""Curves of a sweep along one axis: results, where the theory holds, and each margin."""

import dataclasses
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from entrap.case.layout import Layout
from entrap.core.quantities import quantity_of
from entrap.model.validity import Margins
from entrap.report.labels import typeset
from entrap.report.look import Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREY,
    RED,
    Curves,
    adjust,
    figure_for,
    margin_bars,
    runs,
)
from entrap.studies.sweep.figures import scales
from entrap.studies.sweep.figures.regions import measured
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.sweep import Swept

POINTS = 4000
"""Most points of a curve."""

_STYLES = ((BLUE, "-"), (GREY, ":"), (RED, (0, (6, 2))), (BLACK, "-."))
_ENDINGS = {"_bare": "without a trap", "_initial": "before the trap starts",
            "_final": "at the end", "": "with {traps}"}  # fmt: skip
_OF_FILM = {
    "placed_area_bound": ("placed_rate", "if diffusion took no time"),
    "area_bound": ("slowest_rate", "if diffusion took no time"),
    "density_without_trap": ("density", "without {traps}"),
}
_FAILS, _DARK = "#fdf0e6", "#f3f3f3"


@dataclasses.dataclass(frozen=True)
class Line:
    """The axis of a sweep that has one: values that are drawn, and limits of stretches around them.

    They are those of a pick of the points, brought into order.
    """

    x: scales.Scale
    edges: np.ndarray
    pick: dict[str, Any]
    order: np.ndarray

    def read(self, swept: Swept, name: str) -> np.ndarray:
        """A column along the axis."""
        return reading.read(swept, name, self.pick)[self.order]

    def finish(self, axes: Any) -> None:
        """Scale, ends and label of the axis."""
        ends = self.edges[0], self.edges[-1]
        axes.set(xscale=self.x.kind, xlim=ends, xlabel=self.x.wrapped(44))


Stretch = tuple[float, float, int]
"""Ends of a part of the axis in its unit, and its verdict."""


def grouped(swept: Swept, names: tuple[str, ...]) -> list[list[str]]:
    """Results that share a panel: one quantity with the trap, without, at the start, at the end."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name in names:
        unit = reading.declared_of(swept.data[name]).unit
        groups.setdefault((_family(name)[0], unit), []).append(name)
    return [*groups.values()]


def curve_panel(swept: Swept, group: list[str], axes: Any, curves: Curves) -> None:
    """Some results along the axis, with a legend of their own."""
    names = [name for name in group if curves is None or name in curves]
    drawn = _drawn(swept, [names], [axes])
    _name(axes.figure, [axes], drawn[0])


def curve_figure(swept: Swept, names: tuple[str, ...], look: Look) -> Figure:
    """Results along the axis; stretches where an assumption fails are shaded and named."""
    groups = grouped(swept, look.curves("curves", names) or names)
    columns = min(len(groups), 3) if len(groups) < 4 else 2
    rows = -(-len(groups) // columns)
    size = (8.6, 5.6) if columns == 1 else (12.5, 1.4 + 3.6 * rows)
    figure = figure_for(look, "curves", *size)
    grid: Any = figure.subplots(rows, columns, squeeze=False, sharex=True)
    panels = list(grid.flat)[: len(groups)]
    for spare in grid.flat[len(groups) :]:
        spare.remove()
    stretches, blanks = _drawn(swept, groups, panels)
    for i, axes in enumerate(panels):
        if i + columns < len(groups):
            axes.xaxis.label.set_visible(False)
        else:
            axes.tick_params(labelbottom=True)
    adjust(figure, "curves", look)
    scales.lay_out(figure, _legend(stretches, blanks), lambda: _name(figure, panels, stretches))
    return figure


def _drawn(
    swept: Swept, groups: list[list[str]], panels: list[Any]
) -> tuple[list[Stretch], set[str]]:
    """Draw groups of results into panels; give the stretches and why values are no numbers."""
    line = _line(swept)
    which = reading.verdicts(swept, line.pick)[line.order]
    absent = which == reading.MISSING
    which[absent] = reading.UNKNOWN
    stretches = [
        (float(line.edges[start]), float(line.edges[end]), int(which[start]))
        for start, end in (runs(which) if reading.tells_verdicts(swept) else [])
    ]
    blanks: set[str] = set()
    for axes, group in zip(panels, groups, strict=True):
        blanks |= _panel(axes, swept, group, line, absent)
        for stretch in stretches:
            _mark(axes, *stretch)
        line.finish(axes)
    return stretches, blanks


def margin_figure(swept: Swept, look: Look) -> Figure:
    """Each margin along the axis: where it holds, and by how much."""
    line = _line(swept)
    rows = []
    for column, name in reading.margin_columns(swept.data).items():
        values = line.read(swept, column)
        known = values[~np.isnan(values)]
        late = "after the evolution: " * column.startswith("evolution")
        label = late + typeset(quantity_of(Margins, name).symbol)
        rows.append((label, values, float(known.min()) if known.size else None))
    figure = figure_for(look, "margins", 9.0, 1.9 + 0.42 * len(rows))
    axes = figure.subplots()
    handles = margin_bars(axes, line.edges, rows)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    line.finish(axes)
    return figure


def _line(swept: Swept) -> Line:
    """The longest axis, thinned evenly."""
    sizes = {key: swept.data.sizes[key] for key in swept.axes}
    key = max(sizes, key=lambda k: sizes[k])
    pick: dict[str, Any] = dict.fromkeys(swept.axes, 0)
    x, pick[key], order = scales.thinned(swept, key, -(-sizes[key] // POINTS))
    return Line(x, x.edges(), pick, order)


def _family(name: str) -> tuple[str, str]:
    """What shares a panel with a result, and what the legend calls it there."""
    for part, (whole, words) in _OF_FILM.items():
        if part in name:
            return name.replace(part, whole), words
    ending = next(ending for ending in _ENDINGS if name.endswith(ending))
    bound = "with diffusion" if name.endswith(("slowest_rate", "placed_rate")) else ""
    return name.removesuffix(ending), bound or _ENDINGS[ending]


def _panel(axes: Any, swept: Swept, group: list[str], line: Line, absent: np.ndarray) -> set[str]:
    """Draw the curves of one panel; returns for which reasons values are not numbers."""
    columns = [line.read(swept, name) for name in group]
    margin = reading.is_margin(group[0])
    if margin:  # by how many decades beyond three does not matter
        columns = [np.clip(column, -9, 9) for column in columns]
    layout = getattr(swept.case, "studies", {}).get("layout")
    traps = "the trap" if layout is None else Layout.from_dict(layout).traps_named
    shown = scales.result_scale(swept.data[group[0]], np.stack(columns))
    marker = "o" if len(line.order) <= 30 else ""
    for name, column, (colour, style) in zip(group, shown.values, _STYLES, strict=False):
        axes.plot(
            line.x.values, np.where(shown.drawable(column), column, np.nan), color=colour, ls=style,
            marker=marker, ms=5, label=_family(name)[1].format(traps=traps),
        )  # fmt: skip
    low, high, extend = scales.limits(shown.values, log=shown.log)
    if shown.log:
        axes.set_yscale("log")
    if extend != "neither" or shown.log:
        shown.set_ends(axes, low, high)
    if margin:
        axes.axhline(0.0, color=BLACK, lw=1.0)
        axes.set_ylim(max(min(low, 0), -3) - 0.2, min(max(high, 0), 3) + 0.2)
    blanks = scales.blanks_of(columns[0], absent)
    for reason, blank in blanks.items():
        for start, end in runs(blank):
            if blank[start]:
                look: Any = {"facecolor": scales.PAPER, "edgecolor": scales.INK, "lw": 0}
                hatch = scales.BLANKS[reason][0]
                axes.axvspan(line.edges[start], line.edges[end], hatch=hatch, zorder=0.5, **look)
    axes.set_ylabel(shown.short + reading.bound_words(swept, group[0], np.stack(columns)))
    pad = 20 if reading.tells_verdicts(swept) else 6  # room for names
    wide = axes.get_position().width * axes.figure.get_figwidth() * 12 / rcParams["font.size"]
    axes.set_title(scales.title(shown.declared, width=int(11 * wide)), loc="left", pad=pad)
    if len(group) > 1:
        axes.legend(loc="best")
    return {reason for reason, blank in blanks.items() if blank.any()}


def _mark(axes: Any, start: float, end: float, verdict: int) -> None:
    """Shade a stretch where an assumption fails; a bar along the top where all hold."""
    if verdict == reading.HOLD:
        axes.plot(
            [start, end], [1, 1], color=BLACK, lw=5, solid_capstyle="butt",
            transform=axes.get_xaxis_transform(), clip_on=False, zorder=6,
        )  # fmt: skip
    else:
        colour = _DARK if verdict == reading.UNKNOWN else _FAILS
        axes.axvspan(start, end, facecolor=colour, edgecolor=RED, lw=0.4, zorder=0)


def _name(figure: Figure, panels: list[Any], stretches: list[Stretch]) -> list[str]:
    """Write above each stretch which assumption fails, or a number where its name has no room.

    What is returned says what numbers mean, and what fails on stretches without room for one.
    """
    letters: dict[int, str] = {}
    named: set[int] = set()
    font = scales.small()
    for axes in panels:
        width = axes.get_window_extent().width * 72 / figure.dpi
        for low, high, verdict in stretches:
            holds = verdict == reading.HOLD
            ends = axes.transData.transform([(low, 1.0), (high, 1.0)])
            start, end = axes.transAxes.inverted().transform(ends)[:, 0]
            room = (end - start) * width - 4
            word = "all hold" if holds else reading.WORDS[verdict]
            if measured(word, font)[0] > room:
                if holds or measured("m", font)[0] > room:
                    continue
                word = letters.setdefault(verdict, str(len(letters) + 1))
            named.add(verdict)
            axes.text(
                (start + end) / 2, 1.02, word, transform=axes.transAxes, ha="center", va="bottom",
                fontsize=font, fontweight="bold" if holds else "normal",
                color=BLACK if holds else "#555555",
            )  # fmt: skip
    thin = {verdict for *_, verdict in stretches} - named - {reading.HOLD}
    meanings = [f"{letter}: {reading.WORDS[verdict]}" for verdict, letter in letters.items()]
    return meanings + [f"on a thin stretch: {reading.WORDS[verdict]}" for verdict in sorted(thin)]


def _legend(stretches: list[Stretch], blanks: set[str]) -> list[Any]:
    there = {verdict for *_, verdict in stretches}
    handles: list[Any] = []
    if reading.HOLD in there:
        handles.append(Line2D([], [], color=BLACK, lw=5, label=reading.WORDS[reading.HOLD]))
    if there - {reading.HOLD, reading.UNKNOWN}:
        label = "an assumption fails: the worst is named"
        handles.append(Patch(facecolor=_FAILS, edgecolor=RED, lw=0.4, label=label))
    if reading.UNKNOWN in there:
        handles.append(
            Patch(facecolor=_DARK, edgecolor=RED, lw=0.4, label=reading.WORDS[reading.UNKNOWN])
        )
    handles += [scales.blank_patch(reason) for reason in scales.BLANKS if reason in blanks]
    if not stretches:
        handles.append(Line2D([], [], ls="none", label=reading.WORDS[None]))
    return handles
