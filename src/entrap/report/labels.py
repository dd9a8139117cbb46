"""How quantities, numbers and lists are written on axes, in tables and in sentences."""

import html
import math
import re
from collections.abc import Iterable
from typing import Any

import numpy as np

from entrap.core.quantities import Quantity, no_number, number_text, ten_to
from entrap.core.units import unit_factor

# Prefixes to choose from, for the units in which people quote a quantity.
_LADDERS = {
    "meV": ("peV", "neV", "µeV", "meV", "eV", "keV"),
    "nm": ("pm", "nm", "µm", "mm", "m"),
    "um": ("pm", "nm", "µm", "mm", "m"),
    "ueV": ("peV", "neV", "µeV", "meV", "eV"),
    "mK": ("µK", "mK", "K"),
    "mT": ("pT", "nT", "µT", "mT", "T"),
    "pW": ("aW", "fW", "pW", "nW", "µW", "mW", "W"),
    "ms": ("ns", "µs", "ms", "s"),
    "uA": ("nA", "µA", "mA", "A"),
    "pH": ("pH", "nH", "µH"),
}


def scaled(declared: Quantity, *columns: Any) -> tuple[str, list[np.ndarray]]:
    """Columns in the unit in which their largest finite value is 1 to 1000, and that unit."""
    arrays = [np.asarray(column, float) for column in columns]
    finite = np.concatenate([np.abs(array[np.isfinite(array)]).ravel() for array in arrays])
    largest = finite.max(initial=0.0)
    (unit, factor), *ladder = units_of(declared)
    for candidate, times in ladder:
        # 999.5 prints as 1,000 in three digits: the next unit says it better.
        if 0 < largest * times < 999.5:
            unit, factor = candidate, times
            break
    return unit, [np.asarray(array * factor) for array in arrays]


def units_of(declared: Quantity) -> list[tuple[str, float]]:
    """The unit in which a quantity is quoted, then those to choose from, each with its factor."""
    usual = declared.display or declared.unit
    units = usual, *_LADDERS.get(usual, ())
    return [(u, 1.0 if u == declared.unit else unit_factor(declared.unit, u)) for u in units]


def quoted(declared: Quantity, value: float, digits: int = 6, *, at_least: bool = False) -> str:
    """A number with the unit in which people quote it, after "≥" where it is a lower bound.

    Examples:
        >>> quoted(Quantity("s", "τ_w", "Time", display="ms"), 0.00044)
        '440 µs'
        >>> quoted(Quantity("K", "T̃_c", "Temperature"), math.inf)
        'infinite'
        >>> quoted(Quantity("m", "δ", "Growth", display="um"), 0.0)
        '0 µm'
        >>> quoted(Quantity("1", "N", "Points"), 40_000, 3)
        '40,000'
    """
    if word := no_number(value):
        return word
    unit, (column,) = scaled(declared, value)
    text = f"{value:,}" if isinstance(value, int) else number_text(float(column), digits)
    return "≥ " * at_least + text + ("" if unit == "1" else f" {unit_text(unit)}")


def power_of_ten(largest: float, unit: str) -> tuple[float, str]:
    """The power of ten in a number, and its unit with that power before it.

    Examples:
        >>> power_of_ten(4e5, "1/s"), power_of_ten(0.04, "m")
        ((100000.0, '10⁵/s'), (0.01, '10⁻² m'))
    """
    power = math.floor(math.log10(largest) + 1e-12)
    ten = ten_to(power) if power else "1"
    if unit == "1" or unit.startswith("1/"):
        return 10.0**power, ten + unit[1:]
    return 10.0**power, f"{ten} {unit}" if power else unit


def nice(value: float) -> float:
    """1, 2 or 5 times a power of ten, and not more than a number above 0.

    Examples:
        >>> nice(249.7), nice(0.0099)
        (200.0, 0.005)
    """
    power = math.floor(math.log10(value) + 1e-12)
    return max(
        float(f"{first}e{power}")
        for first in (1, 2, 5)
        if float(f"{first}e{power}") <= value * (1 + 1e-9)
    )


