"""`entrap plan`."""

from pathlib import Path

import typer

from entrap.report import command


def plan(
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
    """Rank measurements by how well they would tell an entropy of mixing from plain BCS theory."""
    from entrap.studies.fit.needs import NEEDS, needed
    from entrap.studies.plan.drawn import curves
    from entrap.studies.plan.inputs.options import Plan

    command.prepare()
    target = out or Path(f"{case.stem}-plan")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    known = curves(Plan.of(stated).precisions)
    look = command.look_of(figures, style, adjust, known)
    command.claim(target, "plan", look.formats, force=force)
    with command.refusing(command.LACKING):
        needed()
    from entrap.studies.plan.page import write_plan

    with command.refusing(command.CASE):
        write_plan(stated, target, look=look, latex=latex)
