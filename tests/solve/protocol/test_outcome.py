"""Where n_s is released, and why an evolution ends too early."""

import types

import numpy as np
import pytest

from entrap.solve.inputs import ProtocolNumbers
from entrap.solve.protocol.evolve import _why
from entrap.solve.protocol.modes import HELD, NORMAL, PINNED, RELEASED
from entrap.solve.protocol.outcome import _failure, _release, _survival, regimes_of
from entrap.solve.protocol.results import Regime

PROTOCOL = ProtocolNumbers(start=4.0, hold=1.0, warm_to=14.0, warming_time=10.0)


@pytest.mark.parametrize(
    ("stages", "kelvin"),
    [
        ([("pinned", 0.0), ("released", 3.0)], 6.0),
        ([("released", 2.0), ("saturated", 4.0), ("released", 7.0), ("normal", 9.0)], 10.0),
        ([("released", 0.5), ("normal", 9.0)], 4.0),  # while it is held: at the start
        ([("pinned", 0.0), ("normal", 9.0)], 99.0),  # never: where it would be
    ],
)
def test_a_release_is_where_the_last_stretch_of_it_begins(stages, kelvin):
    ends = [begun for _, begun in stages[1:]] + [11.0]
    regimes = tuple(
        Regime(name, begun, end) for (name, begun), end in zip(stages, ends, strict=True)
    )
    assert _release(PROTOCOL, regimes, {"release_temperature": 99.0}) == pytest.approx(kelvin)


@pytest.mark.parametrize(
    ("steady", "reached", "says"),
    [
        (
            [1.0, 1.0],
            6.0,
            "it got to 6 s and 9 K. The trap takes nothing at any temperature of the",
        ),
        (
            [0.1, 1.0],
            6.0,
            "it got to 6 s and 9 K. The trap is 2.2e+18 times as fast as the protocol",
        ),
        ([0.1, np.nan], np.nan, "did not come to its end. The trap is 2.2e+18 times as fast"),
    ],
)
def test_an_evolution_that_ends_too_early_says_where_and_why(steady, reached, says):
    trap = types.SimpleNamespace(
        steady_fraction=np.array(steady), trapping_rate=np.array([2e17, 0.0])
    )
    out = {"switches": np.array([0.0, reached, np.nan]), "count": 2, "trap": trap}
    text = _why(PROTOCOL, out)
    assert says in text
    assert "nan" not in text


def columns(**given):
    return types.SimpleNamespace(**{name: np.array(column) for name, column in given.items()})


WARM = np.array([False, True, True, True, True])
KELVIN = [1.0, 2.0, 4.0, 6.0, 8.0]


@pytest.mark.parametrize(
    ("fraction", "kelvin"),
    [
        ([0.0, 0.2, 0.4, 0.8, 1.0], 4.5),  # a quarter of the way from 0.4 to 0.8
        ([0.0, 0.2, 0.9, 0.4, 0.9], 6.4),  # for good
        ([0.0, 0.2, 0.2, 0.3, 0.4], 8.0),  # never: the end
        ([0.0, 0.5, 0.6, 0.8, 1.0], np.nan),  # worked while it was cold, not in the warm-up
    ],
)
def test_a_trap_fails_where_half_of_the_electrons_are_left_for_good(fraction, kelvin):
    out = {"trap": columns(remaining_fraction=fraction), "state": columns(temperature=KELVIN)}
    assert _failure(out, WARM) == pytest.approx(kelvin, nan_ok=True)


@pytest.mark.parametrize(
    ("gained", "kelvin"),
    [
        ([0.5, 0.3, 0.3, 0.0019, 0.0], 4.0),  # 1 % of the 0.2 at first is 0.002
        ([0.5, 0.0, 0.0021, 0.0, 0.0021], 8.0),  # the highest
        ([0.5, 0.0019, 0.0, -0.3, 0.0], np.nan),  # in the warm-up nowhere
    ],
)
def test_what_was_gained_survives_up_to_where_a_hundredth_is_left(gained, kelvin):
    bare = np.array([-0.3, 0.1, 0.1, 0.4, 0.0])
    state = columns(superfluid_density=bare + gained, temperature=KELVIN)
    out = {"state": state, "bare": columns(superfluid_density=bare)}
    assert _survival(out, WARM) == pytest.approx(kelvin, nan_ok=True)


@pytest.mark.parametrize(
    ("segments", "stages"),
    [
        ([(0.0, PINNED), (3.0, RELEASED), (9.0, NORMAL)],
         [("pinned", 1.0, 3.0), ("released", 3.0, 9.0), ("normal", 9.0, 11.0)]),
        ([(0.0, PINNED), (3.0, RELEASED), (3.00005, PINNED)], [("pinned", 1.0, 11.0)]),  # a sliver
        ([(0.0, PINNED), (3.0, RELEASED), (3.001, PINNED)],
         [("pinned", 1.0, 3.0), ("released", 3.0, 3.001), ("pinned", 3.001, 11.0)]),
        ([(0.0, PINNED), (3.0, RELEASED), (3.0, HELD)], [("pinned", 1.0, 11.0)]),  # of no length
    ],
)  # fmt: skip
def test_regimes_are_the_stretches_of_the_laws_but_for_slivers(segments, stages):
    starts, modes = zip(*segments, strict=True)
    time = np.linspace(0.0, 11.0, 23)
    lost = (time >= starts[-1]) & (modes[-1] == NORMAL)
    out = {
        "count": len(starts) + 1,
        "switches": np.array([0.0, 1.0, *starts[1:], np.nan]),
        "holds": np.array([True, *[False] * (len(starts) + 1)]),
        "modes": np.array([modes[0], *modes, 0]),
        "state": columns(superfluid_density=np.where(lost, 0.0, 0.7)),
        "sample": columns(conduction_density=1.0),
    }
    found = [(each.name, each.start, each.end) for each in regimes_of(PROTOCOL, True, time, out)]
    assert found[:2] == [("equilibrium", 0.0, 0.0), ("emptying", 0.0, 1.0)]
    assert found[2:] == stages
    bare = regimes_of(PROTOCOL, False, time, out)
    assert {each.name for each in bare} <= {"equilibrium", "normal"}
    assert bare[0].end == segments[-1][0] if NORMAL in modes else bare[0].end == 11.0
