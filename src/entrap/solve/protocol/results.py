"""What a solve gives: arrays with their declarations, the case they came from, margins, status."""

import dataclasses
import json
import math
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.case.protocol import Protocol
from entrap.core.frame import Frame, Framed
from entrap.core.markup import Curves, Shown
from entrap.core.quantities import Quantity, no_number, number_text, quantities
from entrap.core.units import in_unit
from entrap.model.device import TrapState
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.margins import Margin, worst
from entrap.solve.protocol.netcdf import Contents, attributes_of, columns_of, margin_columns

REGIMES = ("equilibrium", "emptying", "pinned", "released", "normal", "saturated")
"""Regimes of an evolution, in the order of their codes in a file."""


@dataclasses.dataclass(frozen=True)
class Value:
    """A number with its declaration; it may be a lower bound, where the protocol ends too soon."""

    value: float
    declared: Quantity
    at_least: bool = False

    def __str__(self) -> str:
        if word := no_number(self.value):
            return word
        shown = in_unit(self.value, self.declared.unit, self.declared.display)
        unit = self.declared.display or self.declared.unit
        return "≥ " * self.at_least + number_text(shown, 6) + ("" if unit == "1" else f" {unit}")


@dataclasses.dataclass(frozen=True)
class Regime:
    """A stretch of time [s] in which one law holds."""

    name: str
    start: float
    end: float


@dataclasses.dataclass(frozen=True, repr=False)
class Evolution(Shown, Framed):
    """The protocol of Fig. 3 in time; arrays along `time`.

    Args:
        case: The case it came from.
        time: Time since the trap went on [s].
        state: The sample with its trap.
        bare: The same sample at the same temperatures without a trap.
        trap: What the trap does at each time.
        margins: log10(y/x) of each assumption at each time.
        regime: Code of the regime at each time, an index of `REGIMES`.
        regimes: The regimes in order, their limits found as events.
        quantities: Single numbers that sum it up, by name.
        succeeded: Whether the integration came to its end.
        written_by: Version of entrap whose file it was read from; empty where it was computed.
        missing: What that file does not hold, by name.
    """

    case: Case
    time: np.ndarray
    state: State
    bare: State
    trap: TrapState
    margins: Margins
    regime: np.ndarray
    regimes: tuple[Regime, ...]
    quantities: Mapping[str, Value]
    succeeded: bool = True
    written_by: str = ""
    missing: tuple[str, ...] = ()

    @property
    def protocol(self) -> Protocol:
        """What was done to the sample."""
        return self.case.require("protocol")

    @cached_property
    def validity(self) -> tuple[Margin, ...]:
        """Worst point of each assumption."""
        return worst(self.margins, self.state.temperature, self.case, self.written_by)

    def save(self, path: str | Path) -> None:
        """Write a NetCDF-4 file, with the case inside, that `entrap.load` reads without loss."""
        self._contents().write(path)

    def dataset(self) -> Any:
        """The same as an xarray Dataset: columns, without a trap as `..._bare`, margins, case."""
        return self._contents().dataset()

    def frame(self) -> Frame:
        """The same as columns of one length, a row for each time."""
        return self._contents().frame("time")

    def _contents(self) -> Contents:
        columns = columns_of(self.state) | columns_of(self.bare, "_bare", "no trap")
        columns |= columns_of(self.trap) | margin_columns(self.margins)
        columns["regime"] = (
            self.regime.astype(np.int8),
            {
                "long_name": "Regime",
                "flag_values": np.arange(len(REGIMES), dtype=np.int8),
                "flag_meanings": " ".join(REGIMES),
            },
        )
        attributes = attributes_of(self.case, "evolution", self.written_by) | {
            "regimes": json.dumps([dataclasses.asdict(r) for r in self.regimes]),
            "quantities": json.dumps(
                {
                    name: [value.value, dataclasses.asdict(value.declared), value.at_least]
                    for name, value in self.quantities.items()
                }
            ),
            "succeeded": int(self.succeeded),
        }
        time = ("time", self.time, {"units": "s", "long_name": "Time since the trap went on"})
        made = {name: ("time", *column) for name, column in columns.items()}
        return Contents(made, {"time": time}, attributes)

    def _drawn(self) -> Curves:
        warm = self.time >= self.protocol.hold
        return _pairs(self.case, *(_at(state, warm) for state in (self.bare, self.state)))

    def __repr__(self) -> str:
        lines = [
            f"Evolution of {self.case.title!r}: {len(self.time)} points, "
            + ", ".join(
                f"{regime.name} to {number_text(regime.end, 4)} s"
                for regime in self.regimes
                if regime.end > 0
            )
        ]
        width = max(map(len, self.quantities), default=0)
        lines += [
            f"  {name:{width}}  {value}"
            for name, value in self.quantities.items()
            if name != value.declared.formerly
        ]
        failed = [margin.name for margin in self.validity if margin.holds is False]
        lines.append(f"  assumptions that fail: {', '.join(failed) or 'none'}")
        return "\n".join(lines + _lacking(self))


