"""How quasiparticles decay in a film after the bursts that its layout states."""

import dataclasses
import logging
from typing import Any

import numpy as np

from entrap.core.sparse import single_thread
from entrap.report.labels import quoted
from entrap.report.watching import Told
from entrap.solve.plane.diffusing import Diffusion
from entrap.solve.plane.esdirk import Stage, Transient, transient
from entrap.solve.plane.warming import Warmed, Warming
from entrap.studies.film.declared import DECLARED
from entrap.studies.film.kept import Kept
from entrap.studies.film.solution import Solution, burst

_log = logging.getLogger(__name__)

_TIME = DECLARED["evacuation_time"]
_DECADES, _POINTS = 5, 60


def decay_of(found: Solution, kept: Kept | None, tell: Told) -> Transient | None:
    """x from the bursts of a layout on, until the slowest mode has decayed by e⁻⁷.

    Args:
        found: The film.
        kept: Where steps are kept, and looked for; nowhere if it is None.
        tell: Called with what is being done, in words.
    """
    added = burst(found.mesh)
    slowest = found.modes.rates[0]
    if added is None or slowest <= 0:
        return None
    last = 7 / slowest
    times = np.concatenate([[0.0], np.geomspace(last * 10.0**-_DECADES, last, _POINTS)])
    # The excess over the steady state obeys the same equations with no gains, and is accurate
    # relative to itself however small it is beside the steady state.
    problem, steady = found.problem, found.density
    meeting = 2 * problem.recombination * problem.dual.volumes * steady
    own: dict[str, Any] = {f.name: getattr(problem, f.name) for f in dataclasses.fields(problem)}
    own |= {"returned": np.zeros_like(steady), "thermal": 0.0, "generated": 0.0}
    warming = Warming.of(found.sheet)
    own["trapping"] = meeting if warming is not None else problem.trapping + meeting
    excess = Diffusion(**own)
    if warming is not None:
        areas = found.mesh.trap_areas.sum(0)
        excess = Warmed(**own, areas=areas, steady=steady, warming=warming)
    after = None
    if kept is not None:
        after, others = kept.stage(times, len(added))
        if others:
            _log.warning("%s has steps of another case: the burst begins anew", kept.path)

    def told(stage: Stage) -> None:
        at = quoted(_TIME, stage.time, 3)
        tell(f"following the burst: at {at}, {len(stage.found)} of {len(times)} times")
        if kept is not None:
            kept.keep(stage, times)

    with single_thread():
        made = transient(excess, added, times, after=after, tell=told)
    if kept is not None:
        kept.done()
    return dataclasses.replace(made, density=steady + made.density)


def trap_warmth(found: Solution, decay: Transient) -> np.ndarray | None:
    """Temperature of the warmest point of a trap at each time [K]; None where it is stated."""
    warming, under = Warming.of(found.sheet), found.mesh.trap_areas.sum(0) > 0
    if warming is None or not under.any():
        return None
    return warming.temperature(decay.density[:, under]).max(1)
