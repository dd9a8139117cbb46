"""`entrap run`: what its folder holds, and that it is complete or absent whatever happens."""

import dataclasses
import json
import math
import random
import re
import shutil
import signal
import time

import pytest
import xarray as xr
from tests import pinned
from tests.strategies import WORKING

import entrap as et
from entrap.core.quantities import quantities
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.report import folder as folders
from entrap.report.drawing import Undrawn
from entrap.report.look import LOOK
from entrap.studies.run.page import account

FIGURES = ("free-energy", "densities", "observables", "margins")
TABLES = ("results", "bcs", "regimes", "free-energy", "numbers", "assumptions", "inputs")
FILES = {
    "summary.json",
    "results.nc",
    "report.html",
    *(f"{table}.csv" for table in TABLES),
    *(f"{f}.{e}" for f in FIGURES for e in ("png", "svg")),
}
DRAWN = ("--figures", "pdf,svg,png", "--latex")
PRINTED = {"numbers.tex", *(f"{f}.pdf" for f in FIGURES)}

UNITS = {
    "critical_temperature": "K",
    "effective_critical_temperature": "K",
    "enhancement": "1",
    "log_mixing_ratio": "1",
    "landau_a": "J/K",
    "landau_beta": "J*m^3",
    "initial_superfluid_density": "1/m^3",
    "initial_normal_density": "1/m^3",
    "final_superfluid_density": "1/m^3",
    "pair_gain": "1/m^3",
    "paired_electron_gain": "1/m^3",
    "release_temperature": "K",
    "trap_energy_cost": "J/m^3",
    "higgs_coefficient_initial": "J",
    "higgs_coefficient_final": "J",
    "higgs_mode_initial": "J",
    "higgs_mode_final": "J",
    "penetration_depth_initial": "m",
    "penetration_depth_final": "m",
    "critical_field_initial": "T",
    "critical_field_final": "T",
    "lower_critical_field_initial": "T",
    "lower_critical_field_final": "T",
    "kappa": "1",
    "coherence_length_initial": "m",
    "coherence_length_final": "m",
}
"""The names that stay, with their units."""

MARGINS = (
    "trap_temperature",
    "trap_energy",
    "entropy_slope",
    "classical_entropy",
    "landau_region",
    "pair_density",
    "thermal_floor",
    "weak_pairing",
    "electron_count",
)

COLUMNS = (
    "superfluid_density",
    "normal_density",
    "trapped_density",
    "alpha",
    "alpha_effective",
    "free_energy",
    "higgs_coefficient",
    "higgs_mode",
    "penetration_depth",
    "critical_field",
    "lower_critical_field",
)

TITLE = "Any script: 日本語, [/x] $\\frac$ <b> & “quotes”"


def strict_json(path):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(path.read_text("utf-8"), parse_constant=refuse)


