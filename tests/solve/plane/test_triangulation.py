"""Meshes of films drawn at random: areas, angles and weights."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box
from tests.solve.plane.layouts import UM, meshed, random_film, random_traps, scaled, uniform

from entrap.case.outlines import cleaned
from entrap.core.errors import InputError
from entrap.solve.plane import triangulation
from entrap.solve.plane.outline import Cover
from entrap.solve.plane.triangulation import triangulate


def check(film, traps):
    """Mesh a film as a layout's is; what is wrong with the mesh, and whether it is refused."""
    said = ""
    try:
        film = cleaned(film, 0.3 * UM)
        dual = meshed(film, [traps])
    except InputError as error:
        said = str(error)
    if said:
        assert " at x = " in said
        return None
    mesh = dual.mesh
    assert mesh.areas.min() > 0
    assert dual.volumes.sum() == pytest.approx(film.area, rel=1e-9, abs=0)
    assert mesh.angles.min() >= 10
    assert dual.weights.min() > -1e-9
    both = shapely.intersection(traps, film).area
    assert Cover(mesh).areas(traps).sum() == pytest.approx(both, rel=1e-9, abs=1e-9 * film.area)
    flows = dual.stiffness @ np.ones(len(dual.volumes))
    assert np.abs(flows).max() < 1e-11
    # A linear function has no source inside: the weights are those of a Laplacian.
    inside = np.setdiff1d(np.arange(len(mesh.points)), _edge(mesh.triangles))
    slope = (dual.stiffness @ (mesh.points[:, 0] / UM))[inside]
    assert np.abs(slope).max(initial=0) < 1e-9
    return mesh.angles.min()


def _edge(triangles):
    sides = np.sort(
        np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    )
    found, count = np.unique(sides, axis=0, return_counts=True)
    return found[count == 1]


@pytest.mark.parametrize("seed", range(4))
def test_films_drawn_at_random_have_good_meshes(seed):
    draw = uniform(seed)
    check(random_film(draw), random_traps(draw))


@pytest.mark.exhaustive
def test_of_120_films_few_are_refused_and_all_others_have_good_meshes():
    found = []
    for seed in range(120):
        draw = uniform(seed)
        found.append(check(random_film(draw), random_traps(draw)))
    angles = [angle for angle in found if angle is not None]
    assert len(angles) > 100
    assert np.median(angles) > 20


@pytest.mark.exhaustive
@settings(max_examples=1000)
@given(st.integers(1000, 2**32 - 1))
def test_films_that_hypothesis_draws_have_good_meshes(seed):
    draw = uniform(seed)
    check(random_film(draw), random_traps(draw))


def test_a_neck_of_200_nm_and_a_device_of_a_millimetre_are_one_mesh():
    film = scaled(
        shapely.union_all([box(-500, -100, -1, 100), box(1, -100, 500, 100), box(-1, -0.1, 1, 0.1)])
    )
    dual = meshed(film, smallest=0.1 * UM, largest=40 * UM)
    assert 500 < len(dual.volumes) < 5000
    assert dual.mesh.angles.min() > 20
    assert len(np.unique(dual.pieces)) == 1


def test_pieces_are_told_apart():
    film = scaled(shapely.union_all([box(0, 0, 10, 10), box(12, 0, 20, 10)]))
    assert len(np.unique(meshed(film).pieces)) == 2


def test_triangles_are_as_small_as_is_asked():
    film = scaled(Point(0, 0).buffer(50))

    def size(at):
        return 2 * UM + 0.2 * np.linalg.norm(at, axis=1)

    mesh = meshed(film, size=size, smallest=5 * UM).mesh
    longest = np.linalg.norm(mesh.corners - np.roll(mesh.corners, 1, 1), axis=2).max(1)
    assert (longest <= 1.5 * size(mesh.corners.mean(1)) * (1 + 1e-9)).all()


def test_a_sharp_corner_is_refused_where_it_is():
    needle = shapely.Polygon([(0, 0), (1e-4, 0), (1e-4, 5e-6)])
    with pytest.raises(InputError, match=r"an angle of \d\.\d° at x = .* blunt the corner"):
        triangulate(needle, lambda at: np.full(len(at), 1e-5), 1e-6)


def test_too_many_points_are_refused(monkeypatch):
    monkeypatch.setattr(triangulation, "MOST_POINTS", 500)
    with pytest.raises(InputError, match="more than 500 points: give a larger"):
        triangulate(box(0, 0, 1e-3, 1e-3), lambda at: np.full(len(at), 1e-5), 1e-5)


def test_points_of_the_outline_lie_on_it():
    """To rounding, though corners are rounded before triangles are made."""
    film = box(12.3 * UM, -7.7 * UM, 112.3 * UM, 33.3 * UM)
    points = meshed(film).mesh.points
    for line, column in zip(film.bounds, (0, 1, 0, 1), strict=True):
        near = np.abs(points[:, column] - line) < 1e-9 * UM
        assert near.sum() > 4
        assert points[near, column] == pytest.approx(line, rel=1e-15, abs=0)
