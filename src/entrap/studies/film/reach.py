"""What it takes for a drawn film to reach a target: how large its traps must be, and where.

Each key that is free is changed alone, to the least that reaches the target.
"""

import dataclasses
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.case.target import Target
from entrap.studies.film.search import Search, Tried
from entrap.studies.film.solution import Solution, solve_with


@dataclasses.dataclass(frozen=True)
class FilmReached:
    """What a film's target takes.

    Args:
        target: What was asked.
        present: What it is in the film as it is drawn [SI].
        tried: What each key that is free can do.
        everything: What was asked for, if all film that is free were under a trap [SI].
        free_area: How much film that is [m²].
        drawn: Whether there are traps in the film as it is drawn.
    """

    target: Target
    present: float
    tried: tuple[Tried, ...]
    everything: float
    free_area: float
    drawn: bool

    @property
    def reached(self) -> bool:
        """Whether one of the keys reaches it."""
        return any(each.reached for each in self.tried)


def reach_on_film(case: Case, target: Target, found: Solution, coarse: Solution) -> FilmReached:
    """What a film's target takes.

    Args:
        case: The case.
        target: What is asked.
        found: The film as it is.
        coarse: The same on a mesh of twice the size.

    Raises:
        InputError: not even one trap fits, or a bound is no value of its key.
    """
    search = Search(case, target, found)
    bounds = search.bounds()
    tried = tuple(search.tried(key, ends, coarse) for key, ends in bounds.items())
    room = search.room()
    covered = search.value(_covered(found, room))
    drawn = bool(found.mesh.outlines.traps)
    return FilmReached(target, search.value(found), tried, covered, float(room.area), drawn)


def _covered(found: Solution, room: Any) -> Solution:
    """The film with traps of any shape in place of its own."""
    import shapely

    mesh = found.mesh
    traps = tuple(p for p in shapely.get_parts(room) if p.geom_type == "Polygon")
    other = dataclasses.replace(mesh, outlines=dataclasses.replace(mesh.outlines, traps=traps))
    return solve_with(other, found.sheet, np.asarray(found.problem.generated))
