"""BCS helpers: the gap against temperature, thermal quasiparticles, the coherence length.

With r = Δ_g/k_B T, the gap equation reads ln(T_c/T) = G(r),

    G(r) = Σ_n [1/ν - 1/√(ν² + (r/2π)²)],  ν = n + ½
         = ln(r/π) + γ_E + 2 ∫_0^∞ f(r cosh u) du,   f(y) = 1/(e^y + 1)

and the Yosida function is Y = 1 - r G'(r). The sum serves at small r, as its power series; the
integral at large r, by the trapezoidal rule, which converges exponentially here. What is evaluated
most, the root at t = T/T_c and Y, are polynomials through exact values, in bent coordinates:

    Δ_g(T)/Δ_g(0) = √(1 - t) P(x),   (1 - x)/2 ∝ (1 - t)/(t + 0.3),  0.046 < t < 1
    Y = √s f(r) [1 - f(r)] Q(x),     (1 + x)/2 = 1/s,  s = √[1 + (r/6)²]

Source: Bardeen, Cooper and Schrieffer (1957); forms derived on the theory page.
"""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import lax
from scipy.special import binom, zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN, EULER_GAMMA, HBAR, ZETA_3
from entrap.core.stable import guarded
from entrap.model.sample import Sample

LANDAU_LENGTH_RATIO = float(np.sqrt(7 * ZETA_3 / 48) * np.pi / np.exp(EULER_GAMMA))
"""ξ_GL(0)/ξ0 of a clean superconductor, 0.738515; the paper's Eq. (17) takes 1."""

_JOIN = 1.2  # r at which the series (ratio 0.15 a term) hands over to the integral
_K = np.arange(1, 22)
_SERIES = -((-0.25) ** _K) * binom(2 * _K, _K) * (2.0 ** (2 * _K + 1) - 1) * zeta(2 * _K + 1)
_STEP = 0.25  # the integrand's poles lie π/2 off the axis: error exp(-π²/0.25)
_U = _STEP * np.arange(24)
_COSH, _WEIGHT = np.cosh(_U), np.where(_U == 0, 0.5, 1.0) * _STEP
_GAPLESS = 1e-8  # r below which thermal quasiparticles are those of a normal metal
_COLD = 0.046  # T/T_c below which 1 - Δ_g/Δ_g(0) < 1e-17
_FEW = 0.3  # r up to which eight terms of the series give Y

# P and Q take the exact values at the zeros of the Chebyshev polynomial of their length. They were
# made with 50 digits; the tests make them again. The bends are those at which terms fall fastest.
_GAP_BEND, _YOSIDA_BEND = 0.3, 6.0
_GAP = (
    1.1512104024314394, 0.2337778149663461, 0.1796912405351358, 0.10305993398249282,
    0.031184497823686267, 0.005785540243937811, 0.01672439998532523, 0.014618363711172571,
    -0.003135695995993676, -0.003079805484972009, 0.006882198692311464, 0.0022733188249406473,
    -0.004411624541476642, 0.0001979242797479236, 0.003354220689718617, -0.0006630270950112497,
    -0.0021795221807077497, 0.0009168053887336305, 0.001579183098188187, -0.0010067613510786656,
    -0.001082537991898414, 0.0010710242907668887, 0.0006457721513584956, -0.000987921541212635,
    -0.00031175808636804204, 0.000796268848937895, 0.00012422540043491005, -0.0005715839678226731,
    -3.8702261034240674e-05, 0.00036162477693274937, 4.893031914838273e-06, -0.00019058561432159815,
    4.209845025510143e-06, 7.773596525558991e-05, -3.1720267523780832e-06, -2.254992915574842e-05,
    9.534363526399168e-07, 4.108022150655148e-06, -1.1326152477782095e-07, -3.5226595725269837e-07,
)  # fmt: skip
_YOSIDA = (
    5.914431247495123, -0.724040993430736, -0.6521799298886576, -0.255572723207398,
    -0.1412979253640547, -0.05410155449180237, -0.028150139467445334, -0.025909432500541386,
    -0.014284824703087892, -0.003056631167676549, -0.006610544273523223, -0.0049220069885625994,
    0.0009964501190642655, -0.0027408108108781717, -0.0019202028581682005, 0.001703206634214161,
    -0.0007881164378380755, -0.0012637100349974543, -0.00587712548676154, 0.005129050336688369,
    0.028696992169433177, -0.028945735239819855, -0.08733285374197505, 0.09423673024749449,
    0.2094938889816214, -0.23438204903215948, -0.3982328379939296, 0.4618671568083046,
    0.5839910648625224, -0.7090368763900389, -0.6517242139076045, 0.8331687431163126,
    0.5481191709694526, -0.7391351650598083, -0.34214844425760005, 0.4863160007397026,
    0.15402115828649784, -0.23026210901489816, -0.04737308788497475, 0.07426288563039533,
    0.00893096931995862, -0.014620870642282244, -0.0007805720985865415, 0.0013267706590218704,
)  # fmt: skip


