"""Traps on a strip: (T6) and transfer matrices in high precision, limits, bounds, the tables."""

import dataclasses
import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import optimize, special
from tests.model.compiled import compiled

from entrap.core.constants import BOLTZMANN, ELEMENTARY_CHARGE
from entrap.model import film, modes
from entrap.model.film import Strip

UM = 1e-6
DIFFUSIVITY, TRAP_RATE, WIDTH = 18e-4, 2.42e5, 1e-5

RATES = (
    film.slowest_rate, film.area_bound, film.strong_rate, film.quick_rate, film.saturated_rate,
)  # fmt: skip

slowest = compiled(film.slowest_rate)
closed = compiled(lambda strip: [rate(strip) for rate in RATES[1:]])
with_slopes = compiled(lambda strip: [jax.value_and_grad(rate)(strip) for rate in RATES])
steady = compiled(film.end_trap_density)
sinks = compiled(film.sink_velocity)
steady_slopes = compiled(
    jax.value_and_grad(
        lambda strip, pump, z: jax.grad(film.end_trap_density, 2)(strip, pump, z), argnums=2
    )
)


def bound(strip):
    return closed(strip)[0]


def strong(strip):
    return closed(strip)[1]


def quick(strip):
    return closed(strip)[2]


def saturated(strip):
    return closed(strip)[3]


def strip_of(bare, traps, pads=(0.0, 0.0), count=3, **changes):
    """A strip from its stretches in turn, and A/W of its pads, all in µm.

    At the right end as many traps of no length as make `count`: one compilation for all.
    """
    none = [0.0] * (count - len(traps))
    bare, traps = [*bare, *none], [*traps, *none]
    bare, traps, pads = (np.array(part, float) * UM for part in (bare, traps, pads))
    ends = np.cumsum(bare[:-1] + traps)
    values = {
        "length": bare.sum() + traps.sum(), "width": WIDTH,
        "left_pad": pads[0] * WIDTH, "right_pad": pads[1] * WIDTH,
        "trap_centres": ends - traps / 2, "trap_lengths": traps,
        "diffusivity": DIFFUSIVITY, "trapping_rate": TRAP_RATE, "background_rate": 0.0,
    }  # fmt: skip
    return jax.tree.map(lambda x: jnp.asarray(x, float), Strip(**(values | changes)))


def end_trap(length, total=1000.0, **changes):
    return strip_of([total - length, 0.0], [length], **changes)


def equal_traps(count, total=100.0, length=1000.0, **changes):
    """Equally spaced."""
    half = (length - total) / (2 * count)
    bare = [half, *[2 * half] * (count - 1), half]
    return strip_of(bare, [total / count] * count, count=10, **changes)


def exact_rate(strip):
    """The slowest root of det = 0, (x, x') carried through the stretches by transfer matrices."""
    m = {f.name: np.asarray(getattr(strip, f.name)) for f in dataclasses.fields(strip)}
    edges = [mp.mpf(0)]
    for centre, length in zip(m["trap_centres"], m["trap_lengths"], strict=True):
        edges += [mp.mpf(centre) - mp.mpf(length) / 2, mp.mpf(centre) + mp.mpf(length) / 2]
    edges.append(mp.mpf(float(m["length"])))
    gamma, diffusivity, width = (
        mp.mpf(float(m[name])) for name in ("trapping_rate", "diffusivity", "width")
    )
    left, right = (mp.mpf(float(m[name])) / width for name in ("left_pad", "right_pad"))

    def determinant(rate):
        k2 = rate / diffusivity
        x, slope = mp.mpf(1), -left * k2
        for i in range(len(edges) - 1):
            length = edges[i + 1] - edges[i]
            wave = mp.sqrt(k2 - (gamma / diffusivity if i % 2 else 0) + mp.mpc(0))
            cosine, sine = mp.cos(wave * length), mp.sin(wave * length)
            ratio = length if wave == 0 else sine / wave
            x, slope = cosine * x + ratio * slope, -wave * sine * x + cosine * slope
        return mp.re(slope - right * k2 * x)

    guess = float(slowest(strip))
    # No root below, where the sign is that of rate 0, and one within 1e-9.
    signs = {mp.sign(determinant(mp.mpf(guess) * share / 400)) for share in range(1, 400)}
    assert len(signs) == 1
    low, high = mp.mpf(guess) * (1 - mp.mpf("1e-9")), mp.mpf(guess) * (1 + mp.mpf("1e-9"))
    assert mp.sign(determinant(low)) in signs
    assert mp.sign(determinant(high)) not in signs
    return float(mp.findroot(determinant, (low, high), solver="anderson", tol=1e-60))


