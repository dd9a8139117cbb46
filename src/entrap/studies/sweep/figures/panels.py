"""What the maps of a sweep show: pieces of its data, thinned evenly to what can be seen."""

import dataclasses
import itertools
import math
from typing import Any

import numpy as np

from entrap.report.labels import quoted
from entrap.studies.sweep.figures.scales import Scale, blanks_of, lettered, scale
from entrap.studies.sweep.pages.reading import declared_of, is_margin, missing, read, verdicts
from entrap.studies.sweep.sweep import Swept

CELLS = 1000
"""Most cells that a figure draws along either direction, its panels together."""

PANELS = 5
"""Most columns and rows of panels."""

NONE = -9
"""Verdict of what is not computed."""


@dataclasses.dataclass(frozen=True)
class Panel:
    """One map, (rows, columns).

    Args:
        title: Where it lies on further axes.
        values: The result [SI].
        kinds: Verdicts on the theory; None where the results hold no margins.
        blanks: Which cells have no number, by reason.
    """

    title: str
    values: np.ndarray
    kinds: np.ndarray | None
    blanks: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Maps:
    """A result over two axes, and over up to two more as panels.

    Args:
        x: The first axis.
        y: The second.
        panels: Rows of panels; None where a row is not full.
        note: At which values further axes are held, and of which only some are shown.
    """

    x: Scale
    y: Scale
    panels: list[list[Panel | None]]
    note: str


def read_maps(swept: Swept, name: str) -> Maps:
    """A result over the first two axes with more than one value; only what is shown is read."""
    sizes = {key: swept.data.sizes[key] for key in swept.axes}
    long = [key for key in swept.axes if sizes[key] > 1]
    first, second, *further = long[:4]
    held = {key: sizes[key] // 2 for key in swept.axes if key not in long[:4]}
    most = 6 if len(further) == 1 else PANELS
    places = [
        np.unique(np.linspace(0, sizes[key] - 1, most).round().astype(int)).tolist()
        for key in further
    ]
    columns, rows = (len(places[i]) if len(places) > i else 1 for i in (0, 1))
    if len(further) == 1:
        rows = 1 if columns <= 3 else 2
        columns = math.ceil(columns / rows)
    steps = {
        key: slice(None, None, -(-sizes[key] * across // CELLS))
        for key, across in ((first, columns), (second, rows))
    }
    scales, order = [], []
    for key in (first, second):
        along = swept.data[key].isel({key: steps[key]})
        values, increasing = np.unique(along.to_numpy(), return_index=True)
        scales.append(scale(declared_of(along), values))
        order.append(increasing)

    def panel(place: tuple[int, ...]) -> Panel:
        at = dict(zip(further, place, strict=True))
        title = lettered(", ".join(_at(swept, key, index) for key, index in at.items()))
        return _panel(swept, name, title, held | steps | at, np.ix_(*order))

    # The first of the further axes runs along a row of panels.
    panels: list[Panel | None] = [panel(p[::-1]) for p in itertools.product(*places[::-1])]
    panels += [None] * (rows * columns - len(panels))
    parts = [_at(swept, key, index) for key, index in held.items()]
    thinned = [
        declared_of(swept.data[key]).symbol
        for key, some in zip(further, places, strict=True)
        if len(some) < sizes[key]
    ]
    if thinned:
        parts.append(f"some of the values of {' and '.join(thinned)}")
    split = [panels[i * columns : (i + 1) * columns] for i in range(rows)]
    return Maps(scales[0], scales[1], split, ", ".join(parts))


def _panel(swept: Swept, name: str, title: str, pick: dict[str, Any], order: Any) -> Panel:
    values = read(swept, name, pick)[order].T
    kinds, absent = (
        None if found is None else found[order].T
        for found in (verdicts(swept, pick), missing(swept, pick))
    )
    if kinds is not None and absent is not None:
        kinds = np.where(absent, NONE, kinds)
    bounded = np.clip(values, -9, 9) if is_margin(name) else values  # no margin is infinite
    return Panel(title, values, kinds, blanks_of(bounded, absent))


def _at(swept: Swept, key: str, index: int) -> str:
    """Where a panel lies, as in "T = 4 K"."""
    along = swept.data[key]
    declared = declared_of(along)
    return f"{declared.symbol} = {quoted(declared, float(along[index]), 3)}"
