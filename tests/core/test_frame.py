"""Columns with units: as CSV with all digits, and as a DataFrame."""

import csv
import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from entrap.core.frame import Column, Frame, frame_of
from entrap.core.quantities import Quantity


@given(st.lists(st.floats(allow_nan=False), min_size=1, max_size=20))
def test_numbers_come_back_from_csv_to_the_last_bit(numbers):
    text = Frame(Column("n_s", np.array(numbers), "1/m^3")).csv()
    heading, *cells = text.splitlines()
    assert heading == "n_s [1/m^3]"
    assert [float(cell) for cell in cells] == numbers


def test_what_is_not_a_number_is_an_empty_cell_and_infinity_is_a_word():
    frame = Frame(Column("x", [np.nan, np.inf, None]), Column("y", ["a,b", '"', ""]))
    rows = list(csv.reader(io.StringIO(frame.csv())))
    assert rows == [["x", "y"], ["", "a,b"], ["inf", '"'], ["", ""]]


def test_pure_numbers_and_texts_have_no_unit_in_their_heading():
    declared = {"E": Quantity("1", "E", "Enhancement"), "of": "Name"}
    assert frame_of([{"E": 2.0, "of": "a"}], declared).csv() == "E,of\n2.0,a\n"


def test_a_dataframe_has_the_same_columns_and_their_units():
    frame = Frame(Column("T", np.array([[1.0, 2.0]]), "K"), Column("state", ["a", "b"]))
    made = frame.dataframe()
    assert made["T"].tolist() == [1.0, 2.0]
    assert made["state"].tolist() == ["a", "b"]
    assert made.attrs["units"] == {"T": "K"}


def test_columns_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="one length"):
        Frame(Column("a", [1]), Column("b", [1, 2]))
