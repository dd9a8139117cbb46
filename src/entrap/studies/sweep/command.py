"""`entrap sweep` and `entrap show`."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from entrap.report import completion
from entrap.report.command import (
    FIGURES,
    STYLE,
    AdjustOption,
    CaseArgument,
    FiguresOption,
    ForceOption,
    LatexOption,
    OutOption,
    SetOption,
    StyleOption,
    look_of,
    prepare,
    read_case,
    refusing,
    say,
    stopping,
)

WRONG = "The sweep is wrong"


def _list_results(wanted: bool) -> bool:
    if wanted:
        from entrap.studies.sweep.writing import print_results

        print_results()
        raise typer.Exit
    return wanted


def _axes(incomplete: str) -> completion.Words:
    """Keys that may vary, for the shell."""
    from entrap.studies.sweep.inputs.keys import sweepable

    return [*completion.begun(completion.described(sweepable(), "="), incomplete)]


def _results(incomplete: str) -> completion.Words:
    """Names of results, for the shell: from a list, as the registry imports what computes."""
    text = files("entrap.studies.sweep").joinpath("results.txt").read_text("utf-8")
    rows = (line.partition("\t") for line in text.splitlines())
    return [*completion.begun(((name, meaning) for name, _, meaning in rows), incomplete)]


def sweep(
    context: typer.Context,
    case: CaseArgument,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help='An axis, as in "mixture.valence_ratio=0.01:20:200:log", "landau.a=2 k_B, 3 k_B" '
            'or "trap.rate=@FILE.csv"; again for more.',
            metavar="KEY=SPEC",
            autocompletion=_axes,
        ),
    ] = None,
    result: Annotated[
        list[str] | None,
        typer.Option(
            "--result",
            help="A result; again for more, --list names all.",
            autocompletion=_results,
        ),
    ] = None,
    reduce: Annotated[
        list[str] | None,
        typer.Option(
            "--reduce",
            help="max, min, mean, argmax or argmin of an axis.",
            metavar="KEY=HOW",
            autocompletion=_axes,
        ),
    ] = None,
    scheme: Annotated[
        str | None,
        typer.Option(
            help="grid, rows, latin-hypercube or sobol.",
            autocompletion=lambda: ["grid", "rows", "latin-hypercube", "sobol"],
        ),
    ] = None,
    samples: Annotated[int | None, typer.Option(help="Points that are drawn.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of the draw.")] = None,
    out: OutOption = None,
    force: ForceOption = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run stopped.")] = False,
    scheduler: Annotated[
        str, typer.Option(help="threads, local, or the address of a dask scheduler.")
    ] = "threads",
    workers: Annotated[int | None, typer.Option(min=1, help="How many; all cores.")] = None,
    plot: Annotated[bool, typer.Option("--plot", help="Draw figures.")] = False,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="Rank what the results depend on.")
    ] = False,
    list_: Annotated[
        bool,
        typer.Option(
            "--list", help="List the results and leave.", is_eager=True, callback=_list_results
        ),
    ] = False,
    figures: FiguresOption = FIGURES,
    style: StyleOption = STYLE,
    adjust: AdjustOption = None,
    latex: LatexOption = False,
    set_: SetOption = None,
) -> None:
    """Map results over one to six numbers of a case; a run that is stopped can be resumed."""
    del list_
    from entrap.studies.sweep.drawn import curves
    from entrap.studies.sweep.inputs.column import Column
    from entrap.studies.sweep.inputs.options import Sweep
    from entrap.studies.sweep.inputs.varied import check_ends, varied

    look = look_of(figures, style, adjust, curves())
    stated = read_case(context, case, set_, needs=("material",))
    with refusing(WRONG):
        axes = varied(
            Sweep.of(stated),
            vary or (),
            results=[name.strip() for text in result or () for name in text.split(",")],
            reduce=reduce or (),
            scheme=scheme,
            samples=samples,
            seed=seed,
        )
        check_ends(stated, axes)
    for key, axis in axes.axes.items():
        if isinstance(axis, Column):
            say(axis.said(key))
    prepare()
    from entrap.studies.sweep.writing import write_sweep

    how = {"resume": resume, "force": force, "scheduler": scheduler, "workers": workers}
    target = out or Path(f"{case.stem}-sweep")
    stopped = f"the finished part stays in {target}: go on with --resume"
    with stopping(stopped), refusing(WRONG):
        drawn = {"plot": plot, "look": look, "latex": latex}
        write_sweep(stated, axes, target, sensitivity=sensitivity, **drawn, **how)


def show(
    store: Annotated[Path, typer.Argument(help="A sweep's folder or store.", metavar="SWEEP")],
    out: OutOption = None,
    figures: FiguresOption = FIGURES,
    style: StyleOption = STYLE,
    adjust: AdjustOption = None,
    latex: LatexOption = False,
) -> None:
    """Draw a sweep again from its store, without computing."""
    prepare()
    from entrap.studies.sweep.drawn import curves
    from entrap.studies.sweep.writing import show_store

    look = look_of(figures, style, adjust, curves())
    with refusing("The sweep cannot be drawn"):
        show_store(store, out, look=look, latex=latex)
