"""Posteriors as NetCDF-4 files, InferenceData of ArviZ, and chains of a file to go on with."""

import contextlib
import dataclasses
import hashlib
import json
from importlib.metadata import version
from pathlib import Path

import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError, reading
from entrap.solve.protocol.netcdf import Stored, read
from entrap.studies.fit.chains import Chains, diagnostics
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataTable
from entrap.studies.fit.posterior import DERIVED, Posterior

_IGNORED = ("seed", "draws", "hypotheses")  # of [fit]: they may change when chains go on


def file_of(name: str) -> str:
    """Name of the file of a hypothesis."""
    return f"posterior-{name}.nc"


_LATER = {"landau.functional": "landau", "trap.remaining_fraction": 0.0}
"""Keys that 0.4 did not know, with the values at which they change nothing: its chains go on.

A switch that is off is not among what a case states.
"""


def _changed(case: Case) -> bool:
    """Whether the model of the case is another since 0.5, so that no chain of 0.4 goes on."""
    trap = case.trap
    paired = bool(trap.pairing or trap.pairing_rate)
    return (
        case.mixture.entropy == "degenerate"
        or trap.junction is not None
        or (paired and trap.closure != "self-consistent")
    )


def fingerprint(case: Case, data: Observations, name: str) -> str:
    """Hash of what a posterior depends on: the case, the data, the hypothesis."""
    stated = {k: v for k, v in Case.to_dict(case).items() if k != "title"}
    for key, same in _LATER.items():
        table, _, last = key.partition(".")
        if stated.get(table, {}).get(last) == same:
            stated[table] = {k: v for k, v in stated[table].items() if k != last}
    if _changed(case):
        stated["model"] = "0.5"
    if (table := DataTable.of(case)) is not None:
        stated[DataTable.TABLE] = table.to_dict()
    options = {k: v for k, v in Fit.of(case).to_dict().items() if k not in _IGNORED}
    groups = {
        key: [str(part) for part in vars(group).values()] for key, group in data.groups.items()
    }
    text = json.dumps(
        [stated | {"fit": options}, name, data.quantity, groups, data.against, data.follows],
        sort_keys=True, default=str,
    )  # fmt: skip
    found = hashlib.sha256(text.encode())
    for field in dataclasses.fields(data):
        column = getattr(data, field.name)
        if isinstance(column, np.ndarray) and field.name != "row":
            found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()


def save(path: Path, case: Case, data: Observations, posterior: Posterior) -> None:
    """Write a posterior in the schema of InferenceData, with what the sampler needs to go on."""
    import arviz_base
    import xarray as xr

    chains, name = posterior.chains, posterior.hypothesis.name
    keys = [p.key for p in posterior.parameters]
    readings = {
        "coordinate": data.coordinate, "on": data.on.astype(np.int8),
        "absolute": data.absolute, "relative": data.relative, "limit": data.limit,
        "quantity": np.array(data.quantity, dtype=str),
        "group": np.array([list(data.groups)[i] for i in data.group], dtype=str),
    }  # fmt: skip
    made = arviz_base.from_dict(
        {
            "posterior": dict(posterior.draws),
            "log_likelihood": {"value": posterior.log_likelihood},
            "posterior_predictive": {"value": posterior.predictive},
            "sample_stats": {
                "diverging": chains.diverging.astype(np.int8), "n_steps": chains.steps,
            },
            "observed_data": {"value": data.value},
            "constant_data": readings,
            "unconstrained_posterior": {"u": chains.u},
        },
        coords={"reading": data.row, "parameter": keys, "other": keys},
        dims={key: ["reading"] for key in ("value", *readings)} | {"u": ["parameter"]},
    )  # fmt: skip
    made.attrs |= {
        "entrap_result": "posterior",
        "entrap_version": version("entrap"),
        "entrap_hypothesis": name,
        "entrap_fingerprint": fingerprint(case, data, name),
        "entrap_case": json.dumps(case.to_dict()),
        "entrap_data": data.source,
        "log_evidence": posterior.evidence.log,
        "log_evidence_error": posterior.evidence.error,
        "log_evidence_laplace": posterior.optimum.log_evidence,
        "misfit": posterior.misfit,
        "inference_library": "entrap" if chains.independent else "numpyro",
    }
    sampler = {
        "center": ("parameter", chains.center),
        "scale": (("parameter", "other"), chains.scale),
        "last": (("chain", "parameter"), chains.last),
        "step_size": ("chain", chains.step_size),
    }
    made["sampler"] = xr.DataTree(xr.Dataset(sampler))
    declared = {p.key: p.declared for p in posterior.parameters} | DERIVED
    for key in posterior.draws:
        quantity = declared[key]
        made["posterior"][key].attrs = {"units": quantity.unit, "long_name": quantity.meaning}
    # Not to the path at once: xarray would lock it, which not every file system can.
    path.write_bytes(made.to_netcdf(engine="h5netcdf"))


