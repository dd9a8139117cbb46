"""The command line, called in this process and as a process of its own."""

import contextlib
import io
import os
import subprocess
import sys
import types
from pathlib import Path
from unittest import mock

import pytest

from entrap.present import cli


def _called(*arguments, cwd="."):
    """Call `main` with these arguments there: exit code, output and errors."""
    out, err = io.StringIO(), io.StringIO()
    before = os.environ.copy()
    with (
        mock.patch.object(sys, "argv", ["entrap", *map(str, arguments)]),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ, before),
    ):
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
    return types.SimpleNamespace(code=code, out=out.getvalue(), err=err.getvalue())


@pytest.fixture(scope="session")
def call():
    """`call("run", "case.toml", cwd=folder)`: the command in this process."""
    return _called


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Environment of processes: nothing of theirs is kept in the home folder."""
    return os.environ | {"JAX_COMPILATION_CACHE_DIR": str(tmp_path_factory.mktemp("compiled"))}


@pytest.fixture(scope="session")
def start(environment):
    """`start("run", "case.toml", cwd=folder)`: the command as a process, not waited for."""
    command = Path(sys.executable).parent / "entrap"

    def started(*arguments, cwd="."):
        return subprocess.Popen(
            [command, *map(str, arguments)],
            cwd=cwd,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    return started
