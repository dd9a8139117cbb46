"""Each checker of the project catches a fault planted for it: none of them only looks on."""

import importlib
import os
import re
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import jax.numpy as jnp
import pytest

import entrap.model

ROOT = Path(__file__).parents[2]

CHECKED = """
from jaxtyping import Array, Float

def inner(x: Float[Array, " n"], y: Float[Array, " n"]) -> Float[Array, ""]:
    return x @ y if x.shape == y.shape else x[0]
"""


def run(tool, *arguments, cwd):
    """Run a tool of this environment there; the process, with what it said."""
    command = [Path(sys.executable).parent / tool, *arguments]
    environment = os.environ | {"PYTHONPATH": str(cwd)}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture
def project(tmp_path):
    """A folder with the project's settings and nothing else."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.fixture
def checked(tmp_path, monkeypatch):
    """A module put into the package for one test, typed like the rest of it."""
    (tmp_path / "planted.py").write_text(CHECKED)
    monkeypatch.setattr(entrap.model, "__path__", [*entrap.model.__path__, str(tmp_path)])
    yield importlib.import_module("entrap.model.planted")
    del sys.modules["entrap.model.planted"]


UPWARD = [
    ("core/constants.py", "import entrap.model", "Data flows one way"),
    ("model/landau.py", "import entrap.case", "Data flows one way"),
    ("case/case.py", "import entrap.model", "Data flows one way"),
    ("case/case.py", "import entrap.studies.sweep", "Data flows one way"),
    ("report/page.py", "import entrap.studies.run.answer", "Data flows one way"),
    ("studies/run/page.py", "import entrap.studies.trap.design", "A verb knows no other verb"),
    ("studies/run/answer.py", "import matplotlib", "Only report and a verb's figures"),
    ("studies/run/answer.py", "import jinja2", "Only report and a verb's pages"),
    ("solve/jit.py", "import rich", "Only report, a verb's pages"),
    ("model/landau.py", "import entrap.studies.paper.printed", "Nothing computes from"),
    ("studies/run/page.py", "import entrap.studies.paper.printed", "Nothing computes from"),
]


@pytest.mark.checkers
def test_import_linter_catches_every_arrow_that_runs_up(project):
    shutil.copytree(ROOT / "src/entrap", project / "entrap")
    for module, line, _ in UPWARD:
        with (project / "entrap" / module).open("a") as file:
            file.write(f"\n{line}\n")
    planted = run("lint-imports", "--no-cache", cwd=project)
    assert planted.returncode == 1
    _, *told = re.split(r"^(.+)\n-+\n", planted.stdout.partition("Broken contracts")[2], flags=re.M)
    broken = dict(zip(told[::2], told[1::2], strict=True))
    for module, line, contract in UPWARD:
        (arrows,) = (text for name, text in broken.items() if name.startswith(contract))
        low = module.removesuffix(".py").replace("/", ".")
        assert re.search(rf"entrap\.{low} -> {line.removeprefix('import ')}", arrows), (low, line)


@pytest.mark.checkers
def test_pyright_catches_a_wrong_type_in_sources_and_benchmarks(project):
    for file in ("src/entrap/planted.py", "benchmarks/planted.py"):
        (project / file).parent.mkdir(parents=True)
        (project / file).write_text("x: int = 'one'\n")
    found = run("pyright", "--pythonpath", sys.executable, cwd=project)
    assert found.returncode == 1
    assert "2 errors" in found.stdout


@pytest.mark.checkers
@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("x = 1\nx == 2\n", "B015"),
        ("def f(x):\n    return x\n", "ANN001"),
        ("def f(x: int) -> int:\n    return x\n", "D103"),
        ("print(1)\n", "T201"),
        ("import os\n", "F401"),
    ],
)
def test_ruff_catches(project, code, rule):
    (project / "planted.py").write_text(code)
    found = run("ruff", "check", "--no-cache", "--output-format=concise", cwd=project)
    assert found.returncode == 1
    assert f" {rule} " in found.stdout


def test_a_wrong_shape_is_caught_at_the_call(checked):
    assert float(checked.inner(jnp.ones(3), jnp.ones(3))) == 3
    with pytest.raises(Exception, match="inner"):
        checked.inner(jnp.ones(3), jnp.ones(4))


def test_a_wrong_type_is_caught_at_the_call(checked):
    with pytest.raises(Exception, match="inner"):
        checked.inner("one", jnp.ones(3))


def test_mixed_dtypes_do_not_pass():
    with pytest.raises(Exception, match="promotion"):
        jnp.add(jnp.ones(3, "float32"), jnp.ones(3, "float64"))


def test_a_warning_is_an_error():
    with pytest.raises(UserWarning, match="canary"):
        warnings.warn("canary", stacklevel=1)
