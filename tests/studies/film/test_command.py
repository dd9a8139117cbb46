"""`entrap film`: its folder, and what other programs read there."""

import base64
import json
import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
import xarray as xr
from tests import pinned
from tests.studies.film.devices import CASE

FIGURES = ("decay", "density", "gain", "mesh", "slowest-mode")


@pytest.fixture(scope="module")
def done(call, tmp_path_factory):
    folder = tmp_path_factory.mktemp("film")
    (folder / "case.toml").write_text(CASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "100")
        done = call("film", "case.toml", "--out", "result", "--latex", cwd=folder)
    return done, folder / "result"


def test_the_folder_holds_what_is_promised(done):
    told, folder = done
    assert (told.code, told.err) == (0, "")
    figures = {f"{name}.{end}" for name in FIGURES for end in ("png", "svg")}
    files = {"summary.json", "report.html", "film.nc", "film.vtu", "numbers.tex"}
    tables = "numbers inputs assumptions mesh-errors places slopes decay maps"
    files |= {f"{name}.csv" for name in tables.split()}
    assert {path.name for path in folder.iterdir()} == figures | files


def test_what_is_read_is_what_was_pinned(done):
    pinned.check(done[1], "film", done[0].out)


def test_the_summary_has_the_names_that_stay(done):
    told = json.loads((done[1] / "summary.json").read_text("utf-8"))
    numbers = told["quantities"]
    names = {
        "slowest_rate", "area_bound", "trapping_rate", "quasiparticle_diffusivity",
        "trapping_length", "mesh_error", "density_junction", "density_without_trap_junction",
    }  # fmt: skip
    assert names <= numbers.keys()
    assert told["mesh_errors"]["slowest_rate"] == numbers["mesh_error"]["value"]
    assert told["best_places"]["junction"]["gain"] > 0
    assert told["case"]["layout"]["probes"] == {"junction": pytest.approx([2.8e-4, 5e-5])}


def test_the_report_is_whole_and_every_figure_is_a_picture(done, whole_page, picture):
    text, figures = whole_page(done[1] / "report.html")
    assert figures == len(FIGURES)
    assert "Where a trap would help most" in text
    for name in FIGURES:
        picture(done[1] / name)


def test_the_maps_are_a_table_of_the_same_numbers(done):
    rows = np.genfromtxt(done[1] / "maps.csv", delimiter=",", skip_header=1)
    heading = (done[1] / "maps.csv").read_text("utf-8").partition("\n")[0]
    assert heading.startswith("x [m],y [m],area [m^2],density,density_without_trap,")
    with xr.open_dataset(done[1] / "film.nc") as data:
        for column, name in ((0, "node_x"), (2, "node_area"), (3, "density")):
            np.testing.assert_array_equal(rows[:, column], data[name].values)


def test_the_answer_is_printed(done):
    out = " ".join(done[0].out.split())
    assert "an excess of quasiparticles in the device finally decays by a factor e in τ_w" in out
    assert "A further trap would speed up the decay most at x =" in out
    assert "result/report.html" in out


def test_the_fields_are_on_a_mesh_as_ugrid_has_it(done):
    with xr.open_dataset(done[1] / "film.nc") as data:
        mesh = data["film"].attrs
        assert (mesh["cf_role"], mesh["topology_dimension"]) == ("mesh_topology", 2)
        assert data[mesh["face_node_connectivity"]].attrs["start_index"] == 0
        assert int(data["face_nodes"].max()) == data.sizes["node"] - 1
        assert data["density"].attrs["mesh"] == "film"
        assert "UGRID" in data.attrs["Conventions"]
        area = float(data["node_area"].sum())
        assert area == pytest.approx(float(data["number_film_area"]), rel=1e-12)
        assert data["decay"].dims == ("time", "node")


def test_the_fields_are_in_a_file_of_vtk(done):
    root = ElementTree.parse(done[1] / "film.vtu").getroot()
    piece = root.find("UnstructuredGrid/Piece")
    assert piece is not None
    arrays = {each.get("Name"): each for each in piece.iter("DataArray")}
    with xr.open_dataset(done[1] / "film.nc") as data:
        assert int(piece.get("NumberOfPoints")) == data.sizes["node"]
        raw = base64.b64decode(arrays["density"].text)
        assert int.from_bytes(raw[:8], "little") == len(raw) - 8
        assert np.frombuffer(raw[8:]) == pytest.approx(data["density"].values)
        cells = np.frombuffer(base64.b64decode(arrays["connectivity"].text)[8:], np.int64)
        assert (cells.reshape(-1, 3) == data["face_nodes"].values).all()


