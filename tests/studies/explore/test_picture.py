"""The numbers that the explorer draws are those of `evolve` and `bcs_curves`."""

import itertools
import json
import lzma
import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import entrap as et
from entrap.core.units import unit_factor
from entrap.model.observables import OBSERVABLES
from entrap.report.grades import grade
from entrap.report.labels import quoted
from entrap.solve.protocol.bcs_curves import bcs_curves
from entrap.studies.explore.controls import presets
from entrap.studies.explore.picture import FRAMES, SHARES, picture_of

STORED = Path(__file__).parents[2] / "data" / "results" / "0.4" / "run" / "results.nc.xz"


@pytest.fixture(scope="module")
def of_stored(tmp_path_factory):
    """A run from its file, what lies beside it, and its picture: nothing is compiled."""
    path = tmp_path_factory.mktemp("picture") / "results.nc"
    path.write_bytes(lzma.decompress(STORED.read_bytes()))
    run = et.load(path)
    beside = SimpleNamespace(bare=run.bare, plain=run.bare, mixed=run.state)

    def energies(_, temperature, left, n_s):
        """Parabolas whose minima are where the sample is, without a trap where all are left."""
        warm = run.time >= run.protocol.hold
        at = [
            np.interp(temperature, run.state.temperature[warm], state.superfluid_density[warm])
            for state in (run.state, run.bare)
        ]
        lowest = np.where(left == 1.0, at[1], at[0])
        return (n_s - lowest[:, None]) ** 2

    stand_ins = {
        "evolve": lambda _: run, "bcs_curves": lambda _: beside, "bcs_values": lambda _: {},
        "answer": lambda *_: ("One.",), "free_energy_curves": energies,
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        for name, stand_in in stand_ins.items():
            patch.setattr(f"entrap.studies.explore.picture.{name}", stand_in)
        return run, beside, picture_of(run.case)


@pytest.fixture(scope="module")
def of_preset():
    run = et.evolve(et.Case.from_dict(presets()["clean-set"]))
    return run, bcs_curves(run), picture_of(run.case)


@pytest.fixture(
    scope="module",
    params=["of_stored", pytest.param("of_preset", marks=pytest.mark.slow)],  # it is compiled
)
def shown(request):
    return request.getfixturevalue(request.param)


@pytest.fixture
def run(shown):
    return shown[0]


@pytest.fixture
def picture(shown):
    return shown[2]


def test_columns_are_those_of_the_evolution(run, picture):
    warm = run.time >= run.protocol.hold
    T, n_c = picture.columns["temperature"], run.case.material.conduction_density
    assert (T[0], T[-1]) == pytest.approx((run.protocol.start, run.protocol.warm_to))
    for name, of in (("superconducting", run.state.superfluid_density),
                     ("normal", run.state.normal_density), ("trapped", run.state.trapped_density),
                     ("untrapped", run.bare.superfluid_density)):  # fmt: skip
        expected = np.interp(T, run.state.temperature[warm], of[warm] / n_c)
        np.testing.assert_allclose(picture.columns[name], expected, rtol=1e-12, atol=1e-15)


def test_observables_are_those_of_bcs_without_and_with_the_entropy(shown):
    run, beside, picture = shown
    warm, T = run.time >= run.protocol.hold, picture.columns["temperature"]
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
    without = picture.columns["energy.untrapped"].reshape(FRAMES, SHARES)
    frame = int(np.searchsorted(frames, 7.0))
    here = np.interp(frames[frame], picture.columns["temperature"], picture.columns["untrapped"])
    assert share[without[frame].argmin()] == pytest.approx(here, abs=share[1])
    assert min(energy.min(), without.min()) == pytest.approx(picture.head["extent"]["low"])
    highest = max(energy[:, -1].max(), without[:, -1].max(), 0)
    assert highest == pytest.approx(picture.head["extent"]["high"])
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


def test_regimes_are_those_of_the_warm_up(run, picture):
    told = picture.head["regimes"]
    assert [each["name"] for each in told][:2] == ["pinned", "released"]
    assert told[0]["from"] == pytest.approx(run.protocol.start)
    assert told[-1]["to"] == pytest.approx(run.protocol.warm_to)
    for one, other in itertools.pairwise(told):
        assert one["from"] < one["to"] == pytest.approx(other["from"])
    ends = {r.name: np.interp(r.end, run.time, run.state.temperature) for r in run.regimes}
    assert all(each["to"] == pytest.approx(ends[each["name"]]) for each in told)


def test_the_head_has_the_words_and_numbers_of_the_run(run, picture):
    head = picture.head
    assert (head["title"], head["trapPresent"]) == (run.case.title, True)
    numbers = {each["name"]: each for each in head["numbers"]}
    for name, of in run.quantities.items():
        if np.isnan(of.value) or name == of.declared.formerly:
            assert name not in numbers
            continue
        assert numbers[name]["text"] == quoted(of.declared, of.value, at_least=of.at_least)
        assert numbers[name]["symbol"] == of.declared.symbol
    for margin, row in zip(run.validity, head["margins"], strict=True):
        assert row["until"] == margin.holds_until
        assert row["missing"] == (margin.missing or margin.remark)
    first = [each["name"] for each in head["observables"] if each["first"]]
    assert sorted(first) == ["higgs_mode", "lower_critical_field", "penetration_depth"]
    assert [each["name"] for each in head["observables"]][:3] == first


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
