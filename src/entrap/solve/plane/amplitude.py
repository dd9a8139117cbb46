"""Amplitude (Higgs) modes of a condensate on a mesh, with phases held.

    Σ_j w_ij (u_i - u_j cos φ_ij) + c_i u_i + V_i (3|ψ_i|² - a_i) u_i = μ V_i u_i

φ_ij = θ_j - θ_i - A_ij. Where no current flows this is exact: amplitude and phase do not couple
there. The uniform film has μ = 2a; at a wall that breaks all pairs a mode is bound at 3/4 of that.
In Eq. (14) the coefficient is 2|α_r| μ, which is -4α̃ in the uniform film; its frequency is

    ħω = Δ_g √(2μ),   Δ_g being the gap of a uniform film with α_r

Source: derived on the theory page, films; V. Kornich, arXiv:2605.15834 (2026), Eqs. (12)-(14).
"""

from typing import Any

import numpy as np

from entrap.core.sparse import diagonal, lowest_eigenpairs
from entrap.solve.plane.condensate import Condensate, Psi


def amplitude_modes(condensate: Condensate, psi: Psi, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The lowest μ, and u in columns with Σ V_i u_i² = 1.

    Args:
        condensate: The film.
        psi: A state of it.
        count: How many modes.
    """
    dual, v = condensate.dual, condensate.volumes
    matrix = dual.stiffness.copy()
    (i, j), w = dual.sides.T, dual.weights
    phases: Psi = psi[j] * np.exp(-1j * condensate.links) * psi[i].conj()
    cosine = phases.real / np.maximum(np.abs(phases), 1e-300)
    own = v * (3 * np.abs(psi) ** 2 - condensate.strength) + condensate.wall
    matrix = _off_diagonal(w * cosine, i, j, len(v)) + diagonal(matrix.diagonal() + own)
    below = -1.01 * max(float(condensate.strength.max()), 0.1)
    return lowest_eigenpairs(matrix, v, min(count, len(v) - 2), below)


def _off_diagonal(values: np.ndarray, i: np.ndarray, j: np.ndarray, count: int) -> Any:
    from scipy.sparse import csc_matrix

    rows, columns = np.concatenate([i, j]), np.concatenate([j, i])
    return csc_matrix((-np.concatenate([values, values]), (rows, columns)), (count, count))
