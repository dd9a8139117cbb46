"""The fast root of the functional's gap equation, against the slow one and mpmath."""

import jax
import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from entrap.core.constants import BCS_GAP_RATIO
from entrap.model import bcs_functional, mixed_gap
from entrap.solve.jit import quick_jit

fast, slow = quick_jit(mixed_gap.reduced_gap), quick_jit(bcs_functional.reduced_gap)
slopes = quick_jit(jax.vmap(jax.grad(mixed_gap.reduced_gap, (0, 1, 2, 3))))


def drawn(count=400, seed=3):
    rng = np.random.default_rng(seed)
    t = 10 ** rng.uniform(-1.3, 0.6, count)
    share = np.where(rng.random(count) < 0.3, 1.0, rng.random(count))
    share[:40] = 1 - 10 ** rng.uniform(-10, -1, 40)
    strength = 10 ** rng.uniform(-5, 1, count)
    strength[::10] = 0
    scale = np.where(rng.random(count) < 0.5, 1.0, rng.uniform(0.7, 1.6, count))
    return t, share, strength, scale


def test_it_is_the_root_that_the_search_over_all_finds():
    at = drawn()
    found, wanted = np.asarray(fast(*at)), np.asarray(slow(*at))
    seen = wanted > 0  # the search takes gaps below 3e-8 as closed
    assert_allclose(found[seen], wanted[seen], rtol=2e-12)
    assert (found[~seen] < 1e-7).all()
    assert seen.sum() > 250


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
        slope = (np.asarray(fast(*up)) - np.asarray(fast(*down)))[seen] / (2 * step * at[i][seen])
        assert_allclose(found[i][seen], slope, rtol=1e-5, atol=2e-8)


def test_limits():
    assert float(fast(0.04, 1.0, 1.0, 1.0)) == 1
    assert float(fast(1.5, 1.0, 0.5, 1.0)) == 0  # above T_c e^W(1/2) = 1.4215 T_c
    assert float(fast(1.42, 1.0, 0.5, 1.0)) > 0
    assert 0 < float(fast(2.0, 0.995, 0.0, 1.0)) < 1e-50
    assert float(fast(3.0, 1 - 1e-9, 0.0, 1.0)) == 0  # e^(-1e9), beyond all numbers
