"""Numbers in, columns out: the model's own functions on blocks of points, compiled once.

Closed forms broadcast: on a grid what depends on one axis is computed along that axis alone. An
evolution is integrated for each point with its own steps, many points at once.
"""

import functools
from collections.abc import Mapping
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from entrap.core.arrays import Reals
from entrap.core.quantities import under_both_names
from entrap.model import electrodynamics, landau
from entrap.model.observables import OF_STATES, SUMMARISED
from entrap.model.sample import Sample
from entrap.model.state import bare_densities, state, trapped_densities
from entrap.model.validity import margins
from entrap.solve.inputs import Choices, Inputs, Static, required, sample_of, trapping_of
from entrap.solve.jit import block_jit
from entrap.solve.protocol.emptying import emptied_sets
from entrap.solve.protocol.evolve import NOTHING, evolution_of, sample_times
from entrap.solve.protocol.outcome import quantities_of, regimes_of
from entrap.solve.protocol.results import holds_until
from entrap.solve.protocol.validity import smallest, validity_temperature, worst
from entrap.studies.sweep.names import MARGINS
from entrap.studies.trap.performance import along, film_temperature, rates

REDUCTIONS = ("max", "min", "mean", "argmax", "argmin")
"""What an axis of a grid may be reduced to; NaN are passed over."""


class Request(eqx.Module):
    """What a block is asked, as a pytree without leaves: jit keys on it."""

    choices: Choices = eqx.field(static=True)
    results: tuple[str, ...] = eqx.field(static=True)
    reduced: int = eqx.field(static=True, default=0)
    reduction: str = eqx.field(static=True, default="")


def closed_forms(choices: Choices, inputs: Inputs, temperature: Reals) -> dict[str, Reals]:
    """Every closed result by name; what is not used costs nothing once compiled.

    Args:
        choices: Of a case.
        inputs: Of the same case; leaves broadcast together.
        temperature: Temperature of the states of equilibrium [K].
    """
    sample = sample_of(inputs, choices)
    trapping = trapping_of(inputs, choices, sample)
    bare, trapped = bare_densities(sample, temperature), trapped_densities(sample, temperature)
    found = {
        "critical_temperature": sample.critical_temperature,
        "effective_critical_temperature": landau.effective_critical_temperature(sample),
        "bare_critical_temperature": landau.effective_critical_temperature(sample, 1.0),
        "enhancement": landau.enhancement(sample),
        "log_mixing_ratio": sample.log_mixing_ratio,
        "landau_a": sample.landau_a,
        "landau_beta": sample.landau_beta,
        "kappa": electrodynamics.kappa(sample),
        "trapping_rate": trapping.trapping_rate,
    }
    without, with_trap = (state(sample, temperature, densities) for densities in (bare, trapped))
    for name in OF_STATES:
        found[name], found[f"{name}_bare"] = getattr(with_trap, name), getattr(without, name)
        found[f"{name}_ratio"] = found[name] / found[f"{name}_bare"]
    assumed = margins(sample, trapping, temperature, trapped, bare, temperature)
    for name in MARGINS:
        found[f"margin_{name}"] = _or_nan(getattr(assumed, name))
    found |= {"smallest_margin": smallest(assumed), "worst_margin": worst(assumed)}
    if inputs.protocol is not None:
        found |= _at_start(sample, inputs.protocol.start)
    return found


def _at_start(sample: Sample, start: Any) -> dict[str, Any]:
    densities = bare_densities(sample, start)
    initial = state(sample, start, densities)
    found = {f"{name}_initial": getattr(initial, name) for name in SUMMARISED}
    return found | {
        "initial_superfluid_density": densities.superfluid_density,
        "initial_normal_density": densities.normal_density,
        "trap_energy_cost": landau.trap_energy_cost(sample, start, densities.normal_density),
    }


