"""`entrap paper`: every claim with its verdict, a report, the paper's figures and their data."""

from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.text import Text

from entrap.case.case import Case
from entrap.core.frame import frame_of
from entrap.report.ahead import importing_ahead
from entrap.report.drawing import check_drawn, draw_all
from entrap.report.folder import complete_folder
from entrap.report.inputs import inputs_frame
from entrap.report.latex import tabular
from entrap.report.look import Look
from entrap.report.summary import write_mark, write_printed, write_tables
from entrap.report.terminal import console as terminal
from entrap.report.terminal import print_sentences, print_table, table
from entrap.studies.paper.answer import paper_answer
from entrap.studies.paper.claims import Claim, as_json, claims
from entrap.studies.paper.page import paper_page, shown

_COLOURS = {
    "agrees": "green",
    "order of magnitude": "yellow",
    "does not follow": "magenta",
    "printed form is wrong": "red",
}


def write_paper(case: Case, target: Path, *, look: Look, latex: bool) -> None:
    """Check the paper's claims, draw its figures, write both and print the table.

    Args:
        case: The numbers of Figs. 1 and 3.
        target: Folder to be, which `folder.claim` has let pass.
        look: Of the figures.
        latex: Whether the table of claims is written for print too.

    Raises:
        OSError: the folder cannot be written.
    """
    from entrap.studies.paper import curves

    console = terminal()
    of = curves.setting(case)
    with console.status("checking and drawing"):
        with importing_ahead():
            found = claims()
            data = {
                "figure-1": curves.setup(of),
                "figure-2": curves.density_of_states(relaxation=1.5),
                "figure-3": curves.functional(of),
                "figure-kinetics": curves.kinetics(),
                "figure-detection": curves.detection(of),
            }
        _print(found, console)
        from entrap.studies.paper.figures import paper_figures

        with complete_folder(target) as folder:
            tables = {"inputs": inputs_frame(case), "claims": frame_of(as_json(found), _CLAIMS)}
            for name, contents in data.items():
                contents.write(folder / f"{name}.nc")
                frames = contents.frames()
                for along, frame in frames.items():
                    tables[f"{name}-{along}" if len(frames) > 1 else name] = frame
            write_tables(folder, tables)
            if latex:
                write_printed(folder, {"claims": _printed(found)})
            drawn = draw_all(lambda look: paper_figures(data, look), folder, look)
            files = [file.name for file in folder.iterdir()]
            released = bool(data["figure-3"]["released"])
            report = paper_page(case, found, drawn, target, files, released=released)
            (folder / "report.html").write_text(report, "utf-8")
            head = {"paper": "arXiv:2605.15834v1", "version": version("entrap")}
            rows = {"answer": list(paper_answer(found)), "claims": as_json(found)}
            write_mark(folder / "claims.json", head | {"case": case.to_dict()} | rows)
    files = f"{target}/report.html, claims.json and the figures with their data as NetCDF and CSV"
    print_sentences([files], console)
    check_drawn(target, drawn)


_CLAIMS = {
    "id": "Name of the claim",
    "where": "Where the paper states it",
    "statement": "What it says",
    "printed": "Its number",
    "printed_unit": "Unit of it",
    "ours": "The number that follows",
    "unit": "Unit of that",
    "verdict": "Whether they agree",
    "errata": "Number of the erratum",
    "note": "What is to be said of it",
    "derivation": "Section of the docs that derives it",
}


def _printed(found: tuple[Claim, ...]) -> str:
    """The claims as a LaTeX table."""
    headings = ("Where", "Statement", "Printed", "Ours", "Verdict")
    rows = (
        (c.where, c.statement, shown(c.printed, c.printed_unit), shown(c.ours, c.unit), c.verdict)
        for c in found
    )
    return tabular(headings, rows, right=headings[2:4])


def _print(found: tuple[Claim, ...], console: Console) -> None:
    """The claims as a table, and what is to be said of them."""
    headings = ("where", "statement", "printed", "ours", "verdict")
    rows = table(
        "What the paper says, and what we find", *headings,
        wrapped=headings, numbers=("printed", "ours"),
    )  # fmt: skip
    for claim in found:
        errata = f" ({claim.errata})" if claim.errata else ""
        numbers = shown(claim.printed, claim.printed_unit), shown(claim.ours, claim.unit)
        verdict = Text.assemble((claim.verdict, _COLOURS[claim.verdict]), errata)
        rows.add_row(Text(claim.where), Text(claim.statement), *numbers, verdict)
    print_table(rows, console)
    print_sentences(paper_answer(found), console)
