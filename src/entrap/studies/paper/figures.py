"""The paper's figures, drawn from their data."""

from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from entrap.core.quantities import number_text
from entrap.core.units import unit_factor
from entrap.report.labels import typeset
from entrap.report.look import LOOK, Look
from entrap.report.style import BLACK, BLUE, GREEN, GREY, RED, adjusted, draw, figure_for, styled
from entrap.solve.protocol.netcdf import Contents
from entrap.studies.paper.drawn import CURVES

_DASHED = (0, (6, 2))
_PURPLE = "#cc79a7"  # light beside the blue: they differ in grey too
_SHADE, _PALE = "#d6e6f2", "#ededed"
_BARRIER = "#f2e2c4"
_RATIOS = ((BLUE, 1.6), (GREEN, 3.2))  # of pairing to trapping: a colour and a width for each


def paper_figures(data: dict[str, Contents], look: Look = LOOK) -> dict[str, Figure]:
    """Figures by file name, of the data of `entrap.studies.paper.curves` of the same name."""
    drawers = {
        "figure-1": setup,
        "figure-2": states_and_rates,
        "figure-3": functional,
        "figure-kinetics": kinetics,
        "figure-detection": detection,
    }
    with styled(look.style):
        made = {name: drawers[name](contents, look) for name, contents in data.items()}
        return adjusted(made, look)


def setup(data: Contents, look: Look) -> Figure:
    """Fig. 1: the sample, the barrier and the metallic film."""
    figure = figure_for(look, "figure-1", 9.0, 5.6)
    axes = figure.subplots()
    valence = data["valence_atom"]
    rows, columns = valence.shape
    width, top = columns + 0.4, rows - 0.3
    left, film = columns / 4, columns / 2
    for corner, size, face, hatch in (
        ((-0.7, -0.7), (width, rows + 0.4), _SHADE, None),
        ((left, top), (film, 0.35), _BARRIER, "////"),
        ((left, top + 0.35), (film, 1.3), "#b8b8b8", None),
    ):
        axes.add_patch(Rectangle(corner, *size, facecolor=face, edgecolor=BLACK, hatch=hatch))
    y, x = np.mgrid[:rows, :columns]
    for kind, colour, words in (
        (~valence, BLUE, "N_c atoms: their electrons are in the conduction band"),
        (valence, _PURPLE, "N_v atoms: their electrons are in the valence band"),
    ):
        label = typeset(f"{words} ({kind.sum()} of {kind.size})")
        axes.plot(x[kind], y[kind], "o", ms=13, mec=BLACK, mew=0.7, color=colour, label=label)
    middle = left + film / 2
    axes.text(middle - 0.4, top + 1.0, "metallic film (trap)", ha="right", va="center")
    for at in (middle, middle + 1, middle + 2):
        _arrow(axes, (at + 0.5, rows - 1.5), (at + 0.5, top + 1.15), BLACK, 2.0)
    axes.text(left + film + 0.3, top + 1.0, "quasiparticles", ha="left", va="center")
    axes.text(left - 0.2, top + 0.2, "tunnelling barrier", ha="right", va="center")
    axes.text(-0.7, -1.2, "superconductor, a random solid solution on one lattice", va="top")
    axes.set(xlim=(-0.9, width - 0.5), ylim=(-1.9, top + 2.0), aspect="equal")
    axes.axis("off")
    figure.legend(loc="outside lower center", ncols=1, fontsize="medium")
    return figure


def states_and_rates(data: Contents, look: Look) -> Figure:
    """Fig. 2: densities of states with the processes between them, and their rates."""
    figure = figure_for(look, "figure-2", 11.0, 5.2)
    left, right = figure.subplots(1, 2)
    _states(left, data)
    energy = data["energy"]
    gap = energy > 1
    shown = {name: np.where(gap, data[name], np.nan) for name in data.variables}
    loses = gap & (data["escape_rate"] > data["relaxation_rate"])
    if loses.any():
        edges = energy[loses]
        right.axvspan(1.0, edges.max(), facecolor=_PALE, zorder=0, label="escape dominates")
    draw(
        right, energy,
        ("trapping", shown["trapping_rate"], GREEN, "-.", "trapping Γ_t"),
        ("escape", shown["escape_rate"], RED, _DASHED, "escape back Γ_e"),
        ("relaxation", shown["relaxation_rate"], BLACK, ":", "relaxation Γ_r"),
        ("effective", shown["effective_rate"], BLUE, "-", "effective Γ_t Γ_r/(Γ_e + Γ_r)"),
        curves=look.curves("figure-2", CURVES["figure-2"]),
    )  # fmt: skip
    right.set(ylim=(0, 4), xlim=(0, 4), ylabel=typeset("Rate over Γ_t (our numbers)"))
    right.set_xlabel("Energy over the gap E/|Δ|")
    right.legend(loc="upper right")
    return figure


