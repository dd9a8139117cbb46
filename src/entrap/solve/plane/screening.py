"""London's equation of a flat film with its own field: currents, holes, inductances.

    μ0 Λ (∇×K)_z + B_z = 0,   K = (∂_y g, -∂_x g),   Λ = λ²/d_S

g vanishes at the film's rim, and at that of a hole it is the current I_h round it. The least of

    W = ½ g·(K_Λ + Q) g + B ∫ g dA - Φ0 Σ n_h I_h

is the state, with g·K_Λ g = ∫ μ0 Λ |∇g|² and Q of the kernel. ∂W/∂I_h = 0 says that the fluxoid of
a hole, its flux and ∮ μ0 Λ K·dl, is n_h Φ0. Of currents round holes W gives the inductances.

Source: derived on the theory page, films; F. London's equation, J. Pearl, Appl. Phys. Lett. 5, 65
(1964), for Λ.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.constants import FLUX_QUANTUM, VACUUM_PERMEABILITY
from entrap.core.errors import SolveError
from entrap.core.sparse import Factors
from entrap.solve.plane.dual import Dual, ring_area
from entrap.solve.plane.kernel import Mutual, gradients

MOST_POINTS = 120_000
"""Of a mesh whose near pairs of triangles fit a laptop's memory."""

_SETTLED = 1e-11  # of the right side
_ROUNDS = 1000
_OWN = 0.35  # of a triangle's size: the Λ that its own field is like


