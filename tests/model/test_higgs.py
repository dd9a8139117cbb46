"""Amplitude modes: curvature of F, the BCS velocity, scaling, limits."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN, ELECTRON_MASS, HBAR, PLANCK
from entrap.model import bcs, coefficients, electrodynamics, higgs, landau

coefficient_of = compiled(higgs.higgs_coefficient)
velocity_of = compiled(higgs.higgs_velocity)
mode_of = compiled(higgs.higgs_mode)
dispersion_of = compiled(higgs.higgs_dispersion)
alpha_of = compiled(landau.effective_coefficient)
density_of = compiled(landau.superfluid_density)
bcs_coefficients = compiled(coefficients.bcs_coefficients)
reduced_gap, gap_of = compiled(bcs.reduced_gap), compiled(bcs.gap)
held_at = compiled(landau.effective_temperature)


def test_coefficient_is_half_the_curvature_about_the_minimum(make_sample):
    sample = make_sample()
    alpha = float(alpha_of(sample, 5.0))
    pairs = -alpha / (2 * sample.landau_beta)

    def energy(reduced):  # Δ = reduced · Δ_0, F over |α̃| Δ_0²
        return 2 * -(reduced**2) + 2 * sample.landau_beta * pairs / -alpha * reduced**4

    slope, curvature = map(float, compiled(jax.value_and_grad(jax.grad(energy)))(1.0))
    assert slope == pytest.approx(0, abs=1e-14)
    curvature *= -alpha / 2
    value = float(coefficient_of(alpha))
    assert value == pytest.approx(curvature, rel=1e-14, abs=0)
    # F = α n_s + β n_s²/2 is the same: n_s = 2Δ².
    by_density = compiled(landau.free_energy)(sample, 5.0, 2 * pairs, 0.0)
    assert float(by_density) == pytest.approx(energy(1.0) * -alpha * pairs, rel=1e-13, abs=0)


def test_coefficient_of_the_paper_in_numbers():
    # a = 3 k_B, T_c - T = 0.1 K: 25 GHz, where 2Δ_g of 1 meV is 483.6 GHz.
    value = float(coefficient_of(-3 * BOLTZMANN * 0.1))
    assert value == pytest.approx(1.657e-23, rel=5e-4, abs=0)
    assert value / PLANCK == pytest.approx(25.00e9, rel=5e-4, abs=0)
    mode = float(mode_of(1.602176634e-22))
    assert mode / PLANCK == pytest.approx(483.6e9, rel=1e-4, abs=0)


def test_static_correlation_length_is_the_coherence_length_over_root_two(make_sample):
    # -4α̃ + ħ²k²/2m doubles at k = 1/ξ_H, ξ_H = ξ̃/√2.
    sample = make_sample()
    n_s = density_of(sample, 5.0)
    alpha = alpha_of(sample, 5.0)
    wave_number = math.sqrt(2) / compiled(electrodynamics.coherence_length)(sample, n_s)
    doubled = float(coefficient_of(alpha, wave_number))
    assert doubled == pytest.approx(2 * float(coefficient_of(alpha)), rel=1e-13, abs=0)


@pytest.mark.parametrize("below", [1e-6, 1e-4])
def test_velocity_is_the_fermi_velocity_over_root_three_near_critical(below):
    velocity, critical = 1e6, 7.0
    fermi = ELECTRON_MASS * velocity**2 / (2 * BOLTZMANN)
    density = (ELECTRON_MASS * velocity / HBAR) ** 3 / (3 * math.pi**2)
    a, _ = bcs_coefficients(critical, fermi, density)
    gap = BCS_GAP_RATIO * BOLTZMANN * critical * float(reduced_gap(1 - below))
    found = float(velocity_of(-a * critical * below, gap))
    assert found == pytest.approx(velocity / math.sqrt(3), rel=2 * below, abs=0)


@pytest.mark.parametrize("below", [1e-6, 1e-3])
def test_static_coefficient_is_far_below_the_mode(below):
    # E7: (-4α)/(2Δ_g) = 2.29744 (T_c/T_F) √(1 - T/T_c) in a clean BCS superconductor.
    critical, fermi = 7.0, 4e4
    a, _ = bcs_coefficients(critical, fermi, 1e28)
    gap = BCS_GAP_RATIO * BOLTZMANN * critical * float(reduced_gap(1 - below))
    ratio = float(coefficient_of(-a * critical * below)) / float(mode_of(gap))
    expected = 2.29744 * critical / fermi * math.sqrt(below)
    assert ratio == pytest.approx(expected, rel=below + 3e-6, abs=0)


@given(st.floats(1e-6, 1), st.floats(0, 1e10))
def test_dispersion_is_relativistic(size, wave_number):
    alpha, gap = -BOLTZMANN * size, 1e-22
    velocity = float(velocity_of(alpha, gap))
    expected = (2 * gap / BOLTZMANN) ** 2 + (HBAR * velocity * wave_number / BOLTZMANN) ** 2
    value = float(dispersion_of(alpha, gap, wave_number)) / BOLTZMANN
    assert value**2 == pytest.approx(expected, rel=1e-13, abs=0)


def test_mode_scales_as_the_root_of_the_coefficient_near_critical(make_sample):
    # At one T, with and without the trap; the paper takes α̃/α.
    sample = make_sample(log_mixing_ratio=1e-4)
    t = 7 * (1 - 1e-4)
    trapped, bare = (density_of(sample, t, f) for f in (0.0, 1.0))
    modes = [float(mode_of(gap_of(sample, held_at(sample, n_s)))) for n_s in (trapped, bare)]
    alphas = [float(alpha_of(sample, t, f)) for f in (0.0, 1.0)]
    assert modes[0] / modes[1] == pytest.approx(math.sqrt(alphas[0] / alphas[1]), rel=1e-4, abs=0)


def test_modes_of_a_normal_metal_are_nothing_with_finite_gradients():
    assert float(velocity_of(0.0, 0.0)) == 0.0
    assert float(dispersion_of(0.0, 0.0, 1e9)) == 0.0
    slopes = compiled(jax.grad(higgs.higgs_dispersion, argnums=(0, 1, 2)))
    for args in ((0.0, 0.0, 0.0), (0.0, 0.0, 1e9), (-1e-23, 0.0, 0.0), (-1e-23, 1e-22, 0.0)):
        assert np.isfinite(slopes(*args)).all()


def test_coefficient_and_mode_broadcast():
    alpha, k = jnp.full((3, 1), -1e-23), jnp.zeros(4)
    assert jax.eval_shape(higgs.higgs_coefficient, alpha, k).shape == (3, 4)
