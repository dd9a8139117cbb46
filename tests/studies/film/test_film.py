"""What a film's numbers and maps say, against solving the changed film."""

import dataclasses

import numpy as np
import pytest
from matplotlib.figure import Figure
from tests.studies.film.devices import STILL, UM, device, disc, shapes

import entrap as et
from entrap.core.errors import InputError
from entrap.report.style import styled
from entrap.studies.film.answer import film_answer
from entrap.studies.film.figures import map_of


@pytest.fixture(scope="module")
def found():
    return et.film(device())


def value(result, name):
    return result.quantities[name].value


def test_what_comes_goes(found):
    assert abs(found.flows.imbalance) < 1e-12
    assert found.flows.generated == pytest.approx(
        1e-4 * value(found, "film_area") + 1e-2 * np.pi * (10 * UM) ** 2, rel=1e-3
    )


def test_a_trap_as_warm_as_the_film_without_generation_leaves_equilibrium():
    quiet = et.film(device(generation=[{"at": [1e-4, 5e-5], "radius": 1e-5, "burst": 1e-6}]).changed(
        {"trap.junction.generation": 0.0}
    ))  # fmt: skip
    x = quiet.solution.density
    assert x == pytest.approx(quiet.solution.sheet.equilibrium_fraction, rel=1e-12)
    assert quiet.decay is not None


def test_the_rate_is_below_its_bound_and_areas_are_those_drawn(found):
    assert 0 < value(found, "slowest_rate") < value(found, "area_bound")
    assert value(found, "trap_area") == pytest.approx(np.pi * (15 * UM) ** 2, rel=1e-9)
    film = 3e-8 - np.pi * (12 * UM) ** 2
    assert value(found, "film_area") == pytest.approx(film, rel=1e-3)
    bound = value(found, "trapping_rate") * value(found, "trap_area") / value(found, "film_area")
    assert value(found, "area_bound") == pytest.approx(bound, rel=1e-9)


@pytest.mark.slow
def test_rethermalisation_is_judged_by_how_fast_the_trap_empties_what_it_reaches(found):
    """Losses everywhere and a part of the film without a trap do not distort any shape."""
    island = {"on": "film", "rectangle": {"corner": [4e-4, 0.0], "size": [3e-5, 3e-5]}}
    lossy = et.film(device(shape=shapes(island), background_rate=1e4, generation=STILL))
    assert value(lossy, "slowest_rate") == pytest.approx(1e4, rel=1e-9)
    thermalising = found.solution.sheet.thermalisation_rate
    expected = np.log10(thermalising / value(found, "slowest_rate"))
    for film, tolerance in ((found, 1e-9), (lossy, 1e-2)):
        (margin,) = (m.margin for m in film.margins if m.name == "rethermalisation")
        assert margin == pytest.approx(expected, abs=tolerance)


def test_a_probe_has_its_density_with_and_without_the_trap(found):
    assert value(found, "density_junction") < value(found, "density_without_trap_junction")
    assert 0 < found.errors["density_junction"] < 1e-2
    assert value(found, "mesh_error") == found.errors["slowest_rate"] < 3e-3


@pytest.mark.parametrize(
    ("label", "says"),
    [("n/(2N_0Δ)", "(10⁻³)"), ("Change (%)", "Change (10⁻³ %)"), ("Λ = λ²/d_S (µm)", "(10⁻³ µm)")],
)
def test_small_numbers_have_their_power_of_ten_with_the_unit(found, label, says):
    figure = Figure()
    axes = figure.subplots()
    with styled():
        map_of(axes, found.mesh, np.linspace(-2e-3, 4e-3, len(found.mesh.points)), label, "viridis")
    said = figure.axes[1].get_ylabel()
    assert said.endswith(says)
    assert "(%)" not in said
    assert "(µm)" not in said
    assert axes.collections[0].norm.vmax == pytest.approx(4)


def test_a_hundredth_of_the_film_does_not_take_the_colours(found):
    values = found.solution.probe_gain("junction")
    (axes, other) = Figure().subplots(1, 2)
    with styled():
        map_of(axes, found.mesh, values, "as it is", "viridis")
        high = np.where(values == values.max(), 1e3, 1) * values
        map_of(other, found.mesh, high, "", "viridis")
    plain, far = (each.collections[0] for each in (axes, other))
    order = np.argsort(values)
    area = np.cumsum(found.mesh.dual.volumes[order])
    most = values[order][area <= 0.99 * area[-1]].max()
    assert values.max() < 2 * most - values.min()
    assert plain.norm.vmax == pytest.approx(values.max(), rel=1e-9)
    assert most <= far.norm.vmax < 1.1 * most
    assert (plain.colorbar.extend, far.colorbar.extend) == ("neither", "max")


def scales(figure):
    """Labels of the scales of a figure's colours."""
    return [one.get_ylabel() for one in figure.axes if one.get_label() == "<colorbar>"]


