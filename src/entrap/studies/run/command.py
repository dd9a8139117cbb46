"""`entrap run`."""

import contextlib
from pathlib import Path
from typing import Annotated, Any

import typer

from entrap.report import command
from entrap.studies.run.drawn import CURVES


def run(
    context: typer.Context,
    case: command.CaseArgument,
    out: command.OutOption = None,
    force: command.ForceOption = False,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="Measurements to lay over the prediction.", metavar="FILE"),
    ] = None,
    figures: command.FiguresOption = command.FIGURES,
    style: command.StyleOption = command.STYLE,
    adjust: command.AdjustOption = None,
    latex: command.LatexOption = False,
    set_: command.SetOption = None,
) -> None:
    """Follow a sample through hold and warm-up: numbers, margins, figures, a report.

    With --set the report also says what differs from the case as its file states it.
    """
    from entrap.core.errors import InputError

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    target = out or Path(f"{case.stem}-result")
    stated = command.read_case(context, case, set_)
    before = None
    if set_:
        with contextlib.suppress(InputError):  # the file alone may state no whole case
            before = context.obj(case, ())
    command.claim(target, "run", look.formats, force=force)
    read = None if data is None else _read(data, stated)
    from entrap.studies.run.page import write_run

    with command.refusing(command.CASE):
        write_run(stated, target, before=before, data=read, look=look, latex=latex)


def _read(path: Path, case: Any) -> Any:
    """Measurements, as the case's table [data] or their own header says what they are."""
    with command.refusing("The data are wrong"):
        from entrap.studies.fit.data.observations import load_data
        from entrap.studies.fit.inputs.table import DataTable

        found = load_data(path, DataTable.of(case))
    command.say(found.read_as)
    return found
