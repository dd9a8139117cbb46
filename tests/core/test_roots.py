"""Roots of functions that rise."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.core.roots import rising_root


def test_a_root_is_found_where_steps_of_newton_alone_fail():
    # Newton's steps for arctan leave from 3 to -1000; the bounds hold them.
    def root(y, start=None):
        return rising_root(
            lambda x, y: jnp.arctan(x) - y, jnp.array(-5.0), jnp.array(3.0), (y,), 30, start
        )

    value, slope = jax.jit(jax.value_and_grad(root))(0.1)
    assert float(value) == pytest.approx(np.tan(0.1), rel=1e-14)
    assert float(slope) == pytest.approx(1 / np.cos(0.1) ** 2, rel=1e-12)
    assert float(jax.jit(root)(0.1, -4.9)) == pytest.approx(np.tan(0.1), rel=1e-14)
