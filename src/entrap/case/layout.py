"""The table [layout]: a film in two dimensions, its traps and holes, and what is asked of it."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from entrap.case import kinds
from entrap.case.layoutparts import (
    ROLES,
    MeshSize,
    Placement,
    Resonator,
    Shape,
    Source,
)
from entrap.case.points import Point, read_point
from entrap.case.problems import collecting
from entrap.case.screening import ScreeningOptions
from entrap.case.tables import read_fields, stated_of, unknown
from entrap.case.window import Window
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import settle


def _layer(meaning: str) -> Any:
    """A key that names a layer of the file."""
    return kinds.word(f"{meaning}, as layer/datatype", "1/0", default=None)


_MESH = MeshSize()
_PARTS = {
    "placement": Placement,
    "window": Window,
    "screening": ScreeningOptions,
    "resonator": Resonator,
    "mesh": MeshSize,
}


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
    terminal: str | None = _layer("Layer of the two terminals of a current in the film")
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
    trap_growth: float = kinds.key(
        "m",
        "δ",
        "By how much the outline of each trap is moved outwards",
        "5 um",
        within=(-1.0, 1.0),
        default=0.0,
        display="um",
    )
    background_rate: float = kinds.rate(
        "s_b", "Rate at which quasiparticles are lost everywhere, with no trap", "0 1/s"
    )
    shape: tuple[Shape, ...] = ()
    probes: Mapping[str, Point] = dataclasses.field(default_factory=dict)
    generation: tuple[Source, ...] = ()
    placement: Placement | None = None
    window: Window | None = None
    screening: ScreeningOptions | None = None
    resonator: Resonator | None = None
    mesh: MeshSize = _MESH
    folder: Path = Path()

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        with collecting(problems):
            settle(self)
        for key, kind in (("shape", Shape), ("generation", Source)):
            object.__setattr__(self, key, _several(getattr(self, key), kind, key, problems))
        for key, kind in _PARTS.items():
            if (stated := getattr(self, key)) is not None:
                with collecting(problems, key):
                    object.__setattr__(self, key, read_fields(kind, stated))
        object.__setattr__(self, "probes", _probes(self.probes, problems))
        if self.file is None and not any(s.on == "film" for s in self.shape or ()) and not problems:
            problems.append(
                Problem('is missing: give it, or a [[layout.shape]] with on = "film"', "file")
            )
        for key in ROLES:
            layer = getattr(self, key)
            if isinstance(layer, str) and not _is_layer(layer):
                message = f'must be a layer and a datatype, as in "1/0", but is "{layer}"'
                problems.append(Problem(message, key))
        if self.file is not None and self.film is None:
            problems.append(Problem('is missing: name the layer of the film, as in "1/0"', "film"))
        if not problems:
            problems += _same_names(self.shape)
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
    def traps_named(self) -> str:
        """What sentences call its traps, as far as they are known without the drawing."""
        drawn = sum(shape.on == "trap" for shape in self.shape)
        one = drawn == 1 and self.trap is None and self.placement is None
        return "the trap" if one else "the traps"

    @property
    def path(self) -> Path | None:
        """Where the file of the shapes is."""
        return None if self.file is None else self.folder / self.file


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


def _same_names(shapes: tuple[Shape, ...]) -> list[Problem]:
    """That two shapes have one name."""
    names = [shape.name for shape in shapes if shape.name is not None]
    twice = dict.fromkeys(name for name in names if names.count(name) > 1)
    return [Problem(f'has two shapes named "{name}": rename one', "shape") for name in twice]


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
