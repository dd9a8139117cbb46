"""Functions of r = Δ/k_B T in the functional of BCS and mixing, as polynomials: fast and exact.

Up to r = 2.5 they are polynomials in r², beyond in 1/(r + 6), times what they tend to at large r.
All go through exact values at the zeros of a Chebyshev polynomial of their length. They were made
with 50 digits; the tests make them again.
"""

from typing import Any

import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import ZETA_3
from entrap.core.stable import guarded
from entrap.model.bcs import _polynomial

SLOPE = 2 * np.pi**2 / (7 * ZETA_3)
CURVATURE = 93 * 1.0369277551433699 / (28 * np.pi**2 * ZETA_3)
"""d = 93ζ(5)/(28π²ζ(3)) in s = 1 - d r² + ..."""

_JOIN, _BEND = 2.5, 6.0
_LOST = (
    0.5522889268525423, -0.23112812162607382, 0.08362681559792157, -0.027750691397564094,
    0.008701974260732456, -0.0026223523557973726, 0.0007673301577403026, -0.00021950067354155065,
    6.167162347118108e-05, -1.707630156317615e-05, 4.671453156440613e-06, -1.2649751578954808e-06,
    3.3948226849519504e-07, -9.045112696848287e-08, 2.407259921813429e-08, -6.334490689952207e-09,
    1.5476340446859554e-09, -4.0379311799764043e-10, 1.5703376505764383e-10, -4.052377022646254e-11,
)  # fmt: skip
_BLOCKED = (
    1.8369829317255126, -0.22429213064969672, 0.034912807802248765, -0.0060357024738213775,
    0.001110227975182967, -0.00021294245809936772, 4.2099738083958146e-05, -8.517365180573215e-06,
    1.7547169238005431e-06, -3.6683671223753817e-07, 7.762053397481555e-08, -1.6592235034375048e-08,
    3.5819817599172055e-09, -7.78153909249885e-10, 1.658044620309275e-10, -3.644392573326215e-11,
    1.0368408713533775e-11, -2.3060464225905826e-12,
)  # fmt: skip
_STIFF = (
    5.816295356817665, -0.09867332616752007, -0.08009744607819805, -0.17247984227617832,
    -0.4067316783748975, -0.6249816500275458, -0.4534148222434662, 0.13999270255875015,
    0.4356475576412257, 0.021057018284388183, -0.23285359675292064, 0.16331226936704932,
    0.17946749848913854, -0.27672441693405925, -0.0615576397925375, 0.25561725679321967,
    -0.10141998338611996, -0.12877390710280495, 0.08871708526668252, 0.0507996426840212,
    0.23145623225347667, -0.35106577738185074, -0.6987881660567008, 1.2013156655558872,
    0.9308583285368569, -2.247558115081226, -0.7075039527482563, 2.792295943668285,
    0.23176591104077512, -2.4615264361521763, 0.11292073117797517, 1.5630325748960057,
    -0.17847604446649826, -0.7034571954695144, 0.09788615512863437, 0.21365539907227282,
    -0.02731971438899434, -0.039331425789705686, 0.003230561867042177, 0.0033149208941807276,
)  # fmt: skip
_KINETIC = (
    5.179621586407977, 0.25014699183635775, 0.12349167499887197, 0.048699227314870315,
    -0.010132922962868728, -0.05196599788017173, -0.04372342011326087, 0.015344340248088735,
    0.04548784546246581, -0.0008960660529055193, -0.030242248596843165, 0.014232093991650326,
    0.02190954953750353, -0.024305536454510876, -0.005238406634363624, 0.023339491870928212,
    -0.012630961230355441, -0.004327748213768779, 0.0123828346691885, -0.023591037871019557,
    0.020476111963766575, 0.03569378720870279, -0.07273971696590786, -0.01631191254178772,
    0.10744387091217315, -0.019076862824000076, -0.0996993599927533, 0.03945194719325111,
    0.06189609952553956, -0.03356899849190893, -0.025180055371473716, 0.016394184594939715,
    0.006108816803680925, -0.004497552259728813, -0.0006726964598813319, 0.0005417010225031735,
)  # fmt: skip


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
