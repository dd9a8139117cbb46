"""Maps of a sweep: a result over two axes, where the theory holds, and what fails elsewhere."""

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap, LogNorm, Normalize
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.report.grades import GRADES
from entrap.report.look import LOOK, Look
from entrap.report.style import BLACK, Curves, adjust, figure_for
from entrap.studies.sweep.figures import scales
from entrap.studies.sweep.figures.panels import Maps, Panel, read_maps
from entrap.studies.sweep.figures.regions import borders, names_inside, outline
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.sweep import Swept

_ROOM = 0.05  # of the axes, between the frame and the value on a contour
_POINTS = 200  # of a contour, among which the place of its value is chosen
_APART = 0.08  # between the values of two lines, as a share of the axes

Drawn = list[tuple[Any, Panel]]
"""Axes of matplotlib with what they show."""


def map_panel(swept: Swept, name: str, axes: Any, curves: Curves) -> None:
    """A result over two axes, the others held in the middle, with a scale of colours beside it."""
    del curves
    maps = read_maps(swept, name, 2)
    ((panel,),) = maps.panels
    assert panel is not None
    shown = scales.result_scale(swept.data[name], panel.values, scales.COLOURS)
    colours, norm, extend = _colours(name, shown)
    mesh = _draw(axes, panel, shown.values, maps, colours, norm)
    axes.set(xlabel=maps.x.wrapped(44), ylabel=maps.y.wrapped(44))
    bar: Any = axes.figure.colorbar(mesh, ax=axes, extend=extend, aspect=30)
    _finish(bar, swept, name, shown, panel.values)
    _contour(bar, [(axes, panel)], [shown.values], maps)
    axes.set_title("\n".join(filter(None, (scales.title(shown.declared, width=60), maps.note))))
    axes.figure.draw_without_rendering()  # gives the axes their place
    letters = _name_regions(axes.figure, [(axes, panel)], maps, scales.small())
    handles = _legend([(axes, panel)], panel.kinds)
    handles += [Line2D([], [], ls="none", label=text) for text in letters]
    if handles:
        axes.legend(handles=handles, loc="upper center", bbox_to_anchor=(0.5, -0.14), ncols=2)


def map_figure(swept: Swept, name: str, look: Look = LOOK) -> Figure:
    """A result over two axes, and over two more as panels; further ones are held in the middle."""
    maps, file = read_maps(swept, name), f"map-{name.replace('_', '-')}"
    rows, columns = len(maps.panels), len(maps.panels[0])
    single = rows == columns == 1
    size = (8.6, 6.4) if single else (min(2.0 + 2.9 * columns, 13.5), min(2.4 + 2.3 * rows, 11.5))
    figure = figure_for(look, file, *size)
    grid: Any = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    drawn: Drawn = []
    for axes, panel in zip(grid.flat, itertools.chain(*maps.panels), strict=True):
        if panel is None:
            axes.remove()
        else:
            drawn.append((axes, panel))
    values = np.stack([panel.values for _, panel in drawn])
    shown = scales.result_scale(swept.data[name], values, scales.COLOURS)
    colours, norm, extend = _colours(name, shown)
    mesh: Any = None
    for (axes, panel), cells in zip(drawn, shown.values, strict=True):
        mesh = _draw(axes, panel, cells, maps, colours, norm)
        axes.set_title(panel.title)
        axes.set_xlabel(maps.x.wrapped() if single else maps.x.short)
        axes.set_ylabel(maps.y.wrapped(44) if single else maps.y.short)
    for i, j in np.ndindex(rows, columns):
        last = i + 1 == rows or maps.panels[i + 1][j] is None
        grid[i, j].tick_params(labelbottom=last, labelleft=j == 0)
        grid[i, j].xaxis.label.set_visible(last)
        grid[i, j].yaxis.label.set_visible(j == 0)
    bar: Any = figure.colorbar(mesh, ax=[axes for axes, _ in drawn], extend=extend, aspect=30)
    _finish(bar, swept, name, shown, values)
    _contour(bar, drawn, shown.values, maps)
    against = "" if single else f"against {_named(maps.x)} and {_named(maps.y)}"
    kinds = np.stack([panel.kinds for _, panel in drawn])
    holds = reading.WORDS[None]
    if reading.tells_verdicts(swept):  # what no line can show
        some = "" if (kinds == reading.HOLD).any() else "nowhere do all assumptions hold"
        holds = "all assumptions hold everywhere" if (kinds == reading.HOLD).all() else some
    scales.set_title(figure, shown.declared, against, maps.note, holds)
    adjust(figure, file, look)
    font = scales.small() * (1.0 if single else 0.85)
    scales.lay_out(figure, _legend(drawn, kinds), lambda: _name_regions(figure, drawn, maps, font))
    return figure


