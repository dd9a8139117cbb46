"""Files of measurements: CSV with a TOML header, Parquet, NetCDF; their columns as they stand."""

import csv
import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from itertools import takewhile
from pathlib import Path
from typing import Any

from entrap.core.errors import InputError
from entrap.studies.fit.inputs.table import DataTable

_DATA = re.compile(r"\s*(\[+\s*[\"']?data\b|data[\w.\"' -]*=)")
_SHOWN = 20  # problems of one file that are shown
_KEY = "entrap"
"""Metadata of Parquet and attribute of NetCDF files in which the table stands, as TOML."""


@dataclasses.dataclass(frozen=True)
class DataFile:
    """The columns of a file.

    Args:
        name: Of the file, for messages.
        columns: Cells by the column's name: numbers, texts, or None where a cell is empty.
        units: Units that the file states, by column.
        rows: Number of each row, as an editor shows it or the file's reader counts.
        table: The table [data] in the file's own header.
    """

    name: str
    columns: Mapping[str, list[Any]]
    units: Mapping[str, str]
    rows: tuple[int, ...]
    table: DataTable | None = None


_Contents = tuple[list[tuple[str, str, Any]], Iterable[int], str]
"""What a reader finds in a file: columns by name, unit and cells; rows; the header, in TOML."""


def read_file(path: str | Path) -> DataFile:
    """A file of measurements, by its ending: .csv, .parquet, .nc.

    Raises:
        InputError: the file cannot be read, or is none of these.
    """
    path = Path(path)
    readers = {".csv": _csv, ".parquet": _parquet, ".nc": _netcdf}
    if path.suffix.lower() not in readers:
        raise InputError(
            f"{path} must be a file of data ending in {', '.join(readers)}, but ends in "
            f'"{path.suffix}"'
        )
    try:
        if not path.is_file():
            raise InputError(f"{path} is not there: give an existing file of data")
        found, rows, header = readers[path.suffix.lower()](path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read ({reason})") from None
    table = _table(header, str(path))
    columns: dict[str, list[Any]] = {}
    for name, _, cells in found:
        if name in columns:
            raise InputError(f'{path} must name each column once, but names "{name}" again')
        columns[name] = [cell_of(cell) for cell in cells]
    units = {name: unit for name, unit, _ in found if unit}
    return DataFile(str(path), columns, units, tuple(rows), table)


def _csv(path: Path) -> _Contents:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is not a CSV file: it is not UTF-8 text") from None
    lines = re.split(r"\r\n?|\n", text)
    head = list(takewhile(lambda line: line.startswith("#") or not line.strip(), lines))
    reader = csv.reader((f"{line}\n" for line in lines[len(head) :]), strict=True)
    read, number = [], len(head) + 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                read.append((number, cells))
            number = len(head) + reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}, row {number}: is not a row of a CSV file ({error})") from None
    if len(read) < 2:
        raise InputError(f"{path} must have a row of names and rows of numbers, but has none")
    (first, titles), *rows = read
    if all(isinstance(cell_of(title), float) for title in titles):
        raise InputError(f"{path}, row {first}: must name the columns, but holds numbers")
    wrong = [
        f"{path}, row {number}: must have {len(titles)} cells, but has {len(cells)}"
        for number, cells in rows
        if len(cells) != len(titles)
    ]
    if wrong:
        raise InputError(*shortened(wrong, str(path)))
    numbers, cells = zip(*rows, strict=True)
    columns = [(*_titled(x), column) for x, *column in zip(titles, *cells, strict=True)]
    # Words may stand before the tables of the header.
    words = [line.removeprefix("#").removeprefix(" ") for line in head]
    start = next((i for i, line in enumerate(words) if _DATA.match(line)), len(words))
    return columns, numbers, "\n".join(words[start:])


def _parquet(path: Path) -> _Contents:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise InputError(
            f"{path} needs pyarrow to be read: install entrap[fit], or give a CSV file"
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            read = file.read()
        cells = [column.to_pylist() for column in read.columns]
    except (ArrowException, ArithmeticError, LookupError, ValueError) as error:
        raise InputError(f"{path} is not a Parquet file: {_brief(error)}") from None
    columns = [(*_titled(x), column) for x, column in zip(read.column_names, cells, strict=True)]
    header = (read.schema.metadata or {}).get(_KEY.encode(), b"").decode("utf-8", "replace")
    return columns, range(1, read.num_rows + 1), header


def _netcdf(path: Path) -> _Contents:
    import h5py
    import xarray as xr
    from h5netcdf import CompatibilityError

    try:
        with h5py.File(path) as file:  # h5netcdf leaves noise behind where the root is broken
            file.attrs.get("_nc3_strict")
        # Undecoded: dates, whose units xarray takes away, would be read as numbers.
        with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as data:
            data.load()
    except (OSError, ValueError, LookupError, RuntimeError, CompatibilityError) as error:
        raise InputError(f"{path} is not a NetCDF-4 file: {_brief(error)}") from None
    lines = {str(name): v for name, v in data.variables.items() if v.ndim == 1}
    lengths = {v.dims[0]: len(v) for v in lines.values()}
    if len(lengths) != 1:
        raise InputError(f"{path} must have variables along one dimension, but has {len(lengths)}")
    columns = [(n, str(v.attrs.get("units", "")), v.values.tolist()) for n, v in lines.items()]
    return columns, range(1, max(lengths.values()) + 1), str(data.attrs.get(_KEY, ""))


def _brief(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:80]


def _titled(title: str) -> tuple[str, str]:
    """A column's name, and the unit in brackets behind it."""
    name, bracket, unit = title.strip().removesuffix("]").rpartition("[")
    if bracket and title.strip().endswith("]"):
        return name.strip(), unit.strip()
    return title.strip(), ""


def cell_of(cell: Any) -> Any:
    """A number, a text, or None where the cell is empty."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return float(cell)
    text = (cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)).strip()
    if text.lower() in ("", "nan", "na", "n/a", "-"):
        return None
    try:
        return float(text.replace("_", "no"))  # Python's own 1_000 is no number
    except ValueError:
        return text


def _table(header: str, name: str) -> DataTable | None:
    """The table [data] in a file's header; None where that is empty."""
    if not header.strip():
        return None
    try:
        stated = tomllib.loads(header)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{name}: its header is not valid TOML: {_brief(error)}") from None
    if set(stated) != {"data"}:
        raise InputError(f"{name}: its header must hold the table [data] and nothing else")
    try:
        return DataTable.from_dict(stated["data"])
    except InputError as error:
        raise InputError(
            *(f"{name}, header: `data{p.key and '.'}{p.key}` {p.text}" for p in error.problems)
        ) from None


def shortened(problems: list[str], name: str) -> list[str]:
    """The first problems of a file, and how many more there are.

    Examples:
        >>> len(shortened(["wrong"] * 100, "data.csv"))
        21
    """
    more = len(problems) - _SHOWN
    return problems[:_SHOWN] + ([f"{name}: and {more} more."] if more > 0 else [])
