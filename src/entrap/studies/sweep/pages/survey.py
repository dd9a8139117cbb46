"""What a sweep found, in one pass over its blocks: extremes and where, and which assumptions fail.

The pass holds one block at a time: a store may be larger than memory.
"""

import dataclasses
from typing import Any

import numpy as np

from entrap.core.quantities import Quantity
from entrap.studies.sweep.pages.reading import (
    HOLD,
    WORDS,
    blocks,
    declared_of,
    dims_of,
    margin_columns,
    missing,
    read,
    result_names,
    verdicts,
)
from entrap.studies.sweep.sweep import Swept


@dataclasses.dataclass
class Extreme:
    """A least or largest value [SI], and the axes' values [SI] there."""

    value: float
    at: dict[str, float]


@dataclasses.dataclass
class Range:
    """What a result's finite values are.

    Args:
        declared: What the result is.
        finite: Points with a finite value.
        undefined: Points whose value is no number.
        infinite: Points whose value is infinite, of either sign.
        least: The least.
        largest: The largest.
        largest_valid: The largest where all assumptions hold.
        least_valid: The least there.
    """

    declared: Quantity
    finite: int = 0
    undefined: int = 0
    infinite: int = 0
    least: Extreme | None = None
    largest: Extreme | None = None
    least_valid: Extreme | None = None
    largest_valid: Extreme | None = None


@dataclasses.dataclass
class Survey:
    """What a sweep found.

    Args:
        points: Points of the plan.
        computed: Those computed.
        ends: Least and greatest value of each axis [SI].
        ranges: By name of the result.
        verdicts: Points by verdict, as `WORDS` names it; None where the results do not tell.
        failing: Points at which an assumption fails, by name of its column.
    """

    points: int
    computed: int = 0
    ends: dict[str, tuple[float, float]] = dataclasses.field(default_factory=dict)
    ranges: dict[str, Range] = dataclasses.field(default_factory=dict)
    verdicts: dict[str, int] | None = None
    failing: dict[str, int] = dataclasses.field(default_factory=dict)

    @property
    def valid(self) -> int | None:
        """Points at which all assumptions hold."""
        return None if self.verdicts is None else self.verdicts.get(WORDS[HOLD], 0)


def survey(swept: Swept) -> Survey:
    """Extremes of the results and verdicts of the margins, over all computed points."""
    found = Survey(points=int(np.prod([*dims_of(swept).values()])))
    names = result_names(swept)
    found.ranges = {name: Range(declared_of(swept.data[name])) for name in names}
    columns = margin_columns(swept.data)
    found.failing = dict.fromkeys(columns, 0)
    for block in blocks(swept):
        _reach(found.ends, swept, block)
        absent = missing(swept, block)
        which = verdicts(swept, block)
        there = None if absent is None else ~absent
        size = int(np.prod([part.stop - part.start for part in block.values()]))
        found.computed += size if there is None else int(there.sum())
        if which is not None:
            found.verdicts = found.verdicts or {}
            told = which if there is None else which[there]
            for verdict, count in zip(*np.unique(told, return_counts=True), strict=True):
                word = WORDS[int(verdict)]
                found.verdicts[word] = found.verdicts.get(word, 0) + int(count)
        for column in columns:
            found.failing[column] += int((_read(swept, column, block, there) < 0).sum())
        for name in names:
            values = _read(swept, name, block, there)
            holds = None if which is None else which == HOLD
            _take(found.ranges[name], values, there, holds, (swept, block))
    return found


def _read(swept: Swept, name: str, block: dict[str, slice], there: np.ndarray | None) -> np.ndarray:
    """A block of a column, without what a run that was killed wrote and did not complete."""
    values = read(swept, name, block)
    return values if there is None else np.where(there, values, np.nan)


def _reach(ends: dict[str, tuple[float, float]], swept: Swept, block: dict[str, slice]) -> None:
    """Widen the ends of the axes by those of a block."""
    for key in swept.axes:
        dim = "point" if "point" in block else key
        values = swept.data[key].isel({dim: block[dim]}).to_numpy()
        low, high = ends.get(key, (np.inf, -np.inf))
        ends[key] = (min(low, float(values.min())), max(high, float(values.max())))


def _take(
    known: Range,
    values: np.ndarray,
    there: np.ndarray | None,
    holds: np.ndarray | None,
    where: tuple[Swept, dict[str, slice]],
) -> None:
    """Add a block to what is known of a result."""
    finite = np.isfinite(values)
    count = int(finite.sum())
    total = values.size if there is None else int(there.sum())
    infinite = int(np.isinf(values).sum())
    known.finite += count
    known.infinite += infinite
    known.undefined += total - count - infinite
    for suffix, chosen in (("", finite), ("_valid", None if holds is None else finite & holds)):
        if chosen is None or not chosen.any():
            continue
        low = int(np.argmin(np.where(chosen, values, np.inf)))
        high = int(np.argmax(np.where(chosen, values, -np.inf)))
        for name, flat, better in (("least", low, np.less), ("largest", high, np.greater)):
            value, before = float(values.flat[flat]), getattr(known, name + suffix)
            if before is None or better(value, before.value):
                setattr(known, name + suffix, Extreme(value, _place(*where, flat)))


def _place(swept: Swept, block: dict[str, slice], flat: int) -> dict[str, float]:
    """The axes' values at a point of a block."""
    shape = [part.stop - part.start for part in block.values()]
    index: dict[str, Any] = {
        d: part.start + int(i)
        for (d, part), i in zip(block.items(), np.unravel_index(flat, shape), strict=True)
    }
    return {
        key: float(swept.data[key][index["point"] if "point" in index else index[key]])
        for key in swept.axes
    }
