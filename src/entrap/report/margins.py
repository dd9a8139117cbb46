"""A figure of margins along an axis: where each holds, and by how much."""

from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from entrap.report.grades import GRADES, UNKNOWN, grade
from entrap.report.style import BLACK


def margin_bars(
    figure: Figure, edges: np.ndarray, rows: list[tuple[str, np.ndarray, float | None]]
) -> Any:
    """Draw a row of bars for each margin, coloured by grade, with its worst grade at the right.

    Args:
        figure: An empty figure.
        edges: Limits of the cells along the axis.
        rows: Label, margin in each cell, and smallest margin; NaN and None where it is not known.

    Returns:
        The axes.
    """
    axes = figure.subplots()
    for row, (_, margins, worst) in enumerate(rows):
        which = np.searchsorted([g.low for g in GRADES], np.clip(margins, -9, 9), side="right") - 1
        for start, end in runs(np.where(np.isnan(margins), len(GRADES), which)):
            shade = UNKNOWN if np.isnan(margins[start]) else GRADES[which[start]]
            axes.barh(
                row, edges[end] - edges[start], 0.84, edges[start], color=shade.colour,
                edgecolor=BLACK, linewidth=0, hatch="///" if shade.low < 0 else None,
            )  # fmt: skip
        at = axes.get_yaxis_transform()
        axes.text(1.01, row, grade(worst).word, transform=at, va="center", fontsize=10)
    axes.set_yticks(range(len(rows)), [label for label, *_ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(edges[0], edges[-1])
    axes.grid(visible=False)
    axes.set_title("Can the theory be trusted here? At the right: worst grade", loc="left")
    keys = [
        Patch(facecolor=g.colour, hatch="///" if g.low < 0 else None, label=g.word, lw=0)
        for g in GRADES
    ]
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys))
    return axes


def runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Start and end of each run of equal values."""
    starts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist()]
    return [*zip(starts, [*starts[1:], len(values)], strict=True)]
