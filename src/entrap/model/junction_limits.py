"""Closed limits of a junction's trapping, near the gap's edge and where relaxation is slow.

Source: theory page, traps, after Riwar et al., Phys. Rev. B 94, 104516 (2016).
"""

import jax.numpy as jnp
from jax.scipy.special import dawsn, erfcx, expi

from entrap.core.arrays import Reals, RealsLike
from entrap.core.stable import guarded
from entrap.model.junction import (
    NODES,
    WEIGHTS,
    TunnelJunction,
    mean_inverse_states,
    relaxation_rate,
)

_SMALL = 1e-100  # α whose square is lost


def near_gap_factor(alpha: RealsLike) -> Reals:
    """F(α) = 1 - (α/√π) e^(-α²) [π erfi(α) - Ei(α²)]: Γ_eff/Γ_tr for k_B T ≪ Δ.

    Args:
        alpha: α >= 0 of `backflow_parameter`.

    Returns:
        A number between 0 and 1: 1 - (α/√π)(2 ln(1/α) - γ_E) at small α, 1/(√π α) at large.

    Examples:
        >>> round(float(near_gap_factor(1.0)), 12)
        0.317179793207
    """
    alpha = jnp.asarray(alpha, float)
    near, far = (alpha > _SMALL) & (alpha < 4), alpha >= 4
    a = guarded(alpha, near, 0.5)
    closed = 1 - a * (2 * dawsn(a) - jnp.exp(-a * a) * expi(a * a) / jnp.sqrt(jnp.pi))
    a = guarded(alpha, far)[..., None]  # the closed form would cancel, then overflow
    integral = 2 / jnp.sqrt(jnp.pi) * (WEIGHTS * NODES / (NODES + a)).sum(-1)
    return jnp.where(far, integral, jnp.where(near, closed, 1.0))


def slow_relaxation_rate(junction: TunnelJunction, gap: RealsLike, temperature: RealsLike) -> Reals:
    """Γ_eff = Γ_tr (Γ_r/Γ_esc0) ⟨1/N⟩ [1/s], the limit α ≫ 1 for constant Γ_r = Γ_r(Δ), cold.

    Args:
        junction: The barrier, which drops out, and the metal.
        gap: Δ of the film [J].
        temperature: Temperature of its quasiparticles [K].
    """
    volume = junction.metal_density_of_states * jnp.asarray(junction.metal_thickness, float)
    share = volume / (junction.film_density_of_states * junction.film_thickness)
    return share * relaxation_rate(junction, gap, gap) * mean_inverse_states(gap, temperature)


def slow_survival(decays: RealsLike) -> Reals:
    """S = erfcx(√π x/2), x = Γ_eff t, of slow relaxation, α ≫ 1, at k_B T ≪ Δ; 2/(π x) at last.

    Args:
        decays: x >= 0.
    """
    y = jnp.sqrt(jnp.pi) / 2 * jnp.asarray(decays, float)
    late = y > 4  # where the derivative of erfcx, as it is computed, cancels
    far = guarded(y, late)[..., None]
    integral = 2 / jnp.pi * (WEIGHTS / (far + NODES**2 / far)).sum(-1)
    return jnp.where(late, integral, erfcx(guarded(y, ~late)))
