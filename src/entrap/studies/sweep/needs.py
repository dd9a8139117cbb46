"""What a case must have for results of a sweep to be computed; checked before any work."""

from collections.abc import Collection, Iterable

from entrap.case.case import Case
from entrap.core.errors import InputError, Problem
from entrap.studies.sweep.names import RESULTS
from entrap.studies.trap.needs import film_temperature


def check_needs(case: Case, results: Iterable[str], given: Collection[str], else_: str) -> None:
    """Refuse results that need what the case lacks.

    Args:
        case: The case.
        results: Names of results.
        given: Keys that are given beside the case, or vary: they may be what it lacks.
        else_: How to give a temperature without a protocol, as the end of a sentence.

    Raises:
        InputError: a result needs a table, or the temperature, that there is not.
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
