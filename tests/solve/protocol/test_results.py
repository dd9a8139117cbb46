"""Results: saved and read back bit for bit, described, and refused where they are none."""

import json
import math
import re

import h5py
import numpy as np
import pytest
import xarray as xr

import entrap as et
from entrap.core.quantities import Quantity, quantities
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.results import REGIMES, Value, strict

CASE = et.Case.from_dict(
    {
        "title": 'Ünïcode, "quotes" and <signs>',
        "material": {"name": "Nb"},
        "landau": {"a": "2 k_B", "saturation": 1.0},
        # A weight of nothing, and a trap that takes long: zeros, infinities and NaN all occur.
        "mixture": {"valence_ratio": 3.0, "condensate_weight": 0.0},
        "trap": {"rate": 1e3},
        "protocol": {
            "start": 3.0,
            "hold": 0.01,
            "warm_to": 12.0,
            "warming_time": 0.1,
        },
    }
)


@pytest.fixture(scope="module", params=["evolution", "grid", "point"])
def result(request):
    if request.param == "evolution":
        return et.evolve(CASE)
    return et.equilibrate(
        CASE, "5 K" if request.param == "point" else np.linspace(1, 12, 6).reshape(2, 3)
    )


@pytest.fixture(scope="module")
def saved(result, tmp_path_factory):
    path = tmp_path_factory.mktemp("saved") / "result.nc"
    result.save(path)
    return path


def arrays(result):
    """Every array of a result, by name."""
    parts = {
        name: getattr(result, name)
        for name in ("state", "bare", "trapped", "margins")
        if hasattr(result, name)
    }
    found = {
        f"{part}.{name}": value
        for part, owner in parts.items()
        for name, _ in quantities(type(owner))
        if (value := getattr(owner, name)) is not None
    }
    return found | {
        name: getattr(result, name) for name in ("time", "regime") if hasattr(result, name)
    }


def test_what_is_read_back_is_what_was_saved_bit_for_bit(result, saved):
    read = et.load(saved)
    assert type(read) is type(result)
    before, after = arrays(result), arrays(read)
    assert before.keys() == after.keys()
    for name, array in before.items():
        assert np.asarray(after[name]).dtype == np.asarray(array).dtype, name
        assert np.asarray(after[name]).shape == np.shape(array), name
        assert np.asarray(after[name]).tobytes() == np.asarray(array).tobytes(), name
    assert read.case == result.case == CASE
    assert read.validity == result.validity
    assert repr(read) == repr(result)
    if isinstance(result, et.Evolution) and isinstance(read, et.Evolution):
        assert read.regimes == result.regimes
        assert read.quantities == result.quantities
        assert read.succeeded is result.succeeded is True
    assert any(np.isinf(array).any() for array in before.values())


def test_a_result_prints_what_it_is(result):
    text = repr(result)
    assert CASE.title in text
    assert all(len(line) < 200 for line in text.splitlines())
    if isinstance(result, et.Evolution):
        assert all(f"\n  {name}" in text for name in result.quantities.keys() - {"pair_gain"})
        assert "assumptions that fail: " in text
    else:
        assert all(f"\n  {name}" in text for name, _ in quantities(State))
        rows = [re.split(r"\s{2,}", line.strip()) for line in text.splitlines()[2:]]
        assert {len(row) for row in rows if not row[0].startswith("(")} == {3}


def test_every_column_says_what_it_is_by_cf(saved):
    with xr.open_dataset(saved, decode_times=False) as data:
        assert data.attrs["Conventions"].startswith("CF-1.")
        assert data.attrs["title"] == CASE.title
        assert data.attrs["source"].startswith("entrap ")
        assert data.attrs["references"] == "arXiv:2605.15834"
        assert et.Case.from_dict(json.loads(data.attrs["case"])) == CASE
        declared = dict(quantities(State)) | {f"margin_{n}": q for n, q in quantities(Margins)}
        for name, column in data.variables.items():
            base = str(name).removesuffix("_bare")
            assert column.attrs["long_name"], name
            if base in declared:
                assert column.attrs["units"] == declared[base].unit
        assert {n for n, _ in quantities(State)} <= set(data.variables)
        assert {f"{n}_bare" for n, _ in quantities(State)} - {"temperature_bare"} <= set(
            data.variables
        )


