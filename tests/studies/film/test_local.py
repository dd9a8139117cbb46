"""The condensate at each point of a device: its numbers, sentences, figures and files."""

import dataclasses
import json

import numpy as np
import pytest
import xarray as xr
from tests.studies.film.devices import CASE, UM

from entrap.app.casefile import READERS
from entrap.case.casefile import CaseFile
from entrap.case.toml import parse_case
from entrap.core.errors import InputError
from entrap.model.pearl import resonance_shift
from entrap.report.look import Look
from entrap.studies.film import page
from entrap.studies.film.film import film
from entrap.studies.film.local import ENDS
from entrap.studies.film.local_answer import local_sentences

pytestmark = pytest.mark.slow

WARM = (
    CASE.replace("150 mK", "1.1 K")
    + """
[landau]
bcs = true
[mixture]
valence_ratio = 1e-5
[layout.resonator]
kinetic_fraction = 0.2
"""
)


def terminal(x, y=-1, height=102):
    return (
        f'[[layout.shape]]\non = "terminal"\nrectangle = {{ corner = ["{x} um", "{y} um"], '
        f'size = ["2 um", "{height} um"] }}\n'
    )


ENDED = terminal(-1) + terminal(299)


def case(text, trap_temperature=0.3):
    stated = parse_case(text, needs=(), readers=READERS).to_dict()
    stated["trap"]["junction"]["trap_temperature"] = trap_temperature
    return CaseFile.from_dict(stated, needs=(), readers=READERS)


@pytest.fixture(scope="module")
def found():
    return film(case(WARM.replace("[layout.probes]", ENDED + "[layout.probes]")))


def test_the_traps_strengthen_the_condensate_where_they_are(found):
    local = found.local
    state, mesh = local.with_traps, found.mesh
    under = mesh.trap_areas.sum(0) / mesh.dual.volumes > 0.5
    far = mesh.points[:, 0] > 250 * UM
    for level in ENDS:
        assert state.pearl_length[level][under].max() < state.pearl_length[level][far].min()
        assert local.inductance_change[level] < 0
        assert (local.inductance_changes(level) < 1e-6).all()
    assert found.quantities["least_share"].value == pytest.approx(
        (found.solution.density / found.solution.sheet.equilibrium_fraction).min(), rel=1e-9
    )
    assert found.quantities["local_critical_temperature"].value == pytest.approx(
        state.critical_temperature["landau"].max(), rel=1e-12
    )


def test_inductance_and_resonance_belong_together(found):
    local, values = found.local, found.quantities
    for level, end in ENDS.items():
        after, before = (each.inductance for each in local.currents[level])
        change = values[f"inductance_change{end}"].value
        assert change == pytest.approx(after / before - 1, rel=1e-12)
        assert values[f"kinetic_inductance{end}"].value == after
        shift = float(resonance_shift(0.2, change))
        assert values[f"resonance_shift{end}"].value == pytest.approx(shift, rel=1e-9)
        # A film 3 times as long as wide, with a hole in it.
        square = values[f"sheet_inductance{end}"].value
        assert 3 < after / square < 3.5
        assert 0 < found.errors[f"kinetic_inductance{end}"] < 5e-3


def test_the_burst_moves_the_resonance_down_and_that_decays(found):
    shift = found.shift
    assert shift[0] < 0
    assert np.abs(shift).argmax() < 5
    assert abs(shift[-1]) < 0.03 * abs(shift[0])


def test_the_sentences_say_what_the_numbers_say(found):
    left, inductance, burst = local_sentences(found.local, (found.decay.times, found.shift))
    least = found.local.remaining_fraction.min()
    assert f"f = {100 * least:.0f} % to" in left
    highest = found.quantities["local_critical_temperature"].value
    assert f"T̃_c is {highest:.4g} K by Landau's functional" in left
    mixed = found.quantities["local_critical_temperature_mixed"].value
    assert f"{mixed:.4g} K by the functional at every temperature" in left
    at = int(found.local.remaining_fraction.argmin())
    gap = found.local.with_traps.gap["plain"] / found.local.without.gap["plain"] - 1
    assert f"has a gap there that is {100 * gap[at]:.2g} % wider" in left
    for end in ENDS.values():
        change = 100 * found.quantities[f"inductance_change{end}"].value
        assert f"{change:.3g} %" in inductance
        assert f"{100 * found.quantities[f'resonance_shift{end}'].value:+.3g} %" in inductance
    assert "between the terminals" in inductance
    digits, power = f"{abs(found.shift).max():.2e}".split("e-0")
    assert f"δf/f = -{digits} × 10⁻{'⁰¹²³⁴⁵⁶⁷⁸⁹'[int(power)]} from" in burst


