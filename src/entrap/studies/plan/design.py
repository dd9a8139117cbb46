"""Candidates of a plan: what is measured, at which temperatures, how precisely.

A candidate is N points with the trap about a temperature, and N without it about the same
temperature, or about 0.9 T_c where that is lower: a normal sample shows no superconductivity. All
points have the same uncertainty, a share of the bare sample's largest reading over the plan's
temperatures. Lengths, which diverge at the transition, are read as their reciprocals.
"""

import dataclasses
from typing import Any

import jax.numpy as jnp
import numpy as np

from entrap.case.case import Case
from entrap.core.arrays import Reals
from entrap.core.errors import InputError, Problem
from entrap.core.stable import guarded
from entrap.model import bcs_transition, landau
from entrap.model.observables import OBSERVABLES
from entrap.model.state import State
from entrap.solve.inputs import Static, choices_of
from entrap.solve.jit import quick_jit
from entrap.solve.sample import sample
from entrap.studies.fit.hypotheses import inputs_for
from entrap.studies.fit.prediction import at_equilibrium
from entrap.studies.plan.inputs.options import PLANNED, Plan

_BELOW = 0.9  # of T_c, where the points without a trap are at most
_SPAN = 0.2  # of T_c, which the points of a candidate cover


@dataclasses.dataclass(frozen=True)
class Design:
    """All candidates of a case.

    Args:
        quantities: Observables.
        precisions: Shares of `references`.
        temperatures: About which to measure [K].
        points: Temperatures of the points [K], a row for each of `temperatures`; half without the
            trap, then half with it.
        references: The largest reading of the bare sample, for each of `quantities` [SI].
    """

    quantities: tuple[str, ...]
    precisions: tuple[float, ...]
    temperatures: np.ndarray
    points: np.ndarray
    references: np.ndarray

    @property
    def on(self) -> np.ndarray:
        """Whether each point of a candidate has the trap."""
        half = self.points.shape[1] // 2
        return np.repeat([False, True], half)


def design(case: Case) -> Design:
    """The candidates of a case; its critical temperatures bound the temperatures by default.

    Raises:
        InputError: the temperatures do not go up, or the bare sample shows nothing of a quantity.
    """
    options, critical = Plan.of(case), case.material.critical_temperature
    names, choices = _considered(case), choices_of(case)
    functional = bcs_transition if choices.functional == "bcs" else landau
    effective = float(functional.effective_critical_temperature(sample(case)))
    low = options.start or 0.2 * critical
    high = options.stop or min(1.1 * effective, 2 * critical)
    if not low < high:
        text = f"must be above `start`, {low:g} K, but is {high:g} K"
        raise InputError(Problem(text, "plan.stop"))
    temperatures = np.linspace(low, high, options.temperatures)
    steps = np.linspace(-0.5, 0.5, options.points) if options.points > 1 else np.zeros(1)
    spread = min(_SPAN * critical, low) * steps
    without = np.minimum(temperatures, _BELOW * critical)
    points = np.concatenate([without[:, None] + spread, temperatures[:, None] + spread], axis=1)
    kelvin = np.linspace(low, high, 64)
    bare = _bare(Static(choices), inputs_for(case), kelvin)
    largest = {}
    for name in names:
        column = np.nan_to_num(np.asarray(signal(bare, name)), posinf=0.0)
        if column.max() > 0:
            largest[name] = float(column.max())
        elif options.quantities:
            text = f"names {name}, which the bare sample does not show from {low:g} K on"
            raise InputError(Problem(text, "plan.quantities"))
    if not largest:
        text = f"the bare sample shows nothing from {low:g} K on"
        raise InputError(Problem(text, "plan.start"))
    sizes = np.array(list(largest.values()))
    return Design(tuple(largest), options.precisions, temperatures, points, sizes)


@quick_jit
def _bare(chosen: Static, inputs: Any, temperature: Any) -> Any:
    """States without a trap."""
    return at_equilibrium(chosen.choices, inputs, temperature, False, extracts=False)


def _considered(case: Case) -> tuple[str, ...]:
    """The quantities that the case names, or those by default that its functional defines.

    Raises:
        InputError: it names one that its functional does not define.
    """
    stated = Plan.of(case).quantities or ()
    whole = case.require("landau").functional == "bcs"
    unknown = [name for name in stated if whole and OBSERVABLES[name].of_expansion]
    if unknown:
        text = (
            f"names {unknown[0]}, which Landau's expansion alone defines: state "
            '`landau.functional = "landau"`, or take it out'
        )
        raise InputError(Problem(text, "plan.quantities"))
    return stated or tuple(n for n in PLANNED if not (whole and OBSERVABLES[n].of_expansion))


def signal(found: State, name: str) -> Reals:
    """The reading of a state: an observable, or the reciprocal of one that diverges."""
    column = jnp.asarray(getattr(found, name))
    if not OBSERVABLES[name].diverges:
        return column
    there = jnp.isfinite(column) & (column > 0)
    return jnp.where(there, 1 / guarded(column, there), 0.0)
