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

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.layout import Layout
from entrap.case.tables import TABLES
from entrap.model.entropy import ENTROPIES
from entrap.solve.inputs import Choices, Inputs, choices_of, inputs_of, replaced
from entrap.solve.protocol.evolve import gains_by_emptying
from entrap.studies.sweep.names import GAINS, Result, results_of
from entrap.studies.sweep.regions import chunk_grid, chunk_region
from entrap.studies.trap.judged import stated_inputs
from entrap.studies.trap.performance import at_temperature, film_temperature, junction_of

_NUMBERS = tuple(f"{table}." for table in TABLES)

Part = tuple[slice, ...]
"""Points of a chunk or a block along each dimension that is kept."""


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


def digest(values: np.ndarray) -> str:
    """Numbers in a few words that differ where the numbers do."""
    checksum = hashlib.sha256(np.ascontiguousarray(values, dtype="<f8").tobytes()).hexdigest()[:12]
    return f"{values.size} values from {values.min()} to {values.max()} ({checksum})"


def _cut(part: slice, step: int) -> list[slice]:
    """A part of an axis as pieces of this length."""
    return [slice(low, min(low + step, part.stop)) for low in range(part.start, part.stop, step)]
