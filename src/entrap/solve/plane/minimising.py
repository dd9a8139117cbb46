"""States of a condensate: minima of its energy, and whether they are stable.

Descent is by nonlinear conjugate gradients. The energy along a line is a polynomial of degree four,
whose lowest point is found exactly; the preconditioner is the kinetic part plus V, whose factors
are kept. Newton's method ends the search. It goes to a saddle where it starts near one; the lowest
eigenvalue of the second derivatives tells.

Source: E. Polak and G. Ribière (1969), with their β ≥ 0; derived on the theory page, films.
"""

import dataclasses

import numpy as np

from entrap.core.sparse import Factors, diagonal, lowest_eigenpairs
from entrap.solve.plane.condensate import Condensate, Psi

SETTLED = 1e-10
"""Largest |∂E/∂ψ*|/V_i at which a state has converged."""

_MOST = 5000  # steps of descent
_NEAR = (1e-4, 1e-6, 1e-8)  # residuals at which Newton's method is tried
_NEWTON = 25
_PHASE = 1e-7  # what is added to H for Newton's method, as turning all phases costs nothing
_NEAREST = 1e-3  # below minus this the lowest eigenvalue is sought from further away
_UNSTABLE = 1e-6  # below minus this an eigenvalue is negative
_KICKS = 4
_KICK = 0.1  # of √a, by which a saddle is left


@dataclasses.dataclass(frozen=True, eq=False)
class State:
    """A state of the condensate.

    Args:
        psi: ψ at each point.
        energy: E.
        residual: The largest |∂E/∂ψ*|/V_i.
        lowest: Lowest eigenvalue of the second derivatives H u = μ V u, less that of the phase.
        steps: Of descent.
    """

    psi: Psi
    energy: float
    residual: float
    lowest: float
    steps: int

    @property
    def status(self) -> str:
        """One of "stable", "saddle" and "not converged"."""
        if not self.residual <= SETTLED:
            return "not converged"
        return "saddle" if self.lowest < -_UNSTABLE else "stable"


def minimum(condensate: Condensate, start: Psi) -> State:
    """The minimum below a start; a saddle on the way is left downhill."""
    steps, psi = 0, start
    factors = Factors(condensate.kinetic + diagonal(condensate.volumes))
    for kick in range(_KICKS + 1):
        psi, taken = _settled(condensate, psi, factors)
        steps += taken
        lowest, mode = stability(condensate, psi)
        if lowest >= -_UNSTABLE or kick == _KICKS:
            break
        psi = psi + _KICK * np.sqrt(condensate.volumes.sum()) * mode
    return _state(condensate, psi, lowest, steps)


def relaxed(condensate: Condensate, start: Psi, enough: float) -> Psi:
    """The state below a start, until the largest |∂E/∂ψ*|/V_i is small enough."""
    factors = Factors(condensate.kinetic + diagonal(condensate.volumes))
    return _descended(condensate, start, factors, enough, _MOST)[0]


def stationary(condensate: Condensate, start: Psi) -> State:
    """The state near a start, stable or not, by Newton's method alone."""
    psi = _newton(condensate, start)
    return _state(condensate, psi, stability(condensate, psi)[0], 0)


def stability(condensate: Condensate, psi: Psi) -> tuple[float, Psi]:
    """The lowest eigenvalue of H u = μ V u, and its u with Σ V_i |u_i|² = 1.

    In a state that has converged, turning all phases has the eigenvalue 0 and is left out.
    """
    hessian, masses = condensate.hessian(psi), np.tile(condensate.volumes, 2)
    largest = float(condensate.strength.max())
    below = -_NEAREST * max(1.0, largest)
    factors = Factors(hessian - below * diagonal(masses))
    if factors.negatives:
        # No eigenvalue lies below -a.
        values, modes = lowest_eigenpairs(hessian, masses, 1, min(2 * below, -1.01 * largest))
        chosen = 0
    else:
        values, modes = lowest_eigenpairs(hessian, masses, 2, below, factors)
        turning = np.concatenate([-psi.imag, psi.real]) * masses
        # Of the two lowest, that which turns all phases less.
        chosen = int(np.abs(turning @ modes).argmin())
    mode, half = modes[:, chosen], len(psi)
    return float(values[chosen]), mode[:half] + 1j * mode[half:]


