"""`entrap plan`: rank measurements, write a folder, say which to make."""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from entrap.case.case import Case
from entrap.report.ahead import import_ahead
from entrap.report.folder import complete_folder
from entrap.report.summary import write_texts
from entrap.report.terminal import print_sentences, table
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import Planned, plan

_ROWS = 10  # of the table in the terminal


def write_plan(case: Case, target: Path) -> None:
    """Rank measurements and write summary.json, plan.nc, report.html and the figures.

    Args:
        case: The case.
        target: Folder to be, which `folder.claim` has let pass.

    Raises:
        InputError: the case lacks what a plan needs.
        OSError: the folder cannot be written.
    """
    ahead = import_ahead()
    errors = Console(stderr=True)
    with Progress(
        TextColumn("temperatures"), BarColumn(), TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(), console=errors, disable=not errors.is_terminal, transient=True,
    ) as bar:  # fmt: skip
        task = bar.add_task("", total=Plan.of(case).temperatures)
        found = plan(case, progress=lambda done, _: bar.update(task, completed=done))
    ahead.join()
    with complete_folder(target) as folder:
        _write(found, folder)
    _print(found, target, Console(file=sys.stdout))


def _write(found: Planned, folder: Path) -> None:
    from entrap.report.style import save_all
    from entrap.studies.plan.figures import plan_figures
    from entrap.studies.plan.page import plan_report, plan_summary

    found.save(folder / "plan.nc")
    drawn = save_all(plan_figures(found), folder)
    write_texts(folder, plan_report(found, drawn), plan_summary(found))


def _print(found: Planned, target: Path, console: Console) -> None:
    from entrap.studies.plan.answer import plan_answer, symbol

    headings = ("read", "about", "points of", "bits", "ln B > 5", "against", "theory")
    rows = table(found.case.title, *headings)
    for c in found.candidates[:_ROWS]:
        rows.add_row(
            symbol(c.quantity),
            f"{c.temperature:.4g} K",
            f"{100 * c.precision:.3g} %",
            f"{c.information:.3f}",
            f"{c.decided:.0%}",
            f"{c.refuted:.0%}",
            f"✗ {c.failing}" if c.failing else "holds",
        )
    console.print(rows)
    files = f"{target}/report.html, summary.json, plan.nc and the figures"
    print_sentences([*plan_answer(found), files], console)
