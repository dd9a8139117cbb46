"""`entrap.sweep`: a case at many points, in memory or in a store that can be resumed."""

import dataclasses
import functools
import json
import math
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from entrap.case.case import Case, needed
from entrap.case.casefile import CaseFile
from entrap.core.errors import InputError, reading
from entrap.core.exchange import exchange
from entrap.core.frame import Column, Frame, Framed
from entrap.core.markup import Curves, Shown
from entrap.core.quantities import Quantity
from entrap.report.watching import counting, watched
from entrap.studies.sweep import schedule
from entrap.studies.sweep.chunk import compute, compute_chunk, fill
from entrap.studies.sweep.files import remove
from entrap.studies.sweep.inputs.keys import declared
from entrap.studies.sweep.inputs.options import Sweep
from entrap.studies.sweep.inputs.varied import check_ends
from entrap.studies.sweep.laying import lay_out
from entrap.studies.sweep.layout import SweepLayout
from entrap.studies.sweep.regions import extent
from entrap.studies.sweep.store import Store, aside, bytes_of, create, dataset
from entrap.studies.sweep.store import resume as store_to_resume

Progress = Callable[[int], None]

_WORDS = ("units", "symbol", "long_name", "source")
"""Attributes of each result and axis."""


@dataclasses.dataclass(frozen=True, repr=False)
class Swept(Shown, Framed):
    """A sweep's results.

    Args:
        case: A number that is no axis keeps its value from there.
        data: Results with their coordinates and units; read lazily where they lie in a store.
        path: The store; None in memory.
        done: Share of the points that are computed.
    """

    case: Case
    data: xr.Dataset
    path: Path | None = None
    done: float = 1.0

    @property
    def stated(self) -> dict[str, Any]:
        """What identifies it; see `SweepLayout.description`."""
        return json.loads(self.data.attrs["sweep"])

    @property
    def scheme(self) -> str:
        """How its points were chosen: "grid", or one of the ways that make rows."""
        return self.stated["scheme"]

    @property
    def reduce(self) -> dict[str, str]:
        """How axes were reduced, by key: max, min, mean, argmax or argmin."""
        return self.stated["reduce"]

    @property
    def axes(self) -> tuple[str, ...]:
        """Keys of the axes, in order, without those that were reduced."""
        return tuple(key for key in self.stated["axes"] if key not in self.reduce)

    def dataset(self) -> xr.Dataset:
        """The results as an xarray Dataset."""
        return self.data

    def frame(self) -> Frame:
        """A row for each point, its place on the axes first; all of it is read into memory."""
        table = self.data.to_dataframe().reset_index()
        names = [*self.axes, *map(str, self.data.data_vars)]
        words = {name: self.data[name].attrs for name in names}
        return Frame(
            *(
                Column(name, table[name].to_numpy(), of.get("units", "1"), of.get("long_name", ""))
                for name, of in words.items()
            )
        )

    def _drawn(self) -> Curves | None:
        if len(self.axes) != 1 or self.scheme != "grid":
            return None
        (key,) = self.axes
        name, of = str(next(iter(self.data.data_vars))), declared(key)
        label = key if of.unit == "1" else f"{key} ({of.unit})"
        words = self.data[name].attrs
        title = words["long_name"] + ("" if words["units"] == "1" else f" ({words['units']})")
        return Curves(label, self.data[key].values, title, {name: self.data[name].values})

    def __repr__(self) -> str:
        sizes = ", ".join(f"{key} {size}" for key, size in self.data.sizes.items())
        done = "" if self.done == 1 else f", {self.done:.1%} done"
        lines = [f"Sweep of {self.case.title!r} over {sizes}{done}"]
        for name, column in self.data.data_vars.items():
            lines.append(f"  {name:24} [{column.attrs['units']}] {column.attrs['long_name']}")
        return "\n".join(lines)


