"""Which hypotheses the data favour, by marginal likelihood and by leaving one point out.

ln B = ln Z_1 - ln Z_2 compares how well hypotheses with their priors foresaw the data; PSIS-LOO
compares how well they predict a further point. Words for ln B: undecided below 1, weak from 1,
moderate from 2.5, strong from 5.

Source: R. Trotta, Contemporary Physics 49, 71 (2008), Table 1, for the words; A. Vehtari, A. Gelman
and J. Gabry, Statistics and Computing 27, 1413 (2017), for PSIS-LOO.
"""

import dataclasses
import math
import warnings
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from scipy import special

from entrap.studies.fit.inputs.hypotheses import HYPOTHESES, Explanation
from entrap.studies.fit.posterior import Posterior

SCALE = ((5.0, "strong"), (2.5, "moderate"), (1.0, "weak"), (0.0, "undecided"))
"""Least |ln B| of each word."""

NAMED = SCALE[1][0]
"""Least |ln B| at which the data are said to show an entropy, or to speak against one."""

MISFIT = 0.001
"""A hypothesis does not explain the data if less than this share of simulated data lie farther."""


@dataclasses.dataclass(frozen=True)
class Row:
    """One hypothesis among others.

    Args:
        name: Of the hypothesis.
        log_evidence: ln Z, of the data in SI; -inf where nothing within the priors explains them.
        evidence_error: Its standard error.
        log_bayes: ln Z minus that of the most probable hypothesis.
        probability: Of the hypothesis, if all are equally probable beforehand.
        elpd: Expected log density of a further point, summed over the points, by PSIS-LOO.
        elpd_error: Its standard error.
        elpd_difference: elpd minus that of the best hypothesis by this measure.
        difference_error: Its standard error.
        effective_parameters: p_loo.
        unreliable: Number of points with k above its limit, at which PSIS-LOO is not reliable.
        misfit: As in `Posterior`.
        word: How strongly the most probable hypothesis is favoured over this one.
    """

    name: str
    log_evidence: float
    evidence_error: float
    log_bayes: float
    probability: float
    elpd: float
    elpd_error: float
    elpd_difference: float
    difference_error: float
    effective_parameters: float
    unreliable: int
    misfit: float
    word: str

    @property
    def entry(self) -> Explanation:
        """Short name, meaning and entropy of the hypothesis."""
        return HYPOTHESES[self.name]


@dataclasses.dataclass(frozen=True)
class Comparison:
    """All hypotheses, the most probable first.

    Args:
        rows: One for each.
        verdict: "entropy", "no entropy", "undecided" or "unexplained"; with the last, nothing but
            `Row.misfit` means anything.
        tied: Hypotheses within |ln B| < 1 of the most probable, which is among them.
        opposed: Whether LOO favours another than the most probable by over two standard errors.
    """

    rows: tuple[Row, ...]
    verdict: str
    tied: tuple[str, ...]
    opposed: bool

    def row(self, name: str) -> Row:
        """The row of a hypothesis."""
        return next(row for row in self.rows if row.name == name)

    def best(self, entropic: bool) -> Row | None:
        """The most probable hypothesis with an entropy, or without; None where there is none."""
        return _best(self.rows, entropic)

    @property
    def plain(self) -> Row | None:
        """Plain BCS, from which quasiparticles are taken; None where it was not compared."""
        return _plain(self.rows)

    @property
    def ambiguous(self) -> bool:
        """Whether the trap has an effect, and plain BCS explains it as an entropy does."""
        has, plain = self.best(True), self.plain
        nothing = next((row for row in self.rows if row.name == "none"), None)
        moved = nothing is None or nothing.misfit < MISFIT or nothing.log_bayes < -NAMED
        if self.verdict != "undecided" or not moved or has is None or plain is None:
            return False
        return min(has.misfit, plain.misfit) >= MISFIT

    def evidence(self) -> tuple[float, float]:
        """ln B of the best hypothesis with an entropy over the best without; its standard error."""
        has, lacks = self.best(True), self.best(False)
        if has is None or lacks is None:
            return math.nan, math.nan
        error = math.hypot(has.evidence_error, lacks.evidence_error)
        return has.log_evidence - lacks.log_evidence, error

    def chance(self) -> float:
        """Probability of an entropy, if all hypotheses are equally probable beforehand."""
        return math.fsum(row.probability for row in self.rows if row.entry.entropy)

    def log_bayes(self, one: str, other: str) -> float:
        """ln B of one hypothesis over another; NaN where either was not compared."""
        found = {row.name: row.log_evidence for row in self.rows}
        return found.get(one, math.nan) - found.get(other, math.nan)


