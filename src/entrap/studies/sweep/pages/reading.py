"""Reading a sweep piece by piece: what its columns are, where assumptions hold, what is done.

A store may hold 1e9 points: nothing here reads more than the piece that is asked for.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import xarray as xr

from entrap.case.tables import current_key
from entrap.core.quantities import Quantity
from entrap.report.labels import quoted
from entrap.solve.protocol.margins import CAPPED_FROM
from entrap.solve.protocol.outcome import CAPPED
from entrap.studies.sweep.inputs.keys import declaration
from entrap.studies.sweep.names import FILM_STATUS, MARGINS, RESULTS
from entrap.studies.sweep.regions import chunk_grid, chunk_region
from entrap.studies.sweep.store import Store
from entrap.studies.sweep.sweep import Swept

Pick = Mapping[str, Any]
"""Indices or slices by dimension, as `isel` takes them."""

HOLD, UNKNOWN, FAIL, MISSING = -1, -2, -3, -4
"""Verdicts beside the numbers of `MARGINS`: all hold, normal or not known, fails but not known
which, and not computed yet."""

WORDS: dict[int | None, str] = {
    **{number: name.replace("_", " ") for number, name in enumerate(MARGINS)},
    HOLD: "all assumptions hold",
    UNKNOWN: "normal or not known",
    FAIL: "an assumption fails",
    None: "no margins among the results: where the theory holds is not known",
}
"""Names of verdicts; None where the results do not tell."""

BLOCK = 2**21
"""Points that are read at once."""

_END = "protocol.warm_to"
_FAMILIES = ("margin_", "evolution_margin_")
SMALLEST = ("smallest_margin", "evolution_smallest_margin")
"""Columns of the smallest of all margins."""
_WORST = ("worst_margin", "evolution_worst_margin")


def declared_of(variable: xr.DataArray) -> Quantity:
    """What a column or an axis is, by its attributes."""
    name = str(variable.name)
    stated = RESULTS[name].declared if name in RESULTS else declaration(current_key(name))
    unit = str(variable.attrs.get("units", "")) or "1"
    # The place of an extreme is of the axis' unit, not of the result's.
    display = stated.display if stated is not None and stated.unit == unit else ""
    symbol, meaning, source = (
        str(variable.attrs.get(key, "")) for key in ("symbol", "long_name", "source")
    )
    meaning = meaning or name.replace("_", " ")
    return Quantity(unit, symbol or name, meaning, source, display=display)


def placed(swept: Swept, at: Mapping[str, float]) -> str:
    """Where something lies on axes, as in "T = 4 K"."""
    known = {key: declared_of(swept.data[key]) for key in at}
    return ", ".join(f"{q.symbol} = {quoted(q, at[key], 3)}" for key, q in known.items())


def is_bound(swept: Swept, name: str, value: float, at: Mapping[str, float]) -> bool:
    """Whether a value, at these values of the axes, is a lower bound: the warm-up ended there."""
    if not _capped(swept, name):
        return False
    end = at.get(_END, swept.case.require("protocol").warm_to)
    return value >= CAPPED_FROM * end


def bound_words(swept: Swept, name: str, values: np.ndarray) -> str:
    """What an axis adds where some of these values are such bounds."""
    if not _capped(swept, name):
        return ""
    ends = swept.data[_END].to_numpy() if _END in swept.axes else np.nan
    least = np.fmin(np.min(ends), swept.case.require("protocol").warm_to)
    some = bool((values >= CAPPED_FROM * least).any())
    return ", ≥ at the end of the warm-up" if some else ""


def _capped(swept: Swept, name: str) -> bool:
    moved = {"argmax", "argmin", "mean"} & set(swept.reduce.values()) or _END in swept.reduce
    return name in (*CAPPED, "valid_until") and not moved


def result_names(swept: Swept) -> tuple[str, ...]:
    """Results to draw: not the verdicts on the theory, unless there is nothing else."""
    stated = swept.stated["results"]  # a store has its own order
    names = [name for name in stated if name not in (*_WORST, FILM_STATUS)]
    plain = [name for name in names if not name.startswith(_FAMILIES)]
    return tuple(plain or names)


def margin_columns(data: xr.Dataset) -> dict[str, str]:
    """Assumption by name of the column that holds its margin."""
    return {
        family + name: name
        for family in _FAMILIES
        for name in MARGINS
        if family + name in data.data_vars
    }


def is_margin(name: str) -> bool:
    """Whether a column is a margin, of one assumption or the smallest."""
    return name in SMALLEST or name.startswith(_FAMILIES)


def dims_of(swept: Swept) -> dict[str, int]:
    """Dimensions of the points, with their lengths, in order."""
    keys = swept.axes if swept.scheme == "grid" else ("point",)
    return {key: swept.data.sizes[key] for key in keys}


def read(swept: Swept, name: str, pick: Pick) -> np.ndarray:
    """A piece of a column in the order of the axes, of which those with one index are dropped."""
    part = swept.data[name].isel(pick)
    return np.asarray(part.transpose(*(d for d in dims_of(swept) if d in part.dims)), float)


def tells_verdicts(swept: Swept) -> bool:
    """Whether the results tell where the assumptions hold."""
    if {"argmax", "argmin"} & set(swept.reduce.values()):
        return False  # what is in the columns is where, not how much
    data = swept.data
    return bool(margin_columns(data)) or any(name in data for name in (*SMALLEST, *_WORST))


def verdicts(swept: Swept, pick: Pick) -> np.ndarray:
    """The assumption that fails worst at each point, as a number of `MARGINS`, or a verdict."""
    absent = _missing(swept, pick)
    lowest, which = np.full(absent.shape, np.nan), np.full(absent.shape, FAIL, np.int8)
    for values, number in _claims(swept, pick) if tells_verdicts(swept) else ():
        lower = ~(lowest <= values) & ~np.isnan(values)
        lowest, which = np.where(lower, values, lowest), np.where(lower, number, which)
    which = np.where(lowest < 0, which, np.where(np.isnan(lowest), UNKNOWN, HOLD))
    return np.where(absent, MISSING, which)


def _claims(swept: Swept, pick: Pick) -> Iterator[tuple[np.ndarray, Any]]:
    """Margins, and the number of the assumption whose margin each is."""
    data = swept.data
    for column, name in margin_columns(data).items():
        yield read(swept, column, pick), np.int8(MARGINS.index(name))
    for least, worst in zip(SMALLEST, _WORST, strict=True):
        values = read(swept, least, pick) if least in data else None
        # The number of an assumption means nothing once numbers were compared along an axis.
        if worst in data and not swept.reduce:
            told = read(swept, worst, pick)
            if values is None:
                values = np.select([told >= 0, told == HOLD], [-np.inf, np.inf], np.nan)
            yield values, np.where(told >= 0, told, FAIL).astype(np.int8)
        elif values is not None:
            yield values, np.int8(FAIL)


def _missing(swept: Swept, pick: Pick) -> np.ndarray:
    """Which points of an unfinished store are not computed yet, as `read` orders them."""
    index = [range(size)[pick.get(d, slice(None))] for d, size in dims_of(swept).items()]
    shape = [len(i) for i in index if isinstance(i, range)]
    if swept.path is None or swept.done >= 1:
        return np.zeros(shape, bool)
    store = Store.open(swept.path, read_only=True)
    chunks = [np.array(i, ndmin=1) // n for i, n in zip(index, store.chunk_shape, strict=True)]
    return ~store.done().reshape(store.grid)[np.ix_(*chunks)].reshape(shape)


def blocks(swept: Swept, limit: int = BLOCK) -> Iterator[dict[str, slice]]:
    """Pieces that cover all points: whole chunks of the store, several up to `limit` points."""
    sizes = dims_of(swept)
    whole, chunk = tuple(sizes.values()), swept.stated["chunk"]
    shape = [min(step, size) for step, size in zip(chunk, whole, strict=True)]
    for i, size in reversed([*enumerate(whole)]):
        shape[i] = min(size, shape[i] * max(1, limit // math.prod(shape)))
    for number in range(math.prod(chunk_grid(whole, shape))):
        yield dict(zip(sizes, chunk_region(number, whole, shape), strict=True))