def _state(condensate: Condensate, psi: Psi, lowest: float, steps: int) -> State:
    return State(psi, condensate.energy(psi), condensate.residual(psi), lowest, steps)


def _settled(condensate: Condensate, psi: Psi, factors: Factors) -> tuple[Psi, int]:
    """Down to where Newton's method converges without leaving the valley."""
    steps = 0
    for near in _NEAR:
        psi, taken = _descended(condensate, psi, factors, near, _MOST - steps)
        steps += taken
        found = _newton(condensate, psi)
        climbed = condensate.energy(found) - condensate.energy(psi)
        if condensate.residual(found) <= SETTLED and climbed <= 1e-9 * abs(condensate.energy(psi)):
            return found, steps
    return psi, steps


def _descended(
    condensate: Condensate, psi: Psi, factors: Factors, enough: float, most: int
) -> tuple[Psi, int]:
    """Conjugate gradients until the largest |∂E/∂ψ*|/V_i is small enough; ψ, and steps taken."""
    kinetic, v, a = condensate.kinetic, condensate.volumes, condensate.strength
    carried = kinetic @ psi
    slope = carried + v * (np.abs(psi) ** 2 - a) * psi
    eased = factors.solve(slope)
    fall = _dot(slope, eased)
    step: Psi = -eased
    for count in range(most):
        if (np.abs(slope) / v).max() <= enough:
            return psi, count
        ahead = kinetic @ step
        excess, bend = np.abs(psi) ** 2 - a, _bend(psi, step)
        square = np.abs(step) ** 2
        first = 2 * _dot(step, slope)
        if first >= 0:
            step, first = -eased, -2 * fall
            ahead, bend = kinetic @ step, _bend(psi, step)
            square = np.abs(step) ** 2
        second = _dot(step, ahead) + (v * (excess * square + bend * bend / 2)).sum()
        third, fourth = (v * bend * square).sum(), (v * square * square).sum() / 2
        length = _lowest_point(first, second, third, fourth)
        psi, carried = psi + length * step, carried + length * ahead
        if count % 50 == 49:
            carried = kinetic @ psi  # rounding of what was added up
        new = carried + v * (np.abs(psi) ** 2 - a) * psi
        new_eased = factors.solve(new)
        new_fall = _dot(new, new_eased)
        turn = max(0.0, (new_fall - _dot(slope, new_eased)) / fall)
        step = -new_eased + turn * step
        slope, eased, fall = new, new_eased, new_fall
    return psi, most


def _lowest_point(first: float, second: float, third: float, fourth: float) -> float:
    """The first t > 0 at which c_1 t + c_2 t² + c_3 t³ + c_4 t⁴ has a minimum, for c_1 < 0."""
    roots = np.roots([4 * fourth, 3 * third, 2 * second, first])
    real = roots[np.abs(roots.imag) <= 1e-8 * np.abs(roots)].real
    return float(real[real > 0].min())


def _newton(condensate: Condensate, psi: Psi) -> Psi:
    """Newton's method as far as it leads; what is best of all that it passes."""
    masses = diagonal(_PHASE * np.tile(condensate.volumes, 2))
    best, least, half = psi, condensate.residual(psi), len(psi)
    worse = 0
    for _ in range(_NEWTON):
        slope = condensate.gradient(psi)
        factors = Factors(condensate.hessian(psi) + masses)
        step = factors.solve(-np.concatenate([slope.real, slope.imag]))
        psi = psi + step[:half] + 1j * step[half:]
        residual = condensate.residual(psi)
        if not np.isfinite(residual):
            break
        worse = 0 if residual < least else worse + 1
        if residual < least:
            best, least = psi, residual
        if least <= SETTLED / 10 or worse > 5:
            break
    return best


def _bend(psi: Psi, step: Psi) -> np.ndarray:
    """d|ψ|²/dt along a step."""
    return 2 * (psi.real * step.real + psi.imag * step.imag)


def _dot(x: Psi, y: Psi) -> float:
    return float(complex(np.vdot(x, y)).real)
