"""Likelihood and posterior as functions of the coordinates u of all parameters.

    reading = c m(θ) + σ s ε,    σ² = σ_abs² + (σ_rel c m)²

m is the package's own prediction, c the calibration factor of the group, s the factor on all
uncertainties, ε normal or Student's t. A limit says on which side of it the reading would lie. What
a hypothesis holds fixed has a coordinate too, normal and without effect: all hypotheses of one
entropy are one compiled function.
"""

from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr

from entrap.case.priors import FAMILIES, Prior
from entrap.core.arrays import Reals
from entrap.core.stable import guarded
from entrap.model import bcs_transition, landau
from entrap.solve.jit import block_jit, formula_jit, quick_jit
from entrap.solve.sample import sample_of
from entrap.solve.stored import stored
from entrap.studies.fit.parameters import drawn, log_density, value
from entrap.studies.fit.prediction import (
    ModelData,
    Target,
    predicted,
    shares_left,
    with_parameters,
)

_FAR = 30.0
"""No coordinate is farther from 0; e^-30 of a uniform prior's weight is beyond, less of others."""


def _priors(target: Target, numbers: Any) -> tuple[Prior, ...]:
    rows = zip(target.parameters, numbers, strict=True)
    return tuple(
        Prior(name, tuple(row[: len(FAMILIES[name].arguments)])) for (_, name), row in rows
    )


def values(target: Target, given: ModelData, u: Reals) -> Reals:
    """θ [SI]: each parameter at its coordinate, or as it is fixed."""
    columns = [value(prior, u[i]) for i, prior in enumerate(_priors(target, given.priors))]
    return jnp.where(given.free, jnp.stack(columns), given.fixed)


def predictions(target: Target, given: ModelData, u: Reals) -> tuple[Reals, Reals]:
    """What each point would read, and one standard deviation [SI]."""
    points = given.points
    mean, scale = predicted(target, given, values(target, given, u))
    absolute = jnp.asarray(points.absolute)
    known = jnp.isfinite(mean)
    square = absolute**2 + (points.relative * guarded(mean, known)) ** 2
    deviation = scale * jnp.sqrt(guarded(square, square > 0))
    return mean, jnp.where(square > 0, deviation, 0.0)


def log_likelihoods(target: Target, given: ModelData, u: Reals) -> Reals:
    """Logarithm of the likelihood of each point; -inf where the theory excludes it."""
    mean, deviation = predictions(target, given, u)
    points = given.points
    known = jnp.isfinite(mean) & (deviation > 0)
    z = (points.value - guarded(mean, known)) / guarded(deviation, known)
    if target.noise == "gaussian":
        density = -0.5 * z**2 - 0.5 * np.log(2 * np.pi)
    else:
        density = dist.StudentT(target.freedom).log_prob(z)
    found = density - jnp.log(guarded(deviation, known))
    if not target.layout.limits:
        return jnp.where(known, found, -jnp.inf)
    side = jnp.asarray(points.limit)
    below = side * z
    if target.noise == "gaussian":
        share = log_ndtr(below)
    else:
        share = jnp.log(dist.StudentT(target.freedom).cdf(below))
    found = jnp.where(side == 0, found, share)
    sure = jnp.isposinf(mean) & (side < 0)  # what is infinite is above any limit
    return jnp.where(known, found, jnp.where(sure, 0.0, -jnp.inf))


def log_prior(target: Target, given: ModelData, u: Reals) -> Reals:
    """Logarithm of the prior in u; coordinates that are not free have a normal density."""
    own = [log_density(prior, u[i]) for i, prior in enumerate(_priors(target, given.priors))]
    idle = -0.5 * u**2 - 0.5 * np.log(2 * np.pi)
    return jnp.where(given.free, jnp.stack(own), idle).sum()


@jax.jit  # traced once for all the functions that call it
def log_posterior(target: Target, given: ModelData, u: Reals) -> Reals:
    """Logarithm of likelihood times prior in u; can be differentiated once in either direction."""
    return (_forward if target.forward else _whole)(target, given, u)


def _whole(target: Target, given: ModelData, u: Reals) -> Reals:
    # The sampler's first steps lead to where a model of exp(u) overflows; no prior reaches there.
    near = (jnp.abs(u) < _FAR).all()
    u = jnp.where(near, u, 0.0)
    found = log_prior(target, given, u) + log_likelihoods(target, given, u).sum()
    return jnp.where(near, found, -jnp.inf)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _forward(target: Target, given: ModelData, u: Reals) -> Reals:
    """The same of an evolution, whose solver can only be differentiated forward."""
    return _whole(target, given, u)


