"""The paper's figures, drawn from their data."""

from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.core.units import unit_factor
from entrap.report.labels import typeset
from entrap.report.style import BLACK, BLUE, GREEN, GREY, RED, STYLE, draw

_DASHED = (0, (6, 2))


def paper_figures(data: dict[str, Any]) -> dict[str, Figure]:
    """Figures by file name, of the datasets of `entrap.studies.paper.curves` of the same name."""
    drawers = {
        "figure-2": states_and_rates,
        "figure-3": functional,
        "figure-kinetics": kinetics,
        "figure-detection": detection,
    }
    with rc_context(STYLE):
        return {name: drawers[name](dataset) for name, dataset in data.items()}


def states_and_rates(data: Any) -> Figure:
    """Fig. 2: densities of states, and the rates of the junction."""
    figure = Figure(figsize=(9.0, 4.2))
    left, right = figure.subplots(1, 2)
    energy = data["energy"]
    gap = energy > 1
    shown = {name: np.where(gap, data[name], np.nan) for name in data.data_vars}
    draw(
        left, energy,
        (data["metal_states"], RED, _DASHED, "trap ν_N"),
        (shown["superconductor_states"], BLUE, "-", "superconductor ν_S"),
    )  # fmt: skip
    left.set_ylim(0, 6 * float(data["metal_states"][0]))
    left.set_ylabel(typeset("Density of states (m*/ħ² = 1)"))
    draw(
        right, energy,
        (shown["trapping_rate"], GREEN, "-.", "trapping Γ_t"),
        (shown["escape_rate"], RED, _DASHED, "escape back Γ_e"),
        (shown["relaxation_rate"], GREY, ":", "relaxation Γ_r"),
        (shown["effective_rate"], BLUE, "-", "effective Γ_t Γ_r/(Γ_e + Γ_r)"),
    )  # fmt: skip
    right.set(ylim=(0, 4), ylabel=typeset("Rate over Γ_t"))
    for axes in (left, right):
        axes.set(xlabel="Energy over the gap E/|Δ|", xlim=(0, 4))
        axes.legend(loc="upper right")
    return figure


def functional(data: Any) -> Figure:
    """Fig. 3: the functional before the trap, with it, and on warming."""
    figure = Figure(figsize=(8.0, 5.4))
    axes = figure.subplots()
    x = data["superfluid_density"].values
    styles = (
        (GREEN, "-", "without a trap"),
        (RED, _DASHED, "trap on"),
        *((BLUE, dashes, "on warming") for dashes in ("-", "-.", ":")),
    )
    for curve, (colour, dashes, trap) in zip(data["curve"].values, styles, strict=True):
        here = data.sel(curve=curve)
        label = f"{trap}, T = {float(here['temperature']):.3g} T_c"
        draw(axes, x, (here["free_energy"], colour, dashes, label))
    for point in data["point"].values:
        here = data.sel(point=point)
        colour = GREY if "grey" in str(point) else "none" if "minimum" in str(point) else BLACK
        axes.plot(here["point_density"], here["point_energy"], "o", ms=8, mec=BLACK, color=colour)
    axes.set_xlabel(typeset("Superconducting share of the conduction electrons n_s/n_c"))
    axes.set_ylabel(typeset("Free energy density F/(n_c k_B T_c)"))
    title = "a = 2 k_B, L = 1. Black: the sample; grey: after pairing; open: minimum with the trap"
    axes.set_title(typeset(title), loc="left", fontsize=11)
    axes.legend(loc="upper left")
    return figure


def kinetics(data: Any) -> Figure:
    """Eqs. (9)-(11) as printed beside the exact solution."""
    figure = Figure(figsize=(9.0, 6.6))
    (first, second), (third, fourth) = figure.subplots(2, 2)
    time = data["time"]
    for axes, name, label in (
        (first, "normal_density", "Normal n_n/n_n⁰"),
        (second, "paired_density", "Paired (n_s - n_s⁰)/n_n⁰"),
    ):
        for crowding, colour in zip(data["crowding"].values, (BLUE, GREEN), strict=True):
            here = data.sel(crowding=crowding)
            draw(
                axes, time,
                (here[name], colour, "-", f"exact, x = {crowding:g}"),
                (here[f"{name}_printed"], colour, ":", f"as printed, x = {crowding:g}"),
            )  # fmt: skip
        axes.set(xlabel="Time since the trap went on Γt", ylabel=typeset(label))
        axes.legend(loc="best")
    for crowding, colour in zip(data["crowding"].values, (BLUE, GREEN), strict=True):
        here = data.sel(crowding=crowding)
        ratio = here["normal_density_printed"] / here["normal_density"]
        draw(third, time, (ratio, colour, "-", f"x = {crowding:g}"))
    third.set(xlabel="Time since the trap went on Γt", ylabel="Eq. (9) over the exact solution")
    third.set_ylim(bottom=1)
    third.legend(loc="best")
    final = data["final_crowding"]
    draw(
        fourth, final,
        (data["gain"], BLUE, "-", "exact"),
        (data["gain_printed"], RED, ":", "Eq. (11) as printed"),
    )  # fmt: skip
    threshold = float(data["threshold"])
    fourth.axvline(threshold, color=GREY, lw=1.2)
    fourth.axhline(1.0, color=GREY, lw=1.2)
    fourth.text(threshold - 0.02, 1.05, "more than all electrons pair", ha="right", fontsize=10)
    fourth.set(ylim=(0, 1.5), xlabel=typeset("Ratio of pairing to trapping x = γ n_n⁰/Γ"))
    fourth.set_ylabel(typeset("Gain (n_s(∞) - n_s⁰)/n_n⁰"))
    fourth.legend(loc="upper left")
    return figure


def detection(data: Any) -> Figure:
    """What an experiment would see: Higgs mode, λ and B_c1, with the trap and without."""
    figure = Figure(figsize=(9.0, 6.6))
    panels = (
        ("higgs_coefficient", "Coefficient -4α of Eq. (14) (meV)", unit_factor("J", "meV")),
        ("higgs_mode", "Energy of the Higgs mode 2Δ_g (meV)", unit_factor("J", "meV")),
        ("penetration_depth", "London penetration depth λ (nm)", unit_factor("m", "nm")),
        ("lower_critical_field", "Lower critical field B_c1 (mT)", unit_factor("T", "mT")),
    )
    grid = figure.subplots(2, 2, sharex=True).flat
    for axes, (name, label, factor) in zip(grid, panels, strict=True):
        for suffix, colour, dashes, words in (
            ("_bare", GREY, ":", "without a trap"),
            ("", BLUE, "-", "with the trap"),
        ):
            column = data[name + suffix].values * factor
            column = np.where(np.isfinite(column), column, np.nan)
            if name == "penetration_depth":
                column = np.where(column > 5 * np.nanmin(column), np.nan, column)
            draw(axes, data["temperature"], (column, colour, dashes, words))
        axes.set_title(typeset(label), loc="left")
    for axes in figure.axes[2:]:
        axes.set_xlabel(typeset("Temperature T/T_c"))
    handles = figure.axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2)
    return figure
