"""A sweep's store: what is marked as done is whole, whatever is killed, torn, full or corrupt."""

import errno
import json
import math
import multiprocessing
import os
import random
import re
import resource
import runpy
import shutil
import signal
import socket
import subprocess
import sys
import time
import types
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import zarr
from hypothesis import given
from hypothesis import strategies as st

from entrap.core.errors import InputError, SolveError
from entrap.studies.sweep import store
from entrap.studies.sweep.layout import digest
from entrap.studies.sweep.store import Store, differences

RATIO, TEMPERATURE = "mixture.valence_ratio", "temperature"
SHAPE, CHUNK = (7, 5), (3, 2)
AXES = {
    RATIO: np.geomspace(0.01, 20.0, SHAPE[0]),
    TEMPERATURE: np.linspace(2.0, 8.0, SHAPE[1]),
}
VARIABLES = {
    "enhancement": {"units": "1", "symbol": "α", "long_name": "Enhancement"},
    "pair_lifetime": {"units": "s", "symbol": "τ", "long_name": "Lifetime"},
    "never": {"units": "1", "symbol": "x", "long_name": "NaN everywhere"},
}
ATTRS = {"title": "A sweep", "version": "0.3.0", "case": json.dumps({"landau": {"a": 4.1e-23}})}


def make(path, shape=SHAPE, chunk=CHUNK):
    axes = dict(zip(AXES, (np.linspace(1.0, 2.0, n) for n in shape), strict=True))
    axes = AXES if shape == SHAPE else axes
    variables = {name: (tuple(axes), np.full(shape, np.nan), a) for name, a in VARIABLES.items()}
    coords = {name: ((name,), values, {"units": "K"}) for name, values in axes.items()}
    return store.create(path, xr.Dataset(variables, coords, ATTRS), chunk)


def maps(shape=SHAPE):
    """The results on all points."""
    i, j = np.indices(shape)
    values = np.sin(1.7 * i) * np.exp(0.3 * j)
    return {"enhancement": values, "pair_lifetime": 1e-9 / (values + 3), "never": values * np.nan}


def columns(made, index):
    return {name: values[made.region(index)] for name, values in maps(made.shape).items()}


def fill(made, indices=None):
    for index in range(made.chunks) if indices is None else indices:
        made.write(index, columns(made, index))


def opened(path):
    return xr.open_zarr(path, consolidated=False, chunks=None)


def bits(path):
    """All bits of all arrays."""
    return {name: (data.shape, data.values.tobytes()) for name, data in opened(path).items()}


def left(path):
    """Files that were not finished, in the store and beside it."""
    return sorted(p.name for p in path.parent.rglob("*.partial"))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "out" / "sweep.zarr"


@pytest.fixture
def full(path):
    made = make(path)
    fill(made)
    return made


# What is written is read.


@pytest.mark.usefixtures("full")
def test_xarray_opens_it_without_help(path):
    data = opened(path)
    assert data.sizes == {RATIO: 7, TEMPERATURE: 5, "chunk": 9}
    for name, values in maps().items():
        assert data[name].dims == (RATIO, TEMPERATURE)
        assert data[name].dtype == np.float64  # a lifetime in seconds is no timedelta
        assert data[name].attrs == VARIABLES[name]
        np.testing.assert_array_equal(data[name], values)
    for name, values in AXES.items():
        np.testing.assert_array_equal(data.indexes[name], values)
        assert data[name].attrs == {"units": "K"}
    assert data.attrs == {**ATTRS, "chunk_shape": [3, 2]}
    assert data["done"].dtype == np.uint8
    assert data["done"].dims == ("chunk",)
    assert data["done"].values.tolist() == [1] * 9


def test_points_in_rows_keep_the_coordinates_of_each(path):
    points = {name: np.linspace(1.0, 2.0, 10) for name in AXES}
    coords = {name: (("point",), values) for name, values in points.items()}
    variables = dict.fromkeys(VARIABLES, (("point",), np.full(10, np.nan)))
    made = store.create(path, xr.Dataset(variables, coords, ATTRS), (4,))
    for index in range(made.chunks):
        place = made.region(index)
        made.write(index, {name: points[RATIO][place] for name in VARIABLES})
    data = opened(path)
    assert set(data.coords) == set(AXES)
    np.testing.assert_array_equal(data["never"], points[RATIO])


