"""What a sample shows: limits of the mean free path, Landau's slope, and the balance with a trap."""

import math

import jax
import numpy as np
import pytest
from scipy.optimize import brentq
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN, PLANCK
from entrap.model import balance, bcs, coefficients, extraction, response
from entrap.model.junction import TunnelJunction
from entrap.model.lifetimes import Phonons
from entrap.model.occupations import ChemicalPotential, EffectiveTemperature, Share

TRAP = TunnelJunction(1e-10, 8e-8, 1.07e47, 1e-7, 7.8e46, 2e9, 1e6)
PHONONS = Phonons(4.4e-7, 1.2, 1.07e47, 8.0)
TAKEN = (Share(0.6), ChemicalPotential(0.5), EffectiveTemperature(0.8))
taken = pytest.mark.parametrize("taken", TAKEN)
one_taken = pytest.mark.parametrize(
    "taken", [*TAKEN[:1], *(pytest.param(x, marks=pytest.mark.exhaustive) for x in TAKEN[1:])]
)
balanced = compiled(extraction.balanced)
gap_of = compiled(extraction.gap)
density_of = compiled(extraction.quasiparticle_density)
reduced_gap = compiled(lambda taken, t: taken.reduced_gap(t))
ground_share, dirty_factor = map(compiled, (response.ground_state_share, coefficients.dirty_factor))
bare_gap, bare_density = compiled(bcs.gap), compiled(bcs.quasiparticle_density)


@compiled
def both_shares(taken, t, dirtiness=0.0, scale=1.0):
    dirty = extraction.superfluid_share_dirty(taken, t)
    return extraction.superfluid_share(taken, t, dirtiness, scale), dirty


def share_of(*at):
    return both_shares(*at)[0]


def dirty_of(*at):
    return both_shares(*at)[1]


@pytest.fixture
def aluminium(make_sample):
    return make_sample(critical_temperature=1.175, gap=BCS_GAP_RATIO * BOLTZMANN * 1.175)


@taken
@pytest.mark.parametrize("t", [0.03, 0.3, 0.95, 1.2])
def test_mean_free_path_joins_clean_and_dirty(taken, t):
    clean, dirty = float(share_of(taken, t)), float(dirty_of(taken, t))
    assert float(share_of(taken, t, 1e-6)) == pytest.approx(clean, rel=2e-6)
    assert float(share_of(taken, t, 1e7)) == pytest.approx(dirty, rel=1e-5)


def test_dirt_straightens_equilibrium_and_bends_a_share_the_other_way():
    """In equilibrium a dirty sample has lost less of its n_s(0), with few excited at the gap more."""
    assert float(dirty_of(Share(1.0), 0.8)) > float(share_of(Share(1.0), 0.8))
    assert float(dirty_of(Share(0.5), 1.2)) < float(share_of(Share(0.5), 1.2))


def test_slope_near_critical_is_that_of_gorkov():
    for rho in (0.0, 0.7, 20.0):
        whole = float(ground_share(math.pi * rho / BCS_GAP_RATIO))
        slope = float(share_of(Share(1.0), 1 - 1e-6, rho)) * whole / 2e-6
        assert slope == pytest.approx(float(dirty_factor(rho)), rel=2e-6)


def test_share_is_linear_in_the_occupation():
    """Of a clean sample 1 - φ Y."""
    for t in (0.5, 1.1):
        ratio = BCS_GAP_RATIO * float(reduced_gap(Share(0.4), t)) / t
        normal = float(compiled(bcs.yosida)(ratio * BOLTZMANN, 1.0))
        assert float(share_of(Share(0.4), t)) == pytest.approx(1 - 0.4 * normal, rel=1e-13)


def test_alpha_model_excites_less():
    assert float(share_of(Share(1.0), 0.7, 0.3, 1.2)) > float(share_of(Share(1.0), 0.7, 0.3))
    assert float(share_of(Share(1.0), 0.01, 0.3, 1.2)) == 1


@taken
def test_gap_and_density_of_a_sample(taken, aluminium):
    temperature = 0.9 * 1.175
    gap = float(gap_of(taken, aluminium, temperature))
    assert gap > float(bare_gap(aluminium, temperature))
    frequency = compiled(extraction.gap_frequency)(taken, aluminium, temperature)
    assert float(frequency) == pytest.approx(2 * gap / PLANCK)
    density = float(density_of(taken, gap, temperature, 1e47))
    assert 0 < density < float(bare_density(gap, temperature, 1e47))
    assert float(density_of(taken, gap, 0.0, 1e47)) == 0


