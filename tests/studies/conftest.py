"""What figures and pages of every verb are read with."""

import html
import re
from operator import attrgetter

import numpy as np
import pytest

from entrap.case.case import tables_of
from entrap.core.quantities import quantities
from entrap.core.units import unit_factor
from entrap.report.grades import grade
from entrap.report.labels import as_html, quoted, unit_text


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


_SET = re.compile(r"\$\\mathregular\{(.*?)\}\$")
_POWERS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")


def _words(label):
    """The label of a figure as text: "T_c (K)", without TeX."""

    def one(match):
        return re.sub(r"\\tilde\{(\w)\}", "\\1\u0303", match[1]).replace("^{0}", "⁰")

    plain = _SET.sub(lambda match: re.sub(r"_\{(\w+)\}", r"_\1", one(match)), label)
    return " ".join(plain.split())


def _si(label, unit):
    """What one on an axis with this label, as "n_s (10²⁹/m³)", is in an SI unit."""
    (shown,) = re.findall(r"\(([^()]*)\)(?:,.*)?$", _words(label)) or [""]
    power = re.match(r"10([⁻⁰¹²³⁴-⁹]+) ?", shown)
    rest = shown[power.end() :] if power else shown
    rest = rest.translate(str.maketrans({"Ω": "ohm", "µ": "u"}))
    rest = re.sub("[²³]", lambda m: "^" + m[0].translate(_POWERS | {0xB2: "2", 0xB3: "3"}), rest)
    rest = f"1{rest}" if rest.startswith("/") else rest or "1"
    return 10.0 ** int(power[1].translate(_POWERS) if power else 0) / unit_factor(unit, rest)


@pytest.fixture(scope="session")
def si():
    """`si(label, unit)`: what one on an axis is in an SI unit, by the unit in its label."""
    return _si


@pytest.fixture(scope="session")
def words():
    """`words(label)`: the label of a figure without TeX."""
    return _words


def _plain(text):
    """HTML as text in one line; symbols have no marks any more."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", text.replace("<br>", " "))).split())


def _shown(text):
    """A text with symbols as a page's reader sees it."""
    return _plain(as_html(text))


def _tables(path):
    made = {}
    for inner in re.findall(r"<table[^>]*>(.*?)</table>", path.read_text("utf-8"), flags=re.S):
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
            [name, _shown(v.declared.symbol),
             _shown(unit_text(quoted(v.declared, v.value, account.digits, at_least=v.at_least))),
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
        text = str(stated)
        if isinstance(stated, float):
            text = _shown(unit_text(quoted(declared[key], stated)))
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
            until = "not at the start" if m.holds_until is None else f"{m.holds_until:.4g} K"
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
            value = unit_text(quoted(v.declared, v.value, account.digits, at_least=v.at_least))
            assert f"{v.declared.meaning} {v.declared.symbol} {value}" in rows, name
    for m in account.validity:
        if m.holds is not False:
            continue
        graded = grade(m.margin)
        name = f"{m.name} (estimated)" if m.remark else m.name
        until = "not at the start" if m.holds_until is None else f"{m.holds_until:.4g} K"
        row = f"{name} {m.margin:+.2f} {graded.mark} {graded.word}" + f" {until}" * account.along
        assert row in rows, m.name


@pytest.fixture(scope="session")
def printed():
    """`printed(output, account)`: the terminal's tables have each number beside its own name."""
    return _printed
