"""What a sample is to Ginzburg and Landau's equation, at each point of a film.

α_f is taken from the uniform film, α_f = -β n_s with n_s where F has no slope, so that a film in
which f changes slowly has that n_s everywhere.
"""

import dataclasses
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals
from entrap.model import device, electrodynamics, landau
from entrap.model.sample import Sample
from entrap.solve.jit import quick_jit
from entrap.solve.stored import stored

_CHUNK = 4096  # points: one program serves for all meshes


@dataclasses.dataclass(frozen=True, eq=False)
class Local:
    """Numbers at each point.

    Args:
        alpha: α_f [J].
        slope: ∂α_f/∂T [J/K].
        critical: T at which α_f vanishes [K].
    """

    alpha: np.ndarray
    slope: np.ndarray
    critical: np.ndarray


def local_coefficients(sample: Sample, temperature: float, fraction: np.ndarray) -> Local:
    """α_f, how it changes with T, and where it vanishes.

    Args:
        sample: The sample.
        temperature: Temperature [K].
        fraction: f at each point, normal electrons that the trap has left.
    """
    count = len(fraction)
    parts = []
    for first in range(0, count, _CHUNK):
        some = np.ones(_CHUNK)
        some[: min(_CHUNK, count - first)] = fraction[first : first + _CHUNK]
        parts.append(np.stack(_coefficients(sample, np.float64(temperature), some)))
    return Local(*np.concatenate(parts, axis=1)[:, :count])


def uniform_lengths(sample: Sample, alpha: float) -> tuple[float, float, float]:
    """ξ̃ [m], λ [m] and the gap Δ_g [J] of a uniform film with an α_f below 0 [J]."""
    made = _lengths(sample, np.float64(-alpha))
    return float(made[0]), float(made[1]), float(made[2])


@stored(quick_jit)
def _coefficients(sample: Sample, temperature: Any, fraction: Any) -> tuple[Reals, Reals, Reals]:
    def alpha(temperature: Reals) -> Reals:
        return -sample.landau_beta * landau.unbounded_density(sample, temperature, fraction)

    at = jnp.full_like(fraction, temperature)
    value, slope = jax.jvp(alpha, (at,), (jnp.ones_like(at),))
    critical = landau.effective_critical_temperature(sample, fraction)
    return value, slope, jnp.broadcast_to(critical, fraction.shape)


@stored(quick_jit)
def _lengths(sample: Sample, size: Any) -> tuple[Reals, Reals, Reals]:
    n_s = size / sample.landau_beta
    return (
        electrodynamics.coherence_length(sample, n_s),
        electrodynamics.penetration_depth(n_s),
        device.effective_gap(sample, n_s),
    )
