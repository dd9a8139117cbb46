"""`entrap film`."""

from pathlib import Path

import typer

from entrap.report import command
from entrap.studies.film.drawn import CURVES


def film(
    context: typer.Context,
    case: command.CaseArgument,
    out: command.OutOption = None,
    force: command.ForceOption = False,
    figures: command.FiguresOption = command.FIGURES,
    style: command.StyleOption = command.STYLE,
    adjust: command.AdjustOption = None,
    latex: command.LatexOption = False,
    set_: command.SetOption = None,
) -> None:
    """Say how fast and where a device drawn in two dimensions empties, and where a trap helps."""
    from entrap.case.outlines import needs_extra
    from entrap.studies.film.needs import NEEDS, layout_of

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    target = out or Path(f"{case.stem}-film")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    with command.refusing(command.LACKING):
        needs_extra()
    with command.refusing(command.CASE):
        layout_of(stated)
    command.claim(target, "film", look.formats, force=force)
    from entrap.studies.film.page import write_film

    with command.refusing(command.CASE):
        write_film(stated, target, look=look, latex=latex)
