"""One sample that all tests of the model share, and derivatives to compare gradients with."""

import math

import pytest

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.model.sample import Sample


def _sample(**changes):
    """Sample of theory.md: a = 3 k_B, n/n_c = 5, β = a T_c/n_c; E = 2.157."""
    values = {
        "landau_a": 3 * BOLTZMANN,
        "landau_beta": 3 * BOLTZMANN * 7.0 / 1e27,
        "critical_temperature": 7.0,
        "conduction_density": 1e27,
        "valence_density": 4e27,
        "log_mixing_ratio": math.log(5.0),
        "gap": BCS_GAP_RATIO * BOLTZMANN * 7.0,
        "fermi_temperature": 4e4,
        "fermi_velocity": 1e6,
    }
    return Sample(**(values | changes))


def _slope(function, x, step=1e-3):
    """Derivative by five points, good to (step · x)⁴."""
    h = step * abs(x)
    return (
        8 * (function(x + h) - function(x - h)) - (function(x + 2 * h) - function(x - 2 * h))
    ) / (12 * h)


@pytest.fixture(scope="session")
def make_sample():
    """The shared sample, with changes."""
    return _sample


@pytest.fixture(scope="session")
def slope():
    """Derivative of a function of one number, from its values alone."""
    return _slope
