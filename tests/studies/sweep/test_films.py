"""Sweeps over numbers of a drawn film: each point is what `film` says of the changed case."""

import json
import logging
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from tests.studies.film.devices import CASE, device, disc, shapes

import entrap as et
from entrap.core.errors import InputError
from entrap.studies.film import point as points
from entrap.studies.film.status import STATUS
from entrap.studies.sweep import chunk
from entrap.studies.sweep.laying import lay_out
from entrap.studies.sweep.names import FILM_STATUS
from entrap.studies.sweep.pages.answer import _drawn

RADIUS, ACROSS = "layout.shape.3.circle.radius", "layout.shape.3.circle.centre.x"
LEFT = ("slowest_rate", "area_bound", "density_junction", "density_without_trap_junction")


def test_every_point_is_what_a_film_says_of_it():
    case = device()
    names = [*LEFT, "mesh_error", "trap_area"]
    found = et.sweep(case, {RADIUS: ["10 um", "18 um"]}, names).data
    assert found.attrs["title"] == "Small pad with one trap"
    for place, radius in enumerate((10e-6, 18e-6)):
        there = et.film(device(shape=shapes(disc(60, 40, radius * 1e6), trap=False)))
        for name in names:
            assert found[name].values[place] == pytest.approx(
                there.quantities[name].value, rel=1e-9
            ), name
    assert (found[RADIUS].attrs["units"], found[RADIUS].attrs["symbol"]) == ("m", "R_3")
    assert found["density_junction"].attrs["long_name"] == ("Quasiparticles n_qp/2N_0Δ at junction")


def test_a_film_colder_or_behind_another_barrier_is_swept_by_the_keys_of_these():
    barrier = "trap.junction.interface_resistance"
    found = et.sweep(device(), {barrier: [1e-9, 4e-9], "temperature": [0.1]}, ["slowest_rate"]).data
    rates = found["slowest_rate"].values[:, 0]
    there = et.film(device(temperature=0.1, interface_resistance=4e-9))
    assert rates[1] == pytest.approx(there.quantities["slowest_rate"].value, rel=1e-9)
    assert rates[0] > rates[1]


def test_a_point_without_a_film_is_a_status_and_the_others_are_there(caplog):
    with caplog.at_level(logging.WARNING):
        found = et.sweep(device(), {ACROSS: ["60 um", "900 um"]}).data
    assert found["film_status"].values.tolist() == [0, 1]
    assert np.isfinite(found["slowest_rate"].values).tolist() == [True, False]
    assert "does not lie on the film" in caplog.text
    assert "layout.shape.3.circle.centre.x = 0.0009" in caplog.text


def test_where_nothing_takes_what_is_generated_there_is_no_steady_state():
    bare = device(shape=shapes(trap=False)).changed({"trap.junction.phonon_trapping": 1.0})
    found = et.sweep(bare, {"layout.background_rate": [0.0, 1e3]}, ["mean_density", "film_status"])
    # Recombination takes it, however little that is.
    assert found.data["film_status"].values.tolist() == [0, 0]
    assert found.data["mean_density"].values[1] < found.data["mean_density"].values[0]


def test_more_traps_are_placed_as_the_axis_counts():
    case = device(placement={"count": 1, "radius": 1e-5, "starts": 1})
    found = et.sweep(case, {"layout.placement.count": [1, 2]}).data
    rates, bounds = found["placed_rate"].values, found["placed_area_bound"].values
    assert rates[0] < rates[1] < bounds[1]
    assert found["placed_density_junction"].values[1] < found["placed_density_junction"].values[0]
    there = et.film(case).quantities
    assert rates[0] == pytest.approx(there["placed_rate"].value, rel=1e-9)
    added = there["placed_trap_area"].value - there["trap_area"].value
    assert added == pytest.approx(np.pi * 1e-10, rel=1e-9)


def test_a_sweep_that_was_killed_computes_only_what_it_lacks(tmp_path, monkeypatch):
    axes, results = {RADIUS: [1e-5, 1.2e-5, 1.4e-5]}, ["slowest_rate"]
    solve, solved, killed = points.film_point, [], True

    def point(case, changes, names):
        if killed and solved:
            raise KeyboardInterrupt
        solved.append(changes[RADIUS])
        return solve(case, changes, names)

    monkeypatch.setattr(points, "film_point", point)
    out = tmp_path / "sweep.zarr"
    with pytest.raises(KeyboardInterrupt):
        et.sweep(device(), axes, results, out=out, workers=1)
    kept = et.load_sweep(out)
    assert kept.done == pytest.approx(1 / 3)
    other = device(quasiparticle_diffusivity=2e-3)
    with pytest.raises(InputError, match=r"`case\.layout\.quasiparticle_diffusivity` was"):
        et.sweep(other, axes, results, out=out, resume=True)
    killed = False
    whole = et.sweep(device(), axes, results, out=out, resume=True, workers=1)
    assert solved == axes[RADIUS]
    assert np.isfinite(whole.data["slowest_rate"].values).all()
    assert whole.done == 1


@pytest.mark.parametrize(
    ("key", "says"),
    [
        ("layout.shape.7.circle.radius", "is an unknown part of the list; known are 1, 2, 3"),
        ("layout.shape.1.circle.radius", "must have one of circle, rectangle, polygon"),
        ("layout.shape.3.circle.colour", r"of a layout these can vary: layout\.shape\.1\.circle"),
        ("layout.smallest_feature", "of a layout these can vary"),
        ("layout.placement.radius", "is missing"),
    ],
)
def test_what_is_no_number_of_the_layout_is_said_before_anything_is_computed(key, says):
    with pytest.raises(InputError, match=says):
        et.sweep(device(), {key: [1e-5, 2e-5]})


