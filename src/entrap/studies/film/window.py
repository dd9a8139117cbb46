"""The condensate in a window of a film: its state in a field, its transition, its amplitude modes.

Two meshes are solved, the second with triangles of half the size, on which the state of the first
is followed to its minimum.
"""

import dataclasses
import math
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.case.window import Window
from entrap.core.sparse import single_thread
from entrap.model.sample import Sample
from entrap.solve.plane.amplitude import amplitude_modes
from entrap.solve.plane.coefficients import local_coefficients
from entrap.solve.plane.condensate import Condensate, Psi
from entrap.solve.plane.cooling import carried, field_cooled, zero_field
from entrap.solve.plane.minimising import State, minimum
from entrap.solve.plane.nucleation import transition_temperature
from entrap.solve.plane.selffield import with_own_field
from entrap.solve.plane.vortices import Vortices, vortices
from entrap.solve.sample import parts
from entrap.studies.film.bridge import Bridged, bridged
from entrap.studies.film.mesh import Mesh
from entrap.studies.film.posing import (
    Posed,
    Scale,
    clipped,
    posed_on,
    scale_of,
    size_of,
)
from entrap.studies.film.solution import Solution

_SEEDS = 3  # of coolings, where the lowest state is wanted
_MODES = 2
_NOTHING = 1e-6  # |ψ| below which a film is normal


@dataclasses.dataclass(frozen=True, eq=False)
class Condensed:
    """The condensate in a window.

    Args:
        options: The window.
        mesh: Its mesh.
        scale: Units.
        sample: The film's material.
        fraction: f at each point.
        condensate: Its energy.
        state: ψ, and whether it is stable.
        starts: E that each start led to on the coarser mesh.
        winding: Vortices, and fluxoids of holes.
        transitions: The least and the most that T_c of the film can be, with f as it is [K]. They
            differ where the window cuts the film in a field: the film ends there or is normal.
        amplitude: μ of the lowest amplitude modes, and their shapes in columns.
        errors: Relative error of each number by the mesh; NaN where two meshes disagree.
        cut: Line along which the window cuts the film; empty where it does not.
        width: The narrower side of the rectangle around all of the film [m].
        bridge: The current that it carries; None where none is sought.
    """

    options: Window
    mesh: Mesh
    scale: Scale
    sample: Sample
    fraction: np.ndarray
    condensate: Condensate
    state: State
    starts: Mapping[str, float]
    winding: Vortices
    transitions: tuple[float, float]
    amplitude: tuple[np.ndarray, np.ndarray]
    errors: Mapping[str, float]
    cut: Any
    width: float
    bridge: Bridged | None = None

    @property
    def normal(self) -> bool:
        """Whether nothing superconducts in the window."""
        return _normal(self.state.psi)

    @cached_property
    def superfluid_density(self) -> np.ndarray:
        """n_s [1/m³]."""
        return self.scale.density * np.abs(self.state.psi) ** 2

    @property
    def critical(self) -> np.ndarray | None:
        """n_s at the critical current [1/m³]; None where none is known."""
        if self.bridge is None or self.bridge.found is None:
            return None
        return self.scale.density * np.abs(self.bridge.found.critical.psi) ** 2

    @cached_property
    def phase(self) -> np.ndarray:
        """θ [rad], 0 at the first point of each piece of film that superconducts well."""
        return self.condensate.phase(self.state.psi)

    @cached_property
    def current(self) -> np.ndarray:
        """Sheet current K at each point [A/m], a row each."""
        return self.mesh.dual.around(
            self.scale.current * self.condensate.sheet_current(self.state.psi)
        )

    @property
    def amplitude_energy(self) -> float:
        """ħω = Δ_g √(2μ) of the lowest amplitude mode [J]; 0 where it would be unstable."""
        return self.scale.gap * _frequency(self.amplitude[0])


def condensed(case: Case, found: Solution) -> Condensed | None:
    """The condensate in the window of a layout; None if it has none.

    Args:
        case: With Landau coefficients.
        found: The quasiparticles of the film.

    Raises:
        InputError: the window misses the film, is too large, or nothing superconducts in it.
    """
    options = found.mesh.layout.window
    if options is None:
        return None
    sample = parts(case).sample
    shape, cut = clipped(found.mesh.outlines, options)
    scale = scale_of(sample, found, shape)
    size = size_of(shape, scale, options)
    with single_thread():
        coarse = posed_on(options, found, sample, scale, shape, cut, 2 * size)
        starts = _starts(coarse, scale)
        best = min(starts.values(), key=lambda each: each[1].energy)
        rough = _solved(coarse, scale, best)
        fine = posed_on(options, found, sample, scale, shape, cut, size)
        points, origin = fine.mesh.points, options.centre
        start = carried(coarse.mesh.cover, best[1].psi, points, options.field, origin)
        solved = _solved(fine, scale, _settled(fine, scale, start), rough)
        bridge = None
        if options.current is not None and not _normal(solved.state.psi):
            bridge = bridged((coarse, best[1].psi), (fine, solved.state.psi), scale)
    x0, y0, x1, y1 = found.mesh.outlines.film.bounds
    return Condensed(
        options=options,
        mesh=fine.mesh,
        scale=scale,
        sample=sample,
        fraction=fine.fraction,
        condensate=solved.condensate,
        state=solved.state,
        starts={name: state.energy for name, (_, state) in starts.items()},
        transitions=solved.transitions,
        winding=solved.winding,
        amplitude=solved.amplitude,
        errors=_errors(rough, solved) | ({} if bridge is None else bridge.errors),
        cut=cut,
        width=min(x1 - x0, y1 - y0),
        bridge=bridge,
    )


