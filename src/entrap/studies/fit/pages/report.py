"""What the report, the summary and the terminal show of a fit."""

import dataclasses
import math
from collections.abc import Iterator
from functools import partial
from typing import Any

from rich.table import Table
from rich.text import Text

from entrap.core.quantities import Quantity, number_text
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import percent, unit_text
from entrap.report.result import Account
from entrap.report.terminal import table
from entrap.solve.protocol.results import Value
from entrap.studies.fit.chains import ESS, RHAT
from entrap.studies.fit.comparison import SCALE
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.pages import junction, tables, words
from entrap.studies.fit.pages.answer import fit_answer
from entrap.studies.fit.pages.caveats import divergences, not_fixed
from entrap.studies.fit.posterior import INTERVALS, Posterior


def account(found: Fitted) -> Account:
    """What is shown of a fit."""
    from entrap.studies.fit.figures import fit_figures

    names = (*shown_first(found), *(row.name for row in found.comparison.rows))
    scale = (
        f"{name} from {least:g}" if least else f"{name} below {SCALE[-2][0]:g}"
        for least, name in reversed(SCALE)
    )  # fmt: skip
    return Account(
        case=found.case,
        sentences=fit_answer(found),
        values=numbers(found),
        validity=found.validity,
        template="studies/fit/pages/fit.html",
        figures=partial(fit_figures, found),
        context={
            "found": found,
            "data": found.data,
            "order": tuple(dict.fromkeys(names)),
            "open": [text for p in found.posteriors.values() for text in not_fixed(p)],
            "absent": tuple(_absent(found)),
            "scale": ", ".join(scale),
            "thresholds": f"R-hat below {RHAT:g}, and more than {ESS} effective draws in bulk "
            "and tail",
            "divergences": divergences(found),
            "hypotheses": HYPOTHESES,
            "observables": OBSERVABLES,
            "extent": partial(_extent, found.data),
            "percent": percent,
            "unit_text": unit_text,
            "words": words,
        },
        more=_summary(found),
        tables=tables.frames(found, shown_first(found)),
        printed=lambda: tables.printed(found),
        data="posterior-*.nc",
        before=[Text(found.case.title, style="bold")],
        after=_tables(found),
    )


def shown_first(found: Fitted) -> tuple[str, ...]:
    """Hypotheses whose posteriors come first: the paper's, and the most probable one."""
    names = ("mixing", found.comparison.rows[0].name)
    return tuple(dict.fromkeys(name for name in names if name in found.posteriors))


def _extent(data: Observations, name: str, index: Any) -> tuple[str, str]:
    """From where to where readings of an observable go, and the temperatures or times of them."""
    values, at = data.value[index], data.coordinate[index]
    unit, (ends,) = words.shown(OBSERVABLES[name].quantity, [values.min(), values.max()])
    along = "s" if data.against == "time" else "K"
    return (
        f"{number_text(ends[0], 4)} to {number_text(ends[1], 4)} {unit}",
        f"{number_text(at.min(), 4)} to {number_text(at.max(), 4)} {along}",
    )


def _absent(found: Fitted) -> Iterator[str]:
    """Hypotheses that were not compared, or that explain nothing."""
    for name, why in found.omitted.items():
        yield f"{HYPOTHESES[name]} was not compared: {why}."
    for name, why in found.excluded.items():
        yield f"{HYPOTHESES[name]} is excluded. {why}"
    for name, entry in HYPOTHESES.items():
        if name not in {*found.posteriors, *found.omitted, *found.excluded}:
            yield f"{entry} is not among the hypotheses of the case."


def numbers(found: Fitted) -> dict[str, Value]:
    """The few numbers that sum a fit up."""
    apart, _ = found.comparison.evidence()
    bayes = Quantity("1", "ln B", "Best hypothesis with an entropy over the best without")
    probable = Quantity("1", "p", "Probability of an entropy, if all are as probable beforehand")
    points = Value(len(found.data), Quantity("1", "N", "Measurements"))
    if found.comparison.verdict == "unexplained":
        return {"points": points}
    made = {"points": points}
    if not math.isnan(apart):
        made |= {
            "log_bayes": Value(apart, bayes),
            "probability": Value(found.comparison.chance(), probable),
        }
    for name in shown_first(found)[:1]:
        for key, summary in found.posteriors[name].table().items():
            declared = summary.declared
            meaning = f"{declared.meaning}; median under {HYPOTHESES[name].label}"
            made[key] = Value(summary.median, dataclasses.replace(declared, meaning=meaning))
    return made


