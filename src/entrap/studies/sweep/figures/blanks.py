"""What is no number on a figure: hatched, and said in the legend."""

import numpy as np
from matplotlib.patches import Patch

INK, PAPER = "#8a8a8a", "#f0f0f0"

BLANKS = {
    "undefined": ("..", "no value"),
    "infinite": ("///", "infinite"),
    "missing": ("xxx", "not computed yet"),
}
"""Hatch and name of each kind."""


def blanks_of(values: np.ndarray, absent: np.ndarray | None) -> dict[str, np.ndarray]:
    """Which values are no numbers, by kind.

    Args:
        values: The values.
        absent: Which of them are not computed yet.
    """
    undefined = np.isnan(values)
    if absent is None:
        return {"undefined": undefined, "infinite": np.isinf(values)}
    infinite = np.isinf(values) & ~absent
    return {"undefined": undefined & ~absent, "infinite": infinite, "missing": absent}


def blank_patch(kind: str) -> Patch:
    """Legend entry of a kind."""
    hatch, word = BLANKS[kind]
    return Patch(facecolor=PAPER, edgecolor=INK, hatch=hatch, lw=0, label=word)
