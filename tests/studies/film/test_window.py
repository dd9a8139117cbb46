"""The condensate in a window of a film: its numbers, and every sentence about it."""

import dataclasses
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
import tomli_w
from matplotlib.figure import Figure
from tests import pinned
from tests.studies.film.devices import UM, device, disc, shapes

import entrap as et
from entrap.core.constants import FLUX_QUANTUM, HBAR
from entrap.core.errors import InputError
from entrap.solve.plane.vortices import Vortices
from entrap.studies.film.figures_window import _wound, window_panels
from entrap.studies.film.page import account
from entrap.studies.film.window import condensed
from entrap.studies.film.window_answer import window_caveats, window_sentences
from entrap.studies.film.window_numbers import window_frames, window_margins, window_values

DIRTY = {"bcs": True, "mean_free_path": "20 nm"}
MIXED = {"a": "3 k_B", "saturation": 1.0}


def cased(window, landau=DIRTY, **changes):
    """The device at 1 K with a window."""
    case = device(temperature=1.0, **changes)
    stated = case.to_dict()
    stated["material"] |= {"fermi_temperature": 1.36e5, "fermi_velocity": 2.03e6}
    stated["landau"] = landau
    stated["layout"]["window"] = window
    if landau is MIXED:
        stated["mixture"] = {"valence_ratio": 1.0}
    return type(case).from_dict(stated, needs=(), readers=case_readers())


def case_readers():
    from entrap.app.casefile import READERS

    return READERS


def around(x, y, size, **more):
    return {"centre": [x * UM, y * UM], "size": [size * UM, size * UM], **more}


@pytest.fixture(scope="module")
def film():
    return et.film(device(temperature=1.0))


@pytest.fixture(scope="module")
def solution(film):
    return film.solution


def solved(solution, case):
    """The condensate of a case, with the quasiparticles of the same device."""
    layout = case.studies["layout"]
    mesh = dataclasses.replace(solution.mesh, layout=layout)
    found = condensed(case, dataclasses.replace(solution, mesh=mesh))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def found(solution):
    """A corner of the film, in a field."""
    return solved(solution, cased(around(298.5, 98.5, 6, field="1 mT", start="best")))


def test_lengths_are_those_of_the_sample(found):
    sample = et.sample(cased(around(0, 0, 1)))
    alpha = float(sample.landau_a) * (float(sample.critical_temperature) - 1.0)
    values = {name: value.value for name, value in window_values(found).items()}
    assert found.scale.alpha == pytest.approx(alpha)
    assert values["window_coherence_length"] == pytest.approx(
        HBAR / np.sqrt(8 * 9.1093837139e-31 * alpha)
    )
    n_s = alpha / float(sample.landau_beta)
    depth = float(et.model.electrodynamics.penetration_depth(n_s))
    assert values["window_screening_length"] == pytest.approx(depth**2 / 80e-9)
    assert values["window_uniform_amplitude_energy"] == pytest.approx(2 * found.scale.gap)


def test_it_is_a_state_of_lowest_energy(found):
    assert found.state.status == "stable"
    assert found.state.residual < 1e-10
    # The window's area is 4.5 µm by 4.5 µm: its condensation energy is the most that there is.
    least = -found.scale.energy / 2 * found.condensate.volumes.sum()
    assert least < window_values(found)["window_energy"].value < 0.3 * least
    assert len(found.starts) == 4
    assert found.errors["window_critical_temperature"] < 1e-3
    assert found.errors["window_energy"] < 1e-2


def test_its_vortices_are_fewer_than_the_flux(found):
    flux = 1e-3 * (4.5 * UM) ** 2 / FLUX_QUANTUM
    assert 0 < found.winding.winding.sum() < flux


def test_no_current_leaves_the_film_and_the_field_is_kept_out(found):
    at = found.mesh.points - found.mesh.points.mean(0)
    moment = ((at[:, 0] * found.current[:, 1] - at[:, 1] * found.current[:, 0])
              @ found.mesh.dual.volumes)  # fmt: skip
    assert moment < 0
    right = found.mesh.points[:, 0] > found.mesh.points[:, 0].max() - 1e-9
    across, along = np.abs(found.current[right]).mean(0)
    assert across < 0.1 * along


