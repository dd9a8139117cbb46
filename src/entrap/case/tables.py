"""The tables of a case file and their keys: what there is, how a table is read."""

import copy
import dataclasses
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.case.landau import Landau
from entrap.case.material import Material
from entrap.case.mixture import Mixture
from entrap.case.problems import collecting
from entrap.case.protocol import Protocol
from entrap.case.trap import Trap
from entrap.core.errors import InputError, Problem
from entrap.core.nearest import nearest
from entrap.core.quantities import Quantity, former_names, quantities

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Table = TypeVar("_Table", bound="DataclassInstance")

TABLES: dict[str, type] = {
    "material": Material,
    "landau": Landau,
    "mixture": Mixture,
    "trap": Trap,
    "protocol": Protocol,
}
"""The tables of a case that state its sample, in the order in which they are written."""

NESTED: dict[str, type] = {"trap.junction": Junction, "trap.film": Film}
"""The tables inside tables, by their dotted names."""

STUDIES = ("layout", "sweep", "data", "fit", "plan", "target")
"""Tables that a case file may have beside them: what is drawn, varied, fitted, planned and reached.
Each is read by its own class, most of them in the room of their study."""

_OF_KEYS = (("sweep", "axes"), ("target", "free"))
"""Tables whose keys are dotted names of other keys."""


def declarations() -> dict[str, Quantity]:
    """Declarations of all keys of the sample's tables, by dotted name."""
    tables = TABLES | NESTED
    return {f"{name}.{key}": q for name, table in tables.items() for key, q in quantities(table)}


_FORMER = {
    f"{name.rpartition('.')[0]}.{declared.formerly}": name
    for name, declared in declarations().items()
    if declared.formerly
}


def current_key(key: str) -> str:
    """The dotted name that a key has today, where older case files call it otherwise.

    Examples:
        >>> current_key("material.kaplan_time.prior")
        'material.electron_phonon_time.prior'
    """
    for former, name in _FORMER.items():
        if f"{key}.".startswith(f"{former}."):
            return name + key.removeprefix(former)
    return key


def with_current_keys(
    stated: Mapping[str, Any], problems: list[Problem], name: str = ""
) -> dict[str, Any]:
    """The tables of a case, or the keys of the table of that name, under their names of today.

    A key that is stated under both of its names is added to the problems.
    """
    table = (TABLES | NESTED).get(name)
    former = former_names(dict(quantities(table))) if table else {}
    made: dict[str, Any] = {}
    for key, value in stated.items():
        inner = f"{name}.{key}" if name else key
        if isinstance(value, Mapping) and (inner in TABLES or inner in NESTED):
            value = with_current_keys(value, problems, inner)
        elif isinstance(value, Mapping) and key == "provenance":
            value = {former.get(of, of): text for of, text in value.items()}
        if former.get(key) in stated:
            message = f"is the former name of `{former[key]}`, which is given too: keep one of them"
            problems.append(Problem(message, inner))
        else:
            made[former.get(key, key)] = value
    return made


def read_table(name: str, table: type, stated: Any, problems: list[Problem]) -> Any:
    """The table of that dotted name and class, with those inside it, from its keys and values.

    Where something is wrong it is added to the problems, and the table is None.
    """
    if not isinstance(stated, Mapping):
        problems.append(Problem(f"must be a table, but is a {type(stated).__name__}", name))
        return None
    known = dict(quantities(table))
    fields = [field.name for field in dataclasses.fields(table)]
    inner = {key: NESTED[f"{name}.{key}"] for key in fields if f"{name}.{key}" in NESTED}
    before = len(problems)
    parts = {
        key: read_table(f"{name}.{key}", inner[key], value, problems) if key in inner else value
        for key, value in stated.items()
    }
    problems += [
        Problem(misplaced(key, known | dict.fromkeys(inner), "key"), f"{name}.{key}")
        for key in stated
        if key not in fields
    ]
    problems += [
        Problem(
            f"is missing: [{name}] needs it, as in {field.name} = {_example(known, field.name)}",
            f"{name}.{field.name}",
        )
        for field in dataclasses.fields(table)
        if field.name not in stated
        and field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
    ]
    if len(problems) > before:
        # Values are still checked, so that one reading reports all that is wrong.
        for key, value in stated.items():
            if key in known:
                with collecting(problems, f"{name}.{key}"):
                    known[key].read(value)
        return None
    try:
        return table(**parts)
    except InputError as error:
        problems += [
            Problem(p.text.removeprefix(f"[{name}] "), f"{name}.{p.key}" if p.key else name)
            for p in error.problems
        ]
        return None


