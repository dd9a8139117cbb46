"""What a verb prints: a short table, the answer, the assumptions that fail, where the files are."""

from collections.abc import Callable, Iterable
from pathlib import Path

from rich.table import Table
from rich.text import Text

from entrap.report.grades import grade
from entrap.report.labels import quoted
from entrap.solve.protocol.results import Margin, Value


def print_result(
    title: str,
    shown: Iterable[Value],
    sentences: Iterable[str],
    validity: Iterable[Margin],
    target: Path,
    out: Callable[..., None],
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
        out: Prints.
        along: Whether the margins hold up to a temperature.
    """
    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    for heading in ("quantity", "", "value"):
        table.add_column(heading, no_wrap=heading != "quantity")
    for item in shown:
        declared = item.declared
        table.add_row(declared.meaning, declared.symbol, quoted(declared, item.value))
    out(table)
    for sentence in sentences:
        out(Text(f"\n{sentence}"))
    failed = [margin for margin in validity if margin.holds is False]
    if failed:
        margins = Table(
            title="\nAssumptions that fail", title_justify="left", box=None, pad_edge=False
        )
        for heading in ("assumption", "margin", "", *(["holds up to"] if along else [])):
            margins.add_column(heading, no_wrap=True)
        for item in failed:
            until = "nowhere" if item.holds_until is None else f"{item.holds_until:.4g} K"
            found = grade(item.margin)
            row = (item.name, f"{item.margin:+.2f}", f"{found.mark} {found.word}", until)
            margins.add_row(*row[: 4 if along else 3])
        out(margins)
    out(Text(f"\n{target}/report.html, summary.json, results.nc and the figures"))
