"""Every example is a case, and runs."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from tests.strategies import case_of

import entrap as et

FOLDER = Path(__file__).parents[2] / "examples"
EXAMPLES = sorted(FOLDER.glob("*.toml"))


def load(path):
    """The case of an example, which may be of a trap alone."""
    return et.load_case(path, needs=())


RUNNING = [path for path in EXAMPLES if load(path).protocol is not None]
FILMS = [path for path in EXAMPLES if "layout" in load(path).studies]
TRAPS = [path for path in EXAMPLES if load(path).trap.junction and path not in FILMS]
COMMANDS = [
    *(("run", path) for path in RUNNING),
    *(("trap", path) for path in TRAPS),
    *(("film", path) for path in FILMS),
]
DATA = {"higgs-gap": "gap", "nbn-depth": "depth", "niobium-gap": "niobium-gap"}


def test_the_folder_holds_case_files_and_scripts_and_nothing_else():
    assert len(EXAMPLES) >= 8
    assert {path.suffix for path in FOLDER.iterdir() if path.is_file()} == {".toml", ".py"}


@pytest.mark.exhaustive
def test_every_material_has_its_map_and_none_is_valid(tmp_path, environment):
    command = [sys.executable, FOLDER / "every_material.py", tmp_path / "maps.png"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1800)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) == 38  # as docs/sweeps.md says, and what follows
    assert all("valid: nowhere" in line for line in lines)
    assert (tmp_path / "maps.png").stat().st_size > 50_000


@pytest.mark.exhaustive
def test_the_higgs_mode_follows_the_depleted_gap(tmp_path, environment):
    command = [sys.executable, FOLDER / "higgs_follows.py", tmp_path / "gaps.png"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1800)
    assert (done.returncode, done.stderr) == (0, "")
    page = (FOLDER.parent / "docs/higgs-follows.md").read_text("utf-8")
    numbers = re.findall(r"-?\d\.\d+", done.stdout)
    assert len(numbers) == 10
    for i in (0, 5):
        before, after, ratio, decay, phase = numbers[i : i + 5]
        assert f"| {before} | {after} | {ratio} | $t^{{{decay}}}$ | {phase} π |" in page
    assert (tmp_path / "gaps.png").stat().st_size > 20_000


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_a_case_with_a_title_of_its_own(path):
    stated = load(path)
    assert stated.title != et.Case.title
    assert sum(load(other).title == stated.title for other in EXAMPLES) == 1
    assert case_of(stated.to_dict(), needs=()) == stated
    runs = stated.protocol is not None or stated.trap.junction is not None
    assert runs or (FOLDER / "data" / f"{DATA[path.stem]}.csv").is_file()


VELOCITY, TEMPERATURE = 'fermi_velocity = "1e6 m/s"\n', 'fermi_temperature = "5e4 K"\n'
MORE = {
    "nbn-junction": VELOCITY + TEMPERATURE,
    "paper-estimate": TEMPERATURE,
    "paper-estimate-corrected": TEMPERATURE,
}
"""What is stated besides, so that a sample has the same numbers as one that is compiled already."""


OTHERS = {
    ("run", "aluminium"),
    ("run", "cooled-trap"),
    ("run", "high-entropy-alloy"),
    ("trap", "cooled-trap"),
    ("trap", "nbn-junction"),
    ("film", "hole-in-field"),
    ("film", "nbn-bridge"),
    ("film", "tin-resonator"),
}
"""Examples whose parts run in CI with another, or in the tests of their verb."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "path"),
    [
        pytest.param(
            command,
            path,
            marks=[pytest.mark.exhaustive] if (command, path.stem) in OTHERS else [],
            id=f"{command}-{path.stem}",
        )
        for command, path in COMMANDS
    ],
)
def test_an_example_runs(command, path, call, tmp_path, monkeypatch):
    # Its figures are made; that those of each verb can be laid out and written is tested there.
    monkeypatch.setattr("entrap.report.style.save", lambda *_: "<svg></svg>")
    stated = load(path)
    if command == "run" and path.stem in MORE:
        text = path.read_text("utf-8")
        assert text.count("[material]\n") == 1
        path = tmp_path / path.name
        path.write_text(text.replace("[material]\n", f"[material]\n{MORE[path.stem]}"), "utf-8")
    done = call(command, path, "--out", "result", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert "result/report.html" in done.out
    told = json.loads((tmp_path / "result" / "summary.json").read_text("utf-8"))
    assert told["title"] == stated.title
    if command == "run":
        run = et.load(tmp_path / "result" / "results.nc")
        assert isinstance(run, et.Evolution)
        assert run.succeeded
    elif command == "film":
        numbers = {name: each["value"] for name, each in told["quantities"].items()}
        assert numbers["mesh_error"] < 3e-3
        if path.stem == "paper-figure-1":  # as docs/films.md says
            assert numbers["trapping_rate"] == pytest.approx(1e3, rel=0.01)
            (left,) = (text for text in told["answer"] if text.startswith("f = "))
            assert left.startswith("f = 17 % to 35 % of")
            assert round(numbers["local_critical_temperature"], 1) == 11.6
            assert round(numbers["local_critical_temperature_mixed"], 1) == 9.0
    else:
        assert sum(told["limits"].values()) == pytest.approx(1, abs=1e-6)
    assert {entry.name for entry in tmp_path.iterdir()} <= {"result", path.name}


@pytest.mark.exhaustive
def test_the_data_of_examples_are_what_their_script_makes(tmp_path, environment):
    command = [sys.executable, FOLDER / "make_data.py", tmp_path]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1800)
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    there = {path.name: path.read_text("utf-8") for path in (FOLDER / "data").iterdir()}
    measured = {name: text for name, text in there.items() if text.startswith("# MEASURED")}
    assert set(measured) == {"niobium-gap.csv"}
    assert made == {name: text for name, text in there.items() if name not in measured}
    assert all("SYNTHETIC" in text for text in made.values())


