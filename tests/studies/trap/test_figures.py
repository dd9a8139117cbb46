"""What the figures of a trap say: each label belongs to the numbers beside it, on every axis."""

import io
import math
import re

import numpy as np
import pytest

import entrap as et
from entrap.report.labels import typeset
from entrap.studies.trap.figures import trap_figures

FACTORS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9, "m": 1.0, "mm": 1e-3,
           "um": 1e-6, "µm": 1e-6, "K": 1.0, "mK": 1e-3}  # fmt: skip


@pytest.fixture(scope="module")
def design():
    case = et.load_case("examples/transmon-trap.toml", needs=("material", "trap.junction"))
    return et.design_trap(case)


@pytest.fixture(scope="module")
def figures(design):
    return trap_figures(design)


def unit_of(label):
    """What one of the axis is in SI."""
    return FACTORS[re.findall(r"\(([^()]+)\)", label)[-1]]


def decade_of(label):
    """The power of ten in which an axis counts."""
    (power,) = re.findall(r"\(10([⁻⁰¹²³⁴-⁹]+)", label) or ["⁰"]
    return 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


def legend(axes):
    return {text.get_text() for text in axes.get_legend().get_texts()}


def test_rates_are_those_that_their_labels_name(design, figures, lines):
    left, right = figures["rates"].axes
    curve, energy = design.curves.over_temperature, design.curves.over_energy
    drawn = lines(left)
    for label, name in (
        ("trapping Γ", "trapping_rate"),
        ("Γ of states near the gap alone", "near_gap_rate"),
        ("Γ in the limit of slow relaxation", "slow_rate"),
        ("recombination 1/τ_R", "recombination_rate"),
        ("thermalisation 1/τ_s", "thermalisation_rate"),
    ):
        x, y = drawn[typeset(label)]
        np.testing.assert_allclose(x * unit_of(left.get_xlabel()), curve.temperature, rtol=1e-12)
        np.testing.assert_allclose(y, getattr(curve, name), rtol=1e-12, err_msg=label)
    assert legend(left) == set(drawn)
    drawn = lines(right)
    above = np.asarray(energy.energy) > 1
    for label, column in (
        ("escape back Γ_e", energy.escape_rate),
        ("relaxation Γ_r", energy.relaxation_rate),
        ("trapping Γ_t Γ_r/(Γ_r + Γ_e)", energy.spectral_rate),
        ("tunnelling Γ_t", np.full(above.shape, design.performance.tunnelling_rate)),
    ):
        x, y = drawn[typeset(label)]
        np.testing.assert_allclose(x[above], np.asarray(energy.energy)[above], rtol=1e-12)
        np.testing.assert_allclose(y[above], np.asarray(column)[above], rtol=1e-12, err_msg=label)
    escape, relaxation, whole = (
        drawn[typeset(name)][1][above]
        for name in ("escape back Γ_e", "relaxation Γ_r", "trapping Γ_t Γ_r/(Γ_r + Γ_e)")
    )
    tunnelling = float(design.performance.tunnelling_rate)
    expected = tunnelling * relaxation / (relaxation + escape)
    np.testing.assert_allclose(whole, expected, rtol=1e-9)
    assert "E/Δ" in right.get_xlabel()


def test_what_is_left_is_less_with_the_trap(design, figures, lines):
    left, *rest = figures["residue"].axes
    curve, drawn = design.curves.over_temperature, lines(left)
    for label, name in (
        ("without the trap", "untrapped_fraction"),
        ("thermal equilibrium", "equilibrium_fraction"),
        ("with the trap", "residual_fraction"),
    ):
        np.testing.assert_allclose(drawn[label][1], getattr(curve, name), rtol=1e-12, err_msg=label)
    assert (drawn["with the trap"][1] <= drawn["without the trap"][1] * (1 + 1e-9)).all()
    (along,) = rest
    x, y = lines(along)["with the trap"]
    film = design.case.trap.film
    scale = unit_of(along.get_xlabel())
    assert x[-1] * scale == pytest.approx(film.length)
    factor = decade_of(along.get_ylabel())
    np.testing.assert_allclose(y * factor, design.curves.along_film.fraction, rtol=1e-12)
    shaded = [patch for patch in along.patches if patch.get_width() > 0]
    half = film.trap_length / film.trap_count / 2
    starts = sorted(patch.get_x() * scale for patch in shaded)
    np.testing.assert_allclose(starts, [z - half for z in film.trap_centres], rtol=1e-9, atol=1e-12)


