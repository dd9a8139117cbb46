"""What the maps of a sweep show: pieces of its data, thinned evenly to what can be seen."""

import dataclasses
import math
from typing import Any

import numpy as np

from entrap.report.labels import quoted
from entrap.studies.sweep.figures.blanks import blanks_of
from entrap.studies.sweep.figures.scales import Scale, lettered, scale
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
        values: The result in SI.
        kinds: Verdicts; None where the results do not tell.
        blanks: Which cells have no number, by reason.
    """

    title: str
    values: np.ndarray
    kinds: np.ndarray | None
    blanks: dict[str, np.ndarray]

    @property
    def told(self) -> np.ndarray:
        """Verdicts, where there is anything to judge."""
        assert self.kinds is not None
        return np.where(self.blanks.get("missing", False), NONE, self.kinds)


@dataclasses.dataclass(frozen=True)
class Maps:
    """A result over two axes, and over up to two more as panels.

    Args:
        x: The first axis.
        y: The second.
        panels: Rows of panels; None where a row is not full.
        note: What is held or left out.
    """

    x: Scale
    y: Scale
    panels: list[list[Panel | None]]
    note: str


def read_maps(swept: Swept, name: str) -> Maps:
    """What a map shows, thinned evenly to what can be seen; only that is read.

    Args:
        swept: A grid.
        name: Of the result.
    """
    sizes = {key: swept.data.sizes[key] for key in swept.axes}
    long = [key for key in swept.axes if sizes[key] > 1]
    first, second, *further = long[:4]
    held = {key: sizes[key] // 2 for key in swept.axes if key not in long[:4]}
    most = 6 if len(further) == 1 else PANELS
    places = [
        np.unique(np.linspace(0, sizes[key] - 1, most).round().astype(int)) for key in further
    ]
    columns, rows = (len(places[i]) if len(places) > i else 1 for i in (0, 1))
    if len(further) == 1:
        rows = 1 if columns <= 3 else 2
        columns = math.ceil(columns / rows)
    steps = {
        key: slice(None, None, -(-sizes[key] * across // CELLS))
        for key, across in ((first, columns), (second, rows))
    }
    along = {key: swept.data[key].isel({key: steps[key]}) for key in (first, second)}
    ordered = {
        key: np.unique(values.to_numpy(), return_index=True) for key, values in along.items()
    }
    scales = [scale(declared_of(along[key]), ordered[key][0]) for key in (first, second)]
    order = np.ix_(ordered[first][1], ordered[second][1])
    panels: list[Panel | None] = [
        _panel(swept, name, held | steps | dict(zip(further, place, strict=True)), order, further)
        for place in _places(places)
    ]
    panels += [None] * (rows * columns - len(panels))
    thinned = [key for key, some in zip(further, places, strict=True) if len(some) < sizes[key]]
    parts = [_at(swept, key, index) for key, index in held.items()]
    if thinned:
        parts.append(f"some of the values of {' and '.join(_symbol(swept, k) for k in thinned)}")
    split = [panels[i * columns : (i + 1) * columns] for i in range(rows)]
    return Maps(scales[0], scales[1], split, ", ".join(parts))


def _places(places: list[np.ndarray]) -> list[tuple[int, ...]]:
    """Indices on the further axes, row by row: the first of them runs along a row."""
    if not places:
        return [()]
    if len(places) == 1:
        return [(int(i),) for i in places[0]]
    return [(int(i), int(j)) for j in places[1] for i in places[0]]


def _panel(swept: Swept, name: str, pick: dict[str, Any], order: Any, further: list[str]) -> Panel:
    values = read(swept, name, pick)[order].T
    which, absent = verdicts(swept, pick), missing(swept, pick)
    judged = np.clip(values, -9, 9) if is_margin(name) else values  # no margin is infinite
    blanks = blanks_of(judged, None if absent is None else absent[order].T)
    return Panel(
        title=lettered(", ".join(_at(swept, key, pick[key]) for key in further)),
        values=values,
        kinds=None if which is None else which[order].T,
        blanks=blanks,
    )


def _at(swept: Swept, key: str, index: int) -> str:
    """Where a panel lies, as in "T = 4 K"."""
    along = swept.data[key]
    declared = declared_of(along)
    return f"{declared.symbol} = {quoted(declared, float(along[int(index)]), 3)}"


def _symbol(swept: Swept, key: str) -> str:
    return declared_of(swept.data[key]).symbol
