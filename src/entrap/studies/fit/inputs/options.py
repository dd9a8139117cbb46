"""The tables [fit] and [plan]: what is inferred, under which hypotheses, and what is planned."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from entrap.case.priors import check_difference
from entrap.case.tables import unknown
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities, quantity, quantity_of, settle
from entrap.model.observables import PLANNABLE

HYPOTHESES = ("none", "mixing", "weighted", "degenerate", "plain")
"""What the data are compared under: no entropy, the paper's, two weaker ones, and no entropy but
a trap that cools or heats."""

PLANNED = ("penetration_depth", "lower_critical_field", "higgs_mode", "higgs_coefficient")
"""Measurements that a plan considers where none are named."""


@dataclasses.dataclass(frozen=True)
class Fit:
    """How data are fitted.

    Args:
        hypotheses: Those that are compared; all that apply where none are named.
    """

    noise: str = quantity(
        "1",
        "",
        "Distribution of the noise",
        default="gaussian",
        kind="text",
        choices=("gaussian", "student-t"),
        example="gaussian",
    )
    degrees_of_freedom: float = quantity(
        "1",
        "ν",
        "Of Student's t: the fewer, the more outliers",
        default=4.0,
        at_least=1.0,
        at_most=1e3,
        example=4.0,
    )
    noise_scale: float = quantity(
        "1",
        "s",
        "Factor on all stated uncertainties",
        default=1.0,
        at_least=1e-3,
        at_most=1e3,
        example=1.0,
    )
    temperature_shift: float = quantity(
        "K",
        "δT",
        "By how much the trap, connected, warms the sample; cools it where negative",
        default=0.0,
        at_least=-1e6,
        at_most=1e6,
        example="0 K",
    )
    remaining_fraction: float = quantity(
        "1",
        "f",
        "Normal electrons that the trap leaves, in data taken in equilibrium",
        default=0.0,
        at_least=0.0,
        at_most=1.0,
        example=0.0,
    )
    seed: int = quantity(
        "1",
        "",
        "Of all that is drawn",
        default=0,
        kind="integer",
        at_least=0,
        at_most=2**32 - 1,
        example=0,
    )
    chains: int | None = quantity(
        "1",
        "",
        "Chains of the sampler, an even number; 16, or 8 of evolutions, where it is not given",
        default=None,
        kind="integer",
        at_least=4,
        at_most=4096,
        example=16,
    )
    draws: int | None = quantity(
        "1",
        "",
        "Draws of each chain, more until the diagnostics are met; 250, or 100 of evolutions",
        default=None,
        kind="integer",
        at_least=50,
        at_most=10**6,
        example=250,
    )
    hypotheses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        shift = self.temperature_shift
        problems = _settled(self)
        problems += _names(self, "hypotheses", HYPOTHESES)
        if not problems:
            problems += _no_difference(shift)
        if not problems and (self.chains or 0) % 2:
            problems.append(Problem(f"must be even, but is {self.chains}", "chains"))
        if problems:
            raise InputError(*problems)


@dataclasses.dataclass(frozen=True)
class Plan:
    """Which measurements a plan ranks.

    Args:
        quantities: Candidates.
        precisions: Relative uncertainties of a point.
    """

    start: float | None = quantity(
        "K",
        "T",
        "Lowest temperature; 0.2 T_c where it is not given",
        default=None,
        at_least=1e-6,
        at_most=1e6,
        example="2 K",
    )
    stop: float | None = quantity(
        "K",
        "T",
        "Highest temperature; 1.1 T̃_c, 2 T_c at most, where it is not given",
        default=None,
        at_least=1e-6,
        at_most=1e6,
        example="12 K",
    )
    temperatures: int = quantity(
        "1",
        "",
        "Temperatures about which to measure",
        default=12,
        kind="integer",
        at_least=2,
        at_most=200,
        example=12,
    )
    points: int = quantity(
        "1",
        "N",
        "Points of a measurement with the trap, and as many without",
        default=5,
        kind="integer",
        at_least=1,
        at_most=100,
        example=5,
    )
    draws: int = quantity(
        "1",
        "",
        "Data sets that are made up for each candidate",
        default=100,
        kind="integer",
        at_least=20,
        at_most=10**5,
        example=100,
    )
    quantities: tuple[str, ...] = PLANNED
    precisions: tuple[float, ...] = (0.003, 0.01, 0.03)

    def __post_init__(self) -> None:
        problems = _settled(self)
        problems += _names(self, "quantities", PLANNABLE)
        if self.quantities == ():
            problems.append(Problem("must name one at least", "quantities"))
        shares = self.precisions
        if not isinstance(shares, list | tuple) or not shares or not all(map(_is_share, shares)):
            told = f"must be a list of numbers between 0 and 1, but is {shares!r:.60}"
            problems.append(Problem(told, "precisions"))
        else:
            object.__setattr__(self, "precisions", tuple(shares))
        ends = (self.start, self.stop) if not problems else (None, None)
        if ends[0] is not None and ends[1] is not None and not ends[0] < ends[1]:
            told = f"must be above `start`, {self.start:g} K, but is {self.stop:g} K"
            problems.append(Problem(told, "stop"))
        if problems:
            raise InputError(*problems)


def read_options(table: type, name: str, stated: Any, problems: list[Problem]) -> Any:
    """A table [fit] or [plan]; None where something is wrong.

    Args:
        table: Its class.
        name: Its name.
        stated: What is stated of it; one already made is given back.
        problems: What is wrong with it is added here.
    """
    if isinstance(stated, table):
        return stated
    if not isinstance(stated, Mapping):
        problems.append(Problem(f"must be a table, but is a {type(stated).__name__}", name))
        return None
    fields = tuple(field.name for field in dataclasses.fields(table))
    wrong = [
        Problem(unknown(key, fields, "key"), f"{name}.{key}") for key in stated if key not in fields
    ]
    try:
        made = table(**{key: value for key, value in stated.items() if key in fields})
    except InputError as error:
        wrong += [Problem(p.text, f"{name}.{p.key}" if p.key else name) for p in error.problems]
    problems += wrong
    return None if wrong else made


def stated_options(part: Fit | Plan) -> dict[str, Any]:
    """The table as `read_options` takes it; what is as by default is left out."""
    declared = dict(quantities(part))
    found = {}
    for field in dataclasses.fields(part):
        value = getattr(part, field.name)
        if value is not None and value != field.default:
            found[field.name] = value if field.name in declared else list(value)
    return found


def _settled(owner: Fit | Plan) -> list[Problem]:
    """What is wrong with the declared fields, which are brought to SI."""
    try:
        settle(owner)
    except InputError as error:
        return list(error.problems)
    return []


def _names(owner: Fit | Plan, key: str, known: tuple[str, ...]) -> list[Problem]:
    """What is wrong with a list of names, which becomes a tuple."""
    stated = getattr(owner, key)
    if not isinstance(stated, list | tuple) or not all(isinstance(name, str) for name in stated):
        return [Problem(f"must be a list of names, but is {stated!r:.60}", key)]
    object.__setattr__(owner, key, tuple(stated))
    problems = [Problem(unknown(name, known, "name"), key) for name in stated if name not in known]
    return problems + ([Problem("must name each once", key)] * (len(set(stated)) < len(stated)))


def _no_difference(shift: Any) -> list[Problem]:
    try:
        check_difference(shift, quantity_of(Fit, "temperature_shift"))
    except InputError as error:
        return [Problem(p.text, "temperature_shift") for p in error.problems]
    return []


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 < value < 1
