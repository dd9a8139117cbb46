"""The point of a sweep that is nearest to its case and at which all assumptions hold."""

import itertools
import math

import numpy as np
import pytest
from tests.studies.sweep.made import CASE, RATIO, TEMPERATURE, made

from entrap.studies.sweep.pages.answer import sweep_answer
from entrap.studies.sweep.pages.report import sweep_summary
from entrap.studies.sweep.pages.survey import survey

A, RATE = "landau.a", "trap.rate"
AXES = {
    RATIO: np.geomspace(1e-3, 10.0, 5),
    TEMPERATURE: np.linspace(2.0, 12.0, 6),
    RATE: np.geomspace(1e2, 1e6, 4),
}


def cube(margins, scheme="grid", axes=AXES):
    return made(axes, {"penetration_depth_ratio": 1 + 0 * margins, "smallest_margin": margins},
                scheme=scheme)  # fmt: skip


def far(at):
    """The distance by its definition: three axes, two of them over decades."""
    ratio, rate = CASE.mixture.valence_ratio, CASE.trap.rate
    start = CASE.require("protocol").start
    return math.hypot(
        math.log(at[RATIO] / ratio) / math.log(1e4),
        (at[TEMPERATURE] - start) / 10.0,
        math.log(at[RATE] / rate) / math.log(1e4),
    )


@pytest.mark.parametrize("seed", range(3))
def test_it_is_the_nearest_of_all_that_are_valid(seed):
    margins = np.random.default_rng(seed).normal(-1.0, 1.0, (5, 6, 4))
    found = survey(cube(margins))
    points = [dict(zip(AXES, values, strict=True)) for values in itertools.product(*AXES.values())]
    valid = [at for at, m in zip(points, margins.ravel(), strict=True) if m >= 0]
    nearest = min(valid, key=far)
    assert found.nearest is not None
    assert found.nearest.at == nearest
    assert found.nearest.distance == pytest.approx(far(nearest), rel=1e-12)
    assert found.nearest.values["penetration_depth_ratio"] == 1.0
    answer = " ".join(sweep_answer(cube(margins), found))
    assert (
        "The point nearest to the case at which all that can be checked hold is n_v/n_c" in answer
    )
    told = sweep_summary(cube(margins), found, ())
    assert told["nearest_valid"]["at"] == nearest


def test_rows_have_one_too():
    rows = {key: np.resize(values, 6) for key, values in AXES.items()}
    margins = np.array([-1.0, 0.5, -1.0, 0.5, -1.0, -1.0])
    found = survey(cube(margins, "rows", rows))
    points = [{key: column[i] for key, column in rows.items()} for i in (1, 3)]
    assert found.nearest is not None
    assert found.nearest.at == min(points, key=far)


def test_where_nothing_is_valid_the_one_that_fails_least_is_named():
    margins = -2.0 - np.arange(120.0).reshape(5, 6, 4)
    margins[2, 3, 1] = -0.5
    found = survey(cube(margins))
    assert found.nearest is None
    assert found.best is not None
    assert found.best.value == -0.5
    place = {key: values[i] for (key, values), i in zip(AXES.items(), (2, 3, 1), strict=True)}
    assert found.best.at == place
    answer = " ".join(sweep_answer(cube(margins), found))
    assert "The theory comes nearest to holding at" in answer
    assert "fails by a factor 3.2." in answer
