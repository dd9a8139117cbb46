"""A column of a file, as the values of an axis of a sweep."""

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from entrap.case.columns.form import FileForm
from entrap.case.problems import keyed
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity
from entrap.core.units import unit_scale
from entrap.studies.sweep.inputs.keys import declared

if TYPE_CHECKING:
    import numpy as np


@dataclasses.dataclass(frozen=True)
class Column(FileForm):
    """A column of a file of columns: text, a workbook, Parquet or NetCDF.

    The header may add a unit to the name, as in "landau.a [k_B]"; else the numbers are in SI.

    Raises:
        InputError: one of them is no text.
    """

    file: str
    column: str
    unit: str | None = quantity(
        "1", "", "Unit of its numbers; that of the file, or SI, where it is not given",
        default=None, kind="text", example="mK",
    )  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        for key in ("file", "column"):
            value = getattr(self, key)
            if not isinstance(value, str) or not value.strip() or not value.isprintable():
                raise InputError(Problem(f"must be a text of one line, but is {value!r:.60}", key))

    def values(self, key: str) -> "np.ndarray":
        """Its numbers [SI], within the bounds of the axis `key`.

        Raises:
            InputError: the file cannot be read, lacks the column, or has something else in it
                than such numbers; the error names file and row.
        """
        return self._read(key)[0]

    def said(self, key: str) -> str:
        """How its file is read, in one line."""
        return self._read(key)[1]

    def _read(self, key: str) -> "tuple[np.ndarray, str]":
        import numpy as np

        from entrap.case.columns.columnfile import read_columns

        with keyed(key):
            file = read_columns(self.file, self.form_over(None))
            places = file.places(self.column)
            if len(places) != 1:
                has = f"has {len(places)} of them" if places else f"has {file.names()}"
                raise InputError(f"needs one column `{self.column}` in {self.file}, which {has}")
            (place,) = places
            wanted, heading = declared(key).unit, file.headings[place]
            mend = "state `unit` of the axis"
            with keyed("", f" (header of {self.file})"):
                unit = self.unit or heading.unit_of(wanted, mend, share=wanted == "1")
                zero, slope = unit_scale(unit, wanted) if unit else (0.0, 1.0)
            cells = zip(file.rows, file.cells[place], strict=True)
            numbers = [_number(row, cell, self.file) for row, cell in cells]
        values = slope * np.array(numbers) + zero
        said = file.said([(heading.name, unit, wanted)])
        return check_values(key, values, lambda i: f" in row {file.rows[i]} of {self.file}"), said


def _number(row: int, cell: Any, file: str) -> float:
    """The number in a cell, if there is one."""
    if isinstance(cell, float):
        return cell
    said = "but nothing is there" if cell is None else f'but is "{str(cell)[:40]}"'
    raise InputError(f"must be a number in row {row} of {file}, {said}")


def check_values(
    key: str, values: "np.ndarray", where: Callable[[int], str] = lambda _: ""
) -> "np.ndarray":
    """The values, all finite and within the bounds of their key.

    `where` says of an index where its value stands.
    """
    # Bounds are an interval, and NaN is found as an extreme: two values stand for all.
    for index in (int(values.argmin()), int(values.argmax())):
        with keyed(key, where(index)):
            declared(key).read(float(values[index]))
    return values
