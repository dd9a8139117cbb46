"""The gap and the screening that more quasiparticles leave: the integrals by the trapezoidal rule, and limits."""

import jax
import numpy as np
import pytest
from scipy.optimize import brentq
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO
from entrap.model import bcs, poisoning

equilibrium_of = compiled(bcs.reduced_gap)


@compiled
def of_equilibrium(t, x, dirtiness=0.0, scale=1.0):
    """The gap, the share and its slopes, and the share where that gap is given."""
    gap = poisoning.reduced_gap(t, x, scale)

    both = jax.value_and_grad(poisoning.superfluid_share, argnums=(0, 1, 2))
    found, slopes = both(t, x, dirtiness, scale)
    return gap, found, slopes, poisoning.superfluid_share(t, x, dirtiness, scale, gap)


def gap_of(t, x):
    return of_equilibrium(t, x)[0]


def share_of(t, x, dirtiness=0.0):
    return of_equilibrium(t, x, dirtiness)[1]


CASES = [(0.1, 1e-3), (0.1, 0.1), (0.3, 0.02), (0.6, 0.15), (0.8, 0.4)]  # T/T_c, x
XI, STEP = np.linspace(0, 80, 8001, retstep=True)


def fermi(energy):
    return np.exp(-energy) / (1 + np.exp(-energy))


def integral(function):
    """∫_0^∞ dξ of an even function without singularities near the axis, energies over k_B T."""
    values = function(XI)
    return STEP * (values.sum() - values[0] / 2)


def by_scipy(t, x):
    """Δ/k_B T and φ from the gap equation and the number of quasiparticles."""
    thermal = BCS_GAP_RATIO * float(equilibrium_of(t)) / t

    def over(gap, power):
        return integral(lambda xi: fermi(np.hypot(xi, gap)) / np.hypot(xi, gap) ** power)

    def factor(gap):
        return x * thermal / (2 * over(gap, 0))

    def excess(gap):
        return np.log(thermal / gap) - 2 * factor(gap) * over(gap, 1) + 2 * over(thermal, 1)

    # The largest root: from the gap without quasiparticles down.
    grid = thermal * np.linspace(1.05, 0.1, 400)
    signs = [excess(g) for g in grid]
    first = next(i for i in range(1, len(grid)) if signs[i] * signs[i - 1] < 0)
    gap = float(np.asarray(brentq(excess, grid[first], grid[first - 1], rtol=1e-13)))
    return gap, factor(gap)


def test_a_gap_that_is_known_leaves_the_share_as_it_is():
    for t, x in [*CASES, (0.5, 1.0)]:  # the last has no gap
        _, found, _, given = map(np.asarray, of_equilibrium(t, x, 0.7, 1.1))
        assert given == pytest.approx(found, rel=1e-13, abs=0)
        assert found > 0.1 if x < 1 else found == 0


@pytest.mark.parametrize(("t", "x"), CASES)
def test_gap_and_clean_and_dirty_shares_are_their_integrals(t, x):
    gap, factor = by_scipy(t, x)
    reduced = gap * t / BCS_GAP_RATIO
    assert float(gap_of(t, x)) == pytest.approx(reduced, rel=1e-9)

    def slope(xi):
        f = fermi(np.hypot(xi, gap))
        return f * (1 - f)

    clean = 1 - 2 * factor * integral(slope)
    assert float(share_of(t, x)) == pytest.approx(max(clean, 0), abs=2e-8)
    dirty = reduced * (1 - 2 * factor * fermi(gap))
    assert float(share_of(t, x, 1e9)) == pytest.approx(max(dirty, 0), abs=1e-7)


@pytest.mark.parametrize("t", [0.3, 0.6, 0.9])
def test_as_many_as_in_equilibrium_leave_the_gap_and_the_screening_of_equilibrium(t):
    gap = BCS_GAP_RATIO * float(equilibrium_of(t)) / t
    x = 2 * integral(lambda xi: fermi(np.hypot(xi, gap))) / gap
    assert float(gap_of(t, x)) == pytest.approx(float(equilibrium_of(t)), rel=1e-9)
    yosida = 1 - 2 * integral(lambda xi: fermi(np.hypot(xi, gap)) * fermi(-np.hypot(xi, gap)))
    assert float(share_of(t, x)) == pytest.approx(yosida, abs=2e-8)


def test_few_in_the_cold_narrow_the_gap_by_their_share():
    t, x = 0.02, 1e-4
    assert (1 - float(gap_of(t, x))) / x == pytest.approx(1, abs=t / BCS_GAP_RATIO)


def test_too_many_leave_no_gap_and_nothing_that_screens():
    assert float(gap_of(0.3, 0.9)) == float(share_of(0.3, 0.9)) == 0.0
    assert float(gap_of(1.2, 0.1)) == float(share_of(1.2, 0.1)) == 0.0


def test_gradients_are_those_of_the_values_and_finite_where_nothing_is_left():
    at, step = np.array([0.4, 0.05, 0.7]), 1e-6
    found = np.array(of_equilibrium(*at)[2])
    for i in range(3):
        up, down = (float(share_of(*(at + sign * step * (np.arange(3) == i)))) for sign in (1, -1))
        assert found[i] == pytest.approx((up - down) / (2 * step), rel=1e-5)
    for t, x, rho in ((0.3, 0.9, 0.0), (1.2, 0.1, 1.0), (0.02, 0.0, 0.0), (0.0, 0.0, 0.0)):
        assert np.isfinite(of_equilibrium(t, x, rho)[2]).all()
