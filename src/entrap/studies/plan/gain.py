"""The marginal likelihoods of many simulated data sets at once.

    ln Z ≈ ln 1/(N+S) Σ p(y|u) p(u)/q(u),    q = [N t(u) + S p(u)]/(N+S)

S coordinates u are drawn from the prior p, with readings that all data sets share; N are of
Student's t about the maximum that Gauss-Newton steps find, with the width of the curvature there:
Laplace's approximation, corrected by importance sampling. What the prior drew covers posteriors
without one maximum, as of an effect too small to be seen.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpyro.distributions as dist
from jax.scipy.special import logsumexp

from entrap.case.priors import Prior
from entrap.core.arrays import Reals
from entrap.studies.fit.parameters import log_density

_STEPS, _NEAR, _FREEDOM = 15, 32, 5.0
_FLAT = 0.05  # least curvature of a prior: that of a uniform one vanishes far out


class Place(NamedTuple):
    """Coordinates, and what is read there; of many places a row each."""

    u: Any
    readings: Any  # over the uncertainties


def spread(count: int, seed: int) -> np.ndarray:
    """Rows of Student's t in so many coordinates, and their opposites."""
    half = np.random.default_rng(seed).standard_t(_FREEDOM, (_NEAR // 2, count))
    return np.concatenate([half, -half])


def log_evidence(
    model: Callable[[Reals], Reals], priors: tuple[Prior, ...], measured: Reals, start: Place,
    drawn: Place, spread: Any,
) -> Reals:  # fmt: skip
    """ln Z of data with uncertainty 1, less the constant of the normal density.

    Args:
        model: Readings over their uncertainties, of coordinates u.
        priors: Of each coordinate.
        measured: The data, over their uncertainties.
        start: Where to begin, if no other place explains the data better.
        drawn: Places that the prior drew, the same for all data sets.
        spread: What `spread` gives.
    """

    def prior(u: Reals) -> Reals:
        return sum((log_density(p, u[i]) for i, p in enumerate(priors)), jnp.zeros(()))

    def fitting(made: Reals) -> Reals:
        found = -0.5 * ((measured - made) ** 2).sum(-1)
        return jnp.where(jnp.isfinite(found), found, -jnp.inf)

    def look(u: Reals) -> Any:
        """Logarithm of the posterior, its slope, and its curvature by Gauss-Newton."""
        slopes, made = jax.jacfwd(lambda u: (model(u),) * 2, has_aux=True)(u)
        slopes = jnp.where(jnp.isfinite(slopes), slopes, 0.0)
        down = slopes.T @ jnp.where(jnp.isfinite(made), measured - made, 0.0)
        bent = jnp.stack([jnp.maximum(_bent(p, u[i]), _FLAT) for i, p in enumerate(priors)])
        level = fitting(made) + prior(u)
        level = jnp.where(jnp.isfinite(level), level, -jnp.inf)
        return level, down + jax.grad(prior)(u), slopes.T @ slopes + jnp.diag(bent)

    def climb(_: Any, found: Any) -> Any:
        best, level, slope, hessian, damping, there = found
        high, *rest = look(there)
        better = high > level
        best, slope, hessian = jax.tree.map(
            lambda new, old: jnp.where(better, new, old), (there, *rest), (best, slope, hessian)
        )
        damping = jnp.where(better, damping / 5, jnp.minimum(damping * 5, 1e6))
        step = jnp.linalg.solve(hessian + damping * jnp.diag(jnp.diag(hessian)), slope)
        return best, jnp.maximum(high, level), slope, hessian, damping, best + step

    if not priors:
        return fitting(start.readings)
    known, shares = jax.vmap(prior)(drawn.u), fitting(drawn.readings)
    best = jnp.argmax(shares + known)
    better = (shares + known)[best] > fitting(start.readings) + prior(start.u)
    first = jnp.where(better, drawn.u[best], start.u)
    nothing = first, -jnp.inf, jnp.zeros_like(first), jnp.eye(len(first)), 1e-2, first
    nothing = jax.tree.map(jnp.asarray, nothing)
    top, _, _, hessian, *_ = jax.lax.fori_loop(0, _STEPS, climb, nothing)
    lower = jnp.linalg.cholesky(hessian)
    sign = jnp.log(jnp.diag(lower)).sum()
    # u = top + Lᵀ⁻¹ t has the covariance of the hessian's inverse.
    near = top + jax.scipy.linalg.solve_triangular(lower.T, spread.T, lower=False).T

    def weights(u: Reals, shares: Reals, known: Reals) -> Reals:
        t = dist.StudentT(_FREEDOM).log_prob((u - top) @ lower).sum(-1) + sign
        q = jnp.logaddexp(t + np.log(len(spread)), known + np.log(len(drawn.u)))
        return shares + known - q

    ours = weights(near, fitting(jax.vmap(model)(near)), jax.vmap(prior)(near))
    return logsumexp(jnp.concatenate([ours, weights(drawn.u, shares, known)]))


def _bent(prior: Prior, u: Reals) -> Reals:
    return -jax.grad(jax.grad(lambda u: log_density(prior, u)))(u)
