"""Results in notebooks: their numbers as a table, and curves that break where nothing is known."""

import re

import numpy as np

from entrap.core.markup import Curves, of_result, picture
from entrap.core.quantities import Quantity
from entrap.solve.protocol.results import Value


class Result:
    def __init__(self, count):
        declared = (Quantity("m", f"λ_{i}", f"Depth <{i}>", display="nm") for i in range(count))
        self.quantities = {f"depth_{i}": Value(1e-9 * i, q) for i, q in enumerate(declared)}
        old = Quantity("m", "λ", "Depth", formerly="depth")
        self.quantities |= {"depth": Value(7e-9, old), "length": Value(7e-9, old)}

    def __repr__(self):
        return "A film of T_c\n  a line"


def test_a_result_with_numbers_is_a_table_of_the_first_ten():
    few, many = of_result(Result(9)), of_result(Result(12))
    assert few.count("<tr>") == many.count("<tr>") == 10  # a number of two names counts once
    assert "<strong>A film of T<sub>c</sub></strong>" in few
    assert "λ<sub>3</sub></td>" in few
    assert "Depth &lt;3&gt;</td>" in few
    assert ">3 nm</td>" in few
    assert "a line" not in few
    assert "more numbers" not in few
    assert "<p>3 more numbers are in <code>quantities</code>.</p>" in many


def test_a_curve_breaks_where_it_is_not_known():
    y = np.array([0.0, 1.0, np.nan, 2.0, np.inf, 4.0])
    shown = picture(Curves("T (K)", np.arange(6.0), "n_s", {"a": y, "b": y / 2}))
    first, second = re.findall(r'<path d="([^"]*)" fill="none" stroke="#', shown)
    assert [part.count("L") for part in first.split("M")] == [0, 1, 0, 0]
    heights = [[float(at) for at in re.findall(r",([\d.]+)", path)] for path in (first, second)]
    (low, *_, high), (_, *_, half) = heights
    assert low > half > high  # upwards
    assert half - high == low - half
    assert picture(Curves("T (K)", np.ones(6), "n_s", {"a": y})) == ""
    assert picture(Curves("T (K)", np.arange(2.0), "n_s", {"a": y[2:3]})) == ""
