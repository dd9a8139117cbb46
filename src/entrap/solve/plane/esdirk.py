"""Transients of a film over many decades of time.

An implicit Runge-Kutta method of order 4 with an estimate of order 3: six stages, the first
explicit, all others with the same factor γ = 1/4 on the diagonal. Steps are powers of four times
one length, so that the factors of a few matrices serve for all of them.

Source: ESDIRK part of ARK4(3)6L[2]SA, C. A. Kennedy and M. H. Carpenter, Appl. Numer. Math. 44, 139
(2003); the tests check its conditions of order.
"""

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from entrap.core.errors import SolveError
from entrap.core.sparse import Factors
from entrap.solve.plane.diffusing import Diffusion

GAMMA = 0.25
STAGES = np.array(
    [
        [0, 0, 0, 0, 0, 0],
        [1 / 4, 1 / 4, 0, 0, 0, 0],
        [8611 / 62500, -1743 / 31250, 1 / 4, 0, 0, 0],
        [5012029 / 34652500, -654441 / 2922500, 174375 / 388108, 1 / 4, 0, 0],
        [
            15267082809 / 155376265600, -71443401 / 120774400, 730878875 / 902184768,
            2285395 / 8070912, 1 / 4, 0,
        ],
        [82889 / 524892, 0, 15625 / 83664, 69875 / 102672, -2260 / 8211, 1 / 4],
    ]
)  # fmt: skip
EMBEDDED = np.array(
    [
        4586570599 / 29645900160, 0, 178811875 / 945068544, 814220225 / 1159782912,
        -3700637 / 11593932, 61727 / 225920,
    ]
)  # fmt: skip
WEIGHTS, TIMES = STAGES[-1], STAGES.sum(1)

_LADDER = 4.0  # ratio of neighbouring steps
_FLOOR = 1e-2  # of the largest x of the moment: smaller ones need not be as accurate
_ITERATIONS = 8
_SPEED = 0.3  # by which a step of Newton's method is shorter than that before, where not measured
_FASTEST = 1e-3
_FORGOTTEN = 1.5
_MOST_STEPS = 5000
_KEPT = 1  # rungs of the ladder, on either side, whose factors are kept


@dataclasses.dataclass(frozen=True, eq=False)
class Transient:
    """x at each time (rows) and point (columns), and the steps that it took."""

    times: np.ndarray
    density: np.ndarray
    steps: int
    factorised: int


@dataclasses.dataclass(frozen=True, eq=False)
class Stage:
    """Where a transient is after a step: from there it can go on.

    Args:
        time: Its time [s].
        x: x then.
        rung: Of the ladder, on which its next step is.
        steps: How many it took.
        factorised: How many matrices were factorised.
        found: x at those of the times wanted that are passed.
    """

    time: float
    x: np.ndarray
    rung: int
    steps: int
    factorised: int
    found: list[np.ndarray]


def transient(
    problem: Diffusion,
    start: np.ndarray,
    times: np.ndarray,
    tolerance: float = 1e-4,
    *,
    after: Stage | None = None,
    tell: Callable[[Stage], None] | None = None,
) -> Transient:
    """x from its values at the first of the times on.

    Args:
        problem: The equations.
        start: x at the first time.
        times: Times [s], rising.
        tolerance: Relative error of a step. It is that of x, or of a hundredth of the largest x of
            the moment where that is more: so the tail of a decay is as accurate as its beginning.
        after: Where an earlier run was, from which this one goes on.
        tell: Called after each step with where it is.

    Raises:
        SolveError: the steps became too short.
    """
    run = _Run(problem, np.asarray(start if after is None else after.x, float), tolerance)
    found, time = [run.x.copy()], float(times[0])
    if after is not None:
        run.rung, run.steps, run.factorised = after.rung, after.steps, after.factorised
        found, time = [*after.found], after.time
    while len(found) < len(times):
        step, before, slope = run.advance()
        u = (times[len(found) :] - time) / step
        for each in u[u <= 1 + 1e-12]:
            found.append(_hermite(each, step, before, slope, run.x, run.rate / run.volumes))
        time += step
        if tell is not None:
            tell(Stage(time, run.x, run.rung, run.steps, run.factorised, found))
    return Transient(np.asarray(times), np.array(found), run.steps, run.factorised)


def _hermite(
    u: float, step: float, x: np.ndarray, dx: np.ndarray, y: np.ndarray, dy: np.ndarray
) -> np.ndarray:
    """The cubic with these values and slopes at both ends of a step."""
    left = (1 + 2 * u) * (1 - u) ** 2 * x + u * (1 - u) ** 2 * step * dx
    return left + u**2 * (3 - 2 * u) * y + u**2 * (u - 1) * step * dy


