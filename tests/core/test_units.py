"""Units at the edge: SI numbers from text and back, and clear refusals."""

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrap.case.case import TABLES
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.core import constants, units
from entrap.core.errors import InputError
from entrap.core.quantities import Quantity, quantities
from entrap.core.units import convention, in_unit, is_unit, si_value, unit_factor, unit_scale
from entrap.model.state import State
from entrap.studies.trap.performance import Performance


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1 meV", "J", 1.602176634e-22),
        ("0.1 K", "K", 0.1),
        ("100 mK", "K", 0.1),
        (" 2.5e-3  K ", "K", 2.5e-3),
        ("210 nm", "m", 2.1e-7),
        ("10 Å", "m", 1e-9),
        ("1e21 1/cm^3", "1/m^3", 1e27),
        ("1e21 cm**-3", "1/m^3", 1e27),
        ("3 k_B", "J/K", 3 * constants.BOLTZMANN),
        ("1 µs", "s", 1e-6),
        ("1 kHz", "1/s", 1e3),
        ("100 mT", "T", 0.1),
        ("7 %", "1", 0.07),
        ("42", "K", 42.0),
        ("-.5", "1", -0.5),
        ("-2.5 × 10⁻³ K", "K", -2.5e-3),
        ("10²⁸ 1/m³", "1/m^3", 1e28),
        ("1e3 km/s", "m/s", 1e6),
        ("1e27/m^3", "1/m^3", 1e27),
        ("1e22 cm-3", "1/m^3", 1e28),
        ("1e22 cm⁻³", "1/m^3", 1e28),
        ("1e22 cm^\u22123", "1/m^3", 1e28),
        ("1e22 /cm^3", "1/m^3", 1e28),
        ("3 ohm µm²", "ohm*m^2", 3e-12),
        ("3 Ohm um^2", "ohm*m^2", 3e-12),
        ("3 ohm*um^2", "ohm*m^2", 3e-12),
        ("3 \u2126 um^2", "ohm*m^2", 3e-12),
        ("30 µΩ·cm", "ohm*m", 3e-7),
        ("470 \u212b", "m", 4.7e-8),
        ("3 \u00b5m", "m", 3e-6),
        ("3 \u03bcm", "m", 3e-6),
        ("18 cm2/s", "m^2/s", 1.8e-3),
        ("1.18 Kelvin", "K", 1.18),
        ("0.5 K/s", "K/s", 0.5),
        ("10 s-1", "1/s", 10.0),
        ("10 Gs", "T", 1e-3),
        ("2 kOe", "T", 0.2),
        ("15 K*kB", "J", 15 * constants.BOLTZMANN),
    ],
)
def test_text_becomes_si(text, unit, value):
    assert si_value(text, unit) == pytest.approx(value, rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("text", "unit", "says"),
    [
        ("1 K", "J", 'a unit of J, but "K" measures something else'),
        ("1 K", "1", 'a pure number, but "K" measures something else'),
        ("0,15 K", "K", 'a unit of K, with a point and no commas, but is "0,15 K"'),
        ("1.500,5 mK", "K", 'with a point and no commas, but is "1.500,5 mK"'),
        ("110 nm ± 5 nm", "m", 'but "110 nm ± 5 nm" has an error too: in a case that is a prior'),
        ("110 +/- 5 nm", "m", "has an error too"),
        ("1 furlop", "m", '"furlop" is not a unit'),
        ("meV", "J", "must be a number with a unit of J"),
        ("", "1", "must be a pure number"),
        ("nan K", "K", "must be a number with a unit of K"),
        ("1 K^99", "K", "is not a unit"),
        ("1 K^2^2", "K", "is not a unit"),
        ("1 K**1e9", "K", "is not a unit"),
        ("1 __import__('os')", "K", "is not a unit"),
        ("1 m[0]", "m", "is not a unit"),
        ("1 (K", "K", "is not a unit"),
        ("1 " + "K*" * 60 + "K", "K", "is not a unit"),
    ],
)
def test_other_text_is_refused_in_one_sentence(text, unit, says):
    with pytest.raises(InputError) as caught:
        si_value(text, unit)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 150


def test_what_cannot_be_printed_is_shown_escaped():
    with pytest.raises(InputError, match=r"\\x1b"):
        si_value("1 \x1b[31m", "K")


@given(
    st.floats(-1e250, 1e250).filter(lambda x: x == 0 or abs(x) > 1e-250),
    st.sampled_from([("J", "meV"), ("m", "nm"), ("T", "mT"), ("s", "ms"), ("J/K", "k_B")]),
)
def test_display_unit_and_si_are_inverse(value, units):
    unit, display = units
    back = si_value(f"{in_unit(value, unit, display)!r} {display}", unit)
    assert math.isclose(back, value, rel_tol=1e-13)


def test_display_of_si_is_the_number_itself():
    assert in_unit(0.1 + 0.2, "m", "") == 0.1 + 0.2
    assert in_unit(0.1 + 0.2, "m", "m") == 0.1 + 0.2
    assert unit_factor("J", "meV") == pytest.approx(1 / 1.602176634e-22, rel=1e-12, abs=0)
    assert unit_factor("1", "%") == pytest.approx(100, rel=1e-15, abs=0)


