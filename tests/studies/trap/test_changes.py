"""What could be changed of a trap: every candidate, by how much, and in which order."""

import dataclasses
import types
from pathlib import Path
from typing import Any

import pytest

import entrap as et
from entrap.studies.trap.answer import _help
from entrap.studies.trap.changes import changes

CASE = Path(__file__).parents[3] / "examples" / "transmon-trap.toml"
PRESENT, COLD = (1000.0, 0.5), 0.05  # rate [1/s] and fraction left; T_N [K]


@pytest.fixture(scope="module")
def case():
    return et.load_case(CASE, needs=["trap.junction"])


def found(case, best=None, evaluate=lambda *_: PRESENT, **film) -> tuple[Any, dict[str, Any]]:
    film = dataclasses.replace(case.trap.film, **film)
    case = dataclasses.replace(case, trap=dataclasses.replace(case.trap, film=film))
    return case, {c.name: c for c in changes(case, PRESENT, COLD, best, evaluate)}


def test_each_part_is_halved_or_doubled_as_its_text_says(case):
    case, made = found(case)
    junction = case.trap.junction
    for name, key, factor, text in (
        ("barrier", "interface_resistance", 0.5, "halving the barrier resistance"),
        ("metal thickness", "metal_thickness", 2.0, "doubling the metal's thickness"),
        ("film thickness", "film_thickness", 0.5, "halving the film's thickness"),
    ):
        changed = made[name].case.trap.junction
        assert made[name].text == text
        assert getattr(changed, key) == pytest.approx(factor * getattr(junction, key), rel=1e-12)
        same = dataclasses.replace(changed, **{key: getattr(junction, key)})
        assert same == junction
    assert made["trap temperature"].case.trap.junction.trap_temperature == COLD / 2
    assert made["trap temperature"].text == "cooling the trap to half its temperature"


def test_only_metals_that_relax_faster_are_proposed(case):
    case, made = found(case)
    metals = {name.removeprefix("metal ") for name in made if name.startswith("metal ")}
    metals.discard("thickness")
    present = case.trap.junction
    assert metals
    for name in metals:
        changed = made[f"metal {name}"].case.trap.junction
        assert changed.metal == name != present.metal
        assert changed.electron_phonon_constant > present.electron_phonon_constant
        assert made[f"metal {name}"].text == f"{name} in place of {present.metal}"


@pytest.mark.parametrize(("length", "longer"), [(4, 4), (9, 9), (11, 20), (200, 20)])
def test_a_trap_is_made_20_um_longer_but_a_short_one_is_doubled(case, length, longer):
    _, made = found(case, trap_length=length * 1e-6)
    changed = made["trap length"]
    assert changed.case.trap.film.trap_length == pytest.approx((length + longer) * 1e-6, rel=1e-12)
    assert changed.text == f"lengthening the trap by {longer} µm"


@pytest.mark.parametrize(
    ("position", "kept"), [(None, None), (500e-6, 500e-6), (10e-6, 20e-6), (990e-6, 980e-6)]
)
def test_a_longer_trap_stays_within_its_film(case, position, kept):
    film, made = found(case, trap_position=position)
    assert film.trap.film.length == pytest.approx(1e-3)
    found_at = made["trap length"].case.trap.film.trap_position
    assert found_at == (None if kept is None else pytest.approx(kept, rel=1e-12))


def test_a_trap_that_fills_its_film_is_not_made_longer(case):
    assert "trap length" not in found(case, trap_length=990e-6)[1]


def test_traps_are_split_in_two_and_moved_to_the_best_place(case):
    _, made = found(case, best=0.25e-3, trap_count=1)
    assert made["trap count"].case.trap.film.trap_count == 2
    assert made["trap count"].text == "splitting the trap into 2 equally spaced ones"
    assert made["trap place"].case.trap.film.trap_position == 0.25e-3
    assert made["trap place"].text == "moving the trap to 250 µm from the left end"
    assert "trap place" not in found(case, best=None)[1]


def test_gains_are_ratios_less_one_and_the_fastest_is_first(case):
    def evaluate(changed):
        thick = changed.trap.junction.metal_thickness / case.trap.junction.metal_thickness
        return PRESENT[0] * thick, PRESENT[1] / 4 if thick > 1 else 0.0

    _, made = found(case, evaluate=evaluate)
    first, *others = made.values()
    assert (first.name, first.rate_gain, first.residue_gain) == ("metal thickness", 1.0, 3.0)
    assert {(c.rate_gain, c.residue_gain) for c in others} == {(0.0, 0.0)}


@pytest.mark.parametrize(
    ("gains", "says"),
    [
        ([0.7], "help most is a: the film would empty 70 % faster."),
        ([0.7, 0.2], "70 % faster. The next best is b (20 % faster)."),
        (
            [0.7, 0.2, 0.1],
            "The next best changes, each made alone, are b (20 % faster) and c (10 % ",
        ),
    ],
)
def test_the_next_best_are_counted(gains, says):
    made = [
        types.SimpleNamespace(name=n, text=n, rate_gain=g)
        for n, g in zip("abc", gains, strict=False)
    ]
    design: Any = types.SimpleNamespace(changes=made)
    assert says in _help(design)
