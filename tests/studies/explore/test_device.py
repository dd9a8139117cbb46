"""What the explorer draws of a trap are the curves of its design; what is put aside has no effect."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import entrap as et
from entrap.studies.explore.controls import presets, with_changes
from entrap.studies.explore.device import _here, _idle, device_of
from entrap.studies.explore.picture import picture_of


def case_of(stated):
    return et.CaseFile.from_dict(stated, needs=("material",))


@pytest.fixture(scope="module")
def design():
    return et.design_trap(case_of(presets()["transmon-trap"]))


@pytest.mark.slow  # designs are compiled
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


@pytest.mark.exhaustive
@pytest.mark.slow  # designs are compiled
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


def trapped(film, **found):
    """A design with made-up numbers, of a case with this film."""
    junction = et.Junction(1e-10, 80e-9, 100e-9, metal="Cu")
    protocol = et.Protocol(start=0.1, warm_to=2.0, warming_time=1.0)
    trap = et.Trap(junction=junction, film=film)
    case = et.Case(et.Material(name="Al"), trap=trap, protocol=protocol)
    numbers = {"temperature": 0.1, "trapping_rate": 1e6, "residual_fraction": 1e-7}
    performance = SimpleNamespace(**numbers | {"evacuation_time": 2e-4} | found)
    made: Any = SimpleNamespace(performance=performance, case=case)
    return made


FILM = {"length": 1e-3, "width": 1e-5, "trap_length": 1e-4, "temperature": 0.1}
DOTS = {"trapping_rate": [[0.1, 1e6]], "residual_fraction": [[0.1, 1e-7]]}


def test_a_design_stands_on_each_of_its_curves():
    found = _here(trapped(et.Film(**FILM, trap_position=3e-4)))
    assert found.pop("over_temperature") == {"dots": DOTS}
    ((left, right),) = found.pop("along_film")["stretches"]
    assert (left, right) == pytest.approx((2.5e-4, 3.5e-4))
    assert found == {
        "over_length": {"dots": {"centred": [[1e-4, 2e-4]]}},
        "over_count": {"dots": {"evacuation_rate": [[1, 5e3]]}},
        "over_place": {"dots": {"evacuation_time": [[3e-4, 2e-4]]}},
    }


def test_of_several_traps_each_has_its_stretch_and_none_a_place():
    found = _here(trapped(et.Film(**FILM, trap_count=2)))
    assert "over_place" not in found
    assert found["over_count"]["dots"] == {"evacuation_rate": [[2, 5e3]]}
    stretches = np.array(found["along_film"]["stretches"])
    np.testing.assert_allclose(np.diff(stretches).ravel(), [5e-5, 5e-5])
    np.testing.assert_allclose(stretches.mean(axis=1), [2.5e-4, 7.5e-4])


def test_what_is_not_there_has_no_dot():
    assert _here(trapped(None)) == {"over_temperature": {"dots": DOTS}}
    clean = _here(trapped(None, residual_fraction=0.0))
    assert clean == {"over_temperature": {"dots": {"trapping_rate": [[0.1, 1e6]]}}}
    never = _here(trapped(et.Film(**FILM), evacuation_time=np.inf))
    assert never.keys() == {"over_temperature", "along_film"}


TIMED = {"protocol.warm_to", "protocol.hold", "protocol.warming_time"}


@pytest.mark.parametrize(
    ("film", "more"),
    [
        (None, set()),
        (et.Film(**FILM), {"protocol.start"}),
        (et.Film(**FILM | {"temperature": None}), set()),
        (
            et.Film(**FILM, quasiparticle_diffusivity=1e-3),
            {"protocol.start", "material.diffusivity"},
        ),
    ],
)
def test_what_a_trap_does_not_depend_on_is_put_aside(film, more):
    found = _idle(trapped(film).case)
    assert found - TIMED - more == {
        "landau", "mixture", "material.conduction_density", "material.fermi_velocity",
        "material.fermi_temperature",
    }  # fmt: skip
    assert found >= TIMED | more