def read_fields(table: type[_Table], stated: Any, **more: Any) -> _Table:
    """A table with no tables inside it; a table already made is given back.

    `more` are fields of its class that are no keys of the table.

    Raises:
        InputError: all that is wrong, by the table's own keys.
    """
    if isinstance(stated, table):
        return stated
    if not isinstance(stated, Mapping):
        raise InputError(f"must be a table, but is a {type(stated).__name__}")
    fields = tuple(f.name for f in dataclasses.fields(table) if f.name not in more)
    declared = dict.fromkeys(fields) | dict(quantities(table))
    problems = [Problem(unknown(key, declared, "key"), key) for key in stated if key not in fields]
    known = {key: value for key, value in stated.items() if key in fields}
    lacking = [
        field.name
        for field in dataclasses.fields(table)
        if {field.default, field.default_factory} == {dataclasses.MISSING}
        and field.name not in (*known, *more)
    ]
    if lacking:
        raise InputError(*problems, *(Problem("is missing: give it", name) for name in lacking))
    try:
        made = table(**known, **more)
    except InputError as error:
        raise InputError(*problems, *error.problems) from None
    if problems:
        raise InputError(*problems)
    return made


def stated_of(part: Any) -> dict[str, Any]:
    """A table as `read_table` takes it, in SI; what is not stated is left out."""
    values = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    return {
        key: stated_of(value) if dataclasses.is_dataclass(value) else value
        for key, value in values.items()
        if value is not None and value is not False and value != {}
    }


def reach(stated: dict[str, Any], name: str) -> tuple[Any, Any]:
    """The table that has a dotted key, and the key's name there; missing tables are made.

    What stands behind "sweep.axes." or "target.free." is a single name. A table in a list has its
    `name`, or its number from 1; coordinates of a point are x and y.

    Raises:
        InputError: what should be a table is none, or a list has nothing of that name.

    Examples:
        >>> reach({"trap": {"rate": 1.0}}, "trap.rate")
        ({'rate': 1.0}, 'rate')
        >>> pad = {"name": "pad", "circle": {"centre": [0.0, 1e-5]}}
        >>> reach({"layout": {"shape": [pad]}}, "layout.shape.pad.circle.centre.y")
        ([0.0, 1e-05], 1)
    """
    *tables, key = name.split(".")
    if (*tables[:2],) in _OF_KEYS:
        tables, key = tables[:2], ".".join((*tables[2:], key))
    target: Any = stated
    for depth, table in enumerate(tables, start=1):
        whole = ".".join(tables[:depth])
        place = _place(target, table, whole)
        inner = target.setdefault(place, {}) if isinstance(target, dict) else target[place]
        if isinstance(inner, list | tuple):
            # Lists are often those of the case itself, which stays as it is.
            inner = target[place] = copy.deepcopy([*inner])
        elif not isinstance(inner, dict):
            raise InputError(Problem("is not a table", whole))
        target = inner
    return target, _place(target, key, name)


def _place(owner: dict[str, Any] | list[Any], part: str, name: str) -> Any:
    """The key or the index of a part, whose whole name errors tell."""
    if isinstance(owner, dict):
        return part
    tables = [isinstance(each, Mapping) for each in owner]
    if not any(tables):
        known = {"x": 0, "y": 1} if len(owner) == 2 else {}
    else:
        known = {str(each): place for place, each in enumerate(range(1, len(owner) + 1))}
        known |= {str(each["name"]): i for i, each in enumerate(owner) if "name" in each}
    if part not in known:
        raise InputError(Problem(unknown(part, tuple(known), "part of the list"), name))
    return known[part]


def unknown(key: str, known: Mapping[str, Quantity | None] | tuple[str, ...], kind: str) -> str:
    """A message that a key is unknown, with the nearest one that is known."""
    near = nearest(key, known)
    hint = f"did you mean `{near}`?" if near else f"known are {', '.join(known)}."
    return f"is an unknown {kind}; {hint}"


def misplaced(key: str, known: Mapping[str, Quantity | None] | tuple[str, ...], kind: str) -> str:
    """The same of a key or a table of the sample, with the table that it belongs in, if any.

    Examples:
        >>> misplaced("interface_resistance", ("rate", "closure"), "key")
        'is not known here: it belongs in [trap.junction]'
        >>> misplaced("junction", tuple(TABLES), "table")
        'is an unknown table; did you mean `trap.junction`?'
    """
    tables = TABLES | NESTED
    if homes := [name for name, table in tables.items() if key in dict(quantities(table))]:
        return f"is not known here: it belongs in {' or '.join(f'[{name}]' for name in homes)}"
    return unknown(key, (*known, *NESTED) if kind == "table" else known, kind)


def _example(known: Mapping[str, Quantity], key: str) -> str:
    example = known[key].example
    return f'"{example}"' if isinstance(example, str) else str(example)