@block_jit
def closed_block(asked: Request, inputs: Inputs, temperature: Any, along: Any) -> Any:
    """Columns of a block of points, or what is left of them once its first axes are reduced.

    Args:
        asked: What is asked.
        inputs: Leaves that broadcast to the block.
        temperature: Temperature of the states of equilibrium [K]; broadcasts to the block.
        along: Coordinate of the reduced axis, for "argmax" and "argmin".

    Returns:
        An array for each result, or what `merged` takes where axes are reduced.
    """
    shape = jnp.broadcast_shapes(*map(jnp.shape, (*jax.tree.leaves(inputs), temperature)))
    found: dict[str, Any] = {}
    if any(name != "validity_temperature" for name in asked.results):
        found = closed_forms(asked.choices, inputs, temperature)
    if "validity_temperature" in asked.results:
        sample = sample_of(inputs, asked.choices)
        trapping = trapping_of(inputs, asked.choices, sample)
        found["validity_temperature"] = validity_temperature(sample, trapping)
    columns = [jnp.broadcast_to(jnp.asarray(found[name], float), shape) for name in asked.results]
    if not asked.reduction:
        return tuple(columns)
    return tuple(_reduced(asked, column, along) for column in columns)


def _reduced(asked: Request, column: Reals, along: Any) -> Any:
    """A column's share of a reduction over its first axes: (value,) or (value, weight)."""
    axes = tuple(range(asked.reduced))
    nothing = jnp.isnan(column)
    if asked.reduction == "mean":
        return jnp.where(nothing, 0.0, column).sum(axes), (~nothing).sum(axes).astype(float)
    least = asked.reduction in ("min", "argmin")
    filled = jnp.where(nothing, jnp.inf if least else -jnp.inf, column)
    best = filled.min(axes) if least else filled.max(axes)
    if asked.reduction in ("max", "min"):
        return best, (~nothing).any(axes).astype(float)
    where = jnp.where((filled == best) & ~nothing, jnp.broadcast_to(along, column.shape), jnp.inf)
    return best, where.min(axes)


def merged(reduction: str, one: Any, other: Any) -> Any:
    """Two shares of a reduction as one."""
    (value, weight), (more, other_weight) = one, other
    if reduction == "mean":
        return value + more, weight + other_weight
    better = more < value if reduction in ("min", "argmin") else more > value
    best = np.where(better, more, value)
    if reduction in ("max", "min"):
        return best, np.maximum(weight, other_weight)
    at = np.where(more == value, np.minimum(weight, other_weight), weight)
    return best, np.where(better, other_weight, at)


def concluded(reduction: str, share: Any) -> np.ndarray:
    """What a share that covers its whole axis comes to; NaN where there was nothing but NaN."""
    value, weight = (np.asarray(part) for part in share)
    if reduction == "mean":
        with np.errstate(invalid="ignore", divide="ignore"):
            return value / weight
    if reduction in ("max", "min"):
        return np.where(weight > 0, value, np.nan)
    return np.where(np.isfinite(weight), weight, np.nan)


@block_jit
def _evolutions(chosen: Static, inputs: Inputs, time: Any) -> Any:
    return jax.vmap(functools.partial(evolution_of, chosen.choices))(inputs, time)


def evolution_block(asked: Request, inputs: Inputs, points: int) -> list[np.ndarray]:
    """Columns of results that need the evolution, for a row of points.

    Args:
        asked: What is asked.
        inputs: Leaves of one length.
        points: Points in time of each evolution.

    Returns:
        An array for each result; NaN where the evolution did not come to its end.
    """
    time = sample_times(inputs, points)
    found = jax.tree.map(np.asarray, _evolutions(Static(asked.choices), inputs, time))
    told, stated = _margins_told(found), required(inputs.protocol, "protocol")
    columns = [np.full(len(time), np.nan) for _ in asked.results]
    for i in range(len(time)):
        one, protocol = jax.tree.map(lambda column, i=i: column[i], (found, stated))
        trap = inputs.trap.junction is not None or bool(inputs.trap.rate[i] > 0)
        values = {name: float(column[i]) for name, column in told.items()}
        if one["succeeded"]:
            regimes = regimes_of(protocol, trap, time[i], one)
            values |= under_both_names(quantities_of(protocol, regimes, time[i], one))
        values["succeeded"] = float(one["succeeded"])
        for column, name in zip(columns, asked.results, strict=True):
            if one["succeeded"] or name == "succeeded":
                column[i] = values[name]
    return columns


