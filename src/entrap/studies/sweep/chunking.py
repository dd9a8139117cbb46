"""How many points make a chunk and a block: of closed forms many, of evolutions few."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from entrap.case.case import Case
from entrap.model.entropy import ENTROPIES
from entrap.solve.protocol.evolve import gains_by_emptying
from entrap.studies.sweep.inputs.options import Sweep
from entrap.studies.sweep.names import GAINS, RESULTS

CLOSED_CHUNK, CLOSED_BLOCK = 1 << 20, 1 << 17
"""Points of closed forms in a chunk and in a block: 8 MB and 1 MB a column."""

MIDDLE_CHUNK, MIDDLE_BLOCK = 1 << 17, 1 << 13
"""The same of a junction on its film, and of emptying alone."""

EVOLUTION_CHUNK, EVOLUTION_BLOCK = 1 << 10, 1 << 7
"""The same of evolutions: a chunk takes seconds."""

_PIECES = 8  # chunks that a sweep has at least, where it is worth while


def layout(
    sweep: Sweep, axes: Mapping[str, np.ndarray], size: tuple[int, int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Points of a chunk along what is kept, and of a block along all axes, reduced ones first.

    Args:
        sweep: The sweep.
        axes: Values of each axis.
        size: Points in a chunk and in a block, at most.
    """
    lengths = {key: len(values) for key, values in axes.items()}
    if sweep.scheme != "grid":
        lengths = {"point": next(iter(lengths.values()))}
    reduced = [lengths[key] for key in lengths if key in sweep.reduce]
    kept = [lengths[key] for key in lengths if key not in sweep.reduce]
    most, at_once = size
    total = math.prod(kept) * math.prod(reduced)
    most = max(min(most, total // _PIECES), min(at_once, total))
    chunk = _pieces(kept, max(most // math.prod(reduced), min(at_once, math.prod(kept))))
    block = _pieces([*reduced, *chunk], at_once)
    return tuple(chunk), tuple(block)


def sizes(case: Case, results: Iterable[str]) -> tuple[int, int]:
    """Points in a chunk and in a block, at most: by the slowest of the results.

    Args:
        case: The case.
        results: Their names.
    """
    evolved = {name for name in results if RESULTS[name].kind == "evolution"}
    if evolved - (GAINS if by_emptying(case) else set()):
        return EVOLUTION_CHUNK, EVOLUTION_BLOCK
    if evolved or any(RESULTS[name].kind == "trap" for name in results):
        return MIDDLE_CHUNK, MIDDLE_BLOCK
    return CLOSED_CHUNK, CLOSED_BLOCK


def _pieces(lengths: list[int], most: int) -> list[int]:
    """Lengths of pieces of at most so many points, the last axes whole first, cut evenly."""
    sizes = []
    for length in reversed(lengths):
        size = max(min(length, most), 1)
        sizes.append(-(-length // -(-length // size)))
        most //= sizes[-1]
    return sizes[::-1]


def by_emptying(case: Case) -> bool:
    """Whether what pairs while the trap empties a case's sample has an integration of its own.

    Args:
        case: The case.
    """
    entropy = ENTROPIES[case.mixture.entropy]
    return gains_by_emptying(case.trap.closure, case.trap.junction is not None, entropy)
