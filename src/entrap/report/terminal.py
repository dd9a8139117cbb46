"""What a verb prints: a short table, the answer, the assumptions that fail, where the files are."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrap.report.grades import grade
from entrap.report.labels import quoted
from entrap.solve.protocol.results import Margin, Value


def table(
    title: str, *headings: str, wrapped: Iterable[str] = (), numbers: Iterable[str] = ()
) -> Table:
    """An empty table in the style of all that is printed.

    Args:
        title: Above it; none of it is markup.
        headings: Of its columns.
        wrapped: Columns whose texts may take several lines.
        numbers: Columns that are set flush right.
    """
    above = Text(title) if title else None
    made = Table(title=above, title_justify="left", box=None, pad_edge=False)
    for heading in headings:
        justify = "right" if heading in numbers else "left"
        made.add_column(heading, justify=justify, no_wrap=heading not in wrapped)
    return made


def print_sentences(sentences: Iterable[str], console: Console) -> None:
    """Sentences, each after an empty line."""
    for sentence in sentences:
        console.print(Text(f"\n{sentence}"))


def print_result(
    title: str,
    shown: Iterable[Value],
    sentences: Iterable[str],
    validity: Iterable[Margin],
    target: Path,
    console: Console,
    *,
    along: bool,
) -> None:
    """A short table, the answer, the failed margins, and where the files are.

    Args:
        title: Of the case.
        shown: Numbers of the table.
        sentences: The answer.
        validity: Margins.
        target: Folder of the files.
        console: Where to print.
        along: Whether the margins hold up to a temperature.
    """
    found = table(title, "quantity", "", "value", wrapped=["quantity"])
    for item in shown:
        declared = item.declared
        found.add_row(declared.meaning, declared.symbol, quoted(declared, item.value))
    console.print(found)
    print_sentences(sentences, console)
    failed = [margin for margin in validity if margin.holds is False]
    if failed:
        last = ["holds up to"] if along else []
        margins = table("\nAssumptions that fail", "assumption", "margin", "", *last)
        for item in failed:
            until = "nowhere" if item.holds_until is None else f"{item.holds_until:.4g} K"
            graded = grade(item.margin)
            row = (item.name, f"{item.margin:+.2f}", f"{graded.mark} {graded.word}", until)
            margins.add_row(*row[: 3 + len(last)])
        console.print(margins)
    print_sentences([f"{target}/report.html, summary.json, results.nc and the figures"], console)