def word(log_bayes: float) -> str:
    """The word for a ln B of either sign.

    Examples:
        >>> word(3.1), word(-0.2)
        ('moderate', 'undecided')
    """
    return next(name for least, name in SCALE if abs(log_bayes) >= least)


def compare(posteriors: Mapping[str, Posterior], excluded: Iterable[str] = ()) -> Comparison:
    """Rank hypotheses over the same data; `excluded` are those that cannot explain them."""
    left_out = {name: _left_out(p.log_likelihood) for name, p in posteriors.items()}
    best = max(left_out.values(), key=lambda found: found[0].sum())[0]
    highest = max(p.evidence.log for p in posteriors.values())
    weights = {name: math.exp(p.evidence.log - highest) for name, p in posteriors.items()}
    rows = []
    for name, p in posteriors.items():
        pointwise, effective, unreliable = left_out[name]
        apart = pointwise - best
        log_bayes = p.evidence.log - highest
        rows.append(
            Row(
                name, p.evidence.log, p.evidence.error, log_bayes,
                weights[name] / sum(weights.values()), float(pointwise.sum()), _error(pointwise),
                float(apart.sum()), _error(apart), effective, unreliable, p.misfit,
                "best" if log_bayes == 0 else word(log_bayes),
            )
        )  # fmt: skip
    low, nan = -math.inf, math.nan
    rows += [
        Row(name, low, nan, low, 0.0, low, nan, low, nan, nan, 0, 0.0, "impossible")
        for name in excluded
    ]
    rows.sort(key=lambda row: -row.log_evidence)
    return Comparison(
        tuple(rows),
        _verdict(rows),
        tuple(row.name for row in rows if row.log_bayes > -SCALE[-2][0]),
        any(
            row.name != rows[0].name
            and row.elpd_difference == 0
            and -rows[0].elpd_difference > 2 * rows[0].difference_error
            for row in rows
        ),
    )


def _verdict(rows: list[Row]) -> str:
    """Whether the data show an entropy: moderate evidence against all hypotheses without one.

    Never where plain BCS, from which quasiparticles are taken, explains them or was not compared.
    """
    if rows[0].misfit < MISFIT:
        return "unexplained"
    has, lacks = _best(rows, True), _best(rows, False)
    apart = has.log_evidence - lacks.log_evidence if has and lacks else math.nan
    if math.isnan(apart) or abs(apart) < NAMED:
        return "undecided"
    if apart < 0:
        return "no entropy"
    plain = _plain(rows)
    return "undecided" if plain is None or plain.misfit >= MISFIT else "entropy"


def _plain(rows: Iterable[Row]) -> Row | None:
    return next((row for row in rows if row.entry.extracts and not row.entry.entropy), None)


def _best(rows: Iterable[Row], entropic: bool) -> Row | None:
    return next((row for row in rows if bool(row.entry.entropy) == entropic), None)


def _left_out(log_likelihood: np.ndarray) -> tuple[np.ndarray, float, int]:
    """elpd of each point left out, p_loo, and at how many points they are not reliable."""
    import arviz_base
    from arviz_stats.loo import loo

    finite = np.where(np.isfinite(log_likelihood), log_likelihood, -1e6)
    rows = finite.reshape(-1, finite.shape[-1])
    # Where the least likely draws are equal, as for a limit far away, no tail can be smoothed.
    tail = math.ceil(min(0.1 * len(rows), 1.5 * math.sqrt(len(rows))))
    lowest = np.partition(rows, tail, axis=0)[: tail + 1]
    varied = np.ptp(lowest, axis=0) > 1e-9
    count = math.log(len(rows))
    pointwise = count - special.logsumexp(-rows, axis=0)
    effective = float((special.logsumexp(rows, axis=0) - count - pointwise)[~varied].sum())
    if not varied.any():
        return pointwise, effective, 0
    tree = arviz_base.from_dict(
        {
            "posterior": {"none": finite[..., varied][..., 0]},
            "log_likelihood": {"reading": finite[..., varied]},
        }
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the number of points with a high k is reported
        found: Any = loo(tree, pointwise=True)
    pointwise[varied] = np.asarray(found.elpd_i, float).ravel()
    shapes = np.asarray(found.pareto_k, float)
    bad = int((shapes > float(found.good_k)).sum())
    return pointwise, effective + float(found.p), bad


def _error(pointwise: np.ndarray) -> float:
    count = len(pointwise)
    return float(math.sqrt(count) * pointwise.std(ddof=1)) if count > 1 else math.nan
