"""`report.html`: one file with the answer, the figures and all numbers, without a network."""

import functools
import html
import re
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from typing import Any

import jinja2
from markupsafe import Markup

from entrap.case.case import Case
from entrap.core.quantities import number_text
from entrap.report.assumptions import counted
from entrap.report.citation import PAPER, software
from entrap.report.drawing import Undrawn
from entrap.report.grades import grade
from entrap.report.inputs import Input, digits_of, inputs_of
from entrap.report.labels import as_html, quoted, unit_text
from entrap.solve.protocol.results import Margin, Value


def page(
    template: str,
    case: Case | None,
    sentences: Iterable[str],
    validity: Iterable[Margin],
    figures: Mapping[str, str],
    values: Mapping[str, Value],
    files: Iterable[str] = (),
    **more: Any,
) -> str:
    """A report: a room's template, which extends what all reports have in common.

    The arguments are those of `entrap.report.result.Account`, but that `figures` are SVG texts by
    name; in the template their names have underscores. Those of the `files` that hold a figure or
    a table can be downloaded beside it. Without a case the page has no inputs, and `more` its
    `title`.
    """
    of: dict[str, Any] = {"inputs": (), "digits": digits_of()}
    if case is not None:
        stated = (*inputs_of(case),)
        rows = (*map(_row, stated),)
        of = {"title": case.title, "inputs": rows, "digits": digits_of(stated)}
    held = [file.rpartition(".") for file in sorted(files)]
    return (
        _environment()
        .get_template(template)
        .render(
            sentences=tuple(sentences),
            validity=tuple(validity),
            figures=_Absent() if isinstance(figures, Undrawn) else _inlined(figures, held),
            values={name: item for name, item in values.items() if name != item.declared.formerly},
            named=functools.partial(_named, held),
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
        "number_text": number_text,
        "quoted": quoted,
        "unit_text": unit_text,
        "grade": grade,
        "counted": counted,
        "paper": _linked(f"arXiv:{PAPER.arxiv[0]}" if PAPER.arxiv else PAPER.title),
        "cited": (PAPER, software()),
    }
    made.filters |= {
        "symbols": lambda text: _linked(as_html(text)),
        "sectioned": _sectioned,
        "broken": lambda name: Markup(re.sub(r"(?<=[._])(?=\w)", "<wbr>", html.escape(name))),
    }
    return made


def _named(held: Iterable[tuple[str, str, str]], names: str) -> tuple[str, ...]:
    """Files that hold the tables of these names, with blanks between them."""
    return tuple(
        "".join(file)
        for name in names.split()
        for file in held
        if file[0] == name and file[2] in _TABLES
    )


_TABLES = ("csv", "tex")


class _Picture(Markup):
    """An SVG within a page, and the files that hold the same figure."""

    files: tuple[str, ...] = ()


class _Absent(dict[str, Markup]):
    """Figures that could not be drawn: in place of any stands a sentence."""

    def __missing__(self, name: str) -> Markup:
        return _Picture("<p>This figure could not be drawn.</p>")


def _inlined(figures: Mapping[str, str], held: Iterable[tuple[str, str, str]]) -> dict[str, Markup]:
    return {name.replace("-", "_"): _inline(svg, name, held) for name, svg in figures.items()}


def _inline(svg: str, name: str, held: Iterable[tuple[str, str, str]]) -> _Picture:
    """SVG without its prologue; the name is put before identifiers, so that none is there twice."""
    body = svg[svg.index("<svg") :]
    body = re.sub(r'\bid="', f'id="{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    made = _Picture(re.sub(r'(xlink:href|href)="#', rf'\1="#{name}-', body))
    made.files = tuple("".join(f) for f in held if f[0] == name and f[2] not in (*_TABLES, "nc"))
    return made


_CITED = re.compile(
    r"arXiv:(?P<arxiv>\d{4}\.\d{4,5}|[a-z-]+/\d{7})|doi:(?P<doi>10\.\d{4,9}/[\w./()-]*\w)"
)


def _linked(text: str) -> Markup:
    """HTML in which a number of arXiv and a DOI lead to what they name."""

    def one(match: re.Match[str]) -> str:
        number = match["arxiv"]
        where = f"arxiv.org/abs/{number}" if number else f"doi.org/{match['doi']}"
        return f'<a href="https://{where}">{match[0]}</a>'

    return Markup(_CITED.sub(one, text))


def _sectioned(text: str) -> Markup:
    """The body of a page with its contents before it, which lead to its headings."""
    titles: list[str] = []

    def anchored(match: re.Match[str]) -> str:
        titles.append(match[1])
        return f'<h2 id="section-{len(titles)}">{match[1]}</h2>'

    body = re.sub(r"<h2>(.*?)</h2>", anchored, text, flags=re.S)
    rows = "".join(
        f'<li><a href="#section-{i}">{title}</a></li>' for i, title in enumerate(titles, start=1)
    )
    return Markup(f'<nav aria-label="Contents"><ul>{rows}</ul></nav>{body}')


def _row(stated: Input) -> tuple[str, str, str, str, str]:
    """Key, symbol, value, meaning and origin of an input, as the table shows them."""
    declared, value = stated.declared, stated.value
    shown = unit_text(quoted(declared, value)) if isinstance(value, float) else str(value)
    return stated.key, declared.symbol, shown, declared.meaning, stated.origin
