"""Tables of the terminal: which differences stand there, and how many more there are."""

import io

import pytest
from rich.console import Console

from entrap.core.quantities import Quantity
from entrap.report.differences import Difference
from entrap.report.terminal import print_part
from entrap.studies.compare.page import _tables

NAMES = ("one", "other", "third")


def said(*found):
    out = io.StringIO()
    for part in _tables(found, NAMES):
        print_part(part, Console(file=out, width=100))
    return out.getvalue()


def of(part, name, *values):
    return Difference(part, name, Quantity("1", "x", "A number"), values, tuple(map(str, values)))


@pytest.mark.parametrize(
    ("margins", "shown"),
    [((0.3, 0.2, 0.1), False), ((-0.3, -0.2, -0.1), False), ((0.1, -0.1, 0.1), True),
     ((0.1, None, 0.1), True), ((0.0, 0.1, 0.2), False), ((0.0, -0.1, -0.1), True)],
)  # fmt: skip
def test_of_assumptions_those_stand_there_that_hold_in_some(margins, shown):
    assert ("weak_pairing" in said(of("assumption", "weak_pairing", *margins))) is shown


@pytest.mark.parametrize(("count", "more"), [(12, ""), (13, "and 1 more, in differences.csv")])
def test_long_tables_end_with_how_many_more_there_are(count, more):
    told = said(*(of("answer", f"number_{i:03}", 1.0, 2.0, 3.0) for i in range(count)))
    assert told.strip().splitlines()[-1].startswith(more or "number_")
    assert told.count("number_") == 12
