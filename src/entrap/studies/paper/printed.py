"""The paper's equations that are wrong, exactly as printed, to be set against the model's.

Right as printed, and computed by the model: Eqs. (1), (2) `entropy`; (3)-(5) `landau`; (7), (8)
`kinetics`; (12), the coefficient of (14) `higgs`; (15), the leading logarithm of (17)
`electrodynamics`. Nothing outside this folder computes from what stands here.

Source: V. Kornich, arXiv:2605.15834 (2026). E1-E9 number the errata of the theory page. SI, but
for `critical_field_gaussian`.
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import HBAR, VACUUM_PERMEABILITY
from entrap.core.stable import guarded, log1p_excess, sqrt_or_zero
from entrap.model.coefficients import field_energy
from entrap.model.higgs import PAIR_MASS
from entrap.model.kinetics import pairing_to_trapping_ratio
from entrap.model.sample import Trapping


def superfluid_density(alpha: RealsLike, beta: RealsLike) -> Reals:
    """n_s = √(-α̃/β), text below Eq. (5).

    Wrong (E1): F̃ = α̃ n_s + β n_s²/2 has its minimum at n_s = -α̃/β, without a root; see
    `landau.superfluid_density`.

    Args:
        alpha: First coefficient α or α̃ [J].
        beta: Second coefficient [J m^3].

    Returns:
        A "density" [m^-3/2], 0 for α >= 0.
    """
    return sqrt_or_zero(-jnp.asarray(alpha, float) / beta)


def order_parameter(alpha: RealsLike, beta: RealsLike) -> Reals:
    """Δ0 = √(-α/β), text below Eq. (14).

    Wrong (E1b): |Δ0|² = n_s/2 = -α/2β, as below Eq. (13); see `landau.superfluid_density`. With
    the printed Δ0 the condensation energy 2αΔ0² + 2βΔ0⁴ is 0.

    Args:
        alpha: First coefficient [J].
        beta: Second coefficient [J m^3].

    Returns:
        Amplitude [m^-3/2], 0 for α >= 0.
    """
    return sqrt_or_zero(-jnp.asarray(alpha, float) / beta)


def field_slope(
    critical_field: RealsLike, below_critical: RealsLike, superfluid_density: RealsLike
) -> Reals:
    """a = F_H/((T_c - T) n_s), Eq. (6).

    Wrong (E4): F_H = α²/2β = a (T_c - T) n_s/2, so that a is twice that; see
    `coefficients.field_slope`. In n/n_c = exp(a/k_B) the factor is an exponent.

    Args:
        critical_field: Thermodynamic critical field at T [T].
        below_critical: T_c - T [K].
        superfluid_density: n_s at T [1/m^3].

    Returns:
        a [J/K].
    """
    return field_energy(critical_field) / (jnp.asarray(below_critical, float) * superfluid_density)


def normal_density(trapping: Trapping, normal_density: RealsLike, time: RealsLike) -> Reals:
    """n_n = n_n⁰ Γ/(Γ e^(Γt) - γ n_n⁰), Eq. (9).

    Wrong (E3): it is n_n⁰/(1 - x) at t = 0, x = γ n_n⁰/Γ, and above n_n⁰ e^(-Γt) at all times,
    while pairing can only lower n_n; see `kinetics.densities`.

    Args:
        trapping: Rates; γ constant.
        normal_density: n_n⁰ [1/m^3].
        time: Time [s].

    Returns:
        Density [1/m^3]; for x > 1 it passes through infinity at t = ln(x)/Γ.
    """
    return _normal_density(trapping, normal_density, time)


def delayed_normal_density(
    trapping: Trapping, delay: RealsLike, normal_density: RealsLike, time: RealsLike
) -> Reals:
    """n_n = n_n⁰ Γ/(Γ e^(Γt) - γ(t) n_n⁰), Eq. (9) with γ(t) = γ (1 - e^(-t/τ)).

    Wrong (E3) however slow γ is: what was dropped is never smaller than what was kept; see
    `kinetics.delayed_normal_density`.

    Args:
        trapping: Rates; γ is what the pairing rate rises to.
        delay: τ [s].
        normal_density: n_n⁰ [1/m^3].
        time: Time [s].

    Returns:
        Density [1/m^3].
    """
    time = jnp.asarray(time, float)
    grown = Trapping(trapping.trapping_rate, trapping.pairing_rate * -jnp.expm1(-time / delay))
    return _normal_density(grown, normal_density, time)


def paired_superfluid_density(
    trapping: Trapping, superfluid_density: RealsLike, normal_density: RealsLike, time: RealsLike
) -> Reals:
    """n_s = n_s⁰ + (Γ/γ) {γ n_n⁰ [1/(Γ - γ n_n⁰) + 1/(γ n_n⁰ - Γ e^(Γt))] + ln ...}, Eq. (10).

    The logarithm is that of (Γ - γ n_n⁰)/(Γ - γ n_n⁰ e^(-Γt)). Wrong (E3) as the integral of
    Eq. (9): n_n + n_s + n_t is n_c + n_n⁰ x/(1 - x); see `kinetics.densities`.

    Args:
        trapping: Rates; γ constant.
        superfluid_density: n_s⁰ [1/m^3].
        normal_density: n_n⁰ [1/m^3].
        time: Time [s].

    Returns:
        Density [1/m^3]; NaN for x >= 1, where a logarithm of a negative number stands.
    """
    left = jnp.exp(-jnp.asarray(trapping.trapping_rate, float) * time)
    n_s0, n_n0 = jnp.asarray(superfluid_density, float), jnp.asarray(normal_density, float)
    return n_s0 + n_n0 * _gain(pairing_to_trapping_ratio(trapping, n_n0), left)


def final_superfluid_density(
    trapping: Trapping, superfluid_density: RealsLike, normal_density: RealsLike
) -> Reals:
    """n_s = n_s⁰ + n_n⁰ Γ/(Γ - γ n_n⁰) + (Γ/γ) ln[(Γ - γ n_n⁰)/Γ], Eq. (11).

    Wrong (E3): n_s⁰ + n_n⁰ [1 - ln(1 + x)/x], see `kinetics.paired_electron_gain`.
    Beyond x = 0.6058 the printed n_s is more than n_c.

    Args:
        trapping: Rates; γ constant.
        superfluid_density: n_s⁰ [1/m^3].
        normal_density: n_n⁰ [1/m^3].

    Returns:
        Density [1/m^3]; NaN for x >= 1.
    """
    n_s0, n_n0 = jnp.asarray(superfluid_density, float), jnp.asarray(normal_density, float)
    return n_s0 + n_n0 * _gain(pairing_to_trapping_ratio(trapping, n_n0), 0.0)


def fluctuation_energy(
    alpha: RealsLike,
    beta: RealsLike,
    amplitude: RealsLike,
    fluctuation: RealsLike,
    gradient: RealsLike = 0.0,
    momentum: RealsLike = 0.0,
) -> Reals:
    """2Δ0²(α̃ + βΔ0²) + 2(α̃ + 6βΔ0²)δΔ² + ħ²(∇δΔ)²/2m - Δ0²(ħ∇φ - qA)²/2m, Eq. (13) less B².

    Wrong twice: the last term is +, or λ² < 0 (E5), and 4Δ0(α̃ + 2βΔ0²)δΔ is missing (E9), which is
    0 only at the minimum. `derivations.expansion` has the coefficients of Eq. (12).

    Args:
        alpha: First coefficient α̃ [J].
        beta: Second coefficient [J m^3].
        amplitude: Δ0 [m^-3/2].
        fluctuation: δΔ [m^-3/2].
        gradient: ∇δΔ [m^-5/2].
        momentum: ħ∇φ - qA, of a pair [kg m/s].

    Returns:
        Energy density [J/m^3].
    """
    alpha, delta = jnp.asarray(alpha, float), jnp.asarray(fluctuation, float)
    pairs = jnp.asarray(amplitude, float) ** 2
    potential = 2 * pairs * (alpha + beta * pairs) + 2 * (alpha + 6 * beta * pairs) * delta**2
    kinetic = (
        HBAR**2 * jnp.asarray(gradient, float) ** 2 - pairs * jnp.asarray(momentum, float) ** 2
    )
    return potential + kinetic / (2 * PAIR_MASS)


def higgs_gap(alpha: RealsLike) -> Reals:
    """-4α̃ [J], "the energy required to induce Higgs modes", text below Eq. (14).

    The coefficient is right, its name is not (E7): it is half a curvature of F. The mode has
    ħω_H = 2Δ_g, which scales as √|α̃|; see `higgs.higgs_mode`.

    Args:
        alpha: First coefficient α or α̃ [J].
    """
    return -4 * jnp.asarray(alpha, float)


def critical_field_gaussian(alpha: RealsLike, beta: RealsLike) -> Reals:
    """H_c = √(2πα̃²/β), Eq. (16).

    Wrong (E2): H_c²/8π = α̃²/2β gives √(4πα̃²/β), larger by √2; see `electrodynamics.critical_field`.

    Args:
        alpha: First coefficient [erg].
        beta: Second coefficient [erg cm^3].

    Returns:
        Field [Oe].
    """
    return jnp.abs(jnp.asarray(alpha, float)) * jnp.sqrt(2 * jnp.pi / jnp.asarray(beta, float))


def critical_field(alpha: RealsLike, beta: RealsLike) -> Reals:
    """B_c = |α̃| √(μ0/2β), Eq. (16) in SI.

    Wrong (E2): |α̃| √(μ0/β); see `electrodynamics.critical_field`.

    Args:
        alpha: First coefficient [J].
        beta: Second coefficient [J m^3].

    Returns:
        Field [T].
    """
    return jnp.abs(jnp.asarray(alpha, float)) * jnp.sqrt(
        VACUUM_PERMEABILITY / (2 * jnp.asarray(beta, float))
    )


def coherence_length(
    length: RealsLike, temperature: RealsLike, critical_temperature: RealsLike
) -> Reals:
    """ξ = ξ0 (1 - T/T_c)^(-1/2), text below Eq. (17).

    Wrong (E6): imaginary above the bare T_c, where n_s > 0, and at odds with Eq. (12), which gives
    ξ̃ = ħ/√(8 m_e |α̃|); see `electrodynamics.coherence_length`.

    Args:
        length: ξ0 [m].
        temperature: Temperature [K].
        critical_temperature: T_c of the bare sample [K].

    Returns:
        Length [m]; NaN from T_c on.
    """
    left = 1 - jnp.asarray(temperature, float) / critical_temperature
    below = left > 0
    return jnp.where(below, length / jnp.sqrt(guarded(left, below)), jnp.nan)


def kappa(
    penetration_depth: RealsLike,
    length: RealsLike,
    temperature: RealsLike,
    critical_temperature: RealsLike,
) -> Reals:
    """κ = λ_L/ξ with that ξ, text below Eq. (17).

    Wrong (E6): with ξ̃ it does not depend on temperature; see `electrodynamics.kappa`.

    Args:
        penetration_depth: λ_L [m].
        length: ξ0 [m].
        temperature: Temperature [K].
        critical_temperature: T_c of the bare sample [K].

    Returns:
        A pure number; NaN from T_c on.
    """
    depth = jnp.asarray(penetration_depth, float)
    return depth / coherence_length(length, temperature, critical_temperature)


def _normal_density(trapping: Trapping, normal_density: RealsLike, time: RealsLike) -> Reals:
    rate, n_n0 = jnp.asarray(trapping.trapping_rate, float), jnp.asarray(normal_density, float)
    left = jnp.exp(-rate * time)
    return n_n0 * rate * left / (rate - trapping.pairing_rate * n_n0 * left)


def _gain(x: Reals, left: RealsLike) -> Reals:
    """Eq. (10) less n_s⁰, over n_n⁰, in terms that stay finite as γ goes to 0."""
    ok, left = x < 1, jnp.asarray(left, float)
    x = guarded(x, ok, 0.5)
    integral = x / (1 - x) - x * left**2 / (1 - x * left)
    return jnp.where(ok, integral + log1p_excess(-x) - left * log1p_excess(-x * left), jnp.nan)
