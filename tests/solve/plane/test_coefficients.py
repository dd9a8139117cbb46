"""What a sample is to Ginzburg and Landau's equation, against closed forms."""

import numpy as np
import pytest

import entrap as et
from entrap.core.constants import BOLTZMANN, ELECTRON_MASS, HBAR
from entrap.solve.plane.coefficients import local_coefficients, uniform_lengths


@pytest.fixture(scope="module")
def sample():
    material = et.Material(name="Al")
    landau = et.Landau(a="3 k_B", saturation=1.0)
    return et.sample(et.Case(material, landau=landau, mixture=et.Mixture(valence_ratio=1.0)))


def test_the_coefficient_its_slope_and_where_it_vanishes(sample):
    fraction = np.array([0.0, 0.4, 1.0])
    local = local_coefficients(sample, 1.1, fraction)
    share, a = (1 - fraction) * np.log(2) * BOLTZMANN, 3 * BOLTZMANN
    critical = float(sample.critical_temperature)
    assert local.alpha == pytest.approx(a * (1.1 - critical) - share * 1.1, rel=1e-9, abs=0)
    assert local.slope == pytest.approx(a - share, rel=1e-9, abs=0)
    assert local.critical == pytest.approx(a * critical / (a - share), rel=1e-12)


def test_many_points_are_computed_in_parts(sample):
    fraction = np.linspace(0, 1, 9001)
    local = local_coefficients(sample, 1.1, fraction)
    assert len(local.alpha) == 9001
    assert local.alpha[[0, 9000]] == pytest.approx(
        local_coefficients(sample, 1.1, np.array([0.0, 1.0])).alpha,
        rel=1e-6,
        abs=0,
    )


def test_lengths_are_those_of_a_uniform_film(sample):
    length, depth, gap = uniform_lengths(sample, -0.1 * BOLTZMANN)
    assert length == pytest.approx(
        HBAR / np.sqrt(8 * ELECTRON_MASS * 0.1 * BOLTZMANN), rel=1e-6, abs=0
    )
    n_s = 0.1 * BOLTZMANN / float(sample.landau_beta)
    assert depth == pytest.approx(
        float(et.model.electrodynamics.penetration_depth(n_s)), rel=1e-6, abs=0
    )
    assert 0 < gap < float(sample.gap)
