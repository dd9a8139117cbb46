"""Report and summary of a plan."""

import html
from collections.abc import Mapping
from typing import Any

from entrap.model.observables import OBSERVABLES
from entrap.report.labels import as_html, quoted
from entrap.report.page import inline, margins_section, page, part
from entrap.report.summary import summary_of
from entrap.solve.protocol.results import strict
from entrap.studies.plan.answer import meaning, plan_answer, symbol
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.plan.plan import DECIDED, Candidate, Planned

_SHOWN = 30  # rows of the table


def plan_report(planned: Planned, figures: Mapping[str, str]) -> str:
    """The report of a plan as HTML.

    Args:
        planned: The plan.
        figures: SVG text of its figures, by name.
    """
    ranked = planned.candidates
    shown = f"The first {_SHOWN} of {len(ranked)}; all are in summary.json."
    body = part(
        "studies/plan/plan.html",
        **inline(figures),
        decided=f"{DECIDED:g}",
        candidates="".join(_row(i + 1, c) for i, c in enumerate(ranked[:_SHOWN])),
        shown=shown if len(ranked) > _SHOWN else "",
        draws=str(Plan.of(planned.case).draws),
        references="".join(_reference(planned, i) for i in range(len(planned.design.quantities))),
        priors="".join(
            f"<tr><td><code>{html.escape(p.key)}</code></td><td>{as_html(p.declared.symbol)}</td>"
            f"<td>{as_html(p.prior.shown(p.declared))}</td><td>{p.prior.origin}</td></tr>"
            for p in planned.asked
        ),
        margins=margins_section(
            planned.validity,
            "At the numbers that the case states, all normal electrons trapped; the worst of the "
            "temperatures that were looked at counts.",
            along=True,
        ),
    )
    theory = "V. Kornich, arXiv:2605.15834 (2026), corrected where its equations do not follow."
    return page(planned.case, theory, plan_answer(planned), planned.validity, body, {}, "plan.nc")


def plan_summary(planned: Planned) -> dict[str, Any]:
    """The contents of `summary.json`.

    Args:
        planned: The plan.
    """
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
            for p in planned.asked
        },
    }


def _row(rank: int, c: Candidate) -> str:
    theory = f"✗ <code>{c.failing}</code>" if c.failing else "✓ holds"
    cells = (
        f"{c.temperature:.4g} K",
        f"{100 * c.precision:.3g} %",
        f"{c.information:.3f} ± {c.information_error:.3f}",
        f"{c.gain:,.0f} ± {c.gain_error:,.0f}" if c.gain > 100 else f"{c.gain:.3g}",
        f"{c.decided:.0%}",
        f"{c.cleared:.3g}",
        f"{c.refuted:.0%}",
    )
    numbers = "".join(f'<td class="number">{cell}</td>' for cell in cells)
    return (
        f"<tr><td>{rank}</td><td>{as_html(symbol(c.quantity))}</td>{numbers}<td>{theory}</td></tr>"
    )


def _reference(planned: Planned, index: int) -> str:
    name, size = planned.design.quantities[index], float(planned.design.references[index])
    seen = OBSERVABLES[name]
    reciprocal = f"1/({quoted(seen.quantity, 1 / size)})"
    shown = reciprocal if seen.diverges else quoted(seen.quantity, size)
    return (
        f"<tr><td><code>{name}</code></td><td>{as_html(symbol(name))}</td>"
        f'<td>{as_html(meaning(name))}</td><td class="number">{shown}</td></tr>'
    )
