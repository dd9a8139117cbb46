"""Threads, processes and clusters do the same work; what dies, fails or is stopped costs little."""

import collections.abc
import contextlib
import functools
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import psutil
import pytest
import xarray as xr

from entrap.core.errors import InputError, SolveError
from entrap.studies.sweep import schedule, store

CHUNKS = 24

# What other processes import.
WORK = """
import os
import signal
import time
from pathlib import Path

import numpy as np

from entrap.studies.sweep.store import Store


def compute(path, index):
    made = Store.open(Path(path))
    i, j = (np.arange(part.start, part.stop) for part in made.region(index))
    made.write(index, {"x": np.sin(i[:, None]) * np.exp(j / 7)})


def compute_and_die_once(path, index):
    environment = {key: os.environ.get(key) for key in ("JAX_ENABLE_X64", "NPROC")}
    Path(path).with_name(f"{os.getpid()}.worker").write_text(repr(environment))
    died = Path(path).with_name("died")
    if index == 5 and not died.exists():
        died.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    compute(path, index)


def compute_or_die(path, index):
    if index == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    compute(path, index)


def compute_or_fail(path, index):
    if index == 5:
        raise ValueError("chunk 5 is not to be had")
    compute(path, index)


def compute_slowly(path, index):
    compute(path, index)
    time.sleep(0.5)
"""


class Todo(collections.abc.Sequence):
    """Chunks, of which is known how many were handed out."""

    def __init__(self, count):
        self.indices, self.given = range(count), 0

    def __len__(self):
        return len(self.indices)

    def __getitem__(self, place):
        return self.indices[place]

    def __iter__(self):
        for index in self.indices:
            self.given += 1
            yield index


class Told:
    """What was told of progress, and how far ahead of it chunks were handed out at most."""

    def __init__(self, todo, stop_after=None):
        self.todo, self.stop_after, self.indices, self.ahead = todo, stop_after, [], 0

    def __call__(self, index):
        self.ahead = max(self.ahead, self.todo.given - len(self.indices))
        self.indices.append(index)
        if len(self.indices) == self.stop_after:
            raise KeyboardInterrupt


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the module of the work is, for processes that are told."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "sweep_work.py").write_text(WORK, "utf-8")
    return folder


@pytest.fixture
def work(folder, monkeypatch):
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module("sweep_work")


@pytest.fixture
def make(tmp_path):
    """A new store of a name."""

    def made(name="sweep"):
        empty = xr.Dataset({"x": (("i", "j"), np.full((12, 10), np.nan))})
        coords = {"i": np.arange(12.0), "j": np.arange(10.0)}
        return store.create(tmp_path / f"{name}.zarr", empty.assign_coords(coords), (2, 3))

    return made


@pytest.fixture
def alone():
    """All processes that were begun have ended."""
    before = set(psutil.Process().children(recursive=True))
    yield
    left = set(psutil.Process().children(recursive=True)) - before
    # What multiprocessing keeps for the rest of the session.
    assert not [p for p in left if "resource_tracker" not in " ".join(p.cmdline())]


def bits(made):
    data = xr.open_zarr(made.path, consolidated=False, chunks=None)
    return data["x"].values.tobytes(), data["done"].values.tolist()


@pytest.fixture
def expected(make, work):
    """The bits of a store that was made without any scheduler."""
    made = make("expected")
    for index in range(made.chunks):
        work.compute(made.path, index)
    return bits(made)


# Threads.


def test_threads_do_every_chunk_once_and_tell_of_it(make, work, expected):
    made, todo = make(), Todo(CHUNKS)
    assert made.chunks == CHUNKS
    told = Told(todo)
    schedule.run(functools.partial(work.compute, made.path), todo, "threads", 3, told)
    assert sorted(told.indices) == list(range(CHUNKS))
    assert told.ahead <= 12
    assert bits(made) == expected


def test_no_more_threads_work_at_once_than_there_are_workers():
    lock, now, most = threading.Lock(), [0], [0]

    def work(_):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.01)
        with lock:
            now[0] -= 1

    schedule.run(work, range(40), "threads", 3)
    assert most == [3]
    assert now == [0]


