"""The search for the switch against margins whose sign changes are known."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from entrap.solve.jit import quick_jit
from entrap.solve.protocol.crossing import first_crossing


@quick_jit
def switch(roots, known, rate):
    one, two, three = roots

    def margin(t):
        return (t - one) * (t - two) * (t - three)

    return first_crossing(margin, jnp.asarray(1.0), rate, known)


@pytest.mark.parametrize(("roots", "known", "rate", "wanted"), [
    ((0.1, 0.2, 0.7), 0.0, 1.0, 0.1),
    ((0.1, 0.2, 0.7), 0.5, 1.0, 0.7),
    ((5e-6, 1e-5, 5e-5), 2e-5, 1.0, 5e-5),  # before the first point at which it is asked
    ((2e-6, 5e-6, 0.5), 0.0, 1e6, 2e-6),  # for some 1/rate only
    ((0.1, 0.2, 0.45), 0.5, 1.0, 0.5),  # positive already
])  # fmt: skip
def test_the_switch_is_the_first_change_of_sign_after_what_is_known(roots, known, rate, wanted):
    found, at = switch(roots, known, rate)
    assert found
    assert at == pytest.approx(wanted, rel=1e-12)


def test_the_switch_is_found_wherever_it_lies_between_the_points_that_are_asked():
    for root in np.random.default_rng(0).uniform(0, 1, 60):
        found, at = switch((root, 2.0, 3.0), 0.0, 1.0)
        assert found
        assert at == pytest.approx(root, rel=1e-12)


def test_the_switch_moves_with_what_moves_the_root():
    def at(root):
        start, end = jnp.asarray(0.0), jnp.asarray(1.0)
        return first_crossing(lambda t: t**2 - root, end, jnp.asarray(1.0), start)[1]

    found = quick_jit(jax.value_and_grad(at))
    value, slope = found(0.25)
    assert value == pytest.approx(0.5, rel=1e-12)
    assert slope == pytest.approx(1.0, rel=1e-12)  # 1/(2 √root)
    assert found(4.0)[0] == 1.0
