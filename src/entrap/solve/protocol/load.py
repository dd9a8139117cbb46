"""`entrap.load`: results of `evolve` and `equilibrate` from their files, older ones too."""

import dataclasses
import json
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.case.casefile import CaseFile
from entrap.core.errors import InputError, reading
from entrap.core.quantities import Quantity, former_names, quantities
from entrap.model.device import TrapState
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.netcdf import MissingError, Stored, missing, read
from entrap.solve.protocol.outcome import QUANTITIES, under_both_names
from entrap.solve.protocol.results import REGIMES, Equilibrium, Evolution, Regime, Value

_NEEDED = ("temperature", "superfluid_density", "normal_density", "trapped_density")
"""Columns without which a file is no result: every version has written them."""

_OTHERS = {
    "trap": "the design of a trap: open it with xarray.open_dataset",
    "film": "the fields of a film on their mesh: open it with xarray.open_dataset or xugrid",
    "plan": "a plan of measurements: open it with xarray.open_dataset",
    "posterior": "the posterior of a fit: open it with xarray.open_datatree, or go on with it "
    "by entrap fit --resume",
}


def load(path: str | Path) -> Evolution | Equilibrium:
    """Read a result that `save` wrote, in this version of entrap or an earlier one.

    What the file of an earlier version does not hold is listed in the result's `missing`; reading
    it raises an InputError that says so.

    Raises:
        InputError: it is not such a file, or it is damaged.
    """
    path = Path(path)
    if path.is_dir():
        raise InputError(f"{path} {_folder(path)}")
    if not path.exists():
        raise InputError(f"{path} is not there: give the file results.nc of a run")
    with reading(path, "a file that can be read as a result of entrap"):
        stored = read(path)
        kind = str(stored.attributes.get("entrap_result", ""))
    if kind in _OTHERS:
        raise InputError(f"{path} is {_OTHERS[kind]}")
    if kind not in ("evolution", "equilibrium"):
        raise InputError(f"{path} is a file of data, but not a result of entrap")
    with reading(path, "a whole result of entrap"):
        return _evolution(stored) if kind == "evolution" else _equilibrium(stored)


def _folder(path: Path) -> str:
    """What a folder is, and what of it can be read."""
    if (path / "zarr.json").exists():
        return "is the store of a sweep: open it with xarray.open_zarr"
    if (path / "sweep.zarr").exists():
        return f"is the folder of a sweep: open {path / 'sweep.zarr'} with xarray.open_zarr"
    found = sorted(file.name for file in path.glob("*.nc"))
    inside = f"such as {path / found[0]}" if found else "such as results.nc in that of a run"
    return f"is a folder: give a file in it, {inside}"


def _evolution(stored: Stored) -> Evolution:
    time, regime = stored.numbers("time"), stored.numbers("regime")
    if time.ndim != 1 or len(time) == 0 or regime.shape != time.shape:
        raise ValueError("its times and regimes must be columns of one length")
    if regime.dtype.kind not in "iu" or not np.isin(regime, range(len(REGIMES))).all():
        raise ValueError("a regime in it is unknown")
    state, bare = _states(stored, "", time.shape), _states(stored, "_bare", time.shape)
    trap = stored.columns(TrapState, {n: n for n, _ in quantities(TrapState)}, time.shape)
    told: dict[str, Any] = json.loads(stored.attributes["quantities"])
    present = former_names(QUANTITIES)
    values = {present.get(name, name): _value(*pair) for name, pair in told.items()}
    found = _Numbers(stored.written_by, under_both_names(values))
    absent = [name for name in QUANTITIES if name not in found]
    return Evolution(
        case=_case(stored),
        time=time.astype(float, copy=False),
        state=state,
        bare=bare,
        trap=trap,
        margins=_margins(stored, time.shape),
        regime=regime.astype(int),
        regimes=tuple(_regime(**each) for each in json.loads(stored.attributes["regimes"])),
        quantities=found,
        succeeded=bool(np.all(stored.attributes["succeeded"])),
        written_by=stored.written_by,
        missing=tuple(dict.fromkeys((*_lacking(state, bare, trap), *absent))),
    )


def _equilibrium(stored: Stored) -> Equilibrium:
    shape = stored.numbers("temperature").shape
    trapped, bare = _states(stored, "", shape), _states(stored, "_bare", shape)
    margins, lacking = _margins(stored, shape), _lacking(trapped, bare)
    return Equilibrium(_case(stored), bare, trapped, margins, stored.written_by, lacking)


def _case(stored: Stored) -> Case:
    return CaseFile.from_dict(json.loads(stored.attributes["case"]))


def _states(stored: Stored, suffix: str, shape: tuple[int, ...]) -> State:
    names = {name: name + suffix for name, _ in quantities(State)} | {"temperature": "temperature"}
    for name in _NEEDED:
        stored.numbers(names[name])
    return stored.columns(State, names, shape)


def _margins(stored: Stored, shape: tuple[int, ...]) -> Margins:
    names = {name: f"margin_{name}" for name, _ in quantities(Margins)}
    return stored.columns(Margins, names, shape)


def _lacking(*parts: Any) -> tuple[str, ...]:
    """Columns that were not in the file."""
    names = (name for part in parts for name, _ in quantities(part) if not hasattr(part, name))
    return tuple(dict.fromkeys(names))


class _Numbers(dict[str, Value]):
    """Single numbers of a result; one that an older file lacks is refused in a sentence."""

    def __init__(self, written_by: str, values: dict[str, Value]) -> None:
        super().__init__(values)
        self._written_by = written_by

    def __missing__(self, name: str) -> Value:
        if name in QUANTITIES:
            raise MissingError(missing(name, self._written_by))
        raise KeyError(name)


def _value(value: Any, declared: dict[str, Any], at_least: bool = False) -> Value:
    fields: dict[str, Any] = declared | {"choices": tuple(declared["choices"])}
    found = Quantity(**fields)
    for field in dataclasses.fields(Quantity):
        if field.type is str and not isinstance(getattr(found, field.name), str):
            raise TypeError(f"the {field.name} of one of its numbers must be a text")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("one of its numbers is not a number")
    if not isinstance(at_least, bool):
        raise TypeError("whether one of its numbers is a bound must be true or false")
    return Value(float(value), found, at_least)


def _regime(name: str, start: float, end: float) -> Regime:
    if name not in REGIMES:
        raise ValueError("a regime in it is unknown")
    return Regime(name, float(start), float(end))
