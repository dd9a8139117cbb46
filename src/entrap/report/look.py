"""How figures are to look, as options of a command or arguments in Python state it.

A setting is a text as "rates.x=linear": a figure, a key and its value. Without a figure it holds
for all of them; a number after the figure is that of a panel, counted as one reads.
"""

import dataclasses
import math
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import Any

from entrap.core.errors import InputError
from entrap.report.written import USUAL

STYLES = ("talk", "paper")
"""For the screen in a hall, and for the column of a journal."""

_KEYS = ("curves", "x", "y", "size")
_INCHES = {"cm": 1 / 2.54, "mm": 1 / 25.4, "in": 1.0, "pt": 1 / 72}
_LISTED = 24  # known names that an error lists
_SMALLEST, _LARGEST = 1.0, 60.0  # inches
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SIZE = re.compile(rf"({_NUMBER})(?:\s*[x×]\s*({_NUMBER}))?\s*({'|'.join(_INCHES)})")
_ENDS = re.compile(rf"({_NUMBER}):({_NUMBER})(?::(log|linear))?")


@dataclasses.dataclass(frozen=True)
class Axis:
    """What an axis is to be: logarithmic or linear, and from where to where; None as it is."""

    scale: str | None
    ends: tuple[float, float] | None


@dataclasses.dataclass(frozen=True)
class Setting:
    """One wish: of a figure, or of all where that is empty, and of one panel or, with 0, of all."""

    text: str
    figure: str
    panel: int
    key: str
    value: Any


@dataclasses.dataclass(frozen=True)
class Look:
    """Formats of the files, style, and what is to be otherwise than it is drawn by itself.

    Examples:
        >>> look = Look.of(["rates.curves=trapping,escape", "size=8.6 cm"], style="paper")
        >>> look.curves("rates", ("trapping", "recombination")), look.curves("states", ("film",))
        (('trapping',), None)
    """

    formats: tuple[str, ...] = USUAL
    style: str = STYLES[0]
    settings: tuple[Setting, ...] = ()

    @classmethod
    def of(
        cls,
        settings: Iterable[str] = (),
        *,
        formats: Iterable[str] = USUAL,
        style: str = STYLES[0],
        known: Mapping[str, Collection[str]] | None = None,
    ) -> "Look":
        """What these texts ask for.

        Args:
            settings: As "FIGURE.KEY=VALUE".
            formats: Of the files.
            style: One of `STYLES`.
            known: The figures that there are, by name or by pattern, each with its curves.

        Raises:
            InputError: one of them cannot be; what can be is named.
        """
        if style not in STYLES:
            raise InputError(f'the style must be {" or ".join(STYLES)}, but is "{style}"')
        look = cls(tuple(formats), style, tuple(map(_setting, settings)))
        if known is not None:
            look.check(known)
        return look

    def check(self, known: Mapping[str, Collection[str]]) -> None:
        """Refuse a figure or a curve that there is not.

        Raises:
            InputError: there is such a one; those that there are are named.
        """
        for each in self.settings:
            found = [p for p in known if not each.figure or fnmatchcase(each.figure, p)]
            if not found:
                raise InputError(
                    f'"{each.text}" must name a figure out of {", ".join(known)}, but '
                    f'"{each.figure}" is none of them'
                )
            if each.key == "curves":
                curves = dict.fromkeys(curve for pattern in found for curve in known[pattern])
                refuse_unknown(each.value, [*curves], f'"{each.text}"')

    def curves(self, figure: str, among: Collection[str]) -> tuple[str, ...] | None:
        """Which of these curves of a figure are drawn; None if all are."""
        chosen = self._last(figure, "curves")
        return None if chosen is None else tuple(name for name in among if name in chosen.value)

    def inches(self, figure: str, width: float, height: float) -> tuple[float, float]:
        """Width and height of a figure that by itself has these in a talk.

        One of which only a smaller width is stated keeps more of its height: letters stay.
        """
        width, height = (SCALES[self.style] * side for side in (width, height))
        stated = self._last(figure, "size")
        if stated is None:
            return width, height
        wide, high = stated.value
        ratio = wide / width
        return wide, high or height * (ratio if ratio > 1 else math.sqrt(ratio))

    def resized(self, figure: str) -> bool:
        """Whether a figure is to be of another size than by itself."""
        return self._last(figure, "size") is not None

    def axes(self, figure: str) -> Iterator[Setting]:
        """What is stated of the axes of a figure, in order."""
        for each in self.settings:
            if each.key in ("x", "y") and each.figure in ("", figure):
                yield each

    def _last(self, figure: str, key: str) -> Setting | None:
        of = [s for s in self.settings if s.key == key and s.figure in ("", figure)]
        return of[-1] if of else None


