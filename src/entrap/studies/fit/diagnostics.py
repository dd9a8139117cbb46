"""Whether chains have converged: R-hat and the number of effective draws, by ArviZ.

Source: A. Vehtari et al., Bayesian Analysis 16, 667 (2021), for both and their thresholds.
"""

from typing import Any

import numpy as np
from arviz_stats.base.array import array_stats

RHAT, ESS = 1.01, 400
"""Each parameter must have a lower R-hat and more effective draws, in bulk and tail."""


def diagnostics(draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """R-hat and effective draws of each column, by rank; chains first."""
    stats: Any = array_stats
    columns = [draws[..., i] for i in range(draws.shape[-1])]

    def of(method: str, column: Any) -> float:
        tails = (0.05, 0.95) if method == "tail" else None
        return float(stats.ess(column, chain_axis=0, draw_axis=1, method=method, prob=tails))

    rhat = [float(stats.rhat(c, chain_axis=0, draw_axis=1)) for c in columns]
    return np.array(rhat), np.array([min(of("bulk", c), of("tail", c)) for c in columns])
