"""Where the gap of the functional closes, and what the functional gives for a sample.

At φ = 1 a gap opens below T̃_c where (P2) is met at δ = 0, t ln t = G:

    T̃_c = T_c e^{W(G)},    W Lambert's

which is Landau's 1/(1 - G) to first order and finite for every G = (1-f) k_B L/a: k_B L >= a is a
failure of the expansion. For G < 0 or φ > 1 the gap may jump to 0 at another temperature, F̃ = 0.

Source: derived on the page "Plain BCS beside the paper".
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.stable import guarded
from entrap.model import bcs, bcs_functional
from entrap.model.sample import Sample

_BISECTIONS = 50
_REPEATS = 60  # of T̃_c → L(T̃_c) → T̃_c, which converges as a geometric series


def continuous_critical_temperature(strength: RealsLike) -> Reals:
    """T̃_c/T_c = e^{W(G)}, where δ = 0 ceases to be a minimum at φ = 1; 1/(1-G) for small G.

    Args:
        strength: G = (1-f) k_B L/a >= -1/e.

    Returns:
        A pure number; NaN below -1/e, where δ = 0 is a minimum at every temperature.

    Examples:
        >>> round(float(continuous_critical_temperature(1.0)), 12)
        1.763222834352
    """
    strength = jnp.asarray(strength, float)
    return _exp_lambert(strength)


def critical_temperature(
    share: RealsLike = 1.0, strength: RealsLike = 0.0, scale: RealsLike = 1.0
) -> Reals:
    """T/T_c from which on δ = 0 is the least F̃, by a jump of the gap where the transition is one.

    Args:
        share: φ; below 1 the gap never closes.
        strength: G = (1-f) k_B L/a.
        scale: α.

    Returns:
        A pure number; infinite for φ < 1.
    """
    share, strength, scale = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (share, strength, scale))
    )
    fixed = lax.stop_gradient((share, strength, scale))

    def open_(t: Reals) -> Flags:
        return bcs_functional.reduced_gap(t, *fixed) > 0

    def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
        low, high = ends
        middle = (low + high) / 2
        more = open_(middle)
        return jnp.where(more, middle, low), jnp.where(more, high, middle)

    highest = 1.1 * _exp_lambert(jnp.maximum(fixed[1], 0.0))
    low, _ = lax.fori_loop(0, _BISECTIONS, halve, (jnp.full_like(highest, bcs._COLD), highest))
    # At a jump F̃ = 0 with a gap: by Hellmann and Feynman the gap need not be differentiated.
    delta = lax.stop_gradient(bcs_functional.reduced_gap(low, *fixed))
    jumps = delta > 1e-4

    def energy(t: Reals) -> Reals:
        return bcs_functional.free_energy(t, delta, share, strength, scale)

    value, slope = jax.jvp(energy, (low,), (jnp.ones_like(low),))
    slope = lax.stop_gradient(slope)
    jump = low - value / guarded(slope, slope > 0)
    smooth = _exp_lambert(guarded(strength, ~jumps, 0.0))
    return jnp.where(share < 1, jnp.inf, jnp.where(jumps, jump, smooth))


def entropy_strength(sample: Sample, temperature: RealsLike, fraction: RealsLike = 0.0) -> Reals:
    """G = (w_s - f) k_B L/a of a sample, as in Landau's functional.

    Args:
        sample: Its a, its entropy and w_s. An L that follows the electrons which leave is taken
            with all of them in the sample.
        temperature: T [K]; matters where L depends on it.
        fraction: f, normal electrons that the trap has left.
    """
    per_electron = sample.entropy.log_ratio(
        sample, jnp.asarray(temperature, float), jnp.asarray(sample.conduction_density, float)
    )
    share = sample.condensate_weight - jnp.asarray(fraction, float)
    return share * BOLTZMANN * per_electron / sample.landau_a


def gap(
    sample: Sample, temperature: RealsLike, fraction: RealsLike = 0.0, share: RealsLike = 1.0
) -> Reals:
    """Δ [J] of a sample at the minimum of F̃; its gap ratio scales it (α-model).

    Args:
        sample: The sample.
        temperature: T [K].
        fraction: f, normal electrons that the trap has left: 1 gives plain BCS.
        share: φ, quasiparticles that are left in the gap equation.
    """
    t, strength, scale = _of_sample(sample, temperature, fraction)
    return jnp.asarray(sample.gap) * bcs_functional.reduced_gap(t, share, strength, scale)


def superfluid_density(
    sample: Sample, temperature: RealsLike, fraction: RealsLike = 0.0, share: RealsLike = 1.0
) -> Reals:
    """n_s = n (1 - Y(Δ/k_B T)), in 1/m^3, n = a T_c/2β: -α̃/β of Eq. (5) near T_c.

    Args:
        sample: The sample; of a dirty one n is what is left of its electrons.
        temperature: T [K].
        fraction: f, normal electrons that the trap has left.
        share: φ, quasiparticles that are left in the gap equation.
    """
    t, strength, scale = _of_sample(sample, temperature, fraction)
    whole = sample.landau_a * jnp.asarray(sample.critical_temperature, float)
    return (
        whole
        / (2 * sample.landau_beta)
        * bcs_functional.superfluid_share(t, share, strength, scale)
    )


def effective_critical_temperature(sample: Sample, fraction: RealsLike = 0.0) -> Reals:
    """T̃_c [K], T̃_c ln(T̃_c/T_c) = G(T̃_c) T_c: finite for every k_B L/a of an ideal gas.

    Args:
        sample: The sample.
        fraction: f, normal electrons that the trap has left.
    """
    critical = jnp.asarray(sample.critical_temperature, float)

    def next_(t: Reals) -> Reals:
        return continuous_critical_temperature(entropy_strength(sample, t * critical, fraction))

    start = next_(jnp.ones_like(critical))
    t = lax.stop_gradient(lax.fori_loop(0, _REPEATS, lambda _, t: next_(t), start))
    value, slope = jax.jvp(next_, (t,), (jnp.ones_like(t),))
    # One of Newton's steps carries the derivative; an L that depends on T makes it one more.
    return critical * (t + (value - t) / (1 - lax.stop_gradient(slope)))


def _of_sample(
    sample: Sample, temperature: RealsLike, fraction: RealsLike
) -> tuple[Reals, Reals, Reals]:
    t = jnp.asarray(temperature, float) / sample.critical_temperature
    return t, entropy_strength(sample, temperature, fraction), gap_scale(sample)


def gap_scale(sample: Sample) -> Reals:
    """Δ_g(0)/1.764 k_B T_c, the α of the α-model, over BCS's."""
    own = BOLTZMANN * jnp.asarray(sample.critical_temperature, float) * BCS_GAP_RATIO
    return jnp.asarray(sample.gap) / own


