"""What the figures of a run say: each label belongs to the numbers beside it, on every axis."""

import dataclasses
import re

import equinox as eqx
import matplotlib.colors
import numpy as np
import pytest
from matplotlib.figure import Figure

import entrap as et
from entrap.report.grades import UNKNOWN, grade
from entrap.report.labels import typeset
from entrap.solve.protocol.bcs_curves import bcs_curves
from entrap.studies.run.energies import free_energies
from entrap.studies.run.figures import evolution_figures, panels

BOLTZMANN = 1.380649e-23


@pytest.fixture(scope="module")
def run():
    return et.evolve(et.load_case("examples/clean-set.toml"))


@pytest.fixture(scope="module")
def warm(run):
    return run.time >= run.protocol.hold


@pytest.fixture(scope="module")
def figures(run):
    return evolution_figures(run, bcs_curves(run))


def test_free_energies_are_those_of_the_two_coefficients(run, figures, lines):
    """F - F(0) = α n + β n²/2 without a trap, and with all trapped α - k_B T L in place of α."""
    material, landau = run.case.material, et.sample(run.case)
    n_c, T = material.conduction_density, float(run.state.temperature[0])
    beta = float(landau.landau_beta)
    alpha = float(landau.landau_a) * (T - material.critical_temperature)
    raised = alpha - BOLTZMANN * T * float(landau.log_mixing_ratio)
    (axes,) = figures["free-energy"].axes
    drawn = lines(axes)
    unit = n_c * BOLTZMANN * material.critical_temperature
    for label, slope in (
        (f"without a trap, {T:.3g} K", alpha),
        (f"all normal electrons trapped, {T:.3g} K", raised),
    ):
        share, energy = drawn[label]
        n = share * n_c
        expected = (slope * n + beta * n**2 / 2) / unit
        np.testing.assert_allclose(energy - energy[0], expected, rtol=1e-9, atol=1e-12)
    # The dots are the sample: at the end of the hold it lies on the curve of the trap.
    share, energy = drawn["the sample"]
    held = int(np.searchsorted(run.time, run.protocol.hold, side="right")) - 1
    np.testing.assert_allclose(share[:2] * n_c, run.state.superfluid_density[[0, held]], rtol=1e-12)
    on = drawn[f"all normal electrons trapped, {T:.3g} K"]
    assert energy[1] == pytest.approx(np.interp(share[1], *on), abs=1e-4)
    warming = [str(label) for label in drawn if str(label).startswith("on warming, ")]
    kelvin = [float(re.findall(r"[\d.]+", label)[0]) for label in warming]
    assert kelvin == sorted(kelvin)
    assert len(kelvin) == 3
    assert "n_s/n_c" in axes.get_xlabel().replace("$", "").replace("{", "").replace("}", "") or (
        typeset("n_s/n_c") in axes.get_xlabel()
    )
    assert axes.get_title(loc="left") == run.case.title


def warmed(run):
    """Temperatures [K] of the curves on warming."""
    axes = Figure().subplots()
    panels(run)["free-energy"].draw(axes, None)
    labels = [str(line.get_label()) for line in axes.get_lines()]
    return [float(x.split()[-2]) for x in labels if x.startswith("on warming, ")]


def test_curves_on_warming_begin_at_the_release_or_part_the_warming_in_three(run, warm):
    (released,) = (regime for regime in run.regimes if regime.name == "released")
    for least, most, shares, regimes in (
        (released.start, released.end, (0.0, 0.45, 0.8), run.regimes),
        (run.protocol.hold, run.time[-1], (1 / 3, 2 / 3, 1.0),
         tuple(regime for regime in run.regimes if regime.name != "released")),
    ):  # fmt: skip
        there = (run.time >= least) & (run.time <= most) & warm
        places = np.flatnonzero(there)[0] + np.array(shares) * np.ptp(np.flatnonzero(there))
        step = 2 * np.diff(run.state.temperature[there]).max()
        expected = np.interp(places, np.arange(len(run.time)), run.state.temperature)
        found = warmed(dataclasses.replace(run, regimes=regimes))
        np.testing.assert_allclose(found, expected, atol=float(step) + 0.01)


