"""The chunks of a sweep, computed by threads, by processes of this machine or by a Dask cluster.

`concurrent.futures` and `dask.distributed` do the work. Chunks are submitted a few at a time, so
that a million of them take no memory.
"""

import concurrent.futures
import contextlib
import itertools
import json
import logging
import re
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import resource_tracker
from pathlib import Path
from typing import TYPE_CHECKING, Any

from entrap.core.errors import InputError, SolveError
from entrap.core.processes import cores

if TYPE_CHECKING:
    from distributed import Client, Future

_TO_ANSWER = 10.0  # s that a scheduler has to answer
_TO_JOIN = 60.0  # s in which a cluster must have a worker
_TO_RESTART = 120.0  # s in which a process of this machine that died is back, however busy it is
_TO_LOOK = 0.005  # s from one look at what is done to the next
_AHEAD = 4  # chunks submitted for each thread
_AT_LEAST = 256  # chunks submitted to a cluster, which may grow


def run(
    work: Callable[[int], None],
    todo: Sequence[int],
    scheduler: str = "threads",
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Do the work for each chunk, in any order.

    If a worker dies, another one computes its chunk again. A script that uses "local" needs the
    guard `if __name__ == "__main__":`. A cluster's workers see the same files as this process, have
    one thread each and `NPROC=1` in their environment (`NPROC=1 dask worker ADDRESS --nthreads 1`);
    those of "local" are started so.

    Args:
        work: Computes and stores a chunk; twice does no harm. To be sent to other processes it is a
            function of a module, or a `partial` of one.
        todo: The chunks.
        scheduler: "threads", "local", the address of a Dask scheduler, or its scheduler file.
        workers: Number of threads or processes, of the first two; by default that of the cores.
        progress: Called with the number of each chunk that is done.

    Raises:
        InputError: there is no such scheduler, it does not answer, or it has no workers.
        SolveError: a chunk killed worker after worker, or the scheduler stopped answering.
        Exception: what a chunk raised; the first stops the run.
    """
    if workers is not None and workers < 1:
        raise InputError(f"workers must be at least 1, but is {workers}")
    if not todo:
        return
    progress = progress or (lambda _: None)
    count = min(workers or cores(), len(todo))
    if scheduler == "threads":
        _threads(work, todo, count, progress)
    else:
        with (
            _client(scheduler, count) as client,
            _watched(client, scheduler) as deserted,
            _postponed() as interrupt,
        ):
            _distributed(client, work, todo, progress, deserted, interrupt)


def _threads(
    work: Callable[[int], None], todo: Sequence[int], count: int, progress: Callable[[int], None]
) -> None:
    left, first = iter(todo), concurrent.futures.FIRST_COMPLETED
    waiting: dict[concurrent.futures.Future[None], int] = {}
    pool = concurrent.futures.ThreadPoolExecutor(count, "entrap")
    try:
        while True:
            for index in itertools.islice(left, _AHEAD * count - len(waiting)):
                waiting[pool.submit(work, index)] = index
            if not waiting:
                return
            for future in concurrent.futures.wait(waiting, return_when=first).done:
                index = waiting.pop(future)
                future.result()
                progress(index)
    finally:
        pool.shutdown(cancel_futures=True)  # a chunk that is being computed is waited for


def _distributed(
    client: "Client",
    work: Callable[[int], None],
    todo: Sequence[int],
    progress: Callable[[int], None],
    deserted: threading.Event,
    interrupt: Callable[[], None],
) -> None:
    from distributed import CancelledError, KilledWorker, as_completed

    left, name = iter(todo), f"entrap-{uuid.uuid4().hex}"

    def submitted(count: int) -> "list[Future]":
        return [
            client.submit(work, index, key=f"{name}-{index}", pure=False)
            for index in itertools.islice(left, count)
        ]

    threads: Any = client.nthreads()
    ahead = max(_AHEAD * sum(threads.values()), _AT_LEAST)
    finished = as_completed(submitted(ahead), loop=client.loop)
    while not finished.is_empty():
        interrupt()
        if not finished.has_ready():
            time.sleep(_TO_LOOK)
            continue
        future = next(finished)
        index = int(future.key.rpartition("-")[2])
        try:
            future.result()
        except KilledWorker as error:
            raise SolveError(
                f"chunk {index} killed {error.allowed_failures + 1} workers, as running out of "
                "memory does. Finished chunks are kept: give each worker more memory, or start "
                "fewer of them, and go on with --resume"
            ) from None
        except CancelledError:
            if deserted.is_set():
                raise SolveError(
                    "no worker is left: each died before it had begun, as running out of memory "
                    "does. Finished chunks are kept: start fewer workers, and go on with --resume"
                ) from None
            raise SolveError(
                "the scheduler stopped. Finished chunks are kept: start it again, and go on with "
                "--resume"
            ) from None
        progress(index)
        finished.update(submitted(1))


@contextlib.contextmanager
def _watched(client: "Client", scheduler: str) -> Iterator[threading.Event]:
    """Gives up what this machine's processes compute when none is left: nobody would say so.

    One that dies while it starts is not started again. Whether a cluster gets others is not known.
    """
    from distributed import Future

    deserted, ended = threading.Event(), threading.Event()

    def watch() -> None:
        checks = 0
        while not ended.wait(_TO_RESTART / 10):
            with contextlib.suppress(Exception):  # a scheduler that is too busy to answer
                checks = 0 if client.nthreads() else checks + 1
            if checks == 10:
                deserted.set()
                client.cancel([Future(key, client) for key in list(client.futures)])
                return

    watcher = threading.Thread(target=watch, daemon=True)
    if scheduler == "local":
        watcher.start()
    try:
        yield deserted
    finally:
        ended.set()
        if scheduler == "local":
            watcher.join()


@contextlib.contextmanager
def _client(scheduler: str, count: int) -> "Iterator[Client]":
    """A client of the processes of this machine or of a cluster; it closes what it opened."""
    address = None if scheduler == "local" else _address(scheduler)
    try:
        from distributed import Client, LocalCluster
        from distributed.utils import silence_logging_cmgr
    except ImportError:
        raise InputError(
            "the schedulers local and an address need dask.distributed: pip install 'entrap[scale]'"
        ) from None
    with silence_logging_cmgr(logging.CRITICAL), contextlib.ExitStack() as opened:
        try:
            if address is None:
                with _without_interrupts():
                    local: dict[str, Any] = {
                        "n_workers": count,
                        "threads_per_worker": 1,
                        "processes": True,
                        "memory_limit": 0,  # one that nears its share would be paused for good
                        "dashboard_address": None,
                        # Its server has no dashboard, but takes a port: any that is free.
                        "scheduler_kwargs": {"dashboard_address": "127.0.0.1:0"},
                        "silence_logs": logging.CRITICAL,
                        "env": {"NPROC": "1"},  # XLA takes as many threads
                    }
                    cluster = opened.enter_context(LocalCluster(**local))
                    client = opened.enter_context(Client(cluster, set_as_default=False))
            else:
                client = _connected(address, scheduler, opened)
            yield client
        finally:
            with _without_interrupts():
                opened.close()


def _connected(address: str, scheduler: str, opened: contextlib.ExitStack) -> "Client":
    """A client of a cluster that has at least one worker."""
    from distributed import Client

    try:
        client = Client(address, timeout=_TO_ANSWER, set_as_default=False)
        opened.enter_context(client)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no scheduler answers at {scheduler} within {_TO_ANSWER:g} s: start one with "
            f"`dask scheduler`, or give another address ({error})"
        ) from None
    try:
        client.wait_for_workers(1, timeout=_TO_JOIN)
    except TimeoutError:
        raise InputError(
            f"the scheduler at {address} has no workers: start some with "
            f"`NPROC=1 dask worker {address} --nthreads 1`"
        ) from None
    return client


def _address(scheduler: str) -> str:
    """The address of a scheduler, read from its file where that is given."""
    path = Path(scheduler.removeprefix("file://"))
    if path.suffix == ".json":
        try:
            return str(json.loads(path.read_text("utf-8"))["address"])
        except (OSError, KeyError, TypeError, ValueError):
            raise InputError(
                f"{path} is not the file of a scheduler: `dask scheduler --scheduler-file {path}` "
                "writes it"
            ) from None
    if not re.fullmatch(r"(\w+://)?[^/\s]+:\d+", scheduler):
        raise InputError(
            "the scheduler must be threads, local, an address such as tcp://host:8786, or a "
            f"scheduler file (.json), but is {scheduler}"
        )
    return scheduler


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Ctrl-C takes effect at the end, and never reaches the processes that are started here."""
    with _postponed():
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        resource_tracker.ensure_running()  # or it would undo the mask
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)


@contextlib.contextmanager
def _postponed() -> Iterator[Callable[[], None]]:
    """Ctrl-C takes effect where the function is called that this gives, and at the end.

    One that meets a finalizer of Dask's would be printed there by Python, and lost.
    """
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield lambda: None
        return
    noted: list[int] = []

    def interrupt() -> None:
        if noted:
            before(noted.pop(), None)

    signal.signal(signal.SIGINT, lambda number, _: noted.append(number))
    try:
        yield interrupt
    finally:
        signal.signal(signal.SIGINT, before)
    interrupt()
