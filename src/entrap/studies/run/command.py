"""`entrap run`."""

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


def run(
    context: typer.Context,
    case: CaseArgument,
    out: OutOption = None,
    force: ForceOption = False,
    set_: SetOption = None,
) -> None:
    """Follow a sample through hold and warm-up: numbers, margins, figures, a report."""
    from entrap.report import folder

    prepare()
    target = out or Path(f"{case.stem}-result")
    stated = read_case(context, case, set_)
    folder.claim(target, force=force, kind="run")
    from entrap.studies.run.writing import write_run

    write_run(stated, target)
    gc.freeze()  # nor need it be gone through at the end
