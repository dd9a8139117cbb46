"""Screening of flat films: discs by their integral equation, rings by closed forms."""

from itertools import pairwise

import numpy as np
import pytest
import shapely
from scipy.special import ellipe, ellipk
from shapely import Point, box
from tests.solve.plane.layouts import meshed, uniform_mesh

from entrap.core.constants import FLUX_QUANTUM, VACUUM_PERMEABILITY
from entrap.core.errors import SolveError
from entrap.solve.plane import screening
from entrap.solve.plane.kernel import Mutual, _apart, gradients, potential
from entrap.solve.plane.screening import Screening


def circle(radius, size):
    count = int(np.ceil(2 * np.pi * radius / size))
    angles = 2 * np.pi * np.arange(count) / count
    reach = radius / np.sqrt(np.sinc(2 / count))
    return shapely.Polygon(reach * np.stack([np.cos(angles), np.sin(angles)], axis=1))


def disc(size):
    """A disc of radius 1 whose triangles are three times as small at its rim."""

    def sizes(at):
        return np.clip(0.3 * size + 0.25 * (1 - np.hypot(*at.T)), 0.3 * size, size)

    return meshed(circle(1.0, 0.3 * size), smallest=0.3 * size, size=sizes)


def posed(dual, length):
    return Screening(dual, np.full(len(dual.mesh.triangles), length))


def moment(dual, length):
    """-μ0 m/(R³ B)."""
    made = posed(dual, length)
    return -VACUUM_PERMEABILITY * made.moment(made.stream(1.0))


def exact_moments(lengths, count=100):
    """The same by Λ K + ∫ G K dr' + B r/2μ0 = 0 in rings of a disc, which are finer at its rim."""
    ends = 1 - (1 - np.linspace(0, 1, count + 1)) ** 2.5
    ends[0] = 0.0
    low, high = ends[:-1], ends[1:]
    middle = (low + high) / 2
    nodes, weights = np.polynomial.legendre.leggauss(10)

    def between(r, q):
        m = np.minimum(4 * r * q / (r + q) ** 2, 1 - 1e-15)
        k = np.sqrt(m)
        return np.sqrt(q / r) / (2 * np.pi) * ((2 / k - k) * ellipk(m) - 2 / k * ellipe(m))

    def integral(r, start, end):
        at = (start + end) / 2 + (end - start) / 2 * nodes
        return (end - start) / 2 * (weights * between(r, at)).sum()

    matrix = np.array([[integral(r, a, b) for a, b in zip(low, high, strict=True)] for r in middle])
    grades = np.linspace(0, 1, 13) ** 5
    for i, r in enumerate(middle):
        for j in range(max(0, i - 1), min(count, i + 2)):
            # The logarithm at r is approached by ever shorter parts.
            parts = [(r, low[j]), (r, high[j])] if i == j else [
                (low[j], high[j]) if j > i else (high[j], low[j])
            ]  # fmt: skip
            matrix[i, j] = sum(
                integral(r, *sorted((near + a * (far - near), near + b * (far - near))))
                for near, far in parts
                for a, b in pairwise(grades)
            )
    shells = np.pi * middle**2 * (high - low)
    return [
        shells @ np.linalg.solve(length * np.eye(count) + matrix, middle / 2) for length in lengths
    ]


def test_the_integral_equation_of_a_disc_has_its_known_limits():
    made = exact_moments((0.0, 100.0, 0.1, 1.0))
    assert made == pytest.approx([8 / 3, np.pi / 800, 1.49495, 0.33603], rel=2e-3)


def test_a_disc_in_a_field_has_the_moment_of_its_integral_equation():
    dual = disc(0.25)
    assert moment(dual, 0.1) == pytest.approx(1.49495, rel=4e-3)
    assert moment(dual, 1.0) == pytest.approx(0.33603, rel=4e-3)


@pytest.mark.exhaustive
def test_it_is_a_thousandth_off_at_2400_points():
    dual = disc(0.07)
    assert len(dual.volumes) < 3000
    assert moment(dual, 0.1) == pytest.approx(1.49495, rel=1e-3)
    assert moment(dual, 1.0) == pytest.approx(0.33603, rel=1e-3)
    assert moment(dual, 0.0) == pytest.approx(8 / 3, rel=1e-2)


