"""A sweep's results on disk: a Zarr group that xarray opens, and which of its chunks are done.

One chunk of every variable is one unit of work. The array `done` marks the chunks that are
written: a mark is a file of its own, and comes after the files of its chunk, each of which appears
in one step. So a process that is killed leaves a chunk done or not done; a damaged file is found by
its checksum.

Outside entrap a store is opened by `xarray.open_zarr(path, consolidated=False)`.
"""

import contextlib
import errno
import json
import math
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
import zarr
from zarr.codecs import Crc32cCodec, ZstdCodec
from zarr.storage import LocalStore

from entrap.case.tables import with_current_keys
from entrap.core.errors import InputError, SolveError
from entrap.core.exchange import exchange
from entrap.studies.sweep import files
from entrap.studies.sweep.regions import chunk_grid, chunk_region, extent

# Blosc makes files a quarter smaller, but a semaphore with them, which a killed worker leaves.
_NUMBERS: Mapping[str, Any] = {
    "dtype": "float64",
    "fill_value": np.nan,
    "compressors": (ZstdCodec(level=1), Crc32cCodec()),
}
_COORDINATE = 2**20  # numbers in a chunk of a coordinate, at most
_MARK_SIZE = 5  # bytes: a one and its checksum
_PACKED = 10  # as many bytes of results as their files have, at most
_MOST = 6  # differences that an error names
_CUT = ("`chunk_shape` ", "`sweep.block` ", "`sweep.chunk` ")
_CURES = dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free some space") | (
    dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "make the folder writable")
)


@dataclass(frozen=True)
class Store:
    """A sweep's Zarr group: points, and points of a chunk, along each dimension; its results.

    Its attributes tell the case and the sweep from which it was made; `marks` is 1 for each chunk
    that is done.
    """

    path: Path
    shape: tuple[int, ...]
    chunk_shape: tuple[int, ...]
    attrs: Mapping[str, Any]
    variables: Mapping[str, zarr.Array] = field(repr=False)
    marks: zarr.Array = field(repr=False)

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False) -> "Store":
        """A store; several processes may write into it at once, each its own chunks.

        Raises:
            InputError: there is none, or it may not be written.
        """
        with files.reading(path):
            mode, root = "r" if read_only else "r+", files.Files(path, read_only=read_only)
            group = zarr.open_group(root, mode=mode, zarr_format=3, use_consolidated=False)
            # One after the other: of several broken ones zarr would report the others in the log.
            names = sorted(part.parent.name for part in path.glob("*/zarr.json"))
            members = {name: group[name] for name in names}
            arrays = {name: x for name, x in members.items() if isinstance(x, zarr.Array)}
            if any(0 in array.chunks for array in arrays.values()):
                raise ValueError("an array has chunks of no points")
            attrs = dict(group.attrs)
            marks, coordinates = arrays.pop(files.MARKS), str(attrs.pop("coordinates")).split()
            if len({str((x.dtype, x.serializer, x.compressors)) for x in arrays.values()}) > 1:
                raise ValueError("its arrays are not written alike")
            # A chunk of nothing but NaN is written too, so that a missing file is never a result.
            variables = {
                name: array.with_config({"write_empty_chunks": True})
                for name, array in sorted(arrays.items())
                if name not in coordinates
            }
            shape, chunk_shape = next((a.shape, a.chunks) for a in variables.values())
        if not read_only and not os.access(path, os.W_OK):
            raise InputError(f"{path} may not be written: make it writable, or give another --out")
        return cls(path, shape, chunk_shape, attrs, variables, marks)

    @property
    def grid(self) -> tuple[int, ...]:
        """Number of chunks along each dimension."""
        return chunk_grid(self.shape, self.chunk_shape)

    @property
    def chunks(self) -> int:
        """Number of chunks; they are counted in C order."""
        return math.prod(self.grid)

    def region(self, index: int) -> tuple[slice, ...]:
        """Points of a chunk along each dimension."""
        return chunk_region(index, self.shape, self.chunk_shape)

    def write(self, index: int, columns: Mapping[str, np.ndarray]) -> None:
        """Write a chunk, every result on each of its points, then mark it as done.

        Raises:
            SolveError: the disk is full, or the folder may not be written.
        """
        region = self.region(index)
        wanted = dict.fromkeys(self.variables, extent(region))
        shapes = {name: np.shape(column) for name, column in columns.items()}
        if shapes != wanted:
            raise ValueError(f"chunk {index} is {wanted}, not {shapes}")
        try:
            for name, column in columns.items():
                self.variables[name][region] = np.asarray(column, dtype=float)
            self.marks[index] = 1
        except OSError as error:
            cure = _CURES.get(error.errno or 0, "see what is wrong there")
            raise SolveError(
                f"chunk {index} of {self.path} cannot be written: {error.strerror or error}; "
                f"finished chunks are kept: {cure}, and go on with --resume"
            ) from None

    def done(self) -> np.ndarray:
        """Whether each chunk is written, by its mark."""
        found = np.zeros(self.chunks, dtype=bool)
        folder = self.path / files.MARKS / "c"
        with contextlib.suppress(FileNotFoundError), os.scandir(folder) as marks:
            for mark in marks:
                # A mark may be left empty by a power cut.
                if mark.stat().st_size == _MARK_SIZE:
                    found[int(mark.name)] = True
        return found

    def todo(self) -> list[int]:
        """Chunks that are not written yet."""
        return np.flatnonzero(~self.done()).tolist()

    def verify(self) -> list[int]:
        """Chunks that are marked as done, but of which something is missing or corrupt."""
        return [
            index
            for index in np.flatnonzero(self.done()).tolist()
            if not all(f.is_file() and files.sound(f.read_bytes()) for f in self._files(index))
        ]

    def forget(self, indices: Iterable[int]) -> None:
        """Remove the marks and files of chunks, so that they are not done."""
        for index in indices:
            for file in self._files(index):
                file.unlink(missing_ok=True)

    def _files(self, index: int) -> Iterator[Path]:
        """A chunk's mark, then its data."""
        yield self.path / files.MARKS / "c" / str(index)
        place = "/".join(map(str, np.unravel_index(index, self.grid)))
        for name in self.variables:
            yield self.path / name / "c" / place


