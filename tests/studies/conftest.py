"""What figures and pages of every verb are read with."""

import html
import re
from operator import attrgetter

import numpy as np
import pytest

from entrap.case.case import tables_of
from entrap.core.quantities import quantities
from entrap.report.grades import grade
from entrap.report.labels import as_html, quoted


@pytest.fixture(scope="session")
def lines():
    """`lines(axes)`: the columns x and y of each line that has a label."""

    def labelled(axes):
        return {
            line.get_label(): (np.asarray(line.get_xdata()), np.asarray(line.get_ydata()))
            for line in axes.get_lines()
            if not line.get_label().startswith("_")
        }

    return labelled


def _plain(text):
    """HTML as text in one line; symbols have no marks any more."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text.replace("<br>", " "))).split())


def _shown(text):
    """A text with symbols as a page's reader sees it."""
    return _plain(as_html(text))


def _tables(path):
    made = {}
    for inner in re.findall(r"<table>(.*?)</table>", path.read_text("utf-8"), flags=re.S):
        rows = [
            [_plain(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, flags=re.S)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", inner, flags=re.S)
        ]
        made.setdefault(tuple(rows[0]), []).extend(rows[1:])
    return made


@pytest.fixture(scope="session")
def tables():
    """`tables(path)`: rows of cells of each table of a page, by its headings."""
    return _tables


@pytest.fixture(scope="session")
def shown():
    """`shown(text)`: a text with symbols as a page shows it."""
    return _shown


def _agree(path, account):
    found = _tables(path)
    values = {n: v for n, v in account.values.items() if n != v.declared.formerly}
    if values:
        numbers = found["quantity", "symbol", "value", "meaning", "source"]
        assert numbers == [
            [name, _shown(v.declared.symbol), quoted(v.declared, v.value, at_least=v.at_least),
             _shown(v.declared.meaning), _shown(v.declared.source)]
            for name, v in values.items()
        ]  # fmt: skip
    case, inputs = account.case, found["key", "symbol", "value", "meaning", "where from"]
    assert inputs
    assert len({row[0] for row in inputs}) == len(inputs)
    declared = {
        f"{table}.{name}": known
        for table, part in tables_of(case).items()
        for name, known in quantities(part)
        if getattr(part, name) is not None and getattr(part, name) is not False
    }
    assert [row[0] for row in inputs] == list(declared)
    for key, symbol, value, meaning, _ in inputs:
        stated = attrgetter(key)(case)
        text = quoted(declared[key], stated) if isinstance(stated, float) else str(stated)
        assert (symbol, value, meaning) == (
            _shown(declared[key].symbol), text, _shown(declared[key].meaning),
        ), key  # fmt: skip
    last = ["holds up to"] if account.along else []
    rows = found["assumption", "grade", "margin", "meaning", *last]
    for row, m in zip(rows, account.validity, strict=True):
        assert row[0] == f"{m.name} {_shown(m.declared.symbol)}"
        graded = grade(m.margin)
        assert row[1] == f"{graded.mark} {graded.word}", m.name
        number = "-" if m.margin is None else f"{m.margin:+.2f}".replace("inf", "∞")
        assert row[2] == number, m.name
        assert row[3].startswith(_shown(m.declared.meaning))
        assert not m.remark or row[3].endswith(_shown(m.remark))
        if account.along:
            until = "nowhere" if m.holds_until is None else f"{m.holds_until:.4g} K"
            assert row[4] == (m.missing or "≥ " * m.at_least + until), m.name
    return found


@pytest.fixture(scope="session")
def agree():
    """`agree(page, account)`: numbers, inputs and margins of a page are those of its result.

    Gives all tables of the page.
    """
    return _agree


def _printed(text, account):
    rows = [" ".join(row.split()) for row in text.splitlines()]
    for name in account.shown:
        if name in account.values:
            v = account.values[name]
            value = quoted(v.declared, v.value, at_least=v.at_least)
            assert f"{v.declared.meaning} {v.declared.symbol} {value}" in rows, name
    for m in account.validity:
        if m.holds is not False:
            continue
        graded = grade(m.margin)
        name = f"{m.name} (estimated)" if m.remark else m.name
        until = "nowhere" if m.holds_until is None else f"{m.holds_until:.4g} K"
        row = f"{name} {m.margin:+.2f} {graded.mark} {graded.word}" + f" {until}" * account.along
        assert row in rows, m.name


@pytest.fixture(scope="session")
def printed():
    """`printed(output, account)`: the terminal's tables have each number beside its own name."""
    return _printed
