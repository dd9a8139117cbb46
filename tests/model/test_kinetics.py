"""Emptying: the closed forms against the rate equations, conservation, bounds, limits."""

import functools
import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN
from entrap.model import kinetics
from entrap.model.sample import Trapping

CLOSURES = ("constant", "ramp")

densities_of = compiled(kinetics.densities)
gain_of = compiled(kinetics.paired_electron_gain)
ratio_of = compiled(kinetics.pairing_to_trapping_ratio)
delayed = compiled(kinetics.delayed_normal_density)


def by_integration(trapping, n_s0, n_n0, times, rate):
    """Rate equations (7), (8) with γ(t) = pairing_rate · rate(t), by an explicit solver."""

    def right(t, y):
        pairs = trapping.pairing_rate * rate(t) * y[1] ** 2
        trapped = trapping.trapping_rate * y[1]
        return [pairs, -trapped - pairs, trapped]

    found = integrate.solve_ivp(
        right, (0, times[-1]), [n_s0, n_n0, 0.0], "DOP853", times, rtol=1e-12, atol=1e-15
    )
    assert found.success
    return found.y


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize(("rate", "pairing"), [(1.0, 0.5), (1.0, 30.0), (0.0, 2.0), (3.0, 0.0)])
def test_densities_solve_the_rate_equations(closure, rate, pairing):
    trapping = Trapping(rate, pairing, closure)
    times = np.array([0.0, 1e-3, 0.1, 0.7, 3.0, 9.0])
    growth = (lambda _: 1.0) if closure == "constant" else (lambda t: -math.expm1(-rate * t))
    expected = by_integration(trapping, 0.6, 0.4, times, growth)
    found = densities_of(trapping, 0.6, 0.4, times)
    values = [found.superfluid_density, found.normal_density, found.trapped_density]
    assert np.allclose(values, expected, rtol=1e-10, atol=1e-13)


@pytest.mark.parametrize("closure", CLOSURES)
@given(
    rate=st.floats(-18, 18), pairing=st.floats(-18, 18), time=st.floats(-12, 12),
    share=st.floats(0, 1), scale=st.floats(0, 30),
)  # fmt: skip
def test_no_electron_is_lost(closure, rate, pairing, time, share, scale):
    n_c = 10.0**scale
    n_n0 = share * n_c
    trapping = Trapping(10.0**rate, 10.0 ** (pairing - scale), closure)
    found = densities_of(trapping, n_c - n_n0, n_n0, 10.0**time)
    values = np.stack(jax.tree.leaves(found))
    assert float(values.sum()) == pytest.approx(n_c, rel=1e-12, abs=0)
    assert (values >= 0).all()


@given(rate=st.floats(1e-3, 1e3), pairing=st.floats(0, 1e3), time=st.floats(0, 1e3),
       later=st.floats(0, 10))  # fmt: skip
def test_pairing_only_lowers_what_is_left_and_all_goes_one_way(rate, pairing, time, later):
    for closure in CLOSURES:
        trapping = Trapping(rate, pairing, closure)
        now, then = (densities_of(trapping, 0.6, 0.4, t) for t in (time, time + later))
        # E3: Eq. (9) as printed exceeds this bound at every time.
        assert float(now.normal_density) <= 0.4 * math.exp(-rate * time) * (1 + 1e-14)
        assert float(then.superfluid_density) >= float(now.superfluid_density) - 1e-15
        assert float(then.trapped_density) >= float(now.trapped_density) - 1e-15
        gain = float(gain_of(trapping, 0.4))
        assert float(now.superfluid_density) - 0.6 <= gain + 1e-15


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("x", [1e-12, 1e-3, 0.5, 20.0, 1e6])
def test_gain_is_the_long_time_limit(closure, x):
    trapping = Trapping(2.0, 2.0 * x / 0.4, closure)
    late = densities_of(trapping, 0.0, 0.4, 400.0)
    gain = float(gain_of(trapping, 0.4))
    assert gain == pytest.approx(float(late.superfluid_density), rel=1e-13, abs=0)


@pytest.mark.parametrize(("x", "gain"), [(0.1, 0.046898), (0.5, 0.189070)])
def test_exact_gain_replaces_eq_11(x, gain):
    value = float(gain_of(Trapping(1.0, x, "constant"), 1.0))
    assert value == pytest.approx(gain, abs=5.1e-7)