def test_the_transition_lies_between_an_edge_and_none(found):
    lower, upper = found.transitions
    sample = found.sample
    # In units of α: a film without edges has the lowest level 1, its corner 0.51.
    field = 2 * np.pi * 1e-3 / FLUX_QUANTUM * found.scale.length**2 * found.scale.alpha
    bare = float(sample.critical_temperature)
    fall = field / float(sample.landau_a)
    assert lower <= upper
    assert bare - fall < upper == pytest.approx(bare - 0.51 * fall, abs=0.03 * fall)


def test_without_a_field_a_uniform_film_is_uniform(solution):
    found = solved(solution, cased(around(290, 50, 3)))
    assert np.abs(found.state.psi) == pytest.approx(1, abs=1e-9)
    assert found.transitions == pytest.approx(2 * (float(found.sample.critical_temperature),))
    assert found.amplitude_energy == pytest.approx(2 * found.scale.gap)
    told = " ".join(window_sentences(found))
    assert "without a field, the film holds no vortex. This state is stable" in told
    assert "cooling" not in told
    assert window_caveats(found, window_margins(found, 1.0)) == []
    assert not np.isnan([*found.errors.values()]).any()
    assert "as the bare film does without a field" in told
    assert "is at ħω = 218 µeV, as in a uniform film" in told


def test_quasiparticles_that_a_trap_takes_raise_the_transition(solution):
    """Where electrons mix and f falls under a trap, T_c of the film is that of α_f."""
    case = cased(around(60, 40, 0.06), MIXED)
    half = dataclasses.replace(solution, density=0.5 * solution.sheet.equilibrium_fraction
                               * np.ones(len(solution.density)))  # fmt: skip
    found = solved(half, case)
    assert found.fraction == pytest.approx(0.5)
    expected = 1.18 * 3 / (3 - 0.5 * np.log(2))
    assert found.transitions == pytest.approx((expected, expected), rel=1e-6)
    assert "With 50 % of its normal electrons left, as now" in " ".join(window_sentences(found))
    assert "mK above that of the bare film" in " ".join(window_sentences(found))


def test_no_more_than_all_normal_electrons_are_left(solution):
    crowded = dataclasses.replace(solution, density=1e3 * solution.density)
    assert solved(crowded, cased(around(290, 50, 3))).fraction.max() == 1


@pytest.mark.parametrize(
    ("window", "told"),
    [
        (around(900, 50, 3), r"`layout\.window\.centre` is at x = 900 µm, y = 50 µm, where there"),
        (around(290, 50, 3, self_field=True), r"`layout\.window\.self_field` needs a window that"),
        (around(150, 50, 90), r"`layout\.window\.size` is 90 µm by 90 µm, which is too much for a"),
    ],
)
def test_a_window_that_cannot_be_is_refused(solution, window, told):
    with pytest.raises(InputError, match=told):
        solved(solution, cased(window))


def test_a_window_needs_landau_s_coefficients():
    case = device(temperature=1.0)
    stated = case.to_dict()
    stated["layout"]["window"] = around(290, 50, 3)
    bare = type(case).from_dict(stated, needs=(), readers=case_readers())
    with pytest.raises(InputError, match=r"`landau` is missing: the pairs in \[layout.window"):
        et.film(bare)


def test_wrong_keys_are_said():
    for wrong, told in (
        ({"start": "quenched"}, "start"),
        ({"size": [1e-6, 0.0]}, "must be a width and a height above 0 m"),
        ({"field": "1 m"}, "field"),
    ):
        with pytest.raises(InputError, match=told):
            et.Layout(shape=shapes(), window=around(0, 0, 1) | wrong)


def told(found, **changes):
    return " ".join(window_sentences(dataclasses.replace(found, **changes)))


def wound(points, winding, fluxoids=()):
    at = np.full((len(fluxoids), 2), 1e-6)
    return Vortices(np.asarray(points, float).reshape(-1, 2), np.array(winding, int), at,
                    np.array(fluxoids, int))  # fmt: skip


def test_what_the_sentences_say_of_vortices(found):
    two = [[2.98e-4, 9.8e-5], [2.97e-4, 9.8e-5]]
    assert "the film holds 2 vortices. " in told(found, winding=wound(two, [1, 1]))
    assert "the film holds 1 vortex and 1 vortex against the field." in told(
        found, winding=wound(two, [1, -1])
    )
    assert (
        "no vortex, and 3 flux quanta in its hole at x = 1 µm, y = 1 µm and -1 flux quantum in its"
        in (told(found, winding=wound([], [], [3, -1])))
    )
    turned = dataclasses.replace(found.options, field=-1e-3)
    assert "in a field of -1 mT, the film holds 2 vortices, and 1 flux quantum in its" in told(
        found, options=turned, winding=wound(two, [-1, -1], [-1])
    )