@pytest.fixture(scope="module")
def ring():
    """A ring of mean radius 1 and width 0.1 with Λ far above its width."""
    dual = uniform_mesh(shapely.difference(circle(1.05, 0.05), circle(0.95, 0.05)), 0.05)
    return posed(dual, 10.0)


def test_a_ring_has_the_inductances_of_its_closed_forms(ring):
    (total,), (kinetic,) = (matrix[0] for matrix in ring.inductances)
    exact = VACUUM_PERMEABILITY * 10.0 * 2 * np.pi / np.log(1.05 / 0.95)
    assert kinetic == pytest.approx(exact, rel=2e-3)
    # A flat ribbon with a uniform current, but for terms of its width over its radius.
    flat = VACUUM_PERMEABILITY * (np.log(80) - 0.5)
    assert total - kinetic == pytest.approx(flat, rel=5e-3)


def test_a_fluxoid_drives_its_current(ring):
    total = ring.inductances[0][0, 0]
    stream = ring.stream(0.0, np.array([2]))
    assert ring.hole_currents(stream) == pytest.approx(2 * FLUX_QUANTUM / total, rel=1e-6, abs=0)
    centre = ring.dual.mesh.corners.mean(1)
    around = centre[:, 0] * ring.current(stream)[:, 1] - centre[:, 1] * ring.current(stream)[:, 0]
    assert (around > 0).all()
    assert ring.moment(stream) == pytest.approx(np.pi * 2 * FLUX_QUANTUM / total, rel=1e-2, abs=0)


def test_a_ring_in_a_field_is_driven_by_the_flux_through_its_middle(ring):
    assert ring.effective_areas() == pytest.approx(np.pi, rel=5e-3)
    current = ring.hole_currents(ring.stream(1e-3))
    assert current == pytest.approx(-1e-3 * ring.effective_areas() / ring.inductances[0][0, 0])
    # One flux quantum in the field that drives it flows without a current.
    field = FLUX_QUANTUM / ring.effective_areas()[0]
    least = ring.hole_currents(ring.stream(field, np.array([1])))
    assert abs(least) < 1e-9 * abs(ring.hole_currents(ring.stream(field)))


def test_two_holes_have_symmetric_mutual_inductance():
    film = box(-2, -1, 2, 1)
    for x in (-1, 1):
        film = film.difference(Point(x, 0).buffer(0.4, quad_segs=6))
    made = posed(uniform_mesh(film, 0.25), 0.3)
    total, kinetic = made.inductances
    assert len(made.holes) == 2
    assert total[0, 1] == pytest.approx(total[1, 0], rel=1e-12, abs=0)
    assert total[0, 0] == pytest.approx(total[1, 1], rel=1e-2)
    # The current of one returns through the bridge between them against that of the other.
    assert total[0, 1] < 0
    assert (np.linalg.eigvalsh(total - kinetic) > 0).all()


def test_all_scales_with_the_size_of_the_film():
    small, large = (posed(uniform_mesh(box(0, 0, s, s), 0.3 * s), 0.1 * s) for s in (1e-6, 1.0))
    moments = [each.moment(each.stream(1.0)) for each in (small, large)]
    assert moments[0] == pytest.approx(1e-18 * moments[1], rel=1e-6, abs=0)


def dense(mesh):
    """S of all pairs by the potential of one triangle at 3 points of the other, both ways."""
    corners, areas, count = mesh.corners, mesh.areas, len(mesh.areas)
    made = np.zeros((count, count))
    for shares in np.array([[4, 1, 1], [1, 4, 1], [1, 1, 4]]) / 6:
        at = np.einsum("k,tkc->tc", shares, corners)
        for j in range(count):
            made[:, j] += areas / 3 * potential(at, np.repeat(corners[j : j + 1], count, axis=0))
    return (made + made.T) / 2


@pytest.fixture(scope="module")
def graded():
    return disc(0.35)


