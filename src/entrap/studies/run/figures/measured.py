"""Measurements over the prediction of a run, and how far they lie from it."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.model.observables import OBSERVABLES, OF_EXPANSION
from entrap.report.labels import shown, typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREY,
    ORANGE,
    adjusted,
    draw,
    figure_for,
    styled,
)
from entrap.solve.protocol.bcs_curves import BcsCurves
from entrap.solve.protocol.results import Evolution
from entrap.studies.run.drawn import MEASURED
from entrap.studies.run.measured import PREDICTED, Measured, states

_ABOVE = 1.5  # how far above the readings what diverges is drawn


def measured_figures(
    run: Evolution, beside: BcsCurves, found: Measured, look: Look = LOOK
) -> dict[str, Figure]:
    """A figure for each observable that was measured, by file name."""
    names = [name for name in dict.fromkeys(found.data.quantity) if name in PREDICTED]
    with styled(look.style):
        made = {
            f"measured-{name.replace('_', '-')}": _measured(run, beside, found, name, look)
            for name in names
        }
        return adjusted(made, look)


def _measured(run: Evolution, beside: BcsCurves, found: Measured, name: str, look: Look) -> Figure:
    data, declared, of_time = found.data, OBSERVABLES[name].quantity, found.data.against == "time"
    chosen = np.ones(len(run.time), bool) if of_time else run.time >= run.protocol.hold
    at = (run.time if of_time else np.asarray(run.state.temperature))[chosen]
    own = {on: index for (of, on), index in found.series().items() if of == name}
    readings = [data.value[index] for index in own.values()]
    bars = [_deviations(found, index) for index in own.values()]
    low, high = (f(data.coordinate[np.concatenate([*own.values()])]) for f in (np.min, np.max))

    plain, mixed = states(run, beside, name, on=True)
    bare, _ = states(run, beside, name, on=False)
    curves = [np.asarray(getattr(state, name), float)[chosen] for state in (bare, plain, mixed)]
    top = _ABOVE * _largest([*readings, *(curve[(at >= low) & (at <= high)] for curve in curves)])
    curves = [np.where(curve > top, np.nan, curve) for curve in curves]
    unit, columns = shown(declared, *curves, *readings, *bars)
    (bare, plain, mixed), rest = columns[:3], columns[3:]

    stem = f"measured-{name.replace('_', '-')}"
    figure = figure_for(look, stem, 8.6, 6.4)
    axes, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    rows: list[tuple[Any, ...]] = [
        ("bare", bare, GREY, "-", "BCS, without a trap"),
        ("mixed", mixed, BLUE, "-", "BCS, with the trap and the entropy"),
        ("plain", plain, ORANGE, "-.", "BCS, with the trap, no entropy"),
    ]
    if name in OF_EXPANSION:
        rows = [
            ("bare", bare, GREY, "-", "expansion, without a trap"),
            ("mixed", mixed, BLUE, "-", "expansion, with the trap"),
        ]
    draw(axes, at, *rows, curves=look.curves(stem, MEASURED))
    for i, (on, index) in enumerate(own.items()):
        where, face = data.coordinate[index], BLACK if on else "white"
        read = data.limit[index] == 0
        axes.errorbar(
            where[read], rest[i][read], rest[len(own) + i][read], fmt="o", color=BLACK, mfc=face,
            ms=5, lw=1.2, label=f"read {'with' if on else 'without'} the trap", zorder=5,
        )  # fmt: skip
        _limits(axes, where[~read], rest[i][~read], data.limit[index][~read], face)
        # A cross over a disc: where both predict the same, both are seen.
        pairs = [(found.mixed, BLUE, "o")] if on else []
        pairs += [] if on and name in OF_EXPANSION else [(found.plain, ORANGE if on else GREY, "x")]
        for predicted, colour, mark in pairs:
            apart = found.deviations(predicted)[index]
            below.plot(where, apart, mark, color=colour, ms=6, mew=1.6)
    below.axhspan(-2, 2, color="#efefef", lw=0, zorder=0)
    below.axhline(0, color=BLACK, lw=0.8)
    below.set_ylabel("Residual (σ)")
    below.set_xlabel("Time since the trap went on (s)" if of_time else "Temperature T (K)")
    axes.set_ylabel(typeset(declared.symbol + (f" ({unit})" if unit else "")))
    axes.set_title(typeset(declared.meaning), loc="left")
    room = 0.04 * (high - low) or 0.04 * abs(high)
    axes.set_xlim(max(low - room, 0.0), high + room)
    below.margins(y=0.12)
    figure.align_ylabels()
    handles, labels = axes.get_legend_handles_labels()
    if data.limit[np.concatenate([*own.values()])].any():
        handles.append(Line2D([], [], color=BLACK, marker=r"$\downarrow$", ls="", ms=10))
        labels.append("limit")
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _limits(axes: Any, at: np.ndarray, values: np.ndarray, sides: np.ndarray, face: str) -> None:
    """Arrows from each limit to the side on which the true value lies; > 0 is below it."""
    for where, value, side in zip(at, values, sides, strict=True):
        axes.annotate(
            "", (where, value), (0, -24 if side > 0 else 24), textcoords="offset points", zorder=5,
            arrowprops={"arrowstyle": "<|-,head_length=0.5", "lw": 1.4, "color": BLACK, "fc": face,
            "shrinkA": 0, "shrinkB": 0},
        )  # fmt: skip


def _deviations(found: Measured, index: np.ndarray) -> np.ndarray:
    """One standard deviation of readings; the relative part is of the reading itself."""
    data = found.data
    return np.hypot(data.absolute[index], data.relative[index] * data.value[index])


def _largest(columns: list[np.ndarray]) -> float:
    """Nine tenths of what each column has lie below the largest of these."""
    finite = [column[np.isfinite(column)] for column in columns]
    return max(float(np.quantile(column, 0.9)) for column in finite if len(column))
