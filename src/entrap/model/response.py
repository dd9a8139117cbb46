"""How much of a superconductor screens, at any mean free path and any occupation f(E).

London limit (q → 0), elastic scattering, γ = ħ/2τ. With ξ = Δ sinh u and g = γ/Δ,

    n_s/n = [1 - 2f(Δ)] h(g) - 2 ∫_0^∞ du [f(Δ) - f(Δ cosh u)]/(sinh²u + g²)
    h(g) = (1/g)[π/2 - arccos(g)/√(1 - g²)],   h(0) = 1,   h → π/2g

which is 1 - 2∫ dξ (-∂f/∂E) for a clean sample and h(g) [1 - 2f(Δ)] for a dirty one. In equilibrium
it equals a sum over frequencies ω = (2n + 1) π, in units of k_B T with r = Δ/k_B T,

    n_s/n = 2π r² Σ 1/[s² (s + γ)],   s = √(ω² + r²)

which keeps its digits as r → 0. The integral is a trapezoidal sum, exponentially exact after the
pole at sinh u = i g is put right.

Source: derived on the page "Plain BCS beside the paper".
"""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals, RealsLike
from entrap.core.stable import expm1_ratio, guarded
from entrap.core.sums import summed
from entrap.model.modes import tanh_ratio

_STEP = 0.25
_U = _STEP * np.arange(1, 160)  # up to sinh u = 1e17, beyond γ/Δ of any gap that counts
_ABOVE, _SINH_SQUARED = 2 * np.sinh(_U / 2) ** 2, np.sinh(_U) ** 2  # cosh u - 1
_CLEANEST = 0.9999  # g from which the pole is too far off the axis to count
_SMALL_RATIO, _DIRTIEST = 1.0, 20.0  # where the sum over frequencies serves: r and γ/k_B T up to

# Gauss's rule for 2π Σ ω^-3 F(1/ω) over ω = (2n + 1)π, by its moments 2 (1 - 2^-s) ζ(s)/π^(s-1).
# It was made with 120 digits; a test makes it again.
_NODES = (
    0.00016781930796766495, 0.0005590857681625448, 0.0011641495937206243, 0.0019698487448256093,
    0.002958410852560042, 0.004107489881078546, 0.005390184134767352, 0.006774931987932622,
    0.008225136468351301, 0.009698279454668245, 0.01114468407518588, 0.012512841404996478,
    0.013802480107439995, 0.015155355221098203, 0.016753107440899404, 0.01872411067020934,
    0.021220659078386418, 0.02448537586029134, 0.028937262380344605, 0.035367765131532294,
    0.04547284088339867, 0.06366197723675814, 0.1061032953945969, 0.3183098861837907,
)  # fmt: skip
_WEIGHTS = (
    4.717569885714725e-08, 2.795292945205482e-07, 8.241710619822866e-07, 1.7738005312977846e-06,
    3.1741496467512184e-06, 5.01422636089494e-06, 7.2195151798664785e-06, 9.647695685604445e-06,
    1.2085363314600722e-05, 1.4243631564479161e-05, 1.5768631156658928e-05, 1.6501034972189377e-05,
    1.7761349446946485e-05, 2.1993108474093668e-05, 2.9547276535388454e-05, 4.124618574603187e-05,
    6.004218297596255e-05, 9.2235943233859e-05, 0.0001522482098307104, 0.00027797306897760704,
    0.0005907940737162553, 0.0016211389382774044, 0.007505272862395391, 0.20264236728467555,
)  # fmt: skip


def ground_state_share(broadening: RealsLike) -> Reals:
    """h(g) = ∫_0^∞ dξ (Δ - Δ²/E)/(ξ² + γ²), n_s/n where nothing is excited.

    Args:
        broadening: g = γ/Δ = ħ/2τΔ >= 0, which is π ξ0/2ℓ.

    Returns:
        A number between 0 and 1.

    Examples:
        >>> float(ground_state_share(0.0))
        1.0
    """
    g = jnp.asarray(broadening, float)
    clean = g < 0.5
    low = guarded(g, clean, 0.25)
    a = jnp.arcsin(low)
    # [a - π sin²(a/2)]/(sin a cos a), divided by a above and below
    above = 1 - jnp.pi / 4 * a * jnp.sinc(a / (2 * jnp.pi)) ** 2
    near = above / (jnp.sinc(a / jnp.pi) * jnp.cos(a))
    dirty = g > 1.5
    between = guarded(g, ~clean & ~dirty)
    middle = jnp.pi / 2 - 2 / (1 + between) * _arctan_ratio((1 - between) / (1 + between))
    high = guarded(g, dirty, 2.0)
    root = jnp.sqrt((high - 1) * (high + 1))
    far = (jnp.pi / 2 - jnp.log(high + root) / root) / high
    return jnp.where(clean, near, jnp.where(dirty, far, middle / between))


