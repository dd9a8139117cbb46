"""Search for the least number of a drawn film, or of its traps, that reaches a target.

Newton's method finds it, with the derivatives by the outlines of traps and by the junction, between
a value that does not reach it and one that does. All is solved on the meshes of the case: traps
need not follow these.
"""

import dataclasses
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.case.layout import Layout
from entrap.case.layoutnumbers import COUNT
from entrap.case.layoutparts import Placement
from entrap.case.outlines import outlines
from entrap.case.target import DRAWN_GOALS, JUNCTION, Target
from entrap.core.errors import InputError
from entrap.solve.plane.sheet import sheet_of
from entrap.studies.film.asked import trap_circle
from entrap.studies.film.gradients import junction_slopes, outline_densities, outline_slopes
from entrap.studies.film.placement import place_traps
from entrap.studies.film.solution import Solution, disc, solve_with

RADIUS, GROWTH = "layout.placement.radius", "layout.trap_growth"
_BEYOND = 5e-4  # by so much the logarithm passes the target, so that rounded numbers reach it too
_CLOSE = 1e-3
_STEPS = 25
_SAME = 1e-4  # of the bounds: values as near to each other are one
_BETWEEN = 5
_FALLING = ("trap.junction.interface_resistance", "trap.junction.film_thickness")


@dataclasses.dataclass(frozen=True)
class Tried:
    """What one key alone can do.

    Args:
        key: The key.
        bounds: Within which it was free [SI].
        value: The least that reaches the target; if nothing does, what comes nearest to it [SI].
        reached: Whether it reaches the target.
        result: What was asked for, there [SI].
        error: Relative error of that by the mesh.
        trap_area: Area of the film under traps there [m²].
        trap: Area of one of the traps that were placed [m²].
        centres: Where traps were placed [m].
    """

    key: str
    bounds: tuple[float, float]
    value: float
    reached: bool
    result: float
    error: float
    trap_area: float
    trap: float = 0.0
    centres: tuple[tuple[float, float], ...] = ()


@dataclasses.dataclass(frozen=True)
class _At:
    """A film with a key changed, and by how much its logarithm rises with the key."""

    solution: Solution
    slope: float
    trap: float = 0.0
    centres: tuple[tuple[float, float], ...] = ()


