"""Gap and entropy of mixing in one functional at every temperature: BCS in Landau's place.

Per density of states N_0 of one spin, with quasiparticles occupied to a share φ and a fraction f of
the normal electrons left,

    Ω(Δ,T) = Δ² [ln(Δ/Δ0) - 1/2] + 2φ ∫_0^Δ dΔ' Δ' I(Δ'/k_B T)
    F̃(Δ,T) = Ω - (1-f) k_B T L n_s/N_0,    n_s/n = 1 - Y(Δ/k_B T)

Here in units of Δ0², as pure numbers: t = T/T_c, δ = Δ/Δ0, r = z δ/t with z = Δ0/k_B T_c, and
G = (1-f) k_B L/a, the strength of the entropy. Stationary points but δ = 0 obey

    ln(1/δ) = φ I(r) - G t S,    S = s(r)/t²,    s = (2π²/7ζ(3)) (-Y'(r)/r)                   (P2)

and s = 1 at r = 0, so that near T_c it is Landau's Eq. (5). For φ <= 1 and G >= 0 there is one such
point or none, since I falls with r and so does s: the transition is continuous. With more of the
quasiparticles than in equilibrium, φ > 1, or more normal electrons, G < 0, there may be two, and
the gap jumps where F̃ = 0.

In the α-model the sample's own gap, α = Δ(0)/1.764 k_B T_c times as wide, stands in n_s alone, and
F̃ is in units of (αΔ0)²; S → 1 at T_c as before.

The functional is ours, derived on the page "Plain BCS beside the paper". That the entropy keeps
the n_s of thermal equilibrium where φ < 1 is a choice.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO
from entrap.core.roots import crossing
from entrap.core.stable import guarded
from entrap.model import bcs, share_gap
from entrap.model.mixing_functions import SLOPE, blocked_integral, stiffness, stiffness_lost
from entrap.model.share_gap import paired_share

_POINTS, _WIDEST, _NARROWEST = 128, 6.0, -18.0  # where roots are looked for: ln(r/z)
_BISECTIONS, _ROOTS = 50, 3


def thermodynamic_potential(t: RealsLike, reduced_gap: RealsLike, share: RealsLike = 1.0) -> Reals:
    """Ω/N_0Δ0² = δ² (ln δ - ½) + φ (t/z)² K(r), K = 2∫_0^r r'I dr' = π²/3 - 4∫dx (x²/E) f.

    Args:
        t: T/T_c.
        reduced_gap: δ = Δ/Δ0.
        share: φ.

    Returns:
        A pure number, 0 at δ = 0; -½ at T = 0.
    """
    t, delta, share = (jnp.asarray(x, float) for x in (t, reduced_gap, share))
    t, delta, share = jnp.broadcast_arrays(t, delta, share)
    ratio, warm = _ratio(t, delta)
    some = delta > 0
    series, beyond = blocked_integral(ratio)
    logarithm = jnp.log(guarded(delta, some)) - 0.5
    # Up to r = 2.5 the logarithms of δ cancel where φ = 1, as they must at δ → 0.
    near, thermal = series > 0, (t / BCS_GAP_RATIO) ** 2
    low = (1 - share) * logarithm + share * jnp.log(guarded(t, warm))
    potential = delta**2 * jnp.where(near, low, logarithm) + share * thermal * (series + beyond)
    return jnp.where(some, potential, 0.0)


def free_energy(
    t: RealsLike,
    reduced_gap: RealsLike,
    share: RealsLike = 1.0,
    strength: RealsLike = 0.0,
    scale: RealsLike = 1.0,
) -> Reals:
    """F̃/N_0(αΔ0)² = Ω - 2 G t (2π²/7ζ(3)) (1 - Y)/(α z)².

    Args:
        t: T/T_c.
        reduced_gap: δ = Δ/Δ0.
        share: φ.
        strength: G = (1-f) k_B L/a.
        scale: α = Δ(0)/k_B T_c over that of BCS.
    """
    t, delta = jnp.asarray(t, float), jnp.asarray(reduced_gap, float)
    scale = jnp.asarray(scale, float)
    ratio, _ = _ratio(t, delta)
    entropy = strength * t * paired_share(scale * ratio) / (scale * BCS_GAP_RATIO) ** 2
    return thermodynamic_potential(t, delta, share) - 2 * SLOPE * entropy


def entropy_stiffness(t: RealsLike, reduced_gap: RealsLike, scale: RealsLike = 1.0) -> Reals:
    """S = (2π²/7ζ(3)) (k_B T_c)² (1/Δ) ∂(n_s/n)/∂Δ = s(α r)/t².

    Args:
        t: T/T_c > 0.
        reduced_gap: δ = Δ/Δ0; (T_c/T)² at 0.
        scale: α.
    """
    t = jnp.asarray(t, float)
    ratio, warm = _ratio(t, jnp.asarray(reduced_gap, float))
    return jnp.where(warm, stiffness(scale * ratio) / guarded(t, warm) ** 2, 0.0)


def stationary_points(
    t: RealsLike,
    share: RealsLike = 1.0,
    strength: RealsLike = 0.0,
    scale: RealsLike = 1.0,
) -> Reals:
    """All δ > 0 that obey (P2), along a new last axis of three, the largest first; 0 where fewer.

    Args:
        t: T/T_c > 0.
        share: φ.
        strength: G = (1-f) k_B L/a.
        scale: α.

    Returns:
        Exact to rounding, with first derivatives. Gaps below 3e-8 k_B T are taken as closed.
    """
    arrays = (jnp.asarray(x, float)[..., None] for x in (t, share, strength, scale))
    given = tuple(jnp.broadcast_arrays(*arrays))
    fixed = lax.stop_gradient(given)
    grid = np.linspace(_WIDEST, _NARROWEST, _POINTS)
    inside = excess(jnp.asarray(grid), *fixed) > 0
    crosses = inside[..., :-1] != inside[..., 1:]
    order = jnp.cumsum(crosses, axis=-1)
    which = [jnp.argmax(crosses & (order == k + 1), axis=-1) for k in range(_ROOTS)]
    found = jnp.stack([order[..., -1] > k for k in range(_ROOTS)], axis=-1)
    at = jnp.stack(which, axis=-1)
    high, low = jnp.asarray(grid)[at], jnp.asarray(grid)[at + 1]
    rises = jnp.take_along_axis(inside, at, axis=-1)
    length = crossing(excess, low, high, rises, given, _BISECTIONS)
    return jnp.where(found, jnp.exp(length) * given[0], 0.0)


def reduced_gap(
    t: RealsLike,
    share: RealsLike = 1.0,
    strength: RealsLike = 0.0,
    scale: RealsLike = 1.0,
) -> Reals:
    """δ where F̃ is least, among the roots of (P2) and δ = 0: it jumps where two are equal.

    Args:
        t: T/T_c; at and below 0.046, where thermal quasiparticles and entropy are gone, δ = 1.
        share: φ.
        strength: G = (1-f) k_B L/a.
        scale: α.
    """
    t, share, strength, scale = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (t, share, strength, scale))
    )
    warm = t > bcs._COLD
    safe = guarded(t, warm, 0.5)
    roots = stationary_points(safe, share, strength, scale)
    safe, share, strength, scale = (x[..., None] for x in (safe, share, strength, scale))
    energies = free_energy(safe, roots, share, strength, scale)
    energies = jnp.where(roots > 0, energies, jnp.inf)
    best = lax.stop_gradient(jnp.argmin(energies, axis=-1))[..., None]
    root = jnp.take_along_axis(roots, best, -1)[..., 0]
    least = jnp.take_along_axis(energies, best, -1)[..., 0]
    # Of a single root F̃ is below 0 by itself, if by less than rounding.
    closed = (roots > 0).sum(-1) > 1
    root = jnp.where(closed & (least > 0), 0.0, root)
    return jnp.where(warm, root, 1.0)


def superfluid_share(
    t: RealsLike,
    share: RealsLike = 1.0,
    strength: RealsLike = 0.0,
    scale: RealsLike = 1.0,
) -> Reals:
    """1 - Y(α r) at the minimum of F̃, the n_s/n that the entropy sees.

    Args:
        t: T/T_c.
        share: φ.
        strength: G = (1-f) k_B L/a.
        scale: α.
    """
    t = jnp.asarray(t, float)
    ratio, _ = _ratio(t, reduced_gap(t, share, strength, scale))
    return paired_share(scale * ratio)


def _ratio(t: Reals, delta: Reals) -> tuple[Reals, Any]:
    """r = z δ/t, 700 where that is more, and whether t > 0."""
    t, delta = jnp.broadcast_arrays(t, delta)
    warm = t > 0
    return jnp.minimum(BCS_GAP_RATIO * delta / guarded(t, warm, 1e-3), 700.0), warm


def excess(
    length: RealsLike,
    t: RealsLike,
    share: RealsLike,
    strength: RealsLike,
    scale: RealsLike,
) -> Reals:
    """(1-φ) L + φ G(r) - (G/t) s(α r) - ln(1/t), L = ln(r/z): (P2), its left side less its right.

    Args:
        length: L; the gap equation holds where the excess is 0.
        t: T/T_c > 0.
        share: φ.
        strength: G = (1-f) k_B L/a.
        scale: α.
    """
    length, t, share = (jnp.asarray(x, float) for x in (length, t, share))
    plain = (1 - share) * length + share * share_gap.gap_function(length)
    ratio = scale * BCS_GAP_RATIO * jnp.exp(jnp.minimum(length, 7.0))
    pull = strength / t
    # Where the gap closes the root hangs on the last digits of 1 - s.
    return plain + pull * stiffness_lost(ratio) - (pull - jnp.log(t))
