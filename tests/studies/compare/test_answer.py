"""What a comparison says first: what differs by the largest factor, up or down."""

from entrap.core.quantities import Quantity
from entrap.report.differences import Difference
from entrap.studies.compare.answer import _came_out


def test_the_largest_factor_comes_first_whether_a_number_rises_or_falls():
    values = {"a": (1.0, 3.0), "b": (5.0, 0.5), "c": (2.0, 2.5), "d": (1.0, 0.01), "e": (4.0, 4.1)}
    found = [
        Difference(
            "answer", name, Quantity("1", name, f"Number {name}"), pair, tuple(map(str, pair))
        )
        for name, pair in values.items()
    ]
    assert _came_out(["one", "other"], found) == (
        "5 numbers of the answers differ, these by the largest factors, in one and other: "
        "Number d, d: 1.0 and 0.01; Number b, b: 5.0 and 0.5; Number a, a: 1.0 and 3.0; "
        "Number c, c: 2.0 and 2.5."
    )
