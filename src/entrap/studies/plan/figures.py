"""Figures of a plan: information and ln B of each candidate against temperature."""

from itertools import cycle
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from entrap.report.labels import typeset
from entrap.report.style import BLACK, BLUE, GREEN, GREY, RED, STYLE
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
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


def plan_figures(planned: Planned) -> dict[str, Figure]:
    """The figures of a plan, by file name."""
    entropic, *rivals = (HYPOTHESES[name].label for name in planned.hypotheses)
    none = " or ".join(rivals)
    question = f"Entropy of mixing ({entropic}), or none ({none})? Information to be expected"
    simulated = f"Mean ln B for an entropy of mixing, over none ({none}), of data simulated with it"
    with rc_context(STYLE):
        return {
            "information": _panels(planned, "information", "Information (bits)", question),
            "bayes-factors": _panels(planned, "gain", "Mean ln B", simulated),
        }


def _panels(planned: Planned, value: str, label: str, title: str) -> Figure:
    """Information on a linear axis, or gain on a logarithmic one: a panel for each quantity."""
    places = {(c.quantity, c.precision, c.temperature): c for c in planned.candidates}
    design = planned.design
    names, first = design.quantities, planned.hypotheses[1]
    columns = min(len(names), _COLUMNS)
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(max(3.1 * columns, 6.8), 3.3 * rows + 1.0))
    grid = figure.subplots(rows, columns, sharex=True, sharey=True, squeeze=False)
    kelvin = design.temperatures
    for i, axes in enumerate(grid.flat):
        if i >= len(names):
            axes.set_visible(False)
            continue
        _shade(axes, planned)
        precisions = sorted(design.precisions)
        for precision, (colour, dash, marker) in zip(precisions, cycle(_LINES), strict=False):
            column = [getattr(places[names[i], precision, t], value) for t in kelvin.tolist()]
            axes.plot(
                kelvin, column, color=colour, ls=dash, marker=marker, ms=5,
                label=f"{100 * precision:.2g} %",
            )  # fmt: skip
            if value == "information" and len(planned.hypotheses) > 2:
                alone = [places[names[i], precision, t].against[first] for t in kelvin.tolist()]
                axes.plot(kelvin, alone, color=colour, ls=dash, lw=0.8, alpha=0.5)
        critical = planned.case.material.critical_temperature
        if kelvin[0] < critical < kelvin[-1]:
            axes.axvline(critical, color=GREY, lw=1, ls=":")
            axes.text(
                critical, 1.0, typeset("T_c"), transform=axes.get_xaxis_transform(), ha="center",
                va="bottom", fontsize=10, color=GREY,
            )  # fmt: skip
        axes.set_title(typeset(symbol(names[i])), loc="left")
        if value == "information":
            axes.set_ylim(-0.03, 1.03)
        else:
            axes.set_yscale("symlog", linthresh=1.0)
            axes.axhline(DECIDED, color=GREY, lw=1)
        axes.set_xlim(kelvin[0], kelvin[-1])
        if i // columns == rows - 1 or i + columns >= len(names):
            axes.set_xlabel("Temperature T (K)")
        if i % columns == 0:
            axes.set_ylabel(label)
    figure.suptitle(title, x=0.01, ha="left", fontsize=12)
    handles, labels = grid.flat[0].get_legend_handles_labels()
    if value == "information" and len(planned.hypotheses) > 2:
        handles.append(Line2D([], [], color=GREY, lw=0.8))
        labels.append(f"if {HYPOTHESES[first].label} were the only rival")
    if any(planned.failing):
        handles.append(Patch(facecolor="#eeeeee", hatch="///", edgecolor="#cccccc", lw=0))
        labels.append("theory out of range")
    figure.legend(
        handles, labels, loc="outside lower center", ncols=len(handles),
        title="Uncertainty of a point",
    )  # fmt: skip
    return figure


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