LOOK = Look()
"""As figures are drawn by themselves."""

SCALES = {"talk": 1.0, "paper": 2 / 3}
"""Of letters, lines and sizes in each style."""


def refuse_unknown(
    names: Iterable[str], known: Collection[str], where: str, what: str = "curves"
) -> None:
    """Refuse names of what there is not.

    Raises:
        InputError: there is one; the known ones are named, or of many those that are nearest.
    """
    for name in names:
        if name in known:
            continue
        if not known:
            raise InputError(
                f'{where} must name no {what}, since there are none; "{name}" is given'
            )
        near = known if len(known) <= _LISTED else get_close_matches(name, known, 3, 0.0)
        more = "" if len(known) <= _LISTED else f" and {len(known) - len(near)} more"
        there = f"{', '.join(near)}{more}"
        raise InputError(f'{where} must name {what} out of {there}; "{name}" is none of them')


def _setting(text: str) -> Setting:
    """One setting, read.

    Examples:
        >>> read = _setting("evacuation.2.x=1:20:log")
        >>> read.figure, read.panel, read.key, read.value
        ('evacuation', 2, 'x', Axis(scale='log', ends=(1.0, 20.0)))
    """
    place, equals, value = text.partition("=")
    *figure, key = place.strip().split(".")
    panel = int(figure.pop()) if figure and figure[-1].isdigit() else 0
    if not equals or key not in _KEYS or len(figure) > 1:
        raise InputError(
            f'"{text}" must be FIGURE.KEY=VALUE, as in "rates.x=linear", with KEY out of '
            f"{', '.join(_KEYS)}, or without FIGURE for all figures"
        )
    read = {"curves": _curves, "size": _size, "x": _axis, "y": _axis}[key]
    return Setting(text, figure[0] if figure else "", panel, key, read(value.strip(), text))


def _curves(value: str, text: str) -> tuple[str, ...]:
    names = tuple(part.strip() for part in value.split(","))
    if not all(names):
        raise InputError(f'"{text}" must name curves, with commas between them')
    return names


def _axis(value: str, text: str) -> Axis:
    if value in ("log", "linear"):
        return Axis(value, None)
    match = _ENDS.fullmatch(value)
    ends = (float(match[1]), float(match[2])) if match else (0.0, 0.0)
    if not match or not all(map(math.isfinite, ends)) or ends[0] == ends[1]:
        raise InputError(
            f'"{text}" must be log, linear, or two different ends in the unit of the axis, as in '
            '"0:20" or "1:20:log"'
        )
    if match[3] == "log" and min(ends) <= 0:
        raise InputError(f'"{text}" must have ends above 0, since the axis is logarithmic')
    return Axis(match[3], ends)


def _size(value: str, text: str) -> tuple[float, float | None]:
    match = _SIZE.fullmatch(value)
    sides = [float(n) * _INCHES[match[3]] for n in match.groups()[:2] if n] if match else []
    if not sides or not all(_SMALLEST <= side <= _LARGEST for side in sides):
        raise InputError(
            f'"{text}" must be a width, as in "8.6 cm", or width x height, as in "17 x 10 cm", '
            f"each of {_SMALLEST:g} to {_LARGEST:g} in; units: {', '.join(_INCHES)}"
        )
    return sides[0], sides[1] if len(sides) > 1 else None
