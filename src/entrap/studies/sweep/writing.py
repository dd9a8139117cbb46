"""A sweep's folder: its store is computed there, described and drawn; and what is printed of it."""

import contextlib
import dataclasses
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import ProgressColumn, Task, TimeRemainingColumn
from rich.text import Text

from entrap.case.case import Case
from entrap.case.casefile import CaseFile
from entrap.core.errors import InputError
from entrap.core.quantities import number_text
from entrap.report import folder
from entrap.report.command import OPTION, UNWRITABLE, refusing
from entrap.report.drawing import check_drawn, draw_all
from entrap.report.look import Look
from entrap.report.summary import write_printed, write_tables, write_texts
from entrap.report.terminal import console as terminal
from entrap.report.terminal import print_sentences, print_table, table
from entrap.report.watching import counting
from entrap.report.written import STORE, check_foreign, check_free, contents_of, owned
from entrap.studies.sweep.drawn import check_curves
from entrap.studies.sweep.files import partial, remove, remove_unfinished
from entrap.studies.sweep.inputs.options import Sweep

if TYPE_CHECKING:
    from entrap.studies.sweep.sensitivity import Sensitivities
    from entrap.studies.sweep.sweep import Swept


def write_sweep(
    case: Case,
    stated: Sweep,
    target: Path,
    *,
    plot: bool,
    sensitivity: bool,
    look: Look,
    latex: bool,
    **how: Any,
) -> None:
    """Compute a sweep into its folder, print and write its summary, and draw it on request.

    Its figures are as the look has them, if it is drawn.
    `how` is `resume`, `force`, `scheduler` and `workers`, as `sweep` takes them.

    Raises:
        InputError: the sweep is wrong, or may not be written there.
        SolveError: a chunk could not be computed or written; the others stay done.
    """
    from entrap.studies.sweep.laying import lay_out
    from entrap.studies.sweep.names import (
        check_results,
        default_results,
        results_of,
        with_margins,
        with_status,
    )
    from entrap.studies.sweep.sensitivity import sensitivities
    from entrap.studies.sweep.sweep import sweep

    known = results_of(case)
    names = check_results(stated.results or default_results(case, stated.axes), known)
    has_states = case.landau is not None and (case.protocol or "temperature" in stated.axes)
    full = with_margins(names, known) if has_states and not stated.reduce else names
    full = with_status(full, known)
    with refusing(OPTION):
        check_curves(look, full)
    stated = dataclasses.replace(stated, results=full)
    points = lay_out(case, stated).points
    with refusing(UNWRITABLE):
        _claim(target, full, look.formats, resume=how["resume"], force=how["force"])
    console = terminal()
    with counting(console, "points", points, _Rate(), TimeRemainingColumn()) as progress:
        whole = CaseFile.of(case, {Sweep.TABLE: stated})
        found = sweep(whole, out=target / STORE, progress=progress, **how)
    ranked = None
    if sensitivity:
        with console.status("differentiating"):
            ranked = sensitivities(case, stated, names)
    show(found, target, console, look if plot else None, ranked, latex=latex)


def _claim(
    target: Path, names: Iterable[str], formats: Collection[str], *, resume: bool, force: bool
) -> None:
    """Refuse a folder that holds anything but a sweep, or a sweep that must be kept."""
    if resume and force:
        raise InputError("--resume goes on with a sweep, --force replaces it: give one of them")
    _bring_back(target / STORE)
    if os.path.lexists(target / STORE):
        if not (resume or force):
            raise InputError(
                f"--out {target} holds a sweep: go on with it by --resume, replace it by --force, "
                "or give another folder"
            )
    elif target.exists():
        # A run that was killed at its very start may have left unfinished files.
        names_there = [f.name for f in target.iterdir()] if target.is_dir() else [""]
        if not all(name.startswith(f".{STORE}.") for name in names_there):
            raise InputError(f"--out {target} exists and holds no sweep: give another folder")
    _check(target, names, formats)


def _check(target: Path, names: Iterable[str], formats: Collection[str]) -> None:
    """Refuse a folder that cannot be written, or in which other files would be replaced."""
    with folder.writable(target):
        if target.exists():
            if set(owned(target).values()) - {"sweep"}:
                raise InputError(
                    f"--out {target} holds another result of entrap: give another folder"
                )
            check_free(target, "sweep", formats, names)
        folder.probe(target / STORE if target.exists() else target)


def _bring_back(store: Path) -> None:
    """Restore a store that a killed run has put aside without putting another in its place."""
    for aside in store.parent.glob(f".{STORE}.*old"):
        if os.path.lexists(store):
            remove(aside)
        else:
            aside.rename(store)


