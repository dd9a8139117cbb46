"""What is read, or computed, of each sample that is compared: its case, its numbers, its curves."""

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from entrap.case.case import Case
from entrap.case.casefile import CaseFile
from entrap.case.tables import declarations
from entrap.core.errors import InputError, reading
from entrap.core.quantities import Quantity, quantities, quantity_of
from entrap.model.observables import OBSERVABLES, OF_EXPANSION, SUMMARISED
from entrap.report.written import contents_of
from entrap.solve.protocol.netcdf import read
from entrap.solve.protocol.results import Evolution, Margin, Value

_SEEN = ("superfluid_density", "gap", *SUMMARISED)
_TEMPERATURE = Quantity("K", "T", "Temperature")
_TIME = Quantity("s", "t", "Time since the trap went on")


class Readings(NamedTuple):
    """Measurements: where, what, one standard deviation [SI], and whether with the trap.

    There is one at each point of the curve; NaN in place of a limit.
    """

    at: np.ndarray
    value: np.ndarray
    deviation: np.ndarray
    on: np.ndarray


class Curve(NamedTuple):
    """A column against another.

    Args:
        along: What it is drawn against.
        x: Values of that [SI].
        declared: What it is.
        y: Its values [SI].
        beside: The same without a trap [SI]; None where there is none.
        readings: Measurements of it; None where there are none.
    """

    along: Quantity
    x: np.ndarray
    declared: Quantity
    y: np.ndarray
    beside: np.ndarray | None = None
    readings: Readings | None = None


@dataclasses.dataclass(frozen=True)
class Sample:
    """One of those that are compared.

    Args:
        name: By which it is called.
        kind: "run", "trap" or "fit".
        case: Its case.
        values: Its numbers.
        validity: Its margins.
        curves: By observable.
        posteriors: Of a fit: declaration, and median and ends of 50 % and 90 % [SI], by number, by
            hypothesis, the most probable first.
    """

    name: str
    kind: str
    case: Case
    values: Mapping[str, Value]
    validity: tuple[Margin, ...]
    curves: Mapping[str, Curve]
    posteriors: Mapping[str, Mapping[str, tuple[Quantity, np.ndarray]]] = dataclasses.field(
        default_factory=dict
    )


def sample_of(name: str, stated: Path | Case) -> Sample:
    """A sample from the folder of its result, or from its case, which is computed.

    Raises:
        InputError: the folder holds no such result, or the case lacks what it takes.
    """
    if isinstance(stated, Case):
        if stated.landau is None and stated.trap.junction is not None:
            return _designed(name, stated)
        stated.require("landau")
        stated.require("protocol")
        from entrap.solve.protocol.evolve import evolve

        return _of_run(name, evolve(stated))
    summary = contents_of(stated / "summary.json")
    if stated.is_file() or "regimes" in summary:
        from entrap.solve.protocol.load import load

        run = load(stated if stated.is_file() else stated / "results.nc")
        if isinstance(run, Evolution):
            return _of_run(name, run)
    with reading(stated, "a whole result of entrap"):
        if "changes" in summary:
            return _of_trap(name, summary, read(stated / "results.nc").arrays)
        if "posteriors" in summary:
            return _of_fit(name, summary, stated)
    raise InputError(
        f"{stated} holds no result of `entrap run`, `trap` or `fit`, which its summary.json would "
        "show: give the folder of one, results.nc of a run, or a case file"
    )


def _of_run(name: str, run: Evolution) -> Sample:
    from entrap.solve.protocol.bcs_curves import bcs_curves, bcs_values

    beside = bcs_curves(run)
    values = {**run.quantities, **bcs_values(beside)}
    return Sample(name, "run", run.case, values, run.validity, dict(_over_warming(run, beside)))


def _over_warming(run: Evolution, beside: Any) -> Iterator[tuple[str, Curve]]:
    """Each observable while the sample warms, by BCS theory where that has it."""
    warm = run.time >= run.protocol.hold
    temperature = np.asarray(run.state.temperature)[warm]
    for name in _SEEN:
        states = (run.state, run.bare) if name in OF_EXPANSION else (beside.mixed, beside.bare)
        if all(hasattr(state, name) for state in states):
            trapped, bare = (np.asarray(getattr(state, name))[warm] for state in states)
            yield name, Curve(_TEMPERATURE, temperature, OBSERVABLES[name].quantity, trapped, bare)


def _designed(name: str, case: Case) -> Sample:
    from entrap.studies.trap.design import design_trap
    from entrap.studies.trap.page import account

    design = design_trap(case)
    held = design.dataset().variables.items()
    return _of_trap(name, account(design).summary(), {str(key): x.values for key, x in held})