def create(
    path: Path, empty: xr.Dataset, chunk_shape: tuple[int, ...], *, force: bool = False
) -> Store:
    """A new store, none of whose chunks is done. It appears in one step.

    The `empty` dataset has its coordinates, its attributes, and all that is known of the results
    but their values. With `force` an earlier store is replaced, and moved to `aside`.

    Raises:
        InputError: there is something already; with `force`, something that is no store.
        OSError: the folder cannot be written.
    """
    replacing = os.path.lexists(path)
    if replacing:
        if not force:
            raise InputError(f"{path} exists: go on with --resume, or give another --out")
        Store.open(path, read_only=True)
    _check_room(path, empty)
    coordinates = " ".join(map(str, empty.coords))
    stated = {**empty.attrs, "chunk_shape": chunk_shape, "coordinates": coordinates}
    grid = chunk_grid(next(iter(empty.values())).shape, chunk_shape)
    path.parent.mkdir(parents=True, exist_ok=True)
    files.remove_unfinished(path.parent, f".{path.name}.")
    work = aside(path)
    try:
        group = zarr.create_group(LocalStore(work), zarr_format=3, attributes=stated)
        for name, column in empty.variables.items():
            known = name in empty.coords
            array = group.create_array(
                str(name),
                shape=column.shape,
                chunks=tuple(min(n, _COORDINATE) for n in column.shape) if known else chunk_shape,
                dimension_names=tuple(map(str, column.dims)),
                attributes=column.attrs,
                **_NUMBERS,
            )
            if known:
                array[...] = column.to_numpy().astype(float)
        group.create_array(
            files.MARKS,
            shape=(math.prod(grid),),
            chunks=(1,),
            dtype="uint8",
            fill_value=0,
            compressors=Crc32cCodec(),
            dimension_names=("chunk",),
            attributes={"long_name": "Whether a chunk is written"},
        )
        if replacing:
            exchange(work, path)
        else:
            work.rename(path)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Store.open(path)


