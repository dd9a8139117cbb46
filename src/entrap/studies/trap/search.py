"""Search for the least change of a trap that reaches a target.

A change is measured by ln(new/old) of each key, and of the place by how far it moves over the
film's length. The least one has the least sum of squares. Numbers of traps are tried one by one.
"""

import dataclasses
import math
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from scipy.optimize import brentq, minimize

from entrap.case.case import Case
from entrap.case.target import FILM, Target
from entrap.solve.inputs import Inputs, Static, by_key, choices_of, replaced
from entrap.solve.jit import quick_jit
from entrap.solve.stored import stored
from entrap.studies.trap.curves import burst_time, over_burst
from entrap.studies.trap.judged import judged, stated_inputs

LENGTH, COUNT, PLACE = FILM
SHARES = {"burst_time": math.exp(-1), "burst_tail_time": 0.01}
"""What is left of a burst after each of these times."""

_BEYOND = 1e-3  # by so much the target is passed, so that rounded numbers reach it too
_STEPS = 24  # points between a key's value and its bound among which the first is sought


@dataclasses.dataclass(frozen=True)
class Search:
    """A case's numbers, and which of them may change."""

    target: Target
    bounds: Mapping[str, tuple[float, float]]
    stated: Mapping[str, float]
    length: float
    count: int
    inputs: Inputs
    chosen: Static
    placed: bool
    last: dict[Any, Any] = dataclasses.field(default_factory=dict)

    @classmethod
    def of(cls, case: Case, target: Target) -> "Search":
        """Of a case and what it is to reach."""
        inputs, bounds, film = stated_inputs(case), target.bounds(case), case.trap.film
        own = by_key(inputs)
        stated = {key: float(own[key]) for key in bounds}
        if film is not None and PLACE in bounds:
            stated[PLACE] = film.trap_centres[0]
        room = 1 if film is None else max(film.trap_count, int(bounds.get(COUNT, (0, 0))[1]))
        chosen = Static(dataclasses.replace(choices_of(case), trap_count=2 * room))
        placed = film is not None and film.trap_position is not None
        length = 1.0 if film is None else film.length
        count = 1 if film is None else film.trap_count
        return cls(target, bounds, stated, length, count, inputs, chosen, placed)

    def counts(self) -> list[int]:
        """Numbers of traps to try, the nearest first."""
        if COUNT not in self.bounds:
            return [self.count]
        low, high = (int(end) for end in self.bounds[COUNT])
        return sorted(range(low, high + 1), key=lambda n: abs(math.log(n / self.count)))

    def at(self, values: Mapping[str, float]) -> Inputs:
        """The numbers with these in place of their own."""
        several = values.get(COUNT, self.count) > 1
        return replaced(self.inputs, {**values, **({PLACE: -1.0} if several else {})})

    def value(self, values: Mapping[str, float]) -> float:
        """What is asked for, with these numbers."""
        if self.target.goal in SHARES:
            burst = jax.tree.map(np.asarray, _burst(self.chosen, self.at(values)))
            return burst_time(burst, SHARES[self.target.goal])
        return float(self.judge(values)[0][self.target.goal])

    def judge(self, values: Mapping[str, float]) -> tuple[Mapping[str, Any], Any, Any]:
        """What `judged` gives with these numbers; of the last ones again without computing."""
        key = tuple(sorted(values.items()))
        if key not in self.last:
            self.last.clear()
            self.last[key] = jax.tree.map(np.asarray, judged(self.chosen, self.at(values)))
        return self.last[key]

    def slope(self, keys: list[str], x: np.ndarray, fixed: Mapping[str, float]) -> np.ndarray:
        """Derivatives of the excess by how much each key differs."""
        if not self.target.goal.startswith("evacuation"):
            return _gradient(lambda x: self.excess(self.values(keys, x, fixed)), x)
        values = self.values(keys, x, fixed)
        by = by_key(self.judge(values)[2])
        steps = {PLACE: self.length / max(values.get(PLACE, 1.0), 1e-12)}
        return np.array([float(by[key]) * steps.get(key, 1.0) for key in keys])

    def excess(self, values: Mapping[str, float]) -> float:
        """How far beyond the target these numbers are, as a difference of logarithms."""
        sign = -1 if self.target.below else 1
        return sign * math.log(self.value(values) / self.target.limit) - (_BEYOND if values else 0)

    def share(self, key: str, value: float) -> float:
        """By how much a value differs from what is stated."""
        if key == PLACE:
            return (value - self.stated[key]) / self.length
        return math.log(value / self.stated[key])

    def from_share(self, key: str, share: float) -> float:
        """The value that differs so much from what is stated."""
        if key == PLACE:
            return self.stated[key] + share * self.length
        return self.stated[key] * math.exp(share)

    def size(self, values: Mapping[str, float]) -> float:
        """How large a change is, squared."""
        return sum(self.share(key, value) ** 2 for key, value in values.items())

    def smooth(self, fixed: Mapping[str, float]) -> list[str]:
        """Keys that may change by any amount beside those that are fixed."""
        single = fixed.get(COUNT, self.count) == 1
        return [key for key in self.bounds if key != COUNT and (key != PLACE or single)]

    def inside(self, values: Mapping[str, float]) -> float:
        """What remains between a single trap and the nearer end of its film [film's length]."""
        if PLACE not in values:
            return 1.0
        total = values.get(LENGTH, float(by_key(self.inputs)[LENGTH]))
        place = values[PLACE]
        return (min(place, self.length - place) - total / 2) / self.length

    def alone(self, key: str) -> float | None:
        """The nearest value of one key by which the target is reached; None where there is none."""
        low, high = self.bounds[key]
        if key == COUNT:
            counts = (float(n) for n in self.counts())
            return next((n for n in counts if self.excess({key: n}) >= 0), None)
        if key not in self.smooth({}):
            return None
        half = float(by_key(self.inputs).get(LENGTH, 0.0)) / 2
        ends = (max(low, half), min(high, self.length - half)) if key == PLACE else (low, high)
        if key == LENGTH and self.placed and PLACE in self.stated:
            place = self.stated[PLACE]
            ends = low, min(high, 2 * min(place, self.length - place))
        found: list[float] = []
        for bound in ends:
            end = self.share(key, bound)
            before, steps = 0.0, _STEPS if key == PLACE else 1  # all else helps all the way
            for share in np.linspace(0.0, end, steps + 1)[1:]:
                if self.excess({key: self.from_share(key, share)}) >= 0:
                    at = brentq(
                        lambda x: self.excess({key: self.from_share(key, x)}), before, share
                    )
                    found.append(float(np.asarray(at)))
                    break
                before = share
        return self.from_share(key, min(found, key=abs)) if found else None

    def best(self, fixed: Mapping[str, float]) -> dict[str, float]:
        """Numbers within the bounds that go farthest towards the target, or just beyond it."""
        keys = self.smooth(fixed)
        ends = [tuple(self.share(k, end) for end in self.bounds[k]) for k in keys]
        start = np.clip(np.zeros(len(keys)), [e[0] for e in ends], [e[1] for e in ends])
        if not keys:
            return dict(fixed)

        def loss(x: np.ndarray) -> float:
            return -self.excess(self.values(keys, x, fixed))

        done = minimize(
            loss, start, method="SLSQP", bounds=ends, constraints=self.within(keys, fixed),
            options={"ftol": 1e-9, "maxiter": 60}, jac=lambda x: -self.slope(keys, x, fixed),
        )  # fmt: skip
        return self.values(keys, np.asarray(done.x), fixed)

    def least(self, fixed: Mapping[str, float], top: Mapping[str, float]) -> dict[str, float]:
        """The least change that reaches the target, from one that does."""
        keys = self.smooth(fixed)
        if not keys:
            return dict(top)
        ends = [tuple(self.share(k, end) for end in self.bounds[k]) for k in keys]
        far = np.array([self.share(key, top[key]) for key in keys])

        def excess(x: np.ndarray) -> float:
            return self.excess(self.values(keys, x, fixed))

        if excess(np.zeros(len(keys))) >= 0:
            return dict(fixed)
        near = float(np.asarray(brentq(lambda t: excess(t * far), 0.0, 1.0)))
        reaching = {"type": "ineq", "fun": excess, "jac": lambda x: self.slope(keys, x, fixed)}
        done = minimize(
            lambda x: float(x @ x), near * far, jac=lambda x: 2 * x, method="SLSQP", bounds=ends,
            constraints=[reaching, *self.within(keys, fixed)],
            options={"ftol": 1e-10, "maxiter": 80},
        )  # fmt: skip
        x = np.asarray(done.x)
        if excess(x) < -1e-6 or float(x @ x) > near**2 * float(far @ far):
            x = near * far
        return self.values(keys, x, fixed)

    def values(self, keys: list[str], x: Any, fixed: Mapping[str, float]) -> dict[str, float]:
        """Numbers by key, from how much each differs; those that do not change are left out."""
        some = {k: self.from_share(k, float(d)) for k, d in zip(keys, x, strict=True)}
        held = {
            k: min(max(value, self.bounds[k][0]), self.bounds[k][1]) for k, value in some.items()
        }
        return {**fixed, **held}

    def within(self, keys: list[str], fixed: Mapping[str, float]) -> list[dict[str, Any]]:
        """That a single trap lies inside its film."""
        if PLACE not in keys:
            return []
        return [{"type": "ineq", "fun": lambda x: self.inside(self.values(keys, x, fixed))}]


def _gradient(function: Callable[[np.ndarray], float], x: np.ndarray) -> np.ndarray:
    """Central differences by how much each key differs."""
    steps = 1e-5 * np.eye(len(x))
    return np.array([(function(x + step) - function(x - step)) / 2e-5 for step in steps])


@stored(quick_jit)
def _burst(chosen: Static, inputs: Any) -> Any:
    return over_burst(chosen, jax.tree.map(lambda x: jnp.asarray(x, float), inputs))
