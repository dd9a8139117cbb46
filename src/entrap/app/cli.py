"""The command line. It parses, calls and prints; what computes is imported by the command."""

import contextlib
import gc
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from entrap.core.errors import InputError, SolveError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The entropy of electron mixing in a superconductor with a quasiparticle trap.",
)

CaseArgument = Annotated[Path, typer.Argument(help="Case file (TOML).", metavar="CASE.toml")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder to write.", metavar="DIR")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an earlier result there.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help='Override a key, as in "landau.a=2 k_B"; again for more.',
        metavar="TABLE.KEY=VALUE",
    ),
]


def main() -> None:
    """Run a command; a wrong case exits with 2, a failed computation with 1, never a traceback."""
    try:
        app()
    except InputError as error:
        _refuse("The case is wrong", error)
    except (SolveError, FloatingPointError, MemoryError, OverflowError) as error:
        _complain("The computation failed", str(error) or type(error).__name__)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        _complain(
            "The result cannot be written",
            f"{error.strerror or error}{where}: "
            "nothing was left behind; free some space or give another --out",
        )
        sys.exit(1)
    except KeyboardInterrupt:
        _complain("Stopped", "nothing was written")
        sys.exit(130)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Options that stand before a command."""
    if show:
        from importlib.metadata import version as installed

        typer.echo(f"entrap {installed('entrap')}")
        raise typer.Exit


def _list_results(wanted: bool) -> bool:
    if wanted:
        from entrap.studies.sweep.command import print_results

        print_results()
        raise typer.Exit
    return wanted


@app.command()
def run(
    case: CaseArgument, out: OutOption = None, force: ForceOption = False, set_: SetOption = None
) -> None:
    """Follow a sample through hold and warm-up: numbers, margins, figures, a report."""
    from entrap.case.toml import load_case
    from entrap.report import folder

    _hurry()
    target = out or Path(f"{case.stem}-result")
    stated = load_case(case, set_ or ())
    folder.claim(target, force=force, kind="run")
    from entrap.studies.run.command import write_run

    write_run(stated, target)
    gc.freeze()  # nor need it be gone through at the end


@app.command()
def trap(
    case: CaseArgument, out: OutOption = None, force: ForceOption = False, set_: SetOption = None
) -> None:
    """Tell how fast a junction empties its film, what limits it and what would help."""
    from entrap.case.toml import load_case
    from entrap.report import folder
    from entrap.studies.trap.needs import NEEDS, film_temperature

    _hurry()
    target = out or Path(f"{case.stem}-trap")
    stated = load_case(case, set_ or (), needs=NEEDS)
    film_temperature(stated)
    folder.claim(target, force=force, kind="trap")
    from entrap.studies.trap.command import write_design

    write_design(stated, target)
    gc.freeze()


@app.command()
def fit(
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
    from entrap.case.toml import load_case
    from entrap.report import folder
    from entrap.studies.fit.needs import NEEDS, needed

    _hurry()
    target = out or Path(f"{case.stem}-fit")
    stated = load_case(case, set_ or (), needs=NEEDS)
    with _about("The input is wrong"):
        folder.claim(target, force=force, kind="fit")
        needed()
    with _about("The data are wrong"):
        from entrap.studies.fit.data.observations import load_data

        read = load_data(data, stated.data)
    from entrap.studies.fit.command import write_fit

    try:
        with _about("The input is wrong"):
            write_fit(stated, read, target, resume)
    except KeyboardInterrupt:
        _complain("Stopped", "nothing was written")
        sys.exit(130)
    gc.freeze()


@app.command()
def plan(
    case: CaseArgument, out: OutOption = None, force: ForceOption = False, set_: SetOption = None
) -> None:
    """Rank measurements by how well they would tell an entropy of mixing from none."""
    from entrap.case.toml import load_case
    from entrap.report import folder
    from entrap.studies.fit.needs import NEEDS, needed

    _hurry()
    target = out or Path(f"{case.stem}-plan")
    stated = load_case(case, set_ or (), needs=NEEDS)
    with _about("The input is wrong"):
        folder.claim(target, force=force, kind="plan")
        needed()
    from entrap.studies.plan.command import write_plan

    write_plan(stated, target)
    gc.freeze()


@app.command()
def sweep(
    case: CaseArgument,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            "--vary",
            help='An axis, as in "mixture.valence_ratio=0.01:20:200:log", "landau.a=2 k_B, 3 k_B" '
            'or "trap.rate=@FILE.csv"; again for more.',
            metavar="KEY=SPEC",
        ),
    ] = None,
    result: Annotated[
        list[str] | None,
        typer.Option("--result", help="What is told; again for more, --list names all."),
    ] = None,
    reduce: Annotated[
        list[str] | None,
        typer.Option(
            "--reduce", help="max, min, mean, argmax or argmin of an axis.", metavar="KEY=HOW"
        ),
    ] = None,
    scheme: Annotated[
        str | None, typer.Option(help="grid, rows, latin-hypercube or sobol.")
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
    set_: SetOption = None,
) -> None:
    """Map results over one to six numbers of a case; a run that is stopped can be resumed."""
    del list_
    from entrap.case.toml import load_case
    from entrap.studies.sweep.inputs.varied import check_ends, varied

    stated = load_case(case, set_ or (), needs=("material",))
    axes = varied(
        stated.sweep,
        vary or (),
        results=[name.strip() for text in result or () for name in text.split(",")],
        reduce=reduce or (),
        scheme=scheme,
        samples=samples,
        seed=seed,
    )
    check_ends(stated, axes)
    _hurry()
    from entrap.studies.sweep.command import SweepOptions, write_sweep

    options = SweepOptions(scheduler, workers, resume, force, plot, sensitivity)
    target = out or Path(f"{case.stem}-sweep")
    try:
        write_sweep(stated, axes, target, options)
    except KeyboardInterrupt:
        _complain("Stopped", f"what is done stays in {target}: go on with --resume")
        sys.exit(130)


@app.command()
def show(
    store: Annotated[Path, typer.Argument(help="A sweep's folder or store.", metavar="SWEEP")],
    out: OutOption = None,
) -> None:
    """Draw a sweep again from its store, without computing."""
    from entrap.studies.sweep.command import show_store

    show_store(store, out)


@app.command()
def paper(out: OutOption = None, force: ForceOption = False) -> None:
    """Check every equation and number of the paper, and draw its figures."""
    from entrap.report import folder

    target = out or Path("paper-result")
    folder.claim(target, force=force, kind="paper")
    _hurry()
    from entrap.studies.paper.command import write_paper

    write_paper(target)
    gc.freeze()


@app.command()
def materials(
    name: Annotated[str | None, typer.Argument(help="Key or name of a material.")] = None,
) -> None:
    """List the materials of the library, or one with all its numbers and their sources."""
    from entrap.app.materials import print_material, print_materials

    if name is None:
        print_materials()
    else:
        print_material(name)


@app.command()
def schema() -> None:
    """Print the JSON schema of case files, with which editors complete and check them."""
    from entrap.case.schema import case_schema

    typer.echo(json.dumps(case_schema(), indent=2, ensure_ascii=False))


def _hurry() -> None:
    """Keep what XLA compiles in the user's cache folder; leave garbage to the process's end."""
    import platformdirs

    gc.disable()  # a run is seconds long: looking for garbage would be a tenth of it
    chosen: dict[str, Any] = {
        "JAX_COMPILATION_CACHE_DIR": platformdirs.user_cache_dir("entrap"),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "EQX_ON_ERROR": "nan",  # what calls back into Python cannot be kept
    }
    for key, value in chosen.items():
        os.environ.setdefault(key, value)


@contextlib.contextmanager
def _about(heading: str) -> Iterator[None]:
    """What is refused within is told under this heading."""
    try:
        yield
    except InputError as error:
        _refuse(heading, error)


def _refuse(heading: str, error: InputError) -> NoReturn:
    count = len(error.problems)
    _complain(heading if count == 1 else f"{heading}, in {count} places", str(error))
    sys.exit(2)


def _complain(heading: str, text: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble((f"{heading}:", "bold red")))
    for line in text.splitlines():
        console.print(Text(f"  {line}"))
