"""Entropy of mixing against its definition, thermodynamic bounds, and the free electron gas."""

import itertools
import math

import jax
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, optimize
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN, ELECTRON_MASS, HBAR
from entrap.model import entropy

amounts = st.lists(st.floats(1e-12, 1e30), min_size=4, max_size=4).map(np.array)
mixing = compiled(lambda amounts: entropy.mixing_entropy(amounts))
log_ratio = compiled(entropy.log_mixing_ratio)


@given(amounts)
def test_mixing_entropy_is_the_sum_over_components(given_amounts):
    with mp.workdps(80):
        numbers = [mp.mpf(float(n)) for n in given_amounts]
        exact = -BOLTZMANN * mp.fsum(n * mp.log(n / mp.fsum(numbers)) for n in numbers)
    assert float(mixing(given_amounts)) == pytest.approx(float(exact), rel=1e-13, abs=0)


@given(amounts, st.floats(1e-6, 1e6))
def test_mixing_entropy_is_extensive_bounded_and_blind_to_order(given_amounts, factor):
    value = float(mixing(given_amounts))
    assert 0 <= value <= BOLTZMANN * given_amounts.sum() * math.log(4) * (1 + 1e-14)
    assert float(mixing(given_amounts * factor)) == pytest.approx(factor * value, rel=1e-13, abs=0)
    assert float(mixing(given_amounts[::-1])) == pytest.approx(value, rel=1e-13, abs=0)


by_volume = compiled(lambda amounts, volumes: entropy.mixing_entropy_of_volumes(amounts, volumes))


@given(amounts)
def test_equal_cells_make_volumes_and_fractions_the_same(given_amounts):
    value = by_volume(given_amounts, 3e-29 * given_amounts)
    assert float(value) == pytest.approx(float(mixing(given_amounts)), rel=1e-13, abs=0)


def test_mixing_entropy_of_unequal_cells_is_the_ideal_gas_expansion():
    # Isothermal work of two ideal gases that expand into each other's volume.
    electrons, volumes = np.array([3e20, 1e20]), np.array([2e-6, 5e-6])
    works = [
        integrate.quad(lambda v, n=n: n * BOLTZMANN / v, start, volumes.sum())[0]
        for n, start in zip(electrons, volumes, strict=True)
    ]
    value = float(by_volume(electrons, volumes))
    assert value == pytest.approx(sum(works), rel=1e-12, abs=0)


def test_two_components_stay_below_a_high_entropy_alloy():
    # E10: at most R ln 2; five components in equal parts still fall short of 1.61 R.
    assert float(mixing(np.array([0.5, 0.5]))) == pytest.approx(
        BOLTZMANN * math.log(2), rel=1e-14, abs=0
    )
    assert float(mixing(np.full(5, 0.2))) / BOLTZMANN == pytest.approx(
        1.6094379124341003, rel=1e-6, abs=0
    )
    per_electron = float(mixing(np.array([19.0, 1.0]))) / BOLTZMANN
    assert per_electron / 20 == pytest.approx(0.1985, abs=5e-5)
    assert per_electron == pytest.approx(3.970, abs=5e-4)


def test_an_absent_component_adds_nothing_and_keeps_the_gradient_finite():
    with_none = np.array([3.0, 0.0, 1.0])
    assert float(mixing(with_none)) == pytest.approx(
        float(mixing(np.array([3.0, 1.0]))), rel=1e-15, abs=0
    )
    assert np.isfinite(compiled(jax.grad(lambda x: entropy.mixing_entropy(x)))(with_none)).all()
    assert float(mixing(np.array([0.0, 2.0]))) == 0.0


def test_components_may_lie_along_any_axis():
    table = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    along, across, of_volumes = compiled(
        lambda table: (
            entropy.mixing_entropy(table, 0),
            entropy.mixing_entropy(table.T),
            entropy.mixing_entropy_of_volumes(table, 2 * table, 0),
        )
    )(table)
    assert np.allclose(along, across, rtol=1e-15, atol=0)
    assert np.allclose(of_volumes, along, rtol=1e-14, atol=0)


def test_lattice_volume_is_cells_times_their_volume():
    # A mole of atoms in bcc cells of 2.35e-29 m³ fills half a mole of cells.
    value = float(entropy.lattice_volumes(6.02214076e23, 2.35e-29, 2))
    assert value == pytest.approx(6.02214076e23 / 2 * 2.35e-29, rel=1e-15, abs=0)


# Subnormal numbers are flushed to zero by the compiler.
ratios = st.just(0.0) | st.floats(1e-290, 1e12)


@given(ratios, st.floats(1e-6, 1e6))
def test_log_ratio_is_that_of_the_volumes(valence_ratio, volume_ratio):
    value = float(log_ratio(valence_ratio, volume_ratio))
    with mp.workdps(40):
        exact = mp.log1p(mp.mpf(valence_ratio) * mp.mpf(volume_ratio))
    assert value == pytest.approx(float(exact), rel=1e-14, abs=0)


def test_no_valence_electrons_no_entropy_with_slope_one():
    assert float(log_ratio(0.0)) == 0.0
    assert float(compiled(jax.grad(entropy.log_mixing_ratio))(0.0)) == 1.0
    assert float(log_ratio(1e-20)) == 1e-20


