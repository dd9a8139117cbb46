"""Figures, answer and report of a sweep: what they show is what was found, and nothing is hidden."""

import itertools
import json
import math
import re
from typing import Any

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import BoundaryNorm, LogNorm
from matplotlib.contour import ContourSet
from tests.studies.sweep.made import CASE, KEYS, NAMES, RATIO, TEMPERATURE, made
from xarray.backends import BackendArray
from xarray.core import indexing

import entrap as et
from entrap.report.labels import quoted, typeset
from entrap.report.style import save
from entrap.studies.sweep.figures import scales
from entrap.studies.sweep.figures.bars import sensitivity_figure
from entrap.studies.sweep.figures.panels import CELLS, read_maps
from entrap.studies.sweep.figures.plots import POINTS, RESULTS, sweep_figures
from entrap.studies.sweep.figures.regions import borders, names_inside, outline
from entrap.studies.sweep.inputs.keys import declared
from entrap.studies.sweep.names import MARGINS
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.pages.answer import share, sweep_answer
from entrap.studies.sweep.pages.reading import (
    FAIL,
    HOLD,
    MISSING,
    UNKNOWN,
    WORDS,
    blocks,
    dims_of,
    verdicts,
)
from entrap.studies.sweep.pages.report import sweep_report, sweep_summary
from entrap.studies.sweep.pages.survey import survey
from entrap.studies.sweep.sensitivity import Sensitivities, Sensitivity
from entrap.studies.sweep.store import Store
from entrap.studies.sweep.sweep import Swept


def eased(swept):
    """The same with a floor that is given away: some of the map is valid then."""
    data = swept.data.copy()
    floor, region = data["margin_thermal_floor"], data["margin_landau_region"]
    data["margin_thermal_floor"] = floor + 1.3
    data["margin_landau_region"] = region + 0.3
    columns = [data[f"margin_{name}"] for name in MARGINS if f"margin_{name}" in data]
    known = [i for i, name in enumerate(MARGINS) if f"margin_{name}" in data]
    stack = np.stack(columns)
    least = np.fmin.reduce(stack, axis=0)  # NaN where the sample is normal
    worst = np.array(known)[np.nanargmin(np.nan_to_num(stack, nan=np.inf), axis=0)]
    data["smallest_margin"] = data["smallest_margin"].copy(data=least)
    data["worst_margin"] = data["worst_margin"].copy(
        data=np.where(np.isnan(least), np.nan, np.where(least < -1e-9, worst, HOLD))
    )
    return Swept(swept.case, data)


def only(swept, *names, **pick):
    """Some results of a sweep, on a part of it."""
    told = json.loads(swept.data.attrs["sweep"]) | {"results": list(names)}
    if pick:
        told["axes"] = {k: v for k, v in told["axes"].items() if k not in pick}
        told["chunk"] = [swept.data.sizes[key] for key in told["axes"]]
    data = swept.data[list(names)].isel(pick, drop=True)
    return Swept(swept.case, data.assign_attrs(sweep=json.dumps(told)))


@pytest.fixture(scope="module")
def mapped():
    """A film against mixing and temperature, with all margins; a part of it valid."""
    margins = [f"margin_{name}" for name in MARGINS if name not in
               ("proximity", "neutrality", "filled_band", "pair_density",
                "classical_entropy", "large_kappa")]  # fmt: skip
    axes = {RATIO: "1e-4:20:48:log", TEMPERATURE: "1 K:25 K:40"}
    return eased(et.sweep(CASE, axes, [*NAMES, *margins]))


@pytest.fixture(scope="module")
def maps(mapped):
    """The maps of its results."""
    return sweep_figures(only(mapped, *NAMES))


RATIOS = np.linspace(1.0, 2.0, 6)


def panel_axes(figure):
    return [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]


def legend(figure):
    return [text.get_text() for one in figure.legends for text in one.get_texts()]


# Which figures, and what their axes say.


def test_a_grid_gives_maps_a_line_curves_and_rows_points(maps, mapped):
    assert {*maps} == {f"map-{name.replace('_', '-')}" for name in NAMES[:4]}
    line = only(mapped, "superfluid_density", "margin_thermal_floor", **{TEMPERATURE: 15})
    assert {*sweep_figures(line)} == {"curves", "margins"}
    rows = made(
        {RATIO: np.geomspace(1e-4, 1, 9), TEMPERATURE: np.linspace(1, 9, 9)},
        {"enhancement": np.arange(1.0, 10.0)}, scheme="rows",
    )  # fmt: skip
    assert {*sweep_figures(rows)} == {"points-enhancement"}


