"""Every sentence of a series' answer over lines of every slope, scatter and common gain."""

import itertools
import math
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from entrap.studies.fit.pages.series import answer
from entrap.studies.fit.series import NAMED, Series, Slope

ERROR, SPREAD = 0.05, 0.02


def series(count, slope, *, unexplained=0):
    """A series of made-up samples; the first ones are explained by none but H1."""
    samples = [
        SimpleNamespace(fitted=SimpleNamespace(
            unconverged=lambda **_: (), case=SimpleNamespace(title=f"film {i + 1}"),
            comparison=SimpleNamespace(verdict="unexplained" if i < unexplained else "entropy"),
        ))
        for i in range(count)
    ]  # fmt: skip
    made: Any = tuple(samples)
    return Series(made, slope)


def line(m, plain, scatter, count):
    """A line whose significance is that of its slope."""
    sigma = float(stats.norm.isf(stats.t.sf(m / ERROR, count - 2)))
    return Slope(m, ERROR, plain, sigma, scatter, np.diag([ERROR**2, SPREAD**2]))


@pytest.mark.parametrize(
    ("count", "m", "plain", "scatter"),
    [
        *itertools.product((3, 8, 40), (-1.0, 0.0, 0.1, 0.4, 1.0, 2.0), (0.3,), (1.0,)),
        *itertools.product((8,), (1.0,), (-0.3, -0.06, -0.03, 0.03, 0.06, 0.3), (0.3, 1.0, 4.0)),
    ],
)
def test_each_sentence_says_what_the_line_is(count, m, plain, scatter):
    slope = line(m, plain, scatter, count)
    found = series(count, slope)
    told = " ".join(answer(found))
    assert not re.search(r"\b(nan|inf)\b|None|  ", told), told
    named = slope.significance >= NAMED
    assert told.startswith(f"The series {'shows' if named else 'does not show'} an entropy")
    words = "three" if count == 3 else str(count)
    assert f"over {words} samples the gain L grows with ln(n/n_c) by m = {m:.3f} ± 0.050" in told
    times = f"{abs(m) / ERROR:.3g}"
    assert (f"m is {times} times its error" in told) == (m >= 0)
    assert (f"m lies {times} times its error below 0" in told) == (m < 0)
    above = re.findall(r"as rare as (\S+) standard deviations above 0", told)
    assert above == ([f"{slope.significance:.1f}"] if m >= 0 else [])
    off = abs(m - 1) / ERROR
    assert (f"It is not the paper's law: m lies {off:.1f}" in told) == (named and off > 3)
    needed = re.findall(r"With (\S+) samples m would have to be (\S+) times", told)
    assert bool(needed) == (not named and m > NAMED * ERROR)
    for said, ratio in needed:
        assert said == words
        chance = stats.t.sf(float(ratio.replace(",", "")), count - 2)
        assert chance == pytest.approx(stats.norm.sf(NAMED), rel=0.3 if count < 9 else 0.9)
    assert f"a gain of {plain:.3f} ± 0.020 a/k_B, " in told
    kinds = {"as plain BCS theory gives": plain > 2 * SPREAD, "a loss, which": plain < -2 * SPREAD,
             "which shows no share of": abs(plain) <= 2 * SPREAD}  # fmt: skip
    for kind, true in kinds.items():
        assert (kind in told) == true
    much = stats.chi2.sf(scatter * (count - 2), count - 2) < 0.01
    assert f"with χ² = {scatter:.3g} per degree of freedom, " in told
    assert ("more than their errors explain" in told) == much
    assert ("freedom, as their errors explain" in told) == (not much)


@pytest.mark.parametrize(
    ("count", "says"),
    [
        (1, "does not describe the data of film 1, though H1 does: see its report."),
        (2, "does not describe the data of film 1 and film 2, though H1 does: see their reports."),
    ],
)
def test_samples_whose_most_probable_hypothesis_fails_are_named(count, says):
    slope = line(1.0, 0.3, 1.0, 8)
    *_, last = answer(series(8, slope, unexplained=count))
    assert last.endswith(says)
    assert not any("does not describe" in text for text in answer(series(8, slope)))
    assert math.isfinite(slope.significance)
