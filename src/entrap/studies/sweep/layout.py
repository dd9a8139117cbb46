"""The layout of a sweep: its points, the chunks in which they are stored, blocks to compute.

A chunk is stored, and marked as done, as one; a block is computed at once, and is small enough for
the processor's cache.
"""

import dataclasses
import hashlib
import itertools
import math
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.case import Case, tables_of
from entrap.case.casefile import CaseFile, study_of
from entrap.case.layout import Layout
from entrap.case.problems import keyed
from entrap.case.tables import TABLES
from entrap.core.errors import InputError, Problem
from entrap.model.entropy import ENTROPIES
from entrap.solve.inputs import Choices, Inputs, by_key, choices_of, inputs_of, replaced
from entrap.solve.protocol.evolve import gains_by_emptying
from entrap.studies.film.point import changed_film
from entrap.studies.sweep.inputs.options import Sweep
from entrap.studies.sweep.names import (
    GAINS,
    Result,
    check_needs,
    check_results,
    default_results,
    results_of,
)
from entrap.studies.sweep.store import chunk_grid, chunk_region
from entrap.studies.trap.judged import stated_inputs
from entrap.studies.trap.performance import at_temperature, film_temperature, junction_of

CLOSED_CHUNK, CLOSED_BLOCK = 1 << 20, 1 << 17
"""Points of closed forms in a chunk and in a block: 8 MB and 1 MB a column."""

MIDDLE_CHUNK, MIDDLE_BLOCK = 1 << 17, 1 << 13
"""The same of a junction on its film, and of emptying alone."""

EVOLUTION_CHUNK, EVOLUTION_BLOCK = 1 << 10, 1 << 7
"""The same of evolutions: a chunk takes seconds. A film takes that for each point."""

_NUMBERS = tuple(f"{table}." for table in TABLES)

Part = tuple[slice, ...]
"""Points of a chunk or a block along each dimension that is kept."""

_PIECES = 8  # chunks that a sweep has at least, unless they would be smaller than a block


