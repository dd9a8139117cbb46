"""A fourth entropy, by the recipe of docs/developing.md: a class, its entry and its word."""

import math
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from scipy.constants import k as boltzmann
from scipy.optimize import brentq, minimize_scalar

import entrap as et
from entrap.case import mixture
from entrap.core.quantities import quantity_of
from entrap.model import entropy
from entrap.solve.protocol.results import REGIMES

CRITICAL, N, SLOPE, SATURATION, FERMI, RATIO = 8.0, 2e27, 2.0, 0.9, 5.0, math.e - 1


class FrozenOut(entropy.AbstractEntropy):
    """L = ln(n/n_c) T/(T + T_F): freezes out below T_F, as the third law wants."""

    word = "frozen-out"

    def log_ratio(self, sample: Any, temperature: Any, remaining: Any) -> Any:
        del remaining
        temperature = jnp.asarray(temperature, float)
        share = temperature / (temperature + sample.fermi_temperature)
        return sample.log_mixing_ratio * share

    def critical_temperature(self, sample: Any, fraction: Any) -> Any:
        """a (T - T_c) (T + T_F) = (w_s - f) k_B ln(n/n_c) T²."""
        a, fermi, critical = sample.landau_a, sample.fermi_temperature, sample.critical_temperature
        q = (sample.condensate_weight - fraction) * boltzmann * sample.log_mixing_ratio / a
        half, rest = (fermi - critical) / 2, critical * fermi
        inside = half**2 + (1 - q) * rest
        below = half + jnp.sqrt(jnp.maximum(inside, 0.0))
        return jnp.where((inside >= 0) & (below > 0), rest / below, jnp.inf)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    monkeypatch.setitem(entropy.ENTROPIES, FrozenOut.word, FrozenOut())
    monkeypatch.setitem(mixture.ENTROPIES, FrozenOut.word, mixture.Rule(("fermi_temperature",)))
    declared = quantity_of(mixture.Mixture, "entropy")
    monkeypatch.setitem(vars(declared), "choices", (*declared.choices, FrozenOut.word))


def tables(closure="self-consistent"):
    return {
        "material": {
            "critical_temperature": CRITICAL, "conduction_density": N, "fermi_temperature": FERMI,
        },
        "landau": {"a": SLOPE * boltzmann, "saturation": SATURATION},
        "mixture": {"valence_ratio": RATIO, "entropy": FrozenOut.word},
        "trap": {"rate": 1e3, "pairing": 0.3, "closure": closure},
        "protocol": {
            "start": 3.0, "hold": 0.02, "warm_to": 14.0, "warming_time": 20.0, "points": 200,
        },
    }  # fmt: skip


def log_ratio(temperature):
    return math.log1p(RATIO) * temperature / (temperature + FERMI)


def least(temperature, f):
    """n_s/n_c of the least F, by scipy, on energies in units of k_B and T_c a/k_B."""

    def energy(x):
        landau = SLOPE * (temperature - CRITICAL) * x + SLOPE * CRITICAL / SATURATION * x**2 / 2
        return landau - temperature * log_ratio(temperature) * (x + f * (1 - x))

    return minimize_scalar(energy, bounds=(0.0, 1.0), method="bounded",
                           options={"xatol": 1e-12}).x  # fmt: skip


def test_states_of_equilibrium_minimise_the_free_energy():
    temperatures = np.array([1.0, 3.0, 6.0, 7.9, 9.0, 10.0])
    found = et.equilibrate(et.Case.from_dict(tables()), temperatures)
    for state, f in ((found.bare, 1.0), (found.trapped, 0.0)):
        wanted = [least(temperature, f) for temperature in temperatures]
        np.testing.assert_allclose(state.superfluid_density / N, wanted, atol=3e-8)
    slope = np.log10(SLOPE / np.array([log_ratio(t) for t in temperatures]))
    np.testing.assert_allclose(np.asarray(found.margins.entropy_slope), slope, rtol=1e-12)


@pytest.mark.exhaustive
@pytest.mark.parametrize("closure", ["ramp", "self-consistent"])
def test_an_evolution_follows_the_minimum_and_ends_at_its_critical_temperature(closure):
    run = et.evolve(et.Case.from_dict(tables(closure)))
    assert [regime.name for regime in run.regimes] == [
        "equilibrium", "emptying", "pinned", "released", "normal",
    ]  # fmt: skip
    released = np.flatnonzero(run.regime == REGIMES.index("released"))
    for at in released[1:-1:7]:
        wanted = least(run.state.temperature[at], run.trap.remaining_fraction[at])
        assert run.state.superfluid_density[at] / N == pytest.approx(wanted, abs=3e-8)

    def coefficient(temperature):
        return SLOPE * (temperature - CRITICAL) - temperature * log_ratio(temperature)

    wanted = brentq(coefficient, CRITICAL, 40.0, xtol=1e-13)
    assert run.quantities["effective_critical_temperature"].value == pytest.approx(
        wanted, rel=1e-12
    )
    released_at = run.quantities["release_temperature"].value
    n_s = run.state.superfluid_density[np.searchsorted(run.state.temperature, released_at) - 1] / N
    pinned = coefficient(released_at) + SLOPE * CRITICAL / SATURATION * n_s
    assert pinned == pytest.approx(0.0, abs=1e-4)  # but for the f that the warming leaves


def test_what_it_needs_is_asked_for():
    lacking = tables()
    del lacking["material"]["fermi_temperature"]
    with pytest.raises(et.core.errors.InputError, match=r'entropy = "frozen-out" needs it'):
        et.Case.from_dict(lacking)


def test_case_and_model_have_the_same_words():
    assert list(entropy.ENTROPIES) == list(mixture.ENTROPIES)
    assert all(of.word == word for word, of in entropy.ENTROPIES.items())
