"""The page's modules in one text, for where none can be loaded: a file on disk, a notebook."""

import re
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

PAGE = Path(str(files("entrap.studies.explore") / "page"))
"""Where the page's files lie."""

MODULES = (
    "vendor/d3.js", "words.js", "plots.js", "lines.js", "grades.js", "state.js", "closed.js",
    "hosts.js", "engine.js", "controls.js", "sample.js", "device.js", "maps.js", "folder.js",
    "views.js", "results.js", "tour.js", "app.js",
)  # fmt: skip
"""The modules of the page, each after those that it imports."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "\./([^"]+)";$', re.MULTILINE)
_EXPORTED = re.compile(r"^export (?:async )?(?:function|class|const) (\w+)", re.MULTILINE)
_LIST = re.compile(r"^export ?\{([^}]*)\};$|;export ?\{([^}]*)\};$", re.MULTILINE)


def text_of(name: str) -> str:
    """The text of one of the page's files."""
    return (PAGE / name).read_text("utf-8")


def bundled(more: Mapping[str, str], last: str) -> str:
    """The modules as functions of a table `modules`, which is known everywhere.

    Args:
        more: Texts of further modules, by name.
        last: Name of the module that uses them all.
    """
    texts = {name: text_of(name) for name in MODULES} | dict(more)
    parts = [_wrapped(name, text) for name, text in texts.items()]
    whole = ["const modules = {};", *parts, "globalThis.entrapModules = modules;"]
    return "\n".join([*whole, _wrapped(last, text_of(last))])


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
