"""Results as files: NetCDF-4 through xarray, with CF attributes, and back without loss."""

import dataclasses
import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5netcdf
import jax
import jax.numpy as jnp
import numpy as np
import xarray as xr

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.core.quantities import Quantity, quantities
from entrap.model.device import TrapState
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.results import REGIMES, Equilibrium, Evolution, Regime, Value


def dataset(result: Evolution | Equilibrium) -> xr.Dataset:
    """A result as an xarray Dataset: its columns, without a trap as `..._bare`, margins, case.

    Args:
        result: Of `evolve` or `equilibrate`.
    """
    return _of_evolution(result) if isinstance(result, Evolution) else _of_equilibrium(result)


def load(path: str | Path) -> Evolution | Equilibrium:
    """Read a result that `save` wrote.

    Args:
        path: A NetCDF file of entrap.

    Raises:
        InputError: it is not such a file.
    """
    try:
        with xr.open_dataset(
            path, engine="h5netcdf", decode_times=False, phony_dims="access"
        ) as data:
            data.load()
    except (OSError, ValueError, h5netcdf.CompatibilityError) as error:
        raise InputError(f"{path} cannot be read as a result of entrap: {error}") from None
    made = {"evolution": _evolution, "equilibrium": _equilibrium}
    make = made.get(data.attrs.get("entrap_result", ""))
    if data.attrs.get("entrap_result") == "trap":
        raise InputError(f"{path} is the design of a trap: open it with xarray.open_dataset")
    if make is None:
        raise InputError(f"{path} is a file of data, but not a result of entrap")
    try:
        return make(data)
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path} is not a whole result of entrap: {error}") from None


def _of_evolution(run: Evolution) -> xr.Dataset:
    columns = columns_of(run.state) | columns_of(run.bare, "_bare", "no trap")
    columns |= columns_of(run.trap) | _margin_columns(run.margins)
    made: dict[str, Any] = {
        name: ("time", data, attributes) for name, (data, attributes) in columns.items()
    }
    made["regime"] = (
        "time",
        run.regime.astype(np.int8),
        {
            "long_name": "Regime",
            "flag_values": np.arange(len(REGIMES), dtype=np.int8),
            "flag_meanings": " ".join(REGIMES),
        },
    )
    attributes = attributes_of(run.case, "evolution") | {
        "regimes": json.dumps([dataclasses.asdict(r) for r in run.regimes]),
        "quantities": json.dumps(
            {
                name: [value.value, dataclasses.asdict(value.declared)]
                for name, value in run.quantities.items()
            }
        ),
        "succeeded": int(run.succeeded),
    }
    time = ("time", run.time, {"units": "s", "long_name": "Time since the trap went on"})
    return xr.Dataset(made, {"time": time}, attributes)


def _evolution(data: xr.Dataset) -> Evolution:
    return Evolution(
        case=Case.from_dict(json.loads(data.attrs["case"])),
        time=data["time"].values,
        state=_state(data, ""),
        bare=_state(data, "_bare"),
        trap=_trap(data),
        margins=_margins(data),
        regime=data["regime"].values.astype(int),
        regimes=tuple(Regime(**r) for r in json.loads(data.attrs["regimes"])),
        quantities={
            name: Value(value, Quantity(**_tupled(declared)))
            for name, (value, declared) in json.loads(data.attrs["quantities"]).items()
        },
        succeeded=bool(data.attrs["succeeded"]),
    )


def _of_equilibrium(found: Equilibrium) -> xr.Dataset:
    shape = np.shape(found.bare.temperature)
    dimensions = ("temperature_index", *(f"axis_{i}" for i in range(1, len(shape))))[: len(shape)]
    columns = columns_of(found.trapped) | columns_of(found.bare, "_bare", "no trap")
    columns |= _margin_columns(found.margins)
    made = {name: (dimensions, data, attrs) for name, (data, attrs) in columns.items()}
    return xr.Dataset(made, attrs=attributes_of(found.case, "equilibrium"))


def _equilibrium(data: xr.Dataset) -> Equilibrium:
    case = Case.from_dict(json.loads(data.attrs["case"]))
    return Equilibrium(case, _state(data, "_bare"), _state(data, ""), _margins(data))


def columns_of(owner: Any, suffix: str = "", remark: str = "") -> dict[str, Any]:
    """Declared columns of a state, as (values, attributes)."""
    made = {}
    for name, declared in quantities(owner):
        meaning = f"{declared.meaning} ({remark})" if remark else declared.meaning
        if name == "temperature" and suffix:
            continue
        made[name + suffix] = (
            np.asarray(getattr(owner, name)),
            {
                "units": declared.unit,
                "long_name": meaning,
                "symbol": declared.symbol,
                "source": declared.source,
            },
        )
    return made


def _margin_columns(margins: Margins) -> dict[str, tuple[Any, dict[str, str]]]:
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


def _state(data: Any, suffix: str) -> State:
    names = {name: f"{name}{suffix}" for name, _ in quantities(State)} | {
        "temperature": "temperature"
    }
    columns = {name: jnp.asarray(data[column].values) for name, column in names.items()}
    return jax.tree.map(np.asarray, State(**columns))


def _trap(data: Any) -> TrapState:
    columns = {name: jnp.asarray(data[name].values) for name, _ in quantities(TrapState)}
    return jax.tree.map(np.asarray, TrapState(**columns))


def _margins(data: Any) -> Margins:
    names = (name for name, _ in quantities(Margins))
    columns = {n: jnp.asarray(data[f"margin_{n}"].values) for n in names if f"margin_{n}" in data}
    return jax.tree.map(np.asarray, Margins(**columns))


def attributes_of(case: Case, kind: str) -> dict[str, Any]:
    """Attributes of a file: conventions, title, source, what kind of result, and the case."""
    return {
        "Conventions": "CF-1.11",
        "title": case.title,
        "source": f"entrap {version('entrap')}",
        "references": "arXiv:2605.15834",
        "entrap_result": kind,
        "case": json.dumps(case.to_dict()),
    }


def _tupled(declared: dict[str, Any]) -> dict[str, Any]:
    return declared | {"choices": tuple(declared["choices"])}
