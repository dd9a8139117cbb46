"""Figures as files: one drawing for all formats, the same whatever formats are asked for."""

import re
import xml.etree.ElementTree as ElementTree

import matplotlib.image
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.text import Text
from tests import pinned

from entrap.report import narrow
from entrap.report.grades import UNKNOWN, grade
from entrap.report.look import STYLES, Look
from entrap.report.style import adjusted, figure_for, margin_bars, save, styled, widen
from entrap.report.written import FORMATS

MARKS = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF", "eps": b"%!PS-Adobe-3.0 EPSF"}


def drawing():
    with styled():
        figure = Figure(figsize=(4, 3))
        left, right = figure.subplots(1, 2)
        left.plot([1, 2], [3e5, 4e5], label="a line")
        left.set_ylabel("$n_s$ (1/m³)")
        right.plot([1, 2], [1, 2], rasterized=True)
        figure.legend(loc="outside lower center")
    return figure


@pytest.fixture
def laid_out(monkeypatch):
    """The axes of each figure that was laid out."""
    found, execute = [], ConstrainedLayoutEngine.execute

    def counted(engine, figure):
        execute(engine, figure)
        found.append([axes.get_position().bounds for axes in figure.axes])

    monkeypatch.setattr(ConstrainedLayoutEngine, "execute", counted)
    return found


def test_a_figure_is_laid_out_once_and_is_the_same_in_all_choices_of_formats(laid_out, tmp_path):
    first, page = {}, save(drawing(), tmp_path / "nothing", Look(()))
    assert not [*tmp_path.iterdir()]
    # The fonts of EPS take seconds each time: it is written once.
    choices = [*((each,) for each in FORMATS if each != "eps"), FORMATS]
    for formats in choices:
        folder = tmp_path / "-".join(formats)
        folder.mkdir()
        assert save(drawing(), folder / "drawn", Look(formats)) == page
        assert {path.name for path in folder.iterdir()} == {f"drawn.{each}" for each in formats}
        for each in formats:
            content = (folder / f"drawn.{each}").read_bytes()
            assert content.startswith(MARKS[each])
            assert first.setdefault(each, content) == content
    assert first["svg"].decode() == page
    assert b"%%CreationDate" not in first["eps"]
    assert len(laid_out) == len(choices) + 1
    assert len({str(places) for places in laid_out}) == 1


def test_a_png_shows_the_axes_where_the_layout_has_put_them(laid_out, tmp_path):
    """The ink left of the left spine is that of its label: the layout made room for it."""
    figure = drawing()
    save(figure, tmp_path / "drawn", Look(("png",)))
    picture = matplotlib.image.imread(tmp_path / "drawn.png")[..., :3].min(axis=2)
    height, width = picture.shape
    assert (width, height) == (600, 450)  # at 150 dots an inch
    (left, *_), _ = laid_out[0]
    inked = np.flatnonzero((picture < 0.5).mean(axis=0) > 0.5)  # columns that are mostly dark
    assert abs(inked[0] - left * width) < 2
    assert (picture[:, : int(left * width) - 5] < 0.5).any()
    assert [axes.get_position().bounds for axes in figure.axes] == laid_out[0]


@pytest.mark.parametrize("style", STYLES)
def test_what_a_style_draws_is_what_was_pinned(tmp_path, style):
    look = Look.of(style=style, formats=["png"])
    with styled(style):
        figure = figure_for(look, "a", 4.0, 3.0)
        axes = figure.subplots()
        axes.plot([1.0, 2.0, 3.0], [1.0, 3.0, 2.0], "o-", label="a line")
        axes.bar([1.0, 2.0], [1e5, 2e5], hatch="///", label="bars")
        axes.set(title="Title", xlabel="T (K)", ylabel="n (1/m³)")
        axes.set_xticks([1.0, 3.0])
        axes.set_xticks([2.0], minor=True)
        axes.set_yticks([1e5, 2e5])
        axes.set_yticks([1.5e5], minor=True)
        axes.legend()
    drawn = ElementTree.fromstring(save(figure, tmp_path / "a", look))
    height, width = matplotlib.image.imread(tmp_path / "a.png").shape[:2]
    told = []
    for each in drawn.iter():
        if style_of := each.get("style"):
            style_of = re.sub(r"url\(.*?\)|font-family: [^;]*; ", "", style_of)
            told.append(
                " ".join(
                    [style_of, *(each.get(key, "") for key in ("d", "x", "y")), each.text or ""]
                )
            )
    found = {"pixels": [width, height], "drawn": [" ".join(line.split()) for line in told]}
    pinned.compare(found, f"style-{style}.svg")