class Search:
    """A film, what is asked of it, and what it is with one key changed."""

    def __init__(self, case: Case, target: Target, found: Solution) -> None:
        self.case, self.target, self.found = case, target, found
        self.layout = found.mesh.layout
        self.probe = target.goal.removeprefix("density_")
        stated = self.layout.placement
        wide = math.sqrt(float(found.mesh.dual.volumes.sum()))
        self.placement = stated or Placement(1, wide / 30)

    def value(self, found: Solution) -> float:
        """What is asked for [SI]."""
        if self.target.goal not in DRAWN_GOALS:
            return float(found.probes[self.probe] @ found.density)
        rate = float(found.modes.rates[0])
        if self.target.goal == "evacuation_rate":
            return rate
        return 1 / rate if rate > 0 else math.inf

    def excess(self, found: Solution) -> float:
        """How far beyond the target a film is, as a difference of logarithms."""
        value = self.value(found)
        if value in (0.0, math.inf):
            return -math.inf
        return (-1 if self.target.below else 1) * math.log(value / self.target.limit)

    @property
    def helpful(self) -> bool:
        """Whether more of a trap brings the target nearer."""
        return self.target.below != (self.target.goal == "evacuation_rate")

    def start(self, key: str, bounds: tuple[float, float]) -> float:
        """Where the search for a value begins: at what the case states, if it does."""
        if key == RADIUS:
            return self.placement.radius
        if key == GROWTH:
            return self.layout.trap_growth
        if key in JUNCTION:
            return float(getattr(self.case.require("trap.junction"), key.rpartition(".")[2]))
        return math.sqrt(bounds[0] * bounds[1])

    def bounds(self) -> dict[str, tuple[float, float]]:
        """Bounds [SI] of the keys that are free."""
        if not self.target.free:
            drawn = bool(self.found.mesh.outlines.traps) and self.layout.placement is None
            key = GROWTH if drawn else RADIUS
            wide = self.found.mesh.outlines.size
            return {key: (0.0, wide) if drawn else (self.layout.smallest_feature, wide / 2)}
        return dict(self.target.free)

    def room(self) -> Any:
        """All film on which traps may lie."""
        import shapely

        mesh = self.found.mesh
        room = mesh.outlines.film
        for name, distance in self.placement.keep_from.items():
            room = room.difference(shapely.Point(mesh.layout.probes[name]).buffer(distance))
        return room

    def at(self, key: str, value: float, found: Solution) -> _At:
        """The film on that mesh with one key changed.

        Raises:
            InputError: no such film can be.
        """
        if key in (RADIUS, COUNT):
            name = key.rpartition(".")[2]
            number = round(value) if key == COUNT else value
            wanted = dataclasses.replace(self.placement, **{name: number})
            placed = place_traps(found, wanted)
            assert placed is not None
            discs = [disc(tuple(centre), placed.radius) for centre in placed.centres]
            centres = tuple((float(x), float(y)) for x, y in placed.centres)
            slope = self.outline_slope(placed.solution, discs)
            return _At(placed.solution, slope, math.pi * placed.radius**2, centres)
        changed = self.case.changed({key: value})
        if key in JUNCTION:
            sheet = sheet_of(changed, self.layout, found.sheet.temperature)
            made = solve_with(found.mesh, sheet, np.asarray(found.problem.generated))
            part = key.rpartition(".")[2]
            of = self.probe if self.target.goal not in DRAWN_GOALS else "slowest_rate"
            return _At(made, self.signed(junction_slopes(made)[of][part] / value))
        layout = getattr(changed, "studies", {})[Layout.TABLE]
        shapes = outlines(layout)
        mesh = dataclasses.replace(found.mesh, layout=layout, outlines=shapes)
        made = solve_with(mesh, found.sheet, np.asarray(found.problem.generated))
        moving = list(shapes.traps) if key == GROWTH else [_circle(layout, key)]
        return _At(made, self.outline_slope(made, moving))

    def signed(self, slope: float) -> float:
        """How the excess changes where the logarithm of the rate, or of x at the probe, does."""
        inverted = self.target.goal == "evacuation_time"
        return (-1 if self.target.below else 1) * (-slope if inverted else slope)

    def outline_slope(self, found: Solution, traps: list[Any]) -> float:
        """How the excess changes where the outlines of these traps move outwards [1/m]."""
        if found.modes.rates[0] <= 0:
            return math.inf
        of = self.probe if self.target.goal not in DRAWN_GOALS else "slowest_rate"
        density = outline_densities(found)[of]
        return self.signed(sum(outline_slopes(found, trap, density)[2] for trap in traps))

    def tried(self, key: str, bounds: tuple[float, float], coarse: Solution) -> Tried:
        """The least value of a key that reaches the target, or the one that comes nearest."""
        climb = _counted if key == COUNT else _climbed
        value, there = climb(self, key, bounds)
        result = self.value(there.solution)
        again = self.value(self.again(key, value, there, coarse))
        return Tried(
            key,
            bounds,
            value,
            self.excess(there.solution) >= 0,
            result,
            abs(result - again) / 3 / result if math.isfinite(again) and result else math.nan,
            float(there.solution.mesh.trap_areas.sum()),
            there.trap,
            there.centres,
        )

    def again(self, key: str, value: float, there: _At, coarse: Solution) -> Solution:
        """The same film on another mesh; placed traps stay where they are."""
        if not there.centres:
            return self.at(key, value, coarse).solution
        traps = there.solution.mesh.outlines.traps
        shapes = dataclasses.replace(coarse.mesh.outlines, traps=traps)
        mesh = dataclasses.replace(coarse.mesh, outlines=shapes)
        return solve_with(mesh, coarse.sheet, np.asarray(coarse.problem.generated))


