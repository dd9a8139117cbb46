"""`report.html` and `summary.json` of a fit."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from entrap.case.priors import Prior
from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import percent
from entrap.report.page import page
from entrap.report.summary import summary_of
from entrap.solve.protocol.results import Value, strict
from entrap.studies.fit.comparison import SCALE
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.diagnostics import ESS, RHAT
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.pages.caveats import divergences, not_fixed
from entrap.studies.fit.pages.words import (
    Letter,
    letters_of,
    nats,
    probability,
    set_powers,
    shown,
    span,
)
from entrap.studies.fit.posterior import INTERVALS, Posterior


def shown_first(found: Fitted) -> tuple[str, ...]:
    """Hypotheses whose posteriors come first: the paper's, and the most probable one."""
    names = ("mixing", found.comparison.rows[0].name)
    return tuple(dict.fromkeys(name for name in names if name in found.posteriors))


def fit_report(found: Fitted, drawn: Mapping[str, str], sentences: tuple[str, ...]) -> str:
    """The report of a fit as HTML.

    Args:
        found: The fit.
        drawn: SVG text of its figures, by name.
        sentences: The answer.
    """
    names = (*shown_first(found), *(row.name for row in found.comparison.rows))
    return page(
        "studies/fit/pages/fit.html",
        found.case,
        sentences,
        found.validity,
        drawn,
        numbers(found),
        found=found,
        data=found.data,
        series=tuple(_series(found.data)),
        order=tuple(dict.fromkeys(names)),
        open=[text for p in found.posteriors.values() for text in not_fixed(p)],
        absent=tuple(_absent(found)),
        scale=", ".join(
            f"{name} from {least:g}" if least else f"{name} below {SCALE[-2][0]:g}"
            for least, name in reversed(SCALE)
        ),
        thresholds=f"R-hat below {RHAT:g}, and more than {ESS} effective draws in bulk and tail",
        divergences=divergences(found),
        hypotheses=HYPOTHESES,
        **{word.__name__: word for word in (letters_of, nats, percent, probability)},
        **{word.__name__: word for word in (set_powers, span)},
    )


class _Series(NamedTuple):
    """A row of the table of the data."""

    declared: Quantity
    on: bool
    group: str
    points: int
    limits: int
    values: str
    at: str
    common: list[tuple[Letter, Prior]]


def _series(data: Observations) -> Iterator[_Series]:
    unit_along = "s" if data.against == "time" else "K"
    for (name, on, group), index in data.series().items():
        declared = OBSERVABLES[name].quantity
        values, at = data.value[index], data.coordinate[index]
        unit, (ends,) = shown(declared, [values.min(), values.max()])
        stated = data.groups[group]
        common = (("c", stated.calibration), ("δT", stated.temperature_offset))
        yield _Series(
            declared,
            on,
            group,
            len(index),
            int((data.limit[index] != 0).sum()),
            f"{ends[0]:.4g} to {ends[1]:.4g} {unit}",
            f"{at.min():.4g} to {at.max():.4g} {unit_along}",
            [(Letter(symbol, group), prior) for symbol, prior in common if prior is not None],
        )


def _absent(found: Fitted) -> Iterator[str]:
    """Hypotheses that were not compared, or that explain nothing."""
    for name, why in found.omitted.items():
        yield f"{HYPOTHESES[name]} was not compared: {why}."
    for name, why in found.excluded.items():
        yield f"{HYPOTHESES[name]} is excluded. {why}"
    for name in HYPOTHESES:
        if name not in {*found.posteriors, *found.omitted, *found.excluded}:
            yield f"{HYPOTHESES[name]} is not among the hypotheses of the case."


def numbers(found: Fitted) -> dict[str, Value]:
    """The few numbers that sum a fit up."""
    apart, _ = found.comparison.evidence()
    bayes = Quantity("1", "ln B", "Best hypothesis with an entropy over the best without")
    probable = Quantity("1", "p", "Probability of an entropy, if all are as probable beforehand")
    made = {
        "points": Value(float(len(found.data)), Quantity("1", "N", "Measurements")),
        "log_bayes": Value(apart, bayes),
        "probability": Value(found.comparison.chance(), probable),
    }
    for name in shown_first(found)[:1]:
        for key, summary in found.posteriors[name].table().items():
            declared = summary.declared
            meaning = f"{declared.meaning}; median under {HYPOTHESES[name].label}"
            made[key] = Value(summary.median, Quantity(
                declared.unit, declared.symbol, meaning, declared.source, declared.display
            ))  # fmt: skip
    return made


def fit_summary(found: Fitted, sentences: tuple[str, ...]) -> dict[str, Any]:
    """The contents of `summary.json`."""
    comparison = found.comparison
    return summary_of(found.case, sentences, numbers(found), found.validity) | {
        "verdict": comparison.verdict,
        "converged": found.succeeded,
        "tied": list(comparison.tied),
        "opposed": comparison.opposed,
        "hypotheses": [
            {"name": row.name, "label": row.entry.label, "meaning": row.entry.meaning}
            | {
                key: strict(value) if isinstance(value, float) else value
                for key, value in vars(row).items()
                if key != "name"
            }
            for row in comparison.rows
        ],
        "posteriors": {name: _told(p) for name, p in found.posteriors.items()},
        "omitted": dict(found.omitted),
        "excluded": dict(found.excluded),
        "data": {
            "source": found.data.source,
            "points": len(found.data),
            "against": found.data.against,
            "follows": found.data.follows,
            "series": [
                {"quantity": name, "trap": "on" if on else "off", "group": group}
                | {"points": len(index), "limits": int((found.data.limit[index] != 0).sum())}
                for (name, on, group), index in found.data.series().items()
            ],
        },
    }


def _told(p: Posterior) -> dict[str, Any]:
    priors = {q.key: q for q in p.free}
    numbers_ = {}
    for key, summary in p.table().items():
        declared = summary.declared
        numbers_[key] = {
            "unit": declared.unit,
            "symbol": declared.symbol,
            "meaning": declared.meaning,
            "median": strict(summary.median),
            "deviation": strict(summary.deviation),
            "intervals": {
                f"{share:g}": [strict(end) for end in ends]
                for share, ends in zip(INTERVALS, summary.intervals, strict=True)
            },
        }
        if key in priors:
            prior = priors[key].prior
            numbers_[key] |= {
                "prior": {"text": prior.shown(declared), "si": str(prior), "origin": prior.origin},
                "contraction": strict(summary.contraction),
                "rhat": strict(summary.rhat),
                "ess": strict(summary.ess),
            }
    chains, draws = p.chains.u.shape[:2]
    return {
        "numbers": numbers_,
        "sampler": {
            "chains": chains,
            "draws": draws,
            "divergences": p.divergences,
            "leapfrogs": strict(float(p.chains.steps.mean())),
            "converged": p.chains.converged,
        },
        "evidence": {
            "log": strict(p.evidence.log),
            "error": strict(p.evidence.error),
            "calls": p.evidence.calls,
            "laplace": strict(p.optimum.log_evidence),
        },
        "misfit": strict(p.misfit),
        "not_fixed": [
            {"information": strict(d.information), "weights": dict(d.weights)} for d in p.directions
        ],
    }
