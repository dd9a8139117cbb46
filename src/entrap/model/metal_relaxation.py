"""Emission of phonons by an electron of a warm metal: how much of it ends within a gap.

    R = ∫ ω² (1 + n(ω)) (1 - f(ε - ω)) dω,   |ε - ω| < Δ

with Bose's n (stimulated emission) and Fermi's f (what is taken) at the metal's temperature T_N.
By partial fractions, [1 + n(ω)] f(ω - ε) = [n(ω) + f(ω - ε)]/(1 + e^(-ε/k_B T_N)), so that

    R (1 + e^(-ε/k_B T_N)) = ∫ ω² n dω + ε² Δ + Δ³/3 - 2ε G,   G = ∫_0^Δ w tanh(w/2k_B T_N) dw

Source: theory page, traps; the cold limit, [ε³ - (ε - Δ)³]/3, is that of Riwar et al., Phys. Rev.
B 94, 104516 (2016).
"""

import jax.numpy as jnp
import numpy as np
from scipy.special import bernoulli, factorial, zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import guarded

_NEAR = 2.2  # below, ∫_0^x u² n du is a series in x; above, ∫_x^∞ one in e^(-x)
_SMALL = 2e-3  # Δ/k_B T_N below which differences lose their digits
_EVEN = 2 * np.arange(1, 13)
_SERIES = bernoulli(24)[_EVEN] / (factorial(_EVEN) * (_EVEN + 2))
_ORDERS = np.arange(1, 12)


def emission_within_gap(energy: RealsLike, gap: RealsLike, temperature: RealsLike) -> Reals:
    """R = ∫ ω² (1 + n(ω)) (1 - f(ε - ω)) dω over final energies within the gap [J³].

    Args:
        energy: ε >= Δ of the electron [J].
        gap: Δ of the film [J].
        temperature: T_N of the metal [K]; at 0 R = Δ (ε (ε - Δ) + Δ²/3).

    Returns:
        To 1e-10, whatever the gap.
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    thermal = BOLTZMANN * jnp.asarray(temperature, float)
    above = energy - gap
    cold = gap * (energy * above + gap**2 / 3)
    warm = thermal > 0
    unit = guarded(thermal, warm, BOLTZMANN)
    y = gap / unit
    phonons = unit**3 * _emitted(energy / unit, y)
    holes = 2 * energy * unit**2 * _fermi(y)  # 2ε (Δ²/2 - G)
    blocked = 1 + jnp.exp(-energy / unit)
    return jnp.where(warm, (cold + phonons + holes) / blocked, cold)


def _emitted(x: Reals, y: Reals) -> Reals:
    """∫ u²/(e^u - 1) du between x - y and x + y, 0 <= y <= x."""
    small = y < _SMALL
    step = guarded(y, small, 0.0) / np.sqrt(3.0)  # Gauss's rule of two points
    mid = guarded(x, x > 0)
    near = y * sum(u * (u / jnp.expm1(jnp.minimum(u, 700.0))) for u in (mid - step, mid + step))
    far = _bose(guarded(x - y, ~small)) - _bose(guarded(x + y, ~small))
    return jnp.where(small, jnp.where(x > 0, near, 0.0), far)


def _bose(x: Reals) -> Reals:
    """∫_x^∞ u²/(e^u - 1) du, x >= 0."""
    near = x < _NEAR
    low = jnp.where(near, x, 0.0)
    series = jnp.polyval(jnp.asarray(np.append(_SERIES[::-1], 0.5)), low**2)
    below = 2 * float(zeta(3)) - low**2 * (series - low / 6)
    high = jnp.where(near, _NEAR, x)
    q = jnp.exp(-high)
    first, second, third = (
        jnp.polyval(jnp.asarray(np.append(1.0 / _ORDERS[::-1] ** power, 0.0)), q)
        for power in (1, 2, 3)
    )
    return jnp.where(near, below, high * (high * first + 2 * second) + 2 * third)


def _fermi(y: Reals) -> Reals:
    """∫_0^y 2w/(e^w + 1) dw = π²/6 - 2y ln(1 + e^-y) + 2 Li_2(-e^-y), y >= 0."""
    small = y < _SMALL
    low = guarded(y, small, 0.0)
    q = jnp.exp(-guarded(y, ~small))
    dilogarithm = jnp.polyval(jnp.asarray(_DILOGARITHM), q)
    far = jnp.pi**2 / 6 - 2 * guarded(y, ~small) * jnp.log1p(q) + 2 * dilogarithm
    return jnp.where(small, low**2 * (0.5 - low / 6 + low**3 / 120), far)


def _alternating(terms: int) -> np.ndarray:
    """Weights with which Σ (-1)^k a_k converges as 5.8^(-terms).

    Source: H. Cohen, F. Rodriguez Villegas, D. Zagier, Exp. Math. 9, 3 (2000), algorithm 1.
    """
    d = (3 + np.sqrt(8)) ** terms
    d = (d + 1 / d) / 2
    b, c, weights = -1.0, -d, []
    for k in range(terms):
        c = b - c
        weights.append(c / d)
        b *= (k + terms) * (k - terms) / ((k + 0.5) * (k + 1))
    return np.array(weights)


# Li_2(-q) = -Σ (-1)^k q^(k+1)/(k+1)², from the highest power down.
_DILOGARITHM = np.append(-(_alternating(22) / np.arange(1, 23) ** 2)[::-1], 0.0)