def test_what_is_not_done_is_nan(path):
    made = make(path)
    made.write(4, columns(made, 4))
    assert np.flatnonzero(made.done()).tolist() == [4]
    data = opened(path)
    assert data["done"].values.tolist() == made.done().astype(int).tolist()
    known = np.zeros(SHAPE, dtype=bool)
    known[made.region(4)] = True
    np.testing.assert_array_equal(~np.isnan(data["enhancement"]), known)


def test_the_dataset_reads_nothing_but_what_is_asked_for(path, full):
    for name in VARIABLES:
        for file in (path / name / "c").rglob("*"):
            if file.is_file() and file != path / "enhancement/c/0/1":
                file.write_bytes(b"no numbers")
    data = store.dataset(path)
    assert list(data) == [*sorted(VARIABLES), "done"]
    part = data["enhancement"][full.region(1)]
    np.testing.assert_array_equal(part, maps()["enhancement"][full.region(1)])
    with pytest.raises(SolveError):
        data["enhancement"].load()


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 7)), min_size=1, max_size=3))
def test_the_regions_of_the_chunks_cover_every_point_once(sizes):
    shape, chunk_shape = zip(*((n, min(n, c)) for n, c in sizes), strict=True)
    made = Store(Path(), shape, chunk_shape, {}, {}, zarr.zeros(1))
    count = np.zeros(shape, dtype=int)
    for index in range(made.chunks):
        count[made.region(index)] += 1
    assert (count == 1).all()


def test_a_chunk_longer_than_its_axis_ends_with_it(path):
    made = make(path, chunk=(100, 2))
    assert made.chunks == 3
    assert store.resume(path, (100, 2), ATTRS).chunks == 3
    fill(made)
    assert made.done().all()


def test_a_chunk_is_all_results_in_its_own_shape(path):
    made = make(path)
    good = columns(made, 0)
    with pytest.raises(ValueError, match=r"chunk 0 is .* not {'never': \(3, 2\)}"):
        made.write(0, {"never": good["never"]})
    with pytest.raises(ValueError, match=r"'never': \(3, 2\).* not .*'never': \(2, 3\)"):
        made.write(0, good | {"never": good["never"].T})
    assert not made.done().any()
    assert not list((path / "enhancement").glob("c/**/*"))


# It appears whole, and once.


def test_a_store_that_could_not_be_made_leaves_nothing(path, monkeypatch):
    def refuse(*paths):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), *map(str, paths))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(OSError, match="No space"):
            make(path)
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize(
    "count", [1, 4, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 5, 6))]
)
def test_a_store_killed_while_it_is_made_is_none_and_is_swept_away(path, process, count):
    assert process("killed_in_creation", path, count) == -signal.SIGKILL
    assert len(left(path)) == 1
    with pytest.raises(InputError, match="does not exist"):
        Store.open(path)
    assert make(path).chunks == 9
    assert [p.name for p in path.parent.iterdir()] == ["sweep.zarr"]


def test_what_cannot_fit_on_the_disk_even_in_a_tenth_of_its_bytes_is_refused(path, monkeypatch):
    size = 8 * (len(VARIABLES) * math.prod(SHAPE) + sum(SHAPE))
    free = types.SimpleNamespace(free=size // 10 - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: free)
    with pytest.raises(InputError, match=f"the sweep has {size} bytes of results, and .* has 92 b"):
        make(path)
    assert not path.exists()
    free.free = size // 10 + 1
    make(path)


def test_what_exists_is_not_overwritten(path, full):
    with pytest.raises(InputError, match=r"sweep.zarr exists: go on with --resume, or give anoth"):
        make(path)
    assert full.done().all()


# Processes of their own; what is called there is defined here.


@pytest.fixture(scope="session")
def start():
    """`start("write", path, [1, 2])`: a function of this file in a process, not waited for."""
    context = multiprocessing.get_context("forkserver")
    imported = ["entrap.studies.sweep.layout", "entrap.studies.sweep.store", "hypothesis", "pytest"]
    context.set_forkserver_preload(imported)
    started = []

    def begun(function, *arguments):
        call = {"CALLED": (function, arguments)}
        process = context.Process(target=runpy.run_path, args=(__file__, call, "__process__"))
        process.start()
        started.append(process)
        return process

    yield begun
    for process in started:
        process.kill()
        process.join()
        process.close()


@pytest.fixture(scope="session")
def process(start):
    """The same, waited for: its exit code."""

    def ended(function, *arguments):
        begun = start(function, *arguments)
        begun.join(60)
        return begun.exitcode

    return ended


def write(path, indices, delay=0.0):
    made = Store.open(path)
    for index in indices:
        made.write(index, columns(made, index))
        time.sleep(delay)


def killed_in_creation(path, count):
    """Make a store and be killed before the last of some of its arrays is made."""
    make_array, made = zarr.Group.create_array, []

    def deadly(*arguments, **keywords):
        made.append(arguments)
        if len(made) == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return make_array(*arguments, **keywords)

    zarr.Group.create_array = deadly
    make(path)


def killed_in_writing(path, index, count, when):
    """Write a chunk and be killed before or after the last of some of its files is placed."""
    replace, placed = Path.replace, []

    def deadly(part, target):
        placed.append(target)
        last = len(placed) == count
        if last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        replace(part, target)
        if last:
            os.kill(os.getpid(), signal.SIGKILL)

    Path.replace = deadly
    write(path, [index])


# Killed while it is written.


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "count", [1, 2, *(pytest.param(n, marks=pytest.mark.slow) for n in (3, 4))]
)
def test_a_chunk_whose_writer_is_killed_is_done_or_not_done(path, process, tmp_path, count, when):
    made = make(path)
    fill(made, range(4))
    assert process("killed_in_writing", path, 4, count, when) == -signal.SIGKILL
    whole = (count, when) == (4, "after")  # three results, then the mark
    assert np.flatnonzero(made.done()).tolist() == [0, 1, 2, 3, *([4] if whole else [])]
    assert made.verify() == []
    assert len(left(path)) == (when == "before")
    again = store.resume(path, CHUNK, ATTRS)
    assert left(path) == []
    fill(again, again.todo())
    fill(make(tmp_path / "other.zarr"))
    assert bits(path) == bits(tmp_path / "other.zarr")


