"""Where the gap closes, continuously or by a jump, against scipy; samples against Landau."""

import math

import jax
import jax.numpy as jnp
import mpmath as mp
import numpy as np
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import lambertw, zeta
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.model import bcs, bcs_functional, landau
from entrap.model import bcs_transition as transition

critical_and_slopes = compiled(jax.value_and_grad(transition.critical_temperature, (0, 1, 2)))
continuous_and_slope = compiled(jax.value_and_grad(transition.continuous_critical_temperature))
energy_of = compiled(bcs_functional.free_energy)
gap_of = compiled(bcs_functional.reduced_gap)
effective_of = compiled(transition.effective_critical_temperature)
bare_gap, yosida = compiled(bcs.gap), compiled(bcs.yosida)
landau_density = compiled(landau.superfluid_density)
landau_critical = compiled(landau.effective_critical_temperature)


@compiled
def of_sample(sample, temperature, fraction):
    at = sample, temperature, fraction
    return transition.gap(*at), transition.superfluid_density(*at)


def critical_of(*at):
    return critical_and_slopes(*at)[0]


def continuous_of(strength):
    return continuous_and_slope(strength)[0]


@pytest.mark.parametrize(
    ("strength", "value"),
    [(0.1, 1.09557191876685), (0.5, 1.42152993588312), (1, 1.7632228343519),
     (3, 2.85739078351437), (10, 5.72892556538694)],
)  # fmt: skip
def test_critical_temperature_of_the_table(strength, value):
    assert float(continuous_of(strength)) == pytest.approx(value, rel=1e-14, abs=0)
    assert float(critical_of(1.0, strength)) == pytest.approx(value, rel=1e-14, abs=0)


@pytest.mark.parametrize("x", [-0.3678, -0.3, -1e-9, 0.0, 1e-12, 0.5, 0.99, 1.01, 50.0, 1e6, 1e300])
def test_exponential_of_lambert(x):
    with mp.workdps(30):
        exact = float(mp.exp(mp.lambertw(mp.mpf(x))))
    value, slope = map(float, continuous_and_slope(x))
    assert value == pytest.approx(exact, rel=1e-13, abs=0)
    assert slope == pytest.approx(1 / (1 + math.log(exact)), rel=1e-11)


def test_lambert_ends_at_its_branch_point():
    assert math.isnan(float(continuous_of(-0.5)))
    assert float(continuous_of(-math.exp(-1))) == pytest.approx(math.exp(-1))


@pytest.mark.parametrize("strength", [1e-3, 1e-2, 5e-2])
def test_landau_is_right_to_first_order(strength):
    found = float(continuous_of(strength))
    # e^W = 1 + G - G²/2 + ..., 1/(1-G) = 1 + G + G²
    assert found == pytest.approx(1 / (1 - strength) - 1.5 * strength**2, abs=3 * strength**3)


@pytest.mark.parametrize("strength", [0.0, 0.1, 0.5, 3.0])
def test_gap_opens_at_the_critical_temperature(strength):
    critical = float(critical_of(1.0, strength))
    assert float(gap_of(critical * (1 + 1e-9), 1.0, strength)) == 0
    assert 0 < float(gap_of(critical * (1 - 1e-9), 1.0, strength)) < 1e-3


def test_a_share_below_one_never_closes():
    assert math.isinf(float(critical_of(0.99, 0.3)))


def least(t, share, strength):
    """The least F̃ with a gap, by scipy."""
    grid = np.linspace(0.02, 1.2, 400)
    values = np.asarray(energy_of(t, grid, share, strength))
    k = int(values[1:-1].argmin()) + 1
    found = minimize_scalar(
        lambda d: float(energy_of(t, d, share, strength)), bounds=(grid[k - 1], grid[k + 1]),
        method="bounded", options={"xatol": 1e-12},
    )  # fmt: skip
    return found.fun


@pytest.mark.parametrize(("share", "strength"), [(1.2, 0.1), (1.5, 0.0), (1.0, -0.3), (1.0, -0.5)])
def test_a_jump_is_where_both_minima_are_equal(share, strength):
    at = float(critical_of(share, strength))
    exact = brentq(lambda t: least(t, share, strength), at * 0.99, at * 1.005, xtol=1e-12)
    assert at == pytest.approx(exact, rel=1e-8)
    assert float(gap_of(at * (1 + 1e-6), share, strength)) == 0
    assert float(gap_of(at * (1 - 1e-6), share, strength)) > 0.1


