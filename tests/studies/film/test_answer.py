"""Sentences about a film that few films have."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entrap.solve.protocol.results import Value
from entrap.studies.film.answer import _direction, _fewer, _moves, _placed, _warmed
from entrap.studies.film.declared import DECLARED
from entrap.studies.film.local_answer import local_caveats, local_sentences


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


def local(left=(0.2, 0.6), wider=(0.5, 0.1), traps="the trap", currents=None, shift=None, **more):
    """As much of the condensate's maps as its sentences read."""
    outlines = SimpleNamespace(traps=(1,) if traps else (), traps_named=traps)
    state = SimpleNamespace(
        gap={"plain": 2e-23 * (1 + np.array(wider))},
        critical_temperature={"landau": np.array([1.5, more.pop("highest", 1.25)]),
                              "mixed": np.array([1.22, 1.3])},
    )  # fmt: skip
    made = {
        "mesh": SimpleNamespace(outlines=outlines, points=np.array([[1e-5, 2e-5], [3e-5, 4e-5]])),
        "sample": SimpleNamespace(critical_temperature=1.18), "with_traps": state,
        "without": SimpleNamespace(gap={"plain": np.full(2, 2e-23)}), "poisoned": False,
        "remaining_fraction": np.array(left), "currents": currents, "resonance_shift": shift,
        "inductance_change": {"landau": -0.2, "plain": -0.051, "mixed": 2e-5},
        "resonator": SimpleNamespace(kinetic_fraction=0.2), "weights": {"landau": 0, "plain": 0},
        "sheet_inductance": {"landau": 2e-12, "plain": 3e-12}.get,
    }  # fmt: skip
    found: Any = SimpleNamespace(**made | more)
    return found


THERE = (
    "There T̃_c is 1.5 K by Landau's functional with the entropy of mixing and 1.3 K by the "
    "functional at every temperature; T_c of the bare film is 1.18 K. Plain BCS theory, in which no "
    "entropy counts, has a gap there that is {} than without the trap."
)
NOWHERE = (
    "Nowhere are fewer quasiparticles left than in equilibrium, so that no entropy of mixing counts "
    "(f = 1) and no T̃_c is above T_c = 1.18 K."
)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "f = 20 % to 60 % of equilibrium's quasiparticles are left, fewest at x = 10 µm, y = "
         f"20 µm. {THERE.format('50 % wider')}"),
        ({"left": (0.6, 0.2)}, "f = 20 % to 60 % of equilibrium's quasiparticles are left, fewest at "
         f"x = 30 µm, y = 40 µm. {THERE.format('10 % wider')}"),
        ({"left": (0.2, 0.2), "wider": (-0.5, 0.0)}, "f = 20 % of equilibrium's quasiparticles are "
         f"left, fewest at x = 10 µm, y = 20 µm. {THERE.format('50 % narrower')}"),
        ({"highest": np.inf}, "f = 20 % to 60 % of equilibrium's quasiparticles are left, fewest at "
         f"x = 10 µm, y = 20 µm. {THERE.format('50 % wider').replace('1.5 K', 'infinite')}"),
        ({"poisoned": True, "wider": (0.01, -0.4)},
         f"{NOWHERE} By plain BCS theory the trap makes the gap 40 % narrower at most."),
        ({"poisoned": True, "traps": "the traps", "wider": (5e-4, 1e-5)},
         f"{NOWHERE} By plain BCS theory the traps make the gap wider by a share of 0.0005 at "
         "most."),
        ({"poisoned": True, "traps": ""}, NOWHERE),
    ],
)  # fmt: skip
def test_what_traps_do_to_the_condensate_is_told_where_they_do_most(more, says):
    assert local_sentences(local(**more), None)[0] == says


CHANGED = (
    "by δL_k/L_k = -20 % by Landau's functional with the entropy, -5.1 % by plain BCS theory without "
    "it and +2 × 10⁻⁵ by both in one."
)
ENDS = {level: (SimpleNamespace(inductance=x), None) for level, x in (("landau", 4e-12), ("plain", 5e-12))}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, f"The trap changes the film's kinetic inductance, averaged over its area, {CHANGED}"),
        ({"traps": "the traps", "currents": ENDS},
         f"The traps change the film's kinetic inductance between the terminals {CHANGED}"),
        ({"shift": {"landau": 0.02, "plain": np.inf, "mixed": -0.01}},
         f"The trap changes the film's kinetic inductance, averaged over its area, {CHANGED} With "
         "20 % of its inductance kinetic a resonator moves by δf/f = +2 %, infinite and -1 %."),
        ({"traps": ""}, "The film's kinetic inductance L_□ of a square, averaged over its area, is "
         "2 pH by Landau's functional and 3 pH by BCS theory at every temperature."),
        ({"traps": "", "currents": ENDS}, "The film's kinetic inductance L_k between its terminals "
         "is 4 pH by Landau's functional and 5 pH by BCS theory at every temperature."),
    ],
)  # fmt: skip
def test_how_the_inductance_changes_is_told_by_each_theory(more, says):
    assert local_sentences(local(**more), None)[1] == says


@pytest.mark.parametrize(
    ("shift", "says"),
    [
        ((-0.02, -0.01, 0.0), "δf/f = -2 % from where it is in the steady state, right after it."),
        ((0.0, 0.01, 0.0), "δf/f = +1 % from where it is in the steady state, 2 ms after it."),
    ],
)
def test_how_far_a_burst_moves_the_resonance_is_told_with_when(shift, says):
    *_, told = local_sentences(local(), (np.array([0.0, 2e-3, 1.0]), np.array(shift)))
    assert told == f"By plain BCS theory the burst moves the resonance by at most {says}"


def test_each_assumption_of_the_maps_that_fails_is_told_in_words_of_its_own():
    names = ("local_density", "thin_sheet", "uniform_gap", "weak_screening", "landau_region",
             "entropy_slope")  # fmt: skip
    starts = ("quasiparticles change within", "the film is thicker", "the gap changes by more than",
              "the film is wider than Λ", "Landau's functional is taken far", "k_B L exceeds")  # fmt: skip
    for name, start in zip(names, starts, strict=True):
        margins: Any = [SimpleNamespace(name=n, holds=n != name) for n in names[:-1]]
        margins.append(SimpleNamespace(name=names[-1], holds=False if name == names[-1] else None))
        (told,) = local_caveats(margins)
        assert told.startswith(start)
