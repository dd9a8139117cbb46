"""`report.html` of a run."""

from collections.abc import Mapping

from entrap.report.page import page
from entrap.solve.protocol.results import Evolution
from entrap.studies.run.answer import answer


def report(run: Evolution, figures: Mapping[str, str]) -> str:
    """The report of an evolution as HTML.

    Args:
        run: The evolution.
        figures: SVG text of its figures, by name.
    """
    return page(
        "studies/run/run.html",
        run.case,
        answer(run),
        run.validity,
        figures,
        run.quantities,
        regimes=run.regimes,
    )
