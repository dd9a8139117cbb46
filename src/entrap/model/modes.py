"""The slowest mode of a strip with traps, in units of its length L.

With λ = (rate - s_b) L²/D and G = Γ L²/D, the mode has y = -x'/x obey

    y' = y² + λ (bare film),    y' = y² + λ - G (trap),    y = ±λ A/(W L) (left, right end)

and no node, so that y is finite; and λ <= G, since no mode decays faster than one all under a trap.
For one trap this is t_1 + t_2 = tanh(q d) (q² + t_1 t_2)/q, q² = G - λ, t_i = y at its edges (T6).

Source: derived on the theory page, traps.
"""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals, RealsLike
from entrap.core.stable import guarded

_BISECTIONS = 66
_WIDEST = 700.0  # λ is sought down to e^-700 of its upper bound
_BRANCH = 1.0  # z up to which tanh(√z)/√z is its continued fraction


class Scaled(NamedTuple):
    """A strip in units of its length; the last axis runs along it."""

    bare: Reals  # (..., N + 1)
    traps: Reals  # (..., N)
    pads: Reals  # (..., 2), A/(W L)
    strength: Reals  # G


def slowest_decay(bare: RealsLike, traps: RealsLike, pads: RealsLike, strength: RealsLike) -> Reals:
    """λ of the mode without nodes, to rounding; its gradients by the implicit function theorem.

    Args:
        bare: Lengths between traps and at the ends, of shape (..., N + 1).
        traps: Lengths of the traps, of shape (..., N).
        pads: A/(W L) at the left and the right end, of shape (..., 2).
        strength: G, of shape (...).

    Returns:
        Of shape (...).
    """
    scaled = Scaled(*(jnp.asarray(part, float) for part in (bare, traps, pads, strength)))
    fixed = lax.stop_gradient(scaled)
    root = _root(fixed)
    sums, slopes = jax.jvp(lambda root: _mismatch(fixed, root), (root,), (jnp.ones_like(root),))
    # Matched where the mode is: where a trap cuts a stretch off, it is another mode's mismatch; and
    # where the mode is large: there the mismatch changes least with λ, as ∫x²/x².
    here = (slopes > 0) & (jnp.abs(sums) <= 1e-8 * root[..., None] * slopes)
    best = jnp.argmin(jnp.where(here, slopes, jnp.inf), axis=-1)[..., None]
    slope = jnp.take_along_axis(slopes, best, -1)[..., 0]
    mismatch = jnp.take_along_axis(_mismatch(scaled, root), best, -1)[..., 0]
    return root - (mismatch - lax.stop_gradient(mismatch)) / slope


def tanh_ratio(z: RealsLike) -> Reals:
    """tanh(√z)/√z, analytic in z: tan(p)/p at z = -p² > -1."""
    z = jnp.asarray(z, float)
    far = z > _BRANCH
    near = guarded(z, ~far, 0.0)
    root = jnp.sqrt(guarded(z, far))
    fraction = jnp.polyval(_ABOVE, near) / jnp.polyval(_BELOW, near)
    return jnp.where(far, jnp.tanh(root) / root, fraction)


def _root(scaled: Scaled) -> Reals:
    """λ of the mode without nodes, by bisection on its logarithm."""
    bare, traps, pads, strength = scaled
    # Two trial functions: the constant, and the mode that vanishes at all traps.
    angle = np.full(bare.shape[-1], np.pi)
    angle[0] = angle[-1] = np.pi / 2
    some = bare > 0
    sinks = jnp.where(some, (angle / guarded(bare, some)) ** 2, jnp.inf).min(-1)
    share = traps.sum(-1) / (bare.sum(-1) + traps.sum(-1) + pads.sum(-1))
    bound = jnp.minimum(strength * share, sinks)

    def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        slow, fast = ends
        middle = (slow + fast) / 2
        high = _is_too_fast(scaled, bound * jnp.exp(-middle))
        return jnp.where(high, slow, middle), jnp.where(high, middle, fast)

    ends = jnp.full_like(bound, _WIDEST), jnp.zeros_like(bound)
    slow, fast = lax.fori_loop(0, _BISECTIONS, halve, ends)
    return bound * jnp.exp(-(slow + fast) / 2)


