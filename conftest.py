"""Run the examples in docstrings, README.md and docs/ as tests."""

import atexit
import os
import shutil
import tempfile
from doctest import ELLIPSIS, NORMALIZE_WHITESPACE
from pathlib import Path

import pandas  # noqa: F401 - see below
import pytest
import scipy.stats  # noqa: F401
import xarray  # noqa: F401
import zarr  # noqa: F401
from jaxtyping import install_import_hook
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser
from sybil.parsers.rest import DocTestParser
from sybil.sybil import SybilCollection

# Most of the time of the tests goes into compiling small programs, which the older emitters do in
# two thirds of it. What the package compiles for speed names its own options.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1",
)

# What takes long to compile is kept for all processes of the tests, and of one run of CI.
if "JAX_COMPILATION_CACHE_DIR" not in os.environ:
    kept = tempfile.mkdtemp(prefix="entrap-compiled-")
    atexit.register(shutil.rmtree, kept, ignore_errors=True)
    os.environ["JAX_COMPILATION_CACHE_DIR"] = kept
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.05")

# Nothing calls back into Python then, which none of it could be kept with.
os.environ.setdefault("EQX_ON_ERROR", "nan")

# Types are checked at run time where arrays are named; pyright checks the others. What a checked
# module imports would be compiled from its source as well: the largest packages are there before.
SOURCES = Path(__file__).parent / "src"
CHECKED = [
    ".".join(file.relative_to(SOURCES).with_suffix("").parts)
    for file in SOURCES.rglob("*.py")
    if file.name != "__init__.py" and "entrap.core.arrays" in file.read_text("utf-8")
]
if "UNCHECKED" not in os.environ:
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


# Examples that take seconds to compile.
LONG = {
    SOURCES / "entrap" / file
    for file in (
        "model/film.py",
        "studies/sweep/sweep.py",
        "studies/trap/design.py",
        "studies/trap/reach.py",
    )
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The blocks of the docs' pages, and the longest examples, run with the slow tests."""
    pages = Path(__file__).parent / "docs"
    for item in items:
        if pages in item.path.parents or item.path in LONG:
            item.add_marker(pytest.mark.slow)
