"""Where a condensate appears: wells in closed form, corners and edges in a field."""

import numpy as np
import pytest
from scipy.optimize import brentq
from shapely import box
from tests.solve.plane.condensates import condensate, ends
from tests.solve.plane.layouts import meshed, uniform_mesh

from entrap.core.constants import BOLTZMANN, ELECTRON_MASS, HBAR
from entrap.core.sparse import lowest_eigenpairs
from entrap.solve.plane.condensate import uniform_links
from entrap.solve.plane.nucleation import transition_temperature
from entrap.solve.plane.outline import Cover

T_C, SLOPE, MIXED = 10.0, 3 * BOLTZMANN, 1.2 * BOLTZMANN
LENGTH = HBAR / np.sqrt(8 * ELECTRON_MASS * SLOPE * T_C)  # ξ(0) of the bare film
HIGHEST = SLOPE * T_C / (SLOPE - MIXED)


def well(trap, whole):
    """T_c of a film that is all mixed over its first part: k tan k w = κ tanh κ (W - w)."""
    unit = np.sqrt(8 * ELECTRON_MASS) / HBAR

    def mismatch(temperature):
        bare = SLOPE * (temperature - T_C)
        k = unit * np.sqrt(MIXED * temperature - bare)
        kappa = unit * np.sqrt(bare)
        return k * np.tan(k * trap) - kappa * np.tanh(kappa * (whole - trap))

    def angle(temperature):
        return unit * np.sqrt(MIXED * temperature - SLOPE * (temperature - T_C)) * trap - np.pi / 2

    low = T_C * (1 + 1e-9)
    if angle(low) > 0:
        low = brentq(angle, low, HIGHEST * (1 - 1e-12)) * (1 + 1e-9)
    return brentq(mismatch, low, HIGHEST * (1 - 1e-12), xtol=1e-12)


def found(trap, whole, size):
    """On a mesh that is fine near the trap's edge and need not follow it."""

    def sizes(at):
        return LENGTH * np.clip(size / 2 + 0.2 * np.abs(at[:, 0] / LENGTH - trap), size / 2, size)

    dual = meshed(box(0, 0, whole * LENGTH, 2 * LENGTH), smallest=size * LENGTH, size=sizes)
    share = Cover(dual.mesh).areas(box(0, 0, trap * LENGTH, 2 * LENGTH)) / dual.volumes

    def coefficient(temperature):
        slope = SLOPE - MIXED * share
        return slope * temperature - SLOPE * T_C, slope

    return transition_temperature(dual, coefficient, HIGHEST)[0]


@pytest.mark.parametrize(
    ("trap", "whole", "exact", "error"),
    [(5, 25, 15.62623784, 3e-4), (2, 25, 13.27131525, 1.2e-3), (40, 100, 16.64247062, 2e-6)],
)
def test_a_trap_in_part_of_a_film_raises_its_critical_temperature(trap, whole, exact, error):
    assert well(trap * LENGTH, whole * LENGTH) == pytest.approx(exact, rel=1e-8)
    assert found(trap, whole, 0.5) == pytest.approx(exact, rel=error)


def test_the_error_falls_as_the_square_of_the_size():
    errors = [found(5, 25, size) - 15.62623784 for size in (1.0, 0.5)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.5)


def test_a_uniform_film_has_its_own():
    dual = uniform_mesh(box(0, 0, 8 * LENGTH, 4 * LENGTH), LENGTH)

    def coefficient(temperature):
        slope = np.full(len(dual.volumes), SLOPE)
        return slope * (temperature - T_C), slope

    made, shape = transition_temperature(dual, coefficient, 1.3 * T_C)
    assert made == pytest.approx(T_C, rel=1e-10)
    assert np.ptp(shape) < 1e-6 * shape.max()


def test_a_field_lowers_it_by_the_lowest_level_at_the_rim():
    dual = uniform_mesh(box(0, 0, 20 * LENGTH, 20 * LENGTH), 0.5 * LENGTH)
    start, end = ends(dual)
    field = 0.5 * 2.0678e-15 / (2 * np.pi * LENGTH**2)  # half of B_c2(0)

    def coefficient(temperature):
        slope = np.full(len(dual.volumes), SLOPE)
        return slope * (temperature - T_C), slope

    made, _ = transition_temperature(dual, coefficient, T_C, uniform_links(start, end, field))
    # At a corner of 90° the lowest level is 0.51 of that in the bulk.
    assert 1 - made / T_C == pytest.approx(0.51 * 0.5, rel=0.01)


@pytest.mark.exhaustive
def test_the_lowest_level_at_a_corner_is_known():
    levels = []
    for size in (0.2, 0.12):
        dual = uniform_mesh(box(-12, -12, 12, 12), size)
        kinetic = condensate(dual, 1.0).kinetic
        levels.append((lowest_eigenpairs(kinetic, dual.volumes, 1, -0.1)[0][0], size**2))
    (coarse, square), (fine, least) = levels
    assert fine - (coarse - fine) / (square - least) * least == pytest.approx(0.5099, abs=2e-4)
