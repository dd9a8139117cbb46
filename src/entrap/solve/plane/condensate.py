"""The condensate of a film in a magnetic field: Ginzburg and Landau's energy on a mesh.

    𝓕 = ∫ d_S [2α_f |Δ|² + 2β |Δ|⁴ + (ħ²/4m_e) |(∇ - 2ieA/ħ)Δ|²] dA + (ħ²/4m_e) ∮ d_S |Δ|²/b ds

with |Δ|² = n_s/2. In units of Δ_r² = |α_r|/2β, ξ_r = ħ/√(8m_e |α_r|) and (α_r²/β) ξ_r² d_S,

    E = Σ V_i (-a_i |ψ_i|² + |ψ_i|⁴/2) + Σ w_ij |ψ_j e^(-iA_ij) - ψ_i|² + Σ c_i |ψ_i|²

a_i = -α_f/|α_r|, A_ij = (2π/Φ0) ∫A·dl along a side, c_i = ∮ φ_i ds/b. No current leaves the film,
and nothing need be done for that at its outline and at holes. E does not change where ψ_i is turned
by χ_i and A_ij grows by χ_j - χ_i.

Source: derived on the theory page, films; W. D. Gropp et al., J. Comput. Phys. 123, 254 (1996), for
the phases on sides.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from entrap.core.constants import FLUX_QUANTUM
from entrap.core.sparse import diagonal
from entrap.solve.plane.dual import Dual

Psi = NDArray[np.complex128]
"""ψ, a complex number for each point."""


@dataclasses.dataclass(frozen=True, eq=False)
class Condensate:
    """Ginzburg and Landau's energy of a film; arrays have a number for each point or side.

    Args:
        dual: The volumes [m²].
        unit: ξ_r [m].
        strength: a_i.
        links: A_ij of each side, from its first point to its second.
        wall: c_i: what a metal at the rim costs.
    """

    dual: Dual
    unit: float
    strength: np.ndarray
    links: np.ndarray
    wall: np.ndarray | float = 0.0

    @cached_property
    def volumes(self) -> np.ndarray:
        """V_i in units of ξ_r²."""
        return self.dual.volumes / self.unit**2

    @cached_property
    def kinetic(self) -> Any:
        """L with Σ w_ij |ψ_j e^(-iA_ij) - ψ_i|² + Σ c_i |ψ_i|² = ψ*·L ψ, sparse and Hermitian."""
        return covariant_stiffness(self.dual, self.links) + diagonal(
            np.broadcast_to(self.wall, self.volumes.shape).astype(complex)
        )

    def energy(self, psi: Psi) -> float:
        """E."""
        i, j = self.dual.sides.T
        density = np.abs(psi) ** 2
        steps = np.abs(psi[j] * np.exp(-1j * self.links) - psi[i]) ** 2
        local = self.volumes * (density / 2 - self.strength) * density + self.wall * density
        return float(local.sum() + (self.dual.weights * steps).sum())

    def gradient(self, psi: Psi) -> Psi:
        """∂E/∂ψ*: half of the derivatives by the real and the imaginary part."""
        return self.kinetic @ psi + self.volumes * (np.abs(psi) ** 2 - self.strength) * psi

    def residual(self, psi: Psi) -> float:
        """The largest |∂E/∂ψ*|/V_i: 0 where Ginzburg and Landau's equation holds."""
        return float((np.abs(self.gradient(psi)) / self.volumes).max())

    def hessian(self, psi: Psi) -> Any:
        """H with E(ψ + u) = E + … + u·H u, for real and then imaginary parts; symmetric."""
        from scipy.sparse import bmat

        x, y, excess = psi.real, psi.imag, np.abs(psi) ** 2 - self.strength
        v, real, imaginary = self.volumes, self.kinetic.real, self.kinetic.imag
        cross = diagonal(2 * v * x * y)
        rows = [
            [real + diagonal(v * (excess + 2 * x * x)), cross - imaginary],
            [cross + imaginary, real + diagonal(v * (excess + 2 * y * y))],
        ]
        return bmat(rows, format="csc")

    def phase(self, psi: Psi) -> np.ndarray:
        """θ from -π to π, which E leaves open by a constant in each piece of film.

        It is 0 at the first point of the piece where |ψ| is more than half of its largest.
        """
        turned, pieces = psi.copy(), self.dual.pieces
        for piece in range(pieces.max() + 1):
            here = np.flatnonzero(pieces == piece)
            strength = np.abs(psi[here])
            turned[here] *= psi[here[np.argmax(strength > strength.max() / 2)]].conj()
        return np.angle(turned)

    def currents(self, psi: Psi) -> np.ndarray:
        """Sheet current along each side, in units of Φ0/(2π μ0 Λ_r ξ_r)."""
        i, j = self.dual.sides.T
        ends = self.dual.mesh.points[self.dual.sides]
        length = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / self.unit
        turned: Psi = psi[i].conj() * np.exp(-1j * self.links) * psi[j]
        return turned.imag / length

    def sheet_current(self, psi: Psi) -> np.ndarray:
        """The same as a vector in each triangle: what fits its three sides best."""
        numbers, _ = self.dual.round
        ends = self.dual.mesh.points[self.dual.sides]
        along = ends[:, 1] - ends[:, 0]
        along /= np.linalg.norm(along, axis=1)[:, None]
        sides, values = along[numbers], self.currents(psi)[numbers]
        normal = np.einsum("tki,tkj->tij", sides, sides)
        right = np.einsum("tki,tk->ti", sides, values)
        return np.linalg.solve(normal, right[..., None])[..., 0]


def covariant_stiffness(dual: Dual, links: np.ndarray) -> Any:
    """L with ψ*·L ψ = Σ w_ij |ψ_j e^(-iA_ij) - ψ_i|², Hermitian."""
    from scipy.sparse import csc_matrix

    (i, j), w, n = dual.sides.T, dual.weights, len(dual.volumes)
    turned = -w * np.exp(-1j * links)
    entries = np.concatenate([w, w, turned, turned.conj()])
    rows, columns = np.concatenate([i, j, i, j]), np.concatenate([i, j, j, i])
    return csc_matrix((entries, (rows, columns)), (n, n))


def uniform_links(
    start: np.ndarray, end: np.ndarray, field: float, origin: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray:
    """A_ij = (πB/Φ0)(x_i y_j - x_j y_i) from points to points [m], for a uniform field.

    Args:
        start: Points i, a row each.
        end: Points j.
        field: B, upwards [T].
        origin: Where A vanishes [m]; no result depends on it.
    """
    (x, y), (u, v) = (start - origin).T, (end - origin).T
    return np.pi * field / FLUX_QUANTUM * (x * v - u * y)


def rim_cost(dual: Dual, length: float, on: Any = None) -> np.ndarray:
    """c_i = ∮ φ_i ds/b of a metal at the rim, with de Gennes' extrapolation length b [m].

    Args:
        dual: The volumes.
        length: b.
        on: Whether the metal is at points [m], in rows; at all of the rim where it is not given.
    """
    made = np.zeros(len(dual.volumes))
    for line in dual.rims:
        ends = dual.mesh.points[np.stack([line, np.roll(line, -1)])]
        sides = np.linalg.norm(ends[1] - ends[0], axis=1)
        if on is not None:
            sides = np.where(on(ends.mean(0)), sides, 0.0)
        np.add.at(made, line, sides / (2 * length))
        np.add.at(made, np.roll(line, -1), sides / (2 * length))
    return made
