"""The gap of BCS and mixing, fast and exact: at once where (P2) has one root, else by a search.

For φ <= 1 and an entropy that only strengthens the gap, G_m >= 0, the left side of

    (1 - φ) L + φ G(r) - (G_m/t) s(α r) = ln(1/t),    L = ln(r/z), z = Δ0/k_B T_c           (P2)

rises with L: there is one root at most, and F̃ is least there. s lies above 1 - d r², so that
Wright's function, as in `share_gap`, is left of the root and close to it where the gap is narrow.
Newton's steps from there end at rounding. For φ > 1 or G_m < 0, as with w_s < 1, there may be more
roots, and the gap may jump: `bcs_functional.reduced_gap` looks for all of them.

Source: derived on the page "Plain BCS beside the paper".
"""

import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO
from entrap.core.roots import rising_root
from entrap.core.stable import guarded
from entrap.model import bcs, bcs_functional, share_gap
from entrap.model.mixing_functions import CURVATURE

_STEPS = 17  # a strong entropy, G = 1e6, needs all of them, a weak one half
_CLOSED = -500.0  # below it, far above T_c at φ just below 1, nothing is left of the gap
_SEARCHED_AT_ONCE = 1024


def single_gap(
    t: RealsLike, share: RealsLike, strength: RealsLike, scale: RealsLike = 1.0
) -> Reals:
    """δ = Δ/Δ0 of (P2) for φ <= 1 and G_m >= 0, where it has one root at most.

    Args:
        t: T/T_c; at and below 0.046 δ = 1.
        share: φ.
        strength: G_m = (1-f) k_B L/a.
        scale: α, Δ(0)/k_B T_c over that of BCS.

    Returns:
        Within some roundings and 3e-16 G_m/t, with first derivatives; 0 where nothing is
        superconducting, NaN where φ > 1 or G_m < 0.

    Examples:
        >>> round(float(single_gap(1.1, 1.0, 0.5)), 12)
        0.858266644372
    """
    given = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in (t, share, strength, scale)))
    t, share, strength, scale = given
    warm, known = t > bcs._COLD, (strength >= 0) & (share <= 1)
    t, strength = guarded(t, warm, 0.5), guarded(strength, known, 0.0)
    share = guarded(share, known)
    low, start, high = lax.stop_gradient(_around(t, share, strength, scale))
    given = (t, share, strength, scale)
    length = rising_root(bcs_functional.excess, low, high, given, _STEPS, start)
    open_ = ((share < 1) | (strength / t > jnp.log(t))) & (length > _CLOSED)
    delta = jnp.where(open_, t * jnp.exp(guarded(length, open_, -1.0)), 0.0)
    return jnp.where(known, jnp.where(warm, delta, 1.0), jnp.nan)


def _around(t: Reals, share: Reals, strength: Reals, scale: Reals) -> tuple[Reals, Reals, Reals]:
    """L below the root, where Newton's steps begin, and above it."""
    pull, depth, left = strength / t, -jnp.log(t), jnp.maximum(1 - share, 1e-20)
    bent = share_gap.LEADING * share + pull * CURVATURE * (scale * BCS_GAP_RATIO) ** 2
    high = jnp.maximum(depth + pull, 0.0) + 1e-3
    start = share_gap._narrow(depth + pull, left, bent)
    # Without the entropy the gap is no wider, and at t < e^-½ all but as wide as at T = 0.
    start = jnp.minimum(jnp.where(depth > 0.5, jnp.maximum(start, depth - 0.2), start), high)
    return start - 0.1, start, high


def reduced_gap(
    t: RealsLike, share: RealsLike, strength: RealsLike, scale: RealsLike = 1.0
) -> Reals:
    """δ = Δ/Δ0 where F̃ is least, for every φ and G_m: `single_gap`, or a search where it is needed.

    The search takes 100 times as long, and under `jax.vmap` runs for all points: where none needs
    it use `single_gap`.

    Args:
        t: T/T_c.
        share: φ.
        strength: G_m; below 0 with w_s < 1.
        scale: α.
    """
    given = jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in (t, share, strength, scale)))
    single = single_gap(*given)
    several = (given[1] > 1) | (given[2] < 0)

    def searched() -> Reals:
        flat = tuple(x.ravel() for x in given)
        found = lax.map(
            lambda x: bcs_functional.reduced_gap(*x), flat, batch_size=_SEARCHED_AT_ONCE
        )
        return jnp.where(several, found.reshape(single.shape), single)

    return lax.cond(several.any(), searched, lambda: single)
