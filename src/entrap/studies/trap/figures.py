"""Figures of a trap, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator

from entrap.core.quantities import Quantity, quantity_of
from entrap.report.labels import power_of_ten, quoted, scaled, typeset
from entrap.report.style import BLACK, BLUE, GREEN, GREY, RED, STYLE, draw
from entrap.studies.trap.curves import AlongFilm
from entrap.studies.trap.design import TrapDesign
from entrap.studies.trap.performance import Performance

_DASHED, _LONG = (0, (5, 2)), (0, (9, 2, 2, 2))
_DOT: dict[str, Any] = {"marker": "o", "mec": BLACK, "ms": 9, "ls": "none", "zorder": 5}
_SHADE = "#e7f1f8"  # under a trap


def trap_figures(design: TrapDesign) -> dict[str, Figure]:
    """The figures of a design, by file name; that of evacuation only if the case has a film."""
    with rc_context(STYLE):
        made = {
            "rates": rates(design),
            "residue": residue(design),
            "survival": survival(design),
            "states": states(design),
        }
        if design.case.trap.film is not None:
            made["evacuation"] = evacuation(design)
        return made


def rates(design: TrapDesign) -> Figure:
    """Rates against temperature, and against energy at the film's temperature."""
    found, curve = design.performance, design.curves.over_temperature
    figure = Figure(figsize=(11.0, 5.6))
    left, right = figure.subplots(1, 2)
    temperature, here = _over_temperature(left, design)
    draw(
        left, temperature,
        (curve.trapping_rate, BLUE, "-", "trapping Γ", 3.0),
        (curve.near_gap_rate, BLACK, _DASHED, "Γ of states near the gap alone", 1.4),
        (curve.slow_rate, GREY, ":", "Γ in the limit of slow relaxation", 2.0),
        (curve.recombination_rate, RED, "-.", "recombination 1/τ_R", 2.0),
        (curve.thermalisation_rate, GREEN, _LONG, "thermalisation 1/τ_s", 2.0),
    )  # fmt: skip
    rate = float(found.trapping_rate)
    left.plot(here, rate, color=BLUE, **_DOT)
    top = 3 * max(float(np.max(c)) for c in (curve.trapping_rate, curve.recombination_rate))
    slow = float(found.thermalisation_rate)
    least = min(slow / 10, float(np.min(curve.trapping_rate)) / 10, top * 1e-4)
    left.set(ylim=(max(least, top * 1e-12), top), yscale="log")

    energy = design.curves.over_energy
    x = np.where(np.asarray(energy.energy) > 1, energy.energy, np.nan)
    draw(
        right, x,
        (np.full(x.shape, found.tunnelling_rate), GREEN, _LONG, "tunnelling Γ_t", 2.0),
        (energy.escape_rate, RED, "-.", "escape back Γ_e", 2.0),
        (energy.relaxation_rate, GREY, ":", "relaxation Γ_r", 2.4),
        (energy.spectral_rate, BLUE, "-", "trapping Γ_t Γ_r/(Γ_r + Γ_e)", 3.0),
    )  # fmt: skip
    right.set(yscale="log", xlim=(0.97, 3.0), xlabel="Energy over the gap E/Δ")
    for axes in (left, right):
        axes.set_ylabel("Rate (1/s)")
        axes.yaxis.set_minor_locator(NullLocator())
        _legend_below(axes)
    return figure


def residue(design: TrapDesign) -> Figure:
    """What is left in the steady state, against temperature and along the film."""
    found, curve = design.performance, design.curves.over_temperature
    along = design.curves.along_film
    figure = Figure(figsize=(11.0 if along else 7.0, 5.2))
    left, *rest = np.atleast_1d(figure.subplots(1, 2 if along else 1))
    temperature, here = _over_temperature(left, design)
    draw(
        left, temperature,
        (curve.untrapped_fraction, RED, "-.", "without the trap"),
        (curve.equilibrium_fraction, GREY, ":", "thermal equilibrium", 3.2),
        (curve.residual_fraction, BLUE, "-", "with the trap", 2.4),
    )  # fmt: skip
    x = float(found.residual_fraction)
    if x > 0:
        left.plot(here, x, color=BLUE, **_DOT)
    least = float(np.min(curve.residual_fraction))
    left.set_yscale("log", nonpositive="mask")
    left.set_ylim(max(least / 30, 1e-14), 2)
    left.yaxis.set_minor_locator(NullLocator())
    left.set_ylabel(typeset("Quasiparticles x = n_qp/(2 N_0 Δ)"))
    _legend_below(left)
    if along is not None and rest:
        _profile(rest[0], design, along)
        _legend_below(rest[0])
    return figure


