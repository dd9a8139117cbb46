"""The table [data]: what the columns of a file of measurements are."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities, settle
from entrap.core.quantities import quantity as declare  # a field is called quantity
from entrap.inputs.fit import OBSERVABLES
from entrap.inputs.priors import Prior, parse_prior
from entrap.inputs.tables import unknown

ROLES = ("temperature", "time", "trap", "group", "limit", "uncertainty")
"""What a column may be that is no observable."""

ALLOWANCES = ("missing", "unsorted", "duplicates")

CALIBRATION = Quantity("1", "c", "Calibration factor of a group", above=0.0, at_most=1e6)
OFFSET = Quantity("K", "δT", "Offset of a group's thermometer", at_least=-1e6, at_most=1e6)


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
        choices=(*ROLES, *OBSERVABLES),
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
        if self.quantity in OBSERVABLES:
            return
        for key in ("uncertainty", "trap", "group"):
            if getattr(self, key) is not None:
                told = f"is for observables, not for a column of the {self.quantity}"
                raise InputError(Problem(told, key))


@dataclasses.dataclass(frozen=True)
class DataGroup:
    """A group of measurements: [data.groups.NAME]; what it has in common is inferred.

    Args:
        calibration: Prior on the factor between prediction and reading; exact if there is none.
        temperature_offset: Prior on what the thermometer shows less than there is [K].
    """

    calibration: Prior | None = None
    temperature_offset: Prior | None = None


@dataclasses.dataclass(frozen=True)
class DataTable:
    """The table [data].

    Args:
        columns: By name.
        groups: By name; one that is not named has neither calibration nor offset.
        follows: Whether what is measured against temperature, the trap connected, is a state of
            equilibrium with all normal electrons trapped, or the warming of [protocol].
        allow: What would otherwise be refused: "missing", "unsorted", "duplicates".

    Raises:
        InputError: all that is wrong, each with its key.
    """

    columns: Mapping[str, DataColumn] = dataclasses.field(default_factory=dict)
    groups: Mapping[str, DataGroup] = dataclasses.field(default_factory=dict)
    follows: str = declare(
        "1",
        "",
        "What data against temperature are of: states of equilibrium, or the protocol's warming",
        default="equilibrium",
        kind="text",
        choices=("equilibrium", "protocol"),
        example="equilibrium",
    )
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        settle(self)

    @classmethod
    def from_dict(cls, stated: Any) -> "DataTable":
        """The table as a case file or the header of a data file has it.

        Args:
            stated: Values by key; a table already made is given back.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        if isinstance(stated, cls):
            return stated
        if not isinstance(stated, Mapping):
            raise InputError(f"must be a table, but is a {type(stated).__name__}")
        problems: list[Problem] = []
        fields = tuple(field.name for field in dataclasses.fields(cls))
        problems += [Problem(unknown(k, fields, "key"), k) for k in stated if k not in fields]
        made: dict[str, Any] = {
            "columns": _parts("columns", stated.get("columns", {}), _column, problems),
            "groups": _parts("groups", stated.get("groups", {}), _group, problems),
        }
        allow = stated.get("allow", ())
        if not isinstance(allow, list | tuple) or any(word not in ALLOWANCES for word in allow):
            words = ", ".join(f'"{word}"' for word in ALLOWANCES)
            problems.append(Problem(f"must be a list of {words}, but is {allow!r:.60}", "allow"))
        try:
            table = cls(
                **made, follows=stated.get("follows", "equilibrium"), allow=tuple(allow or ())
            )
            problems += [] if problems else table._misfits()
        except InputError as error:
            problems += error.problems
            table = None
        if problems or table is None:
            raise InputError(*problems)
        return table

    def to_dict(self) -> dict[str, Any]:
        """The table as `from_dict` takes it."""
        columns = {
            name: {key: x for key, _ in quantities(c) if (x := getattr(c, key)) is not None}
            for name, c in self.columns.items()
        }
        groups = {
            name: {k: str(p) for k in _PRIORS if (p := getattr(group, k)) is not None}
            for name, group in self.groups.items()
        }
        made = {"columns": columns, "groups": groups, "allow": list(self.allow)}
        told = {key: value for key, value in made.items() if value}
        return told if self.follows == "equilibrium" else told | {"follows": self.follows}

    def of(self, role: str) -> str | None:
        """The column that has a role, if there is one."""
        return next((name for name, c in self.columns.items() if c.quantity == role), None)

    def observed(self) -> dict[str, DataColumn]:
        """The columns that hold observables, by name."""
        return {name: c for name, c in self.columns.items() if c.quantity in OBSERVABLES}

    def _misfits(self) -> list[Problem]:
        if not self.columns:
            return []
        problems = []
        for role in ROLES[:-1]:
            count = sum(column.quantity == role for column in self.columns.values())
            if count > 1:
                problems.append(
                    Problem(f"must have one column of the {role}, not {count}", "columns")
                )
        if bool(self.of("temperature")) == bool(self.of("time")):
            problems.append(
                Problem(
                    'must have a column with quantity = "temperature", or one with "time"',
                    "columns",
                )
            )
        if not self.observed():
            problems.append(
                Problem(f"must have a column of an observable: {', '.join(OBSERVABLES)}", "columns")
            )
        for name, column in self.observed().items():
            if column.uncertainty is None:
                problems.append(
                    Problem(
                        'is missing: give it as in "2 %", "0.01 meV", "2 % + 0.01 meV", or name a '
                        "column",
                        f"columns.{name}.uncertainty",
                    )
                )
            if column.trap is None and self.of("trap") is None:
                problems.append(
                    Problem(
                        'is missing: give "on" or "off", or a column with quantity = "trap"',
                        f"columns.{name}.trap",
                    )
                )
        return problems


_PRIORS = {"calibration": CALIBRATION, "temperature_offset": OFFSET}


def _parts(key: str, stated: Any, read: Any, problems: list[Problem]) -> dict[str, Any]:
    if not isinstance(stated, Mapping):
        problems.append(Problem(f"must be a table, but is a {type(stated).__name__}", key))
        return {}
    made = {}
    for name, value in stated.items():
        try:
            if not isinstance(value, Mapping | DataColumn | DataGroup):
                raise InputError(f"must be a table, but is {value!r:.60}")
            made[name] = read(value)
        except InputError as error:
            problems += [
                Problem(p.text, f"{key}.{name}" + (f".{p.key}" if p.key else ""))
                for p in error.problems
            ]
    return made


def _column(stated: Any) -> DataColumn:
    if isinstance(stated, DataColumn):
        return stated
    fields = tuple(field.name for field in dataclasses.fields(DataColumn))
    problems = [Problem(unknown(k, fields, "key"), k) for k in stated if k not in fields]
    if "quantity" not in stated:
        problems.append(Problem("is missing: say what the column is", "quantity"))
    if problems:
        raise InputError(*problems)
    return DataColumn(**stated)


def _group(stated: Any) -> DataGroup:
    if isinstance(stated, DataGroup):
        return stated
    problems = [Problem(unknown(k, tuple(_PRIORS), "key"), k) for k in stated if k not in _PRIORS]
    made = {}
    for key in _PRIORS.keys() & stated.keys():
        try:
            made[key] = parse_prior(stated[key], _PRIORS[key])
        except InputError as error:
            problems += [Problem(p.text, key) for p in error.problems]
    if problems:
        raise InputError(*problems)
    return DataGroup(**made)
