"""A fit's answer where no reading is with the trap: the numbers of the bare sample."""

import math
from collections.abc import Iterator

import numpy as np

from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import number_text
from entrap.report.labels import listed, percent
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.pages import caveats, words
from entrap.studies.fit.posterior import Posterior

_CRITICAL, _GAP = "material.critical_temperature", "material.gap"


def answer(found: Fitted) -> tuple[str, ...]:
    """Sentences: that the sample is bare, whether its curve explains the data, its numbers."""
    p, count = found.best, int((found.data.limit == 0).sum())
    return (
        *caveats.unconverged(found),
        "No reading is with the trap: what the data give is the bare sample, and nothing is said "
        "of an entropy of mixing.",
        _explains(p, count), *_numbers(p), *_ratio(p), *caveats.left_open(found),
        *caveats.ranged(found), *caveats.defaults(found),
    )  # fmt: skip


def _explains(p: Posterior, count: int) -> str:
    if math.isnan(p.misfit):
        return "Whether the curve of the sample explains the data cannot be said: all are limits."
    rate = (
        f"χ² = {number_text(p.chi_squared, 4)} (readings: {count}, numbers inferred: "
        f"{len(p.free)}), and "
        f"{percent(p.misfit)} of data simulated from it lie farther from its prediction"
    )
    if p.misfit < 0.05:
        return f"The curve of the sample explains the data poorly: {rate}."
    if p.misfit > 0.99:
        return f"The data lie closer to the sample's curve than their uncertainties say: {rate}."
    return f"The curve of the sample explains the data: {rate}."


def _numbers(p: Posterior) -> Iterator[str]:
    symbols, unfixed = words.letters_of(p), {key for d in p.directions for key in d.weights}
    texts = [
        f"{symbols[key]} = {words.span(summary)}"
        for key, summary in p.table().items()
        if key not in unfixed
    ]
    if texts:
        yield f"The data give {listed(texts)}."


def _ratio(p: Posterior) -> Iterator[str]:
    """2Δ(0)/k_B T_c, where both are inferred: 3.53 in a superconductor of weak coupling."""
    if _GAP in p.draws and _CRITICAL in p.draws:
        ratio = 2 * p.draws[_GAP] / (BOLTZMANN * p.draws[_CRITICAL])
        column = np.quantile(ratio, (0.5, 0.05, 0.95))
        middle, low, high = words.digits(column, float(column[2] - column[1]))
        yield (f"So 2Δ_g(0)/k_B T_c = {middle} (90 %: {low} to {high}); weak coupling has 3.53.")