def test_a_map_is_drawn_into_axes_of_the_user(found):
    names = ["density", "slowest-mode", "gain", "gain-junction", "mesh", "decay"]
    assert [*et.panels(found)] == names
    _, axes = Figure().subplots(1, 2)
    assert et.plot(found, "gain-junction", ax=axes) is axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x (µm)", "y (µm)")
    assert scales(axes.figure) == ["Loss of x at junction\nby 10 µm² (%)"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["trap", "source"]
    (mean,) = et.plot(found, "decay", curves=["mean"]).get_lines()[:-1]
    assert mean.get_label() == "mean over the film"


def test_a_figure_of_several_maps_says_once_what_is_drawn(found):
    figure = et.figures(found)["gain"]
    first, second = (axes for axes in figure.axes if axes.get_label() != "<colorbar>")
    assert first.get_title(loc="left") == "where a further trap would help most (star)"
    assert second.get_title(loc="left") == ""
    assert (first.xaxis.label.get_visible(), second.get_xlabel()) == (False, "x (µm)")
    assert len(scales(figure)) == 2
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["trap", "source"]


def test_a_small_trap_gains_what_the_map_says(found):
    x, y, radius = 230.0, 30.0, 1.5
    area = np.pi * (radius * UM) ** 2
    more = et.film(device(shape=shapes(disc(x, y, radius)), generation=STILL))
    at = found.mesh.cover.weights(np.array([[x * UM, y * UM]]))[0]
    rate = value(more, "slowest_rate") / value(found, "slowest_rate") - 1
    assert rate == pytest.approx(area * at @ found.solution.rate_gain, rel=0.1)
    left = 1 - value(more, "density_junction") / value(found, "density_junction")
    assert left == pytest.approx(area * at @ found.solution.probe_gain("junction"), rel=0.1)


def test_the_best_places_are_far_from_the_trap_and_off_the_probe(found):
    best, there = found.best_place, found.probe_places["junction"]
    assert best
    assert there
    assert best.at[0] > 200 * UM
    assert best.area == pytest.approx(10 * UM**2)
    far = np.hypot(there.at[0] - 280 * UM, there.at[1] - 50 * UM)
    assert np.sqrt(best.area / np.pi) < far < 40 * UM
    assert 0 < best.gain < 0.1


def test_a_derivative_says_nothing_of_a_large_gain(found):
    made = dataclasses.replace(found)
    place = dataclasses.replace(found.best_place, gain=0.2)
    for gain, says in ((0.2, "would make it 20 % faster."), (5.0, "y = 50 µm. A small round trap")):
        made.__dict__["best_place"] = dataclasses.replace(place, at=(1e-4, 5e-5), gain=gain)
        (told,) = (text for text in film_answer(made) if text.startswith("A further trap"))
        assert says in told


def test_a_burst_decays_to_the_steady_state_at_the_slowest_rate(found):
    decay, steady = found.decay, found.solution.density
    volumes = found.mesh.dual.volumes
    excess = (decay.density - steady) @ volumes
    assert excess[0] == pytest.approx(1e-4 * np.pi * (10 * UM) ** 2, rel=1e-3)
    late = np.log(excess[-8] / excess[-3]) / (decay.times[-3] - decay.times[-8])
    assert late == pytest.approx(value(found, "slowest_rate"), rel=0.02)


def test_a_warm_trap_brings_quasiparticles_back():
    warm, cold = (et.film(device(trap_temperature=t, generation=STILL)) for t in (0.3, 0.05))
    assert value(warm, "density_junction") > 10 * value(cold, "density_junction")
    assert value(warm, "slowest_rate") > 0


def test_traps_that_only_phonons_cool_are_warmest_where_most_is_trapped():
    heated = device(phonon_temperature=0.02, temperature=0.02, generation=STILL)
    found = et.film(heated).solution
    under = found.mesh.trap_areas.sum(0) > 0
    warm = found.trap_temperature[under]
    assert (warm > 0.02).all()
    x = found.density[under]
    assert np.corrcoef(warm, x)[0, 1] > 0.9


def test_what_a_film_lacks_is_said():
    with pytest.raises(InputError, match=r"the table \[layout\]"):
        et.film(et.Case(et.Material(name="Al")))
    with pytest.raises(
        InputError, match=r"`layout\.probes\.junction` is at x = 200 µm, y = 60 µm, which is not"
    ):
        et.film(device(probes={"junction": [2e-4, 6e-5]}))
    with pytest.raises(InputError, match=r"`layout\.temperature` must be less than T_c"):
        et.film(device(temperature=2.0))


def test_a_mesh_draws_itself_and_is_written_for_other_programs(tmp_path):
    mesh = et.mesh(device().studies["layout"])
    assert repr(mesh).startswith("Mesh of ")
    assert mesh._repr_svg_().count("<svg") == 1
    mesh.save(tmp_path / "mesh.vtu")
    mesh.save(tmp_path / "mesh.nc")
    assert (tmp_path / "mesh.vtu").stat().st_size > 1000
    with pytest.raises(InputError, match=r"must end in \.nc or \.vtu"):
        mesh.save(tmp_path / "mesh.msh")
