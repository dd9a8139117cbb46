"""Every example is a case, and runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import entrap as et

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))


def load(path):
    """The case of an example, which may be of a trap alone."""
    return et.load_case(path, needs=())


RUNNING = [path for path in EXAMPLES if load(path).protocol is not None]
TRAPS = [path for path in EXAMPLES if load(path).trap.junction is not None]
COMMANDS = [("run", path) for path in RUNNING] + [("trap", path) for path in TRAPS]


def test_the_folder_holds_case_files_and_scripts_and_nothing_else():
    assert len(EXAMPLES) >= 8
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".toml", ".py"}


@pytest.mark.slow
def test_every_material_has_its_map_and_none_is_valid(tmp_path, environment):
    command = [sys.executable, FOLDER / "every_material.py", tmp_path / "maps.png"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 38  # as docs/sweeps.md says, and what follows
    assert all("valid: nowhere" in line for line in lines)
    assert (tmp_path / "maps.png").stat().st_size > 50_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_case_with_a_title_of_its_own(path):
    stated = load(path)
    assert stated.title != et.Case.title
    assert sum(load(other).title == stated.title for other in EXAMPLES) == 1
    assert et.Case.from_dict(stated.to_dict(), needs=()) == stated
    assert stated.protocol is not None or stated.trap.junction is not None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "path"), COMMANDS, ids=[f"{command}-{path.stem}" for command, path in COMMANDS]
)
def test_an_example_runs(command, path, start, tmp_path):
    process = start(command, path, "--out", "result", cwd=tmp_path)
    out, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    assert "result/report.html" in out
    told = json.loads((tmp_path / "result" / "summary.json").read_text("utf-8"))
    assert told["title"] == load(path).title
    if command == "run":
        run = et.load(tmp_path / "result" / "results.nc")
        assert isinstance(run, et.Evolution)
        assert run.succeeded
    else:
        assert sum(told["limits"].values()) == pytest.approx(1, abs=1e-6)
    assert [entry.name for entry in tmp_path.iterdir()] == ["result"]
