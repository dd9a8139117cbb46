"""The gap where a share φ of the thermal quasiparticles is left, fast and exact.

The gap equation (P1) with f = φ f_FD(E/T), in L = ln(r/z), r = Δ/k_B T, z = Δ0/k_B T_c, reads

    (1 - φ) L + φ G(r) = ln(T_c/T),    Δ/Δ0 = e^L T/T_c

with G of `entrap.model.bcs`. Its left side is convex and rises with L everywhere, with the slope
1 - φ Y: it has one root. Far above its bend L = ln(T_c/T). Far below it G = c e^(2L), and the root
is Wright's function: c e^(2L) = (1-φ) w/2φ, w + ln w = (2/(1-φ)) ln(T_c/T) + ln[2cφ/(1-φ)]. Both,
mended by two terms each, are within 0.03 of the root; one step of Halley's leaves 3e-7, another
one rounding.

Source: derived on the page "Plain BCS beside the paper"; Bardeen, Cooper and Schrieffer (1957).
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO, ZETA_3
from entrap.core.stable import guarded
from entrap.model import bcs
from entrap.model.bcs import _polynomial

LEADING = 7 * ZETA_3 / (8 * np.pi**2) * BCS_GAP_RATIO**2
"""c in G = c e^(2L) + ..."""

_LEAST = 1e-30  # what keeps a logarithm of 0 finite, where it does not count
_ODD = [2 / k for k in range(3, 22, 2)]
_LOWEST = 0x3FE6A09E667F3BCD  # √½ in binary: mantissas are taken from √½ to √2

# Polynomials through exact values at the zeros of a Chebyshev polynomial of their length, made with
# 40 digits; the tests make them again. Up to r = 2.5 in r², for G, r G' and r (r G')' over r²;
# beyond in 1/(r + 3), for ∫ f/E dξ and the same derivatives, over their leading terms at large r.
_JOIN, _END, _BEND = 2.5, 36.0, 3.0
_LOW, _HIGH = 1 / (_END + _BEND), 1 / (_JOIN + _BEND)
_NEAR = (
    0.08738125644682807, -0.015275454613916176, 0.0030787486217306575, -0.0006519410358940093,
    0.0001417649414644565, -3.135887536313953e-05, 7.020958882119066e-06, -1.5861466043364106e-06,
    3.608464292088943e-07, -8.255078136826159e-08, 1.8970242888276293e-08, -4.376169785783015e-09,
    1.0145533461748697e-09, -2.354444634730184e-10, 5.299628852578652e-11,
    -1.2350779554534957e-11, 3.82907670392791e-12, -8.962772109119346e-13,
)  # fmt: skip

_NEAR_SLOPE = (
    0.1442116044025634, -0.04878682415377017, 0.0145608087243493, -0.004081399515591185,
    0.0011043530442584422, -0.00029212843148742885, 7.528060401102763e-05, -1.940216283072947e-05,
    5.901619632455041e-06, -1.4957668001460344e-06,
)  # fmt: skip

_NEAR_BEND = (
    0.19087772585884455, -0.13691218535625607, 0.06237199697384711, -0.023670565174493282,
    0.00942952223764663, -0.002976669324937057,
)  # fmt: skip

_FAR = (
    2.460633345366816, -0.06101972655358422, -0.05938165254391503, -0.06659518630067278,
    -0.028793987980903234, 0.017902717376258204, 0.013826598004252748, -0.007883453245736013,
    -0.0020818553483834233, 0.0036014492203027817, -0.0020050650087455723, -6.113198723060668e-05,
    0.0012550868396723378, -0.0010805033988114778, 0.0003024877993749337, 0.0003238702113262713,
    -0.0005469535062984404, 0.0002544556114731357, 0.00021234205980282756,
    -0.00011290337737891157, -0.0002740905714907827, -8.313937942136681e-06,
    0.0004548119420659216, -0.00010304719385890544, -0.00034745467136107185,
    0.00014436954198334212, 0.00012746332747059954, -6.91220677524803e-05, -1.874026994828475e-05,
    1.1940442748269919e-05,
)  # fmt: skip

_FAR_SLOPE = (
    2.6375014467525872, 0.10785248887583433, -0.056929103063948376, -0.12137938342986943,
    -0.05803958959975507, 0.03806684619616024, 0.03311845109475309, -0.014982425514604662,
    -0.008440228500745032, 0.008246351035792993, 0.00012841843435528852, -0.0030522820276917204,
    0.000417774515305632, 0.0004878581453256802,
)  # fmt: skip

_FAR_BEND = (
    2.4538952765084026, -0.11067696562123054, -0.2047740737542622, -0.25047511682768225,
    -0.08125118716906331, 0.08023130866703769, 0.03610337151406279, -0.01329173003242715,
)  # fmt: skip


def reduced_gap(t: RealsLike, share: RealsLike) -> Reals:
    """Δ/Δ0, the root of ln(Δ0/Δ) = 2φ ∫_0^∞ dξ f_FD(E/T)/E, exact to a few roundings.

    Args:
        t: T/T_c; at and below 0 the gap is Δ0.
        share: φ, between 0 (no quasiparticles, Δ0 at all T) and 1 (BCS, 0 from T_c on).

    Returns:
        A pure number between 0 and 1; (T/T_c)^(-φ/(1-φ)) far above T_c. NaN for φ > 1, where the
        equation has two roots or none.

    Examples:
        >>> round(float(reduced_gap(1.2, 0.5)), 12)
        0.741553516082
    """
    t, share = jnp.asarray(t, float), jnp.asarray(share, float)
    t, share = jnp.broadcast_arrays(t, share)
    known = share <= 1
    warm = t > bcs._COLD
    value = _gap(guarded(t, warm, 0.5), guarded(share, known))
    return jnp.where(known, jnp.where(warm, value, 1.0), jnp.nan)


def paired_share(ratio: RealsLike) -> Reals:
    """1 - Y(r) = r G'(r), superfluid share of a clean sample, exact as r = Δ/k_B T → 0 too.

    Args:
        ratio: r >= 0.
    """
    ratio = jnp.asarray(ratio, float)
    small = ratio < bcs._JOIN
    near = (guarded(ratio, small, 0.0) / (2 * jnp.pi)) ** 2
    series = near * _polynomial((2 * bcs._K * bcs._SERIES).tolist(), near)
    return jnp.where(small, series, 1 - bcs._yosida(guarded(ratio, ~small, bcs._JOIN)))


def blocking(ratio: RealsLike) -> Reals:
    """I(r) = 2 ∫_0^∞ dx f_FD(√(x² + r²))/√(x² + r²) = G(r) - ln(r/z), r = Δ/k_B T > 0."""
    ratio = jnp.asarray(ratio, float)
    large = ratio > bcs._JOIN
    far = jnp.minimum(guarded(ratio, large, bcs._JOIN), 700.0)[..., None]
    cosh, weight = bcs._nodes(far, 32)
    integral = 2 * (weight * bcs._fermi(far * cosh)).sum(-1)
    near = guarded(ratio, ~large, bcs._JOIN)
    sum_ = bcs._gap_function(near) - jnp.log(near / BCS_GAP_RATIO)
    return jnp.where(large, integral, sum_)


@jax.custom_jvp
def _gap(t: Reals, share: Reals) -> Reals:
    depth = -_logarithm(t)
    closed = (share >= 1) & (t >= 1)
    left = guarded(1 - share, share < 1, 0.0)
    length = _guess(depth, t, jnp.maximum(left, 1e-20), share)
    length = lax.fori_loop(0, 2, lambda _, x: x + _halley(x, depth, left, share), length)
    return jnp.where(closed, 0.0, t * jnp.exp(length))


@_gap.defjvp
def _gap_slope(primals: Any, tangents: Any) -> tuple[Reals, Reals]:
    # (1 - φY) dL = -dt/t - I dφ, and d ln(Δ/Δ0) = dL + dt/t.
    (t, share), (dt, dshare) = primals, tangents
    gap = _gap(t, share)
    some = gap > 0
    ratio = BCS_GAP_RATIO * guarded(gap, some) / t
    paired = paired_share(ratio)
    stiff = (1 - share) + share * paired  # 1 - φY
    change = -(share * bcs._yosida(ratio) * dt / t + blocking(ratio) * dshare)
    return gap, jnp.where(some, guarded(gap, some) * change / guarded(stiff, some), 0.0)


def _guess(depth: Reals, t: Reals, left: Reals, share: Reals) -> Reals:
    """L within 0.03: where the gap is narrow, or ln(T_c/T), both mended."""
    low = _narrow(depth, left, LEADING * share)
    square = jnp.exp(2 * jnp.minimum(low, 2.0))
    low = low + (0.10106825 + 0.01321661 * square) * square * share
    high = depth + t * t * (0.19344051 - 0.74499504 * t) * share
    return jnp.where(depth < 0.5, low, high)


def _narrow(depth: Reals, left: Reals, curvature: Reals) -> Reals:
    """L of (1-φ) L + c e^(2L) = depth: Wright's function, by Winitzki's formula."""
    inverse = 1 / left
    scale = _rough_logarithm(2 * curvature * inverse + _LEAST)
    x = 2 * depth * inverse + scale
    tail = jnp.exp(-jnp.minimum(jnp.abs(x), 50.0))  # denormal numbers are slow
    soft = jnp.maximum(x, 0.0) + tail * (1 + tail * (-0.4874 + tail * (0.2539 - 0.0734 * tail)))
    wright = soft * (1 - _rough_logarithm(1 + soft) / (2 + soft))
    low = depth * inverse - wright / 2
    return jnp.where(x < 0, low, (_rough_logarithm(wright + _LEAST) - scale) / 2)


def _halley(length: Reals, depth: Reals, left: Reals, share: Reals) -> Reals:
    """The step from L towards the root."""
    value, slope, bend = _with_slopes(length)
    slope = left + share * slope
    rest = depth - left * length - share * value
    below = 2 * slope * slope + rest * share * bend
    some = below > 0
    return jnp.where(some, 2 * rest * slope / guarded(below, some), 0.0)


def gap_function(length: RealsLike) -> Reals:
    """G(r) of r = z e^L, to rounding."""
    length = jnp.asarray(length, float)
    near, square, u, far, tail, x = _coordinates(length)
    low, high = square * _polynomial(_NEAR, u), length + tail / far * _polynomial(_FAR, x)
    return jnp.where(near, low, high)


def _with_slopes(length: Reals) -> tuple[Reals, Reals, Reals]:
    """G, r G' and r (r G')': the derivatives as steps need them, within 1e-9 and 1e-5."""
    near, square, u, far, tail, x = _coordinates(length)
    slope = square * _polynomial(_NEAR_SLOPE, u), 1 - tail * _polynomial(_FAR_SLOPE, x)
    bend = square * _polynomial(_NEAR_BEND, u), tail * far * _polynomial(_FAR_BEND, x)
    return gap_function(length), jnp.where(near, *slope), jnp.where(near, *bend)


