"""The posterior as a corner plot: each number, and each pair of numbers."""

import logging
import warnings
from typing import Any

import numpy as np
from matplotlib import rc_context, rcParams
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, ScalarFormatter

from entrap.case.priors import Prior
from entrap.report.labels import typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import BLUE, GREY, figure_for, paler
from entrap.studies.fit.pages.words import Letter, digits, drawable, letters_of, shown
from entrap.studies.fit.posterior import Posterior, Summary

_MOST = 8  # numbers that are drawn
_SAME = 1e-9  # of itself, by which a number varies that has no width to be drawn
_END = 0.15  # of an axis at either end, where no number stands
_SHARES = (0.5, 0.9)
_RATIO = "mixture.valence_ratio"  # L = ln(1 + n_v/n_c) says the same


def corner_figure(p: Posterior, look: Look = LOOK) -> Figure:
    """Marginal posteriors of numbers and of pairs, in the units in which they are quoted."""
    import corner

    table = {key: summary for key, summary in p.table().items() if key in drawn_keys(p)}
    units, columns = {}, {}
    for key, summary in table.items():
        units[key], (columns[key],) = shown(summary.declared, p.draws[key].ravel())
    symbols, count = letters_of(p), len(table)
    size = max((1.9 if count < 6 else 1.6) * count + 0.9, 4.4)
    with rc_context({"figure.constrained_layout.use": False}):  # corner lays out by itself
        figure = figure_for(look, f"corner-{p.hypothesis.name}", max(size, 7.0), size)
    ranges = [_range(column) for column in columns.values()]
    labels = [
        symbols[key].drawn + (f" ({typeset(unit)})" if unit else "") for key, unit in units.items()
    ]
    plain = logging.getLogger()
    before = plain.level
    plain.setLevel(logging.ERROR)  # it warns of contours that no draw reaches
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            corner.corner(
                np.stack(list(columns.values()), axis=-1), fig=figure, bins=24, range=ranges,
                color=BLUE, smooth=1.0, levels=_SHARES, plot_datapoints=False, fill_contours=True,
                contourf_kwargs={"colors": ["white", paler(BLUE, 0.3), paler(BLUE, 0.65)]},
                quantiles=(0.05, 0.5, 0.95), max_n_ticks=3, labelpad=0.05, labels=labels,
                hist_kwargs={"density": True, "linewidth": 1.6}, contour_kwargs={"linewidths": 1.2},
            )  # fmt: skip
    finally:
        plain.setLevel(before)
    grid = np.array(figure.axes).reshape(count, count)
    letters = rcParams["font.size"] / 12
    wide, high = figure.get_size_inches() / letters
    panel = (high - 1.7) * letters / (1.05 * count)  # about its side in inches
    for place, (key, summary) in enumerate(table.items()):
        axes = grid[place, place]
        axes.set_title(_title(symbols[key], summary), fontsize="small")
        if summary.prior is not None:
            factor = _factor(p.draws[key].ravel(), columns[key])
            _prior(axes, summary.prior, factor, ranges[place])
    for axes in figure.axes:
        axes.grid(visible=False)
        axes.tick_params(labelsize="x-small")
        if not axes.get_frame_on():
            continue  # above the diagonal, where corner draws nothing
        for axis in (axes.xaxis, axes.yaxis):
            if not isinstance(axis.get_major_formatter(), NullFormatter):
                axis.set_major_locator(_Inner(3))
                axis.set_major_formatter(ScalarFormatter(useOffset=False))
                for text in axis.get_ticklabels():
                    text.set_rotation(0)
        axes.xaxis.set_label_coords(0.5, -0.38 * letters / panel)
        axes.yaxis.set_label_coords(-0.62 * letters / panel, 0.5)
        for side in ("top", "right"):
            axes.spines[side].set_visible(True)
    figure.subplots_adjust(left=0.95 / wide, bottom=0.75 / high, top=1 - 0.75 / high)
    figure.text(
        0.99, 1 - 0.2 / high, f"{p.hypothesis.entry.label}: {drawable(p.hypothesis.entry.meaning)}",
        ha="right", va="top",
    )  # fmt: skip
    return figure


class _Inner(MaxNLocator):
    """Two or three ticks away from the ends, where their numbers would touch the next panel's."""

    def tick_values(self, vmin: float, vmax: float) -> np.ndarray:
        room, inside = _END * (vmax - vmin), np.zeros(0)
        for steps in (3, 4, 5, 6, 8):
            self.set_params(nbins=steps)
            ticks = np.asarray(super().tick_values(vmin, vmax))
            inside = ticks[(ticks > vmin + room) & (ticks < vmax - room)]
            if len(inside) > 1:
                break
        return inside[::2] if len(inside) > 3 else inside


def drawn_keys(p: Posterior) -> tuple[str, ...]:
    """Numbers that are drawn: those with a density of their own, the sample's numbers first."""
    keys = [
        key
        for key, draws in p.draws.items()
        if np.isfinite(draws).all() and np.ptp(draws) > _SAME * np.abs(draws).max()
    ]
    if "log_mixing_ratio" in keys and _RATIO in keys:
        keys.remove(_RATIO)
    first = sorted(keys, key=lambda key: key.startswith(("data.", "fit.")))
    kept = first[:_MOST]
    return tuple(key for key in keys if key in kept)


def _title(letter: Letter, summary: Summary) -> str:
    low, high = summary.intervals[-1]
    unit, (column,) = shown(summary.declared, [summary.median, low, high])
    median, below, above = column
    middle, up, down = digits([median, above - median, median - below], float(above - below))
    # Two lines for what would be too wide.
    equals = "\n" if letter.of or unit.startswith("10") else " = "
    return f"{letter.drawn}{equals}${middle}^{{+{up}}}_{{-{down}}}$ {typeset(unit)}".rstrip()


def _range(column: np.ndarray) -> tuple[float, float]:
    """Where nearly all draws are."""
    low, high = np.quantile(column, (0.002, 0.998))
    room = 0.06 * (high - low) or abs(high) or 1.0
    return float(low - room), float(high + room)


def _factor(draws: np.ndarray, column: np.ndarray) -> float:
    """From SI to what is drawn."""
    largest = int(np.abs(draws).argmax())
    return float(column[largest] / draws[largest])


def _prior(axes: Any, prior: Prior, factor: float, ends: tuple[float, float]) -> None:
    """Draw the prior's density within the ends."""
    shares = np.linspace(0.0005, 0.9995, 400)
    x = factor * np.array([prior.quantile(share) for share in shares])
    density = np.diff(shares) / np.diff(x)
    middle = 0.5 * (x[1:] + x[:-1])
    inside = (middle > ends[0]) & (middle < ends[1])
    at, height = middle[inside], density[inside]
    if inside.sum() < 2:  # so wide that it is flat here
        at, height = np.array(ends), np.interp(ends, middle, density, left=0.0, right=0.0)
    axes.plot(at, height, color=GREY, ls=":", lw=1.6)
    axes.set_xlim(ends)
