"""The process that computes for the page: it is given up where it takes too long."""

import json

import pytest

from entrap.studies.explore import worker as worker_module
from entrap.studies.explore.controls import presets
from entrap.studies.explore.worker import Worker

ASK = {"case": "clean-set", "changes": {"landau.a": "3 k_B"}}


@pytest.mark.slow  # processes are started
def test_a_computation_that_takes_too_long_is_given_up_and_the_next_is_answered():
    worker = Worker(presets())
    try:
        assert 'a = "3 k_B"' in json.loads(worker("case_file", ASK).body)["text"]
        first = worker._process
        worker.patience = 0.01
        answer = worker("picture", ASK)
        assert answer.status == 422
        assert b"takes more than 0.01 s and is given up" in answer.body
        assert not first.is_alive()
        worker.patience = 60
        assert worker("case_file", ASK).status == 200
        worker._process.kill()  # as the system does where memory is short
        worker._process.join()
        assert worker("case_file", ASK).status == 200
        answer = worker("nothing", ASK)
        assert (answer.status, "problems" in json.loads(answer.body)) == (422, True)
    finally:
        worker.close()
    assert worker("case_file", ASK).status == 422  # closed


def test_an_interrupt_while_the_process_begins_ends_it_too(monkeypatch):
    worker, begun = Worker(presets()), []
    start = worker_module._SPAWN.Process.start

    def interrupted(process):
        worker.close(wait=False)  # as the handler of a signal does, in the midst of it
        start(process)
        begun.append(process)

    monkeypatch.setattr(worker_module._SPAWN.Process, "start", interrupted)
    assert worker("case_file", ASK).status == 422
    assert [process.is_alive() for process in begun] == [False]
