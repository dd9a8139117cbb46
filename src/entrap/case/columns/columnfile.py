"""A file of columns as it lies: read whole, with what was understood of it in words."""

import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from entrap.case.columns.binary import read_netcdf, read_parquet, read_workbook
from entrap.case.columns.cells import Row, cell_of
from entrap.case.columns.form import FileForm
from entrap.case.columns.headings import Heading, units_in
from entrap.case.columns.text import OwnForm, read_text
from entrap.core.errors import InputError
from entrap.core.units import convention

_SHOWN = 20  # problems of one file that are shown
TEXT = (".csv", ".tsv", ".txt", ".dat")
ENDINGS = (*TEXT, ".xlsx", ".parquet", ".nc")


@dataclasses.dataclass(frozen=True)
class ColumnFile:
    """The columns of a file.

    Args:
        name: Of the file, for messages.
        headings: What stands above each column.
        cells: Of each column: numbers, texts, or None where a cell is empty.
        rows: Number of each row, as an editor shows it or the file's reader counts.
        header: The file's own header, as TOML; empty where it has none.
        form: How it was read, in words.
    """

    name: str
    headings: tuple[Heading, ...]
    cells: tuple[list[Any], ...]
    rows: tuple[int, ...]
    header: str = ""
    form: str = ""

    def places(self, name: str) -> list[int]:
        """Which columns have a name, with the unit beside it or without."""
        name = name.strip()
        exact = [i for i, heading in enumerate(self.headings) if heading.name == name]
        return exact or [i for i, heading in enumerate(self.headings) if heading.title == name]

    def names(self) -> str:
        """The names of all columns, for messages."""
        return f"{', '.join(heading.name for heading in self.headings):.120}"

    def said(self, units: Iterable[tuple[str, str, str]]) -> str:
        """How it was read, in one line, from names of columns, their units and SI units.

        Examples:
            >>> ColumnFile("a.csv", (), (), (), form="tab-separated").said([("T", "", "K")])
            'a.csv is read as tab-separated, T in K (no unit is stated: SI)'
        """
        parts = []
        for name, unit, wanted in dict.fromkeys(units):
            how = convention(unit, wanted) if unit and unit != "%" else ""
            shown = unit or ("" if wanted == "1" else f"{wanted} (no unit is stated: SI)")
            parts.append(f"{name} in {shown}{how and f' ({how})'}" if shown else name)
        return ", ".join((f"{self.name} is read as {self.form}", *parts))


def read_columns(
    path: str | Path, form: FileForm | None = None, own: OwnForm = lambda _: None
) -> ColumnFile:
    """A file of columns, by its ending: text, a workbook, Parquet or NetCDF.

    Args:
        path: The file.
        form: What is stated of how it is written.
        own: The form that the file's own header states, which gives way.

    Raises:
        InputError: the file cannot be read, is none of these, or its form is in doubt.
    """
    path, form = Path(path), form or FileForm()
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise InputError(
            f"{path} must be a file of data ending in {', '.join(ENDINGS)}, but ends in "
            f'"{path.suffix}"'
        )
    try:
        if not path.is_file():
            raise InputError(f"{path} is not there: give an existing file of data")
        if ending in (".parquet", ".nc"):
            columns, count, header = (read_parquet if ending == ".parquet" else read_netcdf)(path)
            headings = tuple(
                Heading(title, title, unit, sure=True) if unit else Heading.of(title)
                for title, unit, _ in columns
            )
            cells = tuple([cell_of(cell) for cell in column] for _, _, column in columns)
            kind = "Parquet" if ending == ".parquet" else "NetCDF"
            return ColumnFile(str(path), headings, cells, tuple(range(1, count + 1)), header, kind)
        if ending == ".xlsx":
            rows, sheet = read_workbook(path, form)
            said, header = [f'sheet "{sheet}"'], ""
            rows = _filled(rows[_start(rows, form) :])
        else:
            rows, header, said = read_text(path, form, own)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read ({reason})") from None
    return _tabulated(str(path), rows, header, said)


