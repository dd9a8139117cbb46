"""What the figures and tables of a sweep say: each label, colour and number is that of its data."""

import io
from typing import Any

import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgba
from rich.console import Console
from tests.studies.sweep.made import RATIO, TEMPERATURE, made

from entrap.core.quantities import quantity_of
from entrap.model.validity import Margins
from entrap.report.grades import grade
from entrap.report.labels import quoted, typeset
from entrap.studies.sweep.figures.bars import sensitivity_figure
from entrap.studies.sweep.figures.plots import sweep_figures
from entrap.studies.sweep.inputs.keys import declared
from entrap.studies.sweep.names import MARGINS
from entrap.studies.sweep.pages.answer import share, sweep_answer
from entrap.studies.sweep.pages.reading import HOLD, RESULTS, WORDS
from entrap.studies.sweep.pages.report import sweep_report
from entrap.studies.sweep.pages.survey import survey
from entrap.studies.sweep.sensitivity import Sensitivities, Sensitivity
from entrap.studies.sweep.writing import _print_ranked

X = np.linspace(0.5, 3.0, 11)
FLOOR, SLOPE = MARGINS.index("thermal_floor"), MARGINS.index("entropy_slope")


def one_line(**columns):
    return made({RATIO: X}, columns)


def test_one_quantity_has_a_panel_and_each_of_its_states_its_own_label(lines, si, words):
    columns = {
        "superfluid_density": 1e26 * X, "superfluid_density_bare": 0.5e26 * X**2,
        "higgs_mode_initial": 1e-22 * X, "higgs_mode_final": 3e-22 / X, "enhancement": 1 + X,
    }  # fmt: skip
    figure = sweep_figures(one_line(**columns))["curves"]
    density, higgs, enhancement = figure.axes
    for axes, of in (
        (density, {"with the trap": "superfluid_density", "without a trap": "superfluid_density_bare"}),
        (higgs, {"before the trap starts": "higgs_mode_initial", "at the end": "higgs_mode_final"}),
        (enhancement, {"with the trap": "enhancement"}),
    ):  # fmt: skip
        drawn, known = lines(axes), RESULTS[next(iter(of.values()))].declared
        assert list(drawn) == list(of)
        for label, name in of.items():
            x, y = drawn[label]
            np.testing.assert_allclose(x, X)
            np.testing.assert_allclose(
                y * si(axes.get_ylabel(), known.unit), columns[name], rtol=1e-9, err_msg=label
            )
        assert words(axes.get_ylabel()).startswith(known.symbol.split("⁰")[0])
        title = known.meaning.split(",")[0]
        assert words(axes.get_title(loc="left")).startswith(title)
        told = axes.get_legend()
        assert ([t.get_text() for t in told.get_texts()] if told else [*of]) == list(of)
    assert words(enhancement.get_xlabel()).endswith("n_v/n_c")


def verdicts(worst):
    """Columns of a theory whose worst assumption at each point is this."""
    worst = np.asarray(worst, float)
    least = np.where(np.isnan(worst), np.nan, np.where(worst == HOLD, 0.4, -0.7))
    return {"smallest_margin": least, "worst_margin": worst}


def test_stretches_are_shaded_and_named_where_their_verdict_is():
    worst = np.array([FLOOR] * 4 + [HOLD] * 4 + [SLOPE] * 3)
    figure = sweep_figures(one_line(enhancement=1 + X, **verdicts(worst)))["curves"]
    axes = figure.axes[0]
    edge = [X[0] - 0.125, (X[3] + X[4]) / 2, (X[7] + X[8]) / 2, X[-1] + 0.125]
    shaded = sorted((p.get_x(), p.get_x() + p.get_width()) for p in axes.patches)
    np.testing.assert_allclose(shaded, [edge[:2], edge[2:]])
    (bar,) = (line for line in axes.get_lines() if line.get_linewidth() == 5)
    np.testing.assert_allclose(np.asarray(bar.get_xdata()), edge[1:3])
    ends = axes.transAxes.inverted().transform(axes.transData.transform([(x, 1) for x in edge]))
    places = {text.get_text(): text.get_position()[0] for text in axes.texts}
    for word, low, high in zip(
        ("thermal floor", "all hold", "entropy slope"),
        ends[:-1, 0], ends[1:, 0], strict=True,
    ):  # fmt: skip
        assert places[word] == pytest.approx((low + high) / 2), word


