"""Polygons of a layout, of a file or of the case file: joined, checked, cleaned; in metres."""

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from entrap.case.layout import Layout
from entrap.case.layoutfile import polygons_of
from entrap.case.layoutparts import ROLES, Shape
from entrap.core.errors import InputError, Problem

_WIDEST = 0.5  # metres
_CORNERS = 128  # of a circle
_HARMLESS = 10  # squares of the smallest feature that a corner may lose
_MITRE = {"join_style": "mitre", "mitre_limit": 3.0}


@dataclasses.dataclass(frozen=True)
class Outlines:
    """Polygons of shapely, in metres.

    Args:
        film: The film without its holes.
        traps: The traps, a polygon each; they may reach beyond the film.
        smallest: Smallest width of film, holes and gaps [m].
        terminals: The two terminals of a current, or none. What counts of them is the part of the
            film's outline that lies in each.
    """

    film: Any
    traps: tuple[Any, ...]
    smallest: float
    terminals: tuple[Any, ...] = ()

    @property
    def size(self) -> float:
        """The longer side of the rectangle around the film [m]."""
        x0, y0, x1, y1 = self.film.bounds
        return max(x1 - x0, y1 - y0)

    @property
    def traps_named(self) -> str:
        """What sentences call its traps: "the trap" where there is one, else "the traps"."""
        return "the trap" if len(self.traps) == 1 else "the traps"


def outlines(layout: Layout) -> Outlines:
    """The polygons of a layout, of which a mesh can be made.

    Raises:
        InputError: something keeps it from being a film; the message names the place and the mend.
    """
    import shapely

    polygons = {role: [] for role in ROLES}
    if layout.path is not None:
        for role, rings in polygons_of(layout, layout.path).items():
            layer = f"layer {getattr(layout, role)} of {layout.file}"
            polygons[role] += _checked(rings, layer)
    for number, shape in enumerate(layout.shape, start=1):
        polygons[shape.on] += _checked([vertices(shape)], f"shape number {number}")
    smallest = layout.smallest_feature
    film, holes, traps = (shapely.union_all(polygons[role]) for role in ("film", "hole", "trap"))
    _check_holes(polygons["hole"], holes, smallest)
    film = _polygonal(shapely.difference(film, holes))
    _check_size(film, smallest)
    film = cleaned(film, smallest)
    terminals = _terminals(polygons["terminal"], film, smallest)
    return Outlines(film, _traps(_grown(traps, layout), film, smallest), smallest, terminals)


def vertices(shape: Shape) -> np.ndarray:
    """Corners of a shape of the case file, anticlockwise [m]; a circle has its own area."""
    if shape.circle is not None:
        angle = 2 * np.pi * np.arange(_CORNERS) / _CORNERS
        # The polygon has the area of the circle.
        reach = shape.circle.radius / np.sqrt(np.sinc(2 / _CORNERS))
        return shape.circle.centre + reach * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    if shape.rectangle is not None:
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], float)
        return np.asarray(shape.rectangle.corner) + corners * shape.rectangle.size
    return np.asarray(shape.polygon, float)


def place(point: Any) -> str:
    """A place as a message names it.

    Examples:
        >>> place((1e-5, -2.5e-6))
        'x = 10 µm, y = -2.5 µm'
    """
    x, y = (1e6 * float(c) for c in (point if isinstance(point, tuple) else (point.x, point.y)))
    return f"x = {x:.6g} µm, y = {y:.6g} µm"


def needs_extra() -> None:
    """Refuse to begin where the packages that films need are not installed.

    Raises:
        InputError: one of them is not.
    """
    from importlib.util import find_spec

    for name in ("shapely", "gdstk", "threadpoolctl"):
        if find_spec(name) is None:
            raise InputError(
                f"films in two dimensions need {name}, which is not installed: "
                "pip install 'entrap[film]'"
            )


def _checked(rings: Iterable[np.ndarray], where: str) -> list[Any]:
    """Polygons of closed lines; one that crosses itself is refused."""
    import shapely

    made = []
    for ring in rings:
        corners = np.unique(ring, axis=0) if np.isfinite(ring).all() else ring[:0]
        if len(corners) < 3:
            at = f" at {place(tuple(ring[0]))}" if np.isfinite(ring[:1]).all() else ""
            raise InputError(f"{where} has a polygon{at} with fewer than 3 corners: take it out")
        polygon = shapely.Polygon(ring)
        if not polygon.is_valid:
            reason = shapely.is_valid_reason(polygon)
            whole = _polygonal(shapely.make_valid(polygon))
            # A polygon with its hole cut open touches itself, and has the area that it goes around.
            if abs(whole.area - polygon.area) > 1e-6 * whole.area or whole.area == 0:
                raise InputError(
                    f"{where} has a polygon that crosses itself{_where(reason)}: draw it as two"
                )
            polygon = whole
        made.append(polygon)
    return made


def _where(reason: str) -> str:
    """The place in a reason of shapely's, as in "Self-intersection[1 2]"."""
    inside = reason.partition("[")[2].rstrip("]").split()
    try:
        return f" at {place((float(inside[0]), float(inside[1])))}"
    except (IndexError, ValueError):
        return ""


