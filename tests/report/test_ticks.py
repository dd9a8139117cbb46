"""Numbers beside ticks are plain text that says what matplotlib's own formulas say."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from entrap.report.style import styled
from entrap.report.ticks import plain, plain_numbers

RAISED = dict(zip("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789", strict=True))


def value(text):
    """The number that a label says."""
    factor, _, power = text.replace("\N{MINUS SIGN}", "-").partition("10")
    if not power or power[0] not in RAISED:
        return float(text.replace("\N{MINUS SIGN}", "-"))
    exponent = int("".join(RAISED[letter] for letter in power))
    return float(factor.rstrip("×") or 1) * 10.0**exponent


@pytest.mark.parametrize(
    ("scale", "ends"),
    [
        ("linear", (-0.4, 0.9)),
        ("linear", (0, 2e-24)),
        ("linear", (-3e27, 2e27)),
        ("log", (1e-12, 1e3)),
        ("log", (0.02, 0.05)),  # less than a decade: numbers stand beside minor ticks
        ("log", (2e-5, 6e-5)),
    ],
)
def test_labels_name_the_places_of_their_ticks(scale, ends):
    with styled():
        figure = Figure()
        FigureCanvasAgg(figure)
        axes = figure.subplots()
        axes.set(xscale=scale, xlim=ends)
        plain_numbers(axes.xaxis)
        figure.canvas.draw()
        offset = axes.xaxis.get_offset_text().get_text()
        ticks = axes.get_xticklabels() + axes.get_xticklabels(minor=True)
        named = [(tick.get_position()[0], tick.get_text()) for tick in ticks if tick.get_text()]
    assert len(named) > 2
    factor = value(offset.removeprefix("×")) if offset else 1.0
    assert bool(offset) == (scale == "linear" and not 1e-3 < max(np.abs(ends)) < 1e5)
    for place, text in named:
        assert not set("$\\{}^") & set(text)
        assert factor * value(text) == pytest.approx(place, rel=1e-9, abs=1e-9 * np.ptp(ends))


def test_numbers_of_a_user_stay_as_they_are():
    axes = Figure().subplots()
    axes.xaxis.set_major_formatter("{x} K")
    before = axes.xaxis.get_major_formatter()
    plain_numbers(axes.xaxis)
    assert axes.xaxis.get_major_formatter() is before


def test_powers_with_a_sign_are_raised():
    assert plain(r"$\mathdefault{-10^{-12}}$") == "-10⁻¹²"