def test_a_map_says_meaning_symbol_and_unit_and_is_spaced_as_its_axes(mapped):
    figure = sweep_figures(only(mapped, "superfluid_density"))["map-superfluid-density"]
    (axes,) = panel_axes(figure)
    assert axes.get_xlabel() == "Valence electrons per conduction electron " + typeset("n_v/n_c")
    assert axes.get_ylabel().endswith("T (K)")
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "linear")
    assert figure.get_suptitle().startswith("Density of superconducting electrons")
    (bar,) = (one for one in figure.axes if one.get_label() == "<colorbar>")
    assert bar.get_ylabel().endswith("(10²⁹/m³)")
    assert any("no margins among the results" in text for text in [figure.get_suptitle()])


@pytest.mark.parametrize(
    ("key", "values", "label", "ends"),
    [
        ("landau.a", [1.380649e-23, 2.761298e-23], typeset("a (k_B)"), (1, 2)),
        ("landau.penetration_depth", [1e-7, 2e-6], "λ(0) (µm)", (0.1, 2)),
        ("protocol.hold", [0.0, 4e-4], typeset("t_h") + " (µs)", (0, 400)),
        ("mixture.valence_ratio", [0.5, 2.0], typeset("n_v/n_c"), (0.5, 2)),
    ],
)
def test_an_axis_is_in_the_unit_in_which_it_is_quoted(key, values, label, ends):
    shown = scales.scale(declared(key), np.array(values))
    assert shown.short == label
    assert [shown.values[0], shown.values[-1]] == pytest.approx(ends, rel=1e-6)


@pytest.mark.parametrize(
    ("values", "log"),
    [
        (np.linspace(1, 100, 50), False), (np.geomspace(1, 100, 50), True), ([1, 2], False),
        (np.linspace(-5, 100, 50), False), ([1.0], False), (np.geomspace(1, 2, 9), False),
        ([1, 10, 100], True), (np.geomspace(1e-30, 1e-3, 4), True),
    ],
)  # fmt: skip
def test_an_axis_is_logarithmic_where_its_values_are_spaced_so(values, log):
    shown = scales.scale(declared(RATIO), np.array(values, float))
    assert shown.log is log
    edges = shown.edges()
    assert (np.diff(edges) > 0).all()
    assert ((edges[:-1] < shown.values) & (shown.values < edges[1:])).all()


@pytest.mark.parametrize(
    ("values", "log", "extend"),
    [
        ([1.0, 50.0], False, "neither"), ([1.0, 500.0], True, "neither"),
        ([-1.0, 500.0], False, "neither"), ([2.0, 2.0], False, "neither"),
        ([0.0, 0.0], False, "neither"), ([np.nan, np.inf], False, "neither"),
        ([1e-40, 1.0, 2.0], True, "min"), ([*np.linspace(1, 2, 999), 1e2], False, "max"),
    ],
)  # fmt: skip
def test_a_colour_scale_spans_what_there_is_but_a_few_do_not_stretch_it(values, log, extend):
    column = np.array(values)
    swept = made({RATIO: np.arange(float(len(column)))}, {"enhancement": column})
    shown = scales.result_scale(swept.data["enhancement"], column)
    low, high, passed = scales.limits(shown.values, log=shown.log)
    assert (shown.log, passed) == (log, extend)
    assert low < high
    assert not log or low > 0


# Regions.


def cells_under(axes, text):
    """Verdicts of the cells that a name covers."""
    box = text.get_bbox_patch().get_window_extent()
    (x0, y0), (x1, y1) = axes.transData.inverted().transform(box)
    return x0, x1, y0, y1


@pytest.mark.parametrize("count", [1, 2])
def test_names_lie_inside_the_regions_that_they_name(mapped, maps, count):
    if count == 1:
        swept, figure = only(mapped, *NAMES), maps["map-superfluid-density"]
    else:
        weights = np.linspace(0.2, 1.0, count)
        columns = {
            n: np.stack([mapped.data[n].values] * count, axis=-1)
            for n in ("superfluid_density", "worst_margin")
        }
        columns["superfluid_density"] = columns["superfluid_density"] * weights
        axes = {key: mapped.data[key].values for key in (RATIO, TEMPERATURE)}
        swept = made(axes | {"mixture.condensate_weight": weights}, columns)
        figure = sweep_figures(swept)["map-superfluid-density"]
    figure.draw_without_rendering()
    letters = dict(text.split(": ") for text in legend(figure) if text[1:2] == ":")
    shown = read_maps(swept, "superfluid_density")
    x, y = shown.x.edges(), shown.y.edges()
    named = set()
    panels = [panel for row in shown.panels for panel in row if panel is not None]
    assert len(panels) == count
    for axes, panel in zip(panel_axes(figure), panels, strict=True):
        assert panel.kinds is not None
        for text in axes.texts:
            if text.get_bbox_patch() is None:
                continue  # the value of a contour
            word = " ".join(text.get_text().split())
            x0, x1, y0, y1 = cells_under(axes, text)
            columns = slice(*np.searchsorted(x, [x0, x1], side="right") - [1, 0])
            rows = slice(*np.searchsorted(y, [y0, y1], side="right") - [1, 0])
            under = {WORDS[int(kind)] for kind in panel.kinds[rows, columns].ravel()}
            assert under == {letters.get(word, word)}
            named.add(letters.get(word, word))
    assert {"thermal floor", "entropy slope", "trap temperature"} <= named


