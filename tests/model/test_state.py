"""A state: its observables belong to its density, and the limits of what is left."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN, VACUUM_PERMEABILITY
from entrap.model import bcs, state
from entrap.model.kinetics import Densities

state_of = compiled(state.state)
gap_of = compiled(bcs.reduced_gap)


def densities(n_s, n_n):
    return Densities(*(jnp.asarray(n, float) for n in (n_s, n_n, 1e27 - n_s - n_n)))


def same(value, rel=1e-12):
    return pytest.approx(value, rel=rel, abs=0)


@pytest.mark.parametrize("temperature", [1.0, 5.0, 9.0, 14.9])
def test_observables_of_the_trapped_minimum_are_those_of_one_condensate(make_sample, temperature):
    sample = make_sample()
    found = state_of(sample, temperature, compiled(state.trapped_densities)(sample, temperature))
    rise = 3 / (3 - math.log(5))
    alpha = 3 * BOLTZMANN * (temperature / rise - 7)
    assert float(found.alpha) == same(3 * BOLTZMANN * (temperature - 7))
    assert float(found.alpha_effective) == same(alpha)
    assert float(found.free_energy) == same(-(alpha**2) / (2 * sample.landau_beta))
    gap = BCS_GAP_RATIO * BOLTZMANN * 7 * float(gap_of(temperature / rise / 7))
    assert float(found.gap) == same(gap, 1e-11)
    assert float(found.higgs_mode) == same(2 * gap, 1e-11)
    assert float(found.higgs_coefficient) == same(-4 * alpha)
    field = float(found.critical_field)
    assert field**2 / (2 * VACUUM_PERMEABILITY) == same(-float(found.free_energy))
    kappa = float(found.penetration_depth) / float(found.coherence_length)
    lower = field * math.log(kappa) / (math.sqrt(2) * kappa)
    assert float(found.lower_critical_field) == same(lower)


def test_bare_equilibrium_feels_no_entropy(make_sample):
    sample = make_sample()
    found = state_of(sample, 5.0, compiled(state.bare_densities)(sample, 5.0))
    assert float(found.alpha_effective) == same(float(found.alpha))
    assert float(found.superfluid_density) == same(2e27 / 7)
    assert float(found.superfluid_density) + float(found.normal_density) == same(1e27, 1e-15)
    assert float(found.trapped_density) == 0.0


def test_fraction_left_is_what_is_normal_of_what_is_not_superconducting(make_sample):
    found = state_of(make_sample(), 5.0, densities(2e26, 3.2e26))
    left = 0.4
    alpha = 3 * BOLTZMANN * (5 - 7) - (1 - left) * BOLTZMANN * 5 * math.log(5)
    assert float(found.alpha_effective) == same(alpha)


@pytest.mark.parametrize("entropy", ["ideal", "degenerate", "number-fraction"])
@pytest.mark.parametrize("held", [(1e27, 0.0), (0.0, 1e27), (0.0, 1e26), (3e26, 0.0)])
def test_limits_have_values_and_finite_gradients(make_sample, entropy, held):
    sample = make_sample(entropy=entropy)
    found = state_of(sample, 5.0, densities(*held))
    normal = held[0] == 0
    assert math.isinf(float(found.penetration_depth)) == normal
    assert (float(found.gap) == 0) == normal
    assert not any(np.isnan(leaf).any() for leaf in jax.tree.leaves(found))
    for slope in jax.tree.leaves(slopes_of(sample, 5.0, *held)):
        assert np.isfinite(slope).all()


def stacked(sample, temperature, n_s, n_n):
    return jnp.stack(jax.tree.leaves(state.state(sample, temperature, densities(n_s, n_n))))


slopes_of = compiled(jax.jacfwd(stacked, argnums=(1, 2, 3)))


def test_fields_have_one_shape(make_sample):
    kelvin = jnp.linspace(1, 8, 4)
    found = jax.eval_shape(state.state, make_sample(), kelvin, densities(2e26, 1e26))
    assert {leaf.shape for leaf in jax.tree.leaves(found)} == {(4,)}
