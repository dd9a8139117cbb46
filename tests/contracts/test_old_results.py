"""Results that earlier versions wrote still load, and say what they lack: tests/data/results."""

import json
import lzma
import shutil
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import xarray as xr
import zarr

import entrap as et
from entrap.app.casefile import load_case
from entrap.core.quantities import quantities
from entrap.model.device import TrapState
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.report.look import LOOK
from entrap.report.written import owned
from entrap.solve.protocol.results import REGIMES
from entrap.studies.compare.samples import sample_of
from entrap.studies.fit.data.observations import load_data
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.fit.needs import NEEDS
from entrap.studies.fit.storage import drawn_by_others, saved_chains
from entrap.studies.run.figures import evolution_figures
from entrap.studies.run.page import account
from entrap.studies.sweep.writing import show_store

DATA = Path(__file__).parents[1] / "data" / "results"
RUNS = [("0.1", "run")] + [(v, k) for v in ("0.2", "0.3", "0.4") for k in ("run", "junction")]
LATER = {"classical_entropy", "downhill_pairing", "large_kappa", "neutrality"}
"""Margins that no version up to 0.4 has written; the cases lack what others take."""
UNTOLD = {
    "pair_density": "give material.fermi_velocity",
    "filled_band": "give mixture.band_gap, if the valence electrons fill a band",
}
UNTOLD_OF_RATE = dict.fromkeys(
    ("proximity", "neutrality"), "give [trap.junction] in place of trap.rate"
)
KEYS = ["material.critical_temperature", "landau.a", "mixture.valence_ratio"]


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """The folders of all versions, uncompressed."""
    target = tmp_path_factory.mktemp("old")
    for file in DATA.rglob("*"):
        copy = target / file.relative_to(DATA)
        if file.is_dir():
            copy.mkdir(exist_ok=True, parents=True)
        elif file.suffix == ".xz":
            copy.parent.mkdir(exist_ok=True, parents=True)
            copy.with_suffix("").write_bytes(lzma.decompress(file.read_bytes()))
        else:
            copy.parent.mkdir(exist_ok=True, parents=True)
            shutil.copy(file, copy)
    return target


def raw(path):
    """Variables and attributes of a file, those of its groups by their paths, by h5py alone."""
    held: dict[str, Any] = {}

    def take(name, part):
        if isinstance(part, h5py.Dataset):
            held[name] = part[()]

    with h5py.File(path) as file:
        file.visititems(take)
        return held, dict(file.attrs)


def check_columns(part, held, names):
    """Each column is that of the file; one that is not there is refused by its name."""
    lacking = []
    for name, in_file in names.items():
        if in_file in held:
            np.testing.assert_array_equal(getattr(part, name), held[in_file], in_file)
        else:
            lacking.append(name)
            assert not hasattr(part, name)
            with pytest.raises(et.InputError, match=rf"`{name}` is missing: .* run the case again"):
                getattr(part, name)
    return lacking


def check_result(found, path, parts):
    """A result has all that its file has, and lists what the file lacks."""
    held, attributes = raw(path)
    lacking = []
    for part, kind, suffix in parts:
        names = {name: name + suffix for name, _ in quantities(kind)}
        names |= {"temperature": "temperature"} if kind is State else {}
        lacking += check_columns(part, held, names)
    for name, _ in quantities(Margins):
        values = getattr(found.margins, name)
        if f"margin_{name}" in held:
            np.testing.assert_array_equal(values, held[f"margin_{name}"])
        else:
            assert values is None
    version = f"entrap {found.written_by}, which wrote the file, does not give it"
    expected = dict.fromkeys(LATER, version) | UNTOLD
    expected |= UNTOLD_OF_RATE if found.case.trap.junction is None else {}
    assert {m.name: m.missing for m in found.validity if m.margin is None} == expected
    assert attributes["source"] == f"entrap {found.written_by}"
    assert found.case.title == json.loads(attributes["case"])["title"]
    return lacking, attributes


