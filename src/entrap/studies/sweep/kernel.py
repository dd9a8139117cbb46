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
from entrap.model import bcs_transition, electrodynamics, landau
from entrap.model.bcs_state import bcs_state, plain_state
from entrap.model.observables import OF_STATES, SUMMARISED
from entrap.model.state import bare_densities, state, trapped_densities
from entrap.model.validity import margins
from entrap.solve.inputs import Choices, Inputs, Static, required
from entrap.solve.jit import block_jit, formula_jit
from entrap.solve.protocol.bcs_curves import share_left
from entrap.solve.protocol.emptying import emptied_sets
from entrap.solve.protocol.evolve import NOTHING, evolution_of, sample_times
from entrap.solve.protocol.margins import holds_until
from entrap.solve.protocol.outcome import quantities_of, regimes_of, under_both_names
from entrap.solve.protocol.validity import smallest, validity_temperature, worst
from entrap.solve.sample import device_of, sample_of, trapping_of
from entrap.studies.sweep.names import BY_BCS, MARGINS, OF_BCS
from entrap.studies.trap.performance import along, film_temperature, rates


class Request(eqx.Module):
    """Which results of a block are computed, as a pytree without leaves: jit keys on it."""

    choices: Choices = eqx.field(static=True)
    results: tuple[str, ...] = eqx.field(static=True)


def closed_forms(choices: Choices, inputs: Inputs, temperature: Reals) -> dict[str, Reals]:
    """Every closed result by name; those that are not used cost nothing once compiled.

    The leaves of `inputs` and the temperature of the states of equilibrium [K] broadcast together.
    """
    sample = sample_of(inputs, choices)
    trapping = trapping_of(inputs, choices, sample)
    left = inputs.trap.remaining_fraction
    bare, trapped = (
        bare_densities(sample, temperature),
        trapped_densities(sample, temperature, left),
    )
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
    device = device_of(inputs, choices)
    assumed = margins(sample, trapping, temperature, trapped, bare, temperature, device=device)
    for name in MARGINS:
        known = getattr(assumed, name)
        found[f"margin_{name}"] = jnp.nan if known is None else known
    found |= {"smallest_margin": smallest(assumed), "worst_margin": worst(assumed)}
    if inputs.protocol is not None:
        start = inputs.protocol.start
        initial = bare_densities(sample, start)
        at_start = state(sample, start, initial)
        found |= {f"{name}_initial": getattr(at_start, name) for name in SUMMARISED} | {
            "initial_superfluid_density": initial.superfluid_density,
            "initial_normal_density": initial.normal_density,
            "trap_energy_cost": landau.trap_energy_cost(sample, start, initial.normal_density),
        }
    return found


def by_bcs(choices: Choices, inputs: Inputs, temperature: Reals) -> dict[str, Reals]:
    """The three states of plain BCS and mixing, and what each adds to the one before."""
    sample = sample_of(inputs, choices)
    device = device_of(inputs, choices)
    if device is None:
        share = jnp.asarray(inputs.trap.remaining_fraction, float)
    else:
        share = share_left(device, sample, temperature)
    without = plain_state(sample, temperature)
    plain = plain_state(sample, temperature, share)
    mixed = bcs_state(sample, temperature, share, share)
    found = {
        "effective_critical_temperature_mixed": bcs_transition.effective_critical_temperature(
            sample
        ),
        "remaining_share": share,
    }
    for name in OF_BCS:
        one, two, three = (getattr(each, name) for each in (without, plain, mixed))
        found |= {f"{name}_bcs": one, f"{name}_plain": two, f"{name}_mixed": three}
        found |= {f"{name}_plain_ratio": two / one, f"{name}_mixed_ratio": three / two}
    return found


def closed(request: Request, inputs: Inputs, temperature: Any) -> tuple[Reals, ...]:
    """Columns of the results over a block of points, or at one."""
    shape = jnp.broadcast_shapes(*map(jnp.shape, (*jax.tree.leaves(inputs), temperature)))
    found: dict[str, Any] = {}
    if any(name != "validity_temperature" for name in request.results):
        found = closed_forms(request.choices, inputs, temperature)
    if BY_BCS.intersection(request.results):
        found |= by_bcs(request.choices, inputs, temperature)
    if "validity_temperature" in request.results:
        sample = sample_of(inputs, request.choices)
        trapping = trapping_of(inputs, request.choices, sample)
        found["validity_temperature"] = validity_temperature(
            sample, trapping, device_of(inputs, request.choices)
        )
    return tuple(
        jnp.broadcast_to(jnp.asarray(found[name], float), shape) for name in request.results
    )


_with_bcs, _without_bcs = formula_jit(closed), block_jit(closed)