def test_sums_by_a_grid_are_those_of_all_pairs(graded):
    mesh = graded.mesh
    exact, mutual = dense(mesh), Mutual(mesh)
    values = np.random.default_rng(4).normal(size=(len(mesh.areas), 2))
    assert np.abs(mutual(values) - exact @ values).max() < 2e-3 * np.abs(exact @ values).max()
    smooth = np.ones((len(mesh.areas), 1))
    assert mutual(smooth) == pytest.approx(exact @ smooth, rel=3e-4)
    # The grid took part.
    assert mutual(smooth) != pytest.approx(exact @ smooth, rel=1e-9)


def test_screening_by_a_grid_is_that_of_a_dense_matrix(graded):
    made, mesh = posed(graded, 0.1), graded.mesh
    along, magnetic = gradients(mesh), VACUUM_PERMEABILITY / (4 * np.pi) * dense(mesh)
    weights = VACUUM_PERMEABILITY * 0.1 * mesh.areas
    matrix = np.sum(
        [(part.T @ (magnetic + np.diag(weights))) @ part.toarray() for part in along], axis=0
    )
    rim = np.zeros(len(mesh.points), bool)
    rim[np.concatenate(graded.rims)] = True
    inner = np.flatnonzero(~rim)
    exact = np.zeros(len(mesh.points))
    exact[inner] = np.linalg.solve(matrix[np.ix_(inner, inner)], -graded.volumes[inner])
    assert made.stream(1.0) == pytest.approx(exact, abs=2e-4 * np.abs(exact).max())
    assert graded.volumes @ made.stream(1.0) == pytest.approx(graded.volumes @ exact, rel=1e-4)


def test_the_kernel_is_symmetric_and_positive():
    mutual = Mutual(uniform_mesh(box(0, 0, 2, 1), 0.3).mesh)
    matrix = mutual(np.eye(len(mutual.areas)))
    assert np.abs(matrix - matrix.T).max() < 1e-12 * matrix.max()
    assert np.linalg.eigvalsh(matrix).min() > 0


@pytest.mark.parametrize("at", [(0.3, 0.2), (1.5, 0.9), (-0.4, 0.1), (0.5, -2.0)])
def test_the_potential_of_a_triangle_is_its_integral(at):
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.2, 0.8]])
    # In polar coordinates about the point the integrand is the length of each ray within.
    angles = np.linspace(0, 2 * np.pi, 40001)[:-1]
    triangle = shapely.Polygon(corners)
    rays = [
        shapely.LineString([at, (at[0] + 9 * np.cos(a), at[1] + 9 * np.sin(a))])
        for a in angles[::20]
    ]
    lengths = shapely.length(shapely.intersection(np.array(rays, object), triangle))
    exact = lengths.mean() * 2 * np.pi
    assert potential(np.array([at]), corners[None]) == pytest.approx(exact, rel=2e-3)


def test_triangles_that_lie_apart_interact_by_their_spread():
    draw = np.random.default_rng(5)
    shares = np.sort(draw.random((2, 400, 2)), axis=2)
    shares = np.diff(shares, prepend=0.0, append=1.0, axis=2)
    one, other = np.array([[[0, 0], [1, 0], [0, 0.4]], [[3, 1], [4, 1.2], [3.4, 1.7]]], float)
    at, there = shares[0] @ one, shares[1] @ other
    apart = np.linalg.norm(at[:, None] - there, axis=-1)
    step = at.mean(0) - there.mean(0)
    spread = np.cov(at.T, bias=True) + np.cov(there.T, bias=True)
    found = _apart(step[None], spread[None])[0]
    assert found == pytest.approx((1 / apart).mean(), rel=1e-3)
    assert 1 / np.linalg.norm(step) != pytest.approx((1 / apart).mean(), rel=2e-3)


def test_more_points_than_fit_are_refused(monkeypatch):
    monkeypatch.setattr(screening, "MOST_POINTS", 10)
    with pytest.raises(SolveError, match=r"at most 10 points, but has one of \d+: give a larger"):
        posed(uniform_mesh(box(0, 0, 2, 1), 0.4), 0.1).stream(1.0)


@pytest.mark.exhaustive
def test_a_disc_of_twenty_thousand_points_is_closer_still():
    dual = disc(0.0165)
    assert len(dual.volumes) > 20_000
    assert moment(dual, 0.1) == pytest.approx(1.49495, rel=1e-4)
