"""Polygons of layouts: three formats that agree, and files that are refused in one sentence."""

import struct
import subprocess
import sys
from pathlib import Path

import gdstk
import numpy as np
import pytest
import shapely

from entrap.case import layoutfile
from entrap.case.layout import Layout
from entrap.case.outlines import outlines
from entrap.core.errors import InputError

UM = 1e-6
EXAMPLE = Path(__file__).parents[2] / "examples/layouts/transmon.gds"


def rectangle(on, x, y, width, height):
    return {"on": on, "rectangle": {"corner": [x * UM, y * UM], "size": [width * UM, height * UM]}}


def circle(on, x, y, radius):
    return {"on": on, "circle": {"centre": [x * UM, y * UM], "radius": radius * UM}}


def shapes(*stated, **more):
    return outlines(Layout(shape=stated, **more))


def refused(*stated, **more):
    with pytest.raises(InputError) as error:
        shapes(*stated, **more)
    assert len(error.value.problems) == 1
    return str(error.value)


@pytest.fixture
def gds(tmp_path):
    """`gds(polygons by layer)`: a layout of a file with them, in µm."""

    def written(*polygons, name="chip.gds", unit=1e-6, **more):
        cell = gdstk.Cell("CHIP")
        for layer, points in polygons:
            cell.add(gdstk.Polygon(points, layer=layer))
        library = gdstk.Library(unit=unit, precision=unit / 1000)
        library.add(cell)
        path = tmp_path / name
        (library.write_oas if name.endswith("oas") else library.write_gds)(path)
        return Layout(file=name, folder=tmp_path, film="1/0", **more)

    return written


PAD = [(0, 0), (40, 0), (40, 12), (0, 12)]
HOLE = [(30, 4), (34, 4), (34, 8), (30, 8)]
TRAP = [(5, 2), (12, 2), (12, 9), (5, 9)]


def test_gds_oasis_and_toml_are_the_same_film(gds):
    drawn = [(1, PAD), (2, TRAP), (3, HOLE)]
    layers = {"trap": "2/0", "hole": "3/0"}
    made = [
        outlines(gds(*drawn, **layers)),
        outlines(gds(*drawn, name="chip.oas", **layers)),
        shapes(*(
            {"on": on, "polygon": (np.array(points) * UM).tolist()}
            for on, points in (("film", PAD), ("trap", TRAP), ("hole", HOLE))
        )),
    ]  # fmt: skip
    for other in made:
        assert other.film.area == pytest.approx((480 - 16) * UM**2, rel=1e-9, abs=0)
        assert other.film.symmetric_difference(made[0].film).area < 1e-9 * other.film.area
        assert [trap.area for trap in other.traps] == pytest.approx([49 * UM**2], rel=1e-6, abs=0)


def test_a_circle_has_its_own_area():
    found = shapes(rectangle("film", 0, 0, 40, 12), circle("trap", 20, 6, 3))
    assert found.traps[0].area == pytest.approx(np.pi * (3 * UM) ** 2, rel=1e-9, abs=0)


def test_a_hole_cut_open_to_be_one_polygon_is_a_hole(gds):
    ring = [
        (0, 0),
        (40, 0),
        (40, 12),
        (0, 12),
        (0, 6),
        (10, 6),
        (10, 8),
        (14, 8),
        (14, 4),
        (10, 4),
        (10, 6),
        (0, 6),
    ]
    film = outlines(gds((1, ring))).film
    assert film.area == pytest.approx((480 - 16) * UM**2, rel=1e-9, abs=0)
    assert shapely.get_num_interior_rings(film) == 1


def test_what_keeps_shapes_from_being_a_film_is_said_with_its_place():
    pad = rectangle("film", 0, 0, 40, 12)
    bow = {"on": "film", "polygon": (np.array([(0, 0), (10, 10), (10, 0), (0, 10)]) * UM).tolist()}
    assert "shape number 1 has a polygon that crosses itself at x = 5 µm, y = 5 µm" in refused(bow)
    line = {"on": "film", "polygon": [[0.0, 0.0], [1e-6, 0.0], [0.0, 0.0]]}
    assert "with fewer than 3 corners" in refused(line)
    holes = (rectangle("hole", 5, 2, 4, 4), rectangle("hole", 7, 4, 4, 4))
    assert "two holes overlap at x = 8 µm, y = 5 µm" in refused(pad, *holes)
    assert "has no film left" in refused(pad, rectangle("hole", -1, -1, 50, 50))
    assert "the trap at x = 60 µm, y = 5 µm does not lie on the film" in refused(
        pad, circle("trap", 60, 5, 2)
    )
    neck = rectangle("film", 39, 5, 30, 0.05)
    assert "has a film that is narrower, at x = " in refused(
        pad, neck, rectangle("film", 65, 0, 9, 9)
    )
    near = rectangle("film", 40.05, 0, 10, 12)
    assert "has a gap that is narrower, at x = 40.025 µm" in refused(pad, near)
    assert "must be at most a tenth of the film's width" in refused(pad, smallest_feature="9 um")
    assert "is 1e+03 m wide, but may be at most 0.5 m" in refused(
        {"on": "film", "rectangle": {"corner": [0, 0], "size": [1e3, 1.0]}}
    )


