"""Declared quantities: what is read, what is refused, and how it is told."""

import dataclasses
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrap.core.errors import InputError, Problem, SolveError
from entrap.core.quantities import (
    Quantity,
    as_declared,
    describe,
    quantities,
    quantity,
    quantity_of,
    settle,
)

LENGTH = Quantity("m", "ℓ", "Mean free path", above=0, at_most=1)


@dataclasses.dataclass(frozen=True)
class Film:
    thickness: float = quantity("m", "d", "Thickness", display="nm", above=0.0)
    layers: int = quantity("1", "", "Layers", default=1, kind="integer", at_least=1, at_most=9)
    kind: str = quantity("1", "", "Kind", default="clean", kind="text", choices=("clean", "dirty"))
    bare: bool = quantity("1", "", "No cover", default=False, kind="switch")
    rough: float | None = quantity("m", "σ", "Roughness", default=None, at_least=0.0)
    note: str = ""

    def __post_init__(self):
        settle(self)


def test_fields_are_brought_to_si():
    film = Film(thickness="50 nm", layers=3.0, rough=2)
    assert film.thickness == pytest.approx(5e-8, rel=1e-6, abs=0)
    assert film.layers == 3
    assert isinstance(film.layers, int)
    assert isinstance(film.rough, float)
    assert Film(1).rough is None


def test_all_problems_are_told_at_once_and_by_name():
    with pytest.raises(InputError) as caught:
        Film(thickness="-1 nm", layers=2.5, kind="odd", bare=1, rough="2 K")
    assert [p.key for p in caught.value.problems] == [
        "thickness",
        "layers",
        "kind",
        "bare",
        "rough",
    ]
    lines = str(caught.value).splitlines()
    assert lines[0] == "`thickness` must be finite and > 0 m, but is '-1 nm'"
    assert lines[1] == "`layers` must be a whole number, but is 2.5"
    assert lines[2] == '`kind` must be "clean" or "dirty", but is \'odd\''
    assert lines[3] == "`bare` must be true or false, but is 1"
    assert lines[4] == '`rough` must be a number with a unit of m, but "K" measures something else'


@pytest.mark.parametrize("value", [0, -1e-300, 1.0000001, math.nan, math.inf, 10**400, "1e5 km"])
def test_out_of_bounds_is_refused(value):
    with pytest.raises(InputError, match="must be finite and > 0 m and <= 1 m"):
        LENGTH.read(value)


@pytest.mark.parametrize("value", [True, None, [1.0], {"a": 1}, 1j, b"1"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(InputError, match="must be a number or a text with a unit of m"):
        LENGTH.read(value)
    with pytest.raises(InputError, match="must be a number, but is"):
        Quantity("1", "", "").read(value)


@pytest.mark.parametrize("value", [0.5, math.inf, math.nan, "x", 10])
def test_what_is_no_whole_number_in_bounds_is_refused(value):
    with pytest.raises(InputError):
        Quantity("1", "", "", kind="integer", at_least=1, at_most=9).read(value)


def test_a_long_value_is_shortened_in_the_message():
    with pytest.raises(InputError) as caught:
        LENGTH.read(["x" * 1000])
    assert len(str(caught.value)) < 150


@given(st.floats(0, 1, exclude_min=True))
def test_a_number_in_bounds_is_itself(value):
    assert LENGTH.read(value) == value
    assert LENGTH.read(repr(value)) == value


def test_bounds_are_put_in_words():
    assert LENGTH.bounds == "> 0 m and <= 1 m"
    assert Quantity("1", "", "", at_least=0).bounds == ">= 0"
    assert Quantity("K", "", "").bounds == ""


def test_declarations_are_found_on_the_class_and_on_the_object():
    assert [name for name, _ in quantities(Film)] == [
        "thickness",
        "layers",
        "kind",
        "bare",
        "rough",
    ]
    assert dict(quantities(Film(1e-8))) == dict(quantities(Film))
    assert quantity_of(Film, "thickness").display == "nm"
    with pytest.raises(KeyError):
        quantity_of(Film, "note")


def test_a_field_is_declared_as_that_of_another_class():
    @dataclasses.dataclass
    class Coat:
        thickness: float = as_declared(Film, "thickness")

    assert dict(quantities(Coat)) == {"thickness": quantity_of(Film, "thickness")}
    with pytest.raises(TypeError, match="thickness"):
        Coat()
    with pytest.raises(KeyError):
        as_declared(Film, "note")


def test_description_lists_symbol_value_unit_and_meaning():
    rows = describe(Film("50 nm")).splitlines()
    assert rows[0].split() == ["thickness", "d", "5", "×", "10⁻⁸", "m", "Thickness"]
    assert rows[3].split() == ["bare", "False", "-", "No", "cover"]
    assert rows[4].split() == ["rough", "σ", "-", "m", "Roughness"]
    assert describe(Film).splitlines()[0].split() == ["thickness", "d", "-", "m", "Thickness"]


def test_problems_name_their_field_and_errors_keep_them():
    error = InputError("is odd", Problem("is missing", "trap.rate"))
    assert str(error) == "is odd\n`trap.rate` is missing"
    assert [p.key for p in error.problems] == ["", "trap.rate"]
    assert issubclass(InputError, ValueError)
    assert issubclass(SolveError, RuntimeError)
