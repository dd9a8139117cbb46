"""A sweep: which keys of a case vary, how, and what is asked of it."""

import dataclasses
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.problems import collecting
from entrap.case.tables import current_key, read_fields
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import either, quantity, settle
from entrap.studies.sweep.inputs.axes import (
    COUNT,
    NEEDS_POINTS,
    Axis,
    Range,
    plain_axis,
    read_axes,
    values_of,
)
from entrap.studies.sweep.inputs.column import Column

if TYPE_CHECKING:
    import numpy as np

SAMPLED = ("latin-hypercube", "sobol")
"""Schemes whose points are drawn."""

SCHEMES = ("grid", "rows", *SAMPLED)
"""All combinations; one point for each row of the axes; points that are drawn."""

REDUCTIONS = ("max", "min", "mean", "argmax", "argmin")
"""What may become of an axis of a grid; the last two give its coordinate."""

LARGEST = 1e12
"""Points of a grid, at most."""

_SCHEME = "All combinations of the axes, their rows, or points drawn between their ends"
_SAMPLES = "Points that are drawn; a power of 2 for Sobol's"
_SEED = "Seed with which they are drawn"


@dataclasses.dataclass(frozen=True)
class Sweep:
    """The table [sweep]: keys that vary, in order, and the results that are asked for.

    Args:
        axes: By dotted key: a `Range`, values, a `Column`, or what `axes.read_axis` takes.
        results: Names of results; a default of the study where none is given.
        scheme: How the axes make points.
        samples: How many are drawn.
        seed: With which they are drawn.
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

    axes: Mapping[str, Axis] = dataclasses.field(default_factory=dict)
    results: tuple[str, ...] = ()
    scheme: str = quantity(
        "1", "", _SCHEME, default="grid", kind="text", choices=SCHEMES, example="grid"
    )
    samples: int | None = quantity("1", "", _SAMPLES, default=None, example=1024, **COUNT)
    # Beyond this largest seed a float skips whole numbers.
    seed: int = quantity(
        "1", "", _SEED, default=0, kind="integer", at_least=0, at_most=2**53 - 1, example=0
    )
    reduce: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        with collecting(problems):
            settle(self)
        named = tuple(map(current_key, self.axes)) if isinstance(self.axes, Mapping) else ()
        for key, value in (
            ("axes", read_axes(self.axes, problems)),
            ("results", _results(self.results, problems)),
            ("reduce", _reductions(self.reduce, named, problems)),
        ):
            object.__setattr__(self, key, value)
        if not problems:
            problems += self._misfits()
        if problems:
            raise InputError(*problems)

    @classmethod
    def from_dict(cls, stated: Any, folder: Path | None = None) -> "Sweep":
        """Sweep from its table, as a case file or `to_dict` has it; one already made is given back.

        The paths of CSV files are relative to the folder, in which they must be if it is given.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        made = read_fields(cls, stated)
        if folder is None:
            return made
        moved, problems = dict(made.axes), []
        for key, axis in made.axes.items():
            if isinstance(axis, Column):
                file = folder / axis.file
                moved[key] = dataclasses.replace(axis, file=str(file))
                if not file.is_file():
                    text = f"names the file {file}, which is not there"
                    problems.append(Problem(text, f"axes.{key}"))
        if problems:
            raise InputError(*problems)
        return dataclasses.replace(made, axes=moved)

    @classmethod
    def of(cls, case: Case) -> "Sweep | None":
        """What a case says is to vary; None where it says nothing."""
        return study_of(case, cls)

    def to_dict(self) -> dict[str, Any]:
        """The sweep as a table of SI numbers; `from_dict` gives the same sweep back."""
        axes = {key: plain_axis(axis) for key, axis in self.axes.items()}
        made = {**vars(self), "axes": axes, "results": [*self.results], "reduce": {**self.reduce}}
        return {key: x for key, x in made.items() if x is not None and x not in ([], {})}

    def values(self) -> "dict[str, np.ndarray]":
        """Values of each axis [SI]: its own on a grid, else those of each point.

        What is drawn is even in the logarithm of a range spaced so, and the same for the same seed.

        Raises:
            InputError: a file cannot be read, or its values do not fit the other axes.
        """
        if self.scheme in SAMPLED:
            from scipy.stats import qmc

            sampler = qmc.Sobol if self.scheme == "sobol" else qmc.LatinHypercube
            unit = sampler(len(self.axes), rng=self.seed).random(self.samples or 0)
            axes = zip(self.axes.items(), unit.T, strict=True)
            return {key: axis.at(u) for (key, axis), u in axes if isinstance(axis, Range)}
        read: dict[str, Any] = {}
        problems: list[Problem] = []
        for key, axis in self.axes.items():
            with collecting(problems):
                read[key] = axis.values(key) if isinstance(axis, Column) else axis
        if problems:
            raise InputError(*problems)
        # What the files hold is checked as if it stood in their place.
        whole = dataclasses.replace(self, axes=read)
        return {key: values_of(key, axis) for key, axis in whole.axes.items()}

    def _misfits(self) -> list[Problem]:
        """What does not fit together, though each part is valid by itself."""
        wrong: dict[str, str] = {}
        counts: dict[str, int] = {}
        grid, drawn = self.scheme == "grid", self.scheme in SAMPLED
        for key, axis in self.axes.items():
            if drawn and not isinstance(axis, Range):
                wrong[f"axes.{key}"] = f'must be a range, as in "0.01:20", for "{self.scheme}"'
            elif isinstance(axis, tuple):
                counts[key] = len(axis)
                for x in _repeated(axis) if grid else ():
                    text = f"must have each value once on a grid, but has {x:g} again"
                    wrong.setdefault(f"axes.{key}", text)
            elif isinstance(axis, Range) and axis.points is not None:
                counts[key] = axis.points
            elif isinstance(axis, Range) and not drawn:
                wrong[f"axes.{key}"] = NEEDS_POINTS
        if self.reduce and not grid:
            wrong["reduce"] = f'needs scheme = "grid", not "{self.scheme}"'
        if drawn and self.samples is None:
            wrong["samples"] = f'is missing: "{self.scheme}" needs it'
        elif self.scheme == "sobol" and self.samples and self.samples & (self.samples - 1):
            wrong["samples"] = f'must be a power of 2 for "sobol", but is {self.samples}'
        elif self.samples is not None and not drawn:
            drawing = either(SAMPLED)
            wrong["samples"] = f'needs scheme = {drawing}, not "{self.scheme}"'
        if grid and math.prod(counts.values()) > LARGEST:
            has = " x ".join(map(str, counts.values()))
            wrong["axes"] = f"must make at most {LARGEST:g} points, but make {has}"
        if self.scheme == "rows" and len(set(counts.values())) > 1:
            has = ", ".join(f"`{key}` has {count}" for key, count in counts.items())
            wrong["axes"] = f"must all have as many values to be rows, but {has}"
        return [Problem(text, key) for key, text in wrong.items()]


