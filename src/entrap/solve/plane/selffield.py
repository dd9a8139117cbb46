"""A condensate in the field of its own currents.

    A_ij = (2π/Φ0) ∫ (A_a + A_s)·dl,   A_s = (μ0/4π) ∫ K'/|r - r'| dA'

The state is the minimum of E at the A that its own current makes; both are found in turns, each
next A from the last few by Anderson's method. At the solution

    E + Σ w_ij Im(ψ_i* e^(-iA_ij) ψ_j) A_s,ij

is the energy with that of the field, ½ ∫ K·A_s.

Source: derived on the theory page, films; D. G. Anderson, J. ACM 12, 547 (1965).
"""

import dataclasses
from itertools import pairwise

import numpy as np

from entrap.core.errors import SolveError
from entrap.solve.plane.condensate import Condensate, Psi
from entrap.solve.plane.kernel import Potentials
from entrap.solve.plane.minimising import State, minimum, relaxed

MOST_POINTS = 120_000
"""Of a mesh whose near pairs of points and triangles fit a laptop's memory."""

_ROUNDS = 80
_SETTLED = 1e-7  # of the largest A_s
_KEPT = 6  # rounds that the next A_s is made of
_ROUGH = 1e-5  # residual of ψ within a round


@dataclasses.dataclass(frozen=True, eq=False)
class OwnField:
    """A state with its own field.

    Args:
        condensate: The film, with A of all of the field.
        state: ψ; its energy is with that of the field.
        rounds: Until both agreed.
    """

    condensate: Condensate
    state: State
    rounds: int


def with_own_field(condensate: Condensate, screening: float, start: Psi) -> OwnField:
    """The minimum near a start in the applied field and that of the film's own currents.

    Args:
        condensate: The film in the applied field.
        screening: Λ_r = λ_r²/d_S [m].
        start: ψ to begin with.

    Raises:
        SolveError: the two do not agree in so many rounds, or there are too many points.
    """
    if len(start) > MOST_POINTS:
        raise SolveError(
            f"A film with its own field needs a mesh of at most {MOST_POINTS} points, but has one "
            f"of {len(start)}: give a smaller `layout.window.size`, or leave out `self_field`."
        )
    dual = condensate.dual
    (i, j), points = dual.sides.T, dual.mesh.points
    potentials, unit = Potentials(dual.mesh), 4 * np.pi * screening * condensate.unit

    def along(vectors: np.ndarray) -> np.ndarray:
        """A_s of each side, from vectors at the points."""
        return ((vectors[i] + vectors[j]) / 2 * (points[j] - points[i])).sum(1)

    own, psi = np.zeros_like(points), start
    tried: list[tuple[np.ndarray, np.ndarray]] = []
    for count in range(1, _ROUNDS + 1):
        there = dataclasses.replace(condensate, links=condensate.links + along(own))
        psi = relaxed(there, psi, _ROUGH if count < 4 else 1e-2 * _ROUGH)
        made = potentials(there.sheet_current(psi)) / unit
        miss = made - own
        largest = np.abs(made).max()
        if largest == 0 or np.abs(miss).max() <= _SETTLED * largest:
            state = minimum(there, psi)
            flow = dual.weights * (psi[i].conj() * np.exp(-1j * there.links) * psi[j]).imag
            energy = state.energy + float(flow @ along(own))
            return OwnField(there, dataclasses.replace(state, energy=energy), count)
        tried = [*tried, (own.ravel(), miss.ravel())][-_KEPT:]
        own = _mixed(tried).reshape(own.shape)
    raise SolveError(
        f"The condensate and its own field did not agree in {_ROUNDS} rounds: a film this much "
        "wider than Λ may need a smaller window or a weaker field."
    )


def _mixed(tried: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """The next guess: where the misses of the last guesses, combined, are least."""
    guess, miss = tried[-1]
    if len(tried) == 1:
        return guess + miss
    steps = np.stack([b[0] - a[0] for a, b in pairwise(tried)], axis=1)
    turns = np.stack([b[1] - a[1] for a, b in pairwise(tried)], axis=1)
    shares = np.linalg.lstsq(turns, miss, rcond=None)[0]
    return guess + miss - (steps + turns) @ shares
