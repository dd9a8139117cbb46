"""Columns of one length with names and units: what CSV files and pandas have of a result."""

import abc
import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from entrap.core.quantities import Quantity


@dataclasses.dataclass(frozen=True)
class Column:
    """One column of a table.

    Args:
        name: As the result calls it.
        values: Numbers [unit] or texts, a row each.
        unit: "1" for pure numbers, "" for texts.
        meaning: What it is.
    """

    name: str
    values: Any
    unit: str = ""
    meaning: str = ""

    @property
    def heading(self) -> str:
        """Name and unit, as in "temperature [K]"."""
        return self.name if self.unit in ("", "1") else f"{self.name} [{self.unit}]"


class Frame:
    """Columns side by side.

    Examples:
        >>> frame = Frame(Column("temperature", [4.0, 0.1], "K"), Column("state", ["a", "b"]))
        >>> print(frame.csv(), end="")
        temperature [K],state
        4.0,a
        0.1,b
    """

    def __init__(self, *columns: Column) -> None:
        self.columns = tuple(
            dataclasses.replace(column, values=_cells(column.values)) for column in columns
        )
        if len({len(column.values) for column in self.columns}) > 1:
            raise ValueError("the columns of a frame must be of one length")

    def __len__(self) -> int:
        return len(self.columns[0].values) if self.columns else 0

    def csv(self) -> str:
        """As text: names with units, then all digits of every number; NaN is an empty cell."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.heading for column in self.columns)
        written = ([_written(cell) for cell in column.values] for column in self.columns)
        writer.writerows(zip(*written, strict=True))
        return text.getvalue()

    def dataframe(self) -> Any:
        """As a DataFrame of pandas, a row each; `attrs["units"]` has the unit of each column."""
        import pandas as pd

        made = pd.DataFrame({column.name: column.values for column in self.columns})
        made.attrs["units"] = {c.name: c.unit for c in self.columns if c.unit}
        return made


class Framed(abc.ABC):
    """A result that is also columns of one length."""

    @abc.abstractmethod
    def frame(self) -> Frame:
        """The result as columns of one length."""

    def to_dataframe(self) -> Any:
        """The result as a DataFrame of pandas; `attrs["units"]` has the unit of each column."""
        return self.frame().dataframe()


def frame_of(rows: Iterable[Mapping[str, Any]], declared: Mapping[str, Quantity | str]) -> Frame:
    r"""A frame of rows by name; `declared` has each column's declaration, or the meaning of texts.

    Examples:
        >>> frame_of([{"T": 4.0}], {"T": Quantity("K", "T", "Temperature")}).csv()
        'T [K]\n4.0\n'
    """
    rows = tuple(rows)
    return Frame(
        *(
            Column(name, [row[name] for row in rows], known.unit, known.meaning)
            if isinstance(known, Quantity)
            else Column(name, [row[name] for row in rows], "", known)
            for name, known in declared.items()
        )
    )


def _cells(values: Any) -> list[Any]:
    return np.asarray(values).ravel().tolist() if hasattr(values, "dtype") else [*values]


def _written(cell: Any) -> Any:
    return "" if cell is None or cell != cell else cell
