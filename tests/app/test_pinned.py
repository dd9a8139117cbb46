"""What the commands say of themselves and of the library is what was pinned."""

import pytest
from tests import pinned

from entrap.app import cli

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
