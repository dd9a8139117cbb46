"""The condensate at points of a film, against the states of a sample without dimensions."""

import numpy as np
import pytest

import entrap as et
from entrap.model import bcs_transition, electrodynamics, landau
from entrap.model.bcs_state import bcs_state, plain_state
from entrap.model.state import state, trapped_densities
from entrap.solve.jit import quick_jit
from entrap.solve.plane.local import LEVELS, LocalStates
from entrap.solve.sample import sample

pytestmark = pytest.mark.slow

T, THICKNESS = 0.9, 8e-8
CASE = et.Case(
    et.Material(name="Al"), landau=et.Landau(bcs=True), mixture=et.Mixture(valence_ratio=1e-5)
)


@pytest.fixture(scope="module")
def al():
    return sample(CASE)


@pytest.fixture(scope="module")
def film(al):
    return LocalStates(al, T, THICKNESS, 1e-6, 0.7, 1.15)


@pytest.mark.exhaustive
def test_with_fewer_than_in_equilibrium_it_is_the_sample_without_dimensions(al, film):
    f = np.array([0.013, 0.4, 0.77, 0.999])
    found = film.at(f * film.thermal)
    assert found.share == pytest.approx(f, rel=1e-12)
    exact = {
        "landau": quick_jit(lambda f: state(al, T, trapped_densities(al, T, f)))(f),
        "plain": quick_jit(lambda f: plain_state(al, T, f))(f),
        "mixed": quick_jit(lambda f: bcs_state(al, T, f, f, quick=True))(f),
    }
    for level in LEVELS:
        for name in ("superfluid_density", "penetration_depth", "gap"):
            value = np.asarray(getattr(exact[level], name))
            assert getattr(found, name)[level] == pytest.approx(value, rel=1e-6), (level, name)
        assert found.pearl_length[level] == pytest.approx(
            found.penetration_depth[level] ** 2 / THICKNESS, rel=1e-12
        )
    assert found.coherence_length == pytest.approx(
        np.asarray(exact["landau"].coherence_length), rel=1e-6
    )
    for level, function in (
        ("landau", landau.effective_critical_temperature),
        ("mixed", bcs_transition.effective_critical_temperature),
    ):
        exactly = np.asarray(quick_jit(lambda x, of=function: of(al, x))(f))
        assert found.critical_temperature[level] == pytest.approx(exactly, rel=1e-6)


def test_equilibrium_is_the_bare_film_at_every_level(al, film):
    found = film.at(np.array([film.thermal]))
    bare = quick_jit(lambda: plain_state(al, T, 1.0))()
    for level in ("plain", "mixed"):
        assert found.gap[level] == pytest.approx(float(bare.gap), rel=1e-8)
        assert found.superfluid_density[level] == pytest.approx(
            float(bare.superfluid_density), rel=1e-7
        )
    for level in ("landau", "mixed"):
        assert found.critical_temperature[level] == pytest.approx(
            float(al.critical_temperature), rel=1e-9
        )


def test_removing_quasiparticles_strengthens_plain_bcs_and_an_excess_weakens_it(film):
    x = film.thermal * np.array([0.2, 0.6, 0.95, 1.0, 1.05, 1.2])
    found = film.at(x)
    for level in ("plain", "mixed"):
        assert (np.diff(found.gap[level]) < 0).all()
        assert (np.diff(found.pearl_length[level]) > 0).all()
    assert (found.gap["mixed"][:3] > found.gap["plain"][:3]).all()
    # Landau's n_s has all normal electrons there are from equilibrium on.
    assert np.diff(found.superfluid_density["landau"][3:]) == pytest.approx(0, abs=1e-6)


def test_a_metal_on_the_film_lowers_its_transition(film):
    x = np.full(3, film.thermal)
    found = film.at(x, np.array([0.0, 0.5, 1.0]))
    assert found.critical_temperature["landau"][[0, 2]] == pytest.approx(
        [float(film.sample.critical_temperature), 1.15], rel=1e-9
    )
    assert (np.diff(found.gap["plain"]) < 0).all()


def test_a_film_too_cold_for_thermal_quasiparticles_still_has_maps(al):
    found = LocalStates(al, 1e-3, THICKNESS, 1e-9, 1e-4, 1.18).at(np.array([1e-9, 1e-6]))
    change = 1 - found.gap["plain"] / float(al.gap)
    assert change == pytest.approx([1e-9, 1e-6], rel=1e-3)
    assert (found.share > 1e200).all()
    assert found.critical_temperature["landau"] == pytest.approx(1.18, rel=1e-9)
    depth = float(electrodynamics.penetration_depth(landau.superfluid_density(al, 1e-3, 1.0)))
    assert found.penetration_depth["landau"] == pytest.approx(depth, rel=1e-9)
