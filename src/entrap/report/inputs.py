"""What a case states, number by number, and how precisely."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from entrap.case.case import Case, tables_of
from entrap.core.frame import Frame, frame_of
from entrap.core.quantities import Quantity, quantities
from entrap.core.units import in_unit

_LEAST, _MOST = 3, 6
_COMPUTED = 9  # digits that only a computed number has


class Input(NamedTuple):
    """A number, word or switch of a case.

    Args:
        key: Its dotted name.
        declared: What it is.
        value: In SI.
        origin: "stated", or where it is from.
    """

    key: str
    declared: Quantity
    value: Any
    origin: str


def inputs_of(case: Case) -> Iterator[Input]:
    """All that a case states, and what was filled in."""
    for table, part in tables_of(case).items():
        origins = getattr(part, "provenance", {})
        for name, declared in quantities(part):
            value = getattr(part, name)
            if value is not None and value is not False:
                yield Input(f"{table}.{name}", declared, value, origins.get(name, "stated"))


def inputs_frame(case: Case) -> Frame:
    """The same as a table, a row each."""
    rows = (
        {"key": each.key, "value": each.value, "unit": each.declared.unit}
        | {"symbol": each.declared.symbol, "meaning": each.declared.meaning, "from": each.origin}
        for each in inputs_of(case)
    )
    return frame_of(rows, _COLUMNS)


_COLUMNS = {
    "key": "Dotted name in the case file",
    "value": "In the unit of the row",
    "unit": "SI unit",
    "symbol": "Its letter",
    "meaning": "What it is",
    "from": "Where it is from",
}


def digits_of(stated: Iterable[Input] = ()) -> int:
    """With how many digits results are shown: those of the most precisely stated input.

    There are three at least, so that results can be compared, and six at most. What was computed,
    as a gap from T_c, does not count.

    Examples:
        >>> length = Quantity("m", "d", "Thickness", display="nm")
        >>> digits_of(Input("d", length, size, "stated") for size in (20e-9, 101.25e-9))
        5
    """
    known = (
        _digits(in_unit(each.value, each.declared.unit, each.declared.display))
        for each in stated
        if isinstance(each.value, float)
    )
    stated_with = max((digits for digits in known if digits < _COMPUTED), default=_LEAST)
    return min(max(stated_with, _LEAST), _MOST)


def _digits(value: float) -> int:
    """Significant digits with which a number is written, 12 at most."""
    return len(f"{value:.11e}".partition("e")[0].replace(".", "").lstrip("-").rstrip("0")) or 1
