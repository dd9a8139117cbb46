"""The balance against scipy's integration of its equation, detailed balance and published values."""

import math
from fractions import Fraction

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.optimize import minimize_scalar
from scipy.special import lambertw
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN, ELEMENTARY_CHARGE
from entrap.model import balance, bcs
from entrap.model.balance import Flows
from entrap.model.junction import TunnelJunction, effective_rate
from entrap.model.lifetimes import (
    Phonons,
    recombination_coefficient,
    recombination_constant,
    recombination_rate,
)

GAP = 180e-6 * ELEMENTARY_CHARGE
TC = 1.2
JUNCTION = TunnelJunction(1e-10, 80e-9, 1.0735e47, 100e-9, 7.79e46, 2e9)
PHONONS = Phonons(438e-9, TC, 1.0735e47, 8.0)

reduced_gap = compiled(bcs.reduced_gap)
cold_density = compiled(bcs.quasiparticle_density_cold)
rate_of = compiled(effective_rate)
kaplan = compiled(recombination_rate)
yosida = compiled(bcs.yosida)
two_fluid_rate = compiled(balance.two_fluid_rate)
thermal_fraction = compiled(balance.equilibrium_fraction)
cold_fraction = compiled(balance.equilibrium_fraction_cold)
cold_temperature = compiled(balance.temperature_of_fraction_cold)
crossover = compiled(balance.crossover_temperature)
shares = compiled(balance.share_flows)
fractions = compiled(balance.fraction_flows)
steady = compiled(balance.steady)
taken = compiled(balance.steady_taken)
after = compiled(balance.transient)
moving = compiled(jax.vmap(jax.grad(balance.transient, 2), (None, None, 0)))
change_of = compiled(balance.rate_of_change)
closed_slopes = compiled(
    jax.jacrev(lambda *at: (balance.steady(at[0]), balance.transient(*at)), (0, 1, 2))
)
temperature_of = compiled(balance.temperature_of_fraction)
temperature_slope = compiled(jax.grad(balance.temperature_of_fraction, 1))


def flows(trapping=0.0, supply=0.0, recombination=0.0, thermal=0.0):
    return Flows(trapping, supply, recombination, thermal)


def bcs_gap(t):
    """Δ(T) of Al against t = T/T_c [J]."""
    return BCS_GAP_RATIO * BOLTZMANN * TC * float(reduced_gap(t))


rates = st.just(0.0) | st.floats(1e-6, 1e9)


@given(rates, rates, rates, rates, st.just(0.0) | st.floats(1e-12, 1e6))
def test_steady_state_is_where_nothing_changes(trapping, supply, recombination, thermal, start):
    at = flows(trapping, supply, recombination, thermal)
    y = float(steady(at))
    gain = supply + thermal
    if trapping + recombination * gain > 0:
        assert trapping * y + recombination * y * y == pytest.approx(gain, rel=1e-13, abs=0)
    else:
        assert y == 0
    if trapping > 0:
        late = float(after(at, start, 1e3 / trapping))
        assert late == pytest.approx(y, rel=1e-13, abs=0)