def sweep(
    case: Case,
    axes: Mapping[str, Any] | None = None,
    results: Iterable[str] = (),
    *,
    scheme: str = "grid",
    samples: int | None = None,
    seed: int = 0,
    reduce: Mapping[str, str] | None = None,
    out: str | Path | None = None,
    resume: bool = False,
    force: bool = False,
    scheduler: str = "threads",
    workers: int | None = None,
    progress: Progress | bool | None = None,
) -> Swept:
    """Results of a case over a grid or rows of points in up to six of its numbers.

    Args:
        case: The case; where `axes` is None, its own table [sweep] is computed.
        axes: Values by key, as "mixture.valence_ratio": an array in SI, a list of numbers or
            texts with units, or "start:stop:points:log"; `temperature` is that of the states of
            equilibrium, otherwise the protocol's start.
        results: Names of the results; without any, a few that suit the case.
        scheme: "grid" for all combinations, "rows" for points side by side, "latin-hypercube" or
            "sobol" for points drawn within the ranges.
        samples: How many are drawn.
        seed: Of the draw.
        reduce: Axes of the grid to reduce to their "max", "min", "mean", "argmax" or "argmin".
        out: Folder of a Zarr store to write; in memory where it is not given.
        resume: Go on with an unfinished store.
        force: Replace an earlier store, which is removed once the new one is in its place.
        scheduler: "threads", "local" for processes on this machine, or the address of a
            dask.distributed scheduler; the last two need `out`.
        workers: How many threads or processes; the number of cores where it is not given.
        progress: Called with the number of points done since it was last called; True shows on
            standard error how many are done, False nothing. Without a choice a notebook and an
            interactive Python show it.

    Returns:
        The results; a point that the theory has no number for is NaN or infinite.

    Raises:
        InputError: an axis, a result or a scheduler is wrong, or a store is of another sweep.

    Examples:
        >>> import entrap as et
        >>> case = et.load_case("examples/clean-set.toml")
        >>> found = et.sweep(case, {"mixture.valence_ratio": [0.5, 1.0]}, ["enhancement"])
        >>> found.data["enhancement"].values.round(6)
        array([1.254284, 1.530394])
    """
    if axes is None:
        stated = Sweep.of(case)
        if stated is None:
            raise InputError(needed("sweep"))
    else:
        stated = Sweep(dict(axes), tuple(results), scheme, samples, seed, dict(reduce or {}))
    check_ends(case, stated)
    laid = lay_out(case, stated)
    reduced = laid.points // math.prod(laid.shape)

    if out is None and (resume or scheduler != "threads"):
        raise InputError(
            "`out` is missing: only a sweep in a store can be resumed, or computed by other "
            "processes"
        )
    shown = functools.partial(counting, what="points", total=laid.points)
    with watched(progress, shown) as tell:

        def chunk_done(index: int) -> None:
            tell(reduced * math.prod(extent(laid.region(index))))

        how = {"scheduler": scheduler, "workers": workers, "progress": chunk_done}
        run = functools.partial(schedule.run, **how)
        return _in_memory(laid, run) if out is None else _to_store(laid, out, resume, force, run)


def _in_memory(laid: SweepLayout, run: Any) -> Swept:
    try:
        columns = {name: np.empty(laid.shape) for name in laid.results}
    except (MemoryError, ValueError):  # numpy refuses a size that no address reaches by the latter
        wanted = bytes_of(8 * math.prod(laid.shape) * len(laid.results))
        raise InputError(
            f"`out` is missing: the sweep has {wanted} of results, more than memory holds"
        ) from None

    def fill_chunk(index: int) -> None:
        region = laid.region(index)
        fill(laid, region, {name: column[*region, ...] for name, column in columns.items()})

    run(fill_chunk, range(laid.chunks))
    return Swept(laid.case, _described(laid, columns))


