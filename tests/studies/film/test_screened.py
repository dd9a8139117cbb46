"""How a film screens a field: its numbers, and every sentence about it."""

import dataclasses

import numpy as np
import pytest
from tests import pinned
from tests.studies.film.devices import UM, device, disc, shapes
from tests.studies.film.test_window import DIRTY, case_readers

import entrap as et
from entrap.core.constants import FLUX_QUANTUM, VACUUM_PERMEABILITY
from entrap.core.errors import InputError
from entrap.studies.film.figures_local import local_panels
from entrap.studies.film.local import local_maps
from entrap.studies.film.page import account
from entrap.studies.film.screened import _lengths, screened
from entrap.studies.film.screened_answer import screened_caveats, screened_sentences
from entrap.studies.film.screened_numbers import (
    screened_frames,
    screened_margins,
    screened_summary,
    screened_values,
)


def cased(**options):
    case = device(temperature=1.0, shape=shapes(disc(260, 40, 15, "hole")))
    stated = case.to_dict()
    stated["material"] |= {"fermi_temperature": 1.36e5, "fermi_velocity": 2.03e6}
    stated["landau"] = DIRTY
    stated["layout"]["screening"] = options
    return type(case).from_dict(stated, needs=(), readers=case_readers())


@pytest.fixture(scope="module")
def film():
    case = cased(field=1e-6)
    stated = case.to_dict()
    del stated["layout"]["screening"], stated["landau"]
    bare = type(case).from_dict(stated, needs=(), readers=case_readers())
    return et.film(bare)


@pytest.fixture(scope="module")
def solution(film):
    return film.solution


@pytest.fixture(scope="module")
def maps(solution):
    made = local_maps(cased(field=1e-6, size=6 * UM), (solution, solution), None)
    assert made is not None
    return made


@pytest.fixture(scope="module")
def found(solution, maps):
    case = cased(field=1e-6, size=6 * UM)
    mesh = dataclasses.replace(solution.mesh, layout=case.studies["layout"])
    made = screened(maps[0], dataclasses.replace(solution, mesh=mesh))
    assert made is not None
    return made


def value(found, name):
    return screened_values(found)[name].value


def test_the_depairing_current_is_that_of_the_lengths(found):
    sample = et.sample(cased(field=1e-6))
    n_s = float(sample.landau_a) * (float(sample.critical_temperature) - 1.0)
    n_s /= float(sample.landau_beta)
    coherence = float(et.model.electrodynamics.coherence_length(sample, n_s))
    length = value(found, "screening_length")
    assert found.depth**2 / found.thickness == pytest.approx(length)
    unit = FLUX_QUANTUM / (2 * np.pi * VACUUM_PERMEABILITY * coherence * length)
    assert found.depairing.max() == pytest.approx(2 / (3 * np.sqrt(3)) * unit, rel=2e-3)


def test_lengths_are_those_of_the_maps(solution):
    both = local_maps(cased(field=1e-6), (solution, solution), None)
    assert both is not None
    maps = both[0]
    length, depth, _ = _lengths(maps, solution, solution.mesh.points[:40])
    assert length == pytest.approx(maps.with_traps.pearl_length["mixed"][:40])
    assert length == pytest.approx(depth**2 / 80e-9)


def test_numbers_go_with_the_field(found):
    load = value(found, "screening_load")
    assert 0 < load < 1
    assert value(found, "depairing_field") == pytest.approx(1e-6 / load)
    assert value(found, "screening_moment") < 0
    twice = dataclasses.replace(found, options=dataclasses.replace(found.options, field=2e-6))
    assert value(twice, "screening_moment") == pytest.approx(2 * value(found, "screening_moment"))
    assert value(twice, "depairing_field") == pytest.approx(value(found, "depairing_field"))


def test_holes_have_an_inductance_and_take_more_flux_than_is_theirs(found):
    own = np.pi * (15 * UM) ** 2
    assert value(found, "hole_effective_area") > 2 * own
    # Of a round hole in a wide sheet that screens perfectly it is about 2 μ0 times its radius.
    geometric = value(found, "hole_inductance") - value(found, "hole_kinetic_inductance")
    assert geometric == pytest.approx(2 * VACUUM_PERMEABILITY * 15 * UM, rel=0.3)
    total = np.array(screened_summary(found)["inductances"])
    assert total.shape == (2, 2)
    assert total[0, 1] < 0
    assert all(error < 0.1 for error in found.errors.values())


def test_tables_have_a_row_for_each_triangle_and_hole(found):
    frames = screened_frames(found)
    holes = {column.name: column.values for column in frames["holes"].columns}
    assert sorted(holes["x"]) == pytest.approx([200 * UM, 260 * UM], rel=1e-3)
    assert len(frames["screening"]) == len(found.mesh.triangles)
    assert frames["screening"].columns[-1].values == pytest.approx(found.load)


def test_what_the_sentences_say(found):
    told = " ".join(screened_sentences(found))
    assert "The film is 100 µm wide, more than Λ = " in told
    assert "In 1 µT they reach" in told
    assert "A current round the hole with most, of 2, has an inductance of" in told
    still = dataclasses.replace(found, options=dataclasses.replace(found.options, field=0.0))
    told = " ".join(screened_sentences(still))
    assert "they reach" not in told
    assert "would break pairs" in told
    far = dataclasses.replace(found, options=dataclasses.replace(found.options, field=1e-2))
    assert "times of that there" in " ".join(screened_sentences(far))


def test_what_is_read_is_what_was_pinned(film, maps, found, tmp_path):
    shown = account(dataclasses.replace(film, local=maps[0], screening=found))
    figures = {*local_panels(maps[0]), "screening"}
    pinned.account(shown, "film-screened", tmp_path, figures, exact=1e-3)


def test_margins_fail_with_what_they_say(found):
    def failing(**changes):
        made = dataclasses.replace(found, **changes)
        margins = screened_margins(made, 1.0)
        failed = {margin.name for margin in margins if margin.holds is False}
        return failed, screened_caveats(made, margins)

    assert failing() == (set(), [])
    far = dataclasses.replace(found.options, field=1e-2)
    assert failing(options=far) == (
        {"meissner"},
        ["in 10 mT the film is no longer without vortices, which are not solved for"],
    )
    failed, words = failing(thickness=1e-3)
    assert failed == {"screening_depth"}
    assert "thicker than λ" in words[0]
    sample = et.sample(cased(field=1e-6))
    assert found.coldness == pytest.approx(1 - 1.0 / float(sample.critical_temperature), rel=1e-3)
    failed, words = failing(coldness=0.9)
    assert failed == {"screening_region"}
    assert "so cold that K_d by Landau's expansion is only a guide" in words[0]


def test_what_is_missing_is_said():
    stated = cased(field=1e-6).to_dict()
    del stated["landau"]
    bare = type(cased(field=1e-6)).from_dict(stated, needs=(), readers=case_readers())
    with pytest.raises(InputError, match=r"`landau` is missing: the currents in \[layout.screen"):
        et.film(bare)
    with pytest.raises(InputError, match="field"):
        et.Layout(shape=shapes(), screening={"size": 1e-6})