def _polygonal(geometry: Any) -> Any:
    """The part of a geometry that has an area."""
    import shapely

    parts = [p for p in shapely.get_parts(geometry) if p.geom_type in ("Polygon", "MultiPolygon")]
    return (
        shapely.union_all(parts) if len(parts) > 1 else (parts[0] if parts else shapely.Polygon())
    )


def _check_holes(holes: list[Any], joined: Any, smallest: float) -> None:
    import shapely

    if sum(p.area for p in holes) - joined.area <= smallest**2:
        return
    tree = shapely.STRtree(holes)
    for first, second in tree.query(holes, predicate="intersects").T:
        common = shapely.intersection(holes[first], holes[second]) if first < second else None
        if common is not None and common.area > smallest**2:
            raise InputError(
                f"two holes overlap at {place(common.centroid)}: join them into one, or move one"
            )


def _check_size(film: Any, smallest: float) -> None:
    if film.is_empty:
        raise InputError(
            "the layout has no film left once its holes are taken out: check the layers "
            "`layout.film` and `layout.hole`"
        )
    x0, y0, x1, y1 = film.bounds
    wide = max(x1 - x0, y1 - y0)
    if wide > _WIDEST:
        raise InputError(
            f"the film is {wide:.3g} m wide, but may be at most {_WIDEST} m: check the unit of "
            "the layout's file"
        )
    if smallest > wide / 10:
        message = (
            f"must be at most a tenth of the film's width, {wide:.3g} m, but is {smallest:.3g} m"
        )
        raise InputError(Problem(message, "layout.smallest_feature"))


def cleaned(film: Any, smallest: float) -> Any:
    """The film without slivers and notches narrower than its smallest feature.

    Raises:
        InputError: more than corners would be lost, or pieces would part or join.
    """
    import shapely

    half = smallest / 2
    opened = film.buffer(-half, **_MITRE).buffer(half, **_MITRE)
    closed = opened.buffer(half, **_MITRE).buffer(-half, **_MITRE)
    for before, after, what in ((film, opened, "film"), (opened, closed, "gap")):
        changed = shapely.symmetric_difference(before, after)
        parts = [p for p in shapely.get_parts(changed) if p.area > _HARMLESS * smallest**2]
        more = (_pieces(before) != _pieces(after)) and changed.area > 0
        if parts or more:
            worst = max(parts or shapely.get_parts(changed), key=lambda p: p.area)
            raise InputError(
                Problem(
                    f"is {smallest * 1e9:.4g} nm, but the layout has a {what} that is narrower, at "
                    f"{place(worst.representative_point())}: give a smaller one, or mend the "
                    "layout there",
                    "layout.smallest_feature",
                )
            )
    found = shapely.set_precision(closed.simplify(smallest / 20), smallest / 1000)
    return _polygonal(found)


def _pieces(film: Any) -> tuple[int, int]:
    """Of a film: how many pieces and how many holes."""
    import shapely

    parts = shapely.get_parts(film)
    return len(parts), int(sum(shapely.get_num_interior_rings(parts)))


def _terminals(terminals: list[Any], film: Any, smallest: float) -> tuple[Any, ...]:
    import shapely

    if not terminals:
        return ()
    if len(terminals) != 2:
        message = f"must be two shapes, between which a current flows, but is {len(terminals)}"
        raise InputError(Problem(f"{message}: draw two", "layout.terminal"))
    # Cleaning may have moved the outline by a part of the smallest feature.
    wide = tuple(terminal.buffer(smallest / 10) for terminal in terminals)
    for terminal in wide:
        if shapely.intersection(film.boundary, terminal).length < smallest:
            message = (
                f"is at {place(terminal.centroid)}, where no side of the film's outline lies in "
                "it: draw it over the side through which the current comes"
            )
            raise InputError(Problem(message, "layout.terminal"))
    if shapely.intersection(*wide).area > 0:
        message = f"is two shapes that overlap at {place(shapely.intersection(*wide).centroid)}"
        raise InputError(Problem(f"{message}: draw them apart", "layout.terminal"))
    return wide


def _grown(traps: Any, layout: Layout) -> Any:
    """The traps with their outlines moved; corners stay corners."""
    import shapely

    if not layout.trap_growth:
        return traps
    parts = shapely.get_parts(traps)
    grown = shapely.buffer(parts, layout.trap_growth, join_style="mitre", mitre_limit=3.0)
    for trap in parts[shapely.is_empty(grown)]:
        message = (
            f"is {1e6 * layout.trap_growth:.4g} µm, by which nothing is left of the trap at "
            f"{place(trap.centroid)}: give a number nearer to 0"
        )
        raise InputError(Problem(message, "layout.trap_growth"))
    return shapely.union_all(grown)


def _traps(traps: Any, film: Any, smallest: float) -> tuple[Any, ...]:
    import shapely

    made = []
    for trap in shapely.get_parts(traps):
        if shapely.intersection(trap, film).area < smallest**2:
            raise InputError(
                f"the trap at {place(trap.centroid)} does not lie on the film: move it, or take "
                "it out"
            )
        made.append(trap)
    return tuple(made)
