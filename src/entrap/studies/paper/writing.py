"""`entrap paper`: every claim with its verdict, the paper's figures and their data."""

from collections import Counter
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.text import Text

from entrap.case.case import Case
from entrap.core.quantities import Quantity
from entrap.report.ahead import import_ahead
from entrap.report.folder import complete_folder
from entrap.report.labels import quoted
from entrap.report.summary import write_mark
from entrap.report.terminal import print_sentences, table
from entrap.studies.paper.claims import Claim, as_json, claims

_COLOURS = {
    "agrees": "green",
    "order of magnitude": "yellow",
    "does not follow": "magenta",
    "printed form is wrong": "red",
}


def write_paper(case: Case, target: Path) -> None:
    """Check the paper's claims, draw its figures, write both and print the table.

    Args:
        case: The numbers of Figs. 1 and 3.
        target: Folder to be, which `folder.claim` has let pass.

    Raises:
        OSError: the folder cannot be written.
    """
    ahead, console = import_ahead(), Console()
    with console.status("checking and drawing"):
        found = claims()
        from entrap.studies.paper import curves

        of = curves.setting(case)
        data = {
            "figure-1": curves.setup(of),
            "figure-2": curves.density_of_states(relaxation=1.5),
            "figure-3": curves.functional(of),
            "figure-kinetics": curves.kinetics(),
            "figure-detection": curves.detection(of),
        }
        ahead.join()
        from entrap.report.style import save_all
        from entrap.studies.paper.figures import paper_figures

        with complete_folder(target) as folder:
            save_all(paper_figures(data), folder)
            for name, dataset in data.items():
                dataset.to_netcdf(folder / f"{name}.nc", engine="h5netcdf")
            head = {"paper": "arXiv:2605.15834v1", "version": version("entrap")}
            write_mark(folder / "claims.json", head | {"claims": as_json(found)})
    _print(found, target, console)


def _print(found: tuple[Claim, ...], target: Path, console: Console) -> None:
    """The claims as a table, and how many of each verdict there are."""
    headings = ("where", "statement", "printed", "ours", "verdict")
    rows = table(
        "What the paper says, and what we find", *headings,
        wrapped=headings, numbers=("printed", "ours"),
    )  # fmt: skip
    for claim in found:
        errata = f" ({claim.errata})" if claim.errata else ""
        numbers = [
            "-" if value is None else quoted(Quantity(unit, "", ""), value, 4)
            for value, unit in ((claim.printed, claim.printed_unit), (claim.ours, claim.unit))
        ]
        verdict = Text.assemble((claim.verdict, _COLOURS[claim.verdict]), errata)
        rows.add_row(Text(claim.where), Text(claim.statement), *numbers, verdict)
    console.print(rows)
    counts = Counter(claim.verdict for claim in found)
    verdicts = ", ".join(f"{counts[verdict]} {verdict}" for verdict in _COLOURS if counts[verdict])
    files = f"{target}/claims.json and the figures with their data"
    print_sentences([f"{len(found)} claims: {verdicts}", files], console)
