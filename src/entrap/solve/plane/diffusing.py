"""Quasiparticles that diffuse in a film with traps: steady state, slowest modes, derivatives.

On the finite volumes of a mesh (`dual`), with T_i the area of each under traps (`outline`):

    V_i dx_i/dt = D Σ_j w_ij (x_j - x_i) - Γ T_i x_i + b T_i + G_i
                  - V_i [s_b (x_i - x_eq) + r (x_i² - x_eq²)]

What flows between two volumes is computed once and given to both, so that none is lost; a uniform x
has no flow at all.

Source: derived on the theory page, films.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.errors import SolveError
from entrap.core.sparse import Factors, diagonal, lowest_eigenpairs
from entrap.solve.plane.dual import Dual

_NEWTON = 60
_SETTLED = 1e-9  # relative step of Newton's method, whose square is what is left then
_SETTLED_BY_OLD = 1e-12  # the same with the factors of another x
_FAST = 0.1  # of the step before
_ROUNDING = 1e-8


@dataclasses.dataclass(frozen=True, eq=False)
class Diffusion:
    """The equations of all volumes; arrays have a number for each.

    Args:
        dual: The volumes.
        diffusivity: D [m²/s].
        trapping: Γ T_i [m²/s].
        returned: b T_i [m²/s], what flows back from the traps.
        background: s_b [1/s].
        recombination: r [1/s].
        thermal: x_eq.
        generated: G_i [m²/s], by other than phonons of the film.
    """

    dual: Dual
    diffusivity: float
    trapping: np.ndarray
    returned: np.ndarray
    background: float = 0.0
    recombination: float = 0.0
    thermal: float = 0.0
    generated: np.ndarray | float = 0.0

    @cached_property
    def losses(self) -> np.ndarray:
        """Γ T_i + s_b V_i [m²/s]."""
        return self.trapping + self.background * self.dual.volumes

    @cached_property
    def gains(self) -> np.ndarray:
        """All that does not depend on x [m²/s]."""
        thermal = (self.background + self.recombination * self.thermal) * self.thermal
        return self.returned + thermal * self.dual.volumes + self.generated

    def change(self, x: np.ndarray) -> np.ndarray:
        """V_i dx_i/dt [m²/s]."""
        (i, j), count = self.dual.sides.T, len(x)
        flow = self.diffusivity * self.dual.weights * (x[i] - x[j])
        spread = np.bincount(j, flow, count) - np.bincount(i, flow, count)
        return self.gains - (self.losses + self.recombination * self.dual.volumes * x) * x + spread

    def factors(self, x: np.ndarray, more: np.ndarray | float = 0.0) -> Factors:
        """Of minus the derivative of `change` at x, with `more` on its diagonal."""
        own = self.losses + 2 * self.recombination * self.dual.volumes * x + more
        return Factors(self._conduction + diagonal(own), self.dual.order)

    @cached_property
    def _conduction(self) -> Any:
        return self.diffusivity * self.dual.stiffness

    def mean(self, x: np.ndarray) -> float:
        """The mean of x over the film."""
        return float((self.dual.volumes * x).sum() / self.dual.volumes.sum())


@dataclasses.dataclass(frozen=True, eq=False)
class Modes:
    """The slowest ways in which an excess decays, without recombination.

    Args:
        rates: λ of each, the slowest first [1/s].
        shapes: u of each in a column, with ∫u² = 1 [1/m].
    """

    rates: np.ndarray
    shapes: np.ndarray


@dataclasses.dataclass(frozen=True)
class Flows:
    """What comes and goes in all of the film [m²/s]; together they are 0 in the steady state."""

    generated: float
    returned: float
    thermal: float
    trapped: float
    lost: float
    recombined: float

    @property
    def imbalance(self) -> float:
        """What comes less what goes, over what comes."""
        come = self.generated + self.returned + self.thermal
        return (come - self.trapped - self.lost - self.recombined) / come if come > 0 else 0.0


def steady_state(problem: Diffusion, start: np.ndarray | None = None) -> np.ndarray:
    """x in the steady state, by Newton's method.

    Args:
        problem: The equations.
        start: An x nearby, where one is known.

    Raises:
        SolveError: nothing takes what is generated in a piece of the film.
    """
    pairs = problem.recombination * problem.dual.volumes
    if start is None:
        # More than there can be anywhere: from there on Newton's steps only fall.
        enough = np.sqrt(problem.gains / pairs).max() if problem.recombination > 0 else 0.0
        start = np.full(len(pairs), enough)
    x, factors, before = start, None, np.inf
    for _ in range(_NEWTON):
        fresh = factors is None
        factors = factors or problem.factors(x)
        step = factors.solve(problem.change(x))
        # Where little is lost, the level of a piece is what the factors do not know well.
        step += _level(problem, x + step)
        x = x + step
        if not np.isfinite(x).all():
            break
        size = float(np.abs(step).max() / max(np.abs(x).max(), 1e-300))
        if size <= (_SETTLED if fresh else _SETTLED_BY_OLD):
            return x
        # Where steps become short fast, the factors of another x do as well.
        if size > _FAST * before:
            factors = None
        before = size
    raise SolveError(
        "There is no steady state: what is generated in each piece of the film must be trapped, "
        "lost or recombine. Put a trap on each piece, or give a background rate."
    )


def slowest_modes(problem: Diffusion, count: int = 1) -> Modes:
    """The slowest modes of (D K + Γ T + s_b V) u = λ V u."""
    volumes = problem.dual.volumes
    mean = problem.losses.sum() / volumes.sum()
    below = -1e-3 * mean if mean > 0 else -1e-3 * problem.diffusivity / volumes.sum()
    count = min(count, len(volumes) - 2)
    matrix = problem._conduction + diagonal(problem.losses)
    factors = Factors(matrix - below * diagonal(volumes), problem.dual.order)
    rates, shapes = lowest_eigenpairs(matrix, volumes, count, below, factors)
    # By so little the rate of a film that loses nothing may differ from 0.
    rounding = _ROUNDING * problem.diffusivity / volumes.sum()
    return Modes(np.where(rates < rounding, 0.0, rates), shapes)


def adjoint(problem: Diffusion, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """x† with Jᵀ x† = w: by how much w·x grows for each m²/s that is generated at a point.

    Args:
        problem: The equations.
        x: Their steady state.
        weights: w, or one in each column.
    """
    return problem.factors(x).solve(weights)


def flows(problem: Diffusion, x: np.ndarray) -> Flows:
    """What comes and goes, over all of the film."""
    volumes = problem.dual.volumes
    generated = np.broadcast_to(problem.generated, volumes.shape).sum()
    back = problem.returned.sum()
    return Flows(
        generated=float(generated),
        returned=float(back),
        thermal=float((problem.gains.sum() - back) - generated),
        trapped=float((problem.trapping * x).sum()),
        lost=float(problem.background * (volumes * x).sum()),
        recombined=float(problem.recombination * (volumes * x**2).sum()),
    )


def _level(problem: Diffusion, x: np.ndarray) -> np.ndarray:
    """The step of each piece of film, as one, that balances what comes and goes there."""
    pieces = problem.dual.pieces
    slope = problem.losses + 2 * problem.recombination * problem.dual.volumes * x
    left = np.bincount(pieces, problem.change(x))
    own = np.bincount(pieces, slope)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(own > 0, left / own, 0.0)[pieces]
