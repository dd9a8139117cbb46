"""How a figure shows values: their unit, their scale, and hatches where there is no number."""

import dataclasses
import re
import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np
import xarray as xr
from matplotlib import rcParams
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from entrap.core.quantities import Quantity
from entrap.report.labels import power_of_ten, scaled, typeset, unit_text
from entrap.studies.sweep.pages.reading import declared_of, is_margin
from entrap.studies.sweep.sweep import Swept

INK, PAPER = "#8a8a8a", "#f0f0f0"

BLANKS = {
    "undefined": ("..", "no value"),
    "infinite": ("///", "infinite"),
    "missing": ("xxx", "not computed yet"),
}
"""Hatch and name of each reason why a point has no number."""


def blanks_of(values: np.ndarray, absent: np.ndarray) -> dict[str, np.ndarray]:
    """Which values are not numbers, by reason; `absent` marks those not computed yet."""
    found = {"undefined": np.isnan(values), "infinite": np.isinf(values)}
    return {reason: blank & ~absent for reason, blank in found.items()} | {"missing": absent}


def blank_patch(reason: str) -> Patch:
    """Legend entry of a reason."""
    hatch, word = BLANKS[reason]
    return Patch(facecolor=PAPER, edgecolor=INK, hatch=hatch, lw=0, label=word)


@dataclasses.dataclass(frozen=True)
class Scale:
    """Values as an axis shows them, in the unit of its label, which is empty for a pure number."""

    declared: Quantity
    values: np.ndarray
    unit: str
    log: bool

    @property
    def kind(self) -> str:
        """What matplotlib calls the scale."""
        return "log" if self.log else "linear"

    def wrapped(self, width: int = 60) -> str:
        """Meaning, symbol and unit, in lines of at most so many letters."""
        lines = textwrap.wrap(f"{self.declared.meaning} {self.declared.symbol}", width)
        return "\n".join(lettered(line) for line in lines) + self._unit

    @property
    def short(self) -> str:
        """Symbol and unit."""
        return lettered(self.declared.symbol) + self._unit

    @property
    def _unit(self) -> str:
        return f" ({self.unit})" if self.unit else ""

    def steps(self) -> np.ndarray:
        """Distances between the values along the axis."""
        return np.diff(np.log(self.values) if self.log else self.values)

    def edges(self) -> np.ndarray:
        """Limits of the cells around the values, which must increase."""
        at = np.log(self.values) if self.log else self.values
        half = self.steps() / 2
        if len(at) == 1:
            half = np.array([0.5 if self.log else 0.5 * abs(at[0]) or 0.5])
        made = np.append(at - np.append(half[:1], half)[: len(at)], at[-1] + half[-1])
        return np.exp(made) if self.log else made

    def drawable(self, values: np.ndarray) -> np.ndarray:
        """Which values have a place on the axis: finite ones, on a logarithmic one above 0."""
        return np.isfinite(values) & ((values > 0) | (not self.log))

    def set_ends(self, axes: Any, low: float, high: float) -> None:
        """Let the vertical axis span these values, with some room beyond them."""
        if self.log:
            room = (high / low) ** 0.06
            axes.set_ylim(low / room, high * room)
        else:
            room = 0.06 * (high - low)
            axes.set_ylim(low - room, high + room)


@dataclasses.dataclass(frozen=True)
class Room:
    """What keeps a few values far from all others, as beside a pole, from stretching a scale.

    Args:
        share: Of the values at each end that may be far off.
        far: How far from the others that is, as a share of their range.
        reach: How far the scale reaches beyond the others then, likewise.
        decades: Of the others, from which the scale is logarithmic.
    """

    share: float
    far: float
    reach: float
    decades: float


AXIS = Room(0.005, 5.0, 0.0, 2.0)
COLOURS = Room(0.1, 1.0, 0.5, 0.8)
"""Steps within one colour would be lost, and what lies beyond has the colour of an end."""


def result_scale(column: xr.DataArray, values: np.ndarray, room: Room = AXIS) -> Scale:
    """How to show values of a result [SI]: logarithmic over many decades.

    Margins are logarithms by themselves.
    """
    finite = values[np.isfinite(values)]
    most = finite if room is AXIS else np.array(_most(finite, room) if finite.size else finite)
    positive = bool((finite > 0).all())
    log = positive and not is_margin(str(column.name)) and _decades(most) > room.decades
    return scale(declared_of(column), values, log=log)


