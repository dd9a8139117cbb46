"""A column of a CSV file, as the values of an axis of a sweep."""

import csv
import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from entrap.core.errors import InputError, Problem
from entrap.core.units import unit_scale
from entrap.studies.sweep.inputs.keys import declared

if TYPE_CHECKING:
    import numpy as np

_HEADER = re.compile(r"\s*(.*?)\s*(?:\[([^\]]*)\]\s*)?\Z", re.S)


@dataclasses.dataclass(frozen=True)
class Column:
    """A column of a CSV file, whose first row names the columns.

    Args:
        file: Path of the file.
        column: Name of the column. The header may add a unit, as in "landau.a [k_B]"; without one
            the numbers are in SI.

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
        """Its numbers [SI].

        Args:
            key: The axis, whose unit and bounds they have.

        Raises:
            InputError: the file cannot be read, lacks the column, or has something else in it
                than such numbers; file and row are told.
        """
        import numpy as np

        (_, header), *rows = self._rows(key)
        place, unit = self._place(header, key)
        zero, slope = self._scale(unit, key)
        if not rows:
            raise InputError(Problem(f"finds no numbers below the header of {self.file}", key))
        numbers = []
        for row, cells in rows:
            cell = cells[place].strip() if place < len(cells) else ""
            try:
                numbers.append(float(cell.replace("_", "no")))  # Python's own 1_000 is no number
            except ValueError:
                said = f'but is "{cell[:40]}"' if cell else "but nothing is there"
                raise InputError(
                    Problem(f"must be a number in row {row} of {self.file}, {said}", key)
                ) from None
        values = slope * np.array(numbers) + zero
        return check_values(key, values, lambda i: f" in row {rows[i][0]} of {self.file}")

    def _rows(self, key: str) -> list[tuple[int, list[str]]]:
        """Rows that are not blank, with their numbers, the header first."""
        path = Path(self.file)
        rows = []
        try:
            if path.exists() and not path.is_file():
                raise InputError(Problem(f"must name a CSV file, but {path} is none", key))
            with path.open(encoding="utf-8-sig", newline="") as file:
                rows = [(i, cells) for i, cells in enumerate(csv.reader(file), start=1) if cells]
        except OSError as error:
            reason = error.strerror or str(error)
            raise InputError(
                Problem(f"cannot read {self.file} ({reason}): give an existing CSV file", key)
            ) from None
        except (UnicodeDecodeError, csv.Error):
            raise InputError(
                Problem(f"cannot read {self.file}: it is no CSV file in UTF-8", key)
            ) from None
        if not rows:
            raise InputError(Problem(f"finds nothing in {self.file}: it is empty", key))
        return rows

    def _place(self, header: list[str], key: str) -> tuple[int, str]:
        """Where the column is, and the unit that its header gives."""
        parts = [_HEADER.fullmatch(cell) for cell in header]
        names = [match[1] if match else cell for cell, match in zip(header, parts, strict=True)]
        wanted = self.column.strip()
        found = [i for i, name in enumerate(names) if wanted in (name, header[i].strip())]
        if len(found) != 1:
            has = f"has {len(found)} of them" if found else f"has {', '.join(names):.200}"
            raise InputError(
                Problem(f"needs one column `{wanted}` in {self.file}, which {has}", key)
            )
        match = parts[found[0]]
        return found[0], (match[2] or "").strip() if match else ""

    def _scale(self, unit: str, key: str) -> tuple[float, float]:
        """What 0 of the unit is in SI, and by how much SI grows with it."""
        if not unit:
            return 0.0, 1.0
        try:
            return unit_scale(unit, declared(key).unit)
        except InputError as error:
            raise InputError(
                *(Problem(f"{p.text} (header of {self.file})", key) for p in error.problems)
            ) from None


def check_values(
    key: str, values: "np.ndarray", where: Callable[[int], str] = lambda _: ""
) -> "np.ndarray":
    """The values, all finite and within the bounds of their key.

    Args:
        key: Dotted name.
        values: In SI.
        where: Says of an index where the value stands.

    Raises:
        InputError: one is not; it is told.
    """
    # Bounds are an interval, and NaN is found as an extreme: two values stand for all.
    for index in (int(values.argmin()), int(values.argmax())):
        try:
            declared(key).read(float(values[index]))
        except InputError as error:
            raise InputError(
                *(Problem(p.text + where(index), key) for p in error.problems)
            ) from None
    return values
