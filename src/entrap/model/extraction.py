"""Plain BCS beside the paper: what a sample shows once quasiparticles are taken, without entropy.

The gap equation loses part of its blocking term, and the gap grows as if T_c had risen. Which
quasiparticles are left says an `Occupation`, a share, a chemical potential or a temperature of
theirs; from it and T follow the gap Δ, n_qp, the screening and with it λ.

Source: derived on the page "Plain BCS beside the paper". Heslinga and Klapwijk, Phys. Rev. B 47,
5157 (1993), whose abstract was read, report a gap of Al far above T_c by extraction; Nevirkovets et
al., Phys. Rev. B 73, 224521 (2006), abstract read too, contradict that observation.
"""

import jax
import jax.numpy as jnp
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BCS_GAP_RATIO, BOLTZMANN, PLANCK
from entrap.core.stable import guarded
from entrap.model import balance, bcs, response
from entrap.model.junction import TunnelJunction
from entrap.model.lifetimes import Phonons
from entrap.model.occupations import Occupation
from entrap.model.sample import Sample

_STEPS = 200


def gap(occupation: Occupation, sample: Sample, temperature: RealsLike) -> Reals:
    """Δ [J] by (P1); a Δ_g(0) other than 1.764 k_B T_c scales the curve, as in `bcs.gap`.

    Args:
        occupation: How the quasiparticles that are left are distributed.
        sample: Its T_c and Δ_g(0).
        temperature: T [K], above T_c too.
    """
    t = jnp.asarray(temperature, float) / sample.critical_temperature
    return jnp.asarray(sample.gap) * occupation.reduced_gap(t)


def gap_frequency(occupation: Occupation, sample: Sample, temperature: RealsLike) -> Reals:
    """2Δ/h [Hz], where a film begins to absorb and at which its Higgs mode oscillates.

    Args:
        occupation: How the quasiparticles that are left are distributed.
        sample: Its T_c and Δ_g(0).
        temperature: T [K].
    """
    return 2 * gap(occupation, sample, temperature) / PLANCK


def quasiparticle_density(
    occupation: Occupation, gap_energy: RealsLike, temperature: RealsLike, states: RealsLike
) -> Reals:
    """n_qp = 4 N_0 ∫_0^∞ dξ f [1/m^3].

    Args:
        occupation: f.
        gap_energy: Δ [J].
        temperature: T of the sample [K].
        states: N_0 of one spin in the normal state [1/J/m^3].
    """
    thermal = BOLTZMANN * jnp.asarray(temperature, float)
    some = thermal > 0
    ratio = jnp.asarray(gap_energy, float) / guarded(thermal, some)
    density = 4 * states * thermal * occupation.quasiparticles(jnp.minimum(ratio, 700.0))
    return jnp.where(some, density, 0.0)


def superfluid_share(
    occupation: Occupation, t: RealsLike, dirtiness: RealsLike = 0.0, scale: RealsLike = 1.0
) -> Reals:
    """n_s(T)/n_s(0), n_s(0) that of the same sample at T = 0: (λ(0)/λ)² at any mean free path.

    Args:
        occupation: How the quasiparticles that are left are distributed.
        t: T/T_c.
        dirtiness: ρ = ħ v_F/2π k_B T_c ℓ, of `coefficients.dirtiness`; 0 is a clean sample.
        scale: Δ(0)/k_B T_c over that of BCS, the α of the α-model.

    Returns:
        A number between 0 and 1.
    """
    t, rho = jnp.asarray(t, float), jnp.asarray(dirtiness, float)
    warm = t > bcs._COLD
    safe = guarded(t, warm, 0.5)
    ratio = BCS_GAP_RATIO * jnp.asarray(scale, float) * occupation.reduced_gap(safe) / safe
    whole = response.ground_state_share(jnp.pi * rho / (BCS_GAP_RATIO * scale))
    share = occupation.screening(ratio, jnp.pi * rho / safe) / whole
    return jnp.where(warm, share, 1.0)


def superfluid_share_dirty(occupation: Occupation, t: RealsLike, scale: RealsLike = 1.0) -> Reals:
    """Δ [1 - 2f(Δ)]/Δ0, the limit ℓ ≪ ξ0 of `superfluid_share`.

    Args:
        occupation: How the quasiparticles that are left are distributed.
        t: T/T_c.
        scale: Δ(0)/k_B T_c over that of BCS.

    Returns:
        A number between 0 and 1.
    """
    t = jnp.asarray(t, float)
    warm = t > bcs._COLD
    safe = guarded(t, warm, 0.5)
    reduced = occupation.reduced_gap(safe)
    ratio = BCS_GAP_RATIO * jnp.asarray(scale, float) * reduced / safe
    return jnp.where(warm, reduced * (1 - 2 * occupation.occupation(ratio)), 1.0)


def penetration_depth(depth_at_zero: RealsLike, share: RealsLike) -> Reals:
    """λ = λ(0)/√(n_s/n_s(0)) [m]; infinite where nothing screens.

    Args:
        depth_at_zero: λ(0) of the sample [m].
        share: n_s/n_s(0).
    """
    share = jnp.asarray(share, float)
    some = share > 0
    return jnp.where(some, depth_at_zero / jnp.sqrt(guarded(share, some)), jnp.inf)


def balanced(
    start: Occupation,
    sample: Sample,
    junction: TunnelJunction,
    phonons: Phonons,
    temperature: RealsLike,
    trap_temperature: RealsLike,
    generation: RealsLike = 0.0,
) -> Occupation:
    """The occupation where trapping, recombination and the gap itself are in balance (T4).

    y = n_qp/n_qp,eq(T, Δ) follows from Δ, and Δ from y. A wider gap keeps the trap's own electrons
    out, so that there may be two balances, one with a wide gap and one with a narrow one or none:
    the steps Δ → y → Δ go one way, and end at the first on theirs.

    Args:
        start: Where the steps begin, and of which kind the answer is: that of equilibrium for a
            trap that is switched on, an empty film, `Share(0.0)`, for one that warms up.
        sample: Its T_c and Δ_g(0).
        junction: The trap.
        phonons: Of the film.
        temperature: T of the film [K].
        trap_temperature: T_N <= T [K].
        generation: g [1/s] beyond the thermal one; y must stay below 1.

    Returns:
        Of the kind of `start`; that of equilibrium where no gap is left: nothing is trapped then.
    """
    kind, t = type(start), jnp.asarray(temperature, float) / sample.critical_temperature

    def density_ratio(occupation: Occupation) -> Reals:
        energy = gap(occupation, sample, temperature)
        return balance.steady(
            balance.share_flows(
                junction, phonons, energy, temperature, trap_temperature, generation
            )
        )

    def next_(y: Reals) -> Reals:
        return density_ratio(kind.of_density_ratio(y, t))

    first = lax.stop_gradient(density_ratio(start))
    y = lax.stop_gradient(lax.fori_loop(0, _STEPS, lambda _, y: next_(y), first))
    value, slope = jax.jvp(next_, (y,), (jnp.ones_like(y),))
    stiff = 1 - lax.stop_gradient(slope)
    # One of Newton's steps carries the derivative.
    return kind.of_density_ratio(y + (value - y) / guarded(stiff, stiff > 1e-9), t)
