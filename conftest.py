"""Run the examples in docstrings, README.md and docs/ as tests."""

from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

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