def test_its_own_field_is_told_and_not_assumed_weak(found):
    own = dataclasses.replace(found.options, self_field=True)
    assert "in a field of 1 mT and that of its own currents, the film" in told(found, options=own)
    made = window_margins(dataclasses.replace(found, options=own), 1.0)
    assert "weak_screening" not in {margin.name for margin in made}


def state(found, **changes):
    return dataclasses.replace(found.state, **changes)


def test_what_the_sentences_say_of_the_state(found):
    assert "This state is stable: each small change of it costs energy." in told(found)
    assert "not stable: there is a small change of it that gains energy" in told(
        found, state=state(found, lowest=-0.1)
    )
    assert "did not end: Ginzburg and Landau's equation is met to 0.002 only" in told(
        found, state=state(found, residual=2e-3)
    )


@pytest.mark.parametrize("field", ["50 mT", "1 T"])
def test_above_its_critical_field_a_window_is_normal(solution, field):
    """At T = 0 it is 10 mT, and the mesh resolves no such field as these."""
    found = solved(solution, cased(around(290, 50, 3, field=field)))
    assert found.normal
    assert not len(found.winding.points)
    empty = " ".join(window_sentences(found))
    assert f"in a field of {field}, nothing superconducts." in empty
    assert "holds" not in empty
    absent = {"window_critical_temperature", "window_amplitude_energy"}
    assert not absent & window_values(found).keys()
    assert window_caveats(found, window_margins(found, 1.0)) == []


def test_the_mesh_resolves_a_field_that_is_stronger_than_its_condensate_bears(solution):
    """At 3 B_c2(0) corners of 90° hold nothing: they bear 1.96 B_c2(0). ξ̃ alone has fewer points."""
    weak, strong = (
        solved(solution, cased(around(290, 50, 1.5, field=field))) for field in ("5 mT", "30 mT")
    )
    assert len(strong.mesh.points) > 3 * len(weak.mesh.points)
    assert weak.transitions[1] > 0
    assert strong.transitions == (0.0, 0.0)
    for each in (weak, strong):
        (mesh,) = (m for m in window_margins(each, 1.0) if m.name == "window_mesh")
        length = np.sqrt(FLUX_QUANTUM / (2 * np.pi * each.options.field))
        assert mesh.margin == pytest.approx(np.log10(length / (2 * each.mesh.size)))
        assert mesh.holds


def test_what_the_sentences_say_of_the_start(found):
    assert "All of 4 starts led to it." in told(found, starts=dict.fromkeys("abcd", -3.0))
    energies = {"zero-field": -2.0, "field-cooled 1": -2.5, "field-cooled 2": -2.4}
    assert "Of 3 starts one led to it, the lowest in energy; the others end up to 20 % higher" in (
        told(found, starts=energies)
    )
    energies["field-cooled 2"] = -2.5
    assert "Of 3 starts 2 led to it" in told(found, starts=energies)
    cooled = dataclasses.replace(found.options, start="field-cooled")
    assert "reached by cooling in the field; other histories" in told(found, options=cooled)


def test_what_the_sentences_say_of_the_transition(found):
    assert "at any temperature in this field" in told(found, transitions=(np.inf, np.inf))
    assert "superconducts at no temperature" in told(found, transitions=(0.0, 0.0))
    assert "up to T_c = 1.1 K in this field if it ended at the window's rim; for a film" in told(
        found, transitions=(0.0, 1.1)
    )
    assert "up to T_c = 1.1 K in this field, 80 mK below that of the bare" in told(
        found, transitions=(1.1, 1.1)
    )
    assert "at least up to T_c = 1 K in this field, and up to 1.1 K if it ended at the" in told(
        found, transitions=(1.0, 1.1)
    )
    assert "With 20 % to all of its normal electrons left" in told(
        found, fraction=np.array([0.2, 1.0])
    )


def test_what_the_sentences_say_of_amplitude_modes(found):
    shape = found.amplitude[1]
    half = told(found, amplitude=(np.array([1.0, 1.2]), shape))
    assert "with all phases held, is at ħω = 154 µeV; in a uniform film like the" in half
    assert "No amplitude mode is stable" in told(found, amplitude=(np.array([-0.1, 1]), shape))


