"""Best places of traps against the condition of balance, symmetry, scans and random search."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from entrap.core.errors import InputError
from entrap.model.film import Strip, area_bound, slowest_rate
from entrap.solve.jit import quick_jit
from entrap.solve.strip.placement import best_split, split_equally, with_traps

UM = 1e-6
DIFFUSIVITY, TRAP_RATE = 18e-4, 2.42e5

rate_of, bound_of = quick_jit(slowest_rate), quick_jit(area_bound)


def strip_of(trap=100.0, pads=(0.0, 0.0), rate=TRAP_RATE):
    """A strip of 1 mm with a trap at its left end; A/W of its pads in µm."""
    numbers = 1e-3, 1e-5, pads[0] * 1e-5 * UM, pads[1] * 1e-5 * UM
    traps = np.array([trap / 2]) * UM, np.array([trap]) * UM
    return jax.tree.map(lambda x: jnp.asarray(x, float), Strip(*numbers, *traps, DIFFUSIVITY, rate))


def balanced(trap, pads, rate):
    """The centre at which the mode is alike on both sides of the trap: k tan φ = q tanh(q d/2).

    φ = k l_i + arctan(k A_i/W) on either side then, and l_1 + l_2 is what is left bare.
    """
    bare, (left, right) = (1000 - trap) * UM, (pad * UM for pad in pads)

    def excess(k):
        angle = (k * bare + math.atan(k * left) + math.atan(k * right)) / 2
        q = math.sqrt(rate / DIFFUSIVITY - k * k)
        return k * math.sin(angle) - q * math.tanh(q * trap * UM / 2) * math.cos(angle)

    last = min(math.pi / bare, math.sqrt(rate / DIFFUSIVITY)) * (1 - 1e-12)
    k = optimize.brentq(excess, 1e-9 * last, last, xtol=1e-300, rtol=1e-15)
    shift = (math.atan(k * right) - math.atan(k * left)) / (2 * k)
    return trap * UM / 2 + min(max(bare / 2 + shift, 0.0), bare)


@pytest.mark.exhaustive
@pytest.mark.parametrize("pads", [(0, 0), (200, 533.3333), (2000, 0), (30, 40)])
@pytest.mark.parametrize(("trap", "rate"), [(100, TRAP_RATE), (20, 1e7), (300, 3e4)])
def test_the_best_place_of_one_trap_balances_the_mode_on_either_side(pads, trap, rate):
    strip = strip_of(trap, pads, rate)
    found, wanted = best_split(strip, 1), balanced(trap, pads, rate)
    # The rate is flat about its maximum: it is found to the square root of the rate's tolerance.
    assert float(found.strip.trap_centres[0]) == pytest.approx(wanted, abs=1e-3 * 1e-5)
    at_best = with_traps(strip, jnp.array([wanted]), strip.trap_lengths)
    assert float(found.rate) == pytest.approx(float(rate_of(at_best)), rel=1e-9)


def test_middle_beats_end_four_times_when_saturated():
    for rate, gain, tolerance in ((1e19, 4, 1e-4), (1.0, 1, 1e-6)):
        strip = strip_of(1e-3, rate=rate)
        middle = split_equally(strip, 1)
        assert float(rate_of(middle) / rate_of(strip)) == pytest.approx(gain, rel=tolerance)


@pytest.mark.parametrize("count", [pytest.param(2, marks=pytest.mark.exhaustive), 50])
def test_equal_traps_gain_as_their_number_squared(count):
    thin = split_equally(strip_of(1e-3, rate=1e19), count)
    alone = split_equally(strip_of(1e-3, rate=1e19), 1)
    assert float(rate_of(thin) / rate_of(alone)) == pytest.approx(count**2, rel=1e-4)


def test_many_equal_traps_come_up_to_the_area_bound():
    many = split_equally(strip_of(), 50)
    assert float(rate_of(many) / bound_of(many)) == pytest.approx(1, abs=1e-3)
    assert float(rate_of(many)) < float(bound_of(many))


def test_equal_traps_keep_the_length_and_the_spacing():
    strip = split_equally(strip_of(), 4)
    assert np.allclose(strip.trap_centres, np.array([125, 375, 625, 875]) * UM, rtol=1e-14)
    assert np.allclose(strip.trap_lengths, 25 * UM, rtol=1e-14)
    with pytest.raises(InputError, match="`count` must be at least 1, but is 0"):
        split_equally(strip, 0)


@pytest.mark.exhaustive
@pytest.mark.parametrize("count", [2, 3])
def test_best_split_of_a_bare_strip_is_the_equal_one(count):
    found = best_split(strip_of(), count)
    equal = split_equally(strip_of(), count)
    assert float(found.rate) == pytest.approx(float(rate_of(equal)), rel=1e-9)
    if count == 3:
        assert float(found.rate) == pytest.approx(21929, abs=0.5)
    assert np.allclose(found.strip.trap_centres, equal.trap_centres, rtol=1e-6)
    assert np.allclose(found.strip.trap_lengths, equal.trap_lengths, rtol=1e-6)


PULLED = strip_of(pads=(200, 533.3333))


@pytest.fixture(scope="module")
def best():
    """Two traps on a strip whose pads draw them."""
    return best_split(PULLED, 2)


@given(parts=st.lists(st.floats(0.01, 1), min_size=5, max_size=5))
@settings(max_examples=50)
def test_no_split_is_better_than_the_best(best, parts):
    strip = PULLED
    bare, traps = (np.array(part) / sum(part) for part in (parts[:3], parts[3:]))
    bare, traps = bare * 900 * UM, traps * 100 * UM
    ends = np.cumsum(bare[:-1] + traps)
    other = with_traps(strip, jnp.asarray(ends - traps / 2), jnp.asarray(traps))
    assert float(rate_of(other)) <= float(best.rate) * (1 + 1e-9)


@pytest.mark.exhaustive
def test_best_split_is_stationary_but_for_the_end_that_holds_a_trap(best):
    strip = PULLED
    assert float(best.rate) == pytest.approx(float(rate_of(best.strip)), rel=1e-12)
    assert float(best.strip.trap_lengths.sum()) == pytest.approx(100 * UM, rel=1e-12)
    assert float(best.rate) > 1.5 * float(rate_of(split_equally(strip, 2)))
    along = quick_jit(jax.grad(slowest_rate))(best.strip)
    moving, growing = (
        np.asarray(part) * 1e-3 / float(best.rate)
        for part in (along.trap_centres, along.trap_lengths)
    )
    # The right trap is drawn to its pad; what it gains in length takes its centre from there.
    ends = np.asarray(best.strip.trap_centres + best.strip.trap_lengths / 2)
    assert 0 <= 1e-3 - ends[1] < 1e-9
    assert moving[0] == pytest.approx(0, abs=1e-4)
    assert moving[1] > 0.01
    assert growing[0] == pytest.approx(growing[1] - moving[1] / 2, abs=1e-4)
