"""The settled gap after a quench against its closed form and integral in high precision."""

import math

import jax
import mpmath as mp
import numpy as np
import pytest
from tests.model.compiled import compiled

from entrap.model import quench_gap, share_gap
from entrap.model.occupations import ChemicalPotential, EffectiveTemperature, Share

cold = compiled(quench_gap.settled_gap_cold)
settled = compiled(quench_gap.settled_gap)
slopes_of = compiled(
    jax.grad(lambda share, r, q: quench_gap.settled_gap(Share(share), r, q), argnums=(0, 1, 2))
)
largest = compiled(quench_gap.largest_quench)
cold_slope = compiled(jax.grad(quench_gap.settled_gap_cold))

LEFT = [
    Share(0.5),
    Share(1.0),
    pytest.param(ChemicalPotential(0.3), marks=pytest.mark.slow),
    pytest.param(EffectiveTemperature(0.7), marks=pytest.mark.slow),
]


def closed(v):
    """ln(Δ_f/Δ_i) as the published formulas give it, for a gap that shrinks and one that grows."""
    if v < 1:
        return -mp.sqrt((1 - v) / (1 + v)) * mp.acos(v)
    return mp.sqrt((v - 1) / (v + 1)) * mp.acosh(v)


def equation(v, occupied):
    """(v - 1) v ∫_0^∞ dξ (1 - 2f)/[E (ξ² + v²)], f a function of E/Δ_i."""

    def integrand(u):
        return (1 - 2 * occupied(mp.cosh(u))) / (mp.sinh(u) ** 2 + v * v)

    return (v - 1) * v * mp.quad(integrand, [0, v, 1, 3, 8, 40])


def exact_occupation(left, r):
    if isinstance(left, EffectiveTemperature):
        return lambda e: 1 / (mp.exp(r * e / mp.mpf(left.relative)) + 1)
    if isinstance(left, ChemicalPotential):
        return lambda e: 1 / (mp.exp(r * e) / mp.mpf(left.fugacity) + 1)
    return lambda e: mp.mpf(left.share) / (mp.exp(r * e) + 1)


@pytest.mark.parametrize(
    ("quench", "gap"),
    [(-1, 0.26118919058355), (-0.5, 0.57336525192522), (0.5, 1.5958359902659),
     (1, 2.4470755161365)],
)  # fmt: skip
def test_gap_of_the_table(quench, gap):
    assert float(cold(quench)) == pytest.approx(gap, rel=5e-14, abs=0)


@pytest.mark.parametrize(
    "quench", [-1.5707, -1.2, -0.3, -1e-3, -1e-9, 1e-12, 1e-6, 0.01, 0.7, 1.3, 1.5707]
)
def test_gap_from_the_ground_state_is_the_root_of_the_closed_form(quench):
    with mp.workdps(40):
        near = mp.mpf(float(cold(quench)))
        exact = mp.findroot(lambda v: closed(v) - mp.mpf(quench), (near, near * (1 + mp.mpf(1e-9))))
    assert float(cold(quench)) == pytest.approx(float(exact), rel=1e-13, abs=2e-16)


@pytest.mark.parametrize("left", LEFT, ids=lambda left: type(left).__name__)
def test_a_quench_that_changes_nothing_leaves_the_gap(left):
    assert float(cold(0.0)) == 1
    assert float(settled(left, 0.8, 0.0)) == pytest.approx(1, rel=1e-15)


def test_thresholds():
    limit = float(largest(Share(0.0), 1.0))
    assert math.exp(-limit) == pytest.approx(0.207879576, abs=5e-10)
    assert math.exp(limit) == pytest.approx(4.81047738, abs=5e-9)
    assert float(cold(-limit * (1 + 1e-12))) == 0
    assert 0 < float(cold(-limit * (1 - 1e-12))) < 1e-11
    assert math.isnan(float(cold(limit * (1 + 1e-12))))
    assert float(cold(limit * (1 - 1e-12))) == pytest.approx(3.911175662943, rel=1e-9)


