"""How fast quasiparticles recombine, and take up and emit phonons, in the film itself.

    1/τ_r = ∫_{2Δ}^∞ Ω² N(Ω-Δ) [1 + Δ/(Ω-Δ)] [n(Ω) + 1] f(Ω-Δ) dΩ / τ_0 (k_B T_c)³ [1 - f(Δ)]
    1/τ_a = ∫_0^∞ Ω² N(Ω+Δ) [1 - Δ/(Ω+Δ)] n(Ω) [1 - f(Ω+Δ)] dΩ / τ_0 (k_B T_c)³ [1 - f(Δ)]

are those at the gap's edge, n and f being Bose's and Fermi's functions. With Ω - Δ, or Ω, taken
as a multiple s² of k_B T one Gauss rule serves from T = 0 to where the gap closes.

Source: S. B. Kaplan et al. (1976); theory page, traps.
"""

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from scipy.special import gamma, zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.quadrature import thermal_rule
from entrap.core.quantities import quantity
from entrap.core.stable import guarded, sqrt_or_zero

_NODES, _WEIGHTS = thermal_rule(32, 2.0)
_SQUARES, _BOSE = _NODES**2, _WEIGHTS / -np.expm1(-(_NODES**2))
_ZETA = float(gamma(3.5) * zeta(3.5))
_Z, _LEGENDRE = np.polynomial.legendre.leggauss(12)
_JOIN = 2.0  # ε/Δ from which emission is taken in closed form


class Phonons(eqx.Module):
    """How electrons and phonons of the film couple; fields broadcast together."""

    electron_phonon_time: RealsLike = quantity("s", "τ_0", "Electron-phonon time", display="ns")
    critical_temperature: RealsLike = quantity("K", "T_c", "Critical temperature of the film")
    film_density_of_states: RealsLike = quantity(
        "1/J/m^3", "N_0", "Density of states of the film in the normal state for one spin"
    )
    phonon_trapping: RealsLike = quantity(
        "1", "F_p", "How many times slower recombination is as phonons break pairs", default=1.0
    )


def recombination_rate(phonons: Phonons, gap: RealsLike, temperature: RealsLike) -> Reals:
    """1/τ_r of a quasiparticle at the gap's edge in thermal equilibrium, over F_p.

    Args:
        phonons: τ_0, T_c and F_p.
        gap: Δ [J]; where it closes, the rate is that of a normal metal.
        temperature: Temperature [K].

    Returns:
        Rate [1/s].
    """
    t, delta, r = _reduced(phonons, gap, temperature)
    sum_ = 2 * delta + t * _SQUARES  # Ω/k_B T_c
    bose = 1 / -jnp.expm1(-2 * r - _SQUARES)
    fermi = jnp.exp(-r) / (1 + jnp.exp(-r - _SQUARES))  # over e^(-s²)
    integral = (_WEIGHTS * sum_**2 * sqrt_or_zero(sum_) * bose * fermi).sum(-1)
    rate = 2 * sqrt_or_zero(t[..., 0]) * (1 + jnp.exp(-r[..., 0])) * integral
    return rate / (phonons.electron_phonon_time * jnp.asarray(phonons.phonon_trapping, float))


def recombination_rate_cold(phonons: Phonons, gap: RealsLike, temperature: RealsLike) -> Reals:
    """1/τ_r = √π (2Δ/k_B T_c)^(5/2) (T/T_c)^(1/2) exp(-Δ/k_B T)/(τ_0 F_p) at k_B T ≪ Δ.

    Args:
        phonons: τ_0, T_c and F_p.
        gap: Δ [J].
        temperature: Temperature [K]; the form is 3.5 % low at 0.1 T_c, 18 % at 0.5 T_c.

    Returns:
        Rate [1/s].
    """
    t, delta, r = (x[..., 0] for x in _reduced(phonons, gap, temperature))
    rate = jnp.sqrt(jnp.pi) * (2 * delta) ** 2.5 * sqrt_or_zero(t) * jnp.exp(-r)
    return rate / (phonons.electron_phonon_time * jnp.asarray(phonons.phonon_trapping, float))


def recombination_constant(phonons: Phonons, gap: RealsLike) -> Reals:
    """R = 2Δ²/(N_0 τ_0 F_p (k_B T_c)³) [m³/s] of dn_qp/dt = -R n_qp²: counts those lost, not pairs.

    Args:
        phonons: Of the film.
        gap: Δ [J].

    Source: P. B. Fischer and G. Catelani, Phys. Rev. Applied 19, 054087 (2023), Eqs. (47)-(50).
    """
    energy = BOLTZMANN * jnp.asarray(phonons.critical_temperature, float)
    reduced = jnp.asarray(gap, float) / energy
    slowed = phonons.electron_phonon_time * jnp.asarray(phonons.phonon_trapping, float)
    return 2 * reduced**2 / (phonons.film_density_of_states * energy * slowed)


def recombination_coefficient(phonons: Phonons, gap: RealsLike) -> Reals:
    """r = 2 N_0 Δ R = 4 (Δ/k_B T_c)³/(τ_0 F_p) [1/s] of dx/dt = -r x², x = n_qp/(2 N_0 Δ).

    Args:
        phonons: Of the film.
        gap: Δ [J].
    """
    pairs = 2 * phonons.film_density_of_states * jnp.asarray(gap, float)
    return pairs * recombination_constant(phonons, gap)


