"""Screening against sums over frequencies and integrals over pairs of states in high precision."""

import math

import jax
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from tests.model.compiled import compiled
from tests.model.interpolants import gauss_rule

from entrap.model import response, share_gap

share_of = compiled(response.equilibrium_share)
ground_of = compiled(response.ground_state_share)
ground_slope = compiled(jax.grad(response.ground_state_share))
paired_share = compiled(share_gap.paired_share)
RATIOS = (1e-5, 0.01, 0.5, 0.99, 1.01, 2.0, 5.0, 10.0, 17.0, 30.0, 100.0)
BROADENINGS = (0.0, 0.01, 1.0, 19.9)


def by_frequencies(r, b):
    """2π r² Σ 1/[s² (s + γ)]."""
    r, b = mp.mpf(r), mp.mpf(b)

    def term(n):
        s = mp.sqrt(((2 * n + 1) * mp.pi) ** 2 + r * r)
        return 2 * mp.pi * r * r / (s * s * (s + b))

    return mp.nsum(term, [0, mp.inf], method="e")


def by_energies(r, b):
    """∫ dξ [Δ tanh(Δ/2) - (Δ²/E) tanh(E/2)]/(ξ² + γ²)."""
    r, b = mp.mpf(r), mp.mpf(b)

    def integrand(x):
        energy = mp.sqrt(x * x + r * r)
        return r * r * (mp.tanh(r / 2) / r - mp.tanh(energy / 2) / energy) / (x * x + b * b)

    return mp.quad(integrand, [0, r, 1, 5, 20, b, 10 * b, 100 * b, mp.inf])


@pytest.mark.parametrize("r", RATIOS)
@pytest.mark.parametrize("b", BROADENINGS)
def test_equilibrium_is_the_sum_over_frequencies(r, b):
    with mp.workdps(20):
        exact = float(by_frequencies(r, b))
    assert float(share_of(r, b)) == pytest.approx(exact, rel=1e-14, abs=0)


@pytest.mark.parametrize("r", [1e-4, 0.01, 0.5, 3.0])
@pytest.mark.parametrize("b", [21.0, 100.0, 1e4])
def test_equilibrium_of_a_dirty_sample_is_the_integral_over_energies(r, b):
    with mp.workdps(25):
        exact = float(by_energies(r, b))
    assert float(share_of(r, b)) == pytest.approx(exact, rel=1e-14, abs=0)


@pytest.mark.parametrize("g", [0, 1e-9, 1e-3, 0.2, 0.499, 0.5, 0.9, 1, 1.00001, 1.5, 5, 100, 1e4])
def test_ground_state_is_its_integral(g):
    with mp.workdps(30):
        exact = mp.quad(
            lambda x: (1 - 1 / mp.sqrt(1 + x * x)) / (x * x + mp.mpf(g) ** 2),
            [mp.mpf(10) ** -12, mp.mpf(g) + mp.mpf(10) ** -9, 1, 10, mp.inf],
        )
    assert float(ground_of(float(g))) == pytest.approx(float(exact), rel=1e-11 if g else 1e-9)


def test_ground_state_is_the_closed_form():
    for g in (0.3, 0.7):
        closed = (math.pi / 2 - math.acos(g) / math.sqrt(1 - g * g)) / g
        assert float(ground_of(g)) == pytest.approx(closed, rel=1e-14)
    for g in (1.7, 30.0):
        closed = (math.pi / 2 - math.acosh(g) / math.sqrt(g * g - 1)) / g
        assert float(ground_of(g)) == pytest.approx(closed, rel=1e-14)