def test_depth_of_a_share():
    assert float(extraction.penetration_depth(310e-9, 1.0)) == pytest.approx(
        310e-9, rel=1e-6, abs=0
    )
    assert float(extraction.penetration_depth(1e-7, 0.25)) == pytest.approx(2e-7, rel=1e-6, abs=0)
    assert math.isinf(float(extraction.penetration_depth(1e-7, 0.0)))
    assert float(jax.grad(extraction.penetration_depth, argnums=1)(1e-7, 0.0)) == 0


@pytest.mark.exhaustive
@one_taken
def test_everything_is_full_at_no_temperature(taken):
    for t in (0.0, 1e-300, 0.046):
        assert float(share_of(taken, t, 0.7)) == pytest.approx(1, abs=1e-12)
        assert float(dirty_of(taken, t)) == pytest.approx(1, abs=1e-12)
    slopes = compiled(jax.grad(extraction.superfluid_share, argnums=(0, 1, 2, 3)))
    for t in (0.0, 0.5, 1.0, 3.0):
        for rho in (0.0, 1.0, 1e9):
            found = jax.tree.leaves(slopes(taken, t, rho, 1.0))
            assert np.isfinite([float(x) for x in found]).all()


@compiled
def shown_of(y, sample, temperature, cold):
    gap = extraction.gap(Share(y), sample, temperature)
    return balance.steady(balance.share_flows(TRAP, PHONONS, gap, temperature, cold))


def shown(*at):
    """What the balance makes of y."""
    return float(shown_of(*at))


@pytest.mark.parametrize(
    "temperature", [0.9, *(pytest.param(t, marks=pytest.mark.exhaustive) for t in (0.5, 1.1))]
)
def test_balance_holds(temperature, aluminium):
    found = float(balanced(Share(1.0), aluminium, TRAP, PHONONS, temperature, 0.3).share)
    exact = brentq(
        lambda y: shown(y, aluminium, temperature, 0.3) - y, found / 1.05, found * 1.05, xtol=1e-15
    )
    assert found == pytest.approx(exact, rel=1e-10)
    assert 0 < found < 1


def test_a_trap_as_warm_as_the_film_takes_nothing(aluminium):
    found = float(balanced(Share(0.5), aluminium, TRAP, PHONONS, 0.9, 0.9).share)
    assert found == pytest.approx(1, rel=1e-9)


@pytest.mark.exhaustive
def test_three_distributions_in_nearly_the_same_balance(aluminium):
    one, other, third = (
        balanced(kind(1.0), aluminium, TRAP, PHONONS, 0.9, 0.3)
        for kind in (Share, ChemicalPotential, EffectiveTemperature)
    )
    gaps = [float(gap_of(x, aluminium, 0.9)) for x in (one, other, third)]
    assert gaps[0] >= gaps[1] >= gaps[2] > 0.98 * gaps[0]


def test_switched_on_above_critical_nothing_happens_but_an_empty_film_may_stay_open(aluminium):
    """No gap, no trap; with a gap at first, the trap's own electrons stay out."""
    on = balanced(Share(1.0), aluminium, TRAP, PHONONS, 1.5, 0.3)
    assert float(on.share) == 1
    assert float(gap_of(on, aluminium, 1.5)) == 0
    empty = balanced(Share(0.0), aluminium, TRAP, PHONONS, 1.5, 0.3)
    share = float(empty.share)
    assert share == pytest.approx(shown(share, aluminium, 1.5, 0.3), rel=1e-10)
    assert float(gap_of(empty, aluminium, 1.5)) > 0
    hot = balanced(Share(0.0), aluminium, TRAP, PHONONS, 20.0, 0.3)
    assert float(hot.share) == pytest.approx(1, abs=1e-6)


@pytest.mark.exhaustive
def test_balance_has_the_slope_of_its_values(aluminium, slope):
    def gap(temperature):
        found = extraction.balanced(Share(1.0), aluminium, TRAP, PHONONS, temperature, 0.3)
        return 1e23 * extraction.gap(found, aluminium, temperature)

    value = compiled(gap)
    expected = slope(lambda x: float(value(x)), 1.0)
    assert float(compiled(jax.grad(gap))(1.0)) == pytest.approx(expected, rel=1e-7)