@pytest.mark.parametrize(("closure", "factor"), [("constant", 1 / 2), ("ramp", 1 / 6)])
def test_few_pairs_form_in_proportion_to_the_pairing_rate(closure, factor):
    @compiled
    @jax.value_and_grad
    def gain(x):
        return kinetics.paired_electron_gain(Trapping(1.0, x, closure), 1.0)

    value, slope = map(float, gain(0.0))
    assert value == 0.0
    assert slope == pytest.approx(factor, rel=1e-15, abs=0)
    assert float(gain(1e-9)[0]) == pytest.approx(factor * 1e-9, rel=1e-8, abs=0)


@pytest.mark.parametrize("closure", CLOSURES)
def test_without_a_trap_all_pair_up(closure):
    trapping = Trapping(0.0, 2.0, closure)
    assert float(ratio_of(trapping, 0.4)) == math.inf
    assert float(gain_of(trapping, 0.4)) == 0.4
    near = float(gain_of(Trapping(1e-14, 2.0, closure), 0.4))
    assert near == pytest.approx(0.4, rel=1e-6, abs=0)


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("rate", [0.0, 1.0])
def test_without_pairing_no_pairs_form(closure, rate):
    trapping = Trapping(rate, 0.0, closure)
    assert float(ratio_of(trapping, 0.4)) == 0.0
    assert float(gain_of(trapping, 0.4)) == 0.0
    found = densities_of(trapping, 0.6, 0.4, 2.0)
    assert float(found.superfluid_density) == 0.6
    assert float(found.normal_density) == pytest.approx(0.4 * math.exp(-2 * rate), rel=1e-15, abs=0)


def test_without_a_trap_constant_pairing_is_second_order_decay():
    found = densities_of(Trapping(0.0, 2.0, "constant"), 0.6, 0.4, 5.0)
    assert float(found.normal_density) == pytest.approx(0.4 / (1 + 2 * 0.4 * 5), rel=1e-15, abs=0)
    assert float(found.trapped_density) == 0.0


@pytest.mark.parametrize("closure", CLOSURES)
def test_trapped_share_keeps_its_digits_where_pairing_wins(closure):
    # x = 1e10: a trace is trapped, ln(1 + x)/x or atan(s)/s of all.
    found = densities_of(Trapping(1.0, 1e10, closure), 0.0, 1.0, 60.0)
    with mp.workdps(40):
        x = mp.mpf(1e10)
        s = mp.sqrt(x / 2)
        exact = mp.log1p(x) / x if closure == "constant" else mp.atan(s) / s
    assert float(found.trapped_density) == pytest.approx(float(exact), rel=1e-13, abs=0)


@pytest.mark.parametrize("closure", CLOSURES)
@pytest.mark.parametrize("rate", [0.0, 1e-100, 1.0, 1e3])
@pytest.mark.parametrize("pairing", [0.0, 1e-300, 5.0])
@pytest.mark.parametrize("time", [0.0, 1e-9, 3.0])
def test_gradients_are_finite_in_every_limit(closure, rate, pairing, time):
    for slopes in compiled_slopes(closure):
        assert np.isfinite(slopes(rate, pairing, time, 0.5)).all()


@functools.cache
def compiled_slopes(closure):
    def totals(rate, pairing, time, n_n0):
        trapping = Trapping(rate, pairing, closure)
        found = kinetics.densities(trapping, 0.5, n_n0, time)
        late = kinetics.delayed_normal_density(trapping, time, n_n0, time)
        gain = kinetics.paired_electron_gain(trapping, n_n0)
        return jnp.stack([*jax.tree.leaves(found), late, gain])

    return tuple(compiled(way(totals, (0, 1, 2, 3))) for way in (jax.jacfwd, jax.jacrev))


def test_delayed_pairing_solves_the_rate_equations():
    trapping, delay = Trapping(1.3, 4.0), 0.7
    times = np.array([0.0, 0.01, 0.5, 2.0, 6.0])
    expected = by_integration(trapping, 0.6, 0.4, times, lambda t: -math.expm1(-t / delay))[1]
    found = delayed(trapping, delay, 0.4, times)
    assert np.allclose(found, expected, rtol=1e-10, atol=1e-14)


