"""The table [data]: what the columns of a file of measurements are."""

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from entrap.case.case import Case
from entrap.case.casefile import study_of
from entrap.case.columns.form import FileForm
from entrap.case.priors import Prior, parse_prior
from entrap.case.problems import collecting
from entrap.case.schema import PRIOR, list_schema, table_schema
from entrap.case.tables import read_fields
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities, quantity, settle
from entrap.model.observables import MEASURED
from entrap.studies.fit.inputs.options import word

ROLES = ("temperature", "time", "trap", "group", "limit", "uncertainty")
"""What a column may be that is no observable."""

ALLOWANCES = ("missing", "unsorted", "duplicates")


@dataclasses.dataclass(frozen=True)
class DataColumn:
    """A column: [data.columns.NAME].

    Raises:
        InputError: a value is none that it can have.
    """

    quantity: str = word(
        "What it is: an observable, or the role that it has", *ROLES, *MEASURED,
        example="penetration_depth",
    )  # fmt: skip
    unit: str | None = word(
        "Its unit; that of the file, or SI, where it is not given", example="nm"
    )
    uncertainty: str | None = word(
        "One standard deviation: absolute, relative, both, or the name of a column", example="2 %"
    )
    trap: str | None = word(
        "Whether the trap was connected; else a column says so", "on", "off", example="on"
    )
    group: str | None = word(
        "Group of measurements that it belongs to; else a column says so", example="run 1"
    )

    def __post_init__(self) -> None:
        if self.quantity is None:
            raise InputError(Problem("is missing: say what the column is", "quantity"))
        settle(self)
        problems: list[Problem] = []
        for key in ("unit", "uncertainty", "group"):
            if (text := getattr(self, key)) is not None and not text.strip():
                problems.append(Problem("must not be empty", key))
        if self.quantity not in MEASURED:
            message = f"is for observables, not for a column of the {self.quantity}"
            own = ("uncertainty", "trap", "group")
            problems += [Problem(message, key) for key in own if getattr(self, key) is not None]
        if self.quantity in ("trap", "group", "limit") and self.unit is not None:
            message = f"is for numbers, not for a column of the {self.quantity}"
            problems.append(Problem(message, "unit"))
        if problems:
            raise InputError(*problems)


@dataclasses.dataclass(frozen=True)
class DataGroup:
    """A group of measurements: [data.groups.NAME]; what it has in common is inferred.

    Args:
        calibration: Prior on the factor between prediction and reading; exact if there is none.
        temperature_offset: Prior on what the thermometer shows less than there is [K].

    Raises:
        InputError: a text is no prior that it may have.
    """

    calibration: Prior | None = quantity(
        "1", "c", "Calibration factor of a group", above=0.0, at_most=1e6, default=None
    )
    temperature_offset: Prior | None = quantity(
        "K", "δT", "Offset of a group's thermometer", at_least=-1e6, at_most=1e6, default=None
    )

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        for key, declared in quantities(self):
            stated = getattr(self, key)
            if not isinstance(stated, Prior | None):
                with collecting(problems, key):
                    object.__setattr__(self, key, parse_prior(stated, declared))
        if problems:
            raise InputError(*problems)

    def stated(self) -> Iterator[tuple[str, Quantity, Prior]]:
        """Key, declaration and prior of what is inferred of it."""
        for key, declared in quantities(self):
            if (prior := getattr(self, key)) is not None:
                yield key, declared, prior


