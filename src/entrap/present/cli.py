"""The command line. It parses, calls and prints; what computes is imported by the command."""

import gc
import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

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

_MARKS = ("summary.json", "claims.json")


def main() -> None:
    """Run a command; a wrong case exits with 2, a failed computation with 1, never a traceback."""
    try:
        app()
    except InputError as error:
        _complain(
            "The case is wrong"
            if len(error.problems) == 1
            else f"The case is wrong, in {len(error.problems)} places",
            str(error),
        )
        sys.exit(2)
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


@app.command()
def run(
    case: CaseArgument, out: OutOption = None, force: ForceOption = False, set_: SetOption = None
) -> None:
    """Follow a sample through hold and warm-up: numbers, margins, figures, a report."""
    from entrap.inputs.casefile import load_case
    from entrap.present import folder

    _hurry()
    target = out or Path(f"{case.stem}-result")
    stated = load_case(case, set_ or ())
    folder.claim(target, force=force, marks=_MARKS)
    from entrap.present.running import write_run

    write_run(stated, target)
    gc.freeze()  # nor need it be gone through at the end


@app.command()
def trap(
    case: CaseArgument, out: OutOption = None, force: ForceOption = False, set_: SetOption = None
) -> None:
    """Tell how fast a junction empties its film, what limits it and what would help."""
    from entrap.inputs.casefile import load_case
    from entrap.present import folder
    from entrap.study.trapping.needs import NEEDS, film_temperature

    _hurry()
    target = out or Path(f"{case.stem}-trap")
    stated = load_case(case, set_ or (), needs=NEEDS)
    film_temperature(stated)
    folder.claim(target, force=force, marks=_MARKS)
    from entrap.present.designing import write_design

    write_design(stated, target)
    gc.freeze()


@app.command()
def paper(out: OutOption = None, force: ForceOption = False) -> None:
    """Check every equation and number of the paper, and draw its figures."""
    from entrap.present import folder

    target = out or Path("paper-result")
    folder.claim(target, force=force, marks=_MARKS)
    _hurry()
    from entrap.present.reproducing import write_paper

    write_paper(target)
    gc.freeze()


@app.command()
def materials(
    name: Annotated[str | None, typer.Argument(help="Key or name of a material.")] = None,
) -> None:
    """List the materials of the library, or one with all its numbers and their sources."""
    from entrap.present.listing import print_material, print_materials

    if name is None:
        print_materials()
    else:
        print_material(name)


@app.command()
def schema() -> None:
    """Print the JSON schema of case files, with which editors complete and check them."""
    from entrap.inputs.schema import case_schema

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


def _complain(heading: str, text: str) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble((f"{heading}:", "bold red")))
    for line in text.splitlines():
        console.print(Text(f"  {line}"))
