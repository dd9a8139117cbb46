"""What a film's target takes, against solving the changed film."""

import csv
import math

import numpy as np
import pytest
from tests import pinned
from tests.studies.film.devices import STILL, UM, disc, shapes
from tests.studies.film.devices import device as any_device

import entrap as et
from entrap.core.errors import InputError
from entrap.studies.film.reach_answer import (
    reach_answer,
    reach_context,
    reach_frame,
    reach_summary,
)
from entrap.studies.film.search import least

RADIUS, GROWTH = "layout.placement.radius", "layout.trap_growth"


def device(**changes):
    """The device without its burst."""
    return any_device(generation=STILL, **changes)


def asked(case, reach, **free):
    """What a target of a case takes, and what is said of it."""
    found = et.film(case, et.Target(reach, free)).reached
    assert found is not None
    return found, " ".join(reach_answer(found))


def shown(found):
    """All that is shown of what a target takes."""
    table = [*csv.reader(reach_frame(found).csv().splitlines())]
    table = [pinned.rounded(row, table[0]) for row in table]
    told = {"answer": reach_answer(found), "summary": reach_summary(found), "table": table}
    return told | {"page": reach_context(found)}


def time_of(case):
    return et.film(case).quantities["evacuation_time"].value


def test_the_least_round_trap_that_empties_a_film_in_time_is_found():
    bare = device(shape=shapes(trap=False), placement={"count": 1, "radius": 8 * UM, "starts": 1})
    found, said = asked(bare, "evacuation_time < 60 us", **{RADIUS: "4 um : 40 um"})
    (one,) = found.tried
    assert one.reached
    assert one.result == pytest.approx(60e-6, rel=1.1e-3)
    ((x, y),) = one.centres
    for share, reached in ((1.0, True), (0.99, False)):
        shape = disc(x / UM, y / UM, share * one.value / UM)
        time = time_of(device(shape=shapes(shape, trap=False)))
        assert (time < 60e-6 * (1 + 5e-3)) == reached
    assert one.trap_area == pytest.approx(math.pi * one.value**2, rel=1e-6)
    assert f"one round trap of {1e6 * one.value:.3g} µm radius" in said
    assert f"{1e12 * one.trap_area:.4g} µm²" in said
    assert "at the best place found, x = " in said


def test_traps_grow_until_the_film_empties_in_time_as_was_pinned():
    case = device()
    found, said = asked(case, "evacuation_time < 40 us", **{GROWTH: "0 um : 30 um"})
    (one,) = found.tried
    assert one.reached
    there = et.film(case.changed({GROWTH: one.value})).quantities
    assert there["evacuation_time"].value == pytest.approx(40e-6, rel=3e-3)
    assert there["trap_area"].value == pytest.approx(one.trap_area, rel=1e-9)
    assert "is reached by traps whose outlines are moved outwards by" in said
    pinned.compare(shown(found), "film-grown", exact=0.02)


def test_each_key_is_tried_alone_for_a_density_as_was_pinned():
    barrier, circle = "trap.junction.interface_resistance", "layout.shape.3.circle.radius"
    case = device(temperature=0.02)
    now = et.film(case).quantities["density_junction"].value
    free = {barrier: (1e-10, 2e-9), circle: (5 * UM, 40 * UM)}
    found, _ = asked(case, f"density_junction < {0.8 * now:.6g}", **free)
    assert found.present == pytest.approx(now, rel=1e-9)
    assert [one.key for one in found.tried] == [barrier, circle]
    for one in found.tried:
        assert one.reached
        there = et.film(case.changed({one.key: one.value})).quantities["density_junction"].value
        assert there == pytest.approx(0.8 * now, rel=3e-3)
    assert found.tried[0].value < 1e-9
    assert found.tried[1].value > 15 * UM
    pinned.compare(shown(found), "film-target", exact=0.02)


def test_as_many_traps_are_placed_as_are_needed():
    wanted = {"count": 1, "radius": 8 * UM, "starts": 1}
    case = device(shape=shapes(trap=False), placement=wanted, mesh={"size": 20 * UM})
    times = [
        et.film(case.changed({"layout.placement.count": n}))
        .quantities["placed_evacuation_time"]
        .value
        for n in (2, 3)
    ]
    between = math.sqrt(times[0] * times[1])
    free = {"layout.placement.count": (1, 5)}
    found, said = asked(case, f"evacuation_time < {between:.6g} s", **free)
    assert found.tried[0].value == 3
    assert "is reached by three round traps of 8 µm radius, 201.1 µm² each" in said


def test_what_no_trap_of_the_metal_can_reach_is_said_as_was_pinned():
    found, said = asked(device(), "evacuation_time < 1 us")
    assert not found.reached
    sheet = et.film(device()).solution.sheet
    assert found.everything == pytest.approx(1 / sheet.trapping_rate, rel=1e-6)
    assert found.free_area == pytest.approx(3e-8 - np.pi * (12 * UM) ** 2, rel=1e-3)
    pinned.compare(shown(found), "film-beyond", exact=0.02)
    assert "cannot be reached by moving the outlines of traps outwards by 0 µm to 300 µm" in said
    assert "no place and no size of such traps reaches it" in said


def test_a_target_that_is_no_matter_of_the_film_is_refused():
    for reach, free, says in (
        ("density_qubit < 1e-9", {}, "of this film can be asked evacuation_time, evacuation_rate"),
        ("burst_time < 1 us", {}, "of this film can be asked"),
        ("evacuation_time < 1 us", {"trap.film.trap_length": (1e-6, 2e-6)}, "in one dimension"),
        ("evacuation_time < 1 us", {"layout.shape.2.circle.radius": (1e-6, 2e-6)}, "no.* trap"),
    ):
        with pytest.raises(InputError, match=says):
            et.film(device(), et.Target(reach, free))
    with pytest.raises(InputError, match="use `entrap film`"):
        et.reach_target(device(), "density_junction < 1e-9")


def test_the_least_number_is_found_where_there_is_no_more_beyond_some():
    def root(x):
        return (math.atan(x - 3), 1 / (1 + (x - 3) ** 2)) if x < 50 else None

    found = least(root, -40.0, 400.0, -30.0)
    assert found
    assert 0 <= found - 3 < 2e-3
    assert least(lambda x: (x - 1, 1.0), 2.0, 9.0, 5.0) == 2.0
    assert least(lambda x: (x - 10, 1.0), 2.0, 9.0, 5.0) == 9.0
    assert least(lambda _: None, 0.0, 1.0, 0.5) is None


def test_by_its_slope_the_least_number_takes_few_solutions():
    asked = []

    def cubic(x):
        asked.append(x)
        return x**3 - 8, 3 * x**2

    found = least(cubic, 0.0, 1e3, 3.0)
    assert found is not None
    assert 0 <= found - 2 < 1e-3
    assert len(asked) <= 6  # halving alone takes more than 10