def _profile(axes: Any, design: TrapDesign, along: AlongFilm) -> None:
    film = design.case.trap.film
    assert film is not None
    half = film.trap_length / film.trap_count / 2
    edges = [z + side * half for z in film.trap_centres for side in (-1, 1)]
    declared = quantity_of(AlongFilm, "position")
    unit, (position, edge) = scaled(declared, along.position, edges)
    for number, (start, end) in enumerate(zip(edge[::2], edge[1::2], strict=True)):
        label = "under the trap" if film.trap_count == 1 else "under the traps"
        axes.axvspan(
            start, end, facecolor=_SHADE, edgecolor=GREY, lw=0.8, zorder=0,
            label=None if number else label,
        )  # fmt: skip
    fraction, mean = np.asarray(along.fraction), float(design.performance.residual_fraction)
    decade, label = 1.0, "Quasiparticles x"
    if fraction.min() > 0 and fraction.max() > 30 * fraction.min():
        axes.set_yscale("log")
    elif mean > 0:
        decade, power = power_of_ten(float(fraction.max()), "1")
        label += f" ({power})" if decade != 1 else ""
        axes.set_ylim(0, 1.15 * fraction.max() / decade)
    fraction, mean = fraction / decade, mean / decade
    axes.plot(position, fraction, color=BLUE, label="with the trap")
    axes.axhline(mean, color=BLACK, ls=_DASHED, lw=1.4, label="mean")
    axes.set(xlim=(position[0], position[-1]), xlabel=f"Position along the film ({unit})")
    axes.set_ylabel(label)
    at = _quoted("temperature", design.performance.temperature)
    axes.set_title(f"steady state at {at}", loc="left")


def survival(design: TrapDesign) -> Figure:
    """What is left of a burst under the trap, if quasiparticles rethermalise and if they do not."""
    curve, rate = design.curves.over_time, float(design.performance.trapping_rate)
    figure = Figure(figsize=(7.6, 5.0))
    axes = figure.subplots()
    late = 12.0
    draw(
        axes, curve.time,
        (curve.frozen, RED, _DASHED, "quasiparticles keep their energy"),
        (curve.thermal, BLUE, "-", "quasiparticles rethermalise: exp(-Γt)"),
    )  # fmt: skip
    axes.set_yscale("log", nonpositive="mask")
    axes.set(xlim=(0, late), ylim=(1e-3, 1.3), xlabel="Time under the trap, in units of 1/Γ")
    axes.set_ylabel("Share of the burst that is left")
    unit, (end,) = scaled(Quantity("s", "t", "Time", display="ms"), late / rate)
    unit_time = float(end) / late
    both = (lambda x: np.asarray(x) * unit_time, lambda t: np.asarray(t) / unit_time)
    above = axes.secondary_xaxis("top", functions=both)
    above.set_xlabel(f"Time under the trap ({unit})")
    axes.legend(loc="upper right")
    return figure


def states(design: TrapDesign) -> Figure:
    """Densities of states of film and trap, and at the right that of the trap near its minigap."""
    found, curve = design.performance, design.curves.over_energy
    figure = Figure(figsize=(11.0, 4.8))
    left, right = figure.subplots(1, 2)
    energy = np.asarray(curve.energy)
    gap, minigap = float(found.gap), float(found.minigap)
    # A minigap that is too small to be seen beside Δ would be a line on the axis.
    metal = np.where((minigap > 0.01 * gap) | (energy > 0.01), curve.metal_states, np.nan)
    left.fill_between(energy, curve.film_states, color=_SHADE, lw=0)
    draw(
        left, energy,
        (curve.film_states, BLUE, "-", "film ν_S"),
        (metal, RED, _DASHED, "trap ν_N"),
    )  # fmt: skip
    left.set(xlim=(0, 3), xlabel="Energy over the gap E/Δ")
    unit, (near, edge) = scaled(Quantity("J", "E", "Energy", display="ueV"), 3 * minigap, minigap)
    scale = float(near) / (3 * minigap)
    draw(right, energy * gap * scale, (curve.metal_states, RED, _DASHED, "trap ν_N"))
    label = typeset(f"minigap E_g = {edge:.3g} {unit}")
    right.axvline(float(edge), color=GREY, ls=":", lw=2.0, label=label)
    right.set(xlim=(0, float(near)), xlabel=f"Energy E ({unit})")
    for axes in (left, right):
        tallest = max(float(np.max(column)) for column in (curve.film_states, curve.metal_states))
        axes.set(ylim=(0, min(6.0, 1.2 * tallest)), ylabel="Density of states over the normal one")
        axes.legend(loc="upper right")
    left.set_title(f"Δ = {_quoted('gap', gap)}", loc="left")
    return figure


