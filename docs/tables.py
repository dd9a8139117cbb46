"""Put tables of declared quantities into pages, so that no unit or meaning is written twice.

What stands between `<!-- table: NAME -->` and `<!-- end of table -->` becomes the table of that
name: a table of the case file, as `trap`, `trap.junction` or `data.columns`, `state`, `margins`,
`observables`, `results` or `priors`. `make tables` writes the pages, and the list of results that
shells complete; a test says whether they are current.
"""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from entrap.case.case import NESTED, TABLES
from entrap.case.layout import Layout
from entrap.case.layoutparts import MeshSize, Placement, Resonator, Source
from entrap.case.priors import FAMILIES
from entrap.case.screening import ScreeningOptions
from entrap.case.window import Window
from entrap.core.quantities import Quantity, quantities
from entrap.model.observables import MEASURED, OBSERVABLES
from entrap.model.state import State
from entrap.model.validity import Margins
from entrap.studies.fit.inputs.options import Fit
from entrap.studies.fit.inputs.table import DataColumn
from entrap.studies.plan.inputs.options import Plan
from entrap.studies.sweep.names import RESULTS

ROOT = Path(__file__).parents[1]
_RESULTS = "src/entrap/studies/sweep/results.txt"
_TABLE = re.compile(r"^<!-- table: (\S+) -->\n.*?^<!-- end of table -->$", re.M | re.S)


def made(root: Path = ROOT) -> Mapping[Path, str]:
    """What each file would say that has such a table, and the list of results.

    Raises:
        KeyError: a page names no table.
    """
    pages = {page: page.read_text("utf-8") for page in sorted((root / "docs").glob("*.md"))}
    rows = (f"{name}\t{_told(result.declared)}\n" for name, result in RESULTS.items())
    return {page: filled(text) for page, text in pages.items()} | {root / _RESULTS: "".join(rows)}


def filled(markdown: str) -> str:
    """A page with its tables.

    Raises:
        KeyError: it names no table.
    """

    def one(mark: re.Match[str]) -> str:
        return f"<!-- table: {mark[1]} -->\n\n{_table(mark[1])}\n\n<!-- end of table -->"

    return _TABLE.sub(one, markdown)


def _told(declared: Quantity) -> str:
    unit = "" if declared.unit == "1" else f" ({declared.unit})"
    return f"{declared.symbol}: {declared.meaning}{unit}".removeprefix(": ")


def _table(name: str) -> str:
    studies = {"data.columns": DataColumn, "fit": Fit, "plan": Plan, "layout": Layout}
    parts = {"generation": Source, "placement": Placement, "window": Window}
    parts |= {"screening": ScreeningOptions, "resonator": Resonator, "mesh": MeshSize}
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
    if name == "results":
        rows = (
            (_code(n), r.declared.symbol, _lab(r.declared), r.kind, r.declared.meaning)
            for n, r in RESULTS.items()
        )
        return _rows(("result", "symbol", "usual unit", "of", "meaning"), rows)
    if name == "priors":
        rows = ((f"`{n}({', '.join(w for w, _ in f.arguments)})`",) for n, f in FAMILIES.items())
        return _rows(("family",), rows)
    known = ", ".join((*tables, "state", "margins", "observables", "results", "priors"))
    raise KeyError(f"No table is called {name!r}: known are {known}.")


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
    return f"`{name}`"


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


if __name__ == "__main__":
    for file, text in made().items():
        file.write_text(text, "utf-8")
