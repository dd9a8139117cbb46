"""The least change of a trap by which it reaches a target, or what stops it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.case.target import GOALS, Target
from entrap.core.errors import InputError
from entrap.core.quantities import quantities
from entrap.solve.protocol.results import Margin
from entrap.studies.trap.margins import margins
from entrap.studies.trap.performance import Performance
from entrap.studies.trap.search import COUNT, PLACE, SHARES, Search


@dataclasses.dataclass(frozen=True)
class Reached:
    """What reaches a target, or comes nearest to it.

    Args:
        target: What was asked.
        bounds: Bounds [SI] of the keys that were free.
        stated: Their values [SI] in the case.
        present: What is asked for, of the case as it is [SI].
        value: The same of the changed case; the best that there is where nothing reaches it.
        changes: Values [SI] by key that reach it with the least change; those of the best design
            where nothing does; empty where the case reaches it as it is.
        alone: For each key by which alone it can be reached, the value [SI] that is nearest.
        reached: Whether it is reached.
        limits: How much each process sets the rate of the changed case, as shares of 1.
        at_bounds: Free keys that are at a bound in the best design, where nothing reaches it.
        perfect_time: τ_w [s] if the traps of the changed case took all that reach them.
        instant_time: τ_w [s] if diffusion took no time.
        margins: Those of the changed case.
    """

    target: Target
    bounds: Mapping[str, tuple[float, float]]
    stated: Mapping[str, float]
    present: float
    value: float
    changes: Mapping[str, float]
    alone: Mapping[str, float]
    reached: bool
    limits: Mapping[str, float]
    at_bounds: tuple[str, ...]
    perfect_time: float
    instant_time: float
    margins: tuple[Margin, ...]

    def changed(self, case: Case) -> Case:
        """The case with the changes made."""
        return case.changed(stated_changes(self.changes))


def stated_changes(changes: Mapping[str, float]) -> dict[str, Any]:
    """Changes as a case states them: several traps have no place."""
    several = changes.get(COUNT, 1) > 1
    return {**changes, **({PLACE: None} if several else {})}


def reach_target(
    case: Case,
    target: Target | str | None = None,
    free: Mapping[str, Any] | None = None,
) -> Reached:
    """The least change of a trap by which it reaches a target, or what stops it.

    Args:
        case: With a junction, or with a measured trapping rate and a film.
        target: As "evacuation_time < 100 us"; the case's own table [target] where it is None.
        free: Bounds by key, as {"trap.film.trap_length": "20 um : 400 um"}; where none is given,
            all that a designer can change, from a tenth to ten times its value.

    Raises:
        InputError: the target cannot be read, or the case lacks what it needs.

    Examples:
        >>> import entrap as et
        >>> case = et.load_case("examples/transmon-trap.toml", needs=["trap.junction"])
        >>> found = et.reach_target(case, "evacuation_time < 300 us")
        >>> found.reached, sorted(found.alone)[0]
        (True, 'trap.film.trap_count')
    """
    if target is None:
        target = Target.of(case)
    if isinstance(target, str):
        target = Target(target, dict(free or {}))
    if target is None:
        raise InputError('a target is missing: give one, as in "evacuation_time < 100 us"')
    if target.goal not in GOALS:
        raise InputError(
            f"{target.goal} is of a film that is drawn, in [layout]: use `entrap film`"
        )
    if target.goal in SHARES and case.trap.junction is None:
        raise InputError(f"{target.goal} needs [trap.junction]: a measured rate has no energies")
    search = Search.of(case, target)
    present = search.value({})
    if search.excess({}) >= 0:
        return _told(search, case, {}, {}, present, True)
    alone = {key: x for key in search.bounds if (x := search.alone(key)) is not None}
    best: dict[str, float] | None = None
    fastest: dict[str, float] = {}
    for count in search.counts():
        fixed = {COUNT: float(count)} if count != search.count else {}
        if best is not None and search.size(fixed) >= search.size(best):
            continue
        top = search.best(fixed)
        if not fastest or search.excess(top) > search.excess(fastest):
            fastest = top
        if search.excess(top) >= 0:
            least = search.least(fixed, top)
            if best is None or search.size(least) < search.size(best):
                best = least
    for key, value in alone.items():  # the search for several begins elsewhere
        if best is None or search.size({key: value}) < search.size(best):
            best = {key: value}
    return _told(search, case, fastest if best is None else best, alone, present, best is not None)


def _told(
    search: Search,
    case: Case,
    values: Mapping[str, float],
    alone: Mapping[str, float],
    present: float,
    reached: bool,
) -> Reached:
    """What was found."""
    changes = {k: v for k, v in values.items() if abs(search.share(k, v)) > 5e-4}
    found, limits, _ = search.judge(changes)
    names = ("barrier", "relaxation", "diffusion", "background")
    shares = {name: float(getattr(limits, name)) for name in names}
    made = {name: found.get(name, np.nan) for name, _ in quantities(Performance)}
    performance = Performance(**{name: jnp.asarray(x, float) for name, x in made.items()})
    ends = tuple(
        key
        for key, bounds in search.bounds.items()
        if any(abs(changes.get(key, search.stated[key]) / end - 1) < 1e-3 for end in bounds if end)
    )
    return Reached(
        target=search.target,
        bounds=search.bounds,
        stated=search.stated,
        present=present,
        value=search.value(changes),
        changes=changes,
        alone=alone,
        reached=reached,
        limits=shares,
        at_bounds=() if reached else ends,
        perfect_time=1 / float(found["saturated_rate"]),
        instant_time=1 / float(found["area_bound"]),
        margins=margins(case.changed(stated_changes(changes)), performance),
    )
