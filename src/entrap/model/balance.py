"""The balance of quasiparticles: trapped, brought back, recombined, generated.

    dx/dt = -Γ x + S - r x² + g_th,   x = n_qp/(2 N_0 Δ)
    S = Γ(T_N) x_eq(T_N) + g,   g_th = r x_eq(T_ph)²

S is what the trap's own thermal electrons and generation bring; a trap at the film's temperature
leaves equilibrium as it is. In shares of equilibrium, f = x/x_eq, the same with ρ = r x_eq:

    df/dt = -Γ f + S/x_eq + ρ (1 - f²)

Source: theory page, traps.
"""

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantity
from entrap.core.stable import expm1_ratio, guarded, sqrt_or_zero
from entrap.model import bcs
from entrap.model.junction import TunnelJunction, effective_rate
from entrap.model.lifetimes import (
    Phonons,
    recombination_coefficient,
    recombination_constant,
    recombination_rate,
)

_COLDEST_DENSITY = 1e-140  # n_qp/N_0 [K] that counts as cold: 1/n² still is a number


class Flows(eqx.Module):
    """Rates of dy/dt = -Γ y + S - ρ y² + g_th, y being x or f; fields broadcast together."""

    trapping: RealsLike = quantity("1/s", "Γ", "Rate at which the trap takes quasiparticles")
    supply: RealsLike = quantity("1/s", "S", "Rate at which trap and generation bring them")
    recombination: RealsLike = quantity("1/s", "ρ", "Rate of recombination at y = 1")
    thermal_generation: RealsLike = quantity("1/s", "g_th", "Rate at which phonons bring them")


def equilibrium_fraction(gap: RealsLike, temperature: RealsLike) -> Reals:
    """x_eq = n_qp/(2 N_0 Δ) in thermal equilibrium.

    Args:
        gap: Δ [J]; infinite where it is 0.
        temperature: Temperature [K].

    Returns:
        A pure number.
    """
    gap = jnp.asarray(gap, float)
    some = gap > 0
    density = bcs.quasiparticle_density(gap, temperature, 1 / BOLTZMANN)
    return jnp.where(some, density / (2 / BOLTZMANN * guarded(gap, some)), jnp.inf)


def equilibrium_fraction_cold(gap: RealsLike, temperature: RealsLike) -> Reals:
    """x_eq = √(2π τ) e^(-1/τ) (1 + 3τ/8), τ = k_B T/Δ: 0.04 % off at 0.1 T_c, 3 % at 0.5 T_c.

    Args:
        gap: Δ > 0 [J].
        temperature: Temperature [K].

    Returns:
        A pure number.
    """
    unit = jnp.asarray(gap, float) / BOLTZMANN
    density = bcs.quasiparticle_density_cold(gap, temperature, 1 / BOLTZMANN)
    return density / (2 * unit) * (1 + 0.375 * temperature / unit)


def temperature_of_fraction(gap: RealsLike, fraction: RealsLike) -> Reals:
    """T at which x_eq(T) = x, the inverse of `equilibrium_fraction`.

    Args:
        gap: Δ > 0 [J].
        fraction: x, from 1e-300 to 1e8.

    Returns:
        Temperature [K].
    """
    log_fraction = jnp.log(jnp.asarray(fraction, float))

    def newton(log_ratio: Reals, wanted: Reals) -> Reals:
        def log_thermal(v: Reals) -> Reals:
            return jnp.log(equilibrium_fraction(BOLTZMANN * jnp.exp(v), 1.0))

        value, slope = jax.jvp(log_thermal, (log_ratio,), (jnp.ones_like(log_ratio),))
        return log_ratio - (value - wanted) / slope

    wanted = lax.stop_gradient(log_fraction)
    cold = jnp.log(_lambert(jnp.log(4 * jnp.pi) - 2 * jnp.minimum(wanted, 0.0)) / 2)
    guess = jnp.where(wanted < 0, cold, jnp.log(2 * jnp.log(2.0)) - wanted)
    log_ratio = lax.fori_loop(0, 5, lambda _, v: newton(v, wanted), guess)
    # One more step carries the derivative.
    return jnp.asarray(gap, float) / BOLTZMANN * jnp.exp(-newton(log_ratio, log_fraction))


