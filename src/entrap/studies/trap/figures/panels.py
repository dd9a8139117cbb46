"""The panels of a trap's figures; each draws into axes, all curves or some by name."""

from typing import Any

import numpy as np
from matplotlib.ticker import FixedLocator, NullLocator

from entrap.core.quantities import Quantity, quantity_of
from entrap.report.labels import power_of_ten, quoted, scaled, typeset
from entrap.report.style import BLACK, BLUE, GREEN, GREY, RED, Curves, draw
from entrap.studies.trap.curves import AlongFilm
from entrap.studies.trap.design import TrapDesign
from entrap.studies.trap.performance import Performance

_DASHED, _LONG = (0, (5, 2)), (0, (10, 4))
_DOT: dict[str, Any] = {"marker": "o", "mec": BLACK, "ms": 9, "ls": "none", "zorder": 5}
_SHADE = "#e7f1f8"  # under a trap


def rates(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """Rates against temperature."""
    found, curve = design.performance, design.curves.over_temperature
    temperature, here = _temperature_axis(axes, design)
    draw(
        axes, temperature,
        ("trapping", curve.trapping_rate, BLUE, "-", "trapping Γ", 3.0),
        ("near-gap", curve.near_gap_rate, BLACK, _DASHED, "Γ of states near the gap alone", 1.4),
        ("slow", curve.slow_rate, GREY, ":", "Γ in the limit of slow relaxation", 2.0),
        ("recombination", curve.recombination_rate, RED, "-.", "recombination 1/τ_R", 2.0),
        ("thermalisation", curve.thermalisation_rate, GREEN, _LONG, "thermalisation 1/τ_s", 2.0),
        curves=curves,
    )  # fmt: skip
    rate = float(found.trapping_rate)
    axes.plot(here, rate, color=BLUE, label="this design", **_DOT)
    top = 3 * max(float(np.max(c)) for c in (curve.trapping_rate, curve.recombination_rate))
    slow = float(found.thermalisation_rate)
    least = min(slow / 10, float(np.min(curve.trapping_rate)) / 10, top * 1e-4)
    axes.set(ylim=(min(max(least, top * 1e-12), rate / 10), top), yscale="log")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("Rate (1/s)")


def rates_over_energy(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """Rates against energy, at the film's temperature."""
    found, energy = design.performance, design.curves.over_energy
    x = np.where(np.asarray(energy.energy) > 1, energy.energy, np.nan)
    tunnelling = np.full(x.shape, found.tunnelling_rate)
    draw(
        axes, x,
        ("tunnelling", tunnelling, GREEN, _LONG, "tunnelling Γ_t", 2.0),
        ("escape", energy.escape_rate, RED, "-.", "escape back Γ_e", 2.0),
        ("relaxation", energy.relaxation_rate, GREY, ":", "relaxation Γ_r", 2.4),
        ("trapping", energy.spectral_rate, BLUE, "-", "trapping Γ_t Γ_r/(Γ_r + Γ_e)", 3.0),
        curves=curves,
    )  # fmt: skip
    axes.set(yscale="log", xlim=(0.97, 3.0), xlabel="Energy over the gap E/Δ")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel("Rate (1/s)")


def residue(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """What is left in the steady state, against temperature."""
    found, curve = design.performance, design.curves.over_temperature
    temperature, here = _temperature_axis(axes, design)
    draw(
        axes, temperature,
        ("untrapped", curve.untrapped_fraction, RED, "-.", "without the trap"),
        ("equilibrium", curve.equilibrium_fraction, GREY, ":", "thermal equilibrium", 3.2),
        ("trapped", curve.residual_fraction, BLUE, "-", "with the trap", 2.4),
        curves=curves,
    )  # fmt: skip
    x, least = float(found.residual_fraction), float(np.min(curve.residual_fraction))
    bottom = max(least / 30, 1e-14)
    if x > 0:
        axes.plot(here, x, color=BLUE, label="this design", **_DOT)
        bottom = min(bottom, x / 30)  # the design is always seen
    axes.set_yscale("log", nonpositive="mask")
    axes.set_ylim(bottom, 2)
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_ylabel(typeset("Quasiparticles x = n_qp/(2 N_0 Δ)"))


def profile(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """What is left in the steady state, along the film."""
    film, along = design.case.require("trap.film"), design.curves.along_film
    assert along is not None
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
    fraction, mean = fraction / decade, np.full(fraction.shape, mean / decade)
    draw(
        axes, position,
        ("trapped", fraction, BLUE, "-", "with the trap"),
        ("mean", mean, BLACK, _DASHED, "mean", 1.4),
        curves=curves,
    )  # fmt: skip
    axes.set(xlim=(position[0], position[-1]), xlabel=f"Position along the film ({unit})")
    axes.set_ylabel(label)
    at = _quoted("temperature", design.performance.temperature)
    axes.set_title(f"steady state at {at}", loc="left")


def survival(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """What is left of a burst, if quasiparticles rethermalise and if they do not."""
    curve, rate = design.curves.over_time, float(design.performance.trapping_rate)
    late = 12.0
    draw(
        axes, curve.time,
        ("frozen", curve.frozen, RED, _DASHED, "quasiparticles keep their energy"),
        ("thermal", curve.thermal, BLUE, "-", "quasiparticles rethermalise: exp(-Γt)"),
        curves=curves,
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


def states(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """Densities of states of film and trap."""
    found, curve = design.performance, design.curves.over_energy
    energy, gap = np.asarray(curve.energy), float(found.gap)
    # A minigap that is too small to be seen beside Δ would be a line on the axis.
    seen = (float(found.minigap) > 0.01 * gap) | (energy > 0.01)
    metal = np.where(seen, curve.metal_states, np.nan)
    if curves is None or "film" in curves:
        axes.fill_between(energy, curve.film_states, color=_SHADE, lw=0)
    draw(
        axes, energy,
        ("film", curve.film_states, BLUE, "-", "film ν_S"),
        ("trap", metal, RED, _DASHED, "trap ν_N"),
        curves=curves,
    )  # fmt: skip
    axes.set(xlim=(0, 3), ylim=(0, _tallest(design)), xlabel="Energy over the gap E/Δ")
    axes.set_ylabel("Density of states over the normal one")
    axes.set_title(f"Δ = {_quoted('gap', gap)}", loc="left")
    axes.legend(loc="upper right")


def minigap(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """Density of states of the trap near its minigap."""
    found, curve = design.performance, design.curves.over_energy
    gap, edge = float(found.gap), float(found.minigap)
    unit, (near, at) = scaled(Quantity("J", "E", "Energy", display="ueV"), 3 * edge, edge)
    energy = np.asarray(curve.energy) * gap * float(near) / (3 * edge)
    draw(axes, energy, ("trap", curve.metal_states, RED, _DASHED, "trap ν_N"), curves=curves)
    label = typeset(f"minigap E_g = {at:.3g} {unit}")
    axes.axvline(float(at), color=GREY, ls=":", lw=2.0, label=label)
    axes.set(xlim=(0, float(near)), ylim=(0, _tallest(design)), xlabel=f"Energy E ({unit})")
    axes.set_ylabel("Density of states over the normal one")
    axes.legend(loc="upper right")


def evacuation(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """How long evacuation takes, against the length of the trap."""
    found, lengths = design.performance, _there(design.curves.over_length)
    film = design.case.require("trap.film")
    unit, dot, factor = _time(design)
    x_unit, (length, trap, cross) = scaled(
        _METRES, lengths.trap_length, film.trap_length, found.crossover_length
    )
    draw(
        axes, length,
        ("end", np.asarray(lengths.at_end) * factor, RED, _DASHED, "one trap at the left end"),
        ("middle", np.asarray(lengths.centred) * factor, BLUE, "-", "one trap in the middle"),
        curves=curves,
    )  # fmt: skip
    if length[0] < cross < length[-1] and (curves is None or "crossover" in curves):
        label = typeset("d_c, beyond which diffusion limits")
        axes.axvline(float(cross), color=GREY, ls=":", lw=1.6, label=label)
    axes.plot(trap, dot, color=GREEN, label="this design", **_DOT)
    axes.set(xscale="log", yscale="log", xlabel=f"Length of the trap d ({x_unit})")
    axes.set_ylabel(typeset(f"Evacuation time τ_w ({unit})"))


def evacuation_over_place(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """How long evacuation takes, against the place of the trap."""
    places, film = _there(design.curves.over_place), design.case.require("trap.film")
    unit, dot, factor = _time(design)
    along = np.asarray(places.evacuation_time) * factor
    x_unit, (place,) = scaled(_METRES, places.trap_position)
    draw(axes, place, ("one", along, BLUE, "-", "one trap of this length"), curves=curves)
    if film.trap_count == 1:
        at = film.trap_centres[0] / film.length * (place[0] + place[-1])
        axes.plot(at, dot, color=GREEN, label="this design", **_DOT)
    if along.max() > 8 * along.min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, 1.1 * max(along.max(), dot))
    axes.set_xlabel(f"Centre of the trap from the left end ({x_unit})")
    axes.set_ylabel(typeset(f"Evacuation time τ_w ({unit})"))


def evacuation_over_count(design: TrapDesign, axes: Any, curves: Curves) -> None:
    """How fast evacuation is, against the number of traps that share a length."""
    found, counts = design.performance, _there(design.curves.over_count)
    film, here = design.case.require("trap.film"), float(found.evacuation_time)
    count, rate = np.asarray(counts.trap_count), np.asarray(counts.evacuation_rate)
    bound = float(found.area_bound)
    far = bound > 8 * rate[0]
    decade, power = (1.0, "1/s") if far else power_of_ten(bound, "1/s")
    limit, square = np.full(count.shape, bound), rate[0] * count**2
    draw(
        axes, count,
        ("limit", limit / decade, RED, _DASHED, "limit, if diffusion took no time"),
        ("square", square / decade, GREY, ":", "N² times the rate of one trap"),
        curves=curves,
    )  # fmt: skip
    if curves is None or "equal" in curves:
        look = {"color": BLUE, "marker": "s", "ms": 5, "label": "equally spaced traps"}
        axes.plot(count, rate / decade, **look)
    if film.trap_count <= count[-1]:
        axes.plot(film.trap_count, 1 / here / decade, color=GREEN, label="this design", **_DOT)
    if far:
        axes.set(xscale="log", yscale="log", ylim=(0.7 * min(rate[0], 1 / here), 1.5 * bound))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.set_ylim(0, 1.15 * bound / decade)
    axes.xaxis.set_major_locator(FixedLocator([1, 2, 3, 5, 7, 10]))
    axes.xaxis.set_major_formatter("{x:.0f}")
    axes.set_xlabel("Number N of traps that share this length")
    axes.set_ylabel(typeset("Evacuation rate 1/τ_w") + f" ({power})")


_METRES = Quantity("m", "d", "Length", display="um")


def _tallest(design: TrapDesign) -> float:
    """Where the axes of densities of states end."""
    curve = design.curves.over_energy
    tallest = max(float(np.max(column)) for column in (curve.film_states, curve.metal_states))
    return min(6.0, 1.2 * tallest)


def _time(design: TrapDesign) -> tuple[str, float, float]:
    """Unit of the evacuation time, that of the design in it, and the factor to it from SI."""
    here = float(design.performance.evacuation_time)
    unit, (dot,) = scaled(quantity_of(Performance, "evacuation_time"), here)
    return unit, float(dot), float(dot) / here


def _there(curve: Any) -> Any:
    """Curves that a design on a film has."""
    assert curve is not None
    return curve


def _temperature_axis(axes: Any, design: TrapDesign) -> tuple[np.ndarray, float]:
    """Label the axis; give the temperatures of the curves and of the design in its unit."""
    declared = quantity_of(Performance, "temperature")
    curve, present = design.curves.over_temperature, design.performance.temperature
    unit, (temperature, here) = scaled(declared, curve.temperature, present)
    axes.set(xscale="log", xlim=(temperature[0], temperature[-1]))
    axes.set_xlabel(f"Temperature T of the film ({unit})")
    axes.axvline(float(here), color=GREY, lw=1.0)
    return temperature, float(here)


def _quoted(name: str, value: Any) -> str:
    return quoted(quantity_of(Performance, name), float(value), 3)
