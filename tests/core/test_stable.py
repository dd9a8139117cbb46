"""Stable forms against high precision, on both sides of each join and in their limits."""

import jax
import jax.numpy as jnp
import mpmath as mp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrap.core import stable

FORMS = {
    "log1p_ratio": (stable.log1p_ratio, lambda u: mp.log1p(u) / u, 1.0, -0.5),
    "log1p_excess": (stable.log1p_excess, lambda u: 1 - mp.log1p(u) / u, 0.0, 0.5),
    "atan_ratio": (stable.atan_ratio, lambda y: mp.atan(mp.sqrt(y)) / mp.sqrt(y), 1.0, -1 / 3),
    "atan_excess": (stable.atan_excess, lambda y: 1 - mp.atan(mp.sqrt(y)) / mp.sqrt(y), 0.0, 1 / 3),
    "expm1_ratio": (stable.expm1_ratio, lambda x: -mp.expm1(-x) / x, 1.0, -0.5),
}
ALL = {
    name: jax.jit(lambda x, f=form[0]: (f(x), jax.grad(f)(x), jax.grad(jax.grad(f))(x)))
    for name, form in FORMS.items()
}
VALUE = {name: jax.jit(form[0]) for name, form in FORMS.items()}
POINTS = (1e-200, 1e-12, 1e-5, 1e-3, 0.0499999, 0.05, 0.0500001, 0.3, 1.0, 40.0, 1e6, 1e12)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("x", POINTS)
def test_value_agrees_with_high_precision(name, x):
    _, exact, _, _ = FORMS[name]
    with mp.workdps(400):
        expected = float(exact(mp.mpf(x)))
    assert float(ALL[name](x)[0]) == pytest.approx(expected, rel=2e-14, abs=0)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("x", [1e-12, 1e-5, 0.0499999, 0.0500001, 0.3, 40.0, 1e6])
def test_first_two_derivatives_agree_with_high_precision(name, x):
    _, exact, _, _ = FORMS[name]
    with mp.workdps(50):
        at = mp.mpf(x)
        first = float(mp.diff(exact, at, h=at * mp.mpf("1e-15")))
        second = float(mp.diff(exact, at, 2, h=at * mp.mpf("1e-12")))
    _, once, twice = map(float, ALL[name](x))
    assert once == pytest.approx(first, rel=1e-11, abs=0)
    assert twice == pytest.approx(second, rel=1e-8, abs=0)


@pytest.mark.parametrize("name", FORMS)
def test_limit_at_zero_has_its_value_and_its_slope(name):
    _, _, value, slope = FORMS[name]
    found, once, _ = map(float, ALL[name](0.0))
    assert found == value
    assert once == pytest.approx(slope, rel=1e-15, abs=0)


@given(st.floats(0.0, 1e300))
def test_excess_and_ratio_add_up_to_one(u):
    for both in (("log1p_excess", "log1p_ratio"), ("atan_excess", "atan_ratio")):
        assert sum(float(VALUE[name](u)) for name in both) == pytest.approx(1, rel=1e-15, abs=0)


def test_square_root_is_zero_at_and_below_zero_with_gradient_zero():
    both = jax.jit(jax.value_and_grad(stable.sqrt_or_zero))
    found = [tuple(map(float, both(x))) for x in (-1.0, 0.0, 4.0)]
    assert found == [(0.0, 0.0), (0.0, 0.0), (2.0, 0.25)]


def test_guarded_branch_has_no_gradient():
    def inverse(x):
        return jnp.where(x > 0, 1 / stable.guarded(x, x > 0), 0.0)

    slope = jax.jit(jax.grad(inverse))
    assert float(slope(0.0)) == 0.0
    assert float(slope(2.0)) == -0.25
    assert float(stable.guarded(jnp.asarray(3.0), jnp.asarray(False), 7.0)) == 7.0
