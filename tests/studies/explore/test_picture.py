"""The numbers that the explorer draws are those of `evolve` and `bcs_curves`."""

import json
import struct

import numpy as np
import pytest

import entrap as et
from entrap.core.units import unit_factor
from entrap.model.observables import OBSERVABLES
from entrap.report.grades import grade
from entrap.solve.protocol.bcs_curves import bcs_curves
from entrap.studies.explore.controls import presets
from entrap.studies.explore.picture import FRAMES, SHARES, picture_of

pytestmark = pytest.mark.slow  # three programs are compiled


@pytest.fixture(scope="module")
def run():
    return et.evolve(et.Case.from_dict(presets()["clean-set"]))


@pytest.fixture(scope="module")
def picture(run):
    return picture_of(run.case)


def test_columns_are_those_of_the_evolution(run, picture):
    warm = run.time >= run.protocol.hold
    T, n_c = picture.columns["temperature"], run.case.material.conduction_density
    assert (T[0], T[-1]) == pytest.approx((run.protocol.start, run.protocol.warm_to))
    for name, of in (("superconducting", run.state.superfluid_density),
                     ("normal", run.state.normal_density), ("trapped", run.state.trapped_density),
                     ("untrapped", run.bare.superfluid_density)):  # fmt: skip
        expected = np.interp(T, run.state.temperature[warm], of[warm] / n_c)
        np.testing.assert_allclose(picture.columns[name], expected, rtol=1e-12, atol=1e-15)


def test_observables_are_those_of_bcs_without_and_with_the_entropy(run, picture):
    warm, T = run.time >= run.protocol.hold, picture.columns["temperature"]
    beside = bcs_curves(run)
    for each in picture.head["observables"]:
        declared = OBSERVABLES[each["name"]].quantity
        factor = unit_factor(declared.unit, each["unit"])
        assert each["symbol"] == declared.symbol
        states = {"bare": beside.bare, "plain": beside.plain, "mixed": beside.mixed,
                  "expansion": run.state}  # fmt: skip
        for name, state in states.items():
            drawn = picture.columns[f"{each['name']}.{name}"]
            column = np.asarray(getattr(state, each["name"]))[warm]
            expected = np.interp(T, run.state.temperature[warm], column) * factor
            kept = np.isfinite(drawn)
            np.testing.assert_allclose(drawn[kept], expected[kept], rtol=1e-12, atol=1e-12)


def test_what_diverges_is_drawn_up_to_four_times_its_least_value(picture):
    columns = [picture.columns[f"penetration_depth.{state}"] for state in ("bare", "mixed")]
    least = min(np.nanmin(column) for column in columns)
    assert np.isnan(columns[0][-1])  # normal: λ is infinite
    assert np.nanmax(columns) <= 4 * least


def test_free_energies_have_their_minima_where_the_sample_is(picture):
    """Warmed above the release, n_s follows the minimum of F with the trap."""
    share, frames = picture.columns["share"], picture.columns["frames"]
    energy = picture.columns["energy"].reshape(FRAMES, SHARES)
    frame = int(np.searchsorted(frames, 12.0))
    here = np.interp(
        frames[frame], picture.columns["temperature"], picture.columns["superconducting"]
    )
    assert share[energy[frame].argmin()] == pytest.approx(here, abs=share[1])
    assert energy.min() == pytest.approx(picture.head["extent"]["low"])
    assert (energy[:, 0] == 0).all()


def test_grades_are_those_of_the_margins(run, picture):
    T = picture.columns["temperature"]
    for margin, row in zip(run.validity, picture.head["margins"], strict=True):
        assert row["word"] == grade(margin.margin).word
        if margin.margin is None:
            assert (row["worst"], f"margin.{margin.name}" in picture.columns) == (-1, False)
            continue
        along = np.asarray(getattr(run.margins, margin.name))
        for place in (10, 120):
            nearest = np.argmin(
                abs(run.state.temperature - T[place]) + (run.time < run.protocol.hold)
            )
            drawn = picture.columns[f"margin.{margin.name}"][place]
            expected = -1 if np.isnan(along[nearest]) else _graded(along[nearest])
            assert drawn == expected, margin.name


def _graded(margin):
    return sum(margin >= low for low in (-1.0, 0.0, 0.5, 1.0))


def test_regimes_are_those_of_the_warm_up(picture):
    names = [(each["name"], round(each["to"], 2)) for each in picture.head["regimes"]]
    assert names[:2] == [("pinned", 8.0), ("released", 20.0)]


def test_what_is_packed_reads_back(picture):
    raw = picture.packed()
    length, _ = struct.unpack_from("<II", raw)
    head = json.loads(raw[8 : 8 + length])
    body = np.frombuffer(raw, "<f8", offset=8 + length)
    at = 0
    for name, size in head["columns"]:
        np.testing.assert_array_equal(body[at : at + size], picture.columns[name])
        at += size
    assert at == len(body)
    assert head["title"] == picture.head["title"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("name", [n for n, case in presets().items() if "landau" in case])
def test_every_preset_has_a_picture(name):
    picture = picture_of(et.Case.from_dict(presets()[name]))
    assert len(picture.head["answer"]) == 3
    assert picture.packed()