def _summary(found: Fitted) -> dict[str, Any]:
    """What `summary.json` has besides that of all results."""
    comparison, data = found.comparison, found.data
    return {
        "verdict": comparison.verdict,
        "converged": found.succeeded,
        "tied": comparison.tied,
        "opposed": comparison.opposed,
        "hypotheses": [
            {"name": row.name, "label": row.entry.label, "meaning": row.entry.meaning}
            | ({"misfit": row.misfit} if comparison.verdict == "unexplained" else vars(row))
            for row in comparison.rows
        ],
        "posteriors": {
            name: _posterior(p) | junction.summary(found, name)
            for name, p in found.posteriors.items()
        },
        "omitted": found.omitted,
        "excluded": found.excluded,
        "data": {
            "source": data.source,
            "points": len(data),
            "against": data.against,
            "follows": data.follows,
            "series": [
                {"quantity": name, "trap": "on" if on else "off", "group": group}
                | {"points": len(index), "limits": int((data.limit[index] != 0).sum())}
                for (name, on, group), index in data.series().items()
            ],
        },
    }


def _posterior(p: Posterior) -> dict[str, Any]:
    numbers_ = {}
    for key, summary in p.table().items():
        declared, prior = summary.declared, summary.prior
        numbers_[key] = {
            "unit": declared.unit,
            "symbol": declared.symbol,
            "meaning": declared.meaning,
            "median": summary.median,
            "deviation": summary.deviation,
            "intervals": {
                f"{share:g}": ends for share, ends in zip(INTERVALS, summary.intervals, strict=True)
            },
        }
        if prior is not None:
            numbers_[key] |= {
                "prior": {"text": prior.shown(declared), "si": str(prior), "origin": prior.origin},
                "contraction": summary.contraction,
                "rhat": summary.rhat,
                "ess": summary.ess,
            }
    chains, draws = p.chains.u.shape[:2]
    return {
        "numbers": numbers_,
        "sampler": {
            "chains": chains,
            "draws": draws,
            "divergences": p.divergences,
            "proposals": "independent" if p.chains.independent else "No-U-Turn",
            "leapfrogs": 0.0 if p.chains.independent else float(p.chains.steps.mean()),
            "converged": p.chains.converged,
        },
        "evidence": vars(p.evidence) | {"laplace": p.optimum.log_evidence},
        "misfit": p.misfit,
        "chi_squared": p.chi_squared,
        "not_fixed": [vars(direction) for direction in p.directions],
    }


def _tables(found: Fitted) -> Iterator[Table]:
    """The numbers of the posteriors that come first, and the hypotheses, for the terminal."""
    for name in shown_first(found):
        p = found.posteriors[name]
        rows = table(f"\n{HYPOTHESES[name]}", "", "median", "", "90 %", "R-hat", "ESS")
        symbols = words.letters_of(p)
        for key, summary in p.table().items():
            texts = words.span(summary)
            low, high = texts.intervals[-1]
            checks = (f"{summary.rhat:.4f}", f"{summary.ess:,.0f}") if summary.prior else ("", "")
            rows.add_row(
                Text(str(symbols[key])), texts.median, Text(texts.unit), f"{low} to {high}", *checks
            )
        yield rows
    if found.comparison.verdict == "unexplained" or len(found.comparison.rows) == 1:
        return
    headings = ("", "hypothesis", "ln B", "p", "Δelpd", "misfit p")
    rows = table("\nHypotheses", *headings, wrapped=["hypothesis"])
    for row in found.comparison.rows:
        misfit = "-" if row.name in found.excluded else words.probability(row.misfit)
        rows.add_row(
            row.entry.label, Text(row.entry.meaning), words.nats(row.log_bayes),
            percent(row.probability), words.nats(row.elpd_difference, row.difference_error), misfit,
        )  # fmt: skip
    yield rows
