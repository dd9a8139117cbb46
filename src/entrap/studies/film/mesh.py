"""The mesh of a layout, which draws itself and is written for other programs."""

import dataclasses
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.layout import Layout
from entrap.case.outlines import Outlines, needs_extra, outlines, place
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import number_text
from entrap.solve.plane.dual import Dual, dual_of
from entrap.solve.plane.outline import Cover, size_field
from entrap.solve.plane.triangulation import triangulate

_COARSEST = 1 / 30  # of the device's longer side
_ROUNDED = 1e-8  # smaller errors may be rounding, and are told as less than this


def error_text(error: float) -> str:
    """A relative error by the mesh as tables have it.

    Examples:
        >>> error_text(7.12e-4), error_text(9e-16)
        ('0.00071', 'less than 10⁻⁸')
    """
    return f"less than {number_text(_ROUNDED)}" if error < _ROUNDED else number_text(error, 2)


def percent_error_text(error: float) -> str:
    """A relative error by the mesh as sentences have it, in percent.

    Examples:
        >>> percent_error_text(7.12e-4), percent_error_text(9e-16)
        ('about 0.07 %', 'less than 10⁻⁶ %')
    """
    if error < _ROUNDED:
        return f"less than {number_text(100 * _ROUNDED)} %"
    return f"about {number_text(100 * error, 1)} %"


@dataclasses.dataclass(frozen=True, eq=False)
class Mesh:
    """Triangles that fill the film of a layout; traps lie on them and need not follow them.

    Args:
        layout: The layout.
        outlines: Its polygons.
        dual: Finite volumes and triangles.
        size: Longest side of triangles where nothing asks for smaller ones [m].
    """

    layout: Layout
    outlines: Outlines
    dual: Dual
    size: float

    @property
    def points(self) -> np.ndarray:
        """Coordinates of the points [m]."""
        return self.dual.mesh.points

    @property
    def triangles(self) -> np.ndarray:
        """Numbers of the points of each triangle."""
        return self.dual.mesh.triangles

    @cached_property
    def cover(self) -> Cover:
        """The triangles as shapes cut them."""
        return Cover(self.dual.mesh)

    @cached_property
    def trap_areas(self) -> np.ndarray:
        """Area of each point that each trap covers [m²]: traps in rows."""
        made = [self.cover.areas(trap) for trap in self.outlines.traps]
        return np.array(made).reshape(-1, len(self.points))

    @cached_property
    def terminals(self) -> tuple[np.ndarray, ...]:
        """Points of the outline in each of both terminals; nothing where there are none.

        Raises:
            InputError: a terminal holds less than a side of a triangle.
        """
        import shapely

        outline = self.dual.mesh.outline
        made = []
        for terminal in self.outlines.terminals:
            at = outline[shapely.intersects_xy(terminal, *self.points[outline].T)]
            if len(at) < 2:
                message = (
                    f"is at {place(terminal.centroid)}, where it holds no whole side of the mesh: "
                    "draw it over a whole side of the film's outline"
                )
                raise InputError(Problem(message, "layout.terminal"))
            made.append(at)
        return tuple(made)

    @property
    def smallest_angle(self) -> float:
        """Of all triangles [degrees]."""
        return float(self.dual.mesh.angles.min())

    def __repr__(self) -> str:
        return (
            f"Mesh of {len(self.points)} points and {len(self.triangles)} triangles, angles of "
            f"{self.smallest_angle:.1f}° and more"
        )

    def draw(self) -> Any:
        """A figure of matplotlib."""
        from entrap.studies.film.figures import mesh_figure

        return mesh_figure(self)

    def _repr_svg_(self) -> str:
        import io

        text = io.StringIO()
        self.draw().savefig(text, format="svg")
        return text.getvalue()

    def save(self, path: str | Path) -> None:
        """Write a file: .vtu for ParaView and pyvista, .nc for programs that read UGRID.

        Raises:
            InputError: its name ends in neither.
        """
        from entrap.studies.film.storage import write_fields

        write_fields(Path(path), self, {})


def mesh(layout: Layout, size: float | None = None) -> Mesh:
    """A mesh of a layout.

    Args:
        layout: The layout.
        size: Longest side of triangles [m]; that of the layout, or a thirtieth of the device, where
            it is not given.

    Raises:
        InputError: the layout is no film of which a mesh can be made; the message says where.

    Examples:
        >>> pad = {"on": "film", "rectangle": {"corner": [0.0, 0.0], "size": [4e-5, 1e-5]}}
        >>> made = mesh(Layout(shape=[pad]), size=5e-6)
        >>> round(float(made.dual.volumes.sum()) * 1e12, 9), made.smallest_angle > 20
        (400.0, True)
    """
    needs_extra()
    return mesh_of(layout, outlines(layout), size)


def mesh_of(
    layout: Layout, shapes: Outlines, size: float | None = None, coarser: float = 1.0
) -> Mesh:
    """The same of polygons that have been read, with all triangles by a factor `coarser`."""
    largest = size or layout.mesh.size or _COARSEST * shapes.size
    near = [(source.at, source.radius / 3) for source in layout.generation]
    sizes = size_field(
        [shapes.film], shapes.traps, near, finest=shapes.smallest / 6, largest=largest
    )
    triangles = triangulate(shapes.film, lambda at: coarser * sizes(at), shapes.smallest)
    made = Mesh(layout, shapes, dual_of(triangles), coarser * largest)
    _check_on_film(made, layout.probes.items(), "layout.probes.")
    _check_on_film(made, ((f"generation {n + 1}", s.at) for n, s in enumerate(layout.generation)))
    return made


def _check_on_film(made: Mesh, points: Iterable[tuple[str, Any]], key: str = "layout.") -> None:
    named = [*points]
    if not named:
        return
    found, _ = made.cover.found(np.array([at for _, at in named], float))
    problems = [
        Problem(f"is at {place(at)}, which is not on the film: move it there", f"{key}{name}")
        for (name, at), triangle in zip(named, found, strict=True)
        if triangle < 0
    ]
    if problems:
        raise InputError(*problems)
