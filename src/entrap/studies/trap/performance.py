"""A trap on its film at one temperature, as one function of the case's numbers.

An excess of quasiparticles decays at the slowest rate of diffusion and trapping, `slowest_rate`. In
the steady state

    0 = D x'' - a Γ (x - x_N) - s_b (x - x_eq) - r (x² - x_eq²) + g

with x = n_qp/2N_0Δ; a is 1 under a trap and 0 elsewhere, and Γ x_N is what the trap's own electrons
bring back to the film, by detailed balance.

Source: theory page, traps.
"""

import dataclasses
from functools import partial
from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import quantity
from entrap.core.stable import guarded
from entrap.model import balance, bcs, film, junction, lifetimes, proximity, trap_heat
from entrap.model.device import Device
from entrap.model.film import Strip
from entrap.solve.inputs import Choices, FilmNumbers, Inputs, JunctionNumbers, replaced, required
from entrap.solve.sample import device_of

THEORY, _T6 = "theory page, traps", "(T6), theory page"
theory = partial(quantity, source=THEORY)
OF_FILM = (
    "quasiparticle_diffusivity",
    "trapping_length",
    "crossover_length",
    "area_bound",
    "saturated_rate",
)
"""Fields of `Performance` that are NaN without a film."""


class Scales(eqx.Module):
    """Factors, all 1, on what may limit a trap; derivatives by their logarithms are its shares."""

    barrier: RealsLike = 1.0
    relaxation: RealsLike = 1.0
    diffusion: RealsLike = 1.0
    background: RealsLike = 1.0


_ONES = Scales()


class Performance(eqx.Module):
    """What a trap does at one temperature; scalars, NaN where the case does not say enough."""

    temperature: Reals = quantity("K", "T", "Temperature of the film", display="mK")
    trap_temperature: Reals = quantity("K", "T_N", "Temperature of the trap", display="mK")
    gap: Reals = quantity("J", "Δ", "Gap of the film", display="ueV", source="BCS")
    tunnelling_rate: Reals = theory("1/s", "Γ_t", "Tunnelling from film to trap")
    escape_rate: Reals = theory("1/s", "Γ_e0", "Escape back to the film, at ν_S = 1")
    relaxation_rate: Reals = theory("1/s", "Γ_r(Δ)", "Relaxation in the trap to below the gap")
    backflow_parameter: Reals = theory(
        "1", "α", "Ratio of escape to relaxation, (Γ_e0/Γ_r) √(Δ/2k_B T)"
    )
    trapping_rate: Reals = theory("1/s", "Γ", "Trapping rate of quasiparticles under the trap")
    thermalisation_rate: Reals = theory("1/s", "1/τ_s", "Absorption of phonons at the gap edge")
    recombination_coefficient: Reals = theory("1/s", "r", "Recombination, in dx/dt = -r x²")
    metal_coupling: Reals = theory(
        "J", "γ_N", "Coupling of the trap to pairs in the film", display="ueV"
    )
    film_coupling: Reals = theory("J", "γ_S", "Coupling of the film to the trap", display="ueV")
    minigap: Reals = theory("J", "E_g", "Gap that the film induces in the trap", display="ueV")
    heat_flow: Reals = theory(
        "W/m^2", "P", "Heat that the film under an area of the trap brings to it", display="pW/um^2"
    )
    holding_flow: Reals = theory(
        "W/m^2",
        "P_c",
        "Heat of an area that only a cooler takes off, to hold the trap at T_N",
        display="pW/um^2",
    )
    free_trap_temperature: Reals = theory(
        "K", "T_N alone", "Temperature of a trap that only its phonons cool", display="mK"
    )
    equilibrium_fraction: Reals = theory("1", "x_eq", "n_qp/2N_0Δ in equilibrium at T")
    untrapped_fraction: Reals = theory("1", "x_0", "n_qp/2N_0Δ without the trap, with generation")
    floor_fraction: Reals = theory(
        "1", "x_N", "n_qp/2N_0Δ at which as many flow back from the trap as it takes"
    )
    residual_fraction: Reals = theory("1", "x", "Mean n_qp/2N_0Δ that the trap leaves")
    residual_density: Reals = theory(
        "1/m^3", "n_qp", "Quasiparticles that the trap leaves", display="1/um^3"
    )
    pair_density: Reals = theory("1/m^3", "2 N_0 Δ", "Unit of n_qp in x", display="1/um^3")
    quasiparticle_diffusivity: Reals = theory(
        "m^2/s", "D_qp", "Diffusion coefficient of quasiparticles", display="cm^2/s"
    )
    trapping_length: Reals = theory(
        "m", "λ_tr", "Diffusion under the trap before trapping", display="um"
    )
    crossover_length: Reals = theory(
        "m", "d_c", "Trap length beyond which diffusion limits", display="um"
    )
    evacuation_rate: Reals = quantity(
        "1/s", "1/τ_w", "Rate at which an excess finally decays", source=_T6
    )
    evacuation_time: Reals = quantity(
        "s", "τ_w", "Time in which an excess falls by a factor e", display="ms", source=_T6
    )
    burst_time: Reals = theory(
        "s",
        "t_e",
        "Time within which a burst falls to 1/e, if quasiparticles keep their energy",
        display="ms",
    )
    burst_tail_time: Reals = theory(
        "s",
        "t_0.01",
        "Time within which a burst falls to 1 %, if quasiparticles keep their energy",
        display="ms",
    )
    area_bound: Reals = theory("1/s", "s_b + Γ A_t/A", "Evacuation rate if diffusion took no time")
    saturated_rate: Reals = theory(
        "1/s", "D π²/l²", "Evacuation rate if the trap took all that reach it"
    )


