"""`entrap trap`."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from entrap.report import command, completion
from entrap.studies.trap.drawn import CURVES


def _free(incomplete: str) -> completion.Words:
    """Keys that may be free, for the shell."""
    from entrap.case.tables import declarations
    from entrap.case.target import FREE

    known = {key: declared for key, declared in declarations().items() if key in FREE}
    return [*completion.begun(completion.described(known, "="), incomplete)]


def _goals(incomplete: str) -> completion.Words:
    """What may be asked of a trap, for the shell."""
    from entrap.case.target import GOALS

    return [*completion.begun(completion.described(GOALS), incomplete)]


def trap(
    context: typer.Context,
    case: command.CaseArgument,
    target: Annotated[
        str | None,
        typer.Option(
            "--target",
            help='Find the least change that reaches it, as in "evacuation_time < 100 us".',
            metavar="NAME<VALUE",
            autocompletion=_goals,
        ),
    ] = None,
    free: Annotated[
        list[str] | None,
        typer.Option(
            "--free",
            help='A key that may change for it, as in "trap.film.trap_length=20 um:400 um"; again '
            "for more, all that can change if none is given.",
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
    """Say how fast a trap empties its film, what limits it and what would help."""
    from entrap.case.target import Target, targeted
    from entrap.studies.trap.needs import NEEDS, check_trap, film_temperature

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    folder_of = out or Path(f"{case.stem}-trap")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    with command.refusing(command.CASE):
        check_trap(stated)
        film_temperature(stated)
    with command.refusing("The target is wrong"):
        asked = targeted(Target.of(stated), target, free or ())
    command.claim(folder_of, "trap", look.formats, force=force)
    from entrap.studies.trap.page import write_design

    typed = " ".join(shlex.quote(part) for part in (str(case), *_settings(set_)))
    with command.refusing(command.CASE):
        write_design(stated, folder_of, look=look, latex=latex, asked=asked, typed=typed)


def _settings(changes: list[str] | None) -> list[str]:
    """The options `--set` as they were typed."""
    return [part for change in changes or () for part in ("--set", change)]
