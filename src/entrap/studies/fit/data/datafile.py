"""A file of measurements: its columns as they stand, by the names that the table [data] gives."""

import dataclasses
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from entrap.case.columns.columnfile import ColumnFile, read_columns
from entrap.case.columns.form import FileForm
from entrap.case.columns.headings import Heading
from entrap.core.errors import InputError
from entrap.studies.fit.data.proposal import proposal
from entrap.studies.fit.inputs.table import DataTable


@dataclasses.dataclass(frozen=True)
class DataFile:
    """The columns of a file that a table names.

    Args:
        name: Of the file, for messages.
        columns: Cells by the column's name: numbers, texts, or None where a cell is empty.
        headings: What stands above them in the file.
        rows: Number of each row, as an editor shows it or the file's reader counts.
        file: All of the file.
    """

    name: str
    columns: Mapping[str, list[Any]]
    headings: Mapping[str, Heading]
    rows: tuple[int, ...]
    file: ColumnFile


def read_file(path: str | Path, table: DataTable | None = None) -> tuple[DataFile, DataTable]:
    """The columns of a file that its table names, and that table: the stated one, or the file's.

    Raises:
        InputError: the file cannot be read, does not say what its columns are, or lacks one.
    """
    stated, path = table or DataTable(), Path(path)

    def own(header: str) -> FileForm | None:
        return _table(header, str(path))

    file = read_columns(path, stated.form_over(None), own)
    table = stated.over(_table(file.header, file.name))
    if not table.columns:
        like = proposal(file)
        like = f", as in\n{like}" if like else f", for its columns {file.names()}"
        raise InputError(
            f"{file.name} does not say what its columns are: give a table [data] in the case file, "
            f"or in the file's header{like}"
        )
    names = [*table.columns, *(c.uncertainty for c in table.observed().values() if c.uncertainty)]
    columns, headings, problems = {}, {}, []
    for name in dict.fromkeys(names):
        places = file.places(name)
        if len(places) > 1:
            problems.append(f'{file.name} must name each column once, but names "{name}" again')
        elif places:
            columns[name], headings[name] = file.cells[places[0]], file.headings[places[0]]
        elif name in table.columns:
            problems.append(f"{file.name} has no column `{name}`: it has {file.names()}")
    if problems:
        if file.form.startswith("one column"):
            problems.append(
                f"{file.name} was read as one column: if that is wrong, state `header`, the row of "
                'the names, or `delimiter`, as in "tab"'
            )
        raise InputError(*problems)
    return DataFile(file.name, columns, headings, file.rows, file), table


def _table(header: str, name: str) -> DataTable | None:
    """The table [data] in a file's header; None where that is empty."""
    if not header.strip():
        return None
    try:
        stated = tomllib.loads(header)
    except (ValueError, RecursionError) as error:
        reason = next(iter(str(error).splitlines()), type(error).__name__)[:80]
        raise InputError(f"{name}: its header is not valid TOML: {reason}") from None
    if set(stated) != {"data"}:
        raise InputError(f"{name}: its header must hold the table [data] and nothing else")
    try:
        return DataTable.from_dict(stated["data"])
    except InputError as error:
        raise InputError(
            *(f"{name}, header: `data{p.key and '.'}{p.key}` {p.text}" for p in error.problems)
        ) from None