def scale(declared: Quantity, values: np.ndarray, *, log: bool | None = None) -> Scale:
    """How to show values [SI] on an axis, which is spaced as they are unless `log` is given."""
    unit, (shown,) = scaled(declared, values)
    shown = np.where(np.abs(shown) < 1e-290, 0.0, shown)  # what underflows is 0 to the eye
    finite = shown[np.isfinite(shown)]
    largest = float(np.abs(finite).max(initial=0.0))
    log = _logarithmic(finite) if log is None else log
    if not log and largest > 0 and not 1e-2 <= largest < 1e4:
        power, unit = power_of_ten(largest, unit)
        shown = shown / power
    text = "" if unit == "1" else typeset(unit_text(unit))
    return Scale(declared, np.asarray(shown), text, log)


def thinned(swept: Swept, key: str, step: int) -> tuple[Scale, slice, np.ndarray]:
    """An axis, thinned to every so many values: their scale, which they are, and their order."""
    some = slice(None, None, step)
    along = swept.data[key].isel({key: some})
    values, order = np.unique(along.to_numpy(), return_index=True)
    return scale(declared_of(along), values), some, order


def limits(values: np.ndarray, *, log: bool, room: Room = AXIS) -> tuple[float, float, str]:
    """Ends of a scale, and which of them values pass: "neither", "min", "max" or "both".

    A few values far from all others do not stretch it; a logarithmic one has at most 15 decades.
    """
    finite = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not finite.size:
        return (1.0, 10.0, "neither") if log else (0.0, 1.0, "neither")
    at = np.log10(finite) if log else finite
    least, most = float(at.min()), float(at.max())
    low, high = _most(at, room)
    far, reach = room.far * (high - low), room.reach * (high - low)
    low = low - reach if 0 < far < low - least else least
    high = high + reach if 0 < far < most - high else most
    if log:
        low = max(low, high - 15)
    below = low > least or (log and bool((values == 0).any()))
    extend = {(0, 0): "neither", (1, 0): "min", (0, 1): "max", (1, 1): "both"}[below, high < most]
    if low == high:
        half = 0.5 if log else 0.5 * abs(low) or 0.5
        low, high = low - half, high + half
    return (10.0**low, 10.0**high, extend) if log else (low, high, extend)


def set_title(figure: Figure, declared: Quantity, *notes: str) -> None:
    """Write above a figure what is drawn, and below that the notes."""
    letters = figure.get_figwidth() * 12 / rcParams["font.size"]
    text = title(declared, *notes, width=int(letters * 9.5))
    figure.suptitle(text, x=0.02, ha="left", fontsize="medium")


def title(declared: Quantity, *notes: str, width: int) -> str:
    """What is drawn, and below it the notes, in lines of at most so many letters."""
    lines = textwrap.wrap(declared.meaning, width)
    lines += textwrap.wrap("; ".join(filter(None, notes)), width)
    return "\n".join(lettered(line) for line in lines)


def lay_out(figure: Figure, handles: list[Any], name_inside: Callable[[], list[str]]) -> None:
    """Give all parts of a figure, and a legend of these handles, their places.

    `name_inside` then writes what depends on the room there is, and returns what the legend must
    explain of it.
    """
    engine: Any = figure.get_layout_engine()
    below: Any = {"loc": "outside lower center", "ncols": 2, "handlelength": 2.6}
    legend = figure.legend(handles=handles, **below)
    engine.execute(figure)
    letters = [Line2D([], [], ls="none", label=text) for text in name_inside()]
    if letters:
        legend.remove()
        figure.legend(handles=[*handles, *letters], **below)
        engine.execute(figure)
    figure.set_layout_engine("none")  # once more as it is saved would take seconds


def small() -> float:
    """Size in points of the letters that name regions."""
    return 0.8 * rcParams["font.size"]


def lettered(text: str) -> str:
    """Text with its symbols set; names of keys in it, as "below_critical", become words."""
    return typeset(re.sub(r"(?<=[a-z]{2})_(?=[a-z]{2})", " ", text))


def _most(values: np.ndarray, room: Room) -> tuple[float, float]:
    """Ends of the values but for a share at either end."""
    low, high = np.quantile(values, [room.share, 1 - room.share], method="inverted_cdf")
    return float(low), float(high)


def _decades(values: np.ndarray) -> float:
    if not values.size or values.min() <= 0:
        return 0.0
    return float(np.log10(values.max()) - np.log10(values.min()))


def _logarithmic(values: np.ndarray) -> bool:
    """Whether the middle value is nearer to the middle of the ends in the logarithm."""
    if values.size < 3 or _decades(values) < 0.5:
        return False
    low, middle, high = values.min(), float(np.median(values)), values.max()
    linear = (middle - low) / (high - low)
    log = np.log(middle / low) / np.log(high / low)
    return bool(abs(log - 0.5) < abs(linear - 0.5))