@pytest.mark.parametrize("why", ["a chunk fails", "it is interrupted"])
def test_threads_that_are_stopped_end_what_they_do_and_begin_nothing(why):
    begun, ended, stopping, interrupts = [], [], threading.Event(), why != "a chunk fails"

    def work(index):
        begun.append(index)
        if index == 0 and not interrupts:
            raise ValueError("chunk 0 is not to be had")
        if index > 0:
            assert stopping.wait(60 if interrupts else 0.5) is interrupts
            time.sleep(0.5 * interrupts)  # while what is left is called off
        ended.append(index)

    todo = Todo(100)
    told = Told(todo, stop_after=1)

    def progress(index):
        stopping.set()
        told(index)

    with pytest.raises(KeyboardInterrupt if interrupts else ValueError):
        schedule.run(work, todo, "threads", 1, progress)
    assert begun in ([0], [0, 1])
    assert todo.given == 4
    assert ended == begun if interrupts else [0, *ended] == begun


def test_where_nothing_is_to_be_done_nobody_is_asked():
    def never(*_):
        raise AssertionError

    for scheduler in ("threads", "local", "tcp://127.0.0.1:9"):
        schedule.run(never, [], scheduler, None, never)


# What is no scheduler.


@pytest.mark.parametrize(
    ("scheduler", "told"),
    [
        (
            "thread",
            r"must be threads, local, an address such as tcp://host:8786, or a .* is thread$",
        ),
        ("host", "must be threads, local, an address such as .* but is host$"),
        ("{folder}/none.json", "none.json is not the file of a scheduler: `dask scheduler --sched"),
        ("file://{folder}/none.json", "^{folder}/none.json is not the file of a scheduler"),
        ("{folder}/empty.json", "empty.json is not the file of a scheduler"),
        ("tcp://127.0.0.1:9", "no scheduler answers at tcp://127.0.0.1:9 within 0.2 s: start one"),
        ("nope://127.0.0.1:9", "no scheduler answers at nope://127.0.0.1:9"),
    ],
)
def test_what_is_no_scheduler_is_told(tmp_path, monkeypatch, capfd, scheduler, told):
    monkeypatch.setattr(schedule, "_TO_ANSWER", 0.2)
    (tmp_path / "empty.json").write_text("{}")
    scheduler, told = (text.replace("{folder}", str(tmp_path)) for text in (scheduler, told))
    with pytest.raises(InputError, match=told):
        schedule.run(print, [1], scheduler)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("workers", [0, -2])
def test_there_is_at_least_one_worker(workers):
    with pytest.raises(InputError, match=f"workers must be at least 1, but is {workers}"):
        schedule.run(print, [1], "threads", workers)


@pytest.mark.parametrize("scheduler", ["local", "tcp://127.0.0.1:9"])
def test_without_distributed_it_is_told_how_to_get_it(monkeypatch, scheduler):
    for name in [name for name in sys.modules if name.partition(".")[0] == "distributed"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"need dask.distributed: pip install 'entrap\[scale\]'"):
        schedule.run(print, [1], scheduler)


# Processes of this machine.


@pytest.fixture
def port_taken():
    """Dask's own port is in use, by this test or by whatever else runs here."""
    with socket.socket() as taken:
        with contextlib.suppress(OSError):
            taken.bind(("", 8787))
            taken.listen()
        yield


@pytest.mark.usefixtures("alone", "port_taken")
def test_a_worker_that_is_killed_costs_its_chunk_and_changes_no_bit(
    make, work, expected, tmp_path, monkeypatch, capfd
):
    monkeypatch.setattr(schedule, "_AT_LEAST", 10)
    made, todo = make(), Todo(CHUNKS)
    told = Told(todo)
    run = functools.partial(work.compute_and_die_once, str(made.path))
    schedule.run(run, todo, "local", 2, told)
    assert (tmp_path / "died").exists()
    assert sorted(told.indices) == list(range(CHUNKS))
    assert told.ahead <= 10
    assert bits(made) == expected
    worked = {file.stem: file.read_text() for file in tmp_path.glob("*.worker")}
    assert len(worked) >= 2
    assert str(os.getpid()) not in worked
    assert set(worked.values()) == {"{'JAX_ENABLE_X64': '1', 'NPROC': '1'}"}
    assert capfd.readouterr() == ("", "")


