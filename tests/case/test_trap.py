"""The trap's junction and film: what fits together, and that a design survives being written."""

import json
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from tests.strategies import design_tables, film

from entrap.case import metals
from entrap.case.case import NESTED, TABLES, Case, tables_of
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.case.material import Material
from entrap.case.protocol import Protocol
from entrap.case.trap import Trap
from entrap.core.errors import InputError
from entrap.core.quantities import quantities

JUNCTION = {
    "interface_resistance": "100 ohm um^2",
    "film_thickness": "80 nm",
    "metal_thickness": "100 nm",
    "metal": "Cu",
}
FILM = {"length": 1e-3, "width": 1.2e-5, "trap_length": 1e-4, "temperature": 0.05}


def design(**changes):
    """Tables of a trap alone, with changes to them."""
    tables = {"material": {"name": "Al"}, "trap": {"junction": JUNCTION, "film": FILM}}
    return tables | changes


def told(stated, needs=()):
    with pytest.raises(InputError) as caught:
        Case.from_dict(stated, needs)
    return [(problem.key, problem.text) for problem in caught.value.problems]


@given(design_tables())
def test_a_design_survives_being_written_down(tables):
    made = Case.from_dict(tables, needs=())
    written = made.to_dict()
    assert Case.from_dict(written, needs=()) == made
    assert Case.from_dict(json.loads(json.dumps(written, allow_nan=False)), needs=()) == made
    assert Case.from_dict(written, needs=()).to_dict() == written
    assert set(written) - {"title"} == {name for name in TABLES if getattr(made, name) is not None}
    assert set(written["trap"]) >= {name.partition(".")[2] for name in NESTED} & set(tables["trap"])


@given(design_tables())
def test_the_tables_of_a_case_are_those_that_it_has(tables):
    made: Any = Case.from_dict(tables, needs=())
    found = tables_of(made)
    stated = {f"trap.{key}" for key in ("junction", "film") if key in tables["trap"]}
    assert set(found) == {"material", "mixture", "trap"} | stated | {
        name for name in ("landau", "protocol") if name in tables
    }
    assert found["material"] is made.material
    assert found.get("trap.junction") is made.trap.junction
    assert found.get("trap.film") is made.trap.film
    for name in stated | ({"landau", "protocol"} & set(tables)):
        assert made.require(name) is found[name]


def test_a_table_that_a_case_lacks_is_missed_when_it_is_asked_for():
    bare: Any = Case(Material(name="Al"))
    for name in ("landau", "protocol", *NESTED):
        with pytest.raises(InputError) as caught:
            bare.require(name)
        (problem,) = caught.value.problems
        assert (problem.key, problem.text) == (
            name, f"is missing: a case needs the table [{name}]"
        )  # fmt: skip


@pytest.mark.parametrize("needs", [(), ("trap.junction",), ("trap.junction", "trap.film", "trap")])
def test_no_more_is_needed_than_is_asked_for(needs):
    made = Case.from_dict(design(), needs)
    assert (made.landau, made.protocol, made.title) == (None, None, "untitled")


def test_what_is_needed_and_not_there_is_named_once():
    assert told({}) == [("material", "is missing: a case needs the table [material]")]
    assert told({"material": {"name": "Al"}}, ("protocol", "trap.film", "protocol")) == [
        ("protocol", "is missing: a case needs the table [protocol]"),
        ("trap.film", "is missing: a case needs the table [trap.film]"),
    ]
    # A table that is none is told as that, not as missing besides.
    assert [key for key, _ in told(design(trap=3), ("trap",))] == ["trap"]
    assert [key for key, _ in told(design(trap={"film": 3}), ("trap.film",))] == ["trap.film"]


