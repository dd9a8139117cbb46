"""The current that a condensate carries between two terminals, and the most that it can carry.

At the terminals the phase is held, θ = χ - φ/2 at the first and χ + φ/2 at the second; χ turns
along a terminal as the field does, so that no current flows along it. With e = E/2,

    I = ∂e/∂φ,   dI/dφ = ∂²e/∂φ² - b·H⁻¹b,   b = ∂²e/∂φ∂z,  H = ∂²e/∂z²

in units of Φ0/2πμ0Λ_r: as E is least in every other phase, the same current flows through any line
that parts the terminals. The states are followed in φ, and round bends in it, by their length of
arc. The critical current is that at the first maximum of I, or where H has a negative eigenvalue
before: there the state gives way to another.

Source: derived on the theory page, films; H. B. Keller, in Applications of Bifurcation Theory
(1977), p. 359, for the length of arc.
"""

import dataclasses
import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.errors import SolveError
from entrap.core.sparse import Factors, diagonal, lowest_eigenpairs
from entrap.solve.plane.condensate import Condensate, Psi

_SETTLED = 1e-11  # largest |∂E/∂ψ*|/V_i
_ROUNDING = 64 * np.finfo(float).eps  # of the largest terms that it is the sum of
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
class Bridge:
    """A condensate between two terminals.

    Args:
        condensate: The film.
        terminals: Points of each terminal.
        turned: χ of these points.
        amplitude: |ψ| at each point of the film, which the terminals hold; where it is not given
            |ψ| is free there, as in a film that goes on.
    """

    condensate: Condensate
    terminals: tuple[np.ndarray, np.ndarray]
    turned: tuple[np.ndarray, np.ndarray]
    amplitude: np.ndarray | None = None

    @cached_property
    def held(self) -> np.ndarray:
        """Points of both terminals."""
        return np.concatenate(self.terminals)

    @cached_property
    def shares(self) -> np.ndarray:
        """How the phase at these points goes with φ: minus a half or a half."""
        return np.repeat([-0.5, 0.5], [len(points) for points in self.terminals])

    @cached_property
    def free(self) -> np.ndarray:
        """Points whose ψ is sought: those of film that is joined to a terminal."""
        pieces = self.condensate.dual.pieces
        some = np.isin(pieces, pieces[self.held])
        some[self.held] = False
        return np.flatnonzero(some)

    @cached_property
    def masses(self) -> np.ndarray:
        """V of each unknown."""
        v = self.condensate.volumes
        free = v[self.free]
        return np.concatenate([free, free, *([v[self.held]] if self.amplitude is None else [])])

    @cached_property
    def settled(self) -> float:
        """The largest |∂E/∂ψ*|/V_i of a state: of tiny triangles that of rounding."""
        made = self.condensate
        return max(_SETTLED, _ROUNDING * float((made.kinetic.diagonal().real / made.volumes).max()))

    def phases(self, phase: float) -> Psi:
        """e^(iθ) at the points of the terminals."""
        return np.exp(1j * (np.concatenate(self.turned) + self.shares * phase))

    def psi(self, unknown: np.ndarray, phase: float) -> Psi:
        """ψ at all points: from its real and imaginary parts, and from |ψ| at the terminals."""
        made = np.zeros(len(self.condensate.volumes), complex)
        count = len(self.free)
        made[self.free] = unknown[:count] + 1j * unknown[count : 2 * count]
        at = unknown[2 * count :] if self.amplitude is None else self.amplitude[self.held]
        made[self.held] = at * self.phases(phase)
        return made

    def unknown(self, psi: Psi, phase: float) -> np.ndarray:
        """The unknowns of a ψ, whose phases at the terminals are made those that are held."""
        parts = [psi[self.free].real, psi[self.free].imag]
        if self.amplitude is None:
            parts.append((psi[self.held] * self.phases(phase).conj()).real)
        return np.concatenate(parts)

    def phase_of(self, psi: Psi) -> float:
        """The phase between the terminals that a ψ has by itself, between -π and π."""
        first, second = (
            (psi[points] * np.exp(-1j * turned)).mean()
            for points, turned in zip(self.terminals, self.turned, strict=True)
        )
        return float(np.angle(second * np.conj(first)))

    def lines(self, phase: float) -> Any:
        """∂ψ/∂z: real and then imaginary parts of all points in rows, sparse."""
        from scipy.sparse import csr_matrix

        count, free, held = len(self.condensate.volumes), self.free, self.held
        along: Psi = self.phases(phase)[: len(held) if self.amplitude is None else 0]
        held = held[: len(along)]
        rows = np.concatenate([free, count + free, held, count + held])
        last = np.arange(2 * len(free), 2 * len(free) + len(held))
        columns = np.concatenate([np.arange(2 * len(free)), last, last])
        values = np.concatenate([np.ones(2 * len(free)), along.real, along.imag])
        return csr_matrix((values, (rows, columns)), (2 * count, 2 * len(free) + len(held)))


