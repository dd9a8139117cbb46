"""The transition temperature of a film whose coefficient α_f(T, r) is not uniform, in a field.

It is the largest T at which a condensate gains energy: the lowest eigenvalue of

    (ħ²/8m_e) (-i∇ - 2eA/ħ)² u + α_f(T, r) u = λ u

vanishes there. α_f rises with T and bends down, if at all, so that Newton's method with the exact
dλ/dT = ∫ |u|² ∂α_f/∂T comes to the root from below and never passes it.

Source: derived on the theory page, films.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from entrap.core.constants import ELECTRON_MASS, HBAR
from entrap.core.sparse import diagonal, lowest_eigenpairs
from entrap.solve.plane.condensate import covariant_stiffness
from entrap.solve.plane.dual import Dual

Coefficient = Callable[[float], tuple[np.ndarray, np.ndarray]]
"""α_f [J] and ∂α_f/∂T [J/K] at each point, at a temperature [K]."""

_ROUNDS = 50
_SETTLED = 1e-11  # relative step


def transition_temperature(
    dual: Dual,
    coefficient: Coefficient,
    start: float,
    links: np.ndarray | None = None,
    wall: np.ndarray | float = 0.0,
) -> tuple[float, np.ndarray]:
    """The film's T_c [K], and the condensate with ∫|u|² = 1 that appears there; 0 if there is none.

    Args:
        dual: The volumes [m²].
        coefficient: α_f.
        start: A temperature to start from [K], as the highest at which α_f vanishes anywhere.
        links: A_ij; no field where they are not given.
        wall: c_i of a metal at the rim.
    """
    matrix: Any = dual.stiffness if links is None else covariant_stiffness(dual, links)
    matrix = matrix + diagonal(np.broadcast_to(wall, dual.volumes.shape))
    energy = HBAR**2 / (8 * ELECTRON_MASS) / dual.volumes.sum()  # of order of the coarsest mode
    reduced = dual.volumes / dual.volumes.sum()
    temperature, shape = start, np.ones(len(reduced))
    for _ in range(_ROUNDS):
        alpha, slope = coefficient(temperature)
        low = float(alpha.min())
        scale = max(energy, float(np.ptp(alpha)))
        posed = matrix * (energy / scale) + diagonal(reduced * (alpha - low) / scale)
        values, modes = lowest_eigenpairs(posed, reduced, 1, -0.1 * min(1.0, energy / scale))
        shape = modes[:, 0]
        density = reduced * np.abs(shape) ** 2
        step = -(low + scale * values[0]) / (density @ slope)
        temperature += step
        if temperature <= 0:
            return 0.0, shape
        if abs(step) <= _SETTLED * temperature:
            break
    return float(temperature), shape / np.sqrt(dual.volumes.sum())
