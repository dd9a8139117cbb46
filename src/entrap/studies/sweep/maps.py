"""Closed forms: machine code of straight lists of operations, and XLA for what is none.

Both come from the same functions of the model. Numpy computes the few points of a small sweep; XLA
does loops, and all on a graphics card or without llvmlite. The log says who does what.
"""

import functools
import importlib.util
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import jax
import numpy as np

from entrap.solve.guards import unguarded
from entrap.solve.inputs import Choices
from entrap.solve.llvm import covered
from entrap.solve.mapped import SMALL, Mapped
from entrap.solve.operations import Straight, TooLongError
from entrap.solve.straight import straight
from entrap.studies.sweep import kernel
from entrap.studies.sweep.kernel import Request
from entrap.studies.sweep.layout import Part, SweepLayout
from entrap.studies.sweep.names import BY_BCS
from entrap.studies.sweep.reductions import Share, concluded, merged, share
from entrap.studies.sweep.regions import extent, within

_log = logging.getLogger(__name__)
_one_at_a_time = threading.Lock()

_SEARCHES = BY_BCS | {"validity_temperature"}
"""Results that are known to take loops."""

Results = tuple[str, ...]
Found = tuple[Mapped | None, Results, Results]
"""What computes a part of the results, those, and the rest."""


def fill_straight(
    laid: SweepLayout, results: Results, region: Part, columns: Mapping[str, np.ndarray]
) -> Results:
    """Compute those of the results that are lists of operations at a region; the rest by name."""
    every = tuple(slice(0, laid.sizes[key]) for key in laid.reduced)
    numbers = laid.at(laid.values(every, region, filled=False))
    leaves, tree = jax.tree.flatten(numbers)
    mapped, done, rest = _split(laid, results, leaves, tree)
    if mapped is not None:
        outputs = [columns[name] for name in done]
        if laid.reduce:
            _fill_reduced(laid, region, mapped, leaves, outputs)
        else:
            mapped(leaves, outputs)
    return rest


def _fill_reduced(
    laid: SweepLayout, region: Part, mapped: Mapped, leaves: list[Any], outputs: list[np.ndarray]
) -> None:
    """Fill the outputs with reductions, block by block, each small enough for the cache."""
    scratch: dict[tuple[int, ...], list[np.ndarray]] = {}
    for part in laid.blocks(region):
        to = within(part, region)

        def columns(fold: Part, to: Part = to) -> list[np.ndarray]:
            where = (*fold, *to)
            shape = extent(where)
            if shape not in scratch:  # memory that is touched for the first time takes longer
                scratch[shape] = [np.empty(shape) for _ in outputs]
            mapped([_at(leaf, where) for leaf in leaves], scratch[shape])
            return scratch[shape]

        for output, found in zip(outputs, _reduced(laid, columns), strict=True):
            output[to] = found


def closed_columns(laid: SweepLayout, request: Request, part: Part) -> list[np.ndarray]:
    """Columns of closed forms over a block of the dimensions that are kept, by XLA."""

    def columns(fold: Part) -> list[np.ndarray]:
        numbers = laid.at(laid.values(fold, part))
        return [np.asarray(found) for found in kernel.closed_block(request, *numbers)]

    return _reduced(laid, columns) if laid.reduce else columns(())


def _reduced(
    laid: SweepLayout, columns: Callable[[Part], Sequence[np.ndarray]]
) -> list[np.ndarray]:
    """Reductions of columns over a block, of what they are over each fold of the reduced axes."""
    how, count = laid.reduce[laid.reduced[0]], len(laid.reduced)
    axis, shares = laid.axes[laid.reduced[0]], list[Share]()
    for fold in laid.folds():
        found = columns(fold)
        along = axis[fold[0]].reshape([-1] + [1] * (np.ndim(found[0]) - 1))
        own = [share(how, column, count, along) for column in found]
        pairs = zip(shares or own, own, strict=True)
        shares = [merged(how, *pair) for pair in pairs] if shares else own
    return [concluded(how, one) for one in shares]


def _at(leaf: Any, where: Part) -> Any:
    """A number, or one for each point, at some of the points."""
    if np.ndim(leaf) == 0:
        return leaf
    pairs = zip(where, np.shape(leaf), strict=True)
    return leaf[tuple(part if length > 1 else slice(None) for part, length in pairs)]


def _split(laid: SweepLayout, results: Results, leaves: list[Any], tree: Any) -> Found:
    known = tuple((i, leaf) for i, leaf in enumerate(leaves) if np.ndim(leaf) == 0)
    with _one_at_a_time:  # a trace takes long, and the next thread needs the same
        return _found(laid.choices, results, tree, known, laid.points <= SMALL)


@functools.lru_cache(maxsize=8)
def _found(
    choices: Choices, results: Results, tree: Any, known: tuple[tuple[int, float], ...], small: bool
) -> Found:
    if jax.default_backend() != "cpu":
        _log.info("XLA computes %s on the %s", ", ".join(results), jax.default_backend())
        return None, (), results
    if not (small or importlib.util.find_spec("llvmlite")):
        names = ", ".join(results)
        _log.info("XLA computes %s; with entrap[scale] it would take a fraction of the time", names)
        return None, (), results
    tried = tuple(name for name in results if name not in _SEARCHES)
    reasons = dict.fromkeys(results, "loops")
    made = _traced(choices, tried, tree) if tried else None
    if made is not None:
        made = made.given(dict(known))
        for i, (name, unknown) in enumerate(zip(tried, made.unknown, strict=True)):
            reasons[name] = unknown or ("" if covered(made.only([i])) else "whole numbers")
    elif tried:
        reasons |= dict.fromkeys(tried, "too many operations")
    done = tuple(name for name in results if not reasons[name])
    rest = tuple(name for name in results if reasons[name])
    for name in rest:
        _log.info("XLA computes %s, which takes %s", name, reasons[name])
    if made is None or not done:
        return None, (), rest
    made = unguarded(made.only(tried.index(name) for name in done))
    who, count = "numpy" if small else "machine code", len(made.operations)
    _log.info("%s computes %s, by %d operations", who, ", ".join(done), count)
    return Mapped(made), done, rest


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
