"""`entrap plan`."""

from pathlib import Path

import typer

from entrap.report.command import (
    CaseArgument,
    ForceOption,
    OutOption,
    SetOption,
    prepare,
    read_case,
    refusing,
)


def plan(
    context: typer.Context,
    case: CaseArgument,
    out: OutOption = None,
    force: ForceOption = False,
    set_: SetOption = None,
) -> None:
    """Rank measurements by how well they would tell an entropy of mixing from none."""
    from entrap.report import folder
    from entrap.studies.fit.needs import NEEDS, needed

    prepare()
    target = out or Path(f"{case.stem}-plan")
    stated = read_case(context, case, set_, needs=NEEDS)
    with refusing("The input is wrong"):
        folder.claim(target, force=force, kind="plan")
        needed()
    from entrap.studies.plan.writing import write_plan

    write_plan(stated, target)