@given(rates, rates, rates)
def test_what_is_taken_is_the_rest_of_equilibrium(trapping, supply, recombination):
    """By the balance in z = 1 - y: ρ z² + Γ - S = (Γ + 2ρ) z."""
    assume(trapping + recombination > 0)
    at = flows(trapping, supply, recombination, recombination)
    found = float(taken(at))
    z, rho, s = map(Fraction, (found, recombination, trapping))
    rest = rho * z * z + s - Fraction(supply) - (s + 2 * rho) * z
    assert abs(rest) <= Fraction(1e-15) * (rho * z * z + (s + 2 * rho) * abs(z))
    assert 1 - found == pytest.approx(float(steady(at)), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("start", [0.0, 1e-9, 0.4, 30.0])
@pytest.mark.parametrize(
    "at",
    [
        (3.0, 0.2, 1.5, 0.4),
        (1e6, 2.0, 5e7, 0.0),
        (0.0, 0.0, 2.0, 0.0),
        (2.0, 0.0, 0.0, 0.0),
        (0.0, 1.0, 0.0, 0.5),
        (0.0, 1.0, 3.0, 0.0),
        (1e-9, 1e-9, 1e-9, 0.0),
    ],
)
def test_transient_is_the_solution_of_its_equation(at, start):
    s, supply, r, thermal = at
    scale = s + math.sqrt(r * (supply + thermal)) + r * start + 0.1
    times = np.array([0.0, 0.01, 0.3, 1.0, 5.0]) / scale

    def change(_, y):
        return -s * y + supply + thermal - r * y * y

    tight = {"rtol": 1e-12, "atol": 1e-20, "method": "DOP853"}
    solved = solve_ivp(change, (0, times[-1]), [start], t_eval=times, **tight).y[0]
    found = after(flows(*at), start, times)
    assert np.allclose(found, solved, rtol=3e-10, atol=1e-19)
    change_now = change_of(flows(*at), found)
    size = s * found + supply + thermal + r * found**2
    assert np.all(np.abs(moving(flows(*at), start, times) - change_now) <= 1e-12 * size)


def test_transient_is_the_closed_form_about_the_steady_state():
    s, g, r = 2.0, 0.3, 1.7
    total = math.sqrt(s * s + 4 * r * g)
    end = (total - s) / (2 * r)
    t = np.linspace(0, 3, 7)
    for start in (0.0, 0.05, 4.0):
        u, fall = start - end, np.exp(-total * t)
        expected = end + u * total * fall / (total + r * u * (1 - fall))
        assert np.allclose(after(flows(s, g, r), start, t), expected, rtol=1e-14, atol=0)


def test_transient_keeps_its_digits_where_little_has_come():
    found = float(after(flows(1e3, 1e-20, 1e7, 0.0), 0.0, 1e-12))
    assert found == pytest.approx(1e-32, rel=1e-8, abs=0)


@pytest.mark.parametrize("at", [(0.0,) * 4, (0.0, 0.0, 1.0, 0.0), (1.0, 0.0, 0.0, 0.0)])
def test_closed_forms_have_finite_gradients_where_rates_vanish(at):
    for start, time in ((0.0, 0.0), (0.5, 2.0)):
        slopes = closed_slopes(flows(*at), start, time)
        assert all(np.isfinite(leaf).all() for leaf in jax.tree.leaves(slopes))


temperatures = st.floats(0.01, 1.3)


@given(temperatures, st.floats(0.0, 1.1), st.floats(-14, -5))
def test_a_trap_at_the_films_temperature_leaves_equilibrium(temperature, closed, log_resistance):
    junction = TunnelJunction(10**log_resistance, 80e-9, 1.0735e47, 100e-9, 7.79e46, 2e9)
    gap = max(1 - closed, 0.0) * GAP
    passive = shares(junction, PHONONS, gap, temperature)
    assert float(passive.supply) == float(passive.trapping)
    given_ = shares(junction, PHONONS, gap, temperature, temperature)
    for at in (passive, given_):
        assert float(steady(at)) == pytest.approx(1, rel=1e-12, abs=0)
        assert float(after(at, 1.0, 1e-3)) == pytest.approx(1, rel=1e-12, abs=0)
    if gap > 0:
        thermal = float(thermal_fraction(gap, temperature))
        at = fractions(junction, PHONONS, gap, temperature, temperature)
        assert float(steady(at)) == pytest.approx(thermal, rel=1e-12, abs=0)
        assert float(after(at, thermal, 1e-3)) == pytest.approx(thermal, rel=1e-12, abs=0)


@given(temperatures, temperatures, st.floats(0, 1e3))
def test_only_a_colder_trap_depletes(temperature, trap, generation):
    at = shares(JUNCTION, PHONONS, GAP, temperature, trap, generation)
    share = float(steady(at))
    if trap >= temperature:
        assert share >= 1 - 1e-12
    elif generation == 0:
        assert share <= 1 + 1e-12


@pytest.mark.parametrize(
    ("temperature", "trap", "generation"), [(0.2, 0.05, 0.0), (0.25, 0.3, 3.0)]
)
def test_shares_are_fractions_over_equilibrium(temperature, trap, generation):
    """All flows but recombination, whose rate at finite T is Kaplan's and not r x_eq."""
    at = shares(JUNCTION, PHONONS, GAP, temperature, trap, generation)
    other = fractions(JUNCTION, PHONONS, GAP, temperature, trap, generation)
    thermal = float(thermal_fraction(GAP, temperature))
    assert float(at.trapping) == float(other.trapping)
    assert float(at.supply) * thermal == pytest.approx(float(other.supply), rel=1e-12, abs=0)
    back = float(rate_of(JUNCTION, GAP, trap, trap) * thermal_fraction(GAP, trap))
    assert float(other.supply) == pytest.approx(back + generation, rel=1e-13, abs=0)
    edge = float(kaplan(PHONONS, GAP, temperature))
    assert float(at.recombination) == float(at.thermal_generation)
    assert float(at.recombination) == pytest.approx(edge, rel=1e-13, abs=0)
    assert float(other.recombination) * thermal == pytest.approx(edge, rel=0.1)


def test_colder_phonons_break_fewer_pairs():
    r = float(compiled(recombination_coefficient)(PHONONS, GAP))
    at = fractions(JUNCTION, PHONONS, GAP, 0.2, 0.2, 0.0, 0.1)
    thermal = float(thermal_fraction(GAP, 0.1))
    assert float(at.thermal_generation) == pytest.approx(r * thermal**2, rel=1e-13, abs=0)
    assert float(at.recombination) == pytest.approx(r, rel=1e-14, abs=0)


@compiled
def share_slopes(gap, temperature, trap, generation):
    def leaves(*at):
        return jnp.stack(jax.tree.leaves(balance.share_flows(JUNCTION, PHONONS, *at)))

    at = gap, temperature, trap, generation
    return leaves(*at), jax.jacfwd(leaves, (0, 1, 2, 3))(*at)


@pytest.mark.parametrize("gap", [0.0, 1e-60, 1e-30, GAP, 10 * GAP])
@pytest.mark.parametrize("temperature", [0.0, 1e-6, 1e-3, 0.1, 5.0])
@pytest.mark.parametrize("trap", [0.0, 1e-3, 3.0])
def test_flows_and_gradients_are_finite_at_every_limit(gap, temperature, trap):
    for generation in (0.0, 1e6):
        values, slopes = share_slopes(gap, temperature, trap, generation)
        assert np.isfinite(values).all()
        assert (values >= 0).all()
        assert all(np.isfinite(leaf).all() for leaf in slopes)


@pytest.mark.parametrize(
    ("trapping", "recombination", "temperature", "of_critical"),
    [(1e4, 6.25e6, 0.325, 0.27), (1e4, 5.0e7, 0.249, 0.21), (2.42e5, 6.25e6, 0.590, 0.50),
     (2.42e5, 5.0e7, 0.386, 0.33), (1e6, 6.25e6, 0.897, 0.76), (1e6, 5.0e7, 0.507, 0.43)],
)  # fmt: skip
def test_crossover_temperature_of_the_table(trapping, recombination, temperature, of_critical):
    """The table takes x_eq in its cold form without its correction 3τ/8."""
    cold = float(cold_temperature(GAP, trapping / recombination))
    assert cold == pytest.approx(temperature, abs=5.5e-4)
    # The table's T_c is that of 180 µeV.
    assert cold * BCS_GAP_RATIO * BOLTZMANN / GAP == pytest.approx(of_critical, abs=6e-3)
    found = float(crossover(GAP, trapping, recombination))
    thermal = float(thermal_fraction(GAP, found))
    assert recombination * thermal == pytest.approx(trapping, rel=1e-12, abs=0)
    assert 0.97 < found / cold < 1


@given(st.floats(-9, 2.75))
def test_temperature_of_fraction_is_the_inverse(log_ratio):
    temperature = GAP / BOLTZMANN / 10**log_ratio
    fraction = thermal_fraction(GAP, temperature)
    assert float(temperature_of(GAP, fraction)) == pytest.approx(temperature, rel=1e-12, abs=0)


@pytest.mark.parametrize("fraction", [1e-300, 1e-60, 1e-9, 1e-2, 0.9])
def test_cold_inverse_is_lamberts(fraction):
    if fraction > 1e-150:
        w = lambertw(4 * math.pi / fraction**2).real
        found = float(cold_temperature(GAP, fraction))
        assert found == pytest.approx(2 * GAP / (BOLTZMANN * w), rel=1e-14, abs=0)
    temperature = cold_temperature(GAP, fraction)
    cold = float(cold_density(GAP, temperature, 1 / GAP)) / 2
    assert cold == pytest.approx(fraction, rel=1e-12, abs=0)


@pytest.mark.parametrize("fraction", [1e-100, 1e-4, 0.2, 3.0, 1e5])
def test_temperature_of_fraction_has_the_slope_of_its_values(fraction, slope):
    found = float(temperature_slope(GAP, fraction))
    expected = slope(lambda x: float(temperature_of(GAP, x)), fraction)
    assert found == pytest.approx(expected, rel=1e-8, abs=0)


@pytest.mark.parametrize(("t", "error"), [(0.1, 4e-4), (0.2, 1.4e-3), (0.3, 5e-3), (0.5, 0.031)])
def test_cold_fraction_with_its_correction_is_off_by_what_the_table_says(t, error):
    cold = cold_fraction(bcs_gap(t), t * TC)
    whole = thermal_fraction(bcs_gap(t), t * TC)
    digit = {0.1: 1e-4, 0.2: 1e-4, 0.3: 1e-3, 0.5: 1e-3}[t]
    assert float(cold / whole) - 1 == pytest.approx(error, abs=0.51 * digit)


def test_cold_density_with_the_gap_at_zero_is_off_by_what_the_table_says():
    cold = cold_density(bcs_gap(0.0), 0.5 * TC, 1.0)
    whole = 2 * bcs_gap(0.5) * thermal_fraction(bcs_gap(0.5), 0.5 * TC)
    assert float(cold / whole) - 1 == pytest.approx(-0.185, abs=5e-4)


@pytest.mark.parametrize(("temperature", "ratio"), [(0.1, 6e5), (0.3, 2e5), (0.6, 1e5)])
def test_normal_electrons_are_not_quasiparticles(temperature, ratio):
    """n_n/n_qp = n_e/(2 N_0 k_B T) in Al: R for n_qp is smaller by that for n_n."""
    electrons, states = 1.81e29, 1.0735e47
    cold = electrons / (2 * states * BOLTZMANN * temperature)
    assert cold == pytest.approx(ratio, rel=0.05)
    gap = bcs_gap(temperature / TC)
    normal = electrons * yosida(gap, temperature)
    found = float(normal / (2 * states * gap * thermal_fraction(gap, temperature)))
    assert found == pytest.approx(cold, rel=0.025)
    constant = float(two_fluid_rate(PHONONS, gap, temperature, electrons))
    expected = float(compiled(recombination_constant)(PHONONS, gap)) / found
    assert constant == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize(("t", "error"), [(0.1, -0.02), (0.3, -0.05), (0.5, -0.05)])
def test_cold_yosida_is_off_by_what_the_table_says(t, error):
    ratio = bcs_gap(t) / (BOLTZMANN * t * TC)
    cold = math.sqrt(2 * math.pi * ratio) * math.exp(-ratio)
    assert cold / float(yosida(bcs_gap(t), t * TC)) - 1 == pytest.approx(error, abs=5e-3)


@pytest.mark.parametrize(
    ("t", "dirty", "gorter"),
    [(0.3, 0.99147, 0.9919), (0.5, 0.89361, 0.9375), (0.7, 0.64605, 0.7599),
     (0.9, 0.24972, 0.3439)],
)  # fmt: skip
def test_superfluid_shares_of_the_table(t, dirty, gorter):
    gap = bcs_gap(t)
    share = gap / bcs_gap(0.0) * math.tanh(gap / (2 * BOLTZMANN * t * TC))
    assert share == pytest.approx(dirty, abs=5.5e-6)
    assert 1 - t**4 == pytest.approx(gorter, abs=5e-5)


def of_tanh(t):
    return math.tanh(1.74 * math.sqrt(1 / t - 1)) / float(reduced_gap(t)) - 1


def of_cosine(t):
    return math.sqrt(math.cos(math.pi * t * t / 2)) / float(reduced_gap(t)) - 1


def test_common_forms_of_the_gap_are_off_by_what_the_table_says():
    worst = minimize_scalar(of_tanh, bounds=(0.3, 0.9), method="bounded")
    assert worst.fun == pytest.approx(-0.0190, abs=5e-5)
    assert worst.x == pytest.approx(0.61, abs=0.01)
    assert of_tanh(0.99) == pytest.approx(0.001, abs=5e-4)
    worst = minimize_scalar(lambda t: -of_cosine(t), bounds=(0.5, 0.99), method="bounded")
    assert -worst.fun == pytest.approx(0.031, abs=5e-4)
    assert worst.x == pytest.approx(0.86, abs=0.01)
    assert of_cosine(1 - 1e-7) == pytest.approx(0.021, abs=5e-4)
    assert max(abs(of_cosine(t)) for t in np.linspace(0.05, 0.5, 10)) <= 0.0045
