"""`entrap paper`."""

from importlib.resources import as_file, files
from pathlib import Path

import typer

from entrap.report import command
from entrap.studies.paper.drawn import CURVES

FIGURE_3 = "figure-3.toml"
"""The case of Figs. 1 and 3, beside this module."""


def paper(
    context: typer.Context,
    out: command.OutOption = None,
    force: command.ForceOption = False,
    figures: command.FiguresOption = command.FIGURES,
    style: command.StyleOption = command.STYLE,
    adjust: command.AdjustOption = None,
    latex: command.LatexOption = False,
    set_: command.SetOption = None,
) -> None:
    """Judge every claim of the paper, and draw its figures; --set changes the case of Fig. 3."""
    look = command.look_of(figures, style, adjust, CURVES)
    command.prepare()
    target = out or Path("paper-result")
    with as_file(files("entrap.studies.paper").joinpath(FIGURE_3)) as file:
        case = command.read_case(context, file, set_)
    command.claim(target, "paper", look.formats, force=force)
    from entrap.studies.paper.writing import write_paper

    with command.refusing(command.CASE):
        write_paper(case, target, look=look, latex=latex)
