"""The gap at a share of the quasiparticles against the gap equation in high precision."""

import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO
from entrap.model import bcs, share_gap

both_of = compiled(jax.value_and_grad(share_gap.reduced_gap, argnums=(0, 1)))
block_of = compiled(share_gap.reduced_gap)


def gap_of(t, share):
    return both_of(t, share)[0]


def slopes_of(t, share):
    return both_of(t, share)[1]


second_of = compiled(jax.hessian(share_gap.reduced_gap, argnums=(0, 1)))
paired_of, blocking_of = map(compiled, (share_gap.paired_share, share_gap.blocking))
bcs_gap = compiled(bcs.reduced_gap)
guess_of = compiled(
    lambda t, share: share_gap._guess(-jnp.log(t), t, jnp.maximum(1 - share, 1e-20), share)
)


def zero():
    """Δ0/k_B T_c, to the digits set."""
    return mp.pi * mp.exp(-mp.euler)


def thermal(function, r):
    """∫ of a function of r cosh u over u > 0: the trapezoidal rule, good to the digits set."""
    nats = mp.log(10) * (mp.mp.dps + 5)
    step = mp.pi**2 / nats / mp.sqrt(max(r / 4, 1))
    steps = range(1, int(mp.acosh(1 + nats / r) / step) + 2)
    return step * (function(r) / 2 + mp.fsum(function(r * mp.cosh(step * k)) for k in steps))


def exact_blocking(r):
    return 2 * thermal(lambda y: 1 / (mp.exp(y) + 1), r)


def exact_yosida(r):
    return thermal(lambda y: y / 2 * mp.sech(y / 2) ** 2, r)


def exact_gap(t, share, near):
    """Root of ln Δ/Δ0 = -2φ ∫ f(E)/E dξ by the secant rule, from near it."""
    start = mp.log(mp.mpf(near) / t)

    def equation(length):
        return length + share * exact_blocking(zero() * mp.exp(length)) + mp.log(t)

    return mp.exp(mp.findroot(equation, (start, start + mp.mpf("1e-6")), tol=1e-45)) * t


@pytest.mark.parametrize(
    ("t", "share", "gap"),
    [(0.9, 0.9, 0.64702323524421), (0.9, 0.5, 0.8623756776259), (0.5, 0.5, 0.98008663925779),
     (1.2, 0.5, 0.74155351608233)],
)  # fmt: skip
def test_gap_of_the_table(t, share, gap):
    assert float(gap_of(t, share)) == pytest.approx(gap, rel=1e-13, abs=0)


def points():
    """Over the whole domain, and crowded where T → T_c and φ → 1."""
    rng = np.random.default_rng(5)
    return np.concatenate(
        [
            np.stack([rng.uniform(0.05, 3.5, 15), rng.uniform(0, 1, 15)], 1),
            np.stack([rng.uniform(0.05, 3.5, 8), 1 - 10 ** rng.uniform(-9, -1, 8)], 1),
            np.stack([1 + 10 ** rng.uniform(-9, -1, 10) * rng.choice([-1, 1], 10),
                      1 - 10 ** rng.uniform(-9, -1, 10)], 1),
            [[0.0461, 0.9], [1.0, 0.5], [1.0, 1 - 1e-12], [0.6065, 0.7], [0.6066, 0.7],
             [30.0, 0.3], [1e3, 0.5], [2.0, 1e-9], [0.95, 1.0]],
        ]
    )  # fmt: skip


@pytest.mark.parametrize(("t", "share"), points())
def test_gap_solves_the_gap_equation(t, share):
    found = float(gap_of(t, share))
    if found < 1e-280:  # closes faster than numbers can tell
        assert share * math.log(t) / (1 - share) > 600
        return
    with mp.workdps(30):
        exact = exact_gap(mp.mpf(t), mp.mpf(share), found)
        ratio = zero() * exact / t
        stiff = 1 - share * exact_yosida(ratio)
        by_t = -share * exact_yosida(ratio) / stiff * exact / t
        by_share = -exact_blocking(ratio) / stiff * exact
    # A gap of e^-L has L roundings.
    assert found == pytest.approx(float(exact), rel=1e-14 + 4e-16 * abs(math.log(found)), abs=0)
    slopes = [float(x) for x in slopes_of(t, share)]
    assert slopes == pytest.approx([float(by_t), float(by_share)], rel=1e-11, abs=1e-290)


def test_guess_leaves_halley_little_to_do():
    t, share = np.meshgrid(np.geomspace(0.05, 3, 100), 1 - np.geomspace(1e-12, 0.999, 100))
    gap = np.asarray(block_of(t, share))
    some = gap > 1e-200
    length = np.log(gap[some] / t[some])
    assert np.abs(np.asarray(guess_of(t, share))[some] - length).max() < 0.03


def test_all_of_them_is_bcs_and_none_is_no_blocking():
    t = np.concatenate([np.linspace(0, 1.5, 301), 1 - np.geomspace(1e-15, 0.1, 30)])
    plain = [float(bcs_gap(x)) for x in t]
    assert np.allclose([gap_of(x, 1.0) for x in t], plain, rtol=3e-15, atol=0)
    assert np.allclose([gap_of(x, 0.0) for x in t], 1, rtol=1e-15, atol=0)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.8])
