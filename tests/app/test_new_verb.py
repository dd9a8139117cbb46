"""A new verb, by the recipe of docs/developing.md: a room, and its command in the registry."""

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.strategies import WORKING

ROOT = Path(__file__).parents[2]

COMMAND = '''
"""`entrap weigh`."""

import typer

from entrap.report.command import CaseArgument, SetOption, read_case


def weigh(context: typer.Context, case: CaseArgument, set_: SetOption = None) -> None:
    """Print how much entropy of mixing an electron has."""
    stated = read_case(context, case, set_, needs=("material", "mixture"))
    from rich.console import Console

    from entrap.report.terminal import print_sentences
    from entrap.studies.weigh.answer import weight

    print_sentences([weight(stated)], Console())
'''

ANSWER = '''
"""What is printed."""

from entrap.case.case import Case
from entrap.solve.sample import sample


def weight(case: Case) -> str:
    """A sentence about L."""
    return f"An electron has {float(sample(case).log_mixing_ratio):.4f} k_B."
'''


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy of the package, with the verb."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copy(ROOT / "pyproject.toml", folder)
    shutil.copytree(ROOT / "src/entrap", folder / "entrap")
    (folder / "case.toml").write_text(WORKING)
    room = folder / "entrap/studies/weigh"
    room.mkdir()
    (room / "__init__.py").write_text('"""What a mixture weighs."""\n')
    (room / "command.py").write_text(COMMAND)
    (room / "answer.py").write_text(ANSWER)
    registry = folder / "entrap/app/cli.py"
    text = registry.read_text()
    assert text.count("VERBS = (run,") == 1
    row = "from entrap.studies.weigh.command import weigh\n\nVERBS = (weigh, run,"
    registry.write_text(text.replace("VERBS = (run,", row))
    return folder


def run(project, command, *arguments):
    environment = os.environ | {"PYTHONPATH": str(project), "COLUMNS": "200"}
    return subprocess.run(
        [*command, *arguments], cwd=project, env=environment, capture_output=True, text=True
    )


def entrap(project, *arguments):
    script = (
        "import sys\n"
        f"sys.argv = {['entrap', *arguments]!r}\n"
        "from entrap.app.cli import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        "    print('jax' in sys.modules)\n"
    )
    return run(project, [sys.executable, "-c", script])


def test_it_reads_a_case_and_answers(project):
    done = entrap(project, "weigh", "case.toml", "--set", "mixture.valence_ratio=3")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("\n")[1] == f"An electron has {math.log(4):.4f} k_B."


def test_its_input_is_checked_before_anything_is_loaded(project):
    done = entrap(project, "weigh", "case.toml", "--set", "mixture.valence_ratio=x")
    assert done.returncode == 2
    assert done.stderr.startswith("The case is wrong:\n  --set: `mixture.valence_ratio` must be")
    assert done.stdout == "False\n"


def test_help_lists_it_and_loads_nothing_that_computes(project):
    done = entrap(project, "--help")
    assert "Print how much entropy of mixing an electron has." in done.stdout
    assert done.stdout.endswith("False\n")


@pytest.mark.slow
def test_its_imports_are_checked(project):
    lint = [Path(sys.executable).parent / "lint-imports", "--no-cache"]
    assert run(project, lint).returncode == 0
    answer = project / "entrap/studies/weigh/answer.py"
    answer.write_text(f"{ANSWER}\nimport entrap.studies.run.answer\n")
    broken = run(project, lint)
    answer.write_text(ANSWER)
    assert broken.returncode == 1
    assert "A verb knows no other verb, but for what it is made of BROKEN" in (
        " ".join(broken.stdout.split())
    )
