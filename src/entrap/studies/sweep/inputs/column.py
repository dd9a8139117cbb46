"""A column of a CSV file, as the values of an axis of a sweep."""

import csv
import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from entrap.case.problems import keyed
from entrap.core.errors import InputError, Problem
from entrap.core.units import unit_scale
from entrap.studies.sweep.inputs.keys import declared

if TYPE_CHECKING:
    import numpy as np

_HEADER = re.compile(r"\s*(.*?)\s*(?:\[([^\]]*)\]\s*)?\Z", re.S)


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a CSV file, whose first row names the columns.

    The header may add a unit to the name, as in "landau.a [k_B]"; else the numbers are in SI.

    Raises:
        InputError: one of them is no text.
    """

    file: str
    column: str

    def __post_init__(self) -> None:
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
        import numpy as np

        with keyed(key):
            (_, header), *rows = self._rows()
            place, unit = self._place(header)
            with keyed("", f" (header of {self.file})"):
                zero, slope = unit_scale(unit, declared(key).unit) if unit else (0.0, 1.0)
            if not rows:
                raise InputError(f"finds no numbers below the header of {self.file}")
            numbers = [self._number(row, cells[place : place + 1]) for row, cells in rows]
        values = slope * np.array(numbers) + zero
        return check_values(key, values, lambda i: f" in row {rows[i][0]} of {self.file}")

    def _rows(self) -> list[tuple[int, list[str]]]:
        """Rows that are not blank, with their numbers, the header first."""
        path = Path(self.file)
        try:
            if path.exists() and not path.is_file():
                raise InputError(f"must name a CSV file, but {path} is none")
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = [(i, cells) for i, cells in enumerate(csv.reader(file), start=1) if cells]
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                f"cannot read {self.file} ({reason}): give an existing CSV file"
            ) from None
        except (UnicodeDecodeError, csv.Error):
            raise InputError(f"cannot read {self.file}: it is no CSV file in UTF-8") from None
        if not rows:
            raise InputError(f"finds nothing in {self.file}: it is empty")
        return rows

    def _place(self, header: list[str]) -> tuple[int, str]:
        """Where the column is, and the unit that its header gives."""
        parts = [_HEADER.findall(cell)[0] for cell in header]
        wanted = self.column.strip()
        found = [i for i, cell in enumerate(header) if wanted in (parts[i][0], cell.strip())]
        if len(found) != 1:
            has = ", ".join(name for name, _ in parts)[:200]
            has = f"has {len(found)} of them" if found else f"has {has}"
            raise InputError(f"needs one column `{wanted}` in {self.file}, which {has}")
        return found[0], parts[found[0]][1].strip()

    def _number(self, row: int, cells: list[str]) -> float:
        """The number in a cell, if there is one."""
        cell = "".join(cells).strip()
        try:
            return float(cell.replace("_", "no"))  # Python's own 1_000 is no number
        except ValueError:
            said = f'but is "{cell[:40]}"' if cell else "but nothing is there"
            raise InputError(f"must be a number in row {row} of {self.file}, {said}") from None


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
