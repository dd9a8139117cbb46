"""Curves of a sweep along one axis: results, where the theory holds, and each margin."""

import dataclasses
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from entrap.core.quantities import quantity_of
from entrap.model.validity import Margins
from entrap.report.grades import GRADES, grade
from entrap.report.labels import typeset
from entrap.report.style import BLACK, BLUE, GREY, RED
from entrap.studies.sweep.figures.blanks import BLANKS, INK, PAPER, blank_patch, blanks_of
from entrap.studies.sweep.figures.regions import measured
from entrap.studies.sweep.figures.scales import Scale, lay_out, limits, result_scale, scale, title
from entrap.studies.sweep.pages.reading import (
    HOLD,
    UNKNOWN,
    WORDS,
    declared_of,
    is_margin,
    margin_columns,
    missing,
    read,
    tells_verdicts,
    verdicts,
)
from entrap.studies.sweep.sweep import Swept

POINTS = 4000
"""Most points of a curve."""

_STYLES = ((BLUE, "-"), (GREY, ":"), (RED, (0, (6, 2))), (BLACK, "-."))
_ENDINGS = {"": "with the trap", "_bare": "without a trap", "_initial": "before the trap goes on",
            "_final": "at the end"}  # fmt: skip
_FAILS, _DARK = "#fdf0e6", "#f3f3f3"


@dataclasses.dataclass(frozen=True)
class Stretch:
    """A part of the axis with one verdict, in the axis' unit."""

    start: float
    end: float
    verdict: int


def curve_figure(swept: Swept, names: tuple[str, ...]) -> Figure:
    """Results along the axis; stretches where an assumption fails are shaded and named.

    Args:
        swept: A grid with one axis.
        names: Of the results.
    """
    x, pick, order = _axis(swept)
    groups = _groups(swept, names)
    columns = 1 if len(groups) == 1 else 2
    rows = -(-len(groups) // columns)
    size = (8.6, 5.6) if columns == 1 else (12.5, 1.4 + 3.6 * rows)
    figure = Figure(figsize=size)
    grid: Any = figure.subplots(rows, columns, squeeze=False, sharex=True)
    for spare in grid.flat[len(groups) :]:
        spare.remove()
    stretches = _stretches(swept, pick, order, x)
    blanks: set[str] = set()
    for axes, group in zip(grid.flat, groups, strict=False):
        blanks |= _panel(axes, swept, group, (x, pick, order))
        for stretch in stretches:
            _mark(axes, stretch)
        axes.set_xscale("log" if x.log else "linear")
        axes.set_xlim(*_ends(x))
        axes.set_xlabel(x.label)
    for i, j in np.ndindex(rows - 1, columns):
        if (i + 1) * columns + j < len(groups):
            grid[i, j].xaxis.label.set_visible(False)
        else:
            grid[i, j].tick_params(labelbottom=True)
    handles = _legend(stretches, blanks)
    lay_out(figure)
    below = _name(figure, list(grid.flat)[: len(groups)], stretches)
    handles += [Line2D([], [], ls="none", label=text) for text in below]
    if handles:
        figure.legend(handles=handles, loc="outside lower center", ncols=2)
    lay_out(figure)
    figure.set_layout_engine("none")  # laid out by now: again would take seconds
    return figure


def margin_figure(swept: Swept) -> Figure:
    """Each margin along the axis: where it holds, and by how much.

    Args:
        swept: A grid with one axis, whose results have margins of single assumptions.
    """
    x, pick, order = _axis(swept)
    columns = margin_columns(swept.data)
    figure = Figure(figsize=(9.0, 1.9 + 0.42 * len(columns)))
    axes = figure.subplots()
    edges = x.edges()
    for row, column in enumerate(columns):
        values = read(swept, column, pick)[order]
        bounded = np.clip(values, -9, 9)
        which = np.searchsorted([g[0] for g in GRADES], bounded, side="right") - 1
        which = np.where(np.isnan(values), -1, which)
        for start, end in _runs(which):
            low, _, colour, _ = (
                GRADES[which[start]] if which[start] >= 0 else (1, "", "#d9d9d9", "")
            )
            axes.barh(
                row, edges[end] - edges[start], 0.84, edges[start], color=colour, edgecolor=BLACK,
                linewidth=0, hatch="///" if low < 0 else None,
            )  # fmt: skip
        known = values[~np.isnan(values)]
        word = grade(float(known.min()) if known.size else None)[1]
        axes.text(1.01, row, word, transform=axes.get_yaxis_transform(), va="center", fontsize=10)
    symbols = [typeset(quantity_of(Margins, name).symbol) for name in columns.values()]
    late = ["after the evolution: " * column.startswith("evolution") for column in columns]
    axes.set_yticks(range(len(columns)), [f"{w}{s}" for w, s in zip(late, symbols, strict=True)])
    axes.set_ylim(len(columns) - 0.5, -0.5)
    axes.set_xscale("log" if x.log else "linear")
    axes.set_xlim(edges[0], edges[-1])
    axes.grid(visible=False)
    axes.set_xlabel(x.label)
    axes.set_title("Can the theory be trusted here? At the right: worst grade", loc="left")
    keys = [
        Patch(facecolor=g[2], hatch="///" if g[0] < 0 else None, label=g[1], lw=0) for g in GRADES
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys))
    return figure