def printed_root(d, left, left_pad, right, right_pad):
    """(T6) as it is printed, for one trap, lengths [m]: its first root."""

    def arm(k, length, pad):
        return k * math.tan(k * length + math.atan(k * pad))

    def equation(k):
        """Times cos(|q| d) inside the trap, so that it has zeros there and no poles."""
        t_1, t_2 = arm(k, left, left_pad), arm(k, right, right_pad)
        q2 = TRAP_RATE / DIFFUSIVITY - k**2
        q = math.sqrt(abs(q2))
        even, odd = (1.0, math.tanh(q * d)) if q2 > 0 else (math.cos(q * d), math.sin(q * d))
        return (t_1 + t_2) * even - odd / q * (q2 + t_1 * t_2)

    # Both arms short of their pole, k l + arctan(k A/W) = π/2.
    def pole(k):
        return max(k * left + math.atan(k * left_pad), k * right + math.atan(k * right_pad)) - (
            math.pi / 2 - 1e-12
        )

    # The lowest mode lies below that of either part by itself with its ends held empty.
    last = optimize.brentq(pole, 0.0, 4 / max(left, right), xtol=1e-300, rtol=1e-15)
    last = min(last, math.sqrt(TRAP_RATE / DIFFUSIVITY + (math.pi / d) ** 2))
    grid = np.linspace(1e-6, 1.0, 2000) * last
    first = next(i for i, k in enumerate(grid) if equation(k) > 0)
    assert first > 0
    k = optimize.brentq(equation, grid[first - 1], grid[first], xtol=1e-300, rtol=1e-15)
    return DIFFUSIVITY * k**2


@pytest.mark.parametrize(
    ("d", "left", "left_pad", "right", "right_pad", "rate", "digit"),
    [
        (20, 980, 0, 0, 0, 2475.426014, 5e-7),
        (100, 450, 0, 450, 0, 11834.56593, 5e-6),
        (100, 300, 200, 600, 1600 / 3, 3228.979763, 5e-7),  # printed as 533.3333
    ],
)
def test_slowest_rate_of_the_reference_vectors(d, left, left_pad, right, right_pad, rate, digit):
    strip = strip_of([left, right], [d], (left_pad, right_pad))
    assert float(slowest(strip)) == pytest.approx(rate, abs=digit, rel=0)


@pytest.mark.parametrize(
    ("d", "rate"),
    [(5, 983.4), (10, 1647.2), (20, 2475.4), (50, 3576.9), (100, 4392.7), (200, 5628),
     (400, 9414.8)],
)  # fmt: skip
def test_end_traps_of_the_table(d, rate):
    assert float(slowest(end_trap(d))) == pytest.approx(rate, abs=0.5 if d == 200 else 0.05)


@pytest.mark.parametrize(
    ("left", "rate"),
    [(0, 4393), (100, 5402), (200, 6787), (300, 8719), (400, 11167), (450, 11835)],
)
def test_position_scan_of_the_table(left, rate):
    assert float(slowest(strip_of([left, 900 - left], [100]))) == pytest.approx(rate, abs=0.5)


@pytest.mark.parametrize(
    ("count", "rate"), [(1, 11835), (2, 19521), (3, 21929), (4, 22882), (6, 23601), (10, 23982)]
)
def test_splitting_of_the_table(count, rate):
    strip = equal_traps(count)
    assert float(slowest(strip)) == pytest.approx(rate, abs=0.5)
    assert float(bound(strip)) == pytest.approx(24200, rel=1e-12)


def test_lengths_and_rates_of_the_table():
    strip = end_trap(20)
    assert float(compiled(film.trapping_length)(strip)) == pytest.approx(86.2439e-6, abs=5e-11)
    assert float(compiled(film.crossover_length)(strip)) == pytest.approx(18.35e-6, abs=5e-9)
    assert math.pi**2 * DIFFUSIVITY / 4e-6 == pytest.approx(4441.3, abs=0.05)
    for d, share in ((11.7, 0.41), (18.3, 0.53)):
        assert float(slowest(end_trap(d))) / 4441.3 == pytest.approx(share, abs=0.005)


