"""Which way to move and to grow each trap: derivatives on the mesh as it is, exact to rounding.

    dλ = Γ ∮ u² v_n ds,   dx(probe) = -∮ (Γ x - b) x† v_n ds

where the outline of a trap moves outwards at v_n; u is the slowest mode, x† a probe's adjoint.
Products are interpolated between the points of the mesh as T_i = ∫ φ_i is, so that these are the
derivatives of the numbers themselves. The traps' temperatures are held. An outline that runs along
the rim of the film does not count: there is no film beyond it that a trap could cover.

Source: derived on the theory page, films; Hadamard's formula, and perturbation theory.
"""

import dataclasses
from typing import Any

import numpy as np

from entrap.solve.plane.sheet import PARTS
from entrap.studies.film.solution import Solution

_PARTS = 4  # of a side of an outline, for each length of a triangle in it
_RIM = 1e-3  # of the smallest feature: an outline as near as this to the rim runs along it


@dataclasses.dataclass(frozen=True)
class Slopes:
    """Relative changes of one number with one trap.

    Args:
        of: "slowest_rate", or the name of a probe.
        trap: The number of the trap, from 1.
        centre: Its centre [m].
        along_x: d ln(number)/dx where it is moved [1/m].
        along_y: The same along y [1/m].
        grown: d ln(number) where all its outline moves outwards [1/m].
    """

    of: str
    trap: int
    centre: tuple[float, float]
    along_x: float
    along_y: float
    grown: float


def slopes(found: Solution) -> tuple[Slopes, ...]:
    """Those of the slowest rate and of x at each probe, with each trap of the layout."""
    made = []
    for of, density in outline_densities(found).items():
        for number, trap in enumerate(found.mesh.outlines.traps, start=1):
            x, y, size = outline_slopes(found, trap, density)
            centre = (float(trap.centroid.x), float(trap.centroid.y))
            made.append(Slopes(of, number, centre, x, y, size))
    return tuple(made)


def outline_slopes(found: Solution, trap: Any, density: np.ndarray) -> tuple[float, float, float]:
    """∮ v_n ds of a density at the points, for a move along x, along y and outwards."""
    import shapely

    total, outlines = np.zeros(3), found.mesh.outlines
    shapely.prepare(outlines.film)
    for polygon in shapely.get_parts(trap):
        for ring in (polygon.exterior, *polygon.interiors):
            at = shapely.get_coordinates(ring)[:-1]
            # Film is at the left of an outer outline, and of that of a hole at its right.
            outer = ring is polygon.exterior or ring.equals(polygon.exterior)
            at = at if shapely.is_ccw(ring) == outer else at[::-1]
            longest = np.linalg.norm(at - np.roll(at, 1, 0), axis=1).max()
            parts = max(2, int(np.ceil(_PARTS * longest / found.mesh.size)))
            along = found.mesh.cover.along(at, density, min(parts, 400))
            beyond = along.points + _RIM * outlines.smallest * along.normals
            weighed = along.values * along.weights
            weighed *= shapely.contains_xy(outlines.film, beyond)
            total += [*(weighed @ along.normals), weighed.sum()]
    return float(total[0]), float(total[1]), float(total[2])


def junction_slopes(found: Solution) -> dict[str, dict[str, float]]:
    """d ln(number)/d ln(p) of the barrier's resistance and of both thicknesses, by number."""
    made: dict[str, dict[str, float]] = {}
    areas, sheet = found.mesh.trap_areas.sum(0), found.sheet
    mode = found.modes.shapes[:, 0]
    weight = float((found.trapping_rate * areas * mode**2).sum() / found.modes.rates[0])
    made["slowest_rate"] = {part: weight * sheet.slopes[part][0] for part in PARTS}
    for name, row in found.probes.items():
        back = found.adjoints[name]
        taken = float((areas * found.trapping_rate * found.density * back).sum())
        given = float((areas * back).sum())
        x = float(row @ found.density)
        made[name] = {
            part: -(taken * sheet.slopes[part][0] - given * sheet.slopes[part][1]) / x
            for part in PARTS
        }
    return made


def outline_densities(found: Solution) -> dict[str, np.ndarray]:
    """What a trap that covers more adds to the logarithm of each number, per area [1/m²]."""
    mode, slowest = found.modes.shapes[:, 0], found.modes.rates[0]
    made = {"slowest_rate": found.trapping_rate * mode**2 / slowest}
    for name, row in found.probes.items():
        taken = found.trapping_rate * found.density - found.returned
        made[name] = -taken * found.adjoints[name] / float(row @ found.density)
    return made
