"""A junction on a sample: the share of equilibrium's quasiparticles that a real trap leaves.

    df/dt = -Γ f + S + ρ (1 - f²),   f = n_qp/n_qp,eq,   0 <= f <= 1

with the trapping rate Γ(T, Δ̃_g), the supply S from the trap's own electrons and from generation,
and the rate ρ of recombination and thermal generation. Equilibrium is f = 1, and no entropy is
gained there: the normal electrons are n_n = f (n_c - n_s). Which of them can pair, at the rate
γ n², is a choice, as the paper's n_n is not n_qp:

    "share"      n = f (n_c - n_s)
    "two-fluid"  n = f n_c Y(T)
    "density"    n = f n_qp,eq = n_qp

no more than n_n in any case.

Source: theory page, traps. V. Kornich, arXiv:2605.15834 (2026), Eq. (7), has -Γ f alone.
"""

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import quantity
from entrap.model import balance, bcs, charging, landau, lifetimes, proximity
from entrap.model.junction import TunnelJunction, bare_escape_rate, tunnelling_rate
from entrap.model.sample import Sample


class TrapState(eqx.Module):
    """What the trap does to a state; fields of one shape."""

    trapping_rate: Reals = quantity(
        "1/s", "Γ", "Rate at which the trap takes quasiparticles", source="theory page, traps"
    )
    remaining_fraction: Reals = quantity(
        "1", "f", "Fraction of the normal electrons that is left", source="n_n/(n_c - n_s)"
    )
    steady_fraction: Reals = quantity(
        "1", "f_∞", "Fraction that is left after a long time", source="theory page, traps"
    )


class Device(eqx.Module):
    """A trap on the sample: its junction, the film's phonons, its temperature, what disturbs it."""

    junction: TunnelJunction
    phonons: lifetimes.Phonons
    conduction_density: RealsLike = quantity("1/m^3", "n_c", "Conduction electrons of the film")
    trap_temperature: RealsLike | None = quantity(
        "K", "T_N", "Temperature of the trap; None: the film's", default=None
    )
    generation: RealsLike = quantity(
        "1/s", "g", "Generation of n_qp/(2 N_0 Δ) beyond the thermal one", default=0.0
    )
    mapping: str = eqx.field(static=True, default="share")
    """Which normal electrons can pair: "share", "two-fluid" or "density"."""
    barrier_thickness: RealsLike | None = quantity(
        "m", "t", "Thickness of the barrier", display="nm", default=None
    )
    barrier_permittivity: RealsLike | None = quantity(
        "1", "ε_r", "Relative permittivity of the barrier", default=None
    )


def exchange(
    device: Device, sample: Sample, temperature: RealsLike, superfluid_density: RealsLike
) -> balance.Flows:
    """Γ, S and ρ of f in a state, with the gap Δ̃_g that its n_s has.

    Args:
        device: The trap.
        sample: What it is on; densities in any unit.
        temperature: Temperature of the film [K].
        superfluid_density: n_s, in the sample's unit.

    Returns:
        Rates [1/s]; without a gap Γ is 0, and f returns to 1.
    """
    return balance.share_flows(
        device.junction,
        device.phonons,
        effective_gap(sample, superfluid_density),
        temperature,
        device.trap_temperature,
        device.generation,
    )


def effective_gap(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """Δ̃_g: BCS's gap at the temperature T_c - β n_s/a at which a bare sample has this n_s [J].

    Args:
        sample: The sample; densities in any unit.
        superfluid_density: n_s, in the sample's unit; 0 gives 0.
    """
    n_s = jnp.asarray(superfluid_density, float)
    return jnp.where(n_s > 0, bcs.gap(sample, landau.effective_temperature(sample, n_s)), 0.0)


def quasiparticle_density(
    density_of_states: RealsLike, gap: RealsLike, temperature: RealsLike, fraction: RealsLike
) -> Reals:
    """n_qp = f n_qp,eq(Δ̃_g, T) [1/m^3].

    Args:
        density_of_states: N_0 of one spin in the normal state [1/J/m^3].
        gap: Gap Δ̃_g [J].
        temperature: Temperature of the film [K].
        fraction: f.
    """
    return bcs.quasiparticle_density(gap, temperature, density_of_states) * fraction


def pairing_fraction(device: Device, gap: RealsLike, temperature: RealsLike) -> Reals:
    """Y(T) or n_qp,eq/n_c: the share of n_c that can pair in equilibrium, by the device's mapping.

    Args:
        device: The trap; its mapping is "two-fluid" or "density".
        gap: Gap Δ̃_g [J].
        temperature: Temperature of the film [K].
    """
    if device.mapping == "two-fluid":
        return bcs.yosida(gap, temperature)
    density = device.phonons.film_density_of_states
    return bcs.quasiparticle_density(gap, temperature, density) / device.conduction_density


def within_equilibrium(flows: balance.Flows) -> balance.Flows:
    """The same with S <= Γ: f stays at most 1, since no more than n_c - n_s can be normal."""
    supply = jnp.minimum(jnp.asarray(flows.supply), flows.trapping)
    return eqx.tree_at(lambda f: f.supply, flows, supply)


def charging_energy(device: Device, trapped_density: RealsLike) -> Reals:
    """What the next electron pays that leaves as charge [J]: to the metal, if that is less.

    Args:
        device: Its film, and its barrier where the thickness and permittivity of that are known.
        trapped_density: n_t, electrons that have left [1/m^3].
    """
    thickness = device.junction.film_thickness
    alone = charging.isolated_charging_energy(trapped_density, thickness)
    if device.barrier_thickness is None or device.barrier_permittivity is None:
        return alone
    across = charging.barrier_charging_energy(
        trapped_density, thickness, device.barrier_thickness, device.barrier_permittivity
    )
    return jnp.minimum(alone, across)


def couplings(device: Device) -> tuple[Reals, Reals]:
    """γ_N, γ_S [J]: by how much trap and film change one another's densities of states."""
    return proximity.coupling_energies(
        tunnelling_rate(device.junction), bare_escape_rate(device.junction)
    )
