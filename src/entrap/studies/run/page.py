"""`report.html` of a run."""

from collections.abc import Mapping
from typing import Any

from entrap.report.page import inline, margins_section, page, part
from entrap.solve.protocol.results import Evolution
from entrap.studies.run.answer import answer


def report(run: Evolution, figures: Mapping[str, Any]) -> str:
    """The report of an evolution as HTML.

    Args:
        run: The evolution.
        figures: SVG text of its figures, by name.
    """
    inlined = inline(figures)
    inlined["margins_figure"] = inlined.pop("margins")
    body = part(
        "studies/run/run.html",
        **inlined,
        margins=margins_section(
            run.validity,
            "The worst point of the evolution counts; the last column says up to which "
            "temperature it holds without a break.",
            along=True,
        ),
        regimes="".join(
            f"<tr><td>{r.name}</td><td>{r.start:.6g} s</td><td>{r.end:.6g} s</td></tr>"
            for r in run.regimes
        ),
    )
    theory = "V. Kornich, arXiv:2605.15834 (2026), corrected where its equations do not follow."
    return page(run.case, theory, answer(run), run.validity, body, run.quantities)
