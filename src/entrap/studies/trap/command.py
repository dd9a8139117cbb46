"""`entrap trap`."""

import gc
from pathlib import Path

import typer

from entrap.report.command import (
    CaseArgument,
    ForceOption,
    OutOption,
    SetOption,
    prepare,
    read_case,
)


def trap(
    context: typer.Context,
    case: CaseArgument,
    out: OutOption = None,
    force: ForceOption = False,
    set_: SetOption = None,
) -> None:
    """Tell how fast a junction empties its film, what limits it and what would help."""
    from entrap.report import folder
    from entrap.studies.trap.needs import NEEDS, film_temperature

    prepare()
    target = out or Path(f"{case.stem}-trap")
    stated = read_case(context, case, set_, needs=NEEDS)
    film_temperature(stated)
    folder.claim(target, force=force, kind="trap")
    from entrap.studies.trap.writing import write_design

    write_design(stated, target)
    gc.freeze()
