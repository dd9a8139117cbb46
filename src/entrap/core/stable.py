"""Forms that stay exact, with their gradients, where the textbook form cancels or divides by 0.

Each takes its series below a threshold; `where` sees two finite branches, so that `grad` does too.
"""

import math

import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Flags, Reals, RealsLike

# Coefficients of the series, the highest power first; the first term left out is 0.05¹⁴/15.
_LOGARITHM = np.array([*((-1) ** (k + 1) / (k + 1) for k in range(13, 0, -1)), 0.0])
_ARCTANGENT = np.array([*((-1) ** (k + 1) / (2 * k + 1) for k in range(13, 0, -1)), 0.0])
_EXPONENTIAL = np.array([(-1) ** k / math.factorial(k + 1) for k in range(10, -1, -1)])


def guarded(x: Reals, ok: Flags, instead: float = 1.0) -> Reals:
    """`x` where `ok`, a harmless number elsewhere: the branch not taken stays finite."""
    return jnp.where(ok, x, instead)


def sqrt_or_zero(x: RealsLike) -> Reals:
    """Square root, 0 for x <= 0 with gradient 0."""
    x = jnp.asarray(x, float)
    return jnp.where(x > 0, jnp.sqrt(guarded(x, x > 0)), 0.0)


def log1p_ratio(u: RealsLike) -> Reals:
    """ln(1 + u) / u, 1 at u = 0.

    Examples:
        >>> float(log1p_ratio(0.0))
        1.0
    """
    u = jnp.asarray(u, float)
    small = jnp.abs(u) < 0.05
    closed = jnp.log1p(guarded(u, ~small)) / guarded(u, ~small)
    return jnp.where(small, 1 - log1p_excess(u), closed)


def log1p_excess(u: RealsLike) -> Reals:
    """1 - ln(1 + u) / u = u/2 - u²/3 + ..., 0 at u = 0."""
    u = jnp.asarray(u, float)
    small = jnp.abs(u) < 0.05
    closed = 1 - jnp.log1p(guarded(u, ~small)) / guarded(u, ~small)
    return jnp.where(small, jnp.polyval(_LOGARITHM, guarded(u, small, 0.0)), closed)


def atan_excess(y: RealsLike) -> Reals:
    """1 - atan(√y) / √y = y/3 - y²/5 + ..., 0 at y = 0."""
    y = jnp.asarray(y, float)
    small = y < 0.05
    root = jnp.sqrt(guarded(y, ~small))
    closed = 1 - jnp.arctan(root) / root
    return jnp.where(small, jnp.polyval(_ARCTANGENT, guarded(y, small, 0.0)), closed)


def atan_ratio(y: RealsLike) -> Reals:
    """atan(√y) / √y, 1 at y = 0.

    Examples:
        >>> float(atan_ratio(0.0))
        1.0
    """
    y = jnp.asarray(y, float)
    small = y < 0.05
    root = jnp.sqrt(guarded(y, ~small))
    return jnp.where(small, 1 - atan_excess(y), jnp.arctan(root) / root)


def expm1_ratio(x: RealsLike) -> Reals:
    """(1 - exp(-x)) / x, 1 at x = 0."""
    x = jnp.asarray(x, float)
    small = jnp.abs(x) < 0.05
    closed = -jnp.expm1(-guarded(x, ~small)) / guarded(x, ~small)
    return jnp.where(small, jnp.polyval(_EXPONENTIAL, guarded(x, small, 0.0)), closed)
