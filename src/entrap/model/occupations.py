"""Quasiparticles partly taken away: three ways in which those that are left may be distributed.

    a share              f = φ f_FD(E/T)                     0 <= φ <= 1
    a chemical potential f = 1/(e^((E-μ*)/k_B T) + 1)        μ* <= 0, as a fugacity ζ = e^(μ*/k_B T)
    a temperature        f = f_FD(E/T*)                      T* <= T

Each closes the gap equation ln(Δ0/Δ) = 2 ∫ dξ f(E)/E (P1) by itself; T is the temperature of the
sample, T* only that of its quasiparticles. With G of `entrap.model.bcs` and r = Δ/k_B T it reads
G(r) - D = ln(T_c/T), where D = 2 ∫ dξ (f_FD - f)/E >= 0 is what the missing ones no longer block.
All arguments are pure numbers: t = T/T_c, r, x = E/k_B T.

Source: derived on the page "Plain BCS beside the paper". The second is the model of Owen and
Scalapino (1972), the third that of Parker (1975); both are recalled, neither was read.
"""

from abc import abstractmethod
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO
from entrap.core.quantities import quantity
from entrap.core.stable import expm1_ratio, guarded
from entrap.model import bcs, response, share_gap

_LEAST_RATIO = 1e-8  # r below which what is left of D grows as ln(1/r)
_NODES = 96
_NEWTON, _BISECTIONS = 8, 60


class Occupation(eqx.Module):
    """What every distribution of quasiparticles answers; its field broadcasts with t and r."""

    @classmethod
    @abstractmethod
    def of_density_ratio(cls, density_ratio: RealsLike, t: RealsLike) -> "Occupation":
        """The distribution with y = n_qp/n_qp,eq(T, Δ), 0 < y <= 1, at the gap Δ it has itself."""

    @abstractmethod
    def reduced_gap(self, t: RealsLike) -> Reals:
        """Δ/Δ0 by (P1) against t = T/T_c."""

    @abstractmethod
    def occupation(self, x: RealsLike) -> Reals:
        """f(E) at E = x k_B T."""

    @abstractmethod
    def quasiparticles(self, ratio: RealsLike) -> Reals:
        """n_qp/4N_0 k_B T = ∫_0^∞ dξ f(E)/k_B T at a gap of r k_B T."""

    @abstractmethod
    def screening(self, ratio: RealsLike, broadening: RealsLike) -> Reals:
        """n_s/n at a gap of r k_B T and γ = ħ/2τ in units of k_B T; see `entrap.model.response`."""


class Share(Occupation):
    """f = φ f_FD(E/T): the same share is left at every energy."""

    share: RealsLike = quantity("1", "φ", "Share of the thermal quasiparticles that is left")

    @classmethod
    def of_density_ratio(cls, density_ratio: RealsLike, t: RealsLike) -> Occupation:
        """φ = y, at any t."""
        return cls(jnp.asarray(density_ratio, float) + 0 * jnp.asarray(t, float))

    def reduced_gap(self, t: RealsLike) -> Reals:
        """Δ/Δ0; above T_c it never closes for φ < 1."""
        return share_gap.reduced_gap(t, self.share)

    def occupation(self, x: RealsLike) -> Reals:
        """φ/(e^x + 1)."""
        return self.share * response.thermal_occupation(x, 1.0)

    def quasiparticles(self, ratio: RealsLike) -> Reals:
        """φ times those of equilibrium."""
        return self.share * _quasiparticles(ratio, 1.0)

    def screening(self, ratio: RealsLike, broadening: RealsLike) -> Reals:
        """(1 - φ) h(γ/Δ) + φ n_s,eq/n: linear in f; 1 - φ Y for a clean sample."""
        share = jnp.asarray(self.share, float)
        thermal = response.equilibrium_share(ratio, broadening)
        return (1 - share) * _ground_state(ratio, broadening) + share * thermal