kinds = st.integers(2, 7).flatmap(
    lambda n: st.lists(
        st.lists(st.sampled_from([HOLD, 0, 1, UNKNOWN]), min_size=n, max_size=n),
        min_size=2, max_size=7,
    ).map(np.array)
)  # fmt: skip


@given(kinds, st.tuples(st.floats(60, 500), st.floats(60, 400)))
@settings(max_examples=30)
def test_no_name_reaches_beyond_its_region(kinds, size):
    rows, columns = kinds.shape
    x, y = np.linspace(0, 1, columns + 1), np.linspace(0, 1, rows + 1) ** 0.7
    for placed in names_inside(kinds, WORDS, x, y, size, 10.0):
        # Where it is in the middle, there its region is.
        column = np.searchsorted(x, placed.x) - 1
        row = np.searchsorted(y, placed.y) - 1
        assert kinds[row, column] == placed.kind
        assert placed.text.replace("\n", " ") in (WORDS[placed.kind], "")


def test_a_region_as_large_as_the_map_is_named_in_its_middle():
    edges = np.linspace(0, 1, 4)
    kinds, size = np.zeros((3, 3), int), (300.0, 200.0)
    (placed,) = names_inside(kinds, {0: "one name"}, edges, edges, size, 10.0)
    assert (placed.text, placed.kind) == ("one name", 0)
    assert (placed.x, placed.y) == pytest.approx((0.5, 0.5), abs=0.2)


@given(kinds)
@settings(max_examples=50)
def test_lines_run_where_regions_meet(kinds):
    rows, columns = kinds.shape
    x, y = np.arange(columns + 1.0), np.arange(rows + 1.0)

    def units(lines):
        """Lines as stretches of one cell."""
        found = []
        for (x0, y0), (x1, y1) in lines:
            steps = int(abs(x1 - x0) + abs(y1 - y0))
            for i in range(steps):
                at = (x0 + (x1 - x0) * (i + 0.5) / steps, y0 + (y1 - y0) * (i + 0.5) / steps)
                found.append(at)
        assert len(set(found)) == len(found)
        return set(found)

    inside = kinds == HOLD
    padded = np.pad(inside, 1)
    meets, limits = set(), set()
    for i, j in itertools.product(range(rows + 1), range(columns + 1)):
        if i < rows and padded[i + 1, j] != padded[i + 1, j + 1]:
            limits.add((float(j), i + 0.5))
        if j < columns and padded[i, j + 1] != padded[i + 1, j + 1]:
            limits.add((j + 0.5, float(i)))
        if i < rows and 0 < j < columns and kinds[i, j - 1] != kinds[i, j]:
            meets.add((float(j), i + 0.5))
        if j < columns and 0 < i < rows and kinds[i - 1, j] != kinds[i, j]:
            meets.add((j + 0.5, float(i)))
    assert units(outline(inside, x, y)) == limits
    assert units(borders(kinds, x, y)) == meets


@pytest.mark.parametrize(
    ("least", "title", "inside"),
    [
        (1.0, "all assumptions hold everywhere", True),
        (-1.0, "nowhere do all assumptions hold", False),
        (None, "no margins among the results", False),
    ],
)
def test_a_map_says_what_no_outline_can(least, title, inside):
    axes = {RATIO: np.linspace(1, 2, 6), TEMPERATURE: np.linspace(1, 2, 5)}
    columns = {"enhancement": np.ones((6, 5))}
    if least is not None:
        columns |= {
            "smallest_margin": np.full((6, 5), least),
            "worst_margin": np.full((6, 5), -1.0 if least > 0 else 5.0),
        }
    figure = sweep_figures(made(axes, columns))["map-enhancement"]
    assert title in figure.get_suptitle()
    assert any("inside, all" in text for text in legend(figure)) is inside
    (panel,) = panel_axes(figure)
    words = [text.get_text() for text in panel.texts]
    assert words == {1.0: [WORDS[HOLD]], -1.0: [WORDS[5]], None: []}[least]


# Verdicts.

margin = st.sampled_from([-3.0, -0.5, -1e-12, 0.0, 0.5, np.inf, -np.inf, np.nan])


