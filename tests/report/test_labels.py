"""Axis and column text: the unit in which people quote a thing, symbols set as print sets them."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from entrap.case.case import TABLES
from entrap.core.quantities import Quantity, quantities
from entrap.core.units import unit_factor
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.report.labels import as_html, scaled, typeset

LENGTH = Quantity("m", "λ", "Depth", display="nm")
ENERGY = Quantity("J", "Δ", "Gap", display="meV")


@pytest.mark.parametrize(
    ("declared", "column", "unit", "shown"),
    [
        (LENGTH, [2e-7, 1e-7], "nm", [200, 100]),
        (LENGTH, [1e-6], "µm", [1]),
        (LENGTH, [9.996e-7], "µm", [0.9996]),
        (LENGTH, [9.99e-7, math.inf, math.nan], "nm", [999, math.inf, math.nan]),
        (LENGTH, [1e9], "nm", [1e18]),
        (LENGTH, [0.0], "nm", [0]),
        (LENGTH, [], "nm", []),
        (LENGTH, [math.inf], "nm", [math.inf]),
        (ENERGY, [1.602176634e-22], "meV", [1]),
        (ENERGY, [1.602176634e-25], "µeV", [1]),
        (ENERGY, [-1.602176634e-22], "meV", [-1]),
        (Quantity("K", "T", "Temperature"), [12345.0], "K", [12345]),
        (Quantity("1", "E", "Enhancement"), [2.0], "1", [2]),
    ],
)
def test_columns_are_shown_in_the_unit_in_which_they_are_quoted(declared, column, unit, shown):
    found, (array,) = scaled(declared, column)
    assert found == unit
    np.testing.assert_allclose(array, shown, rtol=1e-12)


@given(st.lists(st.floats(1e-20, 1e6), min_size=1), st.lists(st.floats(1e-20, 1e6)))
def test_columns_share_a_unit_and_keep_their_values(one, other):
    unit, columns = scaled(LENGTH, one, other)
    for column, given_ in zip(columns, (one, other), strict=True):
        np.testing.assert_allclose(column / unit_factor("m", unit), given_, rtol=1e-12)
    largest = max(*one, *other, 0.0)
    if 1e-12 <= largest < 999.5:
        assert 0.9995 * (1 - 1e-12) <= max(map(max, filter(len, columns))) < 999.5


SYMBOLS = sorted(
    {
        q.symbol
        for owner in (State, Margins, *TABLES.values())
        for _, q in quantities(owner)
        if q.symbol
    }
)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_symbol_can_be_set_in_a_figure_and_on_a_page(symbol):
    figure = Figure()
    figure.text(0, 0, typeset(symbol))
    figure.draw_without_rendering()
    page = as_html(symbol)
    assert page.count("<sub>") == page.count("</sub>")
    assert "_" not in page.replace("_Fermi", "")


@pytest.mark.parametrize(
    ("text", "figure", "page"),
    [
        ("T_c", r"$\mathregular{T_{c}}$", "T<sub>c</sub>"),
        ("T̃_c", r"$\mathregular{\tilde{T}_{c}}$", "T̃<sub>c</sub>"),
        ("n_n⁰", r"$\mathregular{n_{n}^{0}}$", "n<sub>n</sub>⁰"),
        ("λ", "λ", "λ"),
        ("plain words", "plain words", "plain words"),
        ("a < b & c", "a < b & c", "a &lt; b &amp; c"),
    ],
)
def test_subscripts_are_set(text, figure, page):
    assert typeset(text) == figure
    assert as_html(text) == page


def test_what_is_not_ours_cannot_become_markup():
    assert as_html("<script>x_y</script>") == "&lt;script&gt;x<sub>y</sub>&lt;/script&gt;"
