"""Grades of margins as a page shows them."""

import re

import pytest

from entrap.report.grades import GRADES, UNKNOWN
from entrap.report.page import _environment


def luminance(colour):
    """Relative luminance by WCAG 2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("graded", [*GRADES, UNKNOWN], ids=lambda graded: graded.word)
def test_a_badge_can_be_read(graded):
    """Its letters and its ground differ by 4.5 or more, as WCAG 2 asks for."""
    macros = _environment().get_template("report/templates/macros.html").module
    margin = None if graded is UNKNOWN else max(graded.low, -9.0)
    made = str(macros.badge(margin))  # pyright: ignore[reportAttributeAccessIssue]
    ground, letters = re.findall(r"(?<=:)#[0-9a-f]+", made)
    letters = "#" + "".join(2 * c for c in letters[1:]) if len(letters) == 4 else letters
    low, high = sorted((luminance(ground), luminance(letters)))
    assert ground == graded.colour
    assert (high + 0.05) / (low + 0.05) >= 4.5
    assert f"{graded.mark} {graded.word}" in made