ONE = [
    (design(trap={"rate": 1.0, "junction": JUNCTION}), "trap.rate", "both state the trapping rate"),
    (design(trap={"pairing": 0.5, "film": FILM}), "trap.pairing", "give `rate` or [trap.junction]"),
    (
        design(material={"name": "V", "conduction_density": 1e29, "diffusivity": 1e-3}),
        "material.electron_phonon_time",
        "is missing: [trap.junction] needs it",
    ),
    (
        design(material={"name": "granular-Al", "conduction_density": 1e28, "electron_phonon_time": 4e-7},
               trap={"junction": JUNCTION}),
        "material.density_of_states",
        "is missing: [trap.junction] needs it",
    ),
    (design(trap={"film": FILM}), "trap.junction", "or the trap's `rate` under the trap itself"),
    (
        design(material={"name": "Zn"}),
        "trap.film.quasiparticle_diffusivity",
        "is missing: give it, or `diffusivity` in [material]",
    ),
    (
        design(trap={"junction": JUNCTION, "film": FILM | {"trap_length": 1.0001e-3}}),
        "trap.film.trap_length",
        "must not exceed the film's length, 0.001 m, but is 0.0010001 m",
    ),
    (
        design(trap={"junction": JUNCTION, "film": FILM | {"trap_position": 4e-5}}),
        "trap.film.trap_position",
        "must be between 5e-05 m and 0.00095 m",
    ),
    (
        design(trap={"junction": JUNCTION, "film": FILM | {"trap_position": 9.6e-4}}),
        "trap.film.trap_position",
        "for the trap to lie inside the film, but is 0.00096 m",
    ),
    (
        design(trap={"junction": JUNCTION, "film": FILM | {"trap_count": 2, "trap_position": 5e-4}}),
        "trap.film.trap_position",
        "places one trap, but `trap_count` is 2",
    ),
    (
        design(trap={"junction": JUNCTION, "film": {k: v for k, v in FILM.items()
                                                   if k != "temperature"}}),
        "trap.film.temperature",
        "is missing: give it, or a [protocol]",
    ),
    (
        design(trap={"junction": JUNCTION | {"metal": "Al"}}),
        "trap.junction.metal",
        'must be "Cu", "Ag" or "Au", but is \'Al\'',
    ),
    (
        design(trap={"junction": JUNCTION | {"electron_phonon_constant": 0}}),
        "trap.junction.electron_phonon_constant",
        "and so is `relaxation_rate`",
    ),
    (
        design(trap={"junction": JUNCTION | {"provenance": {"metl": "a paper"}}}),
        "trap.junction.provenance",
        "must be a table that gives keys of [trap.junction] a text each",
    ),
    (
        design(trap={"junction": JUNCTION | {"film_thicknes": 1}}),
        "trap.junction.film_thicknes",
        "is an unknown key; did you mean `film_thickness`?",
    ),
    (
        design(trap={"junctions": JUNCTION}),
        "trap.junctions",
        "is an unknown key; did you mean `junction`?",
    ),
    (
        design(trap={"junction": JUNCTION | {"mapping": "none"}}),
        "trap.junction.mapping",
        'must be "share", "two-fluid" or "density"',
    ),
    (
        design(trap={"junction": JUNCTION, "film": FILM | {"trap_count": 1.5}}),
        "trap.film.trap_count",
        "must be a whole number",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("stated", "key", "says"), ONE)
def test_what_is_wrong_with_a_design_is_told_in_one_message(stated, key, says):
    ((where, text),) = told(stated)
    assert where == key
    assert says in text


def test_a_metal_that_is_not_known_needs_both_constants():
    bare = {key: value for key, value in JUNCTION.items() if key != "metal"}
    assert told(design(trap={"junction": bare})) == [
        (f"trap.junction.{key}",
         'is missing: give it, or a `metal` that has it ("Cu", "Ag", "Au")')
        for key in ("metal_density_of_states", "electron_phonon_constant")
    ]  # fmt: skip


def test_all_that_is_wrong_with_nested_tables_is_told_at_once():
    stated = design(
        trap={
            "rate": -1,
            "junction": JUNCTION | {"film_thickness": 3, "metl": 1},
            "film": FILM | {"width": "1 K"},
            "flm": {},
        }
    )
    assert {key for key, _ in told(stated, ("protocol",))} == {
        "trap.rate",
        "trap.junction.film_thickness",
        "trap.junction.metl",
        "trap.film.width",
        "trap.flm",
        "protocol",
    }


@pytest.mark.parametrize("name", metals.NAMES)
def test_a_metal_fills_in_what_is_not_given_and_says_whose_it_is(name):
    numbers = metals.load(name)
    filled = Junction(**(JUNCTION | {"metal": name}))
    assert filled.metal_density_of_states == numbers["density_of_states"].value
    assert filled.electron_phonon_constant == numbers["electron_phonon_constant"].value
    assert set(filled.provenance) == {"metal_density_of_states", "electron_phonon_constant"}
    for key, text in filled.provenance.items():
        number = numbers[key.removeprefix("metal_")]
        assert text == f"{number.kind}: {number.text} [{number.source}]"
        assert ("recalled" in text) == (not number.verified)
    own = Junction(**(JUNCTION | {"metal": name, "electron_phonon_constant": 1e9}))
    assert own.electron_phonon_constant == 1e9
    assert set(own.provenance) == {"metal_density_of_states"}


def test_only_relaxation_that_is_stated_needs_no_phonons():
    stated = JUNCTION | {"electron_phonon_constant": 0.0, "relaxation_rate": "1e7 1/s"}
    assert Junction(**stated).electron_phonon_constant == 0.0


def test_the_constants_of_a_film_do_not_follow_its_critical_temperature():
    tabulated, own = Material(name="Al"), Material(name="Al", critical_temperature=1.4)
    for key in ("density_of_states", "diffusivity", "electron_phonon_time"):
        assert getattr(tabulated, key) is not None
        assert getattr(own, key) == getattr(tabulated, key)
        assert own.provenance[key] == tabulated.provenance[key]


@pytest.mark.parametrize("name", ["Al", "Nb", "Ta", "Sn"])
def test_the_usual_films_have_all_that_a_trap_needs(name):
    made = Case.from_dict(design(material={"name": name}), ("trap.junction", "trap.film"))
    assert made.material.diffusivity is not None


def test_a_rate_or_a_junction_measures_pairing():
    assert Trap(rate=1.0, pairing=0.5).pairing == 0.5
    assert Trap(junction=Junction(**JUNCTION), pairing=0.5).pairing == 0.5
    assert Trap(junction=Junction(**JUNCTION), pairing_rate=1e-20).pairing_rate == 1e-20


def test_a_trap_is_there_by_its_rate_or_its_junction():
    assert Trap(rate=1.0).present
    assert Trap(junction=Junction(**JUNCTION)).present
    assert not Trap().present
    assert not Trap(film=Film(**FILM)).present


@pytest.mark.parametrize("key", ["junction", "film"])
def test_a_trap_takes_no_table_for_its_part(key):
    with pytest.raises(
        InputError, match=f"`{key}` must be a {key.capitalize()}, but is {{'a': 1}}"
    ):
        Trap(**{key: {"a": 1}})


def test_a_film_needs_no_junction_where_the_rate_is_stated():
    made = Case.from_dict(design(trap={"rate": 2.4e5, "film": FILM}), needs=())
    assert made.trap.junction is None


def test_a_protocol_stands_for_the_temperature_of_the_film():
    bare = {key: value for key, value in FILM.items() if key != "temperature"}
    made = Case(
        Material(name="Al"),
        protocol=Protocol(start=0.1, warm_to=1.0, warming_time=1.0),
        trap=Trap(rate=1.0, film=Film(**bare)),
    )
    assert made.require("trap.film").temperature is None


@given(film())
def test_traps_lie_inside_the_film_in_order_and_apart(keys):
    made = Film(**keys)
    each = made.trap_length / made.trap_count
    edges = [edge for x in made.trap_centres for edge in (x - each / 2, x + each / 2)]
    slack = 1e-12 * made.length
    assert len(made.trap_centres) == made.trap_count
    assert edges[0] >= -slack
    assert edges[-1] <= made.length + slack
    assert all(b - a >= -slack for a, b in pairwise(edges))


@given(film())
def test_equally_spaced_traps_are_mirror_images(keys):
    keys.pop("trap_position", None)
    made = Film(**keys)
    for left, right in zip(made.trap_centres, reversed(made.trap_centres), strict=True):
        assert left + right == pytest.approx(made.length, rel=1e-12, abs=0)


@pytest.mark.parametrize("end", ["left", "right"])
def test_a_trap_at_the_very_end_is_inside_whatever_rounding_says(end):
    for i in range(1, 200):
        half = f"{i / 2} um"
        made = Film(
            "1 mm", "10 um", f"{i} um",
            trap_position=half if end == "left" else f"{1000 - i / 2} um",
        )  # fmt: skip
        (centre,) = made.trap_centres
        assert centre - made.trap_length / 2 >= 0
        assert centre + made.trap_length / 2 <= made.length * (1 + math.ulp(1.0))
        assert centre == pytest.approx(made.trap_position, rel=1e-12, abs=0)


def test_a_film_can_be_a_trap_all_along():
    whole = Film(length=1e-3, width=1e-5, trap_length=1e-3)
    assert whole.trap_centres == (5e-4,)


def test_symbols_of_one_table_are_told_apart():
    for table in NESTED.values():
        symbols = [q.symbol for _, q in quantities(table) if q.symbol]
        assert len(set(symbols)) == len(symbols)
