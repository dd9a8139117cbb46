"""Rows of points: whether each of them is a case."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from entrap.core.errors import InputError
from entrap.inputs.case import Case
from entrap.solve.parameters import numbers_of

_ORDERED = (
    ("landau.below_critical", "material.critical_temperature"),
    ("protocol.start", "protocol.warm_to"),
    ("trap.film.trap_length", "trap.film.length"),
    ("trap.film.trap_position", "trap.film.length"),
)
"""Of each two numbers the first must not exceed the second."""


def check_rows(case: Case, axes: Mapping[str, np.ndarray]) -> None:
    """Refuse rows whose numbers do not fit together.

    Args:
        case: The case.
        axes: Values of each axis, a point a row.

    Raises:
        InputError: a row is no case; the first is told.
    """
    numbers = numbers_of(case)

    def column(key: str) -> Any:
        table, _, name = key.rpartition(".")
        return axes.get(key, numbers.get(table, {}).get(name))

    for low, high in _ORDERED:
        if (low in axes or high in axes) and column(low) is not None is not column(high):
            less, more = np.broadcast_arrays(column(low), column(high))
            wrong = np.flatnonzero(less > more)
            if len(wrong):
                row = int(wrong[0])
                raise InputError(
                    f"`{low}` must not exceed `{high}`, but in row {row + 1} of the points they "
                    f"are {less[row]:g} and {more[row]:g}"
                )