@pytest.mark.parametrize("r", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("b", [0.4, 2.5])
def test_equilibrium_follows_from_pairs_of_states(r, b):
    """Second-order perturbation theory: exact states of the metal, coupled as a Lorentzian.

    1 - n_s/n = ∫∫ dξ dξ' w(ξ - ξ') L, w of half width 2γ; L of the normal state adds up to 1.
    """

    def fermi(e):
        return 1 / (1 + math.exp(min(e, 700.0)))

    def response_of(one, other, gap):
        e, f = math.hypot(one, gap), math.hypot(other, gap)
        if e == 0 or f == 0:
            return 0.0
        coherence = (one * other + gap * gap) / (e * f)
        scatter = (fermi(e) - fermi(f)) / (f - e) if abs(f - e) > 1e-6 else (
            fermi(e) * (1 - fermi(e)))  # fmt: skip
        break_ = (1 - fermi(e) - fermi(f)) / (e + f)
        return 0.5 * (1 + coherence) * scatter + 0.5 * (1 - coherence) * break_

    def along(width):
        # ξ = s - w/2, ξ' = s + w/2
        def difference(s):
            one, other = s - width / 2, s + width / 2
            return response_of(one, other, 1e-9) - response_of(one, other, r)

        points = [0, width / 2]
        inner = quad(difference, 0, 30 + width, points=points, limit=300, epsabs=1e-9)[0]
        tail = quad(difference, 30 + width, math.inf, epsabs=1e-10)[0]
        return 2 * (inner + tail)

    def weighted(angle):
        return along(2 * b * math.tan(angle)) / math.pi

    total = 2 * quad(weighted, 1e-6, math.pi / 2 - 1e-6, epsabs=1e-6, limit=60)[0]
    assert float(share_of(r, b)) == pytest.approx(total, rel=2e-4)


def test_the_rule_over_frequencies_is_that_of_its_moments():
    with mp.workdps(120):
        powers = range(3, 3 + 2 * len(response._NODES))
        moments = [2 * (1 - mp.mpf(2) ** -s) * mp.zeta(s) / mp.pi ** (s - 1) for s in powers]
        nodes, weights = gauss_rule(moments)
    assert nodes == list(response._NODES)
    assert weights == list(response._WEIGHTS)


def test_clean_is_one_less_yosida_and_dirty_is_gap_times_unblocked():
    for r in np.geomspace(1e-6, 100.0, 60):
        clean = float(share_of(r, 0.0))
        assert clean == pytest.approx(float(paired_share(r)), rel=3e-15, abs=0)
        dirty = math.pi * r / 2e12 * math.tanh(r / 2)
        assert float(share_of(r, 1e12)) == pytest.approx(dirty, rel=1e-8, abs=0)


@given(st.floats(1e-6, 100), st.floats(0, 100), st.floats(0.01, 1))
def test_dirt_and_heat_take_screening_away(r, b, more):
    assert 0 <= float(share_of(r, b + more)) <= float(share_of(r, b)) <= 1
    assert float(share_of(r * (1 + more), b)) >= float(share_of(r, b)) * (1 - 1e-14)


@pytest.mark.exhaustive
def test_gradients_are_finite_and_right(slope):
    both = compiled(jax.value_and_grad(response.equilibrium_share, argnums=(0, 1)))

    def slopes(r, b):
        return both(r, b)[1]

    def share_of(r, b):
        return both(r, b)[0]

    for r in (0.0, 1e-9, 0.5, 1.0, 1e3):
        for b in (0.0, 1e-9, 1.0, 20.0, 1e6):
            assert np.isfinite([float(x) for x in slopes(r, b)]).all(), (r, b)
    for r, b in ((0.5, 2.0), (2.0, 0.3), (3.0, 5.0)):
        by_r, by_b = (float(x) for x in slopes(r, b))
        assert by_r == pytest.approx(slope(lambda x, b=b: float(share_of(x, b)), r), rel=1e-9)
        assert by_b == pytest.approx(slope(lambda x, r=r: float(share_of(r, x)), b), rel=1e-9)
    # h falls as 1 - π g/4
    assert float(ground_slope(0.0)) == pytest.approx(-math.pi / 4)
