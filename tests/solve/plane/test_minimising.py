"""States of a condensate: a vortex against its radial equation, what they must not depend on."""

import numpy as np
import pytest
from scipy.integrate import quad, solve_bvp
from tests.solve.plane.condensates import condensate, holed
from tests.solve.plane.layouts import disc_mesh

from entrap.solve.plane.condensate import Condensate
from entrap.solve.plane.dual import dual_of
from entrap.solve.plane.minimising import minimum, stationary
from entrap.solve.plane.triangulation import Triangulation
from entrap.solve.plane.vortices import vortices

RADIUS = 8.0


def vortex_energy():
    """E of one vortex in the middle of a disc, by f'' + f'/r = f/r² - f + f³."""

    def equation(r, y):
        return np.array([y[1], -y[1] / r + y[0] / r**2 - y[0] * (1 - y[0] ** 2)])

    r = np.linspace(1e-6, RADIUS, 800)
    guess = np.array([np.tanh(r / 1.5), 1 / np.cosh(r / 1.5) ** 2 / 1.5])
    found = solve_bvp(equation, lambda a, b: np.array([a[0], b[1]]), r, guess, tol=1e-8)

    def density(r):
        f, slope = found.sol(r)
        return r * (slope**2 + f**2 / r**2 - f**2 + f**4 / 2)

    return 2 * np.pi * quad(density, 1e-6, RADIUS, epsabs=1e-10, epsrel=1e-10, limit=200)[0]


def vortex_state(size):
    dual = disc_mesh(RADIUS, size)
    x, y = dual.mesh.points.T
    return stationary(condensate(dual), np.tanh(np.hypot(x, y)) * np.exp(1j * np.arctan2(y, x)))


@pytest.mark.parametrize(
    ("sizes", "least"),
    [((1.0, 0.5), 2e-4), pytest.param((0.5, 0.25), 6e-5, marks=pytest.mark.exhaustive)],
)
def test_a_vortex_has_the_energy_of_its_radial_equation_to_second_order(sizes, least):
    exact = vortex_energy()
    assert exact == pytest.approx(-85.048370, abs=2e-6)
    states = [vortex_state(size) for size in sizes]
    errors = [abs(state.energy / exact - 1) for state in states]
    assert errors[1] < least
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2, abs=0.35)
    # A vortex in a disc without a field gains by leaving it.
    assert {state.status for state in states} == {"saddle"}
    assert -0.02 < states[1].lowest < -0.01


@pytest.fixture(scope="module")
def cooled():
    made = condensate(holed(0.5), 0.4558)
    return made, minimum(made, np.ones(len(made.volumes), complex))


def test_a_minimum_solves_ginzburg_and_landau_s_equation(cooled):
    made, state = cooled
    assert state.status == "stable"
    assert made.residual(state.psi) == state.residual <= 1e-10
    assert state.energy == pytest.approx(made.energy(state.psi))


def test_no_state_nearby_is_lower(cooled):
    made, state = cooled
    draw = np.random.default_rng(0).normal
    for _ in range(5):
        step = 1e-2 * (draw(size=len(state.psi)) + 1j * draw(size=len(state.psi)))
        assert made.energy(state.psi + step) > state.energy


def test_what_is_wound_adds_up_round_the_film(cooled):
    made, state = cooled
    found = vortices(made, state.psi)
    assert found.fluxoids.tolist() == [2]
    assert found.winding.tolist() == [1, 1]
    # The current flows so that the hole's field is kept out at the rim, and in at the hole.
    centre = made.dual.mesh.corners.mean(1)
    current = made.sheet_current(state.psi)
    moment = (centre[:, 0] * current[:, 1] - centre[:, 1] * current[:, 0]) @ made.dual.mesh.areas
    assert moment < 0


def test_a_reversed_field_winds_backwards(cooled):
    made, state = cooled
    other = Condensate(made.dual, 1.0, made.strength, -made.links)
    assert other.energy(state.psi.conj()) == pytest.approx(state.energy, rel=1e-13)
    found = vortices(other, state.psi.conj())
    assert found.fluxoids.tolist() == [-2]
    assert found.winding.tolist() == [-1, -1]


def test_a_film_may_be_turned_and_moved(cooled):
    made, state = cooled
    (cosine, sine), mesh = (np.cos(0.7), np.sin(0.7)), made.dual.mesh
    points = mesh.points @ np.array([[cosine, sine], [-sine, cosine]]) + [30.0, -20.0]
    turned = condensate(
        dual_of(Triangulation(points, mesh.triangles)), 0.4558, origin=(30.0, -20.0)
    )
    found = minimum(turned, np.ones(len(points), complex))
    assert found.energy == pytest.approx(state.energy, rel=1e-12)
    assert vortices(turned, found.psi).fluxoids.tolist() == [2]


def test_a_saddle_is_left_downhill():
    made = condensate(disc_mesh(4.0, 0.8))
    x, y = made.dual.mesh.points.T
    vortex = np.tanh(np.hypot(x, y)) * np.exp(1j * np.arctan2(y, x))
    saddle = stationary(made, vortex)
    assert saddle.status == "saddle"
    found = minimum(made, saddle.psi)
    assert found.status == "stable"
    assert found.energy == pytest.approx(-made.volumes.sum() / 2)
    assert not len(vortices(made, found.psi).points)


def test_above_all_critical_fields_nothing_is_left():
    made = condensate(disc_mesh(3.0, 0.8), strength=-0.1)
    found = minimum(made, np.ones(len(made.volumes), complex))
    assert found.status == "stable"
    assert np.abs(found.psi).max() < 1e-8


def test_a_vortex_lies_where_it_was_put():
    made = condensate(disc_mesh(4.0, 0.8))
    x, y = made.dual.mesh.points.T
    away = x - 0.37 + 1j * (y + 1.21)
    found = vortices(made, away)
    assert found.points == pytest.approx(np.array([[0.37, -1.21]]), abs=1e-9)
    assert vortices(made, away.conj()).winding.tolist() == [-1]
