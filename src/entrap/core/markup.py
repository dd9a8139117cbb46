"""Results as HTML for notebooks: a title, a short table, and curves where they help."""

import dataclasses
import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from entrap.core.quantities import number_text

_MOST_ROWS = 10
_SUBSCRIPT = re.compile(r"(?<![A-Za-z])([A-Za-zα-ωΑ-Ωħℓ]\u0303?)_([A-Za-z0-9]+|□)")
_WIDTH, _HEIGHT = 360, 190
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 10, 10, 34
_COLOURS = ("#0072b2", "#d55e00", "#6b6b6b", "#00735a")
"""Of curves, told apart by the colour-blind; the third of them is solid on dark paper too."""


@dataclasses.dataclass(frozen=True)
class Curves:
    """Curves over one axis.

    Args:
        label: Of the axis to the right, with its unit.
        x: Its numbers, which rise.
        title: Of the axis upwards, with its unit.
        lines: Numbers of each curve, by its name.
    """

    label: str
    x: Any
    title: str
    lines: Mapping[str, Any]


class Shown:
    """A result that a notebook shows by what its `repr` says, with curves beside it."""

    def _drawn(self) -> Curves | None:
        return None

    def _repr_html_(self) -> str:
        return of_result(self, self._drawn())


def marked(text: str) -> str:
    """A text in HTML, in which "T_c" has a subscript.

    Examples:
        >>> marked("T_c < 3 K")
        'T<sub>c</sub> &lt; 3 K'
    """
    return _SUBSCRIPT.sub(r"\1<sub>\2</sub>", html.escape(text))


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows of texts; the last of each is a value."""
    lines = []
    for *words, value in rows:
        cells = "".join(f'<td style="text-align:left">{marked(word)}</td>' for word in words)
        lines.append(f'<tr>{cells}<td style="text-align:right">{_printed(value)}</td></tr>')
    return f"<table>{''.join(lines)}</table>"


def _printed(value: str) -> str:
    """A number with its unit, as print has it."""
    units = {"ohm": "Ω", "um": "µm", "us": "µs", "ueV": "µeV", "*": " "}
    text = re.sub(r"\b(?:ohm|um|us|ueV)\b|\*", lambda match: units[match[0]], value)
    return re.sub(r"\^(-?\d+)", r"<sup>\1</sup>", marked(text))


def of_result(result: Any, curves: Curves | None = None) -> str:
    """A result that says in `repr` what it is: its numbers, and curves beside them."""
    title, *lines = repr(result).splitlines()
    values = getattr(result, "quantities", None)
    if values:
        items = [item for name, item in values.items() if name != item.declared.formerly]
        shown = [(each.declared.symbol, each.declared.meaning, str(each)) for each in items]
        body = table(shown[:_MOST_ROWS])
        if len(items) > _MOST_ROWS:
            body += f"<p>{len(items) - _MOST_ROWS} more numbers are in <code>quantities</code>.</p>"
    else:
        body = f"<pre>{html.escape(chr(10).join(lines))}</pre>"
    return card(title, body, curves)


def card(title: str, body: str, curves: Curves | None = None) -> str:
    """A title over a body in HTML, and curves beside it."""
    beside = "" if curves is None else picture(curves)
    parts = f"<div>{body}</div>" + (f"<div>{beside}</div>" if beside else "")
    flow = "display:flex;flex-wrap:wrap;gap:1.5em;align-items:flex-start"
    return f'<div><strong>{marked(title)}</strong><div style="{flow}">{parts}</div></div>'


def picture(curves: Curves) -> str:
    """The curves as SVG; empty where they have fewer than two points."""
    import numpy as np

    x = np.ravel(np.asarray(curves.x, float))
    lines = {name: np.ravel(np.asarray(y, float)) for name, y in curves.lines.items()}
    every = np.concatenate([*lines.values(), np.zeros(0)])
    every = every[np.isfinite(every)]
    if len(x) < 2 or not len(every) or x.min() == x.max():
        return ""
    low, high = min(0.0, every.min()), max(0.0, every.max())
    high = high if high > low else low + 1.0

    def across(value: Any) -> Any:
        return _LEFT + (value - x.min()) / (x.max() - x.min()) * (_WIDTH - _LEFT - _RIGHT)

    def up(value: Any) -> Any:
        return _HEIGHT - _BOTTOM - (value - low) / (high - low) * (_HEIGHT - _TOP - _BOTTOM)

    drawn, floor = [], _HEIGHT - _BOTTOM
    for number, (name, y) in enumerate(lines.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        path = _path(across(x), up(y))
        drawn.append(f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        at = _TOP + 13 * (number + 1)
        if len(lines) > 1:  # the title says what a single one is
            drawn.append(_text(name, _WIDTH - _RIGHT, at, "end", colour))
    frame = f"M{_LEFT},{_TOP}V{floor}H{_WIDTH - _RIGHT}"
    drawn.append(f'<path d="{frame}" fill="none" stroke="currentColor"/>')
    drawn += [
        _text(number_text(low), _LEFT - 5, floor, "end"),
        _text(number_text(high), _LEFT - 5, 20, "end"),
    ]
    drawn += [_text(number_text(x.min()), _LEFT, floor + 14, "start")]
    drawn += [_text(number_text(x.max()), _WIDTH - _RIGHT, floor + 14, "end")]
    drawn += [_text(curves.label, _WIDTH / 2, _HEIGHT - 6, "middle")]
    size = f'width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
    label = html.escape(f"{curves.title} against {curves.label}")
    look = 'style="font:11px sans-serif;max-width:100%"'
    inner = "".join(drawn)
    heading = f"<div>{marked(curves.title)}</div>"
    return f'{heading}<svg {size} {look} role="img" aria-label="{label}">{inner}</svg>'


def _path(x: Any, y: Any) -> str:
    """A line through points, broken where one is missing."""
    parts, pen = [], "M"
    for each, height in zip(x, y, strict=True):
        if math.isfinite(height):
            parts.append(f"{pen}{each:.1f},{height:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(parts)


def _text(text: str, x: float, y: float, anchor: str, colour: str = "currentColor") -> str:
    place = f'x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{html.escape(text)}</text>"
