"""What the explorer draws of a case: columns along the warm-up, and words about them."""

import dataclasses
import json
import math
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from entrap.case.case import Case
from entrap.core.constants import BOLTZMANN
from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES, SUMMARISED
from entrap.report.grades import GRADES, UNKNOWN, grade
from entrap.report.labels import quoted, scaled
from entrap.solve.protocol.bcs_curves import bcs_curves, bcs_values, remaining_fraction
from entrap.solve.protocol.evolve import evolve
from entrap.solve.protocol.free_energy import free_energy_curves
from entrap.solve.protocol.results import Evolution, Margin, Value
from entrap.studies.explore.controls import OF_DEVICES, shown_values
from entrap.studies.run.answer import answer

POINTS = 241
"""Temperatures of the columns."""
FRAMES, SHARES = 61, 121
"""Temperatures at which there is a curve F(n_s), and points of each."""
_STATES = ("bare", "plain", "mixed")
_FIRST = ("penetration_depth", "lower_critical_field", "higgs_mode")
SHOWN = tuple((n, n in _FIRST) for n in sorted(SUMMARISED, key=lambda name: name not in _FIRST))
"""Observables that are drawn, and whether among the first."""


@dataclasses.dataclass(frozen=True)
class Picture:
    """What the page draws.

    Args:
        head: Words and single numbers, as strict JSON has them.
        columns: Numbers along an axis, by name.
    """

    head: Mapping[str, Any]
    columns: Mapping[str, np.ndarray]

    def packed(self) -> bytes:
        """The picture as bytes: a length in 4, 4 empty ones, the head, and the columns.

        Each number of a column takes 8 bytes, the lowest first, and begins at a multiple of 8.
        """
        sizes = [[name, len(column)] for name, column in self.columns.items()]
        text = json.dumps({**self.head, "columns": sizes}, allow_nan=False).encode()
        text += b" " * (-len(text) % 8)
        body = b"".join(np.asarray(column, "<f8").tobytes() for column in self.columns.values())
        return struct.pack("<II", len(text), 0) + text + body


def picture_of(case: Case) -> Picture:
    """The warm-up of a case, as the page draws it.

    Args:
        case: The case, with its Landau coefficients and its protocol.

    Raises:
        InputError: the case lacks a table.
        SolveError: the evolution did not come to its end.
    """
    run = evolve(case)
    beside = bcs_curves(run)
    warm = np.flatnonzero(run.time >= run.protocol.hold)
    along = np.asarray(run.state.temperature)[warm]
    temperature = np.linspace(along[0], along[-1], POINTS)

    def at(column: Any) -> np.ndarray:
        return np.interp(temperature, along, np.asarray(column)[warm])

    n_c = case.material.conduction_density
    columns = {
        "temperature": temperature,
        "superconducting": at(run.state.superfluid_density) / n_c,
        "normal": at(run.state.normal_density) / n_c,
        "trapped": at(run.state.trapped_density) / n_c,
        "untrapped": at(run.bare.superfluid_density) / n_c,
        "fraction": at(remaining_fraction(run)),
    }
    observables = []
    for name, first in SHOWN:
        made = [at(getattr(getattr(beside, state), name)) for state in _STATES]
        made.append(at(getattr(run.state, name)))
        declared = OBSERVABLES[name].quantity
        unit, shown = scaled(declared, *_below_pole(made, OBSERVABLES[name].diverges))
        for state, column in zip((*_STATES, "expansion"), shown, strict=True):
            columns[f"{name}.{state}"] = column
        observables.append({"name": name, "unit": unit, "first": first} | declared_texts(declared))
    energy, extent = _free_energies(run, temperature)
    columns |= energy
    rows, grades = _margins(run, along, temperature, warm)
    columns |= grades
    return Picture(
        {
            "title": case.title,
            "answer": list(answer(run, beside)),
            "trapPresent": case.trap.present,
            "regimes": _regimes(run),
            "observables": observables,
            "margins": rows,
            "numbers": number_texts({**run.quantities, **bcs_values(beside)}),
            "extent": extent,
            "values": shown_values(case, () if case.trap.junction else OF_DEVICES),
        },
        columns,
    )


