"""`entrap compare`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from entrap.report import command
from entrap.studies.compare.drawn import CURVES


def compare(
    context: typer.Context,
    results: Annotated[
        list[Path],
        typer.Argument(
            help="Folders of `entrap run`, `trap` or `fit`, results.nc of a run, or case files.",
            metavar="RESULT...",
        ),
    ],
    out: command.OutOption = None,
    force: command.ForceOption = False,
    figures: command.FiguresOption = command.FIGURES,
    style: command.StyleOption = command.STYLE,
    adjust: command.AdjustOption = None,
    latex: command.LatexOption = False,
    set_: command.SetOption = None,
) -> None:
    """Lay runs, traps, fits or cases over each other, and say what differs between them.

    Beside one case file, each --set makes a changed case: before and after.
    """
    from entrap.studies.compare.named import named

    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    target = out or Path("comparison")
    with command.refusing("The input is wrong"):
        asked = named(results, tuple(set_ or ()))
    stated: dict[str, Any] = {
        name: path
        if path.is_dir() or path.suffix == ".nc"
        else command.read_case(context, path, [*changes], needs=("material",))
        for name, (path, changes) in asked.items()
    }
    command.claim(target, "compare", look.formats, force=force)
    from entrap.studies.compare.page import write_comparison

    with command.refusing("The input is wrong"):
        write_comparison(stated, target, look=look, latex=latex)
