"""The results that a sweep can compute, by name: what each is, and what computing it takes."""

import dataclasses
from collections.abc import Iterable
from difflib import get_close_matches

from entrap.case.case import Case
from entrap.core.errors import InputError
from entrap.core.quantities import FORMER_NAMES, Quantity, quantities, quantity_of, under_both_names
from entrap.model.observables import OBSERVABLES, OF_STATES, SUMMARISED
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.solve.protocol.outcome import QUANTITIES
from entrap.studies.trap.performance import Performance

MARGINS = tuple(name for name, _ in quantities(Margins))
"""Assumptions in the order in which `worst_margin` counts them."""

_OF_EVOLUTION = {
    "final_superfluid_density",
    "paired_electron_gain",
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
        margin = dataclasses.replace(declared, meaning=f"Margin: {declared.meaning}")
        found += [
            Result(f"margin_{name}", margin, "state"),
            Result(f"evolution_margin_{name}", margin, "evolution"),
        ]
    found += [Result(name, declared, kind) for name, declared, kind in _DERIVED]
    named = {result.name: result for result in found}
    named |= {
        former: dataclasses.replace(
            named[name],
            name=former,
            declared=dataclasses.replace(
                named[name].declared, meaning=f"Former name of {name}, which goes with entrap 0.6"
            ),
        )
        for former, name in FORMER_NAMES.items()
    }
    # Of a trap's design only what the results of a run do not have; what the trap leaves is left
    # out, since it takes a steady state along the film.
    return named | {
        name: Result(name, declared, "trap")
        for name, declared in quantities(Performance)
        if name not in named
        and name not in ("temperature", "trap_temperature")
        and not name.startswith("residual")
    }


_WORST = "Number of the assumption with the smallest margin, counted from 0; -1 where all hold"
_SMALLEST = "Smallest of those margins of the theory that the case determines"
_DERIVED = (
    ("smallest_margin", Quantity("1", "smallest margin", _SMALLEST), "state"),
    ("worst_margin", Quantity("1", "assumption", _WORST), "state"),
    (
        "validity_temperature",
        Quantity(
            "K",
            "T_valid",
            "Highest temperature at which all assumptions hold, every normal electron trapped",
        ),
        "case",
    ),
    (
        "evolution_smallest_margin",
        Quantity("1", "smallest margin", f"{_SMALLEST}, at the worst point of the evolution"),
        "evolution",
    ),
    (
        "evolution_worst_margin",
        Quantity("1", "assumption", f"{_WORST}, at the worst point of the evolution"),
        "evolution",
    ),
    (
        "valid_until",
        Quantity("K", "T_valid", "Highest temperature up to which all assumptions hold on warming"),
        "evolution",
    ),
    (
        "succeeded",
        Quantity(
            "1", "", "1 where the integration came to the end of the protocol, 0 where it did not"
        ),
        "evolution",
    ),
)

RESULTS = _registry()
"""Every result by name."""

GAINS = set(under_both_names({"paired_electron_gain": None}))
"""Names of the electrons that pair while the trap empties the sample."""

TEMPERATURE = dataclasses.replace(
    quantity_of(State, "temperature"), meaning="Temperature of the states of equilibrium"
)


def default_results(case: Case) -> tuple[str, ...]:
    """The results of a sweep that names none.

    Args:
        case: The case; without a trap there are no ratios to give.
    """
    if case.landau is None:
        return ("evacuation_time",)
    if not case.trap.present:
        return ("superfluid_density", "penetration_depth")
    return ("enhancement", "penetration_depth_ratio")


def with_margins(names: Iterable[str]) -> tuple[str, ...]:
    """The names, with those that say at each point whether the theory holds, and what fails.

    Args:
        names: Names of results that are known; results of a trap alone have no such margins.
    """
    names = tuple(names)
    if all(RESULTS[name].kind == "trap" for name in names):
        return names
    evolves = any(RESULTS[name].kind == "evolution" for name in names)
    of = "evolution_" if evolves else ""
    return tuple(dict.fromkeys((*names, f"{of}smallest_margin", f"{of}worst_margin")))


def check_results(names: Iterable[str]) -> tuple[str, ...]:
    """The names without repetition, once all are known.

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
