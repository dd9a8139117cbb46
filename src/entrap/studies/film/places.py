"""Where a small further trap would help most."""

import dataclasses
import math

import numpy as np

from entrap.core.quantities import number_text
from entrap.report.labels import nice
from entrap.studies.film.solution import Solution, disc


@dataclasses.dataclass(frozen=True)
class Place:
    """A round trap of a small area, and what it changes there.

    Args:
        at: Its centre [m].
        area: Its area [m²].
        gain: Relative change of the slowest rate, or of what is left at a probe, to first order.
    """

    at: tuple[float, float]
    area: float
    gain: float


def point(at: tuple[float, ...]) -> str:
    """A place as a sentence names it, to 0.1 nm."""
    x, y = (round(1e6 * c, 4) + 0.0 for c in at)  # to 0.1 nm, and no -0
    return f"x = {number_text(x, 4)} µm, y = {number_text(y, 4)} µm"


def small_area(found: Solution) -> float:
    """The area of the small trap of which figures and sentences speak: about 1/2000 of the film."""
    return nice(float(found.mesh.dual.volumes.sum()) / 2000)


def area_text(area: float) -> str:
    """An area as a sentence has it.

    Examples:
        >>> area_text(1e-8), area_text(2e-16)
        ('10,000 µm²', '0.0002 µm²')
    """
    return f"{number_text(1e12 * area, 12)} µm²"


def best_place(found: Solution) -> Place | None:
    """Where a small trap raises the slowest rate most, by Γ ∫u²/λ; None if it fits nowhere.

    That is perturbation theory of first order: the trap adds Γ ∫u² to λ.
    """
    return _highest(found, found.rate_gain)


def probe_places(found: Solution) -> dict[str, Place | None]:
    """Where it lowers x at each probe most, relative to x there; None if it fits nowhere."""
    return {name: _highest(found, found.probe_gain(name)) for name in found.probes}


def _highest(found: Solution, gain: np.ndarray) -> Place | None:
    """The best of the points where the trap fits: on film that is free, and off every probe."""
    import shapely

    mesh, area = found.mesh, small_area(found)
    radius = math.sqrt(area / math.pi)
    room = mesh.outlines.film.buffer(-radius)
    if mesh.outlines.traps:
        room = room.difference(shapely.union_all(mesh.outlines.traps).buffer(radius))
    for at in mesh.layout.probes.values():
        room = room.difference(shapely.Point(at).buffer(radius))
    shapely.prepare(room)
    free = shapely.contains_xy(room, *mesh.points.T) & np.isfinite(gain)
    if not free.any():
        return None
    best = int(np.where(free, gain, -np.inf).argmax())
    x, y = mesh.points[best]
    at = (float(x), float(y))
    return Place(at, area, float(mesh.cover.areas(disc(at, radius)) @ gain))
