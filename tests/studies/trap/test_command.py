"""`entrap trap`: its folder, its numbers, its answer, and what it refuses."""

import dataclasses
import itertools
import json
import math
import os
import re
import shutil
from pathlib import Path

import equinox as eqx
import numpy as np
import pytest
import xarray as xr
from scipy.optimize import minimize_scalar
from tests import pinned

import entrap as et
from entrap.core.quantities import Quantity, quantities
from entrap.model import balance
from entrap.model.film import Strip
from entrap.model.film import slowest_rate as traced_rate
from entrap.report.drawing import Undrawn
from entrap.report.labels import quoted
from entrap.solve.jit import quick_jit
from entrap.studies.trap.answer import trap_answer
from entrap.studies.trap.page import account
from entrap.studies.trap.performance import Performance

FOLDER = Path(__file__).parents[3] / "examples"
COOLED = pytest.param("cooled-trap", marks=pytest.mark.exhaustive)  # compiles what no other does
WITHOUT_FILM = pytest.param("nbn-junction", marks=pytest.mark.exhaustive)
NAMES = ("transmon-trap", COOLED, WITHOUT_FILM)
FIGURES = ("rates", "residue", "survival", "states")
TABLES = ("assumptions", "changes", "inputs", "numbers", "over-burst", "over-energy",
          "over-temperature", "over-time", "sensitivities", "shares")  # fmt: skip
OF_FILM = ("along-film", "over-count", "over-length", "over-place")
WORKING = (FOLDER / "transmon-trap.toml").read_text("utf-8")
NEEDS = ("material", "trap.junction")
slowest_rate = quick_jit(traced_rate)


def files(name):
    figures = FIGURES if name == "nbn-junction" else (*FIGURES, "evacuation")
    drawn = {f"{figure}.{ending}" for figure in figures for ending in ("png", "svg")}
    tables = TABLES if name == "nbn-junction" else (*TABLES, *OF_FILM)
    return {"summary.json", "results.nc", "report.html"} | drawn | {f"{t}.csv" for t in tables}


def strict_json(path):
    def refuse(constant):
        raise AssertionError(f"{constant} is no JSON")

    return json.loads(path.read_text("utf-8"), parse_constant=refuse)


class Folders:
    """The examples, each in its folder, with what was printed; made when it is asked for."""

    def __init__(self, call, parent):
        self.call, self.parent = call, parent

    def __truediv__(self, name):
        example = name.removesuffix(".txt")
        if not (self.parent / example).exists():
            self.make(example)
        return self.parent / name

    def make(self, name):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", "200")  # a row of a table is a line
            done = self.call("trap", FOLDER / f"{name}.toml", "--out", name, cwd=self.parent)
        assert (done.code, done.err) == (0, ""), name
        (self.parent / f"{name}.txt").write_text(done.out, "utf-8")


@pytest.fixture(scope="module")
def folders(call, tmp_path_factory):
    return Folders(call, tmp_path_factory.mktemp("traps"))


@pytest.fixture(scope="module")
def design():
    """Designs of cases, by example and changed keys, each computed once."""
    made = {}

    def designed(name, *changes):
        if (name, *changes) not in made:
            case = et.load_case(FOLDER / f"{name}.toml", changes, needs=NEEDS)
            made[name, *changes] = et.design_trap(case)
        return made[name, *changes]

    return designed


# The folder.


