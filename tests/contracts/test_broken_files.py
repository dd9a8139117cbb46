"""A broken file of a result is read or refused in one sentence; nothing else is raised or printed."""

import gc
import json
import lzma
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

import entrap as et
from entrap.app.casefile import load_case
from entrap.core.errors import SolveError
from entrap.studies.fit.data.observations import load_data
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.fit.needs import NEEDS
from entrap.studies.fit.storage import saved_chains

DATA = Path(__file__).parents[1] / "data" / "results" / "0.4"
FILES = {
    "evolution": "junction/results.nc",
    "equilibrium": "equilibrium.nc",
    "trap": "trap/results.nc",
    "posterior": "fit/posterior-mixing.nc",
    "plan": "plan/plan.nc",
}
KEYS = ["material.critical_temperature", "landau.a", "mixture.valence_ratio"]
NESTED = "[" * 100_000
VALUES = ["", "{", "null", "[]", "{}", "1", '"x"', NESTED, "[[1]]", 7, np.nan,
          np.arange(3), np.float64(1e300), [b"\xff"]]  # fmt: skip


def bytes_changed(path, draw):
    content = bytearray(path.read_bytes())
    for at in draw.integers(len(content), size=draw.choice([1, 4, 64])):
        content[at] = draw.integers(256)
    path.write_bytes(content)


def head_changed(path, draw):
    """Bytes of the tables, which come first and after each other."""
    content = bytearray(path.read_bytes())
    for at in draw.integers(min(4000, len(content)), size=4):
        content[at] = draw.integers(256)
    path.write_bytes(content)


def cut_short(path, draw):
    content = path.read_bytes()
    path.write_bytes(content[: draw.integers(len(content))])


def attribute_changed(path, draw):
    with h5py.File(path, "a") as file:
        name = draw.choice(sorted(file.attrs))
        if draw.random() < 0.3:
            del file.attrs[name]
        else:
            file.attrs[name] = VALUES[draw.integers(len(VALUES))]


def json_changed(path, draw):
    """One value somewhere in the JSON of an attribute."""
    with h5py.File(path, "a") as file:
        names = [n for n, x in file.attrs.items() if isinstance(x, str) and x[:1] in ("{", "[")]
        if names:
            name = draw.choice(sorted(names))
            file.attrs[name] = json.dumps(changed_inside(json.loads(file.attrs[name]), draw))


def changed_inside(told, draw):
    """JSON with one of its values replaced or left out."""
    if not isinstance(told, dict | list) or not told or draw.random() < 0.15:
        return [None, 0, -1.0, "x", [], {}, True, 1e400, [[[]]]][draw.integers(9)]
    key = draw.choice(sorted(told)) if isinstance(told, dict) else int(draw.integers(len(told)))
    if draw.random() < 0.15:
        del told[key]
    else:
        told[key] = changed_inside(told[key], draw)
    return told


def variable_changed(path, draw):
    file: Any
    with h5py.File(path, "a") as file:
        names = []
        file.visititems(lambda n, x: names.append(n) if isinstance(x, h5py.Dataset) else None)
        name = draw.choice(sorted(names))
        values = file[name][()]
        del file[name]
        others = [
            lambda: None,
            lambda: file.create_dataset(name, data=np.ravel(values)[:1]),
            lambda: file.create_dataset(name, data=np.float64(1.0)),
            lambda: file.create_dataset(name, data=np.ones((2, 3, 4))),
            lambda: file.create_dataset(name, data=np.array([b"abc"] * np.size(values))),
            lambda: file.create_dataset(name, data=np.ones(np.shape(values), complex)),
            lambda: file.create_dataset(name, data=np.full(np.shape(values), np.nan)),
            lambda: file.create_dataset(name, data=np.full(np.shape(values), 10**15)),
            lambda: file.create_dataset(name, data=np.zeros(np.shape(values), bool)),
            lambda: file.create_dataset(name, data=h5py.Empty("f8")),
            lambda: file.create_dataset(name, shape=(10**14,), dtype="f8", chunks=(1000,)),
            lambda: file.create_group(name),
        ]
        others[draw.integers(len(others))]()


MUTATIONS = [bytes_changed, head_changed, cut_short, attribute_changed, json_changed,
             variable_changed]  # fmt: skip


def store_changed(store, draw):
    """A store of which one file is broken, or gone."""
    files = sorted(file for file in store.rglob("*") if file.is_file())
    if draw.random() < 0.7:
        files = [file for file in files if file.name == "zarr.json"]
    file = files[draw.integers(len(files))]
    how = draw.random()
    if how < 0.1:
        file.unlink()
    elif how < 0.3:
        cut_short(file, draw)
    elif how < 0.4 or file.name != "zarr.json":
        bytes_changed(file, draw)
    else:
        told = json.loads(file.read_text())
        attributes = told["attributes"]
        if how < 0.6:
            told = changed_inside(told, draw)
        elif how < 0.8 and attributes:
            name = draw.choice(sorted(attributes))
            attributes[name] = ["", "{", "null", "[]", "{}", NESTED, 7, None][draw.integers(8)]
        elif "case" in attributes:
            name = draw.choice(["case", "sweep"])
            attributes[name] = json.dumps(changed_inside(json.loads(attributes[name]), draw))
        file.write_text(json.dumps(told))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    target = tmp_path_factory.mktemp("whole")
    for kind, name in FILES.items():
        (target / f"{kind}.nc").write_bytes(lzma.decompress((DATA / f"{name}.xz").read_bytes()))
    return target


