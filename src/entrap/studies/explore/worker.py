"""A process that computes what the page asks for; it can be ended, whatever it is doing."""

import contextlib
import multiprocessing
import signal
import threading
from collections.abc import Mapping
from multiprocessing.connection import Connection
from typing import Any

from entrap.studies.explore.answers import Answer, Answers, refused

PATIENCE = 60.0
"""Seconds that a computation may take."""

_SPAWN = multiprocessing.get_context("spawn")


class Worker:
    """`Answers` in a process of its own, one question at a time.

    A computation that takes too long or too much memory is given up with its process; the next
    question begins another one.

    Args:
        cases: Nested tables of the cases that the page knows by name.
        patience: Seconds that a computation may take.
    """

    def __init__(self, cases: Mapping[str, Mapping[str, Any]], patience: float = PATIENCE) -> None:
        self.cases = cases
        self.patience = patience
        self._process: Any = None
        self._pipe: Any = None
        self._closed = False
        self._changing = threading.Lock()

    def __call__(self, question: str, asked: Mapping[str, Any]) -> Answer:
        """The answer, or why there is none."""
        try:
            self._begin()
            self._pipe.send((question, asked))
            if self._pipe.poll(self.patience):
                return self._pipe.recv()
        except (EOFError, OSError):
            self._end()
            return refused(("", "The computation ended before it had an answer; try another case."))
        self._end()
        text = f"The computation takes more than {self.patience:g} s and is given up."
        return refused(("", text))

    def close(self, *, wait: bool = True) -> None:
        """End the process; in the handler of a signal nothing can be waited for."""
        self._closed = True
        if wait:
            self._end()
        elif (process := self._process) is not None:
            process.kill()

    def _begin(self) -> None:
        with self._changing:
            if self._closed:
                raise EOFError
            if self._process is None or not self._process.is_alive():
                self._pipe, theirs = _SPAWN.Pipe()
                process = _SPAWN.Process(target=_answer_all, args=(theirs, self.cases), daemon=True)
                process.start()
                theirs.close()  # so that the end of the process is the end of the pipe
                self._process = process  # only now can the handler of a signal kill it
                if self._closed:
                    raise EOFError

    def _end(self) -> None:
        with self._changing:
            if self._process is not None:
                self._process.kill()
                self._process.join()
                self._process = None


def _answer_all(pipe: Connection, cases: Mapping[str, Mapping[str, Any]]) -> None:
    """Answer until the other end of the pipe is closed; Ctrl-C is the other process' affair."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = Answers(cases)
    with contextlib.suppress(EOFError, OSError):
        while True:
            pipe.send(answers(*pipe.recv()))
