"""Films in a plane against closed forms, the strip in one dimension, and conservation."""

import dataclasses

import numpy as np
import pytest
import shapely
from scipy.optimize import brentq
from shapely import Point, box
from tests.solve.plane.layouts import meshed, strip_mesh

from entrap.core.errors import SolveError
from entrap.core.sparse import Factors
from entrap.solve.plane import diffusing
from entrap.solve.plane.diffusing import (
    Diffusion,
    adjoint,
    flows,
    slowest_modes,
    steady_state,
)
from entrap.solve.plane.outline import Cover

D, GAMMA = 18e-4, 2.42e5


def strip_rate(trap, length=1e-3):
    """The slowest rate of a strip with a trap at its end: k tan k l = κ tanh κ d."""
    most = np.pi / 2 / (length - trap) * (1 - 1e-12)

    def root(k):
        kappa = np.sqrt(GAMMA / D - k**2)
        return k * np.tan(k * (length - trap)) - kappa * np.tanh(kappa * trap)

    return D * brentq(root, 1e-3, most, xtol=1e-12, rtol=1e-14) ** 2


def posed(dual, *traps, **more):
    areas = sum((Cover(dual.mesh).areas(trap) for trap in traps), np.zeros(len(dual.volumes)))
    back = more.pop("back", 0.0)
    return Diffusion(dual, D, GAMMA * areas, back * areas, **more)


def end_trap(size, trap):
    """The strip with a trap over its end, whose edge no triangle need follow."""
    dual = strip_mesh(1e-3, 12e-6, size)
    return slowest_modes(posed(dual, box(1e-3 - trap, 0, 1e-3, 12e-6))).rates[0]


def test_the_rate_of_a_strip_converges_as_the_square_to_that_of_one_dimension():
    assert strip_rate(20e-6) == pytest.approx(2475.426014, abs=1e-6)
    exact = strip_rate(100e-6)
    errors = [abs(end_trap(size, 100e-6) / exact - 1) for size in (16e-6, 8e-6, 4e-6)]
    assert errors[2] < 6e-5
    assert np.log2(errors[0] / errors[2]) / 2 == pytest.approx(2, abs=0.25)


def test_a_short_trap_that_cuts_triangles_is_as_accurate():
    assert end_trap(4e-6, 22.7e-6) == pytest.approx(strip_rate(22.7e-6), rel=1e-4)


def dumbbell(pad, size):
    """A strip of 1 mm by 12 µm with a trap of 100 µm in its middle, and square pads at its ends."""
    film, half = box(0, -6e-6, 1e-3, 6e-6), pad / 2
    for left in (-pad, 1e-3):
        film = film.union(box(left, -half, left + pad, half)) if pad else film
    dual = meshed(film, smallest=2e-6, size=lambda at: np.full(len(at), size))
    return slowest_modes(posed(dual, box(4.5e-4, -6e-6, 5.5e-4, 6e-6))).rates[0]


def test_a_trap_in_the_middle_of_a_strip_has_the_rate_of_one_dimension():
    # Its two halves are strips with traps of 50 µm at their ends.
    assert strip_rate(5e-5, 5e-4) == pytest.approx(11834.56593, abs=1e-4)
    errors = [abs(dumbbell(0.0, size) / 11834.56593 - 1) for size in (12e-6, 6e-6)]
    assert errors[1] < 1e-4
    assert errors[0] / errors[1] > 3


@pytest.mark.slow
def test_pads_in_space_empty_slower_than_lumped_ones():
    # Pads of 80 µm as lumps at the ends of the strip: k tan(k l + atan(k A/W)) = q tanh(q d/2).
    def root(k):
        q = np.sqrt(GAMMA / D - k**2)
        return k * np.tan(k * 4.5e-4 + np.arctan(k * 6.4e-9 / 1.2e-5)) - q * np.tanh(q * 5e-5)

    lumped = D * brentq(root, 1.0, 1600.0, xtol=1e-12) ** 2
    assert lumped == pytest.approx(3906.28, abs=0.005)
    assert dumbbell(8e-5, 4e-6) == pytest.approx(3875.9, rel=2e-4)


@pytest.fixture(scope="module")
def plate():
    """A plate with a hole, and a trap that follows no triangle."""
    film = shapely.difference(box(0, 0, 3e-4, 2e-4), Point(2e-4, 1.5e-4).buffer(2e-5))
    return meshed(film, smallest=2e-6, largest=1.2e-5)


TRAP = Point(9e-5, 7e-5).buffer(1.5e-5, quad_segs=32)


