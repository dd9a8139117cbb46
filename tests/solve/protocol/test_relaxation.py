"""Pairs above the minimum break at once: where n_s comes to rest, and what stays."""

import functools

import jax.numpy as jnp
import numpy as np
import pytest

from entrap.solve.jit import quick_jit
from entrap.solve.protocol.modes import Instant
from entrap.solve.protocol.relaxation import relaxed

START, FRACTION = 0.8, 0.5  # n_t = 0.1 then
TRAPPED = (1 - FRACTION) * (1 - START)


def left(n_s):
    """f where n_t stays as it was."""
    return 1 - TRAPPED / (1 - n_s)


@functools.cache
def compiled(minimum):
    return quick_jit(lambda state, height: relaxed(lambda *point: minimum(*point, height), state))


def at(minimum, height=0.0, n_s=START, shown=0.3):
    """The state after pairs have broken, from one whose own minimum is said to be `shown`."""
    numbers = dict.fromkeys(Instant._fields, 0.0) | {
        "temperature": 0.5, "n_s": n_s, "n_n": FRACTION * (1 - n_s), "fraction": FRACTION,
        "minimum": shown,
    }  # fmt: skip
    state = Instant(**{k: jnp.asarray(x) for k, x in numbers.items()})
    return compiled(minimum)(state, height)


def rising(temperature, fraction, slope):
    return temperature * (1 - slope * fraction)  # rises as fewer electrons are left


def staying(temperature, fraction, height):
    """A minimum that stays at `height` once n_s is below it, and that is none above."""
    del temperature
    return jnp.where(1 - TRAPPED / (1 - fraction) <= height, height, 0.0)


def level(temperature, fraction, height):
    return 0.0 * temperature * fraction + height


@pytest.mark.parametrize("slope", [0.2, 0.9])
def test_n_s_rests_where_it_is_the_minimum_of_what_is_left(slope):
    minimum = functools.partial(rising, slope=slope)
    found = at(rising, slope)
    rests = float(found.n_s)
    assert rests == pytest.approx(float(minimum(0.5, left(rests))), abs=1e-13)
    # Nothing above it is at rest: they break one by one.
    above = np.linspace(rests + 1e-9, START, 4001)
    assert (above > minimum(0.5, left(above))).all()
    assert float(found.fraction) == pytest.approx(left(rests), abs=1e-14)
    assert float(found.n_n) == pytest.approx(float(found.fraction) * (1 - rests), abs=1e-14)
    assert float(found.minimum) == rests
    assert (1 - float(found.fraction)) * (1 - rests) == pytest.approx(TRAPPED, abs=1e-14)


@pytest.mark.parametrize("height", [1e-4, 0.05, 0.3, 0.75])
def test_the_first_place_of_several_is_taken(height):
    found = at(staying, height)
    assert float(found.n_s) == pytest.approx(height, abs=1e-13)


def test_without_a_minimum_all_pairs_break():
    found = at(level, -1e-9)
    assert float(found.n_s) == 0
    assert float(found.fraction) == pytest.approx(1 - TRAPPED, abs=1e-14)


def test_what_is_not_above_its_minimum_stays():
    found = at(level, shown=START - 5e-12)
    assert (float(found.n_s), float(found.fraction)) == (START, FRACTION)
