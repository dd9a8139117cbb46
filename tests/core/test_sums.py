"""Sums over nodes: any number of them, with slopes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.core.sums import summed


@pytest.mark.parametrize("count", [1, 7, 8])
def test_all_nodes_are_counted_once(count):
    nodes, weights = np.arange(1.0, count + 1), np.geomspace(1, 3, count)
    x = np.array([[0.3], [0.7]])

    @jax.jit
    def total_and_slope(x):
        def total(x):
            found = summed(lambda k, w: w * jnp.exp(-k * x), nodes, weights)
            return found.sum(), found

        slope, found = jax.grad(total, has_aux=True)(x)
        return found, slope

    total, slope = total_and_slope(x)
    wanted = (weights * np.exp(-nodes * np.asarray(x))).sum(-1, keepdims=True)
    np.testing.assert_allclose(total, wanted, rtol=1e-14)
    wanted = -(nodes * weights * np.exp(-nodes * np.asarray(x))).sum(-1, keepdims=True)
    np.testing.assert_allclose(slope, wanted, rtol=1e-14)
