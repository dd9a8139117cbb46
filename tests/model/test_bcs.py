"""BCS functions against the gap equation and Bessel series in high precision."""

import functools
import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.compiled import compiled
from tests.model.interpolants import interpolant

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.model import bcs

gap_of = compiled(bcs.reduced_gap)
gap_slope = compiled(jax.grad(bcs.reduced_gap))
gap_curvature = compiled(jax.grad(jax.grad(bcs.reduced_gap)))
temperature_of = compiled(bcs.temperature_of_gap_ratio)
density_of = compiled(bcs.quasiparticle_density)
cold_density_of = compiled(bcs.quasiparticle_density_cold)
thermal_yosida = compiled(bcs.yosida)


def yosida_at(ratio):
    return bcs.yosida(ratio * BOLTZMANN, 1.0)


yosida_of = compiled(yosida_at)
yosida_slope = compiled(jax.grad(yosida_at))
yosida_curvature = compiled(jax.grad(jax.grad(yosida_at)))


def quasiparticles_of(ratio):
    """n_qp/(4 N_0 k_B T)."""
    return density_of(ratio * BOLTZMANN, 1.0, 1 / (4 * BOLTZMANN))


def fermi_integral(r):
    """∫ f(E)/E dξ over ξ > 0, E = √(ξ² + r²), in units of k_B T."""

    def integrand(x):
        energy = mp.sqrt(x * x + r * r)
        return 1 / (energy * (mp.exp(energy) + 1))

    return mp.quad(integrand, [0, r, 3 * r + 1, 3 * r + 10, 3 * r + 40, 3 * r + 120])


def exact_gap(t):
    """Root of ln Δ/Δ(0) = -2 ∫ f(E)/E dξ."""
    t = mp.mpf(t)
    zero = mp.pi * mp.exp(-mp.euler)

    def equation(delta):
        return mp.log(delta) + 2 * fermi_integral(delta * zero / t)

    guess = mp.tanh(mp.mpf("1.74") * mp.sqrt(1 / t - 1))
    return mp.findroot(equation, (guess * mp.mpf("0.98"), guess * mp.mpf("1.0001")), tol=1e-40)


def thermal(function, r):
    """∫ of a function of r cosh u over u > 0: the trapezoidal rule, good to the digits set."""
    nats = mp.log(10) * (mp.mp.dps + 5)
    step = mp.pi**2 / nats / mp.sqrt(max(r / 4, 1))
    steps = range(1, int(mp.acosh(1 + nats / r) / step) + 2)
    return step * (function(r) / 2 + mp.fsum(function(r * mp.cosh(step * k)) for k in steps))


@functools.cache
def matsubara_sum(k, precision):
    """Σ ν^-(2k+1) over ν = n + ½, times -binom(-½, k): the k-th term of G."""
    assert precision == mp.mp.prec
    return -mp.binomial(-mp.mpf(1) / 2, k) * (2 ** (2 * k + 1) - 1) * mp.zeta(2 * k + 1)


def exact_yosida(r):
    """1 - r G'(r), from the sum over frequencies below r = 1."""
    return 1 - exact_pairing(r) if r < 1 else thermal(lambda y: y / 2 * mp.sech(y / 2) ** 2, r)


def exact_pairing(r):
    """r G'(r)."""
    return series(r, lambda k: 2 * k) if r < 1 else 1 - exact_yosida(r)


def exact_depth(r):
    """G(r) = ln T_c/T."""
    if r < 1:
        return series(r, lambda _: 1)
    return mp.log(r / mp.pi) + mp.euler + 2 * thermal(lambda y: 1 / (mp.exp(y) + 1), r)


def series(r, weight):
    terms = range(1, mp.mp.dps + 5)  # each is a tenth of the last, or less
    x = (r / (2 * mp.pi)) ** 2
    return mp.fsum(weight(k) * matsubara_sum(k, mp.mp.prec) * x**k for k in terms)