@dataclasses.dataclass(frozen=True, eq=False)
class Biased:
    """A bridge at one phase, and how e changes there.

    Args:
        bridge: The bridge.
        unknown: z.
        phase: φ.
    """

    bridge: Bridge
    unknown: np.ndarray
    phase: float

    @cached_property
    def psi(self) -> Psi:
        """ψ at each point."""
        return self.bridge.psi(self.unknown, self.phase)

    @cached_property
    def _force(self) -> np.ndarray:
        """∂e/∂ψ of real and then imaginary parts."""
        return _real(self.bridge.condensate.gradient(self.psi))

    @cached_property
    def _hessian(self) -> Any:
        return self.bridge.condensate.hessian(self.psi)

    @cached_property
    def _lines(self) -> Any:
        return self.bridge.lines(self.phase)

    @cached_property
    def _turning(self) -> np.ndarray:
        """∂ψ/∂φ."""
        bridge, made = self.bridge, np.zeros(len(self.psi), complex)
        made[bridge.held] = 1j * bridge.shares * self.psi[bridge.held]
        return _real(made)

    @cached_property
    def slope(self) -> np.ndarray:
        """∂e/∂z."""
        return self._lines.T @ self._force

    @property
    def residual(self) -> float:
        """The largest |∂E/∂ψ*|/V_i of what is free."""
        return float((np.abs(self.slope) / self.bridge.masses).max())

    @property
    def energy(self) -> float:
        """E."""
        return self.bridge.condensate.energy(self.psi)

    @property
    def current(self) -> float:
        """I = ∂e/∂φ, in units of Φ0/2πμ0Λ_r."""
        return float(self._turning @ self._force)

    @cached_property
    def curvature(self) -> Any:
        """H = ∂²e/∂z², sparse."""
        return (self._lines.T @ self._hessian @ self._lines).tocsc()

    @cached_property
    def factors(self) -> Factors:
        """Of H."""
        return Factors(self.curvature)

    @cached_property
    def mixed(self) -> np.ndarray:
        """b = ∂²e/∂φ∂z."""
        made = self._lines.T @ (self._hessian @ self._turning)
        bridge = self.bridge
        if bridge.amplitude is None:
            turned = 1j * bridge.shares * bridge.phases(self.phase)
            force = bridge.condensate.gradient(self.psi)[bridge.held]
            made[2 * len(bridge.free) :] += (turned.conj() * force).real
        return made

    @cached_property
    def stiffness(self) -> float:
        """∂²e/∂φ² with z held."""
        bend = np.zeros(len(self.psi), complex)
        held = self.bridge.held
        bend[held] = -(self.bridge.shares**2) * self.psi[held]
        return float(self._turning @ (self._hessian @ self._turning) + _real(bend) @ self._force)

    @cached_property
    def answer(self) -> np.ndarray:
        """dz/dφ of states, -H⁻¹b."""
        return self.factors.solve(-self.mixed)

    @property
    def current_slope(self) -> float:
        """dI/dφ of states."""
        return float(self.stiffness + self.mixed @ self.answer)

    @property
    def stable(self) -> bool:
        """Whether no small change that leaves the terminals' phases lowers E."""
        return self.factors.negatives == 0

    @cached_property
    def lowest(self) -> float:
        """The lowest eigenvalue of H u = μ V u."""
        most = float(self.bridge.condensate.strength.max())
        below = -1.01 * max(1e-3, most)
        return float(lowest_eigenpairs(self.curvature, self.bridge.masses, 1, below)[0][0])


@dataclasses.dataclass(frozen=True, eq=False)
class CriticalCurrent:
    """The states of a bridge from none to its largest current.

    Args:
        phases: φ along the curve [rad].
        currents: I, in units of Φ0/2πμ0Λ_r.
        stable: Whether each state is stable while its phase is held.
        critical: The state with the critical current.
        broken: Whether that state lost its stability before I came to a maximum.
    """

    phases: np.ndarray
    currents: np.ndarray
    stable: np.ndarray
    critical: Biased
    broken: bool


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
    )


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


def _real(values: Psi) -> np.ndarray:
    return np.concatenate([values.real, values.imag])