@pytest.fixture(scope="module")
def fit():
    case = load_case(DATA / "fit.toml", needs=NEEDS)
    return case, load_data(DATA / "fit.csv", DataTable.of(case))


@pytest.fixture
def quiet(monkeypatch, capfd):
    """What is printed, warned of, or raised where nobody can catch it."""
    noise = []
    monkeypatch.setattr(sys, "unraisablehook", lambda told: noise.append(repr(told.exc_value)))

    def heard():
        gc.collect()
        out, err = capfd.readouterr()
        return [*noise, *filter(None, (out, err))]

    gc.freeze()  # what other tests made is not gone through
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield heard


def read_or_refused(read):
    """Whether it was read; what is refused is refused in one line."""
    try:
        read()
    except (et.InputError, SolveError) as error:
        text = str(error)
        assert text
        assert "\n" not in text
        assert len(text) < 600
        return False
    return True


def look(path):
    found = et.load(path)
    assert repr(found)
    assert found.validity


def check(kind, path, mutate, read, draw, quiet, count):
    """Break a file many times; some are refused."""
    whole, seen = path.read_bytes(), []
    for _ in range(count):
        path.write_bytes(whole)
        mutate(path, draw)
        seen.append(read_or_refused(lambda: read(path)))
    assert not quiet(), kind
    # Chains go on by the fingerprint of their case: its text is not read.
    unread = kind == "posterior" and mutate is json_changed
    assert not all(seen) or unread or count < 10


@pytest.mark.parametrize("mutate", MUTATIONS)
@pytest.mark.parametrize("count", [3, pytest.param(100, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize(
    "kind",
    [k if k == "evolution" else pytest.param(k, marks=pytest.mark.exhaustive) for k in FILES],
)
def test_a_broken_file_is_read_or_refused(whole, fit, tmp_path, quiet, kind, mutate, count):
    path = tmp_path / f"{kind}.nc"
    shutil.copy(whole / f"{kind}.nc", path)
    draw = np.random.default_rng([count, MUTATIONS.index(mutate), list(FILES).index(kind)])

    def read(file):
        if kind == "posterior":
            case, data = fit
            saved_chains(file, case, data, "mixing", KEYS)
        else:
            look(file)

    check(kind, path, mutate, read, draw, quiet, count)


@pytest.mark.parametrize("name", ["entrap_fingerprint", "entrap_hypothesis"])
@pytest.mark.parametrize("value", [np.arange(3), 7, h5py.Empty("f8")])
def test_chains_whose_mark_is_no_text_are_refused(whole, fit, tmp_path, name, value):
    path = tmp_path / "posterior.nc"
    shutil.copy(whole / "posterior.nc", path)
    with h5py.File(path, "a") as file:
        file.attrs[name] = value
    case, data = fit
    with pytest.raises(et.InputError, match=r"belongs to another case|is not a posterior"):
        saved_chains(path, case, data, "mixing", KEYS)


def test_several_broken_arrays_of_a_store_are_refused_in_one_sentence(tmp_path, quiet, caplog):
    store = tmp_path / "sweep.zarr"
    shutil.copytree(DATA / "sweep" / "sweep.zarr", store)
    for file in store.glob("*/zarr.json"):
        file.write_text("{}")
    with pytest.raises(et.InputError, match="holds no sweep of entrap that can be read"):
        et.load_sweep(store)
    assert not quiet()
    assert not caplog.records


@pytest.mark.parametrize("name", ["enhancement", "trap.rate", "done"])
def test_an_array_of_chunks_without_points_is_refused(tmp_path, name):
    store = tmp_path / "sweep.zarr"
    shutil.copytree(DATA / "sweep" / "sweep.zarr", store)
    file = store / name / "zarr.json"
    told = json.loads(file.read_text())
    lengths = told["chunk_grid"]["configuration"]["chunk_shape"]
    lengths[:] = [0] * len(lengths)
    file.write_text(json.dumps(told))
    with pytest.raises(et.InputError, match="holds no sweep of entrap that can be read"):
        et.load_sweep(store)


@pytest.mark.parametrize("count", [10, pytest.param(300, marks=pytest.mark.exhaustive)])
def test_a_broken_store_is_read_or_refused(tmp_path, quiet, count):
    draw, seen = np.random.default_rng(count), []
    store = tmp_path / "sweep.zarr"

    def read():
        swept = et.load_sweep(store)
        assert repr(swept)
        assert swept.scheme
        assert swept.axes is not None
        swept.data.load()

    for _ in range(count):
        shutil.rmtree(store, ignore_errors=True)
        shutil.copytree(DATA / "sweep" / "sweep.zarr", store)
        store_changed(store, draw)
        seen.append(read_or_refused(read))
    assert not quiet()
    assert 0 < sum(seen) < count
