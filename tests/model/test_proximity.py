"""The bilayer against the Usadel equations: roots in high precision, closed limits, sum rules."""

import itertools
import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import Polynomial
from scipy.optimize import brentq
from scipy.special import digamma
from tests.model.compiled import compiled, in_blocks

from entrap.core.constants import BOLTZMANN, ELEMENTARY_CHARGE
from entrap.model import proximity

states = compiled(proximity.bilayer_states)
states_along = in_blocks(proximity.bilayer_states)
minigap = compiled(proximity.minigap)
minigap_weak = compiled(proximity.minigap_weak)
metal_states = compiled(proximity.metal_states)
couplings = st.floats(-8, 3).map(lambda power: 10**power)

PAIRS = [(0.05, 0.02), (0.1, 0.1), (0.3, 0.05), (2.0, 0.7), (0.01, 3.0), (100.0, 100.0)]
FAR_APART = [
    (1e-8, 1e-8), (1e-8, 1e3), (1e3, 1e-8), (1e3, 1e3), (1e-3, 1e-6), (1.0, 1e-8), (1e-8, 1.0),
]  # fmt: skip


def physical_root(energy, metal, film, broadening=0.0):
    """cos θ_N and cos θ_S, Δ = 1: of the six roots in R the one with both real parts positive."""
    with mp.workdps(60):
        w = mp.mpc(broadening, -mp.mpf(energy))
        metal, film = mp.mpf(metal), mp.mpf(film)
        square = [1, 0, -(metal**2) - w * w]  # R² - γ_N² - w² = 2 γ_N w cos θ_S
        shifted = product([1, film], [1, film])
        first = [a + b for a, b in zip([1, 0, 0], [w * w * x for x in shifted], strict=True)]
        whole = product(product(square, square), first)
        for i, x in enumerate(shifted):
            whole[4 + i] -= 4 * metal**2 * w**4 * x
        roots = mp.polyroots(whole[::-1], maxsteps=2000, extraprec=600, asc=True)
        film_cosines = [(r * r - metal**2 - w * w) / (2 * metal * w) for r in roots]
        both = [
            ((metal * c + w) / r, c) for r, c in zip(roots, film_cosines, strict=True) if r != 0
        ]
        found = [(n, s) for n, s in both if n.real > 1e-25 and s.real > 1e-25]
    assert len(found) == 1
    return complex(found[0][0]), complex(found[0][1])