@dataclasses.dataclass(frozen=True, repr=False)
class Equilibrium(Shown, Framed):
    """The sample at given temperatures, without a trap and with all normal electrons trapped.

    Args:
        case: The case it came from.
        bare: Minimum of F, no trap.
        trapped: Minimum of F̃, Eq. (5).
        margins: log10(y/x) of each assumption for the trapped state.
        written_by: Version of entrap whose file it was read from; empty where it was computed.
        missing: What that file does not hold, by name.
    """

    case: Case
    bare: State
    trapped: State
    margins: Margins
    written_by: str = ""
    missing: tuple[str, ...] = ()

    @cached_property
    def validity(self) -> tuple[Margin, ...]:
        """Worst point of each assumption."""
        return worst(self.margins, self.bare.temperature, self.case, self.written_by)

    def save(self, path: str | Path) -> None:
        """Write a NetCDF-4 file, with the case inside, that `entrap.load` reads without loss."""
        self._contents().write(path)

    def dataset(self) -> Any:
        """The same as an xarray Dataset: columns, without a trap as `..._bare`, margins, case."""
        return self._contents().dataset()

    def frame(self) -> Frame:
        """The same as columns of one length, a row for each temperature."""
        contents = self._contents()
        return contents.frame(*contents.variables["temperature"][0])

    def _contents(self) -> Contents:
        shape = np.shape(self.bare.temperature)
        dimensions = ("temperature_index", *(f"axis_{i}" for i in range(1, len(shape))))
        columns = columns_of(self.trapped) | columns_of(self.bare, "_bare", "no trap")
        columns |= margin_columns(self.margins)
        made = {name: (dimensions[: len(shape)], *column) for name, column in columns.items()}
        return Contents(made, {}, attributes_of(self.case, "equilibrium", self.written_by))

    def _drawn(self) -> Curves | None:
        temperature = np.ravel(self.bare.temperature)
        order = np.argsort(temperature)
        return _pairs(self.case, *(_at(state, order) for state in (self.bare, self.trapped)))

    def __repr__(self) -> str:
        temperature = np.ravel(self.bare.temperature)
        span = (
            f"{number_text(temperature.min(), 4)} K"
            if temperature.min() == temperature.max()
            else (f"{number_text(temperature.min(), 4)} to {number_text(temperature.max(), 4)} K")
        )
        lines = [
            f"Equilibrium of {self.case.title!r} at {span}",
            f"  {'':22}{'no trap':>22}{'trapped':>22}",
        ]
        for name, declared in quantities(State):
            if not all(hasattr(s, name) for s in (self.bare, self.trapped)):
                continue
            pair = [np.ravel(getattr(s, name))[0] for s in (self.bare, self.trapped)]
            shown = "".join(f"{Value(float(x), declared)!s:>22}" for x in pair)
            lines.append(f"  {name:22}{shown}")
        if temperature.size > 1:
            lines.append(f"  (first of {temperature.size} temperatures)")
        return "\n".join(lines + _lacking(self))


def _at(state: State, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Temperature [K] and superfluid density [1/m³] of some of the states."""
    columns = np.broadcast_arrays(state.temperature, state.superfluid_density)
    temperature, density = (np.ravel(column)[chosen] for column in columns)
    return temperature, density


def _pairs(case: Case, bare: Any, trapped: Any) -> Curves:
    """n_s/n_c against temperature without and with the trap."""
    whole = case.material.conduction_density
    lines = {"with the trap": trapped[1] / whole, "without a trap": bare[1] / whole}
    return Curves("temperature (K)", trapped[0], "n_s/n_c", lines)


def _lacking(result: Evolution | Equilibrium) -> list[str]:
    """A line about what an older file does not hold."""
    if not result.missing:
        return []
    names = ", ".join(result.missing)
    return [f"  not in the file, which entrap {result.written_by} wrote: {names}"]


def strict(number: float | None) -> float | str | None:
    """A number as strict JSON has it: infinities and NaN become the texts "inf", "-inf", "nan"."""
    if number is None or math.isfinite(number):
        return number
    return str(float(number))
