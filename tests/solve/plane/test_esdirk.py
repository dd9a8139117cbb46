"""Transients: conditions of order, exact decays, and scipy's integrator on the same equations."""

import dataclasses
import types
from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from shapely import Point, box
from tests.solve.plane.layouts import meshed, strip_mesh

from entrap.core.errors import SolveError
from entrap.core.sparse import Factors
from entrap.solve.plane import esdirk
from entrap.solve.plane.diffusing import Diffusion, slowest_modes, steady_state
from entrap.solve.plane.esdirk import EMBEDDED, GAMMA, STAGES, TIMES, WEIGHTS, transient
from entrap.solve.plane.outline import Cover

D, RATE = 18e-4, 2.42e5


def conditions(b):
    """What the conditions of order 1 to 4 leave, by order."""
    a, c = STAGES, TIMES
    return {
        1: [b.sum() - 1],
        2: [b @ c - 1 / 2],
        3: [b @ c**2 - 1 / 3, b @ a @ c - 1 / 6],
        4: [
            b @ c**3 - 1 / 4,
            (b * c) @ a @ c - 1 / 8,
            b @ a @ c**2 - 1 / 12,
            b @ a @ a @ c - 1 / 24,
        ],
    }


def test_the_method_is_of_order_four_and_its_estimate_of_order_three():
    assert all(abs(left) < 1e-14 for order in conditions(WEIGHTS).values() for left in order)
    embedded = conditions(EMBEDDED)
    assert all(abs(left) < 1e-14 for order in (1, 2, 3) for left in embedded[order])
    assert max(map(abs, embedded[4])) > 1e-4
    assert np.diag(STAGES)[1:] == pytest.approx(GAMMA)


def test_a_mode_decays_by_itself_over_nine_decades_of_time():
    dual = strip_mesh(2e-4, 2e-5, 1e-5)
    trap = Cover(dual.mesh).areas(box(0, 0, 2e-5, 2e-5))
    problem = Diffusion(dual, D, RATE * trap, 0 * trap)
    modes = slowest_modes(problem, 1)
    rate, shape = modes.rates[0], modes.shapes[:, 0]
    times = np.concatenate([[0.0], np.geomspace(2e-8, 20, 40) / rate])
    found = transient(problem, shape, times, tolerance=1e-6)
    exact = np.exp(-rate * times)[:, None] * shape
    assert np.abs(found.density / exact - 1).max() < 2e-4
    assert found.factorised < 20


@pytest.fixture(scope="module")
def plate():
    dual = meshed(box(0, 0, 2e-4, 1e-4), smallest=5e-6, largest=2e-5)
    trap = Cover(dual.mesh).areas(Point(5e-5, 5e-5).buffer(2e-5))
    return Diffusion(
        dual, D, RATE * trap, 1e-5 * trap, recombination=6e6, generated=1e-4 * dual.volumes
    )


def test_a_burst_decays_as_scipy_says(plate):
    steady = steady_state(plate)
    at = plate.dual.mesh.points - [1.5e-4, 5e-5]
    start = steady + 1e-2 * np.exp(-(at**2).sum(1) / 2e-10)
    times = np.concatenate([[0.0], np.geomspace(1e-8, 3e-4, 12)])
    found = transient(plate, start, times, tolerance=1e-5).density
    v = plate.dual.volumes
    exact = solve_ivp(
        lambda _, x: plate.change(x) / v, (0, times[-1]), start, "BDF", times, rtol=1e-8, atol=1e-14,
    ).y.T  # fmt: skip
    assert (np.abs(found - exact).max(1) / exact.max(1)).max() < 1e-4


def test_a_step_takes_few_more_solutions_than_it_has_stages(plate, monkeypatch):
    """Five stages and the estimate of the error; how fast Newton's method is, is remembered."""
    solved, solve = [], Factors.solve
    monkeypatch.setattr(Factors, "solve", lambda *given: solved.append(1) or solve(*given))
    at = plate.dual.mesh.points - [1.5e-4, 5e-5]
    start = 1e-2 * np.exp(-(at**2).sum(1) / 2e-10)
    made = transient(plate, start, np.array([0.0, 3e-4]))
    assert made.steps > 20
    assert len(solved) < 9 * made.steps


def test_the_steady_state_stays(plate):
    steady = steady_state(plate)
    found = transient(plate, steady, np.array([0.0, 1e-9, 1e-3, 1.0])).density
    assert found[:3] == pytest.approx(np.tile(steady, (3, 1)), rel=1e-9, abs=0)
    # In a second diffusion goes 1e7 times across a triangle, which magnifies rounding as much.
    assert found[3] == pytest.approx(steady, rel=1e-8, abs=0)


def test_nothing_is_lost_without_traps_or_recombination(plate):
    closed = dataclasses.replace(
        plate,
        trapping=0 * plate.trapping,
        returned=0 * plate.returned,
        recombination=0.0,
        generated=0.0,
    )
    start = np.where(closed.dual.mesh.points[:, 0] < 1e-4, 1.0, 1e-3)
    found = transient(closed, start, np.array([0.0, 1e-6, 1e-3])).density
    total = found @ closed.dual.volumes
    assert total == pytest.approx(total[0], rel=1e-12, abs=0)
    assert found[-1] == pytest.approx(total[0] / closed.dual.volumes.sum(), rel=1e-4)


BEGIN = np.array([0.1, 0.0])


class Switch:
    """A clock y, from 0.1 on, and x that goes from 0 to 1 within 2e-3 at y = 1.1."""

    dual = types.SimpleNamespace(volumes=np.array([2.0, 3.0]))

    def rates(self, at):
        y, x = at
        return np.array([1.0, 1e3 * ((1 + np.tanh((y - 1.1) / 1e-3)) / 2 - x)])

    def change(self, at):
        return self.dual.volumes * self.rates(at)

    def factors(self, at, diagonal):
        bent = 5e5 * (1 - np.tanh((at[0] - 1.1) / 1e-3) ** 2)
        matrix = np.diag(diagonal) - self.dual.volumes[:, None] * np.array([[0, 0], [bent, -1e3]])
        return types.SimpleNamespace(solve=lambda right: np.linalg.solve(matrix, right))


def test_steps_that_are_too_long_are_taken_back():
    problem: Any = Switch()
    times = np.array([0.0, 0.98, 0.999, 1.0, 1.0015, 1.1, 2.0])
    found = transient(problem, BEGIN, times, tolerance=1e-5).density[1:]
    begin = [1.08, 0.0]  # up to here nothing happens
    exact = solve_ivp(
        lambda _, at: problem.rates(at), (0.98, 2), begin, "BDF", times[1:], rtol=1e-8, atol=1e-10
    ).y.T  # fmt: skip
    assert found == pytest.approx(exact, abs=2e-4)
    run = esdirk._Run(problem, BEGIN, 1e-5)
    while run.x[0] < 2:
        run.advance()
    assert run.rejected > 3
    assert run.steps < 200


def test_what_takes_too_many_steps_is_given_up(monkeypatch):
    monkeypatch.setattr(esdirk, "_MOST_STEPS", 10)
    problem: Any = Switch()
    with pytest.raises(SolveError, match="needs too many steps: give a shorter time, or a larger"):
        transient(problem, BEGIN, np.array([0.0, 2.0]), tolerance=1e-5)
