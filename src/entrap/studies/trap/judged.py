"""A case's numbers for its trap, and how fast it empties the film, with what that depends on."""

from typing import Any

import jax
import jax.numpy as jnp

from entrap.case.case import Case
from entrap.core.arrays import Reals
from entrap.model import bcs
from entrap.solve.inputs import (
    Choices,
    Inputs,
    MixtureNumbers,
    ProtocolNumbers,
    Static,
    TrapNumbers,
    inputs_of,
    replaced,
)
from entrap.solve.jit import quick_jit
from entrap.solve.stored import stored
from entrap.studies.trap.needs import film_temperature, trap_temperature
from entrap.studies.trap.performance import Scales, along, rates, strip_of
from entrap.studies.trap.performance import film_temperature as temperature_of


def stated_inputs(case: Case) -> Inputs:
    """Numbers of a case, completed so that changed cases have the same structure.

    Without a film its temperature is in `protocol.start`. A trap that states no place has -1 there,
    and one whose temperature follows from its heat has NaN.

    Raises:
        InputError: the case has no temperature.
    """
    film, temperature, given = case.trap.film, film_temperature(case), inputs_of(case)
    filled: dict[str, Any] = {}
    if case.trap.junction is not None:
        filled["trap.junction.trap_temperature"] = trap_temperature(case, temperature)
    if film is None:
        filled["protocol"] = ProtocolNumbers(temperature, temperature, 0.0, 0.0)
    else:
        placed = film.trap_centres[0] if film.trap_position is not None else -1.0
        filled |= {"trap.film.temperature": temperature, "trap.film.trap_position": placed}
    rate = given.trap.rate if case.trap.junction is None else 0.0
    trap = TrapNumbers(rate=rate, junction=given.trap.junction, film=given.trap.film)
    return replaced(Inputs(given.material, MixtureNumbers(), trap, None, None), filled)


@stored(quick_jit)
def judged(chosen: Static, inputs: Any) -> tuple[dict[str, Any], Scales, Any]:
    """Rates, and the logarithmic derivatives of the slowest by the scales and by each key."""

    def logarithm(inputs: Any, scales: Scales) -> tuple[Reals, Any]:
        by = rates if inputs.trap.junction is not None else _measured
        found = by(inputs, chosen.choices, scales)
        found |= along(found["strip"])
        return jnp.log(found["evacuation_rate"]), found

    inputs = jax.tree.map(lambda x: jnp.asarray(x, float), inputs)
    ones = jax.tree.map(jnp.asarray, Scales())
    (gradient, limits), found = jax.grad(logarithm, argnums=(0, 1), has_aux=True)(inputs, ones)
    return found, limits, jax.tree.map(jnp.multiply, gradient, inputs)


def _measured(inputs: Inputs, choices: Choices, scales: Scales) -> dict[str, Any]:
    """What `rates` gives that is known of a trap whose rate was measured."""
    temperature, material = temperature_of(inputs), inputs.material
    gap = material.gap * bcs.reduced_gap(temperature / material.critical_temperature)
    taken = jnp.asarray(inputs.trap.rate, float) * scales.barrier
    strip = strip_of(inputs, choices, gap, taken, scales)
    return {"temperature": temperature, "gap": gap, "trapping_rate": taken, "strip": strip}
