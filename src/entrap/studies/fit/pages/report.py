"""`report.html` and `summary.json` of a fit."""

import html
from collections.abc import Iterator, Mapping
from typing import Any

from entrap.core.quantities import Quantity
from entrap.report.labels import as_html
from entrap.report.page import inline, margins_section, page, part
from entrap.report.summary import summary_of
from entrap.solve.protocol.results import Value, strict
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.hypotheses import LABELS
from entrap.studies.fit.pages.answer import chance, evidence_for
from entrap.studies.fit.pages.caveats import not_fixed
from entrap.studies.fit.pages.tables import (
    data_rows,
    diagnostic_rows,
    divergences,
    hypothesis_rows,
    posterior_rows,
    scale,
    thresholds,
)
from entrap.studies.fit.pages.words import named
from entrap.studies.fit.posterior import INTERVALS, Posterior

_THEORY = (
    "V. Kornich, arXiv:2605.15834 (2026), corrected where its equations do not follow. The words "
    "for ln B: R. Trotta, Contemporary Physics 49, 71 (2008); leaving one point out: A. Vehtari, "
    "A. Gelman and J. Gabry, Statistics and Computing 27, 1413 (2017)."
)


def shown_first(found: Fitted) -> tuple[str, ...]:
    """Hypotheses whose posteriors are drawn and told first: the paper's, and the most probable.

    Args:
        found: The fit.
    """
    names = ("mixing", found.comparison.rows[0].name)
    return tuple(dict.fromkeys(name for name in names if name in found.posteriors))


def fit_report(found: Fitted, drawn: Mapping[str, str], sentences: tuple[str, ...]) -> str:
    """The report of a fit as HTML.

    Args:
        found: The fit.
        drawn: SVG text of its figures, by name.
        sentences: The answer.
    """
    figures = inline(drawn)
    body = part(
        "studies/fit/pages/fit.html",
        hypotheses="".join(hypothesis_rows(found)),
        scale=scale(),
        hypotheses_figure=figures["hypotheses"],
        predictions="".join(
            f"<figure>{svg}</figure>\n" for name, svg in figures.items() if name.startswith("pred")
        ),
        posteriors="".join(_posterior(found, figures, name) for name in _order(found)),
        open="".join(f"<p>{as_html(text)}</p>" for text in _open(found)),
        diagnostics="".join(diagnostic_rows(found)),
        thresholds=thresholds(),
        divergences=divergences(found),
        data="".join(data_rows(found.data)),
        source=html.escape(found.data.source),
        points=f"{len(found.data):,}",
        absent=_absent(found),
        margins=_margins(found),
    )
    return page(
        found.case, _THEORY, sentences, found.validity, body, numbers(found), "posterior-*.nc"
    )


def _order(found: Fitted) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*shown_first(found), *(r.name for r in found.comparison.rows))))


def _posterior(found: Fitted, figures: Mapping[str, str], name: str) -> str:
    if name not in found.posteriors:
        return ""
    figure = figures.get(f"corner_{name}")
    table = part(
        "studies/fit/pages/posterior.html", rows="".join(posterior_rows(found.posteriors[name]))
    )
    heading = html.escape(named(name))
    if figure is None:
        return f"<details><summary>{heading}</summary>\n{table}</details>\n"
    return (
        f"<h3>{heading}</h3>\n{table}<figure>{figure}<figcaption>Shaded: half and nine tenths "
        "of the draws. On the diagonal: median and 90 % interval; dotted, the prior.</figcaption>"
        "</figure>\n"
    )


def _open(found: Fitted) -> Iterator[str]:
    told_ = [text for p in found.posteriors.values() for text in not_fixed(p)]
    yield from told_ or ["Under each hypothesis the data say more of every number than its prior."]


def _absent(found: Fitted) -> str:
    """Hypotheses that were not asked, or explain nothing."""
    lines = [f"{named(name)} was not asked: {why}." for name, why in found.omitted.items()]
    lines += [f"{named(name)} is excluded. {why}" for name, why in found.excluded.items()]
    asked = {*found.posteriors, *found.omitted, *found.excluded}
    lines += [f"{named(name)} was not asked for." for name in LABELS if name not in asked]
    return "".join(f"<p>{html.escape(line)}</p>\n" for line in lines)


def _margins(found: Fitted) -> str:
    if not found.validity:
        return ""
    remark = (
        "They are those at the medians of the paper's hypothesis, all normal electrons trapped; "
        "the worst of the data's temperatures counts."
    )
    return margins_section(found.validity, remark, along=True)


def numbers(found: Fitted) -> dict[str, Value]:
    """The few numbers that sum a fit up.

    Args:
        found: The fit.
    """
    apart, _ = evidence_for(found.comparison)
    bayes = Quantity("1", "ln B", "Best hypothesis with an entropy over the best without")
    probable = Quantity("1", "p", "Probability of an entropy, if all are as probable beforehand")
    made = {
        "points": Value(float(len(found.data)), Quantity("1", "N", "Measurements")),
        "log_bayes": Value(apart, bayes),
        "probability": Value(chance(found.comparison), probable),
    }
    for name in shown_first(found)[:1]:
        for key, summary in found.posteriors[name].table().items():
            declared = summary.declared
            meaning = f"{declared.meaning}; median under {LABELS[name][0]}"
            made[key] = Value(summary.median, Quantity(
                declared.unit, declared.symbol, meaning, declared.source, declared.display
            ))  # fmt: skip
    return made


def fit_summary(found: Fitted, sentences: tuple[str, ...]) -> dict[str, Any]:
    """The contents of `summary.json`.

    Args:
        found: The fit.
        sentences: The answer.
    """
    comparison = found.comparison
    return summary_of(found.case, sentences, numbers(found), found.validity) | {
        "verdict": comparison.verdict,
        "converged": found.succeeded,
        "tied": list(comparison.tied),
        "opposed": comparison.opposed,
        "hypotheses": [
            {"name": row.name, "label": LABELS[row.name][0], "meaning": LABELS[row.name][1]}
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
