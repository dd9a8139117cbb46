"""What the data say of the parameters under one hypothesis."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import stats

from entrap.case.priors import Prior
from entrap.core.quantities import Quantity, quantity_of
from entrap.studies.fit.chains import Chains
from entrap.studies.fit.evidence import Evidence
from entrap.studies.fit.hypotheses import Hypothesis
from entrap.studies.fit.identifiability import Direction, open_directions
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.optimum import Optimum
from entrap.studies.fit.parameters import Parameter
from entrap.studies.fit.prediction import ModelData, Target
from entrap.studies.fit.target import Prediction, in_blocks, prediction_at

DERIVED = {
    "log_mixing_ratio": Quantity("1", "L", "Entropy of mixing, ln(n/n_c)", source="Eq. (2)"),
    "effective_critical_temperature": Quantity(
        "K", "T̃_c", "Effective critical temperature with all normal electrons trapped"
    ),
}
"""Numbers that follow from the parameters of each draw."""

INTERVALS = (0.5, 0.9)
"""Central shares of the posterior whose ends the table gives."""

MOST = 10_000_000
"""Numbers of each kind that are kept of all draws at all measurements, at most."""
_MADE = 100  # draws of each chain from which data are simulated
_OF_POINTS = ("log_likelihood", "mean", "deviation", "shares_left")


@dataclasses.dataclass(frozen=True)
class Summary:
    """One number's posterior.

    Args:
        declared: What it is.
        median: [SI].
        intervals: Ends of the central 50 and 90 % [SI].
        deviation: Standard deviation [SI].
        rhat: Of its chains; NaN for a number that follows from others.
        ess: Effective draws.
        prior: None for a number that follows from others.
        contraction: Share of the prior's variance, in the sampler's coordinate, that the data
            have taken away.
    """

    declared: Quantity
    median: float
    intervals: tuple[tuple[float, float], ...]
    deviation: float
    rhat: float = float("nan")
    ess: float = float("nan")
    prior: Prior | None = None
    contraction: float = float("nan")

    def row(self) -> dict[str, Any]:
        """All of it by name, as `COLUMNS` says."""
        (low_50, high_50), (low_90, high_90) = self.intervals
        return {
            "unit": self.declared.unit,
            "symbol": self.declared.symbol,
            "median": self.median,
            "deviation": self.deviation,
            "low_50": low_50,
            "high_50": high_50,
            "low_90": low_90,
            "high_90": high_90,
            "prior": "" if self.prior is None else str(self.prior),
            "contraction": self.contraction,
            "rhat": self.rhat,
            "ess": self.ess,
            "meaning": self.declared.meaning,
        }


COLUMNS = {
    "hypothesis": "Name of the hypothesis",
    "number": "Key of the number",
    "unit": "SI unit of the median, the deviation and the intervals",
    "symbol": "Its letter",
    "median": "Median",
    "deviation": "Standard deviation",
    "low_50": "From which the central half of the posterior goes",
    "high_50": "To which it goes",
    "low_90": "From which the central nine tenths go",
    "high_90": "To which they go",
    "prior": "Prior in SI; empty where the number follows from the others",
    "contraction": "Share of the prior's variance that the data take away",
    "rhat": "R-hat of its chains",
    "ess": "Effective draws",
    "meaning": "What it is",
}
"""Columns of a table of posteriors."""


@dataclasses.dataclass(frozen=True)
class Posterior:
    """A hypothesis fitted to data; arrays of draws have chains first.

    Args:
        hypothesis: Which.
        parameters: All parameters of the fit.
        optimum: The maximum, and Laplace's approximation about it.
        chains: Draws in the sampler's coordinates.
        draws: Free parameters by key, and `DERIVED` by name [SI].
        log_likelihood: Of each point, of shape (chains, draws, points); of some of the draws
            where all would be more than `MOST` numbers.
        predictive: Data simulated from some of the draws [SI], of the same kind of shape.
        misfit: Share of data simulated from the posterior that lie farther from the prediction
            than the measured data: near 0, the hypothesis does not explain these.
        evidence: The marginal likelihood.
        directions: What the data leave open.
        chi_squared: Squared deviations of the readings that are no limits, each in units of its
            uncertainty, summed at the draw of the largest likelihood.
        shares_left: y of each draw at each point with the trap, where the junction's balance gives
            it; else without columns.
    """

    hypothesis: Hypothesis
    parameters: tuple[Parameter, ...]
    optimum: Optimum
    chains: Chains
    draws: Mapping[str, np.ndarray]
    log_likelihood: np.ndarray
    predictive: np.ndarray
    misfit: float
    evidence: Evidence
    directions: tuple[Direction, ...]
    chi_squared: float = float("nan")
    shares_left: np.ndarray = dataclasses.field(default_factory=lambda: np.zeros((1, 0)))

    @property
    def free(self) -> tuple[Parameter, ...]:
        """The parameters that were inferred."""
        return tuple(p for p in self.parameters if p.key in self.hypothesis.free)

    @property
    def divergences(self) -> int:
        """Draws at which the sampler diverged."""
        return int(self.chains.diverging.sum())

    def at(self, share: float) -> dict[str, float]:
        """Value of each inferred or derived number below which this share of the posterior is."""
        return {key: _quantile(x, share) for key, x in self.draws.items()}

    def share_left(self, point: int) -> Summary:
        """y at one of the points with the trap, where the junction's balance gives it."""
        return _summary(quantity_of(Fit, "quasiparticle_share"), self.shares_left[:, point])

    def table(self) -> dict[str, Summary]:
        """Each number's posterior, by key."""
        made = {}
        checks = zip(self.free, self.chains.rhat.tolist(), self.chains.ess.tolist(), strict=True)
        for p, rhat, ess in checks:
            spread = float(self.chains.u[..., self.parameters.index(p)].var()) / p.spread
            more = {"rhat": rhat, "ess": ess, "prior": p.prior, "contraction": 1 - spread}
            made[p.key] = _summary(p.declared, self.draws[p.key], **more)
        derived = {
            key: _summary(DERIVED[key], x) for key, x in self.draws.items() if key in DERIVED
        }
        return made | derived


