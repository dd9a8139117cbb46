"""`entrap explore`."""

from pathlib import Path
from typing import Annotated

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
) -> None:
    """Open a page on which the sample, its trap and the warm-up move by hand."""
    command.prepare()
    with command.refusing("The explorer cannot be started"):
        try:
            from entrap.studies.explore.serve import serve
        except ModuleNotFoundError as error:
            raise InputError(
                f"it needs the package {error.name}: install `entrap[explore]`"
            ) from None
    opened = {}
    if case is not None:
        from entrap.studies.explore.controls import as_stated

        command.read_case(context, case, None)
        opened = {case.stem: as_stated(case.read_text("utf-8-sig"))}
    with command.refusing("The explorer cannot be started"):
        serve(opened, port, browser=browser)
