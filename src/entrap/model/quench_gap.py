"""The gap that is left long after the pairing strength was changed at once, without collisions.

From a state with the gap Δ_i and the occupation f(E), stationary at a coupling g_i, the gap rings
at twice its final value Δ_∞ and settles as t^(-1/2), as long as nothing relaxes. v = Δ_∞/Δ_i
solves, with energies in units of Δ_i,

    (v - 1) v ∫_0^∞ dξ (1 - 2f)/[E (ξ² + v²)] = q,   q = (1/g_i - 1/g_f)/N_0 = ln(Δ_f/Δ_i)

where Δ_i and Δ_f in the logarithm are the gaps that both couplings have at T = 0. With nothing
excited the integral is elementary: with p = (1 - v)/(1 + v)

    2 √p atan √p = -q,   which is √((1-v)/(1+v)) arccos v = -q below 1, and its continuation above

At v = 0 the left side is ∓(π/2) [1 - 2f(Δ_i)]: a weaker coupling than that lets the gap die out,
a stronger one than that with the other sign lets it oscillate for ever.

Source: derived on the page "What the Higgs mode follows".
"""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.stable import guarded
from entrap.model.occupations import Occupation
from entrap.model.response import _arctan_ratio

_NEWTON = 8


def largest_quench(occupation: Occupation, ratio: RealsLike) -> Reals:
    """The |ln(Δ_f/Δ_i)| up to which a gap is left that settles, (π/2) [1 - 2f(Δ_i)].

    Args:
        occupation: How quasiparticles are distributed at the start.
        ratio: r = Δ_i/k_B T > 0.

    Returns:
        A pure number: π/2 with nothing excited.
    """
    return jnp.pi / 2 * (1 - 2 * occupation.occupation(ratio))


def settled_gap_cold(log_gap_ratio: RealsLike) -> Reals:
    """Δ_∞/Δ_i from the ground state: √((1-v)/(1+v)) arccos v = ln(Δ_i/Δ_f).

    Args:
        log_gap_ratio: ln(Δ_f/Δ_i).

    Returns:
        A pure number; 0 below -π/2, where the gap dies out, NaN above π/2, where it never settles.

    Examples:
        >>> round(float(settled_gap_cold(-0.5)), 14)
        0.57336525192522
    """
    quench = jnp.asarray(log_gap_ratio, float)
    return _where_it_settles(quench, jnp.asarray(math.pi / 2), _cold)


def settled_gap(occupation: Occupation, ratio: RealsLike, log_gap_ratio: RealsLike) -> Reals:
    """Δ_∞/Δ_i from a start with quasiparticles, which stay where they are.

    Args:
        occupation: How quasiparticles are distributed at the start.
        ratio: r = Δ_i/k_B T of the start, > 0.
        log_gap_ratio: ln(Δ_f/Δ_i) = (1/g_i - 1/g_f)/N_0.

    Returns:
        A pure number; 0 where the gap dies out, NaN where it never settles.
    """
    ratio = jnp.asarray(ratio, float)
    limit = largest_quench(occupation, ratio)
    unblocked = limit / (jnp.pi / 2)

    def excess(v: Reals, q: Reals) -> Reals:
        # v ∫ (1-2f)/[E(ξ²+v²)] is what screening at ħ/2τ = vΔ_i lacks to that of a dirty sample
        return (v - 1) * (limit - v * occupation.screening(ratio, v * ratio)) - q

    def newton(v: Reals, q: Reals) -> Reals:
        value, slope = jax.jvp(lambda v: excess(v, q), (v,), (jnp.ones_like(v),))
        return v - value / guarded(slope, slope > 0)

    def solved(q: Reals) -> Reals:
        # Right at q = 0 and at both ends.
        guess = _cold(lax.stop_gradient(q / unblocked))
        root = lax.fori_loop(
            0, _NEWTON, lambda _, v: lax.stop_gradient(jnp.abs(newton(v, q))), guess
        )
        return newton(lax.stop_gradient(root), q)  # this one carries the derivative

    quench = jnp.asarray(log_gap_ratio, float) + 0 * limit
    return _where_it_settles(quench, limit, solved)


def _where_it_settles(quench: Reals, limit: Reals, solved: Any) -> Reals:
    settles = jnp.abs(quench) < limit
    value = solved(guarded(quench, settles, 0.0))
    return jnp.where(settles, value, jnp.where(quench >= limit, jnp.nan, 0.0))


def _cold(quench: Reals) -> Reals:
    """Newton's steps in p, from the left of the root of a rising, concave function."""

    def newton(p: Reals, q: Reals) -> Reals:
        arc = _arctan_ratio(p)
        return p - (2 * p * arc + q) / (arc + 1 / (1 + p))

    fixed = lax.stop_gradient(quench)
    root = lax.fori_loop(0, _NEWTON, lambda _, p: newton(p, fixed), -fixed / 2)
    p = newton(lax.stop_gradient(root), quench)  # this one carries the derivative
    return (1 - p) / (1 + p)
