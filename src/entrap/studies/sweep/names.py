"""What a sweep can tell: every result by name, with its declaration and what it takes."""

import dataclasses
from collections.abc import Iterable
from difflib import get_close_matches

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.core.quantities import Quantity, quantities, quantity_of
from entrap.model.observables import OBSERVABLES, OF_STATES, SUMMARISED
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.outcome import QUANTITIES
from entrap.studies.trap.performance import Performance

MARGINS = tuple(name for name, _ in quantities(Margins))
"""Assumptions in the order in which `worst_margin` counts them."""

_OF_EVOLUTION = {
    "final_superfluid_density",
    "pair_gain",
    "release_temperature",
    "trap_failure_temperature",
    "survival_temperature",
    *(f"{name}_final" for name in SUMMARISED),
}


@dataclasses.dataclass(frozen=True)
class Result:
    """One result of a sweep.

    Args:
        name: Its name.
        declared: Its unit, symbol and meaning.
        kind: "case" or "state" for closed forms, "trap" for those of a junction on its film,
            "evolution" for what is integrated.
    """

    name: str
    declared: Quantity
    kind: str


def _registry() -> dict[str, Result]:
    found = [
        Result(name, declared, "evolution" if name in _OF_EVOLUTION else "case")
        for name, declared in QUANTITIES.items()
    ]
    for name in OF_STATES:
        declared = OBSERVABLES[name].quantity
        bare = dataclasses.replace(
            declared, symbol=f"{declared.symbol} bare", meaning=f"{declared.meaning}, no trap"
        )
        ratio = Quantity(
            "1",
            f"{declared.symbol}/{declared.symbol} bare",
            f"{declared.meaning}, over that without a trap",
            source=declared.source,
        )
        found += [
            Result(name, declared, "state"),
            Result(f"{name}_bare", bare, "state"),
            Result(f"{name}_ratio", ratio, "state"),
        ]
    for name, declared in quantities(Margins):
        told = dataclasses.replace(declared, meaning=f"Margin: {declared.meaning}")
        found += [
            Result(f"margin_{name}", told, "state"),
            Result(f"evolution_margin_{name}", told, "evolution"),
        ]
    found += [Result(name, declared, kind) for name, declared, kind in _DERIVED]
    told = {result.name: result for result in found}
    # Of a trap's design what has no name yet; what it leaves takes a steady state along the film.
    return told | {
        name: Result(name, declared, "trap")
        for name, declared in quantities(Performance)
        if name not in told
        and name not in ("temperature", "trap_temperature")
        and not name.startswith("residual")
    }


_WORST = "Index of the assumption with the least margin, in the order of the table; -1: all hold"
_LEAST_MARGIN = "Least of all margins that can be said"
_DERIVED = (
    ("smallest_margin", Quantity("1", "least margin", _LEAST_MARGIN), "state"),
    ("worst_margin", Quantity("1", "assumption", _WORST), "state"),
    (
        "validity_temperature",
        Quantity(
            "K", "T_valid", "Highest temperature at which all margins hold, all electrons trapped"
        ),
        "case",
    ),
    (
        "evolution_smallest_margin",
        Quantity("1", "least margin", f"{_LEAST_MARGIN}, worst point of the evolution"),
        "evolution",
    ),
    (
        "evolution_worst_margin",
        Quantity("1", "assumption", f"{_WORST}, worst point of the evolution"),
        "evolution",
    ),
    (
        "valid_until",
        Quantity("K", "T_valid", "Highest temperature up to which all margins hold on warming"),
        "evolution",
    ),
    ("succeeded", Quantity("1", "", "1 where the evolution came to its end, else 0"), "evolution"),
)

RESULTS = _registry()
"""Every result by name."""

TEMPERATURE = dataclasses.replace(
    quantity_of(State, "temperature"), meaning="Temperature of the states of equilibrium"
)


def default_results(case: Case) -> tuple[str, ...]:
    """What is told where nothing is named.

    Args:
        case: The case; without a trap there is nothing to compare.
    """
    if case.landau is None:
        return ("evacuation_time",)
    if not case.trap.present:
        return ("superfluid_density", "penetration_depth")
    return ("enhancement", "penetration_depth_ratio")


def with_margins(names: Iterable[str]) -> tuple[str, ...]:
    """The names, and by which assumption each point is in or out of the theory's range.

    Args:
        names: Of results, known ones; those of a trap alone have no such margins.
    """
    names = tuple(names)
    if all(RESULTS[name].kind == "trap" for name in names):
        return names
    evolves = any(RESULTS[name].kind == "evolution" for name in names)
    of = "evolution_" if evolves else ""
    return tuple(dict.fromkeys((*names, f"{of}smallest_margin", f"{of}worst_margin")))


def check_results(names: Iterable[str]) -> tuple[str, ...]:
    """The names, all known.

    Args:
        names: Of results.

    Raises:
        InputError: one is unknown; the nearest is named.
    """
    problems = []
    for name in names:
        if name not in RESULTS:
            near = get_close_matches(name, RESULTS, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]!r}?" if near else "`entrap sweep --list` names all"
            problems.append(f"{name!r} is no result of a sweep: {hint}")
    if problems:
        raise InputError(*problems)
    return tuple(dict.fromkeys(names))