@given(st.lists(st.tuples(margin, margin, margin), min_size=3, max_size=3), st.booleans())
@settings(max_examples=30)
def test_a_verdict_is_the_least_margin_and_its_name(points, numbered):
    """Of three assumptions two are among the results; the third is known by its number only."""
    names = (MARGINS[0], MARGINS[4], MARGINS[7])
    values = np.array(points)
    columns = {f"margin_{name}": values[:, i] for i, name in enumerate(names[:2])}
    filled = np.where(np.isnan(values), np.inf, values)
    known = ~np.isnan(values).all(axis=1)
    least = np.where(known, filled.min(axis=1), np.nan)
    which = np.array([0, 4, 7])[filled.argmin(axis=1)]
    fails = known & (least < 0)
    columns["smallest_margin"] = least
    if numbered:
        columns["worst_margin"] = np.where(known, np.where(least < 0, which, -1), np.nan)
    expected = np.where(known, HOLD, UNKNOWN)
    expected[fails] = which[fails]
    if not numbered:  # that of the third cannot be named
        named = filled[:, :2].min(axis=1) == least
        expected[fails & ~named] = FAIL
    found = verdicts(made({RATIO: np.arange(1.0, 4.0)}, columns), {})
    np.testing.assert_array_equal(found, expected)


def test_a_number_of_an_assumption_counts_by_itself_but_not_once_it_was_reduced():
    columns = {"worst_margin": np.array([-1.0, 2.0, np.nan])}
    axes = {RATIO: np.arange(1.0, 4.0)}
    np.testing.assert_array_equal(verdicts(made(axes, columns), {}), [HOLD, 2, UNKNOWN])
    columns["smallest_margin"] = np.array([1.0, -1.0, np.nan])
    reduced = made(axes, columns, reduce={TEMPERATURE: "min"})
    np.testing.assert_array_equal(verdicts(reduced, {}), [HOLD, FAIL, UNKNOWN])
    untold = made(axes, columns, reduce={TEMPERATURE: "argmin"})
    assert (verdicts(untold, {}) == UNKNOWN).all()
    assert not reading.tells_verdicts(untold)


# What was found.


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=4).flatmap(
        lambda shape: st.tuples(
            st.just(shape), st.tuples(*(st.integers(1, 9) for _ in shape)), st.integers(1, 200)
        )
    )
)
def test_blocks_cover_every_point_once(laid):
    shape, chunk, limit = laid
    axes = dict(zip(KEYS, (np.arange(1.0, n + 1) for n in shape), strict=False))
    swept = made(axes, {"enhancement": np.zeros(shape)}, chunk=list(chunk))
    seen = np.zeros(shape, int)
    for block in blocks(swept, limit):
        where = tuple(block[key] for key in axes)
        seen[where] += 1
        assert seen[where].size <= max(limit, math.prod(chunk))
        assert not any(part.start % step for part, step in zip(where, chunk, strict=True))
    assert (seen == 1).all()


def test_a_survey_finds_what_the_whole_data_has(mapped, monkeypatch):
    swept = only(mapped, *NAMES, "margin_thermal_floor")
    told = json.loads(swept.data.attrs["sweep"]) | {"chunk": [7, 11]}
    swept = Swept(CASE, swept.data.assign_attrs(sweep=json.dumps(told)))
    monkeypatch.setattr(reading.blocks, "__defaults__", (50,))
    found = survey(swept)
    assert found.verdicts is not None
    holds = swept.data["worst_margin"].values == -1
    assert found.points == found.computed == sum(found.verdicts.values())
    assert 0 < found.valid == holds.sum()
    for name in NAMES[:3]:
        values, item = swept.data[name].values, found.ranges[name]
        finite = np.isfinite(values)
        assert (item.finite, item.undefined, item.infinite) == (
            finite.sum(), np.isnan(values).sum(), np.isinf(values).sum(),
        )  # fmt: skip
        for extreme, expected in (
            (item.least, values[finite].min()), (item.largest, values[finite].max()),
            (item.least_valid, values[finite & holds].min()),
            (item.largest_valid, values[finite & holds].max()),
        ):  # fmt: skip
            assert extreme is not None
            assert extreme.value == expected
            assert float(swept.data[name].sel(extreme.at)) == expected
    fails = swept.data["margin_thermal_floor"].values < -1e-9
    assert found.failing == {"margin_thermal_floor": fails.sum()}


