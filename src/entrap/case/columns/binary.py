"""Files of columns that are no text: workbooks, Parquet, NetCDF."""

import warnings
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

from entrap.case.columns.cells import MOST_CELLS, Row
from entrap.case.columns.form import FileForm
from entrap.core.errors import InputError
from entrap.core.hdf5 import require_sound_heaps

KEY = "entrap"
"""Metadata of Parquet and attribute of NetCDF files in which a table stands, as TOML."""

_MOST = 500_000_000  # bytes of an unpacked workbook
_ROWS = 1_048_576  # of a sheet, at most

Parts = tuple[list[tuple[str, str, list[Any]]], int, str]
"""Columns as title, unit and cells; how many rows; the header, as TOML."""


def brief(error: Exception) -> str:
    """The first line of an error's text."""
    return next(iter(str(error).splitlines()), type(error).__name__)[:80]


def read_workbook(path: Path, form: FileForm) -> tuple[list[Row], str]:
    """Rows of the sheet of a workbook that is stated, or holds anything; and its name.

    Raises:
        InputError: it is no workbook, or several sheets hold something.
    """
    try:
        import openpyxl
    except ImportError:
        raise InputError(
            f"{path} needs openpyxl to be read: install entrap[fit], or give a CSV file"
        ) from None
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > _MOST:
                raise InputError(f"{path} must unpack to at most {_MOST / 1e6:g} MB")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            try:
                found = {sheet.title: _sheet(sheet, path) for sheet in book.worksheets}
            finally:
                book.close()
    except (InputError, OSError):
        raise
    except Exception as error:  # a damaged workbook raises whatever its parts raise
        raise InputError(f"{path} is not an Excel workbook: {brief(error)}") from None
    if form.sheet is not None:
        if form.sheet not in found:
            has = f"{', '.join(found):.120}"
            raise InputError(f'{path} has no sheet "{form.sheet}": it has {has}')
        return found[form.sheet], form.sheet
    filled = [name for name, rows in found.items() if rows]
    if len(filled) > 1:
        names = f"{', '.join(filled):.120}"
        raise InputError(
            f'{path} has several sheets, {names}: state which, as in sheet = "{filled[0]}"'
        )
    return (found[filled[0]], filled[0]) if filled else ([], "")


def _sheet(sheet: Any, path: Path) -> list[Row]:
    """Rows of a sheet that hold anything; a number shown in per cent is a text with its sign."""
    sheet.reset_dimensions()  # some programs state wrong ones
    rows: list[Row] = []
    count = 0
    for number, cells in enumerate(islice(sheet.iter_rows(), _ROWS), start=1):
        values = [_shown(cell) for cell in cells]
        while values and values[-1] is None:
            values.pop()
        if values:
            rows.append((number, values))
        count += len(cells)
        if count > MOST_CELLS:
            raise InputError(f"{path} must have at most {MOST_CELLS:g} cells: take fewer rows")
    return rows


def _shown(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, str):
        return value if value.strip() else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        # Excel keeps 0.02 where it shows 2 %.
        return f"{value * 100:.15g} %" if "%" in (cell.number_format or "") else float(value)
    return value


def read_parquet(path: Path) -> Parts:
    """Columns of a Parquet file.

    Raises:
        InputError: it is none, or too large.
    """
    try:
        from pyarrow import ArrowException, parquet
    except ImportError:
        raise InputError(
            f"{path} needs pyarrow to be read: install entrap[fit], or give a CSV file"
        ) from None
    try:
        with parquet.ParquetFile(path) as file:
            if file.metadata.num_rows * file.metadata.num_columns > MOST_CELLS:
                raise InputError(f"{path} must have at most {MOST_CELLS:g} cells: take fewer rows")
            read = file.read()
        cells = [column.to_pylist() for column in read.columns]
    except InputError:
        raise
    except (ArrowException, ArithmeticError, LookupError, ValueError) as error:
        raise InputError(f"{path} is not a Parquet file: {brief(error)}") from None
    columns = [(name, "", column) for name, column in zip(read.column_names, cells, strict=True)]
    header = (read.schema.metadata or {}).get(KEY.encode(), b"").decode("utf-8", "replace")
    return columns, read.num_rows, header


def read_netcdf(path: Path) -> Parts:
    """Variables of a NetCDF-4 file along its one dimension.

    Raises:
        InputError: it is none, has several dimensions, or an attribute of a variable is wrong.
    """
    import h5py

    # By h5py alone: on damaged files h5netcdf may not come to an end.
    try:
        require_sound_heaps(path)
        with h5py.File(path, locking=False) as file:
            lines = {
                name: part
                for name, part in file.items()
                if isinstance(part, h5py.Dataset) and part.ndim == 1 and not _bare(part)
            }
            lengths = {len(part) for part in lines.values()}
            # A variable's own list of dimensions is not read: where it is damaged HDF5 never ends.
            along = [part for part in file.values() if _is_dimension(part, lengths)]
            count = max(len(lengths), len(along)) if lines else 0
            if count != 1:
                raise InputError(f"{path} must have variables along one dimension, but has {count}")
            if len(lines) * max(lengths) > MOST_CELLS:
                raise InputError(f"{path} must have at most {MOST_CELLS:g} cells: take fewer rows")
            columns = [_variable(name, part, path) for name, part in lines.items()]
            header = _text(file.attrs.get(KEY, ""))
    except InputError:
        raise
    except Exception as error:  # h5py raises many types
        raise InputError(f"{path} is not a NetCDF-4 file: {brief(error)}") from None
    return columns, max(lengths), header


def _bare(part: Any) -> bool:
    """Whether it is a dimension without a variable."""
    return _text(part.attrs.get("NAME", "")).startswith("This is a netCDF dimension but not")


def _is_dimension(part: Any, lengths: set[int]) -> bool:
    """Whether it is a dimension of one of these lengths."""
    scale = getattr(part, "ndim", 0) == 1 and _text(part.attrs.get("CLASS", ""))
    return scale == "DIMENSION_SCALE" and len(part) in lengths


def _text(stated: Any) -> str:
    return stated.decode("utf-8", "replace") if isinstance(stated, bytes) else str(stated)


def _variable(name: str, part: Any, path: Path) -> tuple[str, str, list[Any]]:
    """A variable with its scale and offset applied, and None where it holds its fill value."""
    import numpy as np

    try:
        stated = {key: part.attrs[key] for key in _CODED if key in part.attrs}
        unit = _text(stated.pop("units", ""))
        if part.dtype.kind not in "biufSO":
            raise InputError(f"{path}: `{name}` must hold numbers or texts, not records")
        values = part[()]
        if values.dtype.kind not in "iuf":
            return name, unit, values.tolist()
        numbers = {key: float(np.asarray(x).item()) for key, x in stated.items()}
        decoded = values * numbers.get("scale_factor", 1.0) + numbers.get("add_offset", 0.0)
        for key in ("_FillValue", "missing_value"):
            if key in numbers:
                decoded = np.where(values == numbers[key], np.nan, decoded)
        return name, unit, decoded.tolist()
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"{path}: the attributes of `{name}` or its values cannot be read: {brief(error)}"
        ) from None


_CODED = ("units", "scale_factor", "add_offset", "_FillValue", "missing_value")
