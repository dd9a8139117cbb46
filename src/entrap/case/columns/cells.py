"""Cells of files of columns: numbers, texts, or nothing; points and commas in numbers."""

import re
from collections.abc import Iterable
from typing import Any

from entrap.core.errors import InputError

Row = tuple[int, list[Any]]
"""A row: its number in the file, and its cells."""

MOST_CELLS = 20_000_000
"""Cells of a file, at most: more would not fit a small computer's memory."""

_NUMBER = r"\s*[<>]?\s*[+-]?(?:\d+{0}\d*|{0}\d+)(?:[eE][+-]?\d+)?\s*"
_POINT = re.compile(_NUMBER.format(r"\."))
_COMMA = re.compile(_NUMBER.format(","))
_EITHER = re.compile(r"\s*[<>]?\s*[+-]?\d{1,3},\d{3}\s*")
_LEADING_ZERO = re.compile(r"\s*[<>]?\s*[+-]?0+,")
_THOUSANDS = re.compile(r"\s*[<>]?\s*[+-]?\d{1,3}(?:,\d{3}){2,}|\s*[+-]?\d+(?:,\d{3})+\.\d*|"
                        r"\s*[+-]?\d{1,3}(?:\.\d{3})+,\d*")  # fmt: skip


def cell_of(cell: Any) -> Any:
    """A number, a text, or None where the cell is empty."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return float(cell)
    text = (cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)).strip()
    if text.lower() in ("", "nan", "na", "n/a", "-", "--"):
        return None
    try:
        return float(text.replace("_", "no"))  # Python's own 1_000 is no number
    except ValueError:
        return text


def is_number(cell: Any) -> bool:
    """Whether a cell holds a number, with a point or a comma, or a bound such as "<0.5"."""
    if not isinstance(cell, str):
        return isinstance(cell, int | float)
    return bool(_COMMA.fullmatch(cell)) or isinstance(cell_of(cell.strip().lstrip("<>")), float)


def decimals(rows: Iterable[Row], stated: str | None, name: str) -> str:
    """Whether "point" or "comma" stands before the decimals of a text file.

    Raises:
        InputError: both do, or what does may be a separator of thousands.
    """
    if stated:
        return stated
    how = 'state decimal = "comma" or decimal = "point" of the file'
    points: list[tuple[int, str]] = []
    commas: list[tuple[int, str]] = []
    for number, cells in rows:
        for cell in cells:
            if not isinstance(cell, str) or ("," not in cell and (points or "." not in cell)):
                continue
            if _THOUSANDS.fullmatch(cell):
                raise InputError(
                    f'{name}, row {number}: "{cell.strip():.30}" has separators of thousands: '
                    "write its number without them"
                )
            if _COMMA.fullmatch(cell):
                commas.append((number, cell.strip()))
            elif not points and _POINT.fullmatch(cell):
                points.append((number, cell.strip()))
    if not commas:
        return "point"
    (row, comma), *_ = commas
    if points:
        other, point = points[0]
        raise InputError(
            f'{name} has a comma in "{comma:.30}" (row {row}) and a point in "{point:.30}" '
            f"(row {other}): {how}"
        )
    sure = any(not _EITHER.fullmatch(x) or _LEADING_ZERO.match(x) for _, x in commas)
    if not sure:
        raise InputError(
            f'{name}, row {row}: the comma in "{comma:.30}" may stand before decimals or between '
            f"thousands: {how}"
        )
    return "comma"


def with_points(rows: list[Row], name: str) -> list[Row]:
    """Rows whose numbers have decimal commas, with points in their place.

    Raises:
        InputError: a number has a point.
    """

    def pointed(number: int, cell: Any) -> Any:
        if not isinstance(cell, str):
            return cell
        if _POINT.fullmatch(cell):
            raise InputError(
                f'{name}, row {number}: "{cell.strip():.30}" has a point, where decimals have a '
                "comma: write all numbers alike"
            )
        return cell.replace(",", ".") if _COMMA.fullmatch(cell) else cell

    return [(number, [pointed(number, cell) for cell in cells]) for number, cells in rows]
