"""The free energy of a run against n_s, where Fig. 3 has curves, and where the sample is."""

from typing import NamedTuple

import numpy as np

from entrap.core.frame import Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.solve.protocol.bcs_curves import remaining_fraction
from entrap.solve.protocol.free_energy import free_energy_curves
from entrap.solve.protocol.results import Evolution

_POINTS = 241  # of each curve
_COLUMNS: dict[str, Quantity | str] = {
    "curve": "Bare, trapped or warming; sample where it is the sample itself",
    "temperature": Quantity("K", "T", "Temperature"),
    "remaining_fraction": Quantity("1", "f", "Normal electrons that the trap has left, of all"),
    "superfluid_density": Quantity("1/m^3", "n_s", "Density of superconducting electrons"),
    "free_energy": Quantity("J/m^3", "F", "Free energy density"),
}


class FreeEnergies(NamedTuple):
    """Curves of F against n_s: without a trap, emptied by it, and at three points of the warming.

    Args:
        superfluid_density: n_s along each curve [1/m^3].
        places: Point of the run at which the sample lies on each curve.
        temperature: Of each curve [K].
        fraction: f of each, normal electrons that the trap has left.
        curves: F of each [J/m^3].
        at: n_s of the sample on each curve [1/m^3].
        sample: F of the sample there [J/m^3].
    """

    superfluid_density: np.ndarray
    places: tuple[int, ...]
    temperature: np.ndarray
    fraction: np.ndarray
    curves: np.ndarray
    at: np.ndarray
    sample: np.ndarray

    def frame(self, *, trapped: bool) -> Frame:
        """As columns, a row each point; without a trap those of the trap are left out."""
        names = ("bare", "trapped", *["warming"] * (len(self.places) - 2))
        along, rows = self.superfluid_density.tolist(), []
        for name, kelvin, left, *of in zip(
            names, *(column.tolist() for column in self[2:]), strict=True
        ):
            curve, *sample = of
            if trapped or name != "trapped":
                points = [(name, *point) for point in zip(along, curve, strict=True)]
                rows += [
                    dict(zip(_COLUMNS, (label, kelvin, left, n, energy), strict=True))
                    for label, n, energy in (*points, ("sample", *sample))
                ]
        return frame_of(rows, _COLUMNS)


def free_energies(run: Evolution) -> FreeEnergies:
    """The curves of a run, up to somewhat more than the largest n_s that the sample has."""
    n_c, state = run.case.material.conduction_density, run.state
    share = state.superfluid_density.max() / n_c
    along = n_c * np.linspace(0.0, min(1.0, 1.35 * share if share > 0 else 1.0), _POINTS)
    held = int(np.searchsorted(run.time, run.protocol.hold, side="right")) - 1
    places = (0, held, *_stops(run, held))
    temperature = state.temperature[[0, 0, *places[2:]]]
    # A junction leaves some of them: the curve is of those.
    rest = float(run.trap.remaining_fraction[held]) if run.case.trap.junction else 0.0
    fraction = np.array([1.0, rest, *remaining_fraction(run)[[*places[2:]]]])
    found = free_energy_curves(run.case, temperature, fraction, along)
    at, here = state.superfluid_density[[*places]], state.free_energy[[*places]]
    return FreeEnergies(along, places, *map(np.asarray, (temperature, fraction, found, at, here)))


def _stops(run: Evolution, held: int) -> list[int]:
    """Three points of the warming worth a curve: the release, and two before the normal state."""
    ends = {regime.name: regime for regime in run.regimes}
    first, last = held, len(run.time) - 1
    if "released" in ends:
        first = int(np.searchsorted(run.time, ends["released"].start))
        last = int(np.searchsorted(run.time, ends["released"].end))
        shares = (0.0, 0.45, 0.8)
    else:
        shares = (1 / 3, 2 / 3, 1.0)
    last = min(last, len(run.time) - 1)
    first = min(first, last)
    return [first + int(share * (last - first)) for share in shares]
