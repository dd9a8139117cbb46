"""Figures of a plan: information and ln B of each candidate against temperature."""

from functools import partial
from itertools import cycle
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from entrap.report.labels import typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    RED,
    Curves,
    Panel,
    adjusted,
    figure_for,
    paler,
    styled,
)
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.plan import drawn
from entrap.studies.plan.answer import symbol
from entrap.studies.plan.plan import DECIDED, Planned

_LINES: tuple[tuple[str, Any, str], ...] = (
    (BLUE, "-", "o"),
    (GREEN, (0, (6, 2)), "s"),
    (RED, "-.", "^"),
    (BLACK, ":", "D"),
    (GREY, (0, (3, 1, 1, 1)), "v"),
)
_COLUMNS = 4


_FIGURES = {
    "information": ("information", "Information (bits)"),
    "bayes-factors": ("typical", "Median ln B"),
}
"""What each figure shows of a candidate, and its label."""


def plan_figures(planned: Planned, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a plan, by file name."""
    entropic, *rivals = (HYPOTHESES[name].label for name in planned.hypotheses)
    none = " or ".join(rivals)
    titles = {
        "information": f"Entropy of mixing ({entropic}), or none ({none})? "
        "Information to be expected",
        "bayes-factors": f"Median ln B for an entropy of mixing, over none ({none}), "
        "of data simulated with it",
    }
    with styled(look.style):
        made = {name: _figure(planned, name, title, look) for name, title in titles.items()}
        return adjusted(made, look)


def panels(planned: Planned) -> dict[str, Panel]:
    """What can be drawn of a plan, by name: a figure's name and that of a quantity."""
    known = drawn.curves(planned.design.precisions)
    return {
        f"{figure}-{quantity}": Panel(partial(_panel, planned, figure, quantity), known[figure])
        for figure in _FIGURES
        for quantity in planned.design.quantities
    }


def _figure(planned: Planned, name: str, title: str, look: Look) -> Figure:
    """A panel for each quantity."""
    names = planned.design.quantities
    columns = min(len(names), _COLUMNS)
    rows = -(-len(names) // columns)
    figure = figure_for(look, name, max(3.1 * columns, 6.8), 3.3 * rows + 1.0)
    grid: Any = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    known = drawn.curves(planned.design.precisions)[name]
    for i, axes in enumerate(grid.flat):
        if i >= len(names):
            axes.remove()
            continue
        _panel(planned, name, names[i], axes, look.curves(name, known))
        below = i + columns < len(names)
        axes.tick_params(labelbottom=not below)
        axes.xaxis.label.set_visible(not below)
        axes.yaxis.label.set_visible(i % columns == 0)
    figure.suptitle(title, x=0.01, ha="left", fontsize="medium")
    handles, labels = grid.flat[0].get_legend_handles_labels()
    if name == "information" and len(planned.hypotheses) > 2:
        handles.append(Line2D([], [], color=GREY, lw=0.8))
        labels.append(f"if {HYPOTHESES[planned.hypotheses[1]].label} were the only rival")
    if any(planned.failing):
        handles.append(Patch(facecolor="#eeeeee", hatch="///", edgecolor="#cccccc", lw=0))
        labels.append("theory out of range")
    figure.legend(
        handles, labels, loc="outside lower center", ncols=len(handles),
        title="Uncertainty of a point",
    )  # fmt: skip
    return figure


def _panel(planned: Planned, name: str, quantity: str, axes: Any, curves: Curves) -> None:
    """Information on a linear axis, or ln B on a logarithmic one, of points of a quantity."""
    value, label = _FIGURES[name]
    places = {(c.precision, c.temperature): c for c in planned.candidates if c.quantity == quantity}
    kelvin, first = planned.design.temperatures, planned.hypotheses[1]
    _shade(axes, planned)
    precisions = sorted(planned.design.precisions)
    for precision, (colour, dash, marker) in zip(precisions, cycle(_LINES), strict=False):
        if curves is not None and drawn.curve(precision) not in curves:
            continue
        here = [places[precision, t] for t in kelvin.tolist()]
        axes.plot(
            kelvin, [getattr(each, value) for each in here], color=colour, ls=dash, marker=marker,
            ms=5, label=f"{100 * precision:.2g} %",
        )  # fmt: skip
        if value == "information" and len(planned.hypotheses) > 2:
            alone = [each.against[first] for each in here]
            axes.plot(kelvin, alone, color=paler(colour, 0.5), ls=dash, lw=0.8)
    critical = planned.case.material.critical_temperature
    if kelvin[0] < critical < kelvin[-1]:
        axes.axvline(critical, color=GREY, lw=1, ls=":")
        axes.text(
            critical, 1.0, typeset("T_c"), transform=axes.get_xaxis_transform(), ha="center",
            va="bottom", fontsize="small", color=GREY,
        )  # fmt: skip
    axes.set_title(typeset(symbol(quantity)), loc="left")
    if value == "information":
        axes.set_ylim(-0.03, 1.03)
    else:
        axes.set_yscale("symlog", linthresh=1.0)
        axes.axhline(DECIDED, color=GREY, lw=1)
    axes.set(xlim=(kelvin[0], kelvin[-1]), xlabel="Temperature T (K)", ylabel=label)


def _shade(axes: Any, planned: Planned) -> None:
    """Hatch the temperatures at which an assumption fails."""
    kelvin = planned.design.temperatures
    middles = (kelvin[1:] + kelvin[:-1]) / 2
    edges = np.concatenate([kelvin[:1], middles, kelvin[-1:]])
    for low, high, failing in zip(edges[:-1], edges[1:], planned.failing, strict=True):
        if failing:
            axes.axvspan(
                low, high, facecolor="#f3f3f3", hatch="///", edgecolor="#dddddd", lw=0, zorder=0
            )