def load_sweep(path: str | Path) -> Swept:
    """A sweep from its store, read lazily; points that are not computed yet are NaN.

    Raises:
        InputError: there is none.
    """
    path = Path(path)
    data = dataset(path)
    with reading(path, "a whole sweep of entrap"):
        done = float(Store.open(path, read_only=True).done().mean())
        case = CaseFile.from_dict(json.loads(data.attrs["case"]), needs=("material",))
        _check(data)
    return Swept(case, data.drop_vars("done"), path, done)


def _check(data: xr.Dataset) -> None:
    """Refuse a damaged description of a sweep by a ValueError."""
    stated = json.loads(data.attrs["sweep"])
    kinds = {"axes": dict, "results": list, "scheme": str, "reduce": dict, "chunk": list}
    for key, kind in kinds.items():
        if not isinstance(stated[key], kind):
            raise ValueError(f"`{key}` of its sweep must be a {kind.__name__}")
    lacking = {*stated["results"], *stated["axes"]} - {*stated["reduce"], *map(str, data.variables)}
    if lacking:
        raise ValueError(f"it lacks {', '.join(sorted(lacking))}")
    for name, column in data.drop_vars("done").variables.items():
        described = all(isinstance(column.attrs[key], str) for key in _WORDS)
        if not described or column.dtype.kind != "f":
            raise ValueError(f"{name} must be numbers, described by {', '.join(_WORDS)}")


def _to_store(laid: SweepLayout, out: str | Path, resume: bool, force: bool, run: Any) -> Swept:
    path = Path(out)
    if resume and path.exists():
        store = store_to_resume(path, laid.chunk, _attributes(laid))
    else:
        unknown = np.broadcast_to(np.nan, laid.shape)
        empty = _described(laid, dict.fromkeys(laid.results, unknown))
        store = create(path, empty, laid.chunk, force=force)
    todo = store.todo()
    for index in {*range(store.chunks)} - {*todo}:
        run.keywords["progress"](index)
    work: Callable[[int], None]
    if run.keywords["scheduler"] == "threads":
        work = functools.partial(compute, store, laid)
    else:
        made = store.attrs["sweep"] + store.attrs["case"]
        work = functools.partial(compute_chunk, str(path.absolute()), made, laid.folder)
    try:
        run(work, todo)
    except InputError:  # without its scheduler a sweep leaves everything as it was
        if not store.done().any():
            if os.path.lexists(aside(path)):
                exchange(aside(path), path)
            else:
                shutil.rmtree(path)
        raise
    finally:
        if os.path.lexists(aside(path)):
            remove(aside(path))
    return load_sweep(path)


def _described(laid: SweepLayout, columns: Mapping[str, np.ndarray]) -> xr.Dataset:
    """Results with their coordinates, each with its unit, symbol, meaning and source."""
    variables = {}
    for name, column in columns.items():
        attrs = _words(laid.known[name].declared)
        for key, how in laid.reduce.items():
            meaning = attrs["long_name"]
            if how.startswith("arg"):
                where = "least" if how == "argmin" else "greatest"
                attrs = _words(declared(key))
                attrs["long_name"] = f"{key} at which it is {where}: {meaning}"
            else:
                attrs["long_name"] = f"{meaning}, {how} over {key}"
        variables[name] = (laid.kept, column, attrs)
    coordinates = {
        key: ((key,) if laid.grid else ("point",), values, _words(declared(key)))
        for key, values in laid.axes.items()
    }
    return xr.Dataset(variables, coordinates, _attributes(laid))


def _words(declared: Quantity) -> dict[str, str]:
    words = (declared.unit, declared.symbol, declared.meaning, declared.source)
    return dict(zip(_WORDS, words, strict=True))


def _attributes(laid: SweepLayout) -> dict[str, Any]:
    return {
        "title": laid.case.title,
        "version": version("entrap"),
        "case": json.dumps(laid.case.to_dict()),
        "sweep": json.dumps(laid.description()),
    }
