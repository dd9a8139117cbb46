"""The marginal likelihood Z = ∫ L(θ) π(θ) dθ by nested sampling, with nautilus.

The integral is sampled over another base than the prior: u = m + L z, z from Student's t, wider
than the posterior. The likelihood is multiplied by prior over base, which leaves Z as it is, and
points that explain the data are found at once. The base's heavy tails reach all of the prior.

Source: nautilus, J. U. Lange, MNRAS 525, 3181 (2023); X. Chen, F. Feroz and M. Hobson, Bayesian
Analysis 18, 1 (2023), for the change of base ("posterior repartitioning").
"""

import dataclasses
import math
from typing import Any

import numpy as np
from scipy import stats

from entrap.studies.fit.chains import Chains
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import densities

_FREEDOM, _WIDER = 5.0, 1.5
_LIVE, _OF_EACH, _EFFECTIVE, _CALLS = 100, 25, 1000, 50_000


@dataclasses.dataclass(frozen=True)
class Evidence:
    """A marginal likelihood.

    Args:
        log: ln Z, of the data in SI.
        error: Its standard error.
        calls: Likelihoods that were computed.
    """

    log: float
    error: float
    calls: int


def evidence(target: Target, given: ModelData, chains: Chains, seed: int) -> Evidence:
    """ln Z of a hypothesis, whose chains say where to look."""
    free = np.flatnonzero(given.free)
    if not len(free):
        found = densities(target, given, np.zeros((1, len(given.free))))
        return Evidence(float(found[0]) + given.idle, 0.0, 1)
    from nautilus import Sampler

    draws = chains.u.reshape(-1, chains.u.shape[-1])[:, free]
    center = draws.mean(axis=0)
    scale = np.linalg.cholesky(np.atleast_2d(np.cov(draws, rowvar=False)))
    shift = float(np.log(np.diag(scale)).sum()) + given.idle

    def place(shares: np.ndarray) -> np.ndarray:
        return _WIDER * stats.t.ppf(shares, _FREEDOM)

    def likelihood(z: np.ndarray) -> np.ndarray:
        z = z[:, : len(free)]
        u = np.zeros((len(z), len(given.free)))
        u[:, free] = center + z @ scale.T
        base = (stats.t.logpdf(z / _WIDER, _FREEDOM) - math.log(_WIDER)).sum(axis=-1)
        found = densities(target, given, u) + shift - base
        return np.where(np.isfinite(found), found, -1e100)

    live = max(_LIVE, _OF_EACH * len(free))
    # Nautilus needs two coordinates: a single one gets one beside it on which nothing depends.
    sampler: Any = Sampler(
        place, likelihood, n_dim=max(len(free), 2), n_live=live, n_update=2 * live, n_networks=0,
        vectorized=True, n_batch=128, pass_dict=False, seed=seed,
    )  # fmt: skip
    sampler.run(n_eff=_EFFECTIVE, n_like_max=_CALLS, verbose=False)
    return Evidence(float(sampler.log_z), 1 / math.sqrt(float(sampler.n_eff)), int(sampler.n_like))
