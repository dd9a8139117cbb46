"""The command line: a row a verb, and what becomes of errors. What computes is imported late."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from entrap.core.errors import InputError, SolveError
from entrap.report import completion as completed
from entrap.report.command import complain, refuse, refusing, spoken, stopping
from entrap.studies.compare.command import compare
from entrap.studies.explore.command import explore
from entrap.studies.film.command import film
from entrap.studies.fit.command import fit
from entrap.studies.paper.command import paper
from entrap.studies.plan.command import plan
from entrap.studies.run.command import run
from entrap.studies.sweep.command import show, sweep
from entrap.studies.trap.command import trap

VERBS = (run, trap, film, fit, plan, sweep, show, compare, paper, explore)
"""The commands of all rooms, in the order in which `--help` lists them."""


class _Commands(TyperGroup):
    """All commands; `completion` prints the scripts that typer's own two options would install."""

    def get_params(self, ctx: typer.Context) -> list[Any]:
        """The options before a command."""
        hidden = ("install_completion", "show_completion")
        return [param for param in super().get_params(ctx) if param.name not in hidden]


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="The entropy of electron mixing in a superconductor with a quasiparticle trap.",
)


def main() -> None:
    """Run a command; a wrong case exits with 2, a failed computation with 1, never a traceback."""
    if os.environ.get("COLUMNS") == "0":  # of a terminal that knows no width: nothing would fit
        del os.environ["COLUMNS"]
    try:
        with stopping("nothing was written"):
            app(obj=_load_case, prog_name="entrap")
    except InputError as error:
        refuse("The input is wrong", error)
    except (SolveError, FloatingPointError, MemoryError, OverflowError) as error:
        complain("The computation failed", str(error) or type(error).__name__)
        sys.exit(1)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        if error.filename is None and _broken(sys.stdout):
            complain(
                "The standard output cannot be written",
                f"{error.strerror or error}: a result that was complete before is in its folder",
            )
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(1)
        where = f" ({error.filename})" if error.filename else ""
        complain(
            "The result cannot be written",
            f"{error.strerror or error}{where}: "
            "nothing was left behind; free some space or give another --out",
        )
        sys.exit(1)


def _broken(output: Any) -> bool:
    """Whether what was printed cannot be written."""
    try:
        print(file=output, flush=True)  # what was refused before may be forgotten
    except OSError:
        return True
    return False


def _load_case(path: Path, overrides: Any, **needs: Any) -> Any:
    from entrap.app.casefile import load_case

    return load_case(path, overrides, **needs)


@app.callback(invoke_without_command=True)
def version(
    show: Annotated[bool, typer.Option("--version", help="Print the version and leave.")] = False,
) -> None:
    """Options that stand before a command."""
    if show:
        from importlib.metadata import version as installed

        typer.echo(f"entrap {installed('entrap')}")
        raise typer.Exit


for verb in VERBS:
    app.command()(spoken(verb))


@app.command()
@spoken
def materials(
    name: Annotated[
        str | None,
        typer.Argument(help="Key or name of a material.", autocompletion=completed.materials),
    ] = None,
) -> None:
    """List the materials of the library, or one with all its numbers and their sources."""
    from entrap.app.materials import print_material, print_materials

    if name is None:
        print_materials()
    else:
        with refusing("The name is not known"):
            print_material(name)


@app.command()
@spoken
def cite(
    bibtex: Annotated[bool, typer.Option("--bibtex", help="BibTeX alone.")] = False,
) -> None:
    """Print how to cite the paper and this package, as text and as BibTeX."""
    from entrap.report.citation import PAPER, software
    from entrap.report.terminal import answer, voice

    works = (PAPER, software())
    answer({"works": [{"text": work.text(), "bibtex": work.bibtex()} for work in works]})
    for work in works if not voice().silent else ():
        typer.echo(f"{work.bibtex()}\n" if bibtex else f"{work.text()}\n\n{work.bibtex()}\n")


@app.command()
@spoken
def schema() -> None:
    """Print the JSON schema of case files, with which editors complete and check them."""
    from entrap.app.casefile import case_schema
    from entrap.report.terminal import answer, voice

    made = case_schema()
    answer(made)
    if not voice().silent:
        typer.echo(json.dumps(made, indent=2, ensure_ascii=False))


@app.command()
def completion(
    shell: Annotated[
        str,
        typer.Argument(help="bash, zsh or fish.", autocompletion=lambda: ["bash", "zsh", "fish"]),
    ],
) -> None:
    """Print the script by which a shell completes commands, keys, materials and results."""
    from entrap.app.completion import SCRIPTS, script

    with refusing("The argument is wrong"):
        if shell not in SCRIPTS:
            raise InputError(f"SHELL must be bash, zsh or fish, but is {shell!r:.60}")
    typer.echo(script(shell), nl=False)
