"""What would help a trap: one change at a time, each computed anew."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from entrap.case import metals
from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.core.quantities import number_text

LONGER = 20e-6
"""By how much a trap is lengthened, where there is room [m]."""


@dataclasses.dataclass(frozen=True)
class Change:
    """One change of a design, in a word or two and as the start of a sentence, and what it brings.

    The gains are the evacuation rate over the present one, and the quasiparticles now left over
    those left then, each less 1.
    """

    name: str
    text: str
    case: Case
    rate_gain: float
    residue_gain: float


def changes(
    case: Case,
    present: tuple[float, float],
    trap_temperature: float,
    best_position: float | None,
    evaluate: Callable[[Case], tuple[float, float]],
) -> tuple[Change, ...]:
    """All changes that a designer could make, the one that empties the film fastest first.

    Args:
        case: With a junction, or a measured rate and a film.
        present: Its evacuation rate [1/s] and the fraction of quasiparticles that it leaves.
        trap_temperature: Its present T_N [K].
        best_position: Where a single trap empties the film fastest [m]; None where it is not one,
            or is there already.
        evaluate: Gives the same two numbers for a changed case.
    """
    rate, left = present
    found = []
    for table, candidates in (
        ("junction", _of_junction(case, trap_temperature)),
        ("film", _of_film(case, best_position)),
    ):
        for name, text, keys in candidates:
            try:
                part = dataclasses.replace(getattr(case.trap, table), **keys)
            except InputError:
                continue  # it leads out of the bounds of a key
            trap = dataclasses.replace(case.trap, **{table: part})
            changed = dataclasses.replace(case, trap=trap)
            faster, fewer = evaluate(changed)
            gain = left / fewer - 1 if fewer > 0 else 0.0
            found.append(Change(name, text, changed, faster / rate - 1, gain))
    return tuple(sorted(found, key=lambda change: -round(change.rate_gain, 9)))


Candidates = Iterator[tuple[str, str, dict[str, Any]]]
"""Name, text and changed keys of each."""


def _of_junction(case: Case, trap_temperature: float) -> Candidates:
    junction = case.trap.junction
    if junction is None:
        return
    for name, text, key, factor in (
        ("barrier", "halving the barrier resistance", "interface_resistance", 0.5),
        ("metal thickness", "doubling the metal's thickness", "metal_thickness", 2),
        ("film thickness", "halving the film's thickness", "film_thickness", 0.5),
    ):
        yield name, text, {key: factor * getattr(junction, key)}
    derived = {"metal_density_of_states": None, "electron_phonon_constant": None, "provenance": {}}
    for name in metals.NAMES:
        constant = metals.load(name)["electron_phonon_constant"].value
        if name != junction.metal and constant > junction.electron_phonon_constant:
            text = f"{name} in place of {junction.metal or 'the metal'}"
            yield f"metal {name}", text, {"metal": name, **derived}
    text = "cooling the trap to half its temperature"
    yield "trap temperature", text, {"trap_temperature": trap_temperature / 2}


def _of_film(case: Case, best_position: float | None) -> Candidates:
    film = case.trap.film
    if film is None:
        return
    longer = LONGER if film.trap_length >= LONGER / 2 else film.trap_length
    if film.trap_length + longer <= film.length:
        position = film.trap_position
        if position is not None:  # kept within the film
            half = (film.trap_length + longer) / 2
            position = min(max(position, half), film.length - half)
        text = f"lengthening the trap by {number_text(longer * 1e6)} µm"
        keys = {"trap_length": film.trap_length + longer, "trap_position": position}
        yield "trap length", text, keys
    if best_position is not None:
        text = f"moving the trap to {number_text(best_position * 1e6, 4)} µm from the left end"
        yield "trap place", text, {"trap_position": best_position}
    parts = 2 * film.trap_count
    text = f"splitting the trap into {parts} equally spaced ones"
    yield "trap count", text, {"trap_count": parts, "trap_position": None}
