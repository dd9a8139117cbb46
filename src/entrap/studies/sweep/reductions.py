"""Axes of a grid reduced to a number: of each block its share, and of all shares the whole.

A reduction is "max", "min", "mean", "argmax" or "argmin"; it skips values that are NaN.
"""

from typing import Any

import numpy as np

Share = tuple[Any, Any]
"""Sum and count of a mean; otherwise the extreme, NaN where there is none, and where it lies."""


def share(reduction: str, column: np.ndarray, reduced: int, along: Any) -> Share:
    """The share of a block, whose first axes are reduced.

    `along` is the coordinate of the reduced axis, for "argmax" and "argmin".
    """
    axes = tuple(range(reduced))
    if reduction == "mean":
        known = ~np.isnan(column)
        return np.where(known, column, 0.0).sum(axes), known.sum(axes).astype(float)
    best = _extreme(reduction).reduce(column, axis=axes)
    if not reduction.startswith("arg"):
        return best, np.nan
    return best, np.where(column == best, along, np.inf).min(axes)


def merged(reduction: str, one: Share, other: Share) -> Share:
    """Two shares of a reduction as one."""
    (value, where), (other_value, other_where) = one, other
    if reduction == "mean":
        return value + other_value, where + other_where
    best = _extreme(reduction)(value, other_value)
    if not reduction.startswith("arg"):
        return best, np.nan
    at = [np.where(x == best, place, np.inf) for x, place in (one, other)]
    return best, np.minimum(*at)


def concluded(reduction: str, whole: Share) -> np.ndarray:
    """The reduction, from a share that covers its whole axis; NaN where all values are NaN."""
    value, where = (np.asarray(part) for part in whole)
    if reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            return value / where
    return np.where(np.isnan(value), np.nan, where) if reduction.startswith("arg") else value


def _extreme(reduction: str) -> np.ufunc:
    return np.fmin if reduction in ("min", "argmin") else np.fmax
