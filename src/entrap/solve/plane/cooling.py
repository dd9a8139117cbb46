"""States from which a condensate is followed to its minimum, and from one mesh to a finer one.

Which minimum a film is in depends on its history. Cooled first, it begins without a vortex when the
field comes on. Cooled in the field, the condensate that forms at the transition is followed down:
its coefficient is lowered in steps to that of the film, at each of which it relaxes and is
disturbed a little.
"""

import dataclasses

import numpy as np

from entrap.core.sparse import diagonal, lowest_eigenpairs
from entrap.solve.plane.condensate import Condensate, Psi, uniform_links
from entrap.solve.plane.minimising import relaxed
from entrap.solve.plane.outline import Cover

_STEPS = (0.9, 0.75, 0.55, 0.35, 0.15)  # of the way back from the film to the transition
_DISTURBED = 0.02  # of √a
_RELAXED = 1e-3


def zero_field(condensate: Condensate) -> Psi:
    """The film as it is without a field."""
    return np.sqrt(np.maximum(condensate.strength, 0.0)).astype(complex)


def field_cooled(condensate: Condensate, seed: int) -> Psi | None:
    """The film as it comes down from the transition in its field; None if it is normal.

    Args:
        condensate: The film.
        seed: Of the disturbances.
    """
    v, a = condensate.volumes, condensate.strength
    below = -1.01 * max(float(a.max()), 0.1)
    matrix = condensate.kinetic - diagonal(v * a)
    values, modes = lowest_eigenpairs(matrix, v, 1, below)
    if values[0] >= 0:
        return None
    draw = np.random.default_rng(seed).normal
    psi = modes[:, 0] * np.sqrt(0.1 * -values[0] / (v * np.abs(modes[:, 0]) ** 4).sum())
    for share in _STEPS:
        noise = draw(size=len(v)) + 1j * draw(size=len(v))
        psi = psi + _DISTURBED * np.sqrt(-values[0]) * noise
        warmer = dataclasses.replace(condensate, strength=a + share * values[0])
        psi = relaxed(warmer, psi, _RELAXED)
    return psi


def carried(
    cover: Cover, psi: Psi, points: np.ndarray, field: float, origin: tuple[float, float]
) -> Psi:
    """ψ of one mesh at the points of another, its phase turned along the way as the field does.

    Args:
        cover: The triangles of the first mesh.
        psi: ψ at its points.
        points: The points of the other [m].
        field: B [T].
        origin: Where the vector potential vanishes [m].
    """
    from scipy.spatial import KDTree

    triangles, shares = cover.found(points)
    corners = cover.mesh.triangles[triangles]
    made = np.zeros(len(points), complex)
    for corner, share in zip(corners.T, shares.T, strict=True):
        turned = uniform_links(cover.mesh.points[corner], points, field, origin)
        made += share * psi[corner] * np.exp(1j * turned)
    outside = np.flatnonzero(triangles < 0)  # by rounding, on the outline
    if len(outside):
        _, nearest = KDTree(cover.mesh.points).query(points[outside])
        made[outside] = psi[nearest]
    return made
