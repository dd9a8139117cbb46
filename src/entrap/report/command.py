"""What all commands share: arguments, how their process is prepared, how errors are shown."""

import atexit
import contextlib
import functools
import gc
import inspect
import os
import signal
import sys
import threading
import types
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from entrap.core.errors import InputError, SolveError, printable
from entrap.report import completion
from entrap.report.look import STYLES, Look
from entrap.report.written import FORMATS, USUAL

_FEATURES = ("flags", "features")  # as Linux tells them of processors of Intel and of ARM
_PAUSE = 0.05  # s, until an interrupt is tried again

CASE, OPTION = "The case is wrong", "The option is wrong"
UNWRITABLE, LACKING = "The result cannot be written", "A package is missing"
"""Headings of errors, each with what is wrong in lines below it."""

CaseArgument = Annotated[Path, typer.Argument(help="Case file (TOML).", metavar="CASE.toml")]
OutOption = Annotated[Path | None, typer.Option("--out", help="Folder to write.", metavar="DIR")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an earlier result there.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help='Override a key, as in "landau.a=2 k_B"; again for more.',
        metavar="TABLE.KEY=VALUE",
        autocompletion=completion.settings,
    ),
]


def _formats(text: str) -> tuple[str, ...]:
    """The formats that `--figures` names; others end the command."""
    found = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    with refusing(OPTION):
        for unknown in (each for each in found if each not in FORMATS):
            raise InputError(
                f"--figures must name formats out of {', '.join(FORMATS)}, with commas between "
                f'them, but has "{unknown}"'
            )
    return found


def look_of(
    formats: Iterable[str],
    style: str,
    adjust: Iterable[str] | None,
    known: Mapping[str, Collection[str]],
) -> Look:
    """How figures are to look by these options; what cannot be ends the command.

    `known` has the figures that there can be, each with its curves.
    """
    with refusing(OPTION):
        return Look.of(adjust or (), formats=formats, style=style, known=known)


FiguresOption = Annotated[
    Any,
    typer.Option(
        "--figures",
        help=f"Formats of the figures, out of {', '.join(FORMATS)}.",
        metavar="FORMAT,FORMAT",
        parser=_formats,
    ),
]
LatexOption = Annotated[
    bool, typer.Option("--latex", help="Write tables for print as LaTeX too.", show_default=False)
]
FIGURES = ",".join(USUAL)
"""What `FiguresOption` is by default."""
StyleOption = Annotated[
    str, typer.Option("--style", help=f"Of the figures: {' or '.join(STYLES)}.", metavar="STYLE")
]
STYLE = STYLES[0]
"""What `StyleOption` is by default."""
AdjustOption = Annotated[
    list[str] | None,
    typer.Option(
        "--adjust",
        help="Curves, axes or size of figures, as in "
        '"rates.curves=trapping,escape", "rates.x=linear", "rates.y=1:1e6:log" or "size=8.6 cm"; '
        "again for more.",
        metavar="FIGURE.KEY=VALUE",
    ),
]

_QuietOption = Annotated[bool, typer.Option("--quiet", help="Print nothing but errors.")]
_JsonOption = Annotated[
    bool, typer.Option("--json", help="Print the summary as a JSON object, and nothing else.")
]


def spoken(verb: Callable[..., None]) -> Callable[..., None]:
    """The command of a verb with the options `--quiet` and `--json`."""

    @functools.wraps(verb)
    def command(*, quiet: bool = False, json: bool = False, **given: Any) -> None:
        from entrap.report.terminal import Voice, print_answer, speaking

        with stopping("nothing was written"), speaking(Voice(quiet, json)):
            try:
                verb(**given)
            except SolveError:  # what was written before is still answered
                print_answer()
                raise
            print_answer()

    own = inspect.signature(verb)
    kind = inspect.Parameter.KEYWORD_ONLY
    added = {"quiet": _QuietOption, "json": _JsonOption}
    more = [inspect.Parameter(n, kind, default=False, annotation=a) for n, a in added.items()]
    given = [parameter.replace(kind=kind) for parameter in own.parameters.values()]
    vars(command)["__signature__"] = own.replace(parameters=[*given, *more])  # typer reads it
    command.__annotations__ = {**verb.__annotations__, **added}
    return command


def read_case(
    context: typer.Context, path: Path, overrides: list[str] | None, **needs: Iterable[str]
) -> Any:
    """The case of a case file with the tables of all studies, changed as `--set` says.

    The object of the context reads it, since only `app` knows all rooms. `needs` names the tables
    that the command cannot do without. What is wrong with the file ends the command.
    """
    with refusing(CASE):
        stated = context.obj(path, overrides or (), **needs)
    material = stated.material
    if material.name and not material.in_library:
        say(
            f'"{material.name:.40}" is not a material of the library, so that nothing is filled '
            "in: `entrap materials` lists those that are"
        )
    return stated


