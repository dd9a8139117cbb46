"""The explorer's page on a port of this machine, until it is interrupted."""

import secrets
import socket
import webbrowser
from collections.abc import Mapping, Sequence
from types import FrameType
from typing import Any

import typer
import uvicorn

from entrap.core.errors import InputError
from entrap.studies.explore.folders import Results
from entrap.studies.explore.server import Explorer, application
from entrap.studies.explore.worker import Worker

HOST = "127.0.0.1"
FIRST_PORT = 8765
"""The port that is tried first, where none is given."""

_TRIED = 50


def serve(
    cases: Mapping[str, Mapping[str, Any]],
    port: int | None = None,
    *,
    browser: bool = True,
    paths: Mapping[str, str] | None = None,
    folders: Sequence[Results] = (),
) -> None:
    """Show the page until Ctrl-C.

    Args:
        cases: By name, as nested tables; the first is shown at the start.
        port: Of the page; where none is given the first that is free from 8765 on.
        browser: Whether to open the page in the user's browser.
        paths: Files from which cases were read, by name.
        folders: Results that are open at the start.

    Raises:
        InputError: the port is in use.
    """
    listening = _listening(port)
    token, taken = secrets.token_urlsafe(24), listening.getsockname()[1]
    worker = Worker(cases)
    explorer = Explorer(cases, worker, folders, paths)
    hosts = [f"{HOST}:{taken}", f"localhost:{taken}"]
    config = uvicorn.Config(
        application(explorer, hosts, token),
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=1,
        limit_concurrency=64,
        lifespan="off",
        ws="none",
    )
    address = f"http://{HOST}:{taken}/#token={token}"
    try:
        typer.echo(f"The explorer is at {address}\nPress Ctrl-C to end it.")
        explorer.warm_up()
        if browser:
            webbrowser.open(address)
        _Server(config, worker).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        explorer.close()
        worker.close()
        listening.close()
    typer.echo("The explorer has ended.")


class _Server(uvicorn.Server):
    """A server that gives up what is computed as soon as it is to end."""

    def __init__(self, config: uvicorn.Config, worker: Worker) -> None:
        super().__init__(config)
        self.worker = worker

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take the signal; questions that wait are answered, that there is no answer."""
        self.worker.close(wait=False)
        super().handle_exit(sig, frame)


def _listening(port: int | None) -> socket.socket:
    """A socket that listens on this machine alone."""
    wanted = range(FIRST_PORT, FIRST_PORT + _TRIED) if port is None else (port,)
    for each in wanted:
        if made := _bound(each):
            return made
    free = next((each for each in range(wanted[-1] + 1, 65536) if _is_free(each)), None)
    instead = f": --port {free} is free" if free else ""
    raise InputError(f"port {wanted[0]} of this machine is in use or not allowed{instead}")


def _is_free(port: int) -> bool:
    made = _bound(port)
    if made:
        made.close()
    return made is not None


def _bound(port: int) -> socket.socket | None:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
        made.listen(64)
    except OSError:
        made.close()
        return None
    return made
