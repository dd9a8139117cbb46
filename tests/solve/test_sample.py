"""From a case to the model's sample: the three routes, the mixture, the rates, the solver's units."""

import math
from typing import Any

import pytest
from hypothesis import given, settings
from scipy import constants as si
from scipy.special import zeta
from tests.strategies import cases

from entrap.case.case import Case
from entrap.model import landau
from entrap.solve.inputs import by_key, choices_of, inputs_of
from entrap.solve.sample import in_conduction_units, sample_of, trapping_of

CRITICAL, DENSITY = 10.0, 1e27


def case(**tables):
    stated = {
        "material": {"critical_temperature": CRITICAL, "conduction_density": DENSITY},
        "landau": {"a": 2 * si.k, "saturation": 1.0},
        "protocol": {"start": 4.0, "warm_to": 20.0, "warming_time": 1.0},
    }
    for name, keys in tables.items():
        stated[name] = keys if name == "landau" else stated.get(name, {}) | keys
    return Case.from_dict(stated)


def sample(**tables) -> Any:
    stated = case(**tables)
    return sample_of(inputs_of(stated), choices_of(stated))


def near(value, rel=1e-12):
    return pytest.approx(value, rel=rel, abs=0)


def test_directly_stated_coefficients_are_taken():
    stated = sample(landau={"a": "3 k_B", "beta": "1e-51 J m^3"})
    assert (stated.landau_a, stated.landau_beta) == (near(3 * si.k), 1e-51)
    assert sample(landau={"a": "3 k_B", "saturation": 0.5}).landau_beta == near(
        3 * si.k * CRITICAL / (0.5 * DENSITY)
    )


@pytest.mark.parametrize(
    ("key", "n_s"),
    [
        ({"superfluid_density": "2e26 1/m^3"}, 2e26),
        ({"carrier_density": True}, 2 * DENSITY * 0.05),
        ({"penetration_depth": "200 nm"}, 2 * si.m_e / (si.mu_0 * si.e**2 * (200e-9) ** 2) * 0.05),
    ],
)
def test_a_critical_field_gives_a_with_the_half_that_theory_requires(key, n_s):
    stated = sample(landau={"critical_field": "0.1 T", "below_critical": "0.5 K"} | key)
    energy = 0.1**2 / (2 * si.mu_0)  # = a (T_c - T) n_s/2
    assert stated.landau_a == near(2 * energy / (0.5 * n_s), 1e-8)
    # At T_c - 0.5 K the minimum is this n_s, and its depth is the field's energy.
    assert landau.superfluid_density(stated, CRITICAL - 0.5, 1.0) == near(n_s, 1e-8)
    assert float(stated.landau_beta) * n_s**2 / 2 == near(energy, 1e-8)


def test_bcs_theory_gives_a_and_beta():
    stated = sample(landau={"bcs": True}, material={"fermi_temperature": 5e4})
    a = 3 * math.pi**2 / (7 * zeta(3)) * si.k * CRITICAL / 5e4
    assert stated.landau_a == near(a)
    assert stated.landau_beta == near(a * CRITICAL / (2 * DENSITY))


def test_disorder_keeps_the_condensation_energy_and_raises_a():
    material = {"fermi_temperature": 5e4, "fermi_velocity": 1e6}
    clean = sample(landau={"bcs": True}, material=material)
    dirty = sample(landau={"bcs": True, "mean_free_path": "1 nm"}, material=material)
    assert dirty.landau_a > 50 * clean.landau_a
    energy = [float(s.landau_a) ** 2 / float(s.landau_beta) for s in (clean, dirty)]
    assert energy[1] == near(energy[0])


@pytest.mark.parametrize(
    ("mixture", "n_v", "ratio"),
    [
        ({}, 0.0, 0.0),
        ({"valence_ratio": 1.5}, 1.5e27, math.log(2.5)),
        ({"valence_density": "3e27 1/m^3"}, 3e27, math.log(4)),
        ({"valence_ratio": 1.5, "volume_ratio": 2.0}, 1.5e27, math.log(4)),
        ({"valence_ratio": 1e-12}, 1e15, 1e-12),
    ],
)
def test_the_mixture_gives_its_log_ratio(mixture, n_v, ratio):
    stated = sample(mixture=mixture)
    assert stated.valence_density == near(n_v)
    assert stated.log_mixing_ratio == near(ratio, 1e-11)


def test_pairing_is_measured_in_the_rate_and_the_normal_electrons_at_the_start():
    stated = case(trap={"rate": 1e3, "pairing": 0.5})
    inputs, choices = inputs_of(stated), choices_of(stated)
    trapping: Any = trapping_of(inputs, choices, sample_of(inputs, choices))
    assert float(trapping.pairing_rate) * 0.4 * DENSITY / 1e3 == near(0.5)
    full = case(trap={"rate": 1e3, "pairing": 0.5}, landau={"a": 2 * si.k, "saturation": 2.0})
    inputs, choices = inputs_of(full), choices_of(full)
    assert trapping_of(inputs, choices, sample_of(inputs, choices)).pairing_rate == 0


@settings(max_examples=settings().max_examples // 3)
@given(cases)
def test_every_case_makes_a_sample_of_finite_numbers(stated):
    inputs, choices = inputs_of(stated), choices_of(stated)
    made: Any = sample_of(inputs, choices)
    for name in (
        "landau_a",
        "critical_temperature",
        "conduction_density",
        "log_mixing_ratio",
        "gap",
    ):
        assert math.isfinite(getattr(made, name)), name
    assert made.landau_a > 0
    assert made.landau_beta >= 0  # underflows where n_s is unphysical
    assert (made.fermi_velocity is None) == (stated.material.fermi_velocity is None)
    assert all(isinstance(x, float) for x in by_key(inputs).values())


def test_in_units_of_n_c_the_minimum_is_the_same_share():
    stated = sample(mixture={"valence_ratio": 1.0})
    reduced = in_conduction_units(stated)
    assert reduced.conduction_density == 1
    assert reduced.valence_density == near(1.0)
    for fraction in (0.0, 0.3, 1.0):
        share = landau.superfluid_density(stated, 7.0, fraction) / DENSITY
        assert landau.superfluid_density(reduced, 7.0, fraction) == near(float(share))