def _finish(bar: Any, swept: Swept, name: str, shown: scales.Scale, values: np.ndarray) -> None:
    """Label a scale of colours."""
    bar.outline.set_visible(False)
    if reading.is_margin(name):
        bounds = bar.norm.boundaries
        bar.set_ticks((bounds[1:] + bounds[:-1]) / 2, labels=[word for _, word, *_ in GRADES])
        bar.ax.tick_params(length=0)
        bar.ax.minorticks_off()
    else:
        bar.set_label(shown.short + reading.bound_words(swept, name, values))


def _contour(bar: Any, drawn: Drawn, values: Any, maps: Maps) -> None:
    """Lines along which the result has the value of a tick of the scale, with that value."""
    if isinstance(bar.norm, BoundaryNorm):
        return
    low, high = bar.vmin, bar.vmax
    levels = [tick for tick in bar.get_ticks() if low < tick < high]
    ink = ["white" if bar.norm(level) < 0.6 else "#333333" for level in levels]
    for (axes, _), cells in zip(drawn, values, strict=True):
        there = np.ma.masked_invalid(cells)
        if min(cells.shape) < 2 or not levels or not _crossed(there, levels):
            continue
        look: Any = {"colors": ink, "linewidths": 0.8, "linestyles": "-"}
        lines = axes.contour(maps.x.values, maps.y.values, there, levels, **look)
        font = scales.small() * 0.85
        places = [*_midway(axes, lines)]
        axes.clabel(lines, fontsize=font, fmt=lambda level: f"{level:g}", manual=places)


