"""What the figures and tables of a fit say: each label, arrow and number is that of its data."""

import dataclasses
import io
import math
import re

import numpy as np
import pytest
from matplotlib.colors import to_hex
from rich.console import Console
from tests import pinned
from tests.studies.fit.made import CASE, KEYS, SHIFT, fitted, made

from entrap.app.casefile import load_case
from entrap.case.priors import Prior
from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES
from entrap.report.drawing import Undrawn
from entrap.report.labels import percent, quoted, unit_text
from entrap.report.look import LOOK
from entrap.report.style import paler
from entrap.solve.protocol.results import Margin
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.figures.corners import corner_figure, drawn_keys
from entrap.studies.fit.figures.curves import contenders, prediction_figures
from entrap.studies.fit.figures.ranking import ranking
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.pages.report import account
from entrap.studies.fit.pages.words import letters_of, nats, probability
from entrap.studies.fit.predictive import Band

MEV = 1.602176634e-22
KELVIN = np.array([1.0, 2.0, 3.0, 1.5, 2.5, 3.5, 4.5])
ON = np.array([False, False, False, True, True, True, True])
READ = np.array([4.0, 3.0, 0.5, 4.5, 4.0, 9.0, 3.2]) * MEV
LIMIT = np.array([0, 0, 1, 0, 0, -1, 0])  # the third truth is below its reading, the sixth above
SIGMA = 0.1 * MEV
LEVELS = {"none": 2.0, "mixing": 3.0, "extraction": 5.0}


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    path = tmp_path_factory.mktemp("case") / "case.toml"
    path.write_text(CASE)
    return load_case(path, needs=("material", "landau"))


def posterior(case, name):
    """Numbers that all differ, each with draws of its own, and readings of its own."""
    p = made(case, name, rhat=None, ess=None)
    count = len(p.free)
    random = np.random.default_rng(len(name))
    scales = dict(zip((*KEYS, SHIFT), (5.0, 4.2e-23, 1.7, 0.2), strict=True))
    scales |= {"log_mixing_ratio": 1.1, "effective_critical_temperature": 8.5}
    draws = {
        key: scales[key] * np.exp((0.02 + 0.01 * i) * random.normal(size=(4, 50)))
        for i, key in enumerate(p.draws)
    }
    chains = dataclasses.replace(
        p.chains, rhat=1.001 + 0.001 * np.arange(count), ess=900.0 + 100 * np.arange(count),
        steps=np.full((4, 50), 6.5 + len(name)),
    )  # fmt: skip
    predictive = np.full((4, 10, len(KELVIN)), LEVELS[name] * MEV)
    return dataclasses.replace(p, chains=chains, draws=draws, predictive=predictive)


@pytest.fixture(scope="module")
def found(case):
    data = Observations(
        ("higgs_coefficient",) * len(KELVIN), ON, KELVIN, READ, np.full(len(KELVIN), SIGMA),
        np.zeros(len(KELVIN)), LIMIT.astype(float), np.zeros(len(KELVIN), int),
        np.arange(len(KELVIN)), {"run": DataGroup(Prior("lognormal", (1.0, 0.1)))}, "temperature",
    )  # fmt: skip
    posteriors = {name: posterior(case, name) for name in LEVELS}
    declared = Quantity("1", "x < y", "An assumption")
    validity = (Margin("one", 0.5, 9.0, declared), Margin("two", -0.5, 4.2, declared),
                Margin("three", None, None, declared, "give a"))  # fmt: skip
    made_up = fitted(
        case, {"none": -20.0, "mixing": 0.0, "extraction": -3.0}, "entropy", posteriors=posteriors,
        misfit={"none": 1e-5, "mixing": 0.4, "extraction": 0.2}, validity=validity,
        elpd={"none": -15.0, "mixing": 0.0, "extraction": -2.5},
    )  # fmt: skip
    bands = {
        name: {
            key: Band(
                np.linspace(1, 5, 9),
                np.multiply.outer([0.8, 0.9, 1.0, 1.1, 1.2], np.full(9, level * MEV)),
            )
            for key in data.series()
        }
        for name, level in LEVELS.items()
    }
    return dataclasses.replace(made_up, data=data, bands=bands)


@pytest.fixture(scope="module")
def drawn(found):
    ((name, figure),) = prediction_figures(found, LOOK).items()
    assert name == "predictive-higgs-coefficient"
    return figure


def panels(figure):
    """Of each state of the trap: readings and residuals, by the title."""
    axes = figure.axes
    half = len(axes) // 2
    return {axes[i].get_title(loc="left"): (axes[i], axes[half + i]) for i in range(half)}


