"""Shapes that cut triangles: exact areas, values at points, integrals along an outline."""

import numpy as np
import pytest
import shapely
from shapely import Point, affinity, box
from tests.solve.plane.layouts import meshed

from entrap.solve.plane.outline import Cover


@pytest.fixture(scope="module")
def cover():
    film = shapely.difference(box(0, 0, 3e-4, 2e-4), Point(2e-4, 1.5e-4).buffer(2e-5))
    return Cover(meshed(film, smallest=2e-6, largest=2e-5).mesh)


def moments(shape, cover):
    """∫ 1, x and y over the part of a shape on the film, of the mesh's linear functions."""
    areas = cover.areas(shape)
    return np.array([areas.sum(), *(areas @ cover.mesh.points)])


@pytest.mark.parametrize(
    "shape", [Point(9e-5, 7e-5).buffer(3e-5), box(2.5e-4, 1e-4, 4e-4, 3e-4), box(-1, -1, 1, 1)]
)
def test_a_shape_covers_what_it_cuts_exactly(cover, shape):
    film = shapely.union_all(shapely.polygons(cover.mesh.corners))
    part = shapely.intersection(shape, film)
    exact = [part.area, part.area * part.centroid.x, part.area * part.centroid.y]
    assert moments(shape, cover) == pytest.approx(exact, rel=1e-9, abs=0)


def test_a_shape_beside_the_film_covers_nothing(cover):
    assert cover.areas(box(1e-3, 0, 2e-3, 1e-3)).sum() == 0
    assert cover.areas(shapely.Polygon()).sum() == 0


def test_a_linear_function_is_itself_at_every_point(cover):
    at = np.array([[1e-5, 1e-5], [2.9e-4, 1.9e-4], [1.234e-4, 5.67e-5]])
    values = 3 + cover.mesh.points @ [2e3, -5e3]
    assert cover.weights(at) @ values == pytest.approx(3 + at @ [2e3, -5e3], rel=1e-12)


def test_points_in_a_hole_or_beside_the_film_are_on_no_triangle(cover):
    found, shares = cover.found(np.array([[2e-4, 1.5e-4], [1.0, 1.0]]))
    assert found.tolist() == [-1, -1]
    assert not shares.any()


@pytest.mark.parametrize("turn", [0.0, 33.0])
def test_the_derivative_of_what_is_covered_is_an_integral_along_the_outline(cover, turn):
    shape = affinity.rotate(box(6e-5, 4e-5, 1.4e-4, 9e-5), turn)
    values = np.sin(cover.mesh.points @ [2e4, 3e4])
    ring = shapely.get_coordinates(shapely.set_precision(shape, 0).normalize().exterior)[:-1]
    ring = ring if shapely.is_ccw(shapely.LinearRing(ring)) else ring[::-1]
    along = cover.along(ring, values, parts=40)
    step = 1e-8
    for axis, move in enumerate(((step, 0), (0, step))):
        ahead, behind = (
            cover.areas(affinity.translate(shape, *(s * m for m in move))) @ values for s in (1, -1)
        )
        slope = (along.values * along.normals[:, axis] * along.weights).sum()
        scale = (np.abs(along.values) * along.weights).sum()
        assert slope == pytest.approx((ahead - behind) / (2 * step), abs=2e-4 * scale)
    assert along.weights.sum() == pytest.approx(shape.length, rel=1e-12)