def test_each_margin_has_a_row_with_its_colours_along_the_axis():
    columns = {
        "margin_thermal_floor": np.linspace(-1.5, 1.5, 11),
        "margin_entropy_slope": np.linspace(0.6, -0.6, 11),
        "evolution_margin_weak_pairing": np.full(11, 0.2),
    }
    (axes,) = sweep_figures(one_line(**columns))["margins"].axes
    labels = [tick.get_text() for tick in axes.get_yticklabels()]
    order = [*columns]
    wanted = {
        "margin_thermal_floor": typeset(quantity_of(Margins, "thermal_floor").symbol),
        "margin_entropy_slope": typeset(quantity_of(Margins, "entropy_slope").symbol),
        "evolution_margin_weak_pairing": "after the evolution: "
        + typeset(quantity_of(Margins, "weak_pairing").symbol),
    }
    assert sorted(labels) == sorted(wanted.values())
    worst = {round(text.get_position()[1]): text.get_text() for text in axes.texts}
    for name in order:
        row = labels.index(wanted[name])
        values = columns[name]
        assert worst[row] == grade(values.min()).word, name
        bars = [b for b in axes.patches if round(b.get_y() + b.get_height() / 2) == row]
        for x, value in zip(X, values, strict=True):
            (bar,) = (b for b in bars if b.get_x() < x < b.get_x() + b.get_width())
            assert to_hex(bar.get_facecolor()) == grade(float(value)).colour, (name, x)


@pytest.mark.parametrize("log", [False, True])
def test_a_map_has_each_value_at_its_place_in_the_unit_of_its_bar(si, words, log):
    kelvin = np.linspace(1.0, 9.0, 7)
    values = np.outer(X, kelvin) * 1e-8
    if log:
        values = 10.0 ** (-9 + np.add.outer(X, kelvin) / 3)
    worst = np.where(np.add.outer(X, kelvin) > 8, HOLD, FLOOR)
    swept = made({RATIO: X, TEMPERATURE: kelvin}, {"penetration_depth": values, **verdicts(worst)})
    figure = sweep_figures(swept)["map-penetration-depth"]
    axes, bar = figure.axes
    mesh = axes.collections[0]
    shown = np.asarray(mesh.get_array()).reshape(7, 11)
    np.testing.assert_allclose(shown * si(bar.get_ylabel(), "m"), values.T, rtol=1e-9)
    corners = mesh.get_coordinates()
    for column, at in ((corners[0, :, 0], X), (corners[:, 0, 1], kelvin)):
        assert ((column[:-1] < at) & (at < column[1:])).all()
    assert words(axes.get_xlabel()).endswith("n_v/n_c")
    assert words(axes.get_ylabel()).endswith("T (K)")
    assert words(bar.get_ylabel()).startswith(RESULTS["penetration_depth"].declared.symbol)
    ticks = mesh.norm.vmin, mesh.norm.vmax
    assert ticks == pytest.approx((shown.min(), shown.max()), rel=1e-6)
    # The thick line is around the points at which all holds: on it both verdicts meet.
    thick = max(
        (c for c in axes.collections if hasattr(c, "get_segments")), key=lambda c: c.get_zorder()
    )
    inside = np.add.outer(X, kelvin) > 8
    for (x0, y0), (x1, y1) in np.asarray(thick.get_segments())[:, [0, -1]]:
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        near = inside[np.abs(X - x) < 0.3][:, np.abs(kelvin - y) < 1.4]
        assert near.any()


