"""An axis of a sweep: a range, a list or a column of a file, and the text that states it."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from entrap.case.tables import NESTED, TABLES, current_key, unknown
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantity, settle
from entrap.studies.sweep.inputs.column import Column, check_values
from entrap.studies.sweep.inputs.keys import declared

if TYPE_CHECKING:
    import numpy as np

SPACINGS = ("linear", "log")

MOST_AXES = 6
"""Keys that vary together, at most."""

_QUOTED = 'write the whole name of a key in quotes, as in "mixture.valence_ratio" = "0.01:20:200"'
_END = Quantity("1", "", "End of a range")
_FORMS = '"start:stop:points", with ":log" behind it if wanted, "1, 2, 4" or "@FILE.csv:COLUMN"'


@dataclasses.dataclass(frozen=True)
class Range:
    """Values from one to another, evenly spaced or evenly in the logarithm.

    Args:
        start: First value [SI].
        stop: Last value [SI].
        points: How many, both ends included; not needed where values are drawn between the ends.
        spacing: How they are spaced.

    Raises:
        InputError: the ends are no two finite numbers, or reach 0 in a logarithmic range.

    Examples:
        >>> Range(1.0, 100.0, 3, "log").values().tolist()
        [1.0, 10.0, 100.0]
    """

    start: float
    stop: float
    points: int | None = quantity(
        "1",
        "N",
        "Points of the range, its ends included",
        default=None,
        kind="integer",
        at_least=1,
        at_most=1e9,
        example=200,
    )
    spacing: str = quantity(
        "1",
        "",
        "How they are spaced: evenly, or evenly in the logarithm",
        default="linear",
        kind="text",
        choices=SPACINGS,
        example="log",
    )

    def __post_init__(self) -> None:
        settle(self)
        for key in ("start", "stop"):
            try:
                object.__setattr__(self, key, _END.read(getattr(self, key)))
            except InputError as error:
                raise InputError(*(Problem(p.text, key) for p in error.problems)) from None
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
        """All its values [SI]; the ends are exact.

        Raises:
            InputError: the number of points is not stated.
        """
        import numpy as np

        if self.points is None:
            raise InputError(NEEDS_POINTS)
        space = np.geomspace if self.spacing == "log" else np.linspace
        return space(self.start, self.stop, self.points)


NEEDS_POINTS = 'needs a number of points, as in "0.01:20:200"'

Axis = Range | tuple[float, ...] | Column
"""The values of a key in a sweep."""


def parse_axis(key: str, text: str) -> Axis:
    """An axis from its text.

    Args:
        key: What varies: a numeric key of a case by dotted name, or "temperature".
        text: "start:stop:points", with ":linear" or ":log" behind it, the points left out where
            values are drawn; values with commas between them; or "@FILE.csv:COLUMN", where the
            column is that of the key's name if none is given. Numbers may have units.

    Raises:
        InputError: the key or the text is none of these.

    Examples:
        >>> parse_axis("mixture.valence_ratio", "0.01:20:200:log")
        Range(start=0.01, stop=20.0, points=200, spacing='log')
        >>> parse_axis("protocol.start", "200 mK, 4 K, 8")
        (0.2, 4.0, 8.0)
        >>> parse_axis("trap.rate", "@rates.csv")
        Column(file='rates.csv', column='trap.rate')
    """
    declared(key)
    if text.strip().startswith("@"):
        file, column = text.strip()[1:].strip(), ""
        head, _, tail = file.rpartition(":")
        if head and not {"/", "\\"} & set(tail):  # else the colon is that of a drive
            file, column = head.strip(), tail.strip()
        return _rekeyed(key, Column, file, column or key)
    if ":" not in text:
        return _list(key, text.split(","))
    parts = [part.strip() for part in text.split(":")]
    if len(parts) == 3 and parts[2] in SPACINGS:
        parts.insert(2, "")
    if len(parts) > 4:
        raise InputError(Problem(f"must read {_FORMS}, but is {text!r:.60}", key))
    start, stop, points, spacing = (*parts, "", "")[:4]
    return _range(key, start, stop, points or None, spacing or "linear")


def read_axis(key: str, stated: Any) -> Axis:
    """An axis from whatever states it.

    Args:
        key: What varies.
        stated: A text as `parse_axis` takes it, a list or an array in one dimension, a table with
            the fields of a `Range` or a `Column`, or one of these.

    Raises:
        InputError: the key or what is stated is none of these, or a value is out of bounds.

    Examples:
        >>> read_axis("landau.a", {"start": 1e-23, "stop": "5 k_B", "points": 50})
        Range(start=1e-23, stop=6.903245e-23, points=50, spacing='linear')
    """
    declared(key)
    if isinstance(stated, str):
        return parse_axis(key, stated)
    if isinstance(stated, Column):
        return stated
    if isinstance(stated, Range):
        return _range(key, stated.start, stated.stop, stated.points, stated.spacing)
    if isinstance(stated, Mapping):
        return _table(key, stated)
    if getattr(stated, "ndim", None) == 1:
        return _array(key, stated)
    if isinstance(stated, Sequence):
        return _list(key, stated)
    kind = type(stated).__name__
    raise InputError(Problem(f"must be {_FORMS}, a list or a table, but is a {kind}", key))


def read_axes(stated: Any, problems: list[Problem]) -> dict[str, Axis]:
    """All axes, in order.

    Args:
        stated: By key, what `read_axis` takes.
        problems: What is wrong with them is added here.
    """
    if not isinstance(stated, Mapping) or not stated:
        told = f"must be a table with a key for each axis: {_QUOTED}"
        problems.append(Problem(told, "axes"))
        return {}
    if len(stated) > MOST_AXES:
        problems.append(Problem(f"must be at most {MOST_AXES} keys, but are {len(stated)}", "axes"))
    made = {}
    for key, axis in stated.items():
        try:
            if isinstance(axis, Mapping) and (key in TABLES or key in NESTED):
                raise InputError(Problem(f"is a table: {_QUOTED}", key))
            key = current_key(key)
            if key in made:
                raise InputError(Problem("is given twice, under two names: keep one", key))
            made[key] = read_axis(key, axis)
        except InputError as error:
            problems += [Problem(p.text, f"axes.{p.key}") for p in error.problems]
    return made


def values_of(key: str, axis: Axis) -> "np.ndarray":
    """All values of an axis [SI].

    Raises:
        InputError: a range does not state its points, or a file cannot be read.
    """
    if isinstance(axis, Column):
        return axis.values(key)
    if isinstance(axis, Range):
        return axis.values()
    import numpy as np

    return np.array(axis)


def ends_of(key: str, axis: Axis) -> tuple[float, float]:
    """The least and the greatest value of an axis [SI].

    Raises:
        InputError: a file cannot be read.
    """
    if isinstance(axis, Range):
        return axis.ends
    values = axis.values(key).tolist() if isinstance(axis, Column) else axis
    return min(values), max(values)


def plain_axis(axis: Axis) -> dict[str, Any] | list[float]:
    """An axis as `read_axis` takes it, of what TOML and JSON have."""
    if isinstance(axis, tuple):
        return list(axis)
    return {key: x for key, x in dataclasses.asdict(axis).items() if x is not None}


def _table(key: str, stated: Mapping[str, Any]) -> Axis:
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
        for name in fields[:2]
        if name not in stated
    ]
    if problems:
        raise InputError(*problems)
    return _rekeyed(key, Column, **stated) if kind is Column else _range(key, **stated)


def _range(key: str, start: Any, stop: Any, points: Any = None, spacing: str = "linear") -> Range:
    ends = _read(key, (start, stop))
    return _rekeyed(key, Range, *ends, points, spacing)


def _list(key: str, stated: Sequence[Any]) -> tuple[float, ...]:
    if not stated:
        raise InputError(Problem("must have a value, but is an empty list", key))
    return _read(key, stated)


def _array(key: str, stated: Any) -> tuple[float, ...]:
    import numpy as np

    numbers = np.asarray(stated)
    if not numbers.size or numbers.dtype.kind not in "fiu":
        return _list(key, numbers.tolist())
    return tuple(check_values(key, numbers.astype(float)).tolist())


def _read(key: str, stated: Sequence[Any]) -> tuple[float, ...]:
    """Values in SI; all that is wrong with them is told at once."""
    known, problems, numbers = declared(key), [], []
    for value in stated:
        try:
            numbers.append(known.read(value.strip() if isinstance(value, str) else value))
        except InputError as error:
            problems += [Problem(p.text, key) for p in error.problems]
    if problems:
        raise InputError(*dict.fromkeys(problems))
    return tuple(numbers)


def _rekeyed(key: str, kind: type, *values: Any, **named: Any) -> Any:
    """An object of an axis, the problems of which bear the key of the axis."""
    try:
        return kind(*values, **named)
    except InputError as error:
        raise InputError(
            *(Problem(p.text, f"{key}.{p.key}" if p.key else key) for p in error.problems)
        ) from None
