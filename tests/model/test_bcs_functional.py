"""The functional against quadrature and roots in high precision, and Landau's as its limit."""

import jax
import mpmath as mp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, ZETA_3
from entrap.model import bcs, share_gap
from entrap.model import bcs_functional as functional
from entrap.model.mixing_functions import stiffness


@compiled
def minimum(t, share=1.0, strength=0.0, scale=1.0):
    at = t, share, strength, scale
    return functional.reduced_gap(*at), functional.superfluid_share(*at)


def gap_of(*at):
    return minimum(*at)[0]


def share_of(*at):
    return minimum(*at)[1]


plain_gap, bcs_gap = map(compiled, (share_gap.reduced_gap, bcs.reduced_gap))
roots_of = compiled(functional.stationary_points)
energy_of = compiled(functional.free_energy)
stiffness_of = compiled(functional.entropy_stiffness)
slope_of = compiled(jax.grad(functional.free_energy, argnums=1))


def exact_blocking(r):
    def integrand(x):
        energy = mp.sqrt(x * x + r * r)
        return 2 / (energy * (mp.exp(energy) + 1))

    return mp.quad(integrand, [0, r, 3 * r + 1, 3 * r + 10, 3 * r + 40, 3 * r + 120])


def exact_yosida(r):
    def integrand(x):
        return mp.sech(mp.sqrt(x * x + r * r) / 2) ** 2 / 2

    return mp.quad(integrand, [0, r, 3 * r + 1, 3 * r + 10, 3 * r + 40, 3 * r + 120])


def exact_stiffness(r):
    """s, from the sum over frequencies."""

    def term(n):
        omega = (2 * n + 1) * mp.pi
        return (omega**2 - r * r / 2) / (omega**2 + r * r) ** mp.mpf(2.5)

    return 4 * mp.pi * mp.nsum(term, [0, mp.inf], method="e") * 2 * mp.pi**2 / (7 * mp.zeta(3))


def exact_energy(t, delta, share, strength, scale):
    zero = mp.pi * mp.exp(-mp.euler)
    t, delta, share, strength, scale = map(mp.mpf, (t, delta, share, strength, scale))
    bare = delta**2 * (mp.log(delta) - mp.mpf(1) / 2)
    # ∫ r I(r) dr, taken over r before x: f(E) r/E is the derivative of -ln(1 + e^-E).
    r = zero * delta / t
    blocked = 2 * mp.quad(
        lambda x: mp.log1p(mp.exp(-x)) - mp.log1p(mp.exp(-mp.sqrt(x * x + r * r))),
        [0, r, 3 * r + 1, 3 * r + 10, 3 * r + 40, 3 * r + 120],
    )
    bare += 2 * share * (t / zero) ** 2 * blocked
    pairs = 1 - exact_yosida(scale * zero * delta / t)
    return bare - 4 * mp.pi**2 / (7 * mp.zeta(3)) * strength * t * pairs / (scale * zero) ** 2


@pytest.mark.parametrize(
    ("t", "share", "strength", "gap", "paired"),
    [(0.9, 1, 0.5, 0.99355030201266, 0.50971064684329),
     (0.5, 1, 0.5, 1.0396647505164, 0.87026760276055),
     (1.3, 1, 0.5, 0.57319659739978, 0.11840720379055),
     (1.2, 0.5, 0.3, 0.9398896885099, 0.31621820549654),
     (1.1, 1, 0.5, 0.8582666443717, 0.3143527558172),
     (0.9, 0.7, 0.2, 0.9175593136641, 0.46091984870476),
     (0.8, 1, 0, 0.71104304238621, 0.38178029127169)],
)  # fmt: skip
def test_minimum_of_the_table(t, share, strength, gap, paired):
    assert float(gap_of(t, share, strength)) == pytest.approx(gap, rel=5e-14, abs=0)
    assert float(share_of(t, share, strength)) == pytest.approx(paired, rel=5e-14, abs=0)


