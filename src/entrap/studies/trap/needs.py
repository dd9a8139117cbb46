"""What a case must have for its trap to be designed; light to import."""

import math

from entrap.case.case import Case
from entrap.core.errors import InputError, Problem

NEEDS = ("material", "trap")
"""Tables that a design cannot do without; `check_trap` says what it needs of the second."""


def check_trap(case: Case) -> None:
    """Refuse a case that states no trap that can be judged.

    Raises:
        InputError: there is neither a junction, nor a measured rate with a film.
    """
    trap = case.trap
    if trap.junction is not None or (trap.rate and trap.film is not None):
        return
    if trap.rate:
        text = (
            f"is missing: with a measured `rate` of {trap.rate:g} 1/s the film says how fast the "
            "trap empties it"
        )
        raise InputError(Problem(text, "trap.film"))
    text = "is missing: give the trap's barrier and metal, or its measured `rate` with [trap.film]"
    raise InputError(Problem(text, "trap.junction"))


def trap_temperature(case: Case, film: float) -> float:
    """T_N [K] as stated, or that of the film [K]; NaN where it follows from its phonons' T."""
    junction = case.require("trap.junction")
    if junction.trap_temperature is not None:
        return junction.trap_temperature
    return film if junction.phonon_temperature is None else math.nan


def film_temperature(case: Case) -> float:
    """T [K] of the film: its own, or that at which the protocol starts.

    Raises:
        InputError: the case states neither, or the film is normal there.
    """
    film, protocol = case.trap.film, case.protocol
    key, temperature = "trap.film.temperature", film and film.temperature
    if temperature is None:
        if protocol is None:
            text = "is missing: a trap works at the temperature of its `start`, or of [trap.film]"
            raise InputError(Problem(text, "protocol"))
        key, temperature = "protocol.start", protocol.start
    critical = case.material.critical_temperature
    if temperature >= critical:
        text = (
            f"must be less than T_c, {critical:g} K, for there to be quasiparticles to trap, "
            f"but is {temperature:g} K"
        )
        raise InputError(Problem(text, key))
    return temperature
