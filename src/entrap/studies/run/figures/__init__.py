"""Figures of an evolution, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from entrap.case.case import Case
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantity_of
from entrap.model.observables import OBSERVABLES, SUMMARISED
from entrap.report.labels import percent, scaled, typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    Curves,
    Panel,
    adjusted,
    draw,
    figure_for,
    legend_below,
    margin_bars,
    styled,
    widen,
)
from entrap.solve.protocol.bcs_curves import BcsCurves, bcs_curves
from entrap.solve.protocol.results import Evolution
from entrap.studies.run.drawn import DENSITIES, FREE_ENERGY, OBSERVABLE
from entrap.studies.run.energies import free_energies

_SHADES = {
    "emptying": "#fdf0e6", "pinned": "#f3f3f3", "released": "#e7f1f8", "saturated": "#eef5ea",
    "normal": "#ffffff",
}  # fmt: skip
_SHADED = {"pinned": "n_s is held", "released": "n_s follows the minimum of F"}
_SEEN = 0.01  # share of the warming from which a shade is wide enough to be seen
_SHARE = "Share of the conduction electrons"
_WIDE = 30.0  # largest over smallest from which the axis of what diverges is logarithmic
_NARROW = 0.05  # share of the electrons below which the axis of densities is logarithmic


def evolution_figures(run: Evolution, beside: BcsCurves, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of an evolution with plain BCS beside it, by file name."""
    with styled(look.style):
        made = {
            "observables": _observables(run, beside, look),
            "free-energy": _free_energies(run, look),
            "densities": _densities(run, look),
            "margins": _margins(run, look),
        }
        return adjusted(made, look)


def figures_of(run: Evolution, look: Look = LOOK) -> dict[str, Figure]:
    """The same, with plain BCS as computed here."""
    return evolution_figures(run, bcs_curves(run), look)


def panels(run: Evolution) -> dict[str, Panel]:
    """What can be drawn of an evolution, by name."""
    made = {
        "free-energy": Panel(partial(_free_energy, run), FREE_ENERGY),
        "densities": Panel(partial(_on_warming, run), DENSITIES),
        "margins": Panel(partial(_trusted, run), (), (9.0, 5.2)),
    }
    for name in SUMMARISED:
        made[name] = Panel(partial(_observable, run, None, name), OBSERVABLE)
    return made


def _free_energies(run: Evolution, look: Look) -> Figure:
    figure = figure_for(look, "free-energy", 8.0, 5.4)
    axes = figure.subplots()
    _free_energy(run, axes, look.curves("free-energy", FREE_ENERGY))
    handles = axes.get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2, handlelength=3.2)
    return figure


def _free_energy(run: Evolution, axes: Any, curves: Curves) -> None:
    material, found = run.case.material, free_energies(run)
    n_c = material.conduction_density
    unit = n_c * BOLTZMANN * material.critical_temperature
    x, share = found.superfluid_density / n_c, run.state.superfluid_density.max() / n_c
    start, rest = found.temperature[0], found.fraction[1]
    # Where few electrons pair, k_B T n_n L dwarfs the wells: then each curve starts from 0.
    normal = found.curves[:, 0]
    depth, offset = (normal - found.curves.min(axis=1)).max(), np.ptp(normal)
    origin = normal if depth < 0.05 * offset else np.zeros(len(normal))
    bare, emptied, *warming = (found.curves - origin[:, None]) / unit
    label = f"without a trap, {start:.3g} K"
    rows: list[tuple[Any, ...]] = [("bare", bare, GREEN, "-", label, 3.6)]
    if run.case.trap.present:
        trapped = "no" if rest > 0.9995 else f"{percent(1 - rest)} of" if rest else "all"
        label = f"{trapped} normal electrons trapped, {start:.3g} K"
        rows.append(("trapped", emptied, RED, (0, (6, 2)), label))
    for kelvin, curve, dashes in zip(found.temperature[2:], warming, ("-", "-.", ":"), strict=True):
        label = f"on warming, {kelvin:.3g} K"
        rows.append(("warming", curve, BLUE, dashes, label, 1.8))
    draw(axes, x, *rows, curves=curves)
    if curves is None or "sample" in curves:
        if not origin.any():
            # What is normal lies far from all curves, and says nothing of them.
            shares = np.asarray(run.state.superfluid_density) / n_c
            path = np.where(shares > 0.02 * share, run.state.free_energy / unit, np.nan)
            axes.plot(shares, path, color=BLACK, lw=1.2)
        look = {"color": BLACK, "ms": 1.2 * rcParams["lines.markersize"], "label": "the sample"}
        axes.plot(found.at / n_c, (found.sample - origin) / unit, "o", **look)
    axes.set_xlabel(typeset("Superconducting share of the conduction electrons n_s/n_c"))
    energy = "[F - F(n_s = 0)]" if origin.any() else "F"
    axes.set_ylabel(typeset(f"Free energy density {energy}/(n_c k_B T_c)"))
    axes.set_title(_title(run), loc="left", parse_math=False)


