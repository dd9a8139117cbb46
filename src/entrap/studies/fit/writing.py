"""`entrap fit`: fit a case to measurements, write its folder, print the answer."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.text import Text

from entrap.case.case import Case
from entrap.core.errors import SolveError
from entrap.report.ahead import import_ahead
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES

if TYPE_CHECKING:
    from entrap.studies.fit.data.observations import Observations

Tell = Callable[[str, str, int, int], None]


def write_fit(case: Case, data: "Observations", target: Path, resume: Path | None) -> None:
    """Fit, and write summary.json, posterior-*.nc, report.html and the figures.

    Args:
        case: What is known.
        data: The measurements.
        target: Folder to be, which `folder.claim` has let pass.
        resume: Folder of an earlier fit, whose chains go on.

    Raises:
        InputError: case and data do not go together.
        SolveError: no hypothesis explains the data; or, after all is written, chains of one have
            not converged.
        OSError: the folder cannot be written.
    """
    ahead = import_ahead("arviz_base", "corner", "entrap.studies.fit.figures.plots")
    console = Console()
    with progress(console) as tell:
        from entrap.studies.fit.fit import fit

        found = fit(case, data, resume=resume, progress=tell)
    from entrap.studies.fit.pages.caveats import unconverged
    from entrap.studies.fit.pages.report import account

    with console.status("writing and drawing"):
        ahead.join()
        shown = account(found)
        shown.write(target, found.save)
    shown.print(target, console)
    for warning in unconverged(found):
        raise SolveError(f"{warning}\nAll results are in {target}")


@contextlib.contextmanager
def progress(console: Console) -> Iterator[Tell]:
    """Show how far a fit is: by a bar in a terminal, else by a line for each stage."""
    if not console.is_terminal:
        begun: set[tuple[str, str]] = set()

        def say(name: str, stage: str, done: int, planned: int) -> None:
            del done, planned
            if (name, stage) not in begun:
                begun.add((name, stage))
                console.print(Text(f"{HYPOTHESES[name].label}: {stage}"))

        yield say
        return
    columns = ("[progress.description]{task.description}", BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        at, task = ("", ""), bar.add_task("compiling", total=None)

        def show(name: str, stage: str, done: int, planned: int) -> None:
            nonlocal at, task
            # A stage of one step says nothing of how far it is: its bar pulses.
            total = planned if planned > 1 else None
            if (name, stage) != at:
                at = name, stage
                bar.remove_task(task)
                doing = f"{HYPOTHESES[name].label}, {_STAGES[stage]}"
                task = bar.add_task(doing, total=total)
            bar.update(task, completed=done, total=total)

        yield show


_STAGES = {"optimum": "best numbers", "chains": "draws of each chain", "evidence": "evidence"}
