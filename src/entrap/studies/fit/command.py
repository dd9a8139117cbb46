"""`entrap fit`."""

from pathlib import Path
from typing import Annotated

import typer

from entrap.report.command import (
    CaseArgument,
    ForceOption,
    OutOption,
    SetOption,
    prepare,
    read_case,
    refusing,
    stopping,
)


def fit(
    context: typer.Context,
    case: CaseArgument,
    data: Annotated[
        Path, typer.Argument(help="Measurements (CSV, Parquet, NetCDF).", metavar="DATA")
    ],
    out: OutOption = None,
    force: ForceOption = False,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on with the chains of an earlier fit.", metavar="DIR"),
    ] = None,
    set_: SetOption = None,
) -> None:
    """Infer a case's numbers from measurements, and tell whether they show the entropy."""
    from entrap.report import folder
    from entrap.studies.fit.needs import NEEDS, needed

    prepare()
    target = out or Path(f"{case.stem}-fit")
    stated = read_case(context, case, set_, needs=NEEDS)
    with refusing("The input is wrong"):
        folder.claim(target, force=force, kind="fit")
        needed()
    with refusing("The data are wrong"):
        from entrap.studies.fit.data.observations import load_data
        from entrap.studies.fit.inputs.table import DataTable

        read = load_data(data, DataTable.of(stated))
    from entrap.studies.fit.writing import write_fit

    with stopping("nothing was written"), refusing("The input is wrong"):
        write_fit(stated, read, target, resume)
