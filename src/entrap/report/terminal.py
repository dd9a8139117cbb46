"""How tables and sentences are printed, and what `--quiet` and `--json` make of that."""

import contextlib
import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from rich.console import Console
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


@dataclasses.dataclass
class Voice:
    """How a command speaks: not at all beside errors, or in one JSON object, which is its last."""

    quiet: bool = False
    json: bool = False
    answer: Mapping[str, Any] | None = None

    @property
    def silent(self) -> bool:
        """Whether tables, sentences and progress are left out."""
        return self.quiet or self.json


_TEXT = 12  # characters of a line of a text, at least

_VOICE: ContextVar[Voice | None] = ContextVar("voice", default=None)


@contextlib.contextmanager
def speaking(voice: Voice) -> Iterator[None]:
    """Within the block all that is printed is as this voice has it."""
    before = _VOICE.set(voice)
    try:
        yield
    finally:
        _VOICE.reset(before)


def voice() -> Voice:
    """How the present command speaks."""
    return _VOICE.get() or Voice()


def console(*, errors: bool = False) -> Console:
    """The terminal, or standard error; it prints nothing where the command is to be silent."""
    width = os.environ.get("COLUMNS", "")
    # Width 0 is what some programs give where they know none.
    unknown = 80 if width.isdigit() and not int(width) else None
    return Console(stderr=errors, quiet=voice().silent, width=unknown)


def answer(contents: Mapping[str, Any]) -> None:
    """Keep what the command answers, for `--json`; a later answer takes the place of this one."""
    voice().answer = contents


def print_answer() -> None:
    """Print what the command has answered as a JSON object, if `--json` asks for it."""
    said = voice()
    if said.json and said.answer is not None:
        text = json.dumps(said.answer, indent=2, ensure_ascii=False, allow_nan=False)
        sys.stdout.write(f"{text}\n")


def table(
    title: str, *headings: str, wrapped: Iterable[str] = (), numbers: Iterable[str] = ()
) -> Table:
    """An empty table with this title and these headings, none of them markup.

    Texts in the columns named in `wrapped` may take several lines; `numbers` are set flush right.
    """
    above = Text(title) if title else None
    made = Table(title=above, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        justify = "right" if heading in numbers else "left"
        made.add_column(heading, justify=justify, no_wrap=heading not in wrapped, overflow="fold")
    return made


def print_table(rows: Table, console: Console, spare: Iterable[str] = ()) -> None:
    """Print a table, of which nothing is cut however narrow the terminal is.

    Where it is too wide the columns with these `spare` headings are left out, one after the other.
    If it still is, a row becomes a paragraph: its first cell, then the others after their headings.
    """
    left_out: list[str] = []
    for heading in (None, *spare):
        rows.columns = [column for column in rows.columns if column.header != heading]
        left_out += [heading] if heading else []
        if _least_width(rows, console) <= console.width:
            console.print(rows)
            if left_out:
                console.print(Text(f"A wider terminal also shows: {', '.join(left_out[::-1])}."))
            return
    if rows.title:
        console.print(rows.title)
    headings = [str(column.header) for column in rows.columns]
    for cells in zip(*(column.cells for column in rows.columns), strict=True):
        first, *rest = (Text.from_markup(c) if isinstance(c, str) else c for c in cells)
        console.print(Text.assemble(first, style="bold"))
        for heading, cell in zip(headings[1:], rest, strict=True):
            if str(cell):
                line = Text.assemble(f"{heading}: " if heading else "", cell)
                console.print(Padding(line, (0, 0, 0, 2)))


def _least_width(rows: Table, console: Console) -> int:
    """Width at which nothing in a table need be cut, and its texts have room for a word or two."""
    wide = console.options.update(width=10_000)
    least = 0
    for column in rows.columns:
        cells = (Measurement.get(console, wide, cell) for cell in (column.header, *column.cells))
        longest = max(cell.maximum for cell in cells)
        least += longest if column.no_wrap else min(longest, _TEXT)
    return least + 2 * (len(rows.columns) - 1)


def print_part(part: Any, console: Console) -> None:
    """Print a table as `print_table` does, and anything else as it is."""
    if isinstance(part, Table):
        print_table(part, console)
    else:
        console.print(part)


def print_sentences(sentences: Iterable[str], console: Console) -> None:
    """Print sentences, each after an empty line."""
    for sentence in sentences:
        console.print(Text(f"\n{sentence}"))
