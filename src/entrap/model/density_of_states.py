"""Densities of states of a superconductor's quasiparticles, over that of the normal state."""

import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.stable import guarded


def density_of_states(energy: RealsLike, gap: RealsLike) -> Reals:
    """N(ε) = ε/√(ε² - Δ²) of BCS over that of the normal state; 0 below the gap.

    Args:
        energy: ε [J].
        gap: Δ [J].

    Returns:
        A pure number; infinite at ε = Δ.
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    energy, gap = jnp.broadcast_arrays(jnp.abs(energy), gap)
    above = energy > gap
    root = jnp.sqrt(guarded(energy - gap, above)) * jnp.sqrt(guarded(energy + gap, above))
    inside = jnp.where(energy < gap, 0.0, jnp.where(gap > 0, jnp.inf, 1.0))
    return jnp.where(above, energy / root, inside)


def dynes_density_of_states(
    energy: RealsLike, gap: RealsLike, dynes_broadening: RealsLike
) -> Reals:
    """N(ε) = |Re z/√(z² - Δ²)|, z = ε + iΓ_D: a peak of finite height, states in the gap.

    Args:
        energy: ε [J].
        gap: Δ [J].
        dynes_broadening: Γ_D [J]; 0 is BCS.

    Returns:
        A pure number.
    """
    energy, gap, dynes_broadening = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (energy, gap, dynes_broadening))
    )
    broad = dynes_broadening > 0
    wide = guarded(dynes_broadening, broad)
    energy = jnp.abs(energy)
    below, above = (jnp.sqrt(lax.complex(energy + shift, wide)) for shift in (-gap, gap))
    shape = (lax.complex(energy, wide) / (below * above)).real
    return jnp.where(broad, shape, density_of_states(energy, gap))
