"""Problems whose data are synthetic: made from the package's own prediction, with numpy's noise."""

import dataclasses

import jax
import numpy as np
import pytest

import entrap as et
from entrap.studies.fit.arrangement import arranged
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.hypotheses import hypotheses, inputs_for
from entrap.studies.fit.inputs.table import DataGroup
from entrap.studies.fit.parameters import arguments
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import in_blocks, prediction_at


@dataclasses.dataclass(frozen=True)
class Problem:
    """One hypothesis over data, as `fit` would pose it."""

    case: et.Case
    data: Observations
    parameters: tuple
    hypothesis: object
    target: Target
    given: ModelData

    @property
    def keys(self):
        return [p.key for p in self.parameters]

    @property
    def free(self):
        return np.flatnonzero(self.given.free)

    def held(self, **truth):
        """The same, nothing free: parameters at these values, by the last part of their keys."""
        names = [key.rpartition(".")[2] for key in self.keys]
        assert set(truth) <= set(names)
        fixed = [truth.get(name, p.fixed) for name, p in zip(names, self.parameters, strict=True)]
        none = np.zeros(len(fixed), bool)
        return self.given._replace(free=none, fixed=np.array(fixed, float))

    def told(self, u, given=None):
        """Rows of coordinates → `Prediction`."""
        return in_blocks(prediction_at, self.target, given or self.given, np.atleast_2d(u))

    def drawn(self, random, **truth):
        """Readings at these parameters with noise of the target's."""
        told = self.told(np.zeros(len(self.keys)), self.held(**truth))
        return _noisy(self.target, told.mean[0], told.deviation[0], random)

    def reading(self, value):
        """The same with other readings."""
        points = self.given.points._replace(value=np.asarray(value, float))
        data = dataclasses.replace(self.data, value=np.asarray(value, float))
        return dataclasses.replace(self, data=data, given=self.given._replace(points=points))


def _noisy(target, mean, deviation, random):
    if target.noise == "gaussian":
        return mean + deviation * random.normal(size=mean.shape)
    return mean + deviation * random.standard_t(target.freedom, size=mean.shape)


def _series(quantity, coordinate, on, **more):
    """Points of one series: absolute, relative, limit, value, group."""
    coordinate = np.atleast_1d(np.asarray(coordinate, float))
    return [
        {"quantity": quantity, "coordinate": x, "on": on, "group": quantity, **more}
        for x in coordinate
    ]


def _observations(*series, groups=None, **more):
    points = [point for part in series for point in part]
    names = list(dict.fromkeys(point["group"] for point in points))
    told = {"value": 0.0, "absolute": 0.0, "relative": 0.0, "limit": 0.0}

    def column(key):
        return np.array([point.get(key, told.get(key)) for point in points])

    return Observations(
        quantity=tuple(point["quantity"] for point in points),
        on=column("on"),
        coordinate=column("coordinate"),
        group=np.array([names.index(point["group"]) for point in points]),
        row=np.arange(1, len(points) + 1),
        groups={name: (groups or {}).get(name, DataGroup()) for name in names},
        **{key: column(key).astype(float) for key in told},
        **{"against": "temperature", **more},
    )


def _problem(tables, data, name="mixing"):
    if data.bare:  # then only "none" is compared, unless others are named
        tables = tables | {
            "fit": {"hypotheses": [*dict.fromkeys(("none", name))]} | tables.get("fit", {})
        }
    case = et.CaseFile.from_dict(tables, needs=("material", "landau"))
    parameters, asked, _ = hypotheses(case, data, et.Fit.of(case))
    hypothesis = next(h for h in asked if h.name == name)
    layout, points = arranged(case, data)
    target = Target(
        hypothesis.choices,
        case.material.gap_follows,
        layout,
        tuple(p.kind for p in parameters),
        et.Fit.of(case).noise,
        et.Fit.of(case).degrees_of_freedom,
        hypothesis.balanced,
        hypothesis.entry.extracts,
    )
    given = jax.tree.map(
        np.asarray,
        ModelData(inputs_for(case), points, *hypothesis.masks(parameters), arguments(parameters)),
    )
    return Problem(case, data, parameters, hypothesis, target, given)


@pytest.fixture(scope="session")
def series():
    """Points of one quantity and trap state."""
    return _series


@pytest.fixture(scope="session")
def observations():
    """Observations of series."""
    return _observations


@pytest.fixture(scope="session")
def problem():
    """A hypothesis over data, from the tables of a case."""
    return _problem


@pytest.fixture(scope="session")
def noisy():
    """Readings about a mean, with the noise of a target."""
    return _noisy
