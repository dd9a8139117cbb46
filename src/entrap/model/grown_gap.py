"""The gap of the functional of BCS and mixing where it has one minimum, fast enough for a sampler.

For φ <= 1 and G = (1-f) k_B L/a >= 0 the gap equation (P2) of `bcs_functional` has one root at
most,

    (1 - φ) ln(r/z) + φ G(r) - (G/t) s(αr) = ln(T_c/T),    r = Δ/k_B T, z = Δ0/k_B T_c

G(r) by the polynomials of `share_gap`, s by one of its own, in place of integrals: `mixed_gap` is
exact to rounding, this is within 1e-10, and in a fit a tenth of its time.
"""

import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO, ZETA_3
from entrap.core.roots import rising_root
from entrap.core.stable import guarded
from entrap.model import bcs, share_gap
from entrap.model.bcs import _polynomial

_STEPS = 12
_CLOSED = -18.0  # ln(r/z) below which a gap is taken as closed
_BEND, _FARTHEST, _TERMS = 5.0, 60.0, 36  # s e^r √(1+r) in (5 - r)/(5 + r), from 60 to 0


def grown_gap(
    t: RealsLike,
    share: RealsLike = 1.0,
    strength: RealsLike = 0.0,
    scale: RealsLike = 1.0,
) -> Reals:
    """δ = Δ/Δ0 of `bcs_functional.reduced_gap` within 1e-10, and its slopes within 1e-8.

    Args:
        t: T/T_c.
        share: φ <= 1.
        strength: G >= 0.
        scale: α.

    Returns:
        A pure number; NaN where φ > 1 or G < 0.

    Examples:
        >>> round(float(grown_gap(1.1, 1.0, 0.5)), 10)
        0.8582666444
    """
    t, share, strength, scale = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (t, share, strength, scale))
    )
    warm, known = t > bcs._COLD, (strength >= 0) & (share <= 1)
    t, strength = guarded(t, warm, 0.5), guarded(strength, known, 0.0)
    given = (t, share, strength, scale)
    # The root lies between that of G = 0 and that of s = 1, which is that of G = 0 at t e^(-G/t).
    cold = t * jnp.exp(-jnp.minimum(strength / t, 300.0))
    low, high = (jnp.log(jnp.maximum(share_gap.reduced_gap(x, share) / x, 1e-9)) for x in (t, cold))
    length = rising_root(_excess, low - 1e-9, high + 1e-9, given, _STEPS)
    some = _excess(jnp.full_like(t, _CLOSED), *given) < 0
    delta = jnp.where(warm, jnp.where(some, jnp.exp(length) * t, 0.0), 1.0)
    return jnp.where(known, delta, jnp.nan)


def _excess(length: Reals, t: Reals, share: Reals, strength: Reals, scale: Reals) -> Reals:
    """The left side of (P2) less its right one, at ln(r/z)."""
    plain = (1 - share) * length + share * share_gap.gap_function(length)[0]
    ratio = scale * BCS_GAP_RATIO * jnp.exp(jnp.minimum(length, 6.0))
    return plain - strength / t * stiffness(ratio) + jnp.log(t)


def stiffness(ratio: RealsLike) -> Reals:
    """s(r) = (2π²/7ζ(3)) (-Y'(r)/r) of r = Δ/k_B T within 1e-10 of itself, 1 at r = 0."""
    r = jnp.minimum(jnp.asarray(ratio, float), _FARTHEST)
    x = (_BEND - r) / (_BEND + r)
    low = (_BEND - _FARTHEST) / (_BEND + _FARTHEST)
    value = _polynomial(_COEFFICIENTS, 2 * (x - low) / (1 - low) - 1)
    return value * jnp.exp(-r) / jnp.sqrt(1 + r)


def _coefficients() -> list[float]:
    nodes = np.cos(np.pi * (np.arange(_TERMS) + 0.5) / _TERMS)
    low = (_BEND - _FARTHEST) / (_BEND + _FARTHEST)
    x = low + (1 - low) * (nodes + 1) / 2
    r = _BEND * (1 - x) / (1 + x)
    step = 0.2 / np.sqrt(np.maximum(r / 2, 1.0))[:, None]
    u = step * np.arange(80)
    energy = r[:, None] * np.cosh(u)
    f = np.exp(-energy) / (1 + np.exp(-energy))
    falls = f * (1 - f) * ((1 - 2 * f) * energy - 1) * np.cosh(u) * np.where(u == 0, 0.5, 1.0)
    s = 2 * np.pi**2 / (7 * ZETA_3) * 2 * (step * falls).sum(-1) / r
    chebyshev = np.polynomial.chebyshev.chebfit(nodes, s * np.exp(r) * np.sqrt(1 + r), _TERMS - 1)
    return np.polynomial.chebyshev.cheb2poly(chebyshev).tolist()


_COEFFICIENTS = _coefficients()
