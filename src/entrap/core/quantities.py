"""Declare a quantity once: its unit, symbol and meaning live on its field.

Case files, the command line, labels, tables, the report and the JSON schema all read them here.
"""

import dataclasses
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, SupportsFloat

from entrap.core.errors import InputError, Problem
from entrap.core.spellings import as_stated
from entrap.core.units import si_value

_KEY = "entrap"
_BEGINS = "+-.0123456789"  # how a text with a number begins


def no_number(value: float) -> str:
    """The word for what is no finite number, which has no unit; empty for one that is.

    Examples:
        >>> no_number(math.inf), no_number(math.nan), no_number(3.0)
        ('infinite', 'not defined', '')
    """
    if math.isfinite(value):
        return ""
    return "not defined" if math.isnan(value) else "infinite" if value > 0 else "-infinite"


def number_text(value: SupportsFloat, digits: int = 3, *, signed: bool = False) -> str:
    """A number as sentences, tables and figures have it, in so many digits.

    Commas part thousands. From a million on, and below 0.0001, a power of ten is split off.

    Args:
        value: The number.
        digits: How many of them are kept; zeros at the end of a fraction are not written.
        signed: Whether a number above 0 has a plus.

    Examples:
        >>> number_text(67.46), number_text(1400.4), number_text(4.28e-8), number_text(1e9)
        ('67.5', '1,400', '4.28 × 10⁻⁸', '10⁹')
        >>> number_text(0.5, signed=True), number_text(999_999.7, 6), number_text(-2.5e-12, 1)
        ('+0.5', '10⁶', '-2 × 10⁻¹²')
    """
    value = float(value)
    if (word := no_number(value)) or value == 0:
        return word or "0"
    sign = "-" if value < 0 else "+" if signed else ""
    first, _, exponent = f"{abs(value):.{digits - 1}e}".partition("e")
    power = int(exponent)
    if _LEAST_POWER <= power < _POWERS_FROM:
        places = max(digits - 1 - power, 0)
        text = f"{float(f'{first}e{power}'):,.{places}f}"
        return sign + (text.rstrip("0").rstrip(".") if places else text)
    first = first.rstrip("0").rstrip(".") if "." in first else first
    return sign + ("" if first == "1" else f"{first} × ") + ten_to(power)


_LEAST_POWER, _POWERS_FROM = -4, 6  # between which a number is written without a power of ten
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def ten_to(power: int) -> str:
    """A power of ten.

    Examples:
        >>> ten_to(28), ten_to(-3)
        ('10²⁸', '10⁻³')
    """
    return f"10{str(power).translate(_RAISED)}"


def either(words: Iterable[str]) -> str:
    """Words out of which one may be chosen.

    Examples:
        >>> print(either(["Cu", "Ag", "Au"]), either(["on"]))
        "Cu", "Ag" or "Au" "on"
    """
    *some, last = (f'"{word}"' for word in words) if (words := [*words]) else ("",)
    return f"{', '.join(some)} or {last}" if some else last


