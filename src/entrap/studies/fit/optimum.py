"""The most probable parameters and the posterior's shape there, from which the chains start.

Laplace's approximation takes the posterior for a normal density about its maximum:
ln Z = ln p(u_0) + (P/2) ln 2π - ½ ln det H.
"""

import dataclasses
from typing import Any

import numpy as np
from scipy.optimize import minimize

from entrap.core.errors import SolveError
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import (
    densities,
    drawn_at,
    in_blocks,
    prediction_at,
    value_and_slopes,
)

_STARTS = 3  # the best points drawn from the prior, beside the prior's middle
_DRAWN = 256
_ROUNDS, _STRIDES = 40, (0.03, 0.1, 0.3, 1.0)  # of the search for parameters that explain the data
_STEP = 1e-4  # of central differences of exact slopes, in u, which is of order one


@dataclasses.dataclass(frozen=True)
class Optimum:
    """A maximum of the posterior in the coordinates of all parameters.

    Args:
        center: u at the maximum; 0 where a parameter is fixed.
        scale: Lower triangle L with L Lᵀ the covariance; 1 where a parameter is fixed.
        log_evidence: ln Z by Laplace's approximation.
    """

    center: np.ndarray
    scale: np.ndarray
    log_evidence: float


def optimum(target: Target, given: ModelData, seed: int) -> Optimum:
    """The maximum, from several starts.

    Raises:
        SolveError: no start has a finite density, or no maximum is found.
    """
    free = np.flatnonzero(given.free)
    count, idle = len(free), given.idle

    def whole(u: np.ndarray) -> np.ndarray:
        full = np.zeros(len(given.free))
        full[free] = u
        return full

    def fall(u: np.ndarray) -> tuple[float, np.ndarray]:
        found, slopes = value_and_slopes(target, given, whole(u))
        if not np.isfinite(found):
            return np.inf, np.zeros(count)
        return -float(found) - idle, -np.asarray(slopes)[free]

    best = None
    for start in _starts(target, given, free, seed):
        found = minimize(fall, start, jac=True, method="BFGS", options={"gtol": 1e-6})
        if np.isfinite(found.fun) and (best is None or found.fun < best.fun - 1e-9):
            best = found
    if best is None:
        raise SolveError(
            "No parameters within the priors explain the data: under any of them some point has no "
            "probability at all. Check units and uncertainties, and widen the priors."
        )
    columns = [
        (fall(best.x + _STEP * e)[1] - fall(best.x - _STEP * e)[1]) / (2 * _STEP)
        for e in np.eye(count)
    ]
    hessian = np.array(columns).reshape(count, count)
    bent, axes = np.linalg.eigh(0.5 * (hessian + hessian.T)) if count else (np.ones(0), np.eye(0))
    # A direction that the posterior leaves flat, or a maximum at an edge, is as wide as the prior.
    bent = np.where(np.isfinite(bent) & (bent > 0.05), bent, 0.05)
    scale = np.eye(len(given.free))
    if count:
        scale[np.ix_(free, free)] = np.linalg.cholesky((axes / bent) @ axes.T)
    evidence = -best.fun + 0.5 * count * np.log(2 * np.pi) - 0.5 * np.log(bent).sum()
    return Optimum(whole(best.x), scale, float(evidence))


def _starts(target: Target, given: ModelData, free: np.ndarray, seed: int) -> list[np.ndarray]:
    """The prior's middle, and the best of what is drawn from it."""
    count = 16 if target.forward else _DRAWN
    key = np.array([0, seed], np.uint32)
    u: Any = np.array(drawn_at(target, given.priors, key, np.zeros(count)))
    u[0] = 0.0
    u[:, ~np.asarray(given.free)] = 0.0
    found = densities(target, given, u)
    if not np.isfinite(found).any() and len(free):
        u = _closer(target, given, free, u, seed)
        found = densities(target, given, u)
    order = np.argsort(-found, kind="stable")
    most = 1 if target.forward else _STARTS
    chosen = [i for i in dict.fromkeys([0, *order[:most]]) if np.isfinite(found[i])]
    return [u[i][free] for i in chosen]


def _closer(target: Target, given: ModelData, free: np.ndarray, u: Any, seed: int) -> np.ndarray:
    """Coordinates at which fewer and fewer points have no probability, found by random steps.

    Where a gap closes or λ diverges, no slope leads back.
    """
    random, best = np.random.default_rng(seed), u
    for _ in range(_ROUNDS // 10 if target.forward else _ROUNDS):
        made = in_blocks(prediction_at, target, given, best)
        lost = (~np.isfinite(made.log_likelihood)).sum(axis=-1)
        order = np.lexsort(((best[:, free] ** 2).sum(axis=-1), lost))
        best = best[order[: len(u) // 4]]
        if lost[order[0]] == 0:
            break
        steps = random.normal(size=(3, *best.shape)) * random.choice(_STRIDES, (3, len(best), 1))
        steps[..., ~np.asarray(given.free)] = 0.0
        best = np.concatenate([best, *(best + steps)])
    return best
