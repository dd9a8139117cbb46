"""What a window of a film is to its condensate: the film there, its coefficient, its mesh.

The quasiparticles of the film, solved before, say how many normal electrons are left at each point:
f = x/x_eq, and no more than all. They are held while the condensate is solved and warmed.
"""

import dataclasses
import math
from typing import Any

import numpy as np

from entrap.case.outlines import Outlines, place
from entrap.case.window import Window
from entrap.core.constants import ELECTRON_MASS, FLUX_QUANTUM, HBAR, VACUUM_PERMEABILITY
from entrap.core.errors import InputError, Problem
from entrap.model.sample import Sample
from entrap.solve.plane.coefficients import local_coefficients, uniform_lengths
from entrap.solve.plane.condensate import Condensate, rim_cost, uniform_links
from entrap.solve.plane.dual import dual_of
from entrap.solve.plane.outline import size_field
from entrap.solve.plane.triangulation import triangulate
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.solution import Solution

_PER_LENGTH = 4  # triangles in ξ̃
_COARSEST = 0.55  # of ξ̃: larger triangles do not resolve a vortex
_MOST = 40_000  # points
_MOST_WITH_FIELD = 20_000  # as each of many rounds is a window by itself
_FEWEST = 12  # triangles across
_COLD = 1e-3  # of T_c
_SHARP = 4  # of B_c2 at T = 0: in a corner of 90° pairs are lost at 1.96
_SLIVER = 1e-4  # of the window: smaller pieces of film are left out


@dataclasses.dataclass(frozen=True)
class Scale:
    """Units of a condensate: those of the strongest part of its window.

    Args:
        alpha: |α_r| [J].
        beta: β [J m³].
        length: ξ_r [m].
        screening: Λ_r = λ_r²/d_S [m].
        thickness: d_S [m].
        gap: Δ_g of a uniform film like that part [J].
        strongest: Field above which nothing superconducts at any temperature [T].
    """

    alpha: float
    beta: float
    length: float
    screening: float
    thickness: float
    gap: float
    strongest: float

    @property
    def density(self) -> float:
        """n_s of a uniform film [1/m³]."""
        return self.alpha / self.beta

    @property
    def energy(self) -> float:
        """Of E [J]."""
        return self.alpha**2 / self.beta * self.length**2 * self.thickness

    @property
    def current(self) -> float:
        """Φ0/(2π μ0 Λ_r ξ_r) [A/m]."""
        area = 2 * math.pi * self.screening * self.length
        return FLUX_QUANTUM / (VACUUM_PERMEABILITY * area)


@dataclasses.dataclass(frozen=True, eq=False)
class Posed:
    """A window on one mesh."""

    mesh: Mesh
    fraction: np.ndarray
    condensate: Condensate
    sample: Sample
    field: float
    shut: np.ndarray | None
    """c_i of a condensate that vanishes where the window cuts the film; None where it does not."""


def clipped(shapes: Outlines, options: Window) -> tuple[Any, Any]:
    """The film in a window, and the line along which it is cut."""
    import shapely

    (x, y), (width, height) = options.centre, options.size
    frame = shapely.box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    parts = [
        part
        for part in shapely.get_parts(shapely.intersection(shapes.film, frame))
        if part.geom_type == "Polygon" and part.area > _SLIVER * frame.area
    ]
    if not parts:
        text = f"is at {place(options.centre)}, where there is no film: move it there"
        raise InputError(Problem(text, "layout.window.centre"))
    film = shapely.union_all(parts)
    cut = film.boundary.difference(shapes.film.boundary.buffer(shapes.smallest / 10))
    if options.self_field and not cut.is_empty:
        text = "needs a window that holds all of the film: give a larger one, or leave it out"
        raise InputError(Problem(text, "layout.window.self_field"))
    return film, cut


