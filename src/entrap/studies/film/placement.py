"""Where to put round traps so that the film empties fastest.

Each next trap is put where the slowest mode is largest; then all climb the slope of the slowest
rate together. A trap stays on the film, off the traps that are there, off the others, and away from
the probes. It may span holes that are small beside it. The climb ends at a summit near its start:
there are several starts, and the highest summit counts.
"""

import dataclasses
from typing import Any

import numpy as np

from entrap.case.layoutparts import Placement
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import number_text
from entrap.core.sparse import single_thread
from entrap.solve.plane.diffusing import slowest_modes
from entrap.solve.protocol.results import Value
from entrap.studies.film.declared import PLACED, of_probe
from entrap.studies.film.gradients import outline_slopes
from entrap.studies.film.solution import Solution, disc, solve_with

_STEPS = 25
_SETTLED = 1e-4  # relative gain of a step at which the climb ends


@dataclasses.dataclass(frozen=True)
class Placed:
    """Traps that have been placed.

    Args:
        centres: Of the traps [m], a row each.
        radius: Of each [m].
        solution: The film with them, and with the traps that are there.
        starts: What each start led to [1/s].
    """

    centres: np.ndarray
    radius: float
    solution: Solution
    starts: tuple[float, ...]

    @property
    def rate(self) -> float:
        """The slowest rate with them [1/s]."""
        return float(self.solution.modes.rates[0])

    @property
    def bound(self) -> float:
        """That rate if diffusion took no time [1/s]."""
        return self.solution.area_bound


def place_traps(found: Solution, wanted: Placement | None) -> Placed | None:
    """The best places of the traps that are wanted; None if none are.

    Raises:
        InputError: so many do not fit.
    """
    if wanted is None:
        return None
    random = np.random.default_rng(0)
    search = _Search(found, wanted.radius, wanted.keep_from)
    with single_thread():
        climbs = []
        for start in range(wanted.starts):
            centres = np.zeros((0, 2))
            for _ in range(wanted.count):
                # All starts but the first begin elsewhere.
                heights = search.mode(centres) ** 2
                if start and not len(centres):
                    heights = random.uniform(0, 1, len(heights))
                centres = np.vstack([centres, search.highest(heights, centres)])
            climbs.append(search.climbed(centres))
    _, centres = max(climbs, key=lambda climb: climb[0])
    starts = tuple(each for each, _ in climbs)
    return Placed(centres, wanted.radius, with_traps(found, centres, wanted.radius), starts)


def with_traps(found: Solution, centres: np.ndarray, radius: float) -> Solution:
    """A film with further round traps, on the same mesh."""
    mesh = found.mesh
    traps = (*mesh.outlines.traps, *(disc(tuple(at), radius) for at in centres))
    more = dataclasses.replace(mesh, outlines=dataclasses.replace(mesh.outlines, traps=traps))
    return solve_with(more, found.sheet, np.asarray(found.problem.generated))


def placed_values(placed: Placed) -> dict[str, Value]:
    """The numbers of a film with the traps that were placed."""
    found = placed.solution
    numbers = {
        "placed_rate": placed.rate,
        "placed_evacuation_time": 1 / placed.rate if placed.rate > 0 else np.inf,
        "placed_area_bound": placed.bound,
        "placed_trap_area": float(found.mesh.trap_areas.sum()),
    }
    made = {name: Value(x, PLACED[name]) for name, x in numbers.items()}
    for name, row in found.probes.items():
        x = float(row @ found.density)
        made[f"placed_density_{name}"] = Value(x, of_probe("placed_density", name))
    return made


