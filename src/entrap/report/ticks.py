"""Numbers beside ticks as plain text, which is drawn several times faster than typeset formulas."""

import re
from typing import Any

from matplotlib.axis import Axis
from matplotlib.ticker import LogFormatterSciNotation, ScalarFormatter

_RAISED = str.maketrans("-\N{MINUS SIGN}0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def plain(text: str) -> str:
    r"""A number that matplotlib has typeset, as plain text.

    Examples:
        >>> plain(r"$\mathdefault{2\times10^{-3}}$")
        '2×10⁻³'
        >>> plain(r"$\times\mathdefault{10^{27}}\mathdefault{}$")
        '×10²⁷'
    """
    raised = re.sub(r"\^\{([^{}]*)\}", lambda power: power[1].translate(_RAISED), text)
    return re.sub(r"\\mathdefault|[${}]", "", raised.replace(r"\times", "×"))


class _Linear(ScalarFormatter):
    def __call__(self, x: float, pos: int | None = None) -> str:
        return plain(super().__call__(x, pos))

    def get_offset(self) -> str:
        return plain(super().get_offset())


class _Logarithmic(LogFormatterSciNotation):
    def __call__(self, x: float, pos: Any = None) -> str:
        return plain(super().__call__(x, pos))


def plain_numbers(axis: Axis) -> None:
    """Write the numbers of an axis as plain text where they would be typeset by default."""
    if type(axis.get_major_formatter()) is ScalarFormatter:
        axis.set_major_formatter(_Linear())
    if type(axis.get_major_formatter()) is LogFormatterSciNotation:
        axis.set_major_formatter(_Logarithmic())
    if type(axis.get_minor_formatter()) is LogFormatterSciNotation:
        axis.set_minor_formatter(_Logarithmic())
