"""Report and summary of a plan."""

from collections.abc import Iterator, Mapping
from typing import Any

from entrap.model.observables import OBSERVABLES
from entrap.report.labels import quoted
from entrap.report.page import page
from entrap.report.summary import summary_of
from entrap.solve.protocol.results import strict
from entrap.studies.plan.answer import meaning, plan_answer, symbol
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import DECIDED, Planned


def plan_report(planned: Planned, figures: Mapping[str, str]) -> str:
    """The report of a plan as HTML.

    Args:
        planned: The plan.
        figures: SVG text of its figures, by name.
    """
    return page(
        "studies/plan/plan.html",
        planned.case,
        plan_answer(planned),
        planned.validity,
        figures,
        {},
        ranked=planned.candidates,
        uncertain=planned.uncertain,
        references=tuple(_references(planned)),
        draws=Plan.of(planned.case).draws,
        decided=DECIDED,
        symbol=symbol,
        meaning=meaning,
    )


def plan_summary(planned: Planned) -> dict[str, Any]:
    """The contents of `summary.json`."""
    return summary_of(planned.case, plan_answer(planned), {}, planned.validity) | {
        "candidates": [
            {
                "quantity": c.quantity,
                "read": symbol(c.quantity),
                "temperature": {"value": c.temperature, "unit": "K"},
                "precision": c.precision,
                "information": {
                    "value": c.information,
                    "error": c.information_error,
                    "unit": "bit",
                },
                "mean_log_bayes": {"value": c.gain, "error": c.gain_error},
                "strong": c.decided,
                "mean_log_bayes_against": c.cleared,
                "strong_against": c.refuted,
                "margin": strict(c.margin),
                "fails": c.failing or None,
            }
            for c in planned.candidates
        ],
        "priors": {
            p.key: {"prior": p.prior.shown(p.declared), "origin": p.prior.origin}
            for p in planned.uncertain
        },
    }


def _references(planned: Planned) -> Iterator[tuple[str, str]]:
    """What is read, by name, and the reading of which uncertainties are percents."""
    design = planned.design
    for name, size in zip(design.quantities, map(float, design.references), strict=True):
        seen = OBSERVABLES[name]
        reciprocal = f"1/({quoted(seen.quantity, 1 / size)})"
        yield name, reciprocal if seen.diverges else quoted(seen.quantity, size)
