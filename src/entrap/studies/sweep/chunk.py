"""A chunk of a sweep, computed block by block: in this process or by a worker."""

import functools
import json
import logging
from collections.abc import Mapping
from pathlib import Path

import jax
import numpy as np

from entrap.case.casefile import CaseFile
from entrap.case.layout import Layout
from entrap.solve.inputs import Inputs
from entrap.studies.sweep import kernel
from entrap.studies.sweep.kernel import Request
from entrap.studies.sweep.layout import Part, SweepLayout
from entrap.studies.sweep.maps import closed_columns, fill_straight
from entrap.studies.sweep.names import FILM_STATUS
from entrap.studies.sweep.regions import extent, within
from entrap.studies.sweep.store import Store, dataset

_log = logging.getLogger(__name__)


def compute_chunk(path: str, made: str, folder: str, index: int) -> None:
    """Compute a chunk of a store, and write it there: the task of a worker.

    `made` are attributes of the store, which tell it from an earlier one at the same path; files of
    the case's layout are beside the `folder`.
    """
    compute(*_opened(path, made, folder), index)


def compute(store: Store, laid: SweepLayout, index: int) -> None:
    """Compute a chunk, and write it into the store."""
    region = laid.region(index)
    columns = {name: np.empty(extent(region)) for name in laid.results}
    fill(laid, region, columns)
    store.write(index, columns)


@functools.lru_cache(maxsize=1)
def _opened(path: str, made: str, folder: str) -> tuple[Store, SweepLayout]:
    """A store and its layout, which a worker reads once."""
    del made
    store = Store.open(Path(path))
    data = dataset(Path(path))
    sweep = json.loads(store.attrs["sweep"])
    readers = {Layout.TABLE: functools.partial(Layout.from_dict, folder=folder)}
    laid = SweepLayout(
        CaseFile.from_dict(json.loads(store.attrs["case"]), needs=("material",), readers=readers),
        {key: data[key].values for key in sweep["axes"]},
        tuple(sweep["results"]),
        sweep["scheme"],
        sweep["reduce"],
        tuple(sweep["chunk"]),
        tuple(sweep["block"]),
    )
    return store, laid


def fill(laid: SweepLayout, region: Part, columns: Mapping[str, np.ndarray]) -> None:
    """Compute the chunk at a region, block by block, into an array of its shape for each result."""
    closed = laid.of("case", "state")
    if closed:
        closed = fill_straight(laid, closed, region, columns)
    ways = [
        (Request(laid.choices, names), way)
        for names, way in (
            (closed, closed_columns),
            (laid.of("trap"), _trapped),
            (laid.of("evolution"), _evolved),
            (laid.of("film"), _drawn),
        )
        if names
    ]
    if not ways:
        return
    shape = laid.block[len(laid.reduced) :]
    for part in laid.blocks(region):
        to = within(part, region)
        # A block at the edge was filled up: the points beyond it are dropped.
        inside = tuple(map(slice, extent(part)))
        for request, way in ways:
            for name, column in zip(request.results, way(laid, request, part), strict=True):
                columns[name][to] = np.reshape(column, shape)[inside]


def _trapped(laid: SweepLayout, request: Request, part: Part) -> list[np.ndarray]:
    return kernel.trap_block(request, _rows(laid, laid.trap_at(laid.values((), part))))


def _evolved(laid: SweepLayout, request: Request, part: Part) -> list[np.ndarray]:
    inputs = _rows(laid, laid.at(laid.values((), part))[0])
    block = kernel.gain_block if laid.gains_only else kernel.evolution_block
    return block(request, inputs, laid.case.require("protocol").points)


def _drawn(laid: SweepLayout, request: Request, part: Part) -> list[np.ndarray]:
    from entrap.studies.film.point import film_point  # with all that solves films

    values = {key: np.ravel(x) for key, x in laid.values((), part).items()}
    points = np.broadcast_shapes(*map(np.shape, values.values()))
    found = []
    for number in range(*points):
        point = {key: float(x[number % len(x)]) for key, x in values.items()}
        numbers, status, why = film_point(laid.case, point, request.results)
        if why:
            place = ", ".join(f"{key} = {x:.6g}" for key, x in point.items())
            _log.warning("no film at %s: %s", place, why)
        found.append(numbers | {FILM_STATUS: status})
    return [np.array([one.get(name, np.nan) for one in found]) for name in request.results]


def _rows(laid: SweepLayout, inputs: Inputs) -> Inputs:
    """Numbers of a block, one of each for every point."""
    return jax.tree.map(lambda leaf: np.broadcast_to(leaf, laid.block).ravel(), inputs)