def test_constants_are_those_of_scipy():
    from scipy import constants as si

    assert constants.BOLTZMANN == si.k
    assert constants.HBAR == pytest.approx(si.hbar, rel=1e-15, abs=0)
    assert constants.ELEMENTARY_CHARGE == si.e
    assert constants.ELECTRON_MASS == pytest.approx(si.m_e, rel=1e-9, abs=0)
    assert constants.VACUUM_PERMEABILITY == pytest.approx(si.mu_0, rel=1e-9, abs=0)
    assert pytest.approx(2.067833848e-15, rel=1e-9, abs=0) == constants.FLUX_QUANTUM


@pytest.mark.parametrize(("text", "tesla"), [("1 kG", 0.1), ("829 Oe", 0.0829), ("100 mT", 0.1)])
def test_fields_may_be_stated_in_gaussian_units(text, tesla):
    assert si_value(text, "T") == pytest.approx(tesla, rel=1e-15, abs=0)


def test_a_frequency_or_a_wavenumber_is_an_energy_and_a_field_h_is_b():
    from scipy import constants as si

    for text, unit, value in (
        ("44 GHz", "J", si.h * 44e9),
        ("8 1/cm", "J", si.h * si.c * 800),
        ("8 cm-1", "J", si.h * si.c * 800),
        ("80 kA/m", "T", si.mu_0 * 80e3),
    ):
        assert si_value(text, unit) == pytest.approx(value, rel=1e-9, abs=0), text
    assert convention("kA/m", "T") == convention("Oe", "T") == "B = μ0 H"
    assert (convention("THz", "J"), convention("cm-1", "J")) == ("E = h ν", "E = h c/λ")
    assert convention("mT", "T") == convention("meV", "J") == convention("GHz", "Hz") == ""
    for text in ("1 K", "1 T", "1 1/cm^2", "1 1/THz"):
        with pytest.raises(InputError, match="with a unit of J, but"):
            si_value(text, "J")


def test_a_quantity_of_pint_is_read_as_its_text_is():
    from pint import UnitRegistry

    units = UnitRegistry()
    units.formatter.default_format = "~P"  # as a user may have set it
    energy = Quantity("J", "Δ", "Gap", above=0.0)
    assert energy.read(units.Quantity(2.5, "meV")) == energy.read("2.5 meV")
    assert energy.read(units.Quantity(44, "GHz")) == energy.read("44 GHz")
    assert Quantity("1/m^3", "n", "Density").read(1e22 / units.cm**3) == pytest.approx(1e28)
    assert Quantity("1", "x", "Number").read(units.Quantity(0.5)) == 0.5
    assert Quantity("K", "T", "Temperature").read(units.Quantity(-270.0, "degC")) == pytest.approx(
        3.15
    )
    for wrong in (3 * units.K, -1 * units.meV, units.Quantity(float("nan"), "meV")):
        with pytest.raises(InputError, match="must be"):
            energy.read(wrong)
    with pytest.raises(InputError, match="must be a number"):
        energy.read(units.Quantity([1.0, 2.0], "meV"))


def test_a_field_is_no_temperature():
    with pytest.raises(InputError, match="measures something else"):
        si_value("1 G", "K")


def test_a_unit_with_another_zero_is_its_zero_and_its_step():
    zero, step = unit_scale("degC", "K")
    assert (zero, step) == (pytest.approx(273.15, rel=1e-12), pytest.approx(1.0, rel=1e-12))


@pytest.mark.parametrize("unit", ["s", "nonsense", "dBm"])
def test_what_is_no_unit_of_a_quantity_has_no_scale(unit):
    with pytest.raises(InputError, match="must be a"):
        unit_scale(unit, "K")


def test_a_unit_has_no_number_of_its_own_and_no_power_that_nobody_means():
    assert all(map(is_unit, ("1/cm^3", "cm-1", "mT", "K^2", "%", "µΩ·cm")))
    for text in ("1", "1 K", "1.0 nm", "2 K", "10", "", "K^99", "K^2^2", "(K", "[K]", "n" * 61):
        assert not is_unit(text), text


def declarations():
    """Every unit of a declaration with the units in which it is shown and given as an example."""
    for declared in (
        q
        for table in (*TABLES.values(), Junction, Film, State, Performance)
        for _, q in quantities(table)
    ):
        yield declared.unit, declared.display
        if isinstance(declared.example, str) and declared.kind == "number":
            found = re.fullmatch(r"[-+.\de]+ (.*)", declared.example)
            yield declared.unit, found[1] if found else ""


def test_what_is_written_most_is_known_without_pint_as_pint_has_it(monkeypatch):
    registry, random = units._registry(), np.random.default_rng(1)
    for text, unit in units._TO_SI:
        si = "" if unit == "1" else unit
        for number in (10 ** random.uniform(-30, 30, 20)).tolist():
            assert si_value(f"{number!r} {text}", unit) == float(
                registry.Quantity(number, text).to(si).magnitude
            )
        back = float(registry.Quantity(1.0, si).to(text).magnitude)
        assert unit_factor.__wrapped__(unit, text) == back
    monkeypatch.setattr(units, "_registry", None)  # nothing may ask for it
    stated = {(unit, shown) for unit, shown in declarations() if shown}
    assert {("J", "meV"), ("s", "ms"), ("K", "mK"), ("ohm*m^2", "ohm um^2")} <= stated
    for unit, shown in stated - {(unit, unit) for unit, _ in stated}:
        assert si_value(f"2 {shown}", unit) > 0
        assert unit_factor.__wrapped__(unit, shown) > 0
