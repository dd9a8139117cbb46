"""The condensate all over a film, each point by itself, and what a resonator shows of it."""

import dataclasses
from collections.abc import Mapping
from functools import cached_property

import numpy as np

from entrap.case.case import Case
from entrap.case.layoutparts import Resonator
from entrap.core.errors import InputError, Problem, SolveError
from entrap.model.pearl import resonance_shift, sheet_inductance
from entrap.model.proximity import critical_temperature
from entrap.model.sample import Sample
from entrap.solve.plane.esdirk import Transient
from entrap.solve.plane.inductance import Current, current
from entrap.solve.plane.local import LEVELS, LocalState, LocalStates
from entrap.solve.sample import sample
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.solution import Solution


@dataclasses.dataclass(frozen=True, eq=False)
class LocalMaps:
    """The condensate of a film with its traps and without; dictionaries are by level.

    Args:
        mesh: The mesh.
        sample: The film's material.
        condensates: The condensate for every x.
        under_metal: T_c' of the film under a trap [K].
        with_traps: The condensate at each point.
        without: The same without the traps.
        resonator: That of the layout; None where it has none.
        currents: Between the terminals, with the traps and without; empty where there are none.
        weights: Share of each point in the kinetic energy of the current, without the traps.
    """

    mesh: Mesh
    sample: Sample
    condensates: LocalStates
    under_metal: float
    with_traps: LocalState
    without: LocalState
    resonator: Resonator | None
    currents: Mapping[str, tuple[Current, Current]]
    weights: Mapping[str, np.ndarray]

    @property
    def remaining_fraction(self) -> np.ndarray:
        """f at each point: what is left of the normal electrons, and no more than all."""
        return np.minimum(self.with_traps.share, 1.0)

    @property
    def poisoned(self) -> bool:
        """Whether nowhere fewer quasiparticles are left than in equilibrium."""
        return bool(self.with_traps.share.min() >= 1 - 1e-9)

    def inductance_changes(self, level: str) -> np.ndarray:
        """δL_k/L_k of the sheet at each point, by the traps."""
        with np.errstate(invalid="ignore"):
            return self.with_traps.pearl_length[level] / self.without.pearl_length[level] - 1

    def sheet_inductance(self, level: str) -> float:
        """L_□ [H], averaged over the kinetic energy of the current."""
        return float(sheet_inductance(self._mean(self.with_traps, level)))

    def _mean(self, state: LocalState, level: str) -> float:
        """Λ [m], averaged over the kinetic energy of the current."""
        weights = self.weights[level]
        some = weights > 0
        return float(weights[some] @ state.pearl_length[level][some])

    @cached_property
    def inductance_change(self) -> Mapping[str, float]:
        """δL_k/L_k by the traps: of the current between the terminals, or of the mean sheet.

        A standing wave's is that of the current without the traps, to first order in δΛ.
        """
        made = {}
        wave = "lumped" if self.resonator is None else self.resonator.wave
        for level in LEVELS:
            if self.currents and wave == "lumped":
                after, before = (each.inductance for each in self.currents[level])
            else:
                after, before = (
                    self._mean(state, level) for state in (self.with_traps, self.without)
                )
            made[level] = after / before - 1
        return made

    @property
    def resonance_shift(self) -> Mapping[str, float]:
        """δf/f by the traps; empty without a resonator."""
        if self.resonator is None:
            return {}
        part = self.resonator.kinetic_fraction
        return {
            level: float(resonance_shift(part, change))
            for level, change in self.inductance_change.items()
        }

    def shift_after(self, density: np.ndarray) -> np.ndarray:
        """δf/f at other x, a row each, from that of the steady state; by plain BCS theory."""
        assert self.resonator is not None
        under = under_metal(self.mesh)
        before = self.with_traps.pearl_length["plain"]
        after = self.condensates.at(density, under).pearl_length["plain"]
        weights = self.weights["plain"]
        change = (after - before) @ weights / (before @ weights)
        return np.asarray(resonance_shift(self.resonator.kinetic_fraction, change))

    @property
    def numbers(self) -> dict[str, float]:
        """Numbers that have an error by the mesh."""
        made = {}
        for level, end in ENDS.items():
            made[f"sheet_inductance{end}"] = self.sheet_inductance(level)
            made[f"inductance_change{end}"] = self.inductance_change[level]
            if self.currents:
                made[f"kinetic_inductance{end}"] = self.currents[level][0].inductance
            if self.resonator is not None:
                made[f"resonance_shift{end}"] = self.resonance_shift[level]
        return made


ENDS = {"landau": "", "plain": "_plain", "mixed": "_mixed"}
"""What is appended to a name for each level."""


def local_maps(
    case: Case, found: tuple[Solution, Solution], decay: Transient | None
) -> tuple[LocalMaps, LocalMaps] | None:
    """The condensate on both meshes; None where a case states no Landau coefficients.

    Args:
        case: The case.
        found: Its quasiparticles, on the finer mesh and on the coarser one.
        decay: x after a burst, on the finer mesh.

    Raises:
        InputError: there are terminals, and no film joins them.
    """
    if case.landau is None:
        return None
    made, sheet = sample(case), found[0].sheet
    fields = [x for each in found for x in (each.density, each.bare)]
    fields += [] if decay is None else [decay.density]
    own = float(made.critical_temperature)
    metal = float(critical_temperature(own, sheet.metal_coupling, sheet.film_coupling))
    condensates = LocalStates(
        made,
        sheet.temperature,
        sheet.film_thickness,
        min(float(x.min()) for x in fields),
        max(float(x.max()) for x in fields),
        metal if found[0].mesh.outlines.traps else own,
    )
    fine, coarse = (_maps(each, condensates) for each in found)
    return fine, coarse


def under_metal(mesh: Mesh) -> np.ndarray:
    """The share of each point's area that lies under traps."""
    return np.minimum(mesh.trap_areas.sum(0) / mesh.dual.volumes, 1.0)


def _maps(found: Solution, condensates: LocalStates) -> LocalMaps:
    mesh = found.mesh
    with_traps = condensates.at(found.density, under_metal(mesh))
    without = condensates.at(found.bare)
    currents, weights = {}, {}
    resonator = mesh.layout.resonator
    wave = "lumped" if resonator is None else resonator.wave
    for level in LEVELS:
        if mesh.terminals:
            currents[level] = tuple(
                _current(mesh, each.pearl_length[level]) for each in (with_traps, without)
            )
            weights[level] = currents[level][1].weights(mesh.dual.mesh, wave)
        else:
            weights[level] = mesh.dual.volumes / mesh.dual.volumes.sum()
    return LocalMaps(
        mesh=mesh,
        sample=condensates.sample,
        condensates=condensates,
        under_metal=condensates.under_metal,
        with_traps=with_traps,
        without=without,
        resonator=resonator,
        currents=currents,
        weights=weights,
    )


def _current(mesh: Mesh, pearl_length: np.ndarray) -> Current:
    first, second = mesh.terminals
    try:
        return current(mesh.dual.mesh, pearl_length[mesh.triangles].mean(1), (first, second))
    except SolveError as error:
        raise InputError(Problem(f"are joined by nothing: {error}", "layout.terminal")) from None
