"""Figures of a sweep, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.report.style import STYLE
from entrap.studies.sweep.figures.bars import ranked_bars
from entrap.studies.sweep.figures.curves import curve_figure, margin_figure
from entrap.studies.sweep.figures.maps import map_figure
from entrap.studies.sweep.figures.points import point_figure
from entrap.studies.sweep.pages.reading import margin_columns, result_names, tells_verdicts
from entrap.studies.sweep.sensitivity import Sensitivities
from entrap.studies.sweep.sweep import Swept

RESULTS = 6
"""Most results that are drawn."""


def sweep_figures(swept: Swept) -> dict[str, Figure]:
    """The figures of a sweep, by file name; of large ones, evenly thinned points."""
    names = drawn_names(swept)
    with rc_context(STYLE):
        if swept.scheme != "grid":
            return {_file("points", name): point_figure(swept, name) for name in names}
        if sum(swept.data.sizes[key] > 1 for key in swept.axes) > 1:
            return {_file("map", name): map_figure(swept, name) for name in names}
        if not swept.axes:
            return {}  # all axes are reduced: a table shows it
        made = {"curves": curve_figure(swept, names)} if names else {}
        if margin_columns(swept.data) and tells_verdicts(swept.data):
            made["margins"] = margin_figure(swept)
        return made


def sensitivity_figure(table: Sensitivities) -> Figure:
    """What results depend on, ranked."""
    with rc_context(STYLE):
        return ranked_bars(table)


def drawn_names(swept: Swept) -> tuple[str, ...]:
    """Results that are drawn: the first few."""
    return result_names(swept)[:RESULTS]


def _file(kind: str, name: str) -> str:
    return f"{kind}-{name.replace('_', '-')}"
