"""Points in a plane, as tables of a case file state them."""

from typing import Any

from entrap.case.problems import collecting
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, settle

Point = tuple[float, float]
"""Coordinates x and y [m]."""

COORDINATE = Quantity("m", "", "Coordinate", at_least=-1e3, at_most=1e3, display="um")
"""One of the two lengths of a point."""


def read_point(value: Any) -> Point:
    """Two lengths.

    Raises:
        InputError: it is anything else.

    Examples:
        >>> read_point(["0 um", 2])
        (0.0, 2.0)
    """
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise InputError(f'must be two lengths, as in ["0 um", "5 um"], but is {value!r:.60}')
    return COORDINATE.read(value[0]), COORDINATE.read(value[1])


def settle_points(owner: Any, *points: str) -> None:
    """Read the declared fields of a new frozen object, and those that are points.

    Raises:
        InputError: all that is wrong.
    """
    problems: list[Problem] = []
    with collecting(problems):
        settle(owner)
    for name in points:
        with collecting(problems, name):
            object.__setattr__(owner, name, read_point(getattr(owner, name)))
    if problems:
        raise InputError(*problems)
