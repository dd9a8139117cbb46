"""Measurements in SI, checked: value, uncertainty, where and how each was taken."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.columns.columnfile import shortened
from entrap.core.errors import InputError
from entrap.core.frame import Column, Frame, Framed
from entrap.model.observables import OBSERVABLES
from entrap.studies.fit.data.datafile import DataFile, read_file
from entrap.studies.fit.data.readings import Point, Reader
from entrap.studies.fit.inputs.table import DataGroup, DataTable


@dataclasses.dataclass(frozen=True)
class Observations(Framed):
    """Measurements, a row each; arrays of one length.

    Args:
        quantity: What was measured, by name.
        on: Whether the trap was connected.
        coordinate: Temperature [K], or time since the trap went on [s].
        value: What was read [SI].
        absolute: One standard deviation [SI].
        relative: Another, as a share of the true value.
        limit: 0 for a value, 1 where the true value is below it, -1 where it is above.
        group: Index of the group.
        row: Its row in the file.
        groups: The groups, by name.
        against: "temperature" or "time".
        follows: "equilibrium" or "protocol".
        source: Where they are from.
        read_as: How their file was read, in one line.
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
    read_as: str = ""

    def __len__(self) -> int:
        return len(self.value)

    @property
    def bare(self) -> bool:
        """Whether no reading is with the trap."""
        return not np.any(self.on)

    def frame(self) -> Frame:
        """The measurements, a row each, in SI."""
        warm, names = self.against == "temperature", list(self.groups)
        units = [OBSERVABLES[name].quantity.unit for name in self.quantity]
        return Frame(
            Column("row", self.row, "1", "Row in the file"),
            Column("quantity", self.quantity, "", "What was measured"),
            Column("trap", ["on" if on else "off" for on in self.on], "", "Whether it was on"),
            Column(self.against, self.coordinate, "K" if warm else "s", "At which it was read"),
            Column("value", self.value, "", "What was read, in the unit of the row"),
            Column("unit", units, "", "SI unit of value and absolute"),
            Column("absolute", self.absolute, "", "Standard deviation, in the unit of the row"),
            Column("relative", self.relative, "1", "Another, as a share of the true value"),
            Column("limit", self.limit, "1", "1: the true value is below; -1: above"),
            Column("group", [names[i] for i in self.group], "", "Group of measurements"),
        )

    def series(self) -> dict[tuple[str, bool, str], np.ndarray]:
        """Indices of the points of each quantity, trap state and group, in the file's order."""
        names = list(self.groups)
        found: dict[tuple[str, bool, str], list[int]] = {}
        for i, (name, on, group) in enumerate(zip(self.quantity, self.on, self.group, strict=True)):
            found.setdefault((name, bool(on), names[int(group)]), []).append(i)
        return {key: np.array(index) for key, index in found.items()}


def within(data: Observations, low: float, high: float) -> Observations:
    """The measurements at temperatures between two [K].

    Raises:
        InputError: they are against time, or none is left.
    """
    if data.against != "temperature":
        raise InputError("`fit.range` is for data against temperature: take it out")
    kept = np.flatnonzero((data.coordinate >= low) & (data.coordinate <= high))
    if not len(kept):
        raise InputError(
            f"{data.source}: no measurement lies in `fit.range`, {low:g} to {high:g} K"
        )
    fields = {field.name: getattr(data, field.name) for field in dataclasses.fields(data)}
    columns = {key: x[kept] for key, x in fields.items() if isinstance(x, np.ndarray)}
    held = [list(data.groups)[i] for i in dict.fromkeys(columns["group"].tolist())]
    places = {list(data.groups).index(name): i for i, name in enumerate(held)}
    columns["group"] = np.array([places[i] for i in columns["group"].tolist()])
    return dataclasses.replace(
        data, **columns, quantity=tuple(data.quantity[i] for i in kept),
        groups={name: data.groups[name] for name in held},
    )  # fmt: skip


def load_data(path: str | Path, table: DataTable | None = None) -> Observations:
    """Read measurements.

    Args:
        path: A text file (.csv, .tsv, .txt, .dat), a workbook (.xlsx), a Parquet or NetCDF file.
        table: What its columns are, and how it is written where that is not seen; where it names
            no columns, the file's own header does.

    Raises:
        InputError: the file cannot be read, or all that is wrong in it, with its rows.
    """
    file, table = read_file(path, table)
    reader = Reader(file, table)
    points = reader.points()
    problems = reader.messages() or _unmet(points, file, table) + _disorder(points, file, table)
    if problems:
        raise InputError(*shortened(problems, file.name))
    groups = {
        name: table.groups.get(name, DataGroup()) for name in dict.fromkeys(p.group for p in points)
    }
    numbers = ("coordinate", "value", "absolute", "relative", "limit")
    return Observations(
        quantity=tuple(p.quantity for p in points),
        on=np.array([p.on for p in points]),
        **{name: np.array([getattr(p, name) for p in points], float) for name in numbers},
        group=np.array([[*groups].index(p.group) for p in points]),
        row=np.array([p.row for p in points]),
        groups=groups,
        against=table.against,
        follows="protocol" if table.against == "time" else table.follows or "equilibrium",
        source=file.name,
        read_as=file.file.said(reader.units),
    )


def _unmet(points: Sequence[Point], file: DataFile, table: DataTable) -> list[str]:
    """Tables of groups to which no row belongs, and a file without a row."""
    if not points:
        return [f"{file.name} holds no measurement"]
    has = list(dict.fromkeys(p.group for p in points))
    return [
        f"{file.name}: no row belongs to `data.groups.{name}`: the groups are {', '.join(has):.120}"
        for name in table.groups
        if name not in has
    ]


def _disorder(points: Sequence[Point], file: DataFile, table: DataTable) -> list[str]:
    """Rows that are out of order or there twice."""
    problems = []
    last: dict[tuple[Any, ...], Point] = {}
    seen: dict[tuple[Any, ...], int] = {}
    what = table.against
    for p in points:
        series = (p.column, p.on, p.group)
        again = seen.setdefault((*series, p.coordinate), p.row)
        before = last.get(series)
        where = f"{file.name}, row {p.row}:"
        if again != p.row and "duplicates" not in table.allow:
            mend = 'take one out, or state allow = ["duplicates"]'
            problems.append(f"{where} repeats the {what} of row {again} for `{p.column}`: {mend}")
        elif before and p.coordinate < before.coordinate and "unsorted" not in table.allow:
            mend = 'sort the rows, or state allow = ["unsorted"]'
            problems.append(f"{where} its {what} is below that of row {before.row}: {mend}")
        last[series] = p
    return list(dict.fromkeys(problems))
