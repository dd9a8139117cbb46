"""How a command's process is prepared."""

import contextlib
import os
import platform
import signal
import subprocess
import sys
import threading
from pathlib import Path

import platformdirs
import pytest

from entrap.report import command

MODULE = "import signal, sys; signal.raise_signal(signal.SIGINT); done = True"


@pytest.fixture
def handled():
    before = signal.signal(signal.SIGINT, command.interrupt)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("handled")
def test_an_interrupt_within_an_import_waits_until_that_is_done(tmp_path, monkeypatch):
    """Else the lock of the module would be kept, or extension modules of JAX would crash."""
    (tmp_path / "imported_here.py").write_text(MODULE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with postponed(monkeypatch):
        import imported_here  # pyright: ignore[reportMissingImports]

        assert imported_here.done


@pytest.mark.usefixtures("handled")
def test_an_interrupt_within_a_finalizer_waits_until_that_is_done(monkeypatch, capfd):
    """Else Python would print it, and go on."""
    done = []

    class Finalized:
        def __del__(self):
            signal.raise_signal(signal.SIGINT)
            done.append(True)

    with postponed(monkeypatch):
        Finalized()
        assert done
    assert capfd.readouterr() == ("", "")


def test_a_line_search_that_ends_early_is_not_told():
    """SciPy does not tell it either, but two threads at once undo how it keeps silent."""
    program = (
        "from entrap.report.command import prepare\n"
        "prepare()\n"
        "from scipy.optimize import line_search\n"
        "from numpy import array\n"
        "falls, slope = lambda x: -x[0], lambda x: array([-1.0])\n"
        "print(line_search(falls, slope, array([0.0]), array([1.0]), amax=1.0))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.startswith("(None")
    assert (done.returncode, done.stderr) == (0, "")


@contextlib.contextmanager
def postponed(monkeypatch):
    """What interrupts in the block does not end it, and comes again afterwards."""
    original, raised, said = signal.raise_signal, [], threading.Event()

    def again(number):
        if threading.current_thread() is threading.main_thread():
            original(number)
        else:
            raised.append(number)
            said.set()

    with monkeypatch.context() as patched:
        patched.setattr(signal, "raise_signal", again)
        yield
        assert said.wait(60)
    assert raised == [signal.SIGINT]


def test_a_stopped_command_does_not_go_through_the_end_of_python():
    """There what still runs in threads would crash: the process would end by SIGSEGV."""
    program = (
        "import atexit, os\n"
        "from entrap.report.command import stopping\n"
        "atexit.register(os.abort)\n"
        "print('half an answer')\n"
        "with stopping('nothing was written'):\n"
        "    raise KeyboardInterrupt\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 130
    assert (done.stdout, done.stderr) == (
        "half an answer\n", "Stopped:\n  nothing was written\n"
    )  # fmt: skip


@pytest.mark.usefixtures("handled")
def test_an_interrupt_elsewhere_is_one():
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)


def test_each_kind_of_processor_has_a_folder_of_its_own(tmp_path):
    """XLA runs what another machine compiled, though it may have other instructions."""
    told = tmp_path / "cpuinfo"

    def folder(text):
        told.write_text(text, "utf-8")
        return command.kept(told)

    first = folder("model name : A\ncpu MHz : 2100\nflags : fpu avx2\n\nflags : fpu avx2\n")
    assert first == folder("model name : A\ncpu MHz : 3400\nflags : fpu avx2\n")
    wider, arm = folder("flags : fpu avx2 avx512f\n"), folder("Features : fp asimd sve\n")
    elsewhere = command.kept(tmp_path / "none")
    assert len({first, wider, arm, elsewhere}) == 4
    parents = {each.parent for each in (first, wider, arm, elsewhere)}
    assert parents == {Path(platformdirs.user_cache_dir("entrap"))}


PROGRAM = """
import sys
from pathlib import Path
from entrap.report.command import prepare

prepare()
import jax
from jax._src import compilation_cache as cache

print(jax.jit(lambda x: x * 3)(7.0))
files = [*Path(sys.argv[1]).glob("*-cache")]
assert files
for file in files:
    program = cache.decompress_executable(file.read_bytes())
    assert b"+64bit" in program or b"+65bit" in program
    file.write_bytes(cache.compress_executable(program.replace(b"+64bit", b"+65bit")))
"""


@pytest.mark.slow
@pytest.mark.skipif(platform.machine() != "x86_64", reason="renames a feature of x86-64 processors")
def test_of_a_program_that_xla_warns_of_nothing_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("TF_CPP_MIN_LOG_LEVEL", raising=False)  # JAX has set it here
    kept = {"JAX_COMPILATION_CACHE_DIR": str(tmp_path)}
    environment = os.environ | kept | {"JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS": "0"}
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM, tmp_path],
            env=environment,
            capture_output=True,
            text=True,
        )
        assert (done.stdout, done.stderr) == ("21.0\n", "")
