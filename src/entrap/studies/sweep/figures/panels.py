"""What the maps of a sweep show: a result over two axes, and over two more as rows of panels."""

import dataclasses
import itertools
import math
from typing import Any

import numpy as np

from entrap.report.labels import listed
from entrap.studies.sweep.figures import scales
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.sweep import Swept

CELLS = 1000
"""Most cells that a figure draws along either direction, its panels together."""

PANELS = 5
"""Most columns and rows of panels."""


@dataclasses.dataclass(frozen=True)
class Panel:
    """One map of (rows, columns), entitled by where it lies on further axes.

    It has values [SI], verdicts on the theory, all of them missing where the results do not tell,
    and, by reason, which cells have no number.
    """

    title: str
    values: np.ndarray
    kinds: np.ndarray
    blanks: dict[str, np.ndarray]


@dataclasses.dataclass(frozen=True)
class Maps:
    """A result over two axes, and over up to two more as rows of panels; None fills the last row.

    The note says at which values further axes are held, and of which only some are shown.
    """

    x: scales.Scale
    y: scales.Scale
    panels: list[list[Panel | None]]
    note: str


def read_maps(swept: Swept, name: str, most_axes: int = 4) -> Maps:
    """A result over the first two axes with more than one value; only what is shown is read."""
    sizes = {key: swept.data.sizes[key] for key in swept.axes}
    long = [key for key in swept.axes if sizes[key] > 1]
    first, second, *further = long[:most_axes]
    held = {key: sizes[key] // 2 for key in swept.axes if key not in long[:most_axes]}
    most = 6 if len(further) == 1 else PANELS
    places = [
        np.unique(np.linspace(0, sizes[key] - 1, most).round().astype(int)).tolist()
        for key in further
    ]
    columns, rows = (len(places[i]) if len(places) > i else 1 for i in (0, 1))
    if len(further) == 1:
        rows = 1 if columns <= 3 else 2
        columns = math.ceil(columns / rows)
    x, y = (
        scales.thinned(swept, key, -(-sizes[key] * across // CELLS))
        for key, across in ((first, columns), (second, rows))
    )
    steps, order = {first: x[1], second: y[1]}, np.ix_(x[2], y[2])

    def values(at: dict[str, int]) -> dict[str, float]:
        return {key: float(swept.data[key][index]) for key, index in at.items()}

    def panel(place: tuple[int, ...]) -> Panel:
        at = dict(zip(further, place, strict=True))
        pick = held | steps | at
        column = reading.read(swept, name, pick)[order].T
        kinds = reading.verdicts(swept, pick)[order].T
        bounded = np.clip(column, -9, 9) if reading.is_margin(name) else column  # none is infinite
        blanks = scales.blanks_of(bounded, kinds == reading.MISSING)
        if not reading.tells_verdicts(swept):
            kinds = np.full_like(kinds, reading.MISSING)
        title = scales.lettered(reading.placed(swept, values(at)))
        return Panel(title, column, kinds, blanks)

    # The first of the further axes runs along a row of panels.
    panels: list[Any] = [panel(p[::-1]) for p in itertools.product(*places[::-1])]
    parts = [reading.placed(swept, values(held))]
    if len(further) == 1:
        panels = _merged(panels)
        rows = 1 if len(panels) <= 3 else 2
        columns = math.ceil(len(panels) / rows)
    if further and all(_alike(panels[0], each) for each in panels):
        symbols = listed(reading.declared_of(swept.data[key]).symbol for key in further)
        parts.append(f"the same at every {symbols}")
        panels, rows, columns, further = [dataclasses.replace(panels[0], title="")], 1, 1, []
    panels += [None] * (rows * columns - len(panels))
    partly = [
        reading.declared_of(swept.data[key]).symbol
        for key, some in zip(further, places, strict=False)
        if len(some) < sizes[key]
    ]
    if partly:
        parts.append(f"some of the values of {' and '.join(partly)}")
    split = [panels[i * columns : (i + 1) * columns] for i in range(rows)]
    return Maps(x[0], y[0], split, ", ".join(filter(None, parts)))


def _merged(panels: list[Panel]) -> list[Panel]:
    """Maps along an axis, those that show the same as the one before them with it."""
    made: list[tuple[Panel, str]] = []
    for panel in panels:
        if made and _alike(made[-1][0], panel):
            _, _, last = panel.title.partition(" = ")
            made[-1] = made[-1][0], f" to {last}"
        else:
            made.append((panel, ""))
    return [dataclasses.replace(panel, title=panel.title + until) for panel, until in made]


def _alike(one: Panel, other: Panel) -> bool:
    """Whether two maps show the same, to rounding."""
    near = np.allclose(one.values, other.values, rtol=1e-9, atol=0.0, equal_nan=True)
    return near and bool((one.kinds == other.kinds).all())