def unit_text(unit: str) -> str:
    """A unit as print has it.

    Examples:
        >>> unit_text("ohm*um^2"), unit_text("1/m^3")
        ('Ω µm²', '1/m³')
    """
    return re.sub(r"ohm|ueV|\bu[ms]\b|\*|\^[23]", lambda match: _PRINTED[match[0]], unit)


_PRINTED = {"ohm": "Ω", "um": "µm", "ueV": "µeV", "us": "µs", "*": " ", "^2": "²", "^3": "³"}
_SUBSCRIPTED = re.compile(r"([A-Za-zα-ωΑ-Ω])(\u0303?)(?:_([A-Za-z0-9]+)|(?<=[α-ω])(0))?(⁰?)")


def shown(declared: Quantity, *columns: Any) -> tuple[str, list[np.ndarray]]:
    """Columns [SI] in the unit in which they are quoted, a power of ten moved into the unit.

    Examples:
        >>> unit, (column,) = shown(Quantity("1/m^3", "n_c", "Electrons"), [1e28, 2e28])
        >>> unit, column
        ('10²⁸/m³', array([1., 2.]))
    """
    unit, arrays = scaled(declared, *columns)
    unit = unit_text(unit)
    largest = max((np.abs(a[np.isfinite(a)]).max(initial=0.0) for a in arrays), default=0.0)
    if largest == 0 or 1e-3 <= largest < 1e5:
        return "" if unit == "1" else unit, arrays
    power, unit = power_of_ten(float(largest), unit)
    return unit, [array / power for array in arrays]


def typeset(text: str) -> str:
    r"""Letters with a subscript, a tilde or a ⁰, as in "k_B T̃_c", set as a figure sets them.

    Examples:
        >>> typeset("n_s/n_c")
        '$\\mathregular{n_{s}}$/$\\mathregular{n_{c}}$'
    """

    def one(match: re.Match[str]) -> str:
        letter, tilde, below, naught, above = match.groups()
        below = below or naught
        if not (tilde or below or above):
            return match[0]
        base = rf"\tilde{{{letter}}}" if tilde else letter
        low, high = rf"_{{{below}}}" if below else "", "^{0}" if above else ""
        return rf"$\mathregular{{{base}{low}{high}}}$"

    return _SUBSCRIPTED.sub(one, text)


def drawable(text: str) -> str:
    r"""A text for a figure, no part of which is taken for a formula.

    Examples:
        >>> print(drawable("run_$1"))
        run_\$1
    """
    return text.replace("$", r"\$")


def as_html(text: str) -> str:
    """Text with its subscripts as HTML.

    Examples:
        >>> as_html("n_s < n_c"), as_html("L_□")
        ('n<sub>s</sub> &lt; n<sub>c</sub>', 'L<sub>□</sub>')
    """
    one = r"(?<![A-Za-z])([A-Za-zα-ωΑ-Ωħℓ]\u0303?)_([A-Za-z0-9]+|□)"
    return re.sub(one, r"\1<sub>\2</sub>", html.escape(text))


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words as a sentence enumerates them.

    Examples:
        >>> listed(["a", "β", "T_c"])
        'a, β and T_c'
    """
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def percent(share: float) -> str:
    """A share in percent, which is never rounded to nothing or to all.

    Examples:
        >>> percent(0.8973), percent(1 - 1e-9), percent(0.0), percent(0.004)
        ('90 %', 'more than 99.9 %', 'less than 0.1 %', '0.4 %')
    """
    hundred = 100 * share
    if hundred < 0.1:
        return "less than 0.1 %"
    if hundred > 99.9:
        return "more than 99.9 %"
    return f"{hundred:.{1 if hundred < 1 or hundred > 99 else 0}f} %"


def percent_left(share: float) -> str:
    """A share of what is left, which is all from 99.95 % on.

    Examples:
        >>> percent_left(1.0), percent_left(0.2)
        ('all', '20 %')
    """
    return "all" if share > 0.9995 else percent(share)
