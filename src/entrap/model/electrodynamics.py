"""What magnets and resonators see: London's λ, the coherence length, the critical fields. SI.

    λ = √(m_e/(μ0 e² n_s)),   ξ̃ = ħ/√(8 m_e |α̃|),   B_c = |α̃| √(μ0/β)
    κ = λ/ξ̃ = (m/eħ) √(2β/μ0),  B_c1 = B_c ln κ/(√2 κ),  B_c2 = √2 κ B_c,   m = 2 m_e

At the minimum |α̃| = β n_s: n_s alone says all of them, at any temperature, and that is how they
are computed here. While n_s is pinned they are those of the condensate that is there.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (15)-(17), which are Gaussian. Eq. (16) as printed
is √2 too small; Eq. (17) takes ξ = ξ0 (1 - T/T_c)^(-1/2), imaginary above T_c, where Eq. (12) gives
ξ̃, and with it a κ that does not depend on temperature.
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import (
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    FLUX_QUANTUM,
    HBAR,
    VACUUM_PERMEABILITY,
)
from entrap.core.stable import guarded
from entrap.model.sample import Sample


def penetration_depth(superfluid_density: RealsLike) -> Reals:
    """λ = √(m_e/(μ0 e² n_s)) [m], Eq. (15); infinite where nothing is superconducting.

    Args:
        superfluid_density: n_s [1/m^3].
    """
    n_s = jnp.asarray(superfluid_density, float)
    stiffness = VACUUM_PERMEABILITY * ELEMENTARY_CHARGE**2 * guarded(n_s, n_s > 0)
    return jnp.where(n_s > 0, jnp.sqrt(ELECTRON_MASS / stiffness), jnp.inf)


def coherence_length(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """ξ̃ = ħ/√(8 m_e |α̃|) [m], |α̃| = β n_s; infinite where nothing is superconducting.

    Args:
        sample: Its β.
        superfluid_density: n_s [1/m^3].
    """
    size = sample.landau_beta * jnp.asarray(superfluid_density, float)
    length = HBAR / jnp.sqrt(8 * ELECTRON_MASS * guarded(size, size > 0))
    return jnp.where(size > 0, length, jnp.inf)


def critical_field(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """B_c = |α̃| √(μ0/β) = n_s √(μ0 β) [T], Eq. (16) corrected.

    Args:
        sample: Its β.
        superfluid_density: n_s [1/m^3].
    """
    return jnp.asarray(superfluid_density, float) * jnp.sqrt(
        VACUUM_PERMEABILITY * jnp.asarray(sample.landau_beta, float)
    )


def kappa(sample: Sample) -> Reals:
    """κ = λ/ξ̃ = (2 m_e/eħ) √(2β/μ0), a pure number that depends on β alone."""
    root = jnp.sqrt(2 * jnp.asarray(sample.landau_beta, float) / VACUUM_PERMEABILITY)
    return 2 * ELECTRON_MASS / (ELEMENTARY_CHARGE * HBAR) * root


def lower_critical_field(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """B_c1 = B_c ln κ/(√2 κ) = Φ0 ln κ/(4πλ²) [T], Eq. (17): leading logarithm, for κ >> 1.

    Args:
        sample: Its β.
        superfluid_density: n_s [1/m^3].

    Returns:
        Field; NaN for κ <= 1, where the formula has no meaning (type I, or next to it).
    """
    return _first_field(critical_field(sample, superfluid_density), kappa(sample))


def lower_field(
    critical_field: RealsLike, penetration_depth: RealsLike, coherence_length: RealsLike
) -> Reals:
    """B_c1 = B_c ln κ/(√2 κ), κ = λ/ξ [T], of a state whose fields and lengths are known.

    Args:
        critical_field: B_c [T]; 0 gives 0.
        penetration_depth: λ [m].
        coherence_length: ξ [m].

    Returns:
        Field; NaN for κ <= 1.
    """
    field = jnp.asarray(critical_field, float)
    some = field > 0
    depth, length = (
        guarded(jnp.asarray(x, float), some) for x in (penetration_depth, coherence_length)
    )
    return jnp.where(some, _first_field(field, depth / length), 0.0)


def _first_field(critical_field: Reals, ratio: Reals) -> Reals:
    many = ratio > 1
    k = guarded(ratio, many, 2.0)
    return jnp.where(many, critical_field * jnp.log(k) / (jnp.sqrt(2.0) * k), jnp.nan)


def upper_critical_field(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """B_c2 = √2 κ B_c = Φ0/(2π ξ̃²) [T].

    Args:
        sample: Its β.
        superfluid_density: n_s [1/m^3].
    """
    size = sample.landau_beta * jnp.asarray(superfluid_density, float)
    return FLUX_QUANTUM * 8 * ELECTRON_MASS * size / (2 * jnp.pi * HBAR**2)
