"""A sweep: which keys of a case vary, how, and what is asked of it."""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.tables import current_key, read_fields
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle
from entrap.studies.sweep.inputs.axes import (
    NEEDS_POINTS,
    Axis,
    Range,
    plain_axis,
    read_axes,
    values_of,
)
from entrap.studies.sweep.inputs.column import Column
from entrap.studies.sweep.inputs.draws import SAMPLED, drawn

if TYPE_CHECKING:
    import numpy as np

SCHEMES = ("grid", "rows", *SAMPLED)
"""All combinations; one point for each row of the axes; points that are drawn."""

REDUCTIONS = ("max", "min", "mean", "argmax", "argmin")
"""What may become of an axis of a grid; the last two give its coordinate."""

LARGEST = 1e12
"""Points of a grid, at most."""


@dataclasses.dataclass(frozen=True)
class Sweep:
    """The table [sweep]: keys that vary, in order, and the results that are asked for.

    Args:
        axes: By dotted key: a `Range`, values, a `Column`, or what `axes.read_axis` takes.
        results: Names of results; a default of the study where none is given.
        scheme: How the axes make points.
        samples: Points that are drawn; a power of 2 for "sobol".
        seed: Seed with which they are drawn.
        reduce: What becomes of an axis of a grid, by its key.

    Raises:
        InputError: all that is wrong, each with its key.

    Examples:
        >>> sweep = Sweep({"mixture.valence_ratio": "0.01:20:3:log", "temperature": "4 K, 6 K"})
        >>> sweep.axes["temperature"]
        (4.0, 6.0)
        >>> sweep.values()["mixture.valence_ratio"].round(3).tolist()
        [0.01, 0.447, 20.0]
    """

    TABLE: ClassVar[str] = "sweep"

    axes: Mapping[str, Axis]
    results: tuple[str, ...] = ()
    scheme: str = quantity(
        "1",
        "",
        "All combinations of the axes, their rows, or points drawn between their ends",
        default="grid",
        kind="text",
        choices=SCHEMES,
        example="grid",
    )
    samples: int | None = quantity(
        "1",
        "",
        "Points that are drawn; a power of 2 for Sobol's",
        default=None,
        kind="integer",
        at_least=1,
        at_most=1e9,
        example=1024,
    )
    seed: int = quantity(
        "1",
        "",
        "Seed with which they are drawn",
        default=0,
        kind="integer",
        at_least=0,
        at_most=2**53 - 1,  # beyond, a float skips whole numbers
        example=0,
    )
    reduce: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        try:
            settle(self)
        except InputError as error:
            problems += error.problems
        named = tuple(map(current_key, self.axes)) if isinstance(self.axes, Mapping) else ()
        self._set("axes", read_axes(self.axes, problems))
        self._set("results", _results(self.results, problems))
        self._set("reduce", _reductions(self.reduce, named, problems))
        if not problems:
            problems += self._misfits()
        if problems:
            raise InputError(*problems)

    @classmethod
    def from_dict(cls, stated: Any, folder: Path | None = None) -> "Sweep":
        """Sweep from its table, as a case file or `to_dict` has it.

        Args:
            stated: Values by key; a sweep already made is given back.
            folder: Where the CSV files are that its axes name, and must be; they are not looked
                for where it is None.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        if isinstance(stated, Mapping):
            stated = {"axes": None} | dict(stated)
        made = read_fields(cls, stated)
        return made if folder is None else made.beside(folder)

    @classmethod
    def of(cls, case: Case) -> "Sweep | None":
        """What a case says is to vary; None where it says nothing."""
        return study_of(case, cls)

    def to_dict(self) -> dict[str, Any]:
        """The sweep as a table of SI numbers; `from_dict` gives the same sweep back."""
        made = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        made["results"], made["reduce"] = list(self.results), dict(self.reduce)
        made["axes"] = {key: plain_axis(axis) for key, axis in self.axes.items()}
        return {key: x for key, x in made.items() if x is not None and x not in ([], {})}

    def beside(self, folder: Path) -> "Sweep":
        """The sweep of a case file, its CSV files found in a folder.

        Args:
            folder: What their paths are relative to.

        Raises:
            InputError: there is no such file.
        """
        moved, problems = dict(self.axes), []
        for key, axis in self.axes.items():
            if isinstance(axis, Column):
                moved[key] = dataclasses.replace(axis, file=str(folder / axis.file))
                if not (folder / axis.file).is_file():
                    told = f"names the file {folder / axis.file}, which is not there"
                    problems.append(Problem(told, f"axes.{key}"))
        if problems:
            raise InputError(*problems)
        return dataclasses.replace(self, axes=moved)

    def values(self) -> "dict[str, np.ndarray]":
        """Values of each axis [SI]: its own on a grid, else those of each point.

        What is drawn is the same for the same seed.

        Raises:
            InputError: a file cannot be read, or its values do not fit the other axes.
        """
        if self.scheme in SAMPLED:
            ranges = {key: axis for key, axis in self.axes.items() if isinstance(axis, Range)}
            return drawn(ranges, self.scheme, self.samples or 0, self.seed)
        columns: dict[str, np.ndarray] = {}
        problems: list[Problem] = []
        for key, axis in self.axes.items():
            if isinstance(axis, Column):
                try:
                    columns[key] = axis.values(key)
                except InputError as error:
                    problems += error.problems
        if not problems:
            counts = self._counted() | {key: len(x) for key, x in columns.items()}
            problems += self._miscounts({key: counts[key] for key in self.axes})
            problems += self._repeats(columns)
        if problems:
            raise InputError(*problems)
        return {
            key: columns[key] if key in columns else values_of(key, axis)
            for key, axis in self.axes.items()
        }

    def _set(self, key: str, value: Any) -> None:
        object.__setattr__(self, key, value)

    def _counted(self) -> dict[str, int]:
        """Number of values of each axis that is no file."""
        counts = {
            key: axis.points if isinstance(axis, Range) else len(axis)
            for key, axis in self.axes.items()
            if not isinstance(axis, Column)
        }
        return {key: count for key, count in counts.items() if count is not None}

    def _misfits(self) -> list[Problem]:
        """What does not fit together, though each part is valid by itself."""
        if self.scheme not in SAMPLED:
            problems = [
                Problem(NEEDS_POINTS, f"axes.{key}")
                for key, axis in self.axes.items()
                if isinstance(axis, Range) and axis.points is None
            ]
            if self.samples is not None:
                drawing = " or ".join(f'"{scheme}"' for scheme in SAMPLED)
                problems.append(
                    Problem(f'needs scheme = {drawing}, not "{self.scheme}"', "samples")
                )
            lists = {key: axis for key, axis in self.axes.items() if isinstance(axis, tuple)}
            problems += self._miscounts(self._counted()) + self._repeats(lists)
        else:
            problems = [
                Problem(f'must be a range, as in "0.01:20", for "{self.scheme}"', f"axes.{key}")
                for key, axis in self.axes.items()
                if not isinstance(axis, Range)
            ]
            if self.samples is None:
                problems.append(Problem(f'is missing: "{self.scheme}" needs it', "samples"))
            elif self.scheme == "sobol" and self.samples & (self.samples - 1):
                problems.append(
                    Problem(f'must be a power of 2 for "sobol", but is {self.samples}', "samples")
                )
        if self.reduce and self.scheme != "grid":
            problems.append(Problem(f'needs scheme = "grid", not "{self.scheme}"', "reduce"))
        return problems

    def _miscounts(self, counts: Mapping[str, int]) -> list[Problem]:
        if self.scheme == "grid" and math.prod(counts.values()) > LARGEST:
            has = " x ".join(f"{count}" for count in counts.values())
            return [Problem(f"must make at most {LARGEST:g} points, but make {has}", "axes")]
        if self.scheme == "rows" and len(set(counts.values())) > 1:
            has = ", ".join(f"`{key}` has {count}" for key, count in counts.items())
            return [Problem(f"must all have as many values to be rows, but {has}", "axes")]
        return []

    def _repeats(self, lists: Mapping[str, Iterable[float]]) -> list[Problem]:
        if self.scheme != "grid":
            return []
        return [
            Problem(f"must have each value once on a grid, but has {x:g} again", f"axes.{key}")
            for key, values in lists.items()
            for x in itertools.islice(_again(values), 1)
        ]


def _results(stated: Any, problems: list[Problem]) -> tuple[str, ...]:
    names = list(stated) if isinstance(stated, list | tuple) else [None]
    if not all(isinstance(name, str) and name.strip() for name in names):
        problems.append(Problem(f"must be a list of names, but is {stated!r:.60}", "results"))
        return ()
    problems += [
        Problem(f"must name each once, but names {name} again", "results")
        for name in dict.fromkeys(_again(names))
    ]
    return tuple(map(str, names))


def _reductions(stated: Any, axes: tuple[str, ...], problems: list[Problem]) -> dict[str, str]:
    if not isinstance(stated, Mapping):
        problems.append(
            Problem(
                f'must be a table, as in {{ temperature = "max" }}, but is {stated!r:.60}', "reduce"
            )
        )
        return {}
    stated = {current_key(key): word for key, word in stated.items()}
    for key, word in stated.items():
        if key not in axes:
            problems.append(Problem(f"is no axis: axes are {', '.join(axes)}", f"reduce.{key}"))
        if word not in REDUCTIONS:
            one_of = " or ".join(f'"{known}"' for known in REDUCTIONS)
            problems.append(Problem(f"must be {one_of}, but is {word!r:.60}", f"reduce.{key}"))
    return stated


def _again(values: Iterable[Any]) -> Iterator[Any]:
    """What has been there before."""
    seen = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)