def test_a_layout_is_swept_for_results_of_its_film_alone():
    with pytest.raises(InputError, match="no result is of one"):
        et.sweep(device(), {RADIUS: [1e-5]}, ["kappa"])
    with pytest.raises(InputError, match="did you mean 'density_junction'"):
        et.sweep(device(), {RADIUS: [1e-5]}, ["density_junctio"])


def test_the_command_writes_what_reads_as_any_sweep(call, tmp_path, whole_page):
    named = CASE.replace('on = "trap"\n', 'on = "trap"\nname = "left"\n')
    (tmp_path / "case.toml").write_text(named)
    vary = "layout.shape.left.circle.radius=8 um:16 um:3"
    told = call(
        "sweep", "case.toml", "--vary", vary, "--plot", "--figures", "svg", "--out", "map",
        "--set", "layout.shape.left.circle.centre.x=70 um", cwd=tmp_path,
    )  # fmt: skip
    assert (told.code, told.err) == (0, "")
    with xr.open_zarr(tmp_path / "map/sweep.zarr", consolidated=False) as data:
        assert data["done"].all()
        assert (np.diff(data["slowest_rate"].values) > 0).all()
    summary = json.loads((tmp_path / "map/summary.json").read_text("utf-8"))
    assert summary["case"]["layout"]["shape"][2]["circle"]["centre"][0] == pytest.approx(7e-5)
    assert summary["results"]["slowest_rate"]["unit"] == "1/s"
    text, figures = whole_page(tmp_path / "map/report.html")
    assert figures == 1
    assert "Radius of shape left" in text
    legend = (tmp_path / "map/curves.svg").read_text("utf-8")
    assert ">with the trap<" in legend
    assert ">without the trap<" in legend
    again = call("show", "map", "--out", "again", "--figures", "svg", cwd=tmp_path)
    assert (again.code, again.err) == (0, "")


def test_a_worker_finds_the_drawing_where_the_case_has_it(tmp_path, monkeypatch):
    import gdstk

    drawn, cell = gdstk.Library(unit=1e-6), gdstk.Cell("TOP")
    cell.add(gdstk.rectangle((0, 0), (300, 100), layer=1))
    cell.add(gdstk.rectangle((20, 20), (60, 60), layer=2))
    drawn.add(cell)
    (tmp_path / "layouts").mkdir()
    drawn.write_gds(tmp_path / "layouts/pad.gds")
    start, end = CASE.index("[[layout.shape]]"), CASE.index("[layout.probes]")
    layers = '[layout]\nfile = "layouts/pad.gds"\nfilm = "1/0"\ntrap = "2/0"\n'
    (tmp_path / "case.toml").write_text(
        (CASE[:start] + CASE[end:]).replace("[layout]\n", layers, 1)
    )
    case = et.load_case(tmp_path / "case.toml", needs=("layout",))
    axes, out = {"layout.trap_growth": [0.0, 5e-6]}, tmp_path / "sweep.zarr"
    direct = et.sweep(case, axes, ["trap_area"], out=out)
    monkeypatch.chdir(tmp_path / "layouts")
    laid = lay_out(case, et.Sweep(axes, ("trap_area",)))
    chunk.compute_chunk(str(out), "again", laid.folder, 1)
    again = et.load_sweep(out).data["trap_area"].values
    assert again.tolist() == direct.data["trap_area"].values.tolist()
    assert again == pytest.approx([1.6e-9, 2.5e-9], rel=1e-6)
    (tmp_path / "layouts/pad.gds").unlink()
    with pytest.raises(InputError, match="give an existing GDS or OASIS file"):
        et.sweep(case, axes, ["trap_area"])


@pytest.mark.exhaustive
def test_a_sweep_without_films_imports_nothing_that_solves_them():
    code = (
        "import sys, entrap as et\n"
        "case = et.load_case('examples/clean-set.toml')\n"
        "et.sweep(case, {'mixture.valence_ratio': [0.1, 1.0]}, ['enhancement'])\n"
        "sys.exit('entrap.studies.film.film' in sys.modules)"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True, timeout=300)


@pytest.mark.parametrize(
    ("status", "says"),
    [
        ([0, 0, 0, 0], []),
        ([0, 1, 0, 0], ["at 1 point the layout is no film with a mesh, as where a trap lies"]),
        ([2, 0, 2, 0], ["at 2 points nothing takes what is generated, so that there is no stea"]),
        ([2, 1, 1, 1], ["at 3 points the layout is no film", "at 1 point nothing takes what is"]),
    ],
)
def test_where_there_is_no_film_it_is_told_at_how_many_points_and_why(status, says):
    swept: Any = SimpleNamespace(data=xr.Dataset({FILM_STATUS: ("x", np.array(status))}))
    text = "".join(_drawn(swept))
    assert all(part in text for part in says), text
    assert text.count(" point") == len(says)
    for code, word in enumerate(("was solved", "is no film", "no steady state")):
        assert f"{code} where" in STATUS.meaning
        assert word in STATUS.meaning.split(f"{code} where")[1].split(",")[0]
