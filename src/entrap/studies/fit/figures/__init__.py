"""Figures of a fit."""

from functools import partial

from matplotlib.figure import Figure

from entrap.report.look import LOOK, Look
from entrap.report.style import Panel, adjusted, figure_for, styled
from entrap.studies.fit.drawn import SERIES
from entrap.studies.fit.figures.corners import corner_figure, drawn_keys
from entrap.studies.fit.figures.curves import prediction_figures, prediction_panels
from entrap.studies.fit.figures.gains import gains
from entrap.studies.fit.figures.ranking import ranking
from entrap.studies.fit.fit import Fitted
from entrap.studies.fit.pages.report import shown_first
from entrap.studies.fit.series import Series


def fit_figures(found: Fitted, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a fit, by file name."""
    with styled(look.style):
        made = {}
        if found.comparison.verdict != "unexplained" and len(found.comparison.rows) > 1:
            made["hypotheses"] = ranking(found, look)
        made |= prediction_figures(found, look)
        for name in shown_first(found):
            if drawn_keys(found.posteriors[name]):
                made[f"corner-{name}"] = corner_figure(found.posteriors[name], look)
        return adjusted(made, look)


def series_figures(found: Series, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a series of samples, by file name."""
    with styled(look.style):
        figure = figure_for(look, "gain", 8.0, 5.2)
        gains(found, figure.subplots(), look.curves("gain", SERIES["gain"]))
        return adjusted({"gain": figure}, look)


def panels(found: Fitted) -> dict[str, Panel]:
    """What can be drawn of a fit, by name."""
    return prediction_panels(found)


def series_panels(found: Series) -> dict[str, Panel]:
    """What can be drawn of a series, by name."""
    return {"gain": Panel(partial(gains, found), SERIES["gain"])}
