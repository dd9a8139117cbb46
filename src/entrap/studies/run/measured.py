"""Measurements laid over the prediction of a run: what each reading would be, and how far it is."""

import dataclasses
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from entrap.core.frame import Column, Frame, Framed
from entrap.core.quantities import number_text, quantities
from entrap.model.observables import OBSERVABLES, OF_EXPANSION
from entrap.model.state import State
from entrap.report.labels import listed
from entrap.solve.protocol.bcs_curves import BcsCurves
from entrap.solve.protocol.results import Evolution

if TYPE_CHECKING:
    from entrap.studies.fit.data.observations import Observations

PREDICTED = tuple(name for name, _ in quantities(State) if name in OBSERVABLES)
"""Observables that a run predicts."""

Series = tuple[str, bool]
"""Observable, and whether the trap was on."""


@dataclasses.dataclass(frozen=True)
class Measured(Framed):
    """Readings beside what a run predicts for them; columns over the readings.

    Args:
        data: The readings.
        plain: Predicted without an entropy: by plain BCS theory [SI]. Without the trap this is the
            bare sample. NaN where the run does not go, or where nothing is predicted.
        mixed: Predicted with the entropy [SI]; without the trap the same as `plain`.
    """

    data: "Observations"
    plain: np.ndarray
    mixed: np.ndarray

    def deviations(self, predicted: np.ndarray) -> np.ndarray:
        """Reading less prediction, in standard deviations; NaN for limits."""
        data = self.data
        size = np.hypot(data.absolute, data.relative * predicted)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(data.limit == 0, (data.value - predicted) / size, np.nan)

    def series(self) -> dict[Series, np.ndarray]:
        """Indices of the readings of each observable, with the trap and without."""
        found: dict[Series, list[int]] = {}
        for i, (name, on) in enumerate(zip(self.data.quantity, self.data.on, strict=True)):
            found.setdefault((name, bool(on)), []).append(i)
        return {key: np.array(index) for key, index in found.items()}

    def frame(self) -> Frame:
        """The readings, a row each, with what is predicted for them [unit of the row]."""
        columns = (
            ("plain", self.plain, "", "Predicted by plain BCS theory, in the unit of the row"),
            ("mixed", self.mixed, "", "Predicted with the entropy, in the unit of the row"),
            ("from_plain", self.deviations(self.plain), "1", "Standard deviations from plain"),
            ("from_mixed", self.deviations(self.mixed), "1", "Standard deviations from mixed"),
        )
        return Frame(*self.data.frame().columns, *(Column(*each) for each in columns))


def measured(run: Evolution, beside: BcsCurves, data: "Observations") -> Measured:
    """What a run predicts for each reading.

    Against temperature a reading is compared with the sample as it warms; against time, with the
    sample at that time.
    """
    warm = run.time >= run.protocol.hold
    by_time = data.against == "time"
    chosen = np.ones_like(warm) if by_time else warm
    at = (run.time if by_time else np.asarray(run.state.temperature))[chosen]
    plain, mixed = np.full(len(data), np.nan), np.full(len(data), np.nan)
    for i, (name, on) in enumerate(zip(data.quantity, data.on, strict=True)):
        if name in PREDICTED:
            by = states(run, beside, name, bool(on))
            for column, state in zip((plain, mixed), by, strict=True):
                values = np.asarray(getattr(state, name), float)[chosen]
                column[i] = np.interp(data.coordinate[i], at, values, math.nan, math.nan)
    return Measured(data, *(np.where(np.isfinite(c), c, np.nan) for c in (plain, mixed)))


def states(run: Evolution, beside: BcsCurves, name: str, on: bool) -> tuple[State, State]:
    """The states by which an observable is predicted: by plain BCS, and with the entropy.

    What only the paper's expansion defines is that of the expansion in both.
    """
    if name in OF_EXPANSION:
        return (run.state, run.state) if on else (run.bare, run.bare)
    return (beside.plain, beside.mixed) if on else (beside.bare, beside.bare)


def sentence(found: Measured) -> str:
    """How far the readings lie from the prediction."""
    parts, absent = [*_parts(found)], int(np.isnan(found.plain).sum())
    text = f"{Path(found.data.source).name or 'The data'} laid over it, nothing fitted: "
    text += "; ".join(parts) if parts else "no reading can be compared"
    if bounds := int((found.data.limit != 0).sum()):
        text += f"; {bounds} limit{' is' if bounds == 1 else 's are'} drawn and not counted"
    if absent:
        count = "one reading has" if absent == 1 else f"{absent} readings have"
        text += f"; {count} no prediction, being beyond the warm-up or of what is not predicted"
    return f"{text}."


def _parts(found: Measured) -> Iterator[str]:
    for (name, on), index in found.series().items():
        plain, mixed = (
            _spread(found.deviations(column)[index]) for column in (found.plain, found.mixed)
        )
        if plain is None or mixed is None:
            continue
        symbol = OBSERVABLES[name].quantity.symbol
        count = int(np.isfinite(found.deviations(found.plain)[index]).sum())
        where = "with the trap" if on else "without the trap"
        if not on or name in OF_EXPANSION:
            by = "the paper's expansion" if name in OF_EXPANSION else "BCS theory"
            of = [f"{number_text(plain)} σ from {by}"]
        else:
            of = [
                f"{number_text(plain)} σ from plain BCS theory",
                f"{number_text(mixed)} σ from that with the entropy",
            ]
        many = "reading" if count == 1 else "readings"
        lie = "lies" if count == 1 else "lie, in the root mean square,"
        yield f"{count} {many} of {symbol} {where} {lie} {listed(of)}"


def _spread(deviations: np.ndarray) -> float | None:
    known = deviations[np.isfinite(deviations)]
    return float(np.sqrt((known**2).mean())) if len(known) else None
