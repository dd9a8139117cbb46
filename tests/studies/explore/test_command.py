"""`entrap explore` as a process: its address, its end, a port that is taken."""

import re
import signal
import socket
import sys


def test_an_interrupt_ends_it_clean(start):
    with start("explore", "--no-browser", PYTHONUNBUFFERED="1") as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.fullmatch(r"The explorer is at http://127\.0\.0\.1:\d+/#token=\S{32}\n", line)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    assert out == "The explorer has ended.\n"


def test_a_port_in_use_names_one_that_is_free(call):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        left = call("explore", "--no-browser", "--port", port)
    assert left.code == 2
    assert f"port {port} of this machine is in use or not allowed: --port " in left.err
    assert "The explorer cannot be started:" in left.err
    (free,) = re.findall(r"--port (\d+) is free", left.err)
    assert int(free) > port


def test_without_its_packages_it_names_what_to_install(call, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "entrap.studies.explore.serve", raising=False)
    left = call("explore", "--no-browser")
    assert left.code == 2
    assert "The explorer cannot be started:" in left.err
    assert "it needs the package uvicorn: install `entrap[explore]`" in left.err


def test_a_wrong_case_file_is_refused_before_anything_is_served(call, tmp_path):
    (tmp_path / "wrong.toml").write_text("[material]\ncritical_temperatur = 3", "utf-8")
    left = call("explore", "wrong.toml", "--no-browser", cwd=tmp_path)
    assert left.code == 2
    assert "wrong.toml, line 2" in left.err


def test_a_page_in_a_file_has_no_port_and_opens_no_folder(call, tmp_path):
    page = tmp_path / "page.html"
    left = call("explore", "--port", 8765, "--static", page)
    assert (left.code, left.out) == (2, "")
    assert "--port 8765 is of no use with --static" in left.err
    left = call("explore", tmp_path, "--static", page)
    assert left.code == 2
    assert "cannot be opened with --static" in left.err
    assert not page.exists()