def _title(run: Evolution) -> str:
    """The title of the case, if it has one."""
    title = run.case.title
    if title == Case.title:
        return ""
    return title if len(title) <= 70 else f"{title[:69]}…"


def _densities(run: Evolution, look: Look) -> Figure:
    """Where the electrons are: while the trap empties the sample, and on warming."""
    n_c = run.case.material.conduction_density
    hold, curves = run.protocol.hold, look.curves("densities", DENSITIES)
    figure = figure_for(look, "densities", 9.0, 4.4)
    if hold > 0:
        early, late = figure.subplots(1, 2, width_ratios=(1, 1.5), sharey=True)
        during = run.time <= hold
        unit, (time,) = scaled(quantity_of(type(run.protocol), "hold"), run.time[during])
        for name, curve, colour, dashes, words in _ELECTRONS:
            column = getattr(run.state, name)[during] / n_c
            draw(early, time, (curve, column, colour, dashes, words), curves=curves)
        early.set_xlabel(f"Time since the trap went on ({unit})")
        early.set_title(f"held at {run.state.temperature[0]:.3g} K", loc="left")
    else:
        late = figure.subplots()
        early = late
    _on_warming(run, late, curves)
    late.set_ylabel("")
    early.set_ylabel(_SHARE)
    figure.legend(*late.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def _on_warming(run: Evolution, axes: Any, curves: Curves) -> None:
    n_c = run.case.material.conduction_density
    warm = run.time >= run.protocol.hold
    temperature = run.state.temperature[warm]
    _shade(axes, run, named=True)
    rows = [
        (
            curve, getattr(run.state, name)[warm] / n_c, colour, dashes,
            f"{OBSERVABLES[name].quantity.symbol}, {words}",
        )
        for name, curve, colour, dashes, words in _ELECTRONS
    ]  # fmt: skip
    bare = run.bare.superfluid_density[warm] / n_c
    draw(axes, temperature, *rows, ("bare", bare, GREY, ":", "n_s without a trap"), curves=curves)
    axes.set(xlabel="Temperature T while warming (K)", ylabel=_SHARE)
    largest = float(run.state.superfluid_density.max()) / n_c
    if 0 < largest < _NARROW:
        axes.set(yscale="log", ylim=(largest / 100, 2))


def _observables(run: Evolution, beside: BcsCurves, look: Look) -> Figure:
    rows = -(-len(SUMMARISED) // 2)
    figure = figure_for(look, "observables", 9.0, 3.3 * rows)
    grid: list[Any] = [*figure.subplots(rows, 2, sharex=True, squeeze=False).flat]
    for axes, name in zip(grid, SUMMARISED, strict=False):
        _observable(run, beside, name, axes, look.curves("observables", OBSERVABLE))
    for axes in grid[len(SUMMARISED) :]:
        axes.set_axis_off()
    for axes in grid[: len(SUMMARISED)][:-2]:
        axes.set_xlabel("")
    for axes in grid[: len(SUMMARISED)][-2:]:
        axes.xaxis.set_tick_params(labelbottom=True)
    handles, labels = figure.axes[0].get_legend_handles_labels()
    widest = np.ptp(run.state.temperature[run.time >= run.protocol.hold])
    seen = (name for name, low, high in _warmings(run) if high - low > _SEEN * widest)
    for name in dict.fromkeys(seen):
        if name in _SHADED:
            handles.append(Patch(facecolor=_SHADES[name], edgecolor=GREY, lw=0.5))
            labels.append(typeset(f"expansion: {_SHADED[name]}"))
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    figure.align_ylabels()
    return figure


def _observable(
    run: Evolution, beside: BcsCurves | None, name: str, axes: Any, curves: Curves
) -> None:
    beside = bcs_curves(run) if beside is None else beside
    warm = run.time >= run.protocol.hold
    declared = OBSERVABLES[name].quantity
    columns = [
        np.where(np.isfinite(c := getattr(s, name)[warm]), c, np.nan)
        for s in (beside.bare, beside.plain, beside.mixed, run.state, run.bare)
    ]
    if OBSERVABLES[name].diverges:
        # Four times the least value of a curve is shown, not the pole at the transition.
        least = [np.nanmin(c) for c in columns if np.isfinite(c).any()]
        top = 4 * max(least, default=1.0)
        columns = [np.where(column > top, np.nan, column) for column in columns]
    unit, (bare, plain, mixed, trapped, untrapped) = scaled(declared, *columns)
    _shade(axes, run)
    draw(
        axes, run.state.temperature[warm],
        ("expansion-bare", untrapped, GREY, (0, (1, 2)), "expansion, without a trap", 1.0),
        ("expansion", trapped, BLACK, (0, (5, 2)), "expansion, with the trap", 1.0),
        ("bare", bare, GREY, (0, (6, 2)), "BCS, without a trap"),
        ("mixed", mixed, BLUE, "-", "BCS, with the trap and the entropy"),
        ("plain", plain, ORANGE, "-.", "BCS, with the trap, no entropy"),
        curves=curves,
    )  # fmt: skip
    axes.set_xlabel("Temperature T (K)")
    axes.set_ylabel(typeset(f"{declared.symbol} ({unit})"))
    axes.set_title(typeset(declared.meaning), loc="left")
    values = np.concatenate(columns)
    values = values[np.isfinite(values)]
    if not values.any():  # 0 is the normal state's alone
        axes.text(0.5, 0.6, "not defined here", transform=axes.transAxes, ha="center")
        axes.set_yticks([])
        for line in axes.get_lines():
            line.set_visible(False)
        return
    if OBSERVABLES[name].diverges and values.max() > _WIDE * values.min() > 0:
        axes.set_yscale("log")
    widen(axes)


def _margins(run: Evolution, look: Look) -> Figure:
    edges, rows = _margin_rows(run)
    figure = figure_for(look, "margins", 9.0, 1.5 + 0.42 * len(rows))
    axes = figure.subplots()
    handles = margin_bars(axes, edges, rows)
    figure.legend(handles=handles, loc="outside lower center", ncols=len(handles))
    axes.set_xlabel("Temperature T (K)")
    return figure


def _trusted(run: Evolution, axes: Any, curves: Curves) -> None:
    """The same with the legend below the axes."""
    del curves
    legend_below(axes, columns=3, handles=margin_bars(axes, *_margin_rows(run)))
    axes.set_xlabel("Temperature T (K)")


def _margin_rows(run: Evolution) -> tuple[np.ndarray, list[Any]]:
    """Limits of cells along the temperature, and label, margins and smallest margin of each row."""
    warm = run.time >= run.protocol.hold
    temperature = run.state.temperature[warm]
    edges = np.linspace(temperature[0], max(temperature[-1], temperature[0] * (1 + 1e-9)), 241)
    rows = []
    for margin in run.validity:
        if margin.margin is not None:
            values = np.asarray(getattr(run.margins, margin.name))[warm]
            known, middle = ~np.isnan(values), (edges[1:] + edges[:-1]) / 2
            cells = np.full(middle.shape, np.nan)
            if known.any():  # the normal state, which has none, is not interpolated towards
                bounded = np.clip(values[known], -9.0, 9.0)
                cells = np.interp(middle, temperature[known], bounded)
            cells[np.interp(middle, temperature, known) < 0.5] = np.nan
            rows.append((typeset(margin.declared.symbol), cells, margin.margin))
    return edges, rows


_ELECTRONS = (
    ("superfluid_density", "superfluid", BLUE, "-", "superconducting"),
    ("normal_density", "normal", RED, (0, (6, 2)), "normal"),
    ("trapped_density", "trapped", GREEN, "-.", "in the trap"),
)


def _warmings(run: Evolution) -> Iterator[tuple[str, float, float]]:
    """Regimes of the warming with their temperatures."""
    hold = run.protocol.hold
    for regime in run.regimes:
        span = [max(regime.start, hold), regime.end]
        low, high = np.interp(span, run.time, run.state.temperature)
        if regime.end > hold and high > low:
            yield regime.name, float(low), float(high)


def _shade(axes: Any, run: Evolution, *, named: bool = False) -> None:
    """Shade the regimes of the warming, and name those that are wide enough."""
    span = run.state.temperature[-1] - run.state.temperature[0]
    for name, low, high in _warmings(run):
        axes.axvspan(low, high, color=_SHADES.get(name, "#ffffff"), lw=0, zorder=0)
        if named and high - low > 0.12 * span:
            axes.text(
                (low + high) / 2, 1.0, name, transform=axes.get_xaxis_transform(), ha="center",
                va="bottom", fontsize="small", color="#555555",
            )  # fmt: skip
