"""Lifetimes against Kaplan's integrals over phonon energies, their cold forms and published values."""

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import zeta
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN, ELEMENTARY_CHARGE
from entrap.model import bcs, lifetimes

TC = 1.2
UNIT = BOLTZMANN * TC
MICRO = 1e-6 * ELEMENTARY_CHARGE


def make(electron_phonon_time=438e-9, critical_temperature=TC, states=1.0735e47, trapping=1.0):
    """Al."""
    return lifetimes.Phonons(electron_phonon_time, critical_temperature, states, trapping)


recombination = compiled(lifetimes.recombination_rate)
absorption = compiled(lifetimes.absorption_rate)
emission = compiled(lifetimes.emission_rate)


def fermi(y):
    return math.exp(-y) / (1 + math.exp(-y))


def bose(y):
    return math.exp(-y) / -math.expm1(-y)


def integral(function, breaks):
    """Piece by piece."""
    pieces = itertools.pairwise(breaks)
    return sum(quad(function, *piece, epsabs=0, epsrel=1e-12, limit=200)[0] for piece in pieces)


def kaplan_recombination(delta, t):
    """τ_0/τ_r for Δ and T over k_B T_c, by Kaplan's integral in Ω = 2Δ + v²."""

    def integrand(v):
        w = 2 * delta + v * v
        e = w - delta
        states = 2 * e / math.sqrt(e + delta)  # N(e) dΩ/dv
        return w**2 * states * (1 + delta / e) * (bose(w / t) + 1) * fermi(e / t)

    top = math.sqrt(45 * t)
    edge = min(math.sqrt(delta), top / 4)
    return integral(integrand, [0, edge / 4, edge, top / 3, top]) / (1 - fermi(delta / t))


def kaplan_absorption(delta, t):
    """τ_0/τ_a for Δ and T over k_B T_c, by Kaplan's integral in Ω = v²."""

    def integrand(v):
        w = v * v
        e = w + delta
        states = 2 * e / math.sqrt(e + delta)
        return w**2 * states * (1 - delta / e) * bose(w / t) * (1 - fermi(e / t))

    top = math.sqrt(45 * t)
    edge = min(math.sqrt(delta), top / 4)
    return integral(integrand, [1e-9, edge / 4, edge, top / 3, top]) / (1 - fermi(delta / t))


CASES = [
    (1.764, 0.05),
    (1.764, 0.3),
    (1.5, 0.6),
    (0.9, 0.9),
    (0.1, 0.999),
    (1e-3, 1.0),
    (1e-7, 1.0),
]


@pytest.mark.parametrize(("delta", "t"), CASES)
def test_rates_at_the_edge_are_kaplans_integrals(delta, t):
    slowed = make(trapping=3.0)
    rate = float(recombination(slowed, delta * UNIT, t * TC)) * 438e-9 * 3
    assert rate == pytest.approx(kaplan_recombination(delta, t), rel=2e-11, abs=0)
    rate = float(absorption(slowed, delta * UNIT, t * TC)) * 438e-9
    assert rate == pytest.approx(kaplan_absorption(delta, t), rel=2e-11, abs=0)


@pytest.mark.parametrize(
    ("t", "recombined", "absorbed"),
    [(0.05, -0.018, 0.023), (0.1, -0.035, 0.045), (0.2, -0.070, 0.086), (0.3, -0.105, 0.12),
     (0.5, -0.18, 0.17)],
)  # fmt: skip
def test_cold_forms_are_off_by_what_the_table_says(t, recombined, absorbed):
    at = make(), 1.764 * UNIT, t * TC
    low = float(lifetimes.recombination_rate_cold(*at) / recombination(*at)) - 1
    assert low == pytest.approx(recombined, abs=5e-4 if t < 0.5 else 5e-3)
    high = float(lifetimes.absorption_rate_cold(*at) / absorption(*at)) - 1
    assert high == pytest.approx(absorbed, abs=6e-4 if t < 0.3 else 5e-3)