def test_log_ratio_is_the_entropy_gained_per_conduction_electron():
    # ΔS of Eq. (2) at fixed n_v, less what the n_v gain: N_c ln(N/N_c).
    n_c, n_v = 2.0, 3.0
    total = float(mixing(np.array([n_c, n_v]))) / BOLTZMANN
    of_valence = n_v * math.log((n_c + n_v) / n_v)
    per_electron = float(log_ratio(n_v / n_c))
    assert (total - of_valence) / n_c == pytest.approx(per_electron, rel=1e-14, abs=0)


def fermi_gas(t):
    """Entropy over k_B and energy over k_B T_F of the free gas per electron at T = t T_F."""

    def integral(g, mu):
        edges = (0, max(mu - 40 * t, 0), max(mu, 0), mu + 40 * t)
        return sum(
            integrate.quad(lambda e: g(e, (e - mu) / t), a, b, epsabs=0, epsrel=1e-11)[0]
            for a, b in itertools.pairwise(edges)
            if b > a
        )

    def occupation(y):
        return 1 / (math.exp(y) + 1)

    def disorder(y):
        return math.log1p(math.exp(-abs(y))) + abs(y) * occupation(abs(y))

    def electrons(e, y):
        return math.sqrt(e) * occupation(y)

    mu = optimize.brentq(lambda mu: integral(electrons, mu) - 2 / 3, 0.5, 1.5, xtol=1e-14)
    entropy = integral(lambda e, y: math.sqrt(e) * disorder(y), mu)
    return 1.5 * entropy, 1.5 * integral(lambda e, y: e * electrons(e, y), mu)


def fermi_gas_entropy(t):
    """Entropy per electron over k_B of the free gas at T = t T_F, from the occupation itself."""
    return fermi_gas(t)[0]


def thermal_free_energy(t):
    """F(T) - F(0) per electron over k_B T of the free gas at T = t T_F."""
    entropy, energy = fermi_gas(t)
    return (energy - 0.6) / t - entropy


@pytest.mark.parametrize("t", [0.002, 0.01])
def test_sommerfeld_entropy_is_the_cold_limit_of_the_free_gas(t):
    value = float(entropy.sommerfeld_entropy(t, 1.0)) / BOLTZMANN
    assert value == pytest.approx(fermi_gas_entropy(t), rel=15 * t**2, abs=0)


def test_degenerate_log_ratio_is_the_free_energy_of_a_free_expansion(make_sample):
    # T_F ∝ n^(2/3): at fixed T the gas loses F(T/T_F before) - F(T/T_F after), half of T ΔS.
    ratio, after, temperature = 2.0, 1e3, 3.0
    sample = make_sample(
        entropy="degenerate", log_mixing_ratio=math.log(ratio), fermi_temperature=after
    )
    value = float(sample.entropy.log_ratio(sample, temperature, 0.0))
    t = temperature / after
    before = t / ratio ** (2 / 3)
    lost = thermal_free_energy(before) - thermal_free_energy(t)
    assert value == pytest.approx(lost, rel=15 * t**2, abs=0)
    gained = fermi_gas_entropy(t) - fermi_gas_entropy(before)
    assert lost / gained == pytest.approx(0.5, rel=15 * t**2, abs=0)


def test_ideal_entropy_of_a_metal_breaks_the_third_law():
    # theory.md (xii): n = 1e27 in all, T = 1 K.
    fermi = HBAR**2 * (3 * math.pi**2 * 1e27) ** (2 / 3) / (2 * ELECTRON_MASS * BOLTZMANN)
    assert fermi == pytest.approx(4231.5, abs=0.1)
    per_electron = float(entropy.sommerfeld_entropy(1.0, fermi)) / BOLTZMANN
    assert per_electron == pytest.approx(1.166e-3, rel=5e-4, abs=0)
    assert math.log(20) / per_electron == pytest.approx(2569, abs=1)


def test_degenerate_expansion_of_the_theory_page(make_sample):
    sample = make_sample(
        entropy="degenerate", log_mixing_ratio=math.log(20), fermi_temperature=4231.498
    )
    # theory.md (xii): the entropy gained is 1.008e-3 k_B, and the free energy half of that.
    assert float(sample.entropy.log_ratio(sample, 1.0, 0.0)) == pytest.approx(
        1.008e-3 / 2, rel=5e-4, abs=0
    )


def test_the_convention_of_the_sample_decides(make_sample):
    assert float(make_sample().entropy.log_ratio(make_sample(), 2.0, 1e20)) == math.log(5)
    fractions = make_sample(entropy="number-fraction")
    assert float(fractions.entropy.log_ratio(fractions, 2.0, 1e27)) == pytest.approx(
        math.log(5), rel=1e-15, abs=0
    )
    assert float(fractions.entropy.log_ratio(fractions, 2.0, 2e27)) == pytest.approx(
        math.log(3), rel=1e-15, abs=0
    )


def test_number_fractions_diverge_when_all_have_left_but_not_without_valence(make_sample):
    fractions = make_sample(entropy="number-fraction")
    assert float(fractions.entropy.log_ratio(fractions, 2.0, 0.0)) == math.inf
    alone = make_sample(entropy="number-fraction", valence_density=0.0)
    assert float(alone.entropy.log_ratio(alone, 2.0, 0.0)) == 0.0
    for sample in (fractions, alone):
        assert float(jax.grad(lambda n, s=sample: s.entropy.log_ratio(s, 2.0, n))(0.0)) == 0.0


def test_degenerate_entropy_asks_for_the_fermi_temperature(make_sample):
    with pytest.raises(ValueError, match="needs the sample's `fermi_temperature`"):
        entropy.Degenerate().log_ratio(make_sample(fermi_temperature=None), 1.0, 0.0)
