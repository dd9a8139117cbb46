"""What the explorer draws of a trap are the curves of its design; what is put aside has no effect."""

import numpy as np
import pytest

import entrap as et
from entrap.studies.explore.controls import presets, with_changes
from entrap.studies.explore.device import device_of
from entrap.studies.explore.picture import picture_of

pytestmark = pytest.mark.slow  # designs are compiled


def case_of(stated):
    return et.CaseFile.from_dict(stated, needs=("material",))


@pytest.fixture(scope="module")
def design():
    return et.design_trap(case_of(presets()["transmon-trap"]))


def test_columns_are_the_curves_of_a_design(design):
    drawn = device_of(design.case)
    curves = design.curves
    for name, expected in (
        ("film_states_over_energy", curves.over_energy.film_states),
        ("trapping_rate_over_temperature", curves.over_temperature.trapping_rate),
        ("centred_over_length", curves.over_length.centred),
        ("fraction_along_film", curves.along_film.fraction),
    ):
        np.testing.assert_array_equal(drawn.columns[name], np.asarray(expected))
    assert drawn.head["answer"][0].startswith("At 20 mK")
    ((length, time),) = drawn.head["here"]["over_length"]["dots"]["centred"]
    expected = (2e-5, float(design.performance.evacuation_time))
    assert (length, time) == pytest.approx(expected)
    ((left, right),) = drawn.head["here"]["along_film"]["stretches"]
    assert (left, right) == pytest.approx((490e-6, 510e-6))


@pytest.mark.parametrize(("name", "of"), [("transmon-trap", device_of), ("aluminium", picture_of)])
def test_what_is_put_aside_has_no_effect_and_the_rest_has(name, of):
    stated = presets()[name]
    before = of(case_of(stated))
    for each in before.head["values"]:
        if not each["high"]:
            continue
        value = each["value"] * (0.99 if each["key"].endswith("condensate_weight") else 1.01)
        after = of(
            case_of(with_changes(stated, {each["key"]: f"{value!r} {each['unit']}".strip()}))
        )
        texts = [[row["text"] for row in made.head["numbers"]] for made in (before, after)]
        same = texts[0] == texts[1] and all(
            np.allclose(before.columns[key], column, rtol=1e-9, equal_nan=True)
            for key, column in after.columns.items()
            if not key.startswith("margin.")
        )
        # v_F is in one of the assumptions alone, whose grade it need not change.
        assert same == each["without"] or each["key"] == "material.fermi_velocity", each["key"]
