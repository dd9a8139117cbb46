"""The paper's equations that are wrong, exactly as printed, to be compared with the model's.

What is right as printed is computed by the model: Eqs. (1) and (2) in `entropy`, (3)-(5) in
`landau`, (7) and (8) in `kinetics`, (12) and the coefficient of (14) in `higgs`, (15) and the
leading logarithm of (17) in `electrodynamics`. Nothing outside this folder computes from what
stands here.

Arguments have the meaning and the SI units that they have in `model`: coefficients α or α̃ [J] and
β [J m^3], amplitudes of the order parameter Δ [m^-3/2], densities [1/m^3], lengths [m], fields [T],
times [s], temperatures [K]. x is γ n_n⁰/Γ.

Source: V. Kornich, arXiv:2605.15834 (2026). E1-E9 number the errata of the theory page.
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
    """n_s = √(-α̃/β), text below Eq. (5), and 0 for α̃ >= 0.

    Wrong (E1): F̃ = α̃ n_s + β n_s²/2 has its minimum at n_s = -α̃/β, without a root, as in
    `landau.superfluid_density`. The printed form has the unit m^-3/2, which is not that of a
    density.
    """
    return sqrt_or_zero(-jnp.asarray(alpha, float) / beta)


def order_parameter(alpha: RealsLike, beta: RealsLike) -> Reals:
    """Δ0 = √(-α/β) [m^-3/2], text below Eq. (14), and 0 for α >= 0.

    Wrong (E1b): |Δ0|² = n_s/2 = -α/2β, as below Eq. (13). With the printed Δ0 the condensation
    energy 2αΔ0² + 2βΔ0⁴ is 0.
    """
    return superfluid_density(alpha, beta)


def field_slope(
    critical_field: RealsLike, below_critical: RealsLike, superfluid_density: RealsLike
) -> Reals:
    """a = F_H/((T_c - T) n_s) [J/K], Eq. (6), from the critical field and n_s at T.

    Wrong (E4): F_H = α²/2β = a (T_c - T) n_s/2, so that a is twice the printed value, as in
    `coefficients.field_slope`. In n/n_c = exp(a/k_B) this factor stands in the exponent.
    """
    return field_energy(critical_field) / (jnp.asarray(below_critical, float) * superfluid_density)


def normal_density(trapping: Trapping, normal_density: RealsLike, time: RealsLike) -> Reals:
    """n_n = n_n⁰ Γ/(Γ e^(Γt) - γ n_n⁰) [1/m^3], Eq. (9), for a constant γ.

    Wrong (E3): at t = 0 it is n_n⁰/(1 - x), and at all times it is above n_n⁰ e^(-Γt), while
    pairing can only lower n_n; see `kinetics.densities`. For x > 1 it is infinite at
    t = ln(x)/Γ.
    """
    rate, n_n0 = jnp.asarray(trapping.trapping_rate, float), jnp.asarray(normal_density, float)
    left = jnp.exp(-rate * time)
    return n_n0 * rate * left / (rate - trapping.pairing_rate * n_n0 * left)


def delayed_normal_density(
    trapping: Trapping, delay: RealsLike, start: RealsLike, time: RealsLike
) -> Reals:
    """n_n = n_n⁰ Γ/(Γ e^(Γt) - γ(t) n_n⁰) [1/m^3], Eq. (9) with γ(t) = γ (1 - e^(-t/τ)).

    Wrong (E3) however slowly γ rises: the term that was dropped is never smaller than the one
    that was kept; see `kinetics.delayed_normal_density`.
    """
    time = jnp.asarray(time, float)
    grown = Trapping(trapping.trapping_rate, trapping.pairing_rate * -jnp.expm1(-time / delay))
    return normal_density(grown, start, time)


def paired_superfluid_density(
    trapping: Trapping, superfluid_density: RealsLike, normal_density: RealsLike, time: RealsLike
) -> Reals:
    """n_s = n_s⁰ + (Γ/γ) {γ n_n⁰ [1/(Γ - γ n_n⁰) + 1/(γ n_n⁰ - Γ e^(Γt))] + ln ...}, Eq. (10).

    The logarithm is that of (Γ - γ n_n⁰)/(Γ - γ n_n⁰ e^(-Γt)), so that the result [1/m^3] is NaN
    for x >= 1; γ is constant. Wrong (E3) as the integral of Eq. (9): n_n + n_s + n_t is
    n_c + n_n⁰ x/(1 - x); see `kinetics.densities`.
    """
    left = jnp.exp(-jnp.asarray(trapping.trapping_rate, float) * time)
    return superfluid_density + _gain(trapping, normal_density, left)


def final_superfluid_density(
    trapping: Trapping, superfluid_density: RealsLike, normal_density: RealsLike
) -> Reals:
    """n_s = n_s⁰ + n_n⁰ Γ/(Γ - γ n_n⁰) + (Γ/γ) ln[(Γ - γ n_n⁰)/Γ] [1/m^3], Eq. (11).

    Wrong (E3): it is n_s⁰ + n_n⁰ [1 - ln(1 + x)/x], as in `kinetics.paired_electron_gain`.
    Beyond x = 0.6058 the printed n_s is more than n_c, and for x >= 1 it is NaN.
    """
    return superfluid_density + _gain(trapping, normal_density, jnp.zeros(()))


def fluctuation_energy(
    alpha: RealsLike,
    beta: RealsLike,
    amplitude: RealsLike,
    fluctuation: RealsLike,
    gradient: RealsLike = 0.0,
    momentum: RealsLike = 0.0,
) -> Reals:
    """2Δ0²(α̃ + βΔ0²) + 2(α̃ + 6βΔ0²)δΔ² + ħ²(∇δΔ)²/2m - Δ0²(ħ∇φ - qA)²/2m, Eq. (13) less B².

    Wrong twice: the last term must have the sign +, or λ² is negative (E5), and the term
    4Δ0(α̃ + 2βΔ0²)δΔ is missing (E9), which vanishes only at the minimum. `derivations.expansion`
    has the coefficients that follow from Eq. (12).

    The fluctuation is δΔ, the gradient ∇δΔ [m^-5/2], and the momentum ħ∇φ - qA, of a pair [kg m/s];
    the result is an energy density [J/m^3].
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

    The coefficient is right, but it is not that energy (E7): it is half a curvature of F. The mode
    has ħω_H = 2Δ_g, which scales as √|α̃|; see `higgs.higgs_mode`.
    """
    return -4 * jnp.asarray(alpha, float)


def critical_field_gaussian(alpha: RealsLike, beta: RealsLike) -> Reals:
    """H_c = √(2πα̃²/β) [Oe], Eq. (16), in Gaussian units: α̃ [erg], β [erg cm^3].

    Wrong (E2): H_c²/8π = α̃²/2β gives √(4πα̃²/β), which is larger by √2; see
    `electrodynamics.critical_field`.
    """
    return jnp.abs(jnp.asarray(alpha, float)) * jnp.sqrt(2 * jnp.pi / jnp.asarray(beta, float))


def critical_field(alpha: RealsLike, beta: RealsLike) -> Reals:
    """B_c = |α̃| √(μ0/2β) [T], Eq. (16) in SI. Wrong (E2): it is |α̃| √(μ0/β)."""
    return jnp.abs(jnp.asarray(alpha, float)) * jnp.sqrt(
        VACUUM_PERMEABILITY / (2 * jnp.asarray(beta, float))
    )


def coherence_length(
    length: RealsLike, temperature: RealsLike, critical_temperature: RealsLike
) -> Reals:
    """ξ = ξ0 (1 - T/T_c)^(-1/2) [m], text below Eq. (17), and NaN from the bare T_c on.

    Wrong (E6): it is imaginary above the bare T_c, where n_s > 0, and contradicts Eq. (12), which
    gives ξ̃ = ħ/√(8 m_e |α̃|); see `electrodynamics.coherence_length`.
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
    """κ = λ_L/ξ with that ξ, text below Eq. (17), and NaN from the bare T_c on.

    Wrong (E6): with ξ̃ it does not depend on temperature; see `electrodynamics.kappa`.
    """
    depth = jnp.asarray(penetration_depth, float)
    return depth / coherence_length(length, temperature, critical_temperature)


def _gain(trapping: Trapping, normal_density: RealsLike, left: Reals) -> Reals:
    """Eq. (10) less n_s⁰, in terms that stay finite as γ goes to 0; `left` is e^(-Γt)."""
    n_n0 = jnp.asarray(normal_density, float)
    x = pairing_to_trapping_ratio(trapping, n_n0)
    below = x < 1
    x = guarded(x, below, 0.5)
    integral = x / (1 - x) - x * left**2 / (1 - x * left)
    gain = integral + log1p_excess(-x) - left * log1p_excess(-x * left)
    return n_n0 * jnp.where(below, gain, jnp.nan)