def driven(options: Window, shapes: Outlines, film: Any) -> tuple[Any, ...]:
    """Shapes in which those sides of a window's film lie through which a current is driven.

    Raises:
        InputError: a terminal is not there, or no film joins the two.
    """
    import shapely

    if options.current is None:
        return ()
    x0, y0, x1, y1 = film.bounds
    least = min(shapes.smallest, x1 - x0, y1 - y0) / 2
    if options.current == "terminals":
        ends, names = shapes.terminals, ("the first terminal", "the second terminal")
        if not ends:
            text = 'is "terminals", but the layout has none: draw two, with on = "terminal"'
            raise InputError(Problem(text, "layout.window.current"))
    else:
        room = least / 10
        sides = {
            "left": (x0, y0, x0, y1),
            "right": (x1, y0, x1, y1),
            "bottom": (x0, y0, x1, y0),
            "top": (x0, y1, x1, y1),
        }
        names = options.current.split("-")
        wider = np.array([-room, -room, room, room])
        ends = tuple(shapely.box(*(np.array(sides[name]) + wider)) for name in names)
        names = [f"the {name} side" for name in names]
    for end, name in zip(ends, names, strict=True):
        if shapely.intersection(film.boundary, end).length < least:
            text = f"needs a side of the film in the window along {name}, where there is none"
            raise InputError(Problem(f"{text}: move the window", "layout.window.current"))
    if not any(all(part.intersects(end) for end in ends) for part in shapely.get_parts(film)):
        text = f"needs film that joins {names[0]} and {names[1]} within the window: enlarge it"
        raise InputError(Problem(text, "layout.window.current"))
    return tuple(ends)


def scale_of(sample: Sample, found: Solution, film: Any) -> Scale:
    """The units of the strongest part of a window; quasiparticles are looked up on a grid."""
    import shapely

    x0, y0, x1, y1 = film.bounds
    grid = np.stack(np.meshgrid(np.linspace(x0, x1, 60), np.linspace(y0, y1, 60)), -1)
    inside = grid.reshape(-1, 2)
    inside = inside[shapely.contains_xy(film, *inside.T)]
    if not len(inside):
        inside = shapely.get_coordinates(film.representative_point())
    left = left_at(found, inside)
    local = local_coefficients(sample, found.sheet.temperature, left)
    alpha = float(local.alpha.min())
    if alpha >= 0:
        text = (
            f"is {found.sheet.temperature:.4g} K, where nothing superconducts in `layout.window`: "
            "give a lower one"
        )
        raise InputError(Problem(text, "layout.temperature"))
    length, depth, gap = uniform_lengths(sample, alpha)
    thickness = found.sheet.film_thickness
    screening = depth**2 / thickness
    cold = local_coefficients(sample, _COLD * float(sample.critical_temperature), left)
    highest = -float(cold.alpha.min()) * 4 * ELECTRON_MASS * FLUX_QUANTUM / (math.pi * HBAR**2)
    beta = float(sample.landau_beta)
    return Scale(-alpha, beta, length, screening, thickness, gap, _SHARP * highest)


def left_at(found: Solution, points: np.ndarray) -> np.ndarray:
    """f = x/x_eq at points, and no more than 1: all normal electrons that there can be."""
    thermal = found.sheet.equilibrium_fraction
    x = value_at(found, found.density, points)
    return np.minimum(x, thermal) / thermal if thermal > 0 else np.ones(len(points))


