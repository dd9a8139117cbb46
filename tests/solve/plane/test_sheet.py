"""Coefficients of a film: those of `entrap trap`, their derivatives, and how warm a trap gets."""

import dataclasses

import numpy as np
import pytest

import entrap as et
from entrap.case.layout import Layout
from entrap.solve.inputs import choices_of
from entrap.solve.jit import quick_jit
from entrap.solve.plane.sheet import PARTS, Sheet, sheet_of
from entrap.studies.trap.design import stated_inputs
from entrap.studies.trap.performance import rates

FILM = {
    "length": "1 mm",
    "width": "12 um",
    "trap_length": "20 um",
    "quasiparticle_diffusivity": 18e-4,
}
LAYOUT = Layout(
    shape=[{"on": "film", "rectangle": {"corner": [0.0, 0.0], "size": [1e-3, 1e-4]}}],
    quasiparticle_diffusivity=18e-4,
)


def case(**junction):
    stated = {
        "interface_resistance": "1000 ohm um^2", "film_thickness": "80 nm", "metal": "Cu",
        "metal_thickness": "100 nm", "phonon_trapping": 8.0, "generation": 1e-4,
    } | junction  # fmt: skip
    film = et.Film(**FILM, temperature="150 mK")
    return et.Case(et.Material(name="Al"), trap=et.Trap(junction=et.Junction(**stated), film=film))


def of_strip(stated):
    """Numbers that `entrap trap` has, but for what depends on the strip."""
    chosen = dataclasses.replace(choices_of(stated), trap_count=2)

    def found(inputs):
        return {name: x for name, x in rates(inputs, chosen).items() if name != "strip"}

    return {name: float(x) for name, x in quick_jit(found)(stated_inputs(stated)).items()}


@pytest.mark.slow
def test_coefficients_are_those_of_the_strip():
    stated = case(trap_temperature="100 mK")
    strip, sheet = of_strip(stated), sheet_of(stated, LAYOUT, 0.15)
    for name in sheet.numbers.keys() & strip.keys():
        assert getattr(sheet, name) == pytest.approx(strip[name], rel=1e-12), name
    assert sheet.trapping_rate == pytest.approx(strip["trapping_rate"], rel=1e-12)
    floor = strip["floor_fraction"] * strip["trapping_rate"]
    assert sheet.returned == pytest.approx(floor, rel=1e-9)


@pytest.mark.exhaustive
def test_a_trap_is_as_warm_as_its_heat_makes_it():
    stated = case(phonon_temperature="20 mK", generation=10.0)
    strip, sheet = of_strip(stated), sheet_of(stated, LAYOUT, 0.15)
    rate, r = strip["trapping_rate"], strip["recombination_coefficient"]
    # In the balance under the trap alone: Γ (x - x_N) + r (x² - x_eq²) = g.
    gain = rate * strip["floor_fraction"] + r * strip["equilibrium_fraction"] ** 2 + 10.0
    x = 2 * gain / (rate + np.sqrt(rate**2 + 4 * r * gain))
    own, found, back = (float(each[0]) for each in sheet.under_traps(np.array([x])))
    assert own == pytest.approx(strip["trap_temperature"], rel=1e-5)
    assert own > 0.05
    assert found == pytest.approx(rate, rel=1e-5)
    assert back / found == pytest.approx(strip["floor_fraction"], rel=1e-4)


def test_the_heat_that_activated_rates_bring_is_carried_away():
    def rate(kelvin):
        return 2e3 * np.exp(-0.2 / kelvin)

    def back(kelvin):
        return 5.0 * np.exp(-1.0 / kelvin)

    kelvin = np.geomspace(0.05, 0.5, 64)
    table = kelvin, rate(kelvin), back(kelvin)
    sheet = Sheet({"cooling": 3e4, "heat": 2.0}, np.nan, np.nan, {}, table, 0.05)
    x = np.geomspace(1e-3, 0.3, 7)
    own, found, returned = sheet.under_traps(x)
    assert (np.diff(own) > 0).all()
    assert 0.05 < own[0] < 0.2 < own[-1] < 0.5
    np.testing.assert_allclose(found, rate(own), rtol=1e-9)
    np.testing.assert_allclose(returned, back(own), rtol=1e-9)
    brought = 2.0 * (rate(own) * x - back(own))
    np.testing.assert_allclose(3e4 * (own**5 - 0.05**5), brought, rtol=1e-7)


def test_a_trap_as_warm_as_the_film_brings_back_what_it_takes():
    sheet = sheet_of(case(), LAYOUT, 0.15)
    assert sheet.returned == sheet.trapping_rate * sheet.equilibrium_fraction


def test_slopes_are_derivatives():
    stated = case(trap_temperature="120 mK")
    sheet = sheet_of(stated, LAYOUT, 0.15)
    for name in PARTS:
        value = getattr(stated.require("trap.junction"), name)
        more, less = (
            sheet_of(stated.changed({f"trap.junction.{name}": value * f}), LAYOUT, 0.15)
            for f in (1.001, 0.999)
        )
        step = np.log(1.001) - np.log(0.999)
        rate, back = sheet.slopes[name]
        assert rate == pytest.approx(
            np.log(more.trapping_rate / less.trapping_rate) / step, rel=1e-5
        )
        assert back == pytest.approx((more.returned - less.returned) / step, rel=1e-5)
