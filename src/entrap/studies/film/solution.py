"""A film solved on one mesh: the steady state, the slowest modes, and their derivatives."""

import dataclasses
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.sparse import single_thread
from entrap.solve.plane.diffusing import (
    Diffusion,
    Modes,
    adjoint,
    slowest_modes,
    steady_state,
)
from entrap.solve.plane.sheet import Sheet
from entrap.studies.film.mesh import Mesh

_MODES = 4
_HEATED = 1e-9  # relative change of x at which the traps' temperatures have settled
_ROUNDS = 60
_ALIKE = 1e-7  # relative differences below which a map would show rounding


@dataclasses.dataclass(frozen=True, eq=False)
class Solution:
    """What is found on one mesh.

    Args:
        mesh: The mesh.
        sheet: Coefficients.
        problem: The equations, with the traps at their temperatures.
        density: x at each point in the steady state.
        bare: x without the traps.
        trap_temperature: T_N at each point, of a trap there [K].
        modes: The slowest modes.
        probes: For each probe a row w with x(probe) = w·x.
    """

    mesh: Mesh
    sheet: Sheet
    problem: Diffusion
    density: np.ndarray
    bare: np.ndarray
    trap_temperature: np.ndarray
    trapping_rate: np.ndarray
    returned: np.ndarray
    modes: Modes
    probes: Mapping[str, np.ndarray]

    @property
    def numbers(self) -> dict[str, float]:
        """Numbers that have an error by the mesh."""
        made = {
            "slowest_rate": float(self.modes.rates[0]),
            "mean_density": self.problem.mean(self.density),
        }
        for name, row in self.probes.items():
            made[f"density_{name}"] = float(row @ self.density)
            made[f"density_without_trap_{name}"] = float(row @ self.bare)
        return made

    @property
    def area_bound(self) -> float:
        """The slowest rate if diffusion took no time [1/s]."""
        return float(self.problem.losses.sum() / self.mesh.dual.volumes.sum())

    @property
    def under_trap(self) -> np.ndarray:
        """The share of each point's area that lies under traps."""
        return self.mesh.trap_areas.sum(0) / self.mesh.dual.volumes

    @property
    def closed(self) -> tuple[float, float] | None:
        """A point [m] of a piece of film without any trap, from which nothing decays."""
        pieces = self.mesh.dual.pieces
        lost = np.bincount(pieces, self.problem.losses)
        if lost.all():
            return None
        x, y = self.mesh.points[np.flatnonzero(lost[pieces] == 0)[0]]
        return float(x), float(y)

    @cached_property
    def rate_gain(self) -> np.ndarray:
        """By how much a small further trap raises the slowest rate, Γ u²/λ of its area [1/m²]."""
        slowest = self.modes.rates[0] or np.nan  # nothing is relative to a rate of 0
        return self.sheet.trapping_rate * self.modes.shapes[:, 0] ** 2 / slowest

    @cached_property
    def adjoints(self) -> Mapping[str, np.ndarray]:
        """x† of each probe: by how much x there grows for each m²/s that is made at a point."""
        if not self.probes:
            return {}
        with single_thread():
            columns = adjoint(self.problem, self.density, np.array([*self.probes.values()]).T)
        return dict(zip(self.probes, columns.T, strict=True))

    def probe_gain(self, name: str) -> np.ndarray:
        """By how much a small further trap lowers x at a probe, (Γ x - b) x†/x of its area [1/m²].

        A trap that is new is as warm as the film or as it is stated to be.
        """
        taken = self.sheet.trapping_rate * self.density - self.sheet.returned
        return taken * self.adjoints[name] / float(self.probes[name] @ self.density)


def solve_on(mesh: Mesh, sheet: Sheet, generation: float) -> Solution:
    """Solve a film on a mesh.

    Args:
        mesh: The mesh.
        sheet: Coefficients.
        generation: g everywhere [1/s]; the layout's own sources are added.

    Raises:
        SolveError: there is no steady state.
    """
    return solve_with(mesh, sheet, generation * mesh.dual.volumes + sources(mesh))


def solve_with(mesh: Mesh, sheet: Sheet, made: np.ndarray) -> Solution:
    """The same with what is generated at each point [m²/s]."""
    with single_thread():
        areas = mesh.trap_areas.sum(0)

        def problem(rate: Any, back: Any) -> Diffusion:
            return Diffusion(
                mesh.dual,
                diffusivity=sheet.diffusivity,
                trapping=rate * areas,
                returned=back * areas,
                background=mesh.layout.background_rate,
                recombination=sheet.recombination_coefficient,
                thermal=sheet.equilibrium_fraction,
                generated=made,
            )

        under = areas > 0

        def under_traps(x: np.ndarray) -> list[np.ndarray]:
            elsewhere = sheet.trap_temperature, sheet.trapping_rate, sheet.returned
            made = [np.full_like(x, value) for value in elsewhere]
            for whole, part in zip(made, sheet.under_traps(x[under]), strict=True):
                whole[under] = part
            return made

        bare = steady_state(problem(0.0, 0.0))
        x = bare
        for _ in range(_ROUNDS if sheet.table else 1):
            before = x
            own, rate, back = under_traps(x)
            x = steady_state(problem(rate, back), start=x)
            if np.abs(x - before).max() <= _HEATED * np.abs(x).max():
                break
        posed = problem(rate, back)
        modes = slowest_modes(posed, _MODES)
    names = [*mesh.layout.probes]
    rows = mesh.cover.weights(np.array([mesh.layout.probes[n] for n in names]).reshape(-1, 2))
    return Solution(
        mesh, sheet, posed, x, bare, own, rate, back, modes, dict(zip(names, rows, strict=True))
    )


def sources(mesh: Mesh) -> np.ndarray:
    """Generation of the layout's own sources at each point [m²/s]."""
    made = np.zeros(len(mesh.points))
    for source in mesh.layout.generation:
        made += source.rate * mesh.cover.areas(disc(source.at, source.radius))
    return made


def burst(mesh: Mesh) -> np.ndarray | None:
    """x that bursts add at each point at t = 0; None where there is none."""
    given = [source for source in mesh.layout.generation if source.burst]
    if not given:
        return None
    made = np.zeros(len(mesh.points))
    for source in given:
        made += source.burst * mesh.cover.areas(disc(source.at, source.radius))
    return made / mesh.dual.volumes


def varies(values: np.ndarray) -> bool:
    """Whether a field is not the same everywhere, but for rounding."""
    finite = values[np.isfinite(values)]
    return bool(len(finite)) and float(np.ptp(finite)) > _ALIKE * np.abs(finite).max()


def disc(centre: Any, radius: float) -> Any:
    """A polygon with the area of a disc."""
    import shapely

    from entrap.case.layoutparts import Circle, Shape
    from entrap.case.outlines import vertices

    return shapely.Polygon(vertices(Shape("trap", circle=Circle(centre, radius))))