@pytest.mark.slow
@pytest.mark.usefixtures("alone")
def test_a_chunk_that_fails_stops_the_processes(make, work, capfd):
    made, told = make(), []
    run = functools.partial(work.compute_or_fail, str(made.path))
    with pytest.raises(ValueError, match="chunk 5 is not to be had"):
        schedule.run(run, range(CHUNKS), "local", 2, told.append)
    assert made.done()[told].all()
    assert not made.done()[5]
    assert made.verify() == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.exhaustive
@pytest.mark.usefixtures("alone")
def test_a_chunk_that_kills_every_worker_is_told(make, work, capfd):
    made = make()
    run = functools.partial(work.compute_or_die, str(made.path))
    # Which of the chunks on a worker that dies is blamed is the scheduler's. One that dies before
    # its nanny knows of it is not started again.
    said = r"chunk \d+ killed 4 workers, as running out of memory does|no worker is left"
    with pytest.raises(SolveError, match=said):
        schedule.run(run, range(CHUNKS), "local", 2)
    assert not made.done()[5]
    assert made.verify() == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.usefixtures("alone")
def test_when_no_worker_is_left_it_is_told(make, work, monkeypatch, capfd):
    made = make()

    async def left_dead(nanny, _):
        await nanny._unregister()

    monkeypatch.setattr("distributed.Nanny._on_worker_exit", left_dead)
    monkeypatch.setattr(schedule, "_TO_RESTART", 1.0)
    run = functools.partial(work.compute_or_die, str(made.path))
    with pytest.raises(SolveError, match="no worker is left: each died before it had begun"):
        schedule.run(run, range(CHUNKS), "local", 1)
    assert not made.done()[5]
    assert made.verify() == []
    assert capfd.readouterr() == ("", "")


SCRIPT = """
import functools
import sys

import sweep_work
from entrap.core.errors import SolveError
from entrap.studies.sweep import schedule

if __name__ == "__main__":
    run = functools.partial(sweep_work.compute_slowly, sys.argv[1])
    try:
        print("begun", flush=True)
        schedule.run(run, range(24), sys.argv[2], 2, lambda index: print(index, flush=True))
    except KeyboardInterrupt:
        sys.exit(130)
    except SolveError as error:
        print(error)
        sys.exit(1)
"""