def test_predictions_have_the_colour_of_their_hypothesis_in_the_panel_of_their_trap(
    found, drawn, si
):
    (legend,) = drawn.legends
    handles = {
        text.get_text(): handle
        for text, handle in zip(legend.get_texts(), legend.legend_handles, strict=True)
    }
    assert contenders(found) == ("mixing", "none", "extraction")
    assert set(panels(drawn)) == {"with the trap", "without the trap"}
    unit = si(panels(drawn)["without the trap"][0].get_ylabel(), "J")
    assert unit == pytest.approx(MEV)
    for trap, (axes, below) in panels(drawn).items():
        on = trap == "with the trap"
        plain = (ON == on) & (LIMIT == 0)
        for name, level in LEVELS.items():
            entry = HYPOTHESES[name]
            words = f"{entry.label}: {entry.meaning}" + " (most probable)" * (name == "mixing")
            colour, dashes = handles[words].get_color(), handles[words].get_linestyle()
            line, *ends = sorted(
                (one for one in axes.get_lines()
                 if one.get_color() == colour and len(one.get_xdata()) == 9),
                key=lambda one: -one.get_linewidth(),
            )  # fmt: skip
            assert line.get_linestyle() == dashes
            np.testing.assert_allclose(line.get_xdata(), np.linspace(1, 5, 9))
            np.testing.assert_allclose(np.asarray(line.get_ydata()) * unit, level * MEV)
            # Of the most probable one in two shades, of the others as lines, which hide nothing.
            shades = {
                share: np.round([edge(p.vertices[:, 1]) * unit / MEV for edge in (np.min, np.max)], 9)
                for share in (0.2, 0.4)
                for band in axes.collections for p in band.get_paths()
                if len(band.get_facecolor())
                and to_hex(band.get_facecolor()[0]) == to_hex(paler(colour, share))
            }  # fmt: skip
            if name == "mixing":
                np.testing.assert_allclose(shades[0.2], [0.8 * level, 1.2 * level])
                np.testing.assert_allclose(shades[0.4], [0.9 * level, 1.1 * level])
                assert not ends
            else:
                assert not shades
                heights = sorted(np.asarray(one.get_ydata())[0] * unit / MEV for one in ends)
                np.testing.assert_allclose(heights, [0.8 * level, 1.2 * level])
            residuals = (READ - level * MEV)[plain] / SIGMA
            shown = np.concatenate([
                np.asarray(one.get_xydata()).reshape(-1, 2) for one in below.get_lines()
                if one.get_color() == colour
            ])  # fmt: skip
            expected = sorted(zip(KELVIN[plain], np.clip(residuals, -6, 6), strict=True))
            np.testing.assert_allclose(sorted(map(tuple, shown)), expected, atol=1e-9)
        (bars,) = axes.containers
        np.testing.assert_allclose(bars.lines[0].get_xdata(), KELVIN[plain])
        np.testing.assert_allclose(bars.lines[0].get_ydata() * unit, READ[plain])
        for (_, low), (_, high) in bars.lines[2][0].get_segments():
            assert (high - low) * unit == pytest.approx(2 * SIGMA)
        assert below.get_xlabel() == "Temperature T (K)"


@pytest.mark.parametrize(
    ("trap", "point", "sign"), [("without the trap", 2, "<"), ("with the trap", 5, ">")]
)
def test_the_arrow_of_a_limit_points_to_the_side_on_which_the_truth_is(drawn, trap, point, sign):
    axes, _ = panels(drawn)[trap]
    (arrow,) = (text for text in axes.texts if text.arrow_patch is not None)
    x, y = arrow.xy
    assert x == KELVIN[point]
    low, high = axes.get_ylim()
    # Its head is where the text would be, away from the point, below it or above.
    assert arrow.arrowprops["arrowstyle"].startswith("<|-")
    (_, away) = arrow.xyann
    assert (away < 0) == (sign == "<")
    (value,) = (text.get_text() for text in axes.texts if text.arrow_patch is None)
    declared = OBSERVABLES["higgs_coefficient"].quantity
    assert value == f"{sign} {quoted(declared, READ[point], 3)}"
    assert y == pytest.approx(low if sign == "<" else high)  # beyond the readings: at the edge