def _states(axes: Any, data: Contents) -> None:
    """Densities of states against energy, the metal's to the left, with Γ_t, Γ_e and Γ_r."""
    high, wide = 2.5, 1.3
    energy = data["energy"]
    gap = energy > 1
    metal = float(data["metal_states"][0])
    above, states = energy[gap], data["superconductor_states"][gap]
    axes.fill_betweenx([0, high], -metal, 0, color="#c9c9c9", lw=0, label=typeset("trap ν_N"))
    axes.plot([-metal, -metal], [0, high], color=BLACK)
    label = typeset("superconductor ν_S")
    axes.fill_betweenx(above, 0, np.minimum(states, wide), color=_SHADE, lw=0, label=label)
    axes.plot(states, above, color=BLUE)
    axes.axvline(0.0, color=BLACK, lw=4.0)
    axes.axhline(1.0, color=GREY, ls=":", lw=1.4)
    inside, low, start = -metal / 2, 0.35, 1.75
    _arrow(axes, (0.3, start), (inside, start), GREEN, 2.6)
    _arrow(axes, (inside, 1.06), (0.95, 1.06), RED, 2.6)
    _arrow(axes, (inside, start - 0.08), (inside, low), BLACK, 2.6)
    for at, text, colour, side in (
        ((0.45, start), "trapping Γ_t", GREEN, "left"),
        ((1.0, 0.9), "escape back Γ_e", RED, "right"),
        ((-metal - 0.03, 0.7), "relaxation Γ_r", BLACK, "right"),
        ((-metal - 0.03, 0.2), "empty states", BLACK, "right"),
    ):
        axes.text(*at, typeset(text), color=colour, ha=side, va="center")
    axes.set(xlim=(-0.95, wide), ylim=(0, high), ylabel="Energy over the gap E/|Δ|")
    ticks = np.array([-0.5, 0.0, 0.5, 1.0])
    axes.set_xticks(ticks, [f"{abs(tick):g}" for tick in ticks])
    axes.set_xlabel(typeset("Density of states (m*/ħ² = 1)"))
    axes.legend(loc="upper right")


def functional(data: Contents, look: Look) -> Figure:
    """Fig. 3: the functional before the trap, with it, and on warming."""
    figure = figure_for(look, "figure-3", 9.6, 6.8)
    axes = figure.subplots()
    x, curves = data["superfluid_density"], look.curves("figure-3", CURVES["figure-3"])
    warm = "on warming" if data["released"] else "on warming, n_s is still held"
    styles = (
        ("bare", GREEN, "-", "without a trap", 3.6),
        ("trapped", RED, _DASHED, "trap on", 2.2),
        *(("warming", BLUE, dashes, warm, 2.2) for dashes in ("-", "-.", ":")),
        ("paired", GREY, "-", "released after pairing", 1.2),
    )
    for curve, temperature, (name, colour, dashes, trap, width) in zip(
        data["free_energy"], data["temperature"], styles, strict=True
    ):
        label = f"{trap}, T = {number_text(temperature)} T_c"
        if np.isfinite(temperature):
            draw(axes, x, (name, curve, colour, dashes, label, width), curves=curves)
    points = data["point"].tolist()
    marks = zip(data["point_density"].tolist(), data["point_energy"].tolist(), strict=True)
    places = dict(zip(points, marks, strict=True))
    for point, place in places.items():
        colour = GREY if "grey" in point else "none" if "minimum" in point else BLACK
        axes.plot(*place, "o", ms=8, mec=BLACK, color=colour, zorder=5)
    first, second, third = (name for name in places if name.startswith("blue"))
    path = ("black 1", "black 2", first, second, third)
    for start, end in pairwise(path):
        _arrow(axes, places[start], places[end], BLACK, 1.8)
    for start, end in (("black 2", "grey"), ("grey", "grey released")):
        if np.isfinite(data["point_temperature"][points.index(end)]):
            _arrow(axes, places[start], places[end], GREY, 1.8)
    before, after = places["black 1"], places["black 2"]
    middle = before[0], (before[1] + after[1]) / 2
    modes = "amplitude modes: -4α̃" if data["released"] else ""
    for at, text, colour, offset, side in (
        (before, "amplitude modes: -4α", GREEN, (-14, -18), "right"),
        (middle, "k_B T_0 n_n ln(n/n_c) is added", BLACK, (10, -4), "left"),
        (places[third], modes, BLUE, (60, 12), "right"),
    ):
        axes.annotate(
            typeset(text), at, offset, textcoords="offset points", color=colour, ha=side,
            fontsize="medium", bbox={"facecolor": "white", "lw": 0, "pad": 1.0},
        )  # fmt: skip
    # The sample is of interest, not how steep the curves are far from it.
    heights = data["point_energy"][np.isfinite(data["point_energy"])]
    span = float(np.ptp(heights))
    axes.set_ylim(float(heights.min()) - 0.12 * span, float(heights.max()) + 0.35 * span)
    axes.set_xlabel(typeset("Superconducting share of the conduction electrons n_s/n_c"))
    axes.set_ylabel(typeset("Free energy density F/(n_c k_B T_c)"))
    slope, log = data.attributes["landau_a_over_k_B"], data.attributes["log_mixing_ratio"]
    title = (
        f"a = {number_text(slope, 4)} k_B, L = ln(n/n_c) = {number_text(log, 4)}. "
        "Black: the sample; grey: after pairing; open: minimum with the trap"
    )
    axes.set_title(typeset(title), loc="left", fontsize="small")
    figure.legend(loc="outside lower center", ncols=3, handlelength=3.2)
    return figure


