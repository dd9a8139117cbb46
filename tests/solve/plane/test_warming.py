"""What warmed traps take, against the heat balance solved point by point and scipy's integrator."""

import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.studies.film.devices import device

from entrap.case.outlines import outlines
from entrap.solve.plane.esdirk import transient
from entrap.solve.plane.sheet import sheet_of
from entrap.solve.plane.warming import Warmed, Warming
from entrap.studies.film.mesh import mesh_of
from entrap.studies.film.solution import solve_on

OVER = np.geomspace(1e-8, 1e-1, 40)


@pytest.fixture(scope="module", params=[0.02, 0.1])
def sheet(request):
    case = device(phonon_temperature=request.param, temperature=request.param)
    return sheet_of(case, case.studies["layout"], request.param)


@pytest.fixture(scope="module")
def warming(sheet):
    made = Warming.of(sheet)
    assert made is not None
    return made


def test_what_is_taken_is_the_heat_that_is_carried_away(sheet, warming):
    own, rate, back = sheet.under_traps(OVER)
    taken, _ = warming.at(OVER)
    scale = rate * OVER + back
    assert np.abs(taken - (rate * OVER - back)).max() < 1e-6 * np.abs(scale).max()
    np.testing.assert_allclose((taken / scale)[20:], ((rate * OVER - back) / scale)[20:], rtol=1e-7)
    np.testing.assert_allclose(warming.temperature(OVER)[20:], own[20:], rtol=1e-7)
    assert own[-1] > 2 * own[0]


def test_slopes_are_differences_and_small_excesses_grow_by_them(warming):
    taken, slope = warming.at(OVER)
    step = 1e-5 * OVER
    up, down = warming.at(OVER + step)[0], warming.at(OVER - step)[0]
    np.testing.assert_allclose(slope, (up - down) / (2 * step), rtol=1e-4)
    np.testing.assert_allclose(warming.more(OVER, 1e-12 * OVER), 1e-12 * OVER * slope, rtol=1e-9)
    np.testing.assert_allclose(warming.more(OVER, 9 * OVER), warming.at(10 * OVER)[0] - taken)


def test_beyond_its_ends_a_trap_takes_along_straight_lines(warming):
    for end, share in ((warming.density[0], 0.5), (warming.density[-1], 2.0)):
        taken, slope = warming.at(np.array([end, share * end]))
        assert taken[1] == pytest.approx(taken[0] + (share - 1) * end * slope[0], rel=1e-9, abs=0)


def test_a_burst_over_warm_traps_is_what_scipy_makes_of_it():
    strip = {"rectangle": {"corner": [0.0, 0.0], "size": [3e-4, 1e-4]}}
    trap = {"rectangle": {"corner": [0.0, 0.0], "size": [1e-4, 1e-4]}}
    case = device(
        shape=[{"on": "film", **strip}, {"on": "trap", **trap}], generation=[],
        phonon_temperature=0.02, temperature=0.02, metal_thickness=2e-9,
    )  # fmt: skip
    layout = case.studies["layout"]
    sheet = sheet_of(case, layout, 0.02)
    mesh = mesh_of(layout, outlines(layout), 5e-5)
    found = solve_on(mesh, sheet, 1e-4)
    problem, areas = found.problem, mesh.trap_areas.sum(0)
    start = np.full(len(mesh.points), 2e-2)

    def slope(_, x):
        _, rate, back = sheet.under_traps(x)
        whole = dataclasses.replace(problem, trapping=rate * areas, returned=back * areas)
        return whole.change(x) / mesh.dual.volumes

    until = 1 / found.modes.rates[0]
    exact = solve_ivp(slope, (0, until), found.density + start, "BDF", rtol=1e-6, atol=1e-13)
    own = {field.name: getattr(problem, field.name) for field in dataclasses.fields(problem)}
    meeting = 2 * problem.recombination * mesh.dual.volumes * found.density
    own |= {"trapping": meeting, "returned": 0 * start, "thermal": 0.0, "generated": 0.0}
    warming = Warming.of(sheet)
    assert warming is not None
    excess = Warmed(**own, areas=areas, steady=found.density, warming=warming)
    made = transient(excess, start, np.array([0.0, until]))
    np.testing.assert_allclose(found.density + made.density[-1], exact.y[:, -1], rtol=1e-3)
    held = dataclasses.replace(problem, **{k: own[k] for k in ("returned", "thermal", "generated")})
    held = dataclasses.replace(held, trapping=problem.trapping + meeting)
    cold = transient(held, start, np.array([0.0, until]))
    # A warmer metal takes more: its electrons relax faster.
    assert cold.density[-1].sum() > 1.01 * made.density[-1].sum()
