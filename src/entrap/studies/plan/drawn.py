"""The figures of a plan and the names of their curves, which are uncertainties of a point."""

from collections.abc import Iterable


def curve(precision: float) -> str:
    """Name of the curves of a relative uncertainty, as "0.3%"."""
    return f"{100 * precision:.2g}%"


def curves(precisions: Iterable[float]) -> dict[str, tuple[str, ...]]:
    """Curves that each figure can have, the most precise first.

    Examples:
        >>> curves([0.1, 0.003, 0.02])["information"]
        ('0.3%', '2%', '10%')
    """
    return dict.fromkeys(("information", "bayes-factors"), tuple(map(curve, sorted(precisions))))
