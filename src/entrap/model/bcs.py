"""BCS helpers: the gap against temperature, thermal quasiparticles, the coherence length.

With r = Δ_g/k_B T, the gap equation reads ln(T_c/T) = G(r),

    G(r) = Σ_n [1/ν - 1/√(ν² + (r/2π)²)],  ν = n + ½
         = ln(r/π) + γ_E + 2 ∫_0^∞ f(r cosh u) du,   f(y) = 1/(e^y + 1)

and the Yosida function is Y = 1 - r G'(r). The sum serves at small r, as its power series; the
integral at large r, by the trapezoidal rule, which converges exponentially here.

Source: Bardeen, Cooper and Schrieffer (1957); forms derived on the theory page.
"""

import jax
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
_COLD = 0.02  # T/T_c below which 1 - Δ_g/Δ_g(0) < e^-88


def gap(sample: Sample, temperature: RealsLike) -> Reals:
    """Δ_g(T) = Δ_g(0) δ(T/T_c), δ solving ln(T_c/T) = G(Δ/k_B T); 0 at and above T_c.

    Args:
        sample: Its T_c and Δ_g(0); a Δ_g(0) other than BCS's 1.764 k_B T_c scales the curve.
        temperature: Temperature [K]; at and below 0 the gap is Δ_g(0).

    Returns:
        Gap [J], of the broadcast shape, exact to 1e-13 of Δ_g(0).
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
    between = (t > _COLD) & (t < 1)
    safe = guarded(t, between, 0.5)
    depth = -jnp.log(safe)
    # tanh(1.74 √(1/t - 1)) is within 2 % of the root: five Newton steps end at rounding.
    zero = jnp.pi * np.exp(-EULER_GAMMA)
    guess = lax.stop_gradient(zero / safe * jnp.tanh(1.74 * jnp.sqrt(1 / safe - 1)))
    root = lax.fori_loop(0, 5, lambda _, r: _newton(r, lax.stop_gradient(depth)), guess)
    # Two more carry the derivatives, the first and the second: each step doubles their order.
    root = _newton(_newton(lax.stop_gradient(root), depth), depth)
    return jnp.where(between, root * safe / zero, jnp.where(t >= 1, 0.0, 1.0))


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


def _gap_function(r: Reals) -> Reals:
    small = r < _JOIN
    near = (guarded(r, small, 0.0) / (2 * jnp.pi)) ** 2
    series = jnp.zeros_like(near)
    for term in reversed(_SERIES):
        series = near * (term + series)
    far = guarded(r, ~small, _JOIN)
    integral = (_WEIGHT * _fermi(far[..., None] * _COSH)).sum(-1)
    return jnp.where(small, series, jnp.log(far / jnp.pi) + EULER_GAMMA + 2 * integral)


def _yosida(r: Reals) -> Reals:
    """1 - r G'(r), summed so that its thermal tail keeps its digits."""
    small = r < _JOIN
    near = (guarded(r, small, 0.0) / (2 * jnp.pi)) ** 2
    series = jnp.zeros_like(near)
    for k, term in reversed(list(zip(_K, _SERIES, strict=True))):
        series = near * (2.0 * float(k) * term + series)
    far = guarded(r, ~small, _JOIN)[..., None]
    cosh, weight = _nodes(far, 32)
    f = _fermi(far * cosh)
    integral = (weight * far * cosh * f * (1 - f)).sum(-1)
    return jnp.where(small, 1 - series, 2 * integral)


def _newton(r: Reals, depth: Reals) -> Reals:
    value, slope = jax.jvp(_gap_function, (r,), (jnp.ones_like(r),))
    return r - (value - depth) / slope