def rates(inputs: Inputs, choices: Choices, scales: Scales = _ONES) -> dict[str, Any]:
    """The fields of `Performance` that do not depend on diffusion, and the `strip`.

    Without a film in the inputs, all of it lies under the trap. The choices say for how many traps
    there is room. Only the strip has derivatives by the scales and by the numbers.
    """
    device, temperature = scaled_device(inputs, choices, scales), film_temperature(inputs)
    gap = inputs.material.gap * bcs.reduced_gap(temperature / inputs.material.critical_temperature)
    own, free = _own_temperature(inputs, choices, gap, temperature)
    device = dataclasses.replace(device, trap_temperature=own)
    trapping = junction.effective_rate(device.junction, gap, temperature, own)
    strip = strip_of(inputs, choices, gap, trapping, scales)
    # All that has no derivatives takes the compiler less time.
    temperature, device, gap, trapping, free = lax.stop_gradient(
        (temperature, device, gap, trapping, free)
    )
    own, j, phonons = device.trap_temperature, device.junction, device.phonons
    flows = balance.share_flows(j, phonons, gap, temperature, own, 0.0)
    thermal = balance.equilibrium_fraction(gap, temperature)
    coefficient = lifetimes.recombination_coefficient(phonons, gap)
    metal, in_film = proximity.coupling_energies(
        junction.tunnelling_rate(j), junction.bare_escape_rate(j)
    )
    background = lax.stop_gradient(jnp.asarray(strip.background_rate, float))
    taken = trap_heat.share_taken(j, phonons, gap, temperature, own, device.generation)
    given = (phonons, j.film_thickness, gap, temperature, taken, device.generation)
    heat = trap_heat.heat_flow(*given)
    cold = junction_of(inputs).phonon_temperature
    holding = jnp.full_like(heat, jnp.nan)
    if cold is not None:
        alone = jnp.isnan(jnp.asarray(junction_of(inputs).trap_temperature, float))
        carried = lax.stop_gradient(trap_heat.cooling_flow(j, own, cold))
        holding = jnp.where(alone, 0.0, heat - carried)
    uniform = background + 2 * coefficient * thermal
    made = {
        "temperature": temperature,
        "trap_temperature": own,
        "gap": gap,
        "tunnelling_rate": junction.tunnelling_rate(j),
        "escape_rate": junction.bare_escape_rate(j),
        "relaxation_rate": junction.relaxation_rate(j, gap, gap, own),
        "backflow_parameter": junction.backflow_parameter(j, gap, temperature),
        "trapping_rate": trapping,
        "thermalisation_rate": lifetimes.absorption_rate(phonons, gap, temperature),
        "recombination_coefficient": coefficient,
        "metal_coupling": metal,
        "film_coupling": in_film,
        "minigap": proximity.minigap(gap, metal, in_film),
        "pair_density": 2 * phonons.film_density_of_states * gap,
        "heat_flow": heat,
        "holding_flow": holding,
        "free_trap_temperature": free,
        "equilibrium_fraction": thermal,
        "untrapped_fraction": thermal + _excess(uniform, coefficient, device.generation),
        "floor_fraction": thermal * (flows.supply / flows.trapping),
    }
    return {name: jnp.asarray(value, float) for name, value in made.items()} | {"strip": strip}


def _own_temperature(
    inputs: Inputs, choices: Choices, gap: Reals, temperature: Reals
) -> tuple[Reals, Reals]:
    """T_N, and the one that the trap has if left alone, which is NaN where that is not known.

    NaN in place of a stated T_N asks for the latter. It does not depend on any `Scales`: shares of
    what limits a trap are those at its temperature.
    """
    device = required(device_of(inputs, choices), "trap.junction")
    own = jnp.asarray(required(device.trap_temperature, "trap.junction.trap_temperature"), float)
    cold = junction_of(inputs).phonon_temperature
    if cold is None:
        return own, jnp.full_like(own, jnp.nan)
    free = trap_heat.own_temperature(
        device.junction, device.phonons, gap, temperature, cold, device.generation
    )
    return jnp.where(jnp.isnan(own), free, own), free