def exact_ratio(t):
    """r at temperature t, by Newton's steps."""
    r = mp.pi * mp.exp(-mp.euler) / t * mp.tanh(1.74 * mp.sqrt(1 / t - 1))
    for _ in range(12):
        step = (exact_depth(r) + mp.log(t)) * r / exact_pairing(r)
        r -= step
        if abs(step) < r * mp.mpf(10) ** (-mp.mp.dps // 2 - 1):  # the next is its square
            return r
    raise AssertionError(t)


def exact_slope(r):
    """dδ/dt = (dδ/dr)/(dt/dr) on the parametric curve t = exp(-G), δ = r t e^γ/π."""
    return -mp.exp(mp.euler) / mp.pi * r * exact_yosida(r) / exact_pairing(r)


def test_coefficients_of_the_gap_are_those_of_its_exact_values():
    with mp.workdps(50):
        bend, cold = mp.mpf(bcs._GAP_BEND), mp.mpf(bcs._COLD)

        def factor(x):
            """δ/√(1 - t), x going from -1 at the lowest temperature to 1 at T_c."""
            along = (1 - x) / 2 * (1 - cold) / (cold + bend)  # (1 - t)/(t + bend)
            t = (1 - bend * along) / (1 + along)
            return exact_ratio(t) * t * mp.exp(mp.euler) / mp.pi / mp.sqrt(1 - t)

        assert interpolant(factor, len(bcs._GAP)) == list(bcs._GAP)


def test_coefficients_of_yosida_are_those_of_its_exact_values():
    with mp.workdps(50):
        bend = mp.mpf(bcs._YOSIDA_BEND)

        def factor(x):
            s = 2 / (1 + x)
            r = bend * mp.sqrt(s**2 - 1)
            return exact_yosida(r) * 4 * mp.cosh(r / 2) ** 2 / mp.sqrt(s)

        assert interpolant(factor, len(bcs._YOSIDA)) == list(bcs._YOSIDA)


CRITICAL = 1 - 10.0 ** np.arange(-3.0, -16.0, -1.0)
TEMPERATURES = np.concatenate([np.linspace(0.02, 0.2, 37), np.linspace(0.21, 0.999, 25), CRITICAL])


@functools.cache
def exact_curve():
    """Temperatures and r there, of 30 digits."""
    with mp.workdps(30):
        return [(t, exact_ratio(t)) for t in map(mp.mpf, TEMPERATURES)]


def test_gap_is_exact_to_rounding():
    with mp.workdps(30):
        exact = [float(r * t * mp.exp(mp.euler) / mp.pi) for t, r in exact_curve()]
    assert np.allclose([gap_of(t) for t in TEMPERATURES], exact, rtol=7e-16, atol=0)


def test_gap_has_the_derivatives_of_the_gap_equation():
    with mp.workdps(30):
        curve = exact_curve()
        slopes = [float(exact_slope(r)) for _, r in curve]
        curvatures = [
            float(-mp.diff(exact_slope, r) * r / (t * exact_pairing(r))) for t, r in curve[::3]
        ]
    assert np.allclose([gap_slope(t) for t in TEMPERATURES], slopes, rtol=3e-15, atol=1e-14)
    found = [gap_curvature(t) for t in TEMPERATURES[::3]]
    assert np.allclose(found, curvatures, rtol=3e-15, atol=1e-11)


@pytest.mark.parametrize("t", [0.05, 0.87, 0.999999])
def test_gap_solves_the_gap_equation(t):
    with mp.workdps(22):
        exact = float(exact_gap(t))
    assert float(gap_of(t)) == pytest.approx(exact, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("t", "gap"),
    [(0.2, 0.999876762), (0.3, 0.997123762), (0.5, 0.956884716), (0.7, 0.82877097),
     (0.9, 0.526342)],
)  # fmt: skip
def test_gap_of_the_table(t, gap):
    assert float(gap_of(t)) == pytest.approx(gap, abs=1e-9 if t < 0.8 else 5e-7)


@pytest.mark.parametrize("t", [0.07, 0.1, 0.13])
def test_cold_gap_closes_exponentially(t):
    r = BCS_GAP_RATIO / t
    leading = math.sqrt(2 * math.pi / r) * math.exp(-r)
    assert 1 - float(gap_of(t)) == pytest.approx(leading, rel=1.2 / r, abs=3e-15)


def test_gap_near_critical_goes_as_a_square_root():
    for below in (1e-4, 1e-8, 1e-12):
        t = 1 - below
        assert float(gap_of(t)) / math.sqrt(1 - t) == pytest.approx(1.7367, abs=1e-4 + below)


def test_gap_is_full_at_zero_and_gone_from_the_critical_temperature_on():
    values = [float(gap_of(t)) for t in (-1.0, 0.0, 1e-300, 0.0199999, 1.0, 1 + 1e-15, 5.0)]
    assert values == [1, 1, 1, 1, 0, 0, 0]


def test_gap_has_a_finite_gradient_everywhere():
    for t in (0.0, 0.0199, 0.02, 0.0201, 0.5, 1 - 1e-15, 1.0, 1 + 1e-15, 9.0):
        assert math.isfinite(float(gap_slope(t)))
        assert math.isfinite(float(gap_curvature(t)))


@pytest.mark.parametrize("t", [-math.inf, -1.0, bcs._COLD, math.inf])
def test_gap_is_flat_beyond_its_limits(t):
    assert float(gap_of(t)) == (t < 1)
    assert float(gap_slope(t)) == float(gap_curvature(t)) == 0


def test_gap_is_smooth_where_it_begins_to_close():
    begins = math.nextafter(bcs._COLD, 1)
    assert float(gap_of(begins)) == pytest.approx(1, abs=2.3e-16)
    assert float(gap_slope(begins)) == pytest.approx(0, abs=1e-14)
    assert float(gap_curvature(begins)) == pytest.approx(0, abs=1e-11)


def test_gap_at_no_temperature_is_none():
    assert math.isnan(float(gap_of(math.nan)))


@pytest.mark.parametrize("t", [0.15, 0.5, 0.86, 0.87, 0.88, 0.99])
def test_gap_has_the_first_two_derivatives_of_its_values(t, slope):
    step = 1e-3 * min(1.0, (1 - t) * 10)
    assert float(gap_slope(t)) == pytest.approx(
        slope(lambda x: float(gap_of(x)), t, step), rel=1e-7, abs=0
    )
    second = slope(lambda x: float(gap_slope(x)), t, step)
    assert float(gap_curvature(t)) == pytest.approx(second, rel=1e-6, abs=0)


@given(st.floats(0, 1), st.floats(0, 1))
def test_gap_only_falls(one, other):
    low, high = sorted((one, other))
    assert 0 <= float(gap_of(high)) <= float(gap_of(low)) + 4e-15 <= 1 + 1e-14


@given(st.floats(0.1, 1), st.floats(1e-8, 1e-3))
def test_gap_falls_from_point_to_point_of_a_fine_grid(start, step):
    t = np.minimum(start + step * np.arange(300), 1.0)
    assert (np.diff(gap_of(t))[np.diff(t) > 0.9 * step] < 0).all()


@given(st.floats(0.05, 0.9999999))
def test_gap_and_parametric_curve_are_inverse(t):
    ratio = float(gap_of(t)) * BCS_GAP_RATIO / t
    assert float(temperature_of(ratio)) == pytest.approx(t, rel=1e-13, abs=0)


@pytest.mark.parametrize(
    ("ratio", "t", "gap"),
    [(0.5, 0.9742, 0.276), (1, 0.90535, 0.513), (2, 0.71654, 0.812), (3, 0.54981, 0.935),
     (5, 0.35019, 0.993), (10, 0.17638, 1.000)],
)  # fmt: skip
def test_parametric_curve_of_the_table(ratio, t, gap):
    assert float(temperature_of(ratio)) == pytest.approx(t, abs=5.1e-5)
    assert float(gap_of(temperature_of(ratio))) == pytest.approx(gap, abs=5.1e-4)


def test_largest_temperature_at_which_the_gap_repays_ln_20():
    assert float(temperature_of(math.log(20))) == pytest.approx(0.550414, abs=5e-7)


@pytest.mark.parametrize("ratio", [1e-6, 0.3, 1.1999999, 1.2, 1.2000001, 2.5, 20.0])
def test_parametric_curve_is_the_integral(ratio):
    with mp.workdps(20):
        r = mp.mpf(ratio)
        exact = mp.pi / r * mp.exp(-mp.euler - 2 * fermi_integral(r))
    assert float(temperature_of(ratio)) == pytest.approx(float(exact), rel=2e-14, abs=0)


def test_parametric_curve_starts_flat_at_the_critical_temperature():
    assert float(temperature_of(0.0)) == 1.0
    assert float(compiled(jax.grad(bcs.temperature_of_gap_ratio))(0.0)) == 0.0


def test_gap_scales_with_the_one_given_at_zero(make_sample):
    scaled = compiled(bcs.gap)
    for temperature in (0.0, 3.0, 6.9, 7.0, 20.0):
        expected = 2e-22 * float(gap_of(temperature / 7.0))
        found = float(scaled(make_sample(gap=2e-22), temperature))
        assert found == pytest.approx(expected, rel=1e-15, abs=0)


@pytest.mark.parametrize("ratio", [0.001, 0.5, 1.1999999, 1.2, 1.2000001, 2.0])
def test_yosida_is_its_integral(ratio):
    with mp.workdps(20):
        r = mp.mpf(ratio)
        exact = mp.quad(
            lambda x: mp.sech(mp.sqrt(x * x + r * r) / 2) ** 2 / 2, [0, 1, 4, 10, 30, 90]
        )
    assert float(yosida_of(ratio)) == pytest.approx(float(exact), rel=2e-14, abs=0)


RATIOS = [1e-3, 0.03, 0.2, 0.299, 0.301, 0.5, 0.9, 1.5, 2.2, 3.5, 5.0, 8.0, 13.0, 25.0, 60.0]


@pytest.mark.parametrize("ratio", [*RATIOS, 150.0, 400.0, 699.0])
def test_yosida_and_its_slope_are_integrals_in_the_rapidity(ratio):
    with mp.workdps(30):
        r = mp.mpf(ratio)
        ends = [mp.acosh(1 + nats / r) for nats in (0, 1, 8, 80)]

        def integral(weight):
            def integrand(u):
                half = r * mp.cosh(u) / 2
                return mp.exp(r) * weight(half) * mp.sech(half) ** 2  # quad's error is absolute

            return float(mp.exp(-r) * mp.quad(integrand, ends))

        share, slope = integral(lambda half: half), integral(lambda half: -r / 2 * mp.tanh(half))
    rounding = 5e-16 * ratio  # of r in exp(-r)
    assert float(yosida_of(ratio)) == pytest.approx(share, rel=2e-15 + rounding, abs=0)
    assert float(yosida_slope(ratio)) == pytest.approx(slope, rel=1e-14 + rounding, abs=0)


def test_yosida_is_smooth_where_its_forms_join():
    below, above = bcs._FEW * (1 - 1e-13), bcs._FEW * (1 + 1e-13)
    assert float(yosida_of(below)) == pytest.approx(float(yosida_of(above)), rel=1e-15)
    assert float(yosida_slope(below)) == pytest.approx(float(yosida_slope(above)), rel=1e-13)
    assert float(yosida_curvature(below)) == pytest.approx(
        float(yosida_curvature(above)), rel=1e-11
    )


@pytest.mark.parametrize(
    ("t", "superfluid"), [(0.3, 0.98176), (0.5, 0.83404), (0.7, 0.55371), (0.9, 0.19595)]
)
def test_clean_superfluid_share_of_the_table(t, superfluid):
    share = 1 - float(thermal_yosida(BCS_GAP_RATIO * float(gap_of(t)), t / BOLTZMANN))
    assert share == pytest.approx(superfluid, abs=6e-6)


def test_superfluid_share_near_critical_has_the_landau_slope_two():
    t = 1 - 1e-6
    share = 1 - float(thermal_yosida(BCS_GAP_RATIO * float(gap_of(t)), t / BOLTZMANN))
    assert share / (1 - t) == pytest.approx(2, rel=1e-5, abs=0)


@given(st.floats(0, 600), st.floats(1e-3, 1))
def test_yosida_falls_from_one_to_zero(ratio, more):
    assert 0 <= float(yosida_of(ratio)) <= 1
    assert float(yosida_of(ratio + more)) < float(yosida_of(ratio))


@pytest.mark.parametrize("ratio", [1e-8, 1e-5, 0.01, 0.7, 3.0])
def test_quasiparticles_are_their_integral(ratio):
    with mp.workdps(20):
        r = mp.mpf(ratio)
        exact = mp.quad(
            lambda x: 1 / (mp.exp(mp.sqrt(x * x + r * r)) + 1), [0, r, 1, 4, 10, 30, 90]
        )
    assert float(quasiparticles_of(ratio)) == pytest.approx(float(exact), rel=2e-14, abs=0)


@pytest.mark.parametrize("ratio", [2.0, 3.0, 7.0, 8.5, 17.0, 50.0, 300.0, 600.0])
def test_quasiparticles_keep_their_digits_in_the_thermal_tail(ratio):
    with mp.workdps(30):
        exact = thermal(lambda y: y / (mp.exp(y) + 1), mp.mpf(ratio))
    rounding = 5e-16 * ratio  # of r in exp(-r)
    assert float(quasiparticles_of(ratio)) == pytest.approx(
        float(exact), rel=2e-14 + rounding, abs=0
    )


@pytest.mark.parametrize(
    ("t", "error"), [(0.05, -0.010), (0.1, -0.021), (0.2, -0.039), (0.3, -0.056), (0.5, -0.072)]
)
def test_cold_form_is_low_by_what_the_table_says(t, error):
    gap = BCS_GAP_RATIO * float(gap_of(t)) * BOLTZMANN
    cold = cold_density_of(gap, t, 1e47)
    full = density_of(gap, t, 1e47)
    assert float(cold / full) - 1 == pytest.approx(error, abs=6e-4)


def test_without_a_gap_all_thermal_electrons_count():
    value = float(density_of(0.0, 2.0, 1e47))
    assert value == pytest.approx(4e47 * 2 * BOLTZMANN * math.log(2), rel=1e-15, abs=0)
    assert float(thermal_yosida(0.0, 2.0)) == 1.0
    assert float(cold_density_of(0.0, 2.0, 1e47)) == 0.0


def test_at_zero_temperature_a_gap_leaves_nothing():
    assert float(thermal_yosida(1e-22, 0.0)) == pytest.approx(0, abs=1e-300)
    assert float(density_of(1e-22, 0.0, 1e47)) == 0.0
    assert float(cold_density_of(1e-22, 0.0, 1e47)) == 0.0


@pytest.mark.parametrize("gap", [0.0, 1e-30, 1e-22])
@pytest.mark.parametrize("temperature", [0.0, 1e-3, 5.0])
def test_thermal_functions_have_finite_gradients_at_every_limit(gap, temperature):
    assert np.isfinite(thermal_slopes(gap, temperature)).all()


@compiled
def thermal_slopes(gap, temperature):
    def thermal(gap, temperature):
        return jnp.stack([
            bcs.yosida(gap, temperature),
            bcs.quasiparticle_density(gap, temperature, 1.0) / BOLTZMANN,
            bcs.quasiparticle_density_cold(gap, temperature, 1.0) / BOLTZMANN,
        ])  # fmt: skip

    return jax.jacrev(thermal, argnums=(0, 1))(gap, temperature)


def test_landau_length_ratio_is_that_of_a_clean_superconductor():
    assert pytest.approx(0.738515, abs=5e-7) == bcs.LANDAU_LENGTH_RATIO
    assert float(bcs.coherence_length(1e6, 1.602176634e-22)) == pytest.approx(209.515e-9, abs=1e-12)
