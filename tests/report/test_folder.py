"""Folders of results: complete or absent, and nothing of others in them is ever lost."""

import contextlib
import json
import os
import sys
import threading
from pathlib import Path

import pytest
import xarray as xr

import entrap as et
from entrap.core import exchange
from entrap.core.errors import InputError
from entrap.report import folder as folders
from entrap.report.summary import write_mark
from entrap.report.written import owned

SUMMARY = {"title": "old", "version": "0.5.0", "answer": [], "case": {}, "regimes": []}
SWEEP = ("sweep", "case.toml", "--vary", "temperature=1:8:4", "--result", "enhancement")
CASE = """
[material]
critical_temperature = "10 K"
conduction_density = "1e27 1/m^3"
[landau]
a = "2 k_B"
saturation = 1.0
[mixture]
valence_ratio = 1.0
"""


def title(folder):
    return json.loads((folder / "summary.json").read_text())["title"]


def tree(folder):
    """All that is in a folder: content of files, ends of links."""
    return {
        str(p.relative_to(folder)): os.readlink(p)
        if p.is_symlink()
        else (p.read_bytes() if p.is_file() else None)
        for p in folder.rglob("*")
    }


def fail(target, failure):
    with folders.complete_folder(target) as work:
        (work / "summary.json").write_text("half")
        raise failure


def write(target, content):
    with folders.complete_folder(target) as work:
        write_mark(work / "summary.json", SUMMARY | {"title": content})


def test_a_folder_is_absent_until_it_is_complete(tmp_path):
    target = tmp_path / "a" / "b" / "result"
    with folders.complete_folder(target) as work:
        (work / "summary.json").write_text("1")
        assert not target.exists()
    assert (target / "summary.json").read_text() == "1"
    assert [p.name for p in target.parent.iterdir()] == ["result"]


def test_a_summary_is_readable_as_it_lies_in_its_file(tmp_path):
    write(tmp_path / "result", "Δ of Nb₃Sn")
    assert '\n  "title": "Δ of Nb₃Sn",\n' in (tmp_path / "result/summary.json").read_text("utf-8")


@pytest.mark.parametrize(
    "failure", [OSError(28, "No space left"), KeyboardInterrupt(), et.SolveError("x")]
)
def test_a_failure_on_the_way_leaves_all_as_it_was(tmp_path, failure):
    target = tmp_path / "result"
    write(target, "old")
    for folder in (target, tmp_path / "new"):
        with pytest.raises(type(failure)):
            fail(folder, failure)
    assert [p.name for p in tmp_path.iterdir()] == ["result"]
    assert title(target) == "old"


def test_a_result_is_replaced_in_one_step(tmp_path):
    target = tmp_path / "result"
    write(target, "0")
    stop, seen = threading.Event(), set()

    def look():
        while not stop.is_set():
            try:
                seen.add(title(target))
            except OSError as error:
                seen.add(type(error).__name__)

    looking = threading.Thread(target=look)
    looking.start()
    for i in range(1, 200):
        write(target, str(i))
    stop.set()
    looking.join()
    assert seen <= {str(i) for i in range(200)}
    assert len(seen) > 3


def test_an_empty_folder_is_filled_where_it_is(tmp_path, monkeypatch):
    """A shell that stands in it sees the result."""
    monkeypatch.chdir(tmp_path)
    folders.claim(Path("."), force=False, kind="run")
    write(Path("."), "new")
    assert [p.name for p in Path(".").iterdir()] == ["summary.json"]
    assert not [*tmp_path.parent.glob(f".{tmp_path.name}.*")]


@pytest.mark.parametrize("below", [".", "inner"])
def test_a_result_is_not_replaced_under_the_feet_of_a_shell(tmp_path, monkeypatch, below):
    write(tmp_path / "result", "old")
    (tmp_path / "result" / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "result" / below)
    for target in (tmp_path / "result", Path("." if below == "." else "..")):
        with pytest.raises(InputError, match="go to another folder first"):
            folders.claim(target, force=True, kind="run")


def test_the_root_of_a_file_system_is_not_replaced(tmp_path, monkeypatch):
    monkeypatch.setattr(os.path, "ismount", lambda path: path == tmp_path)
    with pytest.raises(InputError, match="is the root of a file system, which cannot be replaced"):
        folders.claim(tmp_path, force=True, kind="run")


