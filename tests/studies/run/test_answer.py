"""The answer and the observables of a run, with plain BCS beside the paper."""

import dataclasses
import functools
import itertools
import math
import re
import types
from pathlib import Path
from typing import Any
from unittest import mock

import equinox as eqx
import numpy as np
import pytest
from scipy import constants as si
from tests import pinned

import entrap as et
from entrap.model.bcs_state import bcs_state
from entrap.model.observables import SUMMARISED
from entrap.report.labels import listed
from entrap.solve.jit import quick_jit
from entrap.solve.protocol.bcs_curves import bcs_curves
from entrap.studies.run import answer as run_answer
from entrap.studies.run.answer import _apart, answer
from entrap.studies.run.figures import evolution_figures
from entrap.studies.run.page import account

ROOT = Path(__file__).parents[3]
JUNCTION = et.Junction(1e-10, 8e-8, 1e-7, metal="Cu", trap_temperature=0.1)


@functools.cache
def parts(*changes, name="clean-set"):
    run = et.evolve(et.load_case(ROOT / f"examples/{name}.toml", changes))
    return run, bcs_curves(run)


def told(run, beside):
    """The answer's parts, each a text in one line."""
    return [" ".join(part.split()) for part in answer(run, beside)]


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


def test_every_number_of_the_answer_is_that_of_the_result():
    run, beside = parts()
    rise, seen, trust = told(run, beside)
    left = float(beside.share[np.argmin(abs(run.state.temperature - 9.0))])
    assert f"with {100 * left:.2g} % of the quasiparticles left" in rise
    critical, effective = (
        run.quantities[n].value
        for n in ("bare_critical_temperature", "effective_critical_temperature")
    )
    assert (
        "By the entropy alone, with all normal electrons trapped, the critical temperature "
        f"rises from {critical:.4g} K to {beside.critical_temperature:.4g} K by the functional that "
        "holds at every temperature; the paper's expansion gives "
        f"{effective:.4g} K, E = {effective / critical:.4g}."
    ) in rise
    # Where the trap makes most difference: λ, B_c1 and ħω_H, by plain BCS and without a trap.
    most = int(np.argmax(beside.mixed.superfluid_density - beside.bare.superfluid_density))
    assert seen.startswith(f"At {run.state.temperature[most]:.4g} K, where the trap makes most")
    numbers = re.findall(r"(\S+) = (\S+) (\S+) \((\S+) \S+; (none|\S+ \S+)\)", seen)
    assert [symbol for symbol, *_ in numbers] == ["λ", "B_c1", "ħω_H"]
    units = {"nm": 1e-9, "mT": 1e-3, "meV": 1.602176634e-22}
    for (_, here, unit, plain, bare), name in zip(
        numbers, ("penetration_depth", "lower_critical_field", "higgs_mode"), strict=True
    ):
        shown = [here, plain, "0" if bare == "none" else bare.split()[0]]
        for text, state in zip(shown, (beside.mixed, beside.plain, beside.bare), strict=True):
            value = float(getattr(state, name)[most])
            if state is beside.bare and not 0 < value < np.inf:
                assert text == "0"  # the sample without a trap is normal there
            else:
                assert float(text) * units[unit] == pytest.approx(value, rel=5e-3), name
    gaps = [float(s.higgs_mode[most]) for s in (beside.mixed, beside.plain)]
    assert gaps[0] > 1.1 * gaps[1]  # else the two could change places
    assert f"n_s is held up to {run.quantities['release_temperature'].value:.4g} K" in seen
    verdicts = [m.holds for m in run.validity]
    counts = f"{verdicts.count(False)} fail, {verdicts.count(True)} hold and {verdicts.count(None)} are not"
    assert counts in trust
    failed = [m for m in run.validity if m.holds is False]
    names = [m.name for m in failed if m.holds_until is None]
    assert f"superconducts {listed(m.name for m in failed)} fail." in trust
    assert f"{run.state.temperature[0]:.4g} K, {listed(names)} fail." in trust


