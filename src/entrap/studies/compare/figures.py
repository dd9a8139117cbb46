"""Figures of a comparison: one for each observable, a colour and a mark for each sample."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from entrap.core.quantities import Quantity
from entrap.model.observables import OBSERVABLES
from entrap.report.labels import drawable, scaled, shown, typeset, unit_text
from entrap.report.look import LOOK, Look
from entrap.report.style import (
    BLACK,
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    RED,
    adjusted,
    figure_for,
    styled,
)
from entrap.studies.compare.samples import Curve, Sample

_LOOKS = ((BLUE, "o"), (RED, "s"), (GREEN, "^"), (BLACK, "D"), (ORANGE, "v"), (GREY, "P"))
_DOTTED = (0, (1, 2))
_WIDE = 100.0  # largest over smallest from which an axis is logarithmic
_POLE = 4.0  # times the least value of a curve up to which what diverges is shown
_FAR = 30.0  # between the samples' largest values, from which the axis is logarithmic
_BELOW = 30.0  # how far below the least of these it reaches then at most
_ROW = 0.45  # of a sample among the posteriors, in inches


def comparison_figures(samples: Sequence[Sample], look: Look = LOOK) -> dict[str, Figure]:
    """The figures by file name."""
    with styled(look.style):
        return adjusted(dict(_figures(samples, look)), look)


def _figures(samples: Sequence[Sample], look: Look) -> Iterator[tuple[str, Figure]]:
    if samples[0].kind == "fit" and common_numbers(samples):
        yield "posteriors", _posteriors(samples, look)
    for name in observables(samples):
        yield name.replace("_", "-"), _curves(samples, name, look)


def observables(samples: Sequence[Sample]) -> tuple[str, ...]:
    """Observables of which two samples at least have something to show."""
    names = dict.fromkeys(name for sample in samples for name in sample.curves)
    return tuple(
        name
        for name in names
        if sum(_shows(s.curves[name]) for s in samples if name in s.curves) > 1
    )


def _shows(curve: Curve) -> bool:
    columns = [curve.y] if curve.beside is None else [curve.y, curve.beside]
    return any(np.isfinite(column).any() for column in columns)


def common_numbers(samples: Sequence[Sample]) -> tuple[str, ...]:
    """Numbers that the posteriors of two fits at least are of."""
    held = [key for sample in samples for key in _posterior(sample, samples)]
    return tuple(key for key in dict.fromkeys(held) if held.count(key) > 1)


def hypothesis_of(sample: Sample, samples: Sequence[Sample]) -> str:
    """The hypothesis whose numbers are compared: the paper's, or the most probable of each."""
    paper = all("mixing" in each.posteriors for each in samples)
    return "mixing" if paper else next(iter(sample.posteriors))


def _posterior(
    sample: Sample, samples: Sequence[Sample]
) -> Mapping[str, tuple[Quantity, np.ndarray]]:
    return sample.posteriors[hypothesis_of(sample, samples)]


