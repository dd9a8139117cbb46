"""The marginal likelihoods of many simulated data sets at once.

    ln Z ≈ ln (1/S) Σ p(y|u_s) p(u_s)/q(u_s),    u_s ~ q

q is half the prior and half Student's t about the maximum that Gauss-Newton steps find, with the
width of the curvature there: Laplace's approximation, corrected by importance sampling. The half
that is the prior covers posteriors without one maximum, as of an effect too small to be seen.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpyro.distributions as dist
from jax.scipy.special import logsumexp

from entrap.case.priors import Prior
from entrap.core.arrays import Reals
from entrap.studies.fit.parameters import drawn, log_density

_STEPS, _SAMPLES, _FREEDOM = 25, 64, 5.0
_FLAT = 0.05  # least curvature of a prior: that of a uniform one vanishes far out


def log_evidence(
    model: Callable[[Reals], Reals], priors: tuple[Prior, ...], free: Any, measured: Reals,
    starts: Reals, key: Any,
) -> Reals:  # fmt: skip
    """ln Z of data with uncertainty 1, less the constant of the normal density.

    Args:
        model: Readings over their uncertainties, of coordinates u.
        priors: Of each coordinate.
        free: Which of them are free.
        measured: The data, over their uncertainties.
        starts: Coordinates to begin at, a row each; those that are not free are not changed.
        key: Of the samples.
    """

    def prior(u: Reals) -> Reals:
        parts = jnp.stack([log_density(p, u[i]) for i, p in enumerate(priors)])
        return jnp.where(free, parts, 0.0).sum()

    def height(u: Reals, made: Reals) -> Reals:
        found = -0.5 * ((measured - made) ** 2).sum() + prior(u)
        return jnp.where(jnp.isfinite(found), found, -jnp.inf)

    def look(u: Reals) -> Any:
        """Logarithm of the posterior, its slope, and its curvature by Gauss-Newton."""
        slopes, made = jax.jacfwd(lambda u: (model(u),) * 2, has_aux=True)(u)
        slopes = jnp.where(free & jnp.isfinite(slopes), slopes, 0.0)
        down = slopes.T @ jnp.where(jnp.isfinite(made), measured - made, 0.0)
        bent = jnp.stack([_bent(p, u[i]) for i, p in enumerate(priors)])
        bent = jnp.where(free, jnp.maximum(bent, _FLAT), 1.0)
        return height(u, made), down + jax.grad(prior)(u), slopes.T @ slopes + jnp.diag(bent)

    def climb(_: Any, found: Any) -> Any:
        best, level, slope, hessian, damping, there = found
        high, *rest = look(there)
        better = high > level
        best, slope, hessian = jax.tree.map(
            lambda new, old: jnp.where(better, new, old), (there, *rest), (best, slope, hessian)
        )
        damping = jnp.where(better, damping / 5, jnp.minimum(damping * 5, 1e6))
        step = jnp.linalg.solve(hessian + damping * jnp.diag(jnp.diag(hessian)), slope)
        following = best + jnp.where(free, step, 0.0)
        return best, jnp.maximum(high, level), slope, hessian, damping, following

    def top(start: Reals) -> Any:
        nothing = start, -jnp.inf, jnp.zeros_like(start), jnp.eye(len(start)), 1e-2, start
        return jax.lax.fori_loop(0, _STEPS, climb, jax.tree.map(jnp.asarray, nothing))

    tops, levels, _, hessians, *_ = jax.vmap(top)(starts)
    which = jnp.argmax(levels)
    top_, lower = tops[which], jnp.linalg.cholesky(hessians[which])
    sign = jnp.log(jnp.diag(lower)).sum()
    ours, theirs = jax.random.split(key)
    # u = top + Lᵀ⁻¹ t has the covariance of the hessian's inverse.
    t = jnp.where(free, dist.StudentT(_FREEDOM).sample(ours, (_SAMPLES, len(free))), 0.0)
    near = top_ + jax.scipy.linalg.solve_triangular(lower.T, t.T, lower=False).T
    anywhere = jnp.where(free, drawn(priors, theirs, _SAMPLES), top_)

    def weight(u: Reals) -> Reals:
        t = lower.T @ (u - top_)
        laplace = jnp.where(free, dist.StudentT(_FREEDOM).log_prob(t), 0.0).sum() + sign
        return height(u, model(u)) - jnp.logaddexp(laplace, prior(u)) + jnp.log(2.0)

    weights = jax.vmap(weight)(jnp.concatenate([near, anywhere]))
    return logsumexp(weights) - jnp.log(2 * _SAMPLES)


def _bent(prior: Prior, u: Reals) -> Reals:
    return -jax.grad(jax.grad(lambda u: log_density(prior, u)))(u)
