"""What is computed is told before it is written, and stays told whatever becomes of its files."""

import sys
import types
from unittest import mock

import pytest

from entrap.report.look import LOOK
from entrap.report.result import Account, write_result


@pytest.fixture
def found():
    return Account(
        case=None,
        sentences=("The trap empties the film.",),
        values={},
        validity=(),
        template="",
        figures=lambda _: {},
        context={"title": "A sample"},
        more={},
    )


def told_of(result, found, parent):
    write_result(parent / "a", "computing", lambda: result, lambda _: found, LOOK, latex=False)


def test_the_answer_does_not_wait_for_the_files(found, tmp_path, capsys):
    told = []

    def full(*_):
        told.append(capsys.readouterr().out)
        raise OSError("No space left on device")

    result = types.SimpleNamespace(save=full)
    with pytest.raises(OSError, match="No space left"):
        told_of(result, found, tmp_path)
    assert "A sample" in told[0]
    assert "The trap empties the film." in told[0]
    assert "report.html" not in told[0] + capsys.readouterr().out
    assert not (tmp_path / "a").exists()


def test_where_the_files_are_is_told_last(found, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("COLUMNS", "400")  # the path is one line

    def write(*_, **__):
        sys.stdout.write("written")
        return {}

    result = types.SimpleNamespace(save=None)
    with mock.patch.object(Account, "write", write):
        told_of(result, found, tmp_path)
    answer, files = capsys.readouterr().out.split("written")
    assert "The trap empties the film." in answer
    assert "/a/report.html, summary.json, results.nc" in files