def test_the_answer_says_points_extremes_and_where_it_can_be_trusted(mapped):
    swept = only(mapped, *NAMES)
    found = survey(swept)
    first, ratio, critical, density, trust = sweep_answer(swept, survey(swept))
    assert first == "1,920 points over n_v/n_c from 0.0001 to 20 (48) and T from 1 K to 25 K (40)."
    least = found.ranges["penetration_depth_ratio"].least
    assert least is not None
    assert found.verdicts is not None
    at = f"T = {quoted(declared(TEMPERATURE), least.at[TEMPERATURE], 3)}"
    assert f"lies between {least.value:.4g} (at n_v/n_c = " in ratio
    assert at in ratio
    assert "where all assumptions hold, between" in ratio
    count = found.ranges["effective_critical_temperature"].infinite
    assert f"it is infinite at {count:,} points ({share(count, 1920)})" in critical
    none = found.verdicts[WORDS[UNKNOWN]]
    fails = 1920 - found.valid - none
    assert min(none, fails, found.valid) > 0
    assert trust.startswith(
        f"Of the points, at {share(fails, 1920)} an assumption fails, at "
        f"{share(found.valid, 1920)} all that can be checked hold, {share(none, 1920)} are normal"
    )
    failing = {w: c for w, c in found.verdicts.items() if w not in (WORDS[HOLD], WORDS[UNKNOWN])}
    worst = max((c, w) for w, c in failing.items())
    assert f"what fails worst is {worst[1]} at {share(worst[0], 1920)}" in trust
    assert "pair_density (give material.fermi_velocity); proximity and neutrality (give" in trust
    assert found.nearest is not None
    assert "The point nearest to the case at which all that can be checked hold is n_v/n_c" in trust
    assert f"T = {quoted(declared(TEMPERATURE), found.nearest.at[TEMPERATURE], 3)}" in trust
    assert density.startswith("Density of superconducting electrons (n_s) lies between 0 1/m³")


@pytest.mark.parametrize(
    ("column", "says"),
    [
        ([np.nan, np.nan], "it has no value everywhere"),
        ([np.inf, np.inf], "it is infinite everywhere"),
        ([np.inf, np.nan], "it has no value at 1 point (50 %) and is infinite at 1 point (50 %)"),
        ([3.0, 3.0], "is 3 everywhere"),
    ],
)
def test_what_is_no_number_is_said_in_words(column, says):
    swept = made({RATIO: np.array([1.0, 2.0])}, {"enhancement": np.array(column)})
    assert says in sweep_answer(swept, survey(swept))[1]


# No number, not computed, too much.


def test_what_is_no_number_is_hatched_and_named():
    values = np.ones((6, 5))
    values[:2], values[3] = np.nan, np.inf
    axes = {RATIO: np.linspace(1, 2, 6), TEMPERATURE: np.linspace(1, 2, 5)}
    figure = sweep_figures(made(axes, {"enhancement": values}))["map-enhancement"]
    assert {"no value", "infinite"} == set(legend(figure))
    line = made({RATIO: axes[RATIO]}, {"enhancement": values[:, 0]})
    assert {"no value", "infinite"} <= set(legend(sweep_figures(line)["curves"]))
    rows = made(
        {RATIO: axes[RATIO]}, {"enhancement": values[:, 0]}, scheme="rows"
    )  # fmt: skip
    assert "no finite value" in legend(sweep_figures(rows)["points-enhancement"])


@pytest.mark.slow
def test_a_sweep_that_is_not_finished_shows_what_is_done(tmp_path):
    axes = {RATIO: "1e-4:20:420:log", TEMPERATURE: "1 K:25 K:400"}
    et.sweep(CASE, axes, ["enhancement", "smallest_margin", "worst_margin"], out=tmp_path / "s")
    store = Store.open(tmp_path / "s")
    store.forget([1])
    swept = et.load_sweep(tmp_path / "s")
    assert swept.done < 1
    region = store.region(1)
    lost = math.prod(part.stop - part.start for part in region)
    found = survey(swept)
    assert found.verdicts is not None
    assert found.computed == 420 * 400 - lost == sum(found.verdicts.values())
    assert found.ranges["enhancement"].undefined == 0
    told = f"Of these, {share(found.computed, found.points)} are computed so far."
    assert told in sweep_answer(swept, found)[0]
    (panel,) = read_maps(swept, "enhancement").panels[0]
    assert panel is not None
    absent = np.zeros((420, 400), bool)
    absent[region] = True
    np.testing.assert_array_equal(panel.blanks["missing"], absent.T)
    np.testing.assert_array_equal(panel.kinds == MISSING, absent.T)
    assert "not computed yet" in legend(sweep_figures(swept)["map-enhancement"])


class Counted(BackendArray):
    """Data that are made as they are read, and counted."""

    def __init__(self, shape, read):
        self.shape, self.dtype, self.read = shape, np.dtype(float), read

    def __getitem__(self, key):
        return indexing.explicit_indexing_adapter(
            key, self.shape, indexing.IndexingSupport.OUTER, self._made
        )

    def _made(self, key):
        parts = [np.arange(n)[part] for n, part in zip(self.shape, key, strict=True)]
        self.read.append(math.prod(np.size(part) for part in parts))
        return np.asarray(sum(np.ix_(*(np.atleast_1d(part) / 1e3 for part in parts)))).squeeze()


