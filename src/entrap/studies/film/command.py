"""`entrap film`."""

from pathlib import Path
from typing import Annotated

import typer

from entrap.report import command, completion
from entrap.studies.film.drawn import CURVES


def _goals(incomplete: str) -> completion.Words:
    """What may be asked of a film, for the shell."""
    from entrap.case.target import DRAWN_GOALS, GOALS

    known = {name: GOALS[name] for name in DRAWN_GOALS}
    return [*completion.begun(completion.described(known), incomplete)]


def _free(incomplete: str) -> completion.Words:
    """Keys that may be free, for the shell."""
    from entrap.case.target import DRAWN, JUNCTION, free_key

    known = {key: known for key in (*DRAWN, *JUNCTION) if (known := free_key(key)) is not None}
    return [*completion.begun(completion.described(known, "="), incomplete)]


def film(
    context: typer.Context,
    case: command.CaseArgument,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            help='Find the least trap that reaches it, as in "evacuation_time < 100 us".',
            metavar="NAME<VALUE",
            autocompletion=_goals,
        ),
    ] = None,
    free: Annotated[
        list[str] | None,
        typer.Option(
            "--free",
            help='A key that may change for it, as in "layout.placement.radius=5 um:100 um"; again '
            "for another, each is tried alone.",
            metavar="KEY=LOW:HIGH",
            autocompletion=_free,
        ),
    ] = None,
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
    from entrap.case.target import Target, targeted
    from entrap.studies.film.asked import check_asked
    from entrap.studies.film.needs import NEEDS, layout_of

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    folder_of = out or Path(f"{case.stem}-film")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    with command.refusing(command.LACKING):
        needs_extra()
    with command.refusing(command.CASE):
        layout = layout_of(stated)
    with command.refusing("The target is wrong"):
        asked = targeted(Target.of(stated), target, free or ())
        if asked is not None:
            check_asked(asked, layout)
    command.claim(folder_of, "film", look.formats, force=force)
    from entrap.studies.film.page import write_film

    with command.refusing(command.CASE):
        write_film(stated, folder_of, look=look, latex=latex, asked=asked)
