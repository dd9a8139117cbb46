"""Units at the edge: text with a unit to an SI number, and back. Inside, everything is SI."""

import functools
import re
from typing import Any

from entrap.core.constants import (
    BOLTZMANN,
    ELEMENTARY_CHARGE,
    PLANCK,
    SPEED_OF_LIGHT,
    VACUUM_PERMEABILITY,
)
from entrap.core.errors import InputError
from entrap.core.spellings import spelled, typed

# A number, then a unit; long or deeply powered text is refused before pint reads it.
_NUMBER_AND_UNIT = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,4})?)\s*(.*)\Z", re.S)
_COMMA = re.compile(r",\s*\d")
_ERROR = re.compile(r"\D{0,30}(?:±|\+/?-)")
_UNIT_CHARACTERS = re.compile(r"[A-Za-zµμΩÅ°_%0-9 ./*()^-]{1,60}\Z")
_HIGH_POWER = re.compile(r"(?:\^|\*\*)\s*[-+]?\(?\s*[-+]?\d*(?:\d{2}|\.|e)")
_TOWER = re.compile(r"(?:\^|\*\*)[^*/ ]*(?:\^|\*\*)")

# Factors of what is written most, as pint has them to the last bit: it takes 0.4 s to be loaded.
_PREFIXES = {
    "": 1.0, "k": 1e3, "m": 1e-3, "u": 1e-6, "µ": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15,
    "a": 1e-18,
}  # fmt: skip
_NAMED = {
    "K": ("K", 1.0), "eV": ("J", ELEMENTARY_CHARGE), "m": ("m", 1.0), "s": ("s", 1.0),
    "T": ("T", 1.0), "W": ("W", 1.0),
}  # fmt: skip
_TO_SI = {
    (prefix + name, unit): scale * factor
    for name, (unit, factor) in _NAMED.items()
    for prefix, scale in _PREFIXES.items()
} | {
    ("%", "1"): 0.01,
    ("k_B", "J/K"): BOLTZMANN,
    ("um^2", "m^2"): 1e-12,
    ("1/um^3", "1/m^3"): 1.0000000000000001e18,
    ("cm^2/s", "m^2/s"): 1e-4,
    ("J m^3", "J*m^3"): 1.0,
    ("ohm um^2", "ohm*m^2"): 1e-12,
    ("ohm*um^2", "ohm*m^2"): 1e-12,
    ("pW/um^2", "W/m^2"): 1.0,
}
_FROM_SI = {(unit, given): 1 / factor for (given, unit), factor in _TO_SI.items()} | {
    ("J", "neV"): 6.241509074460762e27,
    ("m^2", "um^2"): 1000000000000.0001,
    ("ohm*m^2", "ohm*um^2"): 1000000000000.0001,
    ("ohm*m^2", "ohm um^2"): 1000000000000.0001,
}


@functools.cache
def _registry() -> Any:
    import pint

    return pint.UnitRegistry(autoconvert_offset_to_baseunit=True)


