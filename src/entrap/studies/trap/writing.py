"""`entrap trap`: design a case's trap, write its folder, say the answer."""

from pathlib import Path

from rich.console import Console

from entrap.case.case import Case
from entrap.report.ahead import import_ahead
from entrap.report.folder import complete_folder
from entrap.report.summary import write_texts
from entrap.report.terminal import print_result
from entrap.studies.trap.design import TrapDesign, design_trap


def write_design(case: Case, target: Path) -> None:
    """Design a trap and write summary.json, results.nc, report.html and the figures.

    Args:
        case: The case.
        target: Folder to be, which `folder.claim` has let pass.

    Raises:
        InputError: the case has no junction, or no temperature.
        SolveError: the steady state was not found.
        OSError: the folder cannot be written.
    """
    ahead = import_ahead()
    console = Console()
    with console.status("designing and drawing"):
        design = design_trap(case)
        ahead.join()
        with complete_folder(target) as folder:
            _write(design, folder)
    _print(design, target, console)


def _write(design: TrapDesign, folder: Path) -> None:
    from entrap.report.style import save_all
    from entrap.studies.trap.figures import trap_figures
    from entrap.studies.trap.page import trap_report
    from entrap.studies.trap.summary import trap_summary

    design.save(folder / "results.nc")
    drawn = save_all(trap_figures(design), folder)
    write_texts(folder, trap_report(design, drawn), trap_summary(design))


def _print(design: TrapDesign, target: Path, console: Console) -> None:
    from entrap.studies.trap.answer import trap_answer

    shown = [
        design.quantities[name]
        for name in (
            "temperature",
            "trap_temperature",
            "tunnelling_rate",
            "relaxation_rate",
            "trapping_rate",
            "trapping_length",
            "crossover_length",
            "evacuation_time",
            "equilibrium_fraction",
            "untrapped_fraction",
            "residual_fraction",
        )
        if name in design.quantities
    ]
    print_result(
        design.case.title, shown, trap_answer(design), design.margins, target, console,
        along=False,
    )  # fmt: skip
