"""The current that a condensate carries between two terminals.

At the terminals the phase is held, θ = χ - φ/2 at the first and χ + φ/2 at the second; χ turns
along a terminal as the field does, so that no current flows along it. With e = E/2,

    I = ∂e/∂φ,   dI/dφ = ∂²e/∂φ² - b·H⁻¹b,   b = ∂²e/∂φ∂z,  H = ∂²e/∂z²

in units of Φ0/2πμ0Λ_r: as E is least in every other phase, the same current flows through any line
that parts the terminals.

Source: derived on the theory page, films.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.sparse import Factors, lowest_eigenpairs
from entrap.solve.plane.condensate import Condensate, Psi

_SETTLED = 1e-11  # largest |∂E/∂ψ*|/V_i
_ROUNDING = 64 * np.finfo(float).eps  # of the largest terms that it is the sum of


@dataclasses.dataclass(frozen=True, eq=False)
class Bridge:
    """A condensate between two terminals.

    Args:
        condensate: The film.
        terminals: Points of each terminal.
        turned: χ of these points.
        amplitude: |ψ| at each point of the film, which the terminals hold; where it is not given
            |ψ| is free there, as in a film that goes on.
    """

    condensate: Condensate
    terminals: tuple[np.ndarray, np.ndarray]
    turned: tuple[np.ndarray, np.ndarray]
    amplitude: np.ndarray | None = None

    @cached_property
    def held(self) -> np.ndarray:
        """Points of both terminals."""
        return np.concatenate(self.terminals)

    @cached_property
    def shares(self) -> np.ndarray:
        """How the phase at these points goes with φ: minus a half or a half."""
        return np.repeat([-0.5, 0.5], [len(points) for points in self.terminals])

    @cached_property
    def free(self) -> np.ndarray:
        """Points whose ψ is sought: those of film that is joined to a terminal."""
        pieces = self.condensate.dual.pieces
        some = np.isin(pieces, pieces[self.held])
        some[self.held] = False
        return np.flatnonzero(some)

    @cached_property
    def masses(self) -> np.ndarray:
        """V of each unknown."""
        v = self.condensate.volumes
        free = v[self.free]
        return np.concatenate([free, free, *([v[self.held]] if self.amplitude is None else [])])

    @cached_property
    def settled(self) -> float:
        """The largest |∂E/∂ψ*|/V_i of a state: of tiny triangles that of rounding."""
        made = self.condensate
        return max(_SETTLED, _ROUNDING * float((made.kinetic.diagonal().real / made.volumes).max()))

    def phases(self, phase: float) -> Psi:
        """e^(iθ) at the points of the terminals."""
        return np.exp(1j * (np.concatenate(self.turned) + self.shares * phase))

    def psi(self, unknown: np.ndarray, phase: float) -> Psi:
        """ψ at all points: from its real and imaginary parts, and from |ψ| at the terminals."""
        made = np.zeros(len(self.condensate.volumes), complex)
        count = len(self.free)
        made[self.free] = unknown[:count] + 1j * unknown[count : 2 * count]
        at = unknown[2 * count :] if self.amplitude is None else self.amplitude[self.held]
        made[self.held] = at * self.phases(phase)
        return made

    def unknown(self, psi: Psi, phase: float) -> np.ndarray:
        """The unknowns of a ψ, whose phases at the terminals are made those that are held."""
        parts = [psi[self.free].real, psi[self.free].imag]
        if self.amplitude is None:
            parts.append((psi[self.held] * self.phases(phase).conj()).real)
        return np.concatenate(parts)

    def phase_of(self, psi: Psi) -> float:
        """The phase between the terminals that a ψ has by itself, between -π and π."""
        first, second = (
            (psi[points] * np.exp(-1j * turned)).mean()
            for points, turned in zip(self.terminals, self.turned, strict=True)
        )
        return float(np.angle(second * np.conj(first)))

    def lines(self, phase: float) -> Any:
        """∂ψ/∂z: real and then imaginary parts of all points in rows, sparse."""
        from scipy.sparse import csr_matrix

        count, free, held = len(self.condensate.volumes), self.free, self.held
        along: Psi = self.phases(phase)[: len(held) if self.amplitude is None else 0]
        held = held[: len(along)]
        rows = np.concatenate([free, count + free, held, count + held])
        last = np.arange(2 * len(free), 2 * len(free) + len(held))
        columns = np.concatenate([np.arange(2 * len(free)), last, last])
        values = np.concatenate([np.ones(2 * len(free)), along.real, along.imag])
        return csr_matrix((values, (rows, columns)), (2 * count, 2 * len(free) + len(held)))


@dataclasses.dataclass(frozen=True, eq=False)
class Biased:
    """A bridge at one phase, and how e changes there.

    Args:
        bridge: The bridge.
        unknown: z.
        phase: φ.
    """

    bridge: Bridge
    unknown: np.ndarray
    phase: float

    @cached_property
    def psi(self) -> Psi:
        """ψ at each point."""
        return self.bridge.psi(self.unknown, self.phase)

    @cached_property
    def _force(self) -> np.ndarray:
        """∂e/∂ψ of real and then imaginary parts."""
        return _real(self.bridge.condensate.gradient(self.psi))

    @cached_property
    def _hessian(self) -> Any:
        return self.bridge.condensate.hessian(self.psi)

    @cached_property
    def _lines(self) -> Any:
        return self.bridge.lines(self.phase)

    @cached_property
    def _turning(self) -> np.ndarray:
        """∂ψ/∂φ."""
        bridge, made = self.bridge, np.zeros(len(self.psi), complex)
        made[bridge.held] = 1j * bridge.shares * self.psi[bridge.held]
        return _real(made)

    @cached_property
    def slope(self) -> np.ndarray:
        """∂e/∂z."""
        return self._lines.T @ self._force

    @property
    def residual(self) -> float:
        """The largest |∂E/∂ψ*|/V_i of what is free."""
        return float((np.abs(self.slope) / self.bridge.masses).max())

    @property
    def energy(self) -> float:
        """E."""
        return self.bridge.condensate.energy(self.psi)

    @property
    def current(self) -> float:
        """I = ∂e/∂φ, in units of Φ0/2πμ0Λ_r."""
        return float(self._turning @ self._force)

    @cached_property
    def curvature(self) -> Any:
        """H = ∂²e/∂z², sparse."""
        return (self._lines.T @ self._hessian @ self._lines).tocsc()

    @cached_property
    def factors(self) -> Factors:
        """Of H."""
        return Factors(self.curvature)

    @cached_property
    def mixed(self) -> np.ndarray:
        """b = ∂²e/∂φ∂z."""
        made = self._lines.T @ (self._hessian @ self._turning)
        bridge = self.bridge
        if bridge.amplitude is None:
            turned = 1j * bridge.shares * bridge.phases(self.phase)
            force = bridge.condensate.gradient(self.psi)[bridge.held]
            made[2 * len(bridge.free) :] += (turned.conj() * force).real
        return made

    @cached_property
    def stiffness(self) -> float:
        """∂²e/∂φ² with z held."""
        bend = np.zeros(len(self.psi), complex)
        held = self.bridge.held
        bend[held] = -(self.bridge.shares**2) * self.psi[held]
        return float(self._turning @ (self._hessian @ self._turning) + _real(bend) @ self._force)

    @cached_property
    def answer(self) -> np.ndarray:
        """dz/dφ of states, -H⁻¹b."""
        return self.factors.solve(-self.mixed)

    @property
    def current_slope(self) -> float:
        """dI/dφ of states."""
        return float(self.stiffness + self.mixed @ self.answer)

    @property
    def stable(self) -> bool:
        """Whether no small change that leaves the terminals' phases lowers E."""
        return self.factors.negatives == 0

    @cached_property
    def lowest(self) -> float:
        """The lowest eigenvalue of H u = μ V u."""
        most = float(self.bridge.condensate.strength.max())
        below = -1.01 * max(1e-3, most)
        return float(lowest_eigenpairs(self.curvature, self.bridge.masses, 1, below)[0][0])


def _real(values: Psi) -> np.ndarray:
    return np.concatenate([values.real, values.imag])