class _Run:
    """The state between two steps."""

    def __init__(self, problem: Diffusion, x: np.ndarray, tolerance: float) -> None:
        self.problem, self.x, self.tolerance = problem, x, tolerance
        self.volumes = problem.dual.volumes
        self.rate = problem.change(x)
        fastest = np.abs(self.rate / self.volumes).max()
        first = 1e-2 * np.abs(x).max() / fastest if fastest > 0 else 1.0
        self.rung = math.floor(math.log(first, _LADDER))
        self.factors: dict[int, tuple[Factors, int]] = {}
        self.speeds: dict[int, float] = {}  # of Newton's method with each of them
        self.steps = self.factorised = self.rejected = 0

    def advance(self) -> tuple[float, np.ndarray, np.ndarray]:
        """One step: its length, and x and dx/dt before it."""
        before, slope = self.x, self.rate / self.volumes
        while True:
            if self.steps + self.rejected > _MOST_STEPS or self.rung < -200:
                raise SolveError(
                    "The transient needs too many steps: give a shorter time, or a larger "
                    "tolerance."
                )
            step = _LADDER**self.rung
            stages = self._stages(step)
            if stages is None:
                self._retry()
                continue
            end, rates = stages
            # Solved once more, the error of what decays within a step does not count.
            error = self._solver()[0].solve((WEIGHTS - EMBEDDED) @ rates / GAMMA)
            size = self._measure(error, np.maximum(np.abs(before), np.abs(end)))
            wanted = step * min(0.85 * max(size, 1e-8) ** -0.25, 16.0)
            rung = math.floor(math.log(wanted, _LADDER) + 1e-9)
            if size > 1:
                self.rejected += 1
                self.rung = min(self.rung - 1, rung)
                continue
            self.x, self.rate = end, rates[-1]
            self.steps += 1
            self.rung = min(max(rung, self.rung - 1), self.rung + 1)
            for key in [k for k in self.factors if abs(k - self.rung) > _KEPT]:
                del self.factors[key]
            return step, before, slope

    def _stages(self, step: float) -> tuple[np.ndarray, np.ndarray] | None:
        """x at the end, and V dx/dt of all stages; None where Newton's method fails."""
        factors, _ = self._solver()
        rates, guess = [self.rate], self.x
        for row in range(1, 6):
            known = np.tensordot(STAGES[row, :row], np.array(rates), 1)
            base = self.volumes * self.x + step * known
            ahead = TIMES[row] - TIMES[row - 1] if row > 1 else TIMES[row]
            found = self._newton(
                factors, base, guess + step * ahead * rates[-1] / self.volumes, step
            )
            if found is None:
                return None
            guess = found
            rates.append((self.volumes * found - base) / (step * GAMMA))
        return guess, np.array(rates)

    def _newton(
        self, factors: Factors, base: np.ndarray, x: np.ndarray, step: float
    ) -> np.ndarray | None:
        before, speed = None, self.speeds[self.rung]
        for _ in range(_ITERATIONS):
            left = (base - self.volumes * x) / (step * GAMMA) + self.problem.change(x)
            move = factors.solve(left)
            x = x + move
            size = self._measure(move, np.abs(x))
            if not np.isfinite(size) or (before is not None and size > 0.9 * before):
                return None
            speed = speed if before is None else size / before
            if size * speed / (1 - speed) < 0.03 or size < 1e-3:
                # What was not measured anew is trusted less each time.
                forgotten = max(speed, _FASTEST) * (_FORGOTTEN if before is None else 1.0)
                self.speeds[self.rung] = min(forgotten, _SPEED)
                return x
            before = max(size, 1e-300)
        return None

    def _measure(self, error: np.ndarray, x: np.ndarray) -> float:
        """The root mean square of an error over what it may be, by area."""
        allowed = self.tolerance * (x + _FLOOR * np.abs(self.x).max() + 1e-300)
        squares = self.volumes * (error / allowed) ** 2
        return float(np.sqrt(squares.sum() / self.volumes.sum()))

    def _solver(self) -> tuple[Factors, int]:
        if self.rung not in self.factors:
            diagonal = self.volumes / (_LADDER**self.rung * GAMMA)
            self.factors[self.rung] = self.problem.factors(self.x, diagonal), self.steps
            self.speeds[self.rung] = _SPEED
            self.factorised += 1
        return self.factors[self.rung]

    def _retry(self) -> None:
        """Make the factors anew at the present x; take a shorter step where that was done."""
        _, made = self.factors.pop(self.rung)
        self.rejected += 1
        if made == self.steps:
            self.rung -= 1