@dataclasses.dataclass(frozen=True, eq=False)
class Screening:
    """A film that screens.

    Args:
        dual: Its mesh.
        length: Λ in each triangle [m].
    """

    dual: Dual
    length: np.ndarray

    @cached_property
    def holes(self) -> tuple[np.ndarray, ...]:
        """Points of the line around each hole."""
        return tuple(line for line in self.dual.rims if ring_area(self.dual.mesh.points[line]) < 0)

    @cached_property
    def hole_areas(self) -> np.ndarray:
        """Of each hole [m²]."""
        return np.array([-ring_area(self.dual.mesh.points[line]) for line in self.holes])

    @cached_property
    def _spread(self) -> Any:
        """From unknowns, those of inner points and then of holes, to g at all points."""
        from scipy.sparse import csr_matrix

        count = len(self.dual.volumes)
        rim = np.zeros(count, bool)
        for line in self.dual.rims:
            rim[line] = True
        inner = np.flatnonzero(~rim)
        rows = np.concatenate([inner, *self.holes])
        own = [np.full(len(line), len(inner) + n) for n, line in enumerate(self.holes)]
        columns = np.concatenate([np.arange(len(inner)), *own])
        shape = (count, len(inner) + len(self.holes))
        return csr_matrix((np.ones(len(rows)), (rows, columns.astype(int))), shape)

    @cached_property
    def _kinetic(self) -> Any:
        """K_Λ at all points, sparse [H]."""
        return _kinetic(self.dual, self.length)

    @cached_property
    def _operator(self) -> Any:
        """K_Λ + Q of the unknowns, as a product."""
        from scipy.sparse.linalg import LinearOperator

        if len(self.dual.volumes) > MOST_POINTS:
            raise SolveError(
                f"Screening needs a mesh of at most {MOST_POINTS:,} points, but has one of "
                f"{len(self.dual.volumes):,}: give a larger `layout.screening.size`."
            )
        mutual, along = Mutual(self.dual.mesh), gradients(self.dual.mesh)
        back = [part.T.tocsr() for part in along]
        unit, spread = VACUUM_PERMEABILITY / (4 * np.pi), self._spread
        kinetic, gathered = self._kinetic, self._spread.T.tocsr()

        def product(unknown: np.ndarray) -> np.ndarray:
            stream = spread @ np.ravel(unknown)
            flows = mutual(np.stack([part @ stream for part in along], axis=1))
            made = sum(part @ flow for part, flow in zip(back, flows.T, strict=True))
            return gathered @ (kinetic @ stream + unit * made)

        count = spread.shape[1]
        return LinearOperator((count, count), matvec=product, dtype=float)  # pyright: ignore

    @cached_property
    def _nearly(self) -> Any:
        """The inverse of K at Λ that the field in a triangle is added to, which is like K_Λ + Q."""
        from scipy.sparse.linalg import LinearOperator

        length = self.length + _OWN * np.sqrt(self.dual.mesh.areas)
        like = self._spread.T @ _kinetic(self.dual, length) @ self._spread
        factors = Factors(like.tocsc())
        return LinearOperator(like.shape, matvec=factors.solve, dtype=float)  # pyright: ignore

    @cached_property
    def _areas(self) -> np.ndarray:
        """∫ of the functions of the unknowns [m²]."""
        made = self._spread.T @ self.dual.volumes
        made[len(made) - len(self.holes) :] += self.hole_areas
        return made

    @cached_property
    def _in_field(self) -> np.ndarray:
        """Unknowns for B = 1 T without fluxoids."""
        return self._solved(-self._areas[:, None])[:, 0]

    @cached_property
    def _per_fluxoid(self) -> np.ndarray:
        """Unknowns for a fluxoid of 1 Wb in each hole, in columns."""
        count, holes = len(self._areas), len(self.holes)
        return self._solved(np.eye(count, holes, holes - count))

    def _solved(self, right: np.ndarray) -> np.ndarray:
        """The solutions for right sides in columns, by conjugate gradients."""
        from scipy.sparse.linalg import cg

        made = np.empty_like(right)
        for column in range(right.shape[1]):
            made[:, column], failed = cg(
                self._operator, right[:, column], rtol=_SETTLED, maxiter=_ROUNDS, M=self._nearly
            )
            if failed:
                raise SolveError(
                    f"Screening was not solved in {_ROUNDS} rounds: a larger "
                    "`layout.screening.size` may help."
                )
        return made

    def stream(self, field: float, fluxoids: np.ndarray | None = None) -> np.ndarray:
        """g at each point [A].

        Args:
            field: B that is applied [T].
            fluxoids: n_h of each hole; 0 where they are not given.
        """
        unknown = field * self._in_field
        if fluxoids is not None and len(self.holes):
            unknown = unknown + self._per_fluxoid @ (FLUX_QUANTUM * np.asarray(fluxoids, float))
        return self._spread @ unknown

    def moment(self, stream: np.ndarray) -> float:
        """Magnetic moment ∫ g dA [A m²], upwards."""
        currents = self.hole_currents(stream)
        return float(stream @ self.dual.volumes + currents @ self.hole_areas)

    def hole_currents(self, stream: np.ndarray) -> np.ndarray:
        """The current round each hole, anticlockwise [A]."""
        return np.array([stream[line[0]] for line in self.holes])

    def current(self, stream: np.ndarray) -> np.ndarray:
        """K in each triangle [A/m], a row each."""
        along_x, along_y = gradients(self.dual.mesh)
        return np.stack([along_y @ stream, -(along_x @ stream)], axis=1)

    @cached_property
    def inductances(self) -> tuple[np.ndarray, np.ndarray]:
        """Of currents round holes [H]: all, and the kinetic part of it."""
        holes = len(self.holes)
        if not holes:
            return np.zeros((0, 0)), np.zeros((0, 0))
        per_fluxoid = self._per_fluxoid
        total = np.linalg.inv(per_fluxoid[len(per_fluxoid) - holes :])
        per_current = self._spread @ (per_fluxoid @ total)
        kinetic = per_current.T @ (self._kinetic @ per_current)
        return (total + total.T) / 2, (kinetic + kinetic.T) / 2

    def effective_areas(self) -> np.ndarray:
        """Fluxoid in each hole by field, where no current flows round any [m²]."""
        holes = len(self.holes)
        if not holes:
            return np.zeros(0)
        return -self.inductances[0] @ self._in_field[len(self._areas) - holes :]


def _kinetic(dual: Dual, length: np.ndarray) -> Any:
    """∫ μ0 Λ ∇φ_i·∇φ_j of all points, sparse [H]."""
    from scipy.sparse import diags

    weights = diags(VACUUM_PERMEABILITY * length * dual.mesh.areas)
    return sum(part.T @ weights @ part for part in gradients(dual.mesh))
