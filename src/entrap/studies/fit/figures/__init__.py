"""Figures of a fit."""

from collections.abc import Iterator

from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.report.style import STYLE
from entrap.studies.fit.figures.corners import corner_figure
from entrap.studies.fit.figures.curves import prediction_figures
from entrap.studies.fit.figures.ranking import ranking
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.pages.report import shown_first


def fit_figures(found: Fitted) -> Iterator[tuple[str, Figure]]:
    """The figures of a fit with their file names, one at a time."""
    with rc_context(STYLE):
        if found.comparison.verdict != "unexplained" and len(found.comparison.rows) > 1:
            yield "hypotheses", ranking(found)
        yield from prediction_figures(found)
        for name in shown_first(found):
            if found.posteriors[name].draws:
                yield f"corner-{name}", corner_figure(found.posteriors[name])