def test_absorption_in_aluminium_of_the_table():
    temperatures = np.array([0.02, 0.05, 0.1, 0.15, 0.2])
    rates = absorption(make(), BCS_GAP_RATIO * UNIT, temperatures)
    expected = np.array([2.7, 66, 733, 2980, 8020])
    assert np.all(np.abs(rates - expected) < [0.05, 0.5, 0.6, 5, 5])


def test_without_a_gap_electrons_scatter_as_in_a_normal_metal():
    """∫ Ω² [n + 1] f dΩ and ∫ Ω² n [1 - f] dΩ, over 1 - f(0) = ½, at T = T_c: 7/2 ζ(3) each."""
    by_hand = integral(lambda w: 2 * w**2 * (bose(w) + 1) * fermi(w), [1e-12, 1, 10, 60])
    assert by_hand == pytest.approx(3.5 * float(zeta(3)), rel=2e-11, abs=0)
    for rate in (recombination, absorption):
        found = float(rate(make(), 0.0, TC)) * 438e-9
        assert found == pytest.approx(by_hand, rel=2e-11, abs=0)


@pytest.mark.parametrize("t", [0.05, 0.3])
def test_cold_recombination_rate_is_the_constant_times_the_cold_density(t):
    phonons, gap = make(trapping=8.0), 1.764 * UNIT
    cold = bcs.quasiparticle_density_cold(gap, t * TC, 1.0735e47)
    found = float(lifetimes.recombination_constant(phonons, gap) * cold)
    rate = float(lifetimes.recombination_rate_cold(phonons, gap, t * TC))
    assert found == pytest.approx(rate, rel=1e-13, abs=0)
    generated = float(lifetimes.thermal_generation(phonons, gap, t * TC))
    pairs = 2 * 1.0735e47 * gap
    assert generated * pairs == pytest.approx(found * float(cold), rel=1e-13, abs=0)


def test_recombination_in_aluminium_of_the_table():
    gap = 180 * MICRO
    phonons = make(critical_temperature=gap / (1.764 * BOLTZMANN))
    assert float(lifetimes.recombination_constant(phonons, gap)) == pytest.approx(
        8.10e-18, abs=5e-21
    )
    coefficient = float(lifetimes.recombination_coefficient(phonons, gap))
    assert coefficient == pytest.approx(5.01e7, abs=5e4)
    assert coefficient * 438e-9 == pytest.approx(21.96, abs=5e-3)
    assert 1e9 / coefficient == pytest.approx(19.9, abs=0.05)
    assert 2 * 1.0735e47 * gap == pytest.approx(6.19e24, abs=5e21)
    assert coefficient / 6.25e6 == pytest.approx(8.0, abs=0.05)
    assert coefficient * 170e-9 == pytest.approx(8.5, abs=0.05)
    trapped = make(critical_temperature=gap / (1.764 * BOLTZMANN), trapping=coefficient / 6.25e6)
    found = float(lifetimes.recombination_coefficient(trapped, gap))
    assert found == pytest.approx(6.25e6, rel=1e-14, abs=0)


def test_density_of_states_of_the_sources():
    for per_micro, states in ((1.74e4, 1.086e47), (1.72e4, 1.0735e47)):
        assert per_micro / (MICRO * 1e-18) == pytest.approx(states, rel=5e-4, abs=0)


def emitted(y):
    """τ_0 (k_B T_c/Δ)³/τ_s: ∫ Ω² N(e) (1 - 1/(y e)) dΩ over e = y - Ω from 1, e = 1 + v²."""

    def integrand(s):
        e = 1 + (y - 1) * s * s
        kept = (y - 1) * (s * s + 1 / y)  # e - 1/y
        return (1 - s * s) ** 2 * 2 * kept / math.sqrt(e + 1)

    return (y - 1) ** 2.5 * quad(integrand, 0, 1, epsabs=0, epsrel=1e-13)[0]


