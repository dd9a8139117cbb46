"""`entrap trap`: design a case's trap, write its folder, say the answer."""

import threading
from pathlib import Path

from rich.console import Console

from entrap.inputs.case import Case
from entrap.present.folder import complete_folder
from entrap.present.running import import_ahead, print_result, write_texts
from entrap.study.trapping.design import TrapDesign, design_trap


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
    ahead = threading.Thread(target=import_ahead, daemon=True)
    ahead.start()
    console = Console()
    with console.status("designing and drawing"):
        design = design_trap(case)
        ahead.join()
        with complete_folder(target) as folder:
            _write(design, folder)
    _print(design, target, console)


def _write(design: TrapDesign, folder: Path) -> None:
    from entrap.present.plots import save
    from entrap.present.trap_plots import trap_figures
    from entrap.present.trap_report import trap_report
    from entrap.present.trap_summary import trap_summary

    design.save(folder / "results.nc")
    drawn = {name: save(figure, folder / name) for name, figure in trap_figures(design).items()}
    write_texts(folder, trap_report(design, drawn), trap_summary(design))


def _print(design: TrapDesign, target: Path, console: Console) -> None:
    from entrap.present.trap_answer import trap_answer

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
        design.case.title, shown, trap_answer(design), design.margins, target, console.print,
        along=False,
    )  # fmt: skip
