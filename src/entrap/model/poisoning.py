"""More quasiparticles than in equilibrium: the gap that they leave, and what still screens.

They are distributed as thermal ones are, f = φ f_FD(E/T) with φ > 1, and their number is known,
x = n_qp/2N_0Δ(T). The gap equation (P1) and n_qp = 4 N_0 ∫ dξ f then read

    ln(Δ(T)/Δ) = φ I(Δ/k_B T) - I(Δ(T)/k_B T),    φ = x Δ(T)/[2 ∫_0^∞ dξ f_FD(E/T)]

Cold and few they narrow the gap by the share x, and a dirty film's n_s by x [1 + √(2Δ/πk_B T)]. All
occupations here are times e^(Δ/k_B T), so that nothing is lost however cold the film is.

Source: derived on the theory page, films; (P1) on the page "Plain BCS beside the paper".
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Flags, Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO
from entrap.core.stable import expm1_ratio, guarded
from entrap.core.sums import summed
from entrap.model import bcs, response

_STEPS, _MET = 24, 1e-9  # of Newton's method, and what they may leave of the gap equation
_NARROWEST = -3.0  # ln Δ/Δ(T): narrower there is no stable gap
_INTEGERS = np.arange(96.0)
_FINE = 0.14  # step in ln u
_U = np.exp(np.arange(-30.0, 3.1, _FINE))


def reduced_gap(t: RealsLike, density: RealsLike, scale: RealsLike = 1.0) -> Reals:
    """Δ/Δ_g(0) with x quasiparticles, at least as many as in equilibrium.

    Args:
        t: T/T_c > 0.
        density: x = n_qp/2N_0Δ(T), with the gap of equilibrium.
        scale: α, Δ_g(0)/k_B T_c over that of BCS.

    Returns:
        A pure number; 0 where so many leave no gap, and above T_c.

    Examples:
        >>> round(float(reduced_gap(0.02, 1e-3)), 6)
        0.999005
    """
    t, density, scale = _arrays(t, density, scale)
    thermal = bcs.reduced_gap(t)
    some = (thermal > 0) & (t > 0)
    t, own = guarded(t, some, 0.5), guarded(thermal, some)
    wide = BCS_GAP_RATIO * scale * own / t
    given = density, wide
    fixed = lax.stop_gradient(given)

    def stepped(length: Reals, density: Reals, wide: Reals) -> tuple[Reals, Reals, Flags]:
        def excess(length: Reals) -> Reals:
            narrow = wide * jnp.exp(length)
            quasiparticles, blocking = _integrals(narrow)
            return length + density * wide / 2 * blocking / quasiparticles - _blocked(wide)

        value, slope = jax.jvp(excess, (length,), (jnp.ones_like(length),))
        slope = lax.stop_gradient(slope)
        return length - value / guarded(slope, slope > 0), value, slope > 0

    # The equation is convex right of its largest root: steps fall towards that from the wide side.
    def step(_: Any, carried: tuple[Reals, Flags]) -> tuple[Reals, Flags]:
        length, open_ = carried
        next_, _, rises = stepped(length, *fixed)
        open_ = open_ & rises & (next_ > _NARROWEST)
        return jnp.where(open_, next_, 0.0), open_

    start = lax.stop_gradient(_blocked(wide))
    length, open_ = lax.fori_loop(0, _STEPS, step, (start, some))
    length, value, rises = stepped(lax.stop_gradient(length), *given)
    open_ = open_ & rises & (jnp.abs(value) < _MET)
    return jnp.where(open_, thermal * jnp.exp(guarded(length, open_, 0.0)), 0.0)


def superfluid_share(
    t: RealsLike,
    density: RealsLike,
    dirtiness: RealsLike = 0.0,
    scale: RealsLike = 1.0,
    gap: RealsLike | None = None,
) -> Reals:
    """n_s/n_s(0) with x quasiparticles, n_s(0) that of the same sample at T = 0.

    Args:
        t: T/T_c > 0.
        density: x = n_qp/2N_0Δ(T), with the gap of equilibrium.
        dirtiness: ρ = ħ v_F/2π k_B T_c ℓ, of `coefficients.dirtiness`; 0 is a clean sample.
        scale: α, Δ_g(0)/k_B T_c over that of BCS.
        gap: What `reduced_gap` gives of the same, where that is known.

    Returns:
        A number between 0 and 1, to 1e-7; 0 where no gap is left, or nothing screens.
    """
    t, density, scale = _arrays(t, density, scale)
    rho = jnp.asarray(dirtiness, float)
    gap = reduced_gap(t, density, scale) if gap is None else jnp.asarray(gap, float)
    some = (gap > 0) & (t > 0)
    t, gap, own = (guarded(a, some, 0.5) for a in (t, gap, bcs.reduced_gap(t)))
    ratio, wide = (BCS_GAP_RATIO * scale * size / t for size in (gap, own))
    g = jnp.pi * rho / (t * ratio)
    ground = response.ground_state_share(g)
    share = density * wide / 2 / _integrals(ratio)[0]
    whole = response.ground_state_share(jnp.pi * rho / (BCS_GAP_RATIO * scale))
    left = ground - share * _lost(ratio, g, ground)
    return jnp.where(some, jnp.maximum(left, 0.0) / whole, 0.0)


def _arrays(*numbers: RealsLike) -> list[Reals]:
    return jnp.broadcast_arrays(*(jnp.asarray(x, float) for x in numbers))


def _integrals(ratio: Reals) -> tuple[Reals, Reals]:
    """e^r ∫ dξ f_FD/k_B T and e^r 2∫ dξ f_FD/E of r = Δ/k_B T."""
    step = lax.stop_gradient(bcs._STEP / jnp.sqrt(jnp.maximum(ratio / 2, 1.0)))
    low = jnp.exp(-ratio)

    def terms(number: Reals) -> Reals:
        above = 2 * jnp.sinh(step * number / 2) ** 2
        left = jnp.exp(-ratio * above)
        occupied = step * left / (1 + low * left)
        return jnp.stack([ratio * (1 + above) * occupied, 2 * occupied])

    quasiparticles, blocking = summed(terms, _INTEGERS)
    # The first node counts half.
    half = step / (1 + low)
    return quasiparticles - ratio * half / 2, blocking - half


def _blocked(ratio: Reals) -> Reals:
    """I(r), which is nothing in the cold."""
    return _integrals(ratio)[1] * jnp.exp(-ratio)


def _lost(ratio: Reals, broadening: Reals, ground: Reals) -> Reals:
    """e^r (h - n_s/n) of equilibrium: 2f(Δ) h + 2∫ du [f(Δ) - f(Δ cosh u)]/(sinh²u + g²)."""
    low = jnp.exp(-ratio)
    full = 1 / (1 + low)

    # In ln u no pole is nearer than π/2 to the axis, and e^(-r u²/2) grows from π/4 on only.
    def term(u: Reals) -> Reals:
        above = 2 * jnp.sinh(u / 2) ** 2
        fallen = ratio * above * expm1_ratio(ratio * above)
        fallen = full * fallen / (1 + low * jnp.exp(-ratio * above))
        return u * fallen / (jnp.sinh(u) ** 2 + broadening**2)

    return 2 * full * ground + 2 * _FINE * summed(term, _U)
