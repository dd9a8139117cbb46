"""`entrap trap`."""

from pathlib import Path

import typer

from entrap.report import command
from entrap.studies.trap.drawn import CURVES


def trap(
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
    """Say how fast a junction empties its film, what limits it and what would help."""
    from entrap.report import folder
    from entrap.studies.trap.needs import NEEDS, film_temperature

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    target = out or Path(f"{case.stem}-trap")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    film_temperature(stated)
    folder.claim(target, force=force, kind="trap", formats=look.formats)
    from entrap.studies.trap.page import write_design

    write_design(stated, target, look=look, latex=latex)
