"""`entrap run`."""

from pathlib import Path

import typer

from entrap.report import command
from entrap.studies.run.drawn import CURVES


def run(
    context: typer.Context,
    case: command.CaseArgument,
    out: command.OutOption = None,
    force: command.ForceOption = False,
    figures: command.FiguresOption = command.FIGURES,
    style: command.StyleOption = command.STYLE,
    adjust: command.AdjustOption = None,
    set_: command.SetOption = None,
) -> None:
    """Follow a sample through hold and warm-up: numbers, margins, figures, a report."""
    from entrap.report import folder

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    target = out or Path(f"{case.stem}-result")
    stated = command.read_case(context, case, set_)
    folder.claim(target, force=force, kind="run", formats=look.formats)
    from entrap.studies.run.page import write_run

    write_run(stated, target, look=look)
