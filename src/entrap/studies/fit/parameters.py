"""What is inferred: numbers with priors, in coordinates in which each prior is of order one.

The coordinate u has no location and scale, so that optimiser and sampler see no difference between
a of 1e-23 J/K and n_c of 1e29 1/m^3; a bijection from all reals takes care of bounds.
"""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from numpyro.distributions.transforms import biject_to
from scipy import stats

from entrap.case.priors import Prior
from entrap.core.arrays import Reals
from entrap.core.quantities import Quantity


@dataclasses.dataclass(frozen=True)
class Parameter:
    """A number that may be free.

    Args:
        key: Its dotted name.
        declared: What it is.
        prior: Its prior.
        fixed: Its value where it is not free [SI].
    """

    key: str
    declared: Quantity
    prior: Prior
    fixed: float

    @property
    def kind(self) -> tuple[str, str]:
        """Its key and the family of its prior: what is no number of it."""
        return self.key, self.prior.family

    @property
    def spread(self) -> float:
        """Variance of the prior in its coordinate."""
        shares = (np.arange(400) + 0.5) / 400
        return float(np.asarray(coordinate(self.prior, shares)).var())


def arguments(parameters: Sequence[Parameter]) -> np.ndarray:
    """Arguments of the priors, a row each; NaN where there is no second.

    They are numbers like the data: fits that differ in them are one compiled program.
    """
    rows = [(*p.prior.arguments, math.nan)[:2] for p in parameters]
    return np.array(rows, float).reshape(-1, 2)


def standard(prior: Prior) -> Any:
    """The prior without its location and scale, as a distribution of numpyro's."""
    kind, *numbers = {
        "half-normal": (dist.HalfNormal, 1.0),
        "exponential": (dist.Exponential, 1.0),
        "uniform": (dist.Uniform, 0.0, 1.0),
        "log-uniform": (dist.Uniform, 0.0, 1.0),
        "gamma": (dist.Gamma, prior.arguments[0], 1.0),
        "beta": (dist.Beta, *prior.arguments),
    }.get(prior.family, (dist.Normal, 0.0, 1.0))
    return kind(*numbers)


def value(prior: Prior, coordinate: Any) -> Reals:
    """The number [SI] at a coordinate u."""
    x = biject_to(standard(prior).support)(jnp.asarray(coordinate, float))
    first, *rest = prior.arguments
    if prior.family == "normal":
        return first + rest[0] * x
    if prior.family == "lognormal":
        return first * jnp.exp(rest[0] * x)
    if prior.family == "uniform":
        return first + (rest[0] - first) * x
    if prior.family == "log-uniform":
        return first * jnp.exp(jnp.log(rest[0] / first) * x)
    return x if prior.family == "beta" else (rest[0] if rest else first) * x


def coordinate(prior: Prior, share: Any) -> Reals:
    """The coordinate u below which this share of the prior lies."""
    base = standard(prior)
    if prior.family == "gamma":
        x = stats.gamma(prior.arguments[0]).ppf(share)
    elif prior.family == "beta":
        x = stats.beta(*prior.arguments).ppf(share)
    else:
        x = base.icdf(jnp.asarray(share))
    return biject_to(base.support).inv(jnp.asarray(x))


def log_density(prior: Prior, coordinate: Any) -> Reals:
    """Logarithm of the prior's density in u."""
    base = standard(prior)
    bijection = biject_to(base.support)
    x = bijection(coordinate)
    return base.log_prob(x) + bijection.log_abs_det_jacobian(coordinate, x)


def drawn(priors: tuple[Prior, ...], key: Any, count: int) -> Reals:
    """Coordinates drawn from priors, of shape (count, priors)."""
    columns = []
    for prior, own in zip(priors, jax.random.split(key, max(len(priors), 1)), strict=False):
        base = standard(prior)
        columns.append(biject_to(base.support).inv(base.sample(own, (count,))))
    return jnp.stack(columns, axis=-1) if columns else jnp.zeros((count, 0))
