"""What `summary.json` says, and how it is written as the last file of a result."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from entrap.case.case import Case
from entrap.core.frame import Frame
from entrap.report.terminal import answer
from entrap.solve.protocol.results import Margin, Value, strict


def summary_of(
    case: Case | None,
    sentences: Iterable[str],
    values: Mapping[str, Value],
    validity: Iterable[Margin],
) -> dict[str, Any]:
    """What every summary has: the answer, the case if there is one, numbers with units, margins."""
    from importlib.metadata import version

    return {
        **({} if case is None else {"title": case.title}),
        "version": version("entrap"),
        "answer": list(sentences),
        **({} if case is None else {"case": case.to_dict()}),
        "quantities": {
            name: {"value": strict(item.value), "at_least": item.at_least}
            | {key: getattr(item.declared, key) for key in ("unit", "symbol", "meaning", "source")}
            for name, item in values.items()
        },
        "validity": [
            {
                "name": m.name,
                "inequality": m.declared.symbol,
                "margin": strict(m.margin),
                "holds": m.holds,
                "holds_until": strict(m.holds_until),
                "at_least": m.at_least,
                "meaning": m.declared.meaning,
                "source": m.declared.source,
                "missing": m.missing or None,
                "remark": m.remark or None,
            }
            for m in validity
        ],
    }


def write_tables(folder: Path, tables: Mapping[str, Frame]) -> None:
    """Write each table as NAME.csv."""
    for name, frame in tables.items():
        (folder / f"{name}.csv").write_text(frame.csv(), "utf-8")


def write_printed(folder: Path, texts: Mapping[str, str]) -> None:
    """Write each LaTeX table as NAME.tex."""
    for name, text in texts.items():
        (folder / f"{name}.tex").write_text(text, "utf-8")


def write_texts(
    folder: Path, report: str, summary: dict[str, Any], kept: Iterable[str] = ()
) -> None:
    """Write report.html and summary.json, after all else; `kept` are files that were there."""
    (folder / "report.html").write_text(report, "utf-8")
    write_mark(folder / "summary.json", summary, kept)


def write_mark(path: Path, contents: dict[str, Any], kept: Iterable[str] = ()) -> None:
    """Write the JSON file by which a result is known, with the names of all files beside it."""
    files = sorted({path.name, *kept, *(file.name for file in path.parent.iterdir())})
    told = _strict(contents | {"files": files})
    text = json.dumps(told, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", "utf-8")
    answer(told)


def _strict(value: Any) -> Any:
    """Tables and lists whose numbers are as `strict` has them."""
    if isinstance(value, Mapping):
        return {key: _strict(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_strict(part) for part in value]
    return strict(value) if isinstance(value, float) else value