class ChemicalPotential(Occupation):
    """f = 1/(e^(E/k_B T)/ζ + 1), ζ = e^(μ*/k_B T): quick to share energy, slow to recombine."""

    fugacity: RealsLike = quantity("1", "ζ", "Fugacity e^(μ*/k_B T) of the quasiparticles, 0 to 1")

    @classmethod
    def of_density_ratio(cls, density_ratio: RealsLike, t: RealsLike) -> Occupation:
        """ζ between y/(2 - y), where the gap closes, and y, where it is wide: Newton's steps."""
        y, t = _arrays(density_ratio, jnp.maximum(t, bcs._COLD))

        def excess(zeta: Reals, y: Reals, t: Reals) -> Reals:
            ratio = BCS_GAP_RATIO * _potential_gap(t, zeta) / t
            return _quasiparticles(ratio, zeta) / _quasiparticles(ratio, 1.0) - y

        def newton(zeta: Reals, y: Reals, t: Reals) -> Reals:
            value, slope = jax.jvp(lambda z: excess(z, y, t), (zeta,), (jnp.ones_like(zeta),))
            return zeta - value / guarded(slope, slope > 0)

        some = (y > 0) & (y < 1)
        inside = guarded(y, some, 0.5)
        fixed = lax.stop_gradient(inside), lax.stop_gradient(t)

        def inwards(_: Any, zeta: Reals) -> Reals:
            return jnp.clip(newton(zeta, *fixed), fixed[0] / (2 - fixed[0]), fixed[0])

        root = lax.fori_loop(0, _NEWTON, inwards, fixed[0] / (2 - fixed[0]))
        root = newton(lax.stop_gradient(root), inside, t)  # this one carries the derivative
        return cls(jnp.where(some, root, y))

    def reduced_gap(self, t: RealsLike) -> Reals:
        """Δ/Δ0; it falls as a power of T far above T_c, as that of a share tanh(|μ*|/2k_B T)."""
        t, zeta = _arrays(t, self.fugacity)
        warm = t > bcs._COLD
        return jnp.where(warm, _potential_gap(guarded(t, warm, 0.5), zeta), 1.0)

    def occupation(self, x: RealsLike) -> Reals:
        """1/(e^x/ζ + 1)."""
        return response.thermal_occupation(x, self.fugacity)

    def quasiparticles(self, ratio: RealsLike) -> Reals:
        """∫ du r cosh u f(r cosh u)."""
        return _quasiparticles(ratio, self.fugacity)

    def screening(self, ratio: RealsLike, broadening: RealsLike) -> Reals:
        """n_s,eq/n and, all of one sign, what the missing quasiparticles no longer take away."""
        ratio, broadening, zeta = _arrays(ratio, broadening, self.fugacity)
        some = ratio > 0
        r, b = guarded(ratio, some), guarded(broadening, some)
        # m(x) = f_FD - f; m(r) - m(r c) without a difference of like numbers
        low, missing = jnp.exp(-r), _missing(r, zeta)

        def times(left: Reals) -> Reals:
            below = low * left  # e^(-r c)
            return missing * (1 - zeta * low * below) / ((1 + below) * (1 + zeta * below))

        def fallen(above: Reals) -> Reals:
            left = jnp.exp(-r * above)
            return (1 - left) * times(left)

        def drop(c: Reals) -> Reals:
            return r * expm1_ratio(r * (c - 1)) * times(jnp.exp(-r * (c - 1)))

        gained = _missing(r, zeta) * response.ground_state_share(b / r)
        gained = 2 * (gained + response._excited_share(fallen, drop, b / r))
        return response.equilibrium_share(ratio, broadening) + jnp.where(some, gained, 0.0)


