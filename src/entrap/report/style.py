"""How every figure looks, and how one is written: fit for a talk, safe for the colour-blind."""

import contextlib
import dataclasses
import io
import re
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib import rc_context, rcParams, rcParamsDefault
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from entrap.core.errors import InputError
from entrap.report.grades import GRADES, UNKNOWN, grade
from entrap.report.labels import typeset
from entrap.report.look import LOOK, Look, Setting, refuse_unknown
from entrap.report.narrow import fit
from entrap.report.ticks import plain_numbers

_TALK: dict[str, Any] = {
    "font.size": 12,
    "axes.titlesize": "medium",
    "axes.labelsize": "medium",
    "legend.fontsize": "small",
    "lines.linewidth": 2.2,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.formatter.limits": (-3, 5),
    "axes.formatter.use_mathtext": True,
    "axes.formatter.useoffset": False,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.framealpha": 1.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "entrap",
    "pdf.fonttype": 42,
    "ps.fonttype": 42,
    "savefig.dpi": 150,
    "figure.constrained_layout.use": True,
}
_PAPER: dict[str, Any] = {
    "font.size": 8,
    "lines.linewidth": 1.4,
    "lines.markersize": 4,
    "axes.grid": False,
    "axes.linewidth": 0.6,
    "axes.titlepad": 4,
    "axes.labelpad": 2.5,
    "hatch.linewidth": 0.6,
    "savefig.dpi": 300,
    **{
        f"{axis}tick.{key}": value
        for axis in "xy"
        for key, value in {
            "direction": "in", "major.size": 2.5, "minor.size": 1.5, "major.width": 0.6,
            "minor.width": 0.4, "major.pad": 2.5,
        }.items()
    },
}  # fmt: skip
_STYLES = {"talk": _TALK, "paper": _TALK | _PAPER}
_OF_THE_USER = ("backend", "interactive", "toolbar", "figure.hooks", "webagg", "timezone")
_UNDATED = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
"""Of files that would have the time in them: a figure drawn again is the same file."""
_COMPRESSED = 3  # of 9: a PNG of a map takes half the time, and a fifth more room
_LAID_OUT: dict[Any, Any] = {"figure.constrained_layout.use": False}
"""Setting under which no layout is sought again: each would draw the figure once more."""

GREEN, RED, ORANGE = "#009e73", "#d55e00", "#e69f00"
BLUE, BLACK, GREY = "#0072b2", "#000000", "#767676"
"""Colours of curves, which the colour-blind can distinguish too."""


@contextlib.contextmanager
def styled(style: str = "talk") -> Iterator[None]:
    """Settings of every figure that is made within, whatever the user's own matplotlib is set to.

    Examples:
        >>> from matplotlib import rcParams
        >>> with rc_context({"text.usetex": True}), styled("paper"):
        ...     rcParams["text.usetex"], rcParams["font.size"]
        (False, 8.0)
    """
    plain = {k: v for k, v in rcParamsDefault.items() if not k.startswith(_OF_THE_USER)}
    chosen: dict[Any, Any] = plain | _STYLES[style]
    with rc_context(chosen):
        yield


def figure_for(look: Look, name: str, width: float, height: float, **how: Any) -> Figure:
    """An empty figure of the size that it has in a talk, in inches, or of that which is wished."""
    return Figure(figsize=look.inches(name, width, height), **how)


Curves = Collection[str] | None
"""Names of the curves that are drawn; None for all."""


@dataclasses.dataclass(frozen=True)
class Panel:
    """A part of a figure: what draws it into axes, the curves it can have, its size in inches."""

    draw: Callable[[Any, Curves], None]
    curves: tuple[str, ...] = ()
    size: tuple[float, float] = (7.6, 5.2)


