"""The balance of a junction as a table, for the thousands of states that an evolution asks for.

Γ, S/Γ, ρ and the share of electrons that can pair are Chebyshev series in T and ln n_s: along both
their logarithms bend gently, though Γ falls as the gap closes, to 0 unless relaxation needs no gap,
and S to nothing where the trap is cold.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals, RealsLike
from entrap.core.stable import guarded, sqrt_or_zero
from entrap.model.balance import Flows, rate_of_change
from entrap.model.device import (
    Device,
    effective_gap,
    exchange,
    pairing_fraction,
    within_equilibrium,
)
from entrap.model.sample import Sample

DEGREES = (32, 128)
"""Of the series in T and in ln n_s, powers of 2."""

FEWEST = 1e-10
"""Share of n_c below which there is no gap to speak of: rates are those there, Γ and S as √n_s."""

_SMALLEST = 1e-300
_STEP = 1e-6  # of T, relative, and of f
_STOPS = 512  # between f and 1, where it may come to rest


class Table(NamedTuple):
    """Coefficients, and the temperatures between which they hold."""

    coefficients: Reals  # (4, in T, in ln n_s)
    low: Reals
    high: Reals
    some_pair: bool  # of the normal electrons, not all


class Balance(NamedTuple):
    """Of one state: the flows of f, and the share of n_c that can pair in equilibrium."""

    flows: Flows
    pairing: Reals


def tabulate(device: Device, sample: Sample, low: RealsLike, high: RealsLike) -> Table:
    """The balance between two temperatures, for all n_s up to n_c.

    Args:
        device: The trap.
        sample: What it is on; densities in units of n_c.
        low: Lowest temperature [K].
        high: Highest temperature [K].
    """
    low, high = jnp.asarray(low, float), jnp.asarray(high, float)
    (x, in_temperature), (y, in_density) = _lobatto(DEGREES[0]), _gauss(DEGREES[1])
    temperature = low + (high - low) * (1 + x[:, None]) / 2
    n_s = FEWEST ** ((1 - y) / 2)
    flows = exchange(device, sample, temperature, n_s)
    pairing, some_pair = jnp.ones(()), device.mapping != "share"
    if some_pair:
        pairing = pairing_fraction(device, effective_gap(sample, n_s), temperature)
    # S over Γ is 1 where the trap is as warm as the film: a series through 0 there is exact.
    share = flows.supply / jnp.maximum(jnp.asarray(flows.trapping), _SMALLEST)
    columns = flows.trapping, share, flows.recombination, pairing
    values = jnp.stack(jnp.broadcast_arrays(*(jnp.asarray(column) for column in columns)))
    logarithms = jnp.log(jnp.maximum(values, _SMALLEST))
    return Table(jnp.asarray(in_temperature @ logarithms @ in_density.T), low, high, some_pair)


def look_up(table: Table, temperature: RealsLike, superfluid_density: RealsLike) -> Balance:
    """The balance of one state; scalars.

    Args:
        table: Of `tabulate`.
        temperature: T [K].
        superfluid_density: n_s, in units of n_c.
    """
    span = table.high - table.low  # 0 where nothing is warmed: then all is at the low end
    x = 2 * (jnp.asarray(temperature, float) - table.low) / guarded(span, span > 0) - 1
    y = 1 - 2 * jnp.log(jnp.maximum(superfluid_density, FEWEST)) / np.log(FEWEST)
    by_temperature, by_density = (
        _polynomials(at, degree) for at, degree in zip((x, y), DEGREES, strict=True)
    )
    rates = jnp.exp((table.coefficients @ by_density) @ by_temperature)
    trapping, share, recombination, pairing = rates
    # Below, the gap goes as √n_s, and the trap with it.
    trapping = sqrt_or_zero(jnp.minimum(superfluid_density / FEWEST, 1.0)) * trapping
    room = 1 - superfluid_density
    return Balance(
        within_equilibrium(Flows(trapping, share * trapping, recombination, recombination)),
        jnp.minimum(pairing, room) if table.some_pair else room,
    )


def flow(flows: Flows, f: Reals) -> tuple[Reals, Reals]:
    """df/dt by the trap, and the rate at which an error of f is forgotten [1/s]; scalars.

    Args:
        flows: Of `look_up`.
        f: Fraction of the normal electrons that is left.
    """
    return rate_of_change(flows, f), flows.trapping + 2 * flows.recombination


def _flow(table: Table, temperature: Reals, n_s: Reals, f: Reals) -> tuple[Reals, Reals]:
    return flow(look_up(table, temperature, n_s).flows, f)


Minimum = Callable[[Reals, Reals], Reals]
"""n_s that minimises F, of T and f, in units of n_c."""


def drift(
    table: Table, state: Reals, by_temperature: Reals, by_fraction: Reals, slope: Reals
) -> tuple[Reals, Reals]:
    """df/dt of an f that warming moves and the trap's flows hold, n_s being the minimum; scalars.

    Returns:
        df/dt, in the unit of 1/slope, infinite where nothing holds f; and by how much nothing
        does: negative where an f that is off returns, over the rate of forgetting.
    """
    # Differences will do, each relative: n_s and 1 - f may be smaller than any fixed step.
    near = state * (1 + _STEP * jnp.concatenate([jnp.zeros((1, 3)), jnp.eye(3)]))
    rates, forgets = jax.vmap(lambda at: _flow(table, *at))(near)
    step = _STEP * guarded(state, state > 0)
    in_temperature, in_density, in_fraction = (rates[1:] - rates[0]) / step
    by_warming = in_temperature + in_density * by_temperature
    by_itself = in_fraction + in_density * by_fraction
    returns = by_itself < 0
    moves = -by_warming * slope / guarded(by_itself, returns, -1.0)
    return jnp.where(returns, moves, jnp.inf), by_itself / jnp.maximum(forgets[0], _SMALLEST)


def settled(table: Table, minimum: Minimum, temperature: Reals, f: Reals) -> Reals:
    """Where an f that nothing holds comes to rest at one temperature, a step before; scalar.

    Args:
        table: Of `tabulate`.
        minimum: Of the free energy.
        temperature: T [K].
        f: Fraction of the normal electrons that is left, which grows.
    """
    path = f + (1 - f) * jnp.linspace(0.0, 1.0, _STOPS + 1)
    at = jnp.clip(minimum(temperature, path), 0.0, 1.0)
    rates, _ = jax.vmap(lambda n_s, f: _flow(table, temperature, n_s, f))(at, path)
    # An f at the fold may be short of it by the solver's error: it rests only once it has grown.
    grown = jnp.cumsum(rates > 0) > 0
    rests = (rates <= 0) & grown & (jnp.arange(_STOPS + 1) > 1)
    return path[jnp.where(rests.any(), jnp.argmax(rests), _STOPS + 1) - 1]


def _gauss(degree: int) -> tuple[np.ndarray, np.ndarray]:
    """Points inside (-1, 1), and the matrix from values there to coefficients."""
    order = np.arange(degree + 1)
    angle = np.pi * (order + 0.5) / (degree + 1)
    transform = 2 / (degree + 1) * np.cos(order[:, None] * angle)
    transform[0] /= 2
    return np.cos(angle), transform


def _lobatto(degree: int) -> tuple[np.ndarray, np.ndarray]:
    """The same with both ends among the points, where the series is exact."""
    order = np.arange(degree + 1)
    angle = np.pi * order / degree
    transform = 2 / degree * np.cos(order[:, None] * angle)
    for ends in ([0, -1], np.s_[:, [0, -1]]):
        transform[ends] /= 2
    return np.cos(angle), transform


def _polynomials(x: Reals, degree: int) -> Reals:
    """T_0(x) to T_degree(x), degree a power of 2, by T_(n+j) = 2 T_n T_j - T_(n-j)."""
    known = jnp.stack([jnp.ones_like(x), x])
    while len(known) <= degree:
        known = jnp.concatenate([known, 2 * known[-1] * known[1:] - known[-2::-1]])
    return known
