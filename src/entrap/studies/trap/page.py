"""`report.html` of a trap: what it does, what limits it, what would help."""

from collections.abc import Mapping

from entrap.report.page import page
from entrap.studies.trap.answer import compared, trap_answer
from entrap.studies.trap.design import TrapDesign


def trap_report(design: TrapDesign, figures: Mapping[str, str]) -> str:
    """The report of a design as HTML.

    Args:
        design: The design.
        figures: SVG text of its figures, by name.
    """
    return page(
        "studies/trap/trap.html",
        design.case,
        trap_answer(design),
        design.margins,
        figures,
        design.quantities,
        design=design,
        compared=compared,
    )