@pytest.mark.slow
@pytest.mark.parametrize("kills", [2, pytest.param(30, marks=pytest.mark.exhaustive)])
def test_whenever_it_is_killed_the_resumed_run_has_the_same_bits(path, start, tmp_path, kills):
    shape, chunk, chance = (60, 40), (6, 4), random.Random(kills)
    made, counts = make(path, shape, chunk), [0]
    for _ in range(kills):
        todo = store.resume(path, chunk, ATTRS).todo()
        chance.shuffle(todo)
        writer = start("write", path, todo, 0.02)
        while writer.is_alive() and made.done().sum() == counts[-1]:
            time.sleep(0.001)
        time.sleep(chance.uniform(0.0, 0.04))
        writer.kill()
        writer.join()
        found = Store.open(path, read_only=True)
        assert found.verify() == []
        counts.append(int(found.done().sum()))
        known = np.zeros(shape, dtype=bool)
        for index in np.flatnonzero(found.done()).tolist():
            known[found.region(index)] = True
        data = opened(path)
        for name, values in maps(shape).items():
            np.testing.assert_array_equal(data[name].values[known], values[known])
    assert counts == sorted(counts)
    assert 0 < counts[1] < made.chunks  # it was killed on the way
    again = store.resume(path, chunk, ATTRS)
    assert left(path) == []
    fill(again, again.todo())
    assert again.done().all()
    fill(make(tmp_path / "whole.zarr", shape, chunk))
    assert bits(path) == bits(tmp_path / "whole.zarr")


def test_processes_write_their_own_chunks_at_once(path, start, tmp_path):
    made = make(path)
    writers = [start("write", path, list(range(first, 9, 2)), 0.02) for first in (0, 1)]
    while any(writer.is_alive() for writer in writers):
        store.resume(path, CHUNK, ATTRS)  # which leaves alone what is being written
        assert made.verify() == []
    assert [writer.exitcode for writer in writers] == [0, 0]
    assert made.done().all()
    fill(make(tmp_path / "other.zarr"))
    assert bits(path) == bits(tmp_path / "other.zarr")


@pytest.mark.usefixtures("full")
def test_only_what_nobody_is_writing_is_swept_away(path, process):
    assert process("write", path, []) == 0
    folder, host = path / "done/.parts", socket.gethostname()
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    kept = {f"a.{os.getppid()}@{host}.partial", f"b.{dead.pid}@elsewhere.partial"}
    gone = {f"c.{dead.pid}@{host}.partial", f"d.{os.getpid()}@{host}.partial"}
    # What another machine was writing is left alone for an hour, whether it still is or not.
    young, old = ({f"{x}.{os.getppid()}@elsewhere.partial"} for x in "ef")
    for name in kept | gone | old | young:
        (folder / name).write_bytes(b"")
    for names, minutes in ((young, 55), (old, 61)):
        for name in names:
            os.utime(folder / name, (time.time() - 60 * minutes,) * 2)
    store.resume(path, CHUNK, ATTRS)
    assert {p.name for p in folder.iterdir()} == kept | young


