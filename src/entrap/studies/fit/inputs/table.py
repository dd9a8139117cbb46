"""The table [data]: what the columns of a file of measurements are."""

import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.priors import Prior, parse_prior
from entrap.case.tables import unknown
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities, settle
from entrap.core.quantities import quantity as declare  # a field is called quantity
from entrap.model.observables import MEASURED
from entrap.studies.fit.inputs.column import ROLES, DataColumn, read_column

ALLOWANCES = ("missing", "unsorted", "duplicates")

CALIBRATION = Quantity("1", "c", "Calibration factor of a group", above=0.0, at_most=1e6)
OFFSET = Quantity("K", "δT", "Offset of a group's thermometer", at_least=-1e6, at_most=1e6)


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

    TABLE: ClassVar[str] = "data"

    columns: Mapping[str, DataColumn] = dataclasses.field(default_factory=dict)
    groups: Mapping[str, DataGroup] = dataclasses.field(default_factory=dict)
    follows: str | None = declare(
        "1",
        "",
        "What data against temperature are of, the trap connected; of equilibrium where it is not "
        "given",
        default=None,
        kind="text",
        choices=("equilibrium", "protocol"),
        example="equilibrium",
    )
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems = []
        try:
            settle(self)
        except InputError as error:
            problems += error.problems
        if not isinstance(self.allow, list | tuple) or any(x not in ALLOWANCES for x in self.allow):
            words = ", ".join(f'"{word}"' for word in ALLOWANCES)
            told = f"must be a list of {words}, but is {self.allow!r:.60}"
            problems.append(Problem(told, "allow"))
        else:
            object.__setattr__(self, "allow", tuple(self.allow))
        if self.columns:
            problems += [*_miscounted(self), *_incomplete(self), *_unused(self)]
        if problems:
            raise InputError(*problems)

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
        made = {
            "columns": _parts("columns", stated.get("columns", {}), read_column, problems),
            "groups": _parts("groups", stated.get("groups", {}), read_group, problems),
        }
        rest = {key: stated[key] for key in ("follows", "allow") if key in stated}
        try:
            # Half of the columns do not tell what is missing among them.
            table = cls(**({} if problems else made), **rest)
        except InputError as error:
            problems += error.problems
        if problems:
            raise InputError(*problems)
        return table

    @classmethod
    def of(cls, case: Case) -> "DataTable | None":
        """What a case says of its data; None where it says nothing."""
        return study_of(case, cls)

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
        return {k: x for k, x in (made | {"follows": self.follows}).items() if x}

    def over(self, other: "DataTable | None") -> "DataTable":
        """This table; where it names no columns, with all that it leaves open from another.

        Args:
            other: What a file says of itself, if it does.

        Raises:
            InputError: together they are wrong.
        """
        if self.columns or other is None:
            return self
        return DataTable(
            other.columns,
            {**other.groups, **self.groups},
            self.follows or other.follows,
            self.allow or other.allow,
        )

    def column_of(self, role: str) -> str | None:
        """The column that has a role, if there is one."""
        return next((name for name, c in self.columns.items() if c.quantity == role), None)

    def observed(self) -> dict[str, DataColumn]:
        """The columns that hold observables, by name."""
        return {name: c for name, c in self.columns.items() if c.quantity in MEASURED}


def _miscounted(table: DataTable) -> list[Problem]:
    """Roles that too many columns have, or none."""
    roles = [column.quantity for column in table.columns.values()]
    problems = [
        f"must have one column of the {role}, not {roles.count(role)}"
        for role in ROLES[:-1]
        if roles.count(role) > 1
    ]
    if "temperature" in roles and "time" in roles:
        problems.append("must have a column of the temperature or one of the time, not both")
    if "temperature" not in roles and "time" not in roles:
        problems.append('must have a column with quantity = "temperature", or one with "time"')
    if not table.observed():
        problems.append(f"must have a column of an observable: {', '.join(MEASURED)}")
    return [Problem(told, "columns") for told in problems]


def _incomplete(table: DataTable) -> list[Problem]:
    """What observables lack."""
    problems = []
    for name, column in table.observed().items():
        other = table.columns.get(column.uncertainty or "")
        if column.uncertainty is None:
            told = 'is missing: give it as in "2 %", "0.01 meV", "2 % + 0.01 meV", or name a column'
            problems.append(Problem(told, f"columns.{name}.uncertainty"))
        elif other and other.quantity != "uncertainty":
            told = f"must name a column of uncertainties, but `{column.uncertainty}` is none"
            problems.append(Problem(told, f"columns.{name}.uncertainty"))
        if column.trap is None and table.column_of("trap") is None:
            told = 'is missing: give "on" or "off", or a column with quantity = "trap"'
            problems.append(Problem(told, f"columns.{name}.trap"))
    return problems


def _unused(table: DataTable) -> list[Problem]:
    """Columns that would be read for nothing."""
    observed = table.observed()
    if not observed:
        return []
    named = {column.uncertainty for column in observed.values()}
    problems = [
        Problem("is named by no column's `uncertainty`: name it, or take it out", f"columns.{name}")
        for name, column in table.columns.items()
        if column.quantity == "uncertainty" and name not in named
    ]
    for role in ("trap", "group"):
        name = table.column_of(role)
        if name and all(getattr(column, role) is not None for column in observed.values()):
            told = f"is not used, as every column states its own `{role}`: take one of them out"
            problems.append(Problem(told, f"columns.{name}"))
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


def read_group(stated: Any) -> DataGroup:
    """A group as a case file has it.

    Args:
        stated: Priors by key; a group already made is given back.

    Raises:
        InputError: all that is wrong, each with its key.
    """
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