def _results(stated: Any, problems: list[Problem]) -> tuple[str, ...]:
    names = list(stated) if isinstance(stated, list | tuple) else [None]
    if not all(isinstance(name, str) and name.strip() for name in names):
        problems.append(Problem(f"must be a list of names, but is {stated!r:.60}", "results"))
        return ()
    problems += [
        Problem(f"must name each once, but names {name} again", "results")
        for name in _repeated(names)
    ]
    return tuple(map(str, names))


def _reductions(stated: Any, axes: tuple[str, ...], problems: list[Problem]) -> dict[str, str]:
    if not isinstance(stated, Mapping):
        text = f'must be a table, as in {{ temperature = "max" }}, but is {stated!r:.60}'
        problems.append(Problem(text, "reduce"))
        return {}
    stated = {current_key(key): word for key, word in stated.items()}
    for key, word in stated.items():
        if key not in axes:
            problems.append(Problem(f"is no axis: axes are {', '.join(axes)}", f"reduce.{key}"))
        if word not in REDUCTIONS:
            one_of = either(REDUCTIONS)
            problems.append(Problem(f"must be {one_of}, but is {word!r:.60}", f"reduce.{key}"))
    return stated


def _repeated(values: Iterable[Any]) -> list[Any]:
    """What is there more than once."""
    return [value for value, count in Counter(values).items() if count > 1]
