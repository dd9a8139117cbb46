"""Tables and sentences on the terminal: nothing is cut, and silence and JSON are kept."""

import io
import json

import pytest
from rich.console import Console
from rich.text import Text

from entrap.report import terminal
from entrap.report.terminal import Voice, print_answer, print_table, speaking, table

ROWS = (
    ("rethermalisation", "-5.13", "✗✗ fails by decades", "A text of several words that may fold"),
    ("proximity", "+0.02", "narrow", "Short"),
)


def shown(width, spare=()):
    rows = table("A title", "assumption", "margin", "", "meaning", wrapped=["meaning"])
    for row in ROWS:
        rows.add_row(*map(Text, row))
    out = io.StringIO()
    print_table(rows, Console(file=out, width=width), spare)
    return out.getvalue()


@pytest.mark.parametrize("width", [200, 80, 60, 40, 25])
def test_no_name_and_no_number_is_cut_however_narrow_the_terminal(width):
    printed = shown(width)
    assert "…" not in printed
    assert max(map(len, printed.splitlines())) <= width
    words = " ".join(printed.split())
    for row in ROWS:
        for cell in row[:2]:
            assert cell in words
    for word in " ".join(row[3] for row in ROWS).split():
        assert word in words


def test_a_table_that_fits_is_a_table_and_one_that_does_not_is_paragraphs():
    assert "assumption" in shown(80)
    narrow = shown(25).splitlines()
    assert narrow[:3] == ["A title".ljust(7), "rethermalisation", "  margin: -5.13".ljust(25)]


def test_columns_that_can_be_spared_go_first_and_are_named():
    printed = shown(50, spare=["meaning"])
    assert "A wider terminal also shows: meaning." in printed
    assert "Short" not in printed


@pytest.mark.parametrize(("columns", "width"), [("0", 80), ("40", 40)])
def test_a_width_of_nothing_is_no_width(monkeypatch, columns, width):
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal.console().width == width


@pytest.mark.parametrize(("voice", "said"), [(Voice(quiet=True), ""), (Voice(json=True), None)])
def test_silence_prints_nothing_and_json_one_object(capsys, voice, said):
    with speaking(voice):
        terminal.console().print("a table")
        terminal.answer({"answer": ["Φ", 1.5]})
        print_answer()
    printed = capsys.readouterr().out
    if said is None:
        assert json.loads(printed) == {"answer": ["Φ", 1.5]}
        assert '"Φ"' in printed  # the letter, not its code
    else:
        assert printed == said
    terminal.console().print("heard again")
    assert capsys.readouterr().out == "heard again\n"