def test_margins_fail_with_what_they_say(found):
    def failing(**changes):
        made = dataclasses.replace(found, **changes)
        margins = window_margins(made, 1.0)
        failed = {margin.name for margin in margins if margin.holds is False}
        return failed, " ".join(window_caveats(made, margins))

    near = wound([found.cut.representative_point().coords[0]], [1])
    failed, words = failing(winding=near)
    assert "window_rim" in failed
    assert "a vortex lies within 3 ξ̃ of where the window cuts the film" in words
    assert "as if the film ended where it is cut" in words
    failed, words = failing(winding=wound([], []), width=1e-7, cut=shapely.Point())
    assert failed == set()
    assert words == ""
    for field, name in (("30 mT", "105 nm"), ("39 mT", "91.9 nm")):
        options = dataclasses.replace(found.options, field=field)
        failed, words = failing(options=options, mesh=dataclasses.replace(found.mesh, size=6e-8))
        assert "window_mesh" in failed
        assert f"larger than half the magnetic length of {name}, so that what this field" in words
    failed, words = failing(width=1e-3)
    assert "the film is 1,000 µm wide, more than Λ = 581 nm" in words
    thick = dataclasses.replace(found.scale, thickness=1e-6, alpha=10 * found.scale.alpha)
    failed, words = failing(scale=thick)
    assert {"window_depth", "landau_region"} <= failed
    assert "thicker than half a coherence length" in words
    assert "too cold for Ginzburg and Landau's theory" in words
    _, words = failing(errors={"window_energy": np.nan})
    assert "different vortices, so that the error of its energy by the mesh is not known" in words


def test_tables_have_a_row_for_each_point_and_vortex(found):
    frames = window_frames(found)
    columns = {column.name: column for column in frames["window"].columns}
    assert len(columns["superfluid_density"].values) == len(found.mesh.points)
    assert columns["sheet_current_x"].unit == "A/m"
    assert len(frames["vortices"].columns[0].values) == len(found.winding.points)


def test_what_is_read_is_what_was_pinned(film, found, tmp_path):
    shown = account(dataclasses.replace(film, window=found))
    pinned.account(shown, "film-window", tmp_path, window_panels(found), exact=1e-3)


@pytest.mark.exhaustive
def test_the_command_writes_the_window(call, tmp_path, whole_page, picture):
    case = cased(around(298.5, 98.5, 6, field="1 mT"), shape=shapes(disc(299, 99, 0.4, "hole")))
    (tmp_path / "case.toml").write_text(tomli_w.dumps(case.to_dict()))
    done = call("film", "case.toml", "--out", "result", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    folder = tmp_path / "result"
    _, figures = whole_page(folder / "report.html")
    assert figures == len(list(folder.glob("*.svg")))
    for name in ("condensate", "sheet-current", "phase", "amplitude-mode"):
        picture(folder / name)
    names = {path.name for path in folder.iterdir()}
    assert {"window.csv", "vortices.csv", "film-window.nc", "film-window.vtu"} <= names
    told = json.loads((folder / "summary.json").read_text("utf-8"))
    assert told["window"]["status"] == "stable"
    assert told["quantities"]["window_vortices"]["value"] == len(told["window"]["vortices"])


def test_without_a_field_no_map_shows_the_rounding_of_a_current(solution, found):
    still = solved(solution, cased(around(290, 50, 3)))
    assert [*window_panels(still)] == ["condensate", "amplitude-mode"]
    assert {"sheet-current", "phase"} < window_panels(found).keys()


@pytest.mark.parametrize(("count", "size"), [(3, 7), (40, 4)])
def test_vortices_of_either_turn_have_marks_that_are_small_where_they_are_many(count, size):
    turns = np.where(np.arange(count) % 3 == 0, -1, 1)
    points = 1e-6 * np.arange(2.0 * count).reshape(count, 2)
    wound = SimpleNamespace(winding=turns, points=points, holes=np.empty((0, 2)), fluxoids=[])
    found: Any = SimpleNamespace(winding=wound)
    axes = Figure().subplots()
    _wound(axes, found)
    drawn = {line.get_marker(): line for line in axes.lines}
    assert set(drawn) == {"o", "X"}
    assert {line.get_markersize() for line in axes.lines} == {size}
    for mark, turn in (("o", 1), ("X", -1)):
        np.testing.assert_allclose(drawn[mark].get_xydata(), 1e6 * points[turns == turn])
