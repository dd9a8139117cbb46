"""`report.html`: one file with everything a reader needs, drawn and in words; no network."""

import html
import importlib.resources
import re
from collections.abc import Mapping
from importlib.metadata import version
from string import Template
from typing import Any

from entrap.core.quantities import quantities
from entrap.inputs.case import TABLES, Case
from entrap.present.answer import answer
from entrap.present.labels import as_html
from entrap.present.plots import grade
from entrap.solve.results import Evolution, Value


def report(run: Evolution, figures: Mapping[str, Any]) -> str:
    """The report of an evolution as HTML.

    Args:
        run: The evolution.
        figures: SVG text of its figures, by name.
    """
    page = importlib.resources.files("entrap.present").joinpath("report.html").read_text("utf-8")
    inline = {name.replace("-", "_"): _inline(svg, name) for name, svg in figures.items()}
    inline["margins_figure"] = inline.pop("margins")
    return Template(page).substitute(
        inline,
        title=html.escape(run.case.title),
        version=version("entrap"),
        answer="".join(f"<p>{as_html(sentence)}</p>" for sentence in answer(run)),
        scale="".join(_badge(item.margin, item.name.replace("_", " ")) for item in run.validity),
        margins="".join(_margin_rows(run)),
        quantities="".join(
            _row(name, item.declared.symbol, str(item), item.declared.meaning, item.declared.source)
            for name, item in run.quantities.items()
        ),
        regimes="".join(
            f"<tr><td>{r.name}</td><td>{r.start:.6g} s</td><td>{r.end:.6g} s</td></tr>"
            for r in run.regimes
        ),
        inputs="".join(_inputs(run.case)),
    )


def _inline(svg: str, name: str) -> str:
    """SVG without its prologue, its identifiers kept apart from those of other figures."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    return re.sub(r'(xlink:href|href)="#', rf'\1="#{name}-', body)


def _badge(margin: float | None, text: str = "") -> str:
    _, word, colour, mark = grade(margin)
    ink = "#000" if word in ("barely holds", "not known") else "#fff"
    return (
        f'<span class="grade" style="background:{colour};color:{ink}" title="{word}">'
        f"{mark} {html.escape(text or word)}</span>"
    )


def _margin_rows(run: Evolution) -> list[str]:
    rows = []
    for item in run.validity:
        margin = "-" if item.margin is None else f"{item.margin:+.2f}".replace("inf", "∞")
        until = item.missing or (
            "nowhere"
            if item.holds_until is None
            else "the end"
            if item.holds
            else f"{item.holds_until:.4g} K"
        )
        rows.append(
            f"<tr><td><code>{item.name}</code><br>{as_html(item.declared.symbol)}</td>"
            f'<td>{_badge(item.margin)}</td><td class="number">{margin}</td>'
            f"<td>{as_html(item.declared.meaning)}<br><small>{as_html(item.declared.source)}</small>"
            f"</td><td>{html.escape(until)}</td></tr>"
        )
    return rows


def _inputs(case: Case) -> list[str]:
    rows = []
    for table in TABLES:
        part = getattr(case, table)
        origins = getattr(part, "provenance", {})
        for name, declared in quantities(part):
            value = getattr(part, name)
            if value is None or value is False:
                continue
            number = isinstance(value, float)
            shown = str(Value(value, declared)) if number else str(value)
            origin = origins.get(name, "stated")
            rows.append(_row(f"{table}.{name}", declared.symbol, shown, declared.meaning, origin))
    return rows


def _row(name: str, symbol: str, value: str, meaning: str, source: str) -> str:
    return (
        f"<tr><td><code>{html.escape(name)}</code></td><td>{as_html(symbol)}</td>"
        f'<td class="number">{html.escape(value)}</td><td>{as_html(meaning)}</td>'
        f"<td><small>{as_html(source)}</small></td></tr>"
    )
