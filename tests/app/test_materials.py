"""`entrap materials`: each number of the tables stands beside its own name, unit and formula."""

import json
import re

import pytest

from entrap.case import library
from entrap.core.quantities import number_text
from entrap.core.units import si_value

LABELS = (
    ("n_s(0) by carriers", "1/m^3", "n"), ("n_s(0) by λ", "1/m^3", "m_e/(μ0 e² λ²)"),
    ("a/k_B by B_c and n", "1", "1.74² B_c²/(2 μ0 n T_c k_B)"),
    ("a/k_B by B_c and λ", "1", "the same with n_λ"), ("a/k_B by BCS", "1", "3.51883 T_c/T_F"),
)  # fmt: skip
"""Label, unit and formula of each number that `derived` gives."""


@pytest.fixture(scope="module")
def listed(call):
    """What the command prints, a row of a table a line."""

    def asked(*name):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COLUMNS", "3000")  # a row of a table is a line
            done = call("materials", *name)
        assert (done.code, done.err) == (0, "")
        return [re.split(r" {2,}", row.strip()) for row in done.out.splitlines()]

    return asked


def derived(entry):
    """Densities of superconducting electrons and a/k_B by each convention, as the library has them."""
    densities, slopes = library.superfluid_densities(entry), library.landau_slopes(entry)
    return (
        densities.carriers, densities.penetration_depth, slopes.carriers,
        slopes.penetration_depth, slopes.bcs,
    )  # fmt: skip


def test_the_conventions_differ_so_that_none_passes_for_another():
    columns = derived(library.load("Al"))
    assert len({f"{value:.3g}" for value in columns}) == 5


def test_the_list_has_the_numbers_of_each_material_in_their_columns(listed):
    rows = {row[0]: row for row in listed()}
    assert rows["key"][1:] == [
        "T_c (K)", "n (1/m³)", "n_λ (1/m³)", "a/k_B by n", "by n_λ", "by BCS", "name",
    ]  # fmt: skip
    for key in library.names():
        entry = library.load(key)
        numbers = ["-" if value is None else number_text(value) for value in derived(entry)]
        temperature = f"{entry.values['critical_temperature'].value:g}"
        assert rows[key] == [key, temperature, *numbers, entry.name], key


@pytest.mark.parametrize("key", ["Al", "Nb", "TiN", "Hg"])
def test_a_material_has_every_number_with_unit_kind_and_source_and_what_follows(listed, key):
    entry = library.load(key)
    told = listed(key)  # and after it others whose keys begin so
    (first,) = (
        i for i, row in enumerate(told) if row[0] == f"{key}: {entry.name} ({entry.family})"
    )
    size = len(entry.values) + 5
    rows = {row[0]: row for row in told[first + 2 : first + 2 + size]}
    assert len(rows) == size
    for name, number in entry.values.items():
        kind = number.kind if number.verified else f"{number.kind}, recalled"
        _, value, unit, shown, source = rows[name]
        assert (unit, shown) == (library.UNITS[name], kind), name
        assert si_value(value.replace(",", ""), "1") == float(f"{number.value:.6g}"), name
        assert source.startswith(f"[{number.source}] {number.text[:60]}")
    for (label, unit, formula), value in zip(LABELS, derived(entry), strict=True):
        number = "-" if value is None else number_text(value, 6)
        assert rows[label] == [label, number, unit, "derived", formula], label


def test_json_is_one_object_and_quiet_says_nothing(call):
    for arguments, key in (
        (("materials",), "materials"),
        (("materials", "Al"), "materials"),
        (("cite",), "works"),
    ):
        done = call(*arguments, "--json")
        assert (done.code, done.err) == (0, "")
        assert key in json.loads(done.out)
        assert call(*arguments, "--quiet").out == ""
    (aluminium,) = json.loads(call("materials", "aluminium", "--json").out)["materials"]
    assert aluminium["key"] == "Al"
    assert aluminium["values"]["critical_temperature"]["value"] == 1.18
    assert json.loads(call("schema", "--json").out) == json.loads(call("schema").out)


def test_json_has_what_follows_from_each_material_and_leaves_out_what_does_not(call):
    for told in json.loads(call("materials", "--json").out)["materials"]:
        values = zip(LABELS, derived(library.load(told["key"])), strict=True)
        known = {label: (value, unit) for (label, unit, _), value in values if value is not None}
        found = {label: (of["value"], of["unit"]) for label, of in told["derived"].items()}
        assert found == known, told["key"]


def test_a_name_that_is_not_known_is_said_to_be_so(call):
    done = call("materials", "aluminyum")
    assert done.code == 2
    assert done.err.startswith("The name is not known:\n")
    assert 'did you mean "Al"?' in done.err


@pytest.mark.parametrize("width", ["80", "60"])
def test_no_number_is_cut_in_a_narrow_terminal(call, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    listed = call("materials").out
    assert "…" not in listed
    assert max(map(len, listed.splitlines())) <= int(width)
    assert "1.82 × 10²⁹" in listed
    assert "A wider terminal also shows: " in listed
