"""Data over the predictions of each hypothesis, and the residuals."""

import dataclasses
from functools import partial
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import quoted, typeset
from entrap.report.look import Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    Curves,
    Panel,
    figure_for,
    paler,
)
from entrap.studies.fit.drawn import LABELS
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.pages.words import drawable, shown
from entrap.studies.fit.posterior import Posterior

_GROUPS = 4  # in one figure
_WIDE = 100.0  # largest over smallest from which an axis is logarithmic
_SHOWN = 6.0  # residuals beyond are drawn at the edge
_MOST = 3  # hypotheses that are drawn, unless others are asked for
_STYLES: tuple[tuple[str, Any], ...] = (
    (BLUE, "-"),
    (RED, (0, (6, 2))),
    (GREEN, "-."),
    (ORANGE, (0, (3, 1, 1, 1))),
    (GREY, ":"),
)

_WIDTHS = (2.8, 1.2, 1.6, 2.0, 2.4)  # of each: the last is drawn first, but for the first of all

Key = tuple[str, bool, str]
"""Quantity of a series, whether the trap is on, and its group."""


@dataclasses.dataclass(frozen=True)
class _Panel:
    """A series and where it is drawn."""

    key: Key
    index: np.ndarray
    axes: Any
    below: Any


def contenders(found: Fitted, curves: Curves = None) -> tuple[str, ...]:
    """Hypotheses that are drawn: the most probable, and the best of the other kinds.

    Or those with these labels, the most probable first.
    """
    names = [row.name for row in found.comparison.rows if row.name in found.posteriors]
    if curves is not None:
        return tuple(n for n in names if HYPOTHESES[n].label in curves)[: len(_STYLES)]
    first = names[0]
    entropic = [name for name in names if HYPOTHESES[name].entropy]
    others = [] if first in entropic else entropic[:1]
    others += [name for name in HYPOTHESES if name in names and name not in (first, *entropic)]
    return (first, *(others or names[1:]))[:_MOST]


def prediction_figures(found: Fitted, look: Look) -> dict[str, Figure]:
    """A figure for each quantity that was measured, with the names of their files."""
    series, made = found.data.series(), {}
    for name in dict.fromkeys(found.data.quantity):
        groups = list(dict.fromkeys(key[2] for key in series if key[0] == name))
        for start in range(0, len(groups), _GROUPS):
            stem = f"predictive-{name.replace('_', '-')}"
            behind = f"-{start // _GROUPS + 1}" if len(groups) > _GROUPS else ""
            part = groups[start : start + _GROUPS]
            made[stem + behind] = _figure(found, stem + behind, name, part, look)
    return made


def prediction_panels(found: Fitted) -> dict[str, Panel]:
    """Data over predictions, by the name of the quantity, the trap and, of several, the group."""
    made = {}
    for key in found.data.series():
        name, on, group = key
        parts = [name, "with-trap" if on else "bare", *([group] if _several(found) else [])]
        made["-".join(parts)] = Panel(partial(_alone, found, key), LABELS)
    return made


def _several(found: Fitted) -> bool:
    return len(found.data.groups) > 1


def _alone(found: Fitted, key: Key, axes: Any, curves: Curves) -> None:
    """A series without its residuals, with a legend of its own."""
    names = contenders(found, curves)
    panel = _Panel(key, found.data.series()[key], axes, None)
    unit = _panels(found, [panel], names)
    axes.set_ylabel(unit)
    axes.set_xlabel(_along(found))
    limited = bool(found.data.limit[panel.index].any())
    axes.legend(handles=_keys(names, limited, beyond=False))


