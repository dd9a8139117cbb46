"""Work in parts, done by copies of this process beside it: each has all that this one has."""

import contextlib
import os
import pickle
import select
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from entrap.core.processes import cores

_MOST = 255  # parts: each is named by a byte
_PATIENCE = 10.0  # s that a copy may take longer than thrice what this process took


@contextlib.contextmanager
def divided(work: Callable[[int], Any], count: int) -> Iterator[Callable[[], list[Any]]]:
    """Begin to work on parts 0 to `count` - 1; what is given does the rest, and gives all results.

    What a copy does not bring back, since it failed there, was killed or hangs, is done here, so
    that copies save time and change nothing. There are as many as other cores, on Linux alone:
    elsewhere libraries of the system do not survive it.

    Args:
        work: Gives a result that can be pickled, and leaves nothing behind but files.
        count: Number of parts.
    """
    begun = time.monotonic()
    queue, entry = os.pipe()
    os.write(entry, bytes(range(min(count, _MOST))))
    os.close(entry)
    copies: list[tuple[int, int]] = []

    def finish() -> list[Any]:
        done = {part: work(part) for part in _parts(queue)}
        until = time.monotonic() + 3 * (time.monotonic() - begun) + _PATIENCE
        for _, answer in copies:
            done |= _answered(answer, until)
        _end(copies)  # before what one may still be writing is written here
        return [done[part] if part in done else work(part) for part in range(count)]

    try:
        if sys.platform == "linux":
            with contextlib.suppress(OSError):  # of a system that has no room for one more
                for _ in range(min(cores(), count) - 1):
                    copies.append(_copy(work, queue))
        yield finish
    finally:
        os.close(queue)
        _end(copies)


def _end(copies: list[tuple[int, int]]) -> None:
    while copies:
        process, answer = copies.pop()
        os.close(answer)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)


def _parts(queue: int) -> Iterator[int]:
    """Parts that no other process has taken."""
    while taken := os.read(queue, 1):
        yield taken[0]


def _copy(work: Callable[[int], Any], queue: int) -> tuple[int, int]:
    """A copy of this process that works, by its number, and where it answers."""
    answer, said = os.pipe()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    process = -1
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # JAX warns of threads, of which the copy has none
            process = os.fork()
    finally:
        if process:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
            os.close(said)
            if process < 0:
                os.close(answer)
    if process:
        return process, answer
    try:  # it keeps Ctrl-C blocked, and is ended by the one that it copies
        done = {}
        for part in _parts(queue):
            with contextlib.suppress(Exception):
                done[part] = work(part)
        with open(said, "wb") as pipe:
            pickle.dump(done, pipe)
    finally:
        os._exit(0)  # nothing that this process has begun is ended twice


def _answered(answer: int, until: float) -> dict[int, Any]:
    """What a copy has done; nothing if it does not answer in time."""
    text = bytearray()
    while select.select([answer], [], [], max(until - time.monotonic(), 0.0))[0]:
        more = os.read(answer, 1 << 20)
        if not more:
            with contextlib.suppress(Exception):  # it ended within its answer, or before
                return pickle.loads(text)
            break
        text += more
    return {}
