"""A condensate in its own field: London's limit, and the moment as a derivative of the energy."""

import numpy as np
import pytest
from tests.solve.plane.condensates import UPPER_FIELD, condensate
from tests.solve.plane.layouts import disc_mesh

from entrap.core.constants import FLUX_QUANTUM, VACUUM_PERMEABILITY
from entrap.core.errors import SolveError
from entrap.solve.plane import selffield
from entrap.solve.plane.minimising import minimum
from entrap.solve.plane.screening import Screening
from entrap.solve.plane.selffield import with_own_field

SCREENING = 2.0  # Λ, in ξ


@pytest.fixture(scope="module")
def dual():
    return disc_mesh(6.0, 0.5)


def solved(dual, field):
    made = condensate(dual, field)
    return with_own_field(made, SCREENING, np.ones(len(made.volumes), complex))


def moment(found):
    """Of the sheet current [A m²]."""
    mesh = found.condensate.dual.mesh
    current, centre = found.condensate.sheet_current(found.state.psi), mesh.corners.mean(1)
    around = centre[:, 0] * current[:, 1] - centre[:, 1] * current[:, 0]
    unit = FLUX_QUANTUM / (2 * np.pi * VACUUM_PERMEABILITY * SCREENING)
    return unit * (around @ mesh.areas) / 2


def test_in_a_weak_field_it_is_london_s_film(dual):
    film = Screening(dual, np.full(len(dual.mesh.triangles), SCREENING))
    exact = film.moment(film.stream(0.01 * UPPER_FIELD))
    assert moment(solved(dual, 0.01)) == pytest.approx(exact, rel=5e-3)


def test_its_moment_is_how_its_energy_changes_with_the_field(dual):
    field, step = 0.1, 1e-3
    ends = [solved(dual, field + sign * step).state.energy for sign in (-1, 1)]
    energy = FLUX_QUANTUM**2 / (8 * np.pi**2 * VACUUM_PERMEABILITY * SCREENING)
    slope = energy * (ends[1] - ends[0]) / (2 * step * UPPER_FIELD)
    found = solved(dual, field)
    assert found.state.status == "stable"
    assert moment(found) == pytest.approx(-slope, rel=1e-2)


def test_its_own_field_lowers_the_energy_and_the_current(dual):
    made = condensate(dual, 0.1)
    alone = minimum(made, np.ones(len(made.volumes), complex))
    found = solved(dual, 0.1)
    assert found.state.energy < alone.energy
    weak = np.abs(found.condensate.sheet_current(found.state.psi)).max()
    assert weak < np.abs(made.sheet_current(alone.psi)).max()


def test_without_a_field_nothing_flows(dual):
    found = solved(dual, 0.0)
    assert found.rounds == 1
    assert found.state.energy == pytest.approx(-found.condensate.volumes.sum() / 2)


def test_more_points_than_fit_are_refused(dual, monkeypatch):
    monkeypatch.setattr(selffield, "MOST_POINTS", 10)
    with pytest.raises(SolveError, match=r"at most 10 points, but has one of \d+: give a smaller"):
        solved(dual, 0.1)


def test_what_does_not_settle_is_said(dual, monkeypatch):
    monkeypatch.setattr(selffield, "_ROUNDS", 2)
    with pytest.raises(SolveError, match="did not agree in 2 rounds"):
        solved(dual, 0.1)
