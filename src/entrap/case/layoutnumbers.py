"""Numbers of a layout by their dotted names, such as `layout.shape.1.circle.radius`.

A shape has its `name` there, or its number from 1; a source its number; coordinates are x and y.
"""

import dataclasses
import re

from entrap.case.layout import Layout
from entrap.case.layoutparts import DISTANCE, Circle, MeshSize, Placement, Source
from entrap.case.points import COORDINATE
from entrap.core.quantities import Quantity, quantity_of

COUNT = "layout.placement.count"
"""The number of traps to be placed, of all numbers of a layout the only whole one."""

_OWN = ("temperature", "quasiparticle_diffusivity", "background_rate", "trap_growth")
_PART = r"([A-Za-z_]\w*|[1-9]\d*)"
_SHAPE = re.compile(
    rf"layout\.shape\.{_PART}\.(circle|rectangle)\.(centre|corner|size|radius)(\.[xy])?"
)
_SOURCE = re.compile(r"layout\.generation\.([1-9]\d*)\.(at|radius|rate|burst)(\.[xy])?")
_PROBE = re.compile(r"layout\.probes\.([A-Za-z_]\w*)\.([xy])")
_KEPT = re.compile(r"layout\.placement\.keep_from\.([A-Za-z_]\w*)")
DRAWN = tuple(f"^{pattern.pattern}$" for pattern in (_SHAPE, _SOURCE, _PROBE, _KEPT))
"""Patterns of the keys of numbers that a layout's own parts have."""

_FORMS = {"circle": ("centre", "radius"), "rectangle": ("corner", "size")}
_LEAST = 1e-9  # side of a rectangle [m]


def layout_numbers() -> dict[str, Quantity]:
    """Declarations of the numbers that every layout may have, by dotted name."""
    own = {f"layout.{name}": quantity_of(Layout, name) for name in _OWN}
    placed = {f"layout.placement.{name}": quantity_of(Placement, name) for name in ("radius",)}
    return own | placed | {
        COUNT: quantity_of(Placement, "count"),
        "layout.mesh.size": quantity_of(MeshSize, "size"),
    }  # fmt: skip


def layout_number(key: str) -> Quantity | None:
    """What is declared of a number of a layout's own parts; None where there is no such number.

    Examples:
        >>> layout_number("layout.shape.1.circle.radius").meaning
        'Radius of shape 1'
        >>> layout_number("layout.probes.junction.x").unit, layout_number("layout.shape.1.colour")
        ('m', None)
    """
    if match := _SHAPE.fullmatch(key):
        which, form, what, along = match.groups()
        if what not in _FORMS[form] or (what == "radius") == bool(along):
            return None
        return _told(Circle, "shape", which, what, along)
    if match := _SOURCE.fullmatch(key):
        which, what, along = match.groups()
        return (
            None if (what == "at") != bool(along) else _told(Source, "source", which, what, along)
        )
    if match := _PROBE.fullmatch(key):
        return _told(Source, "the probe", match[1], "at", f".{match[2]}")
    if match := _KEPT.fullmatch(key):
        meaning = f"Least distance of placed traps from {match[1]}"
        return dataclasses.replace(DISTANCE, symbol="d", meaning=meaning)
    return None


def _told(table: type, kind: str, which: str, what: str, along: str | None) -> Quantity:
    """The declaration of a coordinate of a part, or of its radius, rate or burst."""
    low = f"_{which.replace('_', '')}"  # its symbols have the part's name below them
    if along is None:
        known = quantity_of(table, what)
        words = "Radius" if what == "radius" else known.meaning
        meaning = f"{words} of {kind} {which}"
        return dataclasses.replace(
            known, symbol=known.symbol.partition("_")[0] + low, meaning=meaning
        )
    axis = along.removeprefix(".")
    if what == "size":
        symbol, words = {"x": ("w", "Width"), "y": ("h", "Height")}[axis]
        meaning = f"{words} of {kind} {which}"
        return dataclasses.replace(
            COORDINATE, symbol=symbol + low, meaning=meaning, at_least=_LEAST
        )
    words = "Lower left corner" if what == "corner" else "Centre"
    meaning = f"{words} of {kind} {which} along {axis}".replace("Centre of the probe", "Probe")
    return dataclasses.replace(COORDINATE, symbol=axis + low, meaning=meaning)
