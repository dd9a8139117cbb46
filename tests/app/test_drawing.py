"""What a user of Python draws: panels into axes, whole figures, and what is refused by name."""

import io
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from tests.studies.sweep.made import RATIO, TEMPERATURE, made

import entrap as et
from entrap.report.style import BLUE

RATIOS = np.linspace(1.0, 2.0, 6)
COLUMNS = {
    "penetration_depth": np.linspace(1e-7, 2e-7, 6),
    "penetration_depth_bare": np.linspace(2e-7, 9e-7, 6),
    "enhancement": np.linspace(1.0, 3.0, 6),
}


@pytest.fixture
def line():
    return made({RATIO: RATIOS}, COLUMNS)


def test_a_panel_is_drawn_into_the_axes_of_the_user_and_given_back(line):
    figure = Figure()
    _, axes = figure.subplots(1, 2)
    with matplotlib.rc_context({"lines.linewidth": 7.0}):
        assert et.plot(line, "penetration_depth", ax=axes) is axes
    one, other = axes.get_lines()
    np.testing.assert_allclose(one.get_xdata(), RATIOS)
    np.testing.assert_allclose(one.get_ydata(), 1e9 * COLUMNS["penetration_depth"])
    np.testing.assert_allclose(other.get_ydata(), 1e9 * COLUMNS["penetration_depth_bare"])
    assert (one.get_label(), other.get_label()) == ("with the trap", "without a trap")
    assert axes.get_ylabel() == "λ (nm)"
    assert one.get_linewidth() == 7.0  # the style is the user's
    assert not figure.axes[0].has_data()


def test_without_axes_a_panel_has_a_figure_of_its_own(line):
    talk, paper = (et.plot(line, "enhancement", style=style) for style in ("talk", "paper"))
    assert talk.figure.axes == [talk]
    np.testing.assert_allclose(paper.figure.get_size_inches() * 1.5, talk.figure.get_size_inches())
    assert (talk.xaxis.label.get_size(), paper.xaxis.label.get_size()) == (12, 8)