def test_each_kind_of_electron_has_its_own_curve(run, figures, warm, lines):
    figure = figures["densities"]
    early, late = figure.axes
    n_c = run.case.material.conduction_density
    drawn, before = lines(late), lines(early)
    for name, symbol, words in (
        ("superfluid_density", "n_s", "superconducting"),
        ("normal_density", "n_n", "normal"),
        ("trapped_density", "n_t", "in the trap"),
    ):
        column = np.asarray(getattr(run.state, name))
        x, y = drawn[typeset(f"{symbol}, {words}")]
        np.testing.assert_allclose(x, run.state.temperature[warm])
        np.testing.assert_allclose(y, column[warm] / n_c, rtol=1e-12)
        x, y = before[words]
        factor = {"s": 1.0, "ms": 1e3, "µs": 1e6, "ns": 1e9}
        (unit,) = re.findall(r"\((.+)\)", early.get_xlabel())
        during = run.time <= run.protocol.hold
        np.testing.assert_allclose(x, run.time[during] * factor[unit], rtol=1e-12)
        np.testing.assert_allclose(y, column[during] / n_c, rtol=1e-12)
    _, y = drawn[typeset("n_s without a trap")]
    np.testing.assert_allclose(y, np.asarray(run.bare.superfluid_density)[warm] / n_c, rtol=1e-12)
    assert "(K)" in late.get_xlabel()
    assert early.get_title(loc="left") == f"held at {run.state.temperature[0]:.3g} K"
    told = [text.get_text() for text in figure.legends[0].get_texts()]
    assert sorted(told) == sorted(drawn)


def test_regimes_are_named_over_the_temperatures_where_they_are(run, figures):
    _, late = figures["densities"].axes
    named = {text.get_text(): text.get_position()[0] for text in late.texts}
    assert named
    for regime in run.regimes:
        if regime.name in named:
            low, high = np.interp([regime.start, regime.end], run.time, run.state.temperature)
            assert low <= named[regime.name] <= high, regime


def test_each_margin_has_a_row_of_its_own_with_its_worst_grade(run, figures):
    (axes,) = figures["margins"].axes
    known = [m for m in run.validity if m.margin is not None]
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    assert labels == [typeset(m.declared.symbol) for m in known]
    words = {round(text.get_position()[1]): text.get_text() for text in axes.texts}
    first = {}
    for bar in axes.patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        first.setdefault(row, matplotlib.colors.to_hex(bar.get_facecolor()))
    warm = run.time >= run.protocol.hold
    for row, margin in enumerate(known):
        assert words[row] == grade(margin.margin).word, margin.name
        begun = float(np.asarray(getattr(run.margins, margin.name))[warm][0])
        if abs(begun) > 1e-6:
            assert first[row] == matplotlib.colors.to_hex(grade(begun).colour), margin.name
    assert "(K)" in axes.get_xlabel()


def test_figures_have_the_names_of_what_they_show(figures):
    made = figures
    assert set(made) == {"observables", "free-energy", "densities", "margins"}
    assert "Free energy" in made["free-energy"].axes[0].get_ylabel()
    assert "Share of the conduction electrons" in made["densities"].axes[0].get_ylabel()
    assert "λ" in "".join(axes.get_ylabel() for axes in made["observables"].axes)
    assert "trusted" in made["margins"].axes[0].get_title(loc="left")


