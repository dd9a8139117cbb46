"""The figures of a plan and the names of their curves, which are uncertainties of a point."""

from collections.abc import Iterable


def curve(precision: float) -> str:
    """Name of the curves of a relative uncertainty, as "0.3%"."""
    return f"{100 * precision:.2g}%"


def curves(precisions: Iterable[float]) -> dict[str, tuple[str, ...]]:
    """Curves that each figure can have."""
    return dict.fromkeys(("information", "bayes-factors"), tuple(map(curve, sorted(precisions))))
