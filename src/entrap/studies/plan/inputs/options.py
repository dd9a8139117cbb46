"""The table [plan]: which measurements a plan ranks."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.tables import read_fields
from entrap.case.uncertain import take_priors
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantities, quantity
from entrap.model.observables import PLANNABLE
from entrap.studies.fit.inputs.options import changed_fields, named, settled

PLANNED = ("penetration_depth", "lower_critical_field", "higgs_mode", "higgs_coefficient")
"""Measurements that a plan considers where none are named."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """Which measurements a plan ranks.

    Args:
        quantities: Candidates.
        precisions: Relative uncertainties of a point.

    Raises:
        InputError: all that is wrong, each with its key.
    """

    TABLE: ClassVar[str] = "plan"

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
        problems = settled(self)
        problems += named(self, "quantities", PLANNABLE)
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

    @classmethod
    def from_dict(cls, stated: Any) -> "Plan":
        """The table as a case file has it.

        Args:
            stated: Values by key; a table already made is given back.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        problems: list[Problem] = []
        if isinstance(stated, Mapping):
            declared = dict(quantities(cls))
            stated, _ = take_priors(stated, declared, problems, chosen=tuple(declared))
        try:
            made = read_fields(cls, stated)
        except InputError as error:
            raise InputError(*problems, *error.problems) from None
        if problems:
            raise InputError(*problems)
        return made

    @classmethod
    def of(cls, case: Case) -> "Plan":
        """What a case says may be measured; as by default where it does not."""
        return study_of(case, cls) or cls()

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it; what is as by default is left out."""
        return changed_fields(self)


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 < value < 1
