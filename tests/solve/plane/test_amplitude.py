"""Amplitude modes: that of a uniform film, and that bound at a wall."""

import numpy as np
import pytest
from shapely import box
from tests.solve.plane.condensates import condensate, holed
from tests.solve.plane.layouts import uniform_mesh

from entrap.solve.plane.amplitude import amplitude_modes
from entrap.solve.plane.condensate import rim_cost
from entrap.solve.plane.minimising import minimum


def wall_mode(size):
    """The lowest mode at a wall that breaks all pairs, over 2."""
    dual = uniform_mesh(box(0, 0, 12, 1), size)
    wall = rim_cost(dual, 1e-8, on=lambda at: at[:, 0] < 1e-9)
    made = condensate(dual, wall=wall)
    state = minimum(made, np.tanh(dual.mesh.points[:, 0] / np.sqrt(2)).astype(complex))
    assert np.abs(state.psi) == pytest.approx(
        np.tanh(dual.mesh.points[:, 0] / np.sqrt(2)), abs=0.2 * size**2
    )
    return amplitude_modes(made, state.psi, 2)[0]


def test_a_wall_binds_a_mode_at_three_quarters():
    coarse, fine = (wall_mode(size)[0] for size in (0.5, 0.25))
    assert fine == pytest.approx(1.5, rel=2e-3)
    assert np.log2((coarse - 1.5) / (fine - 1.5)) == pytest.approx(2, abs=0.3)


def test_a_uniform_film_has_that_of_its_coefficient():
    made = condensate(holed(1.0), strength=0.7)
    values, modes = amplitude_modes(made, np.full(len(made.volumes), np.sqrt(0.7), complex), 2)
    assert values[0] == pytest.approx(2 * 0.7)
    assert np.ptp(modes[:, 0]) == pytest.approx(0, abs=1e-6)
    assert values[1] > values[0]
