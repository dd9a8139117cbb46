"""`entrap fit`: fit a case to measurements, write its folder, print the answer."""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn
from rich.text import Text

from entrap.case.case import Case
from entrap.core.errors import SolveError
from entrap.report.ahead import import_ahead
from entrap.report.folder import complete_folder
from entrap.report.labels import percent
from entrap.report.summary import write_texts
from entrap.report.terminal import print_sentences, table
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES

if TYPE_CHECKING:
    from entrap.studies.fit.data.observations import Observations
    from entrap.studies.fit.fit import Fitted

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
    from entrap.studies.fit.pages.answer import fit_answer
    from entrap.studies.fit.pages.caveats import unconverged

    with console.status("writing and drawing"):
        ahead.join()
        sentences = fit_answer(found)
        with complete_folder(target) as folder:
            _write(found, sentences, folder)
    _print(found, sentences, target, console)
    for warning in unconverged(found):
        raise SolveError(f"{warning}\nAll results are in {target}")


def _write(found: "Fitted", sentences: tuple[str, ...], folder: Path) -> None:
    from entrap.report.style import save_all
    from entrap.studies.fit.figures.plots import fit_figures
    from entrap.studies.fit.pages.report import fit_report, fit_summary

    with ThreadPoolExecutor(1) as aside:
        saved = aside.submit(found.save, folder)
        drawn = save_all(dict(fit_figures(found)), folder)
        saved.result()
    write_texts(folder, fit_report(found, drawn, sentences), fit_summary(found, sentences))


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


def _print(found: "Fitted", sentences: tuple[str, ...], target: Path, console: Console) -> None:
    """The answer, two short tables, the failed margins, and where the files are."""
    from entrap.studies.fit.pages.report import shown_first
    from entrap.studies.fit.pages.words import letters_of, nats, probability, span

    console.print(Text(found.case.title, style="bold"))
    print_sentences(sentences, console)
    for name in shown_first(found):
        p = found.posteriors[name]
        rows = table(f"\n{HYPOTHESES[name]}", "", "median", "", "90 %", "R-hat", "ESS")
        symbols = letters_of(p)
        for key, summary in p.table().items():
            texts = span(summary)
            low, high = texts.intervals[-1]
            known = summary.rhat == summary.rhat
            checks = (f"{summary.rhat:.4f}", f"{summary.ess:,.0f}") if known else ("", "")
            rows.add_row(
                Text(str(symbols[key])), texts.median, Text(texts.unit), f"{low} to {high}", *checks
            )
        console.print(rows)
    headings = ("", "says", "ln B", "p", "Δelpd", "misfit p")
    rows = table("\nHypotheses", *headings, wrapped=["says"])
    for row in found.comparison.rows:
        misfit = "-" if row.name in found.excluded else probability(row.misfit)
        rows.add_row(
            row.entry.label, Text(row.entry.meaning), nats(row.log_bayes), percent(row.probability),
            nats(row.elpd_difference, row.difference_error), misfit,
        )  # fmt: skip
    console.print(rows)
    files = f"{target}/report.html, summary.json, posterior-*.nc and the figures"
    print_sentences([files], console)
