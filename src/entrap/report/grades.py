"""Grades of margins, from "fails by decades" to "ample", each with a colour and a mark."""

import math
from typing import NamedTuple


class Grade(NamedTuple):
    """A range of margins under one name.

    Args:
        low: Smallest margin that has this grade.
        word: Its name.
        colour: For figures and pages; a different brightness for each grade.
        mark: A sign for it, where there are no colours.
    """

    low: float
    word: str
    colour: str
    mark: str


GRADES = (
    Grade(-math.inf, "fails by decades", "#a63603", "✗✗"),
    Grade(-1.0, "fails", "#e6550d", "✗"),
    Grade(0.0, "barely holds", "#9ecae1", "○"),
    Grade(0.5, "holds", "#4292c6", "✓"),
    Grade(1.0, "ample", "#08519c", "✓✓"),
)
"""From the worst to the best."""

UNKNOWN = Grade(math.nan, "not known", "#d9d9d9", "?")
"""The grade of a margin for which an input is missing."""


def grade(margin: float | None) -> Grade:
    """Grade of the margin log10(y/x) of an assumption x ≤ y; None where an input is missing.

    Examples:
        >>> grade(-0.2).word, grade(None).word
        ('fails', 'not known')
    """
    if margin is None or math.isnan(margin):
        return UNKNOWN
    return [each for each in GRADES if margin >= each.low][-1]
