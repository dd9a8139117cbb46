"""Data simulated under each hypothesis, and their evidence under each."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import Reals
from entrap.solve.inputs import Choices
from entrap.solve.jit import block_jit
from entrap.studies.fit.hypotheses import Hypothesis, inputs_for
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.parameters import Parameter, drawn, value
from entrap.studies.fit.prediction import (
    FitInputs,
    at_equilibrium,
    balanced_share,
    with_parameters,
)
from entrap.studies.plan.design import Design, signal
from entrap.studies.plan.gain import Place, log_evidence, spread
from entrap.studies.plan.inputs.options import Plan

_DRAWN = 512  # from the prior, for the evidences at each temperature

Progress = Callable[[int, int], None]
"""Called with the number of temperatures done and planned."""


class Posed(eqx.Module):
    """A hypothesis, but for its numbers: a pytree without leaves, on which jit keys."""

    choices: Choices = eqx.field(static=True)
    extracts: bool = eqx.field(static=True)
    balanced: bool = eqx.field(static=True)
    follows: bool = eqx.field(static=True)
    quantities: tuple[str, ...] = eqx.field(static=True)
    parameters: tuple[Parameter, ...] = eqx.field(static=True)
    free: tuple[int, ...] = eqx.field(static=True)


class _Numbers(NamedTuple):
    inputs: FitInputs
    fixed: Any  # values of all parameters, for those that are not free [SI]


def log_evidences(
    case: Case, layout: Design, parameters: tuple[Parameter, ...],
    compared: Sequence[Hypothesis], progress: Progress,
) -> np.ndarray:  # fmt: skip
    """ln Z, less a constant of each data set.

    All hypotheses and candidates share the parameters that are drawn, and the noise.

    Returns:
        Of shape (simulated under, fitted under, quantities, temperatures, precisions, draws).
    """
    draws, seed = Plan.of(case).draws, Fit.of(case).seed
    ours, theirs, noisy = jax.random.split(jax.random.key(seed), 3)
    priors = tuple(p.prior for p in parameters)
    rows = np.concatenate([drawn(priors, ours, draws), drawn(priors, theirs, _DRAWN)])
    noise = jax.random.normal(noisy, (draws, layout.points.shape[1]))
    sigma = jax.device_put(layout.references[:, None] * np.array(layout.precisions))
    inputs, problems = inputs_for(case), []
    # jit keys on the parameters: what they are fixed at is among the numbers.
    keys = tuple(dataclasses.replace(p, fixed=0.0) for p in parameters)
    for hypothesis in compared:
        free, fixed = hypothesis.masks(parameters)
        index = np.flatnonzero(free)
        posed = Posed(
            hypothesis.choices, hypothesis.entry.extracts, hypothesis.balanced,
            case.material.gap_follows, layout.quantities, keys, tuple(index.tolist()),
        )  # fmt: skip
        numbers = _Numbers(inputs, fixed), rows[:, index], spread(len(index), seed)
        problems.append((posed, *jax.device_put(numbers)))
    found = []
    for i, points in enumerate(layout.points):
        read = [_readings_at(posed, numbers, points, u) for posed, numbers, u, _ in problems]
        made = jnp.stack([x[:draws] for x in read])
        logs = [
            _log_evidences(posed, numbers, points, made, noise, sigma, Place(u, x), near)
            for (posed, numbers, u, near), x in zip(problems, read, strict=True)
        ]
        found.append(np.stack(logs, axis=1))
        progress(i + 1, len(layout.points))
    return np.stack(found, axis=3)


@block_jit
def _readings_at(posed: Posed, numbers: _Numbers, points: Any, rows: Any) -> Any:
    return jax.vmap(lambda u: _readings(posed, numbers, points, u))(rows)


@block_jit
def _log_evidences(
    posed: Posed, numbers: _Numbers, points: Any, made: Any, noise: Any, sigma: Any, places: Place,
    near: Any,
) -> Any:  # fmt: skip
    """Of shape (simulated under, quantities, precisions, draws), under one hypothesis.

    `made` are readings without noise, of shape (simulated under, draws, quantities, points). Places
    are those that made the data under this hypothesis, and then others that the prior drew.
    """
    priors = tuple(posed.parameters[i].prior for i in posed.free)
    draws = len(noise)
    starts = jax.tree.map(lambda x: x[:draws], places)
    others = jax.tree.map(lambda x: x[draws:], places)

    def of_draw(given: Any) -> Reals:
        made, noise, start = given

        def one(made: Any, name: Any, share: Any) -> Reals:
            def here(place: Place) -> Place:
                return Place(place.u, place.readings[..., name, :] / share)

            return log_evidence(
                lambda u: _readings(posed, numbers, points, u)[name] / share, priors,
                made / share + noise, here(start), here(others), near,
            )  # fmt: skip

        of_share = jax.vmap(one, (None, None, 0))
        of_name = jax.vmap(of_share, (0, 0, 0))
        names = jnp.arange(len(posed.quantities))
        return jax.vmap(of_name, (0, None, None))(made, names, sigma)

    given = jnp.swapaxes(made, 0, 1), noise, starts
    return jnp.moveaxis(jax.lax.map(of_draw, given, batch_size=20), 0, -1)


def _readings(posed: Posed, numbers: _Numbers, points: Any, u: Reals) -> Reals:
    """Readings of each quantity at each point: half of them without the trap, then half with it."""
    theta = jnp.asarray(numbers.fixed)
    for i, k in enumerate(posed.free):
        theta = theta.at[k].set(value(posed.parameters[k].prior, u[i]))
    keys = tuple(p.key for p in posed.parameters)
    inputs, stated = with_parameters(numbers.inputs, keys, theta, posed.follows)
    off, on = jnp.split(points, 2)
    on = on + inputs.fit.temperature_shift
    bare = at_equilibrium(posed.choices, inputs, off, False, extracts=False)
    left = balanced_share(posed.choices, inputs, on) if posed.balanced else None
    trapped = at_equilibrium(posed.choices, inputs, on, True, left, extracts=posed.extracts)
    calibration = "data.groups.{}.calibration".format
    return jnp.stack(
        [
            jnp.concatenate([signal(bare, name), signal(trapped, name)])
            * stated.get(calibration(name), 1.0)
            for name in posed.quantities
        ]
    )
