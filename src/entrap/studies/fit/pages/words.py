"""How numbers, parameters and hypotheses of a fit are written."""

import math
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from entrap.core.quantities import number_text, ten_to
from entrap.report.labels import drawable, shown, typeset
from entrap.studies.fit.posterior import DERIVED, Posterior, Summary

_COUNTS = ("no", "one", "two", "three", "four", "five", "six")


class Letter(NamedTuple):
    """A number's symbol, and what distinguishes it from others with the same symbol."""

    symbol: str
    of: str = ""

    def __str__(self) -> str:
        return f"{self.symbol} ({self.of})" if self.of else self.symbol

    @property
    def drawn(self) -> str:
        """As a label in figures."""
        return typeset(self.symbol) + (f" ({drawable(self.of)})" if self.of else "")


def letters_of(posterior: Posterior) -> dict[str, Letter]:
    """A letter for each number of a posterior, no two the same: "δT", and "δT (A)" of group A."""
    made = {}
    for key, declared in ({p.key: p.declared for p in posterior.parameters} | DERIVED).items():
        parts = key.split(".")
        group = ".".join(parts[2:-1]) if parts[0] == "data" else ""
        made[key] = Letter(declared.symbol or parts[-1], group)
    count = Counter(made.values())
    return {key: x if count[x] == 1 else Letter(x.symbol, key) for key, x in made.items()}


class Span(NamedTuple):
    """A median and its intervals as texts, with as many digits as the widest interval allows."""

    unit: str
    median: str
    intervals: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        low, high = self.intervals[-1]
        return f"{self.median}{self.behind} (90 %: {low} to {high}{self.behind})"

    @property
    def behind(self) -> str:
        """The unit as it follows a number."""
        return f" {self.unit}" if self.unit else ""


def span(summary: Summary) -> Span:
    """A posterior's median and intervals as texts.

    Examples:
        >>> from entrap.core.quantities import Quantity
        >>> from entrap.studies.fit.posterior import Summary
        >>> length = Quantity("m", "λ", "Depth", display="nm")
        >>> str(span(Summary(length, 1e-7, ((9.9e-8, 1.012e-7), (9.5e-8, 1.05e-7)), 3e-9)))
        '100 nm (90 %: 95 to 105 nm)'
    """
    ends = [x for pair in summary.intervals for x in pair]
    unit, (column,) = shown(summary.declared, [summary.median, *ends])
    low, high = float(column[-2]), float(column[-1])
    texts = digits(column, 0.0 if low == high else high - low)  # both may be infinite
    pairs = tuple(zip(texts[1::2], texts[2::2], strict=True))
    return Span(unit, texts[0], pairs)


def digits(values: Iterable[float], width: float) -> list[str]:
    """Numbers rounded to two digits of a width, as that of the interval they are from.

    Examples:
        >>> digits([1.25684, 1.24489, float("inf")], 0.0234)
        ['1.257', '1.245', '∞']
    """
    values = [float(x) for x in values]
    if math.isfinite(width) and width > 0:
        places = 1 - math.floor(math.log10(width))
    else:
        largest = max((abs(x) for x in values if math.isfinite(x) and x), default=1.0)
        places = 3 - math.floor(math.log10(largest))
    return [_one(x, min(max(places, 0), 8)) for x in values]


def _one(x: float, places: int) -> str:
    if math.isinf(x):
        return "∞" if x > 0 else "-∞"
    return f"{x:.{places}f}" if x == 0 or abs(x) >= 10.0**-places else number_text(x, 2)


def nats(value: float, error: float = math.nan) -> str:
    """A logarithm with its error, where that is not 0 in so many digits.

    Examples:
        >>> nats(2.1676, 0.038), nats(-22489.2, 0.04), nats(math.inf), nats(-0.0133, 0.0345)
        ('2.17 ± 0.04', '-22,489', '∞', '-0.01 ± 0.03')
        >>> nats(299.81, 0.02), nats(0.0, 0.0)
        ('299.8', '0.00')
    """
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    if abs(value) >= 1000:
        return f"{value:,.0f}" + (f" ± {error:,.0f}" if error >= 0.5 else "")
    places = 2 if abs(value) < 100 and not error >= 0.5 else 1
    width = f"{error:.{places}f}"
    shown = math.isfinite(error) and float(width) > 0
    return f"{value:.{places}f}" + (f" ± {width}" if shown else "")


def probability(p: float, symbol: str = "") -> str:
    """A probability that may be tiny, as an equation if it has a symbol.

    Examples:
        >>> probability(0.8897), probability(3.2e-17, "p"), probability(0.0, "p")
        ('0.89', 'p = 3 × 10⁻¹⁷', 'p < 10⁻³⁰⁰')
        >>> probability(0.0), probability(float("nan"))
        ('< 10⁻³⁰⁰', '-')
    """
    if math.isnan(p):
        return "-"
    if p < 1e-300:
        return f"{symbol} < {ten_to(-300)}".strip()
    text = f"{p:.2f}" if p >= 0.01 else number_text(p, 2 if p >= 0.001 else 1)
    return f"{symbol} = {text}" if symbol else text


def counted(count: int) -> str:
    """A small number in words.

    Examples:
        >>> counted(4), counted(12)
        ('four', '12')
    """
    return _COUNTS[count] if count < len(_COUNTS) else str(count)
