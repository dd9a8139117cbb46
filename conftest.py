"""Run the examples in docstrings, README.md and docs/ as tests."""

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from jaxtyping import install_import_hook
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

# Types are checked at run time, but in what takes text with a unit and checks itself, and in
# commands, whose arguments typer makes.
SOURCES = Path(__file__).parent / "src"
UNCHECKED = {"case", "inputs", "command.py"}
CHECKED = [
    ".".join(file.relative_to(SOURCES).with_suffix("").parts)
    for file in SOURCES.rglob("*.py")
    if file.name != "__init__.py" and not UNCHECKED & set(file.parts)
]
install_import_hook([*CHECKED, "entrap.model.planted"], "beartype.beartype")

doctests = DocTestParser(optionflags=ELLIPSIS | NORMALIZE_WHITESPACE)
blocks = [PythonCodeBlockParser(), SkipParser()]

pytest_collect_file = SybilCollection(
    [
        Sybil([doctests], path="src", pattern="*.py"),
        Sybil(blocks, path="docs", pattern="*.md"),
        Sybil(blocks, pattern="README.md"),
    ]
).pytest()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The blocks of the docs' pages, together some forty seconds, run with the slow tests."""
    pages = Path(__file__).parent / "docs"
    for item in items:
        if pages in item.path.parents:
            item.add_marker(pytest.mark.slow)
