"""How every figure looks, and how one is written: fit for a talk, safe for the colour-blind."""

import io
import warnings
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from entrap.report.grades import GRADES, UNKNOWN, grade
from entrap.report.labels import typeset
from entrap.report.written import USUAL

STYLE: dict[Any, Any] = {
    "font.size": 12,
    "axes.titlesize": 12,
    "axes.labelsize": 12,
    "legend.fontsize": 10,
    "lines.linewidth": 2.2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "entrap",
    "pdf.fonttype": 42,
    "savefig.dpi": 150,
    "figure.constrained_layout.use": True,
}
"""Settings of every figure."""
_UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Of files that would have the time in them: a figure drawn again is the same file."""

GREEN, RED, ORANGE = "#009e73", "#d55e00", "#e69f00"
BLUE, BLACK, GREY = "#0072b2", "#000000", "#767676"
"""Colours of curves, which the colour-blind can distinguish too."""


def draw(axes: Any, x: Any, *rows: tuple[Any, ...]) -> None:
    """Draw columns against `x`: values, colour, dashes, label and, if need be, the line's width."""
    for column, colour, dashes, label, *width in rows:
        lw = width[0] if width else None
        axes.plot(x, column, color=colour, ls=dashes, label=typeset(label), lw=lw)


def save(figure: Figure, stem: Path, formats: Collection[str] = USUAL) -> str:
    """Write a figure in each of these formats, and give the text of its SVG.

    It is laid out once, as for a PNG, so that it is the same whatever formats are asked for.
    """
    with rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a title may be in any script
        _lay_out(figure)
        text = io.StringIO()
        for each in sorted({"svg", *formats}):
            file = text if each == "svg" else f"{stem}.{each}"
            figure.savefig(file, format=each, metadata=_UNDATED.get(each))
    if "svg" in formats:
        Path(f"{stem}.svg").write_text(text.getvalue(), "utf-8")
    return text.getvalue()


def _lay_out(figure: Figure) -> None:
    """Find where all of a figure goes, and leave it there."""
    dpi, engine = figure.dpi, figure.get_layout_engine()
    if engine is not None:
        FigureCanvasAgg(figure)  # whose renderer measures all texts
        figure.dpi = STYLE["savefig.dpi"]
        engine.execute(figure)
        figure.dpi = dpi
        figure.set_layout_engine("none")


def save_all(
    figures: Mapping[str, Figure], folder: Path, formats: Collection[str] = USUAL
) -> dict[str, str]:
    """Write figures into a folder in these formats, and give the texts of their SVG by name."""
    return {name: save(figure, folder / name, formats) for name, figure in figures.items()}


def margin_bars(
    figure: Figure, edges: np.ndarray, rows: list[tuple[str, np.ndarray, float | None]]
) -> Any:
    """Draw a row of bars for each margin, coloured by grade, into an empty figure; give its axes.

    Args:
        figure: The figure; the worst grade of each margin stands at the right.
        edges: Limits of the cells along the axis.
        rows: Label, margin in each cell, and smallest margin; NaN and None where it is not known.
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
    axes.set(ylim=(len(rows) - 0.5, -0.5), xlim=(edges[0], edges[-1]))
    axes.grid(visible=False)
    axes.set_title("Can the theory be trusted here? At the right: the worst grades", loc="left")
    keys = [
        Patch(facecolor=g.colour, hatch="///" if g.low < 0 else None, label=g.word, lw=0)
        for g in GRADES
    ]
    if any(np.isnan(margins).any() for _, margins, _ in rows):
        keys.append(Patch(facecolor=UNKNOWN.colour, label="normal or not known", lw=0))
    figure.legend(handles=keys, loc="outside lower center", ncols=len(keys))
    return axes


def runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Start and end of each run of equal values."""
    starts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist()]
    return [*zip(starts, [*starts[1:], len(values)], strict=True)]