def draw_panel(panel: Panel, ax: Any, curves: Curves, look: Look) -> Any:
    """Draw into the axes of the user, or into those of a new figure in our own style; give them."""
    if ax is None:
        with styled(look.style):
            axes = figure_for(look, "", *panel.size).subplots()
            return draw_panel(panel, axes, curves, look)
    panel.draw(ax, curves)
    if ax.get_legend() is None and ax.get_legend_handles_labels()[0]:
        # Beside the scale bar of a map, where nothing is drawn.
        ax.legend(loc="best" if ax.get_aspect() == "auto" else "lower right")
    return ax


def draw(axes: Any, x: Any, *rows: tuple[Any, ...], curves: Curves = None) -> None:
    """Draw columns against `x`, those of `curves` if that is given.

    Each is a name, values, colour, dashes, label and, if need be, the line's width in a talk.
    """
    scale = rcParams["lines.linewidth"] / _TALK["lines.linewidth"]
    for name, column, colour, dashes, label, *width in rows:
        if curves is None or name in curves:
            lw = scale * width[0] if width else None
            axes.plot(x, column, color=colour, ls=dashes, label=typeset(label), lw=lw)


def widen(axes: Any) -> None:
    """Give an axis some width where all values are nearly the same: no noise is magnified."""
    low, high = axes.get_ylim()
    size = max(abs(low), abs(high))
    if axes.get_yscale() == "linear" and high - low < 0.02 * size:
        middle = (low + high) / 2
        axes.set_ylim(middle - 0.1 * size, middle + 0.1 * size)


def paler(colour: str, share: float) -> tuple[float, float, float]:
    """A colour on white paper that covers this share of it, as one that EPS can have too."""
    red, green, blue = (1 - share * (1 - part) for part in to_rgb(colour))
    return red, green, blue


def checked(make: Callable[[Any, Look], dict[str, Figure]], result: Any, look: Look) -> Any:
    """Figures of a result, laid out; a wish for a figure that there is not is refused.

    Raises:
        InputError: there is no such figure.
    """
    made = make(result, look)
    for wish in look.settings:
        refuse_unknown([wish.figure or next(iter(made))], made, f'"{wish.text}"', "figures")
    with styled(look.style), rc_context(_LAID_OUT):
        for figure in made.values():
            _lay_out(figure)
    return made


def adjusted(figures: Mapping[str, Figure], look: Look) -> dict[str, Figure]:
    """The figures by name, their axes as the look has them.

    Raises:
        InputError: a figure lacks a panel, or has nothing to show on a logarithmic axis.
    """
    for name, figure in figures.items():
        adjust(figure, name, look)
        if look.resized(name):
            fit(figure)
    return dict(figures)


def adjust(figure: Figure, name: str, look: Look) -> None:
    """Scale the axes of a figure as the look has it; to do so twice changes nothing."""
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>" and axes.axison]
    for each in look.axes(name):
        if each.panel > len(panels):
            raise InputError(
                f'"{each.text}" must name a panel of {name} from 1 to {len(panels)}, '
                f"but names {each.panel}"
            )
        for axes in panels[each.panel - 1 : each.panel] if each.panel else panels:
            _scale(axes, each)


def _scale(axes: Any, wish: Setting) -> None:
    """Give an axis of axes a scale and ends."""
    scale, ends = wish.value.scale, wish.value.ends
    scale = scale or getattr(axes, f"get_{wish.key}scale")()
    limits = getattr(axes, f"get_{wish.key}lim")()
    if scale == "log" and max(ends or limits) <= 0:
        raise InputError(f'"{wish.text}" must leave values above 0, which a logarithmic axis needs')
    if wish.value.scale and scale != getattr(axes, f"get_{wish.key}scale")():
        getattr(axes, f"set_{wish.key}scale")(scale)
    if ends:
        getattr(axes, f"set_{wish.key}lim")(ends)