def show(
    found: "Swept",
    target: Path,
    console: Console,
    look: Look | None,
    ranked: "Sensitivities | None" = None,
    *,
    latex: bool,
) -> None:
    """Write the tables, the summary and the report of a sweep; print the answer.

    It is drawn as the look has it, and not at all without one.
    """
    from entrap.studies.sweep.pages.answer import sweep_answer
    from entrap.studies.sweep.pages.report import sweep_report, sweep_summary
    from entrap.studies.sweep.pages.survey import survey
    from entrap.studies.sweep.pages.tables import frames, printed

    surveyed = survey(found)
    answer = sweep_answer(found, surveyed)
    target.mkdir(parents=True, exist_ok=True)
    with _put(target) as work:
        drawn: Mapping[str, str] = {}
        if look is not None:
            with console.status("drawing"):
                drawn = draw_all(lambda look: _figures(found, ranked, look), work, look)
        write_tables(work, frames(found, surveyed, ranked))
        if latex:
            write_printed(work, {"found": printed(surveyed)})
        summary = sweep_summary(found, surveyed, answer, ranked)
        # Figures that were drawn of the same sweep before stay.
        before, now = contents_of(target / "summary.json"), json.loads(json.dumps(summary))
        same = all(before.get(key) == now[key] for key in ("case", "scheme", "reduce", "axes"))
        kept = [name for name in owned(target) if same and name != STORE]
        files = {*kept, *(file.name for file in work.iterdir())}
        report = sweep_report(found, surveyed, answer, drawn, ranked, files)
        write_texts(work, report, summary, kept)
    console.print(Text(found.case.title, style="bold"))
    print_sentences(answer, console)
    if ranked is not None:
        _print_ranked(ranked, console)
    where = f"report.html, summary.json, tables as CSV{' and the figures' if drawn else ''}"
    print_sentences([f"{found.path}, and in {target}: {where}"], console)
    check_drawn(target, drawn)


def _figures(found: "Swept", ranked: "Sensitivities | None", look: Look) -> Mapping[str, Any]:
    from entrap.studies.sweep.figures.bars import sensitivity_figure
    from entrap.studies.sweep.figures.plots import sweep_figures

    figures = sweep_figures(found, look)
    if ranked is not None and ranked.rows:
        figures["sensitivity"] = sensitivity_figure(ranked, look)
    return figures


@contextlib.contextmanager
def _put(target: Path) -> Iterator[Path]:
    """A folder to write into; its files then replace earlier ones, each in one step."""
    remove_unfinished(target, f".{STORE}.")
    work = target / partial(f".{STORE}.shown")
    work.mkdir()
    try:
        yield work
        ours = owned(target)
        new = {file.name for file in work.iterdir()}
        check_foreign(target, {file.name for file in target.iterdir()} & new - ours.keys())
        listed = {*contents_of(work / "summary.json")["files"], STORE}
        for name in ours.keys() - listed:
            (target / name).unlink()
        # The summary comes first: it lists the other files.
        for name in ("summary.json", *new - {"summary.json"}):
            (work / name).replace(target / name)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def show_store(path: Path, target: Path | None, *, look: Look, latex: bool) -> None:
    """Draw a sweep from its store, or from the folder that holds it, without computing anything.

    Its figures go into the folder `target`, or beside the store where that is None.
    """
    from entrap.studies.sweep.sweep import load_sweep

    _bring_back(path if path.name == STORE else path / STORE)
    store = path / STORE if (path / STORE).exists() else path
    found, target = load_sweep(store), target or store.parent
    names = [*map(str, found.data.data_vars)]
    with refusing(OPTION):
        check_curves(look, names)
    with refusing(UNWRITABLE):
        if target.exists() and not target.is_dir():
            raise InputError(f"--out {target} exists and is not a folder: give another")
        _check(target, names, look.formats)
    show(found, target, terminal(), look, latex=latex)


def print_results() -> None:
    """List the results of a sweep by name."""
    from entrap.studies.sweep.names import RESULTS

    rows = table("", "result", "of", "meaning", wrapped=["meaning"])
    for name, result in RESULTS.items():
        declared = result.declared
        unit = "" if declared.unit == "1" else f" [{declared.unit}]"
        meaning = f"{declared.symbol}{unit}: {declared.meaning}".removeprefix(": ")
        rows.add_row(name, result.kind, Text(meaning))
    print_table(rows, terminal())


def _print_ranked(ranked: "Sensitivities", console: Console) -> None:
    """What the results depend on, as tables of derivatives and of shares of the variance."""
    headings = ("result", "number of the case", "∂r/∂ln p", "∂ln r/∂ln p")
    rows = table("\nWhat the results depend on, at the case itself", *headings)
    for row in ranked.rows:
        elasticity = number_text(row.elasticity, 4, signed=True)
        rows.add_row(row.result, row.key, number_text(row.derivative, 4), elasticity)
    if ranked.rows:
        print_table(rows, console)
    if ranked.sobol:
        headings = ("result", "axis", "alone", "in all")
        shares = table("\nShares of the variance over the ranges (Sobol)", *headings)
        for name, axes in ranked.sobol.items():
            for key, first, total in axes:
                shares.add_row(name, key, f"{first:.3f}", f"{total:.3f}")
        print_table(shares, console)
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