def test_what_comes_goes(plate):
    problem = posed(
        plate, TRAP, back=3e-2, background=20.0, recombination=6e6, thermal=1e-9,
        generated=1e-4 * plate.volumes,
    )  # fmt: skip
    found = flows(problem, steady_state(problem))
    assert abs(found.imbalance) < 1e-12
    assert min(dataclasses.astuple(found)) > 0


@pytest.mark.parametrize("background", [0.0, 300.0])
def test_a_trap_as_warm_as_the_film_leaves_equilibrium(plate, background):
    thermal = 3e-7
    problem = posed(
        plate, TRAP, back=GAMMA * thermal, background=background, recombination=6e6, thermal=thermal
    )
    assert steady_state(problem) == pytest.approx(thermal, rel=1e-12, abs=0)


def test_without_recombination_and_losses_there_is_no_steady_state(plate):
    with pytest.raises(SolveError, match="Put a trap on each piece"):
        steady_state(posed(plate, generated=plate.volumes))


def test_a_film_all_under_a_trap_decays_at_its_rate(plate):
    problem = posed(plate, box(-1, -1, 1, 1), background=77.0)
    modes = slowest_modes(problem, 3)
    assert modes.rates[0] == pytest.approx(GAMMA + 77.0, rel=1e-10)
    gram = modes.shapes.T @ (plate.volumes[:, None] * modes.shapes)
    assert gram == pytest.approx(np.eye(3), abs=1e-9)


def test_the_second_mode_of_a_bare_rectangle_is_a_cosine():
    dual = strip_mesh(3e-4, 1e-4, 6e-6)
    rates = slowest_modes(posed(dual), 2).rates
    assert rates[0] == pytest.approx(0, abs=1e-3)
    assert rates[1] == pytest.approx(D * (np.pi / 3e-4) ** 2, rel=1e-3)


def test_the_bound_by_area_is_above_the_rate_and_met_by_fast_diffusion(plate):
    slow = posed(plate, TRAP)
    fast = dataclasses.replace(slow, diffusivity=1e4 * D)
    bound = slow.losses.sum() / plate.volumes.sum()
    assert slowest_modes(slow).rates[0] < bound
    assert slowest_modes(fast).rates[0] == pytest.approx(bound, rel=1e-3)


def turned(dual, turn, back):
    points = dual.mesh.points @ np.asarray(turn).T + back
    mesh = dataclasses.replace(dual.mesh, points=points)
    if np.linalg.det(turn) < 0:
        mesh = dataclasses.replace(mesh, triangles=mesh.triangles[:, ::-1])
    return mesh


@pytest.mark.parametrize("turn", [[[0.6, -0.8], [0.8, 0.6]], [[-1.0, 0.0], [0.0, 1.0]]])
def test_a_device_turned_or_mirrored_empties_at_the_same_rate(plate, turn):
    from entrap.solve.plane.dual import dual_of

    back = np.array([1e-4, -3e-5])
    mirrored = shapely.transform(TRAP, lambda at: at @ np.asarray(turn).T + back)
    rate = slowest_modes(posed(plate, TRAP)).rates[0]
    other = slowest_modes(posed(dual_of(turned(plate, turn, back)), mirrored)).rates[0]
    assert other == pytest.approx(rate, rel=1e-10)


def test_the_adjoint_is_the_derivative_by_generation(plate):
    problem = posed(plate, TRAP, recombination=6e6, generated=1e-4 * plate.volumes)
    x = steady_state(problem)
    weights = Cover(plate.mesh).weights(np.array([[2.5e-4, 1e-4]]))[0]
    slope = adjoint(problem, x, weights)
    spot = np.zeros(len(x))
    spot[len(x) // 3] = 1e-6 * plate.volumes.mean()
    ends = [
        weights @ steady_state(dataclasses.replace(problem, generated=problem.generated + s * spot))
        for s in (-1, 1)
    ]
    assert (ends[1] - ends[0]) / 2 == pytest.approx(slope @ spot, rel=1e-5, abs=0)


def test_near_the_steady_state_one_factorisation_is_enough(monkeypatch):
    dual = strip_mesh(2e-4, 2e-5, 1e-5)
    problem = posed(dual, box(0, 0, 2e-5, 2e-5), recombination=6e6, generated=1e-4 * dual.volumes)
    steady = steady_state(problem)
    made = []
    monkeypatch.setattr(diffusing, "Factors", lambda *given: made.append(1) or Factors(*given))
    again = steady_state(problem, start=1.1 * steady)
    assert len(made) == 1
    assert again == pytest.approx(steady, rel=1e-12, abs=0)
