"""The size of the first triangles, and how it falls until the mesh is exact enough."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from entrap.studies.film import refinement

SHEET: Any = "the sheet"


@pytest.fixture
def sizes(monkeypatch):
    """`sizes(asked, length, device)`: sizes tried, in turns with twice that, until 1 µm is done."""

    def tried(asked, length, device):
        made = []
        monkeypatch.setattr(refinement, "trapping_length", lambda _: length)
        monkeypatch.setattr(
            refinement, "mesh_of", lambda _layout, _shapes, size, coarser: (size, coarser)
        )

        def solve(mesh, sheet, _):
            assert sheet is SHEET
            made.append(mesh)
            return SimpleNamespace(numbers={}, density=np.zeros(10))

        monkeypatch.setattr(refinement, "solve_on", solve)
        monkeypatch.setattr(
            refinement,
            "differences",
            lambda *_: {"slowest_rate": 0.0 if made[-1][0] <= 1e-6 else 1.0},
        )
        layout: Any = SimpleNamespace(mesh=SimpleNamespace(size=asked, tolerance=1e-3))
        shapes: Any = SimpleNamespace(size=device)
        refinement.refined(layout, shapes, SHEET, 0.0)
        return made

    return tried


@pytest.mark.parametrize(
    ("length", "device", "first"),
    [(20e-6, 6e-3, 5e-6), (1.0, 150e-6, 5e-6), (4e-6, 1.0, 1e-6)],
)
def test_triangles_are_a_quarter_of_the_trapping_length_and_a_thirtieth_of_the_device(
    sizes, length, device, first
):
    made = sizes(None, length, device)
    assert [coarser for _, coarser in made] == [2.0, 1.0] * (len(made) // 2)
    assert made[0][0] == pytest.approx(first, rel=1e-15)
    tried = [size for size, coarser in made if coarser == 1.0]
    np.testing.assert_allclose(tried, first * 0.6 ** np.arange(len(tried)), rtol=1e-14)
    assert tried[-1] <= 1e-6 * (1 + 1e-12)
    assert all(size > 1e-6 for size in tried[:-1])


def test_a_size_that_is_stated_is_kept(sizes):
    assert sizes(8e-6, 20e-6, 6e-3) == [(8e-6, 2.0), (8e-6, 1.0)]
