"""The energy of a condensate: its derivatives, and what it must not depend on."""

import numpy as np
import pytest
import shapely
from shapely import box
from tests.solve.plane.condensates import condensate, ends, holed
from tests.solve.plane.layouts import uniform_mesh

from entrap.core.constants import FLUX_QUANTUM
from entrap.solve.plane.condensate import rim_cost, uniform_links


@pytest.fixture(scope="module")
def dual():
    return holed(1.0)


@pytest.fixture(scope="module")
def psi(dual):
    draw = np.random.default_rng(1).normal
    return draw(size=len(dual.volumes)) + 1j * draw(size=len(dual.volumes))


@pytest.fixture(scope="module")
def direction(dual):
    draw = np.random.default_rng(2).normal
    return draw(size=len(dual.volumes)) + 1j * draw(size=len(dual.volumes))


def test_gradient_and_hessian_are_the_energy_s_derivatives(dual, psi, direction):
    made = condensate(dual, 0.4, wall=rim_cost(dual, 2.0))
    step = 1e-3
    ahead, behind = (made.energy(psi + sign * step * direction) for sign in (1, -1))
    slope = 2 * np.vdot(direction, made.gradient(psi)).real
    assert (ahead - behind) / (2 * step) == pytest.approx(slope, rel=1e-5)
    both = np.concatenate([direction.real, direction.imag])
    curvature = both @ (made.hessian(psi) @ both)
    assert (ahead + behind - 2 * made.energy(psi)) / step**2 == pytest.approx(
        2 * curvature, rel=1e-5
    )


def test_the_origin_of_the_vector_potential_has_no_effect(dual, psi):
    origin = (3.0, -7.0)
    here, there = (condensate(dual, 0.4, origin=at) for at in ((0.0, 0.0), origin))
    x, y = dual.mesh.points.T
    # A moves by the gradient of χ, by which ψ turns.
    field = 0.4 * FLUX_QUANTUM / (2 * np.pi)
    turn = np.pi * field / FLUX_QUANTUM * (origin[1] * x - origin[0] * y)
    difference = there.links - here.links
    i, j = dual.sides.T
    assert difference == pytest.approx(turn[j] - turn[i], abs=1e-12)
    moved = psi * np.exp(1j * turn)
    assert there.energy(moved) == pytest.approx(here.energy(psi), rel=1e-12)
    assert there.currents(moved) == pytest.approx(here.currents(psi), abs=1e-11)


def test_a_phase_that_is_the_same_in_all_of_a_piece_is_not_seen():
    squares = shapely.union(box(0, 0, 3, 3), box(5, 0, 8, 3))
    made = condensate(uniform_mesh(squares, 0.5), 0.3)
    left = made.dual.mesh.points[:, 0] < 4
    angle = 0.4 * np.sin(made.dual.mesh.points[:, 1])
    first = [np.flatnonzero(here)[0] for here in (left, ~left)]
    weak = np.where(np.arange(len(left)) == first[0], 0.4, 0.9)
    start = np.flatnonzero(left)[1]  # where the condensate is strong enough to count from
    wanted = angle - np.where(left, angle[start], angle[first[1]])
    for one, other in ((0.0, 0.0), (2.0, -1.3)):
        psi = weak * np.exp(1j * (angle + np.where(left, one, other)))
        assert made.phase(psi) == pytest.approx(wanted, abs=1e-14)
        assert made.energy(psi) == pytest.approx(made.energy(weak * np.exp(1j * angle)), rel=1e-14)


def test_phases_round_a_triangle_are_its_flux(dual):
    field = 0.3
    start, end = ends(dual)
    links = uniform_links(start, end, field)
    numbers, signs = dual.round
    flux = 2 * np.pi * field * dual.mesh.areas / FLUX_QUANTUM
    assert (links[numbers] * signs).sum(1) == pytest.approx(flux, rel=1e-9)


def test_a_uniform_condensate_has_minus_half_the_area_as_energy(dual):
    made = condensate(dual)
    assert made.energy(np.ones(len(dual.volumes))) == pytest.approx(-dual.volumes.sum() / 2)


def test_a_metal_at_part_of_the_rim_costs_its_length(dual):
    assert rim_cost(dual, 2.0).sum() == pytest.approx(sum(map(length, lines(dual))) / 2)
    left = rim_cost(dual, 2.0, on=lambda at: at[:, 0] < -4.999)
    assert left.sum() == pytest.approx(10 / 2)


def test_a_plane_wave_carries_its_current():
    dual = uniform_mesh(box(0, 0, 6, 4), 0.7)
    k = np.array([0.2, -0.1])
    made = condensate(dual)
    wave = np.exp(1j * dual.mesh.points @ k)
    # sin(k·l)/l for k·l along each side
    assert made.sheet_current(wave) == pytest.approx(
        np.tile(k, (len(dual.mesh.triangles), 1)), rel=0.02
    )


def lines(dual):
    return [dual.mesh.points[line] for line in dual.rims]


def length(line):
    return np.linalg.norm(line - np.roll(line, 1, 0), axis=1).sum()


def test_rims_are_the_outline_and_the_hole_with_the_film_at_their_left(dual):
    areas = []
    for line in lines(dual):
        (x, y), (u, v) = line.T, np.roll(line, -1, 0).T
        areas.append((x * v - u * y).sum() / 2)
    assert sorted(areas)[1] == pytest.approx(100)
    assert sum(areas) == pytest.approx(dual.volumes.sum())