@dataclasses.dataclass(frozen=True)
class SweepLayout:
    """Points and results of a sweep.

    Args:
        case: A number that is no axis keeps its value from there.
        axes: Values along each axis [SI]; of one length for rows of points.
        results: Their names.
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
        return tuple(name for name in self.results if self.known[name].kind in kinds)

    @cached_property
    def known(self) -> Mapping[str, Result]:
        """Every result that the case may have."""
        return results_of(self.case)

    @property
    def gains_only(self) -> bool:
        """Whether no result needs more of the evolution than what pairs while the trap empties."""
        evolved = set(self.of("evolution"))
        trap, entropy = self.case.trap, ENTROPIES[self.case.mixture.entropy]
        alone = gains_by_emptying(trap.closure, trap.junction is not None, entropy)
        return alone and bool(evolved) and evolved <= GAINS

    @property
    def sizes(self) -> dict[str, int]:
        """Lengths of the dimensions: those of the axes on a grid, else the number of rows."""
        lengths = {key: len(values) for key, values in self.axes.items()}
        return lengths if self.grid else {"point": next(iter(lengths.values()))}

    @property
    def reduced(self) -> tuple[str, ...]:
        """Dimensions that are reduced."""
        return tuple(key for key in self.sizes if key in self.reduce)

    @property
    def kept(self) -> tuple[str, ...]:
        """Dimensions of the results."""
        return tuple(key for key in self.sizes if key not in self.reduce)

    @property
    def shape(self) -> tuple[int, ...]:
        """Lengths of the dimensions of the results."""
        return tuple(self.sizes[key] for key in self.kept)

    @property
    def points(self) -> int:
        """How many points are computed."""
        return math.prod(self.sizes.values())

    @property
    def chunks(self) -> int:
        """How many chunks there are."""
        return math.prod(chunk_grid(self.shape, self.chunk))

    @cached_property
    def inputs(self) -> Inputs:
        """The case's numbers, those that are axes as the case states them."""
        return inputs_of(self.case)

    @cached_property
    def choices(self) -> Choices:
        """The case's choices, with room for the largest number of traps."""
        chosen, counts = choices_of(self.case), self.axes.get("trap.film.trap_count")
        return (
            chosen if counts is None else dataclasses.replace(chosen, trap_count=int(counts.max()))
        )

    def region(self, index: int) -> Part:
        """Points of a chunk along each kept dimension."""
        return chunk_region(index, self.shape, self.chunk)

    def blocks(self, region: Part) -> Iterator[Part]:
        """Blocks of a chunk, as slices of the kept dimensions."""
        return itertools.product(*map(_cut, region, self.block[len(self.reduced) :]))

    def folds(self) -> Iterator[Part]:
        """Blocks of the reduced axes."""
        whole = [slice(0, self.sizes[key]) for key in self.reduced]
        return itertools.product(*map(_cut, whole, self.block))

    def values(self, fold: Part, part: Part, *, filled: bool = True) -> dict[str, np.ndarray]:
        """Values of the axes over a block, shaped to broadcast, reduced axes first.

        The block is a part of the kept dimensions, and a fold of the reduced ones. If `filled`, one
        at the edge is filled up with the last value, so that all have one shape.
        """
        dims, where = [*self.reduced, *self.kept], (*fold, *part)
        found = {}
        for key, values in self.axes.items():
            i = dims.index(key if self.grid else "point")
            piece = values[where[i]]
            if filled and dims[i] in self.kept and len(piece) < self.block[i]:
                piece = np.pad(piece, (0, self.block[i] - len(piece)), mode="edge")
            found[key] = piece.reshape([-1 if j == i else 1 for j in range(len(dims))])
        return found

    def at(self, values: Mapping[str, Any]) -> tuple[Inputs, Any]:
        """Numbers and temperature where the axes have these values."""
        named = {key: column for key, column in values.items() if key.startswith(_NUMBERS)}
        inputs = replaced(self.inputs, named, self.case.material.gap_follows)
        if "temperature" in values:
            return inputs, values["temperature"]
        # Without either no result of this sweep depends on a temperature, and NaN shows it.
        return inputs, np.nan if inputs.protocol is None else inputs.protocol.start

    def trap_at(self, values: Mapping[str, Any]) -> Inputs:
        """Numbers of the junction and its film where the axes have these values."""
        junction, film = self.case.require("trap.junction"), self.case.trap.film
        named = {k: x for k, x in values.items() if k.startswith(("material.", "trap."))}
        inputs = replaced(stated_inputs(self.case), named, self.case.material.gap_follows)
        temperature, own = film_temperature(inputs), junction_of(inputs).trap_temperature
        if "temperature" in values:
            temperature = values["temperature"]
        elif (film is None or film.temperature is None) and "trap.film.temperature" not in values:
            temperature = values.get("protocol.start", temperature)
        if junction.trap_temperature is None and "trap.junction.trap_temperature" not in values:
            key, phonons = "trap.junction.phonon_temperature", junction.phonon_temperature
            own = temperature if phonons is None and key not in values else np.nan
        return at_temperature(inputs, temperature, own)

    def description(self) -> dict[str, Any]:
        """What identifies the sweep, as a store keeps it: a resumed run must have the same."""
        fields = ("results", "scheme", "reduce", "chunk", "block")
        axes = {key: digest(values) for key, values in self.axes.items()}
        made = {"axes": axes} | {name: getattr(self, name) for name in fields}
        if (file := self.drawing) is not None and self.of("film"):
            made["drawing"] = hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        return made

    @property
    def folder(self) -> str:
        """The folder to which the name of that file is relative; the present one without it."""
        layout = study_of(self.case, Layout)
        return str((Path() if layout is None else layout.folder).absolute())

    @property
    def drawing(self) -> Path | None:
        """The file with the shapes of the case's layout."""
        layout = study_of(self.case, Layout)
        return None if layout is None else layout.path