@dataclasses.dataclass(frozen=True)
class DataTable(FileForm):
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
    follows: str | None = word(
        "What data against temperature are of, the trap connected; of equilibrium where it is not "
        "given", "equilibrium", "protocol", example="equilibrium",
    )  # fmt: skip
    allow: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        problems: list[Problem] = []
        self._read_parts("columns", DataColumn, problems)
        self._read_parts("groups", DataGroup, problems)
        whole = not problems
        with collecting(problems):
            settle(self)
        if not isinstance(self.allow, list | tuple) or any(x not in ALLOWANCES for x in self.allow):
            words = ", ".join(f'"{word}"' for word in ALLOWANCES)
            message = f"must be a list of {words}, but is {self.allow!r:.60}"
            problems.append(Problem(message, "allow"))
        else:
            object.__setattr__(self, "allow", tuple(self.allow))
        # Half of the columns do not tell what is missing among them.
        if self.columns and whole:
            problems += [Problem(text, f"columns{inner}") for inner, text in self._faults()]
        if problems:
            raise InputError(*problems)

    def _read_parts(self, key: str, table: Any, problems: list[Problem]) -> None:
        """Bring the tables in a table to the class that reads them."""
        stated, made = getattr(self, key), {}
        if not isinstance(stated, Mapping):
            problems.append(Problem(f"must be a table, but is a {type(stated).__name__}", key))
            stated = {}
        for name, part in stated.items():
            with collecting(problems, f"{key}.{name}"):
                if not isinstance(part, Mapping | table):
                    raise InputError(f"must be a table, but is {part!r:.60}")
                made[name] = read_fields(table, part)
        object.__setattr__(self, key, made)

    @classmethod
    def from_dict(cls, stated: Any) -> "DataTable":
        """The table as a case file or the header of a data file has it.

        Raises:
            InputError: all that is wrong, each with its key.
        """
        return read_fields(cls, stated)

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
            name: {key: str(prior) for key, _, prior in group.stated()}
            for name, group in self.groups.items()
        }
        made = {"columns": columns, "groups": groups, "allow": list(self.allow)}
        return {k: x for k, x in (made | self.form() | {"follows": self.follows}).items() if x}

    def over(self, other: "DataTable | None") -> "DataTable":
        """This table; where it names no columns, with all that it leaves open from another.

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
            **self.form_over(other).form(),
        )

    @property
    def against(self) -> str:
        """What its observables are measured against: "time" or "temperature"."""
        return "time" if self.column_of("time") else "temperature"

    def column_of(self, role: str) -> str | None:
        """The column that has a role, if there is one."""
        return next((name for name, c in self.columns.items() if c.quantity == role), None)

    def observed(self) -> dict[str, DataColumn]:
        """The columns that hold observables, by name."""
        return {name: c for name, c in self.columns.items() if c.quantity in MEASURED}

    def _faults(self) -> Iterator[tuple[str, str]]:
        """What is wrong with the columns together: where within `columns`, and what."""
        roles, observed = [c.quantity for c in self.columns.values()], self.observed()
        for role in ROLES[:-1]:
            if roles.count(role) > 1:
                yield "", f"must have one column of the {role}, not {roles.count(role)}"
        if "temperature" in roles and "time" in roles:
            yield "", "must have a column of the temperature or one of the time, not both"
        if "temperature" not in roles and "time" not in roles:
            yield "", 'must have a column with quantity = "temperature", or one with "time"'
        if not observed:
            yield "", f"must have a column of an observable: {', '.join(MEASURED)}"
            return
        for name, column in observed.items():
            other = self.columns.get(column.uncertainty or "")
            if column.uncertainty is None:
                how = '"2 %", "0.01 meV", "2 % + 0.01 meV", or name a column'
                yield f".{name}.uncertainty", f"is missing: give it as in {how}"
            elif other and other.quantity != "uncertainty":
                text = f"must name a column of uncertainties, but `{column.uncertainty}` is none"
                yield f".{name}.uncertainty", text
            if column.trap is None and "trap" not in roles:
                text = 'is missing: give "on" or "off", or a column with quantity = "trap"'
                yield f".{name}.trap", text
        used = {column.uncertainty for column in observed.values()}
        for name, column in self.columns.items():
            role = column.quantity
            if role == "uncertainty" and name not in used:
                yield f".{name}", "is named by no column's `uncertainty`: name it, or take it out"
            elif role in ("trap", "group") and all(getattr(c, role) for c in observed.values()):
                how = f"every column states its own `{role}`: take one of them out"
                yield f".{name}", f"is not used, as {how}"


def data_schema() -> dict[str, Any]:
    """JSON schema of the table [data]."""
    column = table_schema(DataColumn)
    column["required"] = ["quantity"]
    for key in ("unit", "uncertainty", "group"):
        column["properties"][key]["pattern"] = r"\S"
    # What belongs to a reading belongs to no temperature.
    column["if"] = {"properties": {"quantity": {"not": {"enum": list(MEASURED)}}}}
    column["then"] = {"properties": dict.fromkeys(("uncertainty", "trap", "group"), False)}
    group = table_schema(DataGroup)
    group["properties"] = dict.fromkeys(group["properties"], PRIOR)
    made = table_schema(DataTable)
    for key, part, meaning in (
        ("columns", column, "What the columns of the file are, by name"),
        ("groups", group, "What groups of measurements have in common, by name"),
    ):
        parts = {"type": "object", "description": meaning, "additionalProperties": part}
        made["properties"][key] = parts
    allowed = list_schema(ALLOWANCES, "What would otherwise be refused in a file")
    made["properties"]["allow"] = allowed
    return made
