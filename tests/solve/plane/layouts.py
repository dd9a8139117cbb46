"""Films at random, and small meshes, for the tests of this folder."""

import numpy as np
import shapely
from shapely import Point, affinity, box

from entrap.solve.plane.dual import dual_of
from entrap.solve.plane.outline import size_field
from entrap.solve.plane.triangulation import triangulate

UM = 1e-6


def scaled(shape):
    """A shape drawn in µm, in m."""
    return affinity.scale(shape, UM, UM, origin=(0, 0))


def random_film(draw):
    """Turned rectangles and discs, joined, with round holes, about 100 µm wide."""
    corners = [draw(-50, 50, 2) for _ in range(int(draw(1, 5)))]
    parts = [
        affinity.rotate(box(*corner, *(corner + draw(1, 60, 2))), float(draw(0, 90)))
        for corner in corners
    ]
    parts += [
        Point(*draw(-40, 40, 2)).buffer(float(draw(2, 25)), quad_segs=8)
        for _ in range(int(draw(0, 3)))
    ]
    film = largest(shapely.union_all(parts))
    for _ in range(int(draw(0, 4))):
        hole = Point(*draw(-40, 40, 2)).buffer(float(draw(0.5, 6)), quad_segs=6)
        film = largest(shapely.difference(film, hole))
    return scaled(film)


def random_traps(draw):
    corners = [draw(-40, 40, 2) for _ in range(2)]
    turned = [
        affinity.rotate(box(*corner, *(corner + draw(1, 20, 2))), float(draw(0, 90)))
        for corner in corners
    ]
    return scaled(shapely.union_all(turned))


def largest(shape):
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def uniform(seed):
    """`draw(low, high)` or `draw(low, high, count)` of a seed."""
    return np.random.default_rng(seed).uniform


def meshed(film, traps=(), smallest=0.3 * UM, largest=5 * UM, size=None):
    """Finite volumes of a film; None where the film is refused for a stated reason."""
    sizes = size or size_field([film], traps, [], finest=smallest / 6, largest=largest)
    return dual_of(triangulate(film, sizes, smallest))


def strip_mesh(length, width, size):
    """Volumes of a rectangle from 0 to its length, with a constant or a given size."""
    chosen = size if callable(size) else lambda at: np.full(len(at), size)
    return meshed(box(0, 0, length, width), smallest=min(length, width) / 10, size=chosen)


def disc_mesh(radius, size):
    """Volumes of a disc, by its polygon of the same area."""
    count = int(np.ceil(2 * np.pi * radius / size))
    angles = 2 * np.pi * np.arange(count) / count
    reach = radius / np.sqrt(np.sinc(2 / count))
    rim = shapely.Polygon(reach * np.stack([np.cos(angles), np.sin(angles)], axis=1))
    return uniform_mesh(rim, size)


def uniform_mesh(film, size):
    return meshed(film, smallest=0.3 * size, size=lambda at: np.full(len(at), size))