def evacuation(design: TrapDesign) -> Figure:
    """How long evacuation takes, against length, place and number of traps."""
    found, curves = design.performance, design.curves
    film: Any = design.case.trap.film
    lengths: Any = curves.over_length
    places: Any = curves.over_place
    counts: Any = curves.over_count
    figure = Figure(figsize=(13.0, 4.9))
    first, second, third = figure.subplots(1, 3)
    time = quantity_of(Performance, "evacuation_time")
    metres = Quantity("m", "d", "Length", display="um")
    here = float(found.evacuation_time)
    unit, (dot,) = scaled(time, here)
    end, centre, along = (
        np.asarray(column) * dot / here
        for column in (lengths.at_end, lengths.centred, places.evacuation_time)
    )

    columns = (lengths.trap_length, film.trap_length, found.crossover_length)
    x_unit, (length, trap, cross) = scaled(metres, *columns)
    draw(
        first, length,
        (end, RED, _DASHED, "one trap at the left end"),
        (centre, BLUE, "-", "one trap in the middle"),
    )  # fmt: skip
    if length[0] < cross < length[-1]:
        label = typeset("d_c, beyond which diffusion limits")
        first.axvline(float(cross), color=GREY, ls=":", lw=1.6, label=label)
    first.plot(trap, dot, color=GREEN, label="this design", **_DOT)
    first.set(xscale="log", yscale="log", xlabel=f"Length of the trap d ({x_unit})")
    first.set_ylabel(typeset(f"Evacuation time τ_w ({unit})"))

    x_unit, (place,) = scaled(metres, places.trap_position)
    draw(second, place, (along, BLUE, "-", "one trap of this length"))
    if film.trap_count == 1:
        at = film.trap_centres[0] / film.length * (place[0] + place[-1])
        second.plot(at, dot, color=GREEN, label="this design", **_DOT)
    if along.max() > 8 * along.min():
        second.set_yscale("log")
    else:
        second.set_ylim(0, 1.1 * max(along.max(), dot))
    second.set_xlabel(f"Centre of the trap from the left end ({x_unit})")
    second.set_ylabel(typeset(f"Evacuation time τ_w ({unit})"))

    count, rate = np.asarray(counts.trap_count), np.asarray(counts.evacuation_rate)
    bound = float(found.area_bound)
    far = bound > 8 * rate[0]
    decade, power = (1.0, "1/s") if far else power_of_ten(bound, "1/s")
    third.axhline(bound / decade, color=RED, ls=_DASHED, label="limit, if diffusion took no time")
    draw(third, count, (rate[0] * count**2 / decade, GREY, ":", "N² times the rate of one trap"))
    third.plot(count, rate / decade, color=BLUE, marker="s", ms=5, label="equally spaced traps")
    if film.trap_count <= count[-1]:
        third.plot(film.trap_count, 1 / here / decade, color=GREEN, label="this design", **_DOT)
    if far:
        third.set(xscale="log", yscale="log", ylim=(0.7 * min(rate[0], 1 / here), 1.5 * bound))
        third.xaxis.set_minor_locator(NullLocator())
    else:
        third.set_ylim(0, 1.15 * bound / decade)
    third.xaxis.set_major_locator(FixedLocator([1, 2, 3, 5, 7, 10]))
    third.xaxis.set_major_formatter("{x:.0f}")
    third.set_xlabel("Number N of traps that share this length")
    third.set_ylabel(typeset("Evacuation rate 1/τ_w") + f" ({power})")
    for axes in (first, second, third):
        _legend_below(axes, columns=1)
    return figure


def _over_temperature(axes: Any, design: TrapDesign) -> tuple[np.ndarray, float]:
    """Label the axis; give the temperatures of the curves and of the design in its unit."""
    declared = quantity_of(Performance, "temperature")
    curve, present = design.curves.over_temperature, design.performance.temperature
    unit, (temperature, here) = scaled(declared, curve.temperature, present)
    axes.set(xscale="log", xlim=(temperature[0], temperature[-1]))
    axes.set_xlabel(f"Temperature T of the film ({unit})")
    axes.axvline(float(here), color=GREY, lw=1.0)
    return temperature, float(here)


def _legend_below(axes: Any, columns: int = 2) -> None:
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=columns, handlelength=3.2)


def _quoted(name: str, value: Any) -> str:
    return quoted(quantity_of(Performance, name), float(value), 3)
