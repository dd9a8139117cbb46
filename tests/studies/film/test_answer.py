"""Sentences about a film that few films have."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entrap.solve.protocol.results import Value
from entrap.studies.film.answer import _direction, _fewer, _moves, _placed, _warmed
from entrap.studies.film.declared import DECLARED


@pytest.mark.parametrize(
    ("warmth", "named", "said"),
    [
        (None, "the trap", []),
        ([0.1, 0.1], "the trap", ["The burst does not warm the trap, which stays at 100 mK."]),
        ([0.1, 0.1], "the traps", ["The burst does not warm the traps, which stay at 100 mK."]),
        (
            [0.11, 0.1321, 0.12], "the traps",
            ["The burst warms the traps from 100 mK to 132 mK at the warmest point, after 1.2 µs."],
        ),
    ],
)  # fmt: skip
def test_how_warm_a_burst_makes_the_traps_is_said(warmth, named, said):
    found: Any = SimpleNamespace(
        trap_warmth=None if warmth is None else np.array(warmth),
        decay=SimpleNamespace(times=np.array([0.0, 1.234e-6, 1.0])),
        quantities={"trap_temperature": Value(0.1, DECLARED["trap_temperature"])},
        mesh=SimpleNamespace(outlines=SimpleNamespace(traps_named=named)),
    )
    assert _warmed(found) == said


@pytest.mark.parametrize(
    ("after", "says"),
    [
        (1.0, "as many as without"), (1.0049, "as many as without"), (0.9951, "as many as without"),
        (2.0, "2 times as many as without"), (0.8, "20 % fewer than without"),
        (0.5, "2 times fewer than without"), (1 / 330, "330 times fewer than without"),
    ],
)  # fmt: skip
def test_how_many_are_left_is_said_beside_those_without_traps(after, says):
    assert _fewer(after, 1.0) == says


@pytest.mark.parametrize(
    ("x", "y", "degrees"),
    [(1, 0, 0), (0, 1, 90), (-1, 0, 180), (-1, -1e-9, 180), (0, -1, -90), (1, -1, -45), (-1, -1, -135)],
)  # fmt: skip
def test_a_direction_is_counted_from_the_x_axis(x, y, degrees):
    slope: Any = SimpleNamespace(along_x=x, along_y=y)
    assert _direction(slope) == degrees


def slopes(x, y, grown, at=(1e-5, 2e-5), of="slowest_rate"):
    return SimpleNamespace(of=of, along_x=x, along_y=y, grown=grown, centre=at)


@pytest.mark.parametrize(
    ("found", "says"),
    [
        ([], []),
        ([slopes(1e3, 0.0, 1e4, of="density")], []),
        ([slopes(0.0, 1e4, 2e4)], [
            "Each 1 µm by which the trap is moved in the direction of 90° from the x axis makes the "
            "film empty 1 % faster, and each 1 µm by which it is made larger all around, 2 %."]),
        ([slopes(0.0, 5e2, 2e4)], [
            "Wherever the trap is moved, the film empties less than 0.1 % faster for each 1 µm. Each 1 µm by "
            "which it is made larger all around makes the film empty 2 % faster."]),
        ([slopes(1e4, 0.0, 2e4), slopes(-2e4, 0.0, 1e4, (3e-5, 4e-5))], [
            "Of the traps, that at x = 30 µm, y = 40 µm gains most by a move: each 1 µm in the direction of "
            "180° from the x axis makes the film empty 2 % faster. That at x = 10 µm, y = 20 µm gains most "
            "where it is made larger: 2 % for each 1 µm all around it."]),
        ([slopes(1e6, 0.0, 2e4)], [
            "Each 0.2 µm by which the trap is moved in the direction of 0° from the x axis makes "
            "the film empty 20 % faster, and each 1 µm by which it is made larger all around, 2 %."]),
    ],
)  # fmt: skip
def test_what_a_trap_gains_by_a_move_is_told_for_a_step_that_is_small(found, says):
    result: Any = SimpleNamespace(
        slopes=found, mesh=SimpleNamespace(outlines=SimpleNamespace(size=1e-4))
    )
    assert _moves(result) == says


@pytest.mark.parametrize(
    ("traps", "centres", "before", "says"),
    [
        ((), [(1e-5, 2e-5)], 0.0, "With one round trap of radius 8 µm at (x = 10 µm, y = 20 µm) the film would "
         "empty at 5,000 1/s, which is 50 % of what their area could do."),
        (("one",), [(1e-5, 2e-5)], 1e3, "With one further round trap of radius 8 µm at (x = 10 µm, y = 20 µm) "
         "the film would empty at 5,000 1/s, in place of 1,000 1/s, which is 50 % of what their "
         "area could do."),
        (("one",), [(1e-5, 2e-5), (3e-5, 4e-5)], 1e3, "With 2 further round traps of radius 8 µm at "
         "(x = 10 µm, y = 20 µm) and (x = 30 µm, y = 40 µm) the film would empty at 5,000 1/s, in place of 1,000 1/s, "
         "which is 50 % of what their area could do."),
    ],
)  # fmt: skip
def test_where_traps_would_be_is_told_with_what_they_bring(traps, centres, before, says):
    placed = SimpleNamespace(centres=np.array(centres), radius=8e-6, rate=5e3, bound=1e4)
    result: Any = SimpleNamespace(
        placed=placed,
        quantities={"slowest_rate": Value(before, DECLARED["slowest_rate"])},
        mesh=SimpleNamespace(outlines=SimpleNamespace(traps=traps)),
    )
    assert _placed(result) == [says]
    result.placed = None
    assert _placed(result) == []