# Corrupt.


def flip(file):
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 4
    file.write_bytes(data)


DAMAGES = {
    "flipped": flip,
    "truncated": lambda file: os.truncate(file, file.stat().st_size - 3),
    "emptied": lambda file: os.truncate(file, 0),
    "lost": Path.unlink,
}


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_chunk_is_told_and_mended(path, full, damage, name):
    whole = bits(path)
    DAMAGES[damage](path / name / "c/1/2")
    assert full.done().all()
    assert full.verify() == [5]
    data = store.dataset(path)
    told = rf"{re.escape(str(path))}/{name}/c/1/2 is (corrupt|missing): --resume computes it again"
    with pytest.raises(SolveError, match=told):
        data[name].load()
    for other in set(VARIABLES) - {name}:
        np.testing.assert_array_equal(data[other], maps()[other])
    if damage != "lost":  # the checksum is Zarr's, and others see it too
        with pytest.raises(ValueError, match="checksum"):
            opened(path)[name].load()
    again = store.resume(path, CHUNK, ATTRS)
    assert again.todo() == [5]
    assert np.isnan(store.dataset(path)["enhancement"][again.region(5)]).all()
    fill(again, [5])
    assert again.verify() == []
    assert bits(path) == whole


@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.usefixtures("full")
def test_a_damaged_mark_is_none(path, damage):
    DAMAGES[damage](path / "done/c/5")
    found = Store.open(path, read_only=True)
    assert (found.todo(), found.verify()) == (([], [5]) if damage == "flipped" else ([5], []))
    again = store.resume(path, CHUNK, ATTRS)
    assert again.todo() == [5]
    fill(again, [5])
    assert store.dataset(path)["done"].values.tolist() == [1] * 9


def test_what_is_forgotten_is_not_done_and_nothing_is_left_of_it(path, full):
    full.forget([2, 7])
    assert full.todo() == [2, 7]
    files = [p for p in path.rglob("c/**/*") if p.is_file() and p.parts[-4] in VARIABLES]
    assert len(files) == 3 * 7


def test_a_chunk_is_written_over_what_is_corrupt(path, full):
    whole = bits(path)
    flip(path / "enhancement/c/2/2")  # at the end of both axes
    fill(full, [8])
    assert bits(path) == whole


@pytest.mark.usefixtures("full")
def test_a_corrupt_coordinate_is_no_matter_of_resuming(path):
    flip(path / RATIO / "c/0")
    with pytest.raises(SolveError, match="c/0 is corrupt: the sweep must be made again"):
        store.dataset(path)


# Where nothing can be written or read.


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.ENOSPC, "free some space"),
        (errno.EROFS, "make the folder writable"),
        (errno.EIO, "see what is wrong there"),
    ],
)
@pytest.mark.parametrize("count", range(4))
def test_a_full_disk_costs_the_chunk_and_no_more(path, monkeypatch, number, cure, count):
    made, written, write_bytes = make(path), [], Path.write_bytes
    fill(made, [0])

    def filling(self, data):
        written.append(self)
        if len(written) > count:
            write_bytes(self, bytes(data)[:1])
            raise OSError(number, os.strerror(number), str(self))
        return write_bytes(self, data)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", filling)
        with pytest.raises(SolveError) as caught:
            fill(made, [1])
    assert str(caught.value) == (
        f"chunk 1 of {path} cannot be written: {os.strerror(number)}; finished chunks are kept: "
        f"{cure}, and go on with --resume"
    )
    assert np.flatnonzero(made.done()).tolist() == [0]
    assert left(path) == []
    fill(made, [1])
    assert made.verify() == []


def test_a_disk_that_is_really_full_is_told(path, process):
    made = make(path)
    fill(made, [0])
    assert process("write_to_full_disk", path) == 0
    assert np.flatnonzero(made.done()).tolist() == [0]