def _circle(layout: Layout, key: str) -> Any:
    """The round trap of a layout whose radius has that key, as it is."""
    circle = trap_circle(layout, key)
    assert circle is not None
    return disc(circle.centre, circle.radius + layout.trap_growth)


def _counted(search: Search, key: str, bounds: tuple[float, float]) -> tuple[float, _At]:
    """The least whole number that reaches the target, or the largest that there can be."""
    best: tuple[float, _At] | None = None
    for count in range(math.ceil(bounds[0]), math.floor(bounds[1]) + 1):
        try:
            best = float(count), search.at(key, count, search.found)
        except InputError:
            if best is None:
                raise
            break
        if search.excess(best[1].solution) >= 0:
            break
    assert best is not None
    return best


def _climbed(search: Search, key: str, bounds: tuple[float, float]) -> tuple[float, _At]:
    """The number that just reaches the target, or the one within its bounds that comes nearest."""
    forth: Any = float if key == GROWTH else math.log
    back: Any = float if key == GROWTH else math.exp
    sign = 1 if (key not in _FALLING) == search.helpful else -1
    tried: dict[float, _At] = {}
    failed: list[InputError] = []

    def excess(w: float) -> tuple[float, float] | None:
        try:
            tried[w] = search.at(key, back(sign * w), search.found)
        except InputError as error:
            failed.append(error)
            return None
        slope = tried[w].slope * (1.0 if key == GROWTH else back(sign * w))
        return search.excess(tried[w].solution), sign * slope

    low, high = sorted(sign * forth(end) for end in bounds)
    start = sign * forth(search.start(key, bounds))
    best = least(excess, low, high, min(max(start, low), high))
    if key == RADIUS and not any(search.excess(one.solution) >= 0 for one in tried.values()):
        # A larger trap finds less good places: there may be a best size between.
        between = np.linspace(low, max(tried, default=high), _BETWEEN + 2)[1:-1]
        enough = next((w for w in between if (known := excess(w)) and known[0] >= 0), None)
        best = best if enough is None else least(excess, low, float(enough), float(enough))
    if best is None:
        raise failed[0]
    if search.excess(tried[best].solution) < 0:
        best = max(tried, key=lambda w: search.excess(tried[w].solution))
    return back(sign * best), tried[best]


def least(
    excess: Callable[[float], tuple[float, float] | None], low: float, high: float, start: float
) -> float | None:
    """The least number from which on an excess is not negative; the best one where it always is.

    Args:
        excess: Gives the excess and its slope; None where there is neither, as beyond some number.
        low: The least number.
        high: The greatest number.
        start: Where the search begins.

    Examples:
        >>> round(least(lambda x: (x**3 - 8, 3 * x**2), 0.0, 10.0, 1.0), 3)
        2.0
        >>> round(least(lambda x: (x - 8, 1.0) if x < 4 else None, 0.0, 10.0, 1.0), 2)
        4.0
    """
    short: float | None = None  # the last at which the excess is negative
    enough: float | None = None  # the last at which it is not
    apart, shut, x = _SAME * (high - low), False, start
    for _ in range(_STEPS):
        found = excess(x)
        if found is None:
            high, shut = x, True
        elif found[0] >= 0:
            enough = x
        else:
            short = x
        left = low if short is None else short
        right = high if enough is None else enough
        if right - left <= apart or (found is not None and 0 <= found[0] <= _CLOSE):
            break
        wished = math.nan
        if found is not None and 0 < found[1] < math.inf:
            wished = x + (_BEYOND - found[0]) / found[1]
        if left < wished < right:
            x = wished
        elif found is not None and enough is None and not shut:
            x = high
        elif found is not None and short is None:
            x = low
        else:
            x = (left + right) / 2
    return short if enough is None else enough
