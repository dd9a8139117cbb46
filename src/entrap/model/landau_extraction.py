"""Quasiparticles taken away, in Landau's expansion near T_c: plain BCS, with no entropy needed.

A share φ of the quasiparticles of equilibrium is left, and the gap equation loses what the others
blocked. To first order in 1 - T/T_c this is

    α → α - (1 - φ) a T I(Δ/k_B T),    I(r) = 2 ∫_0^∞ dx f_FD(√(x² + r²))/√(x² + r²)

the form of Eq. (5) with k_B L replaced by (1 - φ) a I, where Δ is the gap that the sample has with
its n_s. For φ < 1 there is a gap at every temperature, as I grows without bound when Δ falls.

Source: derived on the page "Plain BCS beside the paper".
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.core.roots import rising_root
from entrap.core.stable import guarded
from entrap.model import bcs, landau
from entrap.model.sample import Sample
from entrap.model.share_gap import gap_function

_STEPS = 13
_FEWEST = 30.0  # n_s below e^-30 n_c is taken as none


def unblocked(
    sample: Sample, temperature: RealsLike, superfluid_density: RealsLike, share: RealsLike
) -> Reals:
    """(1 - φ) a T I(Δ/k_B T) [J], by which α is lowered.

    Args:
        sample: The sample.
        temperature: T [K].
        superfluid_density: n_s [1/m^3], from which Δ follows: BCS's at T_c - β n_s/a.
        share: φ.
    """
    temperature = jnp.asarray(temperature, float)
    gap = bcs.gap(sample, landau.effective_temperature(sample, superfluid_density))
    # A fit may ask for a temperature shifted below 0: nothing is occupied there.
    some = (gap > 0) & (share < 1) & (temperature > 0)
    ratio = guarded(gap, some, 1e-23) / (BOLTZMANN * guarded(temperature, some))
    length = jnp.log(ratio / BCS_GAP_RATIO)
    blocked = gap_function(length) - length
    return (1 - share) * sample.landau_a * temperature * jnp.where(some, blocked, 0.0)


def superfluid_density(
    sample: Sample, temperature: RealsLike, share: RealsLike, fraction: RealsLike = 1.0
) -> Reals:
    """n_s [1/m^3] on 0 <= n_s <= n_c where α_f - (1 - φ) a T I + β n_s = 0.

    Args:
        sample: The sample.
        temperature: T [K].
        share: φ <= 1; 1 gives `landau.superfluid_density`.
        fraction: f, normal electrons that the entropy counts as left; 1 gives plain BCS.
    """
    most, temperature, share, fraction = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (sample.conduction_density, temperature, share, fraction))
    )
    some = share < 1  # where none are taken the root and its slopes are not used
    taken = guarded(share, some, 0.5)
    given = (sample, most, temperature, taken, fraction)
    least = landau.superfluid_density(sample, temperature, fraction)
    # Without extraction there is less; the blocking at that n_s is more than at the root.
    more = least + unblocked(sample, temperature, least, taken) / sample.landau_beta
    high = jnp.where(least > 0, jnp.minimum(more / most, 1.0), 1.0)
    low = jnp.maximum(jnp.log(jnp.maximum(least / most, 1e-300)), -_FEWEST)
    root = rising_root(_slope, low - 1e-9, jnp.log(high) + 1e-9, given, _STEPS)
    full = _slope(jnp.zeros_like(most), *given) < 0
    found = jnp.where(full, most, most * jnp.exp(jnp.minimum(root, 0.0)))
    return jnp.where(some, found, least)


def _slope(
    logarithm: Reals, sample: Sample, most: Reals, temperature: Reals, share: Reals, fraction: Reals
) -> Reals:
    """(α_f - (1 - φ) a T I + β n_s)/a [K] at ln(n_s/n_c)."""
    n_s = most * jnp.exp(logarithm)
    alpha = landau.effective_coefficient(sample, temperature, fraction, n_s)
    alpha = alpha - unblocked(sample, temperature, n_s, share)
    return (alpha + sample.landau_beta * n_s) / sample.landau_a
