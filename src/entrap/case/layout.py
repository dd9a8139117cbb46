"""The table [layout]: a film in two dimensions, its traps and holes, and what is asked of it."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from entrap.case import kinds
from entrap.case.points import Point, read_point, settle_points
from entrap.case.problems import collecting, keyed
from entrap.case.tables import read_fields, stated_of, unknown
from entrap.case.window import Window
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, settle

ROLES = ("film", "trap", "hole")
"""What a polygon of a layout may be."""

_MOST_VERTICES = 2000  # of a polygon in a case file


def _layer(meaning: str) -> Any:
    """A key that names a layer of the file."""
    return kinds.word(f"{meaning}, as layer/datatype", "1/0", default=None)


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
    circle: Circle | None = None
    rectangle: Rectangle | None = None
    polygon: tuple[Point, ...] | None = None

    def __post_init__(self) -> None:
        settle(self)
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
                read[name] = _DISTANCE.read(value)
        if problems:
            raise InputError(*problems)
        object.__setattr__(self, "keep_from", read)


_DISTANCE = Quantity("m", "", "Distance", at_least=0.0, at_most=1e3, display="um")


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
class Layout:
    """A film in two dimensions: shapes from a GDS or OASIS file, from the case file, or both.

    Raises:
        InputError: all that is wrong, each with its key.

    Examples:
        >>> disc = {"on": "trap", "circle": {"centre": ["0 um", "0 um"], "radius": "5 um"}}
        >>> pad = {"on": "film", "rectangle": {"corner": ["-1 mm", "0 um"], "size": [2e-3, 1e-3]}}
        >>> round(Layout(shape=(pad, disc)).shape[1].circle.radius, 12)
        5e-06
    """

    TABLE: ClassVar[str] = "layout"

    file: str | None = kinds.word("GDS or OASIS file", "transmon.gds", default=None)
    cell: str | None = kinds.word(
        "Cell of the file; it must be named where several are on top", "QUBIT", default=None
    )
    film: str | None = _layer("Layer of the film in the file")
    trap: str | None = _layer("Layer of the traps")
    hole: str | None = _layer("Layer of the holes in the film")
    smallest_feature: float = kinds.stretch(
        "", "Smallest width of film, holes and gaps that is kept", "100 nm", default=1e-7
    )
    temperature: float | None = kinds.temperature(
        "T", "Temperature of the film; the protocol's start where it is not given", "20 mK",
        default=None,
    )  # fmt: skip
    quasiparticle_diffusivity: float | None = kinds.diffusivity(
        "D_qp",
        "Diffusivity of quasiparticles; the thermal mean of D_N/ν_S where it is not given",
        "18 cm^2/s",
    )
    background_rate: float = kinds.rate(
        "s_b", "Rate at which quasiparticles are lost everywhere, with no trap", "0 1/s"
    )
    shape: tuple[Shape, ...] = ()
    probes: Mapping[str, Point] = dataclasses.field(default_factory=dict)
    generation: tuple[Source, ...] = ()
    placement: Placement | None = None
    window: Window | None = None
    mesh: MeshSize = MeshSize()
    folder: Path = Path()

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        with collecting(problems):
            settle(self)
        for key, kind in (("shape", Shape), ("generation", Source)):
            object.__setattr__(self, key, _several(getattr(self, key), kind, key, problems))
        for key, kind in (("placement", Placement), ("window", Window), ("mesh", MeshSize)):
            if (stated := getattr(self, key)) is not None:
                with collecting(problems, key):
                    object.__setattr__(self, key, read_fields(kind, stated))
        object.__setattr__(self, "probes", _probes(self.probes, problems))
        if self.file is None and not any(s.on == "film" for s in self.shape or ()) and not problems:
            problems.append(
                Problem('is missing: give it, or a [[layout.shape]] with on = "film"', "file")
            )
        if self.file is not None and not isinstance(self.file, str):
            problems.append(Problem("must be the name of a GDS or OASIS file", "file"))
        for key in ROLES:
            layer = getattr(self, key)
            if isinstance(layer, str) and not _is_layer(layer):
                message = f'must be a layer and a datatype, as in "1/0", but is "{layer}"'
                problems.append(Problem(message, key))
        if self.file is not None and self.film is None:
            problems.append(Problem('is missing: name the layer of the film, as in "1/0"', "film"))
        if self.placement is not None and not problems:
            problems += [
                Problem(unknown(name, tuple(self.probes), "probe"), f"placement.keep_from.{name}")
                for name in self.placement.keep_from
                if name not in self.probes
            ]
        if problems:
            raise InputError(*problems)

    @classmethod
    def from_dict(cls, stated: Any, folder: str | Path = "") -> "Layout":
        """The table from its keys and values; its file's name is relative to the `folder`.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        return stated if isinstance(stated, cls) else read_fields(cls, stated, folder=Path(folder))

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it, numbers in SI."""
        made = {key: value for key, value in stated_of(self).items() if key != "folder"}
        for key in ("shape", "generation"):
            made[key] = [stated_of(part) for part in getattr(self, key)]
        return {key: value for key, value in made.items() if value not in ((), [], {})}

    @property
    def path(self) -> Path | None:
        """Where the file of the shapes is."""
        return None if self.file is None else self.folder / self.file


def _vertices(value: Any) -> tuple[Point, ...]:
    if not isinstance(value, list | tuple) or not 3 <= len(value) <= _MOST_VERTICES:
        message = f"must be a list of 3 to {_MOST_VERTICES} points; larger ones belong in a file"
        raise InputError(Problem(message, "polygon"))
    with keyed("polygon"):
        return tuple(read_point(each) for each in value)


def _several(stated: Any, kind: type, key: str, problems: list[Problem]) -> tuple[Any, ...]:
    """Tables of a list; what is wrong names its number in the list."""
    if not isinstance(stated, list | tuple):
        problems.append(Problem(f"must be a list of tables [[layout.{key}]]", key))
        return ()
    made = []
    for number, each in enumerate(stated, start=1):
        own: list[Problem] = []
        with collecting(own):
            made.append(read_fields(kind, each))
        problems += [Problem(f"number {number}: {problem}", key) for problem in own]
    return tuple(made)


def _probes(stated: Any, problems: list[Problem]) -> dict[str, Point]:
    if not isinstance(stated, Mapping):
        problems.append(Problem("must be a table of points by name", "probes"))
        return {}
    made = {}
    for name, value in stated.items():
        with collecting(problems, f"probes.{name}"):
            if not name.isidentifier():
                raise InputError("must have a name of letters, digits and _")
            made[name] = read_point(value)
    return made


def _is_layer(text: str) -> bool:
    parts = text.split("/")
    return len(parts) == 2 and all(p.isdecimal() and int(p) < 65536 for p in parts)
