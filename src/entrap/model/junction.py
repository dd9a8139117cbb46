"""A tunnel junction to a normal metal: how fast the metal traps a film's quasiparticles.

A quasiparticle of energy ε tunnels into the metal, Γ_tr. There it either tunnels back, Γ_esc(ε),
or relaxes below the gap, Γ_r(ε), and is trapped:

    Γ_tr = 1/(2e² ν_S d_S ρ_int),   Γ_esc = N(ε)/(2e² ν_N d_N ρ_int),   N(ε) = ε/√(ε² - Δ²)
    Γ_r = κ [ε³ - (ε - Δ)³]/3 + Γ_i,   κ = Σ/(48 ζ(5) ν_N k_B⁵)

Thermal averages run over s, ε = Δ + k_B T s², by one Gauss rule. In s the density of states is
smooth, and escape against relaxation a pole at s = -a, a → 0 where relaxation is fast.

Source: theory page, traps, after Riwar et al., Phys. Rev. B 94, 104516 (2016).
"""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jax.scipy.special import dawsn, erfcx, expi
from scipy.special import zeta

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN, ELEMENTARY_CHARGE
from entrap.core.quadrature import thermal_rule
from entrap.core.quantities import quantity
from entrap.core.stable import guarded, sqrt_or_zero

_NODES, _WEIGHTS = thermal_rule(40, 7.0)  # 5e-11 in effective_rate at k_B T < Δ/2, whatever α
_CUBIC = 1 / (48 * float(zeta(5)) * BOLTZMANN**5)
_SMALL = 1e-100  # α whose square is lost


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
    relaxation: Callable[[Reals], Reals] | None = eqx.field(static=True, default=None)
    """Γ_r(ε) [1/s] of an energy [J], smooth, in place of both."""


def density_of_states(energy: RealsLike, gap: RealsLike) -> Reals:
    """N(ε) = ε/√(ε² - Δ²) of BCS over that of the normal state; 0 below the gap.

    Args:
        energy: ε [J].
        gap: Δ [J].

    Returns:
        A pure number; infinite at ε = Δ.
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    energy, gap = jnp.broadcast_arrays(jnp.abs(energy), gap)
    above = energy > gap
    root = jnp.sqrt(guarded(energy - gap, above)) * jnp.sqrt(guarded(energy + gap, above))
    inside = jnp.where(energy < gap, 0.0, jnp.where(gap > 0, jnp.inf, 1.0))
    return jnp.where(above, energy / root, inside)


def dynes_density_of_states(
    energy: RealsLike, gap: RealsLike, dynes_broadening: RealsLike
) -> Reals:
    """N(ε) = |Re z/√(z² - Δ²)|, z = ε + iΓ_D: a peak of finite height, states in the gap.

    Args:
        energy: ε [J].
        gap: Δ [J].
        dynes_broadening: Γ_D [J]; 0 is BCS.

    Returns:
        A pure number.
    """
    energy, gap, dynes_broadening = jnp.broadcast_arrays(
        *(jnp.asarray(x, float) for x in (energy, gap, dynes_broadening))
    )
    broad = dynes_broadening > 0
    wide = guarded(dynes_broadening, broad)
    energy = jnp.abs(energy)
    below, above = (jnp.sqrt(lax.complex(energy + shift, wide)) for shift in (-gap, gap))
    shape = (lax.complex(energy, wide) / (below * above)).real
    return jnp.where(broad, shape, density_of_states(energy, gap))


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


def relaxation_rate(junction: TunnelJunction, energy: RealsLike, gap: RealsLike) -> Reals:
    """Γ_r(ε) = κ [ε³ - (ε - Δ)³]/3 + Γ_i [1/s]: emission in the metal that ends below the gap.

    Args:
        junction: The metal; its own `relaxation` counts where it has one.
        energy: ε >= Δ [J].
        gap: Δ of the film [J].
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    if junction.relaxation is not None:
        return junction.relaxation(energy + 0 * gap)
    kappa = _CUBIC * (junction.electron_phonon_constant / junction.metal_density_of_states)
    return kappa * gap * (energy * (energy - gap) + gap**2 / 3) + junction.relaxation_rate


