"""Derivatives by the outline of a trap and by the junction, against differences; placement."""

import dataclasses

import numpy as np
import pytest
import shapely
from shapely import affinity
from tests.studies.film.devices import STILL, UM, device, disc, shapes

import entrap as et
from entrap.core.errors import InputError
from entrap.solve.plane.diffusing import slowest_modes, steady_state
from entrap.studies.film.gradients import PARTS, junction_slopes, slopes
from entrap.studies.film.placement import place_traps
from entrap.studies.film.solution import solve_on


@pytest.fixture(scope="module")
def found():
    return et.film(device(generation=STILL))


def changed(found, trap):
    """Slowest rate and x at the probe with another trap, on the same mesh."""
    solution = found.solution
    areas, sheet = solution.mesh.cover.areas(trap), solution.sheet
    problem = dataclasses.replace(
        solution.problem, trapping=sheet.trapping_rate * areas, returned=sheet.returned * areas
    )
    x = steady_state(problem)
    return slowest_modes(problem).rates[0], solution.probes["junction"] @ x


def grown(trap, by):
    """A disc of another radius."""
    radius = np.sqrt(trap.area / np.pi)
    return affinity.scale(trap, 1 + by / radius, 1 + by / radius)


@pytest.mark.parametrize(
    ("slope", "move"),
    [
        ("along_x", lambda trap, by: affinity.translate(trap, by, 0)),
        ("along_y", lambda trap, by: affinity.translate(trap, 0, by)),
        ("grown", grown),
    ],
)
def test_slopes_of_an_outline_are_differences(found, slope, move):
    (trap,), step = found.mesh.outlines.traps, 0.02 * UM
    ends = [changed(found, move(trap, sign * step)) for sign in (-1, 1)]
    made = {each.of: each for each in slopes(found.solution)}
    for of, less, more in zip(("slowest_rate", "junction"), *ends, strict=True):
        exact = np.log(more / less) / (2 * step)
        scale = abs(made[of].grown)
        assert getattr(made[of], slope) == pytest.approx(exact, abs=2e-4 * scale), of


@pytest.mark.slow
def test_slopes_of_the_junction_are_differences(found):
    made = junction_slopes(found.solution)
    junction = device().require("trap.junction")
    numbers = {"slowest_rate": "slowest_rate", "junction": "density_junction"}
    for part in PARTS:
        value = getattr(junction, part)
        ends = [
            et.film(device(**{part: value * f}, generation=STILL)).quantities
            for f in (0.999, 1.001)
        ]
        step = np.log(1.001) - np.log(0.999)
        for of, name in numbers.items():
            exact = np.log(ends[1][name].value / ends[0][name].value) / step
            assert made[of][part] == pytest.approx(exact, rel=1e-3, abs=1e-6), (of, part)


def test_a_trap_with_a_hole_in_it_has_slopes_of_both_outlines(found):
    from entrap.studies.film.gradients import outline_slopes

    ring = shapely.difference(
        shapely.Point(1e-4, 5e-5).buffer(2e-5), shapely.Point(1e-4, 5e-5).buffer(1e-5)
    )
    for turned in (ring, shapely.reverse(ring)):
        x, y, size = outline_slopes(found.solution, turned, np.ones(len(found.mesh.points)))
        assert size == pytest.approx(ring.length, rel=1e-9)
        assert abs(x) + abs(y) < 1e-9 * ring.length


@pytest.fixture(scope="module")
def placed():
    wanted = {"count": 2, "radius": 8 * UM, "starts": 2, "keep_from": {"junction": 10 * UM}}
    return et.film(device(placement=wanted, generation=STILL))


