"""A sweep laid out: which points, in which chunks, computed in which blocks.

A chunk is what is stored, and marked as done, as one; a block is what is computed at once, small
enough for the processor's cache.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np

from entrap.case.case import Case, tables_of
from entrap.case.casefile import CaseFile
from entrap.core.errors import InputError
from entrap.solve.inputs import Choices, Inputs, choices_of, inputs_of, replaced
from entrap.studies.sweep.chunking import by_emptying, layout, sizes
from entrap.studies.sweep.comparison import digest
from entrap.studies.sweep.inputs.keys import declared
from entrap.studies.sweep.inputs.options import Sweep
from entrap.studies.sweep.names import GAINS, RESULTS, TEMPERATURE, check_results, default_results
from entrap.studies.sweep.needs import check_needs
from entrap.studies.sweep.rows import check_rows
from entrap.studies.trap.design import stated_inputs
from entrap.studies.trap.performance import at_temperature, film_temperature, junction_of


@dataclasses.dataclass(frozen=True)
class SweepLayout:
    """Points and results of a sweep.

    Args:
        case: The case; what is no axis stays as it is there.
        axes: Values along each axis [SI]; of one length for rows of points.
        results: Names of what is told.
        scheme: "grid", or how its rows of points were chosen.
        reduce: Axes of the grid that are reduced, and how.
        chunk: Points in a chunk along each dimension that is kept.
        block: Points in a block along each axis.
    """

    case: Case
    axes: Mapping[str, np.ndarray]
    results: tuple[str, ...]
    scheme: str
    reduce: Mapping[str, str]
    chunk: tuple[int, ...]
    block: tuple[int, ...]

    @property
    def grid(self) -> bool:
        """Whether the points are all combinations of the axes' values."""
        return self.scheme == "grid"

    def of(self, *kinds: str) -> tuple[str, ...]:
        """Results of these kinds."""
        return tuple(name for name in self.results if RESULTS[name].kind in kinds)

    @property
    def gains_only(self) -> bool:
        """Whether no result needs more of the evolution than what pairs while the trap empties."""
        evolved = set(self.of("evolution"))
        return bool(evolved) and evolved <= GAINS and by_emptying(self.case)

    @property
    def reduced(self) -> tuple[str, ...]:
        """Axes that are reduced."""
        return tuple(key for key in self.axes if key in self.reduce)

    @property
    def kept(self) -> tuple[str, ...]:
        """Dimensions of the results."""
        if not self.grid:
            return ("point",)
        return tuple(key for key in self.axes if key not in self.reduce)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions of the results."""
        if not self.grid:
            return (len(next(iter(self.axes.values()))),)
        return tuple(len(self.axes[key]) for key in self.kept)

    @property
    def points(self) -> int:
        """How many points are computed."""
        return math.prod(self.shape) * math.prod(len(self.axes[key]) for key in self.reduced)

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return math.prod(self._counts)

    @cached_property
    def inputs(self) -> Inputs:
        """The case's numbers, those that are axes as the case states them."""
        return inputs_of(self.case)

    @cached_property
    def choices(self) -> Choices:
        """The case's choices."""
        return choices_of(self.case)

    @property
    def _counts(self) -> tuple[int, ...]:
        return tuple(-(-n // c) for n, c in zip(self.shape, self.chunk, strict=True))

    def region(self, index: int) -> tuple[slice, ...]:
        """Where a chunk lies, in C order."""
        at = np.unravel_index(index, self._counts)
        sizes = zip(at, self.chunk, self.shape, strict=True)
        return tuple(slice(int(i) * c, min((int(i) + 1) * c, n)) for i, c, n in sizes)

    def blocks(self, region: tuple[slice, ...]) -> Iterator[tuple[slice, ...]]:
        """Blocks of a chunk, as slices of the kept dimensions."""
        return itertools.product(
            *(
                [slice(low, min(low + b, part.stop)) for low in range(part.start, part.stop, b)]
                for part, b in zip(region, self.block[len(self.reduced) :], strict=True)
            )
        )

    def folds(self) -> Iterator[tuple[slice, ...]]:
        """Blocks of the reduced axes."""
        return itertools.product(
            *(
                [slice(low, low + b) for low in range(0, len(self.axes[key]), b)]
                for key, b in zip(self.reduced, self.block, strict=False)
            )
        )

    def values(self, fold: tuple[slice, ...], part: tuple[slice, ...]) -> dict[str, np.ndarray]:
        """Values of the axes over a block, shaped to broadcast, reduced axes first.

        Blocks at the edge of what is kept are filled up with its last value: all have one shape.

        Args:
            fold: Part of the reduced axes.
            part: Part of the kept dimensions.
        """
        if not self.grid:
            (rows,) = part
            return {key: _filled(column[rows], self.block[0]) for key, column in self.axes.items()}
        order = [*self.reduced, *self.kept]
        found = {}
        for i, (key, where) in enumerate(zip(order, (*fold, *part), strict=True)):
            column = self.axes[key][where]
            if key in self.kept:
                column = _filled(column, self.block[i])
            shape = [1] * len(order)
            shape[i] = len(column)
            found[key] = column.reshape(shape)
        return {key: found[key] for key in self.axes}

    def at(self, values: Mapping[str, Any]) -> tuple[Inputs, Any]:
        """Numbers and temperature at points of the axes.

        Args:
            values: Of each axis.
        """
        named = {key: column for key, column in values.items() if key != "temperature"}
        inputs = replaced(self.inputs, named, self.case.material.gap_follows)
        if "temperature" in values:
            return inputs, values["temperature"]
        # Without either no result that is asked depends on a temperature, and NaN shows it.
        return inputs, np.nan if inputs.protocol is None else inputs.protocol.start

    def trap_at(self, values: Mapping[str, Any]) -> Inputs:
        """Numbers of the junction and its film at points of the axes.

        Args:
            values: Of each axis.
        """
        junction, film = self.case.require("trap.junction"), self.case.trap.film
        named = {k: x for k, x in values.items() if k.startswith(("material.", "trap."))}
        inputs = replaced(stated_inputs(self.case), named, self.case.material.gap_follows)
        temperature, own = film_temperature(inputs), junction_of(inputs).trap_temperature
        if "temperature" in values:
            temperature = values["temperature"]
        elif (film is None or film.temperature is None) and "trap.film.temperature" not in values:
            temperature = values.get("protocol.start", temperature)
        if junction.trap_temperature is None and _OWN not in values:
            own = temperature
        return at_temperature(inputs, temperature, own)

    def told(self) -> dict[str, Any]:
        """What identifies the sweep, as a store keeps it: a resumed run must have the same."""
        return {
            "axes": {key: digest(values) for key, values in self.axes.items()},
            "results": list(self.results),
            "scheme": self.scheme,
            "reduce": dict(self.reduce),
            "chunk": list(self.chunk),
            "block": list(self.block),
        }


def lay_out(case: Case, sweep: Sweep) -> SweepLayout:
    """Lay a sweep out.

    Args:
        case: The case.
        sweep: Its axes and what is asked.

    Raises:
        InputError: a result is unknown, or needs what the case lacks.
    """
    axes = sweep.values()
    case = with_tables(case, axes)
    results = check_results(sweep.results or default_results(case))
    axis = 'make it an axis, as in --vary "temperature=1 K:10 K:100"'
    check_needs(case, results, axes, axis)
    if sweep.scheme == "rows":  # of a grid, and of draws, the corners tell
        check_rows(case, axes)
    pointwise = [name for name in results if RESULTS[name].kind in ("evolution", "trap")]
    if pointwise and sweep.reduce:
        raise InputError(
            "reduce works on closed forms of the sample; other results are kept point by point: "
            f"leave {', '.join(pointwise)} out, or `reduce`"
        )
    if len(set(sweep.reduce.values())) > 1:
        raise InputError(
            "reduce must be the same for all axes that it names, but is "
            f"{', '.join(f'{key} = {how!r}' for key, how in sweep.reduce.items())}"
        )
    if len(sweep.reduce) > 1 and set(sweep.reduce.values()) <= {"argmax", "argmin"}:
        raise InputError(
            "argmax and argmin say where along one axis: reduce one axis by them, not "
            f"{', '.join(sweep.reduce)}"
        )
    chunk, block = layout(sweep, axes, sizes(case, results))
    if isinstance(case, CaseFile):  # the axes are those of the layout
        kept = {name: part for name, part in case.studies.items() if name != Sweep.TABLE}
        case = dataclasses.replace(case, studies=kept)
    return SweepLayout(case, axes, results, sweep.scheme, dict(sweep.reduce), chunk, block)


def with_tables(case: Case, axes: Mapping[str, np.ndarray]) -> Case:
    """The case with tables that only axes state, as they are at the first point.

    Args:
        case: The case.
        axes: Values by key.

    Raises:
        InputError: the axes do not state such a table in full.
    """
    if all(key.rpartition(".")[0] in ("", *tables_of(case)) for key in axes):
        return case
    return case.changed({key: float(values[0]) for key, values in axes.items() if "." in key})


def _filled(values: np.ndarray, length: int) -> np.ndarray:
    missing = length - len(values)
    return values if not missing else np.concatenate([values, np.repeat(values[-1:], missing)])


_OWN = "trap.junction.trap_temperature"


def coordinate(key: str) -> Any:
    """Declaration of an axis."""
    return TEMPERATURE if key == "temperature" else declared(key)
