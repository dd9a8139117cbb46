"""Rows of points: whether each of them is a case."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError, Problem
from entrap.solve.inputs import by_key, inputs_of


def check_rows(case: Case, axes: Mapping[str, np.ndarray]) -> None:
    """Refuse rows whose numbers do not fit together.

    Args:
        case: The case.
        axes: Values of each axis, a point a row.

    Raises:
        InputError: a row is no case; the first is told.
    """
    values: dict[str, Any] = {**by_key(inputs_of(case)), **axes}

    def column(key: str) -> Any:
        return values.get(key, np.nan)

    length, trapped = column("trap.film.length"), column("trap.film.trap_length")
    off_centre = np.abs(column("trap.film.trap_position") - length / 2)
    wrong = np.broadcast_arrays(
        column("landau.below_critical") >= column("material.critical_temperature"),
        column("protocol.start") > column("protocol.warm_to"),
        trapped > length,
        off_centre > (length - trapped) / 2 + 2e-9 * length,
        (column("trap.pairing") > 0) & (column("trap.rate") == 0) & (case.trap.junction is None),
        (column("trap.junction.electron_phonon_constant") == 0)
        & (column("trap.junction.relaxation_rate") == 0),
    )
    for row in np.flatnonzero(np.any(wrong, axis=0))[:1]:
        try:
            case.changed({key: float(values[row]) for key, values in axes.items() if "." in key})
        except InputError as error:
            where = f" (in row {row + 1} of the points)"
            raise InputError(*(Problem(p.text + where, p.key) for p in error.problems)) from None