@jax.custom_jvp
def _exp_lambert(x: Reals) -> Reals:
    """e^{W(x)} = v, the larger root of v ln v = x, for x >= -1/e."""
    some = x > -np.exp(-1.0)
    safe = guarded(x, some, 0.0)
    # Within 4 % from the series at the branch point, or ln: four of Newton's steps end at rounding
    root = jnp.sqrt(2 * (jnp.e * jnp.minimum(safe, 1.0) + 1))
    near = root * (1 - root * (1 / 3 - root * 11 / 72)) - 1
    log = jnp.log(jnp.maximum(safe, 1.0) + 1)
    w = jnp.where(safe < 1, near, log * (1 - jnp.log1p(log) / (2 + log)))

    def halley(_: Any, w: Reals) -> Reals:
        e = jnp.exp(w)
        rest = w * e - safe
        one = w + 1
        slope = guarded(one, one > 0) * e - (w + 2) * rest / (2 * guarded(one, one > 0))
        return w - rest / slope

    w = lax.fori_loop(0, 4, halley, w)
    end = x == -np.exp(-1.0)
    return jnp.where(some, jnp.exp(w), jnp.where(end, np.exp(-1.0), jnp.nan))


@_exp_lambert.defjvp
def _exp_lambert_slope(primals: Any, tangents: Any) -> tuple[Reals, Reals]:
    (x,), (dx,) = primals, tangents
    v = _exp_lambert(x)
    some = v > np.exp(-1.0)
    return v, jnp.where(some, dx / (1 + jnp.log(guarded(v, some))), 0.0)
