"""The table [layout]: what is wrong is said with its key; what is right comes back as it was."""

import json

import jsonschema
import pytest

import entrap as et
from entrap.app.casefile import case_schema
from entrap.case.layout import Layout
from entrap.case.layoutnumbers import layout_number
from entrap.case.outlines import outlines
from entrap.core.errors import InputError

PAD = {"on": "film", "rectangle": {"corner": ["0 um", "0 um"], "size": ["40 um", "12 um"]}}
DISC = {"on": "trap", "circle": {"centre": ["20 um", "6 um"], "radius": "3 um"}}
WHOLE = {
    "shape": [PAD, DISC, {"on": "hole", "polygon": [["1 um", "1 um"], [2e-6, 1e-6], [2e-6, 2e-6]]}],
    "temperature": "20 mK",
    "quasiparticle_diffusivity": "18 cm^2/s",
    "probes": {"junction": ["5 um", "5 um"]},
    "generation": [{"at": ["30 um", "6 um"], "radius": "2 um", "burst": 1e-3}],
    "placement": {"count": 2, "radius": "2 um", "keep_from": {"junction": "3 um"}},
    "mesh": {"size": "2 um"},
}


def test_a_table_comes_back_as_it_was():
    layout = Layout.from_dict(WHOLE)
    assert layout.shape[0].rectangle
    assert layout.placement
    assert layout.shape[0].rectangle.size == pytest.approx((4e-5, 1.2e-5))
    assert layout.generation[0].burst == 1e-3
    assert layout.placement.keep_from == {"junction": pytest.approx(3e-6)}
    written = json.loads(json.dumps(layout.to_dict()))
    assert Layout.from_dict(written) == layout


def test_the_schema_accepts_the_table_and_refuses_another():
    schema = case_schema()
    case = {"material": {"name": "Al"}, "trap": {"junction": JUNCTION}, "layout": WHOLE}
    jsonschema.validate(case, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(case | {"layout": {"shape": [{"on": "film"}]}}, schema)


JUNCTION = {
    "interface_resistance": "100 ohm um^2",
    "film_thickness": "80 nm",
    "metal": "Cu",
    "metal_thickness": "100 nm",
}


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"shape": []}, '`file` is missing: give it, or a [[layout.shape]] with on = "film"'),
        ({"shape": [PAD | {"circle": DISC["circle"]}]}, "`shape` number 1: must have one of circle"),
        ({"shape": [{"on": "moat", "circle": DISC["circle"]}]}, '`on` must be "film", "trap"'),
        ({"shape": [PAD, {"on": "trap", "circle": {"centre": [0.0], "radius": 1e-6}}]},
         "number 2: `circle.centre` must be two lengths"),
        ({"shape": [{"on": "film", "rectangle": {"corner": [0, 0], "size": [0, 1]}}]},
         "`rectangle.size` must be a width and a height above 0 m"),
        ({"shape": [{"on": "film", "polygon": [[0, 0], [1, 1]]}]}, "a list of 3 to 2000 points"),
        ({"shape": [{"on": "film", "polygon": [[0, 0], [1, 1], ["1 K", 0]]}]}, "`polygon`"),
        ({"shape": [PAD | {"colour": "red"}]}, "`colour` is an unknown key"),
        ({"shape": 3}, "must be a list of tables [[layout.shape]]"),
        ({"probes": {"a": ["1 um"]}}, "`probes.a` must be two lengths"),
        ({"probes": {"a-b": [0.0, 0.0]}}, "must have a name of letters"),
        ({"generation": [{"at": [0.0, 0.0], "radius": 1e-6}]}, "is 0 and so is `burst`"),
        ({"generation": [{"radius": 1e-6}]}, "`generation` number 1: `at` is missing: give it"),
        ({"generation": [{"at": [0.0, 0.0]}]}, "`radius` is missing: give it"),
        ({"shape": [{"on": "film", "circle": {}}]}, "`circle.centre` is missing: give it"),
        ({"placement": {}}, "`placement.count` is missing: give it"),
        ({"placement": {"count": 2, "radius": 1e-6, "keep_from": {"juncton": 1e-6}}},
         "did you mean `junction`?"),
        ({"mesh": {"size": "0 um"}}, "`mesh.size` must be finite"),
        ({"film": "one"}, 'must be a layer and a datatype, as in "1/0", but is "one"'),
        ({"file": "a.gds"}, "`film` is missing: name the layer of the film"),
        ({"temperatur": 1}, "did you mean `temperature`?"),
        ({"file": 3, "film": "1/0"}, "`file` must be a text, but is 3"),
        ({"placement": {"count": 2, "radius": 1e-6, "rate": 3}}, "`placement.rate` is an unknown key"),
        ({"probes": 3}, "`probes` must be a table of points by name"),
        ({"placement": {"count": 2, "radius": 1e-6, "keep_from": 3}},
         "`placement.keep_from` must be a table of distances by probe"),
        ({"placement": {"count": 2, "radius": 1e-6, "keep_from": {"junction": -1}}},
         "`placement.keep_from.junction` must be finite and >= 0 m"),
        ({"shape": [PAD, DISC | {"name": "a b"}]}, "`name` must be letters, digits and _"),
        ({"shape": [PAD, DISC | {"name": "a"}, DISC | {"name": "a"}]}, 'two shapes named "a"'),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(changed, says):
    with pytest.raises(InputError) as error:
        Layout.from_dict(WHOLE | changed)
    assert says in str(error.value)


