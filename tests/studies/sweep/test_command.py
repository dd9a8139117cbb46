"""`entrap sweep` and `entrap show` as processes: killed, resumed, refused, interrupted, redrawn."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import xarray as xr
from tests import pinned

ROOT = Path(__file__).parents[3]
CASE = ROOT / "examples/clean-set.toml"
VARY = ("--vary", "mixture.valence_ratio=0.1:3:40", "--vary", "temperature=1:25:50")
RATIO = ("--result", "penetration_depth_ratio")


@pytest.fixture(scope="module")
def drawn(call, tmp_path_factory):
    """A sweep with all that goes with it: its folder, and what was printed."""
    folder = tmp_path_factory.mktemp("sweep") / "map"
    options = ("--plot", "--figures", "svg,png,pdf", "--sensitivity", "--latex")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "3000")  # where the folder lies takes no line
        done = call("sweep", CASE, *VARY, *RATIO, *options, "--out", folder)
    assert done.code == 0, done.err
    return folder, done.out


def opened(folder):
    with xr.open_zarr(folder / "sweep.zarr", consolidated=False) as data:
        return data.load()


def test_a_sweep_leaves_its_data_its_numbers_and_its_pictures(drawn, whole_page):
    folder, said = drawn
    data = opened(folder)
    assert set(data) == {"penetration_depth_ratio", "smallest_margin", "worst_margin", "done"}
    assert data["temperature"].attrs["units"] == "K"
    assert data["done"].all()
    told = json.loads((folder / "summary.json").read_text())
    assert told["answer"][0].startswith("2,000 points")
    for sentence in told["answer"]:
        assert sentence.split()[0] in said
    assert "landau.a" in said
    whole_page(folder / "report.html")
    for kind in ("png", "svg", "pdf"):
        assert (folder / f"map-penetration-depth-ratio.{kind}").stat().st_size > 5000


def test_what_is_read_is_what_was_pinned(drawn):
    pinned.check(drawn[0], "sweep", drawn[1])


def test_show_draws_the_same_again_and_computes_nothing(drawn, call, tmp_path):
    folder, _ = drawn
    done = call("show", folder, "--out", tmp_path / "again", "--figures", "svg,pdf")
    assert done.code == 0, done.err
    name = "map-penetration-depth-ratio.svg"
    assert (tmp_path / "again" / name).read_text() == (folder / name).read_text()
    drawn = {path.name for path in (tmp_path / "again").iterdir()}
    pictures = {file.name for file in folder.glob("*.svg")} - {"sensitivity.svg"}
    pictures |= {file.replace("svg", "pdf") for file in pictures}
    tables = {"found.csv", "inputs.csv", "points.csv"}
    assert drawn == pictures | tables | {"report.html", "summary.json"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--vary", "mixture.valence_rato=1:2:3"), "did you mean `mixture.valence_ratio`?"),
        (("--vary", "mixture.valence_ratio=1 K:2 K:3"), "measures something else"),
        (("--vary", "mixture.valence_ratio=0:2:3:log"), "must not reach 0"),
        (("--vary", "protocol.start=1:50:3"), "the protocol warms"),
        ((*VARY, "--result", "enhancment"), "did you mean 'enhancement'?"),
        ((*VARY, "--result", "pinned_gain"), "did you mean 'paired_electron_gain'?"),
        ((*VARY, "--scheme", "sobol"), "samples"),
        ((*VARY, "--scheduler", "nowhere"), "nowhere"),
        ((), "nothing varies"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(call, tmp_path, more, says):
    done = call("sweep", CASE, *more, "--out", tmp_path / "map")
    assert done.code == 2, done.err
    assert says in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "map/sweep.zarr").exists()


def test_a_folder_with_a_sweep_is_kept_unless_it_is_resumed_or_replaced(drawn, call, tmp_path):
    folder, _ = drawn
    done = call("sweep", CASE, *VARY, *RATIO, "--out", folder)
    assert done.code == 2
    assert "--resume" in done.err
    changed = call(
        "sweep", CASE, *VARY, *RATIO, "--out", folder, "--resume", "--set", "landau.a=3 k_B"
    )
    assert changed.code == 2
    assert "`case.landau.a` was" in changed.err
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("kept")
    assert call("sweep", CASE, *VARY, *RATIO, "--out", other).code == 2
    assert call("sweep", CASE, *VARY, *RATIO, "--out", other, "--force").code == 2
    assert (other / "mine.txt").read_text() == "kept"
    small = tmp_path / "small"
    for more in ((), ("--force",)):
        few = ("--vary", "temperature=1:2:3", *RATIO)
        assert call("sweep", CASE, *few, "--out", small, *more).code == 0


def test_the_results_are_listed(call):
    done = call("sweep", "--list")
    assert done.code == 0
    for name in ("penetration_depth_ratio", "validity_temperature", "evolution_smallest_margin"):
        assert name in done.out


@pytest.mark.slow
def test_a_table_in_the_case_file_says_the_same_as_the_options(call, tmp_path):
    text = CASE.read_text() + (
        '\n[sweep]\nresults = ["enhancement"]\n[sweep.axes]\n"mixture.valence_ratio" = "0.1:3:40"\n'
    )
    (tmp_path / "case.toml").write_text(text)
    assert call("sweep", "case.toml", "--out", "table", cwd=tmp_path).code == 0
    options = ("--vary", "mixture.valence_ratio=0.1:3:40", "--result", "enhancement")
    assert call("sweep", CASE, *options, "--out", tmp_path / "options").code == 0
    xr.testing.assert_identical(
        opened(tmp_path / "table").drop_attrs(), opened(tmp_path / "options").drop_attrs()
    )


LONG = ("--vary", "mixture.valence_ratio=0.1:3:1500", "--vary", "temperature=1:25:2000")


def finished(folder):
    """How many chunks of a sweep are marked as done."""
    marks = folder / "sweep.zarr/done/c"
    return sum(file.is_file() for file in marks.rglob("*"))


@pytest.mark.slow
def test_whenever_a_sweep_is_killed_it_ends_with_the_same_bits(call, start, tmp_path):
    arguments = ("sweep", CASE, *LONG, *RATIO)
    assert call(*arguments, "--out", tmp_path / "whole").code == 0
    whole, count = opened(tmp_path / "whole"), finished(tmp_path / "whole")
    assert count >= 8
    chance, killed = random.Random(1), 0
    for _ in range(2):
        folder = tmp_path / "killed"
        until = finished(folder) + chance.randrange(1, 4)
        process = start(*arguments, "--out", folder, "--resume")
        while process.poll() is None and finished(folder) < until:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
    assert killed >= 1
    done = call(*arguments, "--out", tmp_path / "killed", "--resume")
    assert done.code == 0, done.err
    xr.testing.assert_identical(opened(tmp_path / "killed"), whole)


@pytest.mark.slow
def test_ctrl_c_stops_and_says_how_to_go_on(start, tmp_path):
    vary = ("--vary", "mixture.valence_ratio=0.1:3:4000", "--vary", "temperature=1:25:4000")
    process = start("sweep", CASE, *vary, *RATIO, "--out", tmp_path / "map")
    while process.poll() is None and not finished(tmp_path / "map"):
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "--resume" in err
    assert "Traceback" not in err
    with xr.open_zarr(tmp_path / "map/sweep.zarr", consolidated=False) as data:
        done = data["done"].load()
    assert 0 < done.sum() < done.size


MEASURED = """
import re, sys
import entrap as et
case = et.load_case(sys.argv[1])
axes = {{"mixture.valence_ratio": "0.1:3:1000", "temperature": "1:25:1000", "landau.a": "1 k_B:5 k_B:{}"}}
{}
# Not what getrusage says, which counts the process from which this one was forked.
print(int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1]) / 1024)
"""
REDUCED = 'et.sweep(case, axes, ["critical_field"], reduce={"temperature": "max"})'
STORED = 'et.sweep(case, axes, ["critical_field"], out=sys.argv[2])'


@pytest.mark.exhaustive
@pytest.mark.parametrize(("last", "work"), [(1000, REDUCED), (60, STORED)], ids=["1e9", "6e7"])
def test_memory_is_bounded_by_the_chunk(last, work, tmp_path, environment):
    script = MEASURED.format(last, work)
    command = [sys.executable, "-c", script, CASE, tmp_path / "sweep.zarr"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < 2000  # MB
