"""What can be moved: numbers in the units shown, and cases with changes as they are stated."""

import math

import pytest

import entrap as et
from entrap.core.units import si_value
from entrap.studies.explore.controls import as_stated, presets, shown_values, with_changes


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
