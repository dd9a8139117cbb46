"""Put tables of declared quantities into pages, so that no unit or meaning is written twice.

A line `<!-- table: NAME -->` becomes the table of that name: a table of the case file, as `trap`,
`trap.junction` or `data.columns`, `state`, `margins`, `observables` or `priors`.
"""

import dataclasses
import re
from collections.abc import Iterable

from mkdocs.exceptions import PluginError

from entrap.case.case import NESTED, TABLES
from entrap.case.layout import Layout, MeshSize, Placement, Source
from entrap.case.priors import FAMILIES
from entrap.core.quantities import Quantity, quantities
from entrap.model.observables import MEASURED, OBSERVABLES
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataColumn
from entrap.studies.plan.inputs.options import Plan

_MARK = re.compile(r"^<!-- table: (\S+) -->$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: object) -> str:
    """Replace each mark of a page.

    Raises:
        PluginError: a mark names no table.
    """
    return _MARK.sub(lambda mark: _table(mark[1]), markdown)


def _table(name: str) -> str:
    studies = {"data.columns": DataColumn, "fit": Fit, "plan": Plan, "layout": Layout}
    parts = {"generation": Source, "placement": Placement, "mesh": MeshSize}
    tables = TABLES | NESTED | studies | {f"layout.{key}": part for key, part in parts.items()}
    if name in tables:
        return _keys(tables[name])
    if name == "state":
        rows = ((_code(n), q.symbol, _unit(q), q.meaning) for n, q in quantities(State))
        return _rows(("name", "symbol", "unit", "meaning"), rows)
    if name == "margins":
        rows = ((_code(n), q.symbol, q.meaning, q.source) for n, q in quantities(Margins))
        return _rows(("margin", "inequality", "meaning", "source"), rows)
    if name == "observables":
        declared = ((name, OBSERVABLES[name].quantity) for name in MEASURED)
        rows = ((_code(n), q.symbol, _lab(q), q.meaning) for n, q in declared)
        return _rows(("quantity", "symbol", "usual unit", "meaning"), rows)
    if name == "priors":
        rows = ((f"`{n}({', '.join(w for w, _ in f.arguments)})`",) for n, f in FAMILIES.items())
        return _rows(("family",), rows)
    known = ", ".join((*tables, "state", "margins", "observables", "priors"))
    raise PluginError(f"No table is called {name!r}: known are {known}.")


def _lab(declared: Quantity) -> str:
    return declared.display or _unit(declared)


def _keys(table: type) -> str:
    defaults = {field.name: _default(field.default) for field in dataclasses.fields(table)}
    rows = (
        (_code(n), q.symbol, _meaning(q), _unit(q), _range(q), defaults[n], _toml(q.example))
        for n, q in quantities(table)
    )
    return _rows(("key", "symbol", "meaning", "SI unit", "range", "default", "example"), rows)


def _meaning(declared: Quantity) -> str:
    if not declared.choices:
        return declared.meaning
    return f"{declared.meaning}: {', '.join(_toml(word) for word in declared.choices)}"


def _code(name: str) -> str:
    return f'`{name}`{{style="white-space: nowrap"}}'


def _unit(declared: Quantity) -> str:
    return "" if declared.unit == "1" else declared.unit.replace("*", " ")


def _range(declared: Quantity) -> str:
    low = declared.at_least if declared.above is None else declared.above
    ends = [f"{end:g}" for end in (low, declared.at_most) if end is not None]
    return " to ".join(ends)


def _default(value: object) -> str:
    if value is dataclasses.MISSING:
        return "required"
    return "" if value is None else _toml(value)


def _toml(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f'`"{text}"`' if isinstance(value, str) else f"`{text}`"


def _rows(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = tuple(head)
    cells = (
        [cell if "`" in cell else re.sub(r"([|*])", r"\\\1", cell) for cell in row] for row in rows
    )
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *cells))
