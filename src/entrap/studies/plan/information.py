"""The information that data are expected to give on whether there is an entropy of mixing.

One hypothesis, the first, has an entropy, and R rivals have none. If both answers are equally
probable beforehand, and so is each of the rivals among them, what the data tell of the answer is

    I = ½ <log2 2/(1 + 1/B)>_1 + ½ <log2 2/(1 + B)>_R,    B = Z_1/(1/R Σ_r Z_r)

the first average over data with the entropy, the second over data without, as many of each rival:
the mutual information of answer and data, 0 bits where they decide nothing and 1 where all. Data
that tell the entropy from one of two rivals, and not at all from the other, give
1 - ¾ h(⅔) = 0.311 bits, h(p) = -p log2 p - (1-p) log2 (1-p).
"""

import numpy as np
from scipy.special import logsumexp


def log_bayes(log_evidence: np.ndarray) -> np.ndarray:
    """ln B, of shape (simulated under, ...), from ln Z of shape (simulated, fitted under, ...)."""
    count = log_evidence.shape[1] - 1
    return log_evidence[:, 0] - logsumexp(log_evidence[:, 1:], axis=1) + np.log(count)


def information(log_bayes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """I and its standard error [bits], from ln B of shape (simulated under, ..., draws).

    Examples:
        >>> value, error = information(np.array([[40.0, 30.0], [-50.0, -20.0]]))
        >>> print(f"{value:.6f} ± {error:.6f}")
        1.000000 ± 0.000000
    """
    true = np.concatenate([log_bayes[:1], -log_bayes[1:]])
    # log2 2/(1 + e^-x): bits in favour of what is true, negative where the data mislead.
    # Data in which a reading is not defined are impossible under all hypotheses: they tell nothing.
    bits = 1 - np.logaddexp(0.0, -np.where(np.isnan(true), 0.0, true)) / np.log(2)
    # Data of one draw share parameters and noise under all hypotheses.
    bits = (bits[0] + bits[1:].mean(axis=0)) / 2
    error = bits.std(axis=-1, ddof=1) / np.sqrt(bits.shape[-1])
    return np.asarray(bits.mean(axis=-1)), np.asarray(error)


def against(log_evidence: np.ndarray, rival: int) -> np.ndarray:
    """I [bits] where the rival of that index, from 1 on, is the only one."""
    pair = np.array([0, rival])
    return information(log_bayes(log_evidence[np.ix_(pair, pair)]))[0]