def test_the_table_of_the_free_energy_has_what_its_figure_draws(run, figures, lines):
    table = {column.name: np.asarray(column.values) for column in free_energies(run).frame(
        trapped=True).columns}  # fmt: skip
    (axes,) = figures["free-energy"].axes
    n_c = run.case.material.conduction_density
    unit = n_c * BOLTZMANN * run.case.material.critical_temperature
    shown = lines(axes)
    T = run.state.temperature[0]
    for curve, label in (
        ("bare", f"without a trap, {T:.3g} K"),
        ("trapped", f"all normal electrons trapped, {T:.3g} K"),
        ("sample", "the sample"),
    ):
        share, energy = shown[label]
        of = table["curve"] == curve
        np.testing.assert_allclose(table["superfluid_density"][of], n_c * share, rtol=1e-12)
        np.testing.assert_allclose(table["free_energy"][of], unit * energy, rtol=1e-9)
    kelvin = dict.fromkeys(table["temperature"][table["curve"] == "warming"].tolist())
    assert [f"on warming, {x:.3g} K" for x in kelvin] == [x for x in shown if "warming" in x]
    without = free_energies(run).frame(trapped=False).columns[0].values
    assert {*without} == {"bare", "warming", "sample"}


def test_shades_of_observables_are_explained(figures):
    (legend,) = figures["observables"].legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert texts[-2:] == [
        typeset("expansion: n_s is held"), typeset("expansion: n_s follows the minimum of F"),
    ]  # fmt: skip
    shades = [patch.get_facecolor() for patch in legend.get_patches()]
    spans = figures["observables"].axes[0].patches
    assert shades == [span.get_facecolor() for span in spans[:2]]


def test_a_shade_too_narrow_to_be_seen_is_not_explained(run):
    """The first ten thousandth of the warming."""
    held = next(r for r in run.regimes if r.name == "pinned")
    early = dataclasses.replace(held, end=run.protocol.hold + 1e-4 * run.protocol.warming_time)
    late = dataclasses.replace(early, name="released", start=early.end, end=held.end)
    rest = [r for r in run.regimes if r.name not in ("pinned", "released")]
    narrow = dataclasses.replace(run, regimes=(*rest, early, late))
    (legend,) = evolution_figures(narrow, bcs_curves(run))["observables"].legends
    texts = [text.get_text() for text in legend.get_texts()]
    assert typeset("expansion: n_s follows the minimum of F") in texts
    assert typeset("expansion: n_s is held") not in texts


def test_no_margin_grows_where_the_normal_state_begins(run, figures):
    (axes,) = figures["margins"].axes
    known = [m for m in run.validity if m.margin is not None]
    warm = run.time >= run.protocol.hold
    for row, margin in enumerate(known):
        values = np.asarray(getattr(run.margins, margin.name))[warm]
        reached = {grade(x).colour for x in values[~np.isnan(values)]} | {UNKNOWN.colour}
        bars = [b for b in axes.patches if round(b.get_y() + b.get_height() / 2) == row]
        assert {matplotlib.colors.to_hex(b.get_facecolor()) for b in bars} <= reached, margin.name


@pytest.mark.parametrize(("share", "kind"), [(0.5, "linear"), (0.06, "linear"), (0.04, "log")])
def test_where_few_electrons_pair_their_axis_is_logarithmic(run, share, kind):
    n_c = run.case.material.conduction_density
    n_s = run.state.superfluid_density
    few = eqx.tree_at(lambda s: s.superfluid_density, run.state, n_s / n_s.max() * share * n_c)
    axes = Figure().subplots()
    panels(dataclasses.replace(run, state=few))["densities"].draw(axes, None)
    assert axes.get_yscale() == kind
    if kind == "log":
        assert axes.get_ylim() == pytest.approx((share / 100, 2))


@pytest.mark.parametrize(
    ("title", "shown"), [("untitled", ""), ("x" * 70, "x" * 70), ("x" * 71, "x" * 69 + "…")]
)
def test_a_long_title_is_cut_and_none_is_left_out(run, title, shown):
    axes = Figure().subplots()
    titled = dataclasses.replace(run, case=dataclasses.replace(run.case, title=title))
    panels(titled)["free-energy"].draw(axes, None)
    assert axes.get_title("left") == shown
