"""What a fit predicts along each series of the data, to be drawn over them."""

import dataclasses
from collections.abc import Mapping

import numpy as np

from entrap.case.case import Case
from entrap.studies.fit.arrangement import arranged
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.posterior import Posterior
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import in_blocks, prediction_at

_GRID, _OWN, _ROWS = 60, 20, 256
SHARES = (0.05, 0.25, 0.5, 0.75, 0.95)
"""Quantiles of a band."""

Series = tuple[str, bool, str]
"""Quantity, whether the trap was on, group."""


@dataclasses.dataclass(frozen=True)
class Band:
    """A prediction along temperature or time.

    Args:
        coordinate: [K] or [s].
        quantiles: Of the mean reading [SI], at `SHARES`, a row each.
    """

    coordinate: np.ndarray
    quantiles: np.ndarray


def bands(
    case: Case, data: Observations, target: Target, given: ModelData, posterior: Posterior
) -> Mapping[Series, Band]:
    """Bands of each series over the span of its points, from some of the posterior's draws."""
    u = posterior.chains.u.reshape(-1, posterior.chains.u.shape[-1])
    rows = u[np.linspace(0, len(u) - 1, min(_ROWS, len(u))).astype(int)]
    along, mean = predicted_along(case, data, target, given, rows)
    # Draws that do not reach a point, as beyond a transition, do not count.
    with np.errstate(invalid="ignore"):
        quantiles = np.quantile(mean, SHARES, axis=0, method="inverted_cdf")
    return {
        key: Band(along.coordinate[index], quantiles[:, index])
        for key, index in along.series().items()
    }


def predicted_along(
    case: Case, data: Observations, target: Target, given: ModelData, u: np.ndarray
) -> tuple[Observations, np.ndarray]:
    """Points along each series, and what each would read at rows of coordinates."""
    along = _along(data)
    layout, points = arranged(case, along)
    here = dataclasses.replace(target, layout=layout)
    size = 16 if here.forward else _ROWS
    return along, in_blocks(prediction_at, here, given._replace(points=points), u, size).mean


def _along(data: Observations) -> Observations:
    """The same number of points along each series, without readings."""
    series = data.series().values()
    like = np.repeat([index[0] for index in series], _GRID)
    nothing = np.zeros(len(like))
    return dataclasses.replace(
        data, quantity=tuple(data.quantity[i] for i in like), on=data.on[like],
        coordinate=np.concatenate([_grid(data.coordinate[index]) for index in series]),
        value=nothing, absolute=nothing + 1.0, relative=nothing, limit=nothing,
        group=data.group[like], row=np.arange(len(like)),
    )  # fmt: skip


def _grid(at: np.ndarray) -> np.ndarray:
    # Evenly, and where the data are close: a trap empties in a thousandth of a warming.
    even = np.linspace(at.min(), at.max(), _GRID - _OWN)
    return np.sort(np.concatenate([even, np.quantile(at, np.linspace(0, 1, _OWN))]))
