"""Stable forms against high precision, on both sides of each join and in their limits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrap.core import stable

mp.mp.dps = 50

FORMS = {
    "log1p_ratio": (stable.log1p_ratio, lambda u: mp.log1p(u) / u, 1.0, -0.5),
    "log1p_excess": (stable.log1p_excess, lambda u: 1 - mp.log1p(u) / u, 0.0, 0.5),
    "atan_ratio": (stable.atan_ratio, lambda y: mp.atan(mp.sqrt(y)) / mp.sqrt(y), 1.0, -1 / 3),
    "atan_excess": (stable.atan_excess, lambda y: 1 - mp.atan(mp.sqrt(y)) / mp.sqrt(y), 0.0, 1 / 3),
    "expm1_ratio": (stable.expm1_ratio, lambda x: -mp.expm1(-x) / x, 1.0, -0.5),
}
POINTS = (1e-200, 1e-12, 1e-5, 1e-3, 0.0499999, 0.05, 0.0500001, 0.3, 1.0, 40.0, 1e6, 1e12)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("x", POINTS)
def test_value_agrees_with_high_precision(name, x):
    function, exact, _, _ = FORMS[name]
    with mp.workdps(400):
        expected = float(exact(mp.mpf(x)))
    assert float(function(x)) == pytest.approx(expected, rel=2e-14, abs=0)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("x", [1e-12, 1e-5, 0.0499999, 0.0500001, 0.3, 40.0, 1e6])
def test_first_two_derivatives_agree_with_high_precision(name, x):
    function, exact, _, _ = FORMS[name]
    first = mp.diff(exact, mp.mpf(x), h=mp.mpf(x) * mp.mpf("1e-15"))
    assert float(jax.grad(function)(x)) == pytest.approx(float(first), rel=1e-11, abs=0)
    second = mp.diff(exact, mp.mpf(x), 2, h=mp.mpf(x) * mp.mpf("1e-12"))
    assert float(jax.grad(jax.grad(function))(x)) == pytest.approx(float(second), rel=1e-8, abs=0)


@pytest.mark.parametrize("name", FORMS)
def test_limit_at_zero_has_its_value_and_its_slope(name):
    function, _, value, slope = FORMS[name]
    assert float(function(0.0)) == value
    assert float(jax.grad(function)(0.0)) == pytest.approx(slope, rel=1e-15, abs=0)


@given(st.floats(0.0, 1e300))
def test_excess_and_ratio_add_up_to_one(u):
    assert float(stable.log1p_excess(u) + stable.log1p_ratio(u)) == pytest.approx(
        1, rel=1e-15, abs=0
    )
    assert float(stable.atan_excess(u) + stable.atan_ratio(u)) == pytest.approx(1, rel=1e-15, abs=0)


def test_square_root_is_zero_at_and_below_zero_with_gradient_zero():
    values = stable.sqrt_or_zero(jnp.array([-1.0, 0.0, 4.0]))
    assert values.tolist() == [0.0, 0.0, 2.0]
    slopes = jax.vmap(jax.grad(stable.sqrt_or_zero))(jnp.array([-1.0, 0.0, 4.0]))
    assert slopes.tolist() == [0.0, 0.0, 0.25]


def test_guarded_branch_has_no_gradient():
    def inverse(x):
        return jnp.where(x > 0, 1 / stable.guarded(x, x > 0), 0.0)

    assert float(jax.grad(inverse)(0.0)) == 0.0
    assert float(jax.grad(inverse)(2.0)) == -0.25
    assert float(stable.guarded(jnp.asarray(3.0), jnp.asarray(False), 7.0)) == 7.0