def gap(sample: Sample, temperature: RealsLike) -> Reals:
    """Δ_g(T) = Δ_g(0) δ(T/T_c), δ solving ln(T_c/T) = G(Δ/k_B T); 0 at and above T_c.

    Args:
        sample: Its T_c and Δ_g(0); a Δ_g(0) other than BCS's 1.764 k_B T_c scales the curve.
        temperature: Temperature [K]; at and below 0 the gap is Δ_g(0).

    Returns:
        Gap [J], of the broadcast shape, exact to a few roundings.
    """
    return jnp.asarray(sample.gap) * reduced_gap(
        jnp.asarray(temperature, float) / sample.critical_temperature
    )


def reduced_gap(t: RealsLike) -> Reals:
    """Δ_g(T)/Δ_g(0) of BCS theory against t = T/T_c.

    Examples:
        >>> round(float(reduced_gap(0.5)), 9)
        0.956884716
    """
    t = jnp.asarray(t, float)
    full, gone = t <= _COLD, t >= 1
    safe = guarded(t, ~(full | gone), 0.5)
    below = 1 - safe  # exact near T_c
    x = 1 - 2 * (_COLD + _GAP_BEND) / (1 - _COLD) * below / (safe + _GAP_BEND)
    between = jnp.sqrt(below) * _polynomial(_GAP, x)
    return jnp.where(gone, 0.0, jnp.where(full, 1.0, between))


def temperature_of_gap_ratio(ratio: RealsLike) -> Reals:
    """T/T_c at which Δ_g = r k_B T: exp(-G(r)), the curve in parametric form.

    Args:
        ratio: r = Δ_g/k_B T >= 0.

    Returns:
        T/T_c, a pure number; 1 at r = 0.
    """
    return jnp.exp(-_gap_function(jnp.asarray(ratio, float)))


def yosida(gap_energy: RealsLike, temperature: RealsLike) -> Reals:
    """Y = ∫ dξ sech²(E/2k_B T)/4k_B T: normal share n_n/n of a clean superconductor.

    Args:
        gap_energy: Gap [J]; 0 gives 1.
        temperature: Temperature [K]; 0 gives 0 where there is a gap.

    Returns:
        A number between 0 and 1.
    """
    return _yosida(_ratio(gap_energy, temperature))


def quasiparticle_density(
    gap_energy: RealsLike, temperature: RealsLike, density_of_states: RealsLike
) -> Reals:
    """n_qp = 4 N_0 ∫_Δ^∞ dE E/√(E² - Δ²) f(E) in thermal equilibrium.

    Args:
        gap_energy: Gap Δ [J].
        temperature: Temperature [K].
        density_of_states: N_0 of one spin in the normal state [1/J/m^3].

    Returns:
        Density [1/m^3].
    """
    energy = BOLTZMANN * jnp.asarray(temperature, float)
    ratio = _ratio(gap_energy, temperature)
    gapless = ratio < _GAPLESS
    r = guarded(ratio, ~gapless)[..., None]
    cosh, weight = _nodes(r, 96)  # r cosh u passes 100 at the least r
    integral = (r * cosh * weight * _fermi(r * cosh)).sum(-1)
    return 4 * density_of_states * energy * jnp.where(gapless, jnp.log(2.0), integral)