def spectral_rate(junction: TunnelJunction, energy: RealsLike, gap: RealsLike) -> Reals:
    """Γ(ε) = Γ_tr Γ_r/(Γ_r + Γ_esc) [1/s], at which quasiparticles of one energy are trapped.

    Args:
        junction: The barrier and the metal.
        energy: ε >= Δ [J]; 0 at ε = Δ, where all escape.
        gap: Δ of the film [J].
    """
    energy, gap = jnp.asarray(energy, float), jnp.asarray(gap, float)
    root = sqrt_or_zero(energy - gap) * jnp.sqrt(energy + gap)
    gone = root * relaxation_rate(junction, energy, gap)
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


def effective_rate(junction: TunnelJunction, gap: RealsLike, temperature: RealsLike) -> Reals:
    """Γ_eff = Γ_tr ∫ p Γ_r/(Γ_r + Γ_esc) dε / ∫ p dε, p = N(ε) exp(-ε/k_B T), from Δ on.

    Args:
        junction: The barrier and the metal.
        gap: Δ of the film [J]; nothing is trapped where it is 0.
        temperature: Temperature of its quasiparticles [K].

    Returns:
        Rate at which thermal quasiparticles are trapped [1/s], of the broadcast shape; to 1e-10
        where k_B T < Δ/2, to 1e-6 up to 1000 Δ.
    """
    gap, thermal = jnp.asarray(gap, float), BOLTZMANN * jnp.asarray(temperature, float)
    open_, warm = gap > 0, sqrt_or_zero(thermal)
    gap = guarded(gap, open_, BOLTZMANN)
    back = bare_escape_rate(junction)

    def add(sums: tuple[Reals, Reals], node: tuple[Reals, Reals]) -> tuple[Any, None]:
        s, weight = node
        energy = gap + s * s * thermal
        root = jnp.sqrt(energy + gap)
        gone = s * warm * relaxation_rate(junction, energy, gap)
        # One term a sum, or XLA would write them to memory between.
        caught = weight * energy * gone / (gone * root + energy * back)
        return (sums[0] + caught, sums[1] + weight * energy / root), None

    # A loop over the nodes, five at a time: fast for one point and for millions.
    shapes = [jnp.shape(x) for x in jax.tree.leaves((junction, gap, thermal))]
    zero = jnp.zeros(jnp.broadcast_shapes(*shapes))
    nodes = jnp.asarray(_NODES), jnp.asarray(_WEIGHTS)
    (caught, all_), _ = lax.scan(add, (zero, zero), nodes, unroll=5)
    return jnp.where(open_, tunnelling_rate(junction) * caught / all_, 0.0)


def near_gap_factor(alpha: RealsLike) -> Reals:
    """F(α) = 1 - (α/√π) e^(-α²) [π erfi(α) - Ei(α²)]: Γ_eff/Γ_tr for k_B T ≪ Δ.

    Args:
        alpha: α >= 0 of `backflow_parameter`.

    Returns:
        A number between 0 and 1: 1 - (α/√π)(2 ln(1/α) - γ_E) at small α, 1/(√π α) at large.

    Examples:
        >>> round(float(near_gap_factor(1.0)), 12)
        0.317179793207
    """
    alpha = jnp.asarray(alpha, float)
    near, far = (alpha > _SMALL) & (alpha < 4), alpha >= 4
    a = guarded(alpha, near, 0.5)
    closed = 1 - a * (2 * dawsn(a) - jnp.exp(-a * a) * expi(a * a) / jnp.sqrt(jnp.pi))
    a = guarded(alpha, far)[..., None]  # the closed form would cancel, then overflow
    integral = 2 / jnp.sqrt(jnp.pi) * (_WEIGHTS * _NODES / (_NODES + a)).sum(-1)
    return jnp.where(far, integral, jnp.where(near, closed, 1.0))


