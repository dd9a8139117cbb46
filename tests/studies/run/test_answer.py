"""The answer and the observables of a run, with plain BCS beside the paper."""

import numpy as np
import pytest

import entrap as et
from entrap.model.observables import SUMMARISED
from entrap.solve.protocol.bcs_curves import bcs_curves
from entrap.studies.run.answer import answer
from entrap.studies.run.figures import observables
from entrap.studies.run.page import account


def parts(changes=(), name="clean-set"):
    run = et.evolve(et.load_case(f"examples/{name}.toml", list(changes)))
    return run, bcs_curves(run)


def test_the_first_sentence_says_what_plain_bcs_gives_and_what_the_entropy_adds():
    run, beside = parts()
    first = answer(run, beside)[0].partition(". ")[0]
    at = int(np.argmin(abs(run.state.temperature - 9.0)))
    plain, bare, mixed = (float(s.gap[at]) for s in (beside.plain, beside.bare, beside.mixed))
    wider, still = (f"{100 * (ratio - 1):.2g} % wider" for ratio in (plain / bare, mixed / plain))
    assert first.startswith(f"At {run.state.temperature[at]:.4g} K plain BCS theory")
    assert f"makes the gap {wider}, without any entropy of mixing" in first
    assert first.endswith(f"the entropy makes it {still} still")
    assert plain > bare
    assert mixed > plain


def test_the_rise_is_that_of_the_functional_and_the_expansion_fails_by_itself():
    run, beside = parts(["landau.a=1 k_B"])  # k_B L = a: no finite T̃_c of the expansion
    text = answer(run, beside)[0]
    assert "from 10 K to 17.63 K by the functional" in text
    assert "gives no finite one, since k_B L is not below a: that is a failure of the" in text
    assert not any("held up to" in part for part in answer(run, beside))


@pytest.mark.slow
def test_a_passive_trap_takes_nothing_and_the_answer_says_so():
    run, beside = parts(["trap.junction.trap_temperature="], "cooled-trap")
    text = answer(run, beside)
    assert text[0].startswith("By plain BCS theory nothing changes")
    assert text[1].startswith("Nothing would be seen")


def test_a_straight_line_beyond_all_electrons_is_called_saturated():
    run, beside = parts(["landau.saturation=2"])
    assert run.regimes[1].name == "saturated" or "saturated" in {r.name for r in run.regimes}
    assert "saturated: it asks for more electrons" in answer(run, beside)[1]


def test_the_observables_show_three_curves_of_bcs_and_two_of_the_expansion():
    run, beside = parts()
    figure = observables(run, beside)
    axes = figure.axes[SUMMARISED.index("higgs_mode")]
    drawn = {line.get_label(): np.asarray(line.get_ydata()) for line in axes.get_lines()}
    warm = run.time >= run.protocol.hold
    unit = 1.602176634e-22  # meV
    for label, state in (
        ("BCS, without a trap", beside.bare),
        ("BCS, with the trap, no entropy", beside.plain),
        ("BCS, with the trap and the entropy", beside.mixed),
        ("expansion, with the trap", run.state),
        ("expansion, without a trap", run.bare),
    ):
        np.testing.assert_allclose(
            drawn[label], np.asarray(state.higgs_mode)[warm] / unit, rtol=1e-12
        )
    assert "meV" in axes.get_ylabel()
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sorted(labels) == sorted(drawn)


@pytest.mark.slow
def test_a_stated_depth_and_gap_are_found_in_the_summary():
    """What a user states is in the result: λ(0) of a dirty film, and the gap far below T_c/2."""
    run, beside = parts(["protocol.start=0.3 K"], "nbn-penetration-depth")
    summary = account(run).summary()["quantities"]
    np.testing.assert_allclose(summary["penetration_depth_bcs_initial"]["value"], 200e-9, rtol=1e-9)
    assert "BCS" in summary["penetration_depth_bcs_initial"]["symbol"]
    gap = run.case.material.gap
    for name in ("higgs_mode_bcs_initial", "higgs_mode_initial"):
        np.testing.assert_allclose(summary[name]["value"], 2 * gap, rtol=1e-9, err_msg=name)
    for end, state in (("plain", beside.plain), ("mixed", beside.mixed)):
        found = summary[f"higgs_mode_{end}_final"]["value"]
        np.testing.assert_allclose(found, float(state.higgs_mode[-1]), rtol=1e-12)
    whole = summary["effective_critical_temperature_mixed"]["value"]
    np.testing.assert_allclose(whole, beside.critical_temperature, rtol=1e-12)