def _check_room(path: Path, empty: xr.Dataset) -> None:
    """Refuse what would not fit on the disk, even if it were stored in a tenth of its bytes."""
    wanted = 8 * sum(column.size for column in empty.variables.values())
    there = next(each for each in path.absolute().parents if each.exists())
    free = shutil.disk_usage(there).free
    if wanted > _PACKED * free:
        raise InputError(
            f"the sweep has {bytes_of(wanted)} of results, and {there} has {bytes_of(free)} free: "
            "take fewer points or results, reduce an axis, or give another --out"
        )


def bytes_of(count: int) -> str:
    """A number of bytes with its unit.

    Examples:
        >>> bytes_of(40_200_000_000_000), bytes_of(123)
        ('40.2 TB', '123 bytes')
    """
    units = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
    power = min((len(str(count)) - 1) // 3, len(units) - 1)
    return f"{count / 1000**power:.3g} {units[power]}"


def aside(path: Path) -> Path:
    """Where a new store is made, and where the one that it replaced lies afterwards."""
    return path.parent / files.partial(f".{path.name}")


def resume(path: Path, chunk_shape: tuple[int, ...], attrs: Mapping[str, Any]) -> Store:
    """A store to go on with: unfinished files are removed, and corrupt chunks are not done.

    Raises:
        InputError: there is none, it may not be written, or it was made from another case.
    """
    store = Store.open(path)
    wanted = {**attrs, "chunk_shape": chunk_shape}
    # Its case has keys as earlier versions called them.
    case = with_current_keys(json.loads(store.attrs.get("case", "{}")), [])
    changed = differences({**store.attrs, "case": case}, wanted)
    # How a map is cut into pieces follows from the rest, and is said only where it is all.
    changed = [text for text in changed if not text.startswith(_CUT)] or changed
    if changed:
        changed[_MOST:] = [f"{len(changed) - _MOST} more"] if len(changed) > _MOST else []
        raise InputError(
            f"{path} was made from another case: {'; '.join(changed)}; run it again with what it "
            "was made from, or give another --out"
        )
    files.remove_unfinished(path / files.PARTS)
    files.remove_unfinished(path.parent, f".{path.name}.")
    store.forget(store.verify())
    return store


def dataset(path: Path) -> xr.Dataset:
    """A store as xarray reads it, lazily; points that are not done are NaN.

    Loading a chunk that is corrupt, or marked as done and missing, raises a SolveError.
    """
    store = Store.open(path, read_only=True)
    read = files.Files(path, read_only=True, grids=dict.fromkeys(store.variables, store.grid))
    with files.reading(path):
        data = xr.open_zarr(read, chunks=None, zarr_format=3, consolidated=False)
    return data[[*store.variables, files.MARKS]]  # not as the disk lists them


def differences(stored: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[str]:
    """What changed between two descriptions of a sweep, leaf by leaf; JSON in text is read."""
    was, now = dict(_leaves(stored)), dict(_leaves(wanted))
    return [
        f"`{key}` was {was.get(key, 'not given')}, is {now.get(key, 'not given')}"
        for key in sorted(was.keys() | now.keys())
        if was.get(key) != now.get(key) and str(was.get(key)) != str(now.get(key))
    ]


def _leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, str) and value[:1] in ("{", "["):
        with contextlib.suppress(ValueError):
            value = json.loads(value)
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(inner, f"{key}.{name}" if key else str(name))
    elif isinstance(value, list | tuple) and any(isinstance(inner, Mapping) for inner in value):
        for place, inner in enumerate(value):
            yield from _leaves(inner, f"{key}[{place}]")
    elif isinstance(value, list | tuple):
        yield key, ", ".join(map(str, value))
    elif value is not None:
        yield key, value
