"""A junction on a sample: the fraction of normal electrons that a real trap leaves.

    df/dt = -Γ f + S f_eq + ρ (f_eq - f²/f_eq),  0 <= f <= 1

with the trapping rate Γ(T, Δ̃_g), the supply S from the trap's own electrons and from generation,
and the rate ρ of recombination and thermal generation: the balance of quasiparticles, divided by
their equilibrium density. What n_n of the two-fluid picture has to do with n_qp is a choice:

    "share"      n_n/(n_c - n_s) = n_qp/n_qp,eq                f_eq = 1
    "two-fluid"  n_n = n_c Y(T) n_qp/n_qp,eq                   f_eq = n_c Y/(n_c - n_s)
    "density"    n_n = n_qp                                    f_eq = n_qp,eq/(n_c - n_s)

Source: theory page, traps. V. Kornich, arXiv:2605.15834 (2026), Eq. (7), has -Γ f alone.
"""

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.quantities import quantity
from entrap.core.stable import guarded
from entrap.model import balance, bcs, landau, lifetimes, proximity
from entrap.model.junction import TunnelJunction, bare_escape_rate, tunnelling_rate
from entrap.model.kinetics import Densities
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


_NO_FRACTION = 1e-100  # f_eq that counts as none


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
    """What the paper's n_n is in terms of n_qp: "share", "two-fluid" or "density"."""


class Exchange(eqx.Module):
    """The fraction's balance in one state."""

    flows: balance.Flows
    equilibrium: Reals = quantity("1", "f_eq", "Fraction at which n_qp is that of equilibrium")


def exchange(
    device: Device, sample: Sample, temperature: RealsLike, superfluid_density: RealsLike
) -> Exchange:
    """Γ, S, ρ and f_eq of a state, with the gap Δ̃_g that its n_s has.

    Args:
        device: The trap.
        sample: What it is on; densities in any unit.
        temperature: Temperature of the film [K].
        superfluid_density: n_s, in the sample's unit.

    Returns:
        Rates of f/f_eq, see `within_the_film`; without a gap Γ is 0, and f returns to 1.
    """
    n_s = jnp.asarray(superfluid_density, float)
    gap = effective_gap(sample, n_s)
    flows = balance.share_flows(
        device.junction,
        device.phonons,
        gap,
        temperature,
        device.trap_temperature,
        device.generation,
    )
    rest = equilibrium_normal_fraction(device, gap, temperature, n_s / sample.conduction_density)
    return Exchange(flows, rest)


def effective_gap(sample: Sample, superfluid_density: RealsLike) -> Reals:
    """Δ̃_g: BCS's gap at the temperature T_c - β n_s/a at which a bare sample has this n_s [J].

    Args:
        sample: The sample; densities in any unit.
        superfluid_density: n_s, in the sample's unit; 0 gives 0.
    """
    n_s = jnp.asarray(superfluid_density, float)
    return jnp.where(n_s > 0, bcs.gap(sample, landau.effective_temperature(sample, n_s)), 0.0)


def quasiparticle_density(
    device: Device | None,
    density_of_states: RealsLike,
    gap: RealsLike,
    temperature: RealsLike,
    densities: Densities,
    conduction_density: RealsLike,
) -> Reals:
    """n_qp = n_qp,eq f/f_eq [1/m^3]; f_eq is 1 where the trap is stated by its rate.

    Args:
        device: The junction of the trap on its film; None where the trap is stated by its rate.
        density_of_states: N_0 of one spin in the normal state [1/J/m^3].
        gap: Gap Δ̃_g [J].
        temperature: Temperature of the film [K].
        densities: Where the electrons are [1/m^3].
        conduction_density: n_c [1/m^3].
    """
    thermal = bcs.quasiparticle_density(gap, temperature, density_of_states)
    n_s = densities.superfluid_density
    room = conduction_density - n_s
    rest = jnp.ones_like(room)
    if device is not None:
        rest = equilibrium_normal_fraction(device, gap, temperature, n_s / conduction_density)
    some = rest > 0
    share = jnp.where(some, densities.remaining_fraction / guarded(rest, some), 0.0)
    return thermal * share


def equilibrium_normal_fraction(
    device: Device, gap: RealsLike, temperature: RealsLike, superfluid_share: RealsLike
) -> Reals:
    """f_eq: the fraction at which n_qp is that of equilibrium, by the device's mapping.

    Args:
        device: The trap.
        gap: Gap Δ̃_g [J].
        temperature: Temperature of the film [K].
        superfluid_share: n_s/n_c.
    """
    room = 1 - jnp.asarray(superfluid_share, float)
    if device.mapping == "share":
        return jnp.ones_like(room)
    if device.mapping == "two-fluid":
        normal = bcs.yosida(gap, temperature)
    else:
        density = device.phonons.film_density_of_states
        thermal = bcs.quasiparticle_density(gap, temperature, density)
        normal = thermal / device.conduction_density
    some = room > 0
    return jnp.where(some, normal / guarded(room, some), 1.0)


def within_the_film(found: Exchange) -> Exchange:
    """The same with f_eq <= 1, and S no more than keeps f at 1: there is no more to be normal."""
    flows, rest = found.flows, jnp.minimum(found.equilibrium, 1.0)
    safe = jnp.maximum(rest, _NO_FRACTION)
    most = (flows.trapping + flows.recombination * (1 / safe - rest)) / safe
    supply = jnp.minimum(jnp.asarray(flows.supply), most)
    return Exchange(eqx.tree_at(lambda f: f.supply, flows, supply), rest)


def fraction_rate(found: Exchange, fraction: RealsLike) -> Reals:
    """df/dt [1/s]: -Γ f where nothing comes back.

    Args:
        found: The state's balance.
        fraction: f.
    """
    rest = found.equilibrium
    some = rest > 0
    share = jnp.asarray(fraction, float) / guarded(rest, some)
    return jnp.where(some, rest, 1.0) * balance.rate_of_change(found.flows, share)


def steady_fraction(found: Exchange) -> Reals:
    """f at which nothing flows: what a trap leaves after a long time at one temperature.

    Args:
        found: The state's balance.
    """
    return found.equilibrium * balance.steady(found.flows)


def couplings(device: Device) -> tuple[Reals, Reals]:
    """γ_N, γ_S [J]: by how much trap and film change one another's densities of states."""
    return proximity.coupling_energies(
        tunnelling_rate(device.junction), bare_escape_rate(device.junction)
    )
