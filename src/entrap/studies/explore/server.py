"""The explorer's server: its page, and pictures of the cases that the page asks for."""

import asyncio
import hashlib
import json
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

import tomli_w
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from entrap.case.case import Case
from entrap.core.errors import InputError, SolveError, printable
from entrap.studies.explore.controls import as_stated, graded, presets, with_changes
from entrap.studies.explore.guard import Guard

LARGEST = 64_000
"""Bytes of a request, at most."""
PATIENCE = 60.0
"""Seconds after which the page is told that a computation takes too long."""

_MOST_FORMS = 200  # modules of closed forms that are kept for the page
_PAGE = Path(str(files("entrap.studies.explore") / "page"))
_log = logging.getLogger(__name__)


class Explorer:
    """Answers the page; one computation at a time.

    Args:
        opened: Cases that were named at the start, by name, as nested tables.
        patience: Seconds that a computation may take until the page is told.
    """

    def __init__(
        self, opened: Mapping[str, Mapping[str, Any]] | None = None, patience: float = PATIENCE
    ) -> None:
        self.cases = {**(opened or {}), **presets()}
        self.patience = patience
        self._worker = ThreadPoolExecutor(1, "entrap-explore")
        self._writer = ThreadPoolExecutor(1, "entrap-closed-forms")
        self._forms: dict[str, str] = {}
        self._ready = threading.Event()

    def warm_up(self) -> None:
        """Compute the first picture, so that what is asked first need not wait for imports."""
        first = next(iter(self.cases.values()))
        self._worker.submit(self._picture, first, {}).add_done_callback(lambda _: self._ready.set())

    def close(self) -> None:
        """Let go of what waits to be computed."""
        for each in (self._worker, self._writer):
            each.shutdown(wait=False, cancel_futures=True)

    async def start(self, _: Request) -> Response:
        """What the page needs to know once."""
        cases = [{"name": name, "title": case["title"]} for name, case in self.cases.items()]
        return JSONResponse({"cases": cases, "grades": graded(), "version": version("entrap")})

    async def picture(self, request: Request) -> Response:
        """The picture of a case with changes; what is wrong with it by key; why there is none."""
        asked = await self._asked(request)
        return await self._computed(lambda: self._picture(self._base(asked), _changes(asked)))

    async def closed(self, request: Request) -> Response:
        """The closed forms of a case: where their modules are, and the numbers that they take."""
        asked = await self._asked(request)
        return await self._computed(lambda: self._closed(self._base(asked)), self._writer)

    async def forms(self, request: Request) -> Response:
        """A module of closed forms that the page was told of."""
        text = self._forms.get(request.path_params["name"])
        if text is None:
            raise HTTPException(404, "There are no such closed forms.")
        return Response(text, media_type="text/javascript")

    async def case_file(self, request: Request) -> Response:
        """The case with its changes as a case file, and the command that computes the same."""
        asked = await self._asked(request)
        return await self._computed(lambda: self._written(self._base(asked), _changes(asked)))

    async def opened(self, request: Request) -> Response:
        """A case file from the page, as nested tables."""
        asked = await self._asked(request)
        return await self._computed(lambda: _read(asked.get("text")))

    def _base(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        case = asked.get("case")
        if isinstance(case, Mapping):
            return case
        if not isinstance(case, str) or case not in self.cases:
            raise InputError(f"`case` must be one of {', '.join(self.cases)}, or a case's tables")
        return self.cases[case]

    def _picture(self, base: Mapping[str, Any], changes: Mapping[str, Any]) -> Response:
        from entrap.studies.explore.picture import picture_of

        made = picture_of(Case.from_dict(with_changes(base, changes)))
        return Response(made.packed(), media_type="application/octet-stream")

    def _closed(self, base: Mapping[str, Any]) -> Response:
        from entrap.studies.explore.closed import closed_forms, told

        made = closed_forms(Case.from_dict(dict(base)))
        names = [f"{hashlib.sha256(text.encode()).hexdigest()[:20]}.js" for text in made.modules]
        if len(self._forms) > _MOST_FORMS:
            self._forms.clear()
        self._forms |= dict(zip(names, made.modules, strict=True))
        modules = [f"forms/{name}" for name in names]
        return JSONResponse({"modules": modules, "data": made.data, "told": told()})

    def _written(self, base: Mapping[str, Any], changes: Mapping[str, Any]) -> Response:
        stated = with_changes(base, changes)
        Case.from_dict(stated)
        return JSONResponse({"text": tomli_w.dumps(stated)})

    async def _asked(self, request: Request) -> dict[str, Any]:
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                raise HTTPException(413, f"A request may have at most {LARGEST} bytes.")
        try:
            asked = json.loads(body, parse_constant=_no_number)
        except (ValueError, RecursionError):
            raise HTTPException(400, "The request is no JSON.") from None
        if not isinstance(asked, dict):
            raise HTTPException(400, "The request must be a JSON object.")
        return asked

    async def _computed(
        self, compute: Callable[[], Response], worker: ThreadPoolExecutor | None = None
    ) -> Response:
        """What a computation gives; its failure is said, and a long one is not waited for."""
        work = asyncio.get_running_loop().run_in_executor(worker or self._worker, compute)
        try:
            return await asyncio.wait_for(asyncio.shield(work), self.patience)
        except InputError as error:
            return _wrong(*((problem.key, problem.text) for problem in error.problems))
        except SolveError as error:
            return _wrong(("", str(error)))
        except TimeoutError:
            text = f"The computation takes more than {self.patience:g} s. It goes on."
            return _wrong(("", text), status=503)
        except Exception:  # the server outlives whatever one case does
            _log.exception("a picture could not be computed")
            return _wrong(("", "The computation failed in a way that entrap does not know."))


def application(explorer: Explorer, hosts: list[str], token: str) -> Starlette:
    """The server's answers, behind its guard."""
    routes = [
        Route("/", lambda _: FileResponse(_PAGE / "index.html")),
        Route("/api/start", explorer.start),
        Route("/api/picture", explorer.picture, methods=["POST"]),
        Route("/api/case-file", explorer.case_file, methods=["POST"]),
        Route("/api/closed", explorer.closed, methods=["POST"]),
        Route("/page/forms/{name}", explorer.forms),
        Route("/api/opened", explorer.opened, methods=["POST"]),
        Mount("/page", StaticFiles(directory=_PAGE)),
    ]
    guard = Middleware(Guard, hosts=hosts, token=token)
    return Starlette(
        routes=routes, middleware=[guard], exception_handlers={HTTPException: _refusal}
    )


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


async def _refusal(_: Request, error: Any) -> Response:
    return _wrong(("", error.detail), status=error.status_code)


def _wrong(*problems: tuple[str, str], status: int = 422) -> Response:
    """What is wrong: keys and sentences, in which what cannot be written stands as an escape."""
    shown = [{"key": printable(key), "text": printable(text)} for key, text in problems]
    return JSONResponse({"problems": shown}, status)


def _changes(asked: Mapping[str, Any]) -> dict[str, Any]:
    changes = asked.get("changes", {})
    if not isinstance(changes, dict):
        raise InputError("`changes` must be values by dotted key")
    return changes


def _read(text: Any) -> Response:
    if not isinstance(text, str):
        raise InputError("`text` must be the text of a case file")
    return JSONResponse({"case": as_stated(text)})


def _no_number(word: str) -> Any:
    raise ValueError(word)
