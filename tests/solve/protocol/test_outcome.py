"""Where n_s is released: the last time, where it is released more than once."""

import pytest

from entrap.solve.inputs import ProtocolNumbers
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
