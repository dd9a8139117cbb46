"""Whether a process runs: one that belongs to another user does, though it may not be signalled."""

import os

import pytest

from entrap.core.processes import alive


@pytest.mark.parametrize(
    ("refusal", "runs"), [(None, True), (PermissionError, True), (ProcessLookupError, False)]
)
def test_a_process_that_may_not_be_signalled_runs(monkeypatch, refusal, runs):
    def kill(process, signal):
        assert (process, signal) == (4711, 0)
        if refusal is not None:
            raise refusal

    monkeypatch.setattr(os, "kill", kill)
    assert alive(4711) is runs
