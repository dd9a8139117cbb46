"""The largest current that a condensate carries between two terminals.

The states of `entrap.solve.plane.bridge` are followed in φ, and round bends in it, by their length
of arc. The critical current is that at the first maximum of I, or where H has a negative eigenvalue
before: there the state gives way to another.

Source: H. B. Keller, in Applications of Bifurcation Theory (1977), p. 359, for the length of arc.
"""

import dataclasses
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from entrap.core.errors import SolveError
from entrap.core.sparse import Factors, diagonal
from entrap.solve.plane.bridge import Biased, Bridge
from entrap.solve.plane.condensate import Psi

_ROUNDS, _FRESH = 25, 3  # of Newton's method, and how often factors are made anew
_SLOW = 0.2  # of a residual, above which they are
_FIRST, _LEAST = 0.2, 1e-6  # steps of arc [rad]
_AWAY = 0.1  # of a step, by which a state may lie beside its prediction
_WANTED = 0.05  # and should
_STEPS = 300
_FALLEN = 0.8  # of the largest current, at which the curve ends
_CLOSE = 1e-4  # of a step, to which its maximum is found
_DAMPED = 60


@dataclasses.dataclass(frozen=True, eq=False)
class CriticalCurrent:
    """The states of a bridge from none to its largest current.

    Args:
        phases: φ along the curve [rad].
        currents: I, in units of Φ0/2πμ0Λ_r.
        stable: Whether each state is stable while its phase is held.
        critical: The state with the critical current.
        broken: Whether that state lost its stability before I came to a maximum.
        arc: Length of the curve up to each state.
        slopes: dφ/ds and dI/ds of each state along that length s, a row each.
    """

    phases: np.ndarray
    currents: np.ndarray
    stable: np.ndarray
    critical: Biased
    broken: bool
    arc: np.ndarray
    slopes: np.ndarray

    def curve(self, points: int) -> tuple[np.ndarray, np.ndarray]:
        """φ and I along the curve: the cubics through all states that have their slopes.

        Args:
            points: From each state, which is the first of them, to the next.
        """
        from scipy.interpolate import CubicHermiteSpline

        states = np.stack([self.phases, self.currents], 1)
        steps = np.linspace(0, 1, points, endpoint=False)
        at = self.arc[:-1, None] + np.diff(self.arc)[:, None] * steps
        along = CubicHermiteSpline(self.arc, states, self.slopes)(at.ravel())
        phases, currents = np.vstack([along, states[-1]]).T
        return phases, currents


def critical_current(bridge: Bridge, start: Psi) -> CriticalCurrent:
    """The largest current, from a state in which none is driven through.

    Args:
        bridge: The bridge.
        start: ψ near that state.

    Raises:
        SolveError: no film joins the terminals, or no state was found.
    """
    pieces = bridge.condensate.dual.pieces
    first, second = (pieces[points] for points in bridge.terminals)
    if not len(np.intersect1d(first, second)):
        raise SolveError("No film joins the two terminals: no current flows between them.")
    phase = bridge.phase_of(start)
    # A ψ of the film turned by the same angle everywhere is the same state.
    mean = (start[bridge.terminals[0]] * np.exp(-1j * bridge.turned[0])).mean()
    start = start * np.exp(-1j * (np.angle(mean) + phase / 2))
    now = _relaxed(Biased(bridge, bridge.unknown(start, phase), phase))
    found, tangent, step = [now], _tangent(now, None), _FIRST
    best: Biased | None = None
    broken = False
    while len(found) < _STEPS:
        ahead, beside = _ahead(now, tangent, step)
        if ahead is not None and best is None:
            best, broken, lost = _critical(now, ahead, tangent, step)
            found += [] if best is None else [best]
            ahead = None if lost else ahead
        if ahead is None:
            step *= min(0.5, _WANTED / beside)
            if step < _LEAST:
                break
            continue
        found.append(ahead)
        if best is not None and not (ahead.stable and ahead.current > _FALLEN * best.current):
            break
        # It lies beside its prediction by the square of a step.
        now, tangent = ahead, _tangent(ahead, tangent)
        step *= min(2.0, max(0.5, _WANTED / max(beside, 1e-300)))
    if best is None:
        raise SolveError(
            f"The current had no maximum in {len(found)} states of the bridge, up to a phase of "
            f"{now.phase:.4g} between its terminals: a smaller window or a finer mesh may help."
        )
    return CriticalCurrent(
        np.array([each.phase for each in found]),
        np.array([each.current for each in found]),
        np.array([each.stable for each in found]),
        best,
        broken,
        *_course(found),
    )