@pytest.mark.parametrize(("version", "kind"), RUNS)
def test_an_evolution_has_what_its_file_has_and_lists_the_rest(old, version, kind):
    path = old / version / kind / "results.nc"
    run = et.load(path)
    parts = ((run.state, State, ""), (run.bare, State, "_bare"), (run.trap, TrapState, ""))
    lacking, attributes = check_result(run, path, parts)
    held = raw(path)[0]
    np.testing.assert_array_equal(run.time, held["time"])
    np.testing.assert_array_equal(run.regime, held["regime"])
    assert {regime.name for regime in run.regimes} <= set(REGIMES)
    for name, (value, declared) in json.loads(attributes["quantities"]).items():
        assert run.quantities[name].value == pytest.approx(value, abs=0, rel=0, nan_ok=True)
        assert run.quantities[name].declared.unit == declared["unit"]
    assert set(lacking) <= set(run.missing)
    assert run.written_by == f"{version}.0"
    if run.missing:
        assert f"not in the file, which entrap {version}.0 wrote: " in repr(run)


def test_what_0_1_did_not_compute_is_missing_and_refused_by_name(old):
    run = et.load(old / "0.1" / "run" / "results.nc")
    expected = {"trapping_rate", "remaining_fraction", "steady_fraction"}
    expected |= {"trap_failure_temperature", "survival_temperature"}
    assert set(run.missing) == expected
    with pytest.raises(et.InputError) as caught:
        run.quantities["survival_temperature"]
    assert str(caught.value) == (
        "`survival_temperature` is missing: the file was written by entrap 0.1.0 and does not hold "
        "it; run the case again to have it"
    )
    assert "survival_temperature" not in run.quantities


@pytest.mark.parametrize("version", ["0.1", "0.2", "0.3", "0.4"])
def test_an_equilibrium_has_what_its_file_has(old, version):
    path = old / version / "equilibrium.nc"
    found = et.load(path)
    lacking, _ = check_result(
        found, path, ((found.trapped, State, ""), (found.bare, State, "_bare"))
    )
    assert found.missing == tuple(lacking)
    assert "superfluid_density" in repr(found)


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("version", "kind"), [RUNS[0], pytest.param("0.4", "junction", marks=pytest.mark.exhaustive)]
)
def test_an_old_evolution_is_summed_up_drawn_and_saved_again(old, tmp_path, version, kind):
    path = old / version / kind / "results.nc"
    run = et.load(path)
    then = json.loads((path.parent / "summary.json").read_text())
    now = json.loads(json.dumps(account(run).summary()))
    for name, told in then["quantities"].items():
        assert now["quantities"][name]["value"] == told["value"]
    assert len(now["answer"]) == 3
    figures = evolution_figures(run, et.bcs_curves(run))
    assert set(figures) == {"free-energy", "densities", "observables", "margins"}
    assert run.case.title in account(run).page(dict.fromkeys(figures, "<svg></svg>"))
    run.save(tmp_path / "again.nc")
    again = et.load(tmp_path / "again.nc")
    assert (again.missing, again.written_by) == (run.missing, run.written_by)
    before, after = raw(path)[0], raw(tmp_path / "again.nc")[0]
    for name, column in before.items():
        np.testing.assert_array_equal(after[name], column, name)


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("0.2/trap/results.nc", "design of a trap: open it with xarray.open_dataset"),
        ("0.3/trap/results.nc", "design of a trap: open it with xarray.open_dataset"),
        ("0.4/trap/results.nc", "design of a trap: open it with xarray.open_dataset"),
        ("0.4/plan/plan.nc", "plan of measurements: open it with xarray.open_dataset"),
        ("0.4/fit/posterior-mixing.nc", "posterior of a fit: open it with xarray.open_datatree"),
    ],
)
def test_what_load_does_not_read_is_refused_by_its_kind_and_opens_as_it_says(old, name, hint):
    path = old / name
    with pytest.raises(et.InputError, match=hint):
        et.load(path)
    opener = xr.open_datatree if "datatree" in hint else xr.open_dataset
    with opener(path, engine="h5netcdf") as data:
        case = data.attrs.get("case") or data.attrs["entrap_case"]
        needs = ("trap.junction",) if "trap" in name else NEEDS
        assert (
            et.CaseFile.from_dict(json.loads(case), needs=needs).title == json.loads(case)["title"]
        )


