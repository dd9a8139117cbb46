"""What it costs that electrons leave as charge: the field that they leave behind holds them back.

A film of thickness d from which n_t electrons a volume have left has the charge e n_t d an area.
The field of an isolated film ends in the film; across a barrier of thickness t the electrons face
the charge that they left, and the field is in the barrier.

Source: theory page, validity.
"""

import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import ELEMENTARY_CHARGE, VACUUM_PERMITTIVITY


def isolated_charging_energy(trapped_density: RealsLike, film_thickness: RealsLike) -> Reals:
    """e² n_t d²/2ε0 [J], of the next electron that leaves an isolated film.

    Args:
        trapped_density: n_t, electrons that have left [1/m^3].
        film_thickness: d [m].

    Examples:
        >>> from entrap.core.constants import BOLTZMANN
        >>> most = 3 * BOLTZMANN / isolated_charging_energy(1.0, 1e-7)  # k_B T L: 1 K, L = 3
        >>> f"{float(most):.1e}"
        '2.9e+18'
    """
    squared = ELEMENTARY_CHARGE**2 * jnp.asarray(trapped_density, float)
    return squared * film_thickness**2 / (2 * VACUUM_PERMITTIVITY)


def barrier_charging_energy(
    trapped_density: RealsLike,
    film_thickness: RealsLike,
    barrier_thickness: RealsLike,
    permittivity: RealsLike,
) -> Reals:
    """e² n_t d t/(ε_r ε0) [J], of the next electron that crosses the barrier.

    Args:
        trapped_density: n_t, electrons that have left [1/m^3].
        film_thickness: d [m].
        barrier_thickness: t [m].
        permittivity: ε_r of the barrier, a pure number.

    Examples:
        >>> from entrap.core.constants import BOLTZMANN
        >>> most = 3 * BOLTZMANN / barrier_charging_energy(1.0, 1e-7, 1e-9, 10.0)
        >>> f"{float(most):.1e}"
        '1.4e+21'
    """
    squared = ELEMENTARY_CHARGE**2 * jnp.asarray(trapped_density, float)
    return squared * film_thickness * barrier_thickness / (permittivity * VACUUM_PERMITTIVITY)