def test_the_critical_temperature_by_bcs_is_that_of_the_entropy_alone():
    """Above it the gap is closed in an equilibrium of quasiparticles, and open without some."""
    run, beside = parts()
    made = et.sample(run.case)
    below, above = (beside.critical_temperature * (1 + by) for by in (-1e-3, 1e-3))
    gap = quick_jit(lambda kelvin, share: bcs_state(made, kelvin, share, 0.0).gap)
    cold, warm, missing = gap(np.array([below, above, above]), np.array([1.0, 1.0, 0.5]))
    assert cold > 0
    assert warm == 0
    assert missing > 0
    rise = told(run, beside)[0]
    assert "By the entropy alone, with all normal electrons trapped, the critical" in rise
    assert "Quasiparticles that are missing from the gap equation keep the gap open fur" in rise


def test_where_no_electrons_mix_the_entropy_adds_nothing():
    run, beside = parts("mixture.valence_ratio=0")
    assert "; the entropy adds nothing." in answer(run, beside)[0]


def test_without_a_trap_all_three_states_are_one():
    _, found = parts("trap.rate=0 1/s")
    for name in ("gap", "superfluid_density", "critical_field"):
        bare = getattr(found.bare, name)
        np.testing.assert_allclose(getattr(found.plain, name), bare, rtol=1e-12)
        np.testing.assert_allclose(getattr(found.mixed, name), bare, rtol=1e-12)


def test_a_sample_without_a_trap_is_seen_to_be_normal_where_it_is_and_its_numbers_where_not():
    run, beside = parts()
    cold = run.state.temperature < 9.5  # where all three have a gap
    warm = {
        state: dataclasses.replace(
            getattr(beside, state),
            superfluid_density=np.where(cold, getattr(beside, state).superfluid_density, 0.0),
        )
        for state in ("mixed", "bare")
    }
    seen = told(run, dataclasses.replace(beside, **warm))[1]
    most = int(
        np.argmax(
            np.where(cold, beside.mixed.superfluid_density - beside.bare.superfluid_density, 0)
        )
    )
    gaps = [
        float(s.higgs_mode[most]) / 1.602176634e-22
        for s in (beside.mixed, beside.plain, beside.bare)
    ]
    assert sorted(gaps, reverse=True) == gaps
    assert "ħω_H = {:.3g} meV ({:.3g} meV; {:.3g} meV)".format(*gaps) in seen


@pytest.mark.parametrize(
    ("fails", "survives", "says"),
    [
        ((1.47, False), (1.62, False), [", and half of them or more from 1.47 K on. The effect survives up to 1.62 K."]),
        ((1.47, False), (1.62, True), ["survives up to ≥ 1.62 K."]),
        ((2.5, True), (2.4, False), ["at 4 K. The effect survives up to 2.4 K."]),
        ((math.nan, False), (math.nan, False), [", so that less than half of the effect remains."]),
    ],
)  # fmt: skip
def test_what_a_junction_leaves_is_said_with_its_temperatures(fails, survives, says):
    run, beside = parts()
    material = dataclasses.replace(
        run.case.material, density_of_states=1e47, electron_phonon_time=4e-7
    )
    case = dataclasses.replace(run.case, material=material, trap=et.Trap(junction=JUNCTION))
    steady = np.full_like(np.asarray(run.trap.steady_fraction), 0.034)
    numbers = {
        name: dataclasses.replace(run.quantities[name], value=value, at_least=at_least)
        for name, (value, at_least) in (
            ("trap_failure_temperature", fails), ("survival_temperature", survives)
        )
    }  # fmt: skip
    changed = dataclasses.replace(
        run, case=case,
        trap=eqx.tree_at(lambda trap: trap.steady_fraction, run.trap, steady),
        quantities={**run.quantities, **numbers},
    )  # fmt: skip
    text = told(changed, beside)[0]
    assert "By the paper's expansion this junction leaves 3 % of them at 4 K" in text
    for words in says:
        assert words in text


NO_NUMBER = re.compile(r"\b(nan|inf)\b|None|  ")


def replaced(run, **numbers):
    """The run with other numbers that sum it up: a value, or a value and whether it is a bound."""
    pairs = {k: x if isinstance(x, tuple) else (x, False) for k, x in numbers.items()}
    made = {
        k: dataclasses.replace(run.quantities[k], value=x, at_least=b)
        for k, (x, b) in pairs.items()
    }
    return dataclasses.replace(run, quantities={**run.quantities, **made})


