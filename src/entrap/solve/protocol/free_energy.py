"""The free energy against n_s at given temperatures: the curves of Fig. 3 for a case."""

from typing import Any

import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import RealsLike
from entrap.model import landau
from entrap.model.sample import Sample
from entrap.solve.jit import quick_jit
from entrap.solve.sample import parts
from entrap.solve.stored import stored


def free_energy_curves(
    case: Case, temperature: RealsLike, fraction: RealsLike, superfluid_density: RealsLike
) -> np.ndarray:
    """F(n_s) of the case's sample, a curve a row.

    Args:
        case: The case; its protocol does not matter.
        temperature: Temperatures of the curves [K].
        fraction: f of each, normal electrons that the trap has left.
        superfluid_density: n_s along the curves [1/m^3].

    Returns:
        Free energy densities [J/m^3], of shape (curves, points).
    """
    made = _curves(
        parts(case).sample,
        *(np.asarray(column, float) for column in (temperature, fraction, superfluid_density)),
    )
    return np.asarray(made)


@stored(quick_jit)
def _curves(sample: Sample, temperature: Any, fraction: Any, density: Any) -> Any:
    normal = fraction[:, None] * (sample.conduction_density - density)
    return landau.free_energy(sample, temperature[:, None], jnp.asarray(density), normal)