@given(st.floats(0, 30), st.floats(0, 30), st.floats(0, 50), st.floats(1e-3, 1e3))
def test_delayed_pairing_lies_between_none_and_at_once(rate, pairing, time, delay):
    trapping = Trapping(rate, pairing, "constant")
    value = float(delayed(trapping, delay, 0.4, time))
    at_once = float(densities_of(trapping, 0.6, 0.4, time).normal_density)
    assert at_once * (1 - 1e-12) <= value <= 0.4 * math.exp(-rate * time) * (1 + 1e-12)


def test_delayed_pairing_has_its_limits():
    trapping = Trapping(1.3, 4.0, "constant")
    times = jnp.array([0.0, 0.3, 5.0])
    at_once = densities_of(trapping, 0.6, 0.4, times).normal_density
    assert jnp.allclose(delayed(trapping, 0.0, 0.4, times), at_once, rtol=1e-14)
    assert jnp.allclose(delayed(trapping, 1e-12, 0.4, times), at_once, rtol=1e-11)
    assert jnp.allclose(
        delayed(trapping, 1e15, 0.4, times), 0.4 * jnp.exp(-1.3 * times), rtol=1e-13
    )
    slow = Trapping(1.3, 4.0, "ramp")  # τ = 1/Γ is the ramp
    ramp = densities_of(slow, 0.6, 0.4, times).normal_density
    assert jnp.allclose(delayed(slow, 1 / 1.3, 0.4, times), ramp, rtol=1e-14)


@pytest.mark.parametrize(
    ("x", "delay", "gain", "at_two"),
    [(0.1, 0.1, 0.039318, -0.0718), (0.1, 1, 0.016184, -0.0360), (0.1, 10, 0.0023695, -0.0056),
     (0.5, 1, 0.072705, -0.157), (0.5, 10, 0.011625, -0.0274), (0.5, 100, 0.0012406, -0.0029)],
)  # fmt: skip
def test_table_of_delayed_pairing(x, delay, gain, at_two):
    trapping = Trapping(1.0, x)
    left, _ = integrate.quad(lambda t: float(delayed(trapping, delay, 1.0, t)), 0, 60, epsrel=1e-10)
    assert 1 - left == pytest.approx(gain, rel=5e-5, abs=0)
    change = float(delayed(trapping, delay, 1.0, 2.0)) / math.exp(-2) - 1
    assert change == pytest.approx(at_two, abs=5.1e-4 if abs(at_two) > 0.1 else 6e-5)


def test_scaling_of_densities_and_of_time():
    trapping = Trapping(1.3, 4.0, "ramp")
    other = Trapping(1.3e3, 4e3 / 1e27, "ramp")
    one = densities_of(trapping, 0.6, 0.4, 0.9)
    scaled = densities_of(other, 0.6e27, 0.4e27, 0.9e-3)
    for name in ("superfluid_density", "normal_density", "trapped_density"):
        value = float(getattr(scaled, name))
        assert value == pytest.approx(1e27 * float(getattr(one, name)), rel=1e-13, abs=0)
    assert float(scaled.remaining_fraction) == pytest.approx(float(one.remaining_fraction), 1e-13)


def test_pairing_by_the_free_energy_gained_is_the_drive_over_the_thermal_energy():
    trapping = Trapping(1.0, 5.0, "self-consistent")
    drive = jnp.array([-2.0, 0.0, 3.0]) * BOLTZMANN * 4.0
    rates = kinetics.self_consistent_rate(trapping, 4.0, drive)
    assert rates.tolist() == pytest.approx([10, 0, 0], rel=1e-15, abs=0)


def test_self_consistent_closure_has_no_closed_form():
    trapping = Trapping(1.0, 5.0, "self-consistent")
    with pytest.raises(
        ValueError, match=r'"self-consistent" has no closed form: use `entrap\.evolve`'
    ):
        kinetics.densities(trapping, 0.6, 0.4, 1.0)
    with pytest.raises(ValueError, match="has no closed form"):
        kinetics.paired_electron_gain(trapping, 0.4)
