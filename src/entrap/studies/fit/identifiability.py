"""What the data leave open: combinations of parameters of which they say less than the priors.

    F v = μ P v,    F = Σ [i (∂m/∂u)(∂m/∂u)ᵀ + j (∂σ/∂u)(∂σ/∂u)ᵀ]/σ²,    P = diag(1/var u)

F is Fisher's information of the data at the most probable parameters, P that of the prior. Along v
with μ < 1 the posterior is nearly the prior: a and β from λ alone, of which only a ratio counts.
For normal noise i = 1, j = 2; for Student's t i = (ν+1)/(ν+3), j = 2ν/(ν+3). A limit adds
f²/(P(1-P)) (∂z/∂u)(∂z/∂u)ᵀ with z = (limit - m)/σ, P the probability to keep it and f the density.
"""

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import stats

from entrap.studies.fit.optimum import Optimum
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import slopes_at

_SHARE = 0.3  # a parameter is named if its part of a direction is larger


@dataclasses.dataclass(frozen=True)
class Direction:
    """A combination of parameters that the data do not fix.

    Args:
        information: μ, of the data over the prior's.
        weights: Parts of the parameters that matter, by key, in standard deviations of the prior;
            the largest is positive.
    """

    information: float
    weights: Mapping[str, float]


def open_directions(
    target: Target, given: ModelData, parameters: tuple[Parameter, ...], found: Optimum
) -> tuple[Direction, ...]:
    """Directions along which the data say less than the prior, the least known first."""
    free = np.flatnonzero(given.free)
    slopes = _slopes(target, given, found.center)[:, free]
    widths = np.sqrt([parameters[i].spread for i in free])
    keys = [parameters[i].key for i in free]
    scaled = slopes * widths
    informations, axes = np.linalg.eigh(scaled.T @ scaled)
    made = []
    for information, axis in zip(informations, axes.T, strict=True):
        if information < 1:
            axis = axis * np.sign(axis[np.argmax(np.abs(axis))])
            parts = {k: float(x) for k, x in zip(keys, axis, strict=True) if abs(x) > _SHARE}
            made.append(Direction(max(float(information), 0.0), parts))
    return tuple(made)


def _slopes(target: Target, given: ModelData, u: np.ndarray) -> np.ndarray:
    """Rows whose outer products sum to F."""
    mean, deviation, moved, widened = map(np.asarray, slopes_at(target, given, u))
    limit = np.asarray(given.points.limit)
    noise: Any = stats.norm()
    i, j = 1.0, 2.0
    if target.noise != "gaussian":
        nu = target.freedom
        noise, i, j = stats.t(nu), (nu + 1) / (nu + 3), 2 * nu / (nu + 3)
    known = np.isfinite(mean) & (deviation > 0)
    size = np.where(known, deviation, np.inf)[:, None]
    moved, widened = moved / size, widened / size
    z = np.where(known, np.asarray(given.points.value) - mean, 0.0) / size[:, 0]
    shares = noise.cdf(z) * noise.sf(z)
    seen = noise.pdf(z) / np.sqrt(np.where(shares > 0, shares, np.inf))
    kept = seen[:, None] * (moved + z[:, None] * widened)
    read = (limit == 0)[:, None]
    rows = np.vstack(
        [np.where(read, np.sqrt(i) * moved, kept), np.where(read, np.sqrt(j) * widened, 0.0)]
    )
    return np.where(np.isfinite(rows), rows, 0.0)
