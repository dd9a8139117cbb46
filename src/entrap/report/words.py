"""Numbers and lists as sentences have them."""

from collections.abc import Iterable


def listed(words: Iterable[str], last: str = "and") -> str:
    """Words in a row.

    Examples:
        >>> listed(["a", "β", "T_c"])
        'a, β and T_c'
    """
    *first, end = words
    return f"{', '.join(first)} {last} {end}" if first else end


def percent(share: float) -> str:
    """A share that is rounded neither to nothing nor to all.

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


def number(value: float) -> str:
    """Three digits, or two with an exponent.

    Examples:
        >>> number(67.46), number(4.28e-8)
        ('67.5', '4.3e-8')
    """
    if "e" not in f"{value:.3g}":
        return f"{value:.3g}"
    digits, exponent = f"{value:.1e}".split("e")
    return f"{digits}e{int(exponent)}"
