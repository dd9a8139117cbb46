"""Currents between terminals: sheets in series and side by side, a ring, standing waves."""

import dataclasses

import numpy as np
import pytest
import shapely
from scipy.integrate import quad
from tests.solve.plane.layouts import UM, meshed, strip_mesh

from entrap.core.constants import VACUUM_PERMEABILITY
from entrap.core.errors import SolveError
from entrap.solve.plane.inductance import current

LENGTH, WIDTH = 40 * UM, 10 * UM


@pytest.fixture(scope="module")
def strip():
    """Triangles of two squares of 20 µm by 10 µm each; sides lie on x = 20 µm and y = 5 µm."""
    quarter = strip_mesh(LENGTH / 2, WIDTH / 2, 1.3 * UM).mesh
    points, triangles = quarter.points, quarter.triangles
    for axis, about in ((0, LENGTH / 2), (1, WIDTH / 2)):
        mirrored = points.copy()
        mirrored[:, axis] = 2 * about - mirrored[:, axis]
        together = np.concatenate([points, mirrored])
        both = np.concatenate([triangles, len(points) + triangles[:, ::-1]])
        _, first, number = np.unique(
            np.round(together / UM, 6), axis=0, return_index=True, return_inverse=True
        )
        points, triangles = together[first], number.ravel()[both]
    return dataclasses.replace(quarter, points=points, triangles=triangles)


def ends(mesh):
    x = mesh.points[:, 0]
    return np.flatnonzero(x < 1e-9 * LENGTH), np.flatnonzero(x > LENGTH * (1 - 1e-9))


def middle(mesh):
    return mesh.corners.mean(1)


def squares(inductance, unit=UM):
    return inductance / VACUUM_PERMEABILITY / unit


def test_a_strip_has_as_many_squares_as_it_is_longer_than_wide(strip):
    found = current(strip, np.full(len(strip.triangles), UM), ends(strip))
    assert squares(found.inductance) == pytest.approx(4, rel=1e-12)
    assert found.potential == pytest.approx(strip.points[:, 0] / LENGTH, abs=1e-12)
    assert found.heating == pytest.approx(1 / WIDTH**2, rel=1e-9)


def test_sheets_in_series_add_up_and_side_by_side_add_their_inverse(strip):
    x, y = middle(strip).T
    series = current(strip, np.where(x < LENGTH / 2, UM, 3 * UM), ends(strip))
    assert squares(series.inductance) == pytest.approx(2 + 6, rel=1e-12)
    # Halves of 8 squares each with 1 µm and 3 µm; and the two of films.md, of 5 and 12.5 squares.
    parallel = current(strip, np.where(y < WIDTH / 2, UM, 3 * UM), ends(strip))
    assert squares(parallel.inductance) == pytest.approx(1 / (1 / 8 + 1 / 24), rel=1e-12)
    other = current(strip, np.where(y < WIDTH / 2, 0.625 * UM, 1.5625 * UM), ends(strip))
    assert squares(other.inductance) == pytest.approx(3.5714286, abs=5e-8)


def test_a_sector_of_a_ring_goes_to_its_own_inductance_as_the_square_of_the_size():
    inner, outer, angle = 10 * UM, 20 * UM, np.pi / 2
    exact = angle / np.log(outer / inner)
    errors = []
    for size in (4 * UM, 2 * UM, 1 * UM):
        turn = np.linspace(0, angle, int(np.ceil(outer * angle / size)) + 1)
        rim = np.stack([np.cos(turn), np.sin(turn)], 1)
        film = shapely.Polygon(np.concatenate([outer * rim, inner * rim[::-1]]))
        dual = meshed(film, smallest=1 * UM, size=lambda at, size=size: np.full(len(at), size))
        x, y = dual.mesh.points.T
        terminals = np.flatnonzero(np.abs(y) < 1e-12), np.flatnonzero(np.abs(x) < 1e-12)
        found = current(dual.mesh, np.full(len(dual.mesh.triangles), UM), terminals)
        errors.append(abs(squares(found.inductance) / exact - 1))
    assert errors[2] < 2e-3
    assert np.log2(errors[0] / errors[2]) / 2 > 1.5


def test_a_standing_wave_weighs_where_its_current_is(strip):
    found = current(strip, np.full(len(strip.triangles), UM), ends(strip))
    x = strip.points[:, 0]
    even, quarter, half = (found.weights(strip, w) for w in ("lumped", "quarter", "half"))
    for weights in (even, quarter, half):
        assert weights.sum() == pytest.approx(1, rel=1e-12)
    assert even @ x == pytest.approx(LENGTH / 2, rel=1e-9)
    mean = quad(lambda u: u * np.cos(np.pi * u / 2) ** 2, 0, 1)[0] / 0.5
    assert quarter @ x == pytest.approx(mean * LENGTH, rel=2e-3)
    assert half @ x == pytest.approx(LENGTH / 2, rel=1e-3)
    spread = quad(lambda u: u**2 * np.sin(np.pi * u) ** 2, 0, 1)[0] / 0.5
    assert half @ x**2 == pytest.approx(spread * LENGTH**2, rel=5e-3)


def test_normal_film_carries_nothing_and_may_part_the_terminals(strip):
    x, y = middle(strip).T
    lengths = np.where(y < WIDTH / 2, UM, np.inf)
    assert squares(current(strip, lengths, ends(strip)).inductance) == pytest.approx(8, rel=1e-12)
    with pytest.raises(SolveError, match="No superconducting film joins"):
        current(strip, np.where(np.abs(x - LENGTH / 2) < 3 * UM, np.inf, UM), ends(strip))
