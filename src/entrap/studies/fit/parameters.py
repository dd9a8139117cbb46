"""What is inferred: numbers with priors, in coordinates in which each prior is of order one.

Location and scale of a prior are taken out of the coordinate u, so that a of 1e-23 J/K and n_c of
1e29 1/m^3 are alike to optimiser and sampler; its bounds go into a bijection from all reals.
"""

import dataclasses
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
        prior: What is believed of it.
        fixed: Its value where a hypothesis holds it [SI].
    """

    key: str
    declared: Quantity
    prior: Prior
    fixed: float

    @property
    def name(self) -> str:
        """The key without its table, as figures and tables show it."""
        parts = self.key.split(".")
        return ".".join(parts[2:]) if parts[0] == "data" else parts[-1]

    @property
    def spread(self) -> float:
        """Variance of the prior in its coordinate."""
        shares = (np.arange(400) + 0.5) / 400
        return float(np.asarray(coordinate(self.prior, shares)).var())


def standard(prior: Prior) -> Any:
    """The prior less its location and scale, as a distribution of numpyro's."""
    arguments = prior.arguments
    made: dict[str, Any] = {
        "half-normal": lambda: dist.HalfNormal(1.0),
        "exponential": lambda: dist.Exponential(1.0),
        "uniform": lambda: dist.Uniform(0.0, 1.0),
        "log-uniform": lambda: dist.Uniform(0.0, 1.0),
        "gamma": lambda: dist.Gamma(arguments[0], 1.0),
        "beta": lambda: dist.Beta(*arguments),
    }
    return made.get(prior.family, lambda: dist.Normal(0.0, 1.0))()


def value(prior: Prior, coordinate: Any) -> Reals:
    """The number [SI] at a coordinate u."""
    x = biject_to(standard(prior).support)(coordinate)
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
    if prior.family in ("gamma", "beta"):
        frozen = stats.gamma if prior.family == "gamma" else stats.beta
        own = prior.arguments[:1] if prior.family == "gamma" else prior.arguments
        x = frozen(*own).ppf(np.asarray(share))
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