def _starts(posed: Posed, scale: Scale) -> dict[str, tuple[Condensate, State]]:
    """The states that each start leads to, by name."""
    wanted = posed.mesh.layout.window
    assert wanted is not None
    made: dict[str, Any] = {}
    if wanted.start in ("zero-field", "best"):
        made["zero-field"] = zero_field(posed.condensate)
    if wanted.start in ("field-cooled", "best"):
        for seed in range(_SEEDS if wanted.start == "best" else 1):
            name = f"field-cooled {seed + 1}" if wanted.start == "best" else "field-cooled"
            made[name] = field_cooled(posed.condensate, seed)
    nothing = np.zeros(len(posed.fraction), complex)
    return {
        name: _settled(posed, scale, nothing if start is None else start)
        for name, start in made.items()
    }


def _settled(posed: Posed, scale: Scale, start: Psi) -> tuple[Condensate, State]:
    """The state below a start, and the film in all of the field."""
    wanted = posed.mesh.layout.window
    if wanted is not None and wanted.self_field:
        found = with_own_field(posed.condensate, scale.screening, start)
        return found.condensate, found.state
    return posed.condensate, minimum(posed.condensate, start)


@dataclasses.dataclass(frozen=True, eq=False)
class _Solved:
    """What is found on one mesh."""

    condensate: Condensate
    state: State
    winding: Vortices
    transitions: tuple[float, float]
    amplitude: tuple[np.ndarray, np.ndarray]


def _solved(
    posed: Posed, scale: Scale, found: tuple[Condensate, State], before: _Solved | None = None
) -> _Solved:
    """T_c of the film and the amplitude modes, from those of a coarser mesh."""
    own = float(posed.sample.critical_temperature)
    critical = float(local_coefficients(posed.sample, own, posed.fraction).critical.max())
    lower = upper = critical
    if math.isfinite(critical) and abs(posed.field) > scale.strongest:
        lower = upper = 0.0  # the mesh, which is too coarse for such a field, would show more
    elif math.isfinite(critical):
        free = posed.condensate.wall
        upper = _transition(posed, before.transitions[1] if before else critical, free)
        lower = upper
        if posed.field and posed.shut is not None:
            lower = _transition(posed, before.transitions[0] if before else critical, posed.shut)
    condensate, state = found
    amplitude = amplitude_modes(condensate, state.psi, _MODES)
    winding = vortices(condensate, state.psi)
    if _normal(state.psi):
        winding = Vortices(np.zeros((0, 2)), np.zeros(0, int), np.zeros((0, 2)), np.zeros(0, int))
    return _Solved(condensate, state, winding, (lower, upper), amplitude)


def _transition(posed: Posed, start: float, wall: np.ndarray | float) -> float:
    def coefficient(temperature: float) -> tuple[np.ndarray, np.ndarray]:
        local = local_coefficients(posed.sample, temperature, posed.fraction)
        return local.alpha, local.slope

    return transition_temperature(
        posed.mesh.dual,
        coefficient,
        start or float(posed.sample.critical_temperature),
        posed.condensate.links if posed.field else None,
        wall,
    )[0]


def _errors(rough: _Solved, solved: _Solved) -> dict[str, float]:
    """A third of what two meshes differ by, relative; NaN where they found other vortices."""
    before, after = rough.winding, solved.winding
    alike = (
        before.winding.sum() == after.winding.sum()
        and before.fluxoids.tolist() == after.fluxoids.tolist()
    )
    pairs = {
        "window_critical_temperature": (rough.transitions[0], solved.transitions[0], True),
        "window_energy": (rough.state.energy, solved.state.energy, alike),
        "window_amplitude_energy": (
            _frequency(rough.amplitude[0]), _frequency(solved.amplitude[0]), alike,
        ),
    }  # fmt: skip
    return {
        name: abs(b - a) / 3 / abs(b) if same else math.nan
        for name, (a, b, same) in pairs.items()
        if b and math.isfinite(b)
    }


def _normal(psi: Psi) -> bool:
    return bool(np.abs(psi).max() < _NOTHING)


def _frequency(amplitude: np.ndarray) -> float:
    """√(2μ) of the lowest amplitude mode; 0 where it would be unstable."""
    return math.sqrt(max(0.0, 2 * float(amplitude[0])))
