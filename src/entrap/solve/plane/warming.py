"""Traps that warm by the heat that they get while a film empties.

Under a trap q = Γ(T_N) x - b(T_N) is taken, and the temperature of the metal follows at once

    Σ d_N (T_N⁵ - T_ph⁵) = ⟨E⟩ 2N_0Δ d_S q

so that x and q are both given by T_N: q is a function of x.

Source: theory page, films.
"""

import dataclasses
from functools import cached_property
from typing import Any

import numpy as np

from entrap.core.sparse import Factors
from entrap.solve.plane.diffusing import Diffusion
from entrap.solve.plane.sheet import Sheet

_POINTS = 4000  # temperatures between which q is a cubic in x
_NEAR = 1e-3  # relative excess up to which q grows by its derivative
_AT = (0.5 - np.sqrt(1 / 12), 0.5 + np.sqrt(1 / 12))  # Gauss's two points


@dataclasses.dataclass(frozen=True, eq=False)
class Warming:
    """What traps take, over x, where their temperature follows from the heat.

    Args:
        density: x, rising.
        taken: q [1/s] at each.
        slopes: dq/dx [1/s] at each.
        cold: T_ph [K].
        cooling: Σ d_N/(⟨E⟩ 2N_0Δ d_S) [1/s/K⁵].
    """

    density: np.ndarray
    taken: np.ndarray
    slopes: np.ndarray
    cold: float
    cooling: float

    @classmethod
    def of(cls, sheet: Sheet) -> "Warming | None":
        """Of a sheet; None where the temperature of its traps is stated."""
        if sheet.table is None or sheet.phonon_temperature is None:
            return None
        warm = np.geomspace(sheet.table[0][0], sheet.table[0][-1], _POINTS)
        rate, back = (np.exp(of(1 / warm)) for of in sheet.logarithms)
        by_rate, by_back = (-of(1 / warm, 1) / warm**2 for of in sheet.logarithms)
        cooling = sheet.cooling / sheet.heat
        taken = cooling * (warm**5 - sheet.phonon_temperature**5)
        x = (taken + back) / rate
        rising = 5 * cooling * warm**4
        slope = (rising + back * by_back) / rate - x * by_rate
        # A trap that is colder than its phonons needs fewer quasiparticles than none.
        kept = (x > np.maximum.accumulate(np.append(-np.inf, x)[:-1])) & (slope > 0)
        return cls(
            x[kept], taken[kept], rising[kept] / slope[kept], sheet.phonon_temperature, cooling
        )

    def at(self, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """q [1/s] and dq/dx [1/s]; beyond the table on the straight lines at its ends."""
        inside = np.clip(x, self.density[0], self.density[-1])
        slope = self._spline(inside, 1)
        return self._spline(inside) + slope * (x - inside), slope

    def more(self, x: np.ndarray, excess: np.ndarray) -> np.ndarray:
        """q(x + excess) - q(x) [1/s], accurate relative to the excess however small that is."""
        far = self.at(x + excess)[0] - self.at(x)[0]
        near = excess * sum(self.at(x + share * excess)[1] for share in _AT) / 2
        return np.where(np.abs(excess) < _NEAR * np.abs(x), near, far)

    def temperature(self, x: np.ndarray) -> np.ndarray:
        """T_N [K]."""
        taken = np.maximum(self.at(x)[0], self.taken[0])
        return (self.cold**5 + taken / self.cooling) ** 0.2

    @cached_property
    def _spline(self) -> Any:
        from scipy.interpolate import CubicHermiteSpline

        return CubicHermiteSpline(self.density, self.taken, self.slopes)


@dataclasses.dataclass(frozen=True, eq=False)
class Warmed(Diffusion):
    """The equations of an excess over a steady state, under traps that warm by it.

    Args:
        areas: T_i, the area of each volume under traps [m²].
        steady: x of the steady state.
        warming: What the traps take.
    """

    areas: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))
    steady: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros(0))
    warming: Warming | None = None

    def change(self, x: np.ndarray) -> np.ndarray:
        """V_i dx_i/dt [m²/s]."""
        made, under = super().change(x), self._under
        assert self.warming is not None
        made[under] -= self.areas[under] * self.warming.more(self.steady[under], x[under])
        return made

    def factors(self, x: np.ndarray, more: np.ndarray | float = 0.0) -> Factors:
        """Of minus the derivative of `change` at x, with `more` on its diagonal."""
        own, under = np.zeros_like(x) + more, self._under
        assert self.warming is not None
        own[under] += self.areas[under] * self.warming.at(self.steady[under] + x[under])[1]
        return super().factors(x, own)

    @cached_property
    def _under(self) -> np.ndarray:
        return np.flatnonzero(self.areas > 0)