def temperature_of_fraction_cold(gap: RealsLike, fraction: RealsLike) -> Reals:
    """T = 2Δ/k_B W(4π/x²), W Lambert's: the inverse of x = √(2π k_B T/Δ) exp(-Δ/k_B T).

    Args:
        gap: Δ [J].
        fraction: x, from 1e-300 to 1.

    Returns:
        Temperature [K].
    """
    log_square = jnp.log(4 * jnp.pi) - 2 * jnp.log(jnp.asarray(fraction, float))
    return 2 * jnp.asarray(gap, float) / (BOLTZMANN * _lambert(log_square))


def crossover_temperature(gap: RealsLike, trapping: RealsLike, recombination: RealsLike) -> Reals:
    """T at which Γ = r x_eq(T) [K]: above it, thermal quasiparticles recombine sooner.

    Args:
        gap: Δ > 0 [J].
        trapping: Γ [1/s].
        recombination: r [1/s] of `recombination_coefficient`.
    """
    return temperature_of_fraction(gap, jnp.asarray(trapping, float) / recombination)


def two_fluid_rate(
    phonons: Phonons, gap: RealsLike, temperature: RealsLike, conduction_density: RealsLike
) -> Reals:
    """γ = R n_qp/(n_c Y) [m³/s] of dn_n/dt = -γ n_n²: R, where n_n = n_c Y stands for n_qp.

    Args:
        phonons: Of the film.
        gap: Δ [J].
        temperature: Temperature > 0 [K].
        conduction_density: n_c [1/m³].
    """
    states = phonons.film_density_of_states
    thermal = bcs.quasiparticle_density(gap, temperature, states)
    normal = conduction_density * bcs.yosida(gap, temperature)
    return recombination_constant(phonons, gap) * thermal / normal


def fraction_flows(
    junction: TunnelJunction,
    phonons: Phonons,
    gap: RealsLike,
    temperature: RealsLike,
    trap_temperature: RealsLike | None = None,
    generation: RealsLike = 0.0,
    phonon_temperature: RealsLike | None = None,
) -> Flows:
    """Flows of x = n_qp/(2 N_0 Δ).

    Args:
        junction: The trap.
        phonons: Of the film.
        gap: Δ > 0 [J].
        temperature: Temperature of the quasiparticles [K].
        trap_temperature: T_N [K]; None: that of the quasiparticles.
        generation: g [1/s] beyond the thermal one.
        phonon_temperature: Of the film's phonons [K]; None: that of the quasiparticles.

    Returns:
        Rates [1/s].
    """
    trap = temperature if trap_temperature is None else trap_temperature
    bath = temperature if phonon_temperature is None else phonon_temperature
    r = recombination_coefficient(phonons, gap)
    back = effective_rate(junction, gap, trap, trap) * equilibrium_fraction(gap, trap)
    return Flows(
        effective_rate(junction, gap, temperature, trap),
        back + generation,
        r,
        r * equilibrium_fraction(gap, bath) ** 2,
    )


def share_flows(
    junction: TunnelJunction,
    phonons: Phonons,
    gap: RealsLike,
    temperature: RealsLike,
    trap_temperature: RealsLike | None = None,
    generation: RealsLike = 0.0,
) -> Flows:
    """Flows of f = x/x_eq(T), finite where the gap closes; ρ is Kaplan's `recombination_rate`.

    Args:
        junction: The trap.
        phonons: Of the film.
        gap: Δ [J].
        temperature: Temperature T of film and quasiparticles [K].
        trap_temperature: T_N [K]; None: T, and the trap brings as many as it takes.
        generation: g of x [1/s] beyond the thermal one.

    Returns:
        Rates [1/s]. Below 1e-140 n_qp/N_0 is no less: S stays finite as T → 0.
    """
    gap = jnp.asarray(gap, float)
    trap = temperature if trap_temperature is None else trap_temperature
    trapping = effective_rate(junction, gap, temperature, trap)
    density = _density(gap, temperature)
    back = trapping
    if trap_temperature is not None:
        returning = effective_rate(junction, gap, trap, trap)
        back = returning * (_density(gap, trap) / density)
    rate = recombination_rate(phonons, gap, temperature)
    return Flows(trapping, back + generation * (2 / BOLTZMANN * gap / density), rate, rate)


