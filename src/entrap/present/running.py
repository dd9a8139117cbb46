"""`entrap run`: evolve a case, write its folder, say the answer."""

import io
import json
import threading
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrap.inputs.case import Case
from entrap.present.folder import complete_folder
from entrap.solve.results import Evolution


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
    ahead = threading.Thread(target=import_ahead, daemon=True)
    ahead.start()
    console = Console()
    with console.status("evolving and drawing"):
        from entrap.solve.evolution import evolve

        evolution = evolve(case)
        ahead.join()
        with complete_folder(target) as folder:
            _write(evolution, folder)
    print_run(evolution, target, console.print)


def import_ahead() -> None:
    """Import what writes and draws, and let it find its fonts."""
    for name in (
        "xarray",
        "h5netcdf",
        "pint",
        "matplotlib.figure",
        "matplotlib.backends.backend_agg",
        "matplotlib.backends.backend_svg",
    ):
        import_module(name)
    from matplotlib.figure import Figure

    figure = Figure(figsize=(1, 1))
    figure.text(0, 0, "$x$")  # finds the fonts
    figure.savefig(io.BytesIO())


def _write(run: Evolution, folder: Path) -> None:
    from entrap.present.plots import evolution_figures, save
    from entrap.present.report import report
    from entrap.present.summary import summary

    run.save(folder / "results.nc")
    drawn = {}
    for name, figure in evolution_figures(run).items():
        save(figure, folder / name)
        drawn[name] = (folder / f"{name}.svg").read_text("utf-8")
    (folder / "report.html").write_text(report(run, drawn), "utf-8")
    text = json.dumps(summary(run), indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "summary.json").write_text(text + "\n", "utf-8")


def print_run(run: Evolution, target: Path, out: Callable[..., None]) -> None:
    """The short table, the answer, the failed margins, and where the files are."""
    from entrap.present.answer import answer
    from entrap.present.plots import grade

    table = Table(title=Text(run.case.title), title_justify="left", box=None, pad_edge=False)
    for heading in ("quantity", "", "value"):
        table.add_column(heading, no_wrap=True)
    for name in (
        "critical_temperature",
        "effective_critical_temperature",
        "release_temperature",
        "landau_a",
        "log_mixing_ratio",
        "pair_gain",
        "higgs_mode_initial",
        "penetration_depth_initial",
        "lower_critical_field_initial",
        "kappa",
    ):
        item = run.quantities[name]
        table.add_row(item.declared.meaning, item.declared.symbol, str(item))
    out(table)
    for sentence in answer(run):
        out(Text(f"\n{sentence}"))
    failed = [margin for margin in run.validity if margin.holds is False]
    if failed:
        margins = Table(
            title="\nAssumptions that fail", title_justify="left", box=None, pad_edge=False
        )
        for heading in ("assumption", "margin", "", "holds up to"):
            margins.add_column(heading, no_wrap=True)
        for item in failed:
            until = "nowhere" if item.holds_until is None else f"{item.holds_until:.4g} K"
            _, word, _, mark = grade(item.margin)
            margins.add_row(item.name, f"{item.margin:+.2f}", f"{mark} {word}", until)
        out(margins)
    out(Text(f"\n{target}/report.html, summary.json, results.nc and the figures"))
