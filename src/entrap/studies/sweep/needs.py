"""What a case, and rows of points, must have for a sweep; checked before any work."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError, Problem
from entrap.solve.inputs import by_key, inputs_of
from entrap.studies.sweep.inputs.keys import keyed
from entrap.studies.sweep.names import RESULTS
from entrap.studies.trap.needs import film_temperature


def check_needs(case: Case, results: Iterable[str], given: Collection[str], else_: str) -> None:
    """Refuse results that need a table, or the temperature, that the case lacks.

    Keys that are `given` vary, or have a value beside the case: they may be what it lacks. `else_`
    ends the sentence that says how to give a temperature.
    """
    names = set(results)
    kinds = {RESULTS[name].kind for name in names}
    if kinds - {"trap"}:
        case.require("landau")
        paired = case.trap.pairing is not None or "trap.pairing" in given
        if case.protocol is None and (paired or case.trap.junction is not None):
            text = "is missing: the rate of a junction and `pairing` are those at its `start`"
            raise InputError(Problem(text, "protocol"))
    if "trap" in kinds:
        case.require("trap.junction")
        film_temperature(case)
    if "evolution" in kinds or names & _AT_START:
        case.require("protocol")
    if "state" in kinds and case.protocol is None and "temperature" not in given:
        text = f"is missing: give [protocol], whose start it then is, or {else_}"
        raise InputError(Problem(text, "temperature"))


_AT_START = {
    name
    for name, result in RESULTS.items()
    if result.kind == "case" and ("initial" in name or name == "trap_energy_cost")
}


def check_rows(case: Case, axes: Mapping[str, np.ndarray]) -> None:
    """Refuse rows whose numbers do not fit together; the first that is no case is named."""
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
        with keyed("", f" (in row {row + 1} of the points)"):
            case.changed({key: float(values[row]) for key, values in axes.items() if "." in key})
