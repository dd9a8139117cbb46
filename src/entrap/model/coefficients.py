"""The Landau coefficients a and β, from what is measured or from BCS theory.

    F_H = B_c²/2μ0 = a (T_c - T) n_s/2,   n_s = a (T_c - T)/β

Source: V. Kornich, arXiv:2605.15834 (2026), Eq. (6), with the factor ½ that Ginzburg-Landau theory
requires and the print lacks. BCS: Gor'kov's coefficients.
"""

import jax.numpy as jnp
import numpy as np
from jax.scipy.special import digamma
from scipy.special import zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import (
    BCS_GAP_RATIO,
    BCS_SLOPE,
    BOLTZMANN,
    ELECTRON_MASS,
    ELEMENTARY_CHARGE,
    HBAR,
    VACUUM_PERMEABILITY,
    ZETA_3,
)
from entrap.core.stable import guarded
from entrap.model.response import ground_state_share

# Series of the dirty-limit factor at weak disorder, the highest power first, of odd zeta sums
# Σ (2n+1)^-(3+k).
_ODD_SUMS = np.array([(-1) ** k * (1 - 2.0 ** -(3 + k)) * zeta(3 + k) for k in range(25, -1, -1)])

DIRTY_LIMIT = 1e9
"""ρ that stands for the limit of a mean free path far below the coherence length."""


def saturation_beta(a: RealsLike, critical_temperature: RealsLike, density: RealsLike) -> Reals:
    """β = a T_c/n_s(0) [J m^3], n_s(0) being where the straight line -α/β ends at T = 0."""
    return jnp.asarray(a, float) * critical_temperature / density


def field_energy(critical_field: RealsLike) -> Reals:
    """F_H = B_c²/2μ0 [J/m^3], for B_c in tesla."""
    return jnp.asarray(critical_field, float) ** 2 / (2 * VACUUM_PERMEABILITY)


def field_slope(
    critical_field: RealsLike, below_critical: RealsLike, superfluid_density: RealsLike
) -> Reals:
    """a = 2 F_H/((T_c - T) n_s).

    Args:
        critical_field: Thermodynamic critical field at T [T].
        below_critical: T_c - T [K].
        superfluid_density: n_s at T [1/m^3].

    Returns:
        a [J/K].

    Note:
        Eq. (6) prints F_H ~ a (T_c - T) n_s, half of this a.
    """
    return (
        2 * field_energy(critical_field) / (jnp.asarray(below_critical, float) * superfluid_density)
    )


def superfluid_density_near_critical(
    density: RealsLike,
    below_critical: RealsLike,
    critical_temperature: RealsLike,
    dirtiness: RealsLike = 0.0,
) -> Reals:
    """n_s = s n (1 - T/T_c) [1/m^3], s of `screening_slope`: 2 in a clean sample.

    Args:
        density: Carriers n, or m_e/(μ0 e² λ(0)²) where the penetration depth counts [1/m^3].
        below_critical: T_c - T [K].
        critical_temperature: T_c [K].
        dirtiness: ρ of `dirtiness`.
    """
    slope = screening_slope(dirtiness)
    return slope * jnp.asarray(density, float) * below_critical / critical_temperature


def screening_slope(dirtiness: RealsLike) -> Reals:
    """s = 2χ(ρ)/h, of n_s/n_s(0) = s (1 - T/T_c) near T_c: 2 clean, 2.66 dirty.

    h is the share of electrons that screen at T = 0, `response.ground_state_share`.

    Args:
        dirtiness: ρ of `dirtiness`.

    Examples:
        >>> [round(float(screening_slope(rho)), 3) for rho in (0.0, 1e6)]
        [2.0, 2.66]
    """
    rho = jnp.asarray(dirtiness, float)
    return 2 * dirty_factor(rho) / ground_state_share(jnp.pi * rho / BCS_GAP_RATIO)


def density_of_depth(penetration_depth: RealsLike) -> Reals:
    """m_e/(μ0 e² λ²) [1/m^3]: the density that London's λ [m] stands for."""
    depth = jnp.asarray(penetration_depth, float)
    return ELECTRON_MASS / (VACUUM_PERMEABILITY * ELEMENTARY_CHARGE**2 * depth**2)


def bcs_coefficients(
    critical_temperature: RealsLike,
    fermi_temperature: RealsLike,
    density: RealsLike,
    dirtiness: RealsLike = 0.0,
) -> tuple[Reals, Reals]:
    """a = 3.51883 k_B (T_c/T_F)/χ and β = a T_c/(2 n χ).

    Args:
        critical_temperature: T_c [K].
        fermi_temperature: T_F [K].
        density: Conduction electrons n [1/m^3].
        dirtiness: ρ of `dirty_factor`; 0 is the clean limit.

    Returns:
        a [J/K] and β [J m^3]. Disorder leaves the condensation energy a²/β as it is.
    """
    clean = BCS_SLOPE * BOLTZMANN * jnp.asarray(critical_temperature, float) / fermi_temperature
    chi = dirty_factor(dirtiness)
    return clean / chi, clean * critical_temperature / (2 * density * chi**2)


def free_electron_temperature(density: RealsLike) -> Reals:
    """T_F = ħ² (3π² n)^(2/3)/(2 m_e k_B) [K]: an estimate, by free electrons of density n [1/m^3].

    Examples:
        >>> round(float(free_electron_temperature(18.1e28)), -2)
        135400.0
    """
    wave_number = jnp.cbrt(3 * jnp.pi**2 * jnp.asarray(density, float))
    return (HBAR * wave_number) ** 2 / (2 * ELECTRON_MASS * BOLTZMANN)


def dirtiness(
    fermi_velocity: RealsLike, critical_temperature: RealsLike, mean_free_path: RealsLike
) -> Reals:
    """ρ = ħ v_F/(2π k_B T_c ℓ), which is 0.882 ξ0/ℓ: a pure number."""
    rate = HBAR * jnp.asarray(fermi_velocity, float) / mean_free_path
    return rate / (2 * jnp.pi * BOLTZMANN * jnp.asarray(critical_temperature, float))


def dirty_factor(rho: RealsLike) -> Reals:
    """χ(ρ) = (8/7ζ(3)) [π²/8ρ - (ψ(½ + ρ/2) - ψ(½))/2ρ²]: 1 clean, 1.33 ℓ/ξ0 dirty.

    Args:
        rho: Disorder, see `dirtiness`; >= 0.

    Returns:
        Share of the superfluid density that is left, a pure number.

    Examples:
        >>> float(dirty_factor(0.0))
        1.0
    """
    rho = jnp.asarray(rho, float)
    small = rho < 0.2
    safe = guarded(rho, ~small)
    closed = jnp.pi**2 / (8 * safe) - (digamma(0.5 + safe / 2) - digamma(0.5)) / (2 * safe**2)
    series = jnp.polyval(_ODD_SUMS, guarded(rho, small, 0.0))
    return jnp.where(small, series, closed) * 8 / (7 * ZETA_3)
