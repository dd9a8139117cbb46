"""Files of measurements: CSV with a TOML header, Parquet, NetCDF; columns as they stand there."""

import csv
import dataclasses
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from entrap.core.errors import InputError
from entrap.inputs.datatable import DataTable

_NAME = re.compile(r"\s*(.*?)\s*(?:\[([^\]]*)\]\s*)?\Z", re.S)
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
    if not path.is_file():
        raise InputError(f"{path} is not there: give an existing file of data")
    try:
        return readers[path.suffix.lower()](path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{path} cannot be read ({reason})") from None


def _csv(path: Path) -> DataFile:
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise InputError(f"{path} is no CSV file: it is not UTF-8 text") from None
    head = 0
    while head < len(lines) and (lines[head].startswith("#") or not lines[head].strip()):
        head += 1
    header = "\n".join(line.removeprefix("#").removeprefix(" ") for line in lines[:head])
    cells = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(csv.reader(lines[head:]), start=head + 1)
        if row and any(cell.strip() for cell in row)
    ]
    if len(cells) < 2:
        raise InputError(f"{path} must have a row of names and rows of numbers, but has none")
    (_, titles), *rows = cells
    found = [match for cell in titles if (match := _NAME.fullmatch(cell))]
    names = [match[1] for match in found]
    if len(set(names)) < len(names):
        again = next(name for i, name in enumerate(names) if name in names[:i])
        raise InputError(f'{path} must name each column once, but names "{again}" again')
    for number, row in rows:
        if len(row) != len(names):
            raise InputError(
                f"{path}, row {number}: must have {len(names)} cells, but has {len(row)}"
            )
    columns = {name: [_cell(row[i]) for _, row in rows] for i, name in enumerate(names)}
    units = {match[1]: match[2].strip() for match in found if match[2]}
    return DataFile(
        str(path), columns, units, tuple(n for n, _ in rows), _table(header, str(path), loose=True)
    )


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
        read = parquet.read_table(path)
    except ArrowException as error:
        raise InputError(f"{path} is no Parquet file: {str(error)[:80]}") from None
    columns = {
        name: [_plain(cell) for cell in column]
        for name, column in zip(
            read.column_names, (c.to_pylist() for c in read.columns), strict=True
        )
    }
    text = (read.schema.metadata or {}).get(_KEY.encode(), b"").decode("utf-8", "replace")
    rows = tuple(range(1, read.num_rows + 1))
    return _named(DataFile(str(path), columns, {}, rows, _table(text, str(path))))


def _netcdf(path: Path) -> DataFile:
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            data.load()
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is no NetCDF-4 file: {str(error)[:80]}") from None
    lines = {name: v for name, v in data.variables.items() if v.ndim == 1}
    lengths = {len(v) for v in lines.values()}
    if len(lengths) != 1:
        raise InputError(f"{path} must have variables along one dimension, but has {len(lengths)}")
    columns = {str(name): [_plain(x) for x in v.values.tolist()] for name, v in lines.items()}
    units = {str(name): str(v.attrs["units"]) for name, v in lines.items() if "units" in v.attrs}
    rows = tuple(range(1, lengths.pop() + 1))
    return DataFile(str(path), columns, units, rows, _table(data.attrs.get(_KEY, ""), str(path)))


def _named(file: DataFile) -> DataFile:
    """Units in brackets taken out of the names of the columns."""
    found = {name: _NAME.fullmatch(name) for name in file.columns}
    names = {name: match[1] if match else name for name, match in found.items()}
    return dataclasses.replace(
        file,
        columns={names[name]: cells for name, cells in file.columns.items()},
        units={names[n]: m[2].strip() for n, m in found.items() if m and m[2]},
    )


def _plain(cell: Any) -> Any:
    """A number, a text, or None for what is missing."""
    if cell is None or cell != cell:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, int | float):
        return float(cell)
    return _cell(str(cell).strip())


def _table(text: str, name: str, *, loose: bool = False) -> DataTable | None:
    """What the header of a file says of its columns; a loose one may be mere words."""
    if not text.strip() or (loose and "[data" not in text):
        return None
    try:
        stated = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(f"{name}: its header is not valid TOML: {error}") from None
    if set(stated) != {"data"}:
        raise InputError(f"{name}: its header must hold the table [data] and nothing else")
    try:
        return DataTable.from_dict(stated["data"])
    except InputError as error:
        raise InputError(
            *(f"{name}, header: `data.{p.key}` {p.text}" for p in error.problems)
        ) from None
