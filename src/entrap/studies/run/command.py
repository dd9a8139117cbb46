"""`entrap run`: evolve a case, write its folder, say the answer."""

import io
import json
import threading
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from entrap.case.case import Case
from entrap.report.folder import complete_folder
from entrap.solve.protocol.results import Evolution, Margin, Value


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
        from entrap.solve.protocol.evolve import evolve

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
    from entrap.studies.run.figures import evolution_figures, save
    from entrap.studies.run.page import report
    from entrap.report.summary import summary

    run.save(folder / "results.nc")
    drawn = {name: save(figure, folder / name) for name, figure in evolution_figures(run).items()}
    write_texts(folder, report(run, drawn), summary(run))


def write_texts(
    folder: Path, report: str, summary: dict[str, Any], kept: Iterable[str] = ()
) -> None:
    """Write report.html and summary.json, after all else of a result.

    Args:
        folder: Where.
        report: HTML.
        summary: What becomes strict JSON.
        kept: Files of an earlier writing that stay with it.
    """
    (folder / "report.html").write_text(report, "utf-8")
    write_mark(folder / "summary.json", summary, kept)


def write_mark(path: Path, told: dict[str, Any], kept: Iterable[str] = ()) -> None:
    """Write the file by which a result is known, with the names of all its files.

    Args:
        path: The file; the others are beside it.
        told: What becomes strict JSON.
        kept: Further names.
    """
    files = sorted({path.name, *kept, *(file.name for file in path.parent.iterdir())})
    text = json.dumps(told | {"files": files}, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", "utf-8")


def print_run(run: Evolution, target: Path, out: Callable[..., None]) -> None:
    """The short table, the answer, the failed margins, and where the files are."""
    from entrap.studies.run.answer import answer

    names = [
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
    ]
    if run.case.trap.junction is not None:
        names += ["trap_failure_temperature", "survival_temperature"]
    shown = [run.quantities[name] for name in names]
    print_result(run.case.title, shown, answer(run), run.validity, target, out, along=True)


def print_result(
    title: str,
    shown: Iterable[Value],
    sentences: Iterable[str],
    validity: Iterable[Margin],
    target: Path,
    out: Callable[..., None],
    *,
    along: bool,
) -> None:
    """A short table, the answer, the failed margins, and where the files are.

    Args:
        title: Of the case.
        shown: Numbers of the table.
        sentences: The answer.
        validity: Margins.
        target: Folder of the files.
        out: Prints.
        along: Whether the margins hold up to a temperature.
    """
    from entrap.report.labels import quoted
    from entrap.studies.run.figures import grade

    table = Table(title=Text(title), title_justify="left", box=None, pad_edge=False)
    for heading in ("quantity", "", "value"):
        table.add_column(heading, no_wrap=heading != "quantity")
    for item in shown:
        declared = item.declared
        table.add_row(declared.meaning, declared.symbol, quoted(declared, item.value))
    out(table)
    for sentence in sentences:
        out(Text(f"\n{sentence}"))
    failed = [margin for margin in validity if margin.holds is False]
    if failed:
        margins = Table(
            title="\nAssumptions that fail", title_justify="left", box=None, pad_edge=False
        )
        for heading in ("assumption", "margin", "", *(["holds up to"] if along else [])):
            margins.add_column(heading, no_wrap=True)
        for item in failed:
            until = "nowhere" if item.holds_until is None else f"{item.holds_until:.4g} K"
            _, word, _, mark = grade(item.margin)
            row = (item.name, f"{item.margin:+.2f}", f"{mark} {word}", until)
            margins.add_row(*row[: 4 if along else 3])
        out(margins)
    out(Text(f"\n{target}/report.html, summary.json, results.nc and the figures"))
