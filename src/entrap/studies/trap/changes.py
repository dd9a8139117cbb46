"""What would help a trap: one change at a time, each computed anew."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

from entrap.case import metals
from entrap.case.case import Case
from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.core.errors import InputError
from entrap.studies.trap.needs import film_temperature

LONGER = 20e-6
"""By how much a trap is lengthened, where there is room [m]."""


@dataclasses.dataclass(frozen=True)
class Change:
    """One change of a design and what it brings.

    Args:
        name: In a word or two.
        text: As the start of a sentence.
        case: The changed case.
        rate_gain: Evacuation rate over the present one, less 1.
        residue_gain: Quasiparticles now left over those left then, less 1.
    """

    name: str
    text: str
    case: Case
    rate_gain: float
    residue_gain: float


def candidates(case: Case, best_position: float | None) -> Iterator[tuple[str, str, Case]]:
    """Changes that a designer could make, as (name, text, changed case).

    Args:
        case: With a junction.
        best_position: Where a single trap empties the film fastest [m]; None where it is not one,
            or is there already.
    """
    table = "junction"
    for name, text, keys in _of_junction(case):
        yield from _changed(case, table, name, text, keys)
    table = "film"
    if case.trap.film is not None:
        for name, text, keys in _of_film(case.trap.film, best_position):
            yield from _changed(case, table, name, text, keys)


def _of_junction(case: Case) -> Iterator[tuple[str, str, dict[str, Any]]]:
    junction = case.require("trap.junction")
    resistance, film, metal = (
        getattr(junction, key)
        for key in ("interface_resistance", "film_thickness", "metal_thickness")
    )
    yield "barrier", "halving the barrier resistance", {"interface_resistance": resistance / 2}
    yield "metal thickness", "doubling the metal's thickness", {"metal_thickness": 2 * metal}
    yield "film thickness", "halving the film's thickness", {"film_thickness": film / 2}
    for name in metals.NAMES:
        constant = metals.load(name)["electron_phonon_constant"].value
        if name != junction.metal and constant > junction.electron_phonon_constant:
            yield (
                f"metal {name}",
                f"{name} in place of {junction.metal or 'the metal'}",
                {
                    "metal": name,
                    "metal_density_of_states": None,
                    "electron_phonon_constant": None,
                    "provenance": {},
                },
            )
    own = junction.trap_temperature
    cold = (film_temperature(case) if own is None else own) / 2
    yield (
        "trap temperature",
        "cooling the trap to half its temperature",
        {"trap_temperature": cold},
    )


def _of_film(film: Film, best_position: float | None) -> Iterator[tuple[str, str, dict[str, Any]]]:
    longer = LONGER if film.trap_length >= LONGER / 2 else film.trap_length
    if film.trap_length + longer <= film.length:
        position = film.trap_position
        if position is not None:  # kept within the film
            half = (film.trap_length + longer) / 2
            position = min(max(position, half), film.length - half)
        yield (
            "trap length",
            f"lengthening the trap by {longer * 1e6:.3g} µm",
            {"trap_length": film.trap_length + longer, "trap_position": position},
        )
    if best_position is not None:
        yield (
            "trap place",
            f"moving the trap to {best_position * 1e6:.4g} µm from the left end",
            {"trap_position": best_position},
        )
    parts = 2 * film.trap_count
    yield (
        "trap count",
        f"splitting the trap into {parts} equally spaced ones",
        {"trap_count": parts, "trap_position": None},
    )


def _changed(
    case: Case, table: str, name: str, text: str, keys: dict[str, Any]
) -> Iterator[tuple[str, str, Case]]:
    """The change, unless it leads out of the bounds of a key."""
    try:
        part: Junction | Film = dataclasses.replace(getattr(case.trap, table), **keys)
    except InputError:
        return
    trap = dataclasses.replace(case.trap, **{table: part})
    yield name, text, dataclasses.replace(case, trap=trap)


Judgement = tuple[float, float]
"""Evacuation rate [1/s] and the fraction that is left."""

Evaluate = Callable[[Case], Judgement]


def changes(
    case: Case, present: Judgement, best_position: float | None, evaluate: Evaluate
) -> tuple[Change, ...]:
    """All candidates, the one that empties the film fastest first.

    Args:
        case: With a junction.
        present: Its own judgement.
        best_position: Where a single trap empties the film fastest [m]; None where it is not one,
            or is there already.
        evaluate: What judges a changed case.
    """
    rate, left = present
    found = []
    for name, text, changed in candidates(case, best_position):
        faster, fewer = evaluate(changed)
        gain = left / fewer - 1 if fewer > 0 else 0.0
        found.append(Change(name, text, changed, faster / rate - 1, gain))
    return tuple(sorted(found, key=lambda change: -change.rate_gain))
