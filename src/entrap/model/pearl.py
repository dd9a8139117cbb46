"""What a thin superconducting film shows as a sheet: Pearl's length, its inductance, a resonance.

    Λ = λ²/d,   L_□ = μ0 Λ,   f ∝ (L_g + L_k)^(-1/2)

where the current is the same across the thickness d, and the electrons' inertia alone is L_k.

Source: derived on the theory page, films.
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import VACUUM_PERMEABILITY
from entrap.core.stable import guarded


def pearl_length(penetration_depth: RealsLike, thickness: RealsLike) -> Reals:
    """Λ = λ²/d [m], beyond which currents of a film screen a field.

    Args:
        penetration_depth: λ [m].
        thickness: d of the film [m], below λ.
    """
    return jnp.asarray(penetration_depth, float) ** 2 / thickness


def sheet_inductance(pearl_length: RealsLike) -> Reals:
    """L_□ = μ0 Λ [H], the kinetic inductance of a square of the film.

    Args:
        pearl_length: Λ [m].
    """
    return VACUUM_PERMEABILITY * jnp.asarray(pearl_length, float)


def resonance_shift(kinetic_fraction: RealsLike, inductance_change: RealsLike) -> Reals:
    """δf/f = (1 + α_k δL_k/L_k)^(-1/2) - 1, which is -α_k δL_k/2L_k where the change is small.

    Args:
        kinetic_fraction: α_k = L_k/(L_g + L_k) before the change.
        inductance_change: δL_k/L_k >= -1; infinite where nothing superconducts any more.

    Returns:
        A pure number; -1 where nothing superconducts any more.

    Examples:
        >>> round(float(resonance_shift(0.5, 1e-4)) * 1e5, 3)
        -2.5
    """
    part = jnp.asarray(kinetic_fraction, float)
    change = jnp.asarray(inductance_change, float)
    some = part * change < jnp.inf
    moved = guarded(part * change, some, 0.0)
    # The difference of the root and 1, without the loss of digits where both are close.
    shift = -moved / (jnp.sqrt(1 + moved) * (jnp.sqrt(1 + moved) + 1))
    return jnp.where(some, shift, -1.0)