def saved_chains(
    where: str | Path, case: Case, data: Observations, name: str, keys: list[str]
) -> Chains | None:
    """Chains of a hypothesis to go on with; None where the folder has none of it.

    They are from the folder of an earlier fit or one of its files, for the same data; the case may
    differ in what `_IGNORED` lists. The parameters are put in the order of `keys`.

    Raises:
        InputError: there is no such file, or it belongs to another case or other data.
    """
    where = Path(where)
    path = where / file_of(name) if where.is_dir() else where
    if where.is_dir() and not any(where.glob(file_of("*"))):
        raise InputError(f"{where} holds no chains: give the folder of an earlier fit")
    if not path.is_file():
        if where.is_dir():
            return None
        raise InputError(f"{path} is not there: give the folder or a file of an earlier fit")
    with reading(path, "a posterior of entrap that can be read"):
        stored = read(path)
    hypothesis = stored.attributes.get("entrap_hypothesis")
    if not isinstance(hypothesis, str):
        raise InputError(f"{path} is not a posterior of entrap")
    if hypothesis != name:
        return None
    if str(stored.attributes.get("entrap_fingerprint")) != fingerprint(case, data, name):
        raise InputError(
            f"{path} belongs to another case or other data: chains go on only where nothing "
            "but the seed, the number of draws and the hypotheses differs"
        )
    with reading(path, "a whole posterior of entrap"):
        return _chains(stored, keys)


def drawn_by_others(where: Path) -> tuple[str, ...]:
    """Other versions of entrap that drew chains of a folder or one of its files.

    What is no such file is refused once its chains are read.
    """
    found = set()
    for path in where.rglob(file_of("*")) if where.is_dir() else [where]:
        with contextlib.suppress(InputError), reading(path, "a posterior"):
            found.add(str(read(path).attributes["entrap_version"]))
    return tuple(sorted(found - {version("entrap")}))


def _chains(stored: Stored, keys: list[str]) -> Chains:
    """Chains of a file, their parameters in the order of `keys`."""
    held = [str(key) for key in stored.arrays["unconstrained_posterior/parameter"]]
    u = stored.numbers("unconstrained_posterior/u")
    chains, draws, count = u.shape
    if count != len(held):
        raise ValueError("its draws must have a column for each parameter")
    shapes = {
        "center": (count,), "scale": (count, count), "last": (chains, count),
        "step_size": (chains,),
    }  # fmt: skip
    found = {n: stored.numbers(f"sampler/{n}", shape) for n, shape in shapes.items()}
    if not all(np.isfinite(column).all() for column in (u, *found.values())):
        raise ValueError("its chains must be finite numbers")
    for key in ("center", "last"):
        found[key] = _arranged(found[key], held, keys)
    found["scale"] = _arranged(_arranged(found["scale"], held, keys).T, held, keys).T
    found["scale"] += np.diag((np.diag(found["scale"]) == 0).astype(float))
    u = _arranged(u, held, keys)
    free = [i for i, key in enumerate(keys) if f"posterior/{key}" in stored.arrays]
    with np.errstate(divide="ignore", invalid="ignore"):  # draws that are all alike
        rhat, ess = diagnostics(u[..., free])
    diverging, steps = (
        stored.numbers(f"sample_stats/{n}", (chains, draws)) for n in ("diverging", "n_steps")
    )
    return Chains(u, diverging.astype(bool), steps, rhat=rhat, ess=ess, **found)


def _arranged(column: np.ndarray, held: list[str], keys: list[str]) -> np.ndarray:
    """The last axis in the order of `keys`; a parameter that the file lacks is at u = 0."""
    more = np.concatenate([column, np.zeros_like(column[..., :1])], axis=-1)
    return more[..., [held.index(key) if key in held else -1 for key in keys]]