@pytest.fixture(scope="module")
def done(call, tmp_path_factory):
    """A run, with a title that is hard to show."""
    parent = tmp_path_factory.mktemp("run")
    # As many points as the examples of this room have, for which all is compiled once.
    text = WORKING.replace("a case", TITLE.replace("\\", "\\\\")).replace("points = 64\n", "")
    (parent / "case.toml").write_text(text, "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "200")  # a row of a table is a line
        called = call("run", "case.toml", *DRAWN, cwd=parent)
    assert (called.code, called.err) == (0, "")
    called.folder = parent / "case-result"
    called.account = account(et.load(called.folder / "results.nc"))
    return called


@pytest.fixture(scope="module")
def told(done):
    return strict_json(done.folder / "summary.json")


def test_the_folder_holds_what_is_promised_and_nothing_else(done):
    assert {path.name for path in done.folder.iterdir()} == FILES | PRINTED
    assert {path.name for path in done.folder.parent.iterdir()} == {"case.toml", "case-result"}
    assert all(path.stat().st_size > 100 for path in done.folder.iterdir())


def test_what_is_read_is_what_was_pinned(done):
    pinned.check(done.folder, "run", done.out)


def test_the_terminal_says_the_answer_what_fails_and_where_the_files_are(done, told):
    printed = " ".join(done.out.split())
    assert TITLE in printed
    for sentence in told["answer"]:
        assert sentence in printed
    failed = printed.partition("Assumptions that fail")[2]
    assert failed.startswith(" assumption margin holds up to ")
    for margin in told["validity"]:
        assert (f"{margin['name']} " in failed) == (margin["holds"] is False)
        if margin["holds"] is False:
            until = margin["holds_until"]
            until = "not at the start" if until is None else f"{until:.4g} K"
            assert re.search(rf"{margin['name']} \S* ?{margin['margin']:+.2f}.*? {until}", failed)
    assert "case-result/report.html, summary.json, results.nc" in printed


def test_the_summary_has_every_name_with_its_unit(told):
    assert UNITS.keys() <= told["quantities"].keys()
    for name, stated in told["quantities"].items():
        assert {"value", "unit", "symbol", "source"} <= stated.keys()
        assert stated["unit"] == UNITS.get(name, stated["unit"])
        assert isinstance(stated["value"], float) or stated["value"] in ("inf", "-inf", "nan", None)
        assert stated["symbol"]
    assert told["quantities"]["effective_critical_temperature"]["value"] == pytest.approx(
        20, rel=1e-12
    )
    assert told["quantities"]["penetration_depth_final"]["value"] == "inf"


def test_the_summary_says_which_case_of_which_version_it_is(done, told):
    assert told["title"] == TITLE
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*", told["version"])
    assert et.Case.from_dict(told["case"]) == et.load_case(done.folder.parent / "case.toml")
    assert len(told["answer"]) == 3


def test_the_summary_has_the_regimes_in_order(told):
    assert [r["name"] for r in told["regimes"]] == [
        "equilibrium",
        "emptying",
        "pinned",
        "released",
        "normal",
    ]
    assert (told["regimes"][0]["start"], told["regimes"][0]["end"]) == (0, 0)
    assert told["regimes"][-1]["end"] == pytest.approx(10.05)
    ends = [x for r in told["regimes"] for x in (r["start"], r["end"])]
    assert ends == sorted(ends)


def test_the_summary_has_every_margin_and_says_what_is_missing(told):
    found = {m["name"]: m for m in told["validity"]}
    assert set(MARGINS) <= found.keys()
    for margin in found.values():
        assert {"name", "margin", "holds", "meaning"} <= margin.keys()
        value = margin["margin"]
        assert (value is None) == (margin["holds"] is None) == bool(margin["missing"])
        if value is not None:
            assert margin["holds"] is (float(value) >= 0)
    assert found["pair_density"]["missing"] == "give material.fermi_velocity"
    # It is warmed to three times T̃_c: what is normal there has no margins.
    assert -3 < found["trap_temperature"]["margin"] < 0
    assert "-inf" not in {m["margin"] for m in found.values()}
    assert found["entropy_slope"]["margin"] == pytest.approx(math.log10(2))


def test_the_columns_are_there_along_time_with_their_units(done):
    with xr.open_dataset(done.folder / "results.nc", engine="h5netcdf", decode_times=False) as data:
        declared = dict(quantities(State))
        for name in (
            "temperature",
            "regime",
            *COLUMNS,
            *(f"{c}_bare" for c in COLUMNS),
            *(
                f"margin_{n}"
                for n, _ in quantities(Margins)
                if n not in ("pair_density", "filled_band", "proximity", "neutrality")
            ),
        ):
            assert data[name].dims == ("time",), name
            assert data[name].size == 600
            assert data[name].attrs["long_name"]
            base = name.removesuffix("_bare")
            if base in declared:
                assert data[name].attrs["units"] == declared[base].unit
        assert data["time"].attrs["units"] == "s"
        assert data["regime"].attrs["flag_meanings"].split()[0] == "equilibrium"
        assert data.attrs["Conventions"].startswith("CF-")
        assert json.loads(data.attrs["case"])["title"] == TITLE
    told = strict_json(done.folder / "summary.json")
    assert set(told.pop("files")) == FILES | PRINTED
    assert json.loads(json.dumps(done.account.summary())) == told


def test_the_report_is_whole_by_itself(done, told, whole_page):
    read, drawn = whole_page(done.folder / "report.html")
    assert drawn == len(FIGURES)
    assert TITLE in read
    for margin in told["validity"]:
        assert margin["name"] in read
    for name in told["quantities"].keys() - {"pair_gain"}:
        assert name in read
    assert "arXiv:2605.15834" in read


def test_the_tables_have_the_numbers_of_the_result_in_the_units_in_which_they_are_quoted(
    done, told, agree, printed
):
    printed(done.out, done.account)
    found = agree(done.folder / "report.html", done.account)
    assert found["regime", "from", "to"] == [
        [r["name"], f"{r['start']:.6g} s", f"{r['end']:.6g} s"] for r in told["regimes"]
    ]
    for name, item in done.account.values.items():
        stated = told["quantities"][name]["value"]
        assert float(stated) == pytest.approx(item.value, rel=1e-15, nan_ok=True), name


def test_a_run_whose_figures_cannot_be_drawn_is_written_without_them(done, tmp_path, whole_page):
    def none(_):
        raise RuntimeError("no latex")

    def save(folder):
        shutil.copy(done.folder / "results.nc", folder)

    target = tmp_path / "result"
    drawn = dataclasses.replace(done.account, figures=none).write(target, save, LOOK, latex=False)
    assert isinstance(drawn, Undrawn)
    assert str(drawn.error) == "no latex"
    pictures = {f"{f}.{e}" for f in FIGURES for e in ("png", "svg")}
    assert {f.name for f in target.iterdir()} == FILES - pictures
    read, count = whole_page(target / "report.html")
    assert count == 0
    assert "This figure could not be drawn." in read


@pytest.mark.parametrize("name", FIGURES)
def test_the_figures_are_pictures_whose_axes_say_their_units(done, picture, name):
    picture(done.folder / name)


@pytest.mark.exhaustive
def test_the_run_of_a_case_is_the_same_each_time(done, call):
    again = call("run", "case.toml", "--out", "again", *DRAWN, cwd=done.folder.parent)
    try:
        assert again.code == 0
        other = done.folder.parent / "again"
        for name in (FILES | PRINTED) - {"results.nc"}:
            assert (other / name).read_bytes() == (done.folder / name).read_bytes(), name
        assert et.load(other / "results.nc").case == et.load(done.folder / "results.nc").case
    finally:
        with folders.complete_folder(done.folder.parent / "again"):
            pass
        (done.folder.parent / "again").rmdir()


@pytest.mark.parametrize(
    "place", ["case.toml/under/it", "/proc/result", "/dev/null/result", "x" * 300]
)
def test_a_folder_that_cannot_be_made_is_told(done, call, place):
    parent = done.folder.parent
    before = sorted(parent.rglob("*"))
    called = call("run", "case.toml", "--out", place, cwd=parent)
    assert called.code == 2
    assert "Traceback" not in called.err
    assert f"--out {place} must be a folder that can be written, but: " in called.err
    assert "partial" not in called.err
    assert sorted(parent.rglob("*")) == before


# Processes that are stopped on the way.


def complete(target):
    """Whether the folder is there; if so, whole."""
    if not target.exists():
        return False
    assert {path.name for path in target.iterdir()} == FILES
    strict_json(target / "summary.json")
    et.load(target / "results.nc")
    assert (target / "report.html").read_text("utf-8").endswith("</html>\n")
    return True


def computing(process, kept):
    """Wait until the process keeps what it has traced, which it then compiles, or is done."""
    while process.poll() is None and not (kept / "programs").exists():
        time.sleep(0.005)


def writing(process, parent):
    """Wait until the process writes, or is done."""
    while process.poll() is None and not list(parent.glob(".result.*.partial")):
        time.sleep(0.005)


@pytest.mark.exhaustive
def test_a_killed_run_leaves_a_whole_result_or_none_and_the_next_one_cleans_up(start, tmp_path):
    target, kept = tmp_path / "result", tmp_path / "kept"
    (tmp_path / "case.toml").write_text(WORKING)
    arguments = ("run", "case.toml", "--out", "result", "--force")
    began = time.monotonic()
    first = start(*arguments, cwd=tmp_path)
    writing(first, tmp_path)
    until_writing = time.monotonic() - began
    first.communicate(timeout=300)
    whole = time.monotonic() - began
    assert complete(target)
    shutil.copytree(target, kept)
    chance = random.Random(20260515)
    for i in range(4):
        shutil.rmtree(target, ignore_errors=True)
        replacing = i % 2 == 1
        if replacing:
            shutil.copytree(kept, target)
        process = start(*arguments, cwd=tmp_path)
        if i < 2:
            time.sleep(chance.uniform(0, until_writing))
        else:
            writing(process, tmp_path)
            time.sleep(chance.uniform(0, 1.2 * (whole - until_writing)))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert complete(target) or not replacing, "an earlier result was lost"
    last = start(*arguments, cwd=tmp_path)
    err = last.communicate(timeout=300)[1]
    assert (last.returncode, err) == (0, "")
    assert complete(target)
    assert {path.name for path in tmp_path.iterdir()} == {"case.toml", "kept", "result"}


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["computing", "writing"])
def test_an_interrupted_run_leaves_nothing(start, tmp_path, tmp_path_factory, moment):
    (tmp_path / "case.toml").write_text(WORKING)
    for _ in range(3):
        kept = tmp_path_factory.mktemp("kept")
        more = {} if moment == "writing" else {"JAX_COMPILATION_CACHE_DIR": str(kept)}
        process = start("run", "case.toml", "--out", "result", cwd=tmp_path, **more)
        if moment == "writing":
            writing(process, tmp_path)
        else:
            computing(process, kept)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=300)
        # An interrupt that meets a callback, as of the garbage collector, is lost in Python.
        if process.returncode or "Exception ignored" not in err:
            assert process.returncode == 130
            assert err == "Stopped:\n  nothing was written\n"
            assert bool(out) == (moment == "writing")  # the answer stays
            assert "report.html" not in out
            break
        shutil.rmtree(tmp_path / "result")
    assert [path.name for path in tmp_path.iterdir()] == ["case.toml"]
