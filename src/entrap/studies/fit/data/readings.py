"""The points in a file of measurements, and all that is wrong with its cells, row by row."""

import re
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, NamedTuple

from entrap.case.columns.cells import cell_of
from entrap.core.errors import InputError
from entrap.core.units import unit_scale
from entrap.model.observables import OBSERVABLES
from entrap.studies.fit.data.datafile import DataFile
from entrap.studies.fit.inputs.table import DataColumn, DataTable

_SIGNS = {"": 0, "=": 0, "none": 0, "<": 1, ">": -1}
_SWITCHES: dict[str, Any] = dict.fromkeys(("on", "yes", "true", "1"), True)
_SWITCHES |= dict.fromkeys(("off", "no", "false", "0"), False)
_WORDS: dict[str, tuple[dict[str, Any], str]] = {
    "trap": (_SWITCHES, '"on" or "off"'),
    "limit": (_SIGNS, '"<", ">" or nothing'),
}  # what the words of a column mean, by its role
_SIZE = re.compile(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*\Z", re.S)


class Point(NamedTuple):
    """A measurement, as `Observations` has it; `column` is where it stands."""

    column: str
    quantity: str
    on: bool
    coordinate: float
    value: float
    absolute: float
    relative: float
    limit: int
    group: str
    row: int


Spread = Callable[[int], tuple[float, float] | None]
"""Absolute and relative uncertainty of a row; None where it is missing or wrong."""


class Reader:
    """Turns the cells of a file into points; collects what is wrong, with the index of its row."""

    def __init__(self, file: DataFile, table: DataTable) -> None:
        self.file, self.table = file, table
        self.problems: dict[tuple[int, str], None] = {}
        self.units: list[tuple[str, str, str]] = []
        self.roles = {role: table.column_of(role) for role in ("trap", "group", "limit")}

    def messages(self) -> list[str]:
        """What is wrong, in the order of the rows."""
        return [text for _, text in sorted(self.problems, key=lambda problem: problem[0])]

    def points(self) -> list[Point]:
        """All points, column by column."""
        places = self._coordinates()
        columns = self.table.observed().items()
        return [point for name, column in columns for point in self._points(name, column, places)]

    def _coordinates(self) -> list[float | None]:
        """Temperature or time of each row; None where it is missing or wrong."""
        against = self.table.against
        name, unit = self.table.column_of(against) or "", "s" if against == "time" else "K"
        scale, _ = self._scale(name, self.table.columns[name].unit, unit)
        found: list[float | None] = []
        for i, cell in enumerate(self.file.columns[name]):
            at = self._number(i, name, cell, scale)
            if at is not None and not (at > 0 or (at == 0 and unit == "s")):
                least = "> 0 K" if unit == "K" else ">= 0 s"
                at = self._say(i, f"`{name}` must be {least}, but is {at:g} {unit}")
            found.append(at)
        return found

    def _points(self, name: str, column: DataColumn, places: Sequence[float | None]) -> list[Point]:
        scale, _ = self._scale(name, column.unit, OBSERVABLES[column.quantity].quantity.unit)
        spread = self._spread(name, column)
        found = []
        for i, row in enumerate(self.file.rows):
            cell, sign = bound_in(self.file.columns[name][i])
            value = self._number(i, name, cell, scale)
            if value is None or spread is None:
                continue  # wrong, or allowed to be missing
            at, size, sign = places[i], spread(i), self._sign(i, name, sign)
            on = column.trap == "on" if column.trap else self._word(i, "trap")
            group = column.group or (self._group(i) if self.roles["group"] else name)
            if at is None or size is None or sign is None or on is None or not group:
                continue
            if size[0] == 0 and size[1] * abs(value) == 0:
                mend = 'give an absolute one, as in "2 % + 0.01 meV"'
                self._say(i, f"`{name}` has an uncertainty of 0: {mend}")
                continue
            found.append(Point(name, column.quantity, on, at, value, *size, sign, group, row))
        return found

    def _spread(self, name: str, column: DataColumn) -> Spread | None:
        """The uncertainties of a column; None where they are wrong."""
        other, unit = column.uncertainty or "", OBSERVABLES[column.quantity].quantity.unit
        if other not in self.file.columns:
            try:
                stated = spread_in(other, unit)
            except InputError as error:
                return self._say(None, f"the uncertainty of `{name}` {error}")
            return lambda _: stated
        declared = self.table.columns.get(other)
        own = declared.unit if declared else None
        scale, own = self._scale(other, own, unit, of=name)
        shares = own == "%"

        def of_row(index: int) -> tuple[float, float] | None:
            cell = self.file.columns[other][index]
            size = self._number(index, other, cell, scale)
            if size is not None and size < 0:
                text = f"`{other}` is an uncertainty and must be >= 0, but is {cell:g}"
                return self._say(index, text)
            if size is None:
                return None
            return (0.0, size) if shares else (size, 0.0)

        return of_row

    def _scale(
        self, name: str, unit: str | None, wanted: str, of: str = ""
    ) -> tuple[tuple[float, float] | None, str]:
        """What 0 of the column's unit is in SI and how much SI grows with it; and that unit.

        Where the column holds uncertainties `of` another, they may be in per cent, and are in the
        unit of the other where they have none.
        """
        try:
            mend = f"state its `unit` in [data.columns.{name!r}]"
            unit = unit or self.file.headings[name].unit_of(wanted, mend, share=bool(of))
            if of and not unit:
                unit = self.table.columns[of].unit
                unit = unit or self.file.headings[of].unit_of(wanted, mend)
            if not (of and unit == "%"):
                scale = unit_scale(unit, wanted) if unit else (0.0, 1.0)
            else:
                scale = (0.0, 0.01)
        except InputError as error:
            return self._say(None, f"the unit of `{name}` {error}"), ""
        self.units.append((name, unit or "", wanted))
        return scale, unit or ""

    def _number(
        self, index: int, name: str, cell: Any, scale: tuple[float, float] | None
    ) -> float | None:
        """A cell in SI; None where it is missing, or wrong in itself or its unit."""
        if cell is None and "missing" not in self.table.allow:
            mend = 'fill it in, take the row out, or state allow = ["missing"]'
            return self._say(index, f"`{name}` is missing: {mend}")
        if cell is not None and not (isinstance(cell, float) and isfinite(cell)):
            return self._say(index, f'`{name}` must be a finite number, but is "{cell!s:.40}"')
        if cell is None or scale is None:
            return None
        value = scale[0] + scale[1] * cell
        if not isfinite(value):
            return self._say(index, f"`{name}` must be finite in SI, but is {cell:g} in its unit")
        return value

    def _sign(self, index: int, name: str, sign: int) -> int | None:
        """On which side of a limit the true value is; None where that cell is wrong."""
        if (column := self.roles["limit"]) is None:
            return sign
        other = self._word(index, "limit")
        if other is not None and sign * other < 0:
            return self._say(index, f"`{column}` contradicts `{name}`: keep one of them")
        return None if other is None else sign or other

    def _group(self, index: int) -> str | None:
        column = self.roles["group"] or ""
        text = f"`{column}` is missing: name the group to which the row belongs"
        return _name(self.file.columns[column][index]) or self._say(index, text)

    def _word(self, index: int, role: str) -> Any:
        """What the cell of a role means; None where that is wrong."""
        column, (words, known) = self.roles[role] or "", _WORDS[role]
        text = _name(self.file.columns[column][index]).lower()
        if text not in words:
            return self._say(index, f'`{column}` must be {known}, but is "{text:.20}"')
        return words[text]

    def _say(self, index: int | None, text: str) -> None:
        """Keep what is wrong with a row, or with the whole file."""
        if index is None:
            self.problems[-1, f"{self.file.name}: {text}"] = None
        else:
            self.problems[index, f"{self.file.name}, row {self.file.rows[index]}: {text}"] = None


def bound_in(cell: Any) -> tuple[Any, int]:
    """A cell such as "<0.5": its number, and on which side the true value is: 1 below, -1 above.

    Examples:
        >>> bound_in("< 0.5"), bound_in(0.5)
        ((0.5, 1), (0.5, 0))
    """
    if isinstance(cell, str) and isinstance(number := cell_of(cell[1:]), float):
        sign = _SIGNS.get(cell[0], 0)
        return (number if sign else cell), sign
    return cell, 0


def spread_in(text: str, unit: str) -> tuple[float, float]:
    """An uncertainty as in "2 % + 0.01 meV": its absolute part [SI], and its relative one.

    Raises:
        InputError: it is no uncertainty, or is below 0.

    Examples:
        >>> spread_in("2 % + 5 nm", "m")
        (5e-09, 0.02)
    """
    parts: dict[bool, float] = {}
    for part in re.split(r"(?<![eE])\+", text):
        try:
            if not (match := _SIZE.fullmatch(part)) or not match[2]:
                raise ValueError
            relative = match[2] == "%"
            number = float(match[1])
            size = number / 100 if relative else unit_scale(match[2], unit)[1] * number
        except ValueError:
            raise InputError(
                f'must be as in "2 %", "0.01 {unit}", both with +, or the name of a column of the '
                f'file, but is "{text:.40}"'
            ) from None
        if relative in parts:
            raise InputError(
                f'must have one absolute and one relative part at most, but is "{text:.40}"'
            )
        if not 0 <= size < float("inf"):
            raise InputError(f'must be finite and >= 0, but is "{text:.40}"')
        parts[relative] = size
    return parts.get(False, 0.0), parts.get(True, 0.0)


def _name(cell: Any) -> str:
    """A cell as a name; a number is one too."""
    return "" if cell is None else f"{cell:.15g}" if isinstance(cell, float) else str(cell)
