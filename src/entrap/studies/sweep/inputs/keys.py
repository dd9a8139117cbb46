"""The keys of a case that a sweep may vary."""

from entrap.case.layoutnumbers import COUNT, layout_number, layout_numbers
from entrap.case.tables import declarations
from entrap.case.uncertain import uncertain
from entrap.core.errors import InputError, Problem
from entrap.core.nearest import nearest
from entrap.core.quantities import Quantity

_MEANING = "Temperature of the states of equilibrium"
TEMPERATURE = Quantity("K", "T", _MEANING, at_least=1e-6, at_most=1e6, example="4 K")
"""What `temperature` is: no key of a case, but one that a sweep may vary."""

COUNTS = ("trap.film.trap_count", COUNT)
"""Keys whose values are whole numbers, on which results depend."""


def sweepable() -> dict[str, Quantity]:
    """Declarations of all keys that a sweep may vary, by dotted name."""
    counts = {key: declared for key, declared in declarations().items() if key in COUNTS}
    return {"temperature": TEMPERATURE} | uncertain() | counts | layout_numbers()


def declaration(key: str) -> Quantity | None:
    """Declaration of a key that a sweep may vary; None where there is no such key.

    Parts of a layout have keys of their own, as `layout.shape.1.circle.radius`.
    """
    return sweepable().get(key) or layout_number(str(key))


def declared(key: str) -> Quantity:
    """Declaration of a key that a sweep may vary.

    Raises:
        InputError: there is no such key, the nearest is named; or no result depends on it as on a
            number.
    """
    if (found := declaration(key)) is not None:
        return found
    if key in (keys := declarations()):
        kinds = {"integer": "a number of points", "text": "a word", "switch": "a switch"}
        text = "a sweep can only vary keys whose value is a number that results depend on"
        raise InputError(Problem(f"is {kinds[keys[key].kind]}: {text}", key))
    near = nearest(str(key), sweepable())
    hint = f"did you mean `{near}`?" if near else "give TABLE.KEY, or `temperature`"
    if str(key).startswith("layout."):
        hint = "of a layout these can vary: layout.shape.1.circle.radius and others like it, and "
        hint += ", ".join(layout_numbers())
    raise InputError(Problem(f"is an unknown key; {hint}", str(key)))