@pytest.mark.parametrize("shape", [(40_000, 30_000), (2_000, 2_000, 60), (3_000_000,)])
def test_only_what_can_be_seen_is_read(shape):
    read = []
    lazy = indexing.LazilyIndexedArray(Counted(shape, read))
    axes = {key: np.linspace(1, 2, n) for key, n in zip(KEYS, shape, strict=False)}
    swept = made(axes, {"enhancement": xr.Variable(tuple(axes), lazy)._data})
    (figure,) = sweep_figures(swept).values()
    assert 0 < sum(read) <= 1.01 * CELLS**2
    assert len(panel_axes(figure)) == (6 if len(shape) == 3 else 1)


def test_many_points_are_thinned_and_it_is_said():
    count = 3 * POINTS
    rows = made(
        {RATIO: np.linspace(1, 2, count)}, {"enhancement": np.arange(count)}, scheme="sobol"
    )  # fmt: skip
    (figure,) = sweep_figures(rows).values()
    assert f"{POINTS} of {count} points" in figure.get_suptitle()
    assert len(panel_axes(figure)[0].lines[0].get_xdata()) == POINTS


def test_further_axes_are_panels_or_held_and_it_is_said():
    shape = (4, 3, 7, 2, 5, 1)
    axes = dict(zip(KEYS, (np.linspace(1, 2, n) for n in shape), strict=True))
    values = np.random.default_rng(0).random(shape)
    figure = sweep_figures(made(axes, {"enhancement": values}))["map-enhancement"]
    panels = panel_axes(figure)
    assert len(panels) == 5 * 2
    norm = panels[0].collections[0].norm
    assert all(axes.collections[0].norm is norm for axes in panels)
    title = " ".join(figure.get_suptitle().split())
    assert "Γ = 1.5 1/s" in title
    assert f"some of the values of {typeset('B_c')}" in title
    assert panels[0].get_title() == typeset("B_c = 1 T, w_s = 1")
    assert panels[-1].get_title() == typeset("B_c = 2 T, w_s = 2")
    assert panels[0].get_ylabel() == "T (K)"


def test_maps_that_are_the_same_along_an_axis_are_drawn_once():
    axes = {
        RATIO: RATIOS,
        TEMPERATURE: np.linspace(1, 9, 5),
        "landau.critical_field": [1.0, 2.0, 3.0, 4.0],
    }
    one = np.multiply.outer(RATIOS, np.linspace(1, 9, 5))
    for columns, titles in (
        ((one, one, one, one), [""]),
        ((one, one, one, 2 * one), [typeset("B_c = 1 T to 3 T"), typeset("B_c = 4 T")]),
    ):
        values = np.stack(columns, axis=-1)
        figure = sweep_figures(made(axes, {"enhancement": values}))["map-enhancement"]
        panels = panel_axes(figure)
        assert [panel.get_title() for panel in panels] == titles
        for panel, column in zip(panels, (columns[0], columns[-1]), strict=False):
            np.testing.assert_allclose(np.asarray(panel.collections[0].get_array()), column.T)
        same = f"the same at every {typeset('B_c')}"
        assert (same in " ".join(figure.get_suptitle().split())) == (len(titles) == 1)


def test_a_few_divergent_pixels_do_not_take_the_colours_and_a_factor_of_18_has_contours():
    axes = {RATIO: np.linspace(1, 2, 40), TEMPERATURE: np.linspace(1, 9, 30)}
    smooth = np.exp(np.linspace(0, math.log(18), 40))[:, None] * np.ones(30)
    pole = smooth.copy()
    pole[-2:] = [[1e4], [1e6]]
    for values, most in ((smooth, 18.0), (pole, 60.0)):
        figure = sweep_figures(made(axes, {"enhancement": values}))["map-enhancement"]
        (panel,) = panel_axes(figure)
        mesh: Any = panel.collections[0]
        lines = panel.collections[1:]
        assert isinstance(mesh.norm, LogNorm)
        low, high = mesh.get_clim()
        assert low == pytest.approx(1.0)
        assert high <= most * (1 + 1e-9)
        contours = [one for one in lines if isinstance(one, ContourSet)]
        (drawn,) = (one for one in contours if not one.filled)
        # Each line lies where the result has the value that is written on it.
        for level, path in zip(drawn.levels, drawn.get_paths(), strict=True):
            for x, _ in np.asarray(path.vertices):
                assert np.interp(x, axes[RATIO], values[:, 0]) == pytest.approx(level, rel=0.02)
        assert {text.get_text() for text in panel.texts} >= {f"{level:g}" for level in drawn.levels}