def test_points_are_marked_by_their_verdict_over_each_axis(si, words):
    random = np.random.default_rng(4)
    axes = {RATIO: random.uniform(0.1, 3, 30), TEMPERATURE: random.uniform(1, 9, 30)}
    worst = np.array([HOLD, FLOOR, np.nan] * 10)
    values = random.uniform(1, 9, 30) * 1e-22
    swept = made(axes, {"higgs_mode": values, **verdicts(worst)}, scheme="rows")
    figure = sweep_figures(swept)["points-higgs-mode"]
    looks = {
        "all assumptions hold": worst == HOLD, "an assumption fails": worst == FLOOR,
        "normal, or not known whether the theory holds": np.isnan(worst),
    }  # fmt: skip
    first, second = figure.axes
    (legend,) = figure.legends
    patches: Any = legend.legend_handles
    handles = {
        text.get_text(): handle for text, handle in zip(legend.get_texts(), patches, strict=True)
    }
    assert set(handles) == set(looks)
    unit = si(first.get_ylabel(), "J")
    for panel, key, of in ((first, RATIO, "1"), (second, TEMPERATURE, "K")):
        assert words(panel.get_xlabel()).replace(" (K)", "").endswith(declared(key).symbol)
        found = {line.get_marker(): line for line in panel.get_lines()}
        for word, chosen in looks.items():
            line = found[handles[word].get_marker()]
            assert to_rgba(line.get_color()) == to_rgba(handles[word].get_color())
            x = np.asarray(line.get_xdata()) * si(panel.get_xlabel(), of)
            np.testing.assert_allclose(x, axes[key][chosen])
            np.testing.assert_allclose(np.asarray(line.get_ydata()) * unit, values[chosen])


RANKED = Sensitivities(
    (
        Sensitivity("enhancement", "landau.a", -3e-1, -0.2),
        Sensitivity("enhancement", RATIO, 9e-1, 0.6),
        Sensitivity("kappa", "landau.a", 7e-1, 0.5),
    ),
    {"enhancement": 1.5, "kappa": 1.4},
    {"enhancement": ((RATIO, 0.7, 0.8), (TEMPERATURE, 0.2, 0.3))},
    {"paired_electron_gain": "has no finite value on part of the ranges"},
)


def test_bars_of_sensitivities_have_their_sign_their_number_and_their_result():
    figure = sensitivity_figure(RANKED)
    panels = {
        axes.get_title(loc="left"): axes
        for axes in figure.axes
        if not axes.get_xlabel().startswith("Share")
    }
    (legend,) = figure.legends
    patches: Any = legend.legend_handles
    looks = {
        text.get_text(): (to_hex(handle.get_facecolor()), handle.get_hatch())
        for text, handle in zip(legend.get_texts(), patches, strict=True)
    }
    for result in ("enhancement", "kappa"):
        axes = panels[result]
        rows = {row.key: row for row in RANKED.rows if row.result == result}
        keys = [tick.get_text() for tick in axes.get_yticklabels()]
        assert set(keys) == set(rows)
        texts = {round(text.xy[1]): text.get_text() for text in axes.texts}
        for place, (key, bar) in enumerate(zip(keys, axes.patches, strict=True)):
            row = rows[key]
            assert bar.get_width() == pytest.approx(abs(row.elasticity))
            assert texts[place] == f"{row.elasticity:+.2g}"
            word = "rises with it" if row.elasticity > 0 else "falls with it"
            assert (to_hex(bar.get_facecolor()), bar.get_hatch()) == looks[word]
    (axes,) = (axes for axes in figure.axes if axes.get_xlabel().startswith("Share"))
    assert axes.get_title(loc="left") == "enhancement"
    widths = {}
    for bar in axes.patches:
        place = round(bar.get_y() + bar.get_height() / 2)
        widths[place, to_hex(bar.get_facecolor())] = bar.get_width()
    for place, (_, first, total) in enumerate(RANKED.sobol["enhancement"]):
        assert widths[place, looks["alone"][0]] == pytest.approx(first)
        assert widths[place, looks["together with others"][0]] == pytest.approx(total)
        assert axes.texts[place].get_text() == f"{first:.2f}, {total:.2f}"