def _midway(axes: Any, lines: Any) -> Iterator[tuple[float, float]]:
    """Of each line the point farthest from the frame and all other lines, if a value has room."""
    there = axes.transData - axes.transAxes
    paths = [path.vertices[:: len(path.vertices) // _POINTS + 1] for path in lines.get_paths()]
    places = [there.transform(path) if len(path) else np.empty((0, 2)) for path in paths]
    taken = np.empty((0, 2))
    for i, (path, at) in enumerate(zip(paths, places, strict=True)):
        if not len(at):
            continue
        room = np.minimum(at, 1 - at).min(axis=1)
        apart = _distance(at, np.vstack([at[:0], *places[:i], *places[i + 1 :]]))
        free = (room > _ROOM) & (_distance(at, taken) > _APART)
        best = int(np.where(free, np.minimum(room, apart), -1.0).argmax())
        if free[best]:
            taken = np.vstack([taken, at[best]])
            x, y = path[best]
            yield float(x), float(y)


def _distance(at: np.ndarray, others: np.ndarray) -> np.ndarray:
    """From each point to the nearest of others."""
    return np.hypot(*(at[:, None] - others).T).min(axis=0, initial=np.inf)


def _crossed(values: Any, levels: list[float]) -> bool:
    """Whether values lie on both sides of any of these levels."""
    low, high = values.min(), values.max()
    return any(low < level < high for level in levels)


def _draw(
    axes: Any, panel: Panel, cells: np.ndarray, maps: Maps, colours: Any, norm: Normalize
) -> Any:
    """The cells, hatches where they have no number, and lines around where all assumptions hold."""
    x, y = edges = maps.x.edges(), maps.y.edges()
    axes.set(xscale=maps.x.kind, yscale=maps.y.kind, xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    axes.grid(visible=False)
    axes.spines[:].set_visible(True)
    axes.set_facecolor(scales.PAPER)
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
            hatch = scales.BLANKS[reason][0]
            filled = axes.contourf(*middles, padded, [0.5, 1.5], colors="none", hatches=[hatch])
            filled.set_edgecolor(scales.INK)
            filled.set_linewidth(0)
    _lines(axes, borders(panel.kinds, *edges), 1.0, clip=True)
    _lines(axes, outline(panel.kinds == reading.HOLD, *edges), 2.8, clip=False)
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
    """Write into each region which assumption fails worst there; say what letters mean for it."""
    letters: dict[int, str] = {}
    for axes, panel in drawn:
        box = axes.get_window_extent()
        size = (box.width * 72 / figure.dpi, box.height * 72 / figure.dpi)
        kinds = sorted({int(kind) for kind in np.unique(panel.kinds)} - {reading.MISSING})
        words = {kind: reading.WORDS[kind] for kind in kinds}
        edges = _fractions(axes, maps)
        for placed in names_inside(panel.kinds, words, *edges, size, font):
            if not placed.text and placed.kind == reading.HOLD:
                continue  # its outline says so
            if not placed.text:
                letters.setdefault(placed.kind, str(len(letters) + 1))
            axes.text(
                placed.x, placed.y, placed.text or letters[placed.kind], transform=axes.transAxes,
                ha="center", va="center", fontsize=font, zorder=8, linespacing=1.1,
                fontweight="bold" if placed.kind == reading.HOLD else "normal",
                bbox={"boxstyle": "round,pad=0.15", "fc": "white", "ec": "none", },
            )  # fmt: skip
    return [f"{letter}: {reading.WORDS[kind]}" for kind, letter in letters.items()]


def _fractions(axes: Any, maps: Maps) -> tuple[np.ndarray, np.ndarray]:
    """Edges of the cells as fractions of the width and of the height of axes."""
    x, y = maps.x.edges(), maps.y.edges()
    both = axes.transData - axes.transAxes
    right = both.transform(np.column_stack([x, np.full_like(x, y[0])]))[:, 0]
    up = both.transform(np.column_stack([np.full_like(y, x[0]), y]))[:, 1]
    return right, up


def _colours(name: str, shown: scales.Scale) -> tuple[Colormap | str, Normalize, str]:
    if reading.is_margin(name):
        colours = ListedColormap([colour for _, _, colour, _ in GRADES])
        bounds = [-2.5, *(low for low, *_ in GRADES[1:]), 2.5]
        return colours, BoundaryNorm(bounds, len(GRADES)), "neither"
    low, high, extend = scales.limits(shown.values, log=shown.log, room=scales.COLOURS)
    return "viridis", LogNorm(low, high) if shown.log else Normalize(low, high), extend


def _legend(drawn: Drawn, kinds: np.ndarray) -> list[Any]:
    """What lines, hatches and names mean."""
    handles: list[Any] = []
    if (kinds == reading.HOLD).any():
        handles.append(Line2D([], [], color=BLACK, lw=2.8, label="inside, all assumptions hold"))
    if (kinds >= 0).any():
        label = "by name: the assumption that fails worst there"
        parted = len(np.unique(kinds)) > 1  # else there is no line
        handles.append(Line2D([], [], color=BLACK, lw=1.0 if parted else 0.0, label=label))
    there = {r for _, panel in drawn for r, blank in panel.blanks.items() if blank.any()}
    return handles + [scales.blank_patch(reason) for reason in scales.BLANKS if reason in there]


def _named(shown: scales.Scale) -> str:
    """An axis in a sentence, as in "T (temperature)"."""
    meaning = shown.declared.meaning
    return f"{shown.declared.symbol} ({meaning[:1].lower()}{meaning[1:]})"
