"""Figures in Python: whole ones as a command draws them, and panels into axes of the user."""

import os
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from entrap.core.errors import InputError
from entrap.report.look import Look, refuse_unknown

_ROOMS: Mapping[str, tuple[str, str, str]] = {
    "Evolution": ("run.figures", "panels", "figures_of"),
    "TrapDesign": ("trap.figures", "panels", "trap_figures"),
    "Swept": ("sweep.figures.plots", "panels", "sweep_figures"),
    "Fitted": ("fit.figures", "panels", "fit_figures"),
    "Series": ("fit.figures", "series_panels", "series_figures"),
    "Planned": ("plan.figures", "panels", "plan_figures"),
    "FilmResult": ("film.figures", "panels", "film_figures"),
}
"""Where a result is drawn, by its type: the module, and what gives its panels and its figures."""


def plot(
    result: Any,
    panel: str,
    ax: Any = None,
    *,
    curves: Iterable[str] | None = None,
    style: str = "talk",
) -> Any:
    """Draw a part of a result into axes.

    Args:
        result: What a study returned: of `evolve`, `design_trap`, `film`, `sweep`, `fit`,
            `fit_series` or `plan`.
        panel: What to draw, by name; `panels` has all names.
        ax: Axes of matplotlib to draw into, whose style is left alone. Without them, those of a new
            figure, `ax.figure`.
        curves: Names of the curves to draw; all if None.
        style: "talk" or "paper", of a new figure.

    Returns:
        The axes.

    Raises:
        InputError: the result has no such panel, or the panel no such curve; those that there are
            are named.
    """
    from entrap.report.style import draw_panel

    there = _of(result, 1)(result)
    refuse_unknown([panel], there, "`panel`", "panels")
    chosen = None if curves is None else tuple(curves)
    refuse_unknown(chosen or (), there[panel].curves, "`curves`")
    return draw_panel(there[panel], ax, chosen, Look.of(style=style))


def panels(result: Any) -> dict[str, tuple[str, ...]]:
    """Names of all that `plot` can draw of a result, each with the names of its curves."""
    return {name: panel.curves for name, panel in _of(result, 1)(result).items()}


def figures(result: Any, adjust: Iterable[str] = (), *, style: str = "talk") -> dict[str, Any]:
    """The figures of a result as its command writes them, by the names of their files.

    Args:
        result: As of `plot`.
        adjust: Curves, axes and sizes, as `--adjust` takes them: "rates.x=linear", "size=8.6 cm".
        style: "talk" or "paper".

    Raises:
        InputError: there is no such figure, curve, panel or style.
    """
    from entrap.report.style import checked

    look = Look.of(adjust, style=style)
    there = panels(result)
    curves = dict.fromkeys(name for names in there.values() for name in names)
    for wish in look.settings:
        if there and wish.key == "curves":
            refuse_unknown(wish.value, curves, f'"{wish.text}"')
    return checked(_of(result, 2), result, look)


def _of(result: Any, which: int) -> Any:
    """What the room of a result draws it by."""
    _forget_missing_backend()
    room = _ROOMS.get(type(result).__name__)
    if room is None:
        raise InputError(
            f"`result` must be what a study returned, out of {', '.join(_ROOMS)}, "
            f"but is a {type(result).__name__}"
        )
    return getattr(import_module(f"entrap.studies.{room[0]}"), room[which])


def _forget_missing_backend() -> None:
    """A notebook names its backend to all that it starts, where matplotlib may not find it."""
    kind, _, module = os.environ.get("MPLBACKEND", "").partition("://")
    if kind == "module" and "matplotlib" not in sys.modules:
        if find_spec(module.partition(".")[0]) is None:
            del os.environ["MPLBACKEND"]
