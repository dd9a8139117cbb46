"""A tunnel junction to a normal metal: how fast the metal traps a film's quasiparticles.

A quasiparticle of energy ε tunnels into the metal, Γ_tr. There it either tunnels back, Γ_esc(ε),
or relaxes below the gap, Γ_r(ε), and is trapped:

    Γ_tr = 1/(2e² ν_S d_S ρ_int),   Γ_esc = N(ε)/(2e² ν_N d_N ρ_int),   N(ε) = ε/√(ε² - Δ²)
    Γ_r = κ R(ε, T_N) + Γ_i (Δ/Δ_i)²,   κ = Σ/(48 ζ(5) ν_N k_B⁵)

with R of `metal_relaxation`, [ε³ - (ε - Δ)³]/3 in a cold metal. Thermal averages run over s,
ε = Δ + k_B T s², by one Gauss rule. In s the density of states is smooth, and escape against
relaxation a pole at s = -a, a → 0 where relaxation is fast.

Source: theory page, traps, after Riwar et al., Phys. Rev. B 94, 104516 (2016).
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jax import lax
from scipy.special import zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN, ELEMENTARY_CHARGE
from entrap.core.quadrature import thermal_rule
from entrap.core.quantities import quantity
from entrap.core.stable import guarded, log1p_ratio, sqrt_or_zero
from entrap.model.density_of_states import density_of_states
from entrap.model.metal_relaxation import emission_within_gap

NODES, WEIGHTS = thermal_rule(40, 7.0)
"""Of s; 5e-11 in `effective_rate` at k_B T < Δ/2, whatever the backflow."""

_BOLTZMANN = np.exp(-(NODES**2))
_CUBIC = 1 / (48 * float(zeta(5)) * BOLTZMANN**5)


class TunnelJunction(eqx.Module):
    """A superconducting film under a barrier and a normal metal; fields broadcast together."""

    interface_resistance: RealsLike = quantity(
        "ohm*m^2", "ρ_int", "Resistance of the barrier times its area", display="ohm*um^2"
    )
    film_thickness: RealsLike = quantity("m", "d_S", "Thickness of the film", display="nm")
    film_density_of_states: RealsLike = quantity(
        "1/J/m^3", "N_0", "Density of states of the film in the normal state for one spin"
    )
    metal_thickness: RealsLike = quantity("m", "d_N", "Thickness of the metal", display="nm")
    metal_density_of_states: RealsLike = quantity(
        "1/J/m^3", "ν_N", "Density of states of the metal for one spin"
    )
    electron_phonon_constant: RealsLike = quantity(
        "W/m^3/K^5", "Σ", "Electron-phonon constant of the metal: power Σ V (T_e^5 - T_ph^5)"
    )
    relaxation_rate: RealsLike = quantity(
        "1/s", "Γ_i", "Relaxation in the metal beside that by phonons", default=0.0
    )
    relaxation_gap: RealsLike | None = quantity(
        "J", "Δ_i", "Gap at which Γ_i is stated; None: it is the same at every gap", default=None
    )
    relaxation: Callable[[Reals], Reals] | None = eqx.field(static=True, default=None)
    """Γ_r(ε) [1/s] of an energy [J], smooth, in place of both."""


def tunnelling_rate(junction: TunnelJunction) -> Reals:
    """Γ_tr = 1/(2e² N_0 d_S ρ_int) [1/s], the same at every energy."""
    return _tunnelling(
        junction.interface_resistance, junction.film_density_of_states, junction.film_thickness
    )


def bare_escape_rate(junction: TunnelJunction) -> Reals:
    """Γ_esc0 = 1/(2e² ν_N d_N ρ_int) [1/s]: back into a film without a gap."""
    return _tunnelling(
        junction.interface_resistance, junction.metal_density_of_states, junction.metal_thickness
    )


def escape_rate(junction: TunnelJunction, energy: RealsLike, gap: RealsLike) -> Reals:
    """Γ_esc(ε) = Γ_esc0 ε/√(ε² - Δ²) [1/s], from the metal back into the film.

    Args:
        junction: The barrier and the metal.
        energy: ε [J].
        gap: Δ of the film [J].
    """
    return bare_escape_rate(junction) * density_of_states(energy, gap)


def relaxation_rate(
    junction: TunnelJunction,
    energy: RealsLike,
    gap: RealsLike,
    metal_temperature: RealsLike = 0.0,
) -> Reals:
    """Γ_r(ε) = κ R(ε, T_N) + Γ_i (Δ/Δ_i)² [1/s]: emission in the metal that ends within the gap.

    Args:
        junction: The metal; its own `relaxation` counts where it has one.
        energy: ε >= Δ [J].
        gap: Δ of the film [J].
        metal_temperature: T_N [K].

    Note:
        Γ_i goes as Δ²: the phase space of an electron that ends within a small gap.
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    if junction.relaxation is not None:
        return junction.relaxation(energy + 0 * gap)
    kappa = _CUBIC * (junction.electron_phonon_constant / junction.metal_density_of_states)
    other = jnp.asarray(junction.relaxation_rate, float)
    if junction.relaxation_gap is not None:
        other = other * (gap / junction.relaxation_gap) ** 2
    return kappa * emission_within_gap(energy, gap, metal_temperature) + other


