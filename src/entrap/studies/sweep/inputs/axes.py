"""An axis of a sweep: a range, a list or a column of a file, and the text that states it."""

import contextlib
import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrap.case.problems import collecting, keyed
from entrap.case.tables import NESTED, TABLES, current_key, unknown
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity, settle
from entrap.core.spellings import as_stated
from entrap.studies.sweep.inputs.column import Column, check_values
from entrap.studies.sweep.inputs.keys import declared

if TYPE_CHECKING:
    import numpy as np

SPACINGS = ("linear", "log")

MOST_AXES = 6
"""Keys that vary together, at most."""

COUNT: dict[str, Any] = {"kind": "integer", "at_least": 1, "at_most": 1e9}
"""What the number of points must be."""

NEEDS_POINTS = 'needs a number of points, as in "0.01:20:200"'

_POINTS = "Points of the range, its ends included"
_SPACED = "How they are spaced: evenly, or evenly in the logarithm"
_QUOTED = 'write the whole name of a key in quotes, as in "mixture.valence_ratio" = "0.01:20:200"'
_FORMS = '"start:stop:points", with ":log" behind it if wanted, "1, 2, 4" or "@FILE.csv:COLUMN"'


@dataclasses.dataclass(frozen=True)
class Range:
    """Values [SI] from one to another; how many is not needed where they are drawn in between.

    Raises:
        InputError: the ends are no two finite numbers, or reach 0 in a logarithmic range.

    Examples:
        >>> Range(1.0, 100.0, 3, "log").values().tolist()
        [1.0, 10.0, 100.0]
    """

    start: float = quantity("1", "", "First value, in the unit of the key")
    stop: float = quantity("1", "", "Last value, in the unit of the key")
    points: int | None = quantity("1", "N", _POINTS, default=None, example=200, **COUNT)
    spacing: str = quantity(
        "1", "", _SPACED, default="linear", kind="text", choices=SPACINGS, example="log"
    )

    def __post_init__(self) -> None:
        settle(self)
        ends = f"but goes from {self.start:g} to {self.stop:g}"
        if self.start == self.stop and self.points != 1:
            raise InputError(f"must have two different ends, {ends}")
        if self.spacing == "log" and not (self.start > 0 < self.stop or self.start < 0 > self.stop):
            raise InputError(f"must not reach 0 to be spaced in the logarithm, {ends}")

    @property
    def ends(self) -> tuple[float, float]:
        """The smaller end and the larger one."""
        return min(self.start, self.stop), max(self.start, self.stop)

    def values(self) -> "np.ndarray":
        """All its values [SI]; the ends are exact."""
        import numpy as np

        if self.points is None:
            raise InputError(NEEDS_POINTS)
        space = np.geomspace if self.spacing == "log" else np.linspace
        return space(self.start, self.stop, self.points)

    def at(self, share: "np.ndarray") -> "np.ndarray":
        """Values [SI] that lie shares of the way from start to stop, in the logarithm if so spaced.

        Examples:
            >>> round(float(Range(1.0, 1e4, spacing="log").at(0.5)), 9)
            100.0
        """
        import numpy as np

        if self.spacing == "log":
            x = self.start * np.exp(share * math.log(self.stop / self.start))
        else:
            x = self.start + share * (self.stop - self.start)
        return np.clip(x, *self.ends)  # the last digit may be rounded beyond an end


Axis = Range | tuple[float, ...] | Column
"""The values of a key in a sweep."""


def read_axis(key: str, stated: Any) -> Axis:
    """An axis from whatever states it.

    Args:
        key: What varies: a numeric key of a case by dotted name, or "temperature".
        stated: A list or an array in one dimension; a table with the fields of a `Range` or a
            `Column`, or one of these; or a text. That reads "start:stop:points", with ":linear" or
            ":log" behind it, the points left out where values are drawn; values with commas between
            them; or "@FILE.csv:COLUMN", where the column is that of the key's name if none is
            given. Numbers may have units.

    Raises:
        InputError: the key or what is stated is none of these, or a value is out of bounds.

    Examples:
        >>> read_axis("mixture.valence_ratio", "0.01:20:200:log")
        Range(start=0.01, stop=20.0, points=200, spacing='log')
        >>> read_axis("protocol.start", "200 mK, 4 K, 8")
        (0.2, 4.0, 8.0)
        >>> read_axis("trap.rate", "@rates.csv").column
        'trap.rate'
        >>> read_axis("landau.a", {"start": 1e-23, "stop": "5 k_B", "points": 50})
        Range(start=1e-23, stop=6.903245e-23, points=50, spacing='linear')
    """
    declared(key)
    stated = as_stated(stated)
    if isinstance(stated, str):
        stated = _parsed(key, stated)
    elif isinstance(stated, Range | Column):
        stated = plain_axis(stated)
    elif getattr(stated, "ndim", None) == 1:
        import numpy as np

        numbers = np.asarray(stated)
        if numbers.size and numbers.dtype.kind in "fiu" and declared(key).kind != "integer":
            return tuple(check_values(key, numbers.astype(float)).tolist())
        stated = numbers.tolist()
    if isinstance(stated, Mapping):
        return _counted(key, _table(key, stated))
    if isinstance(stated, Sequence):
        return _list(key, stated)
    kind = type(stated).__name__
    raise InputError(Problem(f"must be {_FORMS}, a list or a table, but is a {kind}", key))


