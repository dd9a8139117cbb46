"""The two ways a request can fail: the input is wrong, or the computation did not succeed."""

import contextlib
import dataclasses
from collections.abc import Iterator
from pathlib import Path

DAMAGE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What damaged data raise in json, numpy, h5py, zarr and in constructors that are given them."""

_LONGEST = 160  # characters of a reason


def printable(text: str) -> str:
    r"""A text with what would steer a terminal, or turn its direction, as escapes; lines stay.

    Examples:
        >>> print(printable("\x1b[31mred"))
        \x1b[31mred
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else ascii(c)[1:-1] for c in text)


@dataclasses.dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Args:
        text: What must hold and what was given.
        key: The field it is about; empty where it is about the whole.
    """

    text: str
    key: str = ""

    def __str__(self) -> str:
        return printable(f"`{self.key}` {self.text}" if self.key else self.text)


class InputError(ValueError):
    """What was asked for is wrong; each problem says what must hold and what was given."""

    def __init__(self, *problems: "str | Problem") -> None:
        self.problems = tuple(p if isinstance(p, Problem) else Problem(p) for p in problems)
        super().__init__("\n".join(str(p) for p in self.problems))


class SolveError(RuntimeError):
    """A computation did not succeed; the message says what, where, and what to try."""

    def __init__(self, text: str) -> None:
        super().__init__(printable(text))


def reason(error: BaseException) -> str:
    r"""The first line of what an error says, cut where it is long.

    Examples:
        >>> reason(ValueError("one\ntwo")), reason(KeyError())
        ('one …', 'KeyError')
    """
    lines = [line for line in str(error).splitlines() if line] or [type(error).__name__]
    more = " …" if len(lines) > 1 or len(lines[0]) > _LONGEST else ""
    return f"{lines[0][:_LONGEST]}{more}"


@contextlib.contextmanager
def reading(path: str | Path, what: str) -> Iterator[None]:
    """Refuse a damaged file in one sentence, whatever reading it raises.

    Raises:
        InputError: the file is not `what` it should be, as in "a whole result of entrap".
    """
    try:
        yield
    except DAMAGE as error:
        raise InputError(f"{path} is not {what}: {reason(error)}") from None
