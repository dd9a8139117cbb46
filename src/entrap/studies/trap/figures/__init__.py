"""Figures of a trap, fit for a talk: units on axes, colour-blind safe, clear in grey."""

from functools import partial

from matplotlib.figure import Figure

from entrap.report.look import LOOK, Look
from entrap.report.style import Panel, adjusted, figure_for, legend_below, styled
from entrap.studies.trap.design import TrapDesign
from entrap.studies.trap.drawn import FIGURES, PANELS
from entrap.studies.trap.figures import panels as drawers

_OF_RATE = ("evacuation", "evacuation-over-place", "evacuation-over-count")
_ON_FILM = ("profile", *_OF_RATE)


def trap_figures(design: TrapDesign, look: Look = LOOK) -> dict[str, Figure]:
    """The figures of a design, by file name: of its junction, and of evacuation from its film."""
    there = panels(design)
    with styled(look.style):
        made = {}
        for name, parts in FIGURES.items():
            shown = [part for part in parts if part in there]
            if shown:
                made[name] = _figure(name, [there[part] for part in shown], look)
        return adjusted(made, look)


def panels(design: TrapDesign) -> dict[str, Panel]:
    """What can be drawn of a design, by name."""
    film = design.case.trap.film is not None
    measured = design.case.trap.junction is None
    return {
        name: Panel(partial(getattr(drawers, name.replace("-", "_")), design), curves)
        for name, curves in PANELS.items()
        if (film or name not in _ON_FILM) and (not measured or name in _OF_RATE)
    }


def _figure(name: str, parts: list[Panel], look: Look) -> Figure:
    """Panels side by side, their legends below."""
    width, height = {1: (7.4, 5.0), 2: (11.0, 5.2), 3: (13.0, 4.9)}[len(parts)]
    figure = figure_for(look, name, width, height)
    for axes, part in zip(figure.subplots(1, len(parts), squeeze=False).flat, parts, strict=True):
        part.draw(axes, look.curves(name, part.curves))
        if axes.get_legend() is None:
            legend_below(axes, columns=1 if len(parts) > 2 else 2)
    return figure
