"""The library of materials: its numbers, their sources, and what is computed from them."""

import csv
import importlib.resources
import math
import re
from pathlib import Path

import pytest
from scipy import constants as si

from entrap.case import library
from entrap.core.errors import InputError

PHI_0 = si.h / (2 * si.e)
BCS_GAP = 1.764 * si.k


def rows(table):
    text = importlib.resources.files("entrap.case").joinpath("data", table).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def codes(source):
    return re.findall(r"[A-Z][\w-]*", source)


def value(name, quantity):
    return library.load(name).values[quantity].value


NUMBERS = rows("materials.csv")
SOURCES = {row["code"]: row for row in rows("sources.csv")}
ENTRIES = {row["key"]: row for row in rows("entries.csv")}


def test_every_number_is_a_known_quantity_of_a_known_material_stated_once():
    stated = [(row["material"], row["quantity"]) for row in NUMBERS]
    assert len(set(stated)) == len(stated)
    assert {material for material, _ in stated} == set(ENTRIES)
    assert {quantity for _, quantity in stated} == set(library.UNITS)


def test_every_number_is_finite_and_positive():
    assert all(0 < float(row["value"]) < math.inf for row in NUMBERS)


def test_every_source_is_spelled_out():
    for row in NUMBERS:
        assert re.fullmatch(r"[\w-]+(\(.+\))?(,[\w-]+)*", row["source"]), row
        assert set(codes(row["source"])) <= set(SOURCES), row
        assert re.sub(r"[A-Z][\w-]*|[(),]", "", row["source"]) == "", row


def test_every_code_in_a_note_is_spelled_out():
    cited = {code for row in ENTRIES.values() for code in re.findall(r"\bS\d+\b", row["note"])}
    assert cited
    assert cited <= set(SOURCES)


def test_sources_have_a_valid_kind_and_say_what_was_recalled():
    assert len(rows("sources.csv")) == len(SOURCES)
    for code, row in SOURCES.items():
        assert row["kind"] in {"measured", "textbook", "derived"}
        assert (row["kind"] == "derived") == (code[0] == "D"), code
        assert row["verified"] == ("no" if code.startswith("R-") else "yes")
        assert ("recalled, verify before quoting" in row["text"]) == (row["verified"] == "no")
        assert row["text"].strip() == row["text"] != ""


PUBLISHED = {
    "K": 1, "T": 1, "nm": 1e-9, "meV": 1e-3 * si.e, "1/m^3": 1, "m/s": 1, "eV/k_B": si.e / si.k,
    "J/m^3/K^2": 1, "1/eV/m^3": 1 / si.e, "cm^2/s": 1e-4, "ns": 1e-9, "1": 1, "uohm cm": 1e-8,
}  # fmt: skip
"""What one of each unit of the survey is in SI."""


def test_every_number_and_its_source_are_those_of_the_survey_in_si():
    survey = Path(__file__).parents[1] / "data" / "survey.csv"
    heads, *lines = csv.reader(survey.read_text("utf-8").splitlines())
    expected = {}
    for key, *cells in lines:
        for head, cell in zip(heads[1:], cells, strict=True):
            quantity, _, unit = head.removesuffix("]").partition(" [")
            if cell:
                literal, source = cell.split(" ", 1)
                number = pytest.approx(float(literal) * PUBLISHED[unit], rel=1e-14, abs=0)
                expected[key, quantity] = number, source
    found = {
        (row["material"], row["quantity"]): (float(row["value"]), row["source"])
        for row in NUMBERS
        if row["material"] in {key for key, *_ in lines}
    }
    assert found.keys() == expected.keys()
    for place, pair in found.items():
        assert pair == expected[place], place


DERIVATIONS = {
    "D1": lambda v: (
        (2 * si.m_e * si.k * v("fermi_temperature")) ** 1.5 / (3 * si.pi**2 * si.hbar**3)
    ),
    "D5": lambda v: PHI_0 / (math.sqrt(8) * si.pi * v("penetration_depth") * v("coherence_length")),
    "D6": lambda v: 1 / (2 * si.e**2 * v("density_of_states") * v("resistivity")),
    "D7": lambda v: (
        BCS_GAP * v("critical_temperature") * math.sqrt(si.mu_0 * v("density_of_states"))
    ),
    "D8": lambda v: math.sqrt(
        si.hbar * v("resistivity") / (si.pi * si.mu_0 * BCS_GAP * v("critical_temperature"))
    ),
    "D9": lambda v: math.sqrt(
        si.pi * si.hbar * v("diffusivity") / (8 * si.k * v("critical_temperature"))
    ),
    "D12": lambda v: math.sqrt(PHI_0 / (2 * si.pi * v("upper_critical_field"))),
    "D13": lambda v: (
        v("critical_temperature") * math.sqrt(2 * si.mu_0 * 0.2368 * v("electronic_specific_heat"))
    ),
    "D18": lambda v: (
        BCS_GAP
        * v("critical_temperature")
        * math.sqrt(0.75 * si.mu_0 * v("conduction_density") / (si.k * v("fermi_temperature")))
    ),
    "D20": lambda v: (
        (3 * si.pi**2 * v("conduction_density")) ** (2 / 3) * si.hbar**2 / (2 * si.m_e * si.k)
    ),
    "D22": lambda v: 2 * si.pi**2 / 3 * si.k**2 * v("density_of_states"),
    "D23": lambda v: 3 * v("electronic_specific_heat") / (2 * si.pi**2 * si.k**2),
}