def test_what_the_user_put_there_stays_where_files_have_one_name_only(tmp_path, monkeypatch):
    target = tmp_path / "result"
    write(target, "old")
    (target / "notes.txt").write_text("mine")

    def none(*_, **__):
        raise OSError("no second names here")

    monkeypatch.setattr(os, "link", none)
    write(target, "new")
    assert (title(target), (target / "notes.txt").read_text()) == ("new", "mine")


def test_where_folders_cannot_be_swapped_the_old_one_goes_first(tmp_path, monkeypatch):
    target = tmp_path / "result"
    write(target, "old")

    def none(*_, **__):
        raise OSError("no such library")

    monkeypatch.setattr(exchange.ctypes, "CDLL", none)
    write(target, "new")
    assert title(target) == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["result"]


@pytest.mark.parametrize("name", ["result", "with [brackets] *", ".hidden"])
def test_what_killed_runs_left_is_removed_and_what_live_ones_write_is_not(tmp_path, name):
    dead = 2**22 + 1  # above the largest id of a process
    mine, init = os.getpid(), 1
    others = [
        f".{name}.{init}.partial",
        f".{name}.x.partial",
        f".other.{dead}.partial",
        f"{name}.{dead}.partial",
    ]
    for left in (f".{name}.{dead}.partial", f".{name}.{mine}.partial", *others):
        (tmp_path / left).mkdir()
        (tmp_path / left / "summary.json").write_text("half")
    write(tmp_path / name, "whole")
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted([name, *others])


# What entrap did not write.


@pytest.fixture
def mixed(tmp_path):
    """A result, among files of the user."""
    target = tmp_path / "result"
    write(target, "old")
    (target / "thesis.tex").write_text("mine")
    (target / "notes" / "deep").mkdir(parents=True)
    (target / "notes" / "deep" / "page").write_text("mine")
    (target / "notes").chmod(0o555)
    (target / "link").symlink_to("thesis.tex")
    (target / "nowhere").symlink_to("gone")
    yield target
    (target / "notes").chmod(0o755)


def foreign(target):
    return {n: v for n, v in tree(target).items() if n != "summary.json"}


def test_only_what_entrap_wrote_is_replaced(mixed):
    before = foreign(mixed)
    folders.claim(mixed, force=True, kind="run")
    with folders.complete_folder(mixed) as work:
        write_mark(work / "summary.json", SUMMARY | {"title": "new"})
        (mixed / "notes" / "meanwhile").write_text("mine")
        before["notes/meanwhile"] = b"mine"
    assert (title(mixed), foreign(mixed)) == ("new", before)
    assert (mixed / "notes").stat().st_mode & 0o777 == 0o555
    assert [p.name for p in mixed.parent.iterdir()] == ["result"]


def test_what_a_result_no_longer_has_goes(tmp_path):
    target = tmp_path / "result"
    with folders.complete_folder(target) as work:
        (work / "margins.png").write_text("old")
        write_mark(work / "summary.json", SUMMARY)
    write(target, "new")
    assert [p.name for p in target.iterdir()] == ["summary.json"]


SERIES = {"version": "0.5.0", "title": "series", "answer": []}
FIT = {"version": "0.5.0", "title": "sample", "answer": [], "case": {}, "posteriors": {}}


def write_series(target, *names):
    with folders.complete_folder(target) as work:
        for name in names:
            (work / name).mkdir()
            (work / name / "report.html").write_text("fit")
            write_mark(work / name / "summary.json", FIT)
        samples = [{"folder": name} for name in names]
        write_mark(work / "summary.json", SERIES | {"samples": samples})


def test_folders_of_samples_are_replaced_and_what_the_user_put_there_stays(tmp_path):
    target = tmp_path / "series"
    write_series(target, "a", "b")
    assert owned(target) == dict.fromkeys(["a", "b", "summary.json"], "series")
    (target / "a" / "notes").write_text("mine")
    folders.claim(target, force=True, kind="series")
    write_series(target, "b", "c")
    assert tree(target / "a") == {"notes": b"mine"}
    assert owned(target) == dict.fromkeys(["b", "c", "summary.json"], "series")
    write(target, "run")  # another result in its place
    assert sorted(tree(target)) == ["a", "a/notes", "summary.json"]


