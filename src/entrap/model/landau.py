"""The Landau functional of a superconductor whose electrons mix, and its minimum.

    F = α n_s + β n_s²/2 - k_B T L (w_s n_s + n_n),    α = a (T - T_c)
    n_n = f (n_c - n_s):    α_f = α - (w_s - f) k_B T L,    n_s = -α_f/β

n_s counts superconducting *electrons*; f is the fraction of the normal ones that the trap has left.
Without a trap f = 1: ∂F/∂n_s = α + β n_s, and the entropy has no effect. With all trapped f = 0:
α̃ = α - k_B T L, and everything is the bare theory at the temperature T/E,

    E = 1/(1 - k_B L/a),    T̃_c = E T_c    (k_B L >= a: no finite T̃_c)

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (3)-(5); partial trapping and weights are ours.
The minimum is n_s = -α̃/β; the text below Eq. (5) prints a square root. The term of n_v electrons,
k_B T n_v ln(n/n_v), does not depend on n_s and is left out, as in Fig. 3.
"""

import dataclasses

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import guarded
from entrap.model.kinetics import NONE_LEFT
from entrap.model.sample import Sample


def first_coefficient(sample: Sample, temperature: RealsLike) -> Reals:
    """α = a (T - T_c) [J], the bare sample's; temperature in [K]."""
    return sample.landau_a * (jnp.asarray(temperature, float) - sample.critical_temperature)


def effective_coefficient(
    sample: Sample,
    temperature: RealsLike,
    fraction: RealsLike = 0.0,
    superfluid_density: RealsLike = 0.0,
) -> Reals:
    """α_f = α - (w_s - f) k_B T L; α̃ of Eq. (5) for f = 0.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        fraction: f, normal electrons that the trap has left, between 0 and 1.
        superfluid_density: n_s [1/m^3]; matters for entropy = "number-fraction" alone, where
            α̃ is -inf with none.

    Returns:
        Energy per superconducting electron [J], of the broadcast shape.
    """
    temperature, fraction = jnp.asarray(temperature, float), jnp.asarray(fraction, float)
    superfluid_density = jnp.asarray(superfluid_density, float)
    remaining = superfluid_density + fraction * (sample.conduction_density - superfluid_density)
    entropy = BOLTZMANN * temperature * sample.entropy.log_ratio(sample, temperature, remaining)
    return first_coefficient(sample, temperature) - (sample.condensate_weight - fraction) * entropy


def free_energy(
    sample: Sample,
    temperature: RealsLike,
    superfluid_density: RealsLike,
    normal_density: RealsLike,
) -> Reals:
    """F = α n_s + β n_s²/2 - T ΔS/V, of what is still in the sample.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        superfluid_density: n_s [1/m^3].
        normal_density: n_n [1/m^3]; n_c - n_s without a trap (Eq. (4)), 0 when all are trapped.

    Returns:
        Energy density [J/m^3], of the broadcast shape.
    """
    temperature = jnp.asarray(temperature, float)
    n_s, n_n = jnp.asarray(superfluid_density, float), jnp.asarray(normal_density, float)
    weighted = sample.condensate_weight * n_s + n_n
    remaining = n_s + n_n
    per_electron = sample.entropy.log_ratio(sample, temperature, remaining)
    mixing = weighted * guarded(per_electron, jnp.isfinite(per_electron), 0.0)
    mixing = mixing + sample.entropy.moved(sample, remaining)
    landau = (first_coefficient(sample, temperature) + sample.landau_beta * n_s / 2) * n_s
    return landau - BOLTZMANN * temperature * mixing


def superfluid_density(sample: Sample, temperature: RealsLike, fraction: RealsLike = 0.0) -> Reals:
    """n_s = -α_f/β, on 0 <= n_s <= n_c: where F has its minimum at a given f.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        fraction: f, normal electrons that the trap has left: 1 no trap, 0 all trapped.

    Returns:
        Density of superconducting electrons [1/m^3], of the broadcast shape.
    """
    return jnp.clip(
        unbounded_density(sample, temperature, fraction), 0.0, sample.conduction_density
    )


def unbounded_density(sample: Sample, temperature: RealsLike, fraction: RealsLike) -> Reals:
    """-α_f/β [1/m^3], also where it is negative (normal) or more electrons than there are.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        fraction: f, normal electrons that the trap has left.

    Returns:
        Density [1/m^3]; where L follows the electrons that are left, the root of
        α_f + β n_s = 0 with the n_s in α_f.
    """
    alpha = first_coefficient(sample, temperature)
    return sample.entropy.density(sample, alpha, temperature, fraction)


def unsaturated_density(
    sample: Sample, temperature: RealsLike, superfluid_density: RealsLike
) -> Reals:
    """n_s, or the -α/β > n_c [1/m^3] that F asks for where all electrons superconduct.

    So the gap of a bare sample is BCS's at its own temperature, at n_s = n_c too.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        superfluid_density: n_s [1/m^3].
    """
    n_s = jnp.asarray(superfluid_density, float)
    asked = unbounded_density(sample, temperature, 1.0)
    full = n_s >= sample.conduction_density * (1 - NONE_LEFT)
    return jnp.where(full, jnp.maximum(n_s, asked), n_s)


def enhancement(sample: Sample) -> Reals:
    """E = T̃_c/T_c = 1/(1 - w_s k_B L/a); infinite where k_B L >= a.

    Note:
        The print leaves open what keeps a above k_B L: nothing does.
    """
    critical = effective_critical_temperature(sample)
    some = jnp.isfinite(critical)
    return jnp.where(some, guarded(critical, some) / sample.critical_temperature, jnp.inf)


def effective_critical_temperature(sample: Sample, fraction: RealsLike = 0.0) -> Reals:
    """T̃_c, where α_f = 0 at n_s = 0 [K]: a T_c/(a - (w_s - f) k_B L); infinite if there is none.

    Args:
        sample: The sample; its entropy says how L depends on T and f.
        fraction: f, normal electrons that the trap has left; 1 gives the bare sample's own, which
            is T_c/(1 + (1 - w_s) k_B L/a).
    """
    return sample.entropy.critical_temperature(sample, fraction)


def release_temperature(sample: Sample, pinned_density: RealsLike) -> Reals:
    """T_1 [K], where a pinned n_s becomes the minimum of F̃: E (T_c - β n_s/a) if ideal.

    Args:
        sample: The sample, all normal electrons trapped.
        pinned_density: n_s that is held [1/m^3].

    Returns:
        Temperature; infinite where k_B L >= a: never released.
    """
    held = effective_temperature(sample, pinned_density)
    # α̃ + β n_s vanishes there: α̃ of a sample whose T_c is T_eff.
    as_if = dataclasses.replace(sample, critical_temperature=held)
    return sample.entropy.release_temperature(as_if, pinned_density)


def effective_temperature(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """T_eff = T_c - β n_s/a [K]: where the bare sample has this n_s."""
    shift = sample.landau_beta * jnp.asarray(superfluid_density, float) / sample.landau_a
    return sample.critical_temperature - shift


def trap_energy_cost(sample: Sample, temperature: RealsLike, normal_density: RealsLike) -> Reals:
    """k_B T n_n L [J/m^3]: what the trap must repay to take the normal electrons, Fig. 3.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        normal_density: Normal electrons before the trap goes on [1/m^3].
    """
    per_electron = sample.entropy.log_ratio(sample, temperature, sample.conduction_density)
    return BOLTZMANN * jnp.asarray(temperature, float) * normal_density * per_electron