def save(figure: Figure, stem: Path, look: Look = LOOK) -> str:
    """Write a figure in each format of the look, and give the text of its SVG.

    It is laid out once, as for a PNG, so that it is the same whatever formats are asked for.
    """
    with styled(look.style), rc_context(_LAID_OUT), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a title may be in any script
        _lay_out(figure)
        text = io.StringIO()
        for each in sorted({"svg", *look.formats}):
            file = text if each == "svg" else f"{stem}.{each}"
            packed: dict[str, Any] = {"pil_kwargs": {"compress_level": _COMPRESSED}}
            how = packed if each == "png" else {}
            figure.savefig(file, format=each, metadata=_UNDATED.get(each), **how)
    if "svg" in look.formats:
        Path(f"{stem}.svg").write_text(text.getvalue(), "utf-8")
    if "eps" in look.formats:
        file = Path(f"{stem}.eps")
        file.write_bytes(re.sub(rb"(?m)^%%CreationDate: .*\n", b"", file.read_bytes(), count=1))
    return text.getvalue()


def _lay_out(figure: Figure) -> None:
    """Find where all of a figure goes, and leave it there, with `_LAID_OUT`."""
    dpi, engine = figure.dpi, figure.get_layout_engine()
    if engine is not None:
        FigureCanvasAgg(figure)  # whose renderer measures all texts
        figure.dpi = _TALK["savefig.dpi"]
        for axes in figure.axes:
            plain_numbers(axes.xaxis)
            plain_numbers(axes.yaxis)
        engine.execute(figure)
        figure.dpi = dpi
        figure.set_layout_engine(None)


def legend_below(axes: Any, columns: int = 2, **how: Any) -> None:
    """A legend under the axes, if there is anything to explain."""
    if how.get("handles") or axes.get_legend_handles_labels()[0]:
        place = {"loc": "upper center", "bbox_to_anchor": (0.5, -0.16), "handlelength": 3.2}
        axes.legend(**place, ncols=columns, **how)


def margin_bars(
    axes: Any, edges: np.ndarray, rows: list[tuple[str, np.ndarray, float | None]]
) -> list[Patch]:
    """Draw a row of bars for each margin, coloured by grade; give the entries of a legend.

    Args:
        axes: The axes; the worst grade of each margin stands at the right.
        edges: Limits of the cells along the axis.
        rows: Label, margin in each cell, and smallest margin; NaN and None where it is not known.
    """
    for row, (_, margins, worst) in enumerate(rows):
        which = np.searchsorted([g.low for g in GRADES], margins, side="right") - 1
        for start, end in runs(np.where(np.isnan(margins), len(GRADES), which)):
            shade = UNKNOWN if np.isnan(margins[start]) else GRADES[which[start]]
            axes.barh(
                row, edges[end] - edges[start], 0.84, edges[start], color=shade.colour,
                edgecolor=BLACK, linewidth=0, hatch="///" if shade.low < 0 else None,
            )  # fmt: skip
        at = axes.get_yaxis_transform()
        axes.text(1.01, row, grade(worst).word, transform=at, va="center", fontsize="small")
    axes.set_yticks(range(len(rows)), [label for label, *_ in rows])
    axes.set(ylim=(max(len(rows), 1) - 0.5, -0.5), xlim=(edges[0], edges[-1]))
    axes.grid(visible=False)
    if not rows:  # of a sample that is normal throughout
        axes.set_title("Can the theory be trusted here?", loc="left")
        axes.text(0.5, 0.5, "no assumption to judge", transform=axes.transAxes, ha="center")
        return []
    axes.set_title("Can the theory be trusted here? At the right: the worst grades", loc="left")
    keys = [
        Patch(facecolor=g.colour, hatch="///" if g.low < 0 else None, label=g.word, lw=0)
        for g in GRADES
    ]
    if any(np.isnan(margins).any() for _, margins, _ in rows):
        keys.append(Patch(facecolor=UNKNOWN.colour, label="normal or not known", lw=0))
    return keys


def runs(values: np.ndarray) -> list[tuple[int, int]]:
    """Start and end of each run of equal values."""
    starts = [0, *(np.flatnonzero(values[1:] != values[:-1]) + 1).tolist()]
    return [*zip(starts, [*starts[1:], len(values)], strict=True)]