def si_value(text: str, unit: str) -> float:
    """Number of an SI unit, or "1", in a text such as "2.5 meV"; without a unit it is SI already.

    A field H in Oe or A/m is the field B = μ0 H, and a frequency or a wavenumber the energy h ν.

    Raises:
        InputError: the text is no number, or its unit is unknown or of another dimension.

    Examples:
        >>> si_value("100 mK", "K")
        0.1
        >>> si_value("1 kG", "T")
        0.1
        >>> si_value("3 k_B", "J/K")
        4.141947e-23
        >>> round(si_value("44 GHz", "J") / 44e9, 45)
        6.62607015e-34
    """
    match = _NUMBER_AND_UNIT.match(typed(text))
    wanted = "a pure number" if unit == "1" else f"a number with a unit of {unit}"
    if not match:
        raise InputError(f"must be {wanted}, but is {_short(text)}")
    number, given = float(match[1]), match[2].strip()
    if not given or given == unit:
        return number
    if _COMMA.match(given):
        raise InputError(f"must be {wanted}, with a point and no commas, but is {_short(text)}")
    if _ERROR.match(given):
        raise InputError(
            f"must be {wanted}, but {_short(text)} has an error too: in a case that is a prior, "
            'as in { prior = "normal(5 nm, 1 nm)" }'
        )
    if factor := _TO_SI.get((given, unit)):
        return number * factor
    name = spelled(given) if len(given) <= 60 else given
    readable = _UNIT_CHARACTERS.match(name) and not _HIGH_POWER.search(name)
    if not readable or _TOWER.search(name):
        raise InputError(f"must be {wanted}, but {_short(given)} is not a unit")
    import pint

    registry = _registry()
    try:
        quantity = registry.Quantity(number, name)
        if unit == "T" and quantity.check("gauss"):  # pint keeps Gaussian units apart
            return float(quantity.to("gauss").magnitude) / 1e4
        if unit == "T" and quantity.check("[current] / [length]"):
            return VACUUM_PERMEABILITY * float(quantity.to("A/m").magnitude)
        if unit == "J" and name.endswith(("Hz", "hertz")):
            return PLANCK * float(quantity.to("Hz").magnitude)
        if unit == "J" and quantity.check("1 / [length]"):
            return PLANCK * SPEED_OF_LIGHT * float(quantity.to("1/m").magnitude)
        return float(quantity.to("" if unit == "1" else unit).magnitude)
    except pint.DimensionalityError:
        raise InputError(f"must be {wanted}, but {_short(given)} measures something else") from None
    except Exception:  # pint's parser raises its tokenizer's many types
        raise InputError(f"must be {wanted}, but {_short(given)} is not a unit") from None


@functools.cache
def is_unit(text: str) -> bool:
    """Whether a text is a unit, of whatever it be.

    Examples:
        >>> is_unit("nm"), is_unit("µΩ cm"), is_unit("off")
        (True, True, False)
    """
    name = spelled(text) if len(text) <= 60 else text
    if name[:1].isdigit() and not name.startswith("1/"):
        return False
    if not _UNIT_CHARACTERS.match(name) or _HIGH_POWER.search(name) or _TOWER.search(name):
        return False
    try:
        return bool(_registry().Quantity(1.0, name).units.dimensionality is not None)
    except Exception:  # as in `si_value`
        return False


def unit_scale(unit: str, wanted: str) -> tuple[float, float]:
    """Zero and step of a unit, both in the SI unit that is wanted.

    Raises:
        InputError: it is no unit, measures something else, or does not grow in equal steps.

    Examples:
        >>> unit_scale("mT", "T")
        (0.0, 0.001)
    """
    try:
        zero, one, two = (si_value(f"{i} {unit}", wanted) for i in range(3))
    except InputError:
        raise InputError(f'must be a unit of {wanted}, but is "{unit:.40}"') from None
    if abs((two - one) - (one - zero)) > 1e-9 * abs(one - zero) or not one > zero:
        raise InputError(f'must be a scale of equal steps, but is "{unit:.40}"')
    return zero, one - zero


def convention(unit: str, wanted: str) -> str:
    """By which relation a unit of another kind is read as the SI unit that is wanted, if it is.

    Examples:
        >>> convention("Oe", "T"), convention("GHz", "J"), convention("mT", "T")
        ('B = μ0 H', 'E = h ν', '')
    """
    if (unit, wanted) in _TO_SI:
        return ""
    name = spelled(unit)
    if wanted == "T" and ("Oe" in name or "oersted" in name or "A/m" in name or "A*m" in name):
        return "B = μ0 H"
    if wanted == "J" and name.endswith(("Hz", "hertz")):
        return "E = h ν"
    by_length = wanted == "J" and _registry().Quantity(1.0, name).check("1 / [length]")
    return "E = h c/λ" if by_length else ""


def in_unit(value: float, unit: str, display: str) -> float:
    """A value in `unit`, expressed in `display`.

    Examples:
        >>> round(in_unit(520e-9, "m", "nm"), 9)
        520.0
    """
    return value * unit_factor(unit, display) if display not in ("", unit) else value


@functools.cache
def unit_factor(unit: str, display: str) -> float:
    """How many `display` make one `unit`."""
    if factor := _FROM_SI.get((unit, display)):
        return factor
    return float(_registry().Quantity(1.0, "" if unit == "1" else unit).to(display).magnitude)


def _short(text: str) -> str:
    shown = text if len(text) <= 40 else text[:37] + "..."
    return ascii(shown) if not shown.isprintable() else f'"{shown}"'