@pytest.mark.parametrize(
    ("bare", "traps", "pads"),
    [
        ([980, 0], [20], (0, 0)),
        ([300, 600], [100], (200, 533.3333)),
        ([0, 500], [300], (1e4, 0)),
        ([100, 50, 700, 0], [30, 3, 80], (0, 70)),
        ([0, 0, 400], [60, 60], (20, 0)),
        ([200, 210], [900], (0, 0)),
        ([1, 1000, 2], [1e-3, 1e-2], (0, 3)),
    ],
)
def test_slowest_rate_is_the_root_of_the_transfer_matrices(bare, traps, pads):
    strip = strip_of(bare, traps, pads)
    with mp.workdps(60):
        exact = exact_rate(strip)
    assert float(slowest(strip)) == pytest.approx(exact, rel=3e-15, abs=0)


lengths = st.floats(-1, 3.3).map(lambda x: 10.0**x)
some_pads = st.just(0.0) | st.floats(-1, 4).map(lambda x: 10.0**x)


@given(d=st.floats(0, 2.5).map(lambda x: 10.0**x), left=lengths, right=lengths, pads=st.tuples(
    some_pads, some_pads))  # fmt: skip
@settings(max_examples=40)
@example(d=10**2.5, left=0.1, right=0.1, pads=(0.0, 0.0))
def test_slowest_rate_is_the_first_root_of_the_printed_equation(d, left, right, pads):
    found = float(slowest(strip_of([left, right], [d], pads)))
    args = (d * UM, left * UM, pads[0] * UM, right * UM, pads[1] * UM)
    assert found == pytest.approx(printed_root(*args), rel=1e-9, abs=0)


three = st.tuples(
    st.lists(lengths, min_size=4, max_size=4),
    st.lists(st.floats(0, 2.5).map(lambda x: 10.0**x), min_size=3, max_size=3),
    st.tuples(some_pads, some_pads),
)


def rounding(bare, traps):
    """Relative, of a rate: stretches are differences of positions."""
    return 4e-15 * (sum(bare) + sum(traps)) / min(bare)


@given(three, st.floats(-3, 12))
def test_slowest_rate_is_mirror_symmetric_and_bounded(stretches, rate):
    bare, traps, pads = stretches
    strip = strip_of(bare, traps, pads, trapping_rate=10.0**rate)
    found = float(slowest(strip))
    mirrored = strip_of(bare[::-1], traps[::-1], pads[::-1], trapping_rate=10.0**rate)
    little = rounding(bare, traps)
    assert found == pytest.approx(float(slowest(mirrored)), rel=little, abs=0)
    assert 0 < found <= min(float(bound(strip)), float(saturated(strip))) * (1 + little)


@given(three, st.integers(0, 2), st.floats(1.0, 3.0))
def test_slowest_rate_rises_with_a_trap_that_grows_into_the_bare_film(stretches, which, factor):
    bare, traps, pads = stretches
    grown, rest = list(traps), list(bare)
    more = min((factor - 1) * traps[which], bare[which], bare[which + 1])
    little = rounding(bare, traps)
    grown[which] += more
    rest[which] -= more / 2
    rest[which + 1] -= more / 2
    before, after = slowest(strip_of(bare, traps, pads)), slowest(strip_of(rest, grown, pads))
    assert float(after) >= float(before) * (1 - 2 * little)


@given(three, st.floats(0, 8), st.floats(0, 8))
def test_slowest_rate_rises_with_the_trapping_rate_and_falls_with_a_pad(stretches, one, other):
    bare, traps, pads = stretches
    low, high = sorted((10.0**one, 10.0**other))
    slow, fast = (slowest(strip_of(bare, traps, pads, trapping_rate=rate)) for rate in (low, high))
    assert float(slow) <= float(fast) * (1 + 1e-14)
    loaded = strip_of(bare, traps, (pads[0] + low, pads[1]), trapping_rate=high)
    assert float(slowest(loaded)) <= float(fast) * (1 + 1e-14)


def test_background_adds_to_the_rate():
    strip = strip_of([300, 600], [100], (200, 500))
    lossy = dataclasses.replace(strip, background_rate=jnp.asarray(50.0))
    for rate in (slowest, bound, saturated, strong, quick):
        assert float(rate(lossy)) - float(rate(strip)) == pytest.approx(50, rel=1e-11)