def test_values_of_contours_stand_apart_where_the_lines_run_together():
    """In most of the map they lie on each other, at the right they part."""
    ratio, kelvin = np.linspace(0, 1, 40), np.linspace(1, 9, 60)
    width = 0.02 + 2 * np.clip(ratio - 0.6, 0, 1)
    bent = 1 + 0.2 * np.clip((np.linspace(-0.5, 0.5, 60) / width[:, None]) + 0.5, 0, 1)
    figure = sweep_figures(made({RATIO: ratio, TEMPERATURE: kelvin}, {"enhancement": bent}))
    (panel,) = panel_axes(figure["map-enhancement"])
    values = [text for text in panel.texts if re.fullmatch(r"[\d.]+", text.get_text())]
    assert len(values) >= 4
    boxes = [text.get_window_extent() for text in values]
    assert not any(a.overlaps(b) for a, b in itertools.combinations(boxes, 2))


def test_a_panel_of_a_margin_has_the_zero_from_which_it_is_counted():
    swept = made({RATIO: RATIOS}, {"margin_thermal_floor": np.full(6, -2.5)})
    low, high = sweep_figures(swept)["curves"].axes[0].get_ylim()
    assert low < -2.5 < 0 < high


def test_at_most_so_many_results_are_drawn_and_the_report_names_the_others():
    names = ("enhancement", "kappa", "landau_a", "landau_beta", "gap", "alpha", "free_energy",
             "critical_field")  # fmt: skip
    swept = made({RATIO: np.linspace(1, 2, 4)}, {name: np.arange(4.0) for name in names})
    (figure,) = sweep_figures(swept).values()
    assert len(figure.axes) == RESULTS
    text = sweep_report(swept, survey(swept), (), {"curves": "<svg></svg>"})
    note = text[text.index("Not drawn") :].split("</p>")[0]
    assert [name for name in names if f"<code>{name}</code>" in note] == [*names[RESULTS:]]


def test_margins_have_the_colours_of_their_grades(maps):
    figure = maps["map-smallest-margin"]
    (axes,) = panel_axes(figure)
    assert isinstance(axes.collections[0].norm, BoundaryNorm)
    bar = next(one for one in figure.axes if one.get_label() == "<colorbar>")
    words = [label.get_text() for label in bar.get_yticklabels()]
    assert words == ["fails by decades", "fails", "barely holds", "holds", "ample"]


def test_curves_name_what_fails_where_and_mark_where_all_holds(mapped):
    line = only(mapped, "superfluid_density", *NAMES[3:], **{TEMPERATURE: 13})
    worst = line.data["worst_margin"].values.astype(int)
    assert HOLD in worst
    figure = sweep_figures(line)["curves"]
    axes = panel_axes(figure)[0]
    told = {text.get_text() for text in axes.texts} | {
        text.split(": ")[-1] for text in legend(figure)
    }
    assert {WORDS[int(kind)] for kind in worst if kind >= 0} <= told
    assert WORDS[HOLD] in told
    assert axes.get_xlabel().endswith(typeset("n_v/n_c"))
    assert axes.get_xscale() == "log"


# The page.


@pytest.fixture(scope="module")
def table():
    return Sensitivities(
        (
            Sensitivity("enhancement", "landau.a", -3e-1, -0.2),
            Sensitivity("enhancement", "mixture.valence_ratio", 9e-1, 0.6),
            Sensitivity("enhancement", "trap.rate", 0.0, np.nan),
        ),
        {"enhancement": 1.5},
        {"enhancement": ((RATIO, 0.7, 0.8), (TEMPERATURE, 0.2, 0.3))},
        {"pair_gain": "has no finite value on part of the ranges"},
    )


def test_sensitivities_are_ranked_by_size_and_their_sign_is_seen(table):
    figure = sensitivity_figure(table)
    first, second = figure.axes
    assert [t.get_text() for t in first.get_yticklabels()] == ["mixture.valence_ratio", "landau.a"]
    bars = first.patches
    assert [bar.get_width() for bar in bars] == pytest.approx([0.6, 0.2])
    assert [bar.get_hatch() for bar in bars] == [None, "///"]
    assert [t.get_text() for t in second.get_yticklabels()] == [RATIO, TEMPERATURE]
    assert [bar.get_width() for bar in second.patches] == pytest.approx([0.8, 0.7, 0.3, 0.2])
    assert sensitivity_figure(Sensitivities((), {})).axes[0].texts