def product(a, b):
    result = [mp.mpc(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            result[i + j] += x * y
    return result


def largest_energy(metal, film):
    """Maximum of E along the curve of real ψ_N, ψ_S, Δ = 1, by golden sections in ln R."""
    with mp.workdps(30):
        metal, film = mp.mpf(metal), mp.mpf(film)

        def energy(log_root):
            root = mp.exp(log_root)
            more = 1 + film / root

            def excess(psi):  # of the film; E = tanh ψ_S/(1 + γ_S/R)
                e = mp.tanh(psi) / more
                return root**2 + e * e + 2 * metal * e * mp.sinh(psi) - metal**2

            low, high = mp.mpf("1e-40"), mp.mpf(200)
            for _ in range(90):
                middle = mp.sqrt(low * high)
                low, high = (low, middle) if excess(middle) > 0 else (middle, high)
            return mp.tanh(low) / more

        golden = (mp.sqrt(5) - 1) / 2
        a, b = mp.log(metal) - 30, mp.log(metal)
        c, d = b - golden * (b - a), a + golden * (b - a)
        at_c, at_d = energy(c), energy(d)
        for _ in range(50):
            if at_c > at_d:
                b, d, at_d = d, c, at_c
                c = b - golden * (b - a)
                at_c = energy(c)
            else:
                a, c, at_c = c, d, at_d
                d = a + golden * (b - a)
                at_d = energy(d)
        return float(max(at_c, at_d))


def rule(breaks, count=150):
    """Nodes and weights of Gauss between breaks, drawn to both ends of every piece."""
    x, weight = np.polynomial.legendre.leggauss(count)
    s, ds = (x + 1) / 2, weight / 2
    for _ in range(2):
        s, ds = s * s * (3 - 2 * s), 6 * s * (1 - s) * ds
    pieces = [(a + (b - a) * s, (b - a) * ds) for a, b in itertools.pairwise(breaks)]
    return np.concatenate([p[0] for p in pieces]), np.concatenate([p[1] for p in pieces])


# The couplings


@pytest.mark.parametrize(
    ("resistance", "micro_volts"), [(10, 0.082), (100, 0.0082), (1000, 8.2e-4)]
)
def test_coupling_of_a_copper_film_of_the_table(resistance, micro_volts):
    conductance = 1 / (resistance * 1e-12)
    escape = conductance / (2 * ELEMENTARY_CHARGE**2 * 7.79e46 * 100e-9)
    metal, film = proximity.coupling_energies(0.25 * escape, escape)
    assert float(metal) / (1e-6 * ELEMENTARY_CHARGE) == pytest.approx(micro_volts, rel=6e-3, abs=0)
    assert float(film / metal) == pytest.approx(0.25, rel=1e-15, abs=0)


# The minigap


@pytest.mark.parametrize(
    ("metal", "expected", "digits"),
    [(0.01, 0.00990147, 8), (0.1, 0.0912552, 7), (0.3, 0.235890, 6), (1, 0.543689, 6),
     (3, 0.851039, 6)],
)  # fmt: skip
def test_minigap_of_a_thick_film_of_the_table(metal, expected, digits):
    assert float(minigap(1.0, metal, 0.0)) == pytest.approx(expected, abs=0.51 * 10**-digits)


@pytest.mark.parametrize(
    ("both", "expected", "digits"), [(0.01, 0.009257795, 9), (0.1, 0.06990459, 8)]
)
def test_minigap_at_finite_coupling_of_the_table(both, expected, digits):
    assert float(minigap(1.0, both, both)) == pytest.approx(expected, abs=0.51 * 10**-digits)


@pytest.mark.parametrize(("metal", "film"), [*PAIRS[::2], *FAR_APART[::2]])
def test_minigap_is_the_top_of_the_curve_of_solutions(metal, film):
    assert float(minigap(1.0, metal, film)) == pytest.approx(
        largest_energy(metal, film), rel=1e-14, abs=0
    )


@given(couplings)
def test_minigap_of_a_thick_film_solves_its_closed_equation(metal):
    edge = float(minigap(1.0, metal, 0.0))
    # γ_N² (Δ - E) - E² (Δ + E) changes sign within rounding of E.
    above, below = (
        metal**2 * (1 - x) - x * x * (1 + x) for x in (edge * (1 + 4e-15), edge * (1 - 4e-15))
    )
    assert above < 0 < below


@pytest.mark.parametrize(
    ("both", "error", "digit"),
    [(1e-3, -2e-4, 5e-5), (0.01, -4e-3, 5e-4), (0.03, -0.02, 5e-3), (0.1, -0.1, 5e-3)],
)
def test_weak_minigap_is_low_by_what_the_table_says(both, error, digit):
    ratio = float(minigap_weak(1.0, both, both) / minigap(1.0, both, both))
    assert ratio - 1 == pytest.approx(error, abs=digit)


def test_weak_minigap_is_the_limit_of_both_couplings():
    for both in (1e-6, 1e-9, 1e-12):
        ratio = float(minigap_weak(1.0, both, both) / minigap(1.0, both, both))
        assert abs(ratio - 1) < 2 * both ** (4 / 3) + 1e-15
    assert float(minigap_weak(1.0, 0.1, 1.0)) == 0
    assert float(minigap_weak(1.0, 0.1, 5.0)) == 0


def test_minigap_of_strong_couplings_is_slowly_that_of_cooper():
    assert float(minigap(1.0, 100.0, 100.0)) == pytest.approx(0.486, abs=5e-4)
    for metal, film in ((1.0, 1.0), (1.0, 3.0), (5.0, 1.0)):
        cooper = metal / (metal + film)
        missing = [
            1 - float(minigap(1.0, size * metal, size * film)) / cooper for size in (1e6, 1e9)
        ]
        assert 0 < missing[1] < missing[0] < 2e-3
        # The exponent: what is missing falls as γ^(-2/3).
        assert missing[0] / missing[1] == pytest.approx(100, rel=0.05)


@given(couplings, couplings, st.floats(1e-3, 1))
def test_minigap_lies_below_every_bound(metal, film, more):
    edge = float(minigap(1.0, metal, film))
    assert 0 < edge < min(1.0, metal)
    assert edge <= float(minigap(1.0, metal, 0.0))
    assert edge < metal / (metal + film)  # Cooper's
    assert edge < float(minigap(1.0, metal * (1 + more), film))
    assert float(minigap(1.0, metal, film * (1 + more))) < edge


@given(couplings, couplings, st.floats(-30, 5))
def test_energies_scale(metal, film, power):
    unit = 10**power
    edge = float(minigap(1.0, metal, film))
    assert float(minigap(unit, metal * unit, film * unit)) == pytest.approx(
        edge * unit, rel=1e-13, abs=0
    )
    for e in (2.5 * edge, 2.0):
        plain = states(e, 1.0, metal, film, 0.0)
        scaled = states(e * unit, unit, metal * unit, film * unit, 0.0)
        assert np.allclose(scaled, plain, rtol=1e-10, atol=1e-10)


def test_minigap_is_none_without_a_gap_or_a_contact():
    assert float(minigap(0.0, 0.1, 0.1)) == 0
    assert float(minigap(1.0, 0.0, 0.1)) == 0
    assert float(minigap(1.0, 0.0, 0.0)) == 0
    assert float(minigap(1.0, 1e-300, 1e-300)) == pytest.approx(1e-300, rel=1e-14, abs=0)


# The densities of states


def test_densities_of_the_table():
    metal, film = 0.05, 0.02
    assert float(states(0.08, 1.0, metal, film, 0.0)[0]) == pytest.approx(1.24597, abs=5.1e-6)
    assert float(metal_states(0.08, 1.0, metal)) == pytest.approx(1.24658, abs=5.1e-6)
    assert float(states(1.1, 1.0, metal, film, 0.0)[1]) == pytest.approx(2.35079, abs=5.1e-6)
    assert dynes(1.1, film) == pytest.approx(2.36868, abs=5.1e-6)
    assert float(states(1.0, 1.0, metal, film, 0.0)[1]) == pytest.approx(4.185, abs=5.1e-4)
    assert dynes(1.0, film) == pytest.approx(3.589, abs=5.1e-4)


def dynes(energy, broadening):
    e = energy + 1j * broadening
    return abs((e / np.sqrt(e * e - 1)).real)


@pytest.mark.parametrize("broadening", [0.0, 0.01])
@pytest.mark.parametrize(("metal", "film"), PAIRS)
def test_densities_are_those_of_the_two_equations_continued_from_above(metal, film, broadening):
    """Both angles at once, from θ = 0 at large Im E down to the real axis."""
    edge = float(minigap(1.0, metal, film))
    for e in (0.5 * edge, 1.02 * edge, 0.5 + edge / 2, 1.0, 1.3):
        with mp.workdps(20):
            angles = [mp.mpc("0.01"), mp.mpc("0.01")]
            top = 10 * (1 + metal + film)
            heights = [top * mp.mpf(4) ** -k for k in range(24)]
            for height in [*(y for y in heights if y > broadening), mp.mpf(broadening)]:
                angles = follow(angles, mp.mpc(e, height), metal, film)
            exact = [float(mp.cos(angle).real) for angle in angles]
        assert np.allclose(states(e, 1.0, metal, film, broadening), exact, rtol=1e-11, atol=1e-12)


def follow(angles, energy, metal, film):
    """Newton on the two Usadel equations, with their Jacobian."""
    n, s = angles
    for _ in range(40):
        across, along = mp.sin(s - n), mp.cos(s - n)
        first = 1j * energy * mp.sin(n) + metal * across
        second = 1j * energy * mp.sin(s) + mp.cos(s) - film * across
        a, b = 1j * energy * mp.cos(n) - metal * along, metal * along
        c, d = film * along, 1j * energy * mp.cos(s) - mp.sin(s) - film * along
        bottom = a * d - b * c
        dn, ds = (first * d - second * b) / bottom, (second * a - first * c) / bottom
        n, s = n - dn, s - ds
        if abs(dn) + abs(ds) < mp.mpf(10) ** -17 * (1 + abs(n) + abs(s)):
            return [n, s]
    raise AssertionError("Newton does not converge")


@pytest.mark.parametrize(("metal", "film"), FAR_APART)
def test_densities_are_the_physical_root_of_the_polynomial(metal, film):
    edge = float(minigap(1.0, metal, film))
    energies = [
        edge * (1 + 1e-6),
        1.001 * edge,
        metal / 3,
        1 - 1e-6,
        1.001,
        1e3,
    ]
    above = [e for e in energies if e > edge * (1 + 1e-7)]
    assert len(above) >= 4
    for e in above:
        cosines = physical_root(e, metal, film)
        allowed = 1e-12 + 5e-15 / min(abs(e / edge - 1), abs(e - 1))
        for found, exact in zip(states(e, 1.0, metal, film, 0.0), cosines, strict=True):
            assert abs(float(found) - exact.real) < allowed * abs(exact)


@given(
    st.tuples(st.floats(-2, 1), st.floats(-2, 1), st.floats(-2, 0.5), st.floats(-5, 0))
)  # where double precision resolves the six roots
def test_broadened_densities_are_the_physical_root_of_the_polynomial(powers):
    metal, film, e, broadening = (10**power for power in powers)
    w = broadening - 1j * e
    square, shifted = Polynomial([-(metal**2) - w * w, 0, 1]), Polynomial([film, 1])
    polynomial = square**2 * (Polynomial([0, 0, 1]) + w * w * shifted**2)
    polynomial -= 4 * metal**2 * w**4 * shifted**2
    roots = polynomial.roots()
    of_film = (roots**2 - metal**2 - w * w) / (2 * metal * w)
    of_metal = (metal * of_film + w) / roots
    physical = (of_film.real > 0) & (of_metal.real > 0)
    assert physical.sum() == 1
    found = states(e, 1.0, metal, film, broadening)
    assert np.allclose(found, [of_metal[physical][0].real, of_film[physical][0].real], rtol=1e-6)


@given(couplings, couplings, st.floats(1e-6, 1 - 1e-9))
def test_there_are_no_states_below_the_minigap(metal, film, share):
    found = states(share * minigap(1.0, metal, film), 1.0, metal, film, 0.0)
    assert np.abs(found).max() < 1e-20


@given(couplings, couplings, st.floats(-12, 4), st.sampled_from([0.0, 1e-12, 1e-3]))
def test_densities_are_finite_positive_and_even(metal, film, power, broadening):
    found = np.array(states(10**power, 1.0, metal, film, broadening))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found == np.array(states(-(10**power), 1.0, metal, film, broadening))).all()


@pytest.mark.parametrize(("metal", "film"), [*PAIRS[:3], (1e-8, 1e-8), (1e3, 1e-3)])
def test_states_open_at_the_minigap_as_a_square_root(metal, film):
    edge = float(minigap(1.0, metal, film))
    near = np.array(states_along(edge * (1 + np.array([1e-9, 4e-9])), 1.0, metal, film, 0.0))
    assert (near > 0).all()
    assert near[:, 1] / near[:, 0] == pytest.approx([2, 2], rel=1e-3)


@pytest.mark.parametrize(("metal", "film"), [(0.1, 0.1), (0.3, 0.05), (2.0, 0.7)])
def test_no_state_is_lost(metal, film):
    """∫ (ν - 1) dE = 0: cos θ - 1 is analytic above the real axis and falls as 1/E²."""
    edge, far = float(minigap(1.0, metal, film)), 2000.0
    e, weight = rule([edge, (1 + edge) / 2, 1.0, 2.0, 10.0, 100.0, far])
    of_metal, of_film = (np.asarray(nu) @ weight for nu in states_along(e, 1.0, metal, film, 0.0))
    tail = 0.5 / far  # ν_S → 1 + Δ²/2E²; ν_N - 1 falls as 1/E⁴
    assert of_metal == pytest.approx(far, rel=0, abs=2e-8)
    assert of_film + tail == pytest.approx(far, rel=0, abs=2e-8)


@given(st.floats(1e-3, 5), couplings)
def test_a_decoupled_film_is_bcs_and_a_decoupled_metal_normal(e, coupling):
    for film in (0.0, coupling):
        of_metal, of_film = (float(nu) for nu in states(e, 1.0, 0.0, film, 0.0))
        assert of_metal == pytest.approx(1, rel=1e-14, abs=0)
        expected = dynes(e, film) if film or abs(e) > 1 else 0.0
        if abs(e - 1) > 1e-6:
            assert of_film == pytest.approx(expected, rel=1e-9, abs=1e-15)


def test_without_a_gap_both_films_are_normal():
    for gap in (0.0, 1e-200):
        found = states_along([0.1, 2.0], gap, 0.3, 0.2, 0.0)
        assert np.allclose(found, 1, rtol=1e-15)


@given(couplings, st.floats(-3, 1))
def test_metal_on_a_thick_film_has_the_closed_form(metal, power):
    e, edge = 10**power, float(minigap(1.0, metal, 0.0))
    if min(abs(e / edge - 1), abs(e - 1)) > 1e-3:
        closed = float(metal_states(e, 1.0, metal))
        found, film = (float(nu) for nu in states(e, 1.0, metal, 0.0, 0.0))
        assert found == pytest.approx(closed, rel=1e-9, abs=1e-12)
        assert film == pytest.approx(dynes(e, 0.0) if e > 1 else 0.0, rel=1e-12, abs=1e-15)
        assert (closed > 0) == (e > edge)


def test_metal_on_a_thick_film_diverges_at_its_minigap():
    assert float(metal_states(1.0, 1.0, 0.1)) == math.inf
    assert float(metal_states(0.0, 1.0, 0.1)) == 0.0
    assert float(metal_states(float(minigap(1.0, 0.1, 0.0)) * (1 + 1e-12), 1.0, 0.1)) > 1e5


def test_film_is_dynes_far_above_the_coupling_of_the_metal():
    for size in (1e-3, 1e-4):
        e = np.array([0.5, 0.9, 0.99, 1.01, 1.5])
        found = np.asarray(states_along(e, 1.0, 0.1 * size, size, 0.0)[1])
        assert found == pytest.approx(dynes(e, size), rel=size, abs=0)


@pytest.mark.parametrize("cold", [0.003, 0.01])
def test_thermal_quasiparticles_lose_states_as_the_root_of_the_coupling(cold):
    """Of those above Δ, √(2 γ_S/π k_B T) in the lowest order: what the trap's rates neglect."""
    film = 1e-4 * cold
    x, weight = rule([0.0, 1e-3, 1.0, 30.0])
    thermal = weight * np.exp(-x)
    found = np.asarray(states_along(1 + cold * x, 1.0, film, film, 0.0)[1])
    e = 1 + cold * x
    bare = e / np.sqrt(cold * x * (1 + e))
    lost = 1 - (found @ thermal) / (bare @ thermal)
    assert lost == pytest.approx(math.sqrt(2e-4 / math.pi), rel=0.03)


# Derivatives


@pytest.mark.parametrize("e", [0.03, 0.08, 0.5, 0.97, 1.003, 1.5])
@pytest.mark.parametrize("broadening", [0.0, 0.01])
def test_densities_have_the_derivatives_of_their_values(e, broadening, slope):
    at = np.array([e, 1.0, 0.05, 0.02, broadening])
    found, curved = np.asarray(state_slopes(at)), np.asarray(state_curvatures(at))
    for i in range(5 if broadening else 4):
        moved = np.eye(5)[i]
        for of, film in enumerate((False, True)):

            def value(x, film=film, moved=moved):
                return float(states(*(at + (x - at @ moved) * moved))[int(film)])

            def first(x, of=of, moved=moved, i=i):
                return float(state_slopes(at + (x - at @ moved) * moved)[of][i])

            size = 1e-6 * (1 + abs(found[of][i]) + abs(curved[i][of]))
            assert found[of][i] == pytest.approx(slope(value, at[i], 2e-4), rel=1e-6, abs=size)
            assert curved[i][of] == pytest.approx(slope(first, at[i], 2e-4), rel=1e-5, abs=size)


@compiled
def state_slopes(at):
    return jnp.stack(jax.jacrev(lambda x: proximity.bilayer_states(*x))(at))


@compiled
def state_curvatures(at):
    """Second derivatives in each argument alone."""

    def along(unit):
        def moved(x):
            return jnp.stack(proximity.bilayer_states(*(at + x * unit)))

        return jax.jvp(lambda x: jax.jvp(moved, (x,), (1.0,))[1], (0.0,), (1.0,))[1]

    return jax.vmap(along)(jnp.eye(5))


@compiled
def minigap_slopes(gap, metal, film):
    return jnp.stack(jax.grad(proximity.minigap, argnums=(0, 1, 2))(gap, metal, film))


@compiled
def weak_slopes(gap, metal, film):
    return jnp.stack(jax.grad(proximity.minigap_weak, argnums=(0, 1, 2))(gap, metal, film))


@pytest.mark.parametrize(("metal", "film"), [*PAIRS, *FAR_APART])
def test_minigap_has_the_derivatives_of_its_values(metal, film, slope):
    at = (1.3, metal, film)
    for i, found in enumerate(minigap_slopes(*at)):
        expected = slope(lambda x, i=i: float(minigap(*at[:i], x, *at[i + 1 :])), at[i])
        rounding = 1e-12 * float(minigap(*at)) / at[i]
        assert float(found) == pytest.approx(expected, rel=1e-9, abs=rounding)
    # E_g is of the first degree in the three energies together.
    assert float(minigap_slopes(*at) @ jnp.array(at)) == pytest.approx(
        float(minigap(*at)), rel=1e-13, abs=0
    )


def test_weak_minigap_has_the_derivatives_of_its_values(slope):
    at = (1.3, 0.2, 0.05)
    for i, found in enumerate(weak_slopes(*at)):
        expected = slope(lambda x, i=i: float(minigap_weak(*at[:i], x, *at[i + 1 :])), at[i])
        assert float(found) == pytest.approx(expected, rel=1e-9, abs=0)


@pytest.mark.parametrize("metal", [0.0, 1e-300, 0.1])
@pytest.mark.parametrize("film", [0.0, 1e-12, 0.1, 1.0])
@pytest.mark.parametrize("gap", [0.0, 1.0])
def test_gradients_are_finite_at_every_limit(metal, film, gap):
    assert np.isfinite(minigap_slopes(gap, metal, film)).all()
    if gap:
        assert np.isfinite(weak_slopes(gap, metal, film)).all()
    for e in (0.0, 0.05, 1.0, float(minigap(1.0, metal, film)), 3.0):
        for broadening in (0.0, 0.1):
            at = np.array([e, gap, metal, film, broadening])
            assert np.isfinite(states(*at)).all()
            assert np.isfinite(state_slopes(at)).all()


def test_a_metal_lowers_the_transition_as_the_linear_equations_say():
    unit = BOLTZMANN * 1.2
    below = compiled(proximity.critical_temperature)
    for metal, film in ((0.3, 0.2), (2.0, 0.05), (1e-4, 1e-4), (5.0, 40.0)):
        found = float(below(1.2, metal * unit, film * unit))

        def excess(t, metal=metal, film=film):
            both = (metal + film) / (2 * math.pi * t)
            return math.log(t) + film / (metal + film) * (digamma(0.5 + both) - digamma(0.5))

        exact = brentq(excess, 1e-18, 1, xtol=1e-300, rtol=1e-14)
        assert found == pytest.approx(1.2 * exact, rel=1e-11, abs=0)
    weak = 1.2 - float(below(1.2, 1e-5 * unit, 1e-5 * unit))
    assert weak == pytest.approx(math.pi * 1e-5 * 1.2 / 4, rel=1e-4)
    assert float(below(1.2, 0.0, unit)) == 0
    assert float(below(1.2, 0.0, 0.0)) == 1.2
    slopes = compiled(jax.grad(proximity.critical_temperature, argnums=(0, 1, 2)))
    assert np.isfinite(slopes(1.2, 0.0, 0.0)).all()
