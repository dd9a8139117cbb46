"""What the paper's figures say: each label and mark belongs to the numbers beside it."""

import itertools
import re
from importlib.resources import as_file, files

import numpy as np
import pytest
from matplotlib.colors import to_hex

from entrap.app.casefile import load_case
from entrap.report.labels import typeset
from entrap.studies.paper import curves
from entrap.studies.paper.figures import paper_figures


@pytest.fixture(scope="module")
def contents():
    with as_file(files("entrap.studies.paper") / "figure-3.toml") as path:
        setting = curves.setting(load_case(path))
    return {
        "figure-1": curves.setup(setting),
        "figure-2": curves.density_of_states(),
        "figure-3": curves.functional(setting),
        "figure-kinetics": curves.kinetics(),
        "figure-detection": curves.detection(setting),
    }


@pytest.fixture(scope="module")
def data(contents):
    return {name: each.dataset() for name, each in contents.items()}


@pytest.fixture(scope="module")
def made(contents):
    return paper_figures(contents)


def test_atoms_of_each_kind_are_counted_and_placed(data, made, lines):
    valence = data["figure-1"]["valence_atom"].values
    (axes,) = made["figure-1"].axes
    (conducting, one), (filled, other) = lines(axes).items()
    assert "N_c" in re.sub(r"[{}$]|\\mathregular", "", conducting)
    assert "conduction band" in conducting
    assert "valence band" in filled
    assert f"({(~valence).sum()} of {valence.size})" in conducting
    assert f"({valence.sum()} of {valence.size})" in filled
    for (x, y), kind in ((one, ~valence), (other, valence)):
        assert len(x) == kind.sum()
        assert kind[y.astype(int), x.astype(int)].all()


def test_rates_of_figure_2_are_those_of_their_labels(data, made, lines):
    _, right = made["figure-2"].axes
    drawn, rates = lines(right), data["figure-2"]
    gap = rates["energy"].values > 1
    for label, name in (
        ("trapping Γ_t", "trapping_rate"),
        ("escape back Γ_e", "escape_rate"),
        ("relaxation Γ_r", "relaxation_rate"),
        ("effective Γ_t Γ_r/(Γ_e + Γ_r)", "effective_rate"),
    ):
        x, y = drawn[typeset(label)]
        np.testing.assert_allclose(x, rates["energy"])
        np.testing.assert_allclose(y[gap], rates[name].values[gap], err_msg=label)


def arrows(axes):
    """Colour, start and end of each arrow."""
    return [
        (to_hex(text.arrow_patch.get_edgecolor()), text.xyann, text.xy)
        for text in axes.texts
        if getattr(text, "arrow_patch", None) is not None
    ]


def test_processes_of_figure_2_go_where_their_names_say(data, made):
    """Trapping leaves the superconductor, escape comes back, relaxation goes down in the trap."""
    left, right = made["figure-2"].axes
    names = {text.get_text(): text for text in left.texts}
    colour = {
        name: to_hex(names[typeset(text)].get_color())
        for name, text in (
            ("trap", "trapping Γ_t"), ("escape", "escape back Γ_e"), ("relax", "relaxation Γ_r")
        )
    }  # fmt: skip
    assert len(set(colour.values())) == 3
    ends = {of: (start, end) for of, start, end in arrows(left)}
    (start, end) = ends[colour["trap"]]
    assert start[0] > 0 > end[0]  # the trap is at the left of the barrier
    (start, end) = ends[colour["escape"]]
    assert start[0] < 0 < end[0]
    (start, end) = ends[colour["relax"]]
    assert start[0] == end[0] < 0
    assert end[1] < 1 < start[1]
    # Each begins or ends within the metal, and its name stands beside it.
    metal_ends = [p for pair in ends.values() for p in pair if p[0] < 0]
    assert all(-float(data["figure-2"]["metal_states"][0]) < x < 0 for x, _ in metal_ends)
    for of, text in (("trap", "trapping Γ_t"), ("escape", "escape back Γ_e"),
                     ("relax", "relaxation Γ_r")):  # fmt: skip
        heights = [y for _, y in ends[colour[of]]]
        assert min(heights) - 0.25 < names[typeset(text)].get_position()[1] < max(heights) + 0.25
    curves = {to_hex(line.get_color()): line.get_label() for line in right.get_lines()}
    for name, label in (
        ("trap", "trapping Γ_t"), ("escape", "escape back Γ_e"), ("relax", "relaxation Γ_r")
    ):  # fmt: skip
        assert curves[colour[name]] == typeset(label)  # the same colours at the right
    rates = data["figure-2"]
    (shade,) = (patch for patch in right.patches if patch.get_label() == "escape dominates")
    energy = rates["energy"].values
    over = energy[(energy > 1) & (rates["escape_rate"] > rates["relaxation_rate"]).values]
    assert (shade.get_x(), shade.get_x() + shade.get_width()) == (1.0, pytest.approx(over.max()))
    fills = {c.get_label(): c for c in left.collections}
    metal = fills[typeset("trap ν_N")].get_paths()[0].vertices[:, 0]
    assert metal.min() == pytest.approx(-float(rates["metal_states"][0]))
    assert metal.max() == 0
    film = fills[typeset("superconductor ν_S")].get_paths()[0].vertices
    assert film[:, 0].min() == 0
    assert film[:, 1].min() >= 1  # no states in the gap


