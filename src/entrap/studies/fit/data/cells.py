"""Cells of a file of measurements: numbers in SI, uncertainties, limits, switches, names."""

import re
from typing import Any

from entrap.core.constants import PLANCK
from entrap.core.errors import InputError
from entrap.core.units import unit_scale

_ON, _OFF = ("on", "yes", "true", "1"), ("off", "no", "false", "0")
_SIGNS = {"": 0, "=": 0, "none": 0, "<": 1, ">": -1}
_SIZE = re.compile(r"\s*([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(\S.*?)?\s*\Z", re.S)


def scale_of(unit: str, wanted: str) -> tuple[float, float]:
    """What 0 of a unit is in SI, and by how much SI grows with it; a frequency ν is the energy hν.

    Raises:
        InputError: it is no unit, measures something else, or does not grow in equal steps.

    Examples:
        >>> round(scale_of("THz", "J")[1] / 6.62607015e-22, 9)
        1.0
    """
    if wanted == "J" and unit.endswith("Hz"):
        return 0.0, PLANCK * scale_of(unit, "Hz")[1]
    return unit_scale(unit, wanted)


def number_in(cell: Any) -> float | None:
    """A cell's number; None where the cell is empty.

    Raises:
        InputError: it is no finite number.
    """
    if cell is None:
        return None
    if not isinstance(cell, float) or abs(cell) == float("inf"):
        raise InputError(f'must be a finite number, but is "{cell!s:.40}"')
    return cell


def bound_in(cell: Any) -> tuple[Any, int]:
    """A cell such as "<0.5": its number, and on which side the true value is: 1 below, -1 above.

    Examples:
        >>> bound_in("< 0.5"), bound_in(0.5)
        ((0.5, 1), (0.5, 0))
    """
    if isinstance(cell, str) and cell[:1] in ("<", ">"):
        try:
            return float(cell[1:].replace("_", "no")), _SIGNS[cell[0]]
        except ValueError:
            return cell, 0
    return cell, 0


def sign_in(cell: Any) -> int:
    """What a cell of a column of limits says: 1 for "<", -1 for ">", else 0.

    Raises:
        InputError: it says something else.
    """
    text = name_in(cell).lower()
    if text not in _SIGNS:
        raise InputError(f'must be "<", ">" or nothing, but is "{text:.20}"')
    return _SIGNS[text]


def switch_in(cell: Any) -> bool:
    """Whether a cell says that the trap was connected.

    Raises:
        InputError: it says neither.
    """
    text = name_in(cell).lower()
    if text not in (*_ON, *_OFF):
        raise InputError(f'must be "on" or "off", but is "{text:.20}"')
    return text in _ON


def name_in(cell: Any) -> str:
    """A cell as a name; a number is one too.

    Examples:
        >>> name_in(2.0), name_in("run 2"), name_in(None)
        ('2', 'run 2', '')
    """
    if cell is None:
        return ""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)


def spread_in(text: str, unit: str) -> tuple[float, float]:
    """An uncertainty as in "2 % + 0.01 meV": its absolute part [SI], and its relative one.

    Raises:
        InputError: it is no uncertainty, or is below 0.

    Examples:
        >>> spread_in("2 % + 5 nm", "m")
        (5e-09, 0.02)
    """
    parts: dict[bool, float] = {}
    for part in re.split(r"(?<![eE])\+", text):
        try:
            if not (match := _SIZE.fullmatch(part)) or not match[2]:
                raise ValueError
            relative = match[2] == "%"
            number = float(match[1])
            size = number / 100 if relative else scale_of(match[2], unit)[1] * number
        except ValueError:
            raise InputError(
                f'must be as in "2 %", "0.01 {unit}", both with +, or the name of a column of the '
                f'file, but is "{text:.40}"'
            ) from None
        if relative in parts:
            raise InputError(
                f'must have one absolute and one relative part at most, but is "{text:.40}"'
            )
        if not 0 <= size < float("inf"):
            raise InputError(f'must be finite and >= 0, but is "{text:.40}"')
        parts[relative] = size
    return parts.get(False, 0.0), parts.get(True, 0.0)
