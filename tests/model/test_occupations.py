"""Three distributions of what is left, against the gap equation and n_qp in high precision."""

import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.model import bcs
from entrap.model.occupations import ChemicalPotential, EffectiveTemperature, Share

KINDS = (Share, ChemicalPotential, EffectiveTemperature)
kinds = pytest.mark.parametrize("kind", KINDS)


def gap_at(kind):
    return compiled(lambda parameter, t: kind(parameter).reduced_gap(t))


def balance_at(kind):
    """Gap and the density ratio that the parameter of y gives, and slopes of the gap in y and t."""

    def all_of(y, t):
        found = kind.of_density_ratio(y, t)
        gap = found.reduced_gap(t)
        ratio = BCS_GAP_RATIO * gap / t
        return gap, found.quasiparticles(ratio) / Share(1.0).quasiparticles(ratio)

    return compiled(jax.value_and_grad(all_of, (0, 1), has_aux=True))


GAP_AT = {kind: gap_at(kind) for kind in KINDS}
BALANCE_AT = {kind: balance_at(kind) for kind in KINDS}


@compiled
def integrals_of(taken, ratio, broadening=0.0):
    density, occupied = taken.quasiparticles(ratio), taken.occupation(ratio)
    return density, occupied, taken.screening(ratio, broadening)


bcs_gap, bcs_density = map(compiled, (bcs.reduced_gap, bcs.quasiparticle_density))


def thermal(function, r):
    nats = mp.log(10) * (mp.mp.dps + 5)
    step = mp.pi**2 / nats / mp.sqrt(max(r / 4, 1))
    steps = range(1, int(mp.acosh(1 + nats / r) / step) + 2)
    return step * (function(r) / 2 + mp.fsum(function(r * mp.cosh(step * k)) for k in steps))


def occupation(kind, parameter):
    """f(x) in high precision."""
    if kind is Share:
        return lambda x: parameter / (mp.exp(x) + 1)
    if kind is ChemicalPotential:
        return lambda x: parameter / (mp.exp(x) + parameter)
    return lambda x: 1 / (mp.exp(x / parameter) + 1)


def exact_gap(kind, parameter, t, near):
    zero, start = mp.pi * mp.exp(-mp.euler), mp.log(mp.mpf(near) / t)
    f = occupation(kind, mp.mpf(parameter))

    def equation(length):
        return length + 2 * thermal(f, zero * mp.exp(length)) + mp.log(t)

    return mp.exp(mp.findroot(equation, (start, start + mp.mpf("1e-6")), tol=1e-40)) * t


def potentials():
    rng = np.random.default_rng(8)
    away = np.stack([np.exp(-(10 ** rng.uniform(-4, 1.3, 12))), rng.uniform(0.05, 3.4, 12)], 1)
    close = np.stack(
        [
            1 - 10 ** rng.uniform(-8, -1, 8),
            1 + 10 ** rng.uniform(-8, -1, 8) * (-1) ** np.arange(8),
        ],
        1,
    )
    return np.concatenate([away, close, [[math.exp(-20), 1.0], [1.0, 0.9], [0.5, 1.0]]])


@pytest.mark.parametrize(("fugacity", "t"), potentials())
def test_gap_at_a_chemical_potential_solves_the_gap_equation(fugacity, t):
    found = float(GAP_AT[ChemicalPotential](fugacity, t))
    if found < 1e-280:
        assert t > 1
        return
    with mp.workdps(30):
        exact = float(exact_gap(ChemicalPotential, fugacity, mp.mpf(t), found))
    assert found == pytest.approx(exact, rel=1e-14 + 1e-15 * abs(math.log(found)), abs=0)


@pytest.mark.parametrize("relative", [0.01, 0.3, 0.7, 0.99, 1.0])
@pytest.mark.parametrize("t", [0.3, 0.9, 1.0, 1.2, 3.0])
def test_gap_at_a_temperature_solves_the_gap_equation(relative, t):
    found = float(GAP_AT[EffectiveTemperature](relative, t))
    if relative * t >= 1:
        assert found == 0
        return
    with mp.workdps(30):
        exact = float(exact_gap(EffectiveTemperature, relative, mp.mpf(t), found * 0.999))
    assert found == pytest.approx(exact, rel=1e-14, abs=0)