def _with_slopes(target: Target, given: ModelData, u: Reals) -> Any:
    def along(direction: Reals) -> Any:
        return jax.jvp(partial(_whole, target, given), (u,), (direction,))

    directions = jnp.eye(len(u)) if given.directions is None else given.directions
    made, slopes = jax.vmap(along, out_axes=(None, 0))(directions)
    return made, jnp.where(given.free, slopes @ directions, -u)


def _backward(target: Target, slopes: Reals, g: Reals) -> Any:
    del target
    return None, g * slopes


_forward.defvjp(_with_slopes, _backward)


@stored(block_jit)
def value_and_slopes(target: Target, given: ModelData, u: Any) -> Any:
    """The posterior's logarithm and its gradient."""
    return jax.value_and_grad(lambda u: log_posterior(target, given, u))(u)


@stored(quick_jit)
def drawn_at(target: Target, priors: Any, key: Any, like: Any) -> Any:
    """Coordinates drawn from the priors, as many rows as `like` is long."""
    return drawn(_priors(target, priors), jax.random.wrap_key_data(key), len(like))


def _densities(target: Target, given: ModelData, u: Any) -> Any:
    return jax.vmap(lambda u: log_posterior(target, given, u))(u)


_of_formulas, _of_evolutions = stored(formula_jit)(_densities), stored(block_jit)(_densities)


def densities_at(target: Target, given: ModelData, u: Any) -> Any:
    """The posterior's logarithm at rows of coordinates."""
    return (_of_evolutions if target.forward else _of_formulas)(target, given, u)


_AT_ONCE = 4_000_000  # readings that are predicted together, at most


class Prediction(NamedTuple):
    """What the theory predicts at a row of coordinates."""

    theta: Any  # the parameters [SI]
    log_mixing_ratio: Any
    effective_critical_temperature: Any  # [K]
    log_likelihood: Any  # of each point
    mean: Any  # what each point would read [SI]
    deviation: Any  # one standard deviation [SI]
    shares_left: Any  # y at each point with the trap, where the junction's balance gives it


@stored(quick_jit)
def prediction_at(target: Target, given: ModelData, u: Any) -> Any:
    """`Prediction` at rows of coordinates."""

    def one(u: Reals) -> Prediction:
        theta = values(target, given, u)
        inputs, _ = with_parameters(given.inputs, target.keys, theta, target.follows)
        sample = sample_of(inputs, target.choices)
        mean, deviation = predictions(target, given, u)
        functional = bcs_transition if target.choices.functional == "bcs" else landau
        return Prediction(
            theta, sample.log_mixing_ratio, functional.effective_critical_temperature(sample),
            log_likelihoods(target, given, u), mean, deviation, shares_left(target, given, theta),
        )  # fmt: skip

    return jax.vmap(one)(u)


@stored(quick_jit)
def slopes_at(target: Target, given: ModelData, u: Any) -> Any:
    """What each point would read and one standard deviation [SI], and ∂/∂u of both."""
    both = partial(predictions, target, given)
    return *both(u), *jax.jacfwd(both)(u)


def in_blocks(
    function: Any, target: Target, given: ModelData, u: np.ndarray, size: int | None = None
) -> Any:
    """One of the above functions at rows of coordinates, compiled for `size` rows at a time.

    With many measurements these are fewer, so that memory does not grow with them.
    """
    size = size or (16 if target.forward else 128)
    found, size = [], max(1, min(size, _AT_ONCE // np.size(given.points.value)))
    for start in range(0, len(u), size):
        rows = u[start : start + size]
        filled = np.concatenate([rows, np.repeat(rows[-1:], size - len(rows), axis=0)])
        made = jax.tree.map(np.asarray, function(target, given, filled))
        found.append(jax.tree.map(itemgetter(slice(len(rows))), made))
    return jax.tree.map(lambda *parts: np.concatenate(parts), *found)


def densities(target: Target, given: ModelData, u: np.ndarray) -> np.ndarray:
    """The posterior's logarithm at rows of coordinates; -inf where it is no number."""
    found = in_blocks(densities_at, target, given, u)
    return np.where(np.isnan(found), -np.inf, found)
