"""The gap of BCS and mixing, fast: the one root of (P2) where the entropy only strengthens it.

In L = ln(r/z), as `share_gap` has it, and with s of `bcs_functional`,

    (1 - φ) L + φ G(r) - (G_m/t) s(α r) = ln(1/t),    s = (2π²/7ζ(3)) r (r G')'/r²

G_m >= 0 being the strength of the entropy. For φ <= 1 the left side rises with L, and s lies
between 0 and 1: the root is between those of plain extraction at t and at t e^(-G_m/t). Between
them it is narrowed down with polynomials; three of Newton's steps with the integrals end at
rounding.

Source: derived on the page "Plain BCS beside the paper".
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import ZETA_3
from entrap.core.stable import guarded
from entrap.model import bcs, bcs_functional, share_gap

_SLOPE = 2 * np.pi**2 / (7 * ZETA_3)
_NARROWEST = -18.0  # ln(r/z) that is as good as no gap
_CLOSED = -500.0  # below it, far above T_c at φ just below 1, nothing is left of the gap
_STEPS = 24


def reduced_gap(
    t: RealsLike, share: RealsLike, strength: RealsLike, scale: RealsLike = 1.0
) -> Reals:
    """δ = Δ/Δ0 of (P2), the minimum of F̃ for φ <= 1 and G_m >= 0.

    Args:
        t: T/T_c; at and below 0.046 δ = 1.
        share: φ <= 1.
        strength: G_m = (1-f) k_B L/a. Where it is negative, as with w_s < 1, a gap that jumps is
            not found: `bcs_functional.reduced_gap` finds it.
        scale: α, Δ(0)/k_B T_c over that of BCS.

    Returns:
        Exact to rounding, with first derivatives; 0 where nothing is superconducting.

    Examples:
        >>> round(float(reduced_gap(1.1, 1.0, 0.5)), 12)
        0.858266644372
    """
    given = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in (t, share, strength, scale)))
    t, share, strength, scale = given
    warm = t > bcs._COLD
    t = guarded(t, warm, 0.5)
    fixed = lax.stop_gradient((t, share, strength, scale))
    length, open_ = _root(*fixed)
    open_ = open_ & (length > _CLOSED)
    length = lax.stop_gradient(guarded(length, open_, -1.0))
    for carries in (False, False, True):
        at = (t, share, strength, scale) if carries else fixed
        value, slope = jax.jvp(
            lambda x, at=at: bcs_functional.excess(x, *at), (length,), (jnp.ones_like(length),)
        )
        slope = lax.stop_gradient(slope)
        length = length - jnp.where(open_, value / guarded(slope, slope > 1e-13), 0.0)
    return jnp.where(warm, jnp.where(open_, t * jnp.exp(length), 0.0), 1.0)


def _root(t: Reals, share: Reals, strength: Reals, scale: Reals) -> tuple[Reals, Any]:
    """L to some 1e-5, and whether there is a gap."""
    pull, depth = strength / t, -jnp.log(t)
    left, shift = 1 - share, jnp.log(scale)

    def excess(length: Reals) -> Reals:
        value, _, _ = share_gap.gap_function(length)
        _, _, bend = share_gap.gap_function(length + shift)
        ratio = scale * share_gap.BCS_GAP_RATIO * jnp.exp(length)
        # Where the gap closes the root hangs on the last digits of s: there it is the series.
        stiffness = jnp.where(
            ratio < bcs._JOIN,
            bcs_functional.stiffness_series(ratio),
            jnp.minimum(_SLOPE * bend / ratio**2, 1.0),
        )
        return left * length + share * value - pull * stiffness - depth

    def plain(t: Reals) -> Reals:
        gap = share_gap.reduced_gap(t, jnp.minimum(share, 1.0))
        some = gap > 0
        # Far above T_c it is narrower than any number: L = ln(1/t)/(1 - φ)
        far = jnp.where(left > 0, -jnp.log(t) / guarded(left, left > 0), _NARROWEST)
        return jnp.where(some, jnp.log(guarded(gap, some)) - jnp.log(t), far)

    stronger = jnp.maximum(t * jnp.exp(-jnp.maximum(pull, 0.0)), 1e-200)
    low = jnp.where(pull < 0, _NARROWEST, plain(t))
    high = plain(jnp.where(pull < 0, t, stronger)) + 1e-4
    low = low - 1e-4

    def narrow(_: Any, ends: tuple[Reals, ...]) -> tuple[Reals, ...]:
        """False position, the value at an end that stays being halved (Illinois)."""
        low, high, below, above = ends
        middle = high - above * (high - low) / guarded(above - below, above > below)
        middle = jnp.clip(middle, low, high)
        here = excess(middle)
        up = here > 0
        return (
            jnp.where(up, low, middle),
            jnp.where(up, middle, high),
            jnp.where(up, below / 2, here),
            jnp.where(up, here, above / 2),
        )

    ends = low, high, jnp.minimum(excess(low), -1e-300), jnp.maximum(excess(high), 1e-300)
    low, high, below, above = lax.fori_loop(0, _STEPS, narrow, ends)
    length = high - above * (high - low) / guarded(above - below, above > below)
    return length, (share < 1) | (pull > -depth)
