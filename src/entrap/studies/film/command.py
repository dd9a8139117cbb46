"""`entrap film`."""

from pathlib import Path

import typer

from entrap.report import command


def film(
    context: typer.Context,
    case: command.CaseArgument,
    out: command.OutOption = None,
    force: command.ForceOption = False,
    figures: command.FiguresOption = command.FIGURES,
    set_: command.SetOption = None,
) -> None:
    """Say how fast and where a device drawn in two dimensions empties, and where a trap helps."""
    from entrap.report import folder
    from entrap.studies.film.needs import NEEDS, layout_of

    command.prepare()
    target = out or Path(f"{case.stem}-film")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    layout_of(stated)
    folder.claim(target, force=force, kind="film", formats=figures)
    from entrap.studies.film.page import write_film

    write_film(stated, target, formats=figures)
