"""States at the minimum of the functional of BCS and mixing, against BCS theory and Landau's."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.integrate import quad
from tests.model.compiled import compiled

import entrap as et
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.model import extraction
from entrap.model.bcs_state import bcs_state as eager
from entrap.model.bcs_state import (
    beside_plain,
    density_of_states,
    plain_state,
    screening_density,
)
from entrap.model.landau import superfluid_density
from entrap.model.observables import OF_EXPANSION, OF_STATES
from entrap.model.occupations import Share
from entrap.model.sample import Sample
from entrap.model.state import bare_densities, state, trapped_densities

bcs_state = compiled(eager)
expanded_state = compiled(lambda one, kelvin: state(one, kelvin, bare_densities(one, kelvin)))
screening = compiled(screening_density)
CRITICAL = 1.175
GAP = BCS_GAP_RATIO * BOLTZMANN * CRITICAL
FIELDS = [name for name in OF_STATES if name not in OF_EXPANSION]


def sample(log_ratio=1.0, dirtiness=0.0, gap=GAP, a=2.0):
    slope = a * BOLTZMANN
    beta = slope * CRITICAL / 1e27
    return Sample(slope, beta, CRITICAL, 1e28, 1e28, log_ratio, gap, dirtiness=dirtiness)


@pytest.mark.parametrize("dirtiness", [0.0, 0.8, 50.0, 1e9])
def test_near_the_critical_temperature_it_is_the_expansion_of_the_sample(dirtiness):
    one = sample(dirtiness=dirtiness)
    temperature = CRITICAL * (1 - 1e-5)
    found = bcs_state(one, temperature)
    wanted = expanded_state(one, temperature)
    for name in FIELDS:
        assert_allclose(getattr(found, name), getattr(wanted, name), rtol=3e-5, err_msg=name)


@pytest.mark.parametrize("log_ratio", [0.02, 0.05])
def test_weak_mixing_near_the_critical_temperature_is_the_expansion_s(log_ratio):
    one = sample(log_ratio)
    # The expansion is in both 1 - T/T_c and g = k_B L/a: both are of the order of L here.
    temperature = CRITICAL * (1 - log_ratio / 10)
    found = float(bcs_state(one, temperature, 1.0, 0.0).superfluid_density)
    wanted = float(compiled(superfluid_density)(one, temperature, 0.0))
    assert_allclose(found, wanted, rtol=2 * log_ratio)
    assert abs(found / wanted - 1) > 1e-4


@pytest.mark.slow
def test_a_stated_penetration_depth_is_found_at_zero_temperature():
    for changes in ([], ["landau.dirty=false"]):
        case = et.load_case("examples/nbn-penetration-depth.toml", changes)
        found = bcs_state(et.sample(case), 0.3)
        assert_allclose(found.penetration_depth, 200e-9, rtol=1e-9)


@pytest.mark.parametrize(("t", "share", "ratio"), [(0.9, 0.9, 0.64702323524421),
                                                   (0.5, 0.5, 0.98008663925779),
                                                   (1.2, 0.5, 0.74155351608233)])  # fmt: skip
def test_without_entropy_it_is_plain_extraction(t, share, ratio):
    one = sample()
    found = bcs_state(one, t * CRITICAL, share)
    assert_allclose(found.gap / GAP, ratio, rtol=1e-11)
    clean = compiled(extraction.superfluid_share)(Share(share), t)
    assert_allclose(found.superfluid_density, screening(one) * clean, rtol=1e-12)
    assert_allclose(found.higgs_mode, 2 * found.gap, rtol=1e-15)


@pytest.mark.parametrize(
    ("t", "strength", "gap", "paired"),
    [(0.5, 0.5, 1.0396647505164, 0.87026760276055), (1.1, 0.5, 0.8582666443717, 0.3143527558172)],
)
def test_the_entropy_alone_has_its_table(t, strength, gap, paired):
    one = sample(log_ratio=2 * strength)
    found = bcs_state(one, t * CRITICAL, 1.0, 0.0)
    assert_allclose(found.gap / GAP, gap, rtol=1e-11)
    assert_allclose(found.superfluid_density / screening(one), paired, rtol=1e-11)


@pytest.mark.parametrize("t", [0.3, 0.7, 0.95])
def test_the_critical_field_is_the_condensation_energy_of_bcs(t):
    """F_n - F_s from the entropy: ∫ (S_n - S_s) dT from T to T_c, by scipy."""
    one = sample()

    def lost(temperature):
        gap = float(bcs_state(one, temperature).gap) / (BOLTZMANN * temperature)

        def entropy(x, r):
            f = 1 / (np.exp(np.hypot(x, r)) + 1)
            return -(f * np.log(f) + (1 - f) * np.log1p(-f))

        whole, left = (quad(entropy, 0, 40, args=(r,), epsabs=1e-13)[0] for r in (0.0, gap))
        return 4 * float(density_of_states(one)) * BOLTZMANN**2 * temperature * (whole - left)

    energy = quad(lost, t * CRITICAL, CRITICAL, epsabs=0, epsrel=1e-8)[0]
    field = float(bcs_state(one, t * CRITICAL).critical_field)
    assert_allclose(field**2 / (2 * 4e-7 * np.pi), energy, rtol=1e-6)


def test_fields_and_lengths_belong_together():
    one = sample()
    found = bcs_state(one, 0.6, 0.5, 0.5)
    kappa = found.penetration_depth / found.coherence_length
    flux = 2 * np.sqrt(2) * np.pi * found.critical_field * found.penetration_depth
    assert_allclose(flux * found.coherence_length, 2.067833848461929e-15, rtol=1e-9)
    lower = found.critical_field * np.log(kappa) / (np.sqrt(2) * kappa)
    assert_allclose(found.lower_critical_field, lower, rtol=1e-12)
    whole = found.superfluid_density + found.normal_density + found.trapped_density
    assert_allclose(whole, 1e28, rtol=1e-14)
    for name in OF_EXPANSION:
        assert np.isnan(getattr(found, name)), name


def test_above_every_transition_nothing_superconducts():
    for temperature in (CRITICAL, 1.3, 5.0):
        found = bcs_state(sample(), temperature)
        for name in ("gap", "superfluid_density", "critical_field", "lower_critical_field"):
            assert getattr(found, name) == 0, name
        for name in ("penetration_depth", "coherence_length"):
            assert np.isinf(getattr(found, name)), name


def test_trapped_states_of_the_expansion_saturate_and_these_do_not():
    one = sample(log_ratio=1.9)
    found = bcs_state(one, CRITICAL * 1.5, 0.0, 0.0)
    expanded = state(one, CRITICAL * 1.5, trapped_densities(one, CRITICAL * 1.5))
    assert float(expanded.superfluid_density) > 1.5 * float(found.superfluid_density)
    assert float(found.superfluid_density) < 1.3 * float(screening(one))


@pytest.mark.exhaustive
def test_the_three_states_at_once_are_those_one_by_one():
    one, t = sample(dirtiness=0.8), np.array([0.3, 0.9, 1.2])
    left = np.array([0.0, 0.2, 0.7])
    found = compiled(beside_plain)(one, t * CRITICAL, left)
    plain = compiled(plain_state)(one, t * CRITICAL, np.stack([np.ones(3), left]))
    mixed = bcs_state(one, t * CRITICAL, left, left)
    for name in OF_STATES:
        wanted = [*getattr(plain, name), getattr(mixed, name)]
        assert_allclose([getattr(state, name) for state in found], wanted, rtol=1e-13, err_msg=name)
    # The order: the trap widens the gap, and the entropy widens it further.
    assert found[0].gap[1] < found[1].gap[1] < found[2].gap[1]