class _Search:
    """The film, and where the centre of a trap may be."""

    def __init__(self, found: Solution, radius: float, keep_from: Any) -> None:
        import shapely

        self.found, self.radius = found, radius
        mesh = found.mesh
        film = mesh.outlines.film
        small = [
            hole
            for polygon in shapely.get_parts(film)
            for hole in map(shapely.Polygon, polygon.interiors)
            if hole.area < np.pi * radius**2 / 4
        ]
        room = shapely.union_all([film, *small]).buffer(-radius).intersection(film)
        for trap in mesh.outlines.traps:
            room = room.difference(trap.buffer(radius))
        for name, distance in keep_from.items():
            at = shapely.Point(mesh.layout.probes[name])
            room = room.difference(at.buffer(radius + distance))
        self.room = room

    def areas(self, centres: np.ndarray) -> np.ndarray:
        """T_i of the traps that were there and of these."""
        made = self.found.mesh.trap_areas.sum(0)
        for centre in centres:
            made = made + self.found.mesh.cover.areas(disc(tuple(centre), self.radius))
        return made

    def solved(self, centres: np.ndarray) -> tuple[float, np.ndarray]:
        """The slowest rate and its mode."""
        rate = self.found.sheet.trapping_rate
        problem = dataclasses.replace(self.found.problem, trapping=rate * self.areas(centres))
        modes = slowest_modes(problem, 1)
        return float(modes.rates[0]), modes.shapes[:, 0]

    def mode(self, centres: np.ndarray) -> np.ndarray:
        """The slowest mode, or the steady state where there is no trap and the mode is flat."""
        if not self.areas(centres).any():
            return self.found.density
        return self.solved(centres)[1]

    def free(self, others: np.ndarray) -> Any:
        """Where the centre of one more trap may be."""
        import shapely

        if not len(others):
            return self.room
        return self.room.difference(shapely.MultiPoint(others).buffer(2 * self.radius))

    def highest(self, heights: np.ndarray, others: np.ndarray) -> np.ndarray:
        """The point of the mesh with the largest height where a trap may be."""
        import shapely

        room = self.free(others)
        shapely.prepare(room)
        points = self.found.mesh.points
        inside = shapely.contains_xy(room, *points.T)
        if not inside.any():
            if not len(others):
                least = f"{number_text(1e6 * self.radius, 4)} µm"
                text = f"is {least}, with which no round trap fits on the film: give a smaller one"
                raise InputError(Problem(text, "layout.placement.radius"))
            fit = (
                "one trap of that radius fits"
                if len(others) == 1
                else (f"{len(others)} traps of that radius fit")
            )
            raise InputError(Problem(f"is too many: {fit} on the film", "layout.placement.count"))
        return points[np.where(inside, heights, -np.inf).argmax()]

    def moved(self, centres: np.ndarray, step: np.ndarray) -> np.ndarray:
        """Centres after a step, each brought back to where it may be."""
        import shapely
        from shapely.ops import nearest_points

        made = centres.copy()
        for k in range(len(made)):
            room = self.free(np.delete(made, k, axis=0))
            if room.is_empty:
                continue
            wished = shapely.Point(made[k] + step[k])
            made[k] = shapely.get_coordinates(nearest_points(room, wished)[0])[0]
        return made

    def climbed(self, centres: np.ndarray) -> tuple[float, np.ndarray]:
        """The summit above a start: the rate there and the centres."""
        rate, mode = self.solved(centres)
        reach = 2 * self.radius
        for _ in range(_STEPS):
            density = self.found.sheet.trapping_rate * mode**2 / rate
            slope = np.array(
                [
                    outline_slopes(self.found, disc(tuple(at), self.radius), density)[:2]
                    for at in centres
                ]
            )
            steepest = np.linalg.norm(slope, axis=1).max()
            if steepest == 0 or reach < 0.02 * self.radius:
                break
            there = self.moved(centres, reach * slope / steepest)
            ahead, its_mode = self.solved(there)
            if ahead <= rate:
                reach /= 3
                continue
            settled = ahead / rate - 1 < _SETTLED
            centres, rate, mode = there, ahead, its_mode
            reach *= 1.3
            if settled:
                break
        return rate, centres
