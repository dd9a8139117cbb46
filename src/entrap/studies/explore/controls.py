"""What can be moved on the page: the numbers of a case, each with a range, and cases to begin."""

import copy
import functools
import operator
import tomllib
from collections.abc import Collection, Mapping
from importlib.resources import files
from typing import Any

from entrap.case.case import Case, tables_of
from entrap.case.casefile import CaseFile
from entrap.case.tables import STUDIES, declarations, reach
from entrap.core.errors import InputError
from entrap.core.quantities import Quantity
from entrap.core.units import unit_factor
from entrap.report.grades import GRADES, UNKNOWN

RANGES: dict[str, tuple[float, float]] = {
    "material.critical_temperature": (0.05, 200.0),
    "material.conduction_density": (1e24, 1e30),
    "landau.a": (0.02, 50.0),  # k_B
    "landau.saturation": (1e-6, 2.0),
    "mixture.valence_ratio": (1e-9, 100.0),
    "trap.rate": (1e-2, 1e9),
    "protocol.start": (0.01, 200.0),
    "protocol.warm_to": (0.02, 400.0),
    "protocol.hold": (1e-6, 1e3),
    "protocol.warming_time": (1e-6, 1e6),
}
"""Ends of sliders, in the units shown; others go from a thirtieth to thirty times."""

OF_DEVICES = (
    "material.density_of_states", "material.diffusivity", "material.electron_phonon_time"
)  # fmt: skip
"""Numbers that only a junction or a film needs."""

_ELSEWHERE = 30.0
_UNITS = {"protocol.warming_time": "s"}


def shown_unit(key: str, declared: Quantity) -> str:
    """The unit in which the page shows a key; "" for pure numbers."""
    unit = _UNITS.get(key) or declared.display or declared.unit
    return "" if unit == "1" else unit


def shown_values(case: Case, idle: Collection[str] = ()) -> list[dict[str, Any]]:
    """The numbers that a case has, in the units shown, with what a slider of each needs.

    Args:
        case: The case.
        idle: Tables and keys that change nothing of what is drawn, which the page puts aside.
    """
    tables, found = tables_of(case), []
    for key, declared in declarations().items():
        table, _, name = key.rpartition(".")
        if table not in tables or declared.kind != "number":
            continue
        value = operator.attrgetter(name)(tables[table])
        if value is None or not isinstance(value, int | float):
            continue
        unit = shown_unit(key, declared)
        shown = float(value * (unit_factor(declared.unit, unit) if unit else 1.0))
        found.append(
            {"key": key, "table": table, "value": shown, "unit": unit}
            | _slider(key, shown, declared, shown / value if value else 1.0)
            | {"without": table in idle or key in idle}
            | {"bounds": declared.bounds, "symbol": declared.symbol}
            | {"meaning": declared.meaning, "source": declared.source}
        )
    return found


def _slider(key: str, shown: float, declared: Quantity, factor: float) -> dict[str, Any]:
    """Ends of a slider over decades, within the bounds; none for what is 0, which is typed."""
    if shown <= 0:
        return {"low": 0.0, "high": 0.0}
    low, high = RANGES.get(key, (shown / _ELSEWHERE, shown * _ELSEWHERE))
    if declared.at_least:
        low = max(low, declared.at_least * factor)
    if declared.at_most is not None:
        high = min(high, declared.at_most * factor)
    return {"low": min(low, shown), "high": max(high, shown)}


@functools.cache
def presets() -> dict[str, dict[str, Any]]:
    """Cases to begin with, by a short name: each with its title, as nested tables."""
    text = files("entrap.studies.explore").joinpath("presets.toml").read_text("utf-8")
    return tomllib.loads(text)


def listed(cases: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The cases as the page knows them before anything of them is computed.

    Args:
        cases: Nested tables of valid cases, by name.
    """
    found = []
    for name, tables in cases.items():
        case = CaseFile.from_dict(dict(tables), needs=("material",))
        values = shown_values(case, () if case.trap.junction else OF_DEVICES)
        found.append(named(name, tables) | {"values": values})
    return found


def named(name: str, tables: Mapping[str, Any]) -> dict[str, Any]:
    """What the page calls a case, and which of its tabs have something to show for it."""
    return {"name": name, "title": tables.get("title", name), "tabs": tabs_of(tables)}


def tabs_of(case: Mapping[str, Any]) -> list[str]:
    """Tabs of the page that have something to show for the tables of a case."""
    trap = case.get("trap") or {}
    found = {
        "sample": "landau" in case and "protocol" in case,
        "junction": "junction" in trap,
        "film": "film" in trap,
    }
    return [name for name, there in found.items() if there]


def graded() -> list[dict[str, str]]:
    """The grades of margins from the worst to the best, and last what is not known."""
    return [{"word": g.word, "mark": g.mark, "colour": g.colour} for g in (*GRADES, UNKNOWN)]


def with_changes(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The tables of a case as they are stated, with values in place of others, by dotted key.

    Raises:
        InputError: a key is none of a case.
    """
    known, stated = declarations(), copy.deepcopy(dict(base))
    for key, value in changes.items():
        if key not in known:
            raise InputError(f"`{key[:80]}` is no key of a case")
        table, last = reach(stated, key)
        if isinstance(table.get(last), Mapping):
            value = {**table[last], "value": value}  # it has a prior, which stays
        table[last] = value
    return stated


def as_stated(text: str) -> dict[str, Any]:
    """The tables of the sample in the text of a case file, as they stand there.

    Raises:
        InputError: all that is wrong, with key and line.
    """
    from entrap.case.toml import parse_case

    parse_case(text, needs=("material",))
    return {name: part for name, part in tomllib.loads(text).items() if name not in STUDIES}
