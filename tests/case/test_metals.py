"""Normal metals: their numbers, the sources of these, and what is computed from them."""

import csv
import importlib.resources
import re

import pytest
from scipy import constants as si

from entrap.case import library, metals
from entrap.case.junction import Junction
from entrap.core.errors import InputError


def rows(table):
    text = importlib.resources.files("entrap.case").joinpath("data", table).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


NUMBERS = rows("metals.csv")
SOURCES = {row["code"]: row for row in rows("sources.csv")}


def single_spin_states(sommerfeld, volume):
    """N_0 = 3 γ/(2 π² k_B² V_mol)."""
    return 3 * sommerfeld / (2 * si.pi**2 * si.k**2 * volume)


def test_every_number_is_a_known_quantity_of_a_known_metal_stated_once():
    stated = [(row["metal"], row["quantity"]) for row in NUMBERS]
    assert sorted(stated) == sorted((m, q) for m in metals.NAMES for q in metals.UNITS)


def test_every_number_has_sources_that_are_spelled_out():
    for row in NUMBERS:
        codes = re.findall(r"[A-Z][\w-]*", row["source"])
        assert codes
        assert set(codes) <= set(SOURCES)
        number = metals.load(row["metal"])[row["quantity"]]
        assert number.value == float(row["value"]) > 0
        assert number.kind == SOURCES[codes[0]]["kind"]
        assert number.verified == all(SOURCES[code]["verified"] == "yes" for code in codes)
        assert all(SOURCES[code]["text"] in number.text for code in codes)


def test_one_number_alone_is_recalled():
    recalled = [
        (name, key) for name in metals.NAMES for key, number in metals.load(name).items()
        if not number.verified
    ]  # fmt: skip
    assert recalled == [("Ag", "electron_phonon_constant")]


@pytest.mark.parametrize(
    ("name", "sommerfeld", "mass", "density", "sigma"),
    [
        ("Cu", 0.691e-3, 63.546, 8960, 2.0e9),
        ("Ag", 0.640e-3, 107.868, 10490, 0.5e9),
        ("Au", 0.689e-3, 196.967, 19300, 2.4e9),
    ],
)
def test_numbers_are_the_published_ones_in_si(name, sommerfeld, mass, density, sigma):
    numbers = {key: number.value for key, number in metals.load(name).items()}
    assert numbers["sommerfeld_coefficient"] == sommerfeld
    assert numbers["molar_volume"] == pytest.approx(mass * 1e-3 / density, rel=1e-14)
    assert numbers["electron_phonon_constant"] == sigma


@pytest.mark.parametrize("name", metals.NAMES)
def test_density_of_states_follows_from_the_specific_heat(name):
    numbers = {key: number.value for key, number in metals.load(name).items()}
    expected = single_spin_states(numbers["sommerfeld_coefficient"], numbers["molar_volume"])
    assert numbers["density_of_states"] == pytest.approx(expected, rel=1e-14)
    # The same law, and the same code of it, as in the library of materials.
    heat = numbers["sommerfeld_coefficient"] / numbers["molar_volume"]
    assert heat == pytest.approx(2 * si.pi**2 / 3 * si.k**2 * expected, rel=1e-14)
    assert metals.load(name)["density_of_states"].source.startswith("D23(D21(S42,")


@pytest.mark.parametrize(
    ("name", "sommerfeld", "states"),
    [("Cu", 0.695e-3, 7.79e46), ("Ag", 0.646e-3, 5.02e46), ("Au", 0.729e-3, 5.69e46)],
)
def test_older_specific_heats_give_the_states_usually_quoted(name, sommerfeld, states):
    volume = metals.load(name)["molar_volume"].value
    # Densities of Au differ by 0.1 % among handbooks: three digits are quoted.
    assert single_spin_states(sommerfeld, volume) == pytest.approx(states, rel=3.5e-3)


def test_a_metal_has_the_free_electron_density_of_states_but_for_its_mass():
    # The source's own thermal masses m*/m, one electron an atom.
    for name, mass in (("Cu", 1.38), ("Ag", 1.00), ("Au", 1.08)):
        numbers = metals.load(name)
        density = si.N_A / numbers["molar_volume"].value
        energy = (3 * si.pi**2 * density) ** (2 / 3) * si.hbar**2 / (2 * si.m_e)
        free = 3 * density / (4 * energy)
        # Two or three digits are quoted, of room-temperature volumes here.
        assert numbers["density_of_states"].value / free == pytest.approx(mass, abs=0.01)


def test_an_unknown_metal_is_answered_with_the_known():
    with pytest.raises(InputError, match='`metal` must be "Cu", "Ag" or "Au", but is "Al"'):
        metals.load("Al")


def test_the_names_are_those_a_junction_takes():
    for name in metals.NAMES:
        stated = Junction(1e-10, 8e-8, 1e-7, metal=name)
        assert stated.metal == name


def test_numbers_cannot_be_changed():
    with pytest.raises(TypeError):
        metals.load("Cu")["density_of_states"] = None  # pyright: ignore[reportIndexIssue]
    assert isinstance(metals.load("Cu")["density_of_states"], library.Number)
