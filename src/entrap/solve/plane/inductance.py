"""The current between two terminals of a film that screens weakly, and its kinetic inductance.

    ∇·(Λ⁻¹ ∇u) = 0,  u = 0 and 1 at the terminals,  K = Λ⁻¹ ∇u,  L_k = μ0/∫ Λ⁻¹ |∇u|² dA

The current is that which has the least kinetic energy. This holds where the film is narrower than
Pearl's length; in a wider one its own field drives the current to the edges.

Source: derived on the theory page, films.
"""

import dataclasses

import numpy as np

from entrap.core.constants import VACUUM_PERMEABILITY
from entrap.core.errors import SolveError
from entrap.core.sparse import Factors, single_thread
from entrap.solve.plane.triangulation import Triangulation


@dataclasses.dataclass(frozen=True, eq=False)
class Current:
    """A current between two terminals.

    Args:
        inductance: L_k [H].
        potential: u at each point, from 0 to 1.
        heating: |K|² in each triangle, over the total current squared [1/m²].
    """

    inductance: float
    potential: np.ndarray
    heating: np.ndarray

    def weights(self, mesh: Triangulation, wave: str) -> np.ndarray:
        """∫ K² φ_i dA of each point, with the current of a standing wave, as shares of all.

        A quarter of a wave has its current where u = 0 and none where u = 1, a half one has none at
        either end.

        Args:
            mesh: The triangles.
            wave: One of `case.layoutparts.WAVES`.
        """
        u = self.potential[mesh.triangles].mean(1)
        along = {"lumped": 1.0, "quarter": np.cos(np.pi * u / 2), "half": np.sin(np.pi * u)}[wave]
        each = self.heating * along**2 * mesh.areas / 3
        made = np.bincount(mesh.triangles.ravel(), np.repeat(each, 3), len(mesh.points))
        return made / made.sum()


def current(
    mesh: Triangulation, pearl_length: np.ndarray, terminals: tuple[np.ndarray, np.ndarray]
) -> Current:
    """The current of a film between its terminals.

    Args:
        mesh: The triangles.
        pearl_length: Λ in each triangle [m].
        terminals: Points of each of both terminals.

    Raises:
        SolveError: no film joins the terminals, or what joins them is normal.
    """
    from scipy.sparse import csc_matrix
    from scipy.sparse.csgraph import connected_components

    corners, count = mesh.corners, len(mesh.points)
    # ∇φ of each corner: the opposite side, turned, over twice the area.
    sides = np.roll(corners, -2, axis=1) - np.roll(corners, -1, axis=1)
    slopes = np.stack([-sides[..., 1], sides[..., 0]], -1) / (2 * mesh.areas[:, None, None])
    conducts = mesh.areas / pearl_length
    entries = conducts[:, None, None] * np.einsum("tik,tjk->tij", slopes, slopes)
    rows = np.repeat(mesh.triangles, 3, axis=1).ravel()
    columns = np.tile(mesh.triangles, (1, 3)).ravel()
    matrix = csc_matrix((entries.ravel(), (rows, columns)), (count, count))
    matrix.eliminate_zeros()
    pieces = connected_components(matrix, directed=False)[1]
    common = np.intersect1d(*(pieces[ends] for ends in terminals))
    if not len(common):
        raise SolveError(
            "No superconducting film joins the two terminals: there is no inductance between them. "
            "Move the terminals, or cool the film."
        )
    u = np.zeros(count)
    u[terminals[1]] = 1.0
    held = np.zeros(count, bool)
    held[np.concatenate(terminals)] = True
    # Elsewhere no current flows.
    free = np.isin(pieces, common) & ~held
    with single_thread():
        u[free] = Factors(matrix[free][:, free]).solve(-(matrix[free] @ u))
    gradient = np.einsum("tik,ti->tk", slopes, u[mesh.triangles])
    slope = (gradient**2).sum(1)
    energy = float(conducts @ slope)
    return Current(VACUUM_PERMEABILITY / energy, u, slope / pearl_length**2 / energy**2)