def _coordinates(length: Reals) -> tuple[Any, Reals, Reals, Reals, Reals, Reals]:
    """Whether r is near 0, r² and its polynomials' argument; r if far, e^-r √r, their argument."""
    ratio = BCS_GAP_RATIO * jnp.exp(length)
    near = ratio < _JOIN
    square = jnp.maximum(guarded(ratio, near), 1e-100) ** 2
    far = guarded(jnp.minimum(ratio, 50.0), ~near, _JOIN)
    x = 2 * (1 / (far + _BEND) - _LOW) / (_HIGH - _LOW) - 1
    return near, square, square * (2 / _JOIN**2) - 1, far, jnp.exp(-far) * jnp.sqrt(far), x


def _rough_logarithm(x: Reals) -> Reals:
    """ln x within 3e-5, with no division."""
    exponent, mantissa = _parts(x)
    m = mantissa - 1
    series = m * (1 + m * (-0.49941 + m * (0.33563 + m * (-0.27055 + m * 0.17918))))
    return exponent * np.log(2.0) + series


def _logarithm(x: Reals) -> Reals:
    """ln x of a normal number > 0: XLA's, on CPUs, is slower and computes its argument twice."""
    exponent, mantissa = _parts(x)
    s = (mantissa - 1) / (mantissa + 1)
    series = s * s * _polynomial(_ODD, s * s)
    return exponent * np.log(2.0) + (2 * s + s * series)


def _parts(x: Reals) -> tuple[Reals, Reals]:
    """Exponent, and mantissa from √½ to √2."""
    bits = lax.bitcast_convert_type(x, jnp.int64) - _LOWEST
    mantissa = lax.bitcast_convert_type((bits & 0xFFFFFFFFFFFFF) + _LOWEST, jnp.float64)
    return (bits >> 52).astype(float), mantissa
