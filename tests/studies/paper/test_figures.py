"""What the paper's figures say: each label and mark belongs to the numbers beside it."""

import re
from importlib.resources import as_file, files

import numpy as np
import pytest

from entrap.app.casefile import load_case
from entrap.report.labels import typeset
from entrap.studies.paper import curves
from entrap.studies.paper.figures import paper_figures


@pytest.fixture(scope="module")
def data():
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
def made(data):
    return paper_figures(data)


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


def test_curves_of_figure_3_are_at_the_temperatures_that_they_name(data, made, lines):
    (axes,) = made["figure-3"].axes
    drawn, figure = lines(axes), data["figure-3"]
    assert len(drawn) == figure.sizes["curve"]
    for curve, (label, (_, y)) in zip(figure["curve"].values, drawn.items(), strict=True):
        here = figure.sel(curve=curve)
        (told,) = re.findall(r"T = ([\d.]+)", label)
        assert float(told) == pytest.approx(float(here["temperature"]), rel=1e-3)
        np.testing.assert_allclose(y, here["free_energy"])
        assert ("without a trap" in label) == (str(curve) == "green")
        assert ("trap on" in label) == (str(curve) == "red")
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
