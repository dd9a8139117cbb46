"""The points in a file of measurements, and all that is wrong with its cells, row by row."""

import dataclasses
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any

from entrap.core.errors import InputError
from entrap.model.observables import OBSERVABLES
from entrap.studies.fit.data.cells import (
    bound_in,
    name_in,
    number_in,
    scale_of,
    sign_in,
    spread_in,
    switch_in,
)
from entrap.studies.fit.data.datafile import DataFile
from entrap.studies.fit.inputs.table import DataColumn, DataTable


@dataclasses.dataclass(frozen=True)
class Point:
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
    """Turns cells into points and collects what is wrong, with the index of its row.

    Args:
        file: The cells.
        table: What they are.
    """

    def __init__(self, file: DataFile, table: DataTable) -> None:
        self.file, self.table = file, table
        self.problems: dict[tuple[int, str], None] = {}
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
        name, unit = self.table.column_of("temperature"), "K"
        if name is None:
            name, unit = self.table.column_of("time") or "", "s"
        scale = self._scale(name, self.table.columns[name].unit, unit)
        found: list[float | None] = []
        for i, cell in enumerate(self.file.columns[name]):
            at = self._number(i, name, cell, scale)
            if at is not None and not (at > 0 or (at == 0 and unit == "s")):
                least = "> 0 K" if unit == "K" else ">= 0 s"
                at = self._say(i, f"`{name}` must be {least}, but is {at:g} {unit}")
            found.append(at)
        return found

    def _points(self, name: str, column: DataColumn, places: Sequence[float | None]) -> list[Point]:
        scale = self._scale(name, column.unit, OBSERVABLES[column.quantity].quantity.unit)
        spread = self._spread(name, column)
        found = []
        for i, row in enumerate(self.file.rows):
            cell, sign = bound_in(self.file.columns[name][i])
            value = self._number(i, name, cell, scale)
            if value is None or spread is None:
                continue  # wrong, or allowed to be missing
            at, size, sign = places[i], spread(i), self._sign(i, name, sign)
            on = column.trap == "on" if column.trap else self._read(i, "trap", switch_in)
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
        own = (declared.unit if declared else None) or self.file.units.get(other)
        shares = own == "%"
        own = own or column.unit or self.file.units.get(name)
        scale = (0.0, 0.01) if shares else self._scale(other, own, unit)

        def of_row(index: int) -> tuple[float, float] | None:
            cell = self.file.columns[other][index]
            size = self._number(index, other, cell, scale)
            if size is None:
                return None
            if size < 0:
                text = f"`{other}` is an uncertainty and must be >= 0, but is {cell:g}"
                return self._say(index, text)
            return (0.0, size) if shares else (size, 0.0)

        return of_row

    def _scale(self, name: str, unit: str | None, wanted: str) -> tuple[float, float] | None:
        """What 0 of the column's unit is in SI, and how much SI grows with it."""
        unit = unit or self.file.units.get(name)
        if not unit:
            return 0.0, 1.0
        try:
            return scale_of(unit, wanted)
        except InputError as error:
            return self._say(None, f"the unit of `{name}` {error}")

    def _number(
        self, index: int, name: str, cell: Any, scale: tuple[float, float] | None
    ) -> float | None:
        """A cell in SI; None where it is missing, or wrong in itself or its unit."""
        try:
            number = number_in(cell)
        except InputError as error:
            return self._say(index, f"`{name}` {error}")
        if number is None and "missing" not in self.table.allow:
            mend = 'fill it in, take the row out, or state allow = ["missing"]'
            return self._say(index, f"`{name}` is missing: {mend}")
        if number is None or scale is None:
            return None
        value = scale[0] + scale[1] * number
        if not isfinite(value):
            return self._say(index, f"`{name}` must be finite in SI, but is {number:g} in its unit")
        return value

    def _sign(self, index: int, name: str, sign: int) -> int | None:
        """On which side of a limit the true value is; None where that cell is wrong."""
        if (column := self.roles["limit"]) is None:
            return sign
        other = self._read(index, "limit", sign_in)
        if other is not None and sign * other < 0:
            return self._say(index, f"`{column}` contradicts `{name}`: keep one of them")
        return None if other is None else sign or other

    def _group(self, index: int) -> str | None:
        column = self.roles["group"] or ""
        text = f"`{column}` is missing: name the group to which the row belongs"
        return name_in(self.file.columns[column][index]) or self._say(index, text)

    def _read(self, index: int, role: str, read: Callable[[Any], Any]) -> Any:
        """What the cell of a role says; None where that is wrong."""
        column = self.roles[role] or ""
        try:
            return read(self.file.columns[column][index])
        except InputError as error:
            return self._say(index, f"`{column}` {error}")

    def _say(self, index: int | None, text: str) -> None:
        """Keep what is wrong with a row, or with the whole file."""
        if index is None:
            self.problems[-1, f"{self.file.name}: {text}"] = None
        else:
            self.problems[index, f"{self.file.name}, row {self.file.rows[index]}: {text}"] = None
