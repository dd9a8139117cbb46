"""Where problems of an input are, and how all of them are found before any is reported."""

import contextlib
from collections.abc import Iterator

from entrap.core.errors import InputError, Problem


@contextlib.contextmanager
def keyed(key: str, where: str = "") -> Iterator[None]:
    """Put a dotted key before those of the problems found within, and say where they were found.

    Examples:
        >>> with keyed("fit"):
        ...     raise InputError(Problem("must be even", "chains"))
        Traceback (most recent call last):
        ...
        entrap.core.errors.InputError: `fit.chains` must be even
    """
    try:
        yield
    except InputError as error:
        raise InputError(
            *(Problem(p.text + where, ".".join(filter(None, (key, p.key)))) for p in error.problems)
        ) from None


@contextlib.contextmanager
def collecting(problems: list[Problem], key: str = "") -> Iterator[None]:
    """Add the problems found within to a list, with keys as `keyed` has them, and go on."""
    try:
        with keyed(key):
            yield
    except InputError as error:
        problems += error.problems