def _arrow(axes: Any, start: Any, end: Any, colour: str, width: float) -> None:
    style = {"arrowstyle": "-|>", "color": colour, "lw": width, "shrinkA": 5, "shrinkB": 5}
    axes.annotate("", end, start, arrowprops=style, zorder=4)


def kinetics(data: Contents, look: Look) -> Figure:
    """Eqs. (9)-(11) as printed beside the exact solution."""
    figure = figure_for(look, "figure-kinetics", 9.0, 6.6)
    curves = look.curves("figure-kinetics", CURVES["figure-kinetics"])
    (first, second), (third, fourth) = figure.subplots(2, 2)
    time = data["time"]
    for axes, name, label in (
        (first, "normal_density", "Normal n_n/n_n⁰"),
        (second, "paired_density", "Paired (n_s - n_s⁰)/n_n⁰"),
    ):
        both = data[name], data[f"{name}_printed"]
        for crowding, (colour, width), exact, printed in zip(
            data["crowding"], _RATIOS, *both, strict=True
        ):
            draw(
                axes, time,
                ("exact", exact, colour, "-", f"exact, x = {crowding:g}", width),
                ("printed", printed, colour, ":", f"as printed, x = {crowding:g}", width),
                curves=curves,
            )  # fmt: skip
        axes.set(xlabel="Time since the trap went on Γt", ylabel=typeset(label))
        axes.legend(loc="best")
    ratios = data["normal_density_printed"] / data["normal_density"]
    for crowding, (colour, width), ratio in zip(data["crowding"], _RATIOS, ratios, strict=True):
        draw(third, time, ("ratio", ratio, colour, "-", f"x = {crowding:g}", width))
    third.set(xlabel="Time since the trap went on Γt", ylabel="Eq. (9) over the exact solution")
    third.set_ylim(bottom=1)
    third.legend(loc="best")
    final = data["final_crowding"]
    draw(
        fourth, final,
        ("exact", data["gain"], BLUE, "-", "exact"),
        ("printed", data["gain_printed"], RED, ":", "Eq. (11) as printed"),
        curves=curves,
    )  # fmt: skip
    threshold = float(data["threshold"])
    fourth.axvline(threshold, color=GREY, lw=1.2)
    fourth.axhline(1.0, color=GREY, lw=1.2)
    many = "more than all electrons pair"
    fourth.text(threshold - 0.02, 1.05, many, ha="right", fontsize="small")
    fourth.set(ylim=(0, 1.5), xlabel=typeset("Ratio of pairing to trapping x = γ n_n⁰/Γ"))
    fourth.set_ylabel(typeset("Gain (n_s(∞) - n_s⁰)/n_n⁰"))
    fourth.legend(loc="upper left")
    return figure


def detection(data: Contents, look: Look) -> Figure:
    """What an experiment would see: Higgs mode, λ and B_c1, with the trap and without."""
    figure = figure_for(look, "figure-detection", 9.0, 6.6)
    panels = (
        ("higgs_coefficient", "Coefficient -4α of Eq. (14) (meV)", unit_factor("J", "meV")),
        ("higgs_mode", "Energy of the Higgs mode 2Δ_g (meV)", unit_factor("J", "meV")),
        ("penetration_depth", "London penetration depth λ (nm)", unit_factor("m", "nm")),
        ("lower_critical_field", "Lower critical field B_c1 (mT)", unit_factor("T", "mT")),
    )
    grid = figure.subplots(2, 2, sharex=True).flat
    curves = look.curves("figure-detection", CURVES["figure-detection"])
    for axes, (name, label, factor) in zip(grid, panels, strict=True):
        for curve, suffix, colour, dashes, words in (
            ("bare", "_bare", GREY, ":", "without a trap"),
            ("trapped", "", BLUE, "-", "with the trap"),
        ):
            column = data[name + suffix] * factor
            column = np.where(np.isfinite(column), column, np.nan)
            if name == "penetration_depth":
                column = np.where(column > 5 * np.nanmin(column), np.nan, column)
            row = curve, column, colour, dashes, words
            draw(axes, data["temperature"], row, curves=curves)
        axes.set_title(typeset(label), loc="left")
    for axes in figure.axes[2:]:
        axes.set_xlabel(typeset("Temperature T/T_c"))
    handles = figure.axes[0].get_legend_handles_labels()
    figure.legend(*handles, loc="outside lower center", ncols=2)
    return figure
