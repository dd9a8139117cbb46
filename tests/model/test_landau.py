"""The functional and its minimum: minimisation, identities, conventions, and every limit."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN
from entrap.model import coefficients, landau

ENTROPIES = ("ideal", "degenerate", "number-fraction")

density_of = compiled(landau.superfluid_density)
unbounded = compiled(landau.unbounded_density)
alpha_of = compiled(landau.effective_coefficient)
energy_of = compiled(landau.free_energy)
critical_of = compiled(landau.effective_critical_temperature)
bcs_coefficients = compiled(coefficients.bcs_coefficients)
rise_of = compiled(landau.enhancement)
release_of = compiled(landau.release_temperature)
cost_of = compiled(landau.trap_energy_cost)
first_of = compiled(landau.first_coefficient)
fractions = st.floats(0, 1)


def slaved_energy(sample, temperature, n_s, f):
    """F where the normal electrons are the share f of what is not superconducting."""
    normal = f * (sample.conduction_density - n_s)
    return landau.free_energy(sample, temperature, n_s, normal)


slaved_energy_of = compiled(slaved_energy)
energy_slope = compiled(jax.grad(slaved_energy, argnums=2))
density_slopes = compiled(jax.grad(landau.superfluid_density, argnums=(1, 2)))
energy_slopes = compiled(jax.grad(landau.free_energy, argnums=(1, 2, 3)))


def test_free_energy_is_eq_5_where_all_normal_electrons_are_trapped(make_sample):
    sample, n_s, t = make_sample(), 2e26, 5.0
    alpha = (3 * BOLTZMANN - BOLTZMANN * math.log(5)) * t - 3 * BOLTZMANN * 7
    eq_5 = alpha * n_s + sample.landau_beta / 2 * n_s**2
    assert float(energy_of(sample, t, n_s, 0.0)) == pytest.approx(eq_5, rel=1e-14, abs=0)


def test_without_a_trap_entropy_shifts_the_energy_but_not_the_minimum(make_sample):
    # Eq. (4): -k_B T L n_c, the same at any n_s.
    sample, t = make_sample(), 5.0
    expected = -BOLTZMANN * t * math.log(5) * 1e27
    for n_s in np.linspace(0, 1e27, 5):
        with_trap = float(slaved_energy_of(sample, t, n_s, 1.0))
        without = float(slaved_energy_of(make_sample(log_mixing_ratio=0.0), t, n_s, 1.0))
        assert with_trap - without == pytest.approx(expected, rel=1e-12, abs=0)
    assert float(density_of(sample, t, 1.0)) == pytest.approx(2e27 / 7, rel=1e-14, abs=0)


def test_number_fraction_energy_is_that_of_the_mixing_entropy(make_sample):
    # -T ΔS of Eq. (2) with ñ_c and n_v, up to the constant k_B T n_v ln(n/n_v).
    sample, t, n_s, n_n = make_sample(entropy="number-fraction"), 5.0, 4e26, 1e26
    n_c, n_v = 1e27, 4e27
    left = n_s + n_n
    mixed = left * math.log((left + n_v) / left) + n_v * math.log((left + n_v) / n_v)
    constant = n_v * math.log((n_c + n_v) / n_v)
    bare = 3 * BOLTZMANN * (t - 7) * n_s + sample.landau_beta * n_s**2 / 2
    expected = bare - BOLTZMANN * t * (mixed - constant)
    value = float(energy_of(sample, t, n_s, n_n))
    assert value == pytest.approx(expected, rel=1e-13, abs=0)


@pytest.mark.parametrize("entropy", ENTROPIES)
@pytest.mark.parametrize("f", [0.0, 0.3, 0.8, 1.0])
@pytest.mark.parametrize("temperature", [0.5, 5.0, 6.5])
def test_density_minimises_the_free_energy(make_sample, entropy, f, temperature):
    sample = make_sample(entropy=entropy, fermi_temperature=30.0)
    scale = BOLTZMANN * 7e27
    found = optimize.minimize_scalar(
        lambda x: float(slaved_energy_of(sample, temperature, 1e27 * x, f)) / scale,
        bounds=(1e-9, 1.0), method="bounded", options={"xatol": 1e-10},
    )  # fmt: skip
    assert float(density_of(sample, temperature, f)) / 1e27 == pytest.approx(found.x, abs=1e-7)


@pytest.mark.parametrize("entropy", ENTROPIES)
@given(f=fractions, temperature=st.floats(0.1, 60))
def test_slope_of_the_free_energy_vanishes_at_the_minimum(make_sample, entropy, f, temperature):
    sample = make_sample(entropy=entropy, fermi_temperature=30.0)
    n_s = float(unbounded(sample, temperature, f))
    if 0 < n_s < 1e27:
        slope = energy_slope(sample, temperature, n_s, f)
        scale = BOLTZMANN * (21 + temperature * (3 + math.log(1 + 4e27 / n_s)))
        assert abs(float(slope)) < 1e-12 * scale


@given(f=fractions, temperature=st.floats(0, 60), n_s=st.floats(1e20, 1e27))
def test_energy_slope_is_alpha_plus_beta_n_s_in_every_convention(make_sample, f, temperature, n_s):
    for entropy in ENTROPIES:
        sample = make_sample(entropy=entropy, fermi_temperature=30.0)
        alpha = alpha_of(sample, temperature, f, n_s)
        expected = float(alpha + sample.landau_beta * n_s)
        slope = float(energy_slope(sample, temperature, n_s, f))
        assert slope == pytest.approx(expected, rel=1e-11, abs=1e-13 * 21 * BOLTZMANN)


@pytest.mark.parametrize("weight", [0.0, 0.5, 1.0])
def test_weight_of_a_paired_electron_enters_as_w_minus_f(make_sample, weight):
    sample, t, f = make_sample(condensate_weight=weight), 5.0, 0.3
    expected = 3 * BOLTZMANN * (t - 7) - (weight - f) * BOLTZMANN * t * math.log(5)
    assert float(alpha_of(sample, t, f)) == pytest.approx(expected, rel=1e-14, abs=0)
    slope = float(energy_slope(sample, t, 2e26, f))
    assert slope == pytest.approx(expected + sample.landau_beta * 2e26, rel=1e-12, abs=0)


@given(st.floats(0, 0.999), st.floats(0, 40))
def test_trapped_sample_is_the_bare_one_at_a_lower_temperature(make_sample, share, temperature):
    # k_B L = share · a: E = 1/(1 - share), and everything is bare at T/E.
    sample = make_sample(log_mixing_ratio=3 * share)
    rise = float(rise_of(sample))
    assert rise == pytest.approx(1 / (1 - share), rel=1e-12, abs=0)
    trapped = float(unbounded(sample, temperature, 0.0))
    bare = float(unbounded(sample, temperature / rise, 1.0))
    assert trapped == pytest.approx(bare, rel=1e-11, abs=1e-13 * 1e27 * (1 + temperature))
    effective = float(compiled(landau.effective_temperature)(sample, trapped))
    assert effective == pytest.approx(temperature / rise, rel=1e-11, abs=1e-11)


@pytest.mark.parametrize(
    ("ratio", "rise"), [(2, 1.300), (5, 2.157), (10, 4.302), (15, 10.28), (20, 703)]
)
def test_enhancement_of_the_theory_page(make_sample, ratio, rise):
    sample = make_sample(log_mixing_ratio=math.log(ratio))
    assert float(rise_of(sample)) == pytest.approx(rise, rel=1e-3, abs=0)


def test_the_papers_ratio_is_beyond_the_divergence_of_its_own_slope(make_sample):
    sample = make_sample(landau_a=2.88189 * BOLTZMANN, log_mixing_ratio=math.log(20))
    assert float(rise_of(sample)) == math.inf
    assert float(critical_of(sample)) == math.inf
    # Then n_s grows with temperature: F̃ has a minimum, always.
    assert float(unbounded(sample, 300.0, 0.0)) > float(unbounded(sample, 3.0, 0.0))


def test_no_mixing_leaves_the_critical_temperature_with_the_slope_of_the_series(make_sample):
    @compiled
    @jax.value_and_grad
    def rise(log_ratio):
        return landau.enhancement(make_sample(log_mixing_ratio=log_ratio))

    value, slope = map(float, rise(0.0))
    assert value == 1.0
    assert slope == pytest.approx(1 / 3, rel=1e-14, abs=0)


def test_divergence_of_the_enhancement_has_finite_gradients(make_sample):
    def measure(log_ratio, critical, beta):
        sample = make_sample(
            log_mixing_ratio=log_ratio, critical_temperature=critical, landau_beta=beta
        )
        return jnp.stack([
            landau.enhancement(sample),
            landau.effective_critical_temperature(sample),
            landau.release_temperature(sample, 3e26),
        ])  # fmt: skip

    both = compiled(lambda *at: (measure(*at), jax.jacobian(measure, (0, 1, 2))(*at)))
    for log_ratio in (3.0 - 1e-12, 3.0, 3.0 + 1e-12, 50.0):
        values, slopes = both(log_ratio, 7.0, make_sample().landau_beta)
        assert np.isfinite(values).all() == (log_ratio < 3)
        assert np.isfinite(slopes).all()


@pytest.mark.parametrize("entropy", ENTROPIES)
def test_effective_critical_temperature_is_where_the_minimum_leaves_zero(make_sample, entropy):
    sample = make_sample(entropy=entropy, fermi_temperature=40.0)
    critical = float(critical_of(sample))
    if entropy == "number-fraction":
        assert critical == math.inf
        assert float(density_of(sample, 1e4, 0.0)) > 0
        return
    assert 7 < critical < math.inf
    assert float(alpha_of(sample, critical, 0.0)) == pytest.approx(0, abs=1e-13 * 21 * BOLTZMANN)
    assert float(density_of(sample, critical * (1 - 1e-9), 0.0)) > 0
    assert float(density_of(sample, critical * (1 + 1e-9), 0.0)) == 0


@pytest.mark.parametrize("f", [0.1, 0.5, 1.0])
def test_partial_trapping_leaves_number_fractions_a_critical_temperature(make_sample, f):
    sample = make_sample(entropy="number-fraction", valence_density=3e26)
    critical = float(critical_of(sample, f))
    assert 7 <= critical < math.inf
    assert float(unbounded(sample, critical, f)) == pytest.approx(0, abs=1e-12 * 1e27)


@pytest.mark.parametrize("f", [0.0, 0.4, 1.0])
def test_partial_trapping_raises_the_critical_temperature_in_part(make_sample, f):
    expected = 3 * 7 / (3 - (1 - f) * math.log(5))
    assert float(critical_of(make_sample(), f)) == pytest.approx(expected, rel=1e-14, abs=0)


@pytest.mark.parametrize("w", [0.01, 0.1, 0.17826, 0.3565])
def test_degenerate_critical_temperature_of_a_bcs_metal_is_the_toy_of_the_theory_page(
    make_sample, w
):
    # With the BCS slope T_F drops out: [1 - √(1 - 2.8048 w)]/(1.4024 w), w = 1 - (V_c/V)^(2/3).
    critical, fermi = 7.0, 4e4
    a, beta = bcs_coefficients(critical, fermi, 1e27)
    sample = make_sample(
        entropy="degenerate", landau_a=a, landau_beta=beta, fermi_temperature=fermi,
        log_mixing_ratio=-1.5 * math.log1p(-w),
    )  # fmt: skip
    slope = 2 * 7 * 1.2020569031595942 / 6
    toy = (1 - math.sqrt(1 - slope * w)) / (slope * w / 2)
    assert slope == pytest.approx(2.8048, abs=5e-5)
    rise = float(critical_of(sample)) / critical
    assert rise == pytest.approx(toy, rel=1e-9, abs=0)


def test_degenerate_gas_that_mixes_too_much_has_no_critical_temperature(make_sample):
    a, beta = bcs_coefficients(7.0, 4e4, 1e27)

    @compiled
    @jax.value_and_grad
    def critical(w):
        return landau.effective_critical_temperature(make_sample(
            entropy="degenerate", landau_a=a, landau_beta=beta, fermi_temperature=4e4,
            log_mixing_ratio=-1.5 * jnp.log1p(-w),
        ))  # fmt: skip

    assert float(critical(0.3565)[0]) < math.inf
    assert float(critical(0.3566)[0]) == math.inf
    assert (1 - 0.3565) ** -1.5 == pytest.approx(1.94, abs=5e-3)  # V/V_c of microscopic.md, 5.2
    for w in (0.0, 0.3565, 0.3566, 0.9):
        assert math.isfinite(float(critical(w)[1]))


@pytest.mark.parametrize("entropy", ENTROPIES)
def test_pinned_density_is_released_where_it_is_the_minimum(make_sample, entropy):
    sample = make_sample(entropy=entropy, fermi_temperature=60.0)
    pinned = 6e26
    release = float(release_of(sample, pinned))
    assert 7 * 0.4 < release < math.inf
    assert float(unbounded(sample, release, 0.0)) == pytest.approx(pinned, rel=1e-12, abs=0)


def test_release_is_the_start_temperature_enhanced(make_sample):
    # T_1 = E T_0 for the n_s of T_0; a density gained while emptying is released earlier.
    sample, start = make_sample(), 5.0
    pinned = density_of(sample, start, 1.0)
    release = float(release_of(sample, pinned))
    assert release == pytest.approx(start * float(rise_of(sample)), rel=1e-13, abs=0)
    assert float(release_of(sample, 1.1 * pinned)) < release


def test_trap_repays_the_entropy_of_the_normal_electrons(make_sample):
    # Red less green at n_s⁰, Fig. 3.
    sample, t = make_sample(), 5.0
    n_s = float(density_of(sample, t, 1.0))
    gap = energy_of(sample, t, n_s, 0.0) - energy_of(sample, t, n_s, 1e27 - n_s)
    cost = float(cost_of(sample, t, 1e27 - n_s))
    assert cost == pytest.approx(float(gap), rel=1e-12, abs=0)
    at_one_kelvin = make_sample(log_mixing_ratio=math.log(20))
    cost = float(cost_of(at_one_kelvin, 1.0, 1e27))
    assert cost == pytest.approx(4.14e4, abs=50)  # J/m³, ten times F_H


@given(f=fractions, low=st.floats(0, 60), more=st.floats(0, 60))
def test_density_stays_within_bounds_and_falls_with_temperature_and_left_over(
    make_sample, f, low, more
):
    for entropy in ENTROPIES:
        sample = make_sample(entropy=entropy, fermi_temperature=4e4)
        n_s = float(density_of(sample, low, f))
        assert 0 <= n_s <= 1e27
        assert float(density_of(sample, low + more, f)) <= n_s + 1e-13 * 1e27
        assert float(density_of(sample, low, f + (1 - f) / 2)) <= n_s + 1e-13 * 1e27


@given(st.floats(0, 1), st.floats(0, 30), st.floats(-3, 3), st.floats(-3, 3))
def test_theory_is_the_same_in_other_units(make_sample, f, temperature, log_density, log_kelvin):
    # n → s n and T → c T leave n_s/n_c as it is, where β n_c/k_B T_c and a/k_B are kept.
    s, c = 10**log_density, 10**log_kelvin
    for entropy in ENTROPIES:
        sample = make_sample(entropy=entropy, fermi_temperature=80.0)
        other = dataclasses.replace(
            sample,
            landau_beta=sample.landau_beta * c / s,
            critical_temperature=7.0 * c,
            conduction_density=1e27 * s,
            valence_density=4e27 * s,
            fermi_temperature=80.0 * c,
        )
        n_s = float(unbounded(sample, temperature, f))
        scaled = float(unbounded(other, c * temperature, f)) / s
        assert scaled == pytest.approx(n_s, rel=1e-9, abs=1e-12 * 1e27 * (1 + temperature**2))


def brute_root(alpha, energy, f, ratio):
    """n_s/n_c by bisection in 60 digits: α + n_s = (1-f) k_B T ln(1 + r/ñ_c), units of β n_c."""
    with mp.workdps(60):
        alpha, energy, f, ratio = (mp.mpf(x) for x in (alpha, energy, f, ratio))
        low, high = -f / (1 - f), 2 + abs(alpha) + energy * mp.log1p(ratio)
        log_low, log_high = mp.mpf(-4000), mp.log((high - low) * (1 - f))
        for _ in range(180):
            middle = (log_low + log_high) / 2
            left = mp.exp(middle)
            n_s = (left - f) / (1 - f)
            below = alpha + n_s < (1 - f) * energy * mp.log1p(ratio / left)
            log_low, log_high = (middle, log_high) if below else (log_low, middle)
        return float((mp.exp(log_low) - f) / (1 - f))


@pytest.mark.parametrize("f", [0.0, 1e-6, 0.3, 0.4999999, 0.5, 0.999999, 1 - 1e-12])
@pytest.mark.parametrize("ratio", [1e-9, 0.05, 4.0, 1e12])
@pytest.mark.parametrize("temperature", [1e-6, 1.0, 6.9999, 7.0, 7.1, 200.0])
def test_number_fraction_root_agrees_with_brute_force(make_sample, f, ratio, temperature):
    sample = make_sample(entropy="number-fraction", valence_density=1e27 * ratio)
    scale = sample.landau_beta * 1e27
    alpha = float(first_of(sample, temperature)) / scale
    exact = brute_root(alpha, BOLTZMANN * temperature / scale, f, ratio)
    value = float(unbounded(sample, temperature, f)) / 1e27
    # For f = 0 relative, however few are left; else relative to what cancels.
    slack = 1e-13 * (1 + abs(alpha)) if f > 0 else 0.0
    assert value == pytest.approx(exact, rel=1e-11, abs=slack)


@pytest.mark.parametrize("temperature", [6.999, 7.0, 7.0001, 7.01, 7.2])
def test_number_fraction_root_holds_for_the_papers_steepest_slope(make_sample, temperature):
    # a = 28819 k_B: at T_c a few, above it exponentially few electrons stay paired.
    a = 28819 * BOLTZMANN
    sample = make_sample(entropy="number-fraction", landau_a=a, landau_beta=a * 7 / 1e27)
    scale = sample.landau_beta * 1e27
    alpha = float(first_of(sample, temperature)) / scale
    exact = brute_root(alpha, BOLTZMANN * temperature / scale, 0.0, 4.0)
    value = float(unbounded(sample, temperature, 0.0)) / 1e27
    assert value == pytest.approx(exact, rel=1e-11, abs=0)


@pytest.mark.parametrize("ratio", [0.0, 1e-12, 4.0])
@pytest.mark.parametrize("f", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("temperature", [0.0, 7.0, 300.0])
def test_number_fraction_root_has_finite_gradients_in_every_limit(
    make_sample, ratio, f, temperature
):
    slopes = fraction_slopes(make_sample(entropy="number-fraction"), 1e27 * ratio, f, temperature)
    assert all(math.isfinite(float(slope)) for slope in slopes)


@compiled
def fraction_slopes(sample, valence, f, temperature):
    def root(valence, f, temperature):
        changed = dataclasses.replace(sample, valence_density=valence)
        return landau.unbounded_density(changed, temperature, f)

    return jax.grad(root, argnums=(0, 1, 2))(valence, f, temperature)


@pytest.mark.parametrize("f", [0.0, 0.3, 0.499999, 0.7, 0.999])
def test_number_fraction_root_has_the_gradients_of_its_values(make_sample, f, slope):
    sample = make_sample(entropy="number-fraction")
    valence, temperature = 4e27, 5.0
    of_valence, of_f, of_temperature = fraction_slopes(sample, valence, f, temperature)
    by_valence = slope(
        lambda v: float(unbounded(dataclasses.replace(sample, valence_density=v), temperature, f)),
        valence,
    )
    by_temperature = slope(lambda t: float(unbounded(sample, t, f)), temperature)
    assert float(of_valence) == pytest.approx(by_valence, rel=1e-7, abs=0)
    assert float(of_temperature) == pytest.approx(by_temperature, rel=1e-7, abs=0)
    if f:
        by_f = slope(lambda f: float(unbounded(sample, temperature, f)), f, 1e-4)
        assert float(of_f) == pytest.approx(by_f, rel=1e-6, abs=0)


def test_number_fraction_root_corrects_more_than_the_papers_rule(make_sample):
    for temperature in np.linspace(0.5, 20, 12):
        fraction = float(density_of(make_sample(entropy="number-fraction"), temperature, 0.0))
        assert fraction >= float(density_of(make_sample(), temperature, 0.0))


@pytest.mark.parametrize("entropy", ENTROPIES)
@pytest.mark.parametrize("temperature", [0.0, 7.0, 15.10180680731726, 15.2])
@pytest.mark.parametrize("f", [0.0, 1.0])
def test_density_and_energy_have_finite_gradients_at_every_limit(
    make_sample, entropy, temperature, f
):
    sample = make_sample(entropy=entropy)
    assert np.isfinite(density_slopes(sample, temperature, f)).all()
    assert np.isfinite(energy_slopes(sample, temperature, 0.0, 0.0)).all()


def test_energy_slope_at_an_empty_sample_is_alpha(make_sample):
    # The paper's rule has no singularity where the last electron leaves.
    sample, t = make_sample(), 5.0
    slope = float(energy_slopes(sample, t, 0.0, 0.0)[1])
    assert slope == pytest.approx(float(alpha_of(sample, t, 0.0)), rel=1e-14, abs=0)
    assert float(energy_of(make_sample(entropy="number-fraction"), t, 0.0, 0.0)) == (
        pytest.approx(-BOLTZMANN * t * 4e27 * math.log(4 / 5), rel=1e-14, abs=0)
    )
    nothing = make_sample(entropy="number-fraction", valence_density=0.0)
    assert float(energy_of(nothing, t, 0.0, 0.0)) == 0.0


def test_no_valence_electrons_make_all_conventions_the_bare_theory(make_sample):
    for entropy in ENTROPIES:
        sample = make_sample(entropy=entropy, valence_density=0.0, log_mixing_ratio=0.0)
        for f in (0.0, 0.5, 1.0):
            n_s = float(density_of(sample, 5.0, f))
            assert n_s == pytest.approx(2e27 / 7, rel=1e-14, abs=0)
        assert float(critical_of(sample)) == 7.0


def test_fig_3_of_the_theory_page(make_sample):
    # Units n_c and k_B T_c: A = 2, L = 1, t_0 = 0.4, σ = 1.
    sample = make_sample(
        landau_a=2 * BOLTZMANN, landau_beta=2 * BOLTZMANN, critical_temperature=1.0,
        conduction_density=1.0, valence_density=math.e - 1, log_mixing_ratio=1.0,
    )  # fmt: skip

    def energy(t, x, f):
        return float(slaved_energy_of(sample, t, x, f)) / BOLTZMANN

    assert float(density_of(sample, 0.4, 1.0)) == pytest.approx(0.6, rel=1e-14, abs=0)
    assert float(density_of(sample, 0.4, 0.0)) == pytest.approx(0.8, rel=1e-14, abs=0)
    found = [energy(0.4, 0.6, 1), energy(0.4, 0.6, 0), energy(0.4, 0.8, 0), energy(0.8, 0.6, 0),
             energy(1.2, 0.4, 0), energy(1.6, 0.2, 0), energy(0.4, 0.675628, 0)]  # fmt: skip
    expected = [-0.76, -0.60, -0.64, -0.36, -0.16, -0.04, -0.624532]
    assert found == pytest.approx(expected, abs=1e-6)
    assert energy(0.4, 1.0, 0) == pytest.approx(energy(0.4, 1.0, 1), rel=1e-14, abs=0)
    assert float(release_of(sample, 0.6)) == pytest.approx(0.8, rel=1e-14, abs=0)
    assert float(release_of(sample, 0.675628)) == pytest.approx(0.648744, abs=1e-6)
    assert float(critical_of(sample)) == pytest.approx(2, rel=1e-14, abs=0)