def mean_inverse_states(gap: RealsLike, temperature: RealsLike) -> Reals:
    """⟨1/N⟩ = τ e^(-1/τ)/K_1(1/τ), τ = k_B T/Δ: mean of √(ε² - Δ²)/ε over thermal quasiparticles.

    Args:
        gap: Δ [J]; 0 gives 1.
        temperature: Temperature [K].

    Returns:
        A number between 0 and 1; √(2τ/π) at small τ.
    """
    gap, thermal = jnp.asarray(gap, float), BOLTZMANN * jnp.asarray(temperature, float)
    some = gap + thermal > 0
    gap = guarded(gap, some, BOLTZMANN)[..., None]
    energy = gap + _NODES**2 * thermal[..., None]
    states = 2 * (_WEIGHTS * energy / jnp.sqrt(energy + gap)).sum(-1)
    return sqrt_or_zero(thermal) / states


def slow_relaxation_rate(junction: TunnelJunction, gap: RealsLike, temperature: RealsLike) -> Reals:
    """Γ_eff = Γ_tr (Γ_r/Γ_esc0) ⟨1/N⟩ [1/s], the limit α ≫ 1 for constant Γ_r = Γ_r(Δ).

    Args:
        junction: The barrier, which drops out, and the metal.
        gap: Δ of the film [J].
        temperature: Temperature of its quasiparticles [K].
    """
    volume = junction.metal_density_of_states * jnp.asarray(junction.metal_thickness, float)
    share = volume / (junction.film_density_of_states * junction.film_thickness)
    return share * relaxation_rate(junction, gap, gap) * mean_inverse_states(gap, temperature)


def survival(
    junction: TunnelJunction, gap: RealsLike, temperature: RealsLike, time: RealsLike
) -> Reals:
    """S(t) = ∫ p e^(-Γ(ε) t) dε / ∫ p dε: share left where nothing rethermalises the film.

    Args:
        junction: The barrier and the metal.
        gap: Δ > 0 of the film [J].
        temperature: Temperature that its quasiparticles had at first [K].
        time: Time since then [s].

    Returns:
        A number between 0 and 1, to 1e-9 for ten decays and 1e-3 for 10,000; not exponential, as
        those at the gap's edge escape again.
    """
    gap, thermal, time = (
        jnp.asarray(x, float) for x in (gap, BOLTZMANN * jnp.asarray(temperature, float), time)
    )

    def at(s: Reals) -> tuple[Reals, Reals]:
        energy = gap + s * s * thermal
        rate = spectral_rate(junction, energy, gap)
        return energy / jnp.sqrt(energy + gap), jnp.exp(-rate * time)

    share, left = jax.vmap(at, out_axes=-1)(jnp.asarray(_NODES))
    return (_WEIGHTS * share * left).sum(-1) / (_WEIGHTS * share).sum(-1)


def slow_survival(decays: RealsLike) -> Reals:
    """S = erfcx(√π x/2), x = Γ_eff t, of slow relaxation, α ≫ 1, at k_B T ≪ Δ; 2/(π x) at last.

    Args:
        decays: x >= 0.
    """
    y = jnp.sqrt(jnp.pi) / 2 * jnp.asarray(decays, float)
    late = y > 4  # where the derivative of erfcx, as it is computed, cancels
    far = guarded(y, late)[..., None]
    integral = 2 / jnp.pi * (_WEIGHTS / (far + _NODES**2 / far)).sum(-1)
    return jnp.where(late, integral, erfcx(guarded(y, ~late)))


def _tunnelling(resistance: RealsLike, states: RealsLike, thickness: RealsLike) -> Reals:
    charge = 2 * ELEMENTARY_CHARGE * jnp.asarray(resistance, float)
    return 1 / (charge * ELEMENTARY_CHARGE * states * thickness)
