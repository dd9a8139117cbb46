"""What a fit says where no hypothesis describes the data: where the misfit lies, what to try."""

from collections.abc import Iterator

import numpy as np

from entrap.core.quantities import number_text
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import listed
from entrap.studies.fit.comparison import MISFIT
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.pages import words
from entrap.studies.fit.posterior import Posterior

_FAR = 3.0  # standard deviations


def unexplained(found: Fitted) -> Iterator[str]:
    """That nothing describes the data, and no more: no probabilities, limits or evidence."""
    best, *others = found.comparison.rows
    fair = [row.entry.label for row in others if row.misfit >= MISFIT]
    rate = words.probability(best.misfit, "p")
    if fair:
        yield (
            f"The most probable hypothesis, {best.entry}, does not describe the data: data "
            f"simulated from it hardly ever lie as far from its prediction ({rate}). "
            f"{listed(fair)} {'describes' if len(fair) == 1 else 'describe'} them, but within the "
            "stated priors hardly any of the numbers that do so are likely: check the priors."
        )
    else:
        yield (
            "None of the hypotheses describes the data: even data simulated from "
            f"{best.entry}, the nearest, hardly ever lie as far from its prediction ({rate}). "
            "So nothing is said of an entropy: neither odds nor limits would mean anything."
        )
    yield from _where(found, found.posteriors[best.name])
    yield _to_try(found)


def _where(found: Fitted, p: Posterior) -> Iterator[str]:
    """Which series lie off the prediction, and where along each."""
    data, places = found.data, []
    middle = np.median(p.predictive.reshape(-1, p.predictive.shape[-1]), axis=0)
    deviation = np.sqrt(data.absolute**2 + (data.relative * middle) ** 2)
    off = np.where(data.limit == 0, (data.value - middle) / deviation, 0.0)
    unit = "K" if data.against == "temperature" else "s"
    for (name, on, group), index in data.series().items():
        far = index[np.abs(off[index]) > _FAR]
        if not len(far):
            continue
        at, worst = data.coordinate[far], off[far][np.argmax(np.abs(off[far]))]
        span = number_text(at.min(), 4)
        if np.ptp(at) > 0:
            span += f" to {number_text(at.max(), 4)}"
        side = "above" if worst > 0 else "below"
        named = f" of {group}" if len(data.groups) > 1 else ""
        places.append(
            f"{OBSERVABLES[name].quantity.symbol}{named} {'with' if on else 'without'} the trap at "
            f"{span} {unit} ({len(far)} of {len(index)} points, up to {abs(worst):.1f} standard "
            f"deviations {side} {p.hypothesis.entry.label})"
        )
    if places:
        yield f"The misfit lies in {listed(places)}."
    else:
        yield (
            f"No single point lies more than {_FAR:g} standard deviations from "
            f"{p.hypothesis.entry.label}: the misfit is spread over all of them."
        )


def _to_try(found: Fitted) -> str:
    """What may mend it."""
    text = (
        "What to try: check units, uncertainties, calibration and outliers "
        '(`fit.noise = "student-t"`, or a prior on `fit.noise_scale`)'
    )
    critical, data = found.case.material.critical_temperature, found.data
    landau = found.case.require("landau").functional == "landau"
    if landau and data.against == "temperature" and data.coordinate.min() < 0.7 * critical:
        text += (
            '; state `landau.functional = "bcs"`, as some of the data lie below 0.7 T_c, where '
            "Landau's straight line holds no more"
        )
    if Fit.of(found.case).range is None:
        text += "; leave temperatures out by `fit.range`"
    if Fit.of(found.case).balanced:
        text += "; leave y free, without `fit.quasiparticle_share`"
    return (
        f"{text}; and put priors on numbers that are held, as `material.gap` or "
        "`landau.mean_free_path`."
    )