def _start(rows: list[Row], form: FileForm) -> int:
    """The row of a sheet that names the columns: the first that is no comment."""
    if form.header is not None:
        return next((i for i, (n, _) in enumerate(rows) if n == form.header), len(rows))
    marks = ("#", "%", "//")
    return next((i for i, (_, cells) in enumerate(rows) if not _begins(cells, marks)), len(rows))


def _begins(cells: list[Any], marks: tuple[str, ...]) -> bool:
    first = next((cell for cell in cells if cell is not None), "")
    return isinstance(first, str) and first.lstrip().startswith(marks)


def _filled(rows: list[Row]) -> list[Row]:
    """Rows of a sheet, with empty cells where they end early."""
    width = max((len(cells) for _, cells in rows), default=0)
    return [(number, cells + [None] * (width - len(cells))) for number, cells in rows]


def _tabulated(name: str, rows: list[Row], header: str, said: list[str]) -> ColumnFile:
    """The columns of rows, the first of which names them."""
    if len(rows) < 2:
        raise InputError(f"{name} must have a row of names and rows of numbers, but has none")
    (first, named), *rows = rows
    if all(isinstance(cell_of(title), float) for title in named):
        raise InputError(f"{name}, row {first}: must name the columns, but holds numbers")
    titles = ["" if title is None else str(title) for title in named]
    rows = [(number, _cut(cells, len(titles))) for number, cells in rows]
    wrong = [
        f"{name}, row {number}: must have {len(titles)} cells, but has {len(cells)}"
        for number, cells in rows
        if len(cells) != len(titles)
    ]
    if wrong:
        if len(wrong) == len(rows):
            wrong.append(
                f"{name} was read as {', '.join(said)}, with its names in row {first}: if that is "
                'wrong, state `header`, the row of the names, or `delimiter`, as in "tab"'
            )
        raise InputError(*shortened(wrong, name))
    headings = [Heading.of(title) for title in titles]
    texts = ["" if cell is None else str(cell) for cell in rows[0][1]]
    if (units := units_in(texts)) and len(rows) > 1:
        twice = [h for h, unit in zip(headings, units, strict=True) if h.sure and unit]
        if twice:
            raise InputError(
                f"{name}, row {rows[0][0]}: states a unit of `{twice[0].name}`, as the row of "
                "names does: keep one of them"
            )
        headings = [
            dataclasses.replace(h, unit=unit, sure=True) if unit else h
            for h, unit in zip(headings, units, strict=True)
        ]
        said = [*said, f"units from row {rows[0][0]}"]
        rows = rows[1:]
    numbers = tuple(number for number, _ in rows)
    cells = tuple([cell_of(cells[i]) for _, cells in rows] for i in range(len(titles)))
    for i, heading in enumerate(headings):
        if any(isinstance(cell, str) and cell.endswith(" %") for cell in cells[i]):
            headings[i] = _in_per_cent(name, heading, cells[i])
    return ColumnFile(name, tuple(headings), cells, numbers, header, ", ".join(said))


def _cut(cells: list[Any], count: int) -> list[Any]:
    """A row without the empty cells that stand beyond the last column."""
    beyond = [cell for cell in cells[count:] if cell is not None and str(cell).strip()]
    return cells if beyond else cells[:count]


def _in_per_cent(name: str, heading: Heading, cells: list[Any]) -> Heading:
    """The heading of a column all of whose numbers have the sign of per cent, which goes."""
    bare = [cell_of(cell[:-1]) if isinstance(cell, str) else cell for cell in cells]
    signs = all(cell is None or (isinstance(cell, str) and cell.endswith("%")) for cell in cells)
    if not signs or not all(cell is None or isinstance(cell, float) for cell in bare):
        return heading
    if heading.unit not in ("", "%"):
        raise InputError(
            f"{name}: `{heading.name}` is in {heading.unit} by its title and in % by its cells: "
            "keep one of them"
        )
    cells[:] = bare
    return dataclasses.replace(heading, unit="%", sure=True)


def shortened(problems: list[str], name: str) -> list[str]:
    """The first problems of a file, and how many more there are.

    Examples:
        >>> len(shortened(["wrong"] * 100, "data.csv"))
        21
    """
    more = len(problems) - _SHOWN
    return problems[:_SHOWN] + ([f"{name}: and {more} more."] if more > 0 else [])