def test_without_a_trap_only_the_background_is_left():
    for strip in (
        strip_of([300, 600], [100], (200, 500), trapping_rate=0.0, background_rate=7.0),
        strip_of([300, 600], [0], (200, 500), background_rate=7.0),
    ):
        assert float(slowest(strip)) == 7.0
        assert float(bound(strip)) == 7.0
        assert float(quick(strip)) == 7.0
        assert float(strong(strip)) == 7.0


def test_weak_traps_act_by_their_area_wherever_they_are():
    for bare in ([0, 900, 0], [450, 0, 450], [100, 300, 500]):
        strip = strip_of(bare, [60, 40], (200, 533), trapping_rate=1e-3)
        assert float(slowest(strip)) == pytest.approx(1e-3 * 100 / 1733, rel=1e-7)
    fast = strip_of([450, 450], [100], (200, 533), diffusivity=1e15)
    assert float(slowest(fast)) == pytest.approx(TRAP_RATE * 100 / 1733, rel=1e-13)


def test_a_film_all_under_traps_decays_at_the_trapping_rate():
    for strip in (strip_of([0, 0], [100]), strip_of([0, 0, 0], [30, 70])):
        assert float(slowest(strip)) == pytest.approx(TRAP_RATE, rel=1e-15)
        slopes = jax.tree.leaves(with_slopes(strip)[0][1])
        assert np.isfinite(np.concatenate([np.ravel(x) for x in slopes])).all()
        assert float(saturated(strip)) == math.inf


def test_touching_traps_are_one_and_traps_of_no_length_none():
    one = float(slowest(strip_of([300, 600], [100], (200, 0), count=1)))
    two = float(slowest(strip_of([300, 0, 600], [30, 70], (200, 0))))
    none = float(slowest(strip_of([300, 500, 100, 0], [100, 0, 0], (200, 0))))
    assert two == pytest.approx(one, rel=1e-14)
    assert none == pytest.approx(one, rel=1e-14)


@pytest.mark.parametrize("rate", [1e22, 1e100, 1e300])
@pytest.mark.parametrize(
    ("bare", "traps", "pads"),
    [([450, 90, 90, 450], [100, 1, 1], (0, 0)), ([300, 90, 40, 600], [100, 1, 1], (0, 0)),
     ([600, 9, 200, 300], [1, 9, 50], (0, 0)), ([100, 400, 90, 100], [1, 1, 1], (900, 20)),
     ([0, 90, 400, 100], [1, 1, 1], (0, 0))],
)  # fmt: skip
def test_perfect_sinks_leave_the_slowest_stretch(rate, bare, traps, pads):
    strip = strip_of(bare, traps, pads, trapping_rate=rate)
    near = 1e-5 if rate < 1e30 else 1e-14
    assert float(slowest(strip)) == pytest.approx(float(saturated(strip)), rel=near)
    found = with_slopes(strip)
    along, expected = found[0][1], found[-1][1]
    if bare[0] != bare[-1]:  # else two stretches decay alike, and the rate has a kink
        for name in ("length", "diffusivity", "trap_centres", "trap_lengths", "left_pad"):
            one, other = getattr(along, name), getattr(expected, name)
            assert np.allclose(one, other, rtol=1e-5, atol=1e-3), name
    assert np.isfinite(np.concatenate([np.ravel(x) for x in jax.tree.leaves(along)])).all()


def test_a_trap_in_the_middle_beats_one_at_the_end_four_times_when_saturated():
    middle, end = strip_of([500, 500], [1e-6]), strip_of([1000, 0], [1e-6])
    assert float(saturated(middle)) / float(saturated(end)) == pytest.approx(4, rel=1e-8)
    assert float(saturated(end)) == pytest.approx(math.pi**2 * DIFFUSIVITY / 4e-6, rel=1e-8)
    fast = [dataclasses.replace(s, trapping_rate=jnp.asarray(1e22)) for s in (middle, end)]
    assert float(slowest(fast[0])) / float(slowest(fast[1])) == pytest.approx(4, rel=1e-5)