def value_at(found: Solution, values: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Values of a film's mesh at points [m]; on its outline that of the nearest of the mesh."""
    triangles, shares = found.mesh.cover.found(points)
    x = (values[found.mesh.triangles[triangles]] * shares).sum(1)
    return np.where(triangles < 0, values[_nearest(found, points)], x)


def _nearest(found: Solution, points: np.ndarray) -> np.ndarray:
    from scipy.spatial import KDTree

    return np.asarray(KDTree(found.mesh.points).query(points)[1])


def size_of(film: Any, scale: Scale, options: Window) -> float:
    """The longest side of triangles [m]: a quarter of ξ̃ and of ℓ_B, or as many as can be."""
    limit = _MOST_WITH_FIELD if options.self_field else _MOST
    x0, y0, x1, y1 = film.bounds
    wide = max(x1 - x0, y1 - y0)
    wanted = min(
        min(scale.length, magnetic_length(scale, options.field)) / _PER_LENGTH, wide / _FEWEST
    )
    affordable = math.sqrt(film.area / limit)
    # The mesher halves the film's width: with one of its own sizes there are no more points.
    halvings = round(math.log2(wide / wanted) - 0.25)
    while wide / 2**halvings < affordable:
        halvings -= 1
    size = wide / 2**halvings * (1 + 1e-3)
    if size > _COARSEST * scale.length:
        most = _COARSEST / 2 * scale.length * math.sqrt(limit)
        text = (
            f"is {1e6 * options.size[0]:.4g} µm by {1e6 * options.size[1]:.4g} µm, which is too "
            f"much for a coherence length of {1e9 * scale.length:.3g} nm: give one of about "
            f"{1e6 * most:.2g} µm"
        )
        raise InputError(Problem(text, "layout.window.size"))
    return size


def magnetic_length(scale: Scale, field: float) -> float:
    """ℓ_B = √(Φ0/(2π|B|)) [m], over which a condensate changes in a field B [T].

    Infinite without a field, and in one in which there is no condensate.
    """
    there = 0 < abs(field) <= scale.strongest
    return math.sqrt(FLUX_QUANTUM / (2 * math.pi * abs(field))) if there else math.inf


def posed_on(
    options: Window, found: Solution, sample: Sample, scale: Scale, film: Any, cut: Any, size: float
) -> Posed:
    """The condensate of a window on a mesh of that size."""
    whole = found.mesh
    smallest = min(whole.layout.smallest_feature, size)
    sizes = size_field([film], [], [], finest=min(smallest / 6, size / 2), largest=size)
    dual = dual_of(triangulate(film, sizes, smallest))
    inside = {
        name: at for name, at in whole.layout.probes.items() if _filled(film).covers(_point(at))
    }
    layout = dataclasses.replace(whole.layout, probes=inside, generation=(), placement=None)
    traps = [trap.intersection(film) for trap in whole.outlines.traps]
    shapes = Outlines(
        film,
        tuple(t for t in traps if t.area > 0),
        whole.outlines.smallest,
        driven(options, whole.outlines, film),
    )
    mesh = Mesh(layout, shapes, dual, size)
    fraction = left_at(found, mesh.points)
    alpha = local_coefficients(sample, found.sheet.temperature, fraction).alpha
    start, end = mesh.points[dual.sides].swapaxes(0, 1)
    links = uniform_links(start, end, options.field, options.centre)
    wall: np.ndarray | float = 0.0
    if options.extrapolation_length is not None:
        edge = whole.outlines.film.boundary.buffer(size / 100)
        wall = rim_cost(dual, options.extrapolation_length, lambda at: _covers(edge, at))
    condensate = Condensate(dual, scale.length, -alpha / scale.alpha, links, wall)
    shut = None
    if not cut.is_empty:
        along = cut.buffer(size / 100)
        shut = wall + rim_cost(dual, 1e-6 * size, lambda at: _covers(along, at))
    return Posed(mesh, fraction, condensate, sample, options.field, shut)


def _filled(film: Any) -> Any:
    """The film with its holes filled."""
    import shapely

    return shapely.union_all([shapely.Polygon(p.exterior) for p in shapely.get_parts(film)])


def _point(at: tuple[float, float]) -> Any:
    import shapely

    return shapely.Point(at)


def _covers(shape: Any, at: np.ndarray) -> np.ndarray:
    import shapely

    return shapely.intersects_xy(shape, *at.T)
