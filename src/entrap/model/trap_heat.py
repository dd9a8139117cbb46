"""The trap's own temperature: quasiparticles bring heat, which the metal gives to its phonons.

    ⟨E⟩ n_eq [(1 - y²)/(τ_r F_p) + g 2N_0Δ/n_eq] d_S = Σ d_N (T_N⁵ - T_ph⁵)

Under the trap, where y = n_qp/n_eq is in balance, what it takes, less what flows back, is what is
generated there and does not recombine; each carries ⟨E⟩. From a warmer trap more flows back, y is
higher and less heat comes: there is one T_N.

Source: theory page, traps.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import guarded
from entrap.model import balance, bcs
from entrap.model.junction import NODES, WEIGHTS, TunnelJunction
from entrap.model.lifetimes import Phonons, recombination_rate

_HALVINGS = 44
_WARM = 10.0  # times the warmer of film and phonons, where no phonons cool the metal


def mean_energy(gap: RealsLike, temperature: RealsLike) -> Reals:
    """⟨E⟩ = ∫ E N f dE/∫ N f dE [J]: what a quasiparticle in equilibrium carries; Δ in the cold.

    Args:
        gap: Δ [J].
        temperature: Temperature [K]; (π²/12 ln 2) k_B T where the gap is 0.
    """
    gap, thermal = jnp.asarray(gap, float), BOLTZMANN * jnp.asarray(temperature, float)
    some, warm = gap + thermal > 0, thermal > 0
    edge = jnp.where(warm, jnp.exp(-gap / guarded(thermal, warm, BOLTZMANN)), 0.0)[..., None]
    low, unit = guarded(gap, some, BOLTZMANN)[..., None], thermal[..., None]
    energy = low + NODES**2 * unit
    share = WEIGHTS * energy / (jnp.sqrt(energy + low) * (1 + edge * jnp.exp(-(NODES**2))))
    return jnp.where(some, (share * energy).sum(-1) / share.sum(-1), 0.0)


def heat_flow(
    phonons: Phonons,
    film_thickness: RealsLike,
    gap: RealsLike,
    temperature: RealsLike,
    taken: RealsLike,
    generation: RealsLike = 0.0,
) -> Reals:
    """⟨E⟩ n_eq [(1 - y²)/(τ_r F_p) + g 2N_0Δ/n_eq] d_S [W/m²], from the film into the trap.

    Args:
        phonons: Of the film, with its N_0.
        film_thickness: d_S [m].
        gap: Δ [J].
        temperature: T of the film [K].
        taken: 1 - y, y = n_qp/n_eq; below 0 the trap warms the film.
        generation: g of n_qp/2N_0Δ [1/s] beyond the thermal one.
    """
    taken, states = jnp.asarray(taken, float), phonons.film_density_of_states
    density = bcs.quasiparticle_density(gap, temperature, states)
    thermal = density * taken * (2 - taken) * recombination_rate(phonons, gap, temperature)
    generated = generation * (2 * states * jnp.asarray(gap, float))
    return mean_energy(gap, temperature) * (thermal + generated) * film_thickness


def cooling_flow(
    junction: TunnelJunction, trap_temperature: RealsLike, phonon_temperature: RealsLike
) -> Reals:
    """Σ d_N (T_N⁵ - T_ph⁵) [W/m²], from the metal's electrons to its phonons.

    Args:
        junction: The metal.
        trap_temperature: T_N of its electrons [K].
        phonon_temperature: T_ph of its phonons [K].
    """
    hot, cold = (jnp.asarray(t, float) ** 5 for t in (trap_temperature, phonon_temperature))
    return junction.electron_phonon_constant * (hot - cold) * junction.metal_thickness


def temperature_of_heat(
    junction: TunnelJunction, heat: RealsLike, phonon_temperature: RealsLike
) -> Reals:
    """T_N = [T_ph⁵ + P/(Σ d_N)]^(1/5) [K] of a metal into which heat flows.

    Args:
        junction: The metal, Σ > 0.
        heat: P >= 0 [W/m²].
        phonon_temperature: T_ph > 0 of its phonons [K].
    """
    cold = jnp.asarray(phonon_temperature, float)
    rise = heat / (junction.electron_phonon_constant * junction.metal_thickness)
    return cold * (1 + rise / cold**5) ** 0.2


def share_taken(
    junction: TunnelJunction,
    phonons: Phonons,
    gap: RealsLike,
    temperature: RealsLike,
    trap_temperature: RealsLike,
    generation: RealsLike = 0.0,
) -> Reals:
    """1 - n_qp/n_eq under the trap, in the balance of trapping, back-flow and recombination.

    Args:
        junction: The trap.
        phonons: Of the film.
        gap: Δ [J].
        temperature: T of the film [K].
        trap_temperature: T_N [K].
        generation: g of n_qp/2N_0Δ [1/s] beyond the thermal one.
    """
    return balance.steady_taken(
        balance.share_flows(junction, phonons, gap, temperature, trap_temperature, generation)
    )


def own_temperature(
    junction: TunnelJunction,
    phonons: Phonons,
    gap: RealsLike,
    temperature: RealsLike,
    phonon_temperature: RealsLike,
    generation: RealsLike = 0.0,
) -> Reals:
    """T_N [K] at which the heat that comes is the heat that goes, y in its balance at that T_N.

    Args:
        junction: The trap.
        phonons: Of the film.
        gap: Δ > 0 [J].
        temperature: T of the film [K].
        phonon_temperature: T_ph > 0 of the phonons of the metal [K].
        generation: g of n_qp/2N_0Δ [1/s] beyond the thermal one.
    """
    given = (junction, phonons, gap, temperature, phonon_temperature, generation)
    given = jax.tree.map(lambda x: jnp.asarray(x, float), given)

    def excess(own: Reals, given: Any) -> Reals:
        metal, film, gap, temperature, cold, generation = given
        taken = share_taken(metal, film, gap, temperature, own, generation)
        heat = heat_flow(film, metal.film_thickness, gap, temperature, taken, generation)
        return cooling_flow(metal, own, cold) - heat

    fixed = lax.stop_gradient(given)
    metal, film, _, warm, cold, _ = fixed
    most = heat_flow(film, metal.film_thickness, fixed[2], warm, 1.0, fixed[5])
    cooled = metal.electron_phonon_constant > 0
    sigma = guarded(metal.electron_phonon_constant, cooled)
    safe = dataclasses.replace(metal, electron_phonon_constant=sigma)
    warmest = temperature_of_heat(safe, most, cold)
    high = jnp.where(cooled, jnp.maximum(warmest, cold), _WARM * jnp.maximum(warm, cold))
    low = jnp.minimum(warm, cold)
    shape = jnp.broadcast_shapes(*(jnp.shape(x) for x in jax.tree.leaves((fixed, high, low))))
    ends = tuple(jnp.broadcast_to(end, shape) for end in (low, high))

    def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        low, high = ends
        middle = (low + high) / 2
        over = excess(middle, fixed) > 0
        return jnp.where(over, low, middle), jnp.where(over, middle, high)

    low, high = lax.fori_loop(0, _HALVINGS, halve, ends)
    root = lax.stop_gradient((low + high) / 2)
    value, slope = jax.jvp(lambda t: excess(t, given), (root,), (jnp.ones_like(root),))
    slope = lax.stop_gradient(slope)
    # One of Newton's steps carries the derivative.
    return root - value / guarded(slope, slope > 0)
