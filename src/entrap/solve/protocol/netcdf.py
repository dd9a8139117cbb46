"""Results as NetCDF-4 files: columns with CF attributes, the case inside, and what a file holds."""

import dataclasses
import json
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.core.frame import Column, Frame
from entrap.core.hdf5 import require_sound_heaps
from entrap.core.quantities import quantities
from entrap.model.validity import Margins

_LARGEST_RATIO = 1100  # of what is stored to the file's size; deflate does not reach it


class MissingError(InputError, AttributeError):
    """A column is read that the file of a result does not hold."""


@dataclasses.dataclass(frozen=True)
class Stored:
    """What a NetCDF-4 file holds, read into memory.

    Args:
        arrays: Its variables by name; those of a group as "group/name".
        attributes: The attributes of the whole file.
    """

    arrays: Mapping[str, np.ndarray]
    attributes: Mapping[str, Any]

    @property
    def written_by(self) -> str:
        """The version of entrap that wrote the file."""
        return str(self.attributes["source"]).removeprefix("entrap ")[:40]

    def numbers(self, name: str, shape: tuple[int, ...] | None = None) -> np.ndarray:
        """A variable of real numbers.

        Args:
            name: Of the variable.
            shape: Which it must have, where that is known.

        Raises:
            ValueError: the file lacks it, or it is of another kind or shape.
        """
        if name not in self.arrays:
            raise ValueError(f"it lacks the variable {name}")
        found = self.arrays[name]
        if found.dtype.kind not in "iuf":
            raise ValueError(f"its variable {name} must be numbers, but is of type {found.dtype}")
        if shape is not None and found.shape != shape:
            raise ValueError(f"its variable {name} must be of shape {shape}, not {found.shape}")
        return found

    def columns(self, kind: type, names: Mapping[str, str], shape: tuple[int, ...]) -> Any:
        """An object of a class of declared columns.

        Later versions declare columns that an older file does not hold: these are missing, and
        reading one raises a MissingError.

        Args:
            kind: The class.
            names: Names of the variables, by field.
            shape: Of each column.
        """
        held = {
            field: self.numbers(name, shape).astype(float, copy=False)
            for field, name in names.items()
            if name in self.arrays
        }
        optional = {f.name for f in dataclasses.fields(kind) if f.default is None}
        lacking = names.keys() - held.keys() - optional
        made = object.__new__(_partial(kind, self.written_by) if lacking else kind)
        for field in names:
            if field not in lacking:
                object.__setattr__(made, field, held.get(field))
        return made


def read(path: str | Path) -> Stored:
    """Read all of a NetCDF-4 file.

    Raises:
        OSError: it is not such a file.
        ValueError: it is damaged.
    """
    import h5py

    require_sound_heaps(path)
    arrays: dict[str, np.ndarray] = {}
    # Results come to their place whole: a file system that has no locks needs none.
    with h5py.File(path, locking=False) as file:
        most = _LARGEST_RATIO * Path(path).stat().st_size

        def take(name: str, part: Any) -> None:
            if not isinstance(part, h5py.Dataset) or part.shape is None:
                return
            if part.nbytes > most:
                raise ValueError(f"its variable {name} claims more numbers than the file can hold")
            text = h5py.check_string_dtype(part.dtype)
            arrays[name] = np.asarray((part.asstr() if text else part)[()])

        file.visititems(take)
        return Stored(arrays, dict(file.attrs))