def test_a_wrong_case_is_said_and_nothing_is_written(call, tmp_path):
    (tmp_path / "case.toml").write_text(CASE.replace('"60 um", "40 um"', '"900 um", "40 um"'))
    told = call("film", "case.toml", cwd=tmp_path)
    assert told.code == 2
    assert "does not lie on the film: move it, or take it out" in " ".join(told.err.split())
    assert [path.name for path in tmp_path.iterdir()] == ["case.toml"]


def test_what_is_not_installed_is_said(call, tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    (tmp_path / "case.toml").write_text(CASE)
    told = call("film", "case.toml", cwd=tmp_path)
    assert told.code == 2
    assert "pip install 'entrap[film]'" in told.err


def test_a_target_is_answered_first(call, tmp_path, whole_page):
    text = coarse(CASE) + '[target]\nreach = "evacuation_time < 50 us"\n'
    text += '[target.free]\n"layout.shape.3.circle.radius" = "10 um : 40 um"\n'
    (tmp_path / "case.toml").write_text(text)
    options = ("--free", "layout.placement.radius=5 um:30 um", "--out", "result")
    told = call("film", "case.toml", *options, "--figures", "svg", cwd=tmp_path)
    assert (told.code, told.err) == (0, "")
    summary = json.loads((tmp_path / "result/summary.json").read_text("utf-8"))
    assert summary["target"]["reached"]
    assert summary["target"]["tried"].keys() == {
        "layout.shape.3.circle.radius", "layout.placement.radius",
    }  # fmt: skip
    first = summary["answer"][0]
    assert first.startswith("The target, evacuation_time < 50 µs, is reached by shape 3 with a")
    assert first in " ".join(told.out.split())
    page, _ = whole_page(tmp_path / "result/report.html")
    assert "What the target takes" in page
    rows = (tmp_path / "result/target.csv").read_text("utf-8").splitlines()
    assert len(rows) == 3
    wrong = call("film", "case.toml", "--target", "density_qubit < 1", "--out", "b", cwd=tmp_path)
    assert wrong.code == 2
    assert "of this film can be asked evacuation_time" in " ".join(wrong.err.split())


def coarse(case):
    return case.replace('size = "12 um"', 'size = "25 um"')


def without_trap(case):
    start = case.index('[[layout.shape]]\non = "trap"')
    end = case.index("[layout.probes]")
    return case[:start] + case[end:]


def test_a_drawing_that_is_not_there_is_told(call, tmp_path):
    text = CASE.replace("[layout]\n", '[layout]\nfile = "nothing.gds"\nfilm = "1/0"\n')
    (tmp_path / "case.toml").write_text(text, "utf-8")
    told = call("film", "case.toml", "--out", "result", cwd=tmp_path)
    assert told.code == 2
    assert "nothing.gds is not there: give an existing GDS or OASIS file" in told.err


@pytest.mark.parametrize("probes", [True, False])
def test_a_device_without_a_trap_is_shown_too(call, tmp_path, whole_page, probes):
    text = coarse(without_trap(CASE))
    if not probes:
        text = text.replace('[layout.probes]\njunction = ["280 um", "50 um"]\n', "")
    (tmp_path / "case.toml").write_text(text)
    told = call("film", "case.toml", "--out", "result", "--figures", "svg", cwd=tmp_path)
    assert (told.code, told.err) == (0, "")
    out = " ".join(told.out.split())
    assert (
        "does not decay but by recombination: the film at x = 300 µm, y = 100 µm is joined to no"
        in out
    )
    assert ("would lower what is left at junction" in out) == probes
    assert "µm²" in out
    assert "um^2" not in out
    page, figures = whole_page(tmp_path / "result" / "report.html")
    assert figures == 2 + probes
    for words in ("with the traps", "without the trap", "further trap", "Orange-red"):
        assert words not in out + page, words
    told = json.loads((tmp_path / "result" / "summary.json").read_text("utf-8"))
    assert {row["name"] for row in told["validity"]} == {"weak_recombination", "thin_film"}
    if probes:
        assert "density_without_trap_junction" in told["quantities"]