@pytest.mark.exhaustive
def test_an_example_is_fitted(start, tmp_path):
    """That of the Higgs gap is fitted in `tests/studies/fit/test_example.py`."""
    files = FOLDER / "nbn-depth.toml", FOLDER / "data" / "depth.csv"
    process = start("fit", *files, "--out", "result", cwd=tmp_path)
    out, _ = process.communicate(timeout=1800)
    assert process.returncode == 0
    assert "result/report.html" in out
    told = json.loads((tmp_path / "result" / "summary.json").read_text("utf-8"))
    assert told["verdict"] == "undecided"
    assert told["hypotheses"][0]["name"] == "heating"  # as docs/fits.md says


@pytest.mark.exhaustive
def test_an_example_is_planned(start, tmp_path):
    few = ["--set", "plan.temperatures=3", "--set", "plan.draws=20"]
    process = start("plan", FOLDER / "higgs-gap.toml", "--out", "result", *few, cwd=tmp_path)
    out, err = process.communicate(timeout=1800)
    assert process.returncode == 0, err
    assert all(line.startswith("temperatures: ") for line in err.splitlines())  # how far it is
    assert "The best of 36 candidates is" in out
    made = {path.name for path in (tmp_path / "result").iterdir()}
    assert {
        "plan.nc",
        "summary.json",
        "report.html",
        "information.svg",
        "bayes-factors.png",
    } <= made
    told = json.loads((tmp_path / "result" / "summary.json").read_text("utf-8"))
    assert len(told["candidates"]) == 36
    assert told["answer"][0].startswith("The question is whether there is the paper's entropy")
    assert told["answer"][1].startswith("The best of 36")


def test_a_plan_without_a_landau_table_is_refused(call, tmp_path):
    (tmp_path / "case.toml").write_text('[material]\nname = "Nb"\n', "utf-8")
    done = call("plan", "case.toml", cwd=tmp_path)
    assert done.code == 2
    assert "`landau` is missing" in done.err
    assert [entry.name for entry in tmp_path.iterdir()] == ["case.toml"]


@pytest.mark.exhaustive
def test_the_picture_of_plain_bcs_is_drawn(tmp_path, environment):
    command = [sys.executable, FOLDER / "plain_bcs.py", tmp_path / "plain-bcs"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    text = (tmp_path / "plain-bcs.svg").read_text("utf-8")
    for label in ("with the trap, plain BCS", "with the trap and the entropy", "without a trap"):
        assert label in text
