"""Currents driven through a condensate: the depairing limit, short links, and what lowers them."""

import dataclasses

import numpy as np
import pytest
from shapely import box
from tests.solve.plane.condensates import UPPER_FIELD, condensate
from tests.solve.plane.layouts import uniform_mesh

from entrap.core.errors import SolveError
from entrap.solve.plane.bridge import Biased, Bridge
from entrap.solve.plane.condensate import uniform_links
from entrap.solve.plane.critical_current import _relaxed, critical_current

DEPAIRING = 2 / (3 * np.sqrt(3))


def bridge(dual, made, *, held=False, field=0.0, origin=(0.0, 0.0)):
    """Between the leftmost and the rightmost points."""
    x = dual.mesh.points[:, 0]
    ends = tuple(np.flatnonzero(np.isclose(x, side)) for side in (x.min(), x.max()))
    first, second = (
        uniform_links(dual.mesh.points[at[0]], dual.mesh.points[at], field * UPPER_FIELD, origin)
        for at in ends
    )
    amplitude = np.sqrt(made.strength) if held else None
    return Bridge(made, (ends[0], ends[1]), (first, second), amplitude)


def solved(dual, strength=1.0, **more):
    made = condensate(dual, more.get("field", 0.0), origin=more.get("origin", (0.0, 0.0)))
    made = dataclasses.replace(made, strength=strength * np.ones(len(dual.volumes)))
    x, y = dual.mesh.points.T
    left, up = more.get("origin", (0.0, 0.0))
    turned = np.exp(1j * more.get("field", 0.0) / 2 * (up * x - left * y))
    return critical_current(bridge(dual, made, **more), np.sqrt(made.strength) * turned)


def strip(length, width, size):
    return uniform_mesh(box(0, 0, length, width), size)


def flows(found, level):
    """The current through the line x = level."""
    made, psi = found.critical.bridge.condensate, found.critical.psi
    dual = made.dual
    (i, j), x = dual.sides.T, dual.mesh.points[:, 0]
    each = dual.weights * (psi[i].conj() * np.exp(-1j * made.links) * psi[j]).imag
    return each @ ((x[i] < level) * (x[j] >= level) * 1.0 - (x[j] < level) * (x[i] >= level))


def test_a_uniform_strip_carries_the_depairing_current_to_second_order():
    errors = [
        solved(strip(6, 1.5, h)).critical.current / (1.5 * DEPAIRING) - 1 for h in (0.5, 0.25)
    ]
    assert abs(errors[1]) < 2e-3
    assert errors[0] / errors[1] == pytest.approx(4, rel=0.1)


@pytest.fixture(scope="module")
def notched():
    """A strip with notches, in a field."""
    film = box(-3, -1.5, 3, 1.5) - box(-0.3, -2, 0.3, -0.7) - box(-0.3, 0.5, 0.3, 2)
    return uniform_mesh(film, 0.6)


def test_as_much_current_flows_through_every_line_between_the_ends(notched):
    found = solved(notched, field=0.1)
    for level in (-2.3, -1.0, 0.01, 2.2, 2.9):
        assert flows(found, level) == pytest.approx(found.critical.current, rel=1e-10)


def test_a_narrow_place_carries_less(notched):
    found = solved(notched)
    # Its neck, 1.2 wide, is short, and carries more than a long one.
    assert 1.2 * DEPAIRING < found.critical.current < 0.75 * 3 * DEPAIRING


def test_the_field_s_sign_and_origin_change_nothing(notched):
    one, other, turned = (
        solved(notched, field=sign * 0.1, origin=at)
        for sign, at in ((1, (0.0, 0.0)), (1, (0.5, -0.3)), (-1, (0.0, 0.0)))
    )
    assert other.critical.current == pytest.approx(one.critical.current, rel=1e-8)
    assert other.phases - other.phases[0] == pytest.approx(one.phases - one.phases[0], abs=1e-6)
    # The mesh is not quite that of the film mirrored about its middle.
    assert turned.critical.current == pytest.approx(one.critical.current, rel=0.02)


def test_a_field_across_the_strip_lowers_it():
    currents = [solved(strip(4, 2, 0.7), field=b).critical.current for b in (0.0, 0.1, 0.2)]
    assert currents[0] > currents[1] > currents[2] > 0.5 * currents[0]


