"""What a film's target takes, in sentences: how large traps must be and where, or what stops it."""

import math
from typing import Any

from entrap.case.layoutnumbers import COUNT, layout_number
from entrap.case.tables import declarations
from entrap.case.target import goal
from entrap.core.frame import Frame, frame_of
from entrap.core.quantities import Quantity
from entrap.report.labels import listed, quoted, unit_text
from entrap.solve.protocol.results import strict
from entrap.studies.film.mesh import percent_error_text
from entrap.studies.film.places import area_text, point
from entrap.studies.film.reach import FilmReached
from entrap.studies.film.search import GROWTH, RADIUS, Tried

_LENGTH = Quantity("m", "", "Length", display="um")
_COLUMNS: dict[str, Quantity | str] = {
    "key": "Key that alone is changed",
    "value": Quantity("1", "", "The least value that reaches the target, or comes nearest, in SI"),
    "reached": "Whether the target is reached there",
    "result": Quantity("1", "", "What was asked for, there, in SI"),
    "error": Quantity("1", "", "Its error by the mesh, relative to it"),
    "trap_area": Quantity("m^2", "A_t", "Area of the film under traps there"),
}
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def reach_answer(found: FilmReached) -> tuple[str, ...]:
    """Sentences about a film's target."""
    asked = _asked(found)
    made = []
    for each in found.tried:
        if each.reached:
            made.append(
                f"{asked} is reached by {_how(found, each)}. There it is {_result(found, each)}."
            )
        else:
            made.append(
                f"{asked} cannot be reached by {_only(found, each)}: what comes nearest is "
                f"{_how(found, each)}, where it is {_result(found, each)}."
            )
    if not found.reached:
        made.append(_everything(found))
    return tuple(made)


def _asked(found: FilmReached) -> str:
    target = found.target
    sign = "<" if target.below else ">"
    return f"The target, {target.goal} {sign} {_goal(found, target.limit)},"


def _goal(found: FilmReached, value: float) -> str:
    known = goal(found.target.goal)
    assert known is not None
    return quoted(known, value, 4)


def _result(found: FilmReached, each: Tried) -> str:
    text = _goal(found, each.result)
    if not math.isfinite(each.error):
        return text
    return f"{text}, with an error by the mesh of {percent_error_text(each.error)}"


def _how(found: FilmReached, each: Tried) -> str:
    """The change with its value, and the traps that there are then."""
    in_all = f"{_area(each.trap_area)} of traps in all"
    if each.key in (RADIUS, COUNT):
        count = len(each.centres)
        radius = quoted(_LENGTH, math.sqrt(each.trap / math.pi), 3)
        area = f"{_area(each.trap)}{' each' if count > 1 else ''}"
        places = listed(
            f"{point(at)}{';' if k + 1 < count else ''}" for k, at in enumerate(each.centres)
        )
        return (
            f"{_count(found, count)} of {radius} radius, {area}, at the best "
            f"{'place' if count == 1 else 'places'} found, {places.replace(';,', ';')}"
        )
    if each.key == GROWTH:
        way = "outwards" if each.value >= 0 else "inwards"
        return f"traps whose outlines are moved {way} by {_length(abs(each.value))}, {in_all}"
    if layout_number(each.key) is not None:
        which = each.key.split(".")[2]
        return f"shape {which} with a radius of {_length(each.value)}, {in_all}"
    known = declarations()[each.key]
    value = unit_text(quoted(known, each.value, 4))
    return f"{known.symbol} = {value}, {known.meaning[:1].lower()}{known.meaning[1:]}"


def _only(found: FilmReached, each: Tried) -> str:
    """The kind of the change, within its bounds."""
    low, high = each.bounds
    if each.key == COUNT:
        return f"{low:.0f} to {high:.0f} round traps of that radius"
    if each.key == RADIUS:
        fits = "that fits " if each.value < 0.99 * high else ""
        return f"{_count(found, len(each.centres))} of any radius {fits}up to {_length(high)}"
    if each.key == GROWTH:
        return f"moving the outlines of traps outwards by {_length(low)} to {_length(high)}"
    known = layout_number(each.key) or declarations()[each.key]
    ends = f"{unit_text(quoted(known, low, 4))} to {unit_text(quoted(known, high, 4))}"
    return f"{known.symbol} from {ends} alone"


def _everything(found: FilmReached) -> str:
    value, area = _goal(found, found.everything), _area(found.free_area)
    sign = -1 if found.target.below else 1
    enough = sign * (found.everything - found.target.limit) >= 0
    if enough:
        return (
            f"Traps on all the film that is free, {area}, would make it {value}: more or larger "
            "traps of these can reach it."
        )
    return (
        f"Even traps on all the film that is free, {area}, would make it {value}: no place and no "
        "size of such traps reaches it, only traps that take quasiparticles faster."
    )


def _count(found: FilmReached, traps: int) -> str:
    word = _NUMBERS[traps] if traps < len(_NUMBERS) else str(traps)
    return f"{word} {'further ' if found.drawn else ''}round trap{'s' if traps != 1 else ''}"


def _area(value: float) -> str:
    return area_text(float(f"{value:.4g}"))


def _length(value: float) -> str:
    return unit_text(quoted(_LENGTH, value, 4))


def reach_summary(found: FilmReached) -> dict[str, Any]:
    """What a target takes, as the summary has it."""
    return {
        "asked": found.target.reach,
        "reached": found.reached,
        "present": strict(found.present),
        "everything": strict(found.everything),
        "free_area": found.free_area,
        "tried": {
            each.key: {
                "bounds": list(each.bounds),
                "value": each.value,
                "reached": each.reached,
                "result": strict(each.result),
                "error": strict(each.error),
                "trap_area": each.trap_area,
                "centres": [list(at) for at in each.centres],
            }
            for each in found.tried
        },
    }


def reach_frame(found: FilmReached) -> Frame:
    """What each key alone can do, a row each."""
    return frame_of(map(vars, found.tried), _COLUMNS)


def reach_context(found: FilmReached) -> dict[str, Any]:
    """What the page shows of a target."""
    rows = [
        (each.key, _value(each), _goal(found, each.result), each.reached, _area(each.trap_area))
        for each in found.tried
    ]
    return {"reached": rows, "everything": _goal(found, found.everything)}


def _value(each: Tried) -> str:
    if each.key == COUNT:
        return f"{each.value:.0f}"
    if each.key in (RADIUS, GROWTH) or layout_number(each.key) is not None:
        return _length(each.value)
    return unit_text(quoted(declarations()[each.key], each.value, 4))
