"""Closed forms: rows of points by numpy in blocks, where they are straight lists, else by XLA.

Both come from the same functions of the model. XLA does loops, what numpy lacks, grids of several
axes, where it is faster, and all on a graphics card; the log says who does what.
"""

import functools
import logging
import threading
from collections.abc import Mapping
from typing import Any

import jax
import numpy as np

from entrap.solve.blocks import Blocks
from entrap.solve.guards import unguarded
from entrap.solve.inputs import Choices
from entrap.solve.operations import Straight, TooLongError
from entrap.solve.straight import straight
from entrap.studies.sweep import kernel
from entrap.studies.sweep.kernel import Request
from entrap.studies.sweep.layout import Part, SweepLayout
from entrap.studies.sweep.names import BY_BCS
from entrap.studies.sweep.reductions import Share, concluded, merged, share

_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()

_SEARCHES = BY_BCS | {"validity_temperature"}
"""Results that are known to take loops."""

Results = tuple[str, ...]
Found = tuple[Blocks | None, Results, Results]
"""What computes a part of the results, those, and the rest."""


def fill_straight(
    laid: SweepLayout, results: Results, region: Part, columns: Mapping[str, np.ndarray]
) -> Results:
    """Compute those of the results that are lists of operations at a region; the rest by name."""
    numbers = laid.at(laid.values((), region, filled=False))
    leaves, tree = jax.tree.flatten(numbers)
    blocks, done, rest = _split(laid, results, leaves, tree)
    if blocks is not None:
        blocks(leaves, [columns[name] for name in done])
    return rest


def closed_columns(laid: SweepLayout, request: Request, part: Part) -> list[np.ndarray]:
    """Columns of closed forms over a block of the dimensions that are kept."""
    shares: list[Share] = []
    for fold in laid.folds():
        values = laid.values(fold, part)
        columns = _columns(laid, request, values)
        if not laid.reduce:
            return columns
        how, axis = laid.reduce[laid.reduced[0]], values[laid.reduced[0]]
        found = [share(how, column, len(laid.reduced), axis) for column in columns]
        both = zip(shares or found, found, strict=True)
        shares = [merged(how, *one) for one in both] if shares else found
    return [concluded(laid.reduce[laid.reduced[0]], one) for one in shares]


def _columns(laid: SweepLayout, request: Request, values: Mapping[str, Any]) -> list[np.ndarray]:
    numbers = laid.at(values)
    leaves, tree = jax.tree.flatten(numbers)
    blocks, done, rest = _split(laid, request.results, leaves, tree)
    found: dict[str, np.ndarray] = {}
    if blocks is not None:
        shape = np.broadcast_shapes(*map(np.shape, values.values()))
        found = {name: np.empty(shape) for name in done}
        blocks(leaves, list(found.values()))
    if rest:
        computed = kernel.closed_block(Request(request.choices, rest), *numbers)
        found |= dict(zip(rest, map(np.asarray, computed), strict=True))
    return [found[name] for name in request.results]


def _split(laid: SweepLayout, results: Results, leaves: list[Any], tree: Any) -> Found:
    known = tuple((i, leaf) for i, leaf in enumerate(leaves) if np.ndim(leaf) == 0)
    with _one_at_a_time:  # a trace takes long, and the next thread needs the same
        return _found(laid.choices, results, tree, known, laid.grid and len(laid.axes) > 1)


@functools.lru_cache(maxsize=8)
def _found(
    choices: Choices, results: Results, tree: Any, known: tuple[tuple[int, float], ...], grid: bool
) -> Found:
    if grid:
        _log.info("XLA computes %s, as on all grids of several axes", ", ".join(results))
        return None, (), results
    if jax.default_backend() != "cpu":
        _log.info("XLA computes %s on the %s", ", ".join(results), jax.default_backend())
        return None, (), results
    tried = tuple(name for name in results if name not in _SEARCHES)
    reasons = dict.fromkeys(results, "loops")
    made = _traced(choices, tried, tree) if tried else None
    if made is not None:
        made = made.given(dict(known))
        reasons |= dict(zip(tried, made.unknown, strict=True))
    elif tried:
        reasons |= dict.fromkeys(tried, "too many operations")
    done = tuple(name for name in results if not reasons[name])
    rest = tuple(name for name in results if reasons[name])
    for name in rest:
        _log.info("XLA computes %s, which takes %s", name, reasons[name])
    if made is None or not done:
        return None, (), rest
    made = unguarded(made.only(tried.index(name) for name in done))
    count = len(made.operations)
    _log.info("numpy computes %s in blocks, by %d operations", ", ".join(done), count)
    return Blocks(made), done, rest


@functools.lru_cache(maxsize=8)
def _traced(choices: Choices, results: Results, tree: Any) -> Straight | None:
    """The results as functions of the numbers of a case; None where the list is too long."""

    def function(*leaves: Any) -> Any:
        inputs, temperature = jax.tree.unflatten(tree, leaves)
        return kernel.closed(Request(choices, results), inputs, temperature)

    try:
        return straight(function, tree.num_leaves)
    except TooLongError:
        return None
