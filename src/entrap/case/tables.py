"""The tables of a case file and their keys: what there is, how a table is read."""

import dataclasses
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from entrap.case.film import Film
from entrap.case.junction import Junction
from entrap.case.landau import Landau
from entrap.case.material import Material
from entrap.case.mixture import Mixture
from entrap.case.protocol import Protocol
from entrap.case.trap import Trap
from entrap.core.errors import InputError, Problem
from entrap.core.quantities import Quantity, quantities

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

TEMPERATURE = Quantity(
    "K",
    "T",
    "Temperature of the equilibrium states",
    at_least=1e-6,
    at_most=1e6,
    example="4 K",
)
"""What `temperature` is: no key of a case, but one that a sweep may vary."""

_AXES = ("sweep", "axes")


def sweepable() -> dict[str, Quantity]:
    """Declarations of all keys that a sweep may vary, by dotted name."""
    found = {"temperature": TEMPERATURE}
    return found | {name: q for name, q in _keys().items() if q.kind == "number"}


def declared(key: str) -> Quantity:
    """Declaration of a key that a sweep may vary.

    Args:
        key: Its dotted name, or "temperature".

    Raises:
        InputError: there is no such key, the nearest is named; or it is no number, or a whole one.

    Examples:
        >>> declared("landau.a").unit
        'J/K'
        >>> declared("mixture.valence_rato")
        Traceback (most recent call last):
        ...
        entrap.core.errors.InputError: `mixture.valence_rato` is an unknown key; did you mean ...
    """
    found = sweepable()
    if key in found:
        return found[key]
    if key in (keys := _keys()):
        kind = {"integer": "a whole number", "text": "a word", "switch": "a switch"}
        raise InputError(
            Problem(
                f"is {kind[keys[key].kind]}: a sweep varies numbers that may have any value "
                "between two",
                key,
            )
        )
    near = get_close_matches(str(key), found, n=1, cutoff=0.4)
    hint = f"did you mean `{near[0]}`?" if near else "give TABLE.KEY, or `temperature`"
    raise InputError(Problem(f"is an unknown key; {hint}", str(key)))


def _keys() -> dict[str, Quantity]:
    tables = TABLES | NESTED
    return {f"{name}.{key}": q for name, table in tables.items() for key, q in quantities(table)}


def read_table(name: str, table: type, stated: Any, problems: list[Problem]) -> Any:
    """One table with those inside it.

    Args:
        name: Its dotted name.
        table: Its class.
        stated: What is stated of it, a mapping from key to value.
        problems: What is wrong with it is added here.

    Returns:
        The table; None where something is wrong.
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
        Problem(unknown(key, (*known, *inner), "key"), f"{name}.{key}")
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
                try:
                    known[key].read(value)
                except InputError as error:
                    problems += [Problem(p.text, f"{name}.{key}") for p in error.problems]
        return None
    try:
        return table(**parts)
    except InputError as error:
        problems += [
            Problem(p.text.removeprefix(f"[{name}] "), f"{name}.{p.key}" if p.key else name)
            for p in error.problems
        ]
        return None


def stated_of(part: Any) -> dict[str, Any]:
    """A table as `read_table` takes it, in SI; what is not stated is left out."""
    values = {field.name: getattr(part, field.name) for field in dataclasses.fields(part)}
    return {
        key: stated_of(value) if dataclasses.is_dataclass(value) else value
        for key, value in values.items()
        if value is not None and value is not False and value != {}
    }


def reach(stated: dict[str, Any], name: str) -> tuple[dict[str, Any], str]:
    """Where a dotted key is in nested tables; those that are not there are made.

    Args:
        stated: Tables by name.
        name: The key; what is behind "sweep.axes." is a single one.

    Returns:
        The table that has it, and its name there.

    Raises:
        InputError: what should be a table is none.

    Examples:
        >>> reach({"trap": {"rate": 1.0}}, "trap.rate")
        ({'rate': 1.0}, 'rate')
    """
    *tables, key = name.split(".")
    if (*tables[:2],) == _AXES:
        tables, key = list(_AXES), ".".join((*tables[2:], key))
    target: Any = stated
    for depth, table in enumerate(tables, start=1):
        target = target.setdefault(table, {})
        if not isinstance(target, dict):
            raise InputError(Problem("is not a table", ".".join(tables[:depth])))
    return target, key


def unknown(key: str, known: tuple[str, ...], kind: str) -> str:
    """That a key is unknown, and the one that is nearest."""
    near = get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean `{near[0]}`?" if near else f"known are {', '.join(known)}."
    return f"is an unknown {kind}; {hint}"


def _example(known: Mapping[str, Quantity], key: str) -> str:
    example = known[key].example
    return f'"{example}"' if isinstance(example, str) else str(example)
