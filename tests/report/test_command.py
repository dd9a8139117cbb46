"""How a command's process is prepared."""

import signal
import subprocess
import sys
import threading

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
    raised, said = [], threading.Event()

    def again(number):
        raised.append(number)
        said.set()

    with monkeypatch.context() as patched:
        original = signal.raise_signal
        patched.setattr(
            signal, "raise_signal",
            lambda n: original(n) if threading.current_thread() is threading.main_thread() else again(n),
        )  # fmt: skip
        import imported_here  # pyright: ignore[reportMissingImports]

        assert imported_here.done
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
