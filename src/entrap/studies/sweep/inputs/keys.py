"""The keys of a case that a sweep may vary."""

from difflib import get_close_matches

from entrap.case.tables import declarations
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity

_MEANING = "Temperature of the states of equilibrium"
TEMPERATURE = Quantity("K", "T", _MEANING, at_least=1e-6, at_most=1e6, example="4 K")
"""What `temperature` is: no key of a case, but one that a sweep may vary."""


def sweepable() -> dict[str, Quantity]:
    """Declarations of all keys that a sweep may vary, by dotted name."""
    return {"temperature": TEMPERATURE} | uncertain()


def declared(key: str) -> Quantity:
    """Declaration of a key that a sweep may vary.

    Raises:
        InputError: there is no such key, the nearest is named; or it is no number, or a whole one.
    """
    found = sweepable()
    if key in found:
        return found[key]
    if key in (keys := declarations()):
        kinds = {"integer": "a whole number", "text": "a word", "switch": "a switch"}
        text = "a sweep can only vary keys whose value may be any real number in a range"
        raise InputError(Problem(f"is {kinds[keys[key].kind]}: {text}", key))
    near = get_close_matches(str(key), found, n=1, cutoff=0.4)
    hint = f"did you mean `{near[0]}`?" if near else "give TABLE.KEY, or `temperature`"
    raise InputError(Problem(f"is an unknown key; {hint}", str(key)))
