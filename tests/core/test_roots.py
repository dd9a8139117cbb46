"""Roots of functions that rise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.core.roots import crossing, rising_root


def test_a_root_is_found_where_steps_of_newton_alone_fail():
    # Newton's steps for arctan leave from 3 to -1000; the bounds hold them.
    def root(y, start=None):
        return rising_root(
            lambda x, y: jnp.arctan(x) - y, jnp.array(-5.0), jnp.array(3.0), (y,), 30, start
        )

    def bent(y):
        value, slope = jax.value_and_grad(root)(y)
        return slope, (value, slope)

    bend, (value, slope) = jax.jit(jax.grad(bent, has_aux=True))(0.1)
    wanted = 1 / np.cos(0.1) ** 2
    assert float(value) == pytest.approx(np.tan(0.1), rel=1e-14)
    assert float(slope) == pytest.approx(wanted, rel=1e-12)
    assert float(bend) == pytest.approx(2 * np.tan(0.1) * wanted, rel=1e-12)
    assert float(jax.jit(root)(0.1, -4.9)) == pytest.approx(np.tan(0.1), rel=1e-14)


def test_a_sign_changes_where_it_is_said_whether_it_rises_or_falls_there():
    @jax.jit
    def roots(y):
        low, high = jnp.array([-2.0, 0.0]), jnp.array([0.0, 2.0])
        rises = jnp.array([False, True])
        return jax.jvp(
            lambda y: crossing(lambda x, y: x * x - y, low, high, rises, (y,), 60), (y,), (1.0,)
        )

    values, slopes = roots(2.0)
    assert values.tolist() == pytest.approx([-np.sqrt(2), np.sqrt(2)], rel=1e-15)
    assert slopes.tolist() == pytest.approx([-(8**-0.5), 8**-0.5], rel=1e-14)
    # Where two roots become one the derivative is infinite, and 0 stands for it.
    assert roots(0.0)[1].tolist() == [0.0, 0.0]
