"""What can be moved: numbers in the units shown, and cases with changes as they are stated."""

import math

import pytest

import entrap as et
from entrap.core.units import si_value
from entrap.studies.explore.controls import as_stated, presets, shown_values, with_changes
from entrap.studies.explore.device import _idle


@pytest.mark.parametrize("name", presets())
def test_presets_are_cases_whose_numbers_lie_on_their_sliders(name):
    case = et.CaseFile.from_dict(presets()[name], needs=("material",))
    for each in shown_values(case):
        assert math.isfinite(each["value"])
        if each["high"]:
            assert 0 < each["low"] <= each["value"] <= each["high"], each["key"]


def test_sliders_end_at_the_bounds_of_their_numbers():
    shown = {each["key"]: each for each in shown_values(et.Case.from_dict(presets()["clean-set"]))}
    assert shown["mixture.condensate_weight"]["high"] == 1.0


def test_numbers_are_shown_in_their_units():
    shown = {each["key"]: each for each in shown_values(et.Case.from_dict(presets()["clean-set"]))}
    assert (shown["landau.a"]["value"], shown["landau.a"]["unit"]) == (pytest.approx(2.0), "k_B")
    assert (shown["protocol.hold"]["value"], shown["protocol.hold"]["unit"]) == (50.0, "ms")
    assert shown["mixture.valence_ratio"]["unit"] == ""
    for each in shown.values():
        if each["unit"]:
            text = f"{each['value']!r} {each['unit']}"
            assert math.isfinite(si_value(text, _unit(each["key"])))


def _unit(key):
    from entrap.case.tables import declarations

    return declarations()[key].unit


def test_what_is_not_stated_follows_what_is_changed():
    hotter = with_changes(presets()["clean-set"], {"material.critical_temperature": "20 K"})
    cold = et.Case.from_dict(presets()["clean-set"])
    assert et.Case.from_dict(hotter).material.gap == pytest.approx(2 * cold.material.gap)
    assert presets()["clean-set"]["material"]["critical_temperature"] == "10 K"


def test_a_change_of_a_number_with_a_prior_keeps_the_prior():
    base = {"material": {"name": "Nb", "gap": {"value": "1.5 meV", "prior": "± 10 %"}}}
    assert with_changes(base, {"material.gap": "1.6 meV"})["material"]["gap"] == {
        "value": "1.6 meV", "prior": "± 10 %"}  # fmt: skip


def test_a_key_that_no_case_has_is_refused():
    with pytest.raises(et.InputError, match=r"`material\.colour` is no key of a case"):
        with_changes(presets()["clean-set"], {"material.colour": 1})


def test_the_tables_of_studies_stay_behind():
    text = '[material]\nname = "Nb"\n[landau]\nbcs = true\n[protocol]\nstart = "4 K"\nwarm_to = "20 K"\nwarming_time = "1 s"\n[sweep]\nresults = ["enhancement"]\n'
    assert list(as_stated(text)) == ["material", "landau", "protocol"]


FILM = ["trap.film.length=1 mm", "trap.film.width=10 um", "trap.film.trap_length=0.1 mm"]


@pytest.mark.parametrize(
    ("changes", "aside"),
    [
        ([], set()),
        (FILM, set()),
        ([*FILM, "trap.film.quasiparticle_diffusivity=9 cm^2/s"], {"material.diffusivity"}),
        ([*FILM, "trap.film.temperature=4 K"], {"protocol.start"}),
    ],
)
def test_what_a_trap_does_not_depend_on_is_put_aside(changes, aside):
    case = et.load_case("examples/nbn-junction.toml", ["material.diffusivity=1 cm^2/s", *changes])
    found = {each["key"]: each["without"] for each in shown_values(case, _idle(case))}
    always = {"protocol.warm_to", "protocol.hold", "protocol.warming_time"}
    always |= {"material.conduction_density", "material.fermi_velocity"} & found.keys()
    always |= {key for key in found if key.startswith(("landau.", "mixture."))}
    assert {key for key, without in found.items() if without} == aside | always
