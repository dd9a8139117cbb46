"""Functions of r = Δ/k_B T in the functional of BCS and mixing, as polynomials: fast and exact.

Up to r = 2.5 they are polynomials in r², beyond in 1/(r + 6), times what they tend to at large r.
All go through exact values at the zeros of a Chebyshev polynomial of their length, which are made
here, by a power series or by trapezoidal sums.
"""

from collections.abc import Callable
from typing import Any

import jax.numpy as jnp
import numpy as np
from scipy.special import zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import ZETA_3
from entrap.core.stable import guarded
from entrap.model.bcs import _polynomial

SLOPE = 2 * np.pi**2 / (7 * ZETA_3)
_JOIN, _BEND = 2.5, 6.0
_K = np.arange(1, 140)
_TERMS = -((-1.0) ** _K) * np.cumprod(1 - 0.5 / _K) * (2.0 ** (2 * _K + 1) - 1) * zeta(2 * _K + 1)


def stiffness(ratio: RealsLike) -> Reals:
    """s(r) = (2π²/7ζ(3)) (-Y'(r)/r), 1 at r = 0, exact to rounding.

    Args:
        ratio: r >= 0.
    """
    near, low, high = _stiffness(ratio)
    return jnp.where(near, 1 - low, high)


def stiffness_lost(ratio: RealsLike) -> Reals:
    """1 - s(r), which keeps its digits at small r.

    Args:
        ratio: r >= 0.
    """
    near, low, high = _stiffness(ratio)
    return jnp.where(near, low, 1 - high)


def blocked_integral(ratio: RealsLike) -> tuple[Reals, Reals]:
    """2∫_0^r r'G dr' below r = 2.5, and from there on K(r) = 2∫_0^r r'I dr', I = G - ln(r/z).

    Args:
        ratio: r >= 0.

    Returns:
        The first, 0 from 2.5 on, and the second, 0 below.
    """
    near, square, r, bent = _coordinates(ratio)
    low = (_JOIN**2 / (4 * jnp.pi) * square) ** 2 * _polynomial(_BLOCKED, square - 1)
    high = jnp.pi**2 / 3 - jnp.exp(-r) * jnp.sqrt(r) * _polynomial(_KINETIC, bent)
    return jnp.where(near, low, 0.0), jnp.where(near, 0.0, high)


def _stiffness(ratio: RealsLike) -> tuple[Any, Reals, Reals]:
    """Whether r < 2.5, 1 - s below it and s beyond."""
    near, square, r, bent = _coordinates(ratio)
    low = square * _polynomial(_LOST, square - 1)
    return near, low, jnp.exp(-r) / jnp.sqrt(r) * _polynomial(_STIFF, bent)


def _coordinates(ratio: RealsLike) -> tuple[Any, Reals, Reals, Reals]:
    """Whether r < 2.5, 2(r/2.5)² if so, r >= 2.5 otherwise, and 1/(r + 6) from -1 to 1."""
    ratio = jnp.asarray(ratio, float)
    near = ratio < _JOIN
    low, high = guarded(ratio, near, 0.0), guarded(jnp.minimum(ratio, 700.0), ~near, _JOIN)
    return near, 2 / _JOIN**2 * low * low, high, 2 * (_JOIN + _BEND) / (high + _BEND) - 1


def _through(function: Callable[[np.ndarray], np.ndarray], count: int) -> list[float]:
    """Coefficients of the polynomial through the values at the zeros of one of Chebyshev's."""
    zeros = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    chebyshev = np.polynomial.chebyshev.chebfit(zeros, function(zeros), count - 1)
    return np.polynomial.chebyshev.cheb2poly(chebyshev).tolist()


def _series(weights: np.ndarray, first: int) -> Callable[[np.ndarray], np.ndarray]:
    """Σ w_k g_k y^(k - first), y = (r/2π)², of G = Σ g_k y^k."""

    def function(u: np.ndarray) -> np.ndarray:
        y = (u + 1) / 2 * (_JOIN / (2 * np.pi)) ** 2
        return ((weights * _TERMS)[first - 1 :] * y[:, None] ** (_K[first - 1 :] - first)).sum(-1)

    return function


def _sums(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """s e^r √r and (π²/3 - K) e^r/√r at 1/(r + 6), by the trapezoidal rule."""
    r = (2 * (_JOIN + _BEND) / (x + 1) - _BEND)[:, None]
    step = 0.2 / np.sqrt(r / 2)
    u = step * np.arange(80)
    above = 2 * np.sinh(u / 2) ** 2  # cosh u - 1
    weight = step * np.where(u == 0, 0.5, 1.0) / (1 + np.exp(-r * (1 + above)))
    weight = weight * np.exp(-r * above)  # f e^r
    f = np.exp(-r * (1 + above)) / (1 + np.exp(-r * (1 + above)))
    falls = weight * (1 - f) * ((1 - 2 * f) * r * (1 + above) - 1) * (1 + above)
    stiff, kinetic = 2 * SLOPE * falls.sum(-1), 4 * (weight * np.sinh(u) ** 2).sum(-1)
    r = r[:, 0]
    return stiff / np.sqrt(r), kinetic * r**1.5


CURVATURE = float(-((2 * 2) ** 2) * _TERMS[1] / (2 * np.pi) ** 4 * SLOPE)
"""d in s = 1 - d r² + ..."""

_LOST = _through(_series(-((2 * _K) ** 2) * SLOPE * _JOIN**2 / 2 / (2 * np.pi) ** 4, 2), 20)
_BLOCKED = _through(_series(1 / (_K + 1), 1), 18)
_STIFF, _KINETIC = _through(lambda x: _sums(x)[0], 40), _through(lambda x: _sums(x)[1], 36)
