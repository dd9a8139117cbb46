"""What a trap's figures show: rates, densities of states, evacuation and what is left."""

from collections.abc import Callable, Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq

from entrap.core.arrays import Reals
from entrap.core.quantities import as_declared, quantity
from entrap.core.stable import guarded
from entrap.model import film, junction, junction_limits, lifetimes, proximity
from entrap.model.film import Strip
from entrap.solve.inputs import Inputs, Static
from entrap.solve.jit import quick_jit
from entrap.solve.stored import stored
from entrap.solve.strip.steady import Steady
from entrap.studies.trap.performance import (
    Performance,
    at_temperature,
    film_temperature,
    junction_of,
    rates,
    scaled_device,
    theory,
    traps_of,
)
from entrap.studies.trap.residue import residue

MOST_TRAPS = 10
"""Largest number of traps into which a trap's length is split."""

POINTS = 60
"""Temperatures, lengths and places of the curves."""

_STILL = 1e-6  # 1/ν_S of energies so near the gap that they go nowhere
_ENDLESS = 100.0  # ln of a time in seconds that no experiment waits


class OverTemperature(eqx.Module):
    """Rates against the film's temperature; the trap keeps its own one, if the case states it."""

    temperature: Reals = as_declared(Performance, "temperature")
    trapping_rate: Reals = as_declared(Performance, "trapping_rate")
    near_gap_rate: Reals = theory("1/s", "Γ_t F(α)", "Trapping rate of states near the gap alone")
    slow_rate: Reals = theory("1/s", "Γ at α ≫ 1", "Trapping rate in the limit of slow relaxation")
    recombination_rate: Reals = theory("1/s", "1/τ_R", "Recombination rate in equilibrium")
    thermalisation_rate: Reals = as_declared(Performance, "thermalisation_rate")
    equilibrium_fraction: Reals = as_declared(Performance, "equilibrium_fraction")
    untrapped_fraction: Reals = as_declared(Performance, "untrapped_fraction")
    residual_fraction: Reals = as_declared(Performance, "residual_fraction")


class OverEnergy(eqx.Module):
    """Rates and densities of states against energy, at the film's temperature."""

    energy: Reals = quantity("1", "E/Δ", "Energy in units of the gap")
    film_states: Reals = theory("1", "ν_S", "Density of states of the film")
    metal_states: Reals = theory("1", "ν_N", "Density of states of the trap")
    escape_rate: Reals = theory("1/s", "Γ_e", "Rate of escape back to the film")
    relaxation_rate: Reals = theory("1/s", "Γ_r", "Rate of relaxation in the trap")
    spectral_rate: Reals = theory("1/s", "Γ_t Γ_r/(Γ_r + Γ_e)", "Trapping rate at that energy")


class OverLength(eqx.Module):
    """Evacuation time against the length of a single trap."""

    trap_length: Reals = quantity("m", "d", "Length of the trap", display="um")
    at_end: Reals = quantity("s", "τ_w", "One trap at the left end", display="ms", source="(T6)")
    centred: Reals = quantity("s", "τ_w", "One trap in the middle", display="ms", source="(T6)")


class OverPlace(eqx.Module):
    """Evacuation time against the place of one trap that has the present length of all."""

    trap_position: Reals = quantity("m", "z", "Centre of the trap", display="um")
    evacuation_time: Reals = as_declared(Performance, "evacuation_time")


class OverCount(eqx.Module):
    """Evacuation rate against the number of traps that share the present length."""

    trap_count: Reals = quantity("1", "N", "Number of traps, equally spaced")
    evacuation_rate: Reals = as_declared(Performance, "evacuation_rate")


class AlongFilm(eqx.Module):
    """The steady state along the film."""

    position: Reals = quantity("m", "z", "Distance from the left end", display="um")
    fraction: Reals = theory("1", "x", "n_qp/2N_0Δ in the steady state")


class OverTime(eqx.Module):
    """What is left of a burst of quasiparticles under the trap, as a share of the burst."""

    time: Reals = quantity("1", "Γ t", "Time in units of 1/Γ")
    thermal: Reals = theory("1", "e^(-Γt)", "Quasiparticles that rethermalise")
    frozen: Reals = theory("1", "S", "Quasiparticles that keep their energy")


class OverBurst(eqx.Module):
    """How a burst decays that fills the film, if each quasiparticle keeps its energy."""

    energy: Reals = quantity("1", "E/Δ", "Energy in units of the gap")
    share: Reals = theory("1", "p", "Share of the burst that has about this energy")
    decay_rate: Reals = theory("1/s", "1/τ_w(E)", "Rate at which that share decays")


class Curves(eqx.Module):
    """All curves of a design; the last four only if the case has a film.

    Where the trapping rate was measured, there are none of its junction.
    """

    over_temperature: Any = None  # an OverTemperature, and so on
    over_energy: Any = None
    over_time: Any = None
    over_burst: Any = None
    over_length: OverLength | None = None
    over_place: OverPlace | None = None
    over_count: OverCount | None = None
    along_film: AlongFilm | None = None