@pytest.mark.parametrize("where", ["c", "a/report.html"])
def test_a_file_of_the_user_in_the_way_of_a_sample_is_not_replaced(tmp_path, where):
    target = tmp_path / "series"
    write_series(target, "a", "b")
    if where == "c":
        (target / "c").mkdir()
        (target / "c" / "notes").write_text("mine")
    else:
        write_mark(target / "a" / "summary.json", FIT)
        told = json.loads((target / "a" / "summary.json").read_text())
        told["files"].remove("report.html")
        (target / "a" / "summary.json").write_text(json.dumps(told))
    before = tree(target)
    with pytest.raises(InputError, match=f"holds {where.rpartition('/')[2]}, which entrap did not"):
        write_series(target, "a", "c")
    assert tree(target) == before
    assert [p.name for p in tmp_path.iterdir()] == ["series"]


@pytest.mark.parametrize("name", ["results.nc", "margins.png", "report.html"])
def test_what_bears_the_name_of_a_new_file_is_not_replaced(mixed, name):
    (mixed / name).write_text("mine")
    before = tree(mixed)
    with pytest.raises(InputError, match=f"holds {name}, which entrap did not write"):
        folders.claim(mixed, force=True, kind="run")
    with pytest.raises(InputError, match=name), folders.complete_folder(mixed) as work:
        (work / name).write_text("new")
    assert tree(mixed) == before
    if name == "report.html":  # which `paper` writes too
        with pytest.raises(InputError, match=name):
            folders.claim(mixed, force=True, kind="paper")
    else:
        folders.claim(mixed, force=True, kind="paper")


@pytest.mark.parametrize("content", ["{}", "[]", "mine", '{"version": "1", "title": "x"}', "\xff"])
@pytest.mark.parametrize("mark", ["summary.json", "claims.json"])
def test_a_folder_whose_summary_is_not_ours_is_refused(call, tmp_path, mark, content):
    (tmp_path / "case.toml").write_text(CASE)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / mark).write_text(content, "latin-1")
    (mine / "thesis.tex").write_text("mine")
    before = tree(tmp_path)
    for arguments in (("run", "case.toml"), ("plan", "case.toml"), ("paper",), SWEEP):
        done = call(*arguments, "--out", "mine", "--force", cwd=tmp_path)
        assert (done.code, "Traceback" in done.err) == (2, False), arguments
        assert tree(tmp_path) == before


LEGACY = {
    "run": ({"regimes": []}, ["results.nc", "report.html", "margins.svg"], ["rates.png"]),
    "trap": ({"changes": []}, ["results.nc", "report.html", "rates.png"], ["margins.svg"]),
    "plan": ({"candidates": []}, ["plan.nc", "information.png"], ["results.nc"]),
    "fit": (
        {"posteriors": {"none": {}}, "data": {"series": [{"quantity": "higgs_mode"}]}},
        ["posterior-none.nc", "corner-none.svg", "predictive-higgs-mode-2.png"],
        ["posterior-mine.nc", "corner-mine.png", "predictive-mine.png"],
    ),
    "sweep": (
        {"axes": {}, "results": {"pair_gain": {}}},
        ["report.html", "map-pair-gain.png", "curves.svg"],
        ["map-mine.png", "sweep.zarr"],
    ),
}


@pytest.mark.parametrize("kind", LEGACY)
def test_the_files_of_earlier_versions_are_known_by_their_names(tmp_path, kind):
    told, ours, others = LEGACY[kind]
    (tmp_path / "summary.json").write_text(json.dumps(SUMMARY | {"regimes": 0} | told))
    if kind != "run":
        content = {k: v for k, v in SUMMARY.items() if k != "regimes"} | told
        (tmp_path / "summary.json").write_text(json.dumps(content))
    for name in (*ours, *others):
        (tmp_path / name).write_text("")
    assert owned(tmp_path) == dict.fromkeys(["summary.json", *ours], kind)