def test_curves_are_chosen_by_name(line):
    axes = et.plot(line, "penetration_depth", curves=["penetration_depth_bare"])
    (only,) = axes.get_lines()
    np.testing.assert_allclose(only.get_ydata(), 1e9 * COLUMNS["penetration_depth_bare"])
    assert et.panels(line) == {
        "penetration_depth": ("penetration_depth", "penetration_depth_bare"),
        "enhancement": ("enhancement",),
    }


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda r: et.plot(r, "gap"), "`panel` must name panels out of penetration_depth, enhancement"),
        (
            lambda r: et.plot(r, "enhancement", curves=["gap"]),
            '`curves` must name curves out of enhancement; "gap" is none of them',
        ),
        (lambda r: et.plot(r, "enhancement", style="poster"), "talk or paper"),
        (lambda r: et.figures(r, ["gap.x=log"]), "must name figures out of curves;"),
        (lambda r: et.figures(r, ["curves.curves=gap"]), "out of penetration_depth, penetration_depth_bare"),
        (lambda r: et.figures(r, ["curves.3.x=log"]), "a panel of curves from 1 to 2, but names 3"),
        (lambda r: et.figures(r, ["x=-1:0", "x=log"]), "values above 0"),
        (lambda r: et.figures(r, ["curves.x"]), "must be FIGURE.KEY=VALUE"),
        (lambda r: et.figures(r, ["curves.z=log"]), "must be FIGURE.KEY=VALUE"),
        (lambda r: et.figures(r, ["x=1:1"]), "two different ends"),
        (lambda r: et.figures(r, ["x=0:1:log"]), "ends above 0"),
        (lambda r: et.figures(r, ["size=0.1 cm"]), "1 to 60 in"),
        (lambda r: et.figures(r, ["curves="]), "must name curves"),
        (lambda _: et.plot(3.0, "gap"), "what a study returned"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused_and_what_can_is_named(line, ask, says):
    with pytest.raises(et.InputError) as refused:
        ask(line)
    assert says in str(refused.value)


def test_axes_size_and_curves_of_a_figure_are_as_asked_for(line):
    wishes = ["curves.2.x=log", "curves.1.y=100:500:log", "curves.2.y=linear", "size=12 x 8 cm"]
    figure = et.figures(line, wishes)["curves"]
    first, second = figure.axes
    assert second.get_xscale() == "log"
    assert (first.get_yscale(), second.get_yscale()) == ("log", "linear")
    assert first.get_ylim() == (100, 500)
    np.testing.assert_allclose(figure.get_size_inches() * 2.54, (12, 8))
    some = et.figures(line, ["curves.curves=enhancement"])["curves"]
    (axes,) = some.axes
    (drawn,) = axes.get_lines()
    np.testing.assert_allclose(drawn.get_ydata(), COLUMNS["enhancement"])


def test_a_map_and_points_are_drawn_into_axes_too():
    axes = Figure(figsize=(7, 6)).subplots()
    grid = made(
        {RATIO: RATIOS, TEMPERATURE: np.linspace(1, 9, 5)},
        {"enhancement": np.multiply.outer(RATIOS, np.linspace(1, 9, 5))},
    )
    et.plot(grid, "enhancement", ax=axes)
    (bar,) = (one for one in axes.figure.axes if one.get_label() == "<colorbar>")
    assert bar.get_ylabel().startswith("E")
    assert axes.get_xlim()[0] < 1.0 < 2.0 < axes.get_xlim()[1]
    rows = made(
        {RATIO: RATIOS, TEMPERATURE: np.linspace(1, 9, 6)}, {"enhancement": RATIOS}, scheme="rows"
    )
    against = et.plot(rows, f"enhancement-over-{TEMPERATURE}")
    (marks,) = against.get_lines()
    np.testing.assert_allclose(marks.get_xydata(), np.stack([np.linspace(1, 9, 6), RATIOS], -1))


def test_what_matplotlib_is_set_to_changes_no_figure(line):
    """TeX that is not installed, other colours and sizes: as a user's matplotlibrc has them."""
    theirs = {"text.usetex": True, "font.size": 30, "axes.facecolor": "red", "axes.grid": False}
    with matplotlib.rc_context(theirs):
        before = dict(matplotlib.rcParams)
        figure = et.figures(line)["curves"]
        axes = et.plot(line, "enhancement")
        figure.savefig(io.BytesIO())
        axes.figure.savefig(io.BytesIO())
        assert dict(matplotlib.rcParams) == before
    assert axes.xaxis.label.get_size() == figure.axes[0].xaxis.label.get_size() == 12
    assert to_hex(axes.get_facecolor()) == "#ffffff"
    assert axes.get_lines()[0].get_color() == BLUE


@pytest.mark.parametrize("verb", ["run", "trap", "film", "fit", "paper"])
def test_the_page_names_every_figure_and_its_curves(verb):
    known = import_module(f"entrap.studies.{verb}.drawn")
    rows = Path("docs/figures.md").read_text("utf-8").splitlines()
    (row,) = (row for row in rows if row.startswith(f"| `entrap {verb}` |"))
    told = {}
    for part in row.split("|")[2].split(";"):
        names, _, curves = part.partition(":")
        for name in re.findall(r"`([^`]+)`", names):
            told[name.replace("…", "*")] = tuple(filter(None, curves.strip().split(", ")))
    assert told == {**known.CURVES, **getattr(known, "SERIES", {})}


@pytest.mark.parametrize(
    ("backend", "loaded", "kept"),
    [
        ("module://there_is_none.backend_inline", False, False),
        ("module://there_is_none.backend_inline", True, True),  # matplotlib has found it
        ("module://json.backend_inline", False, True),
        ("agg", False, True),
        (None, False, False),
    ],
)
def test_a_backend_is_forgotten_where_matplotlib_would_not_find_it(
    monkeypatch, backend, loaded, kept
):
    monkeypatch.delenv("MPLBACKEND")
    if backend is not None:
        monkeypatch.setenv("MPLBACKEND", backend)
    if not loaded:
        monkeypatch.delitem(sys.modules, "matplotlib")
    with pytest.raises(et.InputError, match="must be what a study returned"):
        et.panels(object())
    assert os.environ.get("MPLBACKEND") == (backend if kept else None)


@pytest.mark.slow
def test_drawing_needs_no_backend():
    """A notebook's backend, or one that there is not on this machine, is never loaded."""
    script = (
        "import numpy as np, entrap as et\n"
        "from tests.studies.sweep.made import RATIO, made\n"
        "swept = made({RATIO: np.linspace(1, 2, 4)}, {'enhancement': np.linspace(1, 2, 4)})\n"
        "et.plot(swept, 'enhancement').figure.savefig('/dev/null', format='png')\n"
        "et.figures(swept)['curves'].savefig('/dev/null', format='svg')\n"
        "import sys; assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    told = os.environ | {"MPLBACKEND": "module://there_is_none.backend_inline"}
    subprocess.run([sys.executable, "-c", script], check=True, env=told)
