"""The keys of a case that a sweep may vary."""

from entrap.case.tables import declarations
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError, Problem
from entrap.core.nearest import nearest
from entrap.core.quantities import Quantity

_MEANING = "Temperature of the states of equilibrium"
TEMPERATURE = Quantity("K", "T", _MEANING, at_least=1e-6, at_most=1e6, example="4 K")
"""What `temperature` is: no key of a case, but one that a sweep may vary."""

COUNTS = ("trap.film.trap_count",)
"""Keys whose values are whole numbers, on which results depend."""


def sweepable() -> dict[str, Quantity]:
    """Declarations of all keys that a sweep may vary, by dotted name."""
    counts = {key: declared for key, declared in declarations().items() if key in COUNTS}
    return {"temperature": TEMPERATURE} | uncertain() | counts


def declared(key: str) -> Quantity:
    """Declaration of a key that a sweep may vary.

    Raises:
        InputError: there is no such key, the nearest is named; or no result depends on it as on a
            number.
    """
    found = sweepable()
    if key in found:
        return found[key]
    if key in (keys := declarations()):
        kinds = {"integer": "a number of points", "text": "a word", "switch": "a switch"}
        text = "a sweep can only vary keys whose value is a number that results depend on"
        raise InputError(Problem(f"is {kinds[keys[key].kind]}: {text}", key))
    near = nearest(str(key), found)
    hint = f"did you mean `{near}`?" if near else "give TABLE.KEY, or `temperature`"
    raise InputError(Problem(f"is an unknown key; {hint}", str(key)))
