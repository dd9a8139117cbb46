"""Pearl's length, the inductance of a sheet and the shift of a resonance."""

import numpy as np
import pytest

from entrap.core.constants import VACUUM_PERMEABILITY
from entrap.model.pearl import pearl_length, resonance_shift, sheet_inductance


def test_a_square_has_the_inductance_of_its_electrons_inertia():
    # 1/2 L I² of a square of side w is the kinetic energy μ0 λ² j²/2 in w² d, j = I/(w d).
    depth, thickness, width, current = 2e-7, 1e-8, 3e-6, 1e-6
    density = current / (width * thickness)
    energy = VACUUM_PERMEABILITY * depth**2 * density**2 / 2 * width**2 * thickness
    inductance = float(sheet_inductance(pearl_length(depth, thickness)))
    assert inductance * current**2 / 2 == pytest.approx(energy, rel=1e-13, abs=0)


def test_a_resonance_goes_as_the_root_of_all_inductance():
    geometric, kinetic, more = 3.0, 1.5, 0.4
    part = kinetic / (geometric + kinetic)
    exact = np.sqrt((geometric + kinetic) / (geometric + kinetic * (1 + more))) - 1
    assert float(resonance_shift(part, more)) == pytest.approx(exact, rel=1e-13)
    assert float(resonance_shift(part, 1e-9)) == pytest.approx(-part * 1e-9 / 2, rel=1e-8, abs=0)
    assert float(resonance_shift(part, np.inf)) == -1
    assert float(resonance_shift(0.0, np.inf)) == -1