def _curves(samples: Sequence[Sample], name: str, look: Look) -> Figure:
    """An observable of all samples: full with the trap, dotted without, readings as marks."""
    held = [(s, mark) for s, mark in zip(samples, _LOOKS, strict=False) if name in s.curves]
    of = [sample.curves[name] for sample, _ in held]
    figure = figure_for(look, name.replace("_", "-"), 8.6, 5.4)
    axes = figure.subplots()
    along, places = scaled(of[0].along, *(curve.x for curve in of))
    drawn = [part for curve in of for part in _columns(curve, pole=_has_pole(name))]
    unit, columns = shown(of[0].declared, *drawn)
    rest = iter(columns)
    for i, ((sample, mark), curve, x) in enumerate(zip(held, of, places, strict=True)):
        every = max(len(held), len(x) // 8)
        marks = (every * i // len(held) + every // 4, every)  # those of others stay seen
        _draw(axes, x, rest, curve, (*mark, drawable(sample.name), marks))
    if samples[0].kind == "trap":
        _logarithmic(axes, places, columns)
    elif (least := _logarithmic_from(columns)) is not None:
        axes.set(yscale="log", ylim=(least, None))
    axes.set_xlabel(typeset(f"{of[0].along.meaning} {of[0].along.symbol}{_behind(along)}"))
    axes.set_ylabel(typeset(f"{of[0].declared.symbol}{_behind(unit)}"))
    axes.set_title(typeset(of[0].declared.meaning), loc="left")
    handles, labels = axes.get_legend_handles_labels()
    if any(curve.beside is not None for curve in of):
        for words, dashes in (("with the trap", "-"), ("without a trap", _DOTTED)):
            face = (", filled" if dashes == "-" else ", open") if of[0].readings else ""
            handles.append(Line2D([], [], color=GREY, ls=dashes, lw=1.8))
            labels.append(words + face)
    figure.legend(handles, labels, loc="outside lower center", ncols=2)
    return figure


def _columns(curve: Curve, *, pole: bool) -> list[np.ndarray]:
    """What is drawn of a curve: with the trap, without, readings; beside a pole, up to a value."""
    made = [curve.y] if curve.beside is None else [curve.y, curve.beside]
    made = [np.where(np.isfinite(column), column, np.nan) for column in made]
    most = _POLE * max(map(_least, made)) if pole else np.inf
    made = [np.where(column > most, np.nan, column) for column in made]
    return made + ([] if curve.readings is None else [curve.readings.value])


def _least(column: np.ndarray) -> float:
    finite = column[np.isfinite(column)]
    return float(finite.min()) if len(finite) else 0.0


def _logarithmic_from(columns: Sequence[np.ndarray]) -> float | None:
    """Where a logarithmic axis begins; None where a linear one shows the largest of each column."""
    finite = [column[np.isfinite(column)] for column in columns]
    tops = [float(column.max()) for column in finite if column.any()]
    if any((column < 0).any() for column in finite) or not tops:
        return None
    least = min(float(column[column > 0].min()) for column in finite if column.any())
    return max(min(tops) / _BELOW, 0.7 * least) if max(tops) > _FAR * min(tops) else None


def _has_pole(name: str) -> bool:
    return name in OBSERVABLES and OBSERVABLES[name].diverges


def _draw(
    axes: Any,
    x: np.ndarray,
    rest: Iterator[np.ndarray],
    curve: Curve,
    look: tuple[str, str, str, tuple[int, int]],
) -> None:
    """A curve whose columns come next."""
    colour, mark, label, every = look
    marks = {} if curve.readings else {"marker": mark, "markevery": every, "ms": 6}
    axes.plot(x, next(rest), color=colour, label=label, **marks)
    if curve.beside is not None:
        axes.plot(x, next(rest), color=colour, ls=_DOTTED, lw=1.8)
    if (readings := curve.readings) is None:
        return
    values = next(rest)
    bars = readings.deviation * np.divide(*_first_finite(values, readings.value))
    at = readings.at * np.divide(*_first_finite(x, curve.x))
    for on, face in ((True, colour), (False, "white")):
        own = readings.on == on
        axes.errorbar(
            at[own], values[own], bars[own], fmt=mark, color=colour, mfc=face, ms=5, lw=1.0
        )


def _first_finite(shown: np.ndarray, given: np.ndarray) -> tuple[float, float]:
    """A number as it is shown, and in SI."""
    i = int(np.argmax(np.isfinite(given) & (given != 0)))
    return float(shown[i]), float(given[i])


def _logarithmic(axes: Any, places: Sequence[np.ndarray], drawn: Sequence[np.ndarray]) -> None:
    """Logarithmic axes where numbers above 0 span a wide range."""
    for columns, set_scale in ((places, axes.set_xscale), (drawn, axes.set_yscale)):
        flat = np.concatenate([np.ravel(column) for column in columns])
        above = flat[np.isfinite(flat) & (flat > 0)]
        if len(above) and above.max() > _WIDE * np.quantile(above, 0.1):
            set_scale("log")


def _behind(unit: str) -> str:
    return "" if unit in ("", "1") else f" ({unit_text(unit)})"


def _posteriors(samples: Sequence[Sample], look: Look) -> Figure:
    """Each number of the fits: median, 50 % and 90 % of each sample."""
    names = common_numbers(samples)
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    height = rows * (0.9 + _ROW * len(samples))
    figure = figure_for(look, "posteriors", 3.4 * columns + 1.6, max(height, 3.0))
    grid = figure.subplots(rows, columns, squeeze=False)
    for axes, key in zip(grid.flat, names, strict=False):
        found = [_posterior(sample, samples) for sample in samples]
        held = [(i, of[key]) for i, of in enumerate(found) if key in of]
        declared = held[0][1][0]
        unit, ends = scaled(declared, *(interval for _, (_, interval) in held))
        for (i, _), (median, low, high, least, most) in zip(held, ends, strict=True):
            colour, mark = _LOOKS[i]
            axes.plot([least, most], [i, i], color=colour, lw=1.6)
            axes.plot([low, high], [i, i], color=colour, lw=4.5, solid_capstyle="butt")
            axes.plot(median, i, marker=mark, color=colour, mec="white", ms=8)
        axes.set_yticks(range(len(samples)), [drawable(s.name) for s in samples])
        axes.set_ylim(len(samples) - 0.5, -0.5)
        axes.set_xlabel(typeset(f"{declared.symbol or key}{_behind(unit)}"))
        axes.locator_params(axis="x", nbins=4)
        if axes not in grid[:, 0]:
            axes.tick_params(labelleft=False)
    for axes in list(grid.flat)[len(names) :]:
        axes.set_axis_off()
    return figure
