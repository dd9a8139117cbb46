"""Strict numerics, no display, reproducible random inputs; the command line as a fixture."""

import contextlib
import gc
import html.parser
import io
import json
import math
import os
import re
import signal
import subprocess
import sys
import types
import urllib.parse
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from unittest import mock

os.environ["MPLBACKEND"] = "Agg"

import hypothesis
import jax
import matplotlib.image
import playwright
import pytest

from entrap.app import cli
from entrap.report import divided

divided.cores = lambda: 1  # tests have all cores already, and copies of their processes are large

# A shell may start us with interrupts ignored, as nohup's do; what we start would ignore them too.
signal.signal(signal.SIGINT, signal.default_int_handler)
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_numpy_dtype_promotion", "strict")
# Rank promotion stays allowed: that parameters and coordinates broadcast is what is promised.

# No deadline: the first call of a function compiles it. The same examples every time, so that what
# decides is the code; `make test-random` draws new ones, and many.
shared = {"deadline": None, "print_blob": True}
fixed = {"derandomize": True, "database": None, "max_examples": 50}
hypothesis.settings.register_profile("default", **shared, **fixed)
hypothesis.settings.register_profile("random", **shared, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_finish():
    """What is there by now stays: looking for garbage among it would be a tenth of the time."""
    gc.collect()
    gc.freeze()


def _called(*arguments, cwd="."):
    """Call `main` with these arguments there: exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    handled = signal.getsignal(signal.SIGINT)
    with (
        mock.patch.object(sys, "argv", ["entrap", *map(str, arguments)]),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ),
        mock.patch("entrap.report.watching._PAUSE", math.inf),  # no line depends on the load
    ):
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        finally:
            gc.enable()  # the command leaves it off, since it ends soon
            signal.signal(signal.SIGINT, handled)
    return types.SimpleNamespace(code=code, out=out.getvalue(), err=err.getvalue())


@pytest.fixture(scope="session")
def call():
    """`call("run", "case.toml", cwd=folder)`: the command in this process."""
    return _called


@pytest.fixture
def put(tmp_path):
    """`put(content, name)`: writes a file of text or bytes and gives its path."""

    def written(content, name="data.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


@pytest.fixture(scope="session")
def environment():
    """Environment of processes: all that they compile is kept, where the root `conftest.py` says."""
    return os.environ | {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}


@pytest.fixture(scope="session")
def start(environment):
    """`start("run", "case.toml", cwd=folder)`: the command as a process, not waited for.

    What else is named is a variable of its environment.
    """
    command = Path(sys.executable).parent / "entrap"

    def started(*arguments, cwd=".", **more):
        return subprocess.Popen(
            [command, *map(str, arguments)],
            cwd=cwd,
            env=environment | more,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return started


@pytest.fixture(scope="session")
def javascript(tmp_path_factory):
    """`javascript(text, other=text)`: what a module prints as JSON, where "NaN" is a text.

    It runs in the Node.js that playwright brings along; what else is named is a module beside it.
    """
    node = Path(playwright.__file__).parent / "driver" / "node"
    if not node.exists():
        pytest.skip("playwright has no Node.js here")

    def printed(text, **modules):
        folder = tmp_path_factory.mktemp("javascript")
        for name, module in {"main": text, **modules}.items():
            (folder / f"{name}.mjs").write_text(module, "utf-8")
        run = subprocess.run([node, "main.mjs"], cwd=folder, capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)

    return printed


class _Page(html.parser.HTMLParser):
    """What a page would fetch, whether its tags close, and its text."""

    def __init__(self):
        super().__init__()
        self.fetched, self.open, self.text, self.files = [], [], [], []

    def handle_starttag(self, tag, attrs):
        if tag == "a" and "download" in dict(attrs):
            self.files.append(urllib.parse.unquote(dict(attrs)["href"]))
        if tag in ("script", "link", "iframe", "object", "embed", "base"):
            self.fetched.append(tag)
        for name, value in attrs:
            target = (value or "").strip()
            if name in ("src", "href", "xlink:href", "data", "action", "srcset", "poster"):
                if tag != "a" and not target.startswith(("#", "data:")):  # a link is not followed
                    self.fetched.append(target)
            if not name.startswith("xmlns") and re.search(r"url\((?!#)|@import", target):
                self.fetched.append(target)
        if tag not in ("meta", "br", "wbr", "img", "hr", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in ("meta", "br", "wbr", "img", "hr", "input"):
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            if re.search(r"url\((?!#)|@import", data):
                self.fetched.append(data)
        self.text.append(data)


def _whole_page(path):
    text = path.read_text("utf-8")
    page = _Page()
    page.feed(text)
    page.close()
    assert (page.open, page.fetched) == ([], [])
    without_names = re.sub(r'xmlns(:\w+)?="[^"]*"', "", text)
    # A link to a paper is followed only by who wants to.
    without_names = re.sub(r'<a href="https://(arxiv|doi)\.org/[^"]+">', "<a>", without_names)
    assert not re.findall(
        r"https?://\S*", re.sub(r"<(metadata|rdf:RDF).*?</\1>", "", without_names, flags=re.S)
    )
    # Nothing that a template has left open.
    prose = re.sub(r"<svg.*?</svg>|<pre>@misc.*?</pre>", "", text, flags=re.S)
    assert not re.search(r"{[{%]|\$[a-z_]+", prose)
    identifiers = re.findall(r'\bid="([^"]+)"', text)
    assert len(identifiers) == len(set(identifiers))
    used = {*re.findall(r'href="#([^"]+)"', text), *re.findall(r"url\(#([^)]+)\)", text)}
    assert used <= set(identifiers)
    assert [*page.files] == [f for f in page.files if (path.parent / f).is_file()]
    for figure in re.findall(r"<figure>.*?</figure>", text, flags=re.S):  # with what it draws
        assert "<svg" not in figure or re.search(r'href="[^"]+\.csv" download', figure), figure
    contents = re.search(r"<nav.*?</nav>", text, flags=re.S)
    assert contents
    assert contents[0].count("<li>") == text.count("<h2 id=") > 1
    return " ".join("".join(page.text).split()), text.count("<svg")


@pytest.fixture(scope="session")
def whole_page():
    """`whole_page(path)`: a page that needs no other file; its text, and how many figures."""
    return _whole_page


def _picture(path):
    picture = matplotlib.image.imread(path.with_suffix(".png"))
    height, width = picture.shape[:2]
    assert width >= 1000
    assert height >= 400
    assert picture[..., :3].std() > 0.02  # something is drawn
    drawn = ElementTree.parse(path.with_suffix(".svg")).getroot()
    assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
    texts = [t for node in drawn.iter("{http://www.w3.org/2000/svg}text") for t in node.itertext()]
    assert any("(" in t for t in texts), "axes say their units"


@pytest.fixture(scope="session")
def picture():
    """`picture(folder / name)`: that PNG and SVG of this name are, with units on their axes."""
    return _picture
