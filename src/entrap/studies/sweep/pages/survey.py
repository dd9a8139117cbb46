"""What a sweep found, in one pass over its blocks: extremes and where, and which assumptions fail.

The pass holds one block at a time: a store may be larger than memory.
"""

import dataclasses
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from entrap.case.case import Case, tables_of
from entrap.core.quantities import Quantity
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.pages.reading import Pick
from entrap.studies.sweep.sweep import Swept


@dataclasses.dataclass
class Extreme:
    """A least or largest value [SI], the axes' values [SI] there, and whether it is a bound."""

    value: float
    at: dict[str, float]
    at_least: bool = False


@dataclasses.dataclass
class Range:
    """What the values of a result are: at how many points of which kind, and from where to where.

    The extremes behind `_valid` are those where all assumptions hold.
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
class Nearest:
    """The point nearest to the case at which all assumptions hold.

    Args:
        at: The axes' values [SI] there.
        distance: How far each key is from the case's number as a share of its axis, the root of the
            sum of squares; in the logarithm where an axis spans a decade or more.
        values: Results there [SI], by name.
    """

    at: dict[str, float]
    distance: float
    values: dict[str, float]


@dataclasses.dataclass
class Survey:
    """What a sweep found.

    Args:
        points: Of the plan, of which some are computed.
        ends: Least and greatest value of each axis [SI].
        ranges: By name of the result.
        verdicts: Points by verdict, as `WORDS` names it; None where the results do not tell.
        failing: Points at which an assumption fails, by name of its column.
        nearest: The valid point nearest to the case; None where there is none.
        best: Where none is valid, that whose smallest margin is largest; None if not known.
    """

    points: int
    ends: dict[str, tuple[float, float]]
    ranges: dict[str, Range]
    verdicts: Counter[str] | None
    failing: dict[str, int]
    computed: int = 0
    nearest: Nearest | None = None
    best: Extreme | None = None

    @property
    def valid(self) -> int | None:
        """Points at which all assumptions hold."""
        return None if self.verdicts is None else self.verdicts[reading.WORDS[reading.HOLD]]


def survey(swept: Swept) -> Survey:
    """Extremes of the results and verdicts of the margins, over all computed points."""
    columns, data = reading.margin_columns(swept.data), swept.data
    names = reading.result_names(swept)
    found = Survey(
        points=math.prod(reading.dims_of(swept).values()),
        ends=dict.fromkeys(swept.axes, (math.inf, -math.inf)),
        ranges={name: Range(reading.declared_of(data[name])) for name in names},
        verdicts=Counter() if reading.tells_verdicts(swept) else None,
        failing=dict.fromkeys(columns, 0),
    )
    scales = {key: _scale(swept, key) for key in swept.axes}
    least = next((name for name in reading.SMALLEST if name in data), None)
    for block in reading.blocks(swept):
        # What a run that was killed wrote of a chunk and did not complete does not count.
        which = reading.verdicts(swept, block)
        there = which != reading.MISSING
        found.computed += int(there.sum())
        if found.verdicts is not None:
            for verdict, count in zip(*np.unique(which[there], return_counts=True), strict=True):
                found.verdicts[reading.WORDS[int(verdict)]] += int(count)
        for key, (low, high) in found.ends.items():
            along = data[key].isel(block, missing_dims="ignore").to_numpy()
            found.ends[key] = (min(low, float(along.min())), max(high, float(along.max())))
        for column in columns:
            found.failing[column] += int((reading.read(swept, column, block)[there] < 0).sum())
        _approach(found, swept, scales, block, which == reading.HOLD)
        if least is not None and not found.valid:
            _improve(found, swept, least, block, there)
        for name, known in found.ranges.items():
            values = reading.read(swept, name, block)
            finite = np.isfinite(values) & there
            known.finite += int(finite.sum())
            known.undefined += int((np.isnan(values) & there).sum())
            known.infinite += int((np.isinf(values) & there).sum())
            valid = finite & (which == reading.HOLD)
            for suffix, chosen in (("", finite), ("_valid", valid)):
                if chosen.any():
                    _reach(known, name, suffix, np.where(chosen, values, np.nan), swept, block)
    return found


def _scale(swept: Swept, key: str) -> Callable[[Any], Any]:
    """How far values of an axis are from the case's, as shares of the axis; 0 if it states none."""
    values = swept.data[key].to_numpy()
    own = _stated(swept.case, key)
    low, high = float(values.min()), float(values.max())
    if own is None or low == high:
        return np.zeros_like
    if low > 0 and own > 0 and high >= 10 * low:
        return lambda x: np.log(x / own) / np.log(high / low)
    return lambda x: (x - own) / (high - low)


def _stated(case: Case, key: str) -> float | None:
    """The number that a case states for a key; its temperature is that of its start or its film."""
    tables = tables_of(case)
    names = (key,) if key != "temperature" else ("protocol.start", "trap.film.temperature")
    found = (getattr(tables.get(n.rpartition(".")[0]), n.rpartition(".")[2], None) for n in names)
    return next((number for number in found if number is not None), None)


def _approach(found: Survey, swept: Swept, scales: Any, block: Pick, valid: np.ndarray) -> None:
    """Take the valid point of a block that is nearer to the case than the one that is known."""
    if not valid.any():
        return
    squares = np.zeros(valid.shape)
    dims = [*block]
    for key, share in scales.items():
        along = share(swept.data[key].isel(block, missing_dims="ignore").to_numpy()) ** 2
        dim = dims.index(key if key in dims else "point")
        squares = squares + along.reshape([-1 if i == dim else 1 for i in range(len(dims))])
    place = np.unravel_index(int(np.where(valid, squares, np.inf).argmin()), valid.shape)
    distance = math.sqrt(squares[place])
    if found.nearest is None or distance < found.nearest.distance:
        at = _index(block, place)
        there = {name: float(swept.data[name].isel(at)) for name in found.ranges}
        found.nearest = Nearest(_values(swept, at), distance, there)


def _improve(found: Survey, swept: Swept, name: str, block: Pick, there: np.ndarray) -> None:
    """Take the point of a block whose smallest margin is larger than the largest that is known."""
    margins = np.where(there, reading.read(swept, name, block), np.nan)
    if np.isnan(margins).all():
        return
    place = np.unravel_index(int(np.nanargmax(margins)), margins.shape)
    value = float(margins[place])
    if math.isfinite(value) and (found.best is None or value > found.best.value):
        found.best = Extreme(value, _values(swept, _index(block, place)))


def _index(block: Pick, place: Iterable[Any]) -> dict[str, int]:
    """Where a place within a block lies along each dimension."""
    return {d: part.start + int(i) for (d, part), i in zip(block.items(), place, strict=True)}


def _values(swept: Swept, at: Mapping[str, int]) -> dict[str, float]:
    """The axes' values at a point."""
    axes = {key: swept.data[key].isel(at, missing_dims="ignore") for key in swept.axes}
    return {key: float(x) for key, x in axes.items()}


def _reach(
    known: Range, of: str, suffix: str, values: np.ndarray, swept: Swept, block: Pick
) -> None:
    """Widen a range to the values of a block that are numbers."""
    for name, sign in (("least", 1), ("largest", -1)):
        place = np.unravel_index(int(np.nanargmin(sign * values)), values.shape)
        value, before = float(values[place]), getattr(known, name + suffix)
        if before is None or sign * value < sign * before.value:
            there = _values(swept, _index(block, place))
            extreme = Extreme(value, there, reading.is_bound(swept, of, value, there))
            setattr(known, name + suffix, extreme)
