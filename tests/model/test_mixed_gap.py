"""The fast root of the functional's gap equation, against the search for all roots and mpmath."""

import jax
import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import lambertw
from tests.model.compiled import in_blocks

from entrap.core.constants import BCS_GAP_RATIO
from entrap.model import bcs_functional, mixed_gap

fast, slow = in_blocks(mixed_gap.single_gap), in_blocks(bcs_functional.reduced_gap)
excess, energy = map(in_blocks, (bcs_functional.excess, bcs_functional.free_energy))
every = in_blocks(mixed_gap.reduced_gap)
slopes = in_blocks(jax.vmap(jax.grad(mixed_gap.single_gap, (0, 1, 2, 3))))
rises = in_blocks(jax.grad(lambda t, share, g: mixed_gap.reduced_gap(t, share, g).sum(), 2))
around = in_blocks(mixed_gap._around)


def drawn(count=400, seed=3, most=1):
    rng = np.random.default_rng(seed)
    t = 10 ** rng.uniform(-1.3, 0.6, count)
    share = np.where(rng.random(count) < 0.3, 1.0, rng.random(count))
    share[:40] = 1 - 10 ** rng.uniform(-10, -1, 40)
    strength = 10 ** rng.uniform(-5, most, count)
    strength[::10] = 0
    scale = np.where(rng.random(count) < 0.5, 1.0, rng.uniform(0.7, 1.6, count))
    return t, share, strength, scale


@pytest.mark.parametrize("most", [1, 6])  # the largest G: 1e6 is a sample of small a
def test_it_is_the_root_that_the_search_over_all_finds(most):
    at = drawn(most=most)
    found, wanted = np.asarray(fast(*at)), np.asarray(slow(*at))
    seen = wanted > 0  # the search takes gaps below 3e-8 as closed
    # Rounding of the entropy's slope, which is exponentially small, counts G/t times.
    allowed = (2e-12 + 3e-16 * at[2] / at[0])[seen]
    assert (np.abs(found[seen] / wanted[seen] - 1) < allowed).all()
    assert (found[~seen] < 1e-7).all()
    assert seen.sum() > 250


@pytest.mark.parametrize(
    ("t", "share", "strength", "wanted"),
    [
        (0.9, 1.0, 0.5, 0.99355030201266),
        (1.3, 1.0, 0.5, 0.57319659739978),
        (0.9, 0.7, 0.2, 0.9175593136641),
        (1.2, 0.5, 0.3, 0.9398896885099),
        (0.8, 1.0, 0.0, 0.71104304238621),
    ],
)
def test_it_is_that_of_the_table(t, share, strength, wanted):
    assert float(fast(t, share, strength, 1.0)) == pytest.approx(wanted, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    ("t", "share", "strength"),
    [(0.9, 1.0, 0.5), (1.1, 1.0, 0.5), (0.5, 0.3, 3.0), (1.4215, 1.0, 0.5), (3.0, 0.9, 0.1)],
)
def test_it_obeys_the_equation_in_high_precision(t, share, strength):
    delta = float(fast(t, share, strength, 1.0))
    with mp.workdps(25):
        ratio = mp.mpf(BCS_GAP_RATIO) * delta / mp.mpf(t)

        def excited(x):
            energy = mp.sqrt(x * x + ratio * ratio)
            return 2 / (energy * (mp.exp(energy) + 1))

        def bent(x):  # -dY/dr, Y = 2 ∫ (-∂f/∂E)
            energy = mp.sqrt(x * x + ratio * ratio)
            f = 1 / (mp.exp(energy) + 1)
            return 2 * f * (1 - f) * (1 - 2 * f) * ratio / energy

        breaks = sorted([0, ratio, 1, 5, 80])
        blocked = mp.quad(excited, breaks)
        stiffness = 2 * mp.pi**2 / (7 * mp.zeta(3)) * mp.quad(bent, breaks) / ratio
        stiffness = stiffness / mp.mpf(t) ** 2
        excess = mp.log(delta) + share * blocked - mp.mpf(strength) * t * stiffness
    assert abs(float(excess)) < 1e-11