def _is_too_fast(scaled: Scaled, root: Reals) -> Flags:
    """Whether a mode that starts at the left has a node, or decays too steeply at the right end."""
    bare, traps = (jnp.moveaxis(part, -1, 0) for part in (scaled.bare, scaled.traps))

    def step(carry: tuple[Reals, Flags], along: tuple[Reals, Reals]) -> tuple[Any, None]:
        y, whole = carry
        y, first = _through_bare(root, along[0] / 2, y)
        y, second = _through_bare(root, along[0] / 2, y)
        y, third = _through_trap(scaled.strength - root, along[1], y)
        return (y, whole & (first > 0) & (second > 0) & (third > 0)), None

    start = root * scaled.pads[..., 0], jnp.ones(root.shape, bool)
    (y, whole), _ = lax.scan(step, start, (bare[:-1], traps))
    y, first = _through_bare(root, bare[-1] / 2, y)
    y, second = _through_bare(root, bare[-1] / 2, y)
    return ~(whole & (first > 0) & (second > 0)) | (y + root * scaled.pads[..., 1] > 0)


def _mismatch(scaled: Scaled, root: Reals) -> Reals:
    """Sum of the y of modes that start at the left and at the right, halfway between traps."""
    bare, traps, pads = (jnp.stack([part, jnp.flip(part, -1)]) for part in scaled[:3])
    bare, traps = jnp.moveaxis(bare, -1, 0), jnp.moveaxis(traps, -1, 0)

    def step(y: Reals, along: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        middle, _ = _through_bare(root, along[0] / 2, y)
        y, _ = _through_bare(root, along[0] / 2, middle)
        return _through_trap(scaled.strength - root, along[1], y)[0], middle

    y, middles = lax.scan(step, root * pads[..., 0], (bare[:-1], traps))
    middles = jnp.concatenate([middles, _through_bare(root, bare[-1] / 2, y)[0][None]])
    return jnp.moveaxis(middles[:, 0] + jnp.flip(middles[:, 1], 0), 0, -1)


def _through_bare(root: Reals, length: Reals, y: Reals) -> tuple[Reals, Reals]:
    """y after a bare stretch, y' = y² + λ, and x there but for a positive factor."""
    # By the tangent of half the angle √λ l: no more than π/4 below the upper bound of λ.
    ratio = tanh_ratio(-root * length**2 / 4) * length / 2
    square = root * ratio**2
    left = 1 - square - 2 * y * ratio
    return (y * (1 - square) + 2 * root * ratio) / _nonzero(left), left


def _through_trap(excess: Reals, length: Reals, y: Reals) -> tuple[Reals, Reals]:
    """y after a trap, y' = y² - q² with q² = G - λ, and x there but for a positive factor."""
    depth = excess * length**2
    ratio = tanh_ratio(depth) * length  # tanh(q d)/q
    left = 1 - y * ratio
    thick = depth > _BRANCH
    # A thick trap forgets what came before: all but this y is in the small second term.
    decay = jnp.exp(-2 * jnp.sqrt(guarded(depth, thick)))
    deep = (4 * decay / (1 + decay) ** 2 / _nonzero(left) - 1) / guarded(ratio, thick)
    return jnp.where(thick, deep, (y - excess * ratio) / _nonzero(left)), left


def _nonzero(x: Reals) -> Reals:
    """A sum of terms of order 1, not 0: below its rounding it is any number."""
    return guarded(x, x != 0, 1e-17)


def _convergent(levels: int) -> tuple[np.ndarray, np.ndarray]:
    """tanh(√z)/√z = 1/(1 + z/(3 + z/(5 + ...))), cut; polynomials, highest power first."""
    above, below = np.array([1.0]), np.array([2.0 * levels - 1])
    for odd in range(2 * levels - 3, 0, -2):
        above, below = below, np.polyadd(odd * below, np.append(above, 0.0))
    return above / below[-1], below / below[-1]


_ABOVE, _BELOW = _convergent(11)