def test_a_burst_under_the_trap_falls_by_e_in_each_time_constant(design, figures, lines):
    figure = figures["survival"]
    axes = figure.axes[0]
    drawn = lines(axes)
    x, y = drawn[typeset("quasiparticles rethermalise: exp(-Γt)")]
    np.testing.assert_allclose(y, np.exp(-x), rtol=1e-9)
    slow = drawn["quasiparticles keep their energy"][1]
    assert (slow[1:] > y[1:]).all()
    (above,) = axes.child_axes
    figure.savefig(io.BytesIO())  # the second axis follows the first when they are drawn
    seconds = unit_of(above.get_xlabel()) * above.get_xlim()[1]
    units = axes.get_xlim()[1]
    assert seconds == pytest.approx(units / float(design.performance.trapping_rate), rel=1e-9)


def test_densities_of_states_are_those_of_film_and_trap(design, figures, lines):
    left, right = figures["states"].axes
    energy = design.curves.over_energy
    x, film = lines(left)[typeset("film ν_S")]
    above = x > 1.001
    np.testing.assert_allclose(film[above], (x / np.sqrt(x**2 - 1 + 0j)).real[above], rtol=0.05)
    assert (film[x < 0.9] < 1e-3).all()
    x, metal = lines(right)[typeset("trap ν_N")]
    np.testing.assert_allclose(metal, energy.metal_states, rtol=1e-12)
    edge = float(np.asarray(right.get_lines()[1].get_xydata())[0, 0])
    assert "minigap" in right.get_lines()[1].get_label()
    ratio = float(design.performance.minigap / design.performance.gap)
    # The first states of the trap are at its minigap, on the same axis.
    assert x[np.flatnonzero(metal > 1e-3)[0]] >= edge * (1 - 1e-6)
    scale = x[-1] / np.asarray(energy.energy)[-1]
    assert edge == pytest.approx(ratio * scale, rel=1e-9)


def test_evacuation_is_slower_from_the_end_and_meets_this_design(design, figures, lines):
    first, second, third = figures["evacuation"].axes
    film, found = design.case.trap.film, design.performance
    time = unit_of(first.get_ylabel())
    drawn = lines(first)
    lengths = design.curves.over_length
    for label, column in (
        ("one trap at the left end", lengths.at_end),
        ("one trap in the middle", lengths.centred),
    ):
        x, y = drawn[label]
        metres = x * unit_of(first.get_xlabel())
        np.testing.assert_allclose(metres, lengths.trap_length, rtol=1e-12)
        np.testing.assert_allclose(y * time, column, rtol=1e-12, err_msg=label)
    end, middle = (drawn[f"one trap {place}"][1] for place in ("at the left end", "in the middle"))
    assert (end >= middle * (1 - 1e-9)).all()
    assert end[0] > middle[0]
    for axes in (first, second):
        if "this design" not in lines(axes):
            continue
        (x,), (y,) = lines(axes)["this design"]
        assert y * unit_of(axes.get_ylabel()) == pytest.approx(float(found.evacuation_time))
    (x,), _ = drawn["this design"]
    assert x * unit_of(first.get_xlabel()) == pytest.approx(film.trap_length)
    if film.trap_count == 1:
        (x,), _ = lines(second)["this design"]
        assert x * unit_of(second.get_xlabel()) == pytest.approx(film.trap_centres[0])
    counts = design.curves.over_count
    count, rate = lines(third)["equally spaced traps"]
    factor = decade_of(third.get_ylabel())
    np.testing.assert_allclose(count, counts.trap_count)
    np.testing.assert_allclose(rate * factor, counts.evacuation_rate, rtol=1e-12)
    _, square = lines(third)[typeset("N² times the rate of one trap")]
    np.testing.assert_allclose(square / square[0], count**2, rtol=1e-12)
    assert math.isclose(square[0], rate[0], rel_tol=1e-12)
    limit = lines(third)["limit, if diffusion took no time"][1][0]
    assert (rate <= limit * (1 + 1e-9)).all()