@pytest.mark.slow
def test_jumps_begin_where_the_fourth_order_vanishes():
    """G(r) - (G/t) s(r): r² [7ζ(3)/8π² + 3(G/t) Σω^-5/Σω^-3] changes its sign at t ln t = G."""
    odd = [(1 - 2.0**-k) * zeta(k) for k in (3, 5)]
    ratio = odd[1] / odd[0] / math.pi**2
    log = -odd[0] / math.pi**2 / (3 * ratio)  # of t there; 7ζ(3)/8π² = Σ(2n+1)^-3/π²
    begins = log * math.exp(log)
    for strength, jumps in ((begins + 0.004, False), (begins - 0.004, True)):
        at = float(critical_of(1.0, strength))
        smooth = math.exp(lambertw(strength).real)
        assert (at > smooth * (1 + 1e-9)) == jumps
        assert float(gap_of(at * (1 - 1e-7), 1.0, strength)) < 0.005 or jumps


@pytest.mark.parametrize("at", [(1.2, 0.1, 1.0), (1.0, -0.3, 1.1), (1.0, 0.4, 1.0)])
def test_critical_temperature_has_the_slopes_of_its_values(at, slope):
    found = [float(x) for x in critical_and_slopes(*at)[1]]
    assert np.isfinite(found).all()
    for i in (1, 2) if at[0] == 1 else (0, 1, 2):

        def along(x, i=i):
            return float(critical_of(*at[:i], x, *at[i + 1 :]))

        assert found[i] == pytest.approx(slope(along, at[i]), rel=1e-6, abs=1e-9)


def test_no_trap_is_bcs(make_sample):
    sample = make_sample()
    for t in np.linspace(0.1, 8, 30):
        found = float(of_sample(sample, t, 1.0)[0])
        assert found == pytest.approx(float(bare_gap(sample, t)), rel=1e-11, abs=0)


def test_a_sample_near_critical_is_landaus(make_sample):
    for ratio in (0.0, 1e-5, 1e-4):
        sample = make_sample(log_mixing_ratio=3 * ratio)  # a = 3 k_B: G = ratio
        below = 1e-4
        temperature = 7.0 * (1 - below)
        ours = float(of_sample(sample, temperature, 0.0)[1])
        theirs = float(landau_density(sample, temperature, 0.0))
        assert ours == pytest.approx(theirs, rel=5e-3)
    sample = make_sample(log_mixing_ratio=0.03)
    ours = float(effective_of(sample))
    assert ours == pytest.approx(float(landau_critical(sample)), rel=1.6 * 0.01**2)


def test_the_largest_entropy_has_a_critical_temperature(make_sample):
    sample = make_sample(landau_a=0.1 * BOLTZMANN)
    assert math.isinf(float(landau_critical(sample)))
    found = float(effective_of(sample))
    assert found == pytest.approx(7 * math.exp(lambertw(math.log(5) / 0.1).real), rel=1e-12)


def test_degenerate_entropy_raises_the_critical_temperature_as_an_exponential(make_sample):
    """L ∝ T: t ln t = G_1 t."""
    sample = make_sample(entropy="degenerate", fermi_temperature=90.0)
    strength = float(compiled(transition.entropy_strength)(sample, 7.0))
    found = float(effective_of(sample))
    assert found == pytest.approx(7 * math.exp(strength), rel=1e-12)


def test_alpha_model_scales_the_gap_and_what_it_excites(make_sample):
    wide = make_sample(gap=1.2 * BCS_GAP_RATIO * BOLTZMANN * 7.0)
    for temperature in (3.0, 6.0):
        gap, n_s = map(float, of_sample(wide, temperature, 1.0))
        assert gap == pytest.approx(float(bare_gap(wide, temperature)), rel=1e-12, abs=0)
        whole = 3 * BOLTZMANN * 7.0 / (2 * wide.landau_beta)
        normal = float(yosida(gap, temperature))
        assert n_s == pytest.approx(whole * (1 - normal), rel=1e-12)


@pytest.mark.slow
def test_arrays_broadcast(make_sample):
    temperature, fraction = jnp.linspace(1.0, 12.0, 5)[:, None], jnp.linspace(0, 1, 4)
    found = jax.eval_shape(transition.gap, make_sample(), temperature, fraction)
    assert found.shape == (5, 4)
    share, strength = jnp.array([0.5, 1.0, 1.2])[:, None], jnp.zeros(2)
    assert jax.eval_shape(transition.critical_temperature, share, strength).shape == (3, 2)
