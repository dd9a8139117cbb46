"""Landau's expansion with quasiparticles taken away, against BCS theory itself near T_c."""

import jax
import numpy as np
import pytest
from tests.model.compiled import compiled

import entrap as et
from entrap.core.constants import BOLTZMANN
from entrap.model import extraction, landau, landau_extraction
from entrap.model.occupations import Share

T_C = 5.0
density_of = compiled(landau_extraction.superfluid_density)
expansion = compiled(landau.superfluid_density)
held_at = compiled(landau.effective_temperature)
bare_gap, gap_of = compiled(et.model.bcs.gap), compiled(extraction.gap)


@compiled
def slope_of(sample, kelvin, fraction, n_s, share):
    """Slope of the functional in n_s, over a T_c."""
    slope = landau.effective_coefficient(sample, kelvin, fraction, n_s)
    slope = slope - landau_extraction.unblocked(sample, kelvin, n_s, share)
    return (slope + sample.landau_beta * n_s) / (sample.landau_a * T_C)


@pytest.fixture(scope="module")
def sample():
    case = et.Case(
        et.Material(critical_temperature=T_C, conduction_density=1e28),
        et.Landau(a=3 * BOLTZMANN, saturation=0.9),
        mixture=et.Mixture(valence_ratio=0.3),
    )
    return et.sample(case)


def test_all_left_is_the_expansion_itself(sample):
    for kelvin in np.linspace(1.0, 8.0, 15):
        for fraction in (0.0, 1.0):
            exact = float(expansion(sample, kelvin, fraction))
            ours = float(density_of(sample, kelvin, 1.0, fraction))
            assert ours == pytest.approx(exact, rel=1e-15, abs=0)


def test_near_the_critical_temperature_it_is_bcs_theory(sample):
    # The relative error of the expansion falls with the distance from T_c, and so with 1 - φ.
    errors = []
    for near in (1e-1, 1e-2, 1e-3):
        kelvin, share = T_C * (1 - near), 1 - 0.3 * near
        n_s = density_of(sample, kelvin, share, 1.0)
        ours = float(bare_gap(sample, held_at(sample, n_s)))
        exact = float(gap_of(Share(share), sample, kelvin))
        assert exact > 1.05 * float(bare_gap(sample, kelvin))  # there is an effect
        errors.append(abs(ours / exact - 1))
    assert errors[0] < 0.1
    assert errors[1] < errors[0] / 3
    assert errors[2] < errors[1] / 5


@pytest.mark.parametrize("fraction", [1.0, 0.2])
def test_the_slope_of_the_functional_is_zero_there(sample, fraction):
    kelvin, share = np.linspace(1.5, 6.5, 11), 0.8
    n_s = np.array([density_of(sample, t, share, fraction) for t in kelvin])
    inside = (n_s > 0) & (n_s < sample.conduction_density)
    assert inside.sum() > 7
    assert inside.all() or fraction < 1
    for t, paired in zip(kelvin[inside], n_s[inside], strict=True):
        assert abs(float(slope_of(sample, t, fraction, paired, share))) < 1e-11


@pytest.mark.slow
def test_its_slopes_are_differences(sample):
    @compiled
    @jax.value_and_grad
    def density(x):
        return landau_extraction.superfluid_density(sample, x[0], x[1], x[2]) / 1e28

    for point in ([4.5, 0.7, 1.0], [5.5, 0.6, 0.9], [4.9, 0.99, 0.5]):
        x = np.array(point)
        ours = np.asarray(density(x)[1])
        steps = 1e-5 * np.eye(3)
        near = [(density(x + s)[0] - density(x - s)[0]) / (2 * s.sum()) for s in steps[:2]]
        np.testing.assert_allclose(ours[:2], near, rtol=1e-6)
        assert np.isfinite(ours).all()


@pytest.mark.slow
def test_a_temperature_that_a_fit_shifts_below_zero_has_slopes():
    """Heating may ask for T + δT < 0: the density is finite there, and so are its slopes."""
    sample = et.sample(et.load_case("examples/clean-set.toml"))
    slope = compiled(jax.grad(landau_extraction.superfluid_density, 1))
    for share in (1.0, 0.4):
        assert np.isfinite(slope(sample, -1.0, share))
