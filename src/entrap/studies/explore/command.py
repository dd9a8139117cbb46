"""`entrap explore`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from entrap.core.errors import InputError
from entrap.report import command


def explore(
    context: typer.Context,
    opened: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Case files to begin with (TOML), and folders of results to show.",
            metavar="[CASE.toml | DIR]...",
        ),
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
    files = [path for path in opened or () if not path.is_dir()]
    folders = [path for path in opened or () if path.is_dir()]
    with command.refusing(command.OPTION):
        _check(port, static, folders)
    if static is not None:
        _write(_opened(context, files), static)
        return
    with command.refusing("The explorer cannot be started"):
        try:
            from entrap.studies.explore.serve import serve
        except ModuleNotFoundError as error:
            raise InputError(
                f"it needs the package {error.name}: install `entrap[explore]`"
            ) from None
    cases = _opened(context, files)
    paths = {name: str(path) for name, path in zip(cases, files, strict=False)}
    with command.refusing("The explorer cannot be started"):
        from entrap.studies.explore.controls import presets
        from entrap.studies.explore.folders import Results

        results = [Results.at(path) for path in folders]
        whole = {**cases, **{n: c for n, c in presets().items() if n not in cases}}
        serve(whole, port, browser=browser, paths=paths, folders=results)


def _check(port: int | None, static: Path | None, folders: list[Path]) -> None:
    """Refuse what a page without a server cannot have."""
    if static is None:
        return
    if port is not None:
        raise InputError(
            f"--port {port} is of no use with --static, which writes the page into a file and "
            "serves it nowhere: give one of them"
        )
    if folders:
        raise InputError(
            f"{folders[0]} cannot be opened with --static, since the page in a file reads nothing "
            "beside it: open the folder on that page, under Results"
        )


def _opened(context: typer.Context, files: list[Path]) -> Mapping[str, Mapping[str, Any]]:
    """The cases that were named, by the names of their files."""
    from entrap.studies.explore.controls import as_stated

    found: dict[str, Mapping[str, Any]] = {}
    for file in files:
        command.read_case(context, file, None, needs=("material",))
        name, number = file.stem, 2
        while name in found:
            name, number = f"{file.stem}-{number}", number + 1
        found[name] = as_stated(file.read_text("utf-8-sig"))
    return found


def _write(cases: Mapping[str, Mapping[str, Any]], file: Path) -> None:
    with command.refusing("The page cannot be written"):
        from entrap.studies.explore.static import write_static_page

        write_static_page(file, cases)
    typer.echo(f"The page is in {file}: it opens in a browser, from disk.")
