"""Parts of the table [layout]: shapes, sources, and what is asked of traps, mesh and resonance."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from entrap.case import kinds
from entrap.case.points import Point, read_point, settle_points
from entrap.case.problems import collecting, keyed
from entrap.case.tables import read_fields
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, settle

ROLES = ("film", "trap", "hole", "terminal")
"""What a polygon of a layout may be."""

WAVES = ("lumped", "quarter", "half")
"""How a current goes along a line: the same all along it, or as a standing wave."""

_MOST_VERTICES = 2000  # of a polygon in a case file


@dataclasses.dataclass(frozen=True)
class Circle:
    """A disc."""

    centre: Point
    radius: float = kinds.stretch("R", "Radius", "25 um")

    def __post_init__(self) -> None:
        settle_points(self, "centre")


@dataclasses.dataclass(frozen=True)
class Rectangle:
    """A rectangle with sides along x and y, by its lower left corner and its width and height."""

    corner: Point
    size: Point

    def __post_init__(self) -> None:
        settle_points(self, "corner", "size")
        message = f"must be a width and a height above 0 m, but is {list(self.size)}"
        kinds.refuse(("size", min(self.size) <= 0, message))


@dataclasses.dataclass(frozen=True)
class Shape:
    """A shape stated in the case file: exactly one of circle, rectangle and polygon."""

    on: str = kinds.word("What the shape is", "trap", choices=ROLES)
    name: str | None = kinds.word(
        "Its name, by which --set and sweeps call it", "left", default=None
    )
    circle: Circle | None = None
    rectangle: Rectangle | None = None
    polygon: tuple[Point, ...] | None = None

    def __post_init__(self) -> None:
        settle(self)
        if self.name is not None and not self.name.isidentifier():
            text = f"must be letters, digits and _, but is {self.name!r:.60}"
            raise InputError(Problem(text, "name"))
        stated = [key for key in _FORMS if getattr(self, key) is not None]
        if len(stated) != 1:
            raise InputError(f"must have one of {', '.join(_FORMS)}, but has {len(stated)}")
        if self.circle is not None:
            with keyed("circle"):
                object.__setattr__(self, "circle", read_fields(Circle, self.circle))
        elif self.rectangle is not None:
            with keyed("rectangle"):
                object.__setattr__(self, "rectangle", read_fields(Rectangle, self.rectangle))
        else:
            object.__setattr__(self, "polygon", _vertices(self.polygon))


_FORMS = ("circle", "rectangle", "polygon")


@dataclasses.dataclass(frozen=True)
class Source:
    """Quasiparticles that are made in a disc of the film, at a rate or in a burst at t = 0."""

    at: Point
    radius: float = kinds.stretch("R", "Radius of the disc", "20 um")
    rate: float = kinds.rate("g", "Generation of x = n_qp/(2 N_0 Δ) in the disc", "1e-2 1/s")
    burst: float = kinds.number(
        "x_0", "x that is added in the disc at t = 0", 1e-3, within=(0.0, 1.0), default=0.0
    )

    def __post_init__(self) -> None:
        settle_points(self, "at")
        message = "is 0 and so is `burst`: give one of them"
        kinds.refuse(("rate", not self.rate and not self.burst, message))


@dataclasses.dataclass(frozen=True)
class Placement:
    """Traps that are to be placed where they empty the film fastest, beside those of the layout."""

    count: int = kinds.number(
        "N", "Number of round traps to be placed", 3, within=(1, 20), kind="integer"
    )
    radius: float = kinds.stretch("R", "Radius of each of them", "20 um")
    starts: int = kinds.number(
        "", "Arrangements to start from", 3, within=(1, 50), default=2, kind="integer"
    )
    keep_from: Mapping[str, float] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        settle(self)
        read = {}
        problems: list[Problem] = []
        if not isinstance(self.keep_from, Mapping):
            raise InputError(Problem("must be a table of distances by probe", "keep_from"))
        for name, value in self.keep_from.items():
            with collecting(problems, f"keep_from.{name}"):
                read[name] = DISTANCE.read(value)
        if problems:
            raise InputError(*problems)
        object.__setattr__(self, "keep_from", read)


DISTANCE = Quantity("m", "", "Distance", at_least=0.0, at_most=1e3, display="um")
"""How far traps are kept from a probe."""


@dataclasses.dataclass(frozen=True)
class MeshSize:
    """How fine the mesh is."""

    size: float | None = kinds.stretch(
        "h", "Longest side of a triangle; from the trapping length if not given", "20 um",
        default=None,
    )  # fmt: skip
    tolerance: float = kinds.number(
        "", "Relative error of the slowest rate at which refining ends", 1e-3,
        within=(1e-6, 0.1), default=3e-3,
    )  # fmt: skip

    def __post_init__(self) -> None:
        settle(self)


@dataclasses.dataclass(frozen=True)
class Resonator:
    """The resonator whose current flows in the film."""

    kinetic_fraction: float = kinds.number(
        "α_k", "Share of the kinetic in all of the inductance", 0.3, within=(0.0, 1.0)
    )
    wave: str = kinds.word(
        "How the current goes between the terminals: the same all along, or as a quarter of a wave "
        "that ends at the second, or as half a wave",
        "quarter",
        choices=WAVES,
        default="lumped",
    )

    def __post_init__(self) -> None:
        settle(self)


def _vertices(value: Any) -> tuple[Point, ...]:
    if not isinstance(value, list | tuple) or not 3 <= len(value) <= _MOST_VERTICES:
        message = f"must be a list of 3 to {_MOST_VERTICES} points; larger ones belong in a file"
        raise InputError(Problem(message, "polygon"))
    with keyed("polygon"):
        return tuple(read_point(each) for each in value)
