"""Landau's expansion with quasiparticles taken away, against BCS theory itself near T_c."""

import jax
import numpy as np
import pytest

import entrap as et
from entrap.core.constants import BOLTZMANN
from entrap.model import extraction, landau, landau_extraction
from entrap.model.occupations import Share

T_C = 5.0
density_of = jax.jit(landau_extraction.superfluid_density)


@pytest.fixture(scope="module")
def sample():
    case = et.Case(
        et.Material(critical_temperature=T_C, conduction_density=1e28),
        et.Landau(a=3 * BOLTZMANN, saturation=0.9),
        mixture=et.Mixture(valence_ratio=0.3),
    )
    return et.sample(case)


def test_all_left_is_the_expansion_itself(sample):
    kelvin = np.linspace(1.0, 8.0, 15)
    for fraction in (0.0, 1.0):
        ours = density_of(sample, kelvin, 1.0, fraction)
        exact = landau.superfluid_density(sample, kelvin, fraction)
        np.testing.assert_allclose(ours, exact, rtol=1e-15)


def test_near_the_critical_temperature_it_is_bcs_theory(sample):
    # The relative error of the expansion falls with the distance from T_c, and so with 1 - φ.
    errors = []
    for near in (1e-1, 1e-2, 1e-3):
        kelvin, share = T_C * (1 - near), 1 - 0.3 * near
        n_s = density_of(sample, kelvin, share, 1.0)
        held = landau.effective_temperature(sample, n_s)
        ours = float(et.model.bcs.gap(sample, held))
        exact = float(extraction.gap(Share(share), sample, kelvin))
        assert exact > 1.05 * float(et.model.bcs.gap(sample, kelvin))  # there is an effect
        errors.append(abs(ours / exact - 1))
    assert errors[0] < 0.1
    assert errors[1] < errors[0] / 3
    assert errors[2] < errors[1] / 5


@pytest.mark.parametrize("fraction", [1.0, 0.2])
def test_the_slope_of_the_functional_is_zero_there(sample, fraction):
    kelvin, share = np.linspace(1.5, 6.5, 11), 0.8
    n_s = density_of(sample, kelvin, share, fraction)
    inside = (n_s > 0) & (n_s < sample.conduction_density)
    assert inside.sum() > 7
    assert inside.all() or fraction < 1
    slope = landau.effective_coefficient(sample, kelvin, fraction, n_s)
    slope = slope - landau_extraction.unblocked(sample, kelvin, n_s, share)
    slope = (slope + sample.landau_beta * n_s) / (sample.landau_a * T_C)
    np.testing.assert_allclose(np.where(inside, slope, 0.0), 0.0, atol=1e-11)


@pytest.mark.slow
def test_its_slopes_are_differences(sample):
    @jax.jit
    def density(x):
        return landau_extraction.superfluid_density(sample, x[0], x[1], x[2]) / 1e28

    slopes = jax.jit(jax.grad(density))
    for point in ([4.5, 0.7, 1.0], [5.5, 0.6, 0.9], [4.9, 0.99, 0.5]):
        x = np.array(point)
        ours = np.asarray(slopes(x))
        steps = 1e-5 * np.eye(3)
        near = [(density(x + s) - density(x - s)) / (2 * s.sum()) for s in steps[:2]]
        np.testing.assert_allclose(ours[:2], near, rtol=1e-6)
        assert np.isfinite(ours).all()


@pytest.mark.slow
def test_a_temperature_that_a_fit_shifts_below_zero_has_slopes():
    """Heating may ask for T + δT < 0: the density is finite there, and so are its slopes."""
    sample = et.sample(et.load_case("examples/clean-set.toml"))
    for share in (1.0, 0.4):
        slope = jax.grad(landau_extraction.superfluid_density, 1)(sample, -1.0, share)
        assert np.isfinite(slope)
