"""Figures of a sweep, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.report.style import STYLE
from entrap.studies.sweep.figures.curves import curve_figure, margin_figure
from entrap.studies.sweep.figures.maps import map_figure
from entrap.studies.sweep.figures.points import point_figure
from entrap.studies.sweep.pages.reading import margin_columns, result_names, tells_verdicts
from entrap.studies.sweep.sweep import Swept

RESULTS = 6
"""Most results that are drawn."""


@rc_context(STYLE)
def sweep_figures(swept: Swept) -> dict[str, Figure]:
    """The figures of a sweep, by file name; of large ones, evenly thinned points."""
    names = result_names(swept)[:RESULTS]
    rows = swept.scheme != "grid"
    if rows or sum(swept.data.sizes[key] > 1 for key in swept.axes) > 1:
        kind, draw = ("points", point_figure) if rows else ("map", map_figure)
        return {f"{kind}-{name.replace('_', '-')}": draw(swept, name) for name in names}
    if not swept.axes:
        return {}  # all axes are reduced: a table shows it
    made = {"curves": curve_figure(swept, names)} if names else {}
    if margin_columns(swept.data) and tells_verdicts(swept):
        made["margins"] = margin_figure(swept)
    return made