def test_the_report_is_whole_by_itself_and_says_all(
    mapped, maps, table, tmp_path, whole_page, picture
):
    swept = only(mapped, *NAMES, "margin_thermal_floor")
    figures = {name: maps[name] for name in ("map-effective-critical-temperature",)}
    figures["sensitivity"] = sensitivity_figure(table)
    drawn = {name: save(figure, tmp_path / name) for name, figure in figures.items()}
    picture(tmp_path / next(iter(figures)))
    found = survey(swept)
    for name in ("points.csv", "sensitivities.csv"):
        (tmp_path / name).touch()
    files = [file.name for file in tmp_path.iterdir()]
    (tmp_path / "report.html").write_text(
        sweep_report(swept, found, sweep_answer(swept, found), drawn, table, files), "utf-8"
    )
    text, count = whole_page(tmp_path / "report.html")
    assert count == len(figures)
    rows = [row.key for row in table.rows]
    for part in (*NAMES[:4], *swept.axes, *rows, "entrap show", "et.load_sweep", "pair_gain",
                 "even in the logarithm", "thermal_floor", "all assumptions hold"):  # fmt: skip
        assert part in text
    assert '<td class="number">1,920</td>' in (tmp_path / "report.html").read_text("utf-8")
    for sentence in sweep_answer(swept, found):
        assert sentence.replace("_", "") in text.replace("_", "")
    told = sweep_summary(swept, found, sweep_answer(swept, found), table)
    json.dumps(told, allow_nan=False)
    assert told["results"]["superfluid_density"]["largest"]["value"] == pytest.approx(
        float(swept.data["superfluid_density"].max())
    )
    assert (told["points"], told["validity"][WORDS[HOLD]]) == (1920, found.valid)


def test_what_a_killed_run_wrote_of_an_unfinished_chunk_does_not_count(monkeypatch):
    swept = made({RATIO: np.linspace(1, 2, 4)}, {"enhancement": np.array([1.0, 2.0, 3.0, np.inf])})
    absent = np.array([False, False, True, True])
    monkeypatch.setattr("entrap.studies.sweep.pages.reading._missing", lambda *_: absent)
    found = survey(swept)
    item = found.ranges["enhancement"]
    assert (found.computed, item.finite, item.undefined, item.infinite) == (2, 2, 0, 0)
    assert item.largest is not None
    assert item.largest.value == 2


def test_a_share_is_never_rounded_to_nothing_or_to_all():
    texts = [share(count, 10**6) for count in (0, 1, 999, 5000, 500_000, 999_999, 10**6)]
    assert texts == ["0 %", "less than 0.1 %", "less than 0.1 %", "0.5 %", "50 %",
                     "more than 99.9 %", "100 %"]  # fmt: skip


# Whatever it is.

numbers = st.one_of(
    st.sampled_from([0.0, np.nan, np.inf, -np.inf, 1.0, 5e-324]),
    st.floats(-1e40, 1e40),
    st.floats(-30, 30).map(lambda x: 10**x),
)


@st.composite
def sweeps(draw):
    scheme = draw(st.sampled_from(["grid", "grid", "rows"]))
    count = draw(st.integers(1, 3))
    keys = draw(st.permutations(KEYS))[:count]
    length = st.integers(1, 3)
    lengths = [draw(length) for _ in keys] if scheme == "grid" else [draw(length)] * count
    axes = {
        key: np.array(draw(st.lists(st.floats(1e-6, 1e6), min_size=n, max_size=n)))
        for key, n in zip(keys, lengths, strict=True)
    }
    shape = lengths if scheme == "grid" else lengths[:1]
    size = math.prod(shape)
    names = draw(st.lists(st.sampled_from(["enhancement", "gap", "smallest_margin",
                                           "superfluid_density", "margin_pair_density"]),
                          min_size=1, max_size=4, unique=True))  # fmt: skip
    columns = {
        name: np.reshape(draw(st.lists(numbers, min_size=size, max_size=size)), shape)
        for name in names
    }
    if draw(st.booleans()):
        worst = st.sampled_from([-1.0, 0.0, 3.0, np.nan])
        drawn = draw(st.lists(worst, min_size=size, max_size=size))
        columns["worst_margin"] = np.reshape(drawn, shape)
    return made(axes, columns, scheme=scheme)


@pytest.mark.exhaustive
@given(sweeps())
@settings(max_examples=6)
def test_any_sweep_can_be_drawn(swept):
    for figure in sweep_figures(swept).values():
        figure.draw_without_rendering()


@given(sweeps())
@settings(max_examples=30)
def test_any_sweep_can_be_told(swept):
    found = survey(swept)
    sentences = sweep_answer(swept, found)
    assert all(s.endswith(".") and not re.search(r"\b(nan|inf)\b", s) for s in sentences)
    told = [item.declared.symbol for name, item in found.ranges.items() if "margin" not in name]
    assert len(sentences) == len(told) + 2  # each result has its own
    assert all(f"({symbol})" in s for symbol, s in zip(told, sentences[1:], strict=False))
    assert "<table" in sweep_report(swept, found, sentences, {})
    json.dumps(sweep_summary(swept, found, sentences), allow_nan=False)
    for name, item in found.ranges.items():
        assert item.finite + item.undefined + item.infinite == swept.data[name].size
    assert found.points == math.prod(dims_of(swept).values())
