"""How tables and sentences are printed."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table
from rich.text import Text


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
        made.add_column(heading, justify=justify, no_wrap=heading not in wrapped)
    return made


def print_sentences(sentences: Iterable[str], console: Console) -> None:
    """Print sentences, each after an empty line."""
    for sentence in sentences:
        console.print(Text(f"\n{sentence}"))
