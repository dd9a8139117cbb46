"""What differs between cases and results: everything that does, and nothing else."""

import dataclasses

import pytest

import entrap as et
from entrap.core.quantities import Quantity
from entrap.report.differences import differences_frame, of_answers, of_inputs, of_margins
from entrap.report.inputs import digits_of, inputs_of
from entrap.solve.protocol.results import Margin, Value

CASE = et.load_case("examples/clean-set.toml")
LENGTH = Quantity("m", "λ", "Depth", display="nm")


def test_each_changed_key_and_no_other_is_found():
    changed = CASE.changed({"landau.a": "3 k_B", "trap.rate": "1e4 1/s"})
    found = {each.name: each for each in of_inputs([CASE, changed])}
    assert found.keys() == {"landau.a", "trap.rate"}
    assert found["landau.a"].texts == ("2 k_B", "3 k_B")
    assert found["landau.a"].factors[1] == pytest.approx(1.5)
    assert of_inputs([CASE, CASE]) == []


def test_a_key_that_only_one_states_has_no_value_in_the_other():
    stated = dataclasses.replace(CASE, trap=et.Trap())
    found = {each.name: each for each in of_inputs([CASE, stated])}
    assert found["trap.rate"].values == (1e3, 0.0)
    prior = et.CaseFile.from_dict(
        CASE.to_dict() | {"landau": {"a": {"prior": "lognormal(2 k_B, 0.3)"}, "saturation": 1.0}}
    )
    (only,) = of_inputs([CASE, prior])
    assert (only.name, only.values[0], only.texts[0]) == ("landau.a.prior", None, "-")


def test_numbers_that_would_look_alike_get_more_digits():
    values = [{"depth": Value(x, LENGTH)} for x in (100e-9, 100.00001e-9)]
    (found,) = of_answers(values)
    assert found.texts == ("100 nm", "100.00001 nm")
    assert of_answers(values, most=4) == []
    assert of_answers([values[0], {"depth": Value(100e-9 * (1 + 1e-12), LENGTH)}]) == []


def test_infinite_and_undefined_numbers_are_compared_as_what_they_are():
    inf, nan = float("inf"), float("nan")

    def found(*numbers):
        return of_answers([{"depth": Value(x, LENGTH)} for x in numbers])

    assert found(inf, inf) == found(nan, nan) == []
    assert [each.texts for each in found(inf, 1e-9)] == [("infinite", "1 nm")]
    assert [each.texts for each in found(nan, 1e-9)] == [("not defined", "1 nm")]


def test_margins_differ_where_they_look_different():
    def margin(value):
        return [Margin("small", value, None, Quantity("1", "x ≤ y", "x is small"))]

    assert of_margins([margin(-1.4012), margin(-1.4013)]) == []
    (found,) = of_margins([margin(-1.4), margin(None)])
    assert found.texts == ("-1.40", "-")


def test_the_table_has_a_column_for_each_and_values_in_si():
    changed = CASE.changed({"protocol.start": "5 K"})
    text = differences_frame(of_inputs([CASE, changed]), ["a", "b"]).csv()
    assert text.splitlines() == [
        "part,name,unit,symbol,meaning,a,b",
        "input,protocol.start,K,T_0,Temperature of the equilibrium in which the trap goes on,4.0,5.0",
    ]


@pytest.mark.parametrize(
    ("size", "digits"), [("3 K", 3), ("9.25 K", 3), ("9.2513 K", 5), ("9.2513141 K", 6)]
)
def test_numbers_have_the_digits_of_the_most_precisely_stated_input(size, digits):
    material = et.Material(critical_temperature=size, conduction_density="1e27 1/m^3")
    assert digits_of(inputs_of(et.Case(material))) == digits
