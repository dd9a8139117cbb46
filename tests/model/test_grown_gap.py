"""The gap where the functional has one minimum, against the slower search and mpmath's numbers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.core.roots import rising_root
from entrap.model import bcs_functional, share_gap
from entrap.model.grown_gap import grown_gap, stiffness

GRID = np.meshgrid(
    [0.1, 0.5, 0.9, 0.999, 1.0, 1.05, 1.5], [0.0, 0.5, 0.99, 1.0], [0.0, 1e-6, 0.1, 1.0, 3.0],
    [0.8, 1.0, 1.3], indexing="ij",
)  # fmt: skip


def test_it_is_the_minimum_that_a_search_finds():
    ours, searched = (jax.jit(f)(*GRID) for f in (grown_gap, bcs_functional.reduced_gap))
    np.testing.assert_allclose(ours, searched, rtol=3e-9, atol=1e-10)


@pytest.mark.parametrize(
    ("t", "share", "strength", "wanted"),
    [
        (0.9, 1.0, 0.5, 0.99355030201266),
        (1.3, 1.0, 0.5, 0.57319659739978),
        (0.9, 0.7, 0.2, 0.9175593136641),
        (1.2, 0.5, 0.3, 0.9398896885099),
        (0.8, 1.0, 0.0, 0.71104304238621),
    ],
)
def test_it_is_that_of_mpmath(t, share, strength, wanted):
    assert float(grown_gap(t, share, strength)) == pytest.approx(wanted, rel=1e-10)


def test_its_slopes_are_those_of_the_implicit_rule():
    points = np.array([[0.9, 0.7, 0.2, 1.1], [1.3, 1.0, 0.5, 1.0], [1.2, 0.5, 0.3, 0.9]])
    ours = np.asarray(jax.jit(jax.vmap(jax.grad(lambda x: grown_gap(*x))))(points))
    value = jax.jit(lambda x: grown_gap(*jnp.moveaxis(x, -1, 0)))
    for i in (0, 2, 3):  # φ = 1 has no more beyond
        step = 1e-5 * np.eye(4)[i]
        near = np.asarray(value(points + step) - value(points - step)) / 2e-5
        np.testing.assert_allclose(ours[:, i], near, rtol=1e-5, atol=1e-8)
    assert (ours[:, 1] < 0).all()  # more quasiparticles, less of a gap


def test_where_it_does_not_hold_it_is_no_number():
    assert np.isnan(grown_gap(0.9, 1.0, -0.1))
    assert np.isnan(grown_gap(0.9, 1.1, 0.1))
    assert float(grown_gap(0.02, 1.0, 0.1)) == 1.0


def test_the_polynomials_are_the_integrals():
    ratio = jnp.linspace(1e-3, 40.0, 400)
    exact = np.asarray(bcs_functional._stiffness(ratio))
    np.testing.assert_allclose(stiffness(ratio), exact, rtol=1e-10)
    length = jnp.linspace(-8.0, 3.0, 200)
    exact = length + share_gap.blocking(share_gap.BCS_GAP_RATIO * jnp.exp(length))
    np.testing.assert_allclose(share_gap.gap_function(length)[0], exact, rtol=1e-11, atol=1e-14)


def test_a_root_is_found_where_steps_of_newton_alone_fail():
    # Newton's steps for arctan leave from 3 to -1000; the bounds hold them.
    def root(y):
        return rising_root(
            lambda x, y: jnp.arctan(x) - y, jnp.array(-5.0), jnp.array(3.0), (y,), 30
        )

    assert float(root(0.1)) == pytest.approx(np.tan(0.1), rel=1e-14)
    assert float(jax.grad(root)(0.1)) == pytest.approx(1 / np.cos(0.1) ** 2, rel=1e-12)