@block_jit
def _at_start_of(chosen: Static, inputs: Inputs, start: Any) -> Any:
    sample = sample_of(inputs, chosen.choices)
    initial = bare_densities(sample, start).superfluid_density
    return sample, trapping_of(inputs, chosen.choices, sample), initial


def gain_block(asked: Request, inputs: Inputs, points: int) -> list[np.ndarray]:
    """The electrons that pair while the trap empties the sample, without the rest of the evolution.

    This is possible where `gains_by_emptying` says so.

    Args:
        asked: What is asked: names of `GAINS`.
        inputs: Leaves of one length.
        points: Points in time of the evolutions that must stand in where steps do not suffice.
    """
    protocol = required(inputs.protocol, "protocol")
    sample, trapping, initial = _at_start_of(Static(asked.choices), inputs, protocol.start)
    after = emptied_sets(
        sample, trapping, protocol.start, protocol.hold, tolerance=1e-12, threads=1
    )
    n_c = np.asarray(sample.conduction_density)
    share = (after.superfluid_density - np.asarray(initial)) / n_c
    gain = n_c * np.where(np.abs(share) < NOTHING, 0.0, share)
    lost = np.flatnonzero(np.isnan(gain))
    if len(lost):
        rest = jax.tree.map(lambda leaf: leaf[lost], inputs)
        gain[lost] = evolution_block(asked, rest, points)[0]
    return [gain for _ in asked.results]


@block_jit
def _traps(chosen: Static, inputs: Inputs) -> Any:
    def one(inputs: Inputs) -> dict[str, Any]:
        made = rates(inputs, chosen.choices)
        found = made | along(made.pop("strip"))
        normal = film_temperature(inputs) >= inputs.material.critical_temperature
        return {name: jnp.where(normal, jnp.nan, value) for name, value in found.items()}

    return jax.vmap(one)(inputs)


def trap_block(asked: Request, inputs: Inputs) -> list[np.ndarray]:
    """Columns of results of a junction on its film, for a row of points; NaN where it is normal.

    Args:
        asked: What is asked.
        inputs: Leaves of one length.
    """
    found = _traps(Static(asked.choices), inputs)
    return [np.asarray(found[name]) for name in asked.results]


def _margins_told(found: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Margins over each evolution: the worst point, and up to where they hold."""
    temperature = found["state"].temperature
    least, until = [], []
    for name in MARGINS:
        values = getattr(found["margins"], name)
        values = np.full(temperature.shape, np.nan) if values is None else values
        known = ~np.isnan(values).all(axis=-1)
        lowest = np.where(np.isnan(values), np.inf, values).min(axis=-1)
        least.append(np.where(known, lowest, np.nan))
        until.append(np.where(known, holds_until(values, temperature), np.inf))
    worst_of = np.where(np.isnan(least), np.inf, least)
    fails = worst_of.min(axis=0) < 0
    return {
        **{f"evolution_margin_{n}": m for n, m in zip(MARGINS, least, strict=True)},
        "evolution_smallest_margin": np.where(
            np.isnan(least).all(axis=0), np.nan, worst_of.min(axis=0)
        ),
        "evolution_worst_margin": np.where(fails, worst_of.argmin(axis=0), -1).astype(float),
        "valid_until": np.min(until, axis=0),
    }


def _or_nan(column: Reals | None) -> Any:
    return jnp.nan if column is None else column
