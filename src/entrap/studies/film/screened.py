"""How all of a film screens a field: its currents, the flux that its holes take, inductances.

Pairs are those of each point by itself: Λ by the functional that holds at every temperature, and ξ,
of which the current that breaks pairs is made, by Landau's.
"""

import dataclasses
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from entrap.case.screening import ScreeningOptions
from entrap.core.constants import ELECTRON_MASS, FLUX_QUANTUM, HBAR, VACUUM_PERMEABILITY
from entrap.core.errors import InputError, Problem
from entrap.core.sparse import single_thread
from entrap.solve.plane.dual import dual_of
from entrap.solve.plane.outline import size_field
from entrap.solve.plane.screening import Screening
from entrap.solve.plane.triangulation import triangulate
from entrap.studies.film.local import LocalMaps
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.posing import value_at
from entrap.studies.film.solution import Solution

_ACROSS = 5  # triangles in Λ, or in the film's width, at its edges
_WIDE = 8  # and inside
_MOST = 20_000  # points that are taken without being asked for
_COARSER = 2.0


@dataclasses.dataclass(frozen=True, eq=False)
class Screened:
    """A film in a field that came on after cooling: no flux quantum is in its holes.

    Args:
        options: What was asked for.
        mesh: The mesh.
        screening: London's equation on it.
        depairing: K_d in each triangle [A/m].
        depth: The least λ [m].
        thickness: d_S [m].
        errors: Relative error of each number by the mesh.
        coldness: 1 - T_eff/T_c of the part with most pairs.
    """

    options: ScreeningOptions
    mesh: Mesh
    screening: Screening
    depairing: np.ndarray
    depth: float
    thickness: float
    errors: Mapping[str, float]
    coldness: float

    @cached_property
    def stream(self) -> np.ndarray:
        """g at each point [A]."""
        return self.screening.stream(self.options.field)

    @cached_property
    def current(self) -> np.ndarray:
        """K in each triangle [A/m], a row each."""
        return self.screening.current(self.stream)

    @cached_property
    def load(self) -> np.ndarray:
        """|K|/K_d in each triangle."""
        return np.linalg.norm(self.current, axis=1) / self.depairing

    @property
    def worst(self) -> tuple[float, float]:
        """Where |K|/K_d is largest [m]."""
        x, y = self.mesh.dual.mesh.corners.mean(1)[int(self.load.argmax())]
        return float(x), float(y)

    @property
    def numbers(self) -> dict[str, float]:
        """Numbers that have an error by the mesh."""
        field = self.options.field
        made = {"screening_moment": self.screening.moment(self.stream)} if field else {}
        per_field = self.screening.current(self.screening.stream(1.0))
        load = np.linalg.norm(per_field, axis=1) / self.depairing
        made["depairing_field"] = 1 / float(load.max())
        if len(self.screening.holes):
            total, kinetic = self.screening.inductances
            largest = int(np.diag(total).argmax())
            made["hole_inductance"] = float(total[largest, largest])
            made["hole_kinetic_inductance"] = float(kinetic[largest, largest])
            made["hole_effective_area"] = float(self.screening.effective_areas()[largest])
        return made

    @property
    def width(self) -> float:
        """The narrower side of the rectangle around the film [m]."""
        return _narrow(self.mesh.outlines.film)


def screened(maps: LocalMaps | None, found: Solution) -> Screened | None:
    """How the film of a layout screens a field; None if that is not asked for.

    Args:
        maps: The condensate at each point; None without Landau coefficients.
        found: The quasiparticles of the film.

    Raises:
        InputError: part of the film is normal.
    """
    options = found.mesh.layout.screening
    if options is None or maps is None:
        return None
    film, corners = found.mesh.outlines.film, found.mesh.dual.mesh.corners
    least = float(_lengths(maps, found, corners.mean(1))[0].min())
    size = options.size or _edge(film, least)
    with single_thread():
        made = _on_mesh(options, found, maps, size)
        while len(made.mesh.points) > _MOST and not options.size:
            size *= 1.3
            made = _on_mesh(options, found, maps, size)
        rough = _on_mesh(options, found, maps, _COARSER * size).numbers
        numbers = made.numbers
    errors = {
        name: abs(value - rough[name]) / 3 / abs(value) if value else 0.0
        for name, value in numbers.items()
        if name in rough
    }
    return dataclasses.replace(made, errors=errors)


def _edge(film: Any, least: float) -> float:
    """Size of triangles at the edges [m], not so small that these alone have too many points."""
    wanted = min(least, _narrow(film)) / _ACROSS
    return max(wanted, 4 * film.length / _MOST)


def _narrow(film: Any) -> float:
    x0, y0, x1, y1 = film.bounds
    return float(min(x1 - x0, y1 - y0))


def _on_mesh(options: ScreeningOptions, found: Solution, maps: LocalMaps, size: float) -> Screened:
    """London's equation on a mesh that is fine at the film's edges."""
    import shapely

    whole = found.mesh
    # Corners that triangles of this size do not resolve would only add points.
    film, smallest = whole.outlines.film.simplify(size / 40), whole.outlines.smallest
    largest = max(size, _narrow(film) / _WIDE)
    edged = shapely.segmentize(film, size)
    sizes = size_field([edged], [], [], finest=min(size, smallest / 6), largest=largest)
    dual = dual_of(triangulate(film, sizes, smallest))
    mesh = Mesh(whole.layout, whole.outlines, dual, size)
    length, depth, coherence = _lengths(maps, found, dual.mesh.corners.mean(1))
    unit = FLUX_QUANTUM / (2 * math.pi * VACUUM_PERMEABILITY * coherence * length)
    # α of a bare film at T_eff, of which ξ is made.
    alpha = HBAR**2 / (8 * ELECTRON_MASS * float(coherence.min()) ** 2)
    bare = float(maps.sample.landau_a) * float(maps.sample.critical_temperature)
    return Screened(
        options=options,
        mesh=mesh,
        screening=Screening(dual, length),
        depairing=2 / (3 * math.sqrt(3)) * unit,
        depth=float(depth.min()),
        thickness=found.sheet.film_thickness,
        errors={},
        coldness=alpha / bare,
    )


def _lengths(
    maps: LocalMaps, found: Solution, points: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Λ, λ and ξ at points [m]."""
    state = maps.with_traps
    given = state.pearl_length["mixed"], state.penetration_depth["mixed"], state.coherence_length
    if not all(np.isfinite(each).all() for each in given):
        text = (
            f"is {found.sheet.temperature:.4g} K, where part of the film is normal and "
            "`layout.screening` needs all of it superconducting: give a lower one"
        )
        raise InputError(Problem(text, "layout.temperature"))
    length, depth, coherence = (value_at(found, each, points) for each in given)
    return length, depth, coherence
