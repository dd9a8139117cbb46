"""Meshes of a film that are made finer until its numbers are as exact as is asked."""

from collections.abc import Mapping

import numpy as np

from entrap.case.layout import Layout
from entrap.case.outlines import Outlines
from entrap.core.quantities import number_text
from entrap.report.watching import Told
from entrap.solve.plane.sheet import Sheet
from entrap.studies.film.mesh import mesh_of
from entrap.studies.film.solution import Solution, solve_on

_FINER = 0.6  # of the size, at each refinement
_MOST = 120_000  # points beyond which a mesh is not refined by itself
_PER_LENGTH = 4  # triangles in a trapping length
_PER_DEVICE = 30


def refined(
    layout: Layout, shapes: Outlines, sheet: Sheet, generation: float, tell: Told | None = None
) -> tuple[tuple[Solution, Solution], dict[str, float]]:
    """Solutions on a mesh with an error within the tolerance, and on one of twice the size.

    With them, the errors of the first one's numbers.

    Errors go as the square of the size: that of a mesh is a third of what it differs by from one of
    twice the size.
    """
    size = layout.mesh.size or min(trapping_length(sheet) / _PER_LENGTH, shapes.size / _PER_DEVICE)
    while True:
        if tell is not None:
            tell(f"solving with triangles of {number_text(1e6 * size)} µm")
        coarse, fine = (
            solve_on(mesh_of(layout, shapes, size, coarser), sheet, generation)
            for coarser in (2.0, 1.0)
        )
        errors = differences(fine.numbers, coarse.numbers)
        enough = errors["slowest_rate"] <= layout.mesh.tolerance
        if enough or layout.mesh.size or len(fine.density) > _MOST:
            return (fine, coarse), errors
        size *= _FINER


def differences(fine: Mapping[str, float], coarse: Mapping[str, float]) -> dict[str, float]:
    """A third of what numbers of two meshes differ by, relative to the finer one's."""
    return {
        name: abs(value - coarse[name]) / 3 / abs(value) if value else 0.0
        for name, value in fine.items()
        if np.isfinite(value) and np.isfinite(coarse[name])
    }


def trapping_length(sheet: Sheet) -> float:
    """λ_tr = √(D/Γ) [m]."""
    return float(np.sqrt(sheet.diffusivity / sheet.trapping_rate))
