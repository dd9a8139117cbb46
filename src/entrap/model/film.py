"""A strip of film with normal-metal traps: quasiparticles diffuse to the traps and are gone.

    ∂x/∂t = D ∂²x/∂z² - a(z) (Γ x - b) - s_b x - r x² + g,    a = 1 under a trap, 0 elsewhere

with x and ∂x/∂z continuous at the traps' edges, and at an end with a pad of area A, W being the
strip's width, D W ∂x/∂z = -A (∂x/∂t + s_b x) outwards: the pad is at one x.

Source: derived on the theory page, traps; (T5) and (T6) there.
"""

from typing import Any

import equinox as eqx
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import quantity
from entrap.core.stable import guarded, sqrt_or_zero
from entrap.model import modes
from entrap.model.junction import mean_inverse_states


class Strip(eqx.Module):
    """A strip with traps across it and a pad at each end; other fields broadcast together.

    The traps have an axis of their own, the last; they are sorted and do not overlap.
    """

    length: RealsLike = quantity("m", "L", "Length of the strip", display="um")
    width: RealsLike = quantity("m", "W", "Width of the strip", display="um")
    left_pad: RealsLike = quantity("m^2", "A_l", "Area of the pad at the left end", display="um^2")
    right_pad: RealsLike = quantity(
        "m^2", "A_r", "Area of the pad at the right end", display="um^2"
    )
    trap_centres: RealsLike = quantity(
        "m", "z_i", "Centres of the traps, from the left end", display="um"
    )
    trap_lengths: RealsLike = quantity("m", "d_i", "Lengths of the traps", display="um")
    diffusivity: RealsLike = quantity(
        "m^2/s", "D_qp", "Diffusion constant of quasiparticles", display="cm^2/s"
    )
    trapping_rate: RealsLike = quantity("1/s", "Γ_eff", "Trapping rate under a trap", source="(T1)")
    background_rate: RealsLike = quantity(
        "1/s", "s_b", "Loss everywhere, the pads included", default=0.0
    )


class Sources(eqx.Module):
    """What makes quasiparticles, and what two of them do; all in terms of x = n_qp/2N_0Δ."""

    recombination: RealsLike = quantity("1/s", "r", "Recombination coefficient", default=0.0)
    generation: RealsLike = quantity(
        "1/s", "g", "Generation everywhere, the pads included", default=0.0
    )
    backflow: RealsLike = quantity(
        "1/s", "b", "Return under a trap, Γ_eff(T_N) x_eq(T_N)", source="(T4)", default=0.0
    )


def quasiparticle_diffusivity(
    diffusivity: RealsLike, gap: RealsLike, temperature: RealsLike
) -> Reals:
    """D_qp = D_N ⟨1/ν_S⟩ = D_N τ e^(-1/τ)/K_1(1/τ) [m^2/s], τ = k_B T/Δ: thermal mean of D_N/ν_S.

    Args:
        diffusivity: D_N of the normal state [m^2/s].
        gap: Δ [J]; 0 gives D_N.
        temperature: Of the quasiparticles [K]; D_N √(2τ/π) at low ones.
    """
    return jnp.asarray(diffusivity, float) * mean_inverse_states(gap, temperature)


def trapping_length(strip: Strip) -> Reals:
    """λ_tr = √(D/Γ) [m], how far a quasiparticle diffuses under a trap; infinite at Γ = 0."""
    rate = jnp.asarray(strip.trapping_rate, float)
    traps = rate > 0
    return jnp.where(traps, jnp.sqrt(strip.diffusivity / guarded(rate, traps)), jnp.inf)


def crossover_length(strip: Strip) -> Reals:
    """d_c = (π²/4) λ_tr²/L [m], length of an end trap at which diffusion takes over.

    There the rate of a weak trap, Γ d/L, is that of a perfect sink, π² D/4 L².
    """
    return jnp.pi**2 / 4 * trapping_length(strip) ** 2 / strip.length