def _of_trap(name: str, summary: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> Sample:
    from entrap.studies.trap import curves as of
    from entrap.studies.trap.performance import Performance

    over: tuple[tuple[str, type, str, str], ...] = (
        ("over_temperature", of.OverTemperature, "trapping_rate", ""),
        ("over_temperature", of.OverTemperature, "residual_fraction", "untrapped_fraction"),
        ("over_time", of.OverTime, "frozen", ""),
        ("over_length", of.OverLength, "centred", ""),
        ("over_count", of.OverCount, "evacuation_rate", ""),
        ("along_film", of.AlongFilm, "fraction", ""),
    )
    curves = {}
    for axis, kind, column, other in over:
        if axis in arrays:
            (_, along), *_ = quantities(kind)
            beside = arrays[f"{other}_{axis}"] if other else None
            y, declared = arrays[f"{column}_{axis}"], quantity_of(kind, column)
            curves[f"{column}_{axis}"] = Curve(along, arrays[axis], declared, y, beside)
    declared = dict(quantities(Performance))
    case = CaseFile.from_dict(summary["case"], needs=())
    return Sample(name, "trap", case, _values(summary, declared), _margins(summary), curves)


def _of_fit(name: str, summary: Mapping[str, Any], folder: Path) -> Sample:
    from entrap.studies.fit.posterior import DERIVED
    from entrap.studies.fit.storage import file_of

    known = declarations() | DERIVED
    order = [row["name"] for row in summary["hypotheses"] if row["name"] in summary["posteriors"]]
    posteriors = {
        hypothesis: {
            key: (
                known.get(key, Quantity(of["unit"], of["symbol"], of["meaning"])),
                np.array([of["median"], *of["intervals"]["0.5"], *of["intervals"]["0.9"]], float),
            )
            for key, of in summary["posteriors"][hypothesis]["numbers"].items()
        }
        for hypothesis in order
    }
    arrays = read(folder / file_of(order[0])).arrays
    against = _TIME if summary["data"]["against"] == "time" else _TEMPERATURE
    case = CaseFile.from_dict(summary["case"], needs=())
    curves = dict(_measured(arrays, against))
    values = _values(summary, known)
    return Sample(name, "fit", case, values, _margins(summary), curves, posteriors)


def _measured(arrays: Mapping[str, np.ndarray], along: Quantity) -> Iterator[tuple[str, Curve]]:
    """Readings of each observable, and the median of what the posterior predicts for them."""
    value = arrays["observed_data/value"]
    predicted = arrays["posterior_predictive/value"].reshape(-1, len(value))
    with np.errstate(invalid="ignore"):
        median = np.quantile(predicted, 0.5, axis=0, method="inverted_cdf")
    names, at = arrays["constant_data/quantity"].astype(str), arrays["constant_data/coordinate"]
    on, limit = arrays["constant_data/on"].astype(bool), arrays["constant_data/limit"]
    relative = arrays["constant_data/relative"] * median
    deviation = np.hypot(arrays["constant_data/absolute"], relative)
    for name in dict.fromkeys(names.tolist()):
        order = np.argsort(at, kind="stable")
        own = order[names[order] == name]
        yield (
            name,
            Curve(
                along,
                at[own],
                OBSERVABLES[name].quantity,
                np.where(on[own], median[own], np.nan),
                np.where(on[own], np.nan, median[own]),
                Readings(
                    at[own],
                    np.where(limit[own] == 0, value[own], np.nan),
                    deviation[own],
                    on[own],
                ),
            ),
        )


def _values(summary: Mapping[str, Any], known: Mapping[str, Quantity]) -> dict[str, Value]:
    """The numbers of a summary, in the units in which they are quoted."""
    made = {}
    for name, of in summary["quantities"].items():
        declared = Quantity(of["unit"], of["symbol"], of["meaning"], of["source"])
        if name in known and known[name].unit == of["unit"]:
            declared = dataclasses.replace(declared, display=known[name].display)
        value = float("nan") if of["value"] is None else float(of["value"])
        # Up to 0.4 a summary did not say which numbers are lower bounds.
        made[name] = Value(value, declared, bool(of.get("at_least")))
    return made


def _margins(summary: Mapping[str, Any]) -> tuple[Margin, ...]:
    return tuple(
        Margin(
            of["name"],
            None if of["margin"] is None else float(of["margin"]),
            None if of["holds_until"] is None else float(of["holds_until"]),
            Quantity("1", of["inequality"], of["meaning"], of["source"]),
            of["missing"] or "",
        )
        for of in summary["validity"]
    )