@pytest.mark.parametrize("count", [2, 3, 5, 8])
def test_equal_perfect_sinks_gain_as_their_number_squared(count):
    strip = equal_traps(count, total=1e-6, trapping_rate=1e25)
    expected = math.pi**2 * DIFFUSIVITY * count**2 / 1e-6
    assert float(saturated(strip)) == pytest.approx(expected, rel=1e-8)
    assert float(slowest(strip)) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("length", "pad"), [(980, 30), (980, 1e-5), (3, 1e7), (980, 980)])
def test_saturated_rate_with_a_pad_solves_its_equation(length, pad):
    def equation(angle):
        return angle * math.sin(angle) * pad - length * math.cos(angle)

    angle = optimize.brentq(equation, 0, math.pi / 2, xtol=1e-300, rtol=1e-15)
    k = angle / (length * UM)
    assert k * length * UM + math.atan(k * pad * UM) == pytest.approx(math.pi / 2)
    strip = strip_of([length, 0], [20], (pad, 0))
    assert float(saturated(strip)) == pytest.approx(DIFFUSIVITY * k**2, rel=1e-13)
    if pad > 1e5 * length:  # a big pad empties through the strip
        expected = DIFFUSIVITY / (pad * length * UM**2)
        assert float(saturated(strip)) == pytest.approx(expected, rel=1e-6)


def test_strong_and_quick_rates_are_as_good_as_the_table_says():
    for d in (87, 100, 200, 400):
        assert float(strong(end_trap(d))) / float(slowest(end_trap(d))) == pytest.approx(
            1, abs=0.002
        )
    assert float(strong(end_trap(20))) / float(slowest(end_trap(20))) == pytest.approx(
        0.972, abs=5e-4
    )
    for d in np.geomspace(2, 100, 9):
        assert float(quick(end_trap(d))) / float(slowest(end_trap(d))) == pytest.approx(
            1, abs=0.055
        )


def test_sink_velocity_is_that_of_a_weak_and_of_a_long_trap():
    strip = strip_of([100, 100, 100], [1e-3, 2000])
    weak, long, _ = np.asarray(sinks(strip))
    assert weak == pytest.approx(TRAP_RATE * 1e-9, rel=1e-9)
    assert long == pytest.approx(math.sqrt(DIFFUSIVITY * TRAP_RATE), rel=1e-9)
    some = sinks(end_trap(50))[0]
    depth = 50e-6 / math.sqrt(DIFFUSIVITY / TRAP_RATE)
    assert float(some) == pytest.approx(math.sqrt(DIFFUSIVITY * TRAP_RATE) * math.tanh(depth))


@pytest.mark.parametrize(
    "strip",
    [
        strip_of([100, 50, 700, 20], [30, 3, 80], (40, 70), background_rate=60.0),
        strip_of([300, 600], [100], (200, 533)),
        strip_of([300, 600], [2000], (200, 533)),
    ],
    ids=["three traps", "one trap", "thick trap"],
)  # fmt: skip
def test_slowest_rate_has_the_gradient_of_its_values(strip, slope):
    found = with_slopes(strip)[0][1]
    for field in dataclasses.fields(strip):
        value = np.asarray(getattr(strip, field.name))
        for i in np.ndindex(value.shape):

            def at(x, name=field.name, value=value, i=i):
                changed = value.copy()
                changed[i] = x
                return float(slowest(dataclasses.replace(strip, **{name: jnp.asarray(changed)})))

            if value[i]:
                expected = slope(at, value[i], step=1e-4)
                allowed = 1e-9 * float(slowest(strip)) / value[i]
                assert float(np.asarray(getattr(found, field.name))[i]) == pytest.approx(
                    expected, rel=1e-7, abs=allowed
                )


@pytest.mark.parametrize("rate", [0.0, 1e-200, 1e-3, 1e12, 1e150])
@pytest.mark.parametrize("diffusivity", [1e-30, 18e-4, 1e30])
@pytest.mark.parametrize(
    ("bare", "d"),
    [([450, 450], 100), ([450, 450], 1e-9), ([450, 450], 0), ([900, 0], 100), ([900, 0], 0),
     ([0, 0], 100)],
)  # fmt: skip
def test_gradients_are_finite_at_every_limit(rate, diffusivity, bare, d):
    strip = strip_of(bare, [d], (3, 0), trapping_rate=rate, diffusivity=diffusivity)
    found = with_slopes(strip)
    assert np.isfinite([value for value, _ in found[:3]]).all()
    slopes = [np.ravel(x) for _, each in found for x in jax.tree.leaves(each)]
    assert np.isfinite(np.concatenate(slopes)).all()