def test_texts_of_a_narrow_figure_are_broken_where_they_fit():
    look = Look.of(["size=8 cm"], style="paper")
    with styled("paper"):
        figure = figure_for(look, "drawn", 9.0, 4.0)
        axes = figure.subplots(1, 2)
        for place in axes:
            place.plot([1, 2], label="a curve whose name is as long as this one")
            place.plot([2, 1], label="another curve whose name is as long as this")
            place.set_title("A title that is much longer than its axes are wide", loc="left")
            place.set_xlabel("A label that is longer than the axis (K)")
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        adjusted({"drawn": figure}, look)
    figure.draw_without_rendering()
    (legend,) = figure.legends
    assert legend.get_window_extent().x1 <= figure.bbox.width
    left, right = (
        [t for t in a.get_children() if isinstance(t, Text) and t.get_text().startswith("A title")]
        for a in axes
    )
    assert left[0].get_window_extent().x1 < right[0].get_window_extent().x0
    assert right[0].get_window_extent().x1 <= figure.bbox.width
    words = "A title that is much longer than its axes are wide"
    assert " ".join(left[0].get_text().split()) == words
    assert axes[0].xaxis.label.get_window_extent().x1 < axes[1].xaxis.label.get_window_extent().x0


def test_rows_of_margins_stand_in_the_figure_each_with_its_worst_grade():
    axes = Figure().subplots()
    edges = np.array([1.0, 2.0, 4.0, 5.0])
    rows = [
        ("a", np.array([1.5, 1.5, -2.0]), -2.0),
        ("b", np.array([np.nan, 0.5, 0.5]), 0.5),
        ("c", np.full(3, np.nan), None),
    ]
    keys = margin_bars(axes, edges, rows)
    assert (axes.get_ylim(), axes.get_xlim()) == ((2.5, -0.5), (1.0, 5.0))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["a", "b", "c"]
    words = {text.get_position()[1]: text.get_text() for text in axes.texts}
    assert words == {row: grade(worst).word for row, (_, _, worst) in enumerate(rows)}
    colours = dict.fromkeys(range(3), ())
    for bar in axes.patches:
        row = round(bar.get_y() + bar.get_height() / 2)
        colours[row] += ((bar.get_x(), bar.get_width(), to_hex(bar.get_facecolor())),)
    unknown = to_hex(UNKNOWN.colour)
    shade = {worst: to_hex(grade(worst).colour) for worst in (1.5, -2.0, 0.5)}
    assert colours == {
        0: ((1.0, 3.0, shade[1.5]), (4.0, 1.0, shade[-2.0])),
        1: ((1.0, 1.0, unknown), (2.0, 3.0, shade[0.5])),
        2: ((1.0, 4.0, unknown),),
    }
    assert keys[-1].get_label() == "normal or not known"


def test_bars_of_no_margin_say_that_there_is_none():
    """A sample that is normal throughout has no assumption to judge."""
    import warnings

    axes = Figure().subplots()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert margin_bars(axes, np.array([1.0, 2.0]), []) == []
    assert axes.get_title("left") == "Can the theory be trusted here?"
    assert [text.get_text() for text in axes.texts] == ["no assumption to judge"]


@pytest.mark.parametrize(
    ("limits", "scale", "wanted"),
    [
        ((4.0, 4.0 + 1e-9), "linear", (3.6, 4.4)),
        ((-4.0 - 1e-9, -4.0), "linear", (-4.4, -3.6)),
        ((4.0, 4.2), "linear", (4.0, 4.2)),
        ((4.0, 4.0 + 1e-9), "log", (4.0, 4.0 + 1e-9)),
    ],
)
def test_an_axis_of_nearly_one_value_is_a_tenth_of_it_wide_on_both_sides(limits, scale, wanted):
    axes = Figure().subplots()
    axes.set_yscale(scale)
    axes.set_ylim(*limits)
    widen(axes)
    assert axes.get_ylim() == pytest.approx(wanted, rel=1e-9)


def test_a_legend_has_as_many_columns_as_its_figure_is_wide():
    figure = Figure(figsize=(4, 3), layout="constrained")
    axes = figure.subplots()
    for number in range(4):
        axes.plot([0, 1], [number, 0], label=f"curve of sample {number}")
    figure.legend(loc="outside lower center", ncols=4)
    narrow.fit(figure)
    (legend,) = figure.legends
    assert legend._ncols == 2
    width = legend.get_window_extent().width
    assert width <= figure.bbox.width < 1.5 * width  # a third would not fit
    assert [text.get_text()[-1] for text in legend.get_texts()] == ["0", "1", "2", "3"]
