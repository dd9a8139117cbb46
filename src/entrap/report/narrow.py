"""Texts of a figure that is smaller than it is by itself: broken into lines where they fit."""

import re
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text

_GAP = 8.0  # points between a title and what is beside it


def fit(figure: Figure) -> None:
    """Give legends fewer columns, and titles and labels more lines, where they would be cut."""
    engine = figure.get_layout_engine()
    if engine is None:
        return
    FigureCanvasAgg(figure)  # whose renderer measures texts
    for legend in figure.legends[:]:
        _narrow_legend(figure, legend)
    engine.execute(figure)
    for axes in figure.axes:
        box = axes.get_window_extent()
        right = min((x for x in _starts(figure, axes) if x > box.x1), default=figure.bbox.width)
        gap = _GAP * figure.dpi / 72
        for text in axes.get_children():
            if isinstance(text, Text) and text.get_text() == axes.get_title(loc="left"):
                _break(text, right - box.x0 - gap)
        _break(axes.xaxis.label, 0.97 * box.width)
        _break(axes.yaxis.label, 1.05 * box.height, across=False)
    title = figure.get_suptitle()
    for text in figure.texts:
        if title and text.get_text() == title:
            _break(text, figure.bbox.width - gap)


def _starts(figure: Figure, axes: Any) -> list[float]:
    """Where axes beside these begin, from left to right."""
    box = axes.get_window_extent()
    others = [other.get_window_extent() for other in figure.axes]
    return [other.x0 for other in others if other.y0 < box.y1 and other.y1 > box.y0]


def _break(text: Any, room: float, *, across: bool = True) -> None:
    """Break a text into lines that are no longer than the room in pixels."""
    if not text.get_text() or not text.get_visible():
        return
    box = text.get_window_extent()
    length = box.width if across else box.height
    if length > room > 0:
        lines = text.get_text().split("\n")
        letters = max(map(_letters, lines)) * room / length
        text.set_text("\n".join(part for line in lines for part in _broken(line, letters)))


def _broken(line: str, letters: float) -> list[str]:
    """Lines of at most so many letters, or of one word."""
    made = [""]
    for word in line.split(" "):
        longer = f"{made[-1]} {word}".strip()
        if made[-1] and _letters(longer) > letters:
            made.append(word)
        else:
            made[-1] = longer
    return made


def _letters(text: str) -> int:
    r"""How many letters are seen of a text whose symbols are set.

    Examples:
        >>> _letters(r"$\mathregular{n_{s}}$ (1/m³)")
        9
    """
    return len(re.sub(r"[\\${}^_]|mathregular|tilde", "", text))


def _narrow_legend(figure: Figure, legend: Any) -> None:
    """Write a legend again with fewer columns until it is no wider than its figure."""
    handles = legend.legend_handles
    labels = [text.get_text() for text in legend.get_texts()]
    how = {"title": legend.get_title().get_text(), "handlelength": legend.handlelength}
    for columns in range(len(labels) - 1, 0, -1):
        if legend.get_window_extent().width <= figure.bbox.width:
            return
        legend.remove()
        place = {"loc": "outside lower center", "ncols": columns}
        legend = figure.legend(handles, labels, **place, **how)
