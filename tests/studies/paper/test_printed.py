"""The paper's equations as printed: they are what stands there, and fail where it is said."""

import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants as si
from scipy import integrate

from entrap.model import kinetics
from entrap.model.sample import Trapping
from entrap.solve.jit import quick_jit
from entrap.studies.paper import printed

# 25 digits of 50-digit arithmetic; every input is the exact float64 of its literal.
A, T_C, BETA, T, K_B = 4.141947e-23, 7.0, 2.8993629000000003e-49, 5.0, si.k
ALPHA_TILDE = "-1.939423822182114253493969e-22"
N_S0, N_N0 = 6e26, 4e26
TRAPPING = Trapping(1e3, 1.25e-24, "constant")
crowdings = st.floats(0.001, 0.95)


def equals(value, digits, rtol=1e-12):
    return abs(float(value) / float(digits) - 1) < rtol


def near(value, rel=1e-12, abs=0.0):
    return pytest.approx(value, rel=rel, abs=abs)


def of_crowding(x):
    return Trapping(1.0, x, "constant")


def test_density_is_a_root_with_the_wrong_dimension():
    alpha = float(ALPHA_TILDE)
    assert equals(printed.superfluid_density(alpha, BETA), "25863367697861.50197417300")


def test_printed_amplitude_leaves_no_condensation_energy():
    alpha = A * (T - T_C)
    pairs = float(printed.order_parameter(alpha, BETA)) ** 2
    assert pairs == near(-alpha / BETA, rel=1e-14)
    assert abs(2 * alpha * pairs + 2 * BETA * pairs**2) < 1e-13 * abs(2 * alpha * pairs)


@pytest.mark.parametrize(
    ("density", "digits"),
    [(1e27, "2.881886401122026603391502"), (1e23, "28818.86401122026883434880")],
)
def test_slope_lacks_a_factor_two(density, digits):
    assert equals(printed.field_slope(0.1, 0.1, density) / K_B, digits)


def test_critical_field_is_low_by_the_root_of_two():
    field = printed.critical_field(float(ALPHA_TILDE), BETA)
    assert equals(field, "0.2855034570024890380790929")
    gaussian = printed.critical_field_gaussian(-4e-17, 2.9e-37)
    assert equals(gaussian, "186.1876740567054797635135")
    assert equals(jnp.sqrt(8 * jnp.pi * 4e-17**2 / (2 * 2.9e-37)) / gaussian, 2**0.5)


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        (lambda: printed.normal_density(TRAPPING, N_N0, 7e-4), "2.642439534713773085406873e+26"),
        (
            lambda: printed.paired_superfluid_density(TRAPPING, N_S0, N_N0, 7e-4),
            "8.095648585058496451587462e+26",
        ),
        (
            lambda: printed.final_superfluid_density(TRAPPING, N_S0, N_N0),
            "8.454822555520437628730247e+26",
        ),
        (
            lambda: printed.delayed_normal_density(TRAPPING, 5e-4, N_N0, 2e-3),
            "5.798602431486008291207364e+25",
        ),
    ],
)
def test_kinetics_as_printed(value, digits):
    assert equals(value(), digits)


@quick_jit
def eq_10(x, time):
    paired = printed.paired_superfluid_density(of_crowding(x), 0.0, 1.0, time)
    return paired, printed.final_superfluid_density(of_crowding(x), 0.0, 1.0)


@quick_jit
def eq_9(x, time):
    """What is left as printed, how fast that changes, its start, and what is left indeed."""
    trapping = of_crowding(x)
    printed_one = jax.value_and_grad(printed.normal_density, argnums=2)(trapping, 1.0, time)
    start = printed.normal_density(trapping, 1.0, 0.0)
    return *printed_one, start, kinetics.densities(trapping, 0.0, 1.0, time).normal_density


@quick_jit
def slowly(x, delay, time):
    return printed.delayed_normal_density(of_crowding(x), delay, 1.0, time)


@given(x=crowdings, time=st.floats(0.01, 5.0))
def test_eq_10_is_what_stands_there(x, time):
    with mpmath.workdps(25):
        g, t = mpmath.mpf(x), mpmath.mpf(time)
        grown = mpmath.exp(t)
        bracket = g * (1 / (1 - g) + 1 / (g - grown)) + mpmath.log((1 - g) / (1 - g / grown))
        expected = float(bracket / g)
        final = float(1 / (1 - g) + mpmath.log(1 - g) / g)
    paired, end = eq_10(x, time)
    assert paired == near(expected, rel=1e-10, abs=1e-14)
    assert end == near(final, rel=1e-11)


@pytest.mark.parametrize("x", [0.1, 0.5, 0.9])
def test_eq_10_is_the_integral_of_eq_9(x):
    total, _ = integrate.quad(lambda t: x * float(eq_9(x, t)[0]) ** 2, 0.0, 1.3, epsabs=1e-12)
    assert eq_10(x, 1.3)[0] == near(total, rel=1e-9)


@given(x=crowdings, time=st.floats(0.0, 20.0))
def test_eq_9_obeys_eq_7_from_a_wrong_start_and_breaks_the_bound(x, time):
    value, rate, start, exact = map(float, eq_9(x, time))
    assert rate == near(-value - x * value**2, rel=1e-9)
    assert start == near(1 / (1 - x), rel=1e-12)
    assert value > np.exp(-time)
    assert exact <= np.exp(-time)


