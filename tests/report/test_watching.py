"""How far a computation is: where somebody watches, and nowhere else."""

import io
import sys

import pytest
from rich.console import Console

import entrap as et
from entrap.report import watching

CASE = "examples/clean-set.toml"
AXES = {"mixture.valence_ratio": [0.5, 1.0]}


@pytest.fixture
def patient(monkeypatch):
    """A line for each step, however soon it comes."""
    monkeypatch.setattr(watching, "_PAUSE", -1.0)


def swept(**how):
    return et.sweep(et.load_case(CASE), AXES, ["enhancement"], **how)


@pytest.mark.usefixtures("patient")
def test_a_sweep_says_how_far_it_is_where_somebody_watches(capsys, monkeypatch):
    swept()
    assert capsys.readouterr() == ("", "")
    swept(progress=True)
    assert capsys.readouterr() == ("", "points: 2 of 2\n")
    monkeypatch.setattr(sys, "ps1", ">>> ", raising=False)
    swept()
    assert capsys.readouterr() == ("", "points: 2 of 2\n")
    swept(progress=False)
    assert capsys.readouterr() == ("", "")
    told: list[int] = []
    swept(progress=told.append)
    assert (capsys.readouterr(), told) == (("", ""), [2])


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("terminal", [True, False])
def test_a_count_is_a_bar_in_a_terminal_and_lines_elsewhere(terminal):
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=terminal, width=60)
    with watching.counting(console, "temperatures", 3) as tell:
        for _ in range(3):
            tell(1)
    text = shown.getvalue()
    if terminal:
        assert "temperatures" in text
        assert "3/3" in text
    else:
        assert text == "".join(f"temperatures: {i} of 3\n" for i in (1, 2, 3))


def test_lines_are_not_more_than_one_in_some_seconds():
    shown = io.StringIO()
    with watching.counting(Console(file=shown), "points", 100) as tell:
        for _ in range(100):
            tell(1)
    assert shown.getvalue() == ""
