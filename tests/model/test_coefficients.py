"""Landau coefficients against microscopic sums, thermodynamics and the paper's numbers."""

import math

import jax
import jax.numpy as jnp
import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN, ELECTRON_MASS, HBAR, VACUUM_PERMEABILITY, ZETA_3
from entrap.model import bcs, coefficients, electrodynamics

chi_and_slope = compiled(jax.value_and_grad(coefficients.dirty_factor))
bcs_coefficients = compiled(coefficients.bcs_coefficients)
field_slope = compiled(coefficients.field_slope)
dirtiness = compiled(coefficients.dirtiness)


def chi(rho):
    return chi_and_slope(rho)[0]


@pytest.mark.parametrize(
    "rho", [1e-12, 1e-3, 0.1, 0.1999999, 0.2, 0.2000001, 0.5, 1.0, 7.0, 300.0, 1e6]
)
def test_dirty_factor_is_its_sum_over_frequencies(rho):
    with mp.workdps(25):
        rho = mp.mpf(rho)
        if rho < 10:
            terms = mp.nsum(lambda n: 1 / ((2 * n + 1) ** 2 * (2 * n + 1 + rho)), [0, mp.inf])
        else:  # the sum converges too slowly: partial fractions
            harmonic = (mp.psi(0, (1 + rho) / 2) - mp.psi(0, mp.mpf("0.5"))) / (2 * rho**2)
            terms = mp.pi**2 / (8 * rho) - harmonic
        exact = 8 * terms / (7 * mp.zeta(3))
    assert float(chi(float(rho))) == pytest.approx(float(exact), rel=2e-13, abs=0)


def test_dirty_factor_of_the_clean_limit():
    assert float(chi(0.0)) == 1.0
    slope = float(chi_and_slope(0.0)[1])
    assert slope == pytest.approx(
        -(math.pi**4) / (12 * 7 * ZETA_3), rel=1e-13, abs=0
    )  # -(π⁴/96)/(7ζ(3)/8)


def test_dirty_factor_of_the_dirty_limit_is_1_33_mean_free_paths_per_coherence_length():
    velocity, critical = 1e6, 7.0
    gap = bcs_gap(critical)
    coherence = HBAR * velocity / (math.pi * gap)
    rho = dirtiness(velocity, critical, 1e-6 * coherence)
    assert float(rho) * 1e-6 == pytest.approx(0.882, abs=1e-3)  # ρ = 0.882 ξ0/ℓ
    assert float(chi(rho)) * 1e6 == pytest.approx(1.33, abs=2e-3)


def bcs_gap(critical):
    return 1.763876988 * BOLTZMANN * critical


@given(st.floats(0, 1e8), st.floats(1e-6, 1))
def test_dirty_factor_falls_between_one_and_zero(rho, more):
    assert 0 < float(chi(rho)) <= 1
    assert float(chi(rho + more * (1 + rho))) < float(chi(rho))


@pytest.mark.parametrize("rho", [0.05, 0.199, 0.201, 3.0])
def test_dirty_factor_has_the_gradient_of_its_values(rho, slope):
    gradient = float(chi_and_slope(rho)[1])
    assert gradient == pytest.approx(slope(lambda r: float(chi(r)), rho), rel=1e-8, abs=0)


def test_the_slope_from_a_field_needs_the_half_that_eq_6_lacks():
    # B_c = 0.1 T, T_c - T = 0.1 K, n_s = 1e27 m⁻³: 5.764 k_B, not 2.882 k_B.
    assert float(coefficients.field_energy(0.1)) == pytest.approx(3978.87, abs=5e-3)
    a = float(field_slope(0.1, 0.1, 1e27)) / BOLTZMANN
    assert a == pytest.approx(5.76377, abs=5e-6)
    assert math.exp(a) == pytest.approx(318.5, abs=0.1)


@given(st.floats(1e-4, 1e2), st.floats(1e-3, 10), st.floats(1e20, 1e30))
def test_field_and_density_come_back_from_the_coefficients(field, below, density):
    a = float(field_slope(field, below, density))
    beta = a * below / density
    alpha = -a * below
    assert float(-alpha / beta) == pytest.approx(density, rel=1e-13, abs=0)
    condensation = float(alpha**2 / (2 * beta))
    assert condensation == pytest.approx(field**2 / (2 * VACUUM_PERMEABILITY), rel=1e-12, abs=0)


def test_saturation_puts_all_wanted_electrons_in_the_condensate_at_zero():
    a, critical, density = 3 * BOLTZMANN, 7.0, 4e26
    beta = float(coefficients.saturation_beta(a, critical, density))
    assert a * critical / beta == pytest.approx(density, rel=1e-15, abs=0)


