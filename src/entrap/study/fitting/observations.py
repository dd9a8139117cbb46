"""Measurements in SI, checked: value, uncertainty, where and how each was taken."""

import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from entrap.core.constants import PLANCK
from entrap.core.errors import InputError
from entrap.core.units import si_value
from entrap.study.fitting.datafile import DataFile, read_file
from entrap.inputs.datatable import DataColumn, DataGroup, DataTable
from entrap.study.fitting.observables import observable

_ON, _OFF = ("on", "yes", "true", "1", "1.0"), ("off", "no", "false", "0", "0.0")
_NONE = ("", "=", "none")
_SHOWN = 20  # problems told of one file


@dataclasses.dataclass(frozen=True)
class Observations:
    """Measurements, a row each; arrays of one length.

    Args:
        quantity: What was measured, by name.
        on: Whether the trap was connected.
        coordinate: Temperature [K], or time since the trap went on [s].
        value: What was read [SI].
        absolute: One standard deviation [SI].
        relative: Another, as a share of the true value.
        limit: 0 for a value, 1 where the truth is below the value, -1 where it is above.
        group: Index of the group.
        row: Its row in the file.
        groups: The groups, by name.
        against: "temperature" or "time".
        follows: "equilibrium" or "protocol".
        source: Where they are from.
    """

    quantity: tuple[str, ...]
    on: np.ndarray
    coordinate: np.ndarray
    value: np.ndarray
    absolute: np.ndarray
    relative: np.ndarray
    limit: np.ndarray
    group: np.ndarray
    row: np.ndarray
    groups: dict[str, DataGroup]
    against: str
    follows: str = "equilibrium"
    source: str = ""

    def __len__(self) -> int:
        return len(self.value)

    def series(self) -> dict[tuple[str, bool, str], np.ndarray]:
        """Indices of the points of each quantity, trap state and group, in the order of the file."""
        names = list(self.groups)
        found: dict[tuple[str, bool, str], list[int]] = {}
        for i, (name, on, group) in enumerate(zip(self.quantity, self.on, self.group, strict=True)):
            found.setdefault((name, bool(on), names[int(group)]), []).append(i)
        return {key: np.array(index) for key, index in found.items()}


def load_data(path: str | Path, table: DataTable | None = None) -> Observations:
    """Read measurements.

    Args:
        path: A CSV, Parquet or NetCDF file.
        table: What its columns are; where it names none, the file's own header says so.

    Raises:
        InputError: the file cannot be read, or all that is wrong in it, with its rows.
    """
    file = read_file(path)
    chosen = table if table is not None and table.columns else file.table
    if chosen is None or not chosen.columns:
        raise InputError(
            f"{file.name} does not say what its columns are: give a table [data] in the case file, "
            "or in the file's header"
        )
    return observations(file, chosen)


def observations(file: DataFile, table: DataTable) -> Observations:
    """The measurements in a file, checked.

    Args:
        file: Its columns.
        table: What they are.

    Raises:
        InputError: all that is wrong, with its rows.
    """
    problems: list[str] = []
    for name in table.columns:
        if name not in file.columns:
            has = ", ".join(file.columns)
            problems.append(f"{file.name} has no column `{name}`: it has {has:.120}")
    if problems:
        raise InputError(*problems)
    reader = _Reader(file, table, problems)
    columns = [reader.points(name, column) for name, column in table.observed().items()]
    rows = [point for points in columns for point in points]
    if not rows and not problems:
        problems.append(f"{file.name} holds no measurement")
    if not problems:
        problems += _disorder(rows, file, table)
    if problems:
        more = len(problems) - _SHOWN
        told = problems[:_SHOWN] + ([f"{file.name}: and {more} more."] if more > 0 else [])
        raise InputError(*told)
    groups = {
        name: table.groups.get(name, DataGroup()) for name in dict.fromkeys(p.group for p in rows)
    }
    place = {name: i for i, name in enumerate(groups)}
    return Observations(
        quantity=tuple(p.quantity for p in rows),
        on=np.array([p.on for p in rows]),
        coordinate=np.array([p.coordinate for p in rows], float),
        value=np.array([p.value for p in rows], float),
        absolute=np.array([p.absolute for p in rows], float),
        relative=np.array([p.relative for p in rows], float),
        limit=np.array([p.limit for p in rows], float),
        group=np.array([place[p.group] for p in rows]),
        row=np.array([p.row for p in rows]),
        groups=groups,
        against="time" if table.of("time") else "temperature",
        follows="protocol" if table.of("time") else table.follows,
        source=file.name,
    )


