"""Chains of draws, and how well they have mixed."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
from arviz_stats.base.array import array_stats

RHAT, ESS = 1.01, 400
"""Each parameter must have a lower R-hat and more effective draws, in bulk and tail."""

Progress = Callable[[int, int], None]


@dataclasses.dataclass(frozen=True)
class Chains:
    """Draws of one hypothesis.

    Args:
        u: Coordinates, of shape (chains, draws, parameters).
        diverging: Whether a draw diverged.
        steps: Leapfrog steps of each draw; of an independent proposal 1 where it was taken, else 0.
        center: m of the sampler's coordinates.
        scale: L of the sampler's coordinates.
        last: z at the end of each chain.
        step_size: Of each chain; 0 where proposals are independent.
        rhat: Of each free parameter.
        ess: Of each free parameter, the lesser of bulk and tail.
    """

    u: np.ndarray
    diverging: np.ndarray
    steps: np.ndarray
    center: np.ndarray
    scale: np.ndarray
    last: np.ndarray
    step_size: np.ndarray
    rhat: np.ndarray
    ess: np.ndarray

    @property
    def independent(self) -> bool:
        """Whether each draw was proposed whatever the one before it."""
        return not self.step_size.any()

    @property
    def converged(self) -> bool:
        """Whether all parameters meet R-hat and the number of effective draws."""
        return bool((self.rhat < RHAT).all() and (self.ess > ESS).all())


def diagnostics(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R-hat and effective draws of each column, by rank; chains first.

    Source: A. Vehtari et al., Bayesian Analysis 16, 667 (2021), for both and their thresholds.
    """
    stats: Any = array_stats
    columns = [draws[..., i] for i in range(draws.shape[-1])]

    def of(method: str, column: Any) -> float:
        tails = (0.05, 0.95) if method == "tail" else None
        return float(stats.ess(column, chain_axis=0, draw_axis=1, method=method, prob=tails))

    rhat = [float(stats.rhat(c, chain_axis=0, draw_axis=1)) for c in columns]
    return np.array(rhat), np.array([min(of("bulk", c), of("tail", c)) for c in columns])
