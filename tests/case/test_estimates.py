"""What a message says of a number that is missing, against tabulated free-electron values."""

import pytest

from entrap.case import library
from entrap.case.estimates import estimate, other_routes, with_estimates
from entrap.case.material import Material
from entrap.core.errors import Problem


@pytest.mark.parametrize(
    ("key", "tabulated", "unit"),
    [
        ("fermi_temperature", 13.6e4, "K"),  # Ashcroft and Mermin, Table 2.1: Al
        ("fermi_velocity", 2.03e6, "m/s"),
        ("density_of_states", 7.3e46, "1/J/m^3"),  # 3n/4E_F of n and E_F there
    ],
)
def test_free_electrons_have_the_tabulated_numbers(key, tabulated, unit):
    said = estimate(key, Material(name="Al"))
    number = float(said.split(" about ")[1].split()[0])
    assert number == pytest.approx(tabulated, rel=0.04)
    assert said.endswith(f" {unit}")


def test_what_nothing_tells_has_no_estimate():
    assert estimate("electron_phonon_time", Material(name="Al")) == ""


def test_slope_and_field_are_those_of_the_library():
    aluminium = Material(name="Al")
    missing = [Problem("is missing", f"landau.{key}") for key in ("a", "critical_field", "beta")]
    a, field, beta = (p.text for p in with_estimates(missing, aluminium))
    slope = library.landau_slopes(library.load("Al")).bcs
    assert float(a.split("about ")[1].split()[0]) == pytest.approx(slope, rel=0.02)
    measured = library.load("Al").values["critical_field"].value
    assert float(field.split("about ")[1].split()[0]) == pytest.approx(measured, rel=0.1)
    assert beta == "is missing"
    assert with_estimates(missing, None) == missing


def test_the_other_routes_are_named():
    assert "`bcs = true`" in other_routes("direct")
    assert "`bcs = true`" not in other_routes("bcs")