@dataclasses.dataclass(frozen=True)
class _Point:
    quantity: str
    on: bool
    coordinate: float
    value: float
    absolute: float
    relative: float
    limit: int
    group: str
    row: int


@dataclasses.dataclass
class _Reader:
    """Cells to points; what is wrong is added to `problems`."""

    file: DataFile
    table: DataTable
    problems: list[str]

    def points(self, name: str, column: DataColumn) -> list[_Point]:
        """The points of one column of an observable."""
        against = self.table.of("temperature") or self.table.of("time") or ""
        unit = "s" if self.table.of("time") else "K"
        where = self._scale(against, self.table.columns[against].unit, unit)
        own = self._scale(name, column.unit, observable(column.quantity).unit)
        spread = self._uncertainty(name, column)
        if where is None or own is None or spread is None:
            return []
        cells = self.file.columns
        roles = {role: self.table.of(role) for role in ("trap", "group", "limit")}
        found = []
        for i, row in enumerate(self.file.rows):
            before = len(self.problems)
            at = self._number(against, i, where)
            cell, sign = _limit(cells[name][i])
            value = self._number(name, i, own, cell)
            if roles["limit"]:
                sign = self._sign(roles["limit"], i) or sign
            absolute, relative = spread(i)
            on = column.trap == "on" if column.trap else self._state(roles["trap"] or "", i)
            group = column.group or (
                str(_text(cells[roles["group"]][i])) if roles["group"] else name
            )
            if len(self.problems) > before or None in (at, value, absolute):
                continue  # what is wrong is told, or allowed to be missing
            if at <= 0 and unit == "K" or at < 0:
                self._say(i, against, f"must be > 0 {unit}, but is {at:g}")
            elif absolute == 0 and relative * abs(value) == 0:
                self._say(
                    i, name, 'has an uncertainty of 0: give an absolute one, as in "2 % + 0.01 meV"'
                )
            else:
                found.append(
                    _Point(
                        column.quantity, bool(on), at, value, absolute, relative, sign, group, row
                    )
                )
        return found

    def _say(self, index: int, column: str, text: str) -> None:
        self.problems.append(f"{self.file.name}, row {self.file.rows[index]}: `{column}` {text}")

    def _number(self, name: str, index: int, scale: tuple[float, float], cell: Any = None) -> Any:
        """A cell in SI; None where it is missing and may be."""
        cell = self.file.columns[name][index] if cell is None else cell
        if cell is None or (isinstance(cell, float) and cell != cell):
            if "missing" not in self.table.allow:
                self._say(
                    index, name, 'is missing: fill it in, take the row out, or allow = ["missing"]'
                )
            return None
        if not isinstance(cell, float) or abs(cell) == float("inf"):
            self._say(index, name, f'must be a finite number, but is "{cell!s:.40}"')
            return None
        return scale[0] + scale[1] * cell

    def _scale(self, name: str, unit: str | None, wanted: str) -> tuple[float, float] | None:
        """What 0 of the column's unit is in SI, and how much SI grows with it."""
        unit = unit or self.file.units.get(name)
        if not unit:
            return 0.0, 1.0
        try:
            return scale_of(unit, wanted)
        except InputError as error:
            self.problems.append(f"{self.file.name}: the unit of `{name}` {error}")
            return None

    def _uncertainty(self, name: str, column: DataColumn) -> Any:
        """A function of the row: absolute and relative standard deviation."""
        text, unit = column.uncertainty or "", observable(column.quantity).unit
        if text in self.file.columns:
            stated = self.table.columns.get(text)
            own = (stated.unit if stated else None) or self.file.units.get(text)
            shares = own in ("%", "percent")
            scale = (
                (0.0, 0.01)
                if shares
                else self._scale(text, own or column.unit or self.file.units.get(name), unit)
            )
            if scale is None:
                return None

            def of_row(index: int) -> tuple[Any, float]:
                size = self._number(text, index, (0.0, scale[1]))
                if size is not None and size < 0:
                    self._say(index, text, f"must be >= 0, but is {size / scale[1]:g}")
                    return None, 0.0
                return (0.0, size or 0.0) if shares else (size, 0.0)

            return of_row
        absolute = relative = 0.0
        for part in text.split("+"):
            try:
                if part.strip().endswith("%"):
                    relative = float(part.strip()[:-1]) / 100
                    size = relative
                elif re.fullmatch(r"\s*[-+.\deE]+\s*", part) and unit != "1":
                    raise InputError('needs a unit or "%"')
                else:
                    absolute = size = _size(part, unit)
            except (ValueError, InputError) as error:
                self.problems.append(
                    f'{self.file.name}: the uncertainty of `{name}`, "{text}", must be as '
                    f'"2 %", "0.01 {unit}", both with +, or the name of a column ({error})'
                )
                return None
            if not 0 <= size < float("inf"):
                self.problems.append(
                    f"{self.file.name}: the uncertainty of `{name}` must be >= 0, but is {text}"
                )
                return None
        return lambda _: (absolute, relative)

    def _state(self, name: str, index: int) -> bool:
        text = str(_text(self.file.columns[name][index])).lower()
        if text not in (*_ON, *_OFF):
            self._say(index, name, f'must be "on" or "off", but is "{text:.20}"')
        return text in _ON

    def _sign(self, name: str, index: int) -> int:
        text = str(_text(self.file.columns[name][index])).lower()
        if text not in ("<", ">", *_NONE):
            self._say(index, name, f'must be "<", ">" or nothing, but is "{text:.20}"')
        return {"<": 1, ">": -1}.get(text, 0)