def along(strip: Strip) -> dict[str, Reals]:
    """The fields of `Performance` that depend on diffusion."""
    slowest = film.slowest_rate(strip)
    fixed = lax.stop_gradient(strip)
    return {
        "quasiparticle_diffusivity": jnp.asarray(fixed.diffusivity, float),
        "trapping_length": film.trapping_length(fixed),
        "crossover_length": film.crossover_length(fixed),
        "evacuation_rate": slowest,
        "evacuation_time": 1 / slowest,
        "area_bound": film.area_bound(fixed),
        "saturated_rate": film.saturated_rate(fixed),
    }


def film_temperature(inputs: Inputs) -> Reals:
    """T [K]: the film's own temperature, or that at which the protocol starts."""
    film, protocol = inputs.trap.film, inputs.protocol
    stated = protocol and protocol.start if film is None else film.temperature
    return jnp.asarray(required(stated, temperature_key(inputs)), float)


def at_temperature(inputs: Inputs, temperature: RealsLike, own: RealsLike) -> Inputs:
    """The same numbers with the film at another temperature [K], and the trap at its `own` [K]."""
    there = {temperature_key(inputs): temperature, "trap.junction.trap_temperature": own}
    return replaced(inputs, there)


def junction_of(inputs: Inputs) -> JunctionNumbers:
    """The junction's numbers."""
    return required(inputs.trap.junction, "trap.junction")


def scaled_device(inputs: Inputs, choices: Choices, scales: Scales = _ONES) -> Device:
    """The junction with factors on the rates through its barrier and of relaxation behind it."""
    trap = junction_of(inputs)
    scaled = {
        "trap.junction.interface_resistance": trap.interface_resistance / scales.barrier,
        "trap.junction.electron_phonon_constant": trap.electron_phonon_constant * scales.relaxation,
        "trap.junction.relaxation_rate": trap.relaxation_rate * scales.relaxation,
    }
    return required(device_of(replaced(inputs, scaled), choices), "trap.junction")


def strip_of(
    inputs: Inputs, choices: Choices, gap: RealsLike, trapping_rate: RealsLike, scales: Scales
) -> Strip:
    """The film with as many traps as `choices` has room for; without a film, all of it is trap."""
    stated = _ALL_TRAP if inputs.trap.film is None else inputs.trap.film
    diffusivity = stated.quasiparticle_diffusivity
    if diffusivity is None:
        normal = 1.0 if inputs.material.diffusivity is None else inputs.material.diffusivity
        diffusivity = film.quasiparticle_diffusivity(normal, gap, film_temperature(inputs))
    length = jnp.asarray(stated.length, float)
    place = -1.0 if stated.trap_position is None else stated.trap_position
    centres, lengths = traps_of(
        length, stated.trap_length, stated.trap_count, place, choices.trap_count
    )
    return Strip(
        length=length,
        width=stated.width,
        left_pad=stated.left_pad,
        right_pad=stated.right_pad,
        trap_centres=centres,
        trap_lengths=lengths,
        diffusivity=diffusivity * scales.diffusion,
        trapping_rate=trapping_rate,
        background_rate=stated.background_rate * scales.background,
    )


def traps_of(
    length: RealsLike, total: RealsLike, count: RealsLike, place: RealsLike, room: int
) -> tuple[Reals, Reals]:
    """Centres and lengths of equal traps along a last axis with room for more.

    Places in the axis that are not needed have traps without length, at the end of the last one.

    Args:
        length: Of the film [m].
        total: Length of all traps together [m].
        count: How many there are, at most `room`.
        place: Centre of the first [m]; if negative, all are equally spaced.
        room: Size of the last axis.
    """
    slot, place = jnp.arange(float(room)), jnp.asarray(place, float)
    spread = length * (2 * slot + 1) / (2 * jnp.asarray(count, float))
    centres = jnp.where((slot == 0) & (place >= 0), place, spread)
    lengths = jnp.where(slot < count, total / jnp.asarray(count, float), 0.0)
    end = jnp.where(slot == count - 1, centres + lengths / 2, 0.0).sum(-1, keepdims=True)
    return jnp.where(slot < count, centres, end), lengths


def temperature_key(inputs: Inputs) -> str:
    """The key that states the film's temperature."""
    return "protocol.start" if inputs.trap.film is None else "trap.film.temperature"


def _excess(rate: RealsLike, coefficient: RealsLike, generation: RealsLike) -> Reals:
    """The positive u with r u² + s u = g, without a difference of near-equal numbers."""
    some = jnp.asarray(generation, float) > 0
    root = jnp.sqrt(guarded(rate**2 + 4 * coefficient * generation, some))
    return jnp.where(some, 2 * generation / (rate + root), 0.0)


_ALL_TRAP = FilmNumbers(length=1e-6, width=1e-6, trap_length=1e-6)