def test_batches_of_strips_are_solved_together():
    rates = np.geomspace(1.0, 1e8, 7)
    strip = strip_of([300, 600], [100], (200, 533))
    wide = dataclasses.replace(
        strip, trapping_rate=rates[:, None], diffusivity=np.array([1e-3, 2e-3])
    )
    found = np.asarray(slowest(wide))
    assert found.shape == (7, 2)
    for i, j in np.ndindex(found.shape):
        alone = dataclasses.replace(
            strip, trapping_rate=jnp.asarray(rates[i]), diffusivity=jnp.asarray(1e-3 * (j + 1))
        )
        assert found[i, j] == pytest.approx(float(slowest(alone)), rel=1e-13)


@pytest.mark.parametrize(("d", "far"), [(20, 4.77e-4), (100, 2.82e-4), (400, 1.33e-4)])
def test_steady_state_of_the_table(d, far):
    strip = end_trap(d)
    found = float(steady(strip, 1.0, 0.0))
    assert found == pytest.approx(far, abs=5e-7)
    bare, velocity = (1000 - d) * UM, float(sinks(strip)[0])
    edge = 1 / TRAP_RATE + bare / velocity
    assert float(steady(strip, 1.0, bare)) == pytest.approx(edge, rel=1e-12)
    assert found == pytest.approx(edge + bare**2 / (2 * DIFFUSIVITY), rel=1e-12)


@pytest.mark.parametrize("d", [20, 400])
def test_steady_state_solves_the_diffusion_equation(d):
    strip, bare = end_trap(d), (1000 - d) * UM

    def at(z):
        return steady(strip, 3.0, z)

    def first(z):
        return steady_slopes(strip, 3.0, z)[0]

    def second(z):
        return steady_slopes(strip, 3.0, z)[1]

    for share in (0.1, 0.5, 0.9):
        assert DIFFUSIVITY * float(second(share * bare)) == pytest.approx(-3, rel=1e-12)
        under = bare + share * d * UM
        expected = TRAP_RATE * float(at(under)) - 3
        assert DIFFUSIVITY * float(second(under)) == pytest.approx(expected, rel=1e-10)
    assert float(first(0.0)) == 0
    assert float(first(1000 * UM)) == pytest.approx(0, abs=1e-12 * float(first(bare / 2)) ** 2)
    inside, outside = (float(first(bare * (1 + side * 1e-9))) for side in (1, -1))
    assert inside == pytest.approx(outside, rel=1e-6)
    assert float(steady(end_trap(d, trapping_rate=0.0), 3.0, 0.0)) == math.inf


def test_diffusion_of_quasiparticles_is_slowed_by_their_velocity():
    gap, temperature = 180e-6 * ELEMENTARY_CHARGE, 0.05
    diffusivity = compiled(film.quasiparticle_diffusivity)
    found = float(diffusivity(60e-4, gap, temperature))
    ratio = gap / (BOLTZMANN * temperature)
    cold = 60e-4 * math.sqrt(2 / (math.pi * ratio))
    assert cold == pytest.approx(7.4e-4, abs=5e-6)
    assert cold / found - 1 == pytest.approx(3 / (8 * ratio), rel=0.02)
    assert found == pytest.approx(60e-4 / ratio / special.k1e(ratio), rel=1e-12)
    assert float(diffusivity(60e-4, 0.0, temperature)) == pytest.approx(60e-4)


def test_hyperbolic_ratio_is_analytic_through_zero():
    ratio = compiled(jax.value_and_grad(modes.tanh_ratio))
    for z in (-1.0, -0.3, -1e-12, 0.0, 1e-12, 0.3, 1.0, 1 + 1e-12, 7.0, 1e9):
        with mp.workdps(30):
            root = mp.sqrt(mp.mpf(z) + mp.mpc(0))
            exact = float(mp.re(mp.tanh(root) / root)) if z else 1.0
        assert float(ratio(z)[0]) == pytest.approx(exact, rel=3e-16, abs=0)
    assert float(ratio(0.0)[1]) == pytest.approx(-1 / 3, rel=1e-15)
