"""A column of a file of measurements: [data.columns.NAME]."""

import dataclasses
from typing import Any

from entrap.case.tables import unknown
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import quantity as declare  # a field is called quantity
from entrap.core.quantities import settle
from entrap.model.observables import MEASURED

ROLES = ("temperature", "time", "trap", "group", "limit", "uncertainty")
"""What a column may be that is no observable."""


@dataclasses.dataclass(frozen=True)
class DataColumn:
    """A column: [data.columns.NAME].

    Raises:
        InputError: a value is none that it can have.
    """

    quantity: str = declare(
        "1",
        "",
        "What it is: an observable, or the role that it has",
        kind="text",
        choices=(*ROLES, *MEASURED),
        example="penetration_depth",
    )
    unit: str | None = declare(
        "1",
        "",
        "Its unit; that of the file, or SI, where it is not given",
        default=None,
        kind="text",
        example="nm",
    )
    uncertainty: str | None = declare(
        "1",
        "",
        "One standard deviation: absolute, relative, both, or the name of a column",
        default=None,
        kind="text",
        example="2 %",
    )
    trap: str | None = declare(
        "1",
        "",
        "Whether the trap was connected; else a column says so",
        default=None,
        kind="text",
        choices=("on", "off"),
        example="on",
    )
    group: str | None = declare(
        "1",
        "",
        "Group of measurements that it belongs to; else a column says so",
        default=None,
        kind="text",
        example="run 1",
    )

    def __post_init__(self) -> None:
        settle(self)
        problems = [
            Problem("must not be empty", key)
            for key in ("unit", "uncertainty", "group")
            if (text := getattr(self, key)) is not None and not text.strip()
        ]
        if self.quantity not in MEASURED:
            told = f"is for observables, not for a column of the {self.quantity}"
            own = ("uncertainty", "trap", "group")
            problems += [Problem(told, key) for key in own if getattr(self, key) is not None]
        if self.quantity in ("trap", "group", "limit") and self.unit is not None:
            problems.append(
                Problem(f"is for numbers, not for a column of the {self.quantity}", "unit")
            )
        if problems:
            raise InputError(*problems)


def read_column(stated: Any) -> DataColumn:
    """A column as a case file has it.

    Args:
        stated: Values by key; a column already made is given back.

    Raises:
        InputError: all that is wrong, each with its key.
    """
    if isinstance(stated, DataColumn):
        return stated
    fields = tuple(field.name for field in dataclasses.fields(DataColumn))
    problems = [Problem(unknown(k, fields, "key"), k) for k in stated if k not in fields]
    if "quantity" not in stated:
        problems.append(Problem("is missing: say what the column is", "quantity"))
    if problems:
        raise InputError(*problems)
    return DataColumn(**stated)
