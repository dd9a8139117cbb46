"""What a sweep prints: its progress, what the results depend on, and a list of all results."""

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from entrap.report.terminal import table

if TYPE_CHECKING:
    from entrap.studies.sweep.sensitivity import Sensitivities


def print_results() -> None:
    """List the results of a sweep by name."""
    from entrap.studies.sweep.names import RESULTS

    rows = table("", "result", "of", "meaning", wrapped=["meaning"])
    for name, result in RESULTS.items():
        declared = result.declared
        unit = "" if declared.unit == "1" else f" [{declared.unit}]"
        meaning = f"{declared.symbol}{unit}: {declared.meaning}".removeprefix(": ")
        rows.add_row(name, result.kind, Text(meaning))
    console = Console()
    Console(width=max(console.width, 72)).print(rows)  # a name cut short is none


def print_ranked(ranked: "Sensitivities", console: Console) -> None:
    """What the results depend on, as tables of derivatives and of shares of the variance."""
    headings = ("result", "number of the case", "∂r/∂ln p", "∂ln r/∂ln p")
    rows = table("\nWhat the results depend on, at the case itself", *headings)
    for row in ranked.rows:
        rows.add_row(row.result, row.key, f"{row.derivative:.4g}", f"{row.elasticity:+.4g}")
    if ranked.rows:
        console.print(rows)
    if ranked.sobol:
        headings = ("result", "axis", "alone", "in all")
        shares = table("\nShares of the variance over the ranges (Sobol)", *headings)
        for name, axes in ranked.sobol.items():
            for key, first, total in axes:
                shares.add_row(name, key, f"{first:.3f}", f"{total:.3f}")
        console.print(shares)
    for name, why in ranked.unavailable.items():
        console.print(Text(f"{name}: {why}"))


class _Rate(ProgressColumn):
    """Points a second."""

    def render(self, task: Task) -> Text:
        speed = task.finished_speed or task.speed
        return Text("" if speed is None else f"{_short(speed)} points/s")


def _short(number: float | int) -> str:
    for factor, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= factor:
            return f"{number / factor:.3g} {letter}"
    return f"{number:.3g}"


@contextlib.contextmanager
def bar(console: Console, points: int) -> Iterator[Any]:
    """A progress bar for so many points, with rate and time left; it gives what advances it."""
    columns = ("[progress.description]{task.description}", BarColumn(), _Rate())
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as shown:
        task = shown.add_task(f"{_short(points)} points", total=points)
        yield lambda done: shown.advance(task, done)