def test_the_worst_point_of_each_assumption_counts(result):
    for margin in result.validity:
        values = getattr(result.margins, margin.name)
        assert margin.declared == dict(quantities(Margins))[margin.name]
        if margin.margin is None:
            assert margin.missing
            assert margin.holds is None
            continue
        assert margin.margin == np.nanmin(values)
        assert margin.holds is bool(margin.margin >= 0)
        if isinstance(result, et.Evolution) and margin.holds is False:
            fails = np.flatnonzero(values < 0)[0]
            before = result.state.temperature[fails - 1] if fails else None
            assert margin.holds_until == before


def test_a_temperature_at_which_the_warm_up_ends_is_a_bound(tmp_path):
    """Warmed less far than the effect survives, "≥"; farther, the temperature itself."""

    def warmed(warm_to):
        return et.evolve(
            CASE.changed({"protocol.warm_to": warm_to, "mixture.condensate_weight": 1.0})
        )

    short, long = warmed(6.0), warmed(40.0)
    for name in ("survival_temperature", "trap_failure_temperature"):
        bound, found = short.quantities[name], long.quantities[name]
        assert bound.value == pytest.approx(6.0, rel=1e-12)
        assert bound.at_least
        assert str(bound) == "≥ 6 K"
        if name == "survival_temperature":
            assert 6 < found.value < 40
            assert not found.at_least
            assert str(found)[0] != "≥"
    for margin in short.validity:
        if margin.holds:
            assert margin.at_least
            assert margin.holds_until == pytest.approx(6.0, rel=1e-12)
        else:
            assert not margin.at_least
    assert not any(margin.at_least for margin in long.validity)
    short.save(tmp_path / "run.nc")
    again = et.load(tmp_path / "run.nc").quantities
    assert {n: v.at_least for n, v in again.items()} == {
        n: v.at_least for n, v in short.quantities.items()
    }


def test_margins_count_only_while_there_is_a_superconductor():
    """Warming far past T̃_c changes neither what fails nor by how much."""

    def run(warm_to, warming_time):
        changes = {"warm_to": warm_to, "warming_time": warming_time}
        return et.evolve(CASE.changed({f"protocol.{k}": x for k, x in changes.items()}))

    critical = et.evolve(CASE).quantities["effective_critical_temperature"].value
    start = CASE.require("protocol").start
    short, long = (
        run(0.8 * critical, 1.0),
        run(3 * critical, (3 * critical - start) / (0.8 * critical - start)),
    )
    normal = long.state.superfluid_density == 0
    assert normal.any()
    for name, _ in quantities(Margins):
        values = getattr(long.margins, name)
        if values is not None:
            assert np.isnan(values[normal]).all(), name
    for margin in long.validity:
        if margin.margin is not None:
            assert margin.margin > -math.inf, margin.name
            if margin.holds_until is not None:
                assert margin.holds_until < critical
    already = {m.name for m in short.validity if m.holds is False}
    assert already <= {m.name for m in long.validity if m.holds is False}


def test_a_sample_that_is_never_superconducting_is_judged_by_nothing():
    found = et.equilibrate(CASE, 1e4)
    assert {m.margin for m in found.validity} == {None}
    assert {m.missing for m in found.validity} == {"the sample is normal"}