@pytest.mark.parametrize("name", NAMES)
def test_the_folder_holds_what_is_promised_and_nothing_else(folders, name):
    assert {path.name for path in (folders / name).iterdir()} == files(name)
    assert all(path.stat().st_size > 200 for path in (folders / name).iterdir())
    assert not [path for path in folders.parent.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_is_what_was_pinned(folders, name):
    printed = (folders / f"{name}.txt").read_text("utf-8")
    pinned.check(folders / name, f"trap-{name}", printed)


@pytest.mark.parametrize("name", NAMES)
def test_the_summary_has_the_numbers_of_the_design(folders, design, name):
    told, found = strict_json(folders / name / "summary.json"), design(name)
    assert told["title"] == found.case.title
    assert et.CaseFile.from_dict(told["case"], NEEDS) == found.case
    assert told["quantities"].keys() == found.quantities.keys()
    for key, item in found.quantities.items():
        assert told["quantities"][key]["value"] == pytest.approx(item.value, rel=1e-9), key
        assert told["quantities"][key]["unit"] == item.declared.unit
        assert told["quantities"][key]["symbol"]
    for shares in ("limits", "feeds", "sensitivities"):
        assert told[shares] == pytest.approx(dict(getattr(found, shares)), rel=1e-6, abs=1e-12)
    assert sum(told["limits"].values()) == pytest.approx(1, abs=1e-6)
    assert sum(told["feeds"].values()) == pytest.approx(1, abs=1e-6)
    assert [change["name"] for change in told["changes"]] == [c.name for c in found.changes]
    gains = [change["rate_gain"] for change in told["changes"]]
    assert gains == sorted(gains, reverse=True)
    for margin in told["validity"]:
        assert margin["holds"] is (float(margin["margin"]) >= 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_terminal_says_the_answer_what_fails_and_where_the_files_are(folders, name):
    told = strict_json(folders / name / "summary.json")
    printed = " ".join((folders / f"{name}.txt").read_text("utf-8").split())
    assert told["title"] in printed
    assert 4 <= len(told["answer"]) <= 6
    for sentence in told["answer"]:
        assert sentence in printed
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "nan" not in sentence
    failed = printed.partition("Assumptions that fail")[2]
    for margin in told["validity"]:
        assert (f"{margin['name']} " in failed) == (not margin["holds"])
    assert f"{name}/report.html, summary.json, results.nc" in printed
    assert "…" not in printed


@pytest.mark.parametrize("name", NAMES)
def test_the_results_open_with_xarray(folders, design, name):
    found = design(name)
    with xr.open_dataset(folders / name / "results.nc", engine="h5netcdf") as data:
        for key, declared in quantities(Performance):
            assert data[key].attrs["units"] == declared.unit
            assert float(data[key]) == pytest.approx(
                float(getattr(found.performance, key)), rel=1e-9, nan_ok=True
            )
        columns = found.curves.over_temperature
        np.testing.assert_allclose(data["over_temperature"], columns.temperature)
        np.testing.assert_allclose(
            data["residual_fraction_over_temperature"], columns.residual_fraction, rtol=1e-6
        )
        assert data["over_temperature"].attrs["units"] == "K"
        assert ("over_place" in data.dims) == (found.case.trap.film is not None)
        assert all(data[name].attrs["long_name"] for name in data.variables)
        assert json.loads(data.attrs["case"])["title"] == found.case.title
        assert json.loads(data.attrs["limits"]) == pytest.approx(dict(found.limits), rel=1e-6)
        assert len(json.loads(data.attrs["changes"])) == len(found.changes)


@pytest.mark.parametrize("name", NAMES)
def test_the_report_is_whole_by_itself(folders, design, whole_page, name):
    read, drawn = whole_page(folders / name / "report.html")
    assert drawn == sum(file.endswith(".svg") for file in files(name))
    found = design(name)
    for key in (*found.quantities, *found.sensitivities, *found.limits, *found.feeds):
        assert key in read
    for part in (*found.changes, *found.margins):
        assert getattr(part, "text", part.name) in read
    assert "could not be drawn" in account(found).page(Undrawn(RuntimeError("no latex")))


@pytest.mark.parametrize("name", NAMES)
def test_the_tables_have_the_numbers_of_the_design(folders, design, agree, printed, name):
    found = design(name)
    printed((folders / f"{name}.txt").read_text("utf-8"), account(found))
    read = agree(folders / name / "report.html", account(found))

    def ranked(shares):
        return sorted(([key, f"{100 * x:.1f} %", ""] for key, x in shares.items()), key=_percent)

    rows = read["process that limits the rate", "share", ""]
    until = [row[0] for row in rows].index("source of quasiparticles")
    for part, shares in ((rows[:until], found.limits), (rows[until + 1 :], found.feeds)):
        assert sorted(part, key=_percent) == ranked(shares)
        assert [_percent(row) for row in part] == [_percent(row) for row in ranked(shares)]
    for row, change in zip(
        read["change", "change of the rate", "quasiparticles left"], found.changes, strict=True
    ):
        assert row[0] == change.text
        assert float(row[1].removesuffix(" %")) == pytest.approx(
            100 * change.rate_gain, rel=5e-3, abs=1e-9
        )
        assert _ratio(row[2].removesuffix(" now")) == pytest.approx(
            1 + change.residue_gain, rel=0.06
        ), change.text
    slopes = {key: float(x) for key, x in read["key", "percent"]}
    assert slopes == pytest.approx(dict(found.sensitivities), abs=6e-4)


def _percent(row):
    return -float(row[1].removesuffix(" %"))


def _ratio(text):
    """How many times as many there are before as after, from the words for it."""
    if text == "as many as":
        return 1.0
    number = pinned.printed(re.split(" times| %", text)[0])
    if "% fewer" in text:
        return 1 / (1 - number / 100)
    return number if text.endswith("times fewer than") else 1 / number


def test_the_figures_are_pictures_whose_axes_say_their_units(folders, picture):
    for figure in (*FIGURES, "evacuation"):
        picture(folders / "transmon-trap" / figure)


def test_an_earlier_result_is_replaced_only_if_it_may_be(measured, call, tmp_path):
    earlier, _ = measured
    target = tmp_path / "case-trap"
    shutil.copytree(earlier, target)
    old = (target / "numbers.csv").read_bytes()
    (target / "numbers.csv").write_bytes(b"of an earlier result\n")
    before = (target / "summary.json").read_bytes()
    (tmp_path / "case.toml").write_text(MEASURED, "utf-8")
    refused = call("trap", "case.toml", cwd=tmp_path)
    assert refused.code == 2
    assert "exists: give another folder, or --force" in refused.err
    assert (target / "summary.json").read_bytes() == before
    done = call("trap", "case.toml", "--force", "--figures", "png,pdf", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    drawn = {path.name.replace(".svg", ".pdf") for path in earlier.iterdir()}
    assert {path.name for path in target.iterdir()} == drawn
    assert (target / "numbers.csv").read_bytes() == old
    drawn, page = "evacuation.png", (target / "report.html").read_text("utf-8")
    assert (target / drawn).read_bytes() == (earlier / drawn).read_bytes()
    shown = re.findall("<svg", (earlier / "report.html").read_text("utf-8"))
    assert len(re.findall("<svg", page)) == len(shown) > 0  # the page shows them in any case
    assert 'href="evacuation.pdf"' in page
    assert 'href="evacuation.svg"' not in page
    assert {path.name for path in tmp_path.iterdir()} == {"case.toml", "case-trap"}


@pytest.mark.exhaustive
def test_a_process_of_its_own_writes_the_same(folders, start, tmp_path):
    process = start("trap", FOLDER / "transmon-trap.toml", "--out", "result", cwd=tmp_path)
    _, err = process.communicate(timeout=300)
    assert (process.returncode, err) == (0, "")
    for file in files("transmon-trap") - {"results.nc"}:
        assert (tmp_path / "result" / file).read_bytes() == (
            folders / "transmon-trap" / file
        ).read_bytes(), file


@pytest.mark.exhaustive
def test_json_is_the_summary_and_quiet_is_silent(measured, call, tmp_path):
    (tmp_path / "case.toml").write_text(MEASURED, "utf-8")
    done = call("trap", "case.toml", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out) == strict_json(measured[0] / "summary.json")
    done = call("trap", "case.toml", "--force", "--quiet", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "", "")
    done = call("trap", "case.toml", "--json", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "exists: give another folder" in done.err


MEASURED = """
[material]
name = "Al"
[trap]
rate = "2.4e5 1/s"
[trap.film]
length = "1 mm"
width = "12 um"
trap_length = "20 um"
quasiparticle_diffusivity = "18 cm^2/s"
temperature = "20 mK"
"""


@pytest.fixture(scope="module")
def measured(call, tmp_path_factory):
    """The folder of a measured rate, which has one figure, and what was printed."""
    folder = tmp_path_factory.mktemp("measured")
    (folder / "case.toml").write_text(MEASURED, "utf-8")
    done = call("trap", "case.toml", "--out", "o", cwd=folder)
    assert (done.code, done.err) == (0, "")
    return folder / "o", done.out


def test_a_measured_rate_needs_no_barrier(measured, call, picture):
    folder, printed = measured
    found = strict_json(folder / "summary.json")["quantities"]
    strip = Strip(1e-3, 12e-6, 0.0, 0.0, np.array([5e-4]), np.array([2e-5]), 18e-4, 2.4e5)
    assert found["evacuation_rate"]["value"] == pytest.approx(float(slowest_rate(strip)), rel=1e-12)
    crossover = math.pi**2 / 4 * (18e-4 / 2.4e5) / 1e-3
    assert found["crossover_length"]["value"] == pytest.approx(crossover, rel=1e-12)
    assert not {"tunnelling_rate", "residual_fraction", "minigap", "burst_time"} & found.keys()
    assert "does not follow from a measured rate" in " ".join(printed.split())
    picture(folder / "evacuation")
    assert not (folder / "rates.svg").exists()
    alone = call("trap", "case.toml", "--set", "trap.film=", "--out", "p", cwd=folder.parent)
    assert alone.code == 2
    assert "`trap.film` is missing: with a measured `rate`" in alone.err


def test_a_target_is_reached_from_the_command_line_as_was_pinned(call, tmp_path):
    (tmp_path / "my case.toml").write_text(MEASURED, "utf-8")
    target = [
        "--target",
        "evacuation_time < 150 us",
        "--free",
        "trap.film.trap_length=20 um:400 um",
    ]
    done = call("trap", "my case.toml", *target, "--out", "o", "--latex", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    told = strict_json(tmp_path / "o/summary.json")
    assert told["target"]["reached"] is True
    pinned.check(tmp_path / "o", "trap-target")
    printed = " ".join(done.out.split())
    assert "entrap trap 'my case.toml' --set \"trap.film.trap_length=" in printed
    (setting,) = re.findall(r'--set "(trap.film.trap_length=[^"]*)"', printed)
    again = call("trap", "my case.toml", "--set", setting, "--out", "p", cwd=tmp_path)
    assert again.code == 0
    time = strict_json(tmp_path / "p/summary.json")["quantities"]["evacuation_time"]["value"]
    assert 0.998 * 150e-6 < time < 150e-6
    wrong = call("trap", "my case.toml", "--free", "trap.film.trap_length=1:2", cwd=tmp_path)
    assert wrong.code == 2
    assert "--free needs a target" in wrong.err


# What is refused.


def without(table):
    return re.sub(rf"\[{re.escape(table)}\].*?(?=\n\[|\Z)", "", WORKING, flags=re.S)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (without("trap.junction"), "`trap.junction` is missing"),
        (WORKING.replace('temperature = "20 mK"', ""), "`trap.film.temperature` is missing"),
        (without("trap.film"), "`protocol` is missing: a trap works at the temperature"),
        (WORKING.replace('"20 mK"', '"2 K"'), "`trap.film.temperature` must be less than T_c"),
        (WORKING.replace("metal =", "metel ="), "did you mean `metal`?"),
        (WORKING.replace('"20 um"', '"2 mm"'), "`trap.film.trap_length` must not exceed"),
        (WORKING.replace('"1000 ohm um^2"', '"-1 ohm um^2"'), "`trap.junction.interface_resi"),
        (WORKING.replace('"1000 ohm um^2"', '"1000 ohm"'), "a unit of ohm*m^2"),
        (
            WORKING.replace('name = "Al"', 'name = "MgB2"'),
            "`material.electron_phonon_time` is missing",
        ),
        (WORKING.replace('"18 cm^2/s"', "nan"), "must be finite"),
    ],
)
def test_a_wrong_case_is_told_and_nothing_is_written(call, tmp_path, content, says):
    assert content != WORKING
    (tmp_path / "case.toml").write_text(content, "utf-8")
    done = call("trap", "case.toml", cwd=tmp_path)
    assert done.code == 2
    assert done.out == ""
    head, *told = done.err.strip("\n").split("\n")
    assert head.startswith("The case is wrong")
    assert len(told) == 1
    assert says in told[0]
    assert os.listdir(tmp_path) == ["case.toml"]


def test_a_temperature_may_be_that_of_the_protocol(call, tmp_path):
    (tmp_path / "case.toml").write_text(WORKING, "utf-8")
    changes = ["--set", "trap.film.temperature=", "--set", "protocol.start=20 mK"]
    more = ["--set", "protocol.warm_to=1 K", "--set", "protocol.warming_time=1 s"]
    (tmp_path / "file").write_text("")  # refused for its folder: its case is right
    done = call("trap", "case.toml", *changes, *more, "--out", "file", cwd=tmp_path)
    assert done.code == 2
    assert "exists and is not a folder" in done.err


# The design.


def strip_of(design, film=None):
    film, found = film or design.case.trap.film, design.performance
    share = film.trap_length / film.trap_count
    return Strip(
        length=film.length,
        width=film.width,
        left_pad=film.left_pad,
        right_pad=film.right_pad,
        trap_centres=np.array(film.trap_centres),
        trap_lengths=np.full(film.trap_count, share),
        diffusivity=float(found.quasiparticle_diffusivity),
        trapping_rate=float(found.trapping_rate),
        background_rate=film.background_rate,
    )


@pytest.mark.parametrize("changes", [(), ("trap.film.trap_position=120 um",)])
def test_the_film_empties_at_the_rate_of_its_strip(design, changes):
    found = design("transmon-trap", *changes)
    rate = float(slowest_rate(strip_of(found)))
    assert float(found.performance.evacuation_rate) == pytest.approx(rate, rel=1e-12)
    assert rate < float(found.performance.area_bound)


def test_a_change_gains_what_a_design_of_the_changed_case_says(design):
    found = design("transmon-trap")
    rate, left = (
        float(getattr(found.performance, name)) for name in ("evacuation_rate", "residual_fraction")
    )
    assert {change.name for change in found.changes} == {
        "barrier", "metal thickness", "film thickness", "metal Au", "trap temperature",
        "trap length", "trap count",
    }  # fmt: skip
    gains = {change.name: change for change in found.changes}
    for name in ("metal Au", "trap length"):
        again = et.design_trap(gains[name].case).performance
        faster = float(again.evacuation_rate) / rate - 1
        fewer = left / float(again.residual_fraction) - 1
        assert gains[name].rate_gain == pytest.approx(faster, rel=1e-9)
        assert gains[name].residue_gain == pytest.approx(fewer, rel=1e-9)
    faster = float(slowest_rate(strip_of(found, gains["trap count"].case.trap.film))) / rate - 1
    assert gains["trap count"].rate_gain == pytest.approx(faster, rel=1e-9)


def test_sensitivities_are_derivatives(design):
    found = design("transmon-trap")
    numbers = {
        "trap.junction.interface_resistance": "ohm*m^2",
        "trap.film.trap_length": "m",
        "trap.film.left_pad": "m^2",
        "trap.film.temperature": "K",
        "material.gap": "J",
    }
    step = 1e-4
    for key, unit in numbers.items():
        table, _, name = key.rpartition(".")
        part = found.case.material if table == "material" else getattr(
            found.case.trap, table.removeprefix("trap.")
        )  # fmt: skip
        value = getattr(part, name)
        rates = [
            float(
                design("transmon-trap", f"{key}={value * math.exp(sign * step)!r} {unit}")
                .performance.evacuation_rate
            )
            for sign in (1, -1)
        ]  # fmt: skip
        slope = math.log(rates[0] / rates[1]) / (2 * step)
        assert found.sensitivities[key] == pytest.approx(slope, rel=1e-5), key


def test_the_best_place_is_the_best_of_all_places(design):
    found = design("transmon-trap", "trap.film.left_pad=0")
    place = next(change for change in found.changes if change.name == "trap place")
    film = found.case.trap.film

    def time(position):
        strip = strip_of(found)
        return 1 / float(slowest_rate(_moved(strip, position)))

    half = film.trap_length / 2
    best = minimize_scalar(time, bounds=(half, film.length - half), options={"xatol": 1e-12})
    assert place.case.trap.film.trap_position == pytest.approx(best.x, abs=1e-4 * film.length)
    gain = float(found.performance.evacuation_time) / best.fun - 1
    assert place.rate_gain == pytest.approx(gain, rel=1e-6)
    assert any("moving the trap to" in sentence for sentence in trap_answer(found))


def _moved(strip, position):
    return Strip(**{**vars(strip), "trap_centres": np.array([position])})


def test_a_trap_as_warm_as_its_film_leaves_equilibrium(design):
    found = design(
        "transmon-trap", "trap.junction.generation=0", "trap.film.temperature=0.2 K"
    ).performance
    thermal = float(quick_jit(balance.equilibrium_fraction)(float(found.gap), 0.2))
    assert float(found.equilibrium_fraction) == pytest.approx(thermal, rel=1e-12)
    assert float(found.residual_fraction) == pytest.approx(thermal, rel=1e-12)
    assert float(found.floor_fraction) == pytest.approx(thermal, rel=1e-12)
    assert float(found.untrapped_fraction) == pytest.approx(thermal, rel=1e-12)


@pytest.mark.exhaustive
def test_a_trap_that_only_its_phonons_cool_is_as_warm_as_its_heat_makes_it(design):
    warm = "trap.film.temperature=0.6 K", "trap.junction.interface_resistance=1 ohm um^2"
    free = design("transmon-trap", *warm, "trap.junction.phonon_temperature=20 mK")
    found, area = free.performance, 20e-6 * 12e-6
    own = float(found.trap_temperature)
    assert 0.1 < own < 0.6
    assert own == float(found.free_trap_temperature)
    taken = 2e9 * 1e-7 * (own**5 - 0.02**5)
    assert float(found.heat_flow) == pytest.approx(taken, rel=1e-9)
    assert float(found.holding_flow) == 0
    words = trap_answer(free)[4]
    assert f"brings {taken * area * 1e12:.3g} pW to it" in words
    assert f"phonons at 20 mK take off: its electrons warm to {1e3 * own:.3g} mK" in words
    stated = design("transmon-trap", *warm, f"trap.junction.trap_temperature={own}")
    for name in ("trapping_rate", "residual_fraction", "floor_fraction", "heat_flow"):
        wanted = float(getattr(stated.performance, name))
        assert float(getattr(found, name)) == pytest.approx(wanted, rel=1e-9), name
    assert "holding_flow" not in stated.quantities
    assert sum(free.limits.values()) == pytest.approx(1, abs=1e-6)
    case = free.case
    swept = et.sweep(
        case, {"trap.junction.phonon_temperature": [0.02, 0.3]},
        ["free_trap_temperature", "heat_flow"],
    ).data  # fmt: skip
    assert float(swept["free_trap_temperature"][0]) == pytest.approx(own, rel=1e-9)
    assert float(swept["free_trap_temperature"][1]) > own


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("held", "says"), [("20 mK", "the trap costs"), ("0.59 K", "by a heater of")]
)
def test_holding_a_trap_at_its_temperature_has_a_price(design, held, says):
    warm = "trap.film.temperature=0.6 K", "trap.junction.interface_resistance=1 ohm um^2"
    keys = "trap.junction.phonon_temperature=20 mK", f"trap.junction.trap_temperature={held}"
    found = design("transmon-trap", *warm, *keys)
    own = float(found.performance.trap_temperature)
    cost = float(found.performance.heat_flow) - 2e9 * 1e-7 * (own**5 - 0.02**5)
    assert float(found.performance.holding_flow) == pytest.approx(cost, rel=1e-9)
    words = trap_answer(found)[4]
    assert says in words
    watt = Quantity("W", "P", "Power", display="pW")
    assert f" {quoted(watt, abs(cost) * 20e-6 * 12e-6, 3)}" in words
    free = float(found.performance.free_trap_temperature)
    assert f"left alone, with phonons at 20 mK, it {'warms' if own < free else 'cools'} to" in words


@pytest.mark.exhaustive
def test_without_a_film_the_balance_is_local(design):
    found = design("nbn-junction").performance
    assert float(found.evacuation_rate) == pytest.approx(float(found.trapping_rate), rel=1e-12)
    rate, r, thermal, floor, left = (
        float(getattr(found, name))
        for name in (
            "trapping_rate", "recombination_coefficient", "equilibrium_fraction",
            "floor_fraction", "residual_fraction",
        )
    )  # fmt: skip
    gain, loss = rate * floor + r * thermal**2, rate * left + r * left**2
    assert loss == pytest.approx(gain, rel=1e-9)
    assert "trapping_length" not in design("nbn-junction").quantities


@pytest.mark.parametrize(
    "changes", [(), ("trap.film.background_rate=300 1/s", "trap.film.temperature=0.25 K")]
)
def test_what_is_fed_in_is_what_goes_in_the_steady_state(design, changes):
    """What is trapped, recombines or is lost balances the sources of which the feeds are shares."""
    found = design("transmon-trap", *changes)
    p, film = found.performance, found.case.trap.film
    along = found.curves.along_film
    z, x = np.asarray(along.position), np.asarray(along.fraction)
    inside = np.abs(z - film.trap_centres[0]) <= film.trap_length / 2 * (1 + 1e-9)
    area = film.width * film.length + film.left_pad + film.right_pad

    def over_film(column):
        strip = film.width * np.trapezoid(column, z)
        return (strip + film.left_pad * column[0] + film.right_pad * column[-1]) / area

    thermal, floor = float(p.equilibrium_fraction), float(p.floor_fraction)
    r, background = float(p.recombination_coefficient), film.background_rate
    rate = float(p.trapping_rate)
    trapped = rate * film.width * np.trapezoid(x[inside], z[inside]) / area
    gone = trapped + r * over_film(x**2) + background * over_film(x)
    sources = {
        "generation": found.case.trap.junction.generation,
        "pair breaking": r * thermal**2 + background * thermal,
        "back-flow": rate * film.trap_length * film.width / area * floor,
    }
    assert gone == pytest.approx(sum(sources.values()), rel=1e-4)
    for name, source in sources.items():
        assert found.feeds[name] == pytest.approx(source / sum(sources.values()), rel=1e-4), name


def test_the_curves_pass_through_the_design(design):
    found = design("transmon-trap", "trap.film.temperature=0.3 K")
    p, curves = found.performance, found.curves
    film = found.case.trap.film
    for x, y, at, value in (
        (curves.over_length.trap_length, curves.over_length.centred, film.trap_length, "time"),
        (curves.over_place.trap_position, curves.over_place.evacuation_time, 500e-6, "time"),
        (curves.over_count.trap_count, curves.over_count.evacuation_rate, 1, "rate"),
    ):
        there = np.exp(np.interp(np.log(at), np.log(x), np.log(y)))
        assert there == pytest.approx(float(getattr(p, f"evacuation_{value}")), rel=3e-2)
    over = curves.over_temperature
    for name in ("trapping_rate", "equilibrium_fraction", "residual_fraction"):
        there = np.interp(np.log(0.3), np.log(over.temperature), np.log(getattr(over, name)))
        assert np.exp(there) == pytest.approx(float(getattr(p, name)), rel=0.1)
    assert (np.diff(over.temperature) > 0).all()
    assert curves.over_energy.metal_states[0] < 1e-12
    np.testing.assert_allclose(curves.over_time.thermal, np.exp(-curves.over_time.time))
    assert (curves.over_time.frozen >= curves.over_time.thermal - 1e-12).all()


def test_a_hot_or_cold_film_is_designed_too(design):
    for changes in (
        ("trap.film.temperature=1.17 K",),
        ("trap.film.temperature=1 mK", "trap.junction.generation=0"),
    ):
        found = design("transmon-trap", *changes)
        assert all(math.isfinite(item.value) for item in found.quantities.values())
        assert all(math.isfinite(gain.residue_gain) for gain in found.changes)
        assert 4 <= len(trap_answer(found)) <= 6
    assert "the case states no other source" in trap_answer(found)[3]
    assert "residual_fraction" not in found.quantities
    assert not found.feeds


def test_the_answer_says_the_numbers_of_the_design(design):
    found = design("transmon-trap")
    speed, limits, changes, left, heat = trap_answer(found)
    for name in ("burst_time", "burst_tail_time", "evacuation_time"):
        assert quoted(*_declared(found, name), 3) in speed
    assert speed.index("1/e is left within") < speed.index("τ_w")
    shares = [int(share) for share in re.findall(r"(\d+) %", limits)]
    assert sum(shares) == pytest.approx(100, abs=2)
    best = found.changes[0]
    assert f"{best.text}: the film would empty {100 * best.rate_gain:.0f} % faster" in changes
    assert "generation" in left
    assert heat == (
        "The trap is taken to be as warm as the film: give trap.junction.phonon_temperature to "
        "learn how warm it gets by itself."
    )


def test_of_a_cooled_trap_it_is_not_said_that_it_cannot_go_below_equilibrium(design):
    warm = design("transmon-trap", "trap.film.temperature=0.3 K")
    assert "cannot take it below equilibrium" in trap_answer(warm)[-1]
    colder = eqx.tree_at(lambda p: p.trap_temperature, warm.performance, 0.05)
    cooled = dataclasses.replace(warm, performance=colder)
    assert "below equilibrium" not in " ".join(trap_answer(cooled))


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_is_compared_with_what_would_be_without_the_trap(design, name):
    warm = "trap.film.background_rate=300 1/s", "trap.film.temperature=0.25 K"
    for changes in ((), warm) if name == "transmon-trap" else ((),):
        found = design(name, *changes)
        p = found.performance
        left, before = float(p.residual_fraction), float(p.untrapped_fraction)
        text = trap_answer(found)[3]
        numbers = re.match(
            r"In the steady state x = n_qp/2N_0Δ = (.+?) is left, or (.+?) quasiparticles in 1 µm³: "
            r"(.+) without the trap\. Of these, (all|\S+ %) come from (.+?)\.", text
        )  # fmt: skip
        assert numbers, text
        fraction, density, words, share, source = numbers.groups()
        assert pinned.printed(fraction) == pytest.approx(left, rel=0.006)
        held = float(p.residual_density) * 1e-18
        assert pinned.printed(density) == pytest.approx(held, rel=0.006)
        assert _ratio(words) == pytest.approx(before / left, rel=0.06)
        key, most = max(found.feeds.items(), key=lambda item: item[1])
        sources = {"back-flow": "the trap,", "pair breaking": "pairs", "generation": "generation"}
        assert source.startswith(sources[key])
        assert share == ("all" if most >= 0.995 else f"{100 * most:.0f} %")


@pytest.mark.parametrize("name", NAMES[1:])
def test_the_heat_that_is_brought_to_a_trap_is_that_of_its_area(design, name):
    watt = Quantity("W", "P", "Power", display="pW")
    found, held = design(name), "4 K" if name == "nbn-junction" else "50 mK"
    film, flow = found.case.trap.film, float(found.performance.heat_flow)
    area = film.trap_length * film.width if film else 1e-12
    power = f"{quoted(watt, flow * area, 3)}{'' if film else ' in each µm²'}"
    assert trap_answer(found)[4].startswith(
        f"The film under the trap brings {power} to it, which is held at {held}: give"
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_limits_and_the_changes_are_named_with_their_own_shares(design, name):
    words = {"the barrier": "barrier", "relaxation in the copper": "relaxation",
             "relaxation in the gold": "relaxation", "diffusion along the film": "diffusion",
             "loss without the trap": "background"}  # fmt: skip
    found = design(name)
    _, limits, changes, *_ = trap_answer(found)
    told = re.findall(r"([a-z ]+?) \((\d+) %\)", limits.removeprefix("How fast this is depends on"))
    shares = {words[text.strip().removeprefix("and ")]: int(share) for text, share in told}
    assert shares == {
        key: round(100 * share) for key, share in found.limits.items() if share >= 0.005
    }
    gains = {c.text: c.rate_gain for c in found.changes if c.name != "trap temperature"}
    some = {text: gain for text, gain in gains.items() if gain >= 0.01}
    for text, gain in list(some.items())[1:6]:
        assert f"{text} ({100 * gain:.0f} % faster)" in changes
    for text, gain in gains.items():
        if abs(gain) < 0.01:
            assert text in changes.partition("By ")[2]


def quantities_of(found):
    return {name: item.value for name, item in found.quantities.items()}


def test_the_pages_have_the_numbers_of_their_example(design):
    found = design("transmon-trap")
    number, gains = quantities_of(found), {c.name: c.rate_gain for c in found.changes}
    limits = {key: f"{100 * share:.0f} %" for key, share in found.limits.items()}
    root = FOLDER.parent
    readme, page = (
        " ".join((root / name).read_text("utf-8").split())
        for name in ("README.md", "docs/traps.md")
    )
    faster = {name: f"{100 * gain:.0f} %" for name, gain in gains.items()}
    assert (
        f"An excess of quasiparticles falls by e in {1e3 * number['evacuation_time']:.2f} ms, limited "
        f"by relaxation in the copper ({limits['relaxation']}), diffusion to it "
        f"({limits['diffusion']}) and the barrier ({limits['barrier']}). 20 μm more of trap would make "
        f"it {faster['trap length']} faster, half the barrier's resistance {faster['barrier']}."
    ) in readme
    assert (
        f"relaxation {limits['relaxation']}, diffusion {limits['diffusion']}, barrier "
        f"{limits['barrier']}."
    ) in page
    assert (
        f"20 μm more of trap makes it {faster['trap length']} faster; the same trap split in two, "
        f"{faster['trap count']}; half the barrier's resistance, {faster['barrier']}."
    ) in page

    def power(value):
        digits, exponent = f"{value:.1e}".split("e")
        return f"{digits}·10{str(int(exponent)).translate(HIGH)}"

    def hundreds(value):
        return f"{100 * round(value / 100)}"

    rate = 10 * round(number["evacuation_rate"] / 10)
    for row in (
        f"| `backflow_parameter` α | {number['backflow_parameter']:.1f} |",
        f"| `trapping_rate` Γ | {power(number['trapping_rate'])} 1/s | under the trap; Γ_t alone would "
        f"be {power(number['tunnelling_rate'])} |",
        f"| `trapping_length` λ_tr | {1e6 * number['trapping_length']:.0f} μm |",
        f"| `crossover_length` d_c | {1e6 * number['crossover_length']:.0f} μm |",
        f"| `evacuation_time` τ_w | {1e3 * number['evacuation_time']:.2f} ms |",
        f"{hundreds(number['area_bound'])}, {hundreds(number['saturated_rate'])} 1/s | the rate "
        f"1/τ_w = {rate} 1/s",
        f"| `residual_fraction` x | {power(number['residual_fraction'])} | left in the steady state, as "
        f"n_qp/2N₀Δ; {power(number['untrapped_fraction'])} without the trap |",
    ):
        assert row in page, row
    failing = [m for m in found.margins if m.holds is False]
    assert [m.name for m in failing] == ["rethermalisation"]
    assert round(failing[0].margin) == -3
    assert "All margins hold but one, which fails by three decades" in page


HIGH = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def _declared(design, name):
    item = design.quantities[name]
    return item.declared, item.value


@pytest.mark.parametrize("phonons", [None, 0.02])
@pytest.mark.parametrize("held", [None, 0.03])
def test_no_branch_of_the_answer_says_a_number_that_is_none(design, phonons, held):
    found = design("transmon-trap")
    own = float(found.performance.temperature)
    case = found.case.changed(
        {"trap.junction.phonon_temperature": phonons, "trap.junction.trap_temperature": held}
    )
    grid = {
        "residual_fraction": (0.0, 1e-9, math.nan),
        "untrapped_fraction": (0.0, 1e-9, 1e-3),
        "trap_temperature": (own / 2, own, 2 * own),
        "holding_flow": (-1e-3, 1e-3),
        "free_trap_temperature": (0.04,),
        "evacuation_time": (1e-3, math.inf),
    }
    for values in itertools.product(*grid.values()):
        here = dict(zip(grid, values, strict=True))
        performance = eqx.tree_at(
            lambda p: [getattr(p, name) for name in grid], found.performance, list(values)
        )
        changed = dataclasses.replace(found, case=case, performance=performance)
        sentences = trap_answer(changed)
        for sentence in sentences:
            assert sentence.endswith(".")
            assert not re.search(r"\b(nan|inf|infinite|not defined)\b", sentence), sentence
        decays = math.isfinite(here["evacuation_time"])
        assert ("does not decay" in sentences[0]) != decays
        flows = "the trap is warmer than the film and brings" in " ".join(sentences)
        assert not flows  # nothing of what is left came from the trap
    warm = eqx.tree_at(lambda p: p.trap_temperature, found.performance, 2 * own)
    brings = {"generation": 0.9, "back-flow": 0.1}
    flowing = dataclasses.replace(found, performance=warm, feeds=brings)
    assert "the trap is warmer than the film and brings quasiparticles" in trap_answer(flowing)[-1]
    nothing = dataclasses.replace(found, limits=dict.fromkeys(found.limits, 0.0))
    assert "What limits it is not known" in trap_answer(nothing)[1]