def test_far_above_critical_the_gap_is_a_power_of_temperature(share):
    t = 1e8 ** (1 - share)
    assert float(gap_of(t, share)) == pytest.approx(t ** (-share / (1 - share)), rel=1e-12, abs=0)


@given(st.floats(0, 5), st.floats(0, 1), st.floats(0, 1))
def test_gap_falls_with_temperature_and_with_the_share(t, one, other):
    low, high = sorted((one, other))
    assert 0 <= float(gap_of(t, high)) <= float(gap_of(t, low)) * (1 + 1e-14) <= 1 + 2e-14
    assert float(gap_of(t * 1.01, one)) <= float(gap_of(t, one)) * (1 + 1e-14)


def test_gradients_are_finite_everywhere():
    t = np.array([-1.0, 0.0, 1e-300, 0.046, 0.0461, 0.5, 1 - 1e-15, 1.0, 1 + 1e-15, 9.0, 1e300])
    share = np.array([0.0, 1e-300, 0.5, 1 - 1e-15, 1.0])
    grid = np.meshgrid(t, share)
    for slope in np.vectorize(slopes_of, otypes=[float, float])(*grid):
        assert np.isfinite(slope).all()


@pytest.mark.exhaustive
@pytest.mark.parametrize(("t", "share"), [(0.5, 0.7), (0.99, 0.99), (1.3, 0.6)])
def test_second_derivatives_are_those_of_the_first(t, share, slope):
    hessian = second_of(t, share)
    for i in (0, 1):
        along_t = slope(lambda x, i=i: float(slopes_of(x, share)[i]), t, 1e-4)
        along_share = slope(lambda x, i=i: float(slopes_of(t, x)[i]), share, 1e-4)
        assert float(hessian[i][0]) == pytest.approx(along_t, rel=1e-6, abs=0)
        assert float(hessian[i][1]) == pytest.approx(along_share, rel=1e-6, abs=0)


def test_more_than_in_equilibrium_is_not_answered():
    assert math.isnan(float(gap_of(0.5, 1.0001)))


@pytest.mark.parametrize("r", [1e-9, 1e-3, 1.19, 1.21, 3.0, 30.0])
def test_paired_share_and_blocking_against_quadrature(r):
    with mp.workdps(40):
        paired = float(1 - exact_yosida(mp.mpf(r)))
        blocked = float(exact_blocking(mp.mpf(r)))
    assert float(paired_of(r)) == pytest.approx(paired, rel=2e-15, abs=0)
    assert float(blocking_of(r)) == pytest.approx(blocked, rel=1e-14, abs=0)


def interpolant(function, count):
    """Coefficients of the polynomial through the values at the zeros of a Chebyshev polynomial."""
    zeros = [mp.cos(mp.pi * (j + mp.mpf(1) / 2) / count) for j in range(count)]
    powers = mp.matrix([[x**k for k in range(count)] for x in zeros])
    return [float(c) for c in mp.lu_solve(powers, mp.matrix([function(x) for x in zeros]))]


def test_coefficients_are_those_of_exact_values():
    def near(function):
        def scaled(u):
            square = (u + 1) / 2 * mp.mpf(share_gap._JOIN) ** 2
            return function(mp.sqrt(square)) / square

        return scaled

    def far(function):
        end, join, bend = (mp.mpf(x) for x in (share_gap._END, share_gap._JOIN, share_gap._BEND))
        low, high = 1 / (end + bend), 1 / (join + bend)
        return lambda x: function(1 / (low + (high - low) * (x + 1) / 2) - bend)

    def bend(r):
        return -r * mp.diff(exact_yosida, r)

    with mp.workdps(40):
        for name, function in {
            "NEAR": near(lambda r: mp.log(r / zero()) + exact_blocking(r)),
            "NEAR_SLOPE": near(lambda r: 1 - exact_yosida(r)),
            "NEAR_BEND": near(bend),
            "FAR": far(lambda r: exact_blocking(r) * mp.exp(r) * mp.sqrt(r)),
            "FAR_SLOPE": far(lambda r: exact_yosida(r) * mp.exp(r) / mp.sqrt(r)),
            "FAR_BEND": far(lambda r: bend(r) * mp.exp(r) / r ** mp.mpf(1.5)),
        }.items():
            kept = getattr(share_gap, f"_{name}")
            assert np.allclose(interpolant(function, len(kept)), kept, rtol=0, atol=1e-15), name


def test_blocks_and_single_points_agree():
    t, share = np.meshgrid(np.geomspace(0.05, 3, 100), np.linspace(0, 1, 100))
    some = slice(None, None, 5), slice(None, None, 5)
    one_by_one = np.vectorize(gap_of, otypes=[float])(t[some], share[some])
    assert np.allclose(block_of(t, share)[some], one_by_one, rtol=1e-14, atol=0)
    assert float(BCS_GAP_RATIO) == pytest.approx(float(zero()), rel=1e-15)
