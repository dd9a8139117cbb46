"""`report.html`: one file with everything a reader needs, drawn and in words; no network."""

import html
import importlib.resources
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from string import Template

from entrap.case.case import Case, tables_of
from entrap.core.quantities import FORMER_NAMES, quantities
from entrap.report.grades import grade
from entrap.report.labels import as_html, quoted
from entrap.solve.protocol.results import Margin, Value


def page(
    case: Case,
    theory: str,
    sentences: Iterable[str],
    validity: Iterable[Margin],
    body: str,
    values: Mapping[str, Value],
    data: str = "results.nc",
) -> str:
    """A report: what all have in common around a body.

    Args:
        case: The case.
        theory: Whose theory it is, as HTML.
        sentences: The answer.
        validity: Margins, shown beside the answer.
        body: HTML of what is special to it.
        values: The numbers.
        data: Name of what holds the data.
    """
    return part(
        "report/templates/report.html",
        data=html.escape(data),
        title=html.escape(case.title),
        version=version("entrap"),
        theory=theory,
        answer="".join(f"<p>{as_html(sentence)}</p>" for sentence in sentences),
        scale="".join(_badge(item.margin, item.name.replace("_", " ")) for item in validity),
        body=body,
        quantities="".join(
            _row(
                name,
                declared.symbol,
                quoted(declared, item.value),
                declared.meaning,
                declared.source,
            )
            for name, item in values.items()
            for declared in [item.declared]
            if name not in FORMER_NAMES
        ),
        inputs="".join(_inputs(case)),
    )


def margins_section(validity: Iterable[Margin], remark: str, *, along: bool) -> str:
    """The table of margins, with its heading.

    Args:
        validity: Margins.
        remark: What else there is to say of them.
        along: Whether they are of a warming, and hold up to a temperature.
    """
    return part(
        "report/templates/margins.html",
        remark=remark,
        last="<th>holds up to</th>" if along else "",
        rows="".join(_margin_rows(validity, along)),
    )


def inline(figures: Mapping[str, str]) -> dict[str, str]:
    """SVG texts as one page can hold them all, by name with underscores."""
    return {name.replace("-", "_"): _inline(svg, name) for name, svg in figures.items()}


def part(name: str, **values: str) -> str:
    """A template, filled in.

    Args:
        name: Path of the file in the package.
        values: What stands behind its dollar signs.
    """
    text = importlib.resources.files("entrap").joinpath(name).read_text("utf-8")
    return Template(text).substitute(values)


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


def _margin_rows(validity: Iterable[Margin], along: bool) -> list[str]:
    rows = []
    for item in validity:
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
            f"</td>{f'<td>{html.escape(until)}</td>' if along else ''}</tr>"
        )
    return rows


def _inputs(case: Case) -> list[str]:
    rows = []
    for table, part in tables_of(case).items():
        origins = getattr(part, "provenance", {})
        for name, declared in quantities(part):
            value = getattr(part, name)
            if value is None or value is False:
                continue
            number = isinstance(value, float)
            shown = quoted(declared, value) if number else str(value)
            origin = origins.get(name, "stated")
            rows.append(_row(f"{table}.{name}", declared.symbol, shown, declared.meaning, origin))
    return rows


def _row(name: str, symbol: str, value: str, meaning: str, source: str) -> str:
    return (
        f"<tr><td><code>{html.escape(name)}</code></td><td>{as_html(symbol)}</td>"
        f'<td class="number">{html.escape(value)}</td><td>{as_html(meaning)}</td>'
        f"<td><small>{as_html(source)}</small></td></tr>"
    )