def scale_of(unit: str, wanted: str) -> tuple[float, float]:
    """What 0 of a unit is in SI, and by how much SI grows with it; a frequency is h times it.

    Args:
        unit: The unit.
        wanted: SI unit.

    Raises:
        InputError: it measures something else, or is no scale.

    Examples:
        >>> round(scale_of("THz", "J")[1] / 6.62607015e-22, 9)
        1.0
    """
    if wanted == "J" and unit.endswith("Hz"):
        return 0.0, PLANCK * si_value(f"1 {unit}", "Hz")
    zero, one, two = (si_value(f"{i} {unit}", wanted) for i in range(3))
    if abs((two - one) - (one - zero)) > 1e-9 * abs(one - zero):
        raise InputError(f"is {unit}, which is no scale")
    return zero, one - zero


def _size(text: str, unit: str) -> float:
    """An absolute uncertainty in SI, a frequency among them."""
    match = re.fullmatch(r"\s*(\S+)\s+(\S*Hz)\s*", text)
    if match and unit == "J":
        return float(match[1]) * scale_of(match[2], unit)[1]
    return si_value(text, unit)


def _limit(cell: Any) -> tuple[Any, int]:
    """A cell such as "< 0.5": its number, and which way it bounds."""
    if isinstance(cell, str) and cell[:1] in "<>":
        try:
            return float(cell[1:]), 1 if cell[0] == "<" else -1
        except ValueError:
            return cell, 0
    return cell, 0


def _text(cell: Any) -> Any:
    return "" if cell is None else cell


def _disorder(rows: Sequence[_Point], file: DataFile, table: DataTable) -> list[str]:
    """Rows that are out of order or there twice."""
    problems = []
    last: dict[tuple[Any, ...], _Point] = {}
    seen: dict[tuple[Any, ...], int] = {}
    what = "time" if table.of("time") else "temperature"
    for p in rows:
        series = (p.quantity, p.on, p.group)
        again = seen.setdefault((*series, p.coordinate), p.row)
        before = last.get(series)
        if again != p.row and "duplicates" not in table.allow:
            problems.append(
                f"{file.name}, row {p.row}: repeats the {what} of row {again} for {p.quantity}: take "
                'one out, or allow = ["duplicates"]'
            )
        elif before and p.coordinate < before.coordinate and "unsorted" not in table.allow:
            problems.append(
                f"{file.name}, row {p.row}: its {what} is below that of row {before.row}: sort the "
                'rows, or allow = ["unsorted"]'
            )
        last[series] = p
    return problems