@kinds
def test_nothing_taken_is_equilibrium(kind):
    for t in np.linspace(0.01, 1.4, 40):
        found = float(GAP_AT[kind](1.0, t))
        assert found == pytest.approx(float(bcs_gap(t)), rel=1e-14, abs=0)
    for ratio, broadening in ((0.0, 0.0), (0.7, 2.0), (4.0, 0.1)):
        whole = float(integrals_of(Share(1.0), ratio, broadening)[2])
        found = float(integrals_of(kind(1.0), ratio, broadening)[2])
        assert found == pytest.approx(whole, rel=1e-14)


@pytest.mark.parametrize("taken", [Share(0.3), ChemicalPotential(0.2), EffectiveTemperature(0.6)])
@pytest.mark.parametrize(
    "r", [0.9, *(pytest.param(r, marks=pytest.mark.slow) for r in (0.02, 5.0))]
)
def test_density_and_screening_are_integrals_over_the_occupation(taken, r):
    f = occupation(type(taken), mp.mpf(jax.tree.leaves(taken)[0]))
    r = mp.mpf(r)
    with mp.workdps(25):
        density = thermal(lambda x: x * f(x), r)  # r cosh u f
        found = integrals_of(taken, float(r))
        assert float(found[0]) == pytest.approx(float(density), rel=1e-14)
        assert float(found[1]) == pytest.approx(float(f(r)), rel=1e-14)
        for b in (mp.mpf("0.01"), mp.mpf(3)):

            def integrand(x, b=b):
                energy = mp.sqrt(x * x + r * r)
                edge = r * (1 - 2 * f(r)) - r * r / energy * (1 - 2 * f(energy))
                return edge / (x * x + b * b)

            exact = mp.quad(integrand, [0, b / 5, b, r, 1, 5, 20, 100, mp.inf])
            screening = float(integrals_of(taken, float(r), float(b))[2])
            assert screening == pytest.approx(float(exact), rel=1e-12)
        # clean: 1 - 2∫ dξ (-∂f/∂E)
        clean = 1 + 2 * mp.quad(lambda x: mp.diff(f, mp.sqrt(x * x + r * r)), [0, r, 1, 5, 20, 100])
        assert float(found[2]) == pytest.approx(float(clean), rel=1e-10)


@kinds
@pytest.mark.parametrize("t", [0.05, 0.3, 0.9, 1.0, 1.5, 3.0])
@pytest.mark.parametrize("y", [1e-200, 1e-5, 0.1, 0.5, 0.9, 0.999999, 1 - 1e-12, 1.0])
def test_the_parameter_of_a_density_gives_that_density(kind, t, y):
    (_, back), slopes = BALANCE_AT[kind](y, t)
    assert float(back) == pytest.approx(y, rel=3e-13, abs=0)
    assert np.isfinite([float(x) for x in slopes]).all()


@kinds
@pytest.mark.parametrize(("y", "t"), [(0.5, 0.6), (0.9, 0.95), (0.3, 1.3), (0.2, 2.5)])
def test_slopes_of_the_gap_at_a_density_are_those_of_its_values(kind, y, t, slope):
    both = BALANCE_AT[kind]
    by_y, by_t = (float(x) for x in both(y, t)[1])
    assert by_y == pytest.approx(slope(lambda x: float(both(x, t)[0][0]), y), rel=1e-7)
    assert by_t == pytest.approx(slope(lambda x: float(both(y, x)[0][0]), t), rel=1e-7)


@given(st.floats(0.05, 3), st.floats(0.001, 1), st.floats(0.001, 1))
def test_fewer_quasiparticles_widen_the_gap(t, one, other):
    low, high = sorted((one, other))
    for kind in KINDS:
        few, back = BALANCE_AT[kind](low, t)[0]
        many, _ = BALANCE_AT[kind](high, t)[0]
        assert 0 <= float(many) <= float(few) * (1 + 1e-13) <= 1 + 2e-13
        assert float(back) == pytest.approx(low, rel=1e-12)