def test_a_corner_has_each_number_with_its_median_and_interval(found, words):
    p = found.posteriors["mixing"]
    keys = drawn_keys(p)
    assert keys == (*KEYS[:2], "log_mixing_ratio", "effective_critical_temperature")
    figure = corner_figure(p)
    count = len(keys)
    grid = np.array(figure.axes).reshape(count, count)
    letters, table = letters_of(p), p.table()
    units = {"material.critical_temperature": ("K", 1.0), "landau.a": ("k_B", 1.380649e-23),
             "log_mixing_ratio": ("", 1.0), "effective_critical_temperature": ("K", 1.0)}  # fmt: skip
    for place, key in enumerate(keys):
        unit, size = units[key]
        title = words(grid[place, place].get_title())
        median, up, down = (float(x) for x in re.findall(r"\d+\.\d+", title))
        low, high = table[key].intervals[-1]
        near = 0.04 * (high - low) / size  # of the interval's width two digits are given
        assert median == pytest.approx(table[key].median / size, abs=near)
        assert up == pytest.approx((high - table[key].median) / size, abs=near)
        assert down == pytest.approx((table[key].median - low) / size, abs=near)
        assert title.startswith(words(letters[key].drawn))
        assert title.endswith(unit)
        label = words(grid[-1, place].get_xlabel())
        assert label == words(letters[key].drawn) + (f" ({unit})" if unit else "")
        inside = np.asarray(p.draws[key]).ravel() / size
        first, last = grid[-1, place].get_xlim()
        assert first < np.median(inside) < last
        assert last - first < 3 * np.ptp(inside)
        ticks = grid[-1, place].get_xticks()  # those of the next panel begin at the end
        assert 2 <= len(ticks) <= 3
        assert (
            (ticks > first + 0.1 * (last - first)) & (ticks < last - 0.1 * (last - first))
        ).all()
    assert figure.texts[-1].get_text().startswith("H1: ")


def test_the_table_of_a_corner_has_all_draws(found):
    p = found.posteriors["mixing"]
    columns = {column.name: column for column in account(found).tables["corner-mixing"].columns}
    assert [*columns] == ["chain", *p.table()]
    for key in drawn_keys(p):
        np.testing.assert_array_equal(columns[key].values, p.draws[key].ravel())
    chains, count = p.chains.u.shape[:2]
    assert columns["chain"].values == [i + 1 for i in range(chains) for _ in range(count)]


def test_a_ranking_draws_both_scales_beside_the_names(found):
    left, right = ranking(found, LOOK).axes
    for axes, values in ((left, {"H1": "best", "H2": nats(3.0, math.hypot(0.1, 0.1)), "H0": nats(20.0, math.hypot(0.1, 0.1))}),
                         (right, {"H1": "best", "H2": nats(2.5, 1.0), "H0": nats(15.0, 1.0)})):  # fmt: skip
        names = [tick.get_text().partition(":")[0] for tick in left.get_yticklabels()]
        told = {
            names[round(text.xy[1])]: text.get_text()
            for text in axes.texts
            if text.get_rotation() == 0
        }
        assert told == values


def test_a_number_without_a_width_is_not_drawn_among_those_that_have_one(found):
    p = found.posteriors["mixing"]
    first = drawn_keys(p)[0]
    noise = np.random.default_rng(0).integers(2, size=p.draws[first].shape)
    narrow = dataclasses.replace(p, draws={**p.draws, first: 5.0 + 1e-15 * noise})
    assert drawn_keys(narrow) == drawn_keys(p)[1:]
    corner_figure(narrow)


def test_a_page_without_figures_says_that_they_could_not_be_drawn(page):
    assert "could not be drawn" in page[1].page(Undrawn(RuntimeError("no latex")))


@pytest.fixture(scope="module")
def page(found, tmp_path_factory):
    of, path = account(found), tmp_path_factory.mktemp("fit") / "report.html"
    path.write_text(of.page({"hypotheses": "<svg></svg>", "corner-mixing": "<svg></svg>"}), "utf-8")
    return path, of


def test_what_is_read_is_what_was_pinned(found, tmp_path):
    pinned.account(account(found), "fit", tmp_path)


