"""Keys of the tables: what those of one kind have in common, and the rules between them."""

from functools import partial
from typing import Any

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity

Bounds = tuple[float | None, float | None]


def key(
    unit: str,
    symbol: str,
    meaning: str,
    example: str | float | int | bool,
    within: Bounds = (None, None),
    **more: Any,
) -> Any:
    """Declare a key of a table of the case file as `quantity` does.

    The example is a value as a case file states it; `within` are its least and greatest value.
    """
    least, most = within
    return quantity(unit, symbol, meaning, example=example, at_least=least, at_most=most, **more)


_TRAPS = "theory, traps"

temperature = partial(key, "K", within=(1e-6, 1e6))
length = partial(key, "m", within=(1e-12, 1.0), display="nm")
thickness = partial(key, "m", within=(1e-10, 1e-2), display="nm", source=_TRAPS)
stretch = partial(key, "m", within=(1e-9, 1e3), display="nm", source=_TRAPS)
area = partial(key, "m^2", within=(0.0, 1e6), default=0.0, display="um^2", source=_TRAPS)
rate = partial(key, "1/s", within=(0.0, 1e18), default=0.0, source=_TRAPS)
diffusivity = partial(key, "m^2/s", within=(1e-12, 1e4), default=None, display="cm^2/s")
density_of_states = partial(key, "1/J/m^3", within=(1e40, 1e52), default=None)
number = partial(key, "1")
switch = partial(key, "1", "", example=True, default=False, kind="switch")
word = partial(key, "1", "", kind="text")


def refuse(*rules: tuple[str, Any, str]) -> None:
    """Check rules between keys: for each its key, whether it is broken, and what the error says.

    Raises:
        InputError: all that are broken.
    """
    problems = [Problem(text, key) for key, broken, text in rules if broken]
    if problems:
        raise InputError(*problems)