def read_axes(stated: Any, problems: list[Problem]) -> dict[str, Axis]:
    """All axes in order, from what `read_axis` takes by key; adds what is wrong to the problems."""
    if not isinstance(stated, Mapping) or not stated:
        text = f"must be a table with a key for each axis: {_QUOTED}"
        problems.append(Problem(text, "axes"))
        return {}
    if len(stated) > MOST_AXES:
        problems.append(Problem(f"must be at most {MOST_AXES} keys, but are {len(stated)}", "axes"))
    made = {}
    for key, axis in stated.items():
        with collecting(problems, "axes"):
            if isinstance(axis, Mapping) and (key in TABLES or key in NESTED):
                raise InputError(Problem(f"is a table: {_QUOTED}", key))
            key = current_key(key)
            if key in made:
                raise InputError(Problem("is given twice, under two names: keep one", key))
            made[key] = read_axis(key, axis)
    return made


def values_of(key: str, axis: Axis) -> "np.ndarray":
    """All values of an axis [SI]."""
    import numpy as np

    if isinstance(axis, Column):
        return axis.values(key)
    return axis.values() if isinstance(axis, Range) else np.array(axis)


def ends_of(key: str, axis: Axis) -> tuple[float, float]:
    """The least and the greatest value of an axis [SI]."""
    if isinstance(axis, Range):
        return axis.ends
    values = axis.values(key).tolist() if isinstance(axis, Column) else axis
    return min(values), max(values)


def plain_axis(axis: Axis) -> dict[str, Any] | list[float]:
    """An axis as `read_axis` takes it, of what TOML and JSON have."""
    if isinstance(axis, tuple):
        return list(axis)
    return {key: x for key, x in dataclasses.asdict(axis).items() if x is not None}


def _parsed(key: str, text: str) -> dict[str, str] | list[str]:
    """What a text states, as a table or a list."""
    text = text.strip()
    if text.startswith("@"):
        file = text[1:].strip()
        head, _, tail = file.rpartition(":")
        if head and not {"/", "\\"} & set(tail):  # else the colon is that of a drive
            return {"file": head.strip(), "column": tail.strip() or key}
        return {"file": file}
    if ":" not in text:
        return text.split(",")
    parts = [part.strip() for part in text.split(":")]
    if len(parts) == 3 and parts[2] in SPACINGS:
        parts.insert(2, "")
    if len(parts) > 4:
        raise InputError(Problem(f"must read {_FORMS}, but is {text!r:.60}", key))
    start, stop, *more = parts
    named = zip(("points", "spacing"), more, strict=False)
    return {"start": start, "stop": stop} | {name: part for name, part in named if part}


def _table(key: str, stated: Mapping[str, Any]) -> Range | Column:
    kind = Column if "file" in stated else Range
    fields = tuple(field.name for field in dataclasses.fields(kind))
    problems = [
        Problem(unknown(str(name), fields, "key"), f"{key}.{name}")
        for name in stated
        if name not in fields
    ]
    if kind is Column:
        stated = {"column": key, **stated}
    problems += [
        Problem('is missing: a range needs it, or give `file = "FILE.csv"`', f"{key}.{name}")
        for name in (f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING)
        if name not in stated
    ]
    if problems:
        raise InputError(*problems)
    if kind is Range:
        start, stop = _list(key, (stated["start"], stated["stop"]))
        stated = {**stated, "start": start, "stop": stop}
    with keyed(key):
        return kind(**stated)


def _counted(key: str, axis: Range | Column) -> Axis:
    """A range of a key that counts as a list of whole numbers, any other axis as it is."""
    if declared(key).kind != "integer" or isinstance(axis, Column):
        return axis
    if axis.points is None:
        text = 'must be a list of whole numbers, as in "1, 2, 4": no number in between can be drawn'
        raise InputError(Problem(text, key))
    return _list(key, axis.values().tolist())


def _list(key: str, stated: Sequence[Any]) -> tuple[float, ...]:
    """Values in SI; all that is wrong with them at once."""
    if not stated:
        raise InputError(Problem("must have a value, but is an empty list", key))
    known, numbers = declared(key), []
    plain = known.kind == "number" and set(map(type, stated)) == {float}
    if plain and all(map(math.isfinite, stated)):
        with contextlib.suppress(InputError):  # one is out of bounds: each is looked at below
            known.read(min(stated))
            known.read(max(stated))
            return tuple(stated)
    problems: list[Problem] = []
    for value in stated:
        with collecting(problems, key):
            number = known.read(value.strip() if isinstance(value, str) else value)
            numbers.append(float(number))
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return tuple(numbers)
