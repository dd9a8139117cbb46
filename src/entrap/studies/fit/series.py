"""Several samples of different mixing ratio: only an entropy makes the gain grow with ln(n/n_c).

Each sample is fitted alone, under the paper's hypothesis and the others. The L_i that its data ask
for, all of the gain read as an entropy, is then set against the ln(n/n_c) of its own case:

    L_i = m ln(n/n_c)_i + c a_i/k_B

m = 1 is the paper's law. Plain BCS theory, from which a share 1 - y of the quasiparticles is taken,
gives (1 - y) I in units of a/k_B whatever the mixing ratio: m = 0. With another y in each sample
they scatter about the line by more than their errors: the error of m grows with the scatter, and
its significance is that of Student's t with the degrees of freedom that are left.
"""

import dataclasses
import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy import stats

from entrap.case.case import Case
from entrap.core.constants import BOLTZMANN
from entrap.core.errors import InputError
from entrap.solve.sample import sample
from entrap.studies.fit.comparison import MISFIT
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.fit import Fitted, fit

NAMED = 5.0
"""Standard deviations from which a slope names an entropy."""


class Slope(NamedTuple):
    """A line through the gains of several samples.

    Args:
        value: m.
        error: Its standard deviation.
        plain: c, what is common to all samples [a/k_B].
        significance: Standard deviations by which m is above 0.
        scatter: χ² of the line over its degrees of freedom.
    """

    value: float
    error: float
    plain: float
    significance: float
    scatter: float


def slope_of(log_ratio: np.ndarray, unit: np.ndarray, gain: np.ndarray, error: np.ndarray) -> Slope:
    """The line gain = m log_ratio + c unit, by least squares.

    Args:
        log_ratio: ln(n/n_c) of each sample, by its composition.
        unit: a/k_B of each sample.
        gain: L that its data ask for.
        error: Standard deviation of the gain.

    Raises:
        InputError: there are fewer than three samples, or all have the same mixing ratio.
    """
    if len(gain) < 3:
        raise InputError(f"a series needs three samples at least, but has {len(gain)}")
    rows = np.stack([log_ratio, unit], axis=-1) / error[:, None]
    if np.linalg.matrix_rank(rows, tol=1e-9 * np.abs(rows).max()) < 2:
        raise InputError("the samples of a series must differ in ln(n/n_c), and not as their a do")
    covariance = np.linalg.inv(rows.T @ rows)
    value, plain = covariance @ rows.T @ (gain / error)
    left = len(gain) - 2
    scatter = float((((gain - value * log_ratio - plain * unit) / error) ** 2).sum() / left)
    deviation = math.sqrt(covariance[0, 0] * max(scatter, 1.0))
    # How far another share in each sample scatters them is not known beforehand: Student's t.
    sigma = float(stats.norm.isf(stats.t.sf(float(value) / deviation, left)))
    return Slope(float(value), deviation, float(plain), sigma, scatter)


@dataclasses.dataclass(frozen=True, repr=False)
class Series:
    """Samples fitted one by one, and the line through their gains.

    Args:
        samples: The fit of each.
        slope: The line.
    """

    samples: tuple[Fitted, ...]
    slope: Slope

    @property
    def verdict(self) -> str:
        """Word "entropy", or "undecided" where m is not 5 standard deviations above 0."""
        return "entropy" if self.slope.significance >= NAMED else "undecided"

    def __repr__(self) -> str:
        m, error, plain, sigma, scatter = self.slope
        text = (
            f"Over {len(self.samples)} samples the gain grows with ln(n/n_c) by {m:.3g} ± "
            f"{error:.2g} (1 is the paper's law, 0 plain BCS theory), {sigma:.1f} standard "
            f"deviations above 0; {plain:.3g} a/k_B are common to all, and χ² per degree of "
            f"freedom is {scatter:.2g}. "
        )
        if self.verdict == "entropy":
            return text + "The series shows an entropy of mixing."
        return text + f"The series does not show an entropy: that takes {NAMED:g}."


def fit_series(samples: Sequence[tuple[Case, Observations | str | Path]]) -> Series:
    """Fit several samples that differ in their mixing ratio, and say whether an entropy shows.

    Args:
        samples: The case and the measurements of each. `mixture.valence_ratio` is what is known of
            its composition; its prior should be wide, as it is what the data are asked for.

    Raises:
        InputError: there are too few samples, they do not differ, or H1 does not describe one.
        SolveError: no hypothesis explains the data of one.
    """
    if len(samples) < 3:
        raise InputError(f"a series needs three samples at least, but has {len(samples)}")
    found = tuple(fit(case, data) for case, data in samples)
    gains = []
    for one in found:
        p = one.posteriors.get("mixing")
        if p is None or p.misfit < MISFIT:
            raise InputError(
                f"the gain of {one.case.title!r} is not known: the paper's hypothesis (H1) was not "
                "fitted to it, or does not describe its data"
            )
        ratio = p.table()["log_mixing_ratio"]
        stated = sample(one.case)
        gains.append(
            (
                float(stated.log_mixing_ratio),
                float(stated.landau_a) / BOLTZMANN,
                ratio.median,
                ratio.deviation,
            )
        )
    return Series(found, slope_of(*np.array(gains).T))