def _course(found: list[Biased]) -> tuple[np.ndarray, np.ndarray]:
    """Lengths of the curve up to each state, and dφ/ds and dI/ds there."""
    arc, slopes, tangent = [0.0], [], None
    for at, ahead in itertools.pairwise([*found, found[-1]]):
        tangent = _tangent(at, tangent)
        slopes.append((tangent[1], _rise(at, tangent)))
        apart, weights = ahead.unknown - at.unknown, _weights(at.bridge)
        arc.append(
            arc[-1] + math.hypot(math.sqrt(apart @ (weights * apart)), ahead.phase - at.phase)
        )
    return np.array(arc[:-1]), np.array(slopes)


_Tangent = tuple[np.ndarray, float]


def _tangent(at: Biased, before: _Tangent | None) -> _Tangent:
    """The way on along the curve, of length 1: of z and of φ."""
    along, masses = at.answer, _weights(at.bridge)
    length = float(np.sqrt(along @ (masses * along) + 1))
    if before is not None and before[0] @ (masses * along) + before[1] < 0:
        length = -length
    return along / length, 1 / length


def _weights(bridge: Bridge) -> np.ndarray:
    """By which |dz|² is a mean of |dψ|² over the film."""
    return bridge.masses / bridge.condensate.volumes.sum()


def _rise(at: Biased, tangent: _Tangent) -> float:
    """dI/ds."""
    return float(at.mixed @ tangent[0] + at.stiffness * tangent[1])


def _ahead(now: Biased, tangent: _Tangent, step: float) -> tuple[Biased | None, float]:
    """The state whose distance along the tangent is a step; None where none is found near it.

    With it by how much of the step it lies beside its prediction.
    """
    weights, rate = _weights(now.bridge), tangent[1]
    along = weights * tangent[0]
    at = Biased(now.bridge, now.unknown + step * tangent[0], now.phase + step * rate)
    guess = like = at
    beside, fresh = 0.0, 0
    for _ in range(_ROUNDS):
        before = at.residual
        if before <= at.bridge.settled:
            return at, beside
        change = like.factors.solve(-at.slope)
        left = step - along @ (at.unknown - now.unknown) - rate * (at.phase - now.phase)
        turn = float((left - along @ change) / (rate + along @ like.answer))
        at = Biased(at.bridge, at.unknown + change + turn * like.answer, at.phase + turn)
        away = at.unknown - guess.unknown
        beside = math.sqrt(away @ (weights * away) + (at.phase - guess.phase) ** 2) / step
        if not beside <= _AWAY or fresh > _FRESH:
            break
        if at.residual > _SLOW * before:
            # Factors are far dearer than solutions, and are made anew where the old are too far.
            like, fresh = at, fresh + 1
    return None, beside


def _critical(
    now: Biased, ahead: Biased, tangent: _Tangent, step: float
) -> tuple[Biased | None, bool, bool]:
    """The critical state within a step, if it is there; whether it is unstable beyond; if lost."""
    best = ahead
    if _rise(ahead, _tangent(ahead, tangent)) <= 0:
        best = _between(now, tangent, step, _rise)
        if best is None or best.stable:
            return best, False, best is None
    if ahead.stable and best.stable:
        return None, False, False
    best = _between(now, tangent, step, lambda each, _: each.lowest)
    return best, best is not None, best is None


def _between(
    now: Biased, tangent: _Tangent, step: float, vanishing: Callable[[Biased, _Tangent], float]
) -> Biased | None:
    """The state within a step at which a number vanishes that has another sign at its end.

    None where states in between are not found: the step was too long.
    """
    from scipy.optimize import brentq

    def value(part: float) -> float:
        made = now if part == 0 else _ahead(now, tangent, part * step)[0]
        return math.nan if made is None else vanishing(made, _tangent(made, tangent))

    if not value(0.0) * value(1.0) < 0:
        return None
    try:
        root: Any = brentq(value, 0.0, 1.0, xtol=_CLOSE)
    except ValueError:  # of a number that is none
        return None
    return _ahead(now, tangent, float(root) * step)[0]


def _relaxed(at: Biased) -> Biased:
    """The minimum of E near a state with its phase held: Newton's method, damped where E rises."""
    damping, masses = 0.0, diagonal(at.bridge.masses)
    for _ in range(_DAMPED):
        if at.residual <= at.bridge.settled:
            return at
        factors = Factors(at.curvature + damping * masses)
        if not factors.negatives:
            ahead = Biased(at.bridge, at.unknown - factors.solve(at.slope), at.phase)
            # Rounding of E hides the last steps, which only residuals show.
            allowed = at.energy + 1e-12 * abs(at.energy)
            if ahead.energy <= allowed or ahead.residual < at.residual * 0.5:
                at, damping = ahead, damping / 4 if damping > 1e-3 else 0.0
                continue
        damping = max(4 * damping, 0.05)
    raise SolveError(
        "No state of the film without a current between the terminals was found: a smaller "
        "window or a finer mesh may help."
    )