def _axis(swept: Swept) -> tuple[Scale, dict[str, Any], np.ndarray]:
    """The axis, which points of it are drawn, and their order."""
    sizes = {key: swept.data.sizes[key] for key in swept.axes}
    key = max(swept.axes, key=lambda k: sizes[k])
    pick: dict[str, Any] = dict.fromkeys(swept.axes, 0)
    pick[key] = slice(None, None, -(-sizes[key] // POINTS))
    along = swept.data[key].isel({key: pick[key]})
    values, order = np.unique(along.to_numpy(), return_index=True)
    return scale(declared_of(along), values), pick, order


def _groups(swept: Swept, names: tuple[str, ...]) -> list[list[str]]:
    """Results that share a panel: one quantity with the trap, without, at the start, at the end."""
    groups: dict[tuple[str, str], list[str]] = {}
    for name in names:
        ending = next((e for e in _ENDINGS if e and name.endswith(e)), "")
        unit = declared_of(swept.data[name]).unit
        groups.setdefault((name.removesuffix(ending), unit), []).append(name)
    return list(groups.values())


def _panel(axes: Any, swept: Swept, group: list[str], where: Any) -> set[str]:
    """Curves of one panel; which kinds of values are no numbers."""
    x, pick, order = where
    columns = [read(swept, name, pick)[order] for name in group]
    if is_margin(group[0]):  # by how many decades beyond three does not matter
        columns = [np.clip(column, -9, 9) for column in columns]
    shown = result_scale(swept.data[group[0]], np.stack(columns))
    marker = "o" if len(order) <= 30 else ""
    for name, column, (colour, style) in zip(group, shown.values, _STYLES, strict=False):
        ending = next((e for e in _ENDINGS if e and name.endswith(e)), "")
        finite = np.isfinite(column) & ((column > 0) | (not shown.log))
        axes.plot(
            x.values, np.where(finite, column, np.nan), color=colour, ls=style, marker=marker, ms=5,
            label=_ENDINGS[ending],
        )  # fmt: skip
    low, high, extend = limits(shown.values, log=shown.log)
    if shown.log:
        axes.set_yscale("log")
    if extend != "neither" or shown.log:
        room = (high / low) ** 0.06 if shown.log else 0.06 * (high - low)
        axes.set_ylim(*((low / room, high * room) if shown.log else (low - room, high + room)))
    if is_margin(group[0]):
        axes.axhline(0.0, color=BLACK, lw=1.0)
        axes.set_ylim(max(low, -3) - 0.2, min(high, 3) + 0.2)
    absent = missing(swept, pick)
    blanks = blanks_of(columns[0], None if absent is None else absent[order])
    edges = x.edges()
    for reason, blank in blanks.items():
        for start, end in _runs(blank):
            if blank[start]:
                axes.axvspan(
                    edges[start], edges[end], facecolor=PAPER, edgecolor=INK, lw=0, zorder=0.5,
                    hatch=BLANKS[reason][0],
                )  # fmt: skip
    axes.set_ylabel(shown.short)
    pad = 20 if tells_verdicts(swept.data) else 6  # room for names
    axes.set_title(title(shown.declared, width=60), loc="left", pad=pad)
    if len(group) > 1:
        axes.legend(loc="best")
    return {reason for reason, blank in blanks.items() if blank.any()}


def _stretches(swept: Swept, pick: Any, order: np.ndarray, x: Scale) -> list[Stretch]:
    which, absent = verdicts(swept, pick), missing(swept, pick)
    if which is None:
        return []
    told = (which if absent is None else np.where(absent, UNKNOWN, which))[order]
    edges = x.edges()
    return [
        Stretch(float(edges[start]), float(edges[end]), int(told[start]))
        for start, end in _runs(told)
    ]


def _runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Start and end of each run of equal values."""
    starts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist()]
    return [*zip(starts, [*starts[1:], len(values)], strict=True)]


def _ends(x: Scale) -> tuple[float, float]:
    edges = x.edges()
    return float(edges[0]), float(edges[-1])


def _mark(axes: Any, stretch: Stretch) -> None:
    """Shade a stretch where an assumption fails; a bar along the top where all hold."""
    if stretch.verdict == HOLD:
        axes.plot(
            [stretch.start, stretch.end], [1, 1], color=BLACK, lw=5, solid_capstyle="butt",
            transform=axes.get_xaxis_transform(), clip_on=False, zorder=6,
        )  # fmt: skip
    else:
        colour = _DARK if stretch.verdict == UNKNOWN else _FAILS
        axes.axvspan(stretch.start, stretch.end, facecolor=colour, edgecolor=RED, lw=0.4, zorder=0)


def _name(figure: Figure, panels: list[Any], stretches: list[Stretch]) -> list[str]:
    """Write what fails above each stretch, or a letter where the name has no room.

    Returns:
        What to say below of letters, and of stretches without room for one.
    """
    letters: dict[int, str] = {}
    named: set[int] = set()
    for axes in panels:
        width = axes.get_window_extent().width * 72 / figure.dpi
        for stretch in stretches:
            holds, verdict = stretch.verdict == HOLD, stretch.verdict
            ends = axes.transData.transform([(stretch.start, 1.0), (stretch.end, 1.0)])
            start, end = axes.transAxes.inverted().transform(ends)[:, 0]
            room = (end - start) * width - 4
            word = "all hold" if holds else WORDS[verdict]
            if measured(word, 9.5)[0] > room:
                if holds or measured("m", 9.5)[0] > room:
                    continue
                word = letters.setdefault(verdict, chr(ord("a") + len(letters)))
            named.add(verdict)
            axes.text(
                (start + end) / 2, 1.02, word, transform=axes.transAxes, ha="center", va="bottom",
                fontsize=9.5, fontweight="bold" if holds else "normal",
                color=BLACK if holds else "#555555",
            )  # fmt: skip
    thin = {stretch.verdict for stretch in stretches} - named - {HOLD}
    told = [f"{letter}: {WORDS[verdict]}" for verdict, letter in letters.items()]
    return told + [f"on a thin stretch: {WORDS[verdict]}" for verdict in sorted(thin)]


def _legend(stretches: list[Stretch], blanks: set[str]) -> list[Any]:
    verdicts_there = {stretch.verdict for stretch in stretches}
    handles: list[Any] = []
    if HOLD in verdicts_there:
        handles.append(Line2D([], [], color=BLACK, lw=5, label=WORDS[HOLD]))
    if verdicts_there - {HOLD, UNKNOWN}:
        label = "an assumption fails: the worst is named"
        handles.append(Patch(facecolor=_FAILS, edgecolor=RED, lw=0.4, label=label))
    if UNKNOWN in verdicts_there:
        handles.append(Patch(facecolor=_DARK, edgecolor=RED, lw=0.4, label=WORDS[UNKNOWN]))
    handles += [blank_patch(reason) for reason in BLANKS if reason in blanks]
    if not stretches:
        handles.append(Line2D([], [], ls="none", label=WORDS[None]))
    return handles