def claim(target: Path, kind: str, formats: Collection[str], *, force: bool) -> None:
    """As `folder.claim`; a folder that cannot be written ends the command."""
    from entrap.report import folder

    with refusing(UNWRITABLE):
        folder.claim(target, force=force, kind=kind, formats=formats)


def prepare() -> None:
    """Keep what is traced and compiled in the user's cache folder, and collect no garbage."""
    gc.disable()  # a run is seconds long: looking for garbage would be a tenth of it
    atexit.register(gc.freeze)  # nor need it be gone through at the end
    chosen = {
        "JAX_COMPILATION_CACHE_DIR": str(kept()),
        "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0",
        "OPENBLAS_NUM_THREADS": "1",  # its matrices are small: threads would only wait
        "EQX_ON_ERROR": "nan",  # what calls back into Python cannot be kept
        "TF_CPP_MIN_LOG_LEVEL": "3",  # XLA's log is for its developers: what fails is raised too
    }
    for key, value in chosen.items():
        os.environ.setdefault(key, value)
    os.environ["MPLBACKEND"] = "agg"  # that of a notebook is none here, and figures go to files
    # A damaged or read-only cache costs time only: nobody need be told at every program.
    warnings.filterwarnings("ignore", r"Error \w+ing persistent compilation cache", UserWarning)
    # SciPy ignores it too, but in a way that another thread undoes.
    warnings.filterwarnings("ignore", "(Rounding errors|The line search)", RuntimeWarning)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        with contextlib.suppress(ValueError):  # in a thread nothing is interrupted
            signal.signal(signal.SIGINT, interrupt)


def kept(processors: Path = Path("/proc/cpuinfo")) -> Path:
    """The folder of what is compiled for processors like this machine's.

    In a home that machines share lie programs of others too, whose instructions this one may lack:
    XLA would run them.

    Args:
        processors: Where the system tells what its processors can do.
    """
    import hashlib
    import platform

    import platformdirs

    features = platform.processor()
    with contextlib.suppress(OSError), processors.open(encoding="utf-8") as told:
        features = next((line for line in told if line.lower().startswith(_FEATURES)), features)
    of = hashlib.sha256(f"{platform.machine()} {features}".encode()).hexdigest()
    return Path(platformdirs.user_cache_dir("entrap")) / f"{platform.machine()}-{of[:12]}"


def interrupt(number: int, frame: types.FrameType | None) -> None:
    """Handle an interrupt, but not within an import or a finalizer: it waits until that is done.

    Python would keep the lock of the module for ever, and extension modules of JAX would crash;
    from a finalizer Python would print the interrupt, and go on.
    """
    within = frame
    while within and not _waited_for(within.f_code):
        within = within.f_back
    if within is None:
        signal.default_int_handler(number, frame)
    again = threading.Timer(_PAUSE, signal.raise_signal, [number])
    again.daemon = True
    again.start()


def _waited_for(code: types.CodeType) -> bool:
    return code.co_name == "__del__" or code.co_filename.startswith("<frozen importlib")


@contextlib.contextmanager
def refusing(heading: str) -> Iterator[None]:
    """An `InputError` within the block ends the command with exit code 2, under this heading."""
    try:
        yield
    except InputError as error:
        refuse(heading, error)


@contextlib.contextmanager
def stopping(text: str) -> Iterator[None]:
    """An interrupt within the block ends the command with exit code 130 and this text."""
    try:
        yield
    except KeyboardInterrupt:
        complain("Stopped", text)
        with contextlib.suppress(OSError):
            sys.stdout.flush()
        os._exit(130)  # Python's own end would crash where threads are still at work


def refuse(heading: str, error: InputError) -> NoReturn:
    """Say what is wrong with the input, and leave with exit code 2."""
    count = len(error.problems)
    complain(heading if count == 1 else f"{heading}, in {count} places", str(error))
    sys.exit(2)


def complain(heading: str, text: str) -> None:
    """Print a heading and indented lines on standard error."""
    from rich.console import Console
    from rich.text import Text

    console = Console(stderr=True, highlight=False, soft_wrap=True)
    console.print(Text.assemble((f"{heading}:", "bold red")))
    for line in text.splitlines():
        console.print(Text(f"  {printable(line)}"))


def say(text: str) -> None:
    """Print a line on standard error, as progress is."""
    from rich.text import Text

    from entrap.report.terminal import console

    console(errors=True).print(Text(printable(text)), highlight=False, soft_wrap=True)
