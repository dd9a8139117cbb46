"""Emptying: normal electrons leave into the trap, or pair up on the way.

    dn_n/dt = -Γ n_n - γ n_n²,    dn_s/dt = γ n_n²,    dn_t/dt = Γ n_n

The closures for γ, which vanishes at t = 0 in the paper:

    "constant"         γ at once
    "ramp"             γ (1 - e^(-Γt)), with the trapped share
    "self-consistent"  γ [-μ/k_B T]₊, with the free energy gained: an ODE (`entrap.solve`)

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (7), (8), solved exactly. Eqs. (9)-(11) as printed
exceed n_n⁰ e^(-Γt), which pairing can only lower. All terms below are >= 0: nothing cancels.
"""

import equinox as eqx
import jax.numpy as jnp

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import quantity
from entrap.core.stable import (
    atan_excess,
    atan_ratio,
    expm1_ratio,
    guarded,
    log1p_excess,
    log1p_ratio,
)
from entrap.model.sample import Trapping

_NO_CLOSED_FORM = 'The closure "{}" has no closed form: use `entrap.evolve`.'


NONE_LEFT = 1e-12
"""Share of n_c that counts as no electron, so that rounding does not decide whether there are."""


class Densities(eqx.Module):
    """Where the conduction electrons are; the three add up to n_c.

    The fraction f = n_n/(n_n + n_t) of the normal electrons that the trap has left is 0/0 where all
    electrons superconduct. It belongs to the branch, not to the densities there: what follows a
    branch gives its f as well, so that α_f is continuous along it. Where no f is given, nothing
    is trapped that could be missing, and f is 1, its limit as a full condensate loses electrons.
    """

    superfluid_density: Reals = quantity(
        "1/m^3", "n_s", "Superconducting electrons", source="Eq. (8)"
    )
    normal_density: Reals = quantity("1/m^3", "n_n", "Normal electrons", source="Eq. (7)")
    trapped_density: Reals = quantity("1/m^3", "n_t", "Electrons in the trap", source="Eq. (7)")
    branch_fraction: Reals | None = quantity(
        "1", "f", "Fraction of the normal electrons that is left on the branch", default=None
    )

    @property
    def remaining_fraction(self) -> Reals:
        """f: that of the branch, or n_n/(n_n + n_t), 1 where both are 0."""
        if self.branch_fraction is not None:
            return self.branch_fraction
        room = self.normal_density + self.trapped_density
        return jnp.where(room > 0, self.normal_density / guarded(room, room > 0), 1.0)


def pairing_to_trapping_ratio(trapping: Trapping, normal_density: RealsLike) -> Reals:
    """x = γ n_n⁰/Γ, pairing against trapping; infinite without a trap, 0 without pairing.

    Args:
        trapping: Its rates.
        normal_density: n_n⁰ when the trap goes on [1/m^3].
    """
    pairs = trapping.pairing_rate * jnp.asarray(normal_density, float)
    rate = jnp.asarray(trapping.trapping_rate, float)
    return jnp.where((rate > 0) | (pairs == 0), pairs / guarded(rate, rate > 0), jnp.inf)


def densities(
    trapping: Trapping, superfluid_density: RealsLike, normal_density: RealsLike, time: RealsLike
) -> Densities:
    """n_s, n_n, n_t at `time`, by the trapping's closure, "constant" or "ramp".

    Args:
        trapping: Rates and closure.
        superfluid_density: n_s⁰ when the trap goes on [1/m^3].
        normal_density: n_n⁰ when the trap goes on [1/m^3].
        time: Time since then [s], >= 0.

    Returns:
        Densities of the broadcast shape.

    Raises:
        ValueError: the closure has no closed form.
    """
    n_s0, n_n0 = jnp.asarray(superfluid_density, float), jnp.asarray(normal_density, float)
    time = jnp.asarray(time, float)
    decays = trapping.trapping_rate * time
    left, gone = jnp.exp(-decays), -jnp.expm1(-decays)
    paired = trapping.pairing_rate * n_n0 * time * expm1_ratio(decays)  # x (1 - e^(-Γt))
    if trapping.closure == "constant":
        excess, rest = log1p_excess(paired), log1p_ratio(paired)
    elif trapping.closure == "ramp":
        paired = paired * gone / 2
        excess, rest = atan_excess(paired), atan_ratio(paired)
    else:
        raise ValueError(_NO_CLOSED_FORM.format(trapping.closure))
    return Densities(
        n_s0 + n_n0 * (gone * excess + left * paired / (1 + paired)),
        n_n0 * left / (1 + paired),
        n_n0 * gone * rest,
    )


def paired_electron_gain(trapping: Trapping, normal_density: RealsLike) -> Reals:
    """n_s(∞) - n_s⁰: n_n⁰ [1 - ln(1+x)/x] for constant γ, n_n⁰ [1 - atan(s)/s] for the ramp.

    Args:
        trapping: Rates and closure, "constant" or "ramp"; x = γ n_n⁰/Γ, s = √(x/2).
        normal_density: n_n⁰ when the trap goes on [1/m^3].

    Returns:
        Electrons that end paired, not trapped [1/m^3]; x n_n⁰/2 and x n_n⁰/6 at small x.

    Raises:
        ValueError: the closure has no closed form.

    Note:
        Eq. (11) prints x/(1-x) + ln(1-x) over x; beyond x = 0.6058 that pairs more than there are.
    """
    x = pairing_to_trapping_ratio(trapping, normal_density)
    some = jnp.isfinite(x)
    if trapping.closure == "constant":
        excess = log1p_excess(guarded(x, some))
    elif trapping.closure == "ramp":
        excess = atan_excess(guarded(x, some) / 2)
    else:
        raise ValueError(_NO_CLOSED_FORM.format(trapping.closure))
    return normal_density * jnp.where(some, excess, 1.0)


def delayed_normal_density(
    trapping: Trapping, delay: RealsLike, normal_density: RealsLike, time: RealsLike
) -> Reals:
    """n_n for γ (1 - e^(-t/τ)): n_n⁰ e^(-Γt)/[1 + n_n⁰ ∫ γ(t') e^(-Γt') dt'].

    Args:
        trapping: Rates; γ is what the pairing rate rises to.
        delay: τ [s]; 0 is γ at once.
        normal_density: n_n⁰ when the trap goes on [1/m^3].
        time: Time since then [s].

    Returns:
        Normal density [1/m^3], of the broadcast shape.
    """
    time, delay = jnp.asarray(time, float), jnp.asarray(delay, float)
    decays = trapping.trapping_rate * time
    late = delay > 0
    missed = jnp.where(late, time * expm1_ratio(time / guarded(delay, late)), 0.0)
    weighed = (time * expm1_ratio(decays) - jnp.exp(-decays) * missed) / (
        1 + trapping.trapping_rate * delay
    )
    return (
        normal_density * jnp.exp(-decays) / (1 + trapping.pairing_rate * normal_density * weighed)
    )


def self_consistent_rate(trapping: Trapping, temperature: RealsLike, affinity: RealsLike) -> Reals:
    """γ [-μ/k_B T]₊, μ = ∂F_f/∂n_s = α_f + β n_s: pairs form as far as that lowers F.

    Args:
        trapping: Its pairing rate is γ.
        temperature: Temperature [K].
        affinity: μ [J].

    Returns:
        Rate constant [m^3/s]; 0 at t = 0 by itself, where μ = 0.
    """
    drive = -jnp.asarray(affinity, float) / (BOLTZMANN * jnp.asarray(temperature, float))
    return trapping.pairing_rate * jnp.maximum(drive, 0.0)
