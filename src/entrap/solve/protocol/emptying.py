"""Emptying at one temperature with the self-consistent closure, for many parameter sets at once.

    dn_n/dt = -Γ n_n - γ n_n²,    dn_t/dt = Γ n_n,    γ = γ_0 [-μ/k_B T]₊,    μ = α_f + β n_s

With n_n = n_n⁰ e^(-Γt)/(1 + z) and u = 1 - e^(-Γt) all is smooth, however long the trap works:

    dz/du = x [-μ/k_B T]₊,    d(n_t/n_n⁰)/du = 1/(1 + z),    x = γ_0 n_n⁰/Γ

In -μ/k_B T = (1 - f) L - β (n_s - n_s⁰)/k_B T nothing cancels. With n_s⁰ = 0 there is α/k_B T to
make up for first: no pairs form until the trap has. Then μ < 0 for good, as pairing stops where it
vanishes and the trap goes on lowering it, and `[ ]₊` has no effect.

Source: V. Kornich, arXiv:2605.15834 (2026), Eqs. (7), (8).
"""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from entrap.core.arrays import Reals, RealsLike
from entrap.core.constants import BOLTZMANN
from entrap.core.stable import expm1_ratio, guarded
from entrap.model import landau
from entrap.model.entropy import AbstractEntropy, NumberFraction
from entrap.model.kinetics import Densities
from entrap.model.sample import Sample, Trapping
from entrap.solve.protocol.batched_ode import Lanes, integrated

BLOCK = 256  # sets that step together until the slowest is done

_PAGE = 16384  # sets that are sorted into blocks at a time
_FINEST = 1e-13  # tolerance that rounding allows


def emptied(
    sample: Sample,
    trapping: Trapping,
    temperature: RealsLike,
    hold: RealsLike,
    *,
    tolerance: float = 1e-12,
) -> Densities:
    """n_s, n_n, n_t after the trap has worked for `hold`, from equilibrium without it.

    Args:
        sample: The sample.
        trapping: Rates; the closure must be "self-consistent".
        temperature: Temperature, held [K], > 0.
        hold: How long the trap works [s], >= 0.
        tolerance: Of the densities, in units of n_c, >= 1e-13.

    Returns:
        Densities of the broadcast shape; NaN where its steps do not suffice, as may be for x
        beyond 1e13 to 1e-12. Derivatives are forward: `jax.jvp`, `jax.jacfwd`.

    Raises:
        ValueError: the closure or the entropy is another one, or the tolerance is finer than
            rounding allows.

    Examples:
        >>> from entrap.core.constants import BOLTZMANN
        >>> a = 2 * BOLTZMANN  # J/K; T_c = 1 K, n_s = n_c at T = 0, n/n_c = e
        >>> sample = Sample(a, a / 1e27, 1.0, 1e27, 1.718e27, 1.0, 1e-23)
        >>> after = emptied(sample, Trapping(1e3, 1.25e-24, "self-consistent"), 0.4, 2e-3)
        >>> f"{float(after.superfluid_density):.6e}"
        '6.251428e+26'
    """
    _check(sample, trapping, tolerance)
    return _emptied(sample, trapping, temperature, hold, tolerance)


def emptied_sets(
    sample: Sample,
    trapping: Trapping,
    temperature: RealsLike,
    hold: RealsLike,
    *,
    tolerance: float = 1e-8,
    threads: int = 2,
) -> Densities:
    """`emptied` for many parameter sets, on several threads; compiled once for any number of them.

    Args:
        sample: The samples; fields broadcast with all else.
        trapping: Rates; the closure must be "self-consistent".
        temperature: Temperature, held [K], > 0.
        hold: How long the trap works [s], >= 0.
        tolerance: Of the densities, in units of n_c, >= 1e-13.
        threads: How many compute at a time.

    Returns:
        Densities of the broadcast shape, numpy arrays; NaN where its steps do not suffice.

    Raises:
        ValueError: the closure or the entropy is another one, or the tolerance is finer than
            rounding allows.
    """
    _check(sample, trapping, tolerance)
    # What does not matter here would only be copied.
    sample = dataclasses.replace(sample, gap=0.0, fermi_velocity=None)
    leaves, tree = jax.tree.flatten((sample, trapping, temperature, hold))
    whole = np.broadcast_arrays(*(np.asarray(leaf, float) for leaf in leaves))
    shape, count = whole[0].shape, whole[0].size
    if not count:
        return jax.tree.map(np.asarray, emptied(sample, trapping, temperature, hold))
    columns = [column.ravel() for column in whole]

    def page(start: int) -> Densities:
        # Padded by the last with no hold, which takes no time.
        here = np.arange(start, start + _PAGE)
        *some, held = (column[np.minimum(here, count - 1)] for column in columns)
        held = np.where(here < count, held, 0.0)
        made = _emptied(*jax.tree.unflatten(tree, [*some, held]), tolerance)
        return jax.tree.map(np.asarray, made)

    with ThreadPoolExecutor(threads) as pool:
        pages = list(pool.map(page, range(0, count, _PAGE)))
    return jax.tree.map(lambda *some: np.concatenate(some)[:count].reshape(shape), *pages)


