"""`entrap fit`."""

from pathlib import Path
from typing import Annotated

import typer

from entrap.report import command


def fit(
    context: typer.Context,
    case: command.CaseArgument,
    data: Annotated[
        Path, typer.Argument(help="Measurements (CSV, Parquet, NetCDF).", metavar="DATA")
    ],
    out: command.OutOption = None,
    force: command.ForceOption = False,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on with the chains of an earlier fit.", metavar="DIR"),
    ] = None,
    set_: command.SetOption = None,
) -> None:
    """Infer a case's numbers from measurements, and tell whether they show the entropy."""
    from entrap.report import folder
    from entrap.studies.fit.needs import NEEDS, needed

    command.prepare()
    target = out or Path(f"{case.stem}-fit")
    stated = command.read_case(context, case, set_, needs=NEEDS)
    with command.refusing("The input is wrong"):
        folder.claim(target, force=force, kind="fit")
        needed()
    with command.refusing("The data are wrong"):
        from entrap.studies.fit.data.observations import load_data
        from entrap.studies.fit.inputs.table import DataTable

        read = load_data(data, DataTable.of(stated))
    from entrap.studies.fit.writing import write_fit

    with command.stopping("nothing was written"), command.refusing("The input is wrong"):
        write_fit(stated, read, target, resume)
