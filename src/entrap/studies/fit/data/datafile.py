"""Files of measurements: CSV with a TOML header, Parquet, NetCDF; columns as they stand there."""

import csv
import dataclasses
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from entrap.core.errors import InputError
from entrap.studies.fit.inputs.table import DataTable

_DATA = re.compile(r"\s*(\[+\s*[\"']?data\b|data[\w.\"' -]*=)")
_SHOWN = 20  # problems told of one file
_KEY = "entrap"
"""Metadata of Parquet and attribute of NetCDF files in which the table stands, as TOML."""


@dataclasses.dataclass(frozen=True)
class DataFile:
    """The columns of a file.

    Args:
        name: Of the file, for messages.
        columns: Cells by name, numbers or texts; None where there is nothing.
        units: Units that the file gives, by column.
        rows: Number of each row, as the file's reader counts.
        table: What the file itself says its columns are.
    """

    name: str
    columns: Mapping[str, list[Any]]
    units: Mapping[str, str]
    rows: tuple[int, ...]
    table: DataTable | None = None


def read_file(path: str | Path) -> DataFile:
    """A file of measurements, by its ending: .csv, .parquet, .nc.

    Args:
        path: The file.

    Raises:
        InputError: it cannot be read, or is none of these.
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
        return readers[path.suffix.lower()](path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read ({reason})") from None


def _csv(path: Path) -> DataFile:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is no CSV file: it is not UTF-8 text") from None
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    head = 0
    while head < len(lines) and (lines[head].startswith("#") or not lines[head].strip()):
        head += 1
    header = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[:head])
    reader = csv.reader((f"{line}\n" for line in lines[head:]), strict=True)
    cells, row = [], head + 1
    try:
        for line in reader:
            if any(cell.strip() for cell in line):
                cells.append((row, [cell.strip() for cell in line]))
            row = head + reader.line_num + 1
    except csv.Error as error:
        raise InputError(f"{path}, row {row}: is no row of a CSV file ({error})") from None
    if len(cells) < 2:
        raise InputError(f"{path} must have a row of names and rows of numbers, but has none")
    (first, titles), *rows = cells
    if all(isinstance(_cell(title), float) for title in titles):
        raise InputError(f"{path}, row {first}: must name the columns, but holds numbers")
    wrong = [
        f"{path}, row {number}: must have {len(titles)} cells, but has {len(row)}"
        for number, row in rows
        if len(row) != len(titles)
    ]
    if wrong:
        raise InputError(*shortened(wrong, str(path)))
    read = [(title, [_cell(row[i]) for _, row in rows]) for i, title in enumerate(titles)]
    numbers = tuple(number for number, _ in rows)
    return _named(str(path), read, numbers, _table(header, str(path), loose=True))


def _cell(text: str) -> Any:
    if text.lower() in ("", "nan", "na", "n/a", "-"):
        return None
    try:
        return float(text.replace("_", "no"))  # Python's own 1_000 is no number
    except ValueError:
        return text


def _parquet(path: Path) -> DataFile:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise InputError(
            f"{path} needs pyarrow to be read: install entrap[fit], or give a CSV file"
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            read = file.read()
        columns = [column.to_pylist() for column in read.columns]
    except (ArrowException, ArithmeticError, LookupError, ValueError) as error:
        raise InputError(f"{path} is no Parquet file: {_brief(error)}") from None
    cells = [
        (name, [_plain(cell) for cell in column])
        for name, column in zip(read.column_names, columns, strict=True)
    ]
    text = (read.schema.metadata or {}).get(_KEY.encode(), b"").decode("utf-8", "replace")
    return _named(str(path), cells, range(1, read.num_rows + 1), _table(text, str(path)))


def _netcdf(path: Path) -> DataFile:
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
        raise InputError(f"{path} is no NetCDF-4 file: {_brief(error)}") from None
    lines = {str(name): v for name, v in data.variables.items() if v.ndim == 1}
    lengths = {v.dims[0]: len(v) for v in lines.values()}
    if len(lengths) != 1:
        raise InputError(f"{path} must have variables along one dimension, but has {len(lengths)}")
    columns = {name: [_plain(x) for x in v.values.tolist()] for name, v in lines.items()}
    units = {name: str(v.attrs["units"]) for name, v in lines.items() if "units" in v.attrs}
    rows = tuple(range(1, max(lengths.values()) + 1))
    text = str(data.attrs.get(_KEY, ""))
    return DataFile(str(path), columns, units, rows, _table(text, str(path)))


def _brief(error: Exception) -> str:
    return next(iter(str(error).splitlines()), type(error).__name__)[:80]


def _named(
    name: str,
    cells: Iterable[tuple[str, list[Any]]],
    rows: Iterable[int],
    table: DataTable | None,
) -> DataFile:
    """A file whose columns' names have units behind them, in brackets."""
    columns: dict[str, list[Any]] = {}
    units = {}
    for title, column in cells:
        before, bracket, unit = title.strip().removesuffix("]").rpartition("[")
        stands = bracket and title.strip().endswith("]")
        own = before.strip() if stands else title.strip()
        if own in columns:
            raise InputError(f'{name} must name each column once, but names "{own}" again')
        columns[own] = column
        if stands and unit.strip():
            units[own] = unit.strip()
    return DataFile(name, columns, units, tuple(rows), table)


def _plain(cell: Any) -> Any:
    """A number, a text, or None for what is missing."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return float(cell)
    text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
    return _cell(text.strip())


def _table(text: str, name: str, *, loose: bool = False) -> DataTable | None:
    """What a file says of its columns; in a loose header, words may stand before its tables."""
    lines = text.splitlines()
    if loose:
        start = next((i for i, line in enumerate(lines) if _DATA.match(line)), len(lines))
        lines = lines[start:]
    if not any(line.strip() for line in lines):
        return None
    try:
        stated = tomllib.loads("\n".join(lines))
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

    Args:
        problems: All.
        name: Of the file.

    Examples:
        >>> len(shortened(["wrong"] * 100, "data.csv"))
        21
    """
    more = len(problems) - _SHOWN
    return problems[:_SHOWN] + ([f"{name}: and {more} more."] if more > 0 else [])