def spectral_rate(
    junction: TunnelJunction,
    energy: RealsLike,
    gap: RealsLike,
    metal_temperature: RealsLike = 0.0,
) -> Reals:
    """Γ(ε) = Γ_tr Γ_r/(Γ_r + Γ_esc) [1/s], at which quasiparticles of one energy are trapped.

    Args:
        junction: The barrier and the metal.
        energy: ε >= Δ [J]; 0 at ε = Δ, where all escape.
        gap: Δ of the film [J].
        metal_temperature: T_N [K].
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    root = sqrt_or_zero(energy - gap) * jnp.sqrt(energy + gap)
    gone = root * relaxation_rate(junction, energy, gap, metal_temperature)
    met = gone + energy * bare_escape_rate(junction)
    return tunnelling_rate(junction) * gone / guarded(met, met > 0)


def backflow_parameter(junction: TunnelJunction, gap: RealsLike, temperature: RealsLike) -> Reals:
    """α = (Γ_esc0/Γ_r(Δ)) √(Δ/2k_B T): large where most of what tunnels in tunnels back.

    Args:
        junction: The barrier and the metal.
        gap: Δ of the film [J].
        temperature: Temperature of its quasiparticles [K].

    Returns:
        A pure number.
    """
    gap, energy = jnp.asarray(gap, float), BOLTZMANN * jnp.asarray(temperature, float)
    ratio = bare_escape_rate(junction) / relaxation_rate(junction, gap, gap)
    return ratio * jnp.sqrt(gap / (2 * energy))


def effective_rate(
    junction: TunnelJunction,
    gap: RealsLike,
    temperature: RealsLike,
    metal_temperature: RealsLike = 0.0,
) -> Reals:
    """Γ_eff = Γ_tr ∫ p Γ_r/(Γ_r + Γ_esc) dε / ∫ p dε, p = N(ε) f(ε), from Δ on; f is Fermi's.

    Args:
        junction: The barrier and the metal.
        gap: Δ of the film [J]; nothing is trapped where it is 0.
        temperature: T of its quasiparticles [K].
        metal_temperature: T_N of the metal into which they relax [K].

    Returns:
        Rate at which thermal quasiparticles are trapped [1/s], of the broadcast shape; to 1e-10
        where k_B T < Δ/2, to 1e-6 up to 1000 Δ.
    """
    gap, thermal = jnp.asarray(gap, float), BOLTZMANN * jnp.asarray(temperature, float)
    open_, warm = gap > 0, sqrt_or_zero(thermal)
    gap = guarded(gap, open_, BOLTZMANN)
    back, edge = bare_escape_rate(junction), _occupation(gap, thermal)

    def add(sums: tuple[Reals, Reals], node: tuple[Reals, Reals, Reals]) -> tuple[Any, None]:
        s, weight, boltzmann = node
        energy = gap + s * s * thermal
        root = jnp.sqrt(energy + gap)
        gone = s * warm * relaxation_rate(junction, energy, gap, metal_temperature)
        some = weight * energy / (1 + edge * boltzmann)
        # One term a sum, or XLA would write them to memory between.
        return (sums[0] + some * gone / (gone * root + energy * back), sums[1] + some / root), None

    # A loop over the nodes: fast to compile, and for one point as for millions.
    shapes = [jnp.shape(x) for x in jax.tree.leaves((junction, gap, thermal, metal_temperature))]
    zero = jnp.zeros(jnp.broadcast_shapes(*shapes))
    nodes = jnp.asarray(NODES), jnp.asarray(WEIGHTS), jnp.asarray(_BOLTZMANN)
    (caught, all_), _ = lax.scan(add, (zero, zero), nodes)
    return jnp.where(open_, tunnelling_rate(junction) * caught / all_, 0.0)


def mean_inverse_states(gap: RealsLike, temperature: RealsLike) -> Reals:
    """⟨1/N⟩ = k_B T ln(1 + e^(-Δ/k_B T))/∫ N f dε: mean of √(ε² - Δ²)/ε over quasiparticles.

    Args:
        gap: Δ [J]; 0 gives 1.
        temperature: Temperature [K].

    Returns:
        A number between 0 and 1; √(2τ/π) at small τ = k_B T/Δ.
    """
    gap, thermal = jnp.asarray(gap, float), BOLTZMANN * jnp.asarray(temperature, float)
    some = gap + thermal > 0
    gap = guarded(gap, some, BOLTZMANN)[..., None]
    edge = _occupation(gap, thermal[..., None])
    energy = gap + NODES**2 * thermal[..., None]
    states = 2 * (WEIGHTS * energy / (jnp.sqrt(energy + gap) * (1 + edge * _BOLTZMANN))).sum(-1)
    return sqrt_or_zero(thermal) * log1p_ratio(edge[..., 0]) / states


def survival(
    junction: TunnelJunction,
    gap: RealsLike,
    temperature: RealsLike,
    time: RealsLike,
    metal_temperature: RealsLike = 0.0,
) -> Reals:
    """S(t) = ∫ p e^(-Γ(ε) t) dε / ∫ p dε: share left where nothing rethermalises the film.

    Args:
        junction: The barrier and the metal.
        gap: Δ > 0 of the film [J].
        temperature: Temperature that its quasiparticles had at first [K].
        time: Time since then [s].
        metal_temperature: T_N of the metal [K].

    Returns:
        A number between 0 and 1, to 1e-9 for ten decays (1e-8 where k_B T is near Δ) and to 1e-3
        for 10,000; not exponential, as those at the gap's edge escape again.
    """
    time = jnp.asarray(time, float)

    def left(energy: Reals) -> Reals:
        return jnp.exp(-spectral_rate(junction, energy, gap, metal_temperature) * time)

    energies, shares = thermal_spectrum(gap, temperature)
    return (shares * jax.vmap(left, in_axes=-1, out_axes=-1)(energies)).sum(-1)


def thermal_spectrum(gap: RealsLike, temperature: RealsLike) -> tuple[Reals, Reals]:
    """Energies ε = Δ + k_B T s² [J] and the shares p dε/∫ p dε of quasiparticles that have them.

    Args:
        gap: Δ > 0 [J].
        temperature: Temperature of the quasiparticles [K].

    Returns:
        Both with a last axis for the nodes of the Gauss rule; the shares add up to 1.
    """
    gap, thermal = (
        jnp.asarray(x, float)[..., None] for x in (gap, BOLTZMANN * jnp.asarray(temperature, float))
    )
    energies = gap + NODES**2 * thermal
    states = energies / jnp.sqrt(energies + gap)
    shares = WEIGHTS * states / (1 + _occupation(gap, thermal) * _BOLTZMANN)
    return energies, shares / shares.sum(-1, keepdims=True)


def _occupation(gap: Reals, thermal: Reals) -> Reals:
    """e^(-Δ/k_B T), by which Fermi's occupation of the edge differs from Boltzmann's."""
    warm = thermal > 0
    return jnp.where(warm, jnp.exp(-gap / guarded(thermal, warm, BOLTZMANN)), 0.0)


def _tunnelling(resistance: RealsLike, states: RealsLike, thickness: RealsLike) -> Reals:
    charge = 2 * ELEMENTARY_CHARGE * jnp.asarray(resistance, float)
    return 1 / (charge * ELEMENTARY_CHARGE * states * thickness)