def quasiparticle_density_cold(
    gap_energy: RealsLike, temperature: RealsLike, density_of_states: RealsLike
) -> Reals:
    """n_qp = 2 N_0 √(2π k_B T Δ) exp(-Δ/k_B T), the low-temperature form.

    Args:
        gap_energy: Gap Δ [J].
        temperature: Temperature [K]; the form is 2 % low at 0.1 T_c, 7 % at 0.5 T_c.
        density_of_states: N_0 of one spin in the normal state [1/J/m^3].

    Returns:
        Density [1/m^3].
    """
    energy = BOLTZMANN * jnp.asarray(temperature, float)
    ratio = _ratio(gap_energy, temperature)
    root = jnp.sqrt(2 * jnp.pi * guarded(ratio, ratio > 0))
    return 2 * density_of_states * energy * jnp.where(ratio > 0, root * jnp.exp(-ratio), 0.0)


def coherence_length(fermi_velocity: RealsLike, gap_energy: RealsLike) -> Reals:
    """ξ0 = ħ v_F/(π Δ_g(0)) [m].

    Args:
        fermi_velocity: v_F [m/s].
        gap_energy: Δ_g(0) [J].
    """
    return HBAR * jnp.asarray(fermi_velocity, float) / (jnp.pi * jnp.asarray(gap_energy, float))


def _ratio(gap_energy: RealsLike, temperature: RealsLike) -> Reals:
    """Δ/k_B T, capped where exp(-Δ/k_B T) is 0 in any case: T = 0 stays finite."""
    gap_energy, temperature = jnp.asarray(gap_energy, float), jnp.asarray(temperature, float)
    warm = gap_energy < 700 * BOLTZMANN * temperature
    ratio = guarded(gap_energy, warm, 0.0) / (BOLTZMANN * guarded(temperature, warm))
    return jnp.where(warm, ratio, jnp.where(gap_energy > 0, 700.0, 0.0))


def _fermi(y: Reals) -> Reals:
    return jnp.exp(-y) / (1 + jnp.exp(-y))


def _nodes(r: Reals, count: int) -> tuple[Reals, Reals]:
    """cosh u and weights along the last axis, finer where exp(-r cosh u) is narrower."""
    step = lax.stop_gradient(_STEP / jnp.sqrt(jnp.maximum(r / 2, 1.0)))
    index = np.arange(count)
    return jnp.cosh(step * index.astype(float)), step * np.where(index == 0, 0.5, 1.0)


def _polynomial(coefficients: Sequence[float], x: Reals) -> Reals:
    """Σ c_k x^k in pairs, pairs of pairs, ...: none waits for another, as Horner's steps do."""
    terms: list[Any] = list(coefficients)
    while len(terms) > 1:
        pairs = zip_longest(terms[::2], terms[1::2], fillvalue=0.0)
        terms, x = [even + odd * x for even, odd in pairs], x * x
    return terms[0]


def _gap_function(r: Reals) -> Reals:
    small = r < _JOIN
    near = (guarded(r, small, 0.0) / (2 * jnp.pi)) ** 2
    series = near * _polynomial(_SERIES.tolist(), near)
    far = guarded(r, ~small, _JOIN)
    integral = (_WEIGHT * _fermi(far[..., None] * _COSH)).sum(-1)
    return jnp.where(small, series, jnp.log(far / jnp.pi) + EULER_GAMMA + 2 * integral)


def _yosida(r: Reals) -> Reals:
    """1 - r G'(r), in forms that keep the digits of both its ends."""
    small = r < _FEW
    near = (guarded(r, small, 0.0) / (2 * jnp.pi)) ** 2
    series = near * _polynomial((2 * _K * _SERIES)[:8].tolist(), near)
    far = guarded(r, ~small, _FEW)
    f, s = _fermi(far), jnp.sqrt(1 + (far / _YOSIDA_BEND) ** 2)
    tail = jnp.sqrt(s) * f * (1 - f) * _polynomial(_YOSIDA, 2 / s - 1)
    return jnp.where(small, 1 - series, tail)