def test_placed_traps_lie_on_the_film_apart_and_off_the_probe(placed):
    centres = placed.placed.centres
    assert len(centres) == 2
    assert np.linalg.norm(centres[0] - centres[1]) > 15.9 * UM
    assert np.linalg.norm(centres - [280 * UM, 50 * UM], axis=1).min() > 17.9 * UM
    assert np.linalg.norm(centres - [60 * UM, 40 * UM], axis=1).min() > 22.9 * UM
    for x, y in centres:
        assert 7.9 * UM < x < 292.1 * UM
        assert 7.9 * UM < y < 92.1 * UM


def test_the_rate_of_placed_traps_is_that_of_a_layout_with_them(placed):
    more = [disc(x / UM, y / UM, 8) for x, y in placed.placed.centres]
    again = et.film(device(shape=shapes(*more), generation=STILL))
    assert placed.placed.rate == pytest.approx(again.quantities["slowest_rate"].value, rel=5e-3)
    assert placed.quantities["slowest_rate"].value < placed.placed.rate < placed.placed.bound


def test_no_nearby_place_is_better(placed):
    from entrap.studies.film.placement import _Search

    search = _Search(placed.solution, 8 * UM, {"junction": 10 * UM})
    best = placed.placed.centres
    draw = np.random.default_rng(1).normal
    for _ in range(6):
        near = search.moved(best, 4 * UM * draw(size=(2, 2)))
        assert search.solved(near)[0] < placed.placed.rate * (1 + 1e-3)


def test_more_traps_than_fit_are_refused():
    with pytest.raises(InputError, match=r"`layout.placement.count` is too many: \d traps"):
        et.film(device(placement={"count": 20, "radius": 40 * UM}))


def test_a_trap_that_fits_nowhere_is_refused():
    says = r"`layout.placement.radius` is 9,000 µm, with which no round trap fits"
    with pytest.raises(InputError, match=says):
        et.film(device(placement={"count": 1, "radius": 9000 * UM}))


def test_without_an_own_trap_the_first_is_placed_too(found):
    one = {"count": 1, "radius": 15 * UM, "starts": 1}
    bare = device(shape=shapes(trap=False), placement=one, generation=STILL)
    result = et.film(bare)
    assert place_traps(found.solution, None) is None
    assert result.placed
    assert result.placed.rate > 0.9 * found.quantities["slowest_rate"].value
    assert result.quantities["slowest_rate"].value == pytest.approx(0, abs=1e-2)
    assert solve_on(result.mesh, result.solution.sheet, 1e-4).density.min() > 0


def test_a_trap_across_a_strip_gains_at_its_two_ends_alone():
    """Its sides lie on the rim, where it can cover no more film; against the root of (T6)."""
    from scipy.optimize import brentq

    film, half, width = 300 * UM, 10 * UM, 20 * UM
    across = {"corner": [film / 2 - half, 0.0], "size": [2 * half, width]}
    strip = {"on": "film", "rectangle": {"corner": [0.0, 0.0], "size": [film, width]}}
    found = et.film(
        device(
            shape=[strip, {"on": "trap", "rectangle": across}],
            generation=[],
            probes={"junction": [280 * UM, 10 * UM]},
            mesh={"size": 5 * UM},
        )
    )
    solution = found.solution
    diffusivity, trapping = 18e-4, float(solution.sheet.trapping_rate)

    def rate(half):
        """Of a centred trap: k tan k(L/2 - h) = q tanh qh, q² = Γ/D - k²."""

        def excess(k):
            q = np.sqrt(trapping / diffusivity - k**2)
            return k * np.tan(k * (film / 2 - half)) - q * np.tanh(q * half)

        return diffusivity * brentq(excess, 1.0, 0.999 * np.pi / (film - 2 * half)) ** 2

    step = 0.01 * UM
    exact = np.log(rate(half + step) / rate(half - step)) / (2 * step)
    slope = next(each for each in found.slopes if each.of == "slowest_rate")
    assert solution.modes.rates[0] == pytest.approx(rate(half), rel=2e-3)
    assert slope.grown == pytest.approx(exact, rel=1e-2)
    assert np.hypot(slope.along_x, slope.along_y) < 1e-3 * exact