def _excited_share(
    fallen: Callable[[Reals], Reals], drop: Callable[[Reals], Reals], broadening: RealsLike
) -> Reals:
    """∫_0^∞ du [W(1) - W(cosh u)]/(sinh²u + g²), what quasiparticles above the gap take away.

    Args:
        fallen: W(1) - W(c) of a number c - 1.
        drop: [W(1) - W(c)]/(c - 1) of c, analytic in c >= 0.
        broadening: g = γ/Δ >= 0.
    """
    g = jnp.asarray(broadening, float)
    total = summed(lambda above, square: fallen(above) / (square + g * g), _ABOVE, _SINH_SQUARED)
    near = g < _CLEANEST
    a = jnp.arcsin(guarded(g, near, 0.0))
    x = 2 * jnp.pi * a / _STEP
    weight = _STEP / 4 * tanh_ratio(-a * a / 4) * jnp.exp(-x) / expm1_ratio(x) / jnp.cos(a)
    return _STEP * total + jnp.where(near, weight * drop(jnp.cos(a)), 0.0)


def equilibrium_share(ratio: RealsLike, broadening: RealsLike) -> Reals:
    """n_s/n in thermal equilibrium, exact as the gap closes too.

    Args:
        ratio: r = Δ/k_B T >= 0.
        broadening: γ/k_B T = ħ/2τ k_B T >= 0, which is ħ v_F/(2ℓ k_B T).

    Returns:
        A number between 0 and 1.
    """
    ratio, broadening = jnp.asarray(ratio, float), jnp.asarray(broadening, float)
    ratio, broadening = jnp.broadcast_arrays(ratio, broadening)
    by_sum = (ratio < _SMALL_RATIO) & (broadening < _DIRTIEST)
    r, b = guarded(ratio, by_sum, 0.5), guarded(broadening, by_sum, 1.0)

    def at_frequency(x: Reals, weight: Reals) -> Reals:  # x = 1/ω
        s = jnp.sqrt(1 + (r * x) ** 2)
        return weight / (s * s * (s + b * x))

    near = r * r * summed(at_frequency, np.array(_NODES), np.array(_WEIGHTS))
    some = ~by_sum & (ratio > 0)
    r = guarded(ratio, some)
    g = guarded(broadening, some) / r
    taken = _excited_share(*_thermal_drops(r), g)
    far = jnp.tanh(r / 2) * ground_state_share(g) - 2 * taken
    return jnp.where(by_sum, near, jnp.where(ratio > 0, far, 0.0))


def thermal_occupation(x: RealsLike, fugacity: RealsLike) -> Reals:
    """f = 1/(e^x/ζ + 1) at E = x k_B T >= 0, ζ = e^(μ*/k_B T)."""
    weight = fugacity * jnp.exp(-jnp.asarray(x, float))
    return weight / (1 + weight)


def _thermal_drops(ratio: Reals) -> tuple[Callable[[Reals], Reals], Callable[[Reals], Reals]]:
    """f(r) - f(r c) of c - 1, and over c - 1 as a function of c, not as a difference of two f."""
    r = jnp.asarray(ratio, float)
    low, full = jnp.exp(-r), thermal_occupation(r, 1.0)

    def fallen(above: Reals) -> Reals:
        left = jnp.exp(-r * above)
        return full * (1 - left) / (1 + low * left)

    def drop(c: Reals) -> Reals:
        return r * full * expm1_ratio(r * (c - 1)) / (1 + jnp.exp(-r * c))

    return fallen, drop


def _arctan_ratio(y: Reals) -> Reals:
    """atan(√y)/√y, analytic in y > -1."""
    small, above = jnp.abs(y) < 0.05, y > 0
    near, series = guarded(y, small, 0.0), jnp.zeros_like(y)
    for k in range(13, -1, -1):
        series = 1 / (2 * k + 1) - near * series
    positive = jnp.sqrt(guarded(y, ~small & above))
    negative = jnp.sqrt(guarded(-y, ~small & ~above, 0.5))
    far = jnp.where(above, jnp.arctan(positive) / positive, jnp.arctanh(negative) / negative)
    return jnp.where(small, series, far)
