"""`report.html`: one file with the answer, the figures and all numbers, without a network."""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from typing import Any

import jinja2
from markupsafe import Markup

from entrap.case.case import Case, tables_of
from entrap.core.quantities import quantities
from entrap.report.assumptions import counted
from entrap.report.grades import grade
from entrap.report.labels import as_html, quoted
from entrap.solve.protocol.results import Margin, Value


def page(
    template: str,
    case: Case | None,
    sentences: Iterable[str],
    validity: Iterable[Margin],
    figures: Mapping[str, str],
    values: Mapping[str, Value],
    **more: Any,
) -> str:
    """A report: a room's template, which extends what all reports have in common.

    The arguments are those of `entrap.report.result.Account`, but that `figures` are SVG texts by
    name; in the template their names have underscores. Without a case the page has no inputs, and
    `more` its `title`.
    """
    of = {"inputs": ()} if case is None else {"title": case.title, "inputs": (*_inputs(case),)}
    return (
        _environment()
        .get_template(template)
        .render(
            sentences=tuple(sentences),
            validity=tuple(validity),
            figures={name.replace("-", "_"): _inline(svg, name) for name, svg in figures.items()},
            values={name: item for name, item in values.items() if name != item.declared.formerly},
            **of,
            **more,
        )
    )


@functools.cache
def _environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("entrap", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals |= {
        "version": version("entrap"),
        "quoted": quoted,
        "grade": grade,
        "counted": counted,
    }
    made.filters["symbols"] = lambda text: Markup(as_html(text))
    return made


def _inline(svg: str, name: str) -> Markup:
    """SVG without its prologue; the name is put before identifiers, so that none is there twice."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    return Markup(re.sub(r'(xlink:href|href)="#', rf'\1="#{name}-', body))


def _inputs(case: Case) -> Iterator[tuple[str, str, str, str, str]]:
    """Key, symbol, value, meaning and origin of each number that a case states."""
    for table, part in tables_of(case).items():
        origins = getattr(part, "provenance", {})
        for name, declared in quantities(part):
            value = getattr(part, name)
            if value is None or value is False:
                continue
            shown = quoted(declared, value) if isinstance(value, float) else str(value)
            origin = origins.get(name, "stated")
            yield f"{table}.{name}", declared.symbol, shown, declared.meaning, origin
