"""`entrap explore`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from entrap.core.errors import InputError
from entrap.report import command


def explore(
    context: typer.Context,
    case: Annotated[
        Path | None, typer.Argument(help="Case file to begin with (TOML).", metavar="[CASE.toml]")
    ] = None,
    port: Annotated[
        int | None,
        typer.Option("--port", help="Port of the page on this machine.", min=1, max=65535),
    ] = None,
    browser: Annotated[bool, typer.Option(help="Open the page in a browser.")] = True,
    static: Annotated[
        Path | None,
        typer.Option(
            "--static",
            help="Write the page into this file instead, which needs no server: it draws what has "
            "closed forms.",
            metavar="FILE.html",
        ),
    ] = None,
) -> None:
    """Open a page on which the sample, its trap and the warm-up move by hand."""
    command.prepare()
    if static is not None:
        _write(context, case, static)
        return
    with command.refusing("The explorer cannot be started"):
        try:
            from entrap.studies.explore.serve import serve
        except ModuleNotFoundError as error:
            raise InputError(
                f"it needs the package {error.name}: install `entrap[explore]`"
            ) from None
    opened = _opened(context, case)
    with command.refusing("The explorer cannot be started"):
        serve(opened, port, browser=browser)


def _opened(context: typer.Context, case: Path | None) -> dict[str, Any]:
    """The case that was named, by its name."""
    if case is None:
        return {}
    from entrap.studies.explore.controls import as_stated

    command.read_case(context, case, None)
    return {case.stem: as_stated(case.read_text("utf-8-sig"))}


def _write(context: typer.Context, case: Path | None, file: Path) -> None:
    opened = _opened(context, case)
    with command.refusing("The page cannot be written"):
        from entrap.studies.explore.static import write_static_page

        write_static_page(file, opened)
    typer.echo(f"The page is in {file}: it opens in a browser, from disk.")
