"""How every figure looks, and how one is written: fit for a talk, safe for the colour-blind."""

import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.figure import Figure

from entrap.report.labels import typeset

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
    "savefig.dpi": 150,
    "figure.constrained_layout.use": True,
}
"""Settings of every figure."""

GREEN, RED, BLUE, BLACK, GREY = "#009e73", "#d55e00", "#0072b2", "#000000", "#767676"
"""Colours of curves, told apart by the colour-blind too."""


def draw(axes: Any, x: Any, *rows: tuple[Any, ...]) -> None:
    """Draw columns against `x`: values, colour, dashes, label and, if need be, the line's width."""
    for column, colour, dashes, label, *width in rows:
        lw = width[0] if width else None
        axes.plot(x, column, color=colour, ls=dashes, label=typeset(label), lw=lw)


def save(figure: Figure, stem: Path) -> str:
    """Write a figure as PNG and SVG, and give the text of the SVG."""
    with rc_context(STYLE), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a title may be in any script
        figure.savefig(f"{stem}.png")
        with rc_context({"figure.constrained_layout.use": False}):
            figure.set_layout_engine(None)  # laid out by now: not a second time
        figure.savefig(f"{stem}.svg", metadata={"Date": None})
    return Path(f"{stem}.svg").read_text("utf-8")


def save_all(figures: Mapping[str, Figure], folder: Path) -> dict[str, str]:
    """Write figures into a folder, and give the texts of their SVG by name."""
    return {name: save(figure, folder / name) for name, figure in figures.items()}