def _figure(found: Fitted, file: str, name: str, groups: list[str], look: Look) -> Figure:
    series = {k: i for k, i in found.data.series().items() if k[0] == name and k[2] in groups}
    names = contenders(found, look.curves(file, LABELS))
    # A row for each group; where one lacks a state of the trap, two panels a row as they come.
    states = len({on for _, on, _ in series})
    whole = len(series) == states * len(groups)
    columns = states if whole else 2
    keys = sorted(series, key=lambda key: (groups.index(key[2]), key[1]))
    rows = -(-len(keys) // columns)
    figure = figure_for(look, file, 9.4 if columns > 1 else 7.6, 1.1 + 3.9 * rows)
    grid: Any = figure.subplots(2 * rows, columns, squeeze=False, height_ratios=[3.0, 1.0] * rows)
    panels = []
    for place in range(rows * columns):
        axes, below = (grid[2 * (place // columns) + i, place % columns] for i in (0, 1))
        if place >= len(keys):
            axes.remove()
            below.remove()
            continue
        below.sharex(axes)
        axes.tick_params(labelbottom=False)
        panels.append(_Panel(keys[place], series[keys[place]], axes, below))
    for group in groups:
        pair = [panel for panel in panels if panel.key[2] == group]
        label = _panels(found, pair, names)
        pair[0].axes.set_ylabel(label)
        pair[0].below.set_ylabel("Residual (σ)", fontsize="small")
    for place, panel in enumerate(panels):
        if place + columns >= len(panels):
            panel.below.set_xlabel(_along(found))
    figure.align_ylabels()
    limited = bool(found.data.limit[np.concatenate(list(series.values()))].any())
    beyond = any(
        line.get_marker() in ("^", "v") and len(line.get_xdata())
        for panel in panels
        for line in panel.below.get_lines()
    )
    figure.legend(handles=_keys(names, limited, beyond), loc="outside lower center", ncols=2)
    return figure


def _along(found: Fitted) -> str:
    warm = found.data.against == "temperature"
    return "Temperature T (K)" if warm else "Time since the trap went on (s)"


def _panels(found: Fitted, panels: list[_Panel], names: tuple[str, ...]) -> str:
    """Draw the series of a group with axes of one height; give the label of these."""
    name = panels[0].key[0]
    declared = OBSERVABLES[name].quantity
    unit, factor = _unit(found, name, declared)
    for panel in panels:
        _draw(found, panel, names, factor)
        trap = "with the trap" if panel.key[1] else "without the trap"
        group = f"{drawable(panel.key[2])}, " if _several(found) else ""
        panel.axes.set_title(group + trap, loc="left")
    _same_height(found, panels, declared, factor)
    return typeset(declared.symbol) + (f" ({unit})" if unit else "")


def _draw(found: Fitted, panel: _Panel, names: tuple[str, ...], factor: float) -> None:
    data, index = found.data, panel.index
    values, at = data.value[index], data.coordinate[index]
    plain = data.limit[index] == 0
    deviation = data.absolute[index]
    for name, (colour, style) in reversed(list(zip(names, _STYLES, strict=False))):
        band = found.bands[name][panel.key]
        low, lower, middle, upper, high = np.where(
            np.isfinite(band.quantiles), factor * band.quantiles, np.nan
        )
        x, first = band.coordinate, name == names[0]
        if first:
            for ends, share in (((low, high), 0.2), ((lower, upper), 0.4)):
                panel.axes.fill_between(x, *ends, color=paler(colour, share), lw=0, zorder=1)
        elif np.nanmax(high - low, initial=0.0) > 0.03 * factor * np.ptp(values):
            for end in (low, high):  # as lines, which hide nothing
                panel.axes.plot(x, end, color=colour, ls=(0, (1, 2)), lw=0.9, zorder=2.2)
        # The thinner lie above the thicker: what predicts the same is seen all the same.
        width, order = _WIDTHS[names.index(name)], 3 - 0.1 * (name == names[0])
        panel.axes.plot(x, middle, color=colour, ls=style, lw=width, zorder=order)
        mean, deviation = _at_points(found, found.posteriors[name], index)
        if panel.below is not None:
            residuals = (values - mean)[plain] / deviation[plain]
            look = {"marker": "o", "ms": 4.5} if first else {"marker": "x", "ms": 5}
            _residuals(panel.below, at[plain], residuals, {"color": colour, "ls": "", **look})
    # The bars are of the most probable hypothesis, which is drawn last.
    panel.axes.errorbar(
        at[plain], factor * values[plain], yerr=factor * np.nan_to_num(deviation[plain]), fmt="o",
        color=BLACK, ms=4.5, lw=1.2, zorder=5,
    )  # fmt: skip
    if panel.below is not None:
        panel.below.axhspan(-2, 2, color="#efefef", lw=0, zorder=0)
        panel.below.axhline(0, color=BLACK, lw=0.8)
        panel.below.set_ylim(-1.15 * _SHOWN, 1.15 * _SHOWN)
        panel.below.set_yticks([-5, 0, 5])
    if at.min() > 0 and at.max() > _WIDE * at.min() and data.against == "time":
        panel.axes.set_xscale("log")


def _residuals(axes: Any, at: np.ndarray, residuals: np.ndarray, look: dict[str, Any]) -> None:
    """Residuals in σ; a triangle at the edge points to those beyond it."""
    inside = np.abs(residuals) <= _SHOWN
    axes.plot(at[inside], residuals[inside], **look)
    for side, marker in ((1.0, "^"), (-1.0, "v")):
        beyond = side * residuals > _SHOWN
        axes.plot(at[beyond], np.full(beyond.sum(), side * _SHOWN), **look | {"marker": marker})


def _at_points(found: Fitted, p: Posterior, index: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Median prediction at points, and one standard deviation of a reading there [SI]."""
    made = p.predictive[..., index].reshape(-1, len(index))
    with np.errstate(invalid="ignore"):
        median = np.quantile(made, 0.5, axis=0, method="inverted_cdf")
    data = found.data
    scale = p.at(0.5).get("fit.noise_scale", Fit.of(found.case).noise_scale)
    return median, scale * np.hypot(data.absolute[index], data.relative[index] * median)


def _unit(found: Fitted, name: str, declared: Quantity) -> tuple[str, float]:
    """The unit that suits a quantity's readings, and the factor to it from SI."""
    data = found.data
    of = np.array([quantity == name for quantity in data.quantity])
    read = of & (data.limit == 0)
    column = data.value[read if read.any() else of]
    largest = column[np.abs(column).argmax()]
    unit, (made, _) = shown(declared, largest or 1.0, column)
    return unit, float(made) / (float(largest) or 1.0)


def _same_height(found: Fitted, panels: list[_Panel], declared: Quantity, factor: float) -> None:
    """The same axis for all panels, from the lowest to the highest reading with its error bar.

    It is logarithmic if that is wide. Limits beyond it are drawn at its edge, with their value.
    """
    data = found.data
    index = np.concatenate([panel.index for panel in panels])
    of = index[data.limit[index] == 0] if (data.limit[index] == 0).any() else index
    values = data.value[of]
    bar = np.hypot(data.absolute[of], data.relative[of] * values)
    low, high = factor * (values - bar).min(), factor * (values + bar).max()
    if low <= 0 < values.min():
        low = min(0.7 * factor * values.min(), high)
    wide = low > 0 and high > _WIDE * low
    room = 0.08 * (high - low) or abs(high) or 1.0
    ends = (low / 1.3, high * 1.3) if wide else (low - room, high + room)
    for panel in panels:
        if wide:
            panel.axes.set_yscale("log")
        panel.axes.set_ylim(ends)
        _limits(found, panel, factor, declared)
        if panel is not panels[0]:
            panel.axes.tick_params(labelleft=False)
            if panel.below is not None:
                panel.below.tick_params(labelleft=False)


def _limits(found: Fitted, panel: _Panel, factor: float, declared: Quantity) -> None:
    """Arrows from each limit to the side on which the true value lies."""
    data, (low, high) = found.data, panel.axes.get_ylim()
    right = np.mean(panel.axes.get_xlim())
    for i in panel.index[data.limit[panel.index] != 0]:
        value, below = factor * data.value[i], data.limit[i] > 0
        at = data.coordinate[i], min(max(value, low), high)
        if not low < value < high:
            side = -1 if at[0] > right else 1
            panel.axes.annotate(
                f"{'<' if below else '>'} {quoted(declared, float(data.value[i]), 3)}", at,
                (7 * side, -6 if below else 6), textcoords="offset points", fontsize="small",
                bbox={"facecolor": "white", "lw": 0, "pad": 1.0},
                ha="right" if side < 0 else "left", va="top" if below else "bottom",
            )  # fmt: skip
        panel.axes.annotate(
            "", (at[0], at[1]), (0, -24 if below else 24), textcoords="offset points",
            arrowprops={"arrowstyle": "<|-,head_length=0.5", "lw": 1.4, "color": BLACK,
            "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip


def _keys(names: tuple[str, ...], limited: bool, beyond: bool) -> list[Any]:
    labels = [f"{HYPOTHESES[name].label}: {HYPOTHESES[name].meaning}" for name in names]
    if names:
        labels[0] += " (most probable)"
    lines = zip(labels, _STYLES, strict=False)
    handles: list[Any] = [Line2D([], [], color=c, ls=dash, label=text) for text, (c, dash) in lines]
    handles.append(Line2D([], [], color=BLACK, marker="o", ls="", ms=5, label="data, ±1 σ"))
    if limited:
        arrow = "$\\downarrow$"
        handles.append(Line2D([], [], color=BLACK, marker=arrow, ls="", ms=10, label="limit"))
    if beyond:
        text = f"residual beyond ±{_SHOWN:g} σ"
        handles.append(Line2D([], [], color=BLACK, marker="^", ls="", ms=5, label=text))
    if names:
        share = "50 and 90 % of the predictions"
        handles.append(Patch(facecolor=paler(BLUE, 0.35), lw=0, label=share))
    if len(names) > 1:
        dots = {"color": RED, "lw": 0.9, "ls": (0, (1, 2))}
        handles.append(Line2D([], [], **dots, label="90 % of those of the others"))
    return handles