@pytest.mark.parametrize("left", LEFT, ids=lambda left: type(left).__name__)
@pytest.mark.parametrize("r", [0.1, 4.0])
def test_thresholds_with_quasiparticles(left, r):
    limit = float(largest(left, r))
    with mp.workdps(20):
        assert limit == pytest.approx(float(-equation(mp.mpf("1e-9"), exact_occupation(left, r))))
    assert float(settled(left, r, -limit * (1 + 1e-9))) == 0
    assert 0 < float(settled(left, r, -limit * (1 - 1e-9))) < 1e-7
    assert math.isnan(float(settled(left, r, limit)))


@pytest.mark.parametrize("left", LEFT, ids=lambda left: type(left).__name__)
@pytest.mark.parametrize("r", [0.1, 4.0])
@pytest.mark.parametrize("part", [-0.99, -0.3, 0.9])
def test_gap_with_quasiparticles_solves_its_equation(left, r, part):
    quench = part * float(largest(left, r))
    found = float(settled(left, r, quench))
    with mp.workdps(20):
        exact = float(equation(mp.mpf(found), exact_occupation(left, r)))
    assert exact == pytest.approx(quench, rel=1e-13, abs=2e-15)


def test_without_quasiparticles_it_is_the_closed_form():
    for quench in np.linspace(-1.5, 1.5, 31):
        known = pytest.approx(float(cold(quench)), rel=1e-14, abs=0)
        assert float(settled(Share(0.0), 2.0, quench)) == known
        assert float(settled(Share(1.0), 60.0, quench)) == known


@pytest.mark.exhaustive
def test_a_small_quench_moves_the_gap_as_slowly_changed_couplings_do():
    """Stationary gaps: ln(Δ0'/Δ) = φ I(Δ/k_B T), f held fixed; 1 - 2f loses what a gap takes."""
    assert float(cold_slope(0.0)) == pytest.approx(1, rel=1e-14)
    with mp.workdps(20):
        occupied = exact_occupation(Share(0.5), 1.0)
        stiffness = mp.quad(
            lambda u: (1 - 2 * occupied(mp.cosh(u))) / mp.cosh(u) ** 2, [0, 1, 3, 8, 40]
        )
    assert float(slopes_of(0.5, 1.0, 0.0)[2]) == pytest.approx(float(1 / stiffness), rel=1e-12)


@pytest.mark.exhaustive
@pytest.mark.parametrize("point", [(0.5, 1.0, -0.2), (1.0, 0.7, 0.15), (0.2, 3.0, 1.2)])
def test_gradient_is_that_of_the_values(point, slope):
    for i, found in enumerate(slopes_of(*point)):

        def along(x, i=i):
            return float(settled(Share(x if i == 0 else point[0]), *(point[1:2] if i != 1 else (x,)),
                                 x if i == 2 else point[2]))  # fmt: skip

        assert float(found) == pytest.approx(slope(along, point[i]), rel=1e-8)


@pytest.mark.slow
def test_gradients_are_finite_everywhere():
    limit = math.pi / 2
    quenches = [-9.0, -limit, -limit * (1 - 1e-15), -0.1, 0.0, 1e-300, 1.0, limit, 9.0, 1e300]
    for quench in quenches:
        assert math.isfinite(float(cold_slope(quench)))
        for r in (1e-3, 1.0, 500.0):
            assert np.isfinite(slopes_of(1.0, r, quench)).all()


@pytest.mark.exhaustive
def test_blocks_and_single_points_agree():
    share, quench = np.meshgrid([0.1, 0.6, 1.0], np.linspace(-0.3, 0.3, 7))
    one_by_one = np.vectorize(lambda s, q: float(settled(Share(s), 1.3, q)))(share, quench)
    assert np.allclose(settled(Share(share), 1.3, quench), one_by_one, rtol=1e-13, atol=0)


def test_fewer_quasiparticles_leave_a_wider_gap():
    """After the same weakening of the coupling, by a fifth in ln Δ."""
    gaps = [float(settled(Share(share), 1.0, -0.2)) for share in np.linspace(0, 1, 11)]
    assert (np.diff(gaps) < 0).all()
    assert compiled(share_gap.blocking)(1.0) > 0.2  # so that taking all of them away outweighs it
