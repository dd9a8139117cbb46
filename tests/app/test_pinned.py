"""What the commands say of themselves and of the library is what was pinned."""

import pytest
from tests import pinned

from entrap.app import cli
from entrap.case.case import Case
from entrap.studies.explore import controls

VERBS = [verb.__name__ for verb in cli.VERBS]


def test_help(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TERM", "dumb")
    said = {verb: call(verb, "--help").out.splitlines() for verb in VERBS}
    pinned.compare({"entrap": call("--help").out.splitlines()} | said, "help")


@pytest.mark.parametrize("arguments", ["cite", "cite --bibtex", "materials", "materials Al"])
def test_texts(call, monkeypatch, arguments):
    monkeypatch.setenv("COLUMNS", "100")
    told = call(*arguments.split())
    assert (told.code, told.err) == (0, "")
    pinned.compare(told.out.splitlines(), arguments.replace("--", "").replace(" ", "-"))


def test_sliders_of_the_explorer():
    """The first page: ends of each slider, units and what a number means."""
    cases = {name: Case.from_dict(tables, needs=()) for name, tables in controls.presets().items()}
    pinned.compare({name: controls.shown_values(case) for name, case in cases.items()}, "sliders")