@pytest.fixture
def told(tmp_path):
    """A small map with its survey, and its page."""
    kelvin = np.linspace(1.0, 9.0, 5)
    values = 1e-7 * (1 + np.outer(X, kelvin))
    values[0, 0], values[1, 1:3] = np.nan, np.inf
    worst = np.where(np.add.outer(X, kelvin) > 6, HOLD, FLOOR).astype(float)
    worst[:4, 0], worst[4, 0] = SLOPE, np.nan
    columns = {"penetration_depth": values, **verdicts(worst)}
    columns["margin_thermal_floor"] = np.where(worst == FLOOR, -0.7, 0.5)
    columns["margin_entropy_slope"] = np.where((worst == SLOPE) | (worst == FLOOR), -0.2, 0.5)
    for name in ("margin_thermal_floor", "margin_entropy_slope"):
        columns[name][np.isnan(worst)] = np.nan
    swept = made({RATIO: X, TEMPERATURE: kelvin}, columns)
    found = survey(swept)
    path = tmp_path / "report.html"
    path.write_text(sweep_report(swept, found, sweep_answer(swept, found), {}, RANKED), "utf-8")
    return swept, path, worst, values, columns


def test_the_tables_of_the_page_have_the_numbers_of_the_data(told, tables, shown):
    swept, path, worst, values, columns = told
    found = tables(path)
    heads = ("result", "symbol", "least", "largest", "where all hold", "no value", "infinite")
    (row,) = (r for r in found[heads] if r[0].startswith("penetration_depth"))
    known = RESULTS["penetration_depth"].declared
    finite = np.isfinite(values)
    assert row[1] == shown(known.symbol)
    for cell, best in ((row[2], np.nanargmin(np.where(finite, values, np.inf))),
                       (row[3], np.nanargmax(np.where(finite, values, -np.inf)))):  # fmt: skip
        i, j = np.unravel_index(int(best), values.shape)
        kelvin = float(swept.data[TEMPERATURE][j])
        place = shown(f"n_v/n_c = {X[i]:.3g}, T = {quoted(declared(TEMPERATURE), kelvin, 3)}")
        assert cell.replace("\xa0", " ") == f"{quoted(known, values[i, j], 4)} {place}"
    valid = values[(worst == HOLD) & finite]
    assert row[4] == f"{quoted(known, valid.min(), 4)} to {quoted(known, valid.max(), 4)}"
    assert row[5:] == [f"1 ({share(1, 55)})", f"2 ({share(2, 55)})"]
    rows = {
        r[0]: r for r in found["assumption", "inequality", "worst at", "", "fails at", "meaning"]
    }
    for word, count in (
        (WORDS[HOLD], (worst == HOLD).sum()), ("normal or not known", np.isnan(worst).sum()),
    ):  # fmt: skip
        assert rows[word][2] == share(int(count), 55)
    for name, number in (("thermal_floor", FLOOR), ("entropy_slope", SLOPE)):
        fails = int((columns[f"margin_{name}"] < 0).sum())
        assert rows[name][1] == shown(quantity_of(Margins, name).symbol)
        assert rows[name][2] == share(int((worst == number).sum()), 55)
        assert rows[name][4] == share(fails, 55)
        assert fails != (worst == number).sum() or name == "thermal_floor"
    axes = {r[0]: r for r in found["key", "symbol", "from", "to", "points", "spacing", "meaning"]}
    assert axes[RATIO][1:6] == [shown("n_v/n_c"), "0.5", "3", "11", "even"]
    assert axes[TEMPERATURE][1:6] == ["T", "1 K", "9 K", "5", "even"]
    assert found["result", "number", "∂r/∂ln p", "∂ln r/∂ln p"] == [
        [row.result, row.key, f"{row.derivative:.4g}", f"{row.elasticity:+.3g}"]
        for row in RANKED.rows
    ]
    assert found["result", "axis", "alone", "in all"] == [
        ["enhancement", key, f"{first:.3f}", f"{total:.3f}"]
        for key, first, total in RANKED.sobol["enhancement"]
    ]


def test_the_terminal_has_the_same_sensitivities():
    out = io.StringIO()
    _print_ranked(RANKED, Console(file=out, width=120))
    rows = [" ".join(row.split()) for row in out.getvalue().splitlines()]
    for row in RANKED.rows:
        assert f"{row.result} {row.key} {row.derivative:.4g} {row.elasticity:+.4g}" in rows
    for key, first, total in RANKED.sobol["enhancement"]:
        assert f"enhancement {key} {first:.3f} {total:.3f}" in rows
    assert "paired_electron_gain: has no finite value on part of the ranges" in rows
