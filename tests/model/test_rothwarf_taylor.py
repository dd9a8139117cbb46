"""Quasiparticles and phonons against scipy on the equations, conservation and closed limits."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN, ELEMENTARY_CHARGE
from entrap.model import balance, bcs, lifetimes
from entrap.model import rothwarf_taylor as model
from entrap.model.rothwarf_taylor import RothwarfTaylor

# Al: R of 180 µeV, pairs broken in 0.28 ns, phonons out of 100 nm in 0.5 ns.
TIMES = np.concatenate([[0.0], np.geomspace(1e-5, 1.0, 20)])
FILM = RothwarfTaylor(8.1e-18, 1 / 0.28e-9, 1 / 0.5e-9)


steady_of = compiled(model.steady_densities)
rates_of = compiled(model.density_rates)
factor_of = compiled(model.phonon_trapping_factor)
flows_of = compiled(model.quasi_static_flows)
constant_of = compiled(lifetimes.recombination_constant)


def film(**changes):
    return dataclasses.replace(FILM, **{k: jnp.asarray(v, float) for k, v in changes.items()})


def evolved(at, n, phonons, times):
    """n and N at the times, by a stiff solver of scipy's, in units of n + 2N."""
    unit = n + 2 * phonons + float(at.injection + 2 * at.phonon_injection) * times[-1]

    def change(_, y):
        return np.array(rates_of(at, y[0] * unit, y[1] * unit)) / unit

    tight = {"method": "Radau", "rtol": 1e-10, "atol": 1e-16}
    solved = solve_ivp(change, (0, times[-1]), [n / unit, phonons / unit], t_eval=times, **tight)
    assert solved.success
    return unit * solved.y


def test_what_pairs_break_and_recombine_keeps_the_total():
    """Without a source or a sink n + 2N is constant."""
    at = film(escape_rate=0.0)
    for n, phonons in ((1e24, 0.0), (0.0, 1e22), (1e16, 1e25)):
        quasiparticles, made = (float(x) for x in rates_of(at, n, phonons))
        size = float(at.recombination_constant) * n**2 + 2 * float(at.pair_breaking_rate) * phonons
        assert abs(quasiparticles + 2 * made) <= 1e-15 * size
        assert quasiparticles != 0


def test_equilibrium_stays():
    at = film(equilibrium_density=3e21)
    changes = rates_of(at, 3e21, model.equilibrium_phonons(at))
    exchanged = float(at.recombination_constant) * 3e21**2
    assert np.all(np.abs(changes) <= 1e-15 * exchanged)


@given(
    st.floats(-20, -15), st.floats(6, 12), st.floats(4, 12), st.floats(10, 25), st.floats(20, 32),
    st.floats(20, 32), st.floats(0, 7),
)  # fmt: skip
def test_steady_densities_are_where_nothing_changes(
    constant, breaking, out, thermal, injected, more, gone
):
    at = RothwarfTaylor(*(10**x for x in (constant, breaking, out, thermal, injected, more, gone)))
    n, phonons = (float(x) for x in steady_of(at))
    changes = rates_of(at, n, phonons)
    sizes = (
        10**injected + 10**constant * n**2 + 2 * 10**breaking * phonons + 10**gone * n,
        10**more + 10**constant * n**2 + 10**breaking * phonons + 10**out * phonons,
    )
    assert all(abs(float(c)) <= 1e-13 * size for c, size in zip(changes, sizes, strict=True))


def test_populations_come_to_the_steady_state():
    at = film(equilibrium_density=1e20, injection=1e26, phonon_injection=1e26, trapping_rate=1e3)
    quasiparticles, phonon_density = evolved(at, 1e22, 0.0, 1e-2 * TIMES)
    n, phonons = steady_of(at)
    assert quasiparticles[-1] == pytest.approx(float(n), rel=1e-9, abs=0)
    assert phonon_density[-1] == pytest.approx(float(phonons), rel=1e-8, abs=0)


def test_fast_phonons_leave_the_closed_form_with_slower_recombination():
    """R n ≪ β_B, β_e: quasi-static phonons, F_p = 1 + τ_l/τ_B."""
    at = film(equilibrium_density=1e18, injection=1e21, trapping_rate=1e3)
    flows = balance.Flows(*map(float, jax.tree.leaves(flows_of(at, 1e20))))
    slow = float(factor_of(at))
    assert slow == pytest.approx(1 + 0.5 / 0.28, rel=1e-14, abs=0)
    assert flows.recombination == pytest.approx(8.1e-18 * 1e20 / slow, rel=1e-14, abs=0)
    times = 1e-2 * TIMES
    phonons = 8.1e-18 * 1e40 / 2 / float(at.pair_breaking_rate + at.escape_rate)
    found, _ = evolved(at, 1e20, phonons, times)
    closed = 1e20 * np.asarray(compiled(balance.transient)(flows, 1.0, times))
    # Off by 2N/n, the quasiparticles that are phonons for a while: 1e-7.
    assert np.allclose(found, closed, rtol=5e-7, atol=0)


def test_generation_of_quasi_static_phonons_is_detailed_balance():
    """G_T = (16π N_0/τ̄_0)(Δ/k_B T_c)³ k_B T exp(-2Δ/k_B T) = R n_eq² in the cold."""
    states, critical, temperature, gap = 1.0735e47, 1.2, 0.15, 180e-6 * ELEMENTARY_CHARGE
    phonons = lifetimes.Phonons(438e-9, critical, states)
    constant = float(constant_of(phonons, gap))
    cold = float(bcs.quasiparticle_density_cold(gap, temperature, states))
    at = film(recombination_constant=constant, equilibrium_density=cold)
    slowed = 438e-9 * float(factor_of(at))
    thermal = BOLTZMANN * temperature
    expected = 16 * math.pi * states / slowed * (gap / (BOLTZMANN * critical)) ** 3
    expected *= thermal * math.exp(-2 * gap / thermal)
    flows = flows_of(at, 1.0)
    assert float(flows.thermal_generation) == pytest.approx(expected, rel=1e-12, abs=0)
    trapped = lifetimes.Phonons(438e-9, critical, states, factor_of(at))
    same = float(constant_of(trapped, gap))
    assert float(flows.recombination) == pytest.approx(same, rel=1e-14, abs=0)
