"""A state at the minimum of the functional of BCS and mixing: three of them beside Landau's.

    without the trap           φ = 1, f = 1
    with it, plain BCS         φ < 1, f = 1: quasiparticles are taken, and no entropy counts
    with it and the entropy    φ < 1, f = φ

φ = n_qp/n_qp,eq(T, Δ) is the share of the quasiparticles that the trap leaves. The functional is
that of `bcs_functional`, in units in which its expansion at T_c is the sample's own:

    n_s = [σ n_c/s] n_s(T)/n_s(0),   N_0 = 7ζ(3) a²/8π² k_B² β,   B_c²/2μ0 = -F̃

with σ n_c = a T_c/β the straight line's end and s BCS's slope at T_c, `screening_slope`. So a
stated λ(0) is what comes out at T = 0, where the straight line gives λ(0)/√s.
"""

import jax
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import (
    BCS_GAP_RATIO,
    BOLTZMANN,
    FLUX_QUANTUM,
    VACUUM_PERMEABILITY,
    ZETA_3,
)
from entrap.core.stable import guarded, sqrt_or_zero
from entrap.model import bcs_functional, coefficients, electrodynamics, mixed_gap, share_gap
from entrap.model.bcs_transition import entropy_strength, gap_scale
from entrap.model.kinetics import Densities
from entrap.model.observables import OF_EXPANSION
from entrap.model.occupations import Share
from entrap.model.response import ground_state_share
from entrap.model.sample import Sample
from entrap.model.state import State, state


def density_of_states(sample: Sample) -> Reals:
    """N_0 = 7ζ(3) a²/8π² k_B² β [1/J/m^3] of one spin: that of the sample's condensation energy."""
    slope = jnp.asarray(sample.landau_a, float) / BOLTZMANN
    return 7 * ZETA_3 / (8 * jnp.pi**2) * slope**2 / sample.landau_beta


def screening_density(sample: Sample) -> Reals:
    """n_s(0) = a T_c/(β s) [1/m^3]: electrons that screen at T = 0."""
    end = sample.landau_a * jnp.asarray(sample.critical_temperature, float) / sample.landau_beta
    return end / coefficients.screening_slope(sample.dirtiness)


def bcs_state(
    sample: Sample,
    temperature: RealsLike,
    share: RealsLike = 1.0,
    fraction: RealsLike = 1.0,
    *,
    quick: bool = False,
    clean: bool = False,
) -> State:
    """The state at the minimum of F̃(Δ, T).

    Args:
        sample: The sample.
        temperature: T > 0 [K].
        share: φ, quasiparticles that are left in the gap equation and the screening.
        fraction: f, normal electrons that the entropy counts as left; 1 gives plain BCS.
        quick: Whether φ <= 1 and the entropy widens the gap, as is nearly always so: no search for
            a gap that jumps is compiled. Where they do not, all is NaN.
        clean: Whether the sample is known to have no disorder: 1 - φY is then computed faster.

    Returns:
        State of the broadcast shape; what only the expansion defines, α and what is made of it, is
        NaN. Normal electrons are n_c - n_s times the lesser of φ and f.
    """
    temperature, share, fraction = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (temperature, share, fraction))
    )
    t, scale = temperature / sample.critical_temperature, gap_scale(sample)
    strength = entropy_strength(sample, temperature, fraction)
    find = mixed_gap.single_gap if quick else mixed_gap.reduced_gap
    reduced = find(t, share, strength, scale)
    left = jnp.minimum(share, fraction)
    return _at_gap(sample, temperature, share, strength, reduced, left, clean)


def plain_state(sample: Sample, temperature: RealsLike, share: RealsLike = 1.0) -> State:
    """The same by plain BCS theory, without any entropy: `bcs_state` at f = 1, only faster.

    Args:
        sample: The sample; its w_s does not count.
        temperature: T > 0 [K].
        share: φ, quasiparticles that are left; 1 is a sample without a trap.
    """
    temperature, share = jnp.broadcast_arrays(
        jnp.asarray(temperature, float), jnp.asarray(share, float)
    )
    reduced = share_gap.reduced_gap(temperature / sample.critical_temperature, share)
    return _at_gap(sample, temperature, share, jnp.zeros_like(share), reduced, share)


def beside_plain(
    sample: Sample, temperature: RealsLike, share: RealsLike
) -> tuple[State, State, State]:
    """`plain_state` at φ = 1 and at φ, and `bcs_state` at f = φ: each formula is compiled once.

    Args:
        sample: The sample.
        temperature: T > 0 [K].
        share: φ, quasiparticles that are left, of all normal electrons.

    Returns:
        States of the broadcast shape: without the trap, with it, and with the entropy as well.
    """
    shapes = (jnp.shape(x) for x in (temperature, share, *jax.tree.leaves(sample)))
    shape = jnp.broadcast_shapes(*shapes)
    temperature, share = (
        jnp.broadcast_to(jnp.asarray(x, float), shape) for x in (temperature, share)
    )
    t, scale = temperature / sample.critical_temperature, gap_scale(sample)
    left, none = jnp.stack([jnp.ones_like(share), share]), jnp.zeros_like(share)
    strength = entropy_strength(sample, temperature, share)
    plain = share_gap.reduced_gap(t, left)
    mixed = mixed_gap.reduced_gap(t, share, strength, scale)
    left, strength = jnp.stack([*left, share]), jnp.stack([none, none, strength])
    states = _at_gap(sample, temperature, left, strength, jnp.stack([*plain, mixed]), left)
    without, plain, mixed = (jax.tree.map(lambda x, i=i: x[i], states) for i in range(3))
    return without, plain, mixed


def _at_gap(
    sample: Sample,
    temperature: Reals,
    share: Reals,
    strength: Reals,
    reduced: Reals,
    left: Reals,
    clean: bool = False,
) -> State:
    t, scale = temperature / sample.critical_temperature, gap_scale(sample)
    gap = sample.gap * reduced
    ratio = jnp.minimum(gap / (BOLTZMANN * temperature), 700.0)
    if clean:
        screened = 1 - share * (1 - share_gap.paired_share(ratio))
    else:
        screened = Share(share).screening(ratio, jnp.pi * sample.dirtiness / t)
        screened /= ground_state_share(jnp.pi * sample.dirtiness / (BCS_GAP_RATIO * scale))
    n_s = screening_density(sample) * jnp.where(gap > 0, screened, 0.0)
    energy = density_of_states(sample) * jnp.asarray(sample.gap) ** 2
    energy = energy * bcs_functional.free_energy(t, reduced, share, strength, scale)
    field = sqrt_or_zero(-2 * VACUUM_PERMEABILITY * jnp.minimum(energy, 0.0))
    depth = electrodynamics.penetration_depth(n_s)
    some = field > 0
    length = FLUX_QUANTUM / (2 * jnp.sqrt(2.0) * jnp.pi * guarded(field, some))
    length = jnp.where(some, length / guarded(depth, some), jnp.inf)
    room = sample.conduction_density - n_s
    densities = Densities(n_s, left * room, (1 - left) * room, left)
    nothing = dict.fromkeys(OF_EXPANSION, jnp.full(temperature.shape, jnp.nan))
    return state(
        sample,
        temperature,
        densities,
        gap=gap,
        critical_field=field,
        coherence_length=length,
        lower_critical_field=electrodynamics.lower_field(field, depth, length),
        **nothing,
    )
