"""The explorer as one file that opens from disk: what the closed forms draw, without a server."""

import json
import os
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.report.folder import writable
from entrap.studies.explore.bundle import bundled, text_of
from entrap.studies.explore.closed import closed_forms, told
from entrap.studies.explore.controls import graded, named, presets


def static_page(opened: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """The page with its modules inside.

    Args:
        opened: Cases to begin with, by name, as nested tables; the presets follow.

    Raises:
        InputError: the closed forms do not reach a case of these.
    """
    modules: dict[str, str] = {}
    closed, cases, own = {}, [], opened or {}
    for name, tables in {**own, **presets(), **own}.items():  # what is refused comes first
        try:
            made = closed_forms(Case.from_dict(tables))
        except InputError as error:
            if name in own:
                raise InputError(
                    f"{error}; without --static a page with a server draws it"
                ) from None
            continue
        names = [_named(modules, text) for text in made.modules]
        closed[name] = {"modules": names, "data": made.data}
        cases.append(named(name, tables))
    start = {"cases": cases, "grades": graded(), "version": version("entrap")}
    start |= {"closed": closed, "told": told()}
    html = text_of("index.html")
    for old, new in (
        (
            '<link rel="stylesheet" href="page/style.css">',
            f"<style>\n{text_of('style.css')}</style>",
        ),
        (
            '<script type="module" src="page/page.js"></script>',
            f'<script type="application/json" id="offline">{_inside(start)}</script>\n'
            f'<script type="module">\n{bundled(modules, "page.js")}\n</script>',
        ),
    ):
        if old not in html:
            raise RuntimeError(f"the page has no {old}")
        html = html.replace(old, new)
    return html


def write_static_page(file: Path, opened: Mapping[str, Mapping[str, Any]] | None = None) -> None:
    """Write the page in one step, in place of what the file held.

    Raises:
        InputError: the file cannot be written, or the closed forms do not reach a case.
    """
    text = static_page(opened)
    with writable(file, "--static", "a file"):
        if file.is_dir():
            raise InputError(f"{file} must be a file, but is a folder")
        with tempfile.NamedTemporaryFile(dir=file.absolute().parent, delete=False) as unfinished:
            unfinished.write(text.encode())
        Path(unfinished.name).chmod(0o644)
        os.replace(unfinished.name, file)


def _named(modules: dict[str, str], text: str) -> str:
    """The name of a module with this text, which is one for all cases that have it."""
    for name, known in modules.items():
        if known == text:
            return name
    name = f"forms/{len(modules)}.js"
    modules[name] = text
    return name


def _inside(data: Any) -> str:
    """JSON that ends no element of the page."""
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")