def test_margins_say_where_it_fails(found):
    margins = {margin.name: margin.margin for margin in found.margins}
    state, sheet = found.local.with_traps, found.solution.sheet
    most = max(found.solution.density.max(), sheet.equilibrium_fraction)
    healing = sheet.diffusivity / (sheet.trapping_rate + 2 * sheet.recombination_coefficient * most)
    longest = state.coherence_length.max()
    assert margins["local_density"] == pytest.approx(
        np.log10(0.01 / (0.15 * longest**2 / healing)), abs=1e-6
    )
    # The largest disc on a film 100 µm wide.
    least = min(each.min() for each in state.pearl_length.values())
    assert margins["weak_screening"] == pytest.approx(np.log10(least / 100e-6), abs=0.02)
    changed = np.abs(state.gap["plain"] / sheet.gap - 1).max()
    assert margins["uniform_gap"] == pytest.approx(np.log10(0.1 / changed), abs=1e-9)
    assert margins["thin_sheet"] < 0
    assert {"entropy_slope", "landau_region", "classical_entropy"} <= margins.keys()
    assert len(margins) == len(found.margins)


def test_a_cold_film_that_is_poisoned_has_no_entropy_of_mixing():
    cold = film(case(WARM.replace("1.1 K", "60 mK"), trap_temperature=0.05))
    assert cold.local
    assert cold.decay
    assert cold.local.poisoned
    left, inductance, _ = local_sentences(cold.local, (cold.decay.times, cold.shift))
    assert "no entropy of mixing counts (f = 1)" in left
    assert "averaged over its area" in inductance
    assert cold.quantities["local_critical_temperature"].value == pytest.approx(1.18, rel=1e-9)
    assert cold.quantities["inductance_change"].value == pytest.approx(0, abs=1e-9)
    plain = cold.quantities["inductance_change_plain"].value
    assert plain < 0
    assert cold.quantities["inductance_change_mixed"].value == pytest.approx(plain, rel=1e-9)


def test_without_traps_the_inductance_itself_is_said(found):
    outlines = dataclasses.replace(found.mesh.outlines, traps=())
    mesh, local = dataclasses.replace(found.mesh, outlines=outlines), found.local
    currents = {level: (each[1], each[1]) for level, each in local.currents.items()}
    bare = dataclasses.replace(local, mesh=mesh, with_traps=local.without, currents=currents)
    left, inductance, burst = local_sentences(bare, (found.decay.times, found.shift))
    assert "with the traps" not in left
    assert "The film's kinetic inductance L_k between its terminals is" in inductance
    assert f"{1e12 * currents['plain'][0].inductance:.3g} pH by BCS theory" in inductance
    assert "δf/f = -" in burst


@pytest.mark.exhaustive
def test_a_film_without_traps_has_its_inductance():
    start, end = WARM.index('[[layout.shape]]\non = "trap"'), WARM.index("[layout.probes]")
    text = WARM[:start] + ENDED + WARM[end:]
    bare = film(case(text.replace("[layout]\n", '[layout]\nbackground_rate = "1e3 1/s"\n')))
    assert bare.local
    assert bare.decay
    left, inductance, burst = local_sentences(bare.local, (bare.decay.times, bare.shift))
    assert "with the traps" not in left
    each = bare.quantities["kinetic_inductance_plain"].value
    assert "The film's kinetic inductance L_k between its terminals is" in inductance
    assert f"{1e15 * each:.3g} fH by BCS theory" in inductance or (
        f"{1e12 * each:.3g} pH by BCS theory" in inductance
    )
    assert "δf/f = -" in burst


@pytest.mark.exhaustive
def test_a_case_without_landau_coefficients_has_no_maps_of_the_condensate():
    bare = film(case(WARM.replace("[landau]\nbcs = true\n", "")))
    assert bare.local is None
    assert not any("inductance" in name for name in bare.quantities)


def test_terminals_must_be_joined_and_lie_over_a_side():
    for ends, says in (
        (terminal(-1), "must be two shapes"),
        (terminal(-1) + terminal(150, 40, 5), "no side of the film's outline lies"),
        (terminal(-1) + terminal(0), "overlap"),
    ):
        text = WARM.replace("[layout.probes]", ends + "[layout.probes]")
        with pytest.raises(InputError, match=says):
            film(case(text))


@pytest.mark.exhaustive
def test_files_and_figures_hold_the_maps(found, tmp_path, whole_page, monkeypatch):
    monkeypatch.setattr(page, "film", lambda *_, **__: found)  # which is solved already
    look = Look.of(formats=["svg"])
    page.write_film(found.case, tmp_path / "out", look=look, latex=False)
    names = {path.stem for path in (tmp_path / "out").glob("*.svg")}
    assert {
        "remaining-fraction", "critical-temperature", "pearl-length", "inductance-change",
        "resonance",
    } <= names  # fmt: skip
    text, _ = whole_page(tmp_path / "out" / "report.html")
    assert "The condensate at each point" in text
    with xr.open_dataset(tmp_path / "out" / "film.nc") as data:
        for level, end in ENDS.items():
            kept = data[f"pearl_length{end}"].values
            assert kept == pytest.approx(found.local.with_traps.pearl_length[level], rel=1e-9)
        assert data["critical_temperature_mixed"].attrs["units"] == "K"
    heading = (tmp_path / "out" / "maps.csv").read_text("utf-8").partition("\n")[0]
    assert "superfluid_density_mixed [1/m^3]" in heading
    told = json.loads((tmp_path / "out" / "summary.json").read_text("utf-8"))
    assert told["quantities"]["resonance_shift_plain"]["value"] > 0
    assert "resonance_shift" in (tmp_path / "out" / "decay.csv").read_text("utf-8")
