"""`entrap fit`: fit a case to measurements, write its folder, print the answer."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from entrap.case.case import Case
from entrap.core.errors import SolveError
from entrap.report.ahead import importing_ahead
from entrap.report.drawing import check_drawn
from entrap.report.look import Look
from entrap.report.terminal import console as terminal
from entrap.studies.fit.watching import Tell, progress

if TYPE_CHECKING:
    from entrap.studies.fit.data.observations import Observations

_DRAWN_WITH = "xarray", "arviz_base", "corner", "entrap.studies.fit.figures"


def write_fit(
    case: Case,
    data: "Observations",
    target: Path,
    resume: Path | None,
    *,
    look: Look,
    latex: bool,
) -> None:
    """Fit, write the folder `target`, which `folder.claim` has let pass, and print the answer.

    Raises:
        InputError: case and data do not go together.
        SolveError: no hypothesis explains the data; or, after all is written, chains of one have
            not converged.
        OSError: the folder cannot be written.
    """
    console = terminal()
    with importing_ahead(*_DRAWN_WITH), progress(console) as tell:
        from entrap.studies.fit.fit import fit

        found = fit(case, data, resume=resume, progress=tell)
    from entrap.studies.fit.pages.caveats import unconverged
    from entrap.studies.fit.pages.report import account

    shown = account(found)
    shown.print(console)
    with console.status("writing and drawing"):
        drawn = shown.write(target, found.save, look, latex=latex)
    shown.print_files(target, console)
    for warning in unconverged(found):
        raise SolveError(f"{warning}\nAll results are in {target}")
    check_drawn(target, drawn)


def write_series(
    samples: "Sequence[tuple[Case, Observations]]",
    names: Sequence[str],
    target: Path,
    resume: Path | None,
    *,
    look: Look,
    latex: bool,
) -> None:
    """Fit a series, write the folder `target`, which was claimed for it, and print the answer.

    Raises:
        InputError: a case and its data do not go together, or the samples make no series.
        SolveError: no hypothesis explains the data of one; or, after all is written, chains of one
            have not converged.
        OSError: the folder cannot be written.
    """
    console = terminal()
    with importing_ahead(*_DRAWN_WITH), progress(console) as tell:
        from entrap.studies.fit.series import fit_series

        def begin(title: str) -> Tell:
            console.print(Text(title, style="bold"))
            return tell

        found = fit_series(samples, names=names, resume=resume, progress=begin)
    from entrap.studies.fit.pages.caveats import unconverged
    from entrap.studies.fit.pages.series import account, write

    shown = account(found)
    shown.print(console)
    with console.status("writing and drawing"):
        drawn = write(found, shown, target, look, latex=latex)
    shown.print_files(target, console)
    for each in found.samples:
        for warning in unconverged(each.fitted):
            text = f"{each.fitted.case.title}: {warning}\nAll results are in {target}"
            raise SolveError(text)
    check_drawn(target, *drawn)
