"""Temperatures of a sweep at which the warm-up ends are shown as bounds."""

import numpy as np
import pytest
from tests.studies.sweep.made import RATIO, made

from entrap.studies.sweep.figures.plots import sweep_figures
from entrap.studies.sweep.pages.answer import sweep_answer
from entrap.studies.sweep.pages.reading import is_bound
from entrap.studies.sweep.pages.report import sweep_report, sweep_summary
from entrap.studies.sweep.pages.survey import survey


@pytest.fixture(scope="module")
def swept():
    """Made up, of a sample that is warmed to 28 K: one point survives until then."""
    columns = {"survival_temperature": np.array([20.0, 28.0])}
    return made({RATIO: np.array([0.1, 20.0])}, columns)


def test_the_answer_table_and_summary_say_that_it_is_a_bound(swept):
    found = survey(swept)
    least, largest = (
        found.ranges["survival_temperature"].least,
        found.ranges["survival_temperature"].largest,
    )
    assert least is not None
    assert largest is not None
    assert (least.at_least, largest.at_least) == (False, True)
    assert largest.value == 28.0
    answer = sweep_answer(swept, found)
    assert "and ≥ 28 K (at" in " ".join(answer)
    assert "≥ 28 K" in sweep_report(swept, found, answer, {})
    told = sweep_summary(swept, found, answer)["results"]["survival_temperature"]
    assert told["largest"]["at_least"] is True
    assert told["least"]["at_least"] is False


def test_the_figure_says_it_too(swept):
    (figure,) = (f for name, f in sweep_figures(swept).items() if name == "curves")
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert any("≥ at the end of the warm-up" in label for label in labels)


def test_the_end_may_vary():
    columns = {"survival_temperature": np.array([12.0, 13.0])}
    ends = made({"protocol.warm_to": columns["survival_temperature"]}, columns)
    for end in (12.0, 13.0):
        at = {"protocol.warm_to": end}
        assert is_bound(ends, "survival_temperature", end, at)
        assert not is_bound(ends, "survival_temperature", 0.9 * end, at)
        assert not is_bound(ends, "release_temperature", end, at)
