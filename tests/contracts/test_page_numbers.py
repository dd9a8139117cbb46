"""Numbers on the pages of the docs are those that the package computes today: the cheap ones.

Those of a run, a trap and the paper are beside the tests of these verbs, which compute them anyway.
"""

import collections
import math
import re
import tomllib
from pathlib import Path

import pytest

import entrap as et
from entrap.app.casefile import case_schema
from entrap.case import library, metals

ROOT = Path(__file__).parents[2]


def page(name):
    """A page in one line."""
    return " ".join((ROOT / name).read_text("utf-8").split())


def rows(name, *heads):
    """Rows of cells of the table with these headings."""
    lines = (ROOT / name).read_text("utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    start = cells.index([*heads]) + 2
    until = next(i for i in range(start, len(lines)) if not lines[i].startswith("|"))
    return cells[start:until]


def test_the_first_case_of_the_docs_is_the_closed_form_of_its_numbers():
    text = (ROOT / "docs/index.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(title.*?)```", text, flags=re.S)
    case = et.CaseFile.from_dict(tomllib.loads(block))
    assert case.landau
    assert case.protocol
    share = math.log1p(case.mixture.valence_ratio) * 1.380649e-23 / case.landau.a
    enhancement = 1 / (1 - share)
    sample = et.sample(case)
    critical = float(et.model.landau.effective_critical_temperature(sample))
    assert critical == pytest.approx(enhancement * case.material.critical_temperature, rel=1e-12)
    start, to = case.protocol.start, case.protocol.warm_to
    works = case.protocol.hold * case.trap.rate
    assert (
        f"The sample rests at {start:g} K. The trap goes on and works for "
        f"{1e3 * case.protocol.hold:g} ms, {['', 'twenty'][works == 20]} times the "
        f"{1e3 / case.trap.rate:g} ms that 1/Γ is; then the sample is warmed to {to:g} K. The answer: "
        f"$E = 1/(1 - k_B L/a) = {enhancement:.2f}$, so $\\tilde{{T}}_c = {critical:.1f}$ K. $n_s$ stays "
        f"pinned up to $T_1 = {start * enhancement:.2f}$ K"
    ) in page("docs/index.md")


def test_every_key_of_a_case_on_a_page_is_one():
    tables = case_schema()["properties"]
    for name in (
        "docs/index.md",
        "docs/how-to.md",
        "docs/fits.md",
        "docs/sweeps.md",
        "docs/traps.md",
    ):
        for block in re.findall(r"```toml\n(.*?)```", (ROOT / name).read_text("utf-8"), flags=re.S):
            for table, stated in tomllib.loads(block).items():
                assert table in tables, (name, table)
                known = tables[table].get("properties")
                if isinstance(stated, dict) and known:
                    assert stated.keys() <= known.keys(), (name, table)


def test_the_library_has_as_many_materials_of_each_kind_as_its_page_says():
    count = collections.Counter(library.load(key).family for key in library.names())
    assert (
        f"holds {sum(count.values())} superconductors: {count['element']} elements, {count['film']} "
        f"thin films, {count['A15']} A15 compounds, MgB2, {count['HEA']} high-entropy alloys and "
        f"{count['low-n']} materials with few carriers."
    ) in page("docs/materials.md")
    assert count["compound"] == 1


def test_slopes_and_densities_on_the_page_of_materials_are_those_of_the_library():
    told = rows(
        "docs/materials.md", "", "field, carriers", "field, penetration depth", "BCS, T_c/T_F"
    )
    assert len(told) == 5
    for key, *cells in told:
        slopes = library.landau_slopes(library.load(key))
        for cell, slope in zip(
            cells, (slopes.carriers, slopes.penetration_depth, slopes.bcs), strict=True
        ):
            assert (cell == "") == (slope is None), key
            assert slope is None or float(cell) == pytest.approx(slope, rel=0.05), key
            assert slope is None or float(cell) == float(f"{slope:.1e}"), key
    density = library.superfluid_densities(library.load("TiN"))
    assert (
        f"(TiN: {density.carriers:.1e} and {density.penetration_depth:.1e} 1/m³)".replace("e+", "e")
    ) in page("docs/materials.md")
    factors = []
    for key in library.names():
        entry = library.load(key)
        both = library.superfluid_densities(entry)
        if entry.family == "element" and both.carriers and both.penetration_depth:
            factors.append(both.carriers / both.penetration_depth)
    assert f"by factors of {min(factors):.1f} to {max(factors):.1f}. Scattering" in page(
        "docs/materials.md"
    )


def test_the_table_of_metals_is_that_of_the_library():
    heads = ("", "γ (mJ/mol/K²)", "ν_N, one spin (1/J/m³)", "Σ (W/m³/K⁵)", "")
    for key, heat, states, phonons, remark in rows("docs/materials.md", *heads):
        numbers = {name: number.value for name, number in metals.load(key).items()}
        assert heat == f"{1e3 * numbers['sommerfeld_coefficient']:.3f}"
        assert states == f"{numbers['density_of_states']:.2e}".replace("e+", "e")
        assert phonons == f"{numbers['electron_phonon_constant'] / 1e9:.1f}e9"
        assert (remark != "") == (not metals.load(key)["electron_phonon_constant"].verified)


def test_a_recipe_says_why_its_sample_has_no_critical_temperature():
    text = (ROOT / "docs/how-to.md").read_text("utf-8")
    (block,) = re.findall(r"```toml\n(\[material\]\nname = \"Nb\".*?)```", text, flags=re.S)
    case = et.CaseFile.from_dict(tomllib.loads(block))
    sample = et.sample(case)
    assert math.isinf(float(et.model.landau.effective_critical_temperature(sample)))
    slope = float(sample.landau_a) / 1.380649e-23
    ratio = math.log1p(case.mixture.valence_ratio)
    assert case.mixture.valence_ratio == 0.5
    assert (
        f"half a valence electron for each conduction electron is $L = {ratio:.2f}$, and $a$ is "
        f"{1e4 * slope:.0f}·10⁻⁴ $k_B$"
    ) in page("docs/how-to.md")