@pytest.mark.parametrize("version", [pytest.param("0.3", marks=pytest.mark.slow), "0.4"])
def test_a_sweep_has_what_its_store_has_and_is_drawn_again(old, version, tmp_path):
    store = old / version / "sweep" / "sweep.zarr"
    swept = et.load_sweep(store)
    assert swept.done == 1
    assert swept.axes == ("landau.a", "trap.rate")
    held: Any = zarr.open_group(store, mode="r", use_consolidated=False)
    for name, column in swept.data.variables.items():
        np.testing.assert_array_equal(column.values, held[name][...], str(name))
    assert {*swept.data.variables, "done"} == set(held)
    show_store(store, tmp_path / "shown", look=LOOK, latex=False)
    shown = json.loads((tmp_path / "shown" / "summary.json").read_text())
    then = json.loads((store.parent / "summary.json").read_text())
    for name, told in then["results"].items():
        for extreme in ("least", "largest"):
            now = shown["results"][name][extreme]
            assert now == (told[extreme] and told[extreme] | {"at_least": False})
    assert list((tmp_path / "shown").glob("*.png"))


def test_a_fit_goes_on_from_old_chains(old):
    folder = old / "0.4"
    case = load_case(folder / "fit.toml", needs=NEEDS)
    data = load_data(folder / "fit.csv", DataTable.of(case))
    chains = saved_chains(folder / "fit", case, data, "mixing", KEYS)
    assert chains is not None
    assert drawn_by_others(folder / "fit") == ("0.4.0",)  # which the command says
    assert drawn_by_others(folder) == ("0.4.0",)
    assert drawn_by_others(folder / "fit.csv") == ()
    held, _ = raw(folder / "fit" / "posterior-mixing.nc")
    order = [key.decode() for key in held["unconstrained_posterior/parameter"]]
    at = [order.index(key) for key in KEYS]
    np.testing.assert_array_equal(chains.u, held["unconstrained_posterior/u"][..., at])
    np.testing.assert_array_equal(chains.center, held["sampler/center"][at])
    np.testing.assert_array_equal(chains.scale, held["sampler/scale"][np.ix_(at, at)])
    np.testing.assert_array_equal(chains.last, held["sampler/last"][:, at])
    np.testing.assert_array_equal(chains.step_size, held["sampler/step_size"])
    np.testing.assert_array_equal(chains.steps, held["sample_stats/n_steps"])


def compared(folder):
    """What `entrap compare` reads of a folder, whose numbers are those of its summary."""
    told = json.loads((folder / "summary.json").read_text("utf-8"))
    found = sample_of("old", folder)
    assert found.case.title == told["case"]["title"]
    for each in (*found.values.values(), *found.validity):
        assert not each.at_least  # which no version up to 0.4 has said
    values = {name: (v.value, v.declared.unit) for name, v in found.values.items()}
    for name, of in told["quantities"].items():
        value = float("nan" if of["value"] is None else of["value"])
        assert values[name] == (pytest.approx(value, rel=1e-12, abs=0, nan_ok=True), of["unit"])
    return found, told


