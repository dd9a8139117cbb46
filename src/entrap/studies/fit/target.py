"""Likelihood and posterior as functions of the coordinates u of all parameters.

    reading = c m(θ) + σ s ε,    σ² = σ_abs² + (σ_rel c m)²

m is the package's own prediction, c the calibration factor of the group, s the factor on all
uncertainties, ε normal or Student's t. A limit says on which side of it the reading would lie. What
a hypothesis holds fixed has a coordinate too, normal and without effect: all hypotheses of one
entropy are one compiled function.
"""

import dataclasses
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from jax.scipy.special import log_ndtr

from entrap.core.arrays import Reals
from entrap.core.stable import guarded
from entrap.model import landau
from entrap.solve.inputs import Choices, replaced, sample_of
from entrap.solve.jit import block_jit, quick_jit
from entrap.studies.fit.parameters import Parameter, drawn, log_density, value
from entrap.studies.fit.prediction import FitInputs, Layout, Points, predicted

_FAR = 30.0
"""No coordinate is farther from 0; e^-30 of a uniform prior's weight is beyond, less of others."""


@dataclasses.dataclass(frozen=True)
class Target:
    """What is not a number; jit keys on it.

    Args:
        choices: Of the hypothesis.
        follows: Whether the gap follows the critical temperature.
        layout: Of the data.
        parameters: All that may be free, in order.
        noise: "gaussian" or "student-t".
        freedom: Degrees of freedom of the latter.
    """

    choices: Choices
    follows: bool
    layout: Layout
    parameters: tuple[Parameter, ...]
    noise: str
    freedom: float

    @property
    def forward(self) -> bool:
        """Whether derivatives go forward: those of an evolution do."""
        return bool(self.layout.evolution)


class Static(eqx.Module):
    """A target as a pytree without leaves."""

    target: Target = eqx.field(static=True)


class ModelData(NamedTuple):
    """The numbers of a hypothesis and of the data."""

    inputs: FitInputs
    points: Points
    free: Any  # whether each parameter is
    fixed: Any  # its value where it is not [SI]
    directions: Any = None  # of what is free, a row each; rows of 0 fill up; of all, where None


def values(target: Target, given: ModelData, u: Reals) -> Reals:
    """θ [SI]: each parameter at its coordinate, or as it is fixed."""
    columns = [value(p.prior, u[i]) for i, p in enumerate(target.parameters)]
    return jnp.where(given.free, jnp.stack(columns), given.fixed)


def predictions(target: Target, given: ModelData, u: Reals) -> tuple[Reals, Reals]:
    """What each point would read, and one standard deviation [SI]."""
    theta = values(target, given, u)
    points = given.points
    mean, scale = predicted(
        target.choices,
        target.follows,
        target.layout,
        target.parameters,
        given.inputs,
        points,
        theta,
    )
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
    """Of the free coordinates; of the others a normal density that they have for themselves."""
    own = [log_density(p.prior, u[i]) for i, p in enumerate(target.parameters)]
    idle = -0.5 * u**2 - 0.5 * np.log(2 * np.pi)
    return jnp.where(given.free, jnp.stack(own), idle).sum()


def log_posterior(target: Target, given: ModelData, u: Reals) -> Reals:
    """Likelihood times prior, in the coordinates; differentiable once, forward or backward."""
    return _density(Static(target), given, u)


@jax.jit
def _density(chosen: Static, given: ModelData, u: Reals) -> Reals:
    """The same, traced once for all the functions that it is in."""
    target = chosen.target
    return (_forward if target.forward else _whole)(target, given, u)


def _whole(target: Target, given: ModelData, u: Reals) -> Reals:
    # Where the sampler's first strides lead, a model of exp(u) overflows; no prior reaches there.
    near = (jnp.abs(u) < _FAR).all()
    u = jnp.where(near, u, 0.0)
    found = log_prior(target, given, u) + log_likelihoods(target, given, u).sum()
    return jnp.where(near, found, -jnp.inf)


@partial(jax.custom_vjp, nondiff_argnums=(0,))
def _forward(target: Target, given: ModelData, u: Reals) -> Reals:
    """Of an evolution, whose solver is differentiated forward only."""
    return _whole(target, given, u)


def _with_slopes(target: Target, given: ModelData, u: Reals) -> Any:
    def along(direction: Reals) -> Any:
        return jax.jvp(partial(_whole, target, given), (u,), (direction,))

    if given.directions is None:
        return jax.vmap(along, out_axes=(None, 0))(jnp.eye(len(u)))
    made, slopes = jax.vmap(along, out_axes=(None, 0))(given.directions)
    return made, jnp.where(given.free, slopes @ given.directions, -u)


def _backward(target: Target, slopes: Reals, g: Reals) -> Any:
    del target
    return None, g * slopes


_forward.defvjp(_with_slopes, _backward)


@block_jit
def value_and_slopes(chosen: Static, given: ModelData, u: Any) -> Any:
    """The posterior's logarithm and its gradient."""
    return jax.value_and_grad(lambda u: log_posterior(chosen.target, given, u))(u)


@quick_jit
def drawn_at(chosen: Static, key: Any, like: Any) -> Any:
    """Coordinates drawn from the priors, as many rows as `like` is long."""
    priors = tuple(p.prior for p in chosen.target.parameters)
    return drawn(priors, jax.random.wrap_key_data(key), len(like))


@block_jit
def densities_at(chosen: Static, given: ModelData, u: Any) -> Any:
    """The posterior's logarithm at rows of coordinates."""
    return jax.vmap(lambda u: log_posterior(chosen.target, given, u))(u)


class Prediction(NamedTuple):
    """What a row of coordinates says."""

    theta: Any  # the parameters [SI]
    log_mixing_ratio: Any
    effective_critical_temperature: Any  # [K]
    log_likelihood: Any  # of each point
    mean: Any  # what each point would read [SI]
    deviation: Any  # one standard deviation [SI]


@quick_jit
def told_at(chosen: Static, given: ModelData, u: Any) -> Any:
    """`Prediction` at rows of coordinates."""
    target = chosen.target

    def one(u: Reals) -> Prediction:
        theta = values(target, given, u)
        stated = {p.key: x for p, x in zip(target.parameters, theta, strict=True)}
        ours = {key: x for key, x in stated.items() if not key.startswith("data.")}
        sample = sample_of(replaced(given.inputs, ours, target.follows), target.choices)
        mean, deviation = predictions(target, given, u)
        return Prediction(
            theta,
            sample.log_mixing_ratio,
            landau.effective_critical_temperature(sample),
            log_likelihoods(target, given, u),
            mean,
            deviation,
        )

    return jax.vmap(one)(u)


@quick_jit
def slopes_at(chosen: Static, given: ModelData, u: Any) -> Any:
    """What each point would read and one standard deviation [SI], and ∂/∂u of both."""

    def both(u: Reals) -> Any:
        return predictions(chosen.target, given, u)

    return *both(u), *jax.jacfwd(both)(u)


def in_blocks(
    function: Any, target: Target, given: ModelData, u: np.ndarray, size: int = 128
) -> Any:
    """A function of rows of coordinates, compiled for one number of rows."""
    found = []
    for start in range(0, len(u), size):
        rows = u[start : start + size]
        filled = np.concatenate([rows, np.repeat(rows[-1:], size - len(rows), axis=0)])
        made = jax.tree.map(np.asarray, function(Static(target), given, filled))
        found.append(jax.tree.map(itemgetter(slice(len(rows))), made))
    return jax.tree.map(lambda *parts: np.concatenate(parts), *found)
