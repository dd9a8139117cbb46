"""Condensates on small meshes, for the tests of this folder; lengths are in ξ_r."""

import numpy as np
import shapely
from shapely import Point, box
from tests.solve.plane.layouts import uniform_mesh

from entrap.core.constants import FLUX_QUANTUM
from entrap.solve.plane.condensate import Condensate, uniform_links

UPPER_FIELD = FLUX_QUANTUM / (2 * np.pi)
"""B_c2 [T] of a ξ_r of 1 m."""


def condensate(dual, field=0.0, strength=1.0, wall=0.0, origin=(0.0, 0.0)):
    """With a field in units of B_c2."""
    start, end = ends(dual)
    links = uniform_links(start, end, field * UPPER_FIELD, origin)
    return Condensate(dual, 1.0, strength * np.ones(len(dual.volumes)), links, wall)


def ends(dual):
    """The points of each side."""
    return dual.mesh.points[dual.sides].swapaxes(0, 1)


def holed(size):
    """A square of 10 ξ_r with a round hole in its middle."""
    return uniform_mesh(shapely.difference(box(-5, -5, 5, 5), Point(0, 0).buffer(1.5)), size)
