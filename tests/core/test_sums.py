"""Sums over nodes: any number of them, with slopes."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.core.sums import summed


@pytest.mark.parametrize("count", [1, 7, 8, 9, 24, 30])
def test_all_nodes_are_counted_once(count):
    nodes, weights = np.arange(1.0, count + 1), np.geomspace(1, 3, count)
    x = jnp.array([[0.3], [0.7]])

    def total(x):
        return summed(lambda k, w: w * jnp.exp(-k * x), nodes, weights)

    wanted = (weights * np.exp(-nodes * np.asarray(x))).sum(-1, keepdims=True)
    np.testing.assert_allclose(total(x), wanted, rtol=1e-14)
    slope = jax.grad(lambda x: total(x).sum())(x)
    wanted = -(nodes * weights * np.exp(-nodes * np.asarray(x))).sum(-1, keepdims=True)
    np.testing.assert_allclose(slope, wanted, rtol=1e-14)