@pytest.mark.parametrize(
    "y", [1 + 1e-9, 1.001, 1.1, 1.5, 1.9999999, 2.0, 2.0000001, 3.0, 40.0, 1e4]
)
def test_emission_is_its_integral(y):
    gap = 0.7 * UNIT
    found = float(emission(make(), y * gap, gap)) * 438e-9 / 0.7**3
    # y - 1 itself is known to 1e-16/(y - 1)
    assert found == pytest.approx(emitted(y), rel=1e-12 + 1e-15 / (y - 1), abs=0)


def test_emission_has_the_limits_of_the_table():
    def over(y):
        return float(emission(make(), y * UNIT, UNIT)) * 438e-9

    near = 128 / (105 * math.sqrt(2)) * (1e-3) ** 3.5
    assert over(1.001) / near == pytest.approx(0.9991, abs=2e-4)
    for y, share in ((2, 0.72), (3, 0.71), (10, 0.83)):
        assert (y - 1) ** 3 / 3 / over(y) == pytest.approx(share, abs=5e-3)
    assert float(emission(make(), 2 * UNIT, 0.0)) * 438e-9 == pytest.approx(8 / 3, rel=1e-14)
    assert float(emission(make(), UNIT, UNIT)) == 0
    assert float(emission(make(), 0.3 * UNIT, UNIT)) == 0


@given(st.floats(1e-3, 3), st.floats(1e-2, 2))
def test_colder_is_slower(delta, t):
    at, colder = (make(), delta * UNIT, t * TC), (make(), delta * UNIT, 0.9 * t * TC)
    for rate in (recombination, absorption):
        assert 0 <= float(rate(*colder)) < float(rate(*at))


@compiled
def all_rates(phonons, gap, temperature):
    def rates(phonons, gap, temperature):
        at = phonons, gap, temperature
        return jnp.stack([
            lifetimes.recombination_rate(*at),
            lifetimes.recombination_rate_cold(*at),
            lifetimes.recombination_constant(phonons, gap),
            lifetimes.recombination_coefficient(phonons, gap),
            lifetimes.absorption_rate(*at),
            lifetimes.thermal_generation(*at),
            lifetimes.emission_rate(phonons, 1.3e-23, gap),
        ])  # fmt: skip

    return rates(phonons, gap, temperature), jax.jacfwd(rates, (0, 1, 2))(phonons, gap, temperature)


@pytest.mark.parametrize("gap", [0.0, 1e-60, 1e-30, 1.3e-23, 2e-23])
@pytest.mark.parametrize("temperature", [0.0, 1e-9, 0.01, 1.0, 50.0])
def test_rates_and_gradients_are_finite_at_every_limit(gap, temperature):
    values, slopes = all_rates(make(), gap, temperature)
    assert np.isfinite(values).all()
    assert (values >= 0).all()
    assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))


def test_at_zero_temperature_nothing_recombines_or_is_absorbed():
    assert float(recombination(make(), 1e-23, 0.0)) == 0
    assert float(absorption(make(), 1e-23, 0.0)) == 0


@pytest.mark.parametrize(("delta", "t"), CASES[:-1])
def test_gradients_are_those_of_the_integrals(delta, t, slope):
    _, (_, by_gap, by_temperature) = all_rates(make(), delta * UNIT, t * TC)
    for i, exact in ((0, kaplan_recombination), (4, kaplan_absorption)):
        expected = slope(lambda d, exact=exact: exact(d, t), delta, 1e-3) / (438e-9 * UNIT)
        scale = exact(delta, t) / (438e-9 * UNIT)
        assert float(by_gap[i]) == pytest.approx(expected, rel=1e-7, abs=1e-6 * scale)
        expected = slope(lambda x, exact=exact: exact(delta, x), t, 1e-3) / (438e-9 * TC)
        assert float(by_temperature[i]) == pytest.approx(expected, rel=1e-7, abs=0)