def test_a_short_link_between_bulk_ends_has_a_sinusoidal_current():
    """L. G. Aslamazov and A. I. Larkin, JETP Lett. 9, 87 (1969): I = I_c sin φ, at W/L."""
    found = solved(strip(0.1, 0.05, 0.025), held=True)
    assert found.critical.current == pytest.approx(0.5, rel=3e-3)
    assert found.critical.phase == pytest.approx(np.pi / 2, abs=5e-3)
    some = found.currents > 0.1
    assert found.currents[some] == pytest.approx(0.5 * np.sin(found.phases[some]), rel=5e-3)


def test_a_long_link_between_bulk_ends_carries_a_little_more_than_one_that_goes_on():
    short, long, free = (
        solved(strip(length, 0.5, 0.5), held=held).critical.current
        for length, held in ((3, True), (10, True), (10, False))
    )
    assert short > long > free
    assert long == pytest.approx(free, rel=0.03)


def test_a_weak_place_carries_less_and_a_long_one_its_own_depairing_current():
    def currents(part, length=12.0):
        dual = strip(length, 0.4, 0.4)
        x = dual.mesh.points[:, 0]
        return solved(dual, np.where(np.abs(x - length / 2) < part / 2, 0.6, 1.0)).critical.current

    full, short, long, weak = currents(0.0), currents(1.2), currents(8.0), currents(13.0)
    assert full > short > long > weak
    assert weak == pytest.approx(0.6**1.5 * full, rel=3e-3)
    assert weak < long < weak + 0.1 * (full - weak)


def test_a_critical_state_is_stable_and_the_largest_current_of_its_curve():
    found = solved(strip(6, 1, 0.5))
    assert not found.broken
    assert found.critical.stable
    assert found.critical.lowest > -1e-7
    assert found.critical.current == pytest.approx(found.currents.max(), rel=1e-12)
    assert found.critical.current_slope == pytest.approx(0, abs=1e-4)
    k = found.phases / 6
    # Of a uniform film; the mesh's own sines differ a little.
    assert found.currents == pytest.approx(k * (1 - k**2), abs=5e-3)
    assert found.critical.phase == pytest.approx(6 / np.sqrt(3), rel=1e-2)


def test_the_curve_between_solved_states_is_that_of_the_states_there():
    """Of a long strip, whose states are k(1 - k²) but for the mesh, and of the states themselves."""
    found = solved(strip(6, 1, 0.5))
    phases, currents = found.curve(8)
    assert phases[::8] == pytest.approx(found.phases)
    assert currents[::8] == pytest.approx(found.currents)
    made = found.critical.bridge
    # Close to the largest current a state with that phase is not stable.
    some = np.flatnonzero(phases[4::8] < 0.9 * found.critical.phase)
    assert len(some) > 4
    for k in some:
        phase, current = phases[4::8][k], currents[4::8][k]
        psi = np.exp(1j * phase * (made.condensate.dual.mesh.points[:, 0] / 6 - 0.5))
        there = _relaxed(Biased(made, made.unknown(psi, phase), phase)).current
        assert current == pytest.approx(there, abs=1e-5)


def test_derivatives_are_those_of_the_energy():
    dual = strip(3, 1, 0.5)
    made = bridge(dual, condensate(dual, 0.2), field=0.2)
    draw = np.random.default_rng(3).normal
    z = draw(size=len(made.masses))
    way, step = draw(size=len(z)), 1e-4

    def energy(s, phase):
        return Biased(made, z + s * way, phase).energy / 2

    at = Biased(made, z, 0.7)
    assert (energy(0, 0.7 + step) - energy(0, 0.7 - step)) / (2 * step) == pytest.approx(
        at.current, rel=1e-6
    )
    assert (energy(step, 0.7) - energy(-step, 0.7)) / (2 * step) == pytest.approx(
        at.slope @ way, rel=1e-6
    )
    ahead, behind = (Biased(made, z, 0.7 + s) for s in (step, -step))
    assert (ahead.current - behind.current) / (2 * step) == pytest.approx(at.stiffness, rel=1e-6)
    assert (ahead.slope - behind.slope) / (2 * step) == pytest.approx(at.mixed, abs=1e-6)


def test_terminals_that_nothing_joins_are_refused():
    dual = uniform_mesh(box(0, 0, 2, 1).union(box(3, 0, 5, 1)), 0.5)
    with pytest.raises(SolveError, match="No film joins the two terminals"):
        solved(dual)