def test_what_is_missing_for_a_margin_is_told():
    bare = et.Case.from_dict(
        CASE.to_dict()
        | {
            "material": {"critical_temperature": 10.0, "conduction_density": 1e27},
            "trap": {},
        }
    )
    told = {m.name: m.missing for m in et.equilibrate(bare, 5.0).validity}
    assert told["filled_band"] == "give mixture.band_gap, if the valence electrons fill a band"
    assert told["classical_entropy"] == ""
    remarks = {m.name: m.remark for m in et.equilibrate(bare, 5.0).validity if m.remark}
    assert remarks == {"classical_entropy": "T_F is estimated from n_c by free electrons"}
    assert told["pair_density"] == "give material.fermi_velocity"
    assert told["trap_energy"] == "there is no trap: give trap.rate"
    assert told["landau_region"] == ""


def other(path, kind):
    """A file that is no result."""
    if kind == "text":
        path.write_text("title = 'a case'")
    elif kind == "empty":
        path.touch()
    elif kind == "folder":
        path.mkdir()
    elif kind == "hdf5":
        with h5py.File(path, "w") as file:
            file["x"] = np.arange(3)
    elif kind == "netcdf":
        xr.Dataset({"x": ("t", [1.0, 2.0])}).to_netcdf(path, engine="h5netcdf")
    elif kind == "other":
        xr.Dataset(attrs={"entrap_result": "sweep"}).to_netcdf(path, engine="h5netcdf")
    elif kind != "missing":
        case = "{}" if kind == "no case" else "{" if kind == "torn" else json.dumps(CASE.to_dict())
        attributes = {
            "entrap_result": "equilibrium" if kind == "columns" else "evolution",
            "case": case,
        }
        xr.Dataset(attrs=attributes).to_netcdf(path, engine="h5netcdf")


@pytest.mark.parametrize(
    "kind",
    ["text", "empty", "folder", "missing", "hdf5", "netcdf", "other", "no case", "torn", "columns"],
)
def test_what_is_no_result_is_refused(tmp_path, kind):
    path = tmp_path / "file.nc"
    other(path, kind)
    says = {"folder": "is a folder: give a file in it", "missing": "is not there: give"}
    with pytest.raises(et.InputError, match=rf"file\.nc {says.get(kind, '.*result of entrap')}"):
        et.load(path)


def test_a_folder_is_refused_with_what_of_it_can_be_read(tmp_path):
    for inside, says in (
        ("results.nc", f"is a folder: give a file in it, such as {tmp_path / 'results.nc'}"),
        ("sweep.zarr", f"open {tmp_path / 'sweep.zarr'} with xarray.open_zarr"),
        ("zarr.json", "is the store of a sweep: open it with xarray.open_zarr"),
    ):
        (tmp_path / inside).touch()
        with pytest.raises(et.InputError) as caught:
            et.load(tmp_path)
        assert says in str(caught.value)


@pytest.mark.parametrize("keep", [100, 5000, -100])
def test_a_result_cut_short_is_refused(saved, tmp_path, keep):
    path = tmp_path / "file.nc"
    path.write_bytes(saved.read_bytes()[:keep])
    with pytest.raises(et.InputError, match=r"file\.nc .*result of entrap"):
        et.load(path)


@pytest.mark.parametrize(
    "temperature", [0.0, -1.0, math.nan, math.inf, "4 T", "-1 K", np.array([1.0, 0.0])]
)
def test_a_temperature_that_is_none_is_refused(temperature):
    with pytest.raises(et.InputError):
        et.equilibrate(CASE, temperature)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1.5, 1.5),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (np.float64(np.inf), "inf"),
        (None, None),
        (0.0, 0.0),
    ],
)
def test_numbers_are_written_as_strict_json_has_them(number, written):
    assert strict(number) == written
    json.dumps(strict(number), allow_nan=False)


def test_a_value_prints_in_the_unit_in_which_it_is_quoted():
    assert str(Value(1.602176634e-22, Quantity("J", "Δ", "Gap", display="meV"))) == "1 meV"
    assert str(Value(2.0, Quantity("1", "E", "Enhancement"))) == "2"
    assert str(Value(math.inf, Quantity("K", "T", "Temperature"))) == "infinite"


def test_codes_of_regimes_stay_as_files_have_them():
    assert REGIMES == ("equilibrium", "emptying", "pinned", "released", "normal", "saturated")
