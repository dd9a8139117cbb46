"""How people write units: superscripts, signs and names brought to those that pint reads."""

import re
import unicodedata
from typing import Any

_SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻", "0123456789+-")
_SIGNS = str.maketrans({"−": "-", "·": "*", "⋅": "*", "∙": "*", "×": "*", "μ": "µ"})
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+")
_PRINTED = re.compile(r"^\s*(?:([+-]?[\d.]+)\s*[×·]\s*)?10([⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]+)(?!\w)")
# A power without its sign, as in "cm-3" and "cm2/s"; but not the 3 of "1e-3".
_POWER = re.compile(r"(?<![\w.^])([^\W\d_]+)(-?\d)(?![\w.])")
_WORDS = re.compile(
    r"\b(Kelvin|Ohms?|Tesla|Gauss|Oersted|Joules?|Volts?|Hertz|Angstroms?|Seconds?|Met(?:er|re)s?)\b"
)
_NAMES = {"Gs": "gauss", "kGs": "kilogauss", "mGs": "milligauss", "kB": "k_B"}
_NAMED = re.compile(rf"\b({'|'.join(_NAMES)})\b")


def typed(text: str) -> str:
    """A text whose number has a power of ten as print has it, with an exponent in its place.

    Examples:
        >>> typed("4.2 × 10⁻⁸ m"), typed("10²⁸ 1/m^3"), typed("4.2e-8 m")
        ('4.2e-8 m', '1e28 1/m^3', '4.2e-8 m')
    """
    return _PRINTED.sub(
        lambda found: f"{found[1] or '1'}e{found[2].translate(_SUPERSCRIPTS)}", text, count=1
    )


def spelled(unit: str) -> str:
    """A unit as pint reads it.

    Examples:
        >>> spelled("cm⁻³"), spelled("cm2/s"), spelled("/cm^3"), spelled("Ohm·um^2")
        ('cm^-3', 'cm^2/s', '1/cm^3', 'ohm*um^2')
    """
    text = unicodedata.normalize("NFC", unit.strip()).translate(_SIGNS)
    text = _RAISED.sub(lambda raised: "^" + raised[0].translate(_SUPERSCRIPTS), text)
    text = _POWER.sub(r"\1^\2", text)
    text = _WORDS.sub(lambda word: word[0].lower(), text)
    text = _NAMED.sub(lambda name: _NAMES[name[0]], text)
    return f"1{text}" if text.startswith("/") else text


def as_stated(value: Any) -> Any:
    """A quantity of pint as text with its unit, or a list of these; anything else as it is.

    Examples:
        >>> import pint
        >>> as_stated(pint.UnitRegistry().Quantity(2.5, "meV"))
        '2.5 millielectron_volt'
        >>> as_stated("2.5 meV")
        '2.5 meV'
    """
    if not (hasattr(value, "magnitude") and hasattr(value, "units")):
        return value
    unit = format(value.units, "D")
    unit = "" if unit == "dimensionless" else f" {unit}"
    number = value.magnitude
    if getattr(number, "ndim", 0):
        return [f"{x!r}{unit}" for x in number.ravel().tolist()]
    return f"{number.item() if hasattr(number, 'item') else number!r}{unit}"