def sink_velocity(strip: Strip) -> Reals:
    """v = √(DΓ) tanh(d/λ_tr) [m/s], flux into each trap's edge per x there; Γ d where d ≪ λ_tr.

    Returns:
        Of the shape of the traps, (..., N).
    """
    rate, diffusivity = (
        jnp.asarray(field, float)[..., None] for field in (strip.trapping_rate, strip.diffusivity)
    )
    return _velocity(rate, diffusivity, jnp.asarray(strip.trap_lengths, float))


def area_bound(strip: Strip) -> Reals:
    """s_b + Γ A_trap/A_device [1/s]: the decay rate where traps are weak; no arrangement beats it.

    It is the mean loss of a uniform film, the upper bound of Rayleigh's quotient.
    """
    trapped = strip.width * jnp.asarray(strip.trap_lengths, float).sum(-1)
    area = strip.width * jnp.asarray(strip.length, float) + strip.left_pad + strip.right_pad
    return strip.background_rate + strip.trapping_rate * trapped / area


def strong_rate(strip: Strip) -> Reals:
    """s_b + π² D/4 [l + λ_tr coth(d/λ_tr)]² [1/s]: a long trap at an end, bare length l, no pads.

    Within 0.2 % for λ_tr <= d <= 0.4 L at L = 12 λ_tr; low for weaker traps.
    """
    bare, velocity = _end_trap(strip)
    reach = velocity * bare + strip.diffusivity
    return strip.background_rate + jnp.pi**2 / 4 * strip.diffusivity * (velocity / reach) ** 2


def quick_rate(strip: Strip) -> Reals:
    """s_b + 1/(l/v + 4 l²/π² D) [1/s]: time to be trapped and time to diffuse, for an end trap."""
    bare, velocity = _end_trap(strip)
    spreading = 4 * bare * velocity / (jnp.pi**2 * strip.diffusivity)
    some = bare > 0
    return strip.background_rate + jnp.where(
        some, velocity / (guarded(bare, some) * (1 + spreading)), jnp.inf
    )


def saturated_rate(strip: Strip) -> Reals:
    """Decay rate [1/s] where each trap takes all that reach it: the slowest stretch between traps.

    s_b + D (θ/l)², with θ = π between two traps and θ tan θ = l W/A between a trap and an end with
    pad A: π/2 without one. Infinite if the traps leave nothing bare.
    """
    scaled = _scaled(strip)
    bare, pad = scaled.bare, scaled.pads
    # An end is empty where there is neither film nor pad.
    ends, stretch = jnp.stack([bare[..., 0], bare[..., -1]], axis=-1), bare[..., 1:-1]
    some, inner = ends > 0, stretch > 0
    heavy = (pad > 0) | some
    biot = guarded(ends, heavy) / guarded(ends + pad, heavy)  # (l W/A)/(1 + l W/A)
    # 2.5 % at most from the root: three of Newton's steps end at rounding, one more derives.
    start = jnp.pi / 2 * sqrt_or_zero(biot / (biot + (1 - biot) * jnp.pi**2 / 4))

    def newton(_: Any, theta: Reals) -> Reals:
        sine, cosine = jnp.sin(theta), jnp.cos(theta)
        value = (1 - biot) * theta * sine - biot * cosine
        slope = (1 - biot) * (sine + theta * cosine) + biot * sine
        return theta - value / guarded(slope, slope > 0)

    theta = newton(0, lax.stop_gradient(lax.fori_loop(0, 3, newton, lax.stop_gradient(start))))
    wide = jnp.where(some, (theta / guarded(ends, some)) ** 2, jnp.inf)
    between = jnp.where(inner, (jnp.pi / guarded(stretch, inner)) ** 2, jnp.inf)
    slowest = jnp.concatenate([wide, between], axis=-1).min(-1)
    finite = jnp.isfinite(slowest)
    rate = strip.diffusivity / strip.length**2 * guarded(slowest, finite)
    return strip.background_rate + jnp.where(finite, rate, jnp.inf)


