"""How far a computation is, shown where somebody watches: on a terminal and in a notebook."""

import contextlib
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn
from rich.progress import TimeElapsedColumn as Elapsed
from rich.text import Text

Tell = TypeVar("Tell", bound=Callable[..., Any])
_PAUSE = 5.0  # seconds between two lines

Told = Callable[[str], None]
"""Called with what is being done, in words."""

Counted = Callable[[int], None]
"""Called with how many have been done since it was last called."""


@contextlib.contextmanager
def watched(
    given: Tell | bool | None, show: Callable[[Console], AbstractContextManager[Tell]]
) -> Iterator[Any]:
    """What is called as a computation goes on: what is given, what `show` makes, or nothing.

    Without a choice it is shown, on standard error, where somebody watches: in a notebook or an
    interactive Python.
    """
    if callable(given):
        yield given
        return
    watching = hasattr(sys, "ps1") or "ipykernel" in sys.modules
    if not (watching if given is None else given):
        yield _unseen
        return
    # A notebook has lines: rich's bar there needs widgets that may not be installed.
    with show(Console(stderr=True, force_jupyter=False)) as tell:
        yield tell


@contextlib.contextmanager
def telling(console: Console, doing: str) -> Iterator[Told]:
    """Show what is being done: beside a wheel in a terminal, else by a line every few seconds."""
    said = time.monotonic()
    with console.status(doing) as status:

        def tell(text: str) -> None:
            nonlocal said
            status.update(text)
            if not console.is_terminal and time.monotonic() - said > _PAUSE:
                said = time.monotonic()
                console.print(Text(text))

        yield tell


def _unseen(*_: object) -> None:
    return


@contextlib.contextmanager
def counting(
    console: Console, what: str, total: int, *columns: ProgressColumn
) -> Iterator[Counted]:
    """Show how many of `total` are done: by a bar in a terminal, else by a line every few seconds.

    Args:
        console: Where it is shown.
        what: Is counted, in a word or two.
        total: How many there are.
        columns: Of the bar, behind it; count and time where there are none.
    """
    behind = columns or (MofNCompleteColumn(), Elapsed())
    shown = {"console": console, "transient": True, "disable": not console.is_terminal}
    with Progress("[progress.description]{task.description}", BarColumn(), *behind, **shown) as bar:
        task, done, said = bar.add_task(what, total=total), 0, time.monotonic()

        def tell(step: int) -> None:
            nonlocal done, said
            done += step
            bar.update(task, completed=done)
            if not console.is_terminal and time.monotonic() - said > _PAUSE:
                said = time.monotonic()
                console.print(Text(f"{what}: {done:,} of {total:,}"))

        yield tell