@pytest.mark.exhaustive
def test_gradients_are_finite_and_those_of_the_values():
    at = np.array(drawn(60, 5))
    found = np.asarray(slopes(*at))
    assert np.isfinite(found).all()
    value = np.asarray(fast(*at))
    step, open_ = 1e-3, (value > 1e-3) & (at[1] < 1 - 1e-4)
    for i in range(4):
        up, down = at.copy(), at.copy()
        up[i] *= 1 + step
        down[i] *= 1 - step
        seen = open_ & (at[i] > 0)
        slope = (np.asarray(slow(*up)) - np.asarray(slow(*down)))[seen] / (2 * step * at[i][seen])
        assert_allclose(found[i][seen], slope, rtol=1e-5, atol=2e-8)


def near_where_it_closes():
    """Within 1e-2 to 1e-12 of T̃_c, where the gap is small and Newton's steps are in danger."""
    strength = np.geomspace(1e-6, 10, 60)
    critical = np.exp(lambertw(strength).real)
    off = np.geomspace(1e-2, 1e-12, 41)[:, None]
    t = critical * (1 - off)
    return t, np.ones_like(t), np.broadcast_to(strength, t.shape), np.ones_like(t)


def test_where_it_closes_it_still_obeys_the_equation():
    at = near_where_it_closes()
    delta = np.asarray(fast(*at))
    assert (delta > 0).all()
    rest = np.asarray(excess(np.log(delta / at[0]), *at))
    # In L the equation's slope is the order of δ²: a rest of so little is a root.
    assert (np.abs(rest) < 3e-15 * (1 + at[2])).all()
    assert (np.asarray(fast(at[0] * 1.02, *at[1:])) == 0).all()


def test_steps_begin_close_to_the_root():
    at = drawn(4000, 9, 6)
    delta = np.asarray(fast(*at))
    seen = (delta > 1e-200) & (at[0] > 0.046)
    root = np.log(delta[seen] / at[0][seen])
    low, start, high = (np.asarray(x)[seen] for x in around(*at))
    assert (low < root).all()
    assert (root < high).all()
    assert -2.1 < (start - root).min()
    assert (start - root).max() < 0.01


@pytest.mark.slow
def test_a_gap_that_jumps_is_found_where_there_may_be_one():
    t, strength = np.linspace(0.2, 0.95, 26), -0.3
    found = np.asarray(every(t, 1.0, strength, 1.0))
    assert_allclose(found, slow(t, 1.0, strength, 1.0), rtol=1e-12)
    open_ = found > 0
    assert open_[0]
    assert not open_[-1]
    assert found[open_].min() > 0.1  # a jump
    grid = np.concatenate([found[None], np.linspace(0, 1.1, 201)[:, None] + 0 * t])
    energies = np.asarray(energy(t, grid, 1.0, strength, 1.0))
    assert (energies[0] <= energies.min(0) + 1e-12).all()


@pytest.mark.slow
def test_points_that_need_a_search_leave_the_others_alone():
    t, share = np.array([0.9, 0.9, 0.5]), np.array([1.0, 0.8, 1.01])
    strength = np.array([0.5, -0.05, 0.0])
    found = np.asarray(every(t, share, strength, 1.0))
    single = np.asarray(fast(t, share, strength, 1.0))
    assert found[0] == single[0]
    assert np.isnan(single[1:]).all()
    assert_allclose(found[1:], np.asarray(slow(t, share, strength, 1.0))[1:], rtol=1e-12)


@pytest.mark.exhaustive
def test_the_search_has_slopes_too():
    slope = np.asarray(rises(np.array([0.9, 0.9]), np.array([1.0, 0.8]), np.array([0.5, -0.05])))
    assert np.isfinite(slope).all()
    assert (slope > 0).all()


def test_limits():
    assert float(fast(0.04, 1.0, 1.0, 1.0)) == 1
    assert float(fast(1.5, 1.0, 0.5, 1.0)) == 0  # above T_c e^W(1/2) = 1.4215 T_c
    assert float(fast(1.42, 1.0, 0.5, 1.0)) > 0
    assert 0 < float(fast(2.0, 0.995, 0.0, 1.0)) < 1e-50
    assert float(fast(3.0, 1 - 1e-9, 0.0, 1.0)) == 0  # e^(-1e9), beyond all numbers