def below_bare(kind, taken, t):
    """The distribution with n_qp a share lower than that of the bare sample with its bare gap."""

    def density(parameter):
        found = kind(parameter)
        ratio = BCS_GAP_RATIO * float(GAP_AT[kind](parameter, t)) / t
        return float(integrals_of(found, ratio)[0])

    bare = density(1.0)
    return kind(brentq(lambda p: density(p) - (1 - taken) * bare, 0.05, 1.0, xtol=1e-14))


@pytest.mark.parametrize(
    ("taken", "gaps", "frequency", "depth", "clean", "entropy"),
    [
        (0.01, (1.14, 1.13, 1.05), 0.52, -1.2, 3.4, 1.003),
        (0.10, (11.1, 11.0, 10.3), 5.03, -10.8, 35, 1.030),
        (0.50, (49.5, 49.3, 47.6), 22.5, -35, 192, 1.215),
    ],
)
def test_aluminium_of_the_table(taken, gaps, frequency, depth, clean, entropy):
    """Al, T_c 1.175 K, at 0.9 T_c: n_qp taken of those of the bare sample, at its bare gap."""
    t, whole = 0.9, 1.380649e-23 * 1.175 * BCS_GAP_RATIO
    bare = float(bcs_gap(t))
    assert bare * whole / 1.602176634e-25 == pytest.approx(94.0, abs=0.05)
    assert 2 * bare * whole / 6.62607015e-34 / 1e9 == pytest.approx(45.46, abs=0.007)
    found = [below_bare(kind, taken, t) for kind in KINDS]
    wider = [float(GAP_AT[type(x)](jax.tree.leaves(x)[0], t)) for x in found]
    for gap, given_ in zip(wider, gaps, strict=True):
        assert 100 * (gap / bare - 1) == pytest.approx(
            given_, abs=0.0051 if taken < 0.05 else 0.051
        )
    assert 2 * (wider[0] - bare) * whole / 6.62607015e-34 / 1e9 == pytest.approx(
        frequency, abs=0.0051 if taken < 0.3 else 0.051
    )
    ratio, before = BCS_GAP_RATIO * wider[0] / t, BCS_GAP_RATIO * bare / t
    _, occupied, screening = map(float, integrals_of(found[0], ratio))
    dirty = wider[0] * (1 - 2 * occupied) / (bare * math.tanh(before / 2))
    assert 100 * (dirty**-0.5 - 1) == pytest.approx(depth, abs=0.51 if taken > 0.3 else 0.051)
    cleaner = screening / float(integrals_of(Share(1.0), before)[2])
    assert 100 * (cleaner - 1) == pytest.approx(clean, abs=0.51 if taken > 0.05 else 0.051)
    # read as an entropy: the bare gap at T/E is this one
    at = brentq(lambda x: float(bcs_gap(x)) - wider[0], 0.3, 0.95)
    assert t / at == pytest.approx(entropy, abs=0.00051)


def test_bcs_density_is_that_of_equilibrium():
    for ratio in (0.0, 1e-9, 0.5, 20.0):
        known = bcs_density(ratio * BOLTZMANN, 1.0, 1 / (4 * BOLTZMANN))
        found = float(integrals_of(Share(1.0), ratio)[0])
        assert found == pytest.approx(float(known), rel=1e-14, abs=0)


def test_density_is_that_of_scipy():
    r, z = 1.3, 0.4
    exact = quad(lambda u: r * math.cosh(u) * z / (math.exp(r * math.cosh(u)) + z), 0, 6)[0]
    found = float(integrals_of(ChemicalPotential(z), r)[0])
    assert found == pytest.approx(exact, rel=1e-9)


@pytest.mark.slow
@kinds
def test_arrays_broadcast_and_map(kind):
    parameter, t = np.linspace(0.2, 1, 4)[:, None], np.linspace(0.3, 1.4, 3)
    whole = GAP_AT[kind](parameter, t)
    single = np.vectorize(GAP_AT[kind], otypes=[float])(parameter, t)
    assert np.allclose(whole, single, rtol=1e-13, atol=0)
    mapped = jax.vmap(lambda p: kind(p[0]).reduced_gap(jnp.asarray(t)))
    assert jax.eval_shape(mapped, parameter).shape == (4, 3)