@pytest.mark.parametrize("t", [0.3, 0.95, 1.4])
@pytest.mark.parametrize("delta", [0.02, 0.6, 1.3])
@pytest.mark.parametrize(
    ("share", "strength", "scale"), [(1, 0, 1), (0.6, 0.4, 1.2), (1.3, -0.2, 1)]
)
def test_energy_is_its_integral(t, delta, share, strength, scale):
    with mp.workdps(20):
        exact = exact_energy(t, delta, share, strength, scale)
    found = float(energy_of(t, delta, share, strength, scale))
    assert found == pytest.approx(float(exact), rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("r", [0, 1e-4, 0.3, 1.19, 1.21, 4, 20])
def test_stiffness_is_its_sum(r):
    with mp.workdps(25):
        exact = float(exact_stiffness(mp.mpf(r)))
    # S = s/t², r = z δ/t
    for scale in (1.0, 1.3):
        found = float(stiffness_of(2.0, 2.0 * r / BCS_GAP_RATIO / scale, scale)) * 4
        assert found == pytest.approx(exact, rel=1e-12, abs=0)


def test_stiffness_falls():
    """So there is one root for φ <= 1 and G >= 0, and the transition is continuous."""
    s = np.asarray(compiled(stiffness)(np.linspace(0, 40, 4001)))
    assert (np.diff(s) < 0).all()
    assert s[0] == pytest.approx(1)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("t", [0.02, 0.5, 0.9, 0.999, 1.0, 1.3, 2.0])
def test_without_entropy_it_is_the_plain_gap(share, t):
    plain = float(plain_gap(t, share))
    assert float(gap_of(t, share, 0.0)) == pytest.approx(plain, rel=1e-12, abs=1e-7)


def test_gap_near_critical_is_as_exact_as_the_plain_one():
    for t in 1 - 10.0 ** np.arange(-1, -12, -1):
        assert float(gap_of(t)) == pytest.approx(float(bcs_gap(t)), rel=1e-12, abs=0)


@pytest.mark.exhaustive
@given(
    st.floats(0.1, 3), st.floats(0.2, 1.6), st.floats(-0.3, 2), st.floats(0.8, 1.4),
)  # fmt: skip
def test_roots_are_where_the_energy_has_no_slope_and_the_minimum_is_below_all(
    t, share, strength, scale
):
    roots = np.asarray(roots_of(t, share, strength, scale))
    assert (np.diff(roots) <= 0).all()
    for root in roots[roots > 1e-6]:
        size = root * abs(np.log(root)) + share * root + abs(strength) / t * root
        assert abs(float(slope_of(t, root, share, strength, scale))) < 3e-12 * size
    least = float(energy_of(t, float(gap_of(t, share, strength, scale)), share, strength, scale))
    trial = np.asarray(energy_of(t, np.linspace(0, 1.5, 301), share, strength, scale))
    assert least <= trial.min() + 1e-12


@pytest.mark.parametrize(("t", "closed"), [(0.6, False), (0.65, True)])
def test_a_gap_that_costs_more_than_none_is_closed(t, closed):
    """Where φ > 1 the transition is of first order: a minimum stays beyond it, above F̃(0) = 0."""
    gaps = np.linspace(0, 1.2, 41)
    energies = np.array([float(energy_of(t, gap, 1.5, 0.0, 1.0)) for gap in gaps])
    (dip,) = np.flatnonzero((energies[1:-1] < energies[:-2]) & (energies[1:-1] < energies[2:])) + 1
    assert (energies[dip] > 0) == closed
    found = float(gap_of(t, 1.5, 0.0))
    assert found == 0 if closed else abs(found - gaps[dip]) < gaps[1]


@given(st.floats(0.1, 3), st.floats(0.05, 1), st.floats(0, 2), st.floats(0.01, 0.3))
def test_entropy_and_extraction_widen_the_gap_and_heat_narrows_it(t, share, strength, more):
    gap = float(gap_of(t, share, strength))
    assert float(gap_of(t, share, strength + more)) >= gap * (1 - 1e-12)
    assert float(gap_of(t, share * (1 - more), strength)) >= gap * (1 - 1e-12)
    # With entropy, which grows with T, the gap may first grow; without it, it falls.
    assert float(gap_of(t + more, share, 0.0)) <= float(gap_of(t, share, 0.0)) * (1 + 1e-12)


@pytest.mark.parametrize("strength", [0.0, 0.05, 0.3])
@pytest.mark.parametrize("scale", [1.0, 1.2])
def test_landau_is_the_limit_of_a_small_gap(strength, scale):
    """n_s/n = 2 α²(...): -α̃/β with n = a T_c/2β, whose slope beyond T̃_c is (1 - G)-like.

    Eq. (5): n_s/n = 2 [1 - (1 - G) t] for t → 1, G → 0. In BCS t ln t = G takes the place of
    (1 - G) t = 1, and the two agree to O(G²).
    """
    small = 1e-4 * strength
    for below in (1e-4, 1e-5):
        t = 1 - below
        landau = 2 * (1 - (1 - small) * t) * scale**2
        found = float(share_of(t, 1.0, small, scale))
        assert found == pytest.approx(landau, rel=3 * (below + 30 * small) + 1e-9)


def test_energy_near_critical_is_landaus():
    """Ω → α n_s + β n_s²/2 in n_s/n = 7ζ(3)/4π² r²; per N_0Δ0² a T_c n = 4π²/7ζ(3) z^-2."""
    for below, delta in ((1e-3, 1e-2), (1e-4, 3e-3)):
        t, strength = 1 - below, 0.3
        n_s = 7 * ZETA_3 / (4 * np.pi**2) * (BCS_GAP_RATIO * delta / t) ** 2
        unit = 4 * np.pi**2 / (7 * ZETA_3) / BCS_GAP_RATIO**2  # a T_c n
        landau = unit * ((t - 1 - strength * t) * n_s + n_s**2 / 4)  # β = a T_c/2n
        found = float(energy_of(t, delta, 1.0, strength))
        assert found == pytest.approx(landau, rel=3e-3)


def test_gradients_are_finite_everywhere_and_right(slope):
    slopes = compiled(jax.grad(functional.reduced_gap, argnums=(0, 1, 2, 3)))
    for t in (0.01, 0.0461, 0.5, 1.0, 1 - 1e-12, 1.5, 30.0):
        for share, strength in ((1.0, 0.0), (1.0, 0.5), (0.5, 0.0), (0.0, 0.0), (1.3, 0.1)):
            found = [float(x) for x in slopes(t, share, strength, 1.0)]
            assert np.isfinite(found).all(), (t, share, strength)
    at = (0.9, 0.9, 0.4, 1.1)
    for i, found in enumerate(slopes(*at)):

        def along(x, i=i):
            return float(gap_of(*at[:i], x, *at[i + 1 :]))

        assert float(found) == pytest.approx(slope(along, at[i]), rel=1e-8)