def test_a_case_file_states_a_layout_and_its_line_is_named(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text('[material]\nname = "Al"\n[layout]\nfilm = "1"\n')
    with pytest.raises(InputError, match=r"line 4: `layout.film` must be a layer"):
        et.load_case(path, needs=())
    path.write_text('[material]\nname = "Al"\n[layout]\nfile = "chip.gds"\nfilm = "1/0"\n')
    assert et.load_case(path, needs=()).studies["layout"].path == tmp_path / "chip.gds"


def test_parts_are_changed_by_their_names_and_the_rest_stays():
    from entrap.app.casefile import READERS
    from entrap.case.toml import parse_case

    text = (
        '[material]\nname = "Al"\n[layout]\n[[layout.shape]]\non = "film"\n'
        "rectangle = { corner = [0.0, 0.0], size = [1e-4, 1e-4] }\n[[layout.shape]]\n"
        'on = "trap"\nname = "left"\ncircle = { centre = [2e-5, 2e-5], radius = 5e-6 }\n'
        "[layout.probes]\njunction = [1e-5, 2e-5]\n"
    )
    sets = ["layout.shape.left.circle.radius=3 um", "layout.probes.junction.y=7 um"]
    stated = parse_case(text, sets, needs=(), readers=READERS)
    case = stated.changed({"layout.shape.2.circle.centre.x": "9 um"})
    circle = case.studies["layout"].shape[1].circle
    assert (circle.radius, circle.centre) == (pytest.approx(3e-6), pytest.approx((9e-6, 2e-5)))
    assert case.studies["layout"].probes["junction"] == pytest.approx((1e-5, 7e-6))
    assert stated.studies["layout"].shape[1].circle.centre == (2e-5, 2e-5)
    without = parse_case(text, ["layout.shape.left="], needs=(), readers=READERS)
    assert len(without.studies["layout"].shape) == 1
    for key, says in (
        ("layout.shape.right.circle.radius", "`layout.shape.right` is an unknown part of the list"),
        ("layout.probes.junction.z", "`layout.probes.junction.z` is an unknown part"),
    ):
        with pytest.raises(InputError, match=says):
            case.changed({key: 1e-6})


def test_a_changed_case_finds_its_drawing_where_it_was(tmp_path):
    path = tmp_path / "case.toml"
    path.write_text(
        '[material]\nname = "Al"\n[layout]\nfile = "a.gds"\nfilm = "1/0"\n', encoding="utf-8"
    )
    case = et.load_case(path, needs=("material",)).changed({"layout.trap_growth": "1 um"})
    assert case.studies["layout"].path == tmp_path / "a.gds"


def test_its_traps_are_named_by_their_number():
    one, several = Layout(shape=(PAD, DISC)), Layout.from_dict(WHOLE)
    assert (one.traps_named, outlines(one).traps_named) == ("the trap", "the trap")
    assert several.traps_named == "the traps"  # as two more are placed
    assert outlines(Layout(shape=(PAD,))).traps_named == "the traps"


def test_traps_grow_all_around_and_what_vanishes_is_named():
    def traps(**more):
        return outlines(Layout.from_dict(WHOLE | more)).traps

    (before,), (after,) = traps(), traps(trap_growth="1 um")
    assert after.area / before.area == pytest.approx(16 / 9, rel=1e-4)  # a polygon
    square = {"on": "trap", "rectangle": {"corner": [1e-5, 2e-6], "size": [4e-6, 2e-6]}}
    (square,) = traps(shape=[PAD, square], trap_growth=-5e-7)
    assert square.area == pytest.approx(3e-6 * 1e-6, rel=1e-9, abs=0)
    with pytest.raises(InputError, match="nothing is left of the trap at x = 20 µm, y = 6 µm"):
        traps(trap_growth="-4 um")


def test_numbers_of_parts_have_names_of_their_own():
    told = {
        "layout.shape.left_trap.circle.radius": ("R_lefttrap", "Radius of shape left_trap"),
        "layout.shape.2.rectangle.size.y": ("h_2", "Height of shape 2"),
        "layout.shape.2.rectangle.corner.x": ("x_2", "Lower left corner of shape 2 along x"),
        "layout.generation.1.at.y": ("y_1", "Centre of source 1 along y"),
        "layout.generation.1.burst": ("x_1", "x that is added in the disc at t = 0 of source 1"),
        "layout.probes.junction.x": ("x_junction", "Probe junction along x"),
    }
    for key, (symbol, meaning) in told.items():
        declared = layout_number(key)
        assert declared is not None
        assert (declared.symbol, declared.meaning) == (symbol, meaning)
    for key in (
        "layout.shape.1.circle.centre", "layout.shape.1.circle.radius.x", "layout.probes.junction",
        "layout.shape.1.rectangle.radius", "layout.generation.1.at", "layout.shape.0.circle.radius",
    ):  # fmt: skip
        assert layout_number(key) is None