def posterior(
    target: Target, given: ModelData, parameters: tuple[Parameter, ...], hypothesis: Hypothesis,
    found: Optimum, chains: Chains, evidence: Evidence, seed: int,
) -> Posterior:  # fmt: skip
    """The posterior from the draws of a hypothesis; the seed is that of the simulated data."""
    shape = chains.u.shape[:2]
    kept = thinned(shape[0], shape[1], np.size(given.points.value))
    predicted = predictions_of(target, given, chains.u, kept)
    draws = {
        p.key: predicted.theta[:, i].reshape(shape)
        for i, p in enumerate(parameters)
        if p.key in hypothesis.free
    }
    if hypothesis.entry.entropy:
        draws |= {key: np.asarray(getattr(predicted, key)).reshape(shape) for key in DERIVED}
    random = np.random.default_rng(seed)
    left = (shape[0], len(kept), -1)
    mean, deviation = (x.reshape(left) for x in (predicted.mean, predicted.deviation))
    few = slice(None, None, max(1, len(kept) // _MADE))
    made = mean[:, few] + deviation[:, few] * _noise(target).rvs(
        mean[:, few].shape, random_state=random
    )
    return Posterior(
        hypothesis, parameters, found, chains, draws,
        predicted.log_likelihood.reshape(left), made,
        _misfit(target, given, predicted, random), evidence,
        open_directions(target, given, parameters, found), _chi_squared(given, predicted),
        predicted.shares_left,
    )  # fmt: skip


def thinned(chains: int, draws: int, points: int) -> np.ndarray:
    """Which draws of each chain are asked what single measurements say: all, unless too many.

    Examples:
        >>> len(thinned(4, 2000, 100)), len(thinned(4, 2000, 20_000))
        (2000, 125)
    """
    return np.arange(0, draws, max(1, math.ceil(chains * draws * points / MOST)))


def predictions_of(target: Target, given: ModelData, u: np.ndarray, kept: np.ndarray) -> Prediction:
    """`Prediction` at all draws of chains; that of single points at those of `kept` alone."""
    size, rows = 64 if target.forward else 512, u.reshape(-1, u.shape[-1])
    wanted = np.zeros(u.shape[:2], bool)
    wanted[:, kept] = True
    found = []
    for start in range(0, len(rows), size):
        part = slice(start, start + size)
        made = in_blocks(prediction_at, target, given, rows[part], size)
        here = wanted.ravel()[part]
        found.append(made._replace(**{name: getattr(made, name)[here] for name in _OF_POINTS}))
    return Prediction(*map(np.concatenate, zip(*found, strict=True)))


def _noise(target: Target) -> Any:
    return stats.norm() if target.noise == "gaussian" else stats.t(target.freedom)


def _misfit(
    target: Target, given: ModelData, predicted: Prediction, random: np.random.Generator
) -> float:
    """P(T(simulated) > T(measured)), T = -2 ln likelihood of the values; limits do not count."""
    z = _deviations(given, predicted)
    if not z.shape[-1]:
        return float("nan")
    if target.noise == "gaussian":
        return float(np.mean(stats.chi2.sf((z**2).sum(axis=-1), z.shape[-1])))
    noise = _noise(target)
    made = noise.rvs(z.shape, random_state=random)
    return float(np.mean(noise.logpdf(made).sum(axis=-1) < noise.logpdf(z).sum(axis=-1)))


def _chi_squared(given: ModelData, predicted: Prediction) -> float:
    z = _deviations(given, predicted)
    best = np.argmax(np.nan_to_num(predicted.log_likelihood.sum(axis=-1), nan=-np.inf))
    return float((z[best] ** 2).sum()) if z.shape[-1] else float("nan")


def _deviations(given: ModelData, predicted: Prediction) -> np.ndarray:
    """Readings minus predictions, in units of the uncertainty, without limits."""
    counts = np.asarray(given.points.limit) == 0
    with np.errstate(invalid="ignore", divide="ignore"):
        z = (np.asarray(given.points.value) - predicted.mean) / predicted.deviation
    return z[:, counts]


def _summary(declared: Quantity, draws: np.ndarray, **more: Any) -> Summary:
    ends = tuple(
        (_quantile(draws, (1 - share) / 2), _quantile(draws, (1 + share) / 2))
        for share in INTERVALS
    )
    finite = np.isfinite(draws).all()
    deviation = float(draws.std(ddof=1)) if finite else float("inf")
    return Summary(declared, _quantile(draws, 0.5), ends, deviation, **more)


def _quantile(draws: np.ndarray, share: float) -> float:
    """A quantile that is one of the draws: between infinite ones, nothing can be interpolated."""
    return float(np.quantile(draws, share, method="inverted_cdf"))
