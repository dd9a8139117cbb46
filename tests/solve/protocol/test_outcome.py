"""Where n_s is released, and why an evolution ends too early."""

import types

import numpy as np
import pytest

from entrap.solve.inputs import ProtocolNumbers
from entrap.solve.protocol.evolve import _why
from entrap.solve.protocol.outcome import _release
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