def thermal_generation(phonons: Phonons, gap: RealsLike, temperature: RealsLike) -> Reals:
    """g = 2π r (k_B T/Δ) exp(-2Δ/k_B T) [1/s]: dx/dt by thermal phonons, at k_B T ≪ Δ.

    Args:
        phonons: Of the film.
        gap: Δ [J].
        temperature: Temperature of the phonons [K].

    Source: G. Marchegiani and G. Catelani, Commun. Phys. 8, 120 (2025), p. 4.
    """
    t, delta, r = (x[..., 0] for x in _reduced(phonons, gap, temperature))
    slowed = phonons.electron_phonon_time * jnp.asarray(phonons.phonon_trapping, float)
    return 8 * jnp.pi * delta**2 * t * jnp.exp(-2 * r) / slowed


def absorption_rate(phonons: Phonons, gap: RealsLike, temperature: RealsLike) -> Reals:
    """1/τ_a at which a quasiparticle at the gap's edge takes up a phonon: how fast it thermalises.

    Args:
        phonons: τ_0 and T_c.
        gap: Δ [J].
        temperature: Temperature of phonons and quasiparticles [K].

    Returns:
        Rate [1/s].
    """
    t, delta, r = _reduced(phonons, gap, temperature)
    some = delta + t > 0
    root = jnp.sqrt(guarded(2 * delta + t * _SQUARES, some))
    free = (1 + jnp.exp(-r)) / (1 + jnp.exp(-r - _SQUARES))
    integral = (_BOSE * _SQUARES**3 * free / root).sum(-1)
    return 2 * t[..., 0] ** 3.5 * integral / jnp.asarray(phonons.electron_phonon_time, float)


def absorption_rate_cold(phonons: Phonons, gap: RealsLike, temperature: RealsLike) -> Reals:
    """1/τ_a = Γ(7/2) ζ(7/2) (T/T_c)^(7/2) (2Δ/k_B T_c)^(-1/2)/τ_0 at k_B T ≪ Δ.

    Args:
        phonons: τ_0 and T_c.
        gap: Δ > 0 [J].
        temperature: Temperature [K]; the form is 4.4 % high at 0.1 T_c, 17 % at 0.5 T_c.

    Returns:
        Rate [1/s].
    """
    t, delta, _ = (x[..., 0] for x in _reduced(phonons, gap, temperature))
    return _ZETA * t**3.5 / (jnp.sqrt(2 * delta) * phonons.electron_phonon_time)


def emission_rate(phonons: Phonons, energy: RealsLike, gap: RealsLike) -> Reals:
    """1/τ_s = (Δ/k_B T_c)³ [p³/3 + 5p/2 - (1 + 4y²) ln(y + p)/2y]/τ_0, y = ε/Δ, p = √(y² - 1).

    At T = 0 a quasiparticle can but emit phonons.

    Args:
        phonons: τ_0 and T_c.
        energy: ε [J]; at and below the gap nothing is emitted.
        gap: Δ [J].

    Returns:
        Rate [1/s].
    """
    unit = BOLTZMANN * jnp.asarray(phonons.critical_temperature, float)
    e, d = jnp.broadcast_arrays(jnp.asarray(energy, float) / unit, jnp.asarray(gap, float) / unit)
    hot, near = e > _JOIN * d, (e > d) & (e <= _JOIN * d)
    y, p = guarded(e, hot, 2.0), jnp.sqrt(guarded(e * e - d * d, hot))
    gapped = hot & (d > 0)
    log = jnp.log((y + p) / guarded(d, gapped))
    logarithm = jnp.where(gapped, d * d * (d * d + 4 * y * y) * log / (2 * y), 0.0)
    closed = p**3 / 3 + 2.5 * p * d * d - logarithm
    # Near the gap the terms cancel: ∫ (y - cosh u)² (cosh u - 1/y) du up to u = arcosh y instead.
    above = guarded((e - d) / guarded(d, near), near)[..., None]
    end = 2 * jnp.arcsinh(jnp.sqrt(above / 2))
    u = end * (0.5 + 0.5 * _Z)
    lost = 2 * jnp.sinh((end + u) / 2) * jnp.sinh((end - u) / 2)
    kept = 2 * jnp.sinh(u / 2) ** 2 + above / (1 + above)
    integral = (_LEGENDRE * lost**2 * kept).sum(-1) * end[..., 0] / 2
    rate = jnp.where(hot, closed, jnp.where(near, d**3 * integral, 0.0))
    return rate / jnp.asarray(phonons.electron_phonon_time, float)


def _reduced(
    phonons: Phonons, gap: RealsLike, temperature: RealsLike
) -> tuple[Reals, Reals, Reals]:
    """T/T_c, Δ/k_B T_c and Δ/k_B T, each with an axis for the nodes; the last capped at 700."""
    critical = jnp.asarray(phonons.critical_temperature, float)
    t = (jnp.asarray(temperature, float) / critical)[..., None]
    delta = (jnp.asarray(gap, float) / (BOLTZMANN * critical))[..., None]
    warm = delta < 700 * t
    r = jnp.where(warm, delta / guarded(t, warm), jnp.where(delta > 0, 700.0, 0.0))
    return t, delta, r