def integrates(entropy: AbstractEntropy) -> bool:
    """Whether the L of an entropy is one that this module knows how to follow in time.

    Args:
        entropy: Its L may be a constant at one temperature, or that of the number fractions.
    """
    return not entropy.follows_density or isinstance(entropy, NumberFraction)


def _check(sample: Sample, trapping: Trapping, tolerance: float) -> None:
    if not integrates(sample.entropy):
        raise ValueError(
            f'The entropy "{sample.entropy.word}" changes as electrons leave, in a way that is not '
            "integrated here: `entrap.evolve` takes any."
        )
    if trapping.closure != "self-consistent":
        raise ValueError(
            f'The closure must be "self-consistent", but is "{trapping.closure}": '
            "`entrap.evolve` takes any."
        )
    if not tolerance >= _FINEST:
        raise ValueError(f"`tolerance` must be at least {_FINEST:g}, but is {tolerance:g}.")


@jax.jit
def _emptied(
    sample: Sample, trapping: Trapping, temperature: Any, hold: Any, tolerance: Any
) -> Densities:
    lanes, n_s0, n_n0 = _reduced(sample, trapping, temperature, hold)
    quick = lanes.quickness()
    count = quick.size
    blocks = max(-(-count // BLOCK), 1)
    # Sorted, so that blocks are of like sets; padded by the last.
    order = jnp.argsort(quick.ravel()) if blocks > 1 else jnp.arange(count)
    here = order[jnp.minimum(jnp.arange(blocks * min(BLOCK, count)), count - 1)]
    rows = jax.tree.map(lambda column: column.ravel()[here].reshape(blocks, -1), lanes)
    found = lax.map(lambda some: integrated(some, tolerance), rows)
    back = [jnp.zeros(count).at[order].set(row.ravel()[:count]) for row in found]
    free, trapped = (row.reshape(quick.shape) for row in back)
    paired = 1 - free - trapped
    paired = paired + lax.stop_gradient(jnp.maximum(-paired, 0.0))  # negative by rounding alone
    return Densities(n_s0 + n_n0 * paired, n_n0 * free, n_n0 * trapped)


def _reduced(
    sample: Sample, trapping: Trapping, temperature: Any, hold: Any
) -> tuple[Lanes, Reals, Reals]:
    """The sets, n_s⁰ and n_n⁰."""
    temperature, hold = jnp.asarray(temperature, float), jnp.asarray(hold, float)
    n_c = jnp.asarray(sample.conduction_density, float)
    n_s0 = landau.superfluid_density(sample, temperature, 1.0)
    n_n0 = n_c - n_s0
    thermal = BOLTZMANN * temperature
    coefficient = landau.effective_coefficient(sample, temperature, 1.0)
    lacking = jnp.maximum(coefficient, 0.0) / thermal
    ratio = sample.entropy.log_ratio(sample, temperature, n_c)
    valence = None
    if sample.entropy.follows_density:
        valence = jnp.asarray(sample.valence_density, float) / n_c
    decays = trapping.trapping_rate * hold
    gone = -jnp.expm1(-decays)
    onset = jnp.minimum(_onset(ratio, valence, lacking), gone)
    share = jnp.where(lacking > 0, (gone - onset) / guarded(gone, gone > 0), 1.0)
    pairing = trapping.pairing_rate * n_n0 * hold * expm1_ratio(decays) * share
    made = Lanes(
        pairing=pairing, log_ratio=ratio, valence=valence,
        restoring=sample.landau_beta * n_n0 / thermal, lacking=lacking, onset=onset,
        span=gone - onset, left=jnp.exp(-decays), normal=n_n0 / n_c,
    )  # fmt: skip
    shape = jnp.broadcast_shapes(*(column.shape for column in jax.tree.leaves(made)))
    return jax.tree.map(lambda column: jnp.broadcast_to(column, shape), made), n_s0, n_n0


def _onset(ratio: Reals, valence: Reals | None, lacking: Reals) -> Reals:
    """u at which (1 - f) L makes up for what is lacking, n_s = 0; 1 where it never does."""
    late = lacking > 0
    if valence is None:
        enough = ratio > lacking
        return jnp.where(late, jnp.where(enough, lacking / guarded(ratio, enough), 1.0), 0.0)
    # u ln(1 + r/(1 - u)) is convex: from where it is too much Newton's steps only fall.
    some = valence > 0
    few = jnp.minimum(valence / jnp.expm1(2 * guarded(lacking, late)), 0.5)
    u = jnp.where(some & late, jnp.minimum(1 - few, lacking / guarded(ratio, some)), 0.0)

    def newton(_: Any, u: Reals) -> Reals:
        rest = jnp.maximum(1 - u, 1e-16)
        log = jnp.log1p(valence / rest)
        slope = log + u * valence / (rest * (rest + valence))
        return u - (u * log - lacking) / guarded(slope, some)

    # No derivative: as nothing drives pairing yet, a shift of the onset matters in second order.
    u = lax.stop_gradient(lax.fori_loop(0, 60, newton, u))
    return jnp.where(late, jnp.where(some, u, 1.0), 0.0)