def rate_of_change(flows: Flows, amount: RealsLike) -> Reals:
    """dy/dt = -Γ y + S - ρ y² + g_th [1/s].

    Args:
        flows: Rates.
        amount: y, x or f as the flows are.
    """
    y = jnp.asarray(amount, float)
    gain = flows.supply + jnp.asarray(flows.thermal_generation, float)
    return gain - (flows.trapping + flows.recombination * y) * y


def steady(flows: Flows) -> Reals:
    """y = 2 G/(Γ + Λ), Λ = √(Γ² + 4ρG), G = S + g_th: where dy/dt = 0.

    Args:
        flows: Rates.

    Returns:
        x or f, as the flows are; 0 where nothing flows.
    """
    s, gain, total, _ = _rates(flows)
    some = s + total > 0
    return jnp.where(some, 2 * gain / guarded(s + total, some), 0.0)


def steady_taken(flows: Flows) -> Reals:
    """1 - y = 2 (Γ - S)/(Γ + 2ρ + Λ) of `steady`, where g_th = ρ: exactly 0 where S = Γ.

    Args:
        flows: Rates of `share_flows`.

    Returns:
        What is taken of equilibrium; negative where there is more.
    """
    s, _, total, rho = _rates(flows)
    wide = s + 2 * rho + total
    some = wide > 0
    return jnp.where(some, 2 * (s - flows.supply) / guarded(wide, some), 0.0)


def transient(flows: Flows, initial: RealsLike, time: RealsLike) -> Reals:
    """y(t) = {y_0 [2e + (Λ-Γ)θ] + 2Gθ}/{1 + e + (Γ + 2ρy_0)θ}, e = e^(-Λt), θ = (1 - e)/Λ.

    Args:
        flows: Rates, constant in time.
        initial: y at t = 0, >= 0.
        time: Time t >= 0 [s].

    Returns:
        x or f, as the flows are. No term is negative: nothing cancels.
    """
    s, gain, total, rho = _rates(flows)
    y, time = jnp.asarray(initial, float), jnp.asarray(time, float)
    some = s + total > 0
    less = jnp.where(some, 4 * rho * gain / guarded(s + total, some), 0.0)  # Λ - Γ
    left, theta = jnp.exp(-total * time), time * expm1_ratio(total * time)
    above = y * (2 * left + less * theta) + 2 * gain * theta
    return above / (1 + left + (s + 2 * rho * y) * theta)


def _density(gap: Reals, temperature: RealsLike) -> Reals:
    return jnp.maximum(bcs.quasiparticle_density(gap, temperature, 1 / BOLTZMANN), _COLDEST_DENSITY)


def _rates(flows: Flows) -> tuple[Reals, Reals, Reals, Reals]:
    """Γ, G, Λ and ρ."""
    s, rho = jnp.asarray(flows.trapping, float), jnp.asarray(flows.recombination, float)
    gain = flows.supply + jnp.asarray(flows.thermal_generation, float)
    return s, gain, sqrt_or_zero(s**2 + 4 * rho * gain), rho


def _lambert(log_z: Reals) -> Reals:
    """W(z), W e^W = z, of ln z: W + ln W = ln z."""
    log_z = jnp.asarray(log_z, float)
    big = log_z > 1
    guess = lax.stop_gradient(jnp.where(big, jnp.log(guarded(log_z, big)), log_z))

    def newton(v: Reals, wanted: Reals) -> Reals:
        return v - (jnp.exp(v) + v - wanted) / (jnp.exp(v) + 1)

    root = lax.fori_loop(0, 5, lambda _, v: newton(v, lax.stop_gradient(log_z)), guess)
    return jnp.exp(newton(lax.stop_gradient(root), log_z))
