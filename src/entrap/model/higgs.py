"""Amplitude modes: the static coefficient of the paper, and the frequency that is measured.

    F_Higgs = Σ_k [-4α̃ + ħ²k²/2m] |δΔ_k|²,    ħω_H = 2Δ̃_g,    m = 2 m_e

-4α̃ is half the curvature of F about its minimum, a static quantity; the paper calls it the gap of
the Higgs modes. A frequency needs a kinetic term, M_H = ħ²|α̃|/Δ_g²: then ħω_H = 2Δ_g, which
scales as √|α̃|, and ω² = ω_H² + v_H² k².

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (12)-(14); frequency derived on the theory page.
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import ELECTRON_MASS, HBAR
from entrap.core.stable import guarded

PAIR_MASS = 2 * ELECTRON_MASS
"""Mass m of a Cooper pair in Eq. (12) [kg]."""


def higgs_coefficient(alpha: RealsLike, wave_number: RealsLike = 0.0) -> Reals:
    """-4α̃ + ħ²k²/2m of Eq. (14) [J].

    Args:
        alpha: First coefficient α, α̃ or α_f [J].
        wave_number: k [1/m].

    Note:
        Holds at the minimum of F; while n_s is pinned it is a formal number, and there is a linear
        term 4Δ_0 (α̃ + 2βΔ_0²) δΔ besides, which Eq. (13) omits.
    """
    wave_number = jnp.asarray(wave_number, float)
    return -4 * jnp.asarray(alpha, float) + HBAR**2 * wave_number**2 / (2 * PAIR_MASS)


def higgs_mode(gap: RealsLike) -> Reals:
    """ħω_H = 2Δ̃_g [J]: what a pump-probe or Raman experiment sees.

    Args:
        gap: Gap Δ_g(T_eff) [J].
    """
    return 2 * jnp.asarray(gap, float)


def higgs_velocity(alpha: RealsLike, gap: RealsLike) -> Reals:
    """v_H = Δ_g/√(2m|α̃|) [m/s]; v_F/√3 with the BCS coefficients near T_c.

    Args:
        alpha: First coefficient at the minimum [J]; 0 in the normal state gives 0.
        gap: Gap [J].
    """
    size = jnp.abs(jnp.asarray(alpha, float))
    velocity = jnp.asarray(gap, float) / jnp.sqrt(2 * PAIR_MASS * guarded(size, size > 0))
    return jnp.where(size > 0, velocity, 0.0)


def higgs_dispersion(alpha: RealsLike, gap: RealsLike, wave_number: RealsLike) -> Reals:
    """ħω(k) = √((2Δ_g)² + (ħ v_H k)²) [J].

    Args:
        alpha: First coefficient at the minimum [J].
        gap: Gap [J].
        wave_number: k [1/m].
    """
    return jnp.hypot(
        higgs_mode(gap), HBAR * higgs_velocity(alpha, gap) * jnp.asarray(wave_number, float)
    )