@pytest.mark.parametrize(
    ("against", "symbol", "unit"), [("temperature", "T", "K"), ("time", "t", "s")]
)
def test_an_old_fit_is_compared_by_what_its_files_hold(old, tmp_path, against, symbol, unit):
    folder = shutil.copytree(old / "0.4" / "fit", tmp_path / "fit")
    told = json.loads((folder / "summary.json").read_text("utf-8"))
    told["data"]["against"] = against
    (folder / "summary.json").write_text(json.dumps(told), "utf-8")
    found, _ = compared(folder)
    held, _ = raw(folder / "posterior-mixing.nc")
    points = {name: held[f"constant_data/{name}"] for name in ("coordinate", "on", "relative")}
    drawn = held["posterior_predictive/value"].reshape(-1, len(points["on"]))
    middle = np.sort(drawn, axis=0)[(len(drawn) - 1) // 2]
    order = np.argsort(points["coordinate"])
    at, on, middle = points["coordinate"][order], points["on"][order] == 1, middle[order]
    ((name, curve),) = found.curves.items()
    assert (name, found.kind) == ("higgs_coefficient", "fit")
    assert (curve.along.symbol, curve.along.unit) == (symbol, unit)
    np.testing.assert_array_equal(curve.x, at)
    np.testing.assert_array_equal(curve.y, np.where(on, middle, np.nan))
    np.testing.assert_array_equal(curve.beside, np.where(on, np.nan, middle))
    read = curve.readings
    assert read is not None
    np.testing.assert_array_equal((read.at, read.on), (at, on))
    np.testing.assert_array_equal(read.value, held["observed_data/value"][order])
    np.testing.assert_allclose(read.deviation, points["relative"][order] * middle, rtol=1e-15)
    assert [*found.posteriors] == [row["name"] for row in told["hypotheses"]]
    for hypothesis, numbers in found.posteriors.items():
        of = told["posteriors"][hypothesis]["numbers"]
        assert {key: declared.unit for key, (declared, _) in numbers.items()} == {
            key: one["unit"] for key, one in of.items()
        }
        for key, (_, five) in numbers.items():
            shares = of[key]["intervals"]
            assert five.tolist() == [of[key]["median"], *shares["0.5"], *shares["0.9"]]


@pytest.mark.parametrize("version", ["0.2", "0.3", "0.4"])
def test_an_old_design_of_a_trap_is_compared_by_what_its_files_hold(old, version):
    found, _ = compared(old / version / "trap")
    held, _ = raw(old / version / "trap" / "results.nc")
    assert found.kind == "trap"
    assert found.curves
    for name, curve in found.curves.items():
        column, _, axis = name.rpartition("_over_" if "_over_" in name else "_along_")
        along = name.removeprefix(f"{column}_")
        np.testing.assert_array_equal(curve.y, held[name])
        np.testing.assert_array_equal(curve.x, held[along])
        if column == "residual_fraction":
            np.testing.assert_array_equal(curve.beside, held[f"untrapped_fraction_{along}"])
        else:
            assert curve.beside is None
        symbols = {"temperature": "T", "time": "Γ t", "length": "d", "count": "N", "film": "z"}
        assert curve.along.symbol == symbols[axis]


@pytest.mark.exhaustive
def test_entrap_fit_resumes_an_old_fit(old, tmp_path, monkeypatch):
    from entrap.app import cli

    folder = old / "0.4"
    words = ["fit", folder / "fit.toml", folder / "fit.csv", "--resume", folder / "fit"]
    monkeypatch.setattr("sys.argv", ["entrap", *map(str, words), "--out", str(tmp_path / "on")])
    with pytest.raises(SystemExit) as left:
        cli.main()
    assert left.value.code == 0
    went_on, earlier = (
        _draws(where / "posterior-mixing.nc") for where in (tmp_path / "on", folder / "fit")
    )
    assert set(earlier) <= set(went_on)
    for key, draws in earlier.items():
        assert went_on[key].shape[1] > draws.shape[1]
        np.testing.assert_array_equal(went_on[key][:, : draws.shape[1]], draws, err_msg=key)


def _draws(path):
    """The draws of a posterior where they are unbounded, by parameter."""
    arrays = raw(path)[0]
    u, keys = (arrays[f"unconstrained_posterior/{name}"] for name in ("u", "parameter"))
    return {str(key): u[..., i] for i, key in enumerate(keys)}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("0.1/run", "run"), ("0.1/paper", "paper"), ("0.2/junction", "run"), ("0.2/trap", "trap"),
        ("0.3/sweep", "sweep"), ("0.3/paper", "paper"), ("0.4/fit", "fit"), ("0.4/plan", "plan"),
        ("0.4/sweep", "sweep"),
    ],
)  # fmt: skip
def test_files_of_an_old_folder_are_known_as_entraps(old, name, kind):
    folder = old / name
    assert owned(folder) == dict.fromkeys((file.name for file in folder.iterdir()), kind)