def test_a_folder_that_cannot_be_written_is_refused_before_anything_is_computed(tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in ("/proc/x/y", "/dev/null/x", tmp_path / "file" / "x", tmp_path / ("x" * 300)):
        with pytest.raises(InputError, match="must be a folder that can be written"):
            folders.claim(type(tmp_path)(place), force=True, kind="run")
    folders.claim(tmp_path / "a" / "b", force=False, kind="run")
    assert [p.name for p in tmp_path.iterdir()] == ["file"]


# Kills.


class Killed(BaseException):
    """What a process that was killed would not have seen."""


class Killer:
    """Ends the process, as far as files below a folder go, at one of the changes it makes."""

    CHANGES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.symlink")

    def __init__(self):
        self.below, self.left, self.dead = None, 0, False
        sys.addaudithook(self.see)

    def see(self, event, arguments):
        if self.below is None:
            return
        swaps = event == "ctypes.dlsym" and arguments[1] == "renameat2"
        within = event in ("os.remove", "os.rmdir") and arguments[1] != -1  # of rmtree
        changes = event in self.CHANGES and (within or self.has(arguments))
        writes = event == "open" and self.has(arguments[:1]) and arguments[2] & os.O_ACCMODE
        if swaps or changes or writes:
            self.left -= 1
            self.dead = self.dead or self.left < 0
            if self.dead:
                raise Killed

    def has(self, paths):
        return any(self.below in os.fsdecode(p) for p in paths if isinstance(p, str | os.PathLike))

    @contextlib.contextmanager
    def at(self, change, below):
        self.below, self.left, self.dead = str(below), change, False
        try:
            with contextlib.suppress(Killed):
                yield self
        finally:
            self.below = None


@pytest.fixture(scope="module")
def killer():
    """`killer.at(n, folder)`: what follows is killed at the n-th change below the folder."""
    return Killer()


@pytest.mark.parametrize("swaps", [True, False], ids=["swapped", "one after the other"])
def test_a_kill_at_any_change_loses_nothing(mixed, killer, monkeypatch, swaps):
    if not swaps:
        monkeypatch.setattr(exchange.ctypes, "CDLL", lambda *_, **__: object())
    before, change = foreign(mixed), 0
    while True:
        with killer.at(change, mixed.parent):
            write(mixed, str(change))
        dead = killer.dead
        if swaps:
            assert title(mixed).isdigit() or title(mixed) == "old"
            assert foreign(mixed) == before
        folders.claim(mixed, force=True, kind="run")
        assert foreign(mixed) == before
        assert [p.name for p in mixed.parent.iterdir()] == ["result"]
        change += 1
        if not dead:
            break
    assert change > 10


def changes_of(killer, folder, work):
    with killer.at(10**9, folder):
        work()
    return 10**9 - killer.left


@pytest.mark.exhaustive
@pytest.mark.parametrize("step", [17, 1])
def test_a_sweep_killed_while_it_replaces_another_can_be_gone_on_with(call, killer, tmp_path, step):
    (tmp_path / "case.toml").write_text(CASE)

    folder = tmp_path / "map"

    def sweep(*more):
        return call(*SWEEP, "--out", folder, *more, cwd=tmp_path)

    assert sweep("--plot").code == 0
    (folder / "notes").write_text("mine")
    names = {p.name for p in folder.iterdir()}
    planned = changes_of(killer, folder, lambda: sweep("--force"))
    assert planned > 50
    for change in range(0, planned, step):
        with killer.at(change, folder):
            sweep("--force")
        assert killer.dead
        assert et.load_sweep(folder / "sweep.zarr").data["enhancement"].size == 4
        done = call("show", "map", cwd=tmp_path) if change % 2 else sweep("--resume")
        assert (done.code, done.err) == (0, ""), change
        assert sweep("--resume").code == 0
        with xr.open_zarr(folder / "sweep.zarr", consolidated=False) as data:
            assert data["done"].all()
        assert {p.name for p in folder.iterdir()} == names


def test_a_store_that_an_earlier_version_had_put_aside_comes_back(call, tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    assert call(*SWEEP, "--out", "map", cwd=tmp_path).code == 0
    store = tmp_path / "map/sweep.zarr"
    store.rename(store.with_name(".sweep.zarr.old"))
    assert call(*SWEEP, "--out", "map", "--resume", cwd=tmp_path).code == 0
    store.rename(store.with_name(".sweep.zarr.old"))
    assert call("show", "map", cwd=tmp_path).code == 0
    assert not list((tmp_path / "map").glob(".*"))


def test_a_scheduler_that_there_is_not_leaves_the_earlier_sweep(call, tmp_path):
    (tmp_path / "case.toml").write_text(CASE)
    assert call(*SWEEP, "--out", "map", cwd=tmp_path).code == 0
    before = tree(tmp_path)
    assert call(*SWEEP, "--out", "map", "--force", "--scheduler", "nowhere", cwd=tmp_path).code == 2
    assert tree(tmp_path) == before