def _below_pole(columns: list[np.ndarray], diverges: bool) -> list[np.ndarray]:
    """Columns without infinities; of what diverges no more than four times its least value."""
    finite = [np.where(np.isfinite(column), column, np.nan) for column in columns]
    if not diverges or not np.isfinite(finite).any():
        return finite
    top = 4 * np.nanmin(np.concatenate(finite))
    return [np.where(column > top, np.nan, column) for column in finite]


def _free_energies(
    run: Evolution, temperature: np.ndarray
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """F(n_s) at frames along the warm-up, with the f of the run and without a trap.

    Where few electrons pair, k_B T n_n L dwarfs the wells: each curve is F - F(n_s = 0).
    """
    case = run.case
    n_c = case.material.conduction_density
    unit = n_c * BOLTZMANN * case.material.critical_temperature
    largest = max(float(s.superfluid_density.max()) for s in (run.state, run.bare)) / n_c
    share = np.linspace(0.0, min(1.0, 1.35 * largest) or 1.0, SHARES)
    frames = np.linspace(temperature[0], temperature[-1], FRAMES)
    held = np.interp(frames, run.state.temperature, remaining_fraction(run))
    both = np.concatenate([held, np.ones(FRAMES)])
    curves = free_energy_curves(case, np.tile(frames, 2), both, n_c * share)
    curves = (curves - curves[:, :1]) / unit
    with_trap, without = curves[:FRAMES], curves[FRAMES:]
    extent = {"low": float(curves.min()), "high": float(max(curves[:, -1].max(), 0.0))}
    return {"share": share, "frames": frames, "energy": with_trap.ravel(),
            "energy.untrapped": without.ravel()}, extent  # fmt: skip


def _margins(
    run: Evolution, along: np.ndarray, temperature: np.ndarray, warm: np.ndarray
) -> tuple[list[dict[str, Any]], dict[str, np.ndarray]]:
    """The assumptions, and the grade of each along the warm-up; -1 where it is not known."""
    columns = {}
    lows = [each.low for each in GRADES[1:]]
    nearest = np.searchsorted((along[1:] + along[:-1]) / 2, temperature)
    for margin in run.validity:
        if margin.margin is not None:
            there = np.asarray(getattr(run.margins, margin.name))[warm][nearest]
            column = np.searchsorted(lows, np.nan_to_num(there, nan=0.0), side="right")
            columns[f"margin.{margin.name}"] = np.where(np.isnan(there), -1.0, column)
    return margin_rows(run.validity), columns


def margin_rows(validity: Iterable[Margin]) -> list[dict[str, Any]]:
    """The assumptions with the worst grade of each; -1 where it is not known."""
    rows = []
    for margin in validity:
        graded = grade(margin.margin)
        rows.append(
            {
                "name": margin.name,
                "worst": GRADES.index(graded) if graded is not UNKNOWN else -1,
                "word": graded.word,
                "until": _finite(margin.holds_until),
                "missing": margin.missing or margin.remark,
            }
            | declared_texts(margin.declared)
        )
    return rows


def _regimes(run: Evolution) -> list[dict[str, Any]]:
    """The regimes of the warm-up between their temperatures."""
    hold, found = run.protocol.hold, []
    for regime in run.regimes:
        ends = [max(regime.start, hold), regime.end]
        low, high = np.interp(ends, run.time, np.asarray(run.state.temperature))
        if regime.end > hold and high > low:
            found.append({"name": regime.name, "from": float(low), "to": float(high)})
    return found


def number_texts(values: Mapping[str, Value]) -> list[dict[str, str]]:
    """Single numbers of a result, as text with unit."""
    return [
        declared_texts(item.declared)
        | {"name": name, "text": quoted(item.declared, item.value, at_least=item.at_least)}
        for name, item in values.items()
        if name != item.declared.formerly and not math.isnan(item.value)
    ]


def declared_texts(quantity: Quantity) -> dict[str, str]:
    """What a label opens: letter, meaning and source."""
    return {"symbol": quantity.symbol, "meaning": quantity.meaning, "source": quantity.source}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
