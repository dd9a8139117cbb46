"""How fine a mesh is where the case does not say it."""

import numpy as np
import pytest
from tests.studies.film.devices import device

import entrap as et


@pytest.mark.parametrize(("stated", "longest"), [({}, 300e-6 / 30), ({"size": 5e-6}, 5e-6)])
def test_sides_are_as_long_as_stated_or_a_thirtieth_of_the_device(stated, longest):
    mesh = et.mesh(device(mesh=stated).studies["layout"])
    assert mesh.size == pytest.approx(longest, rel=1e-12)
    ends = mesh.points[mesh.dual.sides]
    sides = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=-1)
    assert 0.8 * longest < sides.max() < 1.5 * longest
