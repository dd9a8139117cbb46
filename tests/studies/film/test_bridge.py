"""The critical current of a window: its numbers, what it is refused for, and every sentence about it."""

import dataclasses
import math

import numpy as np
import pytest
from shapely import Point, box
from tests import pinned
from tests.studies.film.devices import UM, device
from tests.studies.film.test_window import DIRTY, MIXED, cased, solved

import entrap as et
from entrap.core.constants import FLUX_QUANTUM, VACUUM_PERMEABILITY
from entrap.core.errors import InputError
from entrap.report.labels import quoted
from entrap.studies.film.bridge import narrowest
from entrap.studies.film.page import account
from entrap.studies.film.window_answer import window_sentences
from entrap.studies.film.window_numbers import (
    DECLARED,
    window_frames,
    window_margins,
    window_values,
)

NECK = [
    {"on": "film", "rectangle": {"corner": [x * UM, y * UM], "size": [w * UM, h * UM]}}
    for x, y, w, h in ((0, 0, 40, 20), (39, 9.9, 4, 0.2), (42, 0, 40, 20))
]


@pytest.fixture(scope="module")
def film():
    return et.film(device(temperature=1.0, shape=NECK, probes={}, generation=()))


@pytest.fixture(scope="module")
def solution(film):
    return film.solution


def driven(landau=DIRTY, shape=NECK, **window):
    """A piece of a neck of 0.2 µm."""
    stated = {"centre": [41 * UM, 10 * UM], "size": [1.2 * UM, 2 * UM], "current": "left-right"}
    return cased(stated | window, landau, shape=shape, probes={}, generation=())


@pytest.fixture(scope="module")
def found(solution):
    return solved(solution, driven())


def value(found, name):
    return window_values(found)[name].value


def test_a_straight_neck_carries_the_depairing_current(found):
    scale = found.scale
    density = 2 / (3 * math.sqrt(3)) * FLUX_QUANTUM
    density /= 2 * math.pi * VACUUM_PERMEABILITY * scale.length * scale.screening
    assert value(found, "window_narrowest_width") == pytest.approx(0.2 * UM, rel=1e-6)
    assert value(found, "window_depairing_current") == pytest.approx(density * 0.2 * UM, rel=1e-6)
    assert value(found, "window_critical_current") == pytest.approx(density * 0.2 * UM, rel=5e-3)
    assert found.errors["window_critical_current"] < 5e-3
    most = 1.2 * UM / scale.length / math.sqrt(3)
    assert value(found, "window_critical_phase") == pytest.approx(most, rel=1e-2)


def test_fewer_pairs_carry_less(solution):
    """Where half of the normal electrons are left the film is stronger than where all are."""
    thermal = solution.sheet.equilibrium_fraction
    currents = [
        value(
            solved(
                dataclasses.replace(
                    solution, density=left * thermal * np.ones_like(solution.density)
                ),
                driven(MIXED, size=[0.04 * UM, 0.02 * UM]),
            ),
            "window_critical_current",
        )
        for left in (1.0, 0.5)
    ]
    # α goes from a (T_c - T) to a T_c - (a - k_B ln 2/2) T, and K_d as its power of 3/2.
    a, t, t_c = 3.0, 1.0, 1.18
    raised = (a * t_c - (a - 0.5 * math.log(2)) * t) / (a * (t_c - t))
    assert currents[1] / currents[0] == pytest.approx(raised**1.5, rel=1e-2)


def test_what_the_sentences_say(found):
    told = " ".join(window_sentences(found))
    current = quoted(DECLARED["window_critical_current"], found.bridge.current, 3)
    assert (
        f"A current of up to I_c = {current} flows from the left side of the window to its" in told
    )
    assert "No state carries more: pairs break where the current is densest." in told
    assert (
        "which a long straight strip carries that is as wide as the narrowest place, 200 nm" in told
    )
    broken = dataclasses.replace(found.bridge.found, broken=True)
    bridge = dataclasses.replace(found.bridge, found=broken, narrowest=math.nan)
    told = " ".join(window_sentences(dataclasses.replace(found, bridge=bridge)))
    assert "the state gives way to another, as where a vortex enters at an edge." in told
    assert "straight strip" not in told
    lost = dataclasses.replace(found.bridge, found=None, failure="It was lost.")
    told = " ".join(window_sentences(dataclasses.replace(found, bridge=lost)))
    assert "How large a current flows from the left side" in told
    assert "was not found. It was lost." in told


def test_what_is_read_is_what_was_pinned(film, found, tmp_path):
    shown = account(dataclasses.replace(film, window=found))
    pinned.account(shown, "film-bridge", tmp_path, ["current-phase"], exact=1e-3)


def test_its_own_field_is_assumed_weak(found):
    margins = {margin.name: margin for margin in window_margins(found, 1.0)}
    assert margins["weak_screening"].holds is False


def test_the_table_has_a_row_for_each_state(found):
    columns = {
        column.name: column.values for column in window_frames(found)["current-phase"].columns
    }
    assert columns["phase"][0] == 0
    assert max(columns["current"]) == pytest.approx(found.bridge.current)
    assert len(columns["stable"]) == len(found.bridge.found.phases)


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ({"current": "terminals"}, 'is "terminals", but the layout has none: draw two'),
        ({"current": "left-right", "self_field": True}, "is not solved with the film's own field"),
        ({"current": "up"}, "current"),
    ],
)
def test_a_current_that_cannot_be_is_refused(solution, window, told):
    with pytest.raises(InputError, match=told):
        solved(solution, driven(**window))


def test_a_window_whose_film_is_parted_is_refused():
    parted = [
        *NECK,
        {"on": "hole", "rectangle": {"corner": [30 * UM, -1 * UM], "size": [2 * UM, 22 * UM]}},
    ]
    apart = et.film(device(temperature=1.0, shape=parted, probes={}, generation=())).solution
    window = {"centre": [31 * UM, 10 * UM], "size": [3.2 * UM, 1 * UM]}
    with pytest.raises(InputError, match="needs film that joins the left side and the right side"):
        solved(apart, driven(shape=parted, **window))


def ends(left, right):
    return box(*left), box(*right)


def test_the_narrowest_width_is_that_of_a_line_from_side_to_side():
    film = (
        box(0, 0, 10, 4)
        .difference(box(4, 3, 5, 4))
        .difference(Point(7, 2).buffer(1.0, quad_segs=64))
    )
    both = ends((-1, -1, 0.01, 5), (9.99, -1, 11, 5))
    assert narrowest(film, both) == pytest.approx(2, rel=1e-3)
    assert narrowest(film.difference(box(1, 1.5, 2, 4)), both) == pytest.approx(1.5, rel=1e-9)
    # Terminals that do not reach from side to side are narrow places too.
    assert narrowest(box(0, 0, 10, 4), ends((-1, 1, 0.01, 3), (9.99, 0, 11, 4))) == pytest.approx(2)
    assert math.isnan(narrowest(box(0, 0, 1, 1), ends((5, 5, 6, 6), (7, 7, 8, 8))))