def test_arrows_of_figure_3_follow_the_sample(data, made):
    figure = data["figure-3"]
    place = {
        str(point): (float(figure.sel(point=point)["point_density"]), float(figure.sel(point=point)["point_energy"]))
        for point in figure["point"].values
    }  # fmt: skip
    blue = [name for name in place if name.startswith("blue")]
    (axes,) = made["figure-3"].axes
    drawn = {(start, end) for _, start, end in arrows(axes)}
    path = ["black 1", "black 2", *blue]
    assert {(place[a], place[b]) for a, b in itertools.pairwise(path)} <= drawn
    texts = {text.get_text(): text for text in axes.texts if text.get_text()}
    added = texts[typeset("k_B T_0 n_n ln(n/n_c) is added")]
    before, after = place["black 1"], place["black 2"]
    assert added.xy == pytest.approx((before[0], (before[1] + after[1]) / 2))
    assert texts["amplitude modes: -4α"].xy == before
    assert texts[typeset("amplitude modes: -4α̃")].xy == place[blue[-1]]


def test_the_third_panel_of_the_kinetics_is_printed_over_exact(data, made, lines):
    figure = data["figure-kinetics"]
    axes = made["figure-kinetics"].axes[2]
    assert axes.get_ylabel() == "Eq. (9) over the exact solution"
    for crowding in figure["crowding"].values:
        here = figure.sel(crowding=crowding)
        x, y = lines(axes)[f"x = {crowding:g}"]
        np.testing.assert_allclose(x, figure["time"])
        np.testing.assert_allclose(y, here["normal_density_printed"] / here["normal_density"])
    fourth = made["figure-kinetics"].axes[3]
    (upright,) = (line for line in fourth.get_lines() if len(set(line.get_xdata())) == 1)
    assert upright.get_xdata()[0] == float(figure["threshold"])


def test_curves_of_figure_3_are_at_the_temperatures_that_they_name(data, made, lines):
    (axes,) = made["figure-3"].axes
    drawn, figure = lines(axes), data["figure-3"]
    reached = figure["curve"].values[np.isfinite(figure["temperature"].values)]
    for curve, (label, (_, y)) in zip(reached, drawn.items(), strict=True):
        here = figure.sel(curve=curve)
        (told,) = re.findall(r"T = ([\d.]+)", label)
        assert float(told) == pytest.approx(float(here["temperature"]), rel=1e-3)
        np.testing.assert_allclose(y, here["free_energy"])
        assert ("without a trap" in label) == (str(curve) == "green")
        assert ("trap on" in label) == (str(curve) == "red")
        assert ("after pairing" in label) == (str(curve) == "grey")
    marks = {
        tuple(line.get_xydata()[0]): line.get_markerfacecolor()
        for line in axes.get_lines()
        if len(line.get_xydata()) == 1
    }
    for point in figure["point"].values:
        here = figure.sel(point=point)
        if not np.isfinite(here["point_energy"]):
            continue
        place = float(here["point_density"]), float(here["point_energy"])
        kind = marks[place]
        assert (kind == "none") == ("minimum" in str(point)), point
        assert (kind == "#000000") == ("minimum" not in str(point) and "grey" not in str(point)), (
            point
        )
    # Each mark lies on a curve, and all are within the axes, which the curves may leave.
    low, high = axes.get_ylim()
    for x, y in marks:
        assert min(abs(np.interp(x, *drawn[label]) - y) for label in drawn) < 1e-3
        assert low < y < high
    title = axes.get_title(loc="left")
    slope, log = figure.attrs["landau_a_over_k_B"], figure.attrs["log_mixing_ratio"]
    told = [float(x) for x in re.findall(r"= (\d+(?:\.\d+)?)", title)]
    assert told == [pytest.approx(slope, rel=1e-3), pytest.approx(log, rel=1e-3)]


def test_kinetics_draw_the_exact_solution_and_the_printed_one_apart(data, made, lines):
    figure = data["figure-kinetics"]
    for axes, name in zip(
        made["figure-kinetics"].axes[:2], ("normal_density", "paired_density"), strict=True
    ):
        drawn = lines(axes)
        for crowding in figure["crowding"].values:
            here = figure.sel(crowding=crowding)
            exact, printed = (
                drawn[f"{words}, x = {crowding:g}"][1] for words in ("exact", "as printed")
            )
            np.testing.assert_allclose(exact, here[name])
            np.testing.assert_allclose(printed, here[f"{name}_printed"])
    fourth = lines(made["figure-kinetics"].axes[3])
    np.testing.assert_allclose(fourth["exact"][1], figure["gain"])
    np.testing.assert_allclose(fourth["Eq. (11) as printed"][1], figure["gain_printed"])


def test_detection_shows_the_sample_with_the_trap_in_the_units_that_it_names(data, made, lines):
    figure = data["figure-detection"]
    units = {"meV": 1.602176634e-22, "nm": 1e-9, "mT": 1e-3}
    names = ("higgs_coefficient", "higgs_mode", "penetration_depth", "lower_critical_field")
    for axes, name in zip(made["figure-detection"].axes, names, strict=True):
        unit = units[re.findall(r"\((\w+)\)", axes.get_title(loc="left"))[-1]]
        for label, suffix in (("with the trap", ""), ("without a trap", "_bare")):
            y = lines(axes)[label][1]
            shown = np.isfinite(y)
            assert shown.sum() > 10
            column = figure[name + suffix].values[shown]
            np.testing.assert_allclose(y[shown] * unit, column, rtol=1e-12)