class EffectiveTemperature(Occupation):
    """f = f_FD(E/T*): quasiparticles colder than the sample; all of plain BCS at T*."""

    relative: RealsLike = quantity("1", "T*/T", "Temperature of the quasiparticles over that of it")

    @classmethod
    def of_density_ratio(cls, density_ratio: RealsLike, t: RealsLike) -> Occupation:
        """T*/T by bisection in T/T*; y below 1e-300 gives T* = 0."""
        y, t = _arrays(density_ratio, jnp.maximum(t, bcs._COLD))

        def excess(inverse: Reals, y: Reals, t: Reals) -> Reals:
            ratio = BCS_GAP_RATIO * bcs.reduced_gap(t / inverse) / t
            left = _log_quasiparticles(ratio * inverse) - jnp.log(inverse)
            return left - _log_quasiparticles(ratio) - jnp.log(y)

        some = (y > 1e-300) & (y < 1)
        inside = guarded(y, some, 0.5)
        fixed = lax.stop_gradient(inside), lax.stop_gradient(t)

        def halve(_: Any, ends: tuple[Reals, Reals]) -> tuple[Reals, Reals]:
            low, high = ends
            middle = (low + high) / 2
            more = excess(middle, *fixed) > 0
            return jnp.where(more, middle, low), jnp.where(more, high, middle)

        # x_eq falls no slower than e^(-Δ/k_B T), and Δ is within 4 % of Δ0 from T_c/2 down
        highest = 2 * (1 + fixed[1]) - 1.1 * jnp.log(fixed[0]) * fixed[1]
        low, high = lax.fori_loop(0, _BISECTIONS, halve, (jnp.ones_like(highest), highest))
        root = lax.stop_gradient((low + high) / 2)
        _, slope = jax.jvp(lambda b: excess(b, *fixed), (root,), (jnp.ones_like(root),))
        value = excess(root, inside, t)
        root = root - (value - lax.stop_gradient(value)) / guarded(slope, slope < 0, -1.0)
        return cls(jnp.where(some, 1 / root, jnp.where(y >= 1, y, 0.0)))

    def reduced_gap(self, t: RealsLike) -> Reals:
        """δ(T*/T_c) of BCS; closed where T* > T_c."""
        return bcs.reduced_gap(jnp.asarray(t, float) * self.relative)

    def occupation(self, x: RealsLike) -> Reals:
        """1/(e^(x T/T*) + 1)."""
        return response.thermal_occupation(x * self._inverse(), 1.0)

    def quasiparticles(self, ratio: RealsLike) -> Reals:
        """Those of equilibrium at T*."""
        return self.relative * _quasiparticles(ratio * self._inverse(), 1.0)

    def screening(self, ratio: RealsLike, broadening: RealsLike) -> Reals:
        """n_s/n of equilibrium at T*."""
        inverse = self._inverse()
        return response.equilibrium_share(ratio * inverse, broadening * inverse)

    def _inverse(self) -> Reals:
        relative = jnp.asarray(self.relative, float)
        some = relative > 1e-6
        return jnp.where(some, 1 / guarded(relative, some), 1e6)


def _arrays(*numbers: RealsLike) -> list[Reals]:
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in numbers))


def _ground_state(ratio: RealsLike, broadening: RealsLike) -> Reals:
    """h(γ/Δ); where the gap closes nothing screens, but in a clean sample all does to the end."""
    ratio, broadening = _arrays(ratio, broadening)
    some = ratio > 0
    share = response.ground_state_share(broadening / guarded(ratio, some))
    return jnp.where(some, share, jnp.where(broadening > 0, 0.0, 1.0))


def _missing(x: Reals, fugacity: Reals) -> Reals:
    """f_FD - f at E = x k_B T, exact as ζ → 1."""
    low = jnp.exp(-x)
    return (1 - fugacity) * low / ((1 + low) * (1 + fugacity * low))


def _quasiparticles(ratio: RealsLike, fugacity: RealsLike) -> Reals:
    ratio, zeta = _arrays(ratio, fugacity)
    gapless = ratio < _LEAST_RATIO
    r = jnp.minimum(guarded(ratio, ~gapless), 700.0)[..., None]
    cosh, weight = bcs._nodes(r, _NODES)
    integral = (r * cosh * weight * response.thermal_occupation(r * cosh, zeta[..., None])).sum(-1)
    return jnp.where(gapless, jnp.log1p(zeta), integral)


