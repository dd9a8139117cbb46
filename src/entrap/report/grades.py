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
    Grade(-math.inf, "fails by decades", "#7f2704", "✗✗"),
    Grade(-1.0, "fails", "#c4470f", "✗"),
    Grade(0.0, "barely holds", "#5b9bd0", "○"),
    Grade(0.5, "holds", "#8bbfdf", "✓"),
    Grade(1.0, "ample", "#c3ddee", "✓✓"),
)
"""From the worst to the best."""

UNKNOWN = Grade(math.nan, "not known", "#f2f2f2", "?")
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
