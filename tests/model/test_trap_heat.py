"""The trap's own temperature: published-size numbers, its equation by other means, and limits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from tests.model.compiled import compiled

from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN
from entrap.model import bcs, trap_heat
from entrap.model.balance import equilibrium_fraction
from entrap.model.junction import TunnelJunction, effective_rate
from entrap.model.lifetimes import Phonons, recombination_rate

own_temperature, share_taken, rate_of = map(
    compiled, (trap_heat.own_temperature, trap_heat.share_taken, effective_rate)
)
mean_energy, recombination, density, fraction = map(
    compiled,
    (trap_heat.mean_energy, recombination_rate, bcs.quasiparticle_density, equilibrium_fraction),
)
CRITICAL, N_0 = 1.175, 1.0735e47
WARM = 0.9 * CRITICAL
GAP = BCS_GAP_RATIO * BOLTZMANN * CRITICAL * float(compiled(bcs.reduced_gap)(0.9))
FILM = Phonons(4.38e-7, CRITICAL, N_0, 1.0)
THICK, SIGMA, METAL = 8e-8, 2e9, 1e-7


def trap(resistance=1e-10, sigma=SIGMA, other=0.0):
    return TunnelJunction(resistance, THICK, N_0, METAL, 7.8e46, sigma, other)


def by_quadrature(gap, temperature):
    """Density and energy density of quasiparticles over ξ."""
    thermal = BOLTZMANN * temperature

    def occupied(x, power):
        energy = np.hypot(x, gap / thermal)
        return energy**power / (np.exp(energy) + 1)

    count, heat = (quad(occupied, 0, 60, args=(p,), epsabs=0, epsrel=1e-12)[0] for p in (0, 1))
    return 4 * N_0 * thermal * count, 4 * N_0 * thermal**2 * heat


@pytest.mark.parametrize("ratio", [0.0, 0.3, 1.0, 5.0, 30.0])
def test_mean_energy_is_that_of_its_integrals(ratio):
    gap = ratio * BOLTZMANN * WARM
    count, heat = by_quadrature(gap, WARM)
    found = float(mean_energy(gap, WARM))
    assert found == pytest.approx(heat / count, rel=1e-6 if ratio < 1 else 1e-9, abs=0)
    assert float(mean_energy(GAP, 0.0)) == pytest.approx(GAP, rel=1e-12, abs=0)


def test_copper_on_aluminium_at_nine_tenths_of_the_transition():
    """Al 80 nm, Cu 100 nm, y = 0.9, F_p = 1, phonons at 50 mK."""
    y = 0.9
    net = (1 - y**2) / y * float(recombination(FILM, GAP, WARM))
    assert net == pytest.approx(3.4e6, rel=0.02)
    heat = float(compiled(trap_heat.heat_flow)(FILM, THICK, GAP, WARM, 1 - y))
    assert heat / METAL == pytest.approx(1.9e8, rel=0.02)
    own = float(compiled(trap_heat.temperature_of_heat)(trap(), heat, 0.05))
    assert own == pytest.approx(0.626, abs=1e-3)
    back = float(density(GAP, own, N_0)) / float(density(GAP, WARM, N_0))
    assert back == pytest.approx(0.38, abs=5e-3)
    _, energy = by_quadrature(GAP, WARM)
    taken = energy * (1 - y**2) * float(recombination(FILM, GAP, WARM)) * THICK
    assert heat == pytest.approx(taken, rel=1e-8)


@pytest.mark.parametrize("resistance", [1e-12, 1e-10, 1e-8])
@pytest.mark.parametrize(("phonons", "generation"), [(0.05, 0.0), (0.05, 1e6), (0.7, 0.0)])
def test_heat_and_balance_hold_at_once(resistance, phonons, generation):
    """By brentq on the flows of quasiparticles and of heat, written out."""
    metal = trap(resistance)
    r = float(recombination(FILM, GAP, WARM))
    x = float(fraction(GAP, WARM))
    _, energy = by_quadrature(GAP, WARM)

    def flows(own):
        rate = float(rate_of(metal, GAP, WARM, own))
        back = float(rate_of(metal, GAP, own, own)) * float(fraction(GAP, own)) / x
        source = generation / x
        y = brentq(lambda y: -rate * y + back + source + r * (1 - y * y), 0, 1e3, xtol=1e-15)
        return y, energy * (rate * y - back) * THICK

    wanted = brentq(
        lambda own: SIGMA * METAL * (own**5 - phonons**5) - flows(own)[1], 0.04, 3.0, rtol=1e-14
    )
    found = float(own_temperature(metal, FILM, GAP, WARM, phonons, generation))
    assert found == pytest.approx(wanted, rel=1e-7)
    y = 1 - float(share_taken(metal, FILM, GAP, WARM, found, generation))
    assert y == pytest.approx(flows(wanted)[0], rel=1e-7)


def test_limits_of_cold_warm_and_closed_traps():
    own = own_temperature
    assert float(own(trap(), FILM, GAP, WARM, WARM)) == pytest.approx(WARM, rel=1e-12)
    assert float(own(trap(1e-2), FILM, GAP, WARM, 0.05)) == pytest.approx(0.05, rel=1e-2)
    assert float(own(trap(), FILM, 1.3 * GAP, 0.02, 0.01)) == pytest.approx(0.01, rel=1e-12)
    # No phonon takes anything off: the trap is as warm as the film, and takes nothing.
    assert float(own(trap(sigma=0.0, other=1e8), FILM, GAP, WARM, 0.05)) == pytest.approx(
        WARM, rel=1e-9
    )
    # As warm as the film it takes nothing, not by rounding either.
    taken = share_taken(trap(), FILM, GAP, WARM, WARM)
    assert float(compiled(trap_heat.heat_flow)(FILM, THICK, GAP, WARM, taken)) == 0
    hot = float(own(trap(), FILM, GAP, WARM, 2.0))
    assert WARM < hot < 2.0


def test_a_trap_that_is_cooled_better_is_colder():
    sigmas = np.geomspace(1e7, 1e12, 12)
    found = [float(own_temperature(trap(sigma=s), FILM, GAP, WARM, 0.05)) for s in sigmas]
    assert (np.diff(found) < 0).all()


@pytest.mark.exhaustive
def test_it_has_the_slope_of_its_values():
    def own(u):
        film = Phonons(4.38e-7, CRITICAL, N_0, jnp.exp(u[3]))
        metal = trap(1e-10 * jnp.exp(u[0]), SIGMA * jnp.exp(u[1]))
        return trap_heat.own_temperature(metal, film, GAP, WARM + u[2], 0.3 + u[4], 1e5)

    both, h = compiled(jax.value_and_grad(own)), 1e-4
    for i, slope in enumerate(both(np.zeros(5))[1]):
        step = h * np.eye(5)[i]
        found = (float(both(step)[0]) - float(both(-step)[0])) / (2 * h)
        assert float(slope) == pytest.approx(found, rel=1e-5)
