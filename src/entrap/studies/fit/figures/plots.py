"""Figures of a fit."""

from collections.abc import Iterator

from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.present.fits.corners import corner_figure
from entrap.present.fits.curves import prediction_figures
from entrap.present.fits.ranking import ranking
from entrap.present.fits.report import shown_first
from entrap.present.plots import STYLE
from entrap.study.fitting.fit import Fitted


def fit_figures(found: Fitted) -> Iterator[tuple[str, Figure]]:
    """The figures of a fit with their file names, one at a time.

    Args:
        found: The fit.
    """
    with rc_context(STYLE):
        yield "hypotheses", ranking(found)
        yield from prediction_figures(found)
        for name in shown_first(found):
            if found.posteriors[name].draws:
                yield f"corner-{name}", corner_figure(found.posteriors[name])