@dataclasses.dataclass(frozen=True)
class Contents:
    """What a NetCDF-4 file is to hold.

    Args:
        variables: Dimensions, values and attributes of each, by name; one dimension may be a text.
        coordinates: The same of those that have the name of their dimension.
        attributes: The attributes of the whole file.
    """

    variables: Mapping[str, tuple[Any, Any, Mapping[str, Any]]]
    coordinates: Mapping[str, tuple[Any, Any, Mapping[str, Any]]]
    attributes: Mapping[str, Any]

    def __getitem__(self, name: str) -> np.ndarray:
        """The values of a variable or a coordinate."""
        held = self.variables if name in self.variables else self.coordinates
        return np.asarray(held[name][1])

    def dataset(self) -> Any:
        """The same as an xarray Dataset."""
        import xarray as xr

        return xr.Dataset(self.variables, self.coordinates, self.attributes)

    def frame(self, *along: str) -> Frame:
        """What has just these dimensions, as columns: a row for each of their points.

        Codes with `flag_meanings` are given as these words.
        """
        held = {name: v for name, v in self.variables.items() if _dimensions(v) == along}
        shape = np.shape(next(iter(held.values()))[1])
        made = []
        for name, place in zip(along, np.indices(shape), strict=True):
            if name in self.coordinates:
                _, values, attributes = self.coordinates[name]
                made.append(_column(name, np.asarray(values)[place], attributes))
        for name, (_, values, attributes) in held.items():
            made.append(_column(name, np.asarray(values), attributes))
        return Frame(*made)

    def frames(self) -> dict[str, Frame]:
        """All of them but single numbers, by their dimensions, as "curve-temperature"."""
        along = dict.fromkeys(map(_dimensions, self.variables.values()))
        return {"-".join(one).replace("_", "-"): self.frame(*one) for one in along if one}

    def write(self, path: str | Path) -> None:
        """Write the file, as xarray would, which takes a second to import with all it needs."""
        import h5netcdf
        import h5py

        with h5netcdf.File(path, "w", locking=False) as file:
            file.attrs.update(self.attributes)
            for name, (along, given, attributes) in {**self.coordinates, **self.variables}.items():
                dimensions, values = (
                    (along,) if isinstance(along, str) else along,
                    np.asarray(given),
                )
                for dimension, size in zip(dimensions, values.shape, strict=True):
                    if dimension not in file.dimensions:
                        file.dimensions[dimension] = size
                kind, told = values.dtype.kind, dict(attributes)
                if kind == "b":
                    values, told["dtype"] = values.astype("i1"), "bool"
                if kind == "U":
                    values = values.astype(object)
                fill = np.nan if kind == "f" else None
                options = {"dtype": h5py.string_dtype()} if kind == "U" else {"fillvalue": fill}
                made = file.create_variable(name, dimensions, data=values, **options)
                made.attrs.update(told)


def _dimensions(variable: tuple[Any, Any, Any]) -> tuple[str, ...]:
    along = variable[0]
    return (along,) if isinstance(along, str) else tuple(along)


def _column(name: str, values: np.ndarray, attributes: Mapping[str, Any]) -> Column:
    if words := attributes.get("flag_meanings"):
        values = np.array(words.split())[values]
    return Column(name, values, attributes.get("units", ""), attributes.get("long_name", ""))


def columns_of(owner: Any, suffix: str = "", remark: str = "") -> dict[str, Any]:
    """Declared columns of a state, as (values, attributes); those that it lacks are left out."""
    made = {}
    for name, declared in quantities(owner):
        values = getattr(owner, name, None)
        if values is None or (name == "temperature" and suffix):
            continue
        made[name + suffix] = (
            np.asarray(values),
            {
                "units": declared.unit,
                "long_name": f"{declared.meaning} ({remark})" if remark else declared.meaning,
                "symbol": declared.symbol,
                "source": declared.source,
            },
        )
    return made


def margin_columns(margins: Margins) -> dict[str, tuple[Any, dict[str, str]]]:
    """Margins as columns, `margin_` before their names."""
    return {
        f"margin_{name}": (
            np.asarray(values),
            {
                "units": "1",
                "long_name": f"log10 of the margin of {declared.symbol}",
                "comment": declared.meaning,
                "source": declared.source,
            },
        )
        for name, declared in quantities(Margins)
        if (values := getattr(margins, name)) is not None
    }


def attributes_of(case: Case, kind: str, written_by: str = "") -> dict[str, Any]:
    """Attributes of a file: conventions, title, source, what kind of result, and the case."""
    return {
        "Conventions": "CF-1.11",
        "title": case.title,
        "source": f"entrap {written_by or version('entrap')}",
        "references": "arXiv:2605.15834",
        "entrap_result": kind,
        "case": json.dumps(case.to_dict()),
    }


@cache
def _partial(kind: type, written_by: str) -> type:
    """A class of columns whose objects lack some, for a file of that version."""
    declared = dict(quantities(kind))

    def refuse(self: Any, name: str) -> Any:
        del self
        if name in declared:
            raise MissingError(missing(name, written_by))
        raise AttributeError(name)

    return type(kind)(kind.__name__, (kind,), {"__getattr__": refuse, "__module__": __name__})


def missing(name: str, written_by: str) -> str:
    """That a file does not hold a number, and what to do."""
    return (
        f"`{name}` is missing: the file was written by entrap {written_by} and does not hold it; "
        "run the case again to have it"
    )
