"""What a fit says of the share y of the quasiparticles: stated, inferred, or of the junction."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from entrap.core.quantities import number_text
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.hypotheses import TAKEN
from entrap.studies.fit.inputs.options import BALANCE, Fit
from entrap.studies.fit.pages import words


def measured(found: Fitted) -> str:
    """What about y would tell an entropy from plain BCS theory."""
    options = Fit.of(found.case)
    if options.balanced:
        return "the junction's numbers known better, or the share y measured"
    if TAKEN in {f"fit.{key}" for key in options.priors}:
        return "the share y known better than it is stated"
    if options.quasiparticle_share != 1.0:
        return "the share y, which is taken as exact, checked"
    return (
        "the share y measured, or computed from the junction (`fit.quasiparticle_share = "
        f'"{BALANCE}"`)'
    )


def computed(found: Fitted, name: str) -> str:
    """That y was computed from the junction, and its values; empty where it was not."""
    ends = [f"{y} at {number_text(kelvin, 4)} K" for kelvin, y in _ends(found, name)]
    if not ends:
        return ""
    return (
        " Its y is computed from the junction, where trapping, return and recombination balance: "
        f"{' and '.join(ends)}."
        + (
            " Where a trap warmer than the film would add quasiparticles, y = 1 is taken."
            if (found.posteriors[name].shares_left >= 1.0).any()
            else ""
        )
    )


def rests(found: Fitted) -> Iterator[str]:
    """That an entropy is named only as far as the junction's numbers are right."""
    if found.comparison.verdict == "entropy" and Fit.of(found.case).balanced:
        yield (
            "That plain BCS theory does not describe the data rests on the junction's numbers, "
            "which give its y: see whether it does with y free, without "
            "`fit.quasiparticle_share`."
        )


def summary(found: Fitted, name: str) -> dict[str, Any]:
    """y at each temperature with the trap, for `summary.json`; empty where it was not computed."""
    p = found.posteriors[name]
    if not p.shares_left.shape[-1]:
        return {}
    low, middle, high = np.quantile(p.shares_left, (0.05, 0.5, 0.95), axis=0)
    return {
        "quasiparticle_share": {
            "temperature": found.data.coordinate[np.asarray(found.data.on)].tolist(),
            "median": middle.tolist(),
            "interval": [low.tolist(), high.tolist()],
        }
    }


def _ends(found: Fitted, name: str) -> Iterator[tuple[float, str]]:
    """y at the lowest and the highest temperature of the data with the trap."""
    p = found.posteriors[name]
    if not p.shares_left.shape[-1]:
        return
    kelvin = found.data.coordinate[np.asarray(found.data.on)]
    for i in dict.fromkeys((int(kelvin.argmin()), int(kelvin.argmax()))):
        of = p.share_left(i)
        known = of.deviation < 1e-3 * of.median
        yield float(kelvin[i]), number_text(of.median) if known else str(words.span(of))
