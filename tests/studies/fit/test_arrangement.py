"""Where readings lie on a protocol, and at which temperatures a fit's margins are told."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entrap.core.errors import InputError
from entrap.studies.fit import arrangement, fit

PROTOCOL: Any = SimpleNamespace(start=2.0, warm_to=10.0, hold=3.0, warming_time=16.0)


def readings(against, coordinate, on=True) -> Any:
    at = np.array(coordinate)
    row, on = np.arange(5, 5 + len(at)), np.full(at.shape, on)
    return SimpleNamespace(against=against, coordinate=at, on=on, row=row, source="data.csv")


def test_a_temperature_is_passed_in_the_warm_up_at_its_time():
    kelvin, time = arrangement._along(PROTOCOL, readings("temperature", [2.0, 4.0, 10.0]))
    np.testing.assert_array_equal(kelvin, [2.0, 4.0, 10.0])
    np.testing.assert_allclose(time, [3.0, 7.0, 19.0], rtol=1e-15)


def test_a_time_has_the_temperature_of_its_moment():
    kelvin, time = arrangement._along(PROTOCOL, readings("time", [0.0, 3.0, 7.0, 19.0]))
    np.testing.assert_allclose(kelvin, [2.0, 2.0, 4.0, 10.0], rtol=1e-15)
    np.testing.assert_array_equal(time, [0.0, 3.0, 7.0, 19.0])


@pytest.mark.parametrize(
    ("against", "coordinate", "says"),
    [
        ("temperature", [4.0, 1.5], "row 6: its temperature, 1.5 K, must be .* 2 to 10 K$"),
        ("temperature", [4.0, 11.0], "row 6: its temperature, 11 K, must be .* 2 to 10 K$"),
        ("time", [4.0, 19.5], "row 6: its time, 19.5 s, must be within the protocol's 19 s$"),
    ],
)
def test_a_reading_off_the_protocol_is_told(against, coordinate, says):
    with pytest.raises(InputError, match=says):
        arrangement._along(PROTOCOL, readings(against, coordinate))


def test_without_a_trap_a_reading_may_be_colder_than_the_protocol():
    arrangement._along(PROTOCOL, readings("temperature", [4.0, 1.5], on=False))


@pytest.mark.parametrize(
    ("data", "protocol", "wanted"),
    [
        (readings("temperature", [7.0, 3.0, 5.0], [True, False, True]), PROTOCOL, [5.0, 7.0]),
        (readings("temperature", [7.0, 3.0], on=False), PROTOCOL, [2.0, 10.0]),
        (readings("temperature", [7.0, 3.0], on=False), None, [3.0, 7.0]),
        (readings("time", [7.0, 3.0]), PROTOCOL, [2.0, 10.0]),
    ],
)
def test_margins_are_those_of_the_temperatures_with_the_trap(monkeypatch, data, protocol, wanted):
    monkeypatch.setattr(
        fit, "equilibrate", lambda case, kelvin: SimpleNamespace(validity=(case, kelvin))
    )
    there: Any = SimpleNamespace(protocol=protocol)
    case, kelvin = fit._validity(there, data)
    assert case is there
    assert list(kelvin) == wanted
