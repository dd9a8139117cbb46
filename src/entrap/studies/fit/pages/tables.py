"""The tables of a fit: as columns, and as LaTeX for print."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from entrap.core.frame import Column, Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import unit_text
from entrap.report.latex import tabular
from entrap.studies.fit.comparison import Row
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.pages import words
from entrap.studies.fit.posterior import Posterior

_QUANTILES = ("low_90", "low_50", "median", "high_50", "high_90")
"""Of a prediction, as `predictive.SHARES`."""

_HYPOTHESES: dict[str, Quantity | str] = {
    "name": "Name of the hypothesis",
    "meaning": "What it says",
    **{
        key: Quantity("1", "", meaning)
        for key, meaning in (
            ("log_evidence", "ln Z"),
            ("evidence_error", "Its standard error"),
            ("log_bayes", "ln Z less that of the most probable"),
            ("probability", "If all are as probable beforehand"),
            ("elpd", "Expected log density of a further point, by PSIS-LOO"),
            ("elpd_error", "Its standard error"),
            ("elpd_difference", "elpd less the best one"),
            ("difference_error", "Its standard error"),
            ("effective_parameters", "p_loo"),
            ("unreliable", "Points at which k is too high"),
            ("misfit", "Share of simulated data that lie farther from the prediction"),
        )
    },
}


def _ranked(row: Row) -> dict[str, Any]:
    return {key: getattr(row, key) for key in _HYPOTHESES if key != "meaning"} | {
        "meaning": f"{row.entry.label}: {row.entry.meaning}"
    }


def frames(found: Fitted, shown: Iterable[str]) -> dict[str, Frame]:
    """All tables by name; those of draws are of the hypotheses that are `shown`."""
    return {
        "posteriors": found.frame(),
        "hypotheses": frame_of(map(_ranked, found.comparison.rows), _HYPOTHESES),
        "measurements": found.data.frame(),
        **_predictions(found),
        **{f"corner-{name}": _draws(found.posteriors[name]) for name in shown},
    }


def printed(found: Fitted) -> Mapping[str, str]:
    """The posterior of each hypothesis as LaTeX."""
    return {f"posterior-{name}": _posterior(p) for name, p in found.posteriors.items()}


def _predictions(found: Fitted) -> dict[str, Frame]:
    """Quantiles of each prediction along the data, by name of the figure that draws it."""
    made: dict[str, list[dict[str, Any]]] = {}
    along = found.data.against
    for hypothesis, bands in found.bands.items():
        for (name, on, group), band in bands.items():
            rows = made.setdefault(f"predictive-{name.replace('_', '-')}", [])
            for at, quantiles in zip(band.coordinate, band.quantiles.T, strict=True):
                ends = dict(zip(_QUANTILES, quantiles.tolist(), strict=True))
                of = {"hypothesis": hypothesis, "trap": "on" if on else "off", "group": group}
                rows.append(of | {along: float(at)} | ends)
    units = {
        f"predictive-{name.replace('_', '-')}": OBSERVABLES[name].quantity.unit
        for name in found.data.quantity
    }
    at = Quantity("K" if along == "temperature" else "s", "", "Where it is predicted")
    words = {"hypothesis": "Its name", "trap": "Whether it is on", "group": "Of measurements"}
    return {
        name: frame_of(
            rows, words | {along: at} | {q: Quantity(units[name], "", q) for q in _QUANTILES}
        )
        for name, rows in made.items()
    }


def _draws(p: Posterior) -> Frame:
    """The draws of a posterior, a row each, of which the corner plot has its densities."""
    chains, count = p.chains.u.shape[:2]
    chain = Column("chain", np.repeat(np.arange(1, chains + 1), count), "1", "Number of the chain")
    return Frame(
        chain,
        *(
            Column(key, p.draws[key].ravel(), summary.declared.unit, summary.declared.meaning)
            for key, summary in p.table().items()
        ),
    )


def _posterior(p: Posterior) -> str:
    """The posterior of a hypothesis as a LaTeX table, with as many digits as it has."""
    letters, rows = words.letters_of(p), []
    for key, summary in p.table().items():
        told = words.span(summary)
        (low, high), (least, most) = told.intervals
        prior = unit_text(summary.prior.shown(summary.declared)) if summary.prior else "-"
        ends = f"{low} to {high}", f"{least} to {most}"
        name = (str(letters[key]), summary.declared.meaning)
        rows.append((*name, told.unit, told.median, *ends, prior))
    headings = ("", "Number", "Unit", "Median", "50 %", "90 %", "Prior")
    return tabular(headings, rows, right=headings[3:6])