def write_to_full_disk(path):
    """Write where no file may grow beyond a few bytes, which the system sees to."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    with pytest.raises(SolveError, match=r"chunk 1 of .* File too large; finished"):
        write(path, [1])


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
@pytest.mark.usefixtures("full")
def test_a_folder_that_is_only_read_is_read(path):
    for folder in (path, path / "done/c"):
        folder.chmod(0o555)
    try:
        with pytest.raises(InputError, match="may not be written: make it writable, or give anoth"):
            Store.open(path)
        assert Store.open(path, read_only=True).verify() == []
        np.testing.assert_array_equal(store.dataset(path)["enhancement"], maps()["enhancement"])
    finally:
        for folder in (path, path / "done/c"):
            folder.chmod(0o755)


@pytest.mark.usefixtures("full")
def test_what_the_system_lets_nobody_write_is_refused(path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda _, mode: mode != os.W_OK)
    with pytest.raises(InputError, match=r"sweep.zarr may not be written: make it writable, or gi"):
        store.resume(path, CHUNK, ATTRS)


def without_last_codec(path):
    """Of one of the results, which is then read in another way than it was written."""
    name = sorted(Store.open(path).variables)[0]
    file = path / name / "zarr.json"
    stated = json.loads(file.read_text())
    del stated["codecs"][-1]
    file.write_text(json.dumps(stated))


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda path: shutil.rmtree(path), "does not exist: there is no sweep to read or go on"),
        (lambda path: (shutil.rmtree(path), path.touch()), "is a file, not the folder of a sweep"),
        (lambda path: (shutil.rmtree(path), path.mkdir()), "holds no sweep of entrap that can be"),
        (lambda path: os.truncate(path / "zarr.json", 40), "holds no sweep of entrap that can be"),
        (lambda path: shutil.rmtree(path / "done"), "holds no sweep of entrap that can be read"),
        (lambda path: os.truncate(path / "done/zarr.json", 9), "holds no sweep of entrap that"),
        (lambda path: zarr.create_group(path, overwrite=True), "holds no sweep of entrap that"),
        (lambda path: without_last_codec(path), "holds no sweep of entrap that can be"),
    ],
)
@pytest.mark.parametrize("read", [Store.open, partial(Store.open, read_only=True), store.dataset])
@pytest.mark.usefixtures("full")
def test_what_is_no_store_is_refused(path, spoil, told, read):
    spoil(path)
    with pytest.raises(InputError, match=rf"{re.escape(str(path))} {told}"):
        read(path)
    assert not path.is_dir() or list(path.parent.iterdir()) == [path]


# Resumed as it was made.


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 5}, {"a": 5.0}, []),
        ({"a": float("nan")}, {"a": float("nan")}, []),
        ({"a": None}, {}, []),
        ({"a": [1, 2]}, {"a": (1, 2)}, []),
        ({"a": 1}, {"a": 2}, ["`a` was 1, is 2"]),
        ({"a": 1}, {}, ["`a` was 1, is not given"]),
        ({}, {"a": {"b": 1}}, ["`a.b` was not given, is 1"]),
        ({"results": ["x", "y"]}, {"results": ["x"]}, ["`results` was x, y, is x"]),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, ["`a[0].b` was 1, is 2"]),
        (
            {"case": '{"landau": {"a": 4.1e-23, "beta": 1}}', "version": "0.2.0"},
            {"case": '{"landau": {"a": 5e-23, "beta": 1}}', "version": "0.3.0"},
            ["`case.landau.a` was 4.1e-23, is 5e-23", "`version` was 0.2.0, is 0.3.0"],
        ),
        ({"title": "[sic"}, {"title": "{so"}, ["`title` was [sic, is {so"]),
    ],
)
def test_the_differences_are_those_of_the_leaves(was, now, told):
    assert differences(was, now) == told


def test_a_digest_tells_values_apart_that_look_the_same():
    values = np.geomspace(0.01, 20.0, 200)
    other = values.copy()
    other[7] = np.nextafter(other[7], 1.0)
    assert digest(values).startswith("200 values from 0.01 to 20.0 (")
    assert digest(values) == digest(values.copy())
    assert digest(values) != digest(other)


def test_another_case_is_refused_and_leaf_by_leaf(path, full):
    full.forget([3])
    changed = ATTRS | {"case": json.dumps({"landau": {"a": 5e-23}})}
    with pytest.raises(InputError) as caught:
        store.resume(path, (3, 4), changed)
    assert str(caught.value) == (
        f"{path} was made from another case: `case.landau.a` was 4.1e-23, is 5e-23; run it "
        "again with what it was made from, or give another --out"
    )
    with pytest.raises(InputError, match="case: `chunk_shape` was 3, 2, is 3, 4; run it again"):
        store.resume(path, (3, 4), ATTRS)
    changed = ATTRS | {f"key_{place}": place for place in range(9)}
    with pytest.raises(InputError, match="`key_5` was not given, is 5; 3 more; run it again with"):
        store.resume(path, CHUNK, changed)
    assert store.resume(path, CHUNK, ATTRS).todo() == [3]


if __name__ == "__process__":
    function, arguments = globals()["CALLED"]
    globals()[function](*arguments)
