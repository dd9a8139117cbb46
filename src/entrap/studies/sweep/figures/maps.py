"""Maps of a sweep: a result over two axes, where the theory holds, and what fails elsewhere."""

import itertools
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.report.grades import GRADES
from entrap.report.style import BLACK
from entrap.studies.sweep.figures.panels import NONE, Maps, Panel, read_maps
from entrap.studies.sweep.figures.regions import borders, names_inside, outline
from entrap.studies.sweep.figures.scales import (
    BLANKS,
    INK,
    PAPER,
    Scale,
    blank_patch,
    lay_out,
    limits,
    result_scale,
    set_title,
)
from entrap.studies.sweep.pages.reading import HOLD, WORDS, is_margin
from entrap.studies.sweep.sweep import Swept

Drawn = list[tuple[Any, Panel]]
"""Axes of matplotlib with what they show."""


def map_figure(swept: Swept, name: str) -> Figure:
    """A result over two axes, and over two more as panels; further ones are held in the middle."""
    maps = read_maps(swept, name)
    rows, columns = len(maps.panels), len(maps.panels[0])
    single = rows == columns == 1
    size = (8.6, 6.4) if single else (min(2.0 + 2.9 * columns, 13.5), min(2.4 + 2.3 * rows, 11.5))
    figure = Figure(figsize=size)
    grid: Any = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    drawn: Drawn = []
    for axes, panel in zip(grid.flat, itertools.chain(*maps.panels), strict=True):
        if panel is None:
            axes.remove()
        else:
            drawn.append((axes, panel))
    shown = result_scale(swept.data[name], np.stack([panel.values for _, panel in drawn]))
    colours, norm, extend = _colours(name, shown)
    x, y = maps.x.edges(), maps.y.edges()
    mesh: Any = None
    for (axes, panel), cells in zip(drawn, shown.values, strict=True):
        mesh = _draw(axes, panel, cells, (x, y), colours, norm)
        axes.set(xscale=maps.x.kind, yscale=maps.y.kind, xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        axes.set_title(panel.title, fontsize=11)
        axes.set_xlabel(maps.x.wrapped() if single else maps.x.short)
        axes.set_ylabel(maps.y.wrapped(44) if single else maps.y.short)
    for i, j in np.ndindex(rows, columns):
        last = i + 1 == rows or maps.panels[i + 1][j] is None
        grid[i, j].tick_params(labelbottom=last, labelleft=j == 0)
        grid[i, j].xaxis.label.set_visible(last)
        grid[i, j].yaxis.label.set_visible(j == 0)
    bar: Any = figure.colorbar(mesh, ax=[axes for axes, _ in drawn], extend=extend, aspect=30)
    bar.outline.set_visible(False)
    if is_margin(name):
        bounds = bar.norm.boundaries
        bar.set_ticks((bounds[1:] + bounds[:-1]) / 2, labels=[word for _, word, *_ in GRADES])
        bar.ax.tick_params(length=0)
        bar.ax.minorticks_off()
    else:
        bar.set_label(shown.short)
    against = "" if single else f"against {_named(maps.x)} and {_named(maps.y)}"
    set_title(figure, shown.declared, against, maps.note, _where_valid(drawn))
    below: Any = {"loc": "outside lower center", "ncols": 2, "handlelength": 2.6}
    handles = _legend(drawn)
    legend = figure.legend(handles=handles, **below)
    lay_out(figure)
    letters = _name_regions(figure, drawn, maps, 10.5 if single else 8.5)
    if letters:
        legend.remove()
        handles += [Line2D([], [], ls="none", label=text) for text in letters]
        figure.legend(handles=handles, **below)
        lay_out(figure)
    figure.set_layout_engine("none")  # once more as it is saved would take seconds
    return figure


def _draw(
    axes: Any, panel: Panel, cells: np.ndarray, edges: Any, colours: Any, norm: Normalize
) -> Any:
    """The cells, hatches where they have no number, and lines around where all assumptions hold."""
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    axes.set_facecolor(PAPER)
    if isinstance(norm, BoundaryNorm):
        cells = np.clip(cells, -2.5, 2.5)
    if isinstance(norm, LogNorm):  # a zero has no logarithm: it is below the scale
        cells = np.where(cells <= 0, float(norm.vmin or 1.0) / 10, cells)
    masked = np.ma.masked_invalid(cells)
    mesh = axes.pcolormesh(*edges, masked, rasterized=True, cmap=colours, norm=norm)
    middles = [np.concatenate([e[:1], (e[1:] + e[:-1]) / 2, e[-1:]]) for e in edges]
    for reason, blank in panel.blanks.items():
        if blank.any():
            padded = np.pad(blank.astype(float), 1, mode="edge")  # up to the frame
            hatch = BLANKS[reason][0]
            filled = axes.contourf(*middles, padded, [0.5, 1.5], colors="none", hatches=[hatch])
            filled.set_edgecolor(INK)
            filled.set_linewidth(0)
    if panel.kinds is not None:
        _lines(axes, borders(panel.kinds, *edges), 1.0, clip=True)
        _lines(axes, outline(panel.kinds == HOLD, *edges), 2.8, clip=False)
    return mesh


def _lines(axes: Any, lines: np.ndarray, width: float, *, clip: bool) -> None:
    """Black lines on a white rim: seen on any colour."""
    for colour, wide, order in (("white", width + 1.6, 3), (BLACK, width, 4)):
        collection = LineCollection(
            list(lines), colors=colour, linewidths=wide, capstyle="projecting", clip_on=clip,
            zorder=order + width / 10, rasterized=len(lines) > 4000,
        )  # fmt: skip
        axes.add_collection(collection, autolim=False)


def _name_regions(figure: Figure, drawn: Drawn, maps: Maps, font: float) -> list[str]:
    """Write into each region which assumption fails worst there, once the layout is known.

    Returns:
        What the letters mean that stand where a name has no room.
    """
    letters: dict[int, str] = {}
    for axes, panel in drawn:
        if panel.kinds is None:
            continue
        box = axes.get_window_extent()
        size = (box.width * 72 / figure.dpi, box.height * 72 / figure.dpi)
        words = {int(kind): WORDS[int(kind)] for kind in np.unique(panel.kinds) if kind != NONE}
        edges = _fractions(maps.x), _fractions(maps.y)
        for placed in names_inside(panel.kinds, words, *edges, size, font):
            if not placed.text and placed.kind == HOLD:
                continue  # its outline says so
            if not placed.text:
                letters.setdefault(placed.kind, chr(ord("a") + len(letters)))
            axes.text(
                placed.x, placed.y, placed.text or letters[placed.kind], transform=axes.transAxes,
                ha="center", va="center", fontsize=font, zorder=8, linespacing=1.1,
                fontweight="bold" if placed.kind == HOLD else "normal",
                bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", "alpha": 0.8},
            )  # fmt: skip
    return [f"{letter}: {WORDS[kind]}" for kind, letter in letters.items()]


def _fractions(shown: Scale) -> np.ndarray:
    """Edges of the cells as fractions of the axis."""
    edges = np.log(shown.edges()) if shown.log else shown.edges()
    return (edges - edges[0]) / (edges[-1] - edges[0])


def _colours(name: str, shown: Scale) -> tuple[Colormap | str, Normalize, str]:
    if is_margin(name):
        colours = ListedColormap([colour for _, _, colour, _ in GRADES])
        bounds = [-2.5, *(low for low, *_ in GRADES[1:]), 2.5]
        return colours, BoundaryNorm(bounds, len(GRADES)), "neither"
    low, high, extend = limits(shown.values, log=shown.log)
    return "viridis", LogNorm(low, high) if shown.log else Normalize(low, high), extend


def _where_valid(drawn: Drawn) -> str:
    """What no line can show: that all assumptions hold everywhere, or nowhere, or it is unknown."""
    holds = [panel.kinds == HOLD for _, panel in drawn if panel.kinds is not None]
    if not holds:
        return WORDS[None]
    if np.all(holds):
        return "all assumptions hold everywhere"
    return "" if np.any(holds) else "nowhere do all assumptions hold"


def _legend(drawn: Drawn) -> list[Any]:
    """What lines, hatches and names mean."""
    handles: list[Any] = []
    judged = [panel.kinds for _, panel in drawn if panel.kinds is not None]
    if any((kinds == HOLD).any() for kinds in judged):
        handles.append(Line2D([], [], color=BLACK, lw=2.8, label="inside, all assumptions hold"))
    if any((kinds >= 0).any() for kinds in judged):
        label = "by name: the assumption that fails worst there"
        handles.append(Line2D([], [], color=BLACK, lw=1.0, label=label))
    there = {r for _, panel in drawn for r, blank in panel.blanks.items() if blank.any()}
    return handles + [blank_patch(reason) for reason in BLANKS if reason in there]


def _named(shown: Scale) -> str:
    """An axis in a sentence, as in "T (temperature)"."""
    meaning = shown.declared.meaning
    return f"{shown.declared.symbol} ({meaning[:1].lower()}{meaning[1:]})"