def test_a_sliver_that_is_cut_off_does_no_harm():
    sliver = {"on": "film", "polygon": (np.array([(40, 6), (40, 6.05), (40.5, 6)]) * UM).tolist()}
    found = shapes(rectangle("film", 0, 0, 40, 12), sliver)
    assert found.film.area == pytest.approx(480 * UM**2, rel=1e-4, abs=0)


def refused_file(layout):
    with pytest.raises(InputError) as error:
        outlines(layout)
    assert len(error.value.problems) == 1
    return str(error.value)


def test_a_layer_a_cell_or_a_file_that_is_not_there_is_said(gds, tmp_path):
    layout = gds((1, PAD), (7, TRAP), trap="2/0")
    assert "`layout.trap` is 2/0, on which chip.gds has nothing: its layers are 1/0, 7/0" in (
        refused_file(layout)
    )
    assert "its cells are CHIP" in refused_file(gds((1, PAD), cell="QUBIT"))
    missing = Layout(file="no.gds", film="1/0", folder=tmp_path)
    assert "no.gds is not there: give an existing GDS" in refused_file(missing)
    (tmp_path / "a.dxf").write_text("0")
    assert "must end in .gds or .oas" in refused_file(
        Layout(file="a.dxf", film="1/0", folder=tmp_path)
    )


def test_several_cells_on_top_must_be_chosen_from(tmp_path):
    library = gdstk.Library()
    for name in "AB":
        library.new_cell(name).add(gdstk.rectangle((0, 0), (9, 5), layer=1))
    library.write_gds(tmp_path / "two.gds")
    layout = Layout(file="two.gds", film="1/0", folder=tmp_path)
    assert "`layout.cell` is missing: two.gds has the cells A, B on top" in refused_file(layout)
    chosen = Layout(file="two.gds", film="1/0", cell="B", folder=tmp_path)
    assert outlines(chosen).film.area == pytest.approx(45 * UM**2, rel=1e-6, abs=0)


def test_units_of_a_million_metres_are_refused(gds):
    assert "check the unit of the layout's file" in refused_file(gds((1, PAD), unit=1e6))


@pytest.mark.slow
def test_too_many_polygons_are_refused(tmp_path):
    library = gdstk.Library()
    dot = library.new_cell("DOT")
    dot.add(gdstk.rectangle((0, 0), (1, 1), layer=1))
    library.new_cell("CHIP").add(gdstk.Reference(dot, columns=1000, rows=1000, spacing=(2, 2)))
    library.write_gds(tmp_path / "many.gds")
    layout = Layout(file="many.gds", film="1/0", folder=tmp_path)
    said = refused_file(layout)
    assert "has 1000000 polygons, but may have 200000: merge them" in said


WHOLE = EXAMPLE.read_bytes()
RECURSIVE = b"".join(
    struct.pack(">HBB", 4 + len(data), kind, form) + data
    for kind, form, data in (
        (0x00, 2, struct.pack(">h", 600)), (0x01, 2, bytes(24)), (0x02, 6, b"L\0"),
        (0x03, 5, bytes.fromhex("3e4189374bc6a7f03944b82fa09b5a54")),
        (0x05, 2, bytes(24)), (0x06, 6, b"AA"), (0x0A, 0, b""), (0x12, 6, b"AA"),
        (0x10, 3, bytes(8)), (0x11, 0, b""), (0x07, 0, b""), (0x04, 0, b""),
    )
)  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [b"", b"not a layout", WHOLE[: len(WHOLE) // 2], WHOLE[:77] + bytes(200) + WHOLE[277:],
     b"\xff" * 5000, RECURSIVE],
    ids=["empty", "text", "truncated", "zeroed", "noise", "recursive"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["broken.gds", "broken.oas"])
def test_a_damaged_file_is_refused_in_one_sentence(content, name, tmp_path):
    (tmp_path / name).write_bytes(content)
    said = refused_file(Layout(file=name, film="1/0", folder=tmp_path))
    assert name in said
    assert "Traceback" not in said


def test_a_file_that_takes_too_long_is_given_up(monkeypatch, tmp_path):
    def late(*_, **more):
        raise subprocess.TimeoutExpired("x", more["timeout"])

    monkeypatch.setattr(layoutfile.subprocess, "run", late)
    (tmp_path / "slow.gds").write_bytes(WHOLE)
    said = refused_file(Layout(file="slow.gds", film="1/0", folder=tmp_path))
    assert "it takes more than 60 s" in said


@pytest.mark.parametrize("name", ["transmon", "resonator"])
def test_an_example_is_what_its_script_draws(name, tmp_path):
    folder = EXAMPLE.parents[1]
    script = folder / f"make_{name}.py"
    subprocess.run([sys.executable, script, tmp_path / "again.gds"], check=True)
    made, there = tmp_path / "again.gds", folder / "layouts" / f"{name}.gds"
    assert made.read_bytes() == there.read_bytes()