def test_no_branch_of_the_rise_says_a_number_that_is_none_or_a_rise_that_is_none():
    run, beside = parts()
    for effective, whole in itertools.product(
        (10.0, 10 * (1 + 1e-7), 20.0, 1e9, math.inf), (10.0, 10 * (1 + 1e-12), 14.0, 1e6)
    ):
        text = answer(
            replaced(run, effective_critical_temperature=effective),
            dataclasses.replace(beside, critical_temperature=whole),
        )[0]
        assert not NO_NUMBER.search(text), text
        if effective == 10.0:
            assert text.endswith(
                "The effective critical temperature stays at 10 K: no electrons mix."
            )
            continue
        assert ("rises from 10 K" in text) == (whole > 10.0)
        if whole > 10.0:
            (shown,) = re.findall(r"rises from 10 K to (.+?) K", text)
            assert 10 < pinned.printed(shown) == pytest.approx(whole, rel=1e-3)
        assert ("gives no finite one" in text) == math.isinf(effective)
        if math.isfinite(effective):
            (shown,) = re.findall(r"gives (.+?) K, E", text)
            assert 10 < pinned.printed(shown) == pytest.approx(effective, rel=1e-3)


@pytest.mark.parametrize("left", [1.0, 0.5, 1e-9])
@pytest.mark.parametrize(
    "fails", [(math.nan, False), (1.47, False), (2.5, True), (math.inf, False)]
)
@pytest.mark.parametrize("survives", [(math.nan, False), (1.62, False), (1.62, True)])
def test_no_branch_of_a_junction_says_a_temperature_that_is_none(left, fails, survives):
    run, beside = parts()
    material = dataclasses.replace(
        run.case.material, density_of_states=1e47, electron_phonon_time=4e-7
    )
    for cold in (0.1, None):
        trap = et.Trap(junction=dataclasses.replace(JUNCTION, trap_temperature=cold))
        changed = dataclasses.replace(
            replaced(run, trap_failure_temperature=fails, survival_temperature=survives),
            case=dataclasses.replace(run.case, material=material, trap=trap),
            trap=eqx.tree_at(
                lambda trap: trap.steady_fraction, run.trap, np.full(len(run.time), left)
            ),
        )
        text = answer(changed, beside)[0]
        assert not NO_NUMBER.search(text), text
        assert ("since it is as warm as the film" in text) == (
            cold is None and math.isnan(fails[0])
        )
        if not math.isnan(fails[0]):
            assert ("survives up to" in text) == (not math.isnan(survives[0]))


@pytest.mark.parametrize("fails", [math.nan, 1.47])
def test_phonons_that_a_run_does_not_use_are_said_not_to_be_used(fails):
    run, beside = parts()
    material = dataclasses.replace(
        run.case.material, density_of_states=1e47, electron_phonon_time=4e-7
    )
    for cold, phonons in ((None, None), (None, 0.02), (0.1, None)):
        junction = dataclasses.replace(JUNCTION, trap_temperature=cold, phonon_temperature=phonons)
        case = dataclasses.replace(run.case, material=material, trap=et.Trap(junction=junction))
        changed = replaced(run, trap_failure_temperature=fails, survival_temperature=1.6)
        text = answer(dataclasses.replace(changed, case=case), beside)[0]
        said = "electrons are taken to be as warm as the film at each moment: `entrap trap`" in text
        assert said == (phonons is not None)


def test_what_is_seen_and_held_has_no_number_that_is_none():
    run, beside = parts()
    ones = np.ones(len(run.time))
    states = {
        "whole": beside.mixed,
        "normal": dataclasses.replace(
            beside.bare, superfluid_density=0 * ones, penetration_depth=math.inf * ones,
            lower_critical_field=math.nan * ones, higgs_mode=0 * ones, gap=0 * ones,
        ),
    }  # fmt: skip
    for mixed, plain, bare in itertools.product(states, repeat=3):
        made = dataclasses.replace(
            beside, mixed=states[mixed], plain=states[plain], bare=states[bare]
        )
        for release, regimes in itertools.product(
            (7.0, math.inf, math.nan), (run.regimes, run.regimes[:3], run.regimes[:1])
        ):
            changed = dataclasses.replace(
                replaced(run, release_temperature=release), regimes=regimes
            )
            text = " ".join(answer(changed, made)[:2])
            assert not NO_NUMBER.search(text), text
            assert ("held up to" in text) <= (math.isfinite(release) and len(regimes) > 3)
            assert ("Nothing would be seen" in text) == (mixed == "normal" or bare == "whole")


