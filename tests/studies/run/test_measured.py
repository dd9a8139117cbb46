"""`entrap run --data` and `--set`: readings over the prediction, and before and after a change."""

import csv
import json

import numpy as np
import pytest
from tests import pinned
from tests.strategies import WORKING

import entrap as et
from entrap.studies.run.figures.measured import measured_figures
from entrap.studies.run.measured import measured, sentence

HEADER = """# [data.columns]
# T = { quantity = "temperature" }
# trap = { quantity = "trap" }
# depth = { quantity = "penetration_depth", unit = "nm", uncertainty = "1 % + 1 nm" }
T [K],trap,depth
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("measured")
    (folder / "case.toml").write_text(WORKING)
    return et.evolve(et.load_case(folder / "case.toml"))


def read(put, *rows):
    return et.load_data(put(HEADER + "\n".join(rows) + "\n"))


def test_a_reading_on_the_prediction_is_no_deviation_from_it(run, put):
    beside = et.bcs_curves(run)
    at = np.flatnonzero(run.time >= run.protocol.hold)[7]
    kelvin = float(run.state.temperature[at])
    depth = {
        (on, name): 1e9 * float(getattr(beside, name).penetration_depth[at])
        for on, name in (("off", "bare"), ("on", "plain"))
    }
    rows = [f"{kelvin!r},{on},{nm!r}" for (on, _), nm in depth.items()]
    found = measured(run, beside, read(put, *rows))
    np.testing.assert_allclose(found.deviations(found.plain), 0, atol=1e-9)
    mixed = float(beside.mixed.penetration_depth[at])
    expected = (depth["on", "plain"] * 1e-9 - mixed) / np.hypot(1e-9, 0.01 * mixed)
    assert found.deviations(found.mixed)[1] == pytest.approx(expected, rel=1e-9)
    assert found.mixed[0] == found.plain[0]


def test_a_reading_beyond_the_warm_up_has_no_prediction_and_the_answer_says_so(run, put):
    end = float(run.state.temperature[-1])
    data = read(put, "4.5,off,250", f"{end + 1},off,300")
    found = measured(run, et.bcs_curves(run), data)
    assert np.isnan(found.plain).tolist() == [False, True]
    text = sentence(found)
    assert text.startswith("data.csv laid over it, nothing fitted: 1 reading of λ without the trap")
    assert text.endswith("one reading has no prediction, being beyond the warm-up or of what is "
                         "not predicted.")  # fmt: skip


def test_a_limit_is_no_deviation(run, put):
    found = measured(run, et.bcs_curves(run), read(put, "4.5,off,>250"))
    assert np.isnan(found.deviations(found.plain)).all()
    text = sentence(found)
    assert text.endswith("no reading can be compared; 1 limit is drawn and not counted.")


def test_a_limit_is_an_arrow_to_its_side_and_no_disc(run, put):
    beside = et.bcs_curves(run)
    found = measured(run, beside, read(put, "4.5,off,250", "5,off,>255", "5.5,off,<400"))
    figure = measured_figures(run, beside, found)["measured-penetration-depth"]
    axes, below = figure.axes
    (bars,) = axes.containers
    assert bars.lines[0].get_xdata().tolist() == [4.5]
    arrows = [(*np.round(a.xy, 9), np.sign(a.xyann[1])) for a in axes.texts if a.arrow_patch]
    assert arrows == [(5.0, 255.0, 1), (5.5, 400.0, -1)]
    assert "limit" in [text.get_text() for text in figure.legends[0].get_texts()]
    whole = below.get_ylim()
    residuals = np.concatenate([line.get_ydata() for line in below.get_lines()])
    residuals = residuals[np.isfinite(residuals)]
    assert whole[0] < 1.05 * residuals.min() < 0 <= residuals.max() < whole[1]


def test_readings_and_a_change_are_told_and_in_the_folder_as_was_pinned(
    call, tmp_path, whole_page, monkeypatch
):
    monkeypatch.setenv("COLUMNS", "120")
    (tmp_path / "case.toml").write_text(WORKING)
    (tmp_path / "data.csv").write_text(HEADER + "4.5,off,250\n5,on,240\n")
    changes = ("--set", "landau.a=3 k_B", "--set", "trap.rate=2e3 1/s")
    more = (*changes, "--out", "out", "--figures", "svg")
    done = call("run", "case.toml", "--data", "data.csv", *more, cwd=tmp_path)
    assert done.code == 0
    assert done.err.startswith("data.csv is read as ")
    text, drawn = whole_page(tmp_path / "out" / "report.html")
    assert drawn == 5
    assert "Before and after" in text
    rows = list(csv.DictReader((tmp_path / "out" / "measured.csv").read_text("utf-8").splitlines()))
    assert [float(row["value"]) for row in rows] == pytest.approx([250e-9, 240e-9])
    both = list(
        csv.DictReader((tmp_path / "out" / "before-and-after.csv").read_text("utf-8").splitlines())
    )
    stated = {
        r["name"]: (float(r["before"]), float(r["after"])) for r in both if r["part"] == "input"
    }
    assert stated["trap.rate"] == (1e3, 2e3)
    assert stated.keys() == {"landau.a", "trap.rate"}
    told = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert told["answer"][-1].startswith("data.csv laid over it, nothing fitted: ")
    found = pinned.contents(tmp_path / "out")
    own = ("measured-penetration-depth.svg", "measured.csv", "before-and-after.csv")
    printed = [line.rstrip() for line in done.out.splitlines()]
    pinned.compare({name: found[name] for name in own} | {"terminal": printed}, "run-measured")


@pytest.mark.exhaustive
def test_a_file_that_alone_is_no_case_has_no_before(call, tmp_path):
    without = WORKING.replace("saturation = 1.0\n", "")
    assert without != WORKING
    (tmp_path / "case.toml").write_text(without)
    changes = ("--set", "landau.saturation=1", "--out", "out")
    assert call("run", "case.toml", *changes, cwd=tmp_path).code == 0
    assert not (tmp_path / "out" / "before-and-after.csv").exists()


def test_predictions_that_are_the_same_are_both_seen_with_their_residuals(run, put):
    """The dashed one lies over the full one, and a cross over each disc."""
    data = read(put, "4.5,off,250", "4.5,on,240", "5,on,238")
    beside = et.bcs_curves(run)
    found = measured(run, beside, data)
    figure = measured_figures(run, beside, found)["measured-penetration-depth"]
    axes, below = figure.axes
    labels = [line.get_label() for line in axes.get_lines()]
    assert labels.index("BCS, with the trap and the entropy") < labels.index(
        "BCS, with the trap, no entropy"
    )
    own = [line for line in below.get_lines() if line.get_marker() in ("o", "x")]
    colour = {name: line[0].get_color() for name in labels
              if (line := [x for x in axes.get_lines() if x.get_label() == name])}  # fmt: skip
    expected = {
        ("x", "BCS, without a trap"): found.deviations(found.plain)[:1],
        ("o", "BCS, with the trap and the entropy"): found.deviations(found.mixed)[1:],
        ("x", "BCS, with the trap, no entropy"): found.deviations(found.plain)[1:],
    }
    shown = {(x.get_marker(), x.get_color()): np.asarray(x.get_ydata()) for x in own}
    assert shown.keys() == {(mark, colour[name]) for mark, name in expected}
    for (mark, name), residuals in expected.items():
        np.testing.assert_allclose(shown[mark, colour[name]], residuals)
    assert [line.get_marker() for line in own][-2:] == ["o", "x"]


def test_a_curve_that_diverges_beyond_the_readings_hides_none_of_them(run, put):
    """λ of the bare sample has a pole; the axis ends a little above what is near the readings."""
    beside = et.bcs_curves(run)
    found = measured(run, beside, read(put, "4.2,off,250", "4.4,off,255", "4.5,on,240"))
    axes, _ = measured_figures(run, beside, found)["measured-penetration-depth"].axes
    bare = next(x for x in axes.get_lines() if x.get_label() == "BCS, without a trap")
    temperature, shown = (np.asarray(x, float) for x in (bare.get_xdata(), bare.get_ydata()))
    near = shown[(temperature >= 4.2) & (temperature <= 4.5)]
    assert np.isfinite(near).all()
    assert 1.0 <= np.nanmax(shown) / max(255.0, near.max()) < 2.0
    whole = 1e9 * np.asarray(beside.bare.penetration_depth)
    assert np.nanmax(whole) > 5 * np.nanmax(shown)