@given(x=crowdings, delay=st.floats(0.01, 100.0), time=st.floats(0.01, 10.0))
def test_eq_9_breaks_the_bound_however_slowly_pairing_sets_in(x, delay, time):
    assert slowly(x, delay, time) > np.exp(-time)


@pytest.mark.parametrize("x", [1e-9, 1e-5, 1e-3])
def test_eq_11_at_weak_pairing_is_x_over_2_and_twice_the_wrong_next_term(x):
    gain = float(printed.final_superfluid_density(of_crowding(x), 0.0, 1.0))
    assert gain == near(x / 2 + 2 * x**2 / 3 + 3 * x**3 / 4, rel=2 * x**3 + 1e-14)


def test_eq_11_pairs_more_than_there_are_from_the_threshold_on():
    threshold = float("0.6057701616316195581617842")
    gain = printed.final_superfluid_density(of_crowding(threshold), 0.0, 1.0)
    assert gain == near(1.0, abs=1e-13)
    assert printed.final_superfluid_density(of_crowding(threshold + 1e-6), 0.0, 1.0) > 1
    assert printed.final_superfluid_density(of_crowding(threshold - 1e-6), 0.0, 1.0) < 1


def test_crowded_pairing_has_no_printed_value():
    assert jnp.isnan(printed.final_superfluid_density(of_crowding(1.5), 0.0, 1.0))
    assert jnp.isnan(printed.paired_superfluid_density(of_crowding(1.0), 0.0, 1.0, 0.3))
    assert printed.normal_density(of_crowding(1.5), 1.0, 0.2) < 0


def test_phase_term_has_the_sign_of_a_negative_stiffness():
    energy = printed.fluctuation_energy(-1e-22, BETA, 1e13, 0.0, 0.0, 1e-26)
    rest = printed.fluctuation_energy(-1e-22, BETA, 1e13, 0.0)
    expected = -(1e13**2) * 1e-26**2 / (2 * 2 * si.m_e)
    assert energy - rest == near(expected, rel=1e-8)


def test_expansion_as_printed_has_no_linear_term():
    slope = jax.grad(printed.fluctuation_energy, argnums=3)(-1e-22, BETA, 1e13, 0.0)
    assert slope == 0


def test_gap_as_printed_is_linear_in_alpha():
    assert equals(printed.higgs_gap(float(ALPHA_TILDE)), "7.757695288728457013975875e-22")


def test_coherence_length_as_printed_is_imaginary_above_the_bare_critical_temperature():
    assert printed.coherence_length(210e-9, 5.25, 7.0) == near(420e-9, rel=1e-14)
    assert jnp.isnan(printed.coherence_length(210e-9, 7.0, 7.0))
    assert jnp.isnan(printed.coherence_length(210e-9, 8.0, 7.0))
    assert printed.kappa(2.1e-6, 210e-9, 5.25, 7.0) == near(5.0, rel=1e-14)


def test_every_function_goes_through_jit_vmap_and_grad():
    calls = [
        (printed.superfluid_density, (0.0, BETA)),
        (printed.superfluid_density, (-1e-22, BETA)),
        (printed.order_parameter, (1e-22, BETA)),
        (printed.field_slope, (0.1, 0.1, 1e27)),
        (lambda g, n, t: printed.normal_density(Trapping(1e3, g), n, t), (0.0, N_N0, 0.0)),
        (
            lambda g, d, n, t: printed.delayed_normal_density(Trapping(1e3, g), d, n, t),
            (1e-24, 1e-3, N_N0, 0.0),
        ),
        (
            lambda g, s, n, t: printed.paired_superfluid_density(Trapping(1e3, g), s, n, t),
            (0.0, N_S0, N_N0, 0.0),
        ),
        (
            lambda g, s, n: printed.final_superfluid_density(Trapping(1e3, g), s, n),
            (0.0, N_S0, N_N0),
        ),
        (printed.fluctuation_energy, (-1e-22, BETA, 1e13, 0.0, 0.0, 0.0)),
        (printed.higgs_gap, (0.0,)),
        (printed.critical_field, (-1e-22, BETA)),
        (printed.critical_field_gaussian, (-4e-17, 2.9e-37)),
        (printed.coherence_length, (210e-9, 5.0, 7.0)),
        (printed.kappa, (2e-7, 210e-9, 5.0, 7.0)),
    ]

    def ways(function, arguments, several):
        slopes = jax.grad(function, argnums=tuple(range(len(arguments))))(*arguments)
        return jax.vmap(function)(*several), function(*several), function(*arguments), slopes

    functions, numbers = zip(*calls, strict=True)
    several = [tuple(np.full(3, x) for x in arguments) for arguments in numbers]
    made = quick_jit(lambda *all: [*map(ways, functions, *all)])(numbers, several)
    for at, (batched, together, alone, slopes) in enumerate(made):
        np.testing.assert_allclose(batched, together, rtol=1e-14, err_msg=str(at))
        np.testing.assert_allclose(batched, np.full(3, alone), rtol=1e-14, err_msg=str(at))
        assert np.isfinite(slopes).all(), at
