"""What copies of a process do is what it would have done alone, whatever happens to them."""

import errno
import os
import signal
import time

import psutil
import pytest

from entrap.report import divided


@pytest.fixture(autouse=True)
def three(monkeypatch):
    monkeypatch.setattr(divided, "cores", lambda: 3)
    yield
    assert not [p for p in psutil.Process().children() if p.status() == psutil.STATUS_ZOMBIE]


def together(work, count):
    with divided.divided(work, count) as rest:
        return rest()


def until(true):
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_each_core_takes_a_part(tmp_path):
    def meets_the_others(part):
        (tmp_path / str(part)).touch()
        until(lambda: len([*tmp_path.iterdir()]) == 3)
        return part, os.getpid(), signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, [])

    parts, processes, blocked = zip(*together(meets_the_others, 3), strict=True)
    assert parts == (0, 1, 2)
    assert len(set(processes)) == 3
    # Ctrl-C reaches all of them, and ends this one, which ends the others.
    assert sorted(blocked) == [False, True, True]
    assert not blocked[processes.index(os.getpid())]


def test_what_is_done_meanwhile_is_done_beside_them(tmp_path):
    with divided.divided(lambda part: (tmp_path / str(part)).touch(), 2) as rest:
        until(lambda: len([*tmp_path.iterdir()]) == 2)
        assert rest() == [None, None]


@pytest.mark.parametrize("count", [0, 1, 300])
def test_any_number_of_parts_comes_back_in_order(count):
    assert together(lambda part: part**2, count) == [part**2 for part in range(count)]


def fails():
    raise ValueError("it is no figure")


def hangs():
    signal.pause()


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


def interrupted():
    os.kill(os.getpid(), signal.SIGINT)
    raise KeyboardInterrupt


@pytest.mark.parametrize("does", [fails, hangs, dies, interrupted])
def test_what_a_copy_does_not_bring_back_is_done_here(does, monkeypatch, capfd, tmp_path):
    monkeypatch.setattr(divided, "_PATIENCE", 0.05)
    here = os.getpid()

    def work(part):
        if os.getpid() != here:
            (tmp_path / str(os.getpid())).touch()
            does()
        until(lambda: [*tmp_path.iterdir()])  # a copy has a part
        return part, os.getpid()

    assert together(work, 4) == [(part, here) for part in range(4)]
    assert capfd.readouterr() == ("", "")


def test_a_copy_that_is_late_spoils_no_file_that_is_written_here(monkeypatch, tmp_path):
    monkeypatch.setattr(divided, "_PATIENCE", 0.05)
    here, file, again = os.getpid(), tmp_path / "figure", tmp_path / "again"
    (begun := tmp_path / "begun").mkdir()
    calls = []

    def ended():
        return not any(psutil.pid_exists(int(path.name)) for path in begun.iterdir())

    def work(part):
        if os.getpid() != here:
            (begun / str(os.getpid())).touch()
            until(again.exists)
            file.write_text("")
            hangs()
        until(lambda: len([*begun.iterdir()]) == 2)
        calls.append(part)
        if len(calls) > 1:
            file.write_text("whole")
            again.touch()
            until(lambda: ended() or not file.read_text())
            assert file.read_text() == "whole"

    together(work, 3)
    assert len(calls) == 3


def test_copies_end_with_what_they_were_made_for(tmp_path):
    here = os.getpid()

    def work(part):
        if os.getpid() != here:
            (tmp_path / str(os.getpid())).touch()
            hangs()
        until(lambda: len([*tmp_path.iterdir()]) == 2)
        raise ValueError(part)

    with pytest.raises(ValueError, match=r"[012]"), divided.divided(work, 3) as rest:
        rest()

    def stopped():
        with divided.divided(work, 3):
            until(lambda: len([*tmp_path.iterdir()]) == 4)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stopped()
    assert not [path for path in tmp_path.iterdir() if psutil.pid_exists(int(path.name))]


def test_on_one_core_nothing_is_copied(monkeypatch):
    monkeypatch.setattr(divided, "cores", lambda: 1)
    monkeypatch.setattr(os, "fork", fails)
    assert together(lambda part: part, 3) == [0, 1, 2]


def test_without_room_for_a_copy_all_is_done_here(monkeypatch):
    def refuses():
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    files = len(psutil.Process().open_files()), psutil.Process().num_fds()
    monkeypatch.setattr(os, "fork", refuses)
    assert together(lambda part: part, 3) == [0, 1, 2]
    assert (len(psutil.Process().open_files()), psutil.Process().num_fds()) == files
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])
