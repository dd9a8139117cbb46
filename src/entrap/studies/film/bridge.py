"""The current that the film in a window carries from one end to the other, and its largest one."""

import dataclasses
import math
from typing import Any

import numpy as np

from entrap.core.errors import SolveError
from entrap.solve.plane.bridge import Bridge
from entrap.solve.plane.condensate import Psi, uniform_links
from entrap.solve.plane.critical_current import CriticalCurrent, critical_current
from entrap.studies.film.posing import Posed, Scale

_DEPAIRING = 2 / (3 * math.sqrt(3))
"""Most of k (1 - k²), the current of a uniform film."""


@dataclasses.dataclass(frozen=True, eq=False)
class Bridged:
    """The film between two ends.

    Args:
        found: The states up to the critical current; None where they could not be followed.
        failure: Why not, in a sentence.
        unit: Φ0/2πμ0Λ_r [A].
        depairing: K_d of the strongest part of the window [A/m].
        narrowest: The least width of film between the ends [m]; NaN where it has not two sides.
        errors: Relative error of the critical current by the mesh.
    """

    found: CriticalCurrent | None
    failure: str
    unit: float
    depairing: float
    narrowest: float
    errors: dict[str, float]

    @property
    def current(self) -> float:
        """The critical current [A]; NaN where none was found."""
        return math.nan if self.found is None else self.unit * self.found.critical.current

    @property
    def phases(self) -> np.ndarray:
        """φ of the states, from that without a driven current [rad]."""
        assert self.found is not None
        return self.found.phases - self.found.phases[0]

    @property
    def phase(self) -> float:
        """φ at the critical current [rad]."""
        assert self.found is not None
        return self.found.critical.phase - float(self.found.phases[0])


def bridged(coarse: tuple[Posed, Psi], fine: tuple[Posed, Psi], scale: Scale) -> Bridged:
    """The critical current of a window, on two meshes, each with the state that it holds."""
    posed = fine[0]
    outlines, unit = posed.mesh.outlines, scale.current * scale.length
    width = narrowest(outlines.film, outlines.terminals)
    made: list[CriticalCurrent] = []
    failure = ""
    try:
        made = [critical_current(_bridge(each), psi) for each, psi in (coarse, fine)]
    except SolveError as error:
        failure = str(error)
    errors = {}
    if made:
        rough, found = (each.critical.current for each in made)
        errors["window_critical_current"] = abs(found - rough) / 3 / abs(found)
    depairing = _DEPAIRING * scale.current
    return Bridged(made[1] if made else None, failure, unit, depairing, width, errors)


def _bridge(posed: Posed) -> Bridge:
    options, mesh = posed.mesh.layout.window, posed.mesh
    assert options is not None
    first, second = mesh.terminals
    turned = [
        uniform_links(mesh.points[at[0]], mesh.points[at], posed.field, options.centre)
        for at in (first, second)
    ]
    bulk = np.sqrt(np.maximum(posed.condensate.strength, 0.0))
    amplitude = bulk if options.current == "terminals" else None
    return Bridge(posed.condensate, (first, second), (turned[0], turned[1]), amplitude)


def narrowest(film: Any, ends: tuple[Any, ...]) -> float:
    """The least width of film between two ends of it [m]: of a line from one side to the other.

    The line may cross holes, which cost nothing. NaN where the film has not two sides.
    """
    import shapely
    from scipy.sparse.csgraph import dijkstra

    parts = [p for p in shapely.get_parts(film) if all(p.intersects(end) for end in ends)]
    if len(parts) != 1:
        return math.nan
    (part,) = parts
    rest = shapely.line_merge(part.exterior.difference(shapely.union_all(ends)))
    sides = [line for line in shapely.get_parts(rest) if line.length > 0]
    if len(sides) != 2:
        return math.nan
    walls = [sides[0], *part.interiors, sides[1]]
    apart = [[_across(part, one, other) for other in walls] for one in walls]
    # In units of the film: scipy takes what is below 1e-8 for no way at all.
    width = part.length * float(dijkstra(np.array(apart) / part.length, indices=0)[-1])
    return width if math.isfinite(width) else math.nan


def _across(film: Any, one: Any, other: Any) -> float:
    """The least distance between two lines around a film [m]; 0 where it is not one over film."""
    import shapely

    line = shapely.shortest_line(one, other)
    return line.length if line.intersection(film).length > (1 - 1e-6) * line.length else 0.0