def slowest_rate(strip: Strip) -> Reals:
    """Rate [1/s] at which the last quasiparticles decay: the root of (T6), with any traps and pads.

    Exact to rounding, its first derivatives too (`entrap.model.modes`).

    Args:
        strip: Its traps may touch each other and the ends.

    Examples:
        >>> import numpy as np
        >>> trap = np.array([990e-6]), np.array([20e-6])
        >>> end = Strip(1e-3, 1e-5, 0.0, 0.0, *trap, diffusivity=18e-4, trapping_rate=2.42e5)
        >>> round(float(slowest_rate(end)), 6)
        2475.426014
    """
    scaled = _scaled(strip)
    decay = modes.slowest_decay(*scaled)
    return strip.background_rate + strip.diffusivity / strip.length**2 * decay


def end_trap_density(strip: Strip, generation: RealsLike, position: RealsLike) -> Reals:
    """Steady x(z) with a trap at the right end, no pads, no other loss: g/Γ + g l/v at its edge.

    Before the edge x = x(edge) + g (l² - z²)/2D, under the trap g/Γ + (g l/v) cosh(.)/cosh(d/λ_tr).

    Its traps count as one, at the right end. The generation g [1/s] is the same everywhere, z [m]
    is the position from the left end, and x = n_qp/2N_0Δ is infinite at Γ = 0.
    """
    generation, position = jnp.asarray(generation, float), jnp.asarray(position, float)
    bare, velocity = _end_trap(strip)
    rate = jnp.asarray(strip.trapping_rate, float)
    traps = velocity > 0
    level = jnp.where(traps, generation / guarded(rate, traps), jnp.inf)
    inflow = generation * bare / guarded(velocity, traps)
    wave = jnp.sqrt(guarded(rate, traps) / strip.diffusivity)
    depth, rest = (
        wave * (strip.length - bare),
        wave * jnp.minimum(strip.length - position, strip.length - bare),
    )
    within = jnp.exp(rest - depth) * (1 + jnp.exp(-2 * rest)) / (1 + jnp.exp(-2 * depth))
    outside = generation * (bare**2 - jnp.minimum(position, bare) ** 2) / (2 * strip.diffusivity)
    return level + inflow * within + outside


def _velocity(rate: Reals, diffusivity: Any, trap_length: Reals) -> Reals:
    return rate * trap_length * modes.tanh_ratio(rate * trap_length**2 / diffusivity)


def _end_trap(strip: Strip) -> tuple[Reals, Reals]:
    """Bare length and sink velocity, the traps taken as one at an end."""
    covered = jnp.asarray(strip.trap_lengths, float).sum(-1)
    rate = jnp.asarray(strip.trapping_rate, float)
    return strip.length - covered, _velocity(rate, strip.diffusivity, covered)


def _scaled(strip: Strip) -> modes.Scaled:
    centres, traps = jnp.broadcast_arrays(
        *(jnp.asarray(field, float) for field in (strip.trap_centres, strip.trap_lengths))
    )
    scalars = [
        jnp.asarray(field, float)[..., None]
        for field in (strip.length, strip.width, strip.left_pad, strip.right_pad,
                      strip.diffusivity, strip.trapping_rate)
    ]  # fmt: skip
    shape = jnp.broadcast_shapes(centres.shape[:-1], *(field.shape[:-1] for field in scalars))
    length, width, left, right, diffusivity, rate = (
        jnp.broadcast_to(field, (*shape, 1)) for field in scalars
    )
    centres, traps = (
        jnp.broadcast_to(field, (*shape, centres.shape[-1])) for field in (centres, traps)
    )
    ends = jnp.concatenate([jnp.zeros_like(length), centres + traps / 2], axis=-1)
    starts = jnp.concatenate([centres - traps / 2, length], axis=-1)
    pads = jnp.concatenate([left, right], axis=-1) / (width * length)
    strength = (rate / diffusivity * length**2)[..., 0]
    return modes.Scaled((starts - ends) / length, traps / length, pads, strength)