def _log_quasiparticles(ratio: Reals) -> Reals:
    """ln ∫ dξ f/k_B T, of any r: from 600 on its leading term and the next."""
    cold = ratio > 600
    far = guarded(ratio, cold, 600.0)
    leading = 0.5 * jnp.log(jnp.pi / 2 * far) - far + jnp.log1p(0.375 / far)
    return jnp.where(cold, leading, jnp.log(_quasiparticles(guarded(ratio, ~cold), 1.0)))


@jax.custom_jvp
def _potential_gap(t: Reals, fugacity: Reals) -> Reals:
    t, fugacity = jnp.broadcast_arrays(t, fugacity)
    depth = -jnp.log(t)
    # From the right of the root: f is at least ζ f_FD; the left side is convex in L.
    start = share_gap.reduced_gap(t, fugacity)
    open_ = start > 0
    length = jnp.log(guarded(start, open_)) + depth

    def newton(_: Any, length: Reals) -> Reals:
        ratio = BCS_GAP_RATIO * jnp.exp(length)
        lost, slope = _unblocked(length, fugacity)
        rest = bcs._gap_function(ratio) - lost - depth
        steep = share_gap.paired_share(ratio) + slope
        return length - rest / guarded(steep, steep > 0)

    length = lax.fori_loop(0, _NEWTON, newton, length)
    return jnp.where(open_, jnp.exp(length - depth), 0.0)


@_potential_gap.defjvp
def _potential_gap_slope(primals: Any, tangents: Any) -> tuple[Reals, Reals]:
    (t, zeta), (dt, dzeta) = primals, tangents
    gap = _potential_gap(t, zeta)
    some = gap > 0
    length = jnp.log(guarded(gap, some) / t)
    _, slope = _unblocked(length, zeta)
    stiff = share_gap.paired_share(BCS_GAP_RATIO * jnp.exp(length)) + slope
    falls, rises = _blocked_slopes(length, zeta)
    change = -(falls * dt / t + rises * dzeta) / guarded(stiff, some)
    return gap, jnp.where(some, guarded(gap, some) * change, 0.0)


def _nodes_of(length: Reals) -> tuple[Reals, Reals, Reals]:
    """r cosh u and weights along a last axis, and by how much L is below the least."""
    least = np.log(_LEAST_RATIO / BCS_GAP_RATIO)
    r = BCS_GAP_RATIO * jnp.exp(jnp.maximum(length, least))[..., None]
    cosh, weight = bcs._nodes(r, _NODES)
    return r * cosh, weight, jnp.maximum(least - length, 0.0)


def _unblocked(length: Reals, fugacity: Reals) -> tuple[Reals, Reals]:
    """D = 2 ∫ dξ (f_FD - f)/E and -dD/dL, both sums of terms of one sign."""
    energy, weight, below = _nodes_of(length)
    z = fugacity[..., None]
    low = jnp.exp(-energy)
    missing = _missing(energy, z)
    falls = missing * (1 - z * low * low) / ((1 + low) * (1 + z * low))
    end = (1 - fugacity) / (1 + fugacity)
    lost = 2 * (weight * missing).sum(-1) + end * below
    return lost, jnp.where(below > 0, end, 2 * (weight * energy * falls).sum(-1))


def _blocked_slopes(length: Reals, fugacity: Reals) -> tuple[Reals, Reals]:
    """-dJ/dL and dJ/dζ of J = 2 ∫ dξ f/E."""
    energy, weight, below = _nodes_of(length)
    low = jnp.exp(-energy)
    peak = weight * low / (1 + fugacity[..., None] * low) ** 2  # ∂f/∂ζ
    falls = jnp.where(below > 0, 1 / (1 + fugacity), (energy * peak).sum(-1))
    return 2 * fugacity * falls, 2 * peak.sum(-1) + 2 * below / (1 + fugacity) ** 2
