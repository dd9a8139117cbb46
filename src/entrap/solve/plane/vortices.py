"""Vortices of a condensate on a mesh, and the flux that its holes hold.

Round a closed line of sides

    n = Σ [wrap(θ_j - θ_i - A_ij) + A_ij]/2π

is a whole number: the phase that ψ turns by, beyond what the field turns it by, is taken between
-π and π on each side. Round a triangle it counts vortices, round a hole its fluxoid in Φ0.

Source: derived on the theory page, films.
"""

import dataclasses

import numpy as np

from entrap.solve.plane.condensate import Condensate, Psi
from entrap.solve.plane.dual import ring_area, ring_centre


@dataclasses.dataclass(frozen=True, eq=False)
class Vortices:
    """What is wound in a state.

    Args:
        points: Where ψ vanishes [m], a row each.
        winding: Of each: 1 for a vortex along the field's positive direction, -1 against it.
        holes: Centres of holes [m].
        fluxoids: Of each hole, in units of Φ0.
    """

    points: np.ndarray
    winding: np.ndarray
    holes: np.ndarray
    fluxoids: np.ndarray


def vortices(condensate: Condensate, psi: Psi) -> Vortices:
    """The vortices of ψ and the fluxoids of the holes."""
    dual, links = condensate.dual, condensate.links
    (i, j), points = dual.sides.T, dual.mesh.points
    turned = _wrapped(np.angle(psi[j] * np.exp(-1j * links) * psi[i].conj())) + links
    numbers, signs = dual.round
    winding = np.rint((turned[numbers] * signs).sum(1) / (2 * np.pi)).astype(int)
    some = winding != 0
    keys = {(int(a), int(b)): n for n, (a, b) in enumerate(dual.sides)}
    holes, fluxoids = [], []
    for line in dual.rims:
        corners = points[line]
        if ring_area(corners) > 0:
            continue  # with the film at its left, only the line around a hole is clockwise
        total = 0.0
        for a, b in zip(line.tolist(), np.roll(line, -1).tolist(), strict=True):
            total -= turned[keys[a, b]] if a < b else -turned[keys[b, a]]
        holes.append(ring_centre(corners))
        fluxoids.append(round(total / (2 * np.pi)))
    return Vortices(
        _zeros(condensate, psi, some),
        winding[some],
        np.array(holes).reshape(-1, 2),
        np.array(fluxoids, int),
    )


def _zeros(condensate: Condensate, psi: Psi, some: np.ndarray) -> np.ndarray:
    """Where ψ vanishes in triangles, if it is linear there once its phases are carried along."""
    dual = condensate.dual
    numbers, signs = (part[some] for part in dual.round)
    triangles, corners = dual.mesh.triangles[some], dual.mesh.corners[some]
    carried = np.exp(1j * condensate.links[numbers] * signs)
    first = psi[triangles[:, 0]]
    second = psi[triangles[:, 1]] * carried[:, 0].conj()
    third = psi[triangles[:, 2]] * carried[:, 2]
    u, v = second - first, third - first
    cross = (u.conj() * v).imag
    shares = np.stack([-(first.conj() * v).imag, (first.conj() * u).imag], axis=1)
    inside = np.clip(shares / np.where(cross == 0, 1.0, cross)[:, None], 0.0, 1.0)
    inside /= np.maximum(inside.sum(1), 1.0)[:, None]
    away = corners[:, 1:] - corners[:, :1]
    return corners[:, 0] + np.einsum("tk,tkc->tc", inside, away)


def _wrapped(angle: np.ndarray) -> np.ndarray:
    return (angle + np.pi) % (2 * np.pi) - np.pi
