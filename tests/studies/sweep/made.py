"""Sweeps that are made of arrays, as `entrap.sweep` describes one."""

import json
from pathlib import Path

import xarray as xr

import entrap as et
from entrap.studies.sweep.inputs.keys import declared
from entrap.studies.sweep.pages import reading
from entrap.studies.sweep.sweep import Swept

CASE = et.load_case(Path(__file__).parents[3] / "examples/nbn-carriers.toml")
RATIO, TEMPERATURE = "mixture.valence_ratio", "temperature"
KEYS = (RATIO, TEMPERATURE, "landau.critical_field", "mixture.condensate_weight", "trap.rate",
        "landau.a")  # fmt: skip
NAMES = ("penetration_depth_ratio", "effective_critical_temperature", "superfluid_density",
         "smallest_margin", "worst_margin")  # fmt: skip


def made(axes, columns, *, scheme="grid", reduce=None, chunk=None, attrs=None):
    """A sweep from arrays, as `entrap.sweep` describes one."""
    dims = tuple(axes) if scheme == "grid" else ("point",)
    told = {
        "axes": {key: "values" for key in axes},
        "results": list(columns),
        "scheme": scheme,
        "reduce": reduce or {},
        "chunk": chunk or [len(v) for v in axes.values()][: len(dims)],
    }
    data = xr.Dataset(
        {name: (dims, column, _attrs(name, attrs)) for name, column in columns.items()},
        {key: ((key,) if scheme == "grid" else dims, values, _of(declared(key)))
         for key, values in axes.items()},
        {"title": CASE.title, "sweep": json.dumps(told)},
    )  # fmt: skip
    return Swept(CASE, data)


def _attrs(name, attrs):
    known = reading.RESULTS[name].declared if name in reading.RESULTS else None
    return (attrs or {}) if known is None else _of(known)


def _of(known):
    return {"units": known.unit, "symbol": known.symbol, "long_name": known.meaning, "source": ""}
