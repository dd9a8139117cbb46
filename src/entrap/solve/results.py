"""What a solve gives: arrays with their declarations, the case they came from, margins, status."""

import dataclasses
import json
import math
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from entrap.core.errors import InputError
from entrap.core.quantities import Quantity, quantities
from entrap.core.units import in_unit
from entrap.inputs.case import Case
from entrap.model.state import State
from entrap.model.validity import Margins

REGIMES = ("equilibrium", "emptying", "pinned", "released", "normal")
"""Regimes of an evolution, in the order of their codes in a file."""


@dataclasses.dataclass(frozen=True)
class Value:
    """A number with its declaration."""

    value: float
    declared: Quantity

    def __str__(self) -> str:
        shown = in_unit(self.value, self.declared.unit, self.declared.display)
        unit = self.declared.display or self.declared.unit
        return f"{shown:.6g}" + ("" if unit == "1" else f" {unit}")


@dataclasses.dataclass(frozen=True)
class Regime:
    """A stretch of time [s] in which one law holds."""

    name: str
    start: float
    end: float


@dataclasses.dataclass(frozen=True)
class Margin:
    """Worst point of one assumption of the theory over a result.

    Args:
        name: Field of `entrap.model.validity.Margins`.
        margin: log10(y/x), None where it cannot be said.
        holds_until: Highest temperature [K] up to which it holds without a break, None if nowhere.
        declared: Its inequality, meaning and source.
        missing: What it would take to say it.
    """

    name: str
    margin: float | None
    holds_until: float | None
    declared: Quantity
    missing: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the assumption holds; None where it cannot be said."""
        return None if self.margin is None else self.margin >= 0


class _Result:
    """Saving, loading and printing, the same for every result."""

    def save(self, path: str | Path) -> None:
        """Write a NetCDF-4 file that `entrap.load` reads back without loss.

        Args:
            path: File to write.
        """
        self.dataset().to_netcdf(path, engine="h5netcdf")

    def dataset(self) -> Any:
        raise AssertionError("each result makes its own")


@dataclasses.dataclass(frozen=True, repr=False)
class Evolution(_Result):
    """The protocol of Fig. 3 in time; arrays along `time`.

    Args:
        case: The case it came from.
        time: Time since the trap went on [s].
        state: The sample with its trap.
        bare: The same sample at the same temperatures without a trap.
        margins: log10(y/x) of each assumption at each time.
        regime: Code of the regime at each time, an index of `REGIMES`.
        regimes: The regimes in order, their limits found as events.
        quantities: Single numbers that sum it up, by name.
        succeeded: Whether the integration came to its end.
    """

    case: Case
    time: np.ndarray
    state: State
    bare: State
    margins: Margins
    regime: np.ndarray
    regimes: tuple[Regime, ...]
    quantities: Mapping[str, Value]
    succeeded: bool = True

    @property
    def validity(self) -> tuple[Margin, ...]:
        """Worst point of each assumption."""
        return _validity(self.case, self.margins, self.state.temperature)

    def dataset(self) -> Any:
        """The evolution as an xarray Dataset, CF attributes and the case inside."""
        import xarray as xr

        columns = _columns(self.state, "") | _columns(self.bare, "_bare", "no trap")
        columns |= _margin_columns(self.margins)
        made = {name: ("time", data, attributes) for name, (data, attributes) in columns.items()}
        made["regime"] = ("time", self.regime.astype(np.int8), {
            "long_name": "Regime", "flag_values": np.arange(len(REGIMES), dtype=np.int8),
            "flag_meanings": " ".join(REGIMES),
        })  # fmt: skip
        attributes = _attributes(self.case, "evolution") | {
            "regimes": json.dumps([dataclasses.asdict(r) for r in self.regimes]),
            "quantities": json.dumps({
                name: [value.value, dataclasses.asdict(value.declared)]
                for name, value in self.quantities.items()
            }),
            "succeeded": int(self.succeeded),
        }  # fmt: skip
        time = ("time", self.time, {"units": "s", "long_name": "Time since the trap went on"})
        return xr.Dataset(made, {"time": time}, attributes)

    @classmethod
    def from_dataset(cls, data: Any) -> "Evolution":
        """The evolution that `dataset` made.

        Args:
            data: An xarray Dataset.
        """
        return cls(
            case=Case.from_dict(json.loads(data.attrs["case"])),
            time=data["time"].values,
            state=_state(data, ""),
            bare=_state(data, "_bare"),
            margins=_margins(data),
            regime=data["regime"].values.astype(int),
            regimes=tuple(Regime(**r) for r in json.loads(data.attrs["regimes"])),
            quantities={
                name: Value(value, Quantity(**_tupled(declared)))
                for name, (value, declared) in json.loads(data.attrs["quantities"]).items()
            },
            succeeded=bool(data.attrs["succeeded"]),
        )

    def __repr__(self) -> str:
        lines = [f"Evolution of {self.case.title!r}: {len(self.time)} points, " + ", ".join(
            f"{regime.name} to {regime.end:.4g} s" for regime in self.regimes if regime.end > 0
        )]  # fmt: skip
        width = max(map(len, self.quantities), default=0)
        lines += [f"  {name:{width}}  {value}" for name, value in self.quantities.items()]
        failed = [margin.name for margin in self.validity if margin.holds is False]
        lines.append(f"  assumptions that fail: {', '.join(failed) or 'none'}")
        return "\n".join(lines)


@dataclasses.dataclass(frozen=True, repr=False)
class Equilibrium(_Result):
    """The sample at given temperatures, without a trap and with all normal electrons trapped.

    Args:
        case: The case it came from.
        bare: Minimum of F, no trap.
        trapped: Minimum of F̃, Eq. (5).
        margins: log10(y/x) of each assumption for the trapped state.
    """

    case: Case
    bare: State
    trapped: State
    margins: Margins

    @property
    def validity(self) -> tuple[Margin, ...]:
        """Worst point of each assumption."""
        return _validity(self.case, self.margins, np.atleast_1d(self.bare.temperature))

    def dataset(self) -> Any:
        """The states as an xarray Dataset."""
        import xarray as xr

        shape = np.shape(self.bare.temperature)
        dimensions = ("temperature_index", *(f"axis_{i}" for i in range(1, len(shape))))[: len(shape)]
        columns = _columns(self.trapped, "") | _columns(self.bare, "_bare", "no trap")
        columns |= _margin_columns(self.margins)
        made = {name: (dimensions, data, attrs) for name, (data, attrs) in columns.items()}
        return xr.Dataset(made, attrs=_attributes(self.case, "equilibrium"))

    @classmethod
    def from_dataset(cls, data: Any) -> "Equilibrium":
        """The equilibrium that `dataset` made.

        Args:
            data: An xarray Dataset.
        """
        case = Case.from_dict(json.loads(data.attrs["case"]))
        return cls(case, _state(data, "_bare"), _state(data, ""), _margins(data))

    def __repr__(self) -> str:
        temperature = np.ravel(self.bare.temperature)
        span = f"{temperature.min():.4g} K" if temperature.min() == temperature.max() else (
            f"{temperature.min():.4g} to {temperature.max():.4g} K"
        )  # fmt: skip
        lines = [f"Equilibrium of {self.case.title!r} at {span}", f"  {'':22}{'no trap':>16}{'trapped':>16}"]
        for name, declared in quantities(State):
            pair = [np.ravel(getattr(s, name))[0] for s in (self.bare, self.trapped)]
            shown = "".join(f"{str(Value(float(x), declared)):>16}" for x in pair)
            lines.append(f"  {name:22}{shown}")
        if temperature.size > 1:
            lines.append(f"  (first of {temperature.size} temperatures)")
        return "\n".join(lines)


def load(path: str | Path) -> Evolution | Equilibrium:
    """Read a result that `save` wrote.

    Args:
        path: A NetCDF file of entrap.

    Raises:
        InputError: it is not such a file.
    """
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf", decode_times=False) as data:
            data.load()
    except (OSError, ValueError) as error:
        raise InputError(f"{path} cannot be read as a result of entrap: {error}") from None
    kinds = {"evolution": Evolution, "equilibrium": Equilibrium}
    kind = kinds.get(data.attrs.get("entrap_result", ""))
    if kind is None:
        raise InputError(f"{path} is a NetCDF file, but not a result of entrap")
    return kind.from_dataset(data)


def strict(number: float | None) -> float | str | None:
    """A number as strict JSON has it: infinities and NaN become the texts "inf", "-inf", "nan"."""
    if number is None or math.isfinite(number):
        return number
    return str(float(number))


def _validity(case: Case, margins: Margins, temperature: Any) -> tuple[Margin, ...]:
    found = []
    for name, declared in quantities(Margins):
        values = getattr(margins, name)
        if values is None or np.all(np.isnan(values)):
            found.append(Margin(name, None, None, declared, _missing(case, name)))
            continue
        values = np.ravel(np.asarray(values))
        fails = values < 0
        first = int(np.argmax(fails)) if fails.any() else len(values)
        until = float(np.ravel(temperature)[first - 1]) if first else None
        found.append(Margin(name, float(np.nanmin(values)), until, declared))
    return tuple(found)


def _missing(case: Case, name: str) -> str:
    if name == "classical_entropy":
        return "give material.fermi_temperature"
    if name == "pair_density":
        return "give material.fermi_velocity"
    return "there is no trap: give trap.rate" if not case.trap.rate else "not defined here"


def _columns(state: State, suffix: str, remark: str = "") -> dict[str, tuple[Any, dict[str, str]]]:
    made = {}
    for name, declared in quantities(State):
        meaning = f"{declared.meaning} ({remark})" if remark else declared.meaning
        if name == "temperature" and suffix:
            continue
        made[name + suffix] = (np.asarray(getattr(state, name)), {
            "units": declared.unit, "long_name": meaning, "symbol": declared.symbol,
            "source": declared.source,
        })  # fmt: skip
    return made


def _margin_columns(margins: Margins) -> dict[str, tuple[Any, dict[str, str]]]:
    return {
        f"margin_{name}": (np.asarray(values), {
            "units": "1", "long_name": f"log10 of the margin of {declared.symbol}",
            "comment": declared.meaning, "source": declared.source,
        })
        for name, declared in quantities(Margins)
        if (values := getattr(margins, name)) is not None
    }  # fmt: skip


def _state(data: Any, suffix: str) -> State:
    names = {name: f"{name}{suffix}" for name, _ in quantities(State)} | {"temperature": "temperature"}
    return State(**{name: data[column].values for name, column in names.items()})


def _margins(data: Any) -> Margins:
    names = (name for name, _ in quantities(Margins))
    return Margins(**{n: data[f"margin_{n}"].values for n in names if f"margin_{n}" in data})


def _attributes(case: Case, kind: str) -> dict[str, Any]:
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
