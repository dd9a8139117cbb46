"""Posteriors as files: InferenceData of ArviZ, NetCDF-4, and back to go on sampling."""

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.studies.fit.data.observations import Observations
from entrap.studies.fit.diagnostics import diagnostics
from entrap.studies.fit.posterior import DERIVED, Posterior
from entrap.studies.fit.sampling import Chains

_IGNORED = ("seed", "draws", "hypotheses")  # of [fit]: chains may go on under others


def file_of(name: str) -> str:
    """Name of the file of a hypothesis."""
    return f"posterior-{name}.nc"


def fingerprint(case: Case, data: Observations, name: str) -> str:
    """What a posterior depends on: the case, the data, the hypothesis.

    Args:
        case: The case.
        data: The measurements.
        name: Of the hypothesis.
    """
    stated = {k: v for k, v in case.to_dict().items() if k not in ("title", "sweep", "plan")}
    options = {k: v for k, v in stated.get("fit", {}).items() if k not in _IGNORED}
    groups = {
        key: [str(part) for part in vars(group).values()] for key, group in data.groups.items()
    }
    told = json.dumps(
        [stated | {"fit": options}, name, data.quantity, groups, data.against, data.follows],
        sort_keys=True, default=str,
    )  # fmt: skip
    found = hashlib.sha256(told.encode())
    for field in dataclasses.fields(data):
        column = getattr(data, field.name)
        if isinstance(column, np.ndarray) and field.name != "row":
            found.update(np.ascontiguousarray(column).tobytes())
    return found.hexdigest()


def tree(case: Case, data: Observations, posterior: Posterior) -> Any:
    """A posterior as an xarray DataTree in the schema of InferenceData.

    Args:
        case: The case.
        data: The measurements.
        posterior: What was inferred.
    """
    import arviz_base

    chains, name = posterior.chains, posterior.hypothesis.name
    keys = [p.key for p in posterior.parameters]
    coords = {"reading": data.row, "parameter": keys, "other": keys}
    readings = {
        "value": data.value, "coordinate": data.coordinate, "on": data.on.astype(np.int8),
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
                "diverging": chains.diverging.astype(np.int8),
                "n_steps": chains.steps,
            },
            "observed_data": {"value": readings.pop("value")},
            "constant_data": readings,
            "unconstrained_posterior": {"u": chains.u},
        },
        coords=coords,
        dims={key: ["reading"] for key in ("value", *readings)} | {"u": ["parameter"]},
        attrs={"/": _attributes(case, data, posterior, name)},
    )
    import xarray as xr

    made["sampler"] = xr.DataTree(
        xr.Dataset(
            {
                "center": ("parameter", chains.center),
                "scale": (("parameter", "other"), chains.scale),
                "last": (("chain", "parameter"), chains.last),
                "step_size": ("chain", chains.step_size),
            }
        )
    )
    declared = {p.key: p.declared for p in posterior.parameters} | DERIVED
    for key in posterior.draws:
        quantity = declared[key]
        made["posterior"][key].attrs = {"units": quantity.unit, "long_name": quantity.meaning}
    return made


def save(path: Path, case: Case, data: Observations, posterior: Posterior) -> None:
    """Write a posterior.

    Args:
        path: File to write.
        case: The case.
        data: The measurements.
        posterior: What was inferred.
    """
    tree(case, data, posterior).to_netcdf(path, engine="h5netcdf")


def saved_chains(
    where: str | Path, case: Case, data: Observations, name: str, keys: list[str]
) -> Chains | None:
    """Chains of a hypothesis, to go on from; None where the folder has none of it.

    Args:
        where: Folder of an earlier fit, or one of its files.
        case: Of the fit that is to go on; the same but for seed and number of draws.
        data: The same.
        name: Of the hypothesis.
        keys: Of all parameters, in order.

    Raises:
        InputError: there is no such file, or it is of another case or other data.
    """
    import xarray as xr

    where = Path(where)
    path = where / file_of(name) if where.is_dir() else where
    if where.is_dir() and not any(where.glob(file_of("*"))):
        raise InputError(f"{where} holds no chains: give the folder of an earlier fit")
    if not path.is_file():
        if where.is_dir():
            return None
        raise InputError(f"{path} is not there: give the folder or a file of an earlier fit")
    try:
        with xr.open_datatree(path, engine="h5netcdf") as opened:
            found: Any = opened
            told = found.attrs.get("entrap_fingerprint"), found.attrs.get("entrap_hypothesis")
            if told[1] is None:
                raise InputError(f"{path} is no posterior of entrap")
            if told[1] != name:
                return None
            if told[0] != fingerprint(case, data, name):
                raise InputError(
                    f"{path} is of another case or other data: chains go on only where nothing "
                    "but the seed, the number of draws and the hypotheses differs"
                )
            u, stats = found["unconstrained_posterior/u"], found["sample_stats"]
            named = {name: u["parameter"].values for name in ("parameter", "other")}
            sampler = found["sampler"].to_dataset().assign_coords(named)
            # Others may be asked now: what only they need is held here, at 0 in its coordinate.
            sampler = sampler.reindex(parameter=keys, other=keys, fill_value=0.0)
            u = u.reindex(parameter=keys, fill_value=0.0).values
            columns = {key: sampler[key].values for key in ("center", "scale", "last", "step_size")}
            columns["scale"] += np.diag((np.diag(columns["scale"]) == 0).astype(float))
            free = [keys.index(p) for p in found["posterior"].data_vars if p in keys]
            rhat, ess = diagnostics(u[..., sorted(free)])
            return Chains(
                u, stats["diverging"].values.astype(bool), stats["n_steps"].values,
                rhat=rhat, ess=ess, **columns,
            )  # fmt: skip
    except InputError:
        raise
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is no posterior of entrap ({str(error)[:80]})") from None


def _attributes(
    case: Case, data: Observations, posterior: Posterior, name: str
) -> Mapping[str, Any]:
    return {
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
        "inference_library": "numpyro",
    }