def closed_block(request: Request, inputs: Inputs, temperature: Any) -> tuple[Reals, ...]:
    """The same compiled by XLA."""
    compiled = _with_bcs if BY_BCS.intersection(request.results) else _without_bcs
    return compiled(request, inputs, temperature)


@block_jit
def _evolutions(chosen: Static, inputs: Inputs, time: Any) -> Any:
    return jax.vmap(functools.partial(evolution_of, chosen.choices))(inputs, time)


def evolution_block(request: Request, inputs: Inputs, points: int) -> list[np.ndarray]:
    """Columns of results that need the evolution, for a row of points; NaN where it did not end.

    `points` are those in time.
    """
    time = sample_times(inputs, points)
    found = jax.tree.map(np.asarray, _evolutions(Static(request.choices), inputs, time))
    margins_of, stated = _evolution_margins(found), required(inputs.protocol, "protocol")
    columns = [np.full(len(time), np.nan) for _ in request.results]
    for i in range(len(time)):
        one, protocol = jax.tree.map(lambda column, i=i: column[i], (found, stated))
        trap = inputs.trap.junction is not None or bool(np.asarray(inputs.trap.rate)[i] > 0)
        values = {name: float(column[i]) for name, column in margins_of.items()}
        if one["succeeded"]:
            regimes = regimes_of(protocol, trap, time[i], one)
            values |= under_both_names(quantities_of(protocol, regimes, time[i], one))
        values["succeeded"] = float(one["succeeded"])
        for column, name in zip(columns, request.results, strict=True):
            if one["succeeded"] or name == "succeeded":
                column[i] = values[name]
    return columns


@block_jit
def _at_start(chosen: Static, inputs: Inputs, start: Any) -> Any:
    sample = sample_of(inputs, chosen.choices)
    initial = bare_densities(sample, start).superfluid_density
    return sample, trapping_of(inputs, chosen.choices, sample), initial


def gain_block(request: Request, inputs: Inputs, points: int) -> list[np.ndarray]:
    """The electrons that pair while the trap empties the sample, without the rest of the evolution.

    `gains_by_emptying` holds for the case. Where this needs too many steps, whole evolutions with
    so many points in time are computed instead.
    """
    protocol = required(inputs.protocol, "protocol")
    sample, trapping, initial = _at_start(Static(request.choices), inputs, protocol.start)
    after = emptied_sets(
        sample, trapping, protocol.start, protocol.hold, tolerance=1e-12, threads=1
    )
    n_c = np.asarray(sample.conduction_density)
    share = (after.superfluid_density - np.asarray(initial)) / n_c
    gain = n_c * np.where(np.abs(share) < NOTHING, 0.0, share)
    lost = np.flatnonzero(np.isnan(gain))
    if len(lost):
        rest = jax.tree.map(lambda leaf: leaf[lost], inputs)
        gain[lost] = evolution_block(request, rest, points)[0]
    return [gain for _ in request.results]


@formula_jit
def _traps(chosen: Static, inputs: Inputs) -> Any:
    def one(inputs: Inputs) -> dict[str, Any]:
        made = rates(inputs, chosen.choices)
        found = made | along(made.pop("strip"))
        normal = film_temperature(inputs) >= inputs.material.critical_temperature
        return {name: jnp.where(normal, jnp.nan, value) for name, value in found.items()}

    return jax.vmap(one)(inputs)


def trap_block(request: Request, inputs: Inputs) -> list[np.ndarray]:
    """Columns of results of a junction on its film, for a row of points; NaN where it is normal."""
    found = _traps(Static(request.choices), inputs)
    return [np.asarray(found[name]) for name in request.results]


def _evolution_margins(found: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """Margins over each evolution: at its worst point, and up to which temperature they hold."""
    temperature = found["state"].temperature
    least, until = [], []
    for name in MARGINS:
        values = getattr(found["margins"], name)
        values = np.full(temperature.shape, np.nan) if values is None else values
        lowest = np.fmin.reduce(values, axis=-1)
        least.append(lowest)
        until.append(np.where(np.isnan(lowest), np.inf, holds_until(values, temperature)))
    smallest_of = np.fmin.reduce(least)
    worst_of = np.where(np.isnan(least), np.inf, least).argmin(axis=0)
    none_fails = np.where(np.isnan(smallest_of), np.nan, -1.0)
    return {
        **{f"evolution_margin_{n}": m for n, m in zip(MARGINS, least, strict=True)},
        "evolution_smallest_margin": smallest_of,
        "evolution_worst_margin": np.where(smallest_of < 0, worst_of, none_fails),
        "valid_until": np.where(np.isnan(smallest_of), np.nan, np.min(until, axis=0)),
    }