def lay_out(case: Case, sweep: Sweep) -> SweepLayout:
    """The layout of a sweep.

    Raises:
        InputError: a result is unknown, or needs what the case lacks.
    """
    axes = sweep.values()
    drawn = [key for key in axes if key.startswith(f"{Layout.TABLE}.")]
    if any(k.rpartition(".")[0] not in ("", *tables_of(case)) for k in axes if k not in drawn):
        # Tables that only axes state are those of the first point.
        case = case.changed(
            {k: float(values[0]) for k, values in axes.items() if "." in k and k not in drawn}
        )
    results = check_results(sweep.results or default_results(case, axes), results_of(case))
    axis = 'make it an axis, as in --vary "temperature=1 K:10 K:100"'
    first = {key: float(values[0]) for key, values in axes.items()}
    films = any(results_of(case)[name].kind == "film" for name in results)
    if drawn and not films:
        text = "is a number of a film, but no result is of one: ask for slowest_rate, say"
        raise InputError(*(Problem(text, key) for key in drawn))
    check_needs(changed_film(case, first) if films else case, results, axes, axis)
    if sweep.scheme == "rows":  # of a grid, and of draws, the corners have been checked
        _check_rows(case, axes)
    laid = SweepLayout(case, axes, results, sweep.scheme, dict(sweep.reduce), (), ())
    pointwise = laid.of("evolution", "trap", "film")
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
    if films and laid.drawing is not None and not laid.drawing.is_file():
        text = f"{laid.drawing} is not there: give an existing GDS or OASIS file"
        raise InputError(Problem(text, "layout.file"))
    if isinstance(case, CaseFile):  # the axes are those of the layout
        kept = {name: part for name, part in case.studies.items() if name != Sweep.TABLE}
        case = dataclasses.replace(case, studies=kept)
    chunk, block = _chunk_and_block(laid)
    return dataclasses.replace(laid, case=case, chunk=chunk, block=block)


def _check_rows(case: Case, axes: Mapping[str, np.ndarray]) -> None:
    """Refuse rows whose numbers do not fit together; the first that is no case is named."""
    values: dict[str, Any] = {**by_key(inputs_of(case)), **axes}

    def column(key: str) -> Any:
        return values.get(key, np.nan)

    length, trapped = column("trap.film.length"), column("trap.film.trap_length")
    off_centre = np.abs(column("trap.film.trap_position") - length / 2)
    wrong = np.broadcast_arrays(
        column("landau.below_critical") >= column("material.critical_temperature"),
        column("protocol.start") > column("protocol.warm_to"),
        trapped > length,
        off_centre > (length - trapped) / 2 + 2e-9 * length,
        (column("trap.pairing") > 0) & (column("trap.rate") == 0) & (case.trap.junction is None),
        (column("trap.junction.electron_phonon_constant") == 0)
        & (column("trap.junction.relaxation_rate") == 0),
    )
    for row in np.flatnonzero(np.any(wrong, axis=0))[:1]:
        with keyed("", f" (in row {row + 1} of the points)"):
            case.changed({key: float(values[row]) for key, values in axes.items() if "." in key})


def digest(values: np.ndarray) -> str:
    """Numbers in a few words that differ where the numbers do."""
    checksum = hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()[:12]
    return f"{values.size} values from {values.min()} to {values.max()} ({checksum})"


def _chunk_and_block(laid: SweepLayout) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Points of a chunk along what is kept, and of a block along all axes, reduced ones first.

    The slowest result says how many these are at most.
    """
    most, at_once = CLOSED_CHUNK, CLOSED_BLOCK
    if laid.of("evolution", "trap"):
        most, at_once = MIDDLE_CHUNK, MIDDLE_BLOCK
    if laid.of("evolution") and not laid.gains_only:
        most, at_once = EVOLUTION_CHUNK, EVOLUTION_BLOCK
    if laid.of("film"):
        most = at_once = 1
    reduced = [laid.sizes[key] for key in laid.reduced]
    most = max(min(most, laid.points // _PIECES), min(at_once, laid.points))
    most = max(most // math.prod(reduced), min(at_once, math.prod(laid.shape)))
    chunk = _pieces(laid.shape, most)
    return chunk, _pieces((*reduced, *chunk), at_once)


def _pieces(lengths: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Lengths of pieces of at most so many points, the last axes whole first, cut evenly."""
    sizes: list[int] = []
    for length in reversed(lengths):
        size = max(min(length, most), 1)
        sizes.append(-(-length // -(-length // size)))
        most //= sizes[-1]
    return tuple(sizes[::-1])


def _cut(part: slice, step: int) -> list[slice]:
    """A part of an axis as pieces of this length."""
    return [slice(low, min(low + step, part.stop)) for low in range(part.start, part.stop, step)]
