"""What the data leave open: directions along which they say less of the parameters than priors.

    F v = μ P v,    F = Σ (∂m/∂u)(∂m/∂u)ᵀ/σ²,    P = diag(1/var u)

F is Fisher's information of the data at the most probable parameters, P that of the prior. Along v
with μ < 1 the posterior is nearly the prior: a and β from λ alone, of which only a ratio counts.
"""

import dataclasses
from collections.abc import Mapping

import numpy as np

from entrap.study.fitting.optimum import Optimum
from entrap.study.fitting.target import Chosen, Given, Target, slopes_at

_SHARE = 0.3  # of a direction that a parameter must have to be named


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


def open_directions(target: Target, given: Given, found: Optimum) -> tuple[Direction, ...]:
    """Directions along which the data say less than the prior, the least known first.

    Args:
        target: The hypothesis.
        given: Its numbers.
        found: The most probable parameters.
    """
    free = np.flatnonzero(given.free)
    slopes = np.asarray(slopes_at(Chosen(target), given, found.center))[:, free]
    slopes = np.where(np.isfinite(slopes), slopes, 0.0)
    widths = np.sqrt([target.parameters[i].spread for i in free])
    keys = [target.parameters[i].key for i in free]
    scaled = slopes * widths
    informations, axes = np.linalg.eigh(scaled.T @ scaled)
    made = []
    for information, axis in zip(informations, axes.T, strict=True):
        if information < 1:
            axis = axis * np.sign(axis[np.argmax(np.abs(axis))])
            parts = {k: float(x) for k, x in zip(keys, axis, strict=True) if abs(x) > _SHARE}
            made.append(Direction(max(float(information), 0.0), parts))
    return tuple(made)
