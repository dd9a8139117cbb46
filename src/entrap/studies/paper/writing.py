"""`entrap paper`: every claim with its verdict, the paper's figures and their data."""

import threading
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from entrap.report.ahead import import_ahead
from entrap.report.folder import complete_folder
from entrap.report.summary import write_mark
from entrap.studies.paper.claims import as_json, claims
from entrap.studies.paper.verdicts import Claim

_COLOURS = {
    "agrees": "green",
    "order of magnitude": "yellow",
    "does not follow": "magenta",
    "printed form is wrong": "red",
}


def write_paper(target: Path) -> None:
    """Check the paper's claims, draw its figures, write both and print the table.

    Args:
        target: Folder to be, which `folder.claim` has let pass.

    Raises:
        OSError: the folder cannot be written.
    """
    ahead = threading.Thread(target=import_ahead, daemon=True)
    ahead.start()
    console = Console()
    with console.status("checking and drawing"):
        found = claims()
        from entrap.studies.paper import curves as figures

        data = {
            "figure-2": figures.density_of_states(relaxation=0.5),
            "figure-3": figures.functional(),
            "figure-kinetics": figures.kinetics(),
            "figure-detection": figures.detection(),
        }
        ahead.join()
        from entrap.report.style import save
        from entrap.studies.paper.figures import paper_figures

        with complete_folder(target) as folder:
            for name, figure in paper_figures(data).items():
                save(figure, folder / name)
                data[name].to_netcdf(folder / f"{name}.nc", engine="h5netcdf")
            made = {
                "paper": "arXiv:2605.15834v1",
                "version": version("entrap"),
                "claims": as_json(found),
            }
            write_mark(folder / "claims.json", made)
    print_claims(found, console)
    console.print(f"\n{target}/claims.json and the figures with their data", highlight=False)


def print_claims(found: Iterable[Claim], console: Console) -> None:
    """The claims as a table, and how many of each verdict there are.

    Args:
        found: Claims.
        console: Where to print.
    """
    found = tuple(found)
    table = Table(
        title="What the paper says, and what we find",
        title_justify="left",
        box=None,
        pad_edge=False,
    )
    for heading in ("where", "statement", "printed", "ours", "verdict"):
        table.add_column(heading, justify="right" if heading in ("printed", "ours") else "left")
    for claim in found:
        mark = f" ({claim.errata})" if claim.errata else ""
        colour = _COLOURS[claim.verdict]
        table.add_row(
            escape(claim.where),
            escape(claim.statement),
            _number(claim.printed, claim.printed_unit),
            _number(claim.ours, claim.unit),
            f"[{colour}]{claim.verdict}[/]{mark}",
        )
    console.print(table, highlight=False)
    counts = Counter(claim.verdict for claim in found)
    console.print(
        f"\n{len(found)} claims: "
        + ", ".join(f"{counts[verdict]} {verdict}" for verdict in _COLOURS if counts[verdict]),
        highlight=False,
    )


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" + ("" if unit == "1" else f" {unit}")