@pytest.mark.parametrize("verdicts", [*itertools.product((1.0, -1.0, None), repeat=2)])
@pytest.mark.parametrize("until", [None, 7.0])
def test_what_fails_holds_and_is_not_known_is_counted_whatever_it_is(verdicts, until):
    run, _ = parts()
    first, second = run.validity[:2]
    rows = tuple(
        dataclasses.replace(
            row, margin=margin, missing="" if margin else "give more",
            holds_until=9.0 if margin == 1.0 else until,
        )
        for row, margin in zip((first, second), verdicts, strict=True)
    )  # fmt: skip
    changed = mock.Mock(wraps=run, case=run.case, state=run.state, validity=rows)
    text = run_answer._trust(changed)
    assert not NO_NUMBER.search(text), text
    if verdicts == (None, None):
        assert "normal throughout" in text
        return
    fails = [row for row in rows if row.holds is False]
    assert text.startswith("No assumption" if not fails else "The theory is outside its range")
    assert all(row.name in text for row in rows if row.holds is not True)
    if fails:
        assert ("Up to 7 K all of them hold" in text) == (until is not None)
        assert ("Already at the start" in text) == (until is None)


@pytest.mark.slow
def test_a_case_far_from_what_is_measured_says_so():
    """Niobium by the BCS route: λ(0) = 22 nm is within a factor 3 of 39 nm, κ = 0.11 is not."""
    run, beside = parts(name="niobium-bcs")
    assert run.quantities["kappa"].value == pytest.approx(0.11, abs=0.01)
    kappa = run.quantities["kappa"].value
    assert answer(run, beside)[1].endswith(
        f" Mind that the case gives κ = {kappa:.3g} (there λ/ξ = 1.03), by more than a factor 3 other "
        "than the library has for Nb: lengths and fields are not those of such a sample."
    )
    scarce = answer(
        replaced(run, kappa=1.0, landau_beta=100 * run.quantities["landau_beta"].value), beside
    )[1]
    assert re.search(r"the case gives λ\(0\) = \S+ [nµ]m \(there 39 nm\), by more", scarce)
    assert "Mind" not in answer(replaced(run, kappa=1.0), beside)[1]
    assert "Mind" not in answer(*parts())[1]


@pytest.mark.parametrize(("share", "factor"), [(1 / 100, 10.0), (1 / 16, 4.0), (1 / 4, None)])
def test_a_depth_that_is_not_the_librarys_is_said_with_both(share, factor):
    """By how much λ(0) = 39 nm of niobium's library entry would differ with more or less n_s."""
    case = et.load_case(ROOT / "examples/niobium-bcs.toml")
    screening = si.m_e / (si.mu_0 * si.e**2 * 39e-9**2) * share
    a, critical = 1e-25, case.material.critical_temperature
    numbers = {"landau_a": a, "landau_beta": a * critical / screening, "kappa": 1.0}
    stated = {name: types.SimpleNamespace(value=value) for name, value in numbers.items()}
    run: Any = types.SimpleNamespace(case=case, quantities=stated)
    said = _apart(run)
    if factor is None:
        assert said == ""
    else:
        (shown,) = re.findall(r"the case gives λ\(0\) = (\S+ \S+) \(there 39 nm\)", said)
        value, unit = shown.split()
        assert float(value) * {"nm": 1, "µm": 1000}[unit] == pytest.approx(
            39 * factor, rel=0.03
        )  # two digits


def test_a_depth_that_is_stated_is_said_as_it_is_stated():
    changes = {"landau.a": None, "landau.saturation": None, "landau.critical_field": "9 mT"}
    changes |= {"landau.below_critical": "0.1 K", "landau.penetration_depth": "120 nm"}
    case = et.load_case(ROOT / "examples/clean-set.toml").changed(changes)
    for depth, says in (("120 nm", "λ(0) = 120 nm (there 39 nm)"), ("100 nm", "")):
        here = case.changed({"material.name": "Nb", "landau.penetration_depth": depth})
        numbers = {"landau_a": 1e-25, "landau_beta": 1e-50, "kappa": 1.0}
        stated = {name: types.SimpleNamespace(value=value) for name, value in numbers.items()}
        run: Any = types.SimpleNamespace(case=here, quantities=stated)
        assert says in _apart(run)
        assert bool(_apart(run)) is bool(says)


