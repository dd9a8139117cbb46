"""The explorer as one file that opens from disk: what the closed forms draw, without a server."""

import json
import os
import re
import tempfile
from collections.abc import Mapping
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.report.folder import writable
from entrap.studies.explore.closed import closed_forms, told
from entrap.studies.explore.controls import graded, presets, tabs_of

PAGE = Path(str(files("entrap.studies.explore") / "page"))
_ORDER = (
    "vendor/d3.js", "words.js", "plots.js", "lines.js", "grades.js", "state.js", "closed.js",
    "hosts.js", "engine.js", "controls.js", "sample.js", "device.js", "maps.js", "folder.js",
    "views.js", "results.js", "tour.js", "app.js",
)  # fmt: skip
"""Modules of the page, each after those that it imports."""
_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([^"]+)";$', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
_LIST = re.compile(r"^export ?\{([^}]*)\};$|;export ?\{([^}]*)\};$", re.MULTILINE)


def static_page(opened: Mapping[str, Mapping[str, Any]] | None = None) -> str:
    """The page with its modules inside.

    Args:
        opened: Cases to begin with, by name, as nested tables; the presets follow.

    Raises:
        InputError: the closed forms do not reach a case of these.
    """
    modules: dict[str, str] = {}
    closed, cases = {}, []
    for name, tables in {**presets(), **(opened or {})}.items():
        try:
            made = closed_forms(Case.from_dict(tables))
        except InputError:
            if opened and name in opened:
                raise
            continue
        names = [_named(modules, text) for text in made.modules]
        closed[name] = {"modules": names, "data": made.data}
        cases.insert(
            len(cases) if name not in (opened or {}) else 0,
            {"name": name, "title": tables.get("title", name), "tabs": tabs_of(tables)},
        )
    start = {"cases": cases, "grades": graded(), "version": version("entrap")}
    start |= {"closed": closed, "told": told()}
    texts = {name: (PAGE / name).read_text("utf-8") for name in (*_ORDER, "page.js")}
    last = texts.pop("page.js")
    parts = ["const modules = {};"]
    parts += [_wrapped(name, text) for name, text in {**texts, **modules}.items()]
    parts += ["globalThis.entrapModules = modules;", _wrapped("page.js", last)]
    html = (PAGE / "index.html").read_text("utf-8")
    for old, new in (
        (
            '<link rel="stylesheet" href="page/style.css">',
            f"<style>\n{(PAGE / 'style.css').read_text('utf-8')}</style>",
        ),
        (
            '<script type="module" src="page/page.js"></script>',
            f'<script type="application/json" id="offline">{_inside(start)}</script>\n'
            f'<script type="module">\n{chr(10).join(parts)}\n</script>',
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
    with writable(file):
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


def _wrapped(name: str, text: str) -> str:
    """A module as a function that gives its exports, for a page that may load no other file."""
    exports = {exported: exported for exported in _EXPORTED.findall(text)}
    for match in _LIST.finditer(text):
        for part in (match[1] or match[2]).split(","):
            inner, _, outer = part.strip().partition(" as ")
            exports[outer or inner] = inner
    text = _LIST.sub(";", text)
    text = re.sub(r"^export ", "", text, flags=re.MULTILINE)
    text = _IMPORT.sub(lambda m: f'const {{{m[1]}}} = modules["{m[2]}"];', text)
    listed = ", ".join(f"{outer}: {inner}" for outer, inner in exports.items())
    return f'modules["{name}"] = (() => {{\n{text}\nreturn {{ {listed} }};\n}})();'


def _inside(data: Any) -> str:
    """JSON that ends no element of the page."""
    return json.dumps(data, allow_nan=False).replace("<", "\\u003c")