@pytest.mark.parametrize("formula", DERIVATIONS)
def test_derived_numbers_follow_from_the_others_by_their_formula(formula):
    derived = [row for row in NUMBERS if codes(row["source"])[0] == formula]
    assert derived
    for row in derived:
        # Four digits are published, of numbers that enter squared or to the power 3/2 at most.
        expected = DERIVATIONS[formula](lambda quantity, row=row: value(row["material"], quantity))
        assert float(row["value"]) == pytest.approx(expected, rel=1e-3), row


def test_one_recalled_source_makes_a_number_unverified():
    for key in library.names():
        for number in library.load(key).values.values():
            assert number.verified == ("R-" not in number.source)
            assert number.kind == SOURCES[codes(number.source)[0]]["kind"]
            assert all(SOURCES[code]["text"] in number.text for code in codes(number.source))
    assert not library.load("Hg").values["density_of_states"].verified
    assert library.load("Pb").values["density_of_states"].verified
    assert not library.load("Nb-SrTiO3").values["penetration_depth"].verified


def spellings(entry):
    return [entry.key, entry.name, *entry.other_names]


@pytest.mark.parametrize("key", ENTRIES)
def test_a_material_is_found_by_each_of_its_names_in_any_capitals_that_can_mean_no_other(key):
    entry = library.load(key)
    assert entry.key == key
    assert entry.family in {"element", "film", "A15", "compound", "HEA", "low-n"}
    assert entry.note
    every = [(s, other) for other in ENTRIES for s in spellings(library.load(other))]
    for name in spellings(entry):
        assert library.load(name) is entry
        assert library.load(f" {name} ") is entry
        for written in (name.swapcase(), name.upper(), name.lower(), name.capitalize()):
            exact = {other for spelling, other in every if spelling == written}
            meant = exact or {
                o for spelling, o in every if spelling.casefold() == written.casefold()
            }
            if meant == {key}:
                assert library.load(written) is entry


def test_no_two_materials_share_a_name():
    keys = library.names()
    assert len({key.casefold() for key in keys}) == len(keys)
    named = [(s, key) for key in keys for s in set(spellings(library.load(key)))]
    assert len({name for name, _ in named}) == len(named)


@pytest.mark.parametrize(
    ("name", "key"),
    [("tin", "Sn"), ("Tin", "Sn"), ("TiN", "TiN"), ("lead", "Pb"), ("Niobium", "Nb"),
     ("aluminium", "Al"), ("Aluminum", "Al"), ("titanium nitride", "TiN"), ("nb", "Nb")],
)  # fmt: skip
def test_a_name_in_words_is_the_element(name, key):
    assert library.load(name).key == key


@pytest.mark.parametrize("name", ["TIN", "tIN"])
def test_a_name_that_can_mean_two_materials_is_refused(name):
    with pytest.raises(InputError, match=rf'"{name}" can mean Sn or TiN: write one of these'):
        library.load(name)


def test_every_material_has_a_critical_temperature():
    assert all(value(key, "critical_temperature") > 0 for key in library.names())


@pytest.mark.parametrize(
    ("wrong", "nearest"),
    [("Nbb", "Nb"), ("niobium titanium nitrid", "NbTiN"), ("Nb3Sm", "Nb3Sn"), ("mgb", "MgB2"),
     ("granular Aluminium", "granular-Al")],
)  # fmt: skip
def test_an_unknown_name_is_answered_with_the_nearest(wrong, nearest):
    with pytest.raises(InputError, match=rf'"{wrong}" is not; did you mean "{nearest}"'):
        library.load(wrong)