@pytest.fixture
def script(folder, tmp_path):
    """`script(path, "local")`: slow work on a store, in a process that has begun."""
    file = tmp_path / "script.py"
    file.write_text(SCRIPT, "utf-8")

    # The interpreter leaves a file open where it is interrupted in an import.
    strict = ["-W", "error", "-W", "ignore::ResourceWarning"]

    def begun(path, scheduler):
        process = subprocess.Popen(
            [sys.executable, *strict, file, path, scheduler],
            env=environment(folder),
            start_new_session=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        return process, process.stdout

    return begun


def environment(folder):
    path = os.pathsep.join(filter(None, (str(folder), os.environ.get("PYTHONPATH"))))
    return os.environ | {"PYTHONPATH": path, "NPROC": "1"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "moment",
    [
        0.0,
        "a chunk",
        *(pytest.param(x, marks=pytest.mark.exhaustive) for x in (0.5, 1.0, 1.5, 2.0)),
    ],
)
@pytest.mark.parametrize("scheduler", ["threads", "local"])
def test_ctrl_c_stops_without_a_word_and_what_is_done_stays_done(make, script, scheduler, moment):
    made = make()
    process, out = script(made.path, scheduler)
    if moment == "a chunk":
        assert out.readline().strip().isdigit()
    else:
        time.sleep(moment)
    os.killpg(process.pid, signal.SIGINT)  # a terminal sends it to all
    _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (130, "")
    assert not made.done().all()
    assert made.verify() == []


@pytest.mark.usefixtures("alone")
def test_ctrl_c_within_a_finalizer_of_dask_is_not_lost(make, work, monkeypatch, capfd):
    from distributed import Future

    made, told, sent, finalize = make(), [], [], Future.__del__
    before, here = signal.getsignal(signal.SIGINT), threading.current_thread()

    def interrupted(future):
        if len(told) >= 3 and not sent and threading.current_thread() is here:
            sent.append(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)
        finalize(future)

    monkeypatch.setattr(Future, "__del__", interrupted)
    run = functools.partial(work.compute, str(made.path))
    with pytest.raises(KeyboardInterrupt):
        schedule.run(run, range(CHUNKS), "local", 1, told.append)
    assert sent
    assert 3 <= len(told) < CHUNKS
    assert made.done()[told].all()
    assert signal.getsignal(signal.SIGINT) is before
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("sent", [signal.raise_signal, functools.partial(os.kill, os.getpid())])
def test_an_interrupt_waits_while_processes_begin_and_is_not_for_them(sent):
    ask = "import signal; print(signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, []))"
    said, before = [], signal.getsignal(signal.SIGINT)

    def begin():
        with schedule._without_interrupts():
            sent(signal.SIGINT)
            begun = subprocess.run([sys.executable, "-c", ask], stdout=subprocess.PIPE, check=True)
            said.append(begun.stdout)

    with pytest.raises(KeyboardInterrupt):
        begin()
    assert said == [b"True\n"]
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


# A cluster.


@pytest.fixture
def cluster(folder, tmp_path):
    """`cluster(2)`: a scheduler with two workers, as its file and its processes."""
    with contextlib.ExitStack() as stack:

        def begun(*arguments):
            process = subprocess.Popen(
                [sys.executable, "-m", *arguments, "--no-dashboard"],
                env=environment(folder),
                cwd=tmp_path,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process

        def started(count):
            file = tmp_path / "scheduler.json"
            place = ("--scheduler-file", str(file), "--host", "127.0.0.1")
            head = begun("distributed.cli.dask_scheduler", *place, "--port", "0")
            until(file.exists)
            part = ("distributed.cli.dask_worker", *place[:2], "--nthreads", "1", "--no-nanny")
            return file, head, [begun(*part) for _ in range(count)]

        yield started


def until(holds):
    end = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_cluster_changes_no_bit_though_a_worker_dies(make, work, expected, cluster, tmp_path):
    from distributed import Client

    file, _, workers = cluster(2)
    until(lambda: connected(file) == 2)
    made, todo = make("by-file"), Todo(CHUNKS)
    told = Told(todo)
    run = functools.partial(work.compute_and_die_once, str(made.path))
    schedule.run(run, todo, str(file), None, told)
    assert sorted(told.indices) == list(range(CHUNKS))
    assert sum(worker.poll() is None for worker in workers) == 1  # nobody revived it
    assert bits(made) == expected
    assert len(list(tmp_path.glob("*.worker"))) == 2
    made = make("by-address")
    address = json.loads(file.read_text())["address"]
    schedule.run(functools.partial(work.compute, str(made.path)), range(CHUNKS), address)
    assert bits(made) == expected
    with Client(address, set_as_default=False) as client:
        left: Any = client.run_on_scheduler(
            lambda dask_scheduler: [*dask_scheduler.tasks, *dask_scheduler.worker_plugins]
        )
    assert not [name for name in left if "entrap" in str(name)]


@pytest.mark.slow
def test_a_cluster_that_has_no_workers_is_told(cluster, monkeypatch, capfd):
    monkeypatch.setattr(schedule, "_TO_JOIN", 0.5)
    file, *_ = cluster(0)
    with pytest.raises(InputError, match="has no workers: start some with `NPROC=1 dask worker tc"):
        schedule.run(print, [1], f"file://{file}")
    assert capfd.readouterr() == ("", "")


@pytest.mark.exhaustive
def test_a_scheduler_that_dies_stops_the_run_and_what_is_done_stays_done(make, script, cluster):
    file, head, _ = cluster(1)
    made = make()
    process, out = script(made.path, str(file))
    assert out.readline().strip().isdigit()
    head.kill()
    said, err = process.communicate(timeout=60)
    told = (
        "the scheduler stopped. Finished chunks are kept: start it again, and go on with --resume"
    )
    assert (process.returncode, said.splitlines()[-1], err) == (1, told, "")
    assert made.done().any()
    assert made.verify() == []


def connected(file):
    """Number of workers of a scheduler."""
    from distributed import Client

    with Client(scheduler_file=str(file), set_as_default=False) as client:
        return len(client.nthreads())
