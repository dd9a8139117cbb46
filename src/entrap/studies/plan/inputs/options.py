"""The table [plan]: which measurements a plan ranks."""

import dataclasses
from typing import Any, ClassVar

from entrap.case.problems import collecting
from entrap.case.schema import list_schema, table_schema
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import settle
from entrap.model.observables import PLANNABLE
from entrap.studies.fit.inputs.hypotheses import HYPOTHESES
from entrap.studies.fit.inputs.options import StudyOptions, named, number

PLANNED = ("penetration_depth", "lower_critical_field", "higgs_mode", "higgs_coefficient")
"""Measurements that a plan considers where none are named."""

ENTROPIC = "mixing"
"""The hypothesis with an entropy."""

RIVALS = tuple(name for name, entry in HYPOTHESES.items() if not entry.entropy)
"""Hypotheses without one."""


@dataclasses.dataclass(frozen=True)
class Plan(StudyOptions):
    """Which measurements a plan ranks.

    Args:
        quantities: Candidates; where none are named, those of `PLANNED` that the case's functional
            defines.
        against: Hypotheses without an entropy, from which one is to be told.
        precisions: Relative uncertainties of a point.

    Raises:
        InputError: all that is wrong, each with its key.
    """

    TABLE: ClassVar[str] = "plan"

    start: float | None = number(
        "T", "Lowest temperature; 0.2 T_c where it is not given", None, (1e-6, 1e6), "2 K", unit="K"
    )
    stop: float | None = number(
        "T", "Highest temperature; 1.1 T̃_c, 2 T_c at most, where it is not given",
        None, (1e-6, 1e6), "12 K", unit="K",
    )  # fmt: skip
    temperatures: int = number("", "Temperatures about which to measure", 12, (2, 200))
    points: int = number(
        "N", "Points of a measurement with the trap, and as many without", 5, (1, 100)
    )
    draws: int = number("", "Data sets that are made up for each candidate", 100, (20, 10**5))
    quantities: tuple[str, ...] | None = None
    against: tuple[str, ...] = ("none", "extraction")
    precisions: tuple[float, ...] = (0.003, 0.01, 0.03)

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        with collecting(problems):
            settle(self)
        if self.quantities is not None:
            problems += named(self, "quantities", PLANNABLE)
        problems += named(self, "against", RIVALS)
        problems += [
            Problem("must name one at least", key)
            for key in ("quantities", "against")
            if getattr(self, key) == ()
        ]
        shares = self.precisions
        listed = isinstance(shares, list | tuple) and len(shares) > 0
        if not listed or not all(isinstance(x, float) and 0 < x < 1 for x in shares):
            message = f"must be a list of numbers between 0 and 1, but is {shares!r:.60}"
            problems.append(Problem(message, "precisions"))
        else:
            object.__setattr__(self, "precisions", tuple(shares))
        ends = (self.start, self.stop) if not problems else (None, None)
        if ends[0] is not None and ends[1] is not None and not ends[0] < ends[1]:
            message = f"must be above `start`, {self.start:g} K, but is {self.stop:g} K"
            problems.append(Problem(message, "stop"))
        if problems:
            raise InputError(*problems)


def plan_schema() -> dict[str, Any]:
    """JSON schema of the table [plan]."""
    made = table_schema(Plan)
    share = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}
    meaning = "Relative uncertainties of a point"
    rivals = "Hypotheses without an entropy, from which one is to be told"
    made["properties"] |= {
        "quantities": list_schema(PLANNABLE, "Candidates") | {"uniqueItems": True, "minItems": 1},
        "against": list_schema(RIVALS, rivals) | {"uniqueItems": True, "minItems": 1},
        "precisions": {"type": "array", "description": meaning, "minItems": 1, "items": share},
    }
    return made
