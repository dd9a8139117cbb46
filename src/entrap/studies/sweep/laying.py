"""How a sweep is laid out: its results are checked against its case, its points cut into chunks."""

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from entrap.case.case import Case, tables_of
from entrap.case.casefile import CaseFile
from entrap.case.layout import Layout
from entrap.case.problems import keyed
from entrap.core.errors import InputError, Problem
from entrap.solve.inputs import by_key, inputs_of
from entrap.studies.sweep.inputs.options import Sweep
from entrap.studies.sweep.layout import SweepLayout
from entrap.studies.sweep.names import check_needs, check_results, default_results, results_of

CLOSED_CHUNK, CLOSED_BLOCK = 1 << 20, 1 << 17
"""Points of closed forms in a chunk and in a block: 8 MB and 1 MB a column."""

REDUCED_BLOCK = 1 << 19
"""Points in a block of closed forms that are reduced: the fastest of 2^16 to 2^20."""

MIDDLE_CHUNK, MIDDLE_BLOCK = 1 << 17, 1 << 13
"""The same of a junction on its film, and of emptying alone."""

EVOLUTION_CHUNK, EVOLUTION_BLOCK = 1 << 10, 1 << 7
"""The same of evolutions: a chunk takes seconds. A film takes that for each point."""

_PIECES = 8  # chunks that a sweep has at least, unless they would be smaller than a block


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
    known = results_of(case)
    results = check_results(sweep.results or default_results(case, axes), known)
    axis = 'make it an axis, as in --vary "temperature=1 K:10 K:100"'
    first = {key: float(values[0]) for key, values in axes.items()}
    films = any(known[name].kind == "film" for name in results)
    if drawn and not films:
        text = "is a number of a film, but no result is of one: ask for slowest_rate, say"
        raise InputError(*(Problem(text, key) for key in drawn))
    needed = case
    if films:
        from entrap.studies.film.point import changed_film  # with all that solves films

        needed = changed_film(case, first)
    check_needs(needed, results, axes, axis)
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


def _chunk_and_block(laid: SweepLayout) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Points of a chunk along what is kept, and of a block along all axes, reduced ones first.

    The slowest result says how many these are at most.
    """
    most, at_once = CLOSED_CHUNK, REDUCED_BLOCK if laid.reduce else CLOSED_BLOCK
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
    # Of a reduction the reduced axes are whole first: what is left of a block is small then.
    fold = _pieces(tuple(reduced), at_once)
    return chunk, (*fold, *_pieces(chunk, max(at_once // math.prod(fold), 1)))


def _pieces(lengths: tuple[int, ...], most: int) -> tuple[int, ...]:
    """Lengths of pieces of at most so many points, the last axes whole first, cut evenly."""
    sizes: list[int] = []
    for length in reversed(lengths):
        size = max(min(length, most), 1)
        sizes.append(-(-length // -(-length // size)))
        most //= sizes[-1]
    return tuple(sizes[::-1])