def test_a_density_that_falls_at_once_is_not_said_to_be_held():
    run, beside = parts()
    start = float(run.state.temperature[0])
    at_once = answer(replaced(run, release_temperature=start * (1 + 1e-6)), beside)[1]
    assert "By the paper's expansion n_s falls as soon as the sample is warmed." in at_once
    assert "held" not in at_once


def test_the_example_on_the_first_page_has_the_numbers_of_its_run():
    run, beside = parts()
    page = " ".join((ROOT / "README.md").read_text("utf-8").split())
    at = int(np.argmin(abs(run.state.temperature - 9.0)))
    bare, plain, mixed = (float(s.gap[at]) for s in (beside.bare, beside.plain, beside.mixed))
    number = {name: value.value for name, value in run.quantities.items()}
    margins = {m.name: m for m in run.validity}
    failed = [m for m in run.validity if m.holds is False]
    counts = ("no", "one", "two", "three", "four", "five", "six")
    never = counts[sum(m.holds_until is None for m in failed)]
    assert (
        f"the trap makes the gap at 9 K {100 * (plain / bare - 1):.0f} % wider; the entropy makes it "
        f"another {100 * (mixed / plain - 1):.0f} % wider. The effective critical temperature is "
        f"{beside.critical_temperature:.3g} K, where the paper's expansion, a straight line in the "
        f"temperature, has {number['effective_critical_temperature']:g} K: in it the superconducting "
        f"electrons stay pinned up to {number['release_temperature']:.3g} K, then follow the minimum "
        f"of the free energy and vanish at {number['effective_critical_temperature']:g} K. "
        f"{counts[len(failed)].capitalize()} assumptions fail on the way, {never} of them from the "
        f"start; above {margins['trap_temperature'].holds_until:.2g} K the trap itself"
    ) in page
    case = run.case
    assert case.protocol
    assert number["landau_a"] == pytest.approx(2 * 1.380649e-23)
    assert (
        f"T_c = {case.material.critical_temperature:g} K, a = 2 k_B, e - 1 valence electrons for each "
        f"conduction electron, a trap of 10³ s⁻¹, warming from {case.protocol.start:g} K to "
        f"{case.protocol.warm_to:g} K in {case.protocol.warming_time:g} s."
    ) in page
    assert (case.trap.rate, case.mixture.valence_ratio) == (
        1e3,
        pytest.approx(math.e - 1, rel=1e-6),
    )


def test_the_rise_is_that_of_the_functional_and_the_expansion_fails_by_itself():
    run, beside = parts("landau.a=1 k_B")  # k_B L = a: no finite T̃_c of the expansion
    text = answer(run, beside)[0]
    assert "from 10 K to 17.63 K by the functional" in text
    assert "gives no finite one, since k_B L is not below a: that is a failure of the" in text
    assert not any("held up to" in part for part in answer(run, beside))


@pytest.mark.exhaustive
def test_a_passive_trap_takes_nothing_and_the_answer_says_so():
    run, beside = parts("trap.junction.trap_temperature=", name="cooled-trap")
    text = answer(run, beside)
    assert text[0].startswith("By plain BCS theory nothing changes")
    assert text[1].startswith("Nothing would be seen")


def test_a_straight_line_beyond_all_electrons_is_called_saturated():
    run, beside = parts("landau.saturation=2")
    assert run.regimes[1].name == "saturated" or "saturated" in {r.name for r in run.regimes}
    assert "saturated: it asks for more electrons" in answer(run, beside)[1]


def test_the_observables_show_three_curves_of_bcs_and_two_of_the_expansion():
    run, beside = parts()
    figure = evolution_figures(run, beside)["observables"]
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
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert labels >= drawn.keys()
    shades = sorted(labels - drawn.keys())
    assert [text.rpartition("$ ")[2] for text in shades] == [
        "follows the minimum of F", "is held"
    ]  # fmt: skip


@pytest.mark.slow
def test_a_stated_depth_and_gap_are_found_in_the_summary():
    """What a user states is in the result: λ(0) of a dirty film, and the gap far below T_c/2."""
    run, beside = parts("protocol.start=0.3 K", name="nbn-penetration-depth")
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