def curves(
    chosen: Static,
    inputs: Inputs,
    found: Mapping[str, Any],
    steady: Steady,
    over_temperature: Callable[[], OverTemperature],
) -> Curves:
    """Compute all curves from the numbers of a case, its `rates` and its steady state.

    `over_temperature` is called last, since it waits for what another thread computes.
    """
    over_energy, over_time, over_burst = _spectra(chosen, inputs, found)
    made: dict[str, Any] = {}
    if inputs.trap.film is not None:
        made = film_curves(found["strip"])
        made["along_film"] = _of(AlongFilm, position=steady.position, fraction=steady.density)
    whole = Curves(over_temperature(), over_energy, over_time, over_burst, **made)
    return jax.tree.map(np.asarray, whole)


def _of(kind: type, **columns: Any) -> Any:
    return kind(**{name: jnp.asarray(column, float) for name, column in columns.items()})


def rates_over_temperature(chosen: Static, inputs: Inputs, *, passive: bool) -> OverTemperature:
    """Rates and what is left from far below to near T_c.

    A passive trap is as warm as the film; one whose T_N follows from its heat is as warm as that.
    """
    critical, trap = float(inputs.material.critical_temperature), junction_of(inputs)
    present = float(film_temperature(inputs))
    low, middle = min(0.02 * critical, present / 2), 0.7 * critical
    # Near T_c the gap closes, so that everything changes fast.
    late = critical - (critical - middle) * np.geomspace(1.0, 0.01, POINTS // 3)
    temperature = np.append(np.geomspace(low, middle, POINTS - POINTS // 3 + 1)[:-1], late)
    own = temperature if passive else np.full(POINTS, trap.trap_temperature)
    columns, each = jax.tree.map(
        np.asarray, _at_temperatures(chosen, inputs, jnp.asarray(temperature), jnp.asarray(own))
    )
    left = [
        residue(jax.tree.map(lambda column, i=i: column[i], each), float(trap.generation))[0]
        for i in range(POINTS)
    ]
    return _of(OverTemperature, temperature=temperature, residual_fraction=left, **columns)


@stored(quick_jit)
def _at_temperatures(chosen: Static, inputs: Any, temperature: Any, own: Any) -> Any:
    def at(temperature: Reals, own: Reals) -> Any:
        here = at_temperature(inputs, temperature, own)
        found = rates(here, chosen.choices)
        gap, alpha = found["gap"], found["backflow_parameter"]
        device = scaled_device(here, chosen.choices)
        columns = {
            "trapping_rate": found["trapping_rate"],
            "near_gap_rate": found["tunnelling_rate"] * junction_limits.near_gap_factor(alpha),
            "slow_rate": junction_limits.slow_relaxation_rate(device.junction, gap, temperature),
            "recombination_rate": lifetimes.recombination_rate(device.phonons, gap, temperature),
            "thermalisation_rate": found["thermalisation_rate"],
            "equilibrium_fraction": found["equilibrium_fraction"],
            "untrapped_fraction": found["untrapped_fraction"],
        }
        needed = ("strip", "recombination_coefficient", "equilibrium_fraction", "floor_fraction")
        return columns, {name: found[name] for name in needed}

    return jax.vmap(at)(temperature, own)


@stored(quick_jit)
def _spectra(chosen: Static, inputs: Any, found: Any) -> tuple[OverEnergy, OverTime, OverBurst]:
    j = scaled_device(inputs, chosen.choices).junction
    gap, temperature, own = found["gap"], found["temperature"], found["trap_temperature"]
    # The edge at E = Δ and the minigap both want points near them.
    below, above = 1 - np.geomspace(1.0, 1e-4, 80)[:-1], 1 + np.geomspace(1e-4, 2.0, 140)
    near = np.sort(np.concatenate([1 - np.geomspace(1e-3, 0.5, 30), 1 + np.geomspace(1e-3, 2, 60)]))
    mini = found["minigap"] / gap * near
    between = jnp.exp(jnp.linspace(jnp.log(3 * found["minigap"] / gap), -2.0, 30))
    energy = jnp.sort(jnp.concatenate([jnp.asarray([*below, *above]), mini, between]))
    states = proximity.bilayer_states(
        energy * gap, gap, found["metal_coupling"], found["film_coupling"],
        junction_of(inputs).dynes_broadening,
    )  # fmt: skip
    gapped = energy <= 1
    over = jnp.where(gapped, 1.5, energy) * gap

    def above_gap(values: Reals) -> Reals:
        return jnp.where(gapped, jnp.nan, values)

    over_energy = OverEnergy(
        energy=energy,
        metal_states=states[0],
        film_states=states[1],
        escape_rate=above_gap(junction.escape_rate(j, over, gap)),
        relaxation_rate=above_gap(junction.relaxation_rate(j, over, gap, own)),
        spectral_rate=above_gap(junction.spectral_rate(j, over, gap, own)),
    )
    time = jnp.concatenate([jnp.zeros(1), jnp.geomspace(0.01, 100.0, 80)])
    frozen = junction.survival(j, gap, temperature, time / found["trapping_rate"], own)
    return over_energy, OverTime(time, jnp.exp(-time), frozen), _over_burst(j, found)


def over_burst(chosen: Static, inputs: Inputs) -> OverBurst:
    """How a burst decays in the film of a case, from its numbers."""
    found = rates(inputs, chosen.choices)
    return _over_burst(scaled_device(inputs, chosen.choices).junction, found)


def _over_burst(j: junction.TunnelJunction, found: Any) -> OverBurst:
    """Each energy diffuses at D(ε) = D_N/ν_S(ε), and is trapped at its own rate."""
    gap, strip = found["gap"], found["strip"]
    energies, shares = junction.thermal_spectrum(gap, found["temperature"])
    speed = jnp.sqrt((energies - gap) * (energies + gap)) / energies  # 1/ν_S
    moves = speed > _STILL
    spread = strip.diffusivity * speed / (shares * speed).sum()
    taken = junction.spectral_rate(j, energies, gap, found["trap_temperature"])
    each = eqx.tree_at(
        lambda s: (s.diffusivity, s.trapping_rate),
        strip,
        (guarded(spread, moves), guarded(taken, moves)),
    )
    decay = jnp.where(moves, film.slowest_rate(each), strip.background_rate)
    return OverBurst(energies / gap, shares, decay)


def burst_time(burst: OverBurst, left: float) -> float:
    """Time [s] within which no more than this share of a burst is `left`.

    It is that of the slowest mode at each energy; what decays faster beside it makes it shorter.
    """
    shares, rates = np.asarray(burst.share), np.asarray(burst.decay_rate)
    low = np.log(-np.log(left) / rates.max())
    high = low

    def excess(log_time: float) -> float:
        return float(np.log((shares * np.exp(-rates * np.exp(log_time))).sum() / left))

    while excess(high) > 0:
        low, high = high, high + 1.0
        if high > _ENDLESS:
            return np.inf
    return float(np.exp(np.asarray(brentq(excess, low - 1e-9, high, xtol=1e-12))))


def film_curves(strip: Strip) -> dict[str, Any]:
    """The curves of `Curves` that follow from the film and the trapping rate alone."""
    length, total = float(strip.length), float(strip.trap_lengths.sum())
    lengths = np.geomspace(min(1e-3, 0.3 * total / length), 0.999, POINTS) * length
    places = total / 2 + (length - total) * np.linspace(0.0, 1.0, POINTS)
    counts = np.arange(1.0, MOST_TRAPS + 1)
    single, same = np.ones(POINTS), np.full(POINTS, total)
    rows = [  # place, total length, count
        (lengths / 2, lengths, single),
        (single * length / 2, lengths, single),
        (places, same, single),
        (np.full(MOST_TRAPS, -1.0), np.full(MOST_TRAPS, total), counts),
    ]
    found = _evacuation(strip, *(np.concatenate(column) for column in zip(*rows, strict=True)))
    at_end, centred, along, split = np.split(np.asarray(found), [POINTS, 2 * POINTS, 3 * POINTS])
    return {
        "over_length": _of(OverLength, trap_length=lengths, at_end=1 / at_end, centred=1 / centred),
        "over_place": _of(OverPlace, trap_position=places, evacuation_time=1 / along),
        "over_count": _of(OverCount, trap_count=counts, evacuation_rate=split),
    }


def best_place(strip: Strip) -> float:
    """Centre [m] at which one trap empties the film fastest, on ever finer grids.

    This uses the compiled function of the curves. `entrap.solve.strip.placement` follows the
    gradient for any number of traps, and takes longer.
    """
    count = 3 * POINTS + MOST_TRAPS
    total = float(strip.trap_lengths.sum())
    first, last = total / 2, float(strip.length) - total / 2
    low, high = first, last
    for _ in range(3):
        places = np.linspace(low, high, count)
        found = _evacuation(strip, places, np.full(count, total), np.ones(count))
        best, step = places[np.argmax(found)], places[1] - places[0]
        low, high = max(best - step, first), min(best + step, last)
    return float(best)


@stored(quick_jit)
def _evacuation(strip: Strip, place: Any, total: Any, count: Any) -> Reals:
    traps = traps_of(strip.length, total[:, None], count[:, None], place[:, None], MOST_TRAPS)
    return film.slowest_rate(eqx.tree_at(lambda s: (s.trap_centres, s.trap_lengths), strip, traps))
