"""The gains of a series of samples against their mixing ratio."""

from typing import Any

import numpy as np

from entrap.report.labels import typeset
from entrap.report.style import BLACK, BLUE, GREY, RED, Curves, draw, paler
from entrap.studies.fit.pages.words import digits, drawable
from entrap.studies.fit.series import Series


def gains(found: Series, axes: Any, curves: Curves) -> None:
    """L of each sample with its error, the line with its band, m = 1 and m = 0."""
    m, error, plain, *_, covariance = found.slope
    columns = [(s.log_ratio, s.unit, s.gain, s.error) for s in found.samples]
    ratio, unit, gain, width = np.array(columns).T
    room = 0.08 * np.ptp(ratio)
    along = np.linspace(max(ratio.min() - room, 0.0), ratio.max() + room, 100)
    # The mean a: c is a gain in units of a/k_B.
    at = np.stack([along, np.full_like(along, unit.mean())])
    line = m * at[0] + plain * at[1]
    band = np.sqrt(np.einsum("ix,ij,jx->x", at, covariance, at))
    value, spread = digits((m, error), error)
    if curves is None or "line" in curves:
        axes.fill_between(along, line - band, line + band, color=paler(BLUE, 0.2), lw=0)
    common = (unit * gain / width**2).sum() / ((unit / width) ** 2).sum()
    draw(
        axes, along,
        ("line", line, BLUE, "-", f"line: m = {value} ± {spread}"),
        ("law", along, BLACK, "--", "m = 1, c = 0: the paper's law", 1.6),
        ("plain", common * at[1], RED, ":", "m = 0: plain BCS theory, no entropy"),
        curves=curves,
    )  # fmt: skip
    axes.errorbar(ratio, gain, width, fmt="o", color=BLACK, ms=6, lw=1.6, capsize=3, zorder=3)
    for sample in found.samples:
        axes.annotate(
            drawable(sample.name), (sample.log_ratio, sample.gain), (7, -12),
            textcoords="offset points", fontsize="small", color=GREY,
        )  # fmt: skip
    axes.set_xlabel(typeset("ln(n/n_c) by the composition"))
    axes.set_ylabel("L that the data ask for")
    axes.set_ylim(min(0.0, (gain - 1.5 * width).min()), None)
    axes.legend(loc="upper left")
