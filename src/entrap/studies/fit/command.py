"""`entrap fit`."""

from pathlib import Path
from typing import Annotated

import typer

from entrap.report import command
from entrap.studies.fit.drawn import CURVES, SERIES


def fit(
    context: typer.Context,
    case: command.CaseArgument,
    data: Annotated[
        Path,
        typer.Argument(
            help="Measurements (.csv, .tsv, .txt, .dat, .xlsx, .parquet, .nc).", metavar="DATA"
        ),
    ],
    more: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Case and data of further samples, of another mixing ratio each.",
            metavar="CASE.toml DATA",
            show_default=False,
        ),
    ] = None,
    out: command.OutOption = None,
    force: command.ForceOption = False,
    resume: Annotated[
        Path | None,
        typer.Option("--resume", help="Go on with the chains of an earlier fit.", metavar="DIR"),
    ] = None,
    figures: command.FiguresOption = command.FIGURES,
    style: command.StyleOption = command.STYLE,
    adjust: command.AdjustOption = None,
    latex: command.LatexOption = False,
    set_: command.SetOption = None,
) -> None:
    """Infer a case's numbers from measurements, and tell whether they show the entropy.

    With three samples or more, each a case and its data, also tell whether their gains grow with
    ln(n/n_c), as only an entropy makes them.
    """
    from entrap.studies.fit.needs import NEEDS, needed, paired

    with command.refusing("The input is wrong"):
        pairs = paired((case, data, *(more or ())))
    names = tuple(pairs)
    look = command.look_of(figures, style, adjust, CURVES | (SERIES if more else {}))
    command.prepare()
    target = out or Path(f"{case.stem}-{'series' if more else 'fit'}")
    stated = [command.read_case(context, of, set_, needs=NEEDS) for of, _ in pairs.values()]
    if more:
        from entrap.studies.fit.series import claim_series

        with command.refusing(command.UNWRITABLE):
            claim_series(target, names, force=force, formats=look.formats)
    else:
        command.claim(target, "fit", look.formats, force=force)
    with command.refusing(command.LACKING):
        needed()
    with command.refusing("The data are wrong"):
        from entrap.studies.fit.data.observations import load_data
        from entrap.studies.fit.inputs.table import DataTable

        files = [file for _, file in pairs.values()]
        read = [load_data(f, DataTable.of(c)) for f, c in zip(files, stated, strict=True)]
    for each in read:
        command.say(each.read_as)
    if resume is not None:
        from entrap.studies.fit.storage import drawn_by_others

        for other in drawn_by_others(resume):
            command.say(
                f"{resume} holds chains that entrap {other} drew: they go on, as nothing that they "
                "depend on has changed"
            )
    from entrap.studies.fit.writing import write_fit, write_series

    with command.stopping("nothing was written"), command.refusing("The input is wrong"):
        if more:
            samples = list(zip(stated, read, strict=True))
            write_series(samples, names, target, resume, look=look, latex=latex)
        else:
            write_fit(stated[0], read[0], target, resume, look=look, latex=latex)
