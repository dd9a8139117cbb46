"""What a sweep found, in one pass over its blocks: extremes and where, and which assumptions fail.

The pass holds one block at a time: a store may be larger than memory.
"""

import dataclasses
import math
from collections import Counter

import numpy as np

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
class Survey:
    """What a sweep found.

    Args:
        points: Of the plan, of which some are computed.
        ends: Least and greatest value of each axis [SI].
        ranges: By name of the result.
        verdicts: Points by verdict, as `WORDS` names it; None where the results do not tell.
        failing: Points at which an assumption fails, by name of its column.
    """

    points: int
    ends: dict[str, tuple[float, float]]
    ranges: dict[str, Range]
    verdicts: Counter[str] | None
    failing: dict[str, int]
    computed: int = 0

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


def _reach(
    known: Range, of: str, suffix: str, values: np.ndarray, swept: Swept, block: Pick
) -> None:
    """Widen a range to the values of a block that are numbers."""
    for name, sign in (("least", 1), ("largest", -1)):
        place = np.unravel_index(int(np.nanargmin(sign * values)), values.shape)
        value, before = float(values[place]), getattr(known, name + suffix)
        if before is None or sign * value < sign * before.value:
            at = {d: part.start + int(i) for (d, part), i in zip(block.items(), place, strict=True)}
            axes = {key: swept.data[key].isel(at, missing_dims="ignore") for key in swept.axes}
            there = {key: float(x) for key, x in axes.items()}
            extreme = Extreme(value, there, reading.is_bound(swept, of, value, there))
            setattr(known, name + suffix, extreme)