@pytest.mark.parametrize("wrong", ["kryptonite", "Al film"])
def test_a_name_like_no_other_is_answered_with_where_all_are_listed(wrong):
    with pytest.raises(InputError, match=f'"{wrong}" is not; `entrap materials` lists all'):
        library.load(wrong)


def test_an_empty_name_is_refused():
    with pytest.raises(InputError, match="must be a material of the library"):
        library.load("")


def test_an_entry_cannot_be_changed():
    with pytest.raises(TypeError):
        library.load("Al").values["gap"] = None  # pyright: ignore[reportIndexIssue]


# The survey's own figures: n_s from the penetration depth, and a/k_B by field with n, by field
# with that n_s, and by 3.54 T_c/T_F.
SURVEY = {
    "Al": (1.103e29, 4.485e-05, 7.39e-05, 3.077e-05),
    "Nb": (1.857e28, 0.006636, 0.01992, 0.0005304),
    "Ta": (2.305e28, 0.0009697, 0.005819, None),
    "Pb": (2.063e28, 0.0005912, 0.003793, 0.0002316),
    "Sn": (2.443e28, 0.0001475, 0.0008932, 0.0001113),
    "In": (4.903e28, 0.0001767, 0.000415, 0.0001205),
    "Hg": (None, 0.0004098, None, 0.000178),
    "Zn": (None, 2.262e-05, None, 2.738e-05),
    "Ga": (None, 1.791e-05, None, 3.188e-05),
    "V": (None, None, None, None),
    "NbN-epitaxial": (7.06e26, 0.002637, 0.4183, None),
    "NbN": (1.043e26, None, 1.044, None),
    "NbTiN": (3.381e26, 0.004193, 0.6708, None),
    "TiN": (2.748e25, 0.001766, 2.513, None),
    "beta-Ta": (1.087e25, 7.85e-05, 0.669, None),
    "Nb3Sn": (1.837e27, None, 0.7217, None),
    "V3Si": (3.486e27, None, 0.5395, None),
    "MgB2": (8.251e26, 0.001016, 0.1847, None),
    "TaNbHfZrTi": (None, 0.003628, None, None),
    "TiHfNbTaMo": (1.173e27, None, 0.5872, None),
    "SrTiO3": (2.472e23, 0.0238, 0.05297, 0.02385),
    "Nb-SrTiO3": (2.25e25, 0.006652, 0.02661, 0.006665),
    "diamond-B": (None, 0.001402, None, None),
    "granular-Al": (1.287e24, None, 0.8366, None),
    "InOx": (None, None, None, 0.00251),
    "Bi": (None, 0.01484, None, 5.988e-06),
}


@pytest.mark.parametrize("name", SURVEY)
def test_densities_and_slopes_are_those_of_the_survey(name):
    entry = library.load(name)
    slopes = library.landau_slopes(entry)
    computed = (
        library.superfluid_densities(entry).penetration_depth,
        slopes.carriers,
        slopes.penetration_depth,
        slopes.bcs and slopes.bcs * 3.54 / 3.51882714245196,
    )
    for ours, published in zip(computed, SURVEY[name], strict=True):
        # Both sides come from numbers of four digits, the field and the depth squared.
        assert ours == (published and pytest.approx(published, rel=1e-3))


@pytest.mark.parametrize("name", ["Al", "Nb", "NbN", "granular-Al"])
def test_penetration_depth_of_the_screening_density_is_c_over_the_plasma_frequency(name):
    density = library.superfluid_densities(library.load(name)).penetration_depth
    assert density is not None
    plasma_frequency = math.sqrt(density * si.e**2 / (si.epsilon_0 * si.m_e))
    assert si.c / plasma_frequency == pytest.approx(
        value(name, "penetration_depth"), rel=1e-8, abs=0
    )


def test_carriers_are_the_conduction_density():
    entry = library.load("Sn")
    assert library.superfluid_densities(entry).carriers == value("Sn", "conduction_density")


@pytest.mark.parametrize(
    ("names", "low", "high"),
    [(("Al", "Nb", "Ta", "Sn", "In", "Zn", "Ga"), 0.94, 1.08), (("Pb", "Hg"), 1.2, 1.35)],
    ids=["weak", "strong"],
)
def test_field_estimate_is_the_specific_heat_one_and_above_it_in_strong_coupling(names, low, high):
    # Rutgers: a = ΔC/(2 n), with the BCS jump 1.426 γ T_c.
    for name in names:
        jump = 1.426 * value(name, "electronic_specific_heat") * value(name, "critical_temperature")
        expected = jump / (2 * value(name, "conduction_density") * si.k)
        slope = library.landau_slopes(library.load(name)).carriers
        assert slope is not None
        assert low < slope / expected < high, name