def test_density_of_a_penetration_depth_gives_that_depth():
    density = coefficients.density_of_depth(39e-9)
    assert float(electrodynamics.penetration_depth(density)) == pytest.approx(
        39e-9, rel=1e-14, abs=0
    )


def test_bcs_slope_of_the_density_is_two():
    a, beta = map(float, bcs_coefficients(9.25, 6.18e4, 5.56e28))
    n_s = float(a * 0.5 / beta)
    near = coefficients.superfluid_density_near_critical(5.56e28, 0.5, 9.25)
    assert n_s == pytest.approx(float(near), rel=1e-14, abs=0)
    assert n_s == pytest.approx(2 * 5.56e28 * 0.5 / 9.25, rel=1e-14, abs=0)


@pytest.mark.parametrize("rho", [0.0, 0.7, 40.0])
def test_jump_of_the_specific_heat_is_that_of_bcs_theory(rho):
    # ΔC = T_c d²(α²/2β)/dT² against γT of the free gas, clean or dirty: 12/7ζ(3).
    critical, density = 9.25, 5.56e28
    k_fermi = (3 * math.pi**2 * density) ** (1 / 3)
    fermi = (HBAR * k_fermi) ** 2 / (2 * ELECTRON_MASS * BOLTZMANN)
    a, beta = map(float, bcs_coefficients(critical, fermi, density, rho))

    def condensation(temperature):
        return (a * (temperature - critical)) ** 2 / (2 * beta)

    jump = critical * float(compiled(jax.grad(jax.grad(condensation)))(critical))
    states = ELECTRON_MASS * k_fermi / (math.pi * HBAR) ** 2  # both spins
    normal = math.pi**2 / 3 * BOLTZMANN**2 * states * critical
    assert jump / normal == pytest.approx(12 / (7 * ZETA_3), rel=1e-12, abs=0)
    assert jump / normal == pytest.approx(1.426, abs=5e-4)


@pytest.mark.parametrize("mean_free_path", [1e9, 1e-7, 1e-9])
def test_coherence_length_is_gorkovs(mean_free_path):
    # ξ(0) = ħ/√(8 m_e a T_c) must be 0.7385 ξ0 √χ.
    velocity, critical, density = 1e6, 7.0, 1e28
    fermi = ELECTRON_MASS * velocity**2 / (2 * BOLTZMANN)
    rho = dirtiness(velocity, critical, mean_free_path)
    a, _ = map(float, bcs_coefficients(critical, fermi, density, rho))
    length = HBAR / math.sqrt(8 * ELECTRON_MASS * float(a) * critical)
    clean = bcs.LANDAU_LENGTH_RATIO * float(bcs.coherence_length(velocity, bcs_gap(critical)))
    assert length == pytest.approx(clean * math.sqrt(float(chi(rho))), rel=1e-8, abs=0)


def test_the_papers_inputs_are_far_from_a_bcs_superconductor():
    # E4b: v_F = 1e6 m/s and 1 meV mean a = 7.0e-4 k_B and B_c(T_c - 0.1 K) = 0.9 mT.
    velocity, critical = 1e6, 1.602176634e-22 / (1.763876988 * BOLTZMANN)
    k_fermi = ELECTRON_MASS * velocity / HBAR
    fermi = ELECTRON_MASS * velocity**2 / (2 * BOLTZMANN)
    a, beta = map(float, bcs_coefficients(critical, fermi, k_fermi**3 / (3 * math.pi**2)))
    assert critical == pytest.approx(6.58, abs=5e-3)
    assert float(a) / BOLTZMANN == pytest.approx(7.0e-4, rel=5e-3, abs=0)
    energy = float((a * 0.1) ** 2 / (2 * beta))
    assert energy == pytest.approx(0.32, abs=5e-3)
    assert math.sqrt(2 * VACUUM_PERMEABILITY * energy) == pytest.approx(0.9e-3, rel=2e-2, abs=0)


def test_a_dirty_film_gains_what_the_theory_page_says():
    # ξ0 = 210 nm, ℓ = 1 nm: a is 158 times the clean one, by the limit 1.33 ℓ/ξ0.
    velocity, critical = 1e6, 1.602176634e-22 / (1.763876988 * BOLTZMANN)
    rho = dirtiness(velocity, critical, 1e-9)
    assert 1 / float(chi(rho)) == pytest.approx(158, abs=2)


def test_whole_numbers_are_taken_as_numbers():
    assert float(coefficients.field_slope(1, 2, 3)) == float(
        coefficients.field_slope(1.0, 2.0, 3.0)
    )
    assert jnp.isclose(coefficients.density_of_depth(1), coefficients.density_of_depth(1.0))