def test_the_tables_of_the_page_have_the_numbers_of_the_fit(found, page, agree, shown):
    read = agree(*page)
    heads = ("", "hypothesis", "ln Z", "ln B", "against it", "probability", "elpd", "Δelpd", "p_loo",
             "k too high", "misfit p")  # fmt: skip
    rows = {row[0]: row for row in read[tuple(map(shown, heads))]}
    assert [*rows] == ["H1", "H2", "H0"]
    for row in found.comparison.rows:
        assert rows[row.entry.label] == [
            row.entry.label, row.entry.meaning,
            f"{row.log_evidence:,.2f} ± {row.evidence_error:.2f}", nats(row.log_bayes), row.word,
            percent(row.probability).replace("less than", "<").replace("more than", ">"),
            nats(row.elpd, row.elpd_error), nats(row.elpd_difference, row.difference_error),
            f"{row.effective_parameters:.1f}", str(row.unreliable), probability(row.misfit),
        ]  # fmt: skip
    heads = ("number", "median", "", "50 %", "90 %", "prior", "contraction", "R-hat", "ESS")
    tables = read[heads]
    order = ("mixing", "extraction", "none")
    assert len(tables) == sum(len(found.posteriors[name].table()) for name in order)
    for name in order:
        p = found.posteriors[name]
        letters = letters_of(p)
        for key, summary in p.table().items():
            row, tables = tables[0], tables[1:]
            meaning = shown(summary.declared.meaning)
            assert row[0] == f"{shown(str(letters[key]))} {meaning}", (name, key)
            unit = {"landau.a": 1.380649e-23}.get(key, 1.0)
            assert row[2] == {"landau.a": "kB"}.get(
                key, "" if summary.declared.unit == "1" else "K"
            )
            numbers = [summary.median, *(x for pair in summary.intervals for x in pair)]
            told = [float(x) for cell in (row[1], *row[3:5]) for x in cell.split(" to ")]
            width = (summary.intervals[-1][1] - summary.intervals[-1][0]) / unit
            np.testing.assert_allclose(told, np.array(numbers) / unit, rtol=0, atol=0.06 * width)
            if summary.prior is None:
                assert row[5:] == ["follows from the others", "", "", ""]
            else:
                prior = shown(unit_text(summary.prior.shown(summary.declared)))
                assert row[5:] == [
                    f"{prior} {summary.prior.origin}", f"{summary.contraction:.3f}",
                    f"{summary.rhat:.4f}", f"{summary.ess:,.0f}",
                ]  # fmt: skip
    heads = ("", "chains", "draws of each", "largest R-hat", "fewest effective", "divergences",
             "leapfrogs a draw", "likelihoods for ln Z", "criteria")  # fmt: skip
    for row, p in zip(read[heads], found.posteriors.values(), strict=True):
        assert row == [
            p.hypothesis.entry.label, "4", "50", f"{p.chains.rhat.max():.4f}",
            f"{p.chains.ess.min():,.0f}", str(p.divergences), "independent" if p.chains.independent else f"{p.chains.steps.mean():.1f}", "100",
            "met",
        ]  # fmt: skip
    heads = ("quantity", "trap", "group", "points", "limits", "from, to", "at", "inferred with it")
    rows = {row[1]: row for row in read[heads]}
    for trap, on in (("without", False), ("with the trap", True)):
        of = on == ON
        assert rows[trap][2:5] == ["run", str(of.sum()), str((LIMIT[of] != 0).sum())]
        low, high = READ[of].min() / MEV, READ[of].max() / MEV
        assert rows[trap][5] == f"{low:.4g} to {high:.4g} meV"
        assert rows[trap][6] == f"{KELVIN[of].min():.4g} to {KELVIN[of].max():.4g} K"
        assert "lognormal(1" in rows[trap][7]


def test_the_terminal_has_the_numbers_of_the_paper_s_hypothesis_and_the_ranking(found, page):
    out = io.StringIO()
    page[1].print(Console(file=out, width=200))
    rows = [" ".join(row.split()) for row in out.getvalue().splitlines()]
    p = found.posteriors["mixing"]
    letters = letters_of(p)
    for key, summary in p.table().items():
        (row,) = (r for r in rows if r.startswith(f"{letters[key]} "))
        behind = row.removeprefix(f"{letters[key]} ")
        ((median, low, high),) = re.findall(r"^(\S+) (?:K |k_B )?(\S+) to (\S+)", behind)
        unit = 1.380649e-23 if key == "landau.a" else 1.0
        ends = summary.intervals[-1]
        width = (ends[1] - ends[0]) / unit
        for text, value in ((median, summary.median), (low, ends[0]), (high, ends[1])):
            assert float(text) == pytest.approx(value / unit, abs=0.06 * width)
        assert (f"{summary.rhat:.4f} {summary.ess:,.0f}" in row) == (summary.prior is not None)
    for row in found.comparison.rows:
        numbers = (
            f"{nats(row.log_bayes)} {percent(row.probability)} "
            f"{nats(row.elpd_difference, row.difference_error)} {probability(row.misfit)}"
        )
        assert f"{row.entry.label} {row.entry.meaning} {numbers}" in rows
