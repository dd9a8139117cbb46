"""`entrap run`: evolve a case, write its folder, say the answer."""

from pathlib import Path

from rich.console import Console

from entrap.case.case import Case
from entrap.report.ahead import import_ahead
from entrap.report.folder import complete_folder
from entrap.solve.protocol.results import Evolution


def write_run(case: Case, target: Path) -> None:
    """Evolve a case and write summary.json, results.nc, report.html and the figures.

    Args:
        case: The case.
        target: Folder to be, which `folder.claim` has let pass.

    Raises:
        SolveError: the evolution did not come to its end.
        OSError: the folder cannot be written.
    """
    # The compiler leaves a core idle: what writes and draws is imported meanwhile.
    ahead = import_ahead()
    console = Console()
    with console.status("evolving and drawing"):
        from entrap.solve.protocol.evolve import evolve

        evolution = evolve(case)
        ahead.join()
        with complete_folder(target) as folder:
            _write(evolution, folder)
    _print(evolution, target, console)


def _write(run: Evolution, folder: Path) -> None:
    from entrap.report.style import save_all
    from entrap.report.summary import write_texts
    from entrap.studies.run.figures import evolution_figures
    from entrap.studies.run.page import report
    from entrap.studies.run.summary import summary

    run.save(folder / "results.nc")
    drawn = save_all(evolution_figures(run), folder)
    write_texts(folder, report(run, drawn), summary(run))


def _print(run: Evolution, target: Path, console: Console) -> None:
    from entrap.report.terminal import print_result
    from entrap.studies.run.answer import answer

    names = [
        "critical_temperature",
        "effective_critical_temperature",
        "release_temperature",
        "landau_a",
        "log_mixing_ratio",
        "paired_electron_gain",
        "higgs_mode_initial",
        "penetration_depth_initial",
        "lower_critical_field_initial",
        "kappa",
    ]
    if run.case.trap.junction is not None:
        names += ["trap_failure_temperature", "survival_temperature"]
    shown = [run.quantities[name] for name in names]
    print_result(run.case.title, shown, answer(run), run.validity, target, console, along=True)