@dataclasses.dataclass(frozen=True)
class Quantity:
    """What is known of a field beyond its value.

    Args:
        unit: SI unit, as pint reads it; "1" for a pure number.
        symbol: The field's usual letter, in Unicode.
        meaning: What it is, in a few words.
        source: Equation or section it comes from.
        display: Unit in which people quote it; SI where empty.
        kind: "number", "integer", "switch" or "text".
        above: The value must be greater than this.
        at_least: The value must not be less than this.
        at_most: The value must not be greater than this.
        choices: The words it may take; those of a number stand in place of one.
        example: A value as a case file states it.
        formerly: Its name in earlier versions, which is still read. A result that was renamed is
            written under both names until the next version.
    """

    unit: str
    symbol: str
    meaning: str
    source: str = ""
    display: str = ""
    kind: str = "number"
    above: float | int | None = None
    at_least: float | int | None = None
    at_most: float | int | None = None
    choices: tuple[str, ...] = ()
    example: str | float | int | bool = ""
    formerly: str = ""

    @property
    def bounds(self) -> str:
        """The bounds in words, as in "> 0 K and <= 1e+06 K"."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        limits = ((">", self.above), (">=", self.at_least), ("<=", self.at_most))
        return " and ".join(
            f"{sign} {bound:g}{unit}" for sign, bound in limits if bound is not None
        )

    def read(self, value: Any) -> Any:
        """The value in SI, from a number in SI, one with a unit, a word or a switch.

        A unit stands in a text, or the value is a quantity of pint.

        Raises:
            InputError: it is not of the declared kind, or out of bounds.
        """
        value = as_stated(value)
        if self.kind == "switch":
            return self._require(value, isinstance(value, bool), "must be true or false")
        one_of = either(self.choices)
        if self.kind == "text":
            ok = isinstance(value, str) and (not self.choices or value in self.choices)
            return self._require(value, ok, f"must be {one_of or 'a text'}")
        if self.choices and isinstance(value, str) and value.strip()[:1] not in _BEGINS:
            return self._require(value, value in self.choices, f"must be a number or {one_of}")
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            text = "" if self.unit == "1" else f" or a text with a unit of {self.unit}"
            raise InputError(f"must be a number{text}, but is {_short(value)}")
        try:
            number = si_value(value, self.unit) if isinstance(value, str) else float(value)
        except OverflowError:
            number = math.inf
        if self.kind == "integer":
            self._require(value, number.is_integer(), "must be a whole number")
        within = (
            math.isfinite(number)
            and (self.above is None or number > self.above)
            and (self.at_least is None or number >= self.at_least)
            and (self.at_most is None or number <= self.at_most)
        )
        must = f"must be finite and {self.bounds}" if self.bounds else "must be finite"
        self._require(value, within, must)
        return int(number) if self.kind == "integer" else number

    @staticmethod
    def _require(value: Any, ok: bool, must: str) -> Any:
        if not ok:
            raise InputError(f"{must}, but is {_short(value)}")
        return value


def quantity(
    unit: str, symbol: str, meaning: str, *, default: Any = dataclasses.MISSING, **more: Any
) -> Any:
    """Declare a field of a dataclass with its unit, symbol and meaning; `more` as in `Quantity`."""
    return declared_as(Quantity(unit, symbol, meaning, **more), default)


def declared_as(declared: Quantity, default: Any = dataclasses.MISSING) -> Any:
    """Declare a field of a dataclass by a declaration that exists."""
    return dataclasses.field(default=default, metadata={_KEY: declared})


def as_declared(owner: Any, name: str) -> Any:
    """Declare a field as the class `owner` declares its field `name`; it has no default.

    Raises:
        KeyError: the class does not declare that field.
    """
    return declared_as(quantity_of(owner, name))


def quantities(owner: Any) -> Iterator[tuple[str, Quantity]]:
    """Names and declarations of all declared fields of a class or an object, in order."""
    for field in dataclasses.fields(owner):
        if _KEY in field.metadata:
            yield field.name, field.metadata[_KEY]


def former_names(declared: Mapping[str, Quantity]) -> dict[str, str]:
    """Present names by former ones, of what has been renamed.

    Examples:
        >>> former_names({"gap": Quantity("J", "Δ", "Gap", formerly="delta")})
        {'delta': 'gap'}
    """
    return {known.formerly: name for name, known in declared.items() if known.formerly}


def quantity_of(owner: Any, name: str) -> Quantity:
    """Declaration of one field.

    Raises:
        KeyError: the field is not declared.
    """
    return dict(quantities(owner))[name]


def settle(owner: Any) -> None:
    """Bring the fields of a new frozen object to SI and check them.

    Raises:
        InputError: fields are of the wrong kind, have a wrong unit or are out of bounds.
    """
    problems = []
    optional = {field.name for field in dataclasses.fields(owner) if field.default is None}
    for name, declared in quantities(owner):
        value = getattr(owner, name)
        if value is None and name in optional:
            continue
        try:
            object.__setattr__(owner, name, declared.read(value))
        except InputError as error:
            problems += [Problem(problem.text, name) for problem in error.problems]
    if problems:
        raise InputError(*problems)


def describe(owner: Any) -> str:
    """Table of what is declared on a class or an object: name, symbol, value, unit, meaning.

    Examples:
        >>> import entrap as et
        >>> print(et.describe(et.Mixture(valence_ratio=1.0)).splitlines()[0])
        valence_ratio      n_v/n_c  1      -      Valence electrons per conduction electron
    """
    rows = []
    for name, declared in quantities(owner):
        value = None if isinstance(owner, type) else getattr(owner, name)
        number = isinstance(value, int | float) and not isinstance(value, bool)
        shown = "-" if value is None else number_text(value, 6) if number else str(value)
        unit = "-" if declared.unit == "1" else declared.unit
        rows.append((name, declared.symbol, shown, unit, declared.meaning))
    widths = [max((len(row[i]) for row in rows), default=0) for i in range(4)]
    return "\n".join(
        "  ".join([*(c.ljust(w) for c, w in zip(row, widths, strict=False)), row[4]])
        for row in rows
    )


def _short(value: Any) -> str:
    try:
        text = repr(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "an integer of thousands of digits"
    return text if len(text) <= 60 else f"{text[:57]}..."
