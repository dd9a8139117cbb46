"""The explorer's server: its page, and answers about the cases that the page asks for."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from entrap.core.errors import InputError
from entrap.studies.explore.answers import Answer, refused
from entrap.studies.explore.bundle import MODULES, PAGE, text_of
from entrap.studies.explore.controls import graded, listed, tabs_of
from entrap.studies.explore.folders import Results
from entrap.studies.explore.guard import Guard
from entrap.studies.explore.made import made_before

LARGEST = 64_000
"""Bytes of a request, at most."""

_MOST_FORMS = 200  # modules of closed forms that are kept for the page
_MOST_WAITING = 32  # questions
_DEEPEST = 12  # levels of tables in tables


class Explorer:
    """Answers the page; one computation at a time.

    Args:
        cases: Nested tables of the cases that the page knows by name; the first is shown.
        compute: Answers questions, as `Answers` or a `Worker` does.
        folders: Results that were named at the start.
        paths: Files from which cases were read, by name.
    """

    def __init__(
        self,
        cases: Mapping[str, Mapping[str, Any]],
        compute: Callable[[str, Mapping[str, Any]], Answer],
        folders: Sequence[Results] = (),
        paths: Mapping[str, str] | None = None,
    ) -> None:
        self.cases = cases
        self.compute = compute
        self.folders = folders
        self.paths = paths or {}
        self._made = made_before()
        self._forms = dict(self._made.modules)
        self._thread = ThreadPoolExecutor(1, "entrap-explore")
        self._waiting = 0

    def warm_up(self) -> None:
        """Compute the first picture, so that what is asked first need not wait for imports."""
        first = next(iter(self.cases))
        tabs = tabs_of(self.cases[first])
        if "sample" in tabs and not self._at_hand(first):
            self._thread.submit(self.compute, "closed", {"case": first})
        if tabs:
            question = "picture" if "sample" in tabs else "device"
            self._thread.submit(self.compute, question, {"case": first})

    def close(self) -> None:
        """Let go of what waits to be computed."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def start(self, _: Request) -> Response:
        """What the page needs to know once."""
        cases = [
            each | ({"file": self.paths[each["name"]]} if each["name"] in self.paths else {})
            for each in listed(self.cases)
        ]
        results = [{"name": each.name, "files": each.files} for each in self.folders]
        told = {"told": self._made.told, "results": results, "version": version("entrap")}
        return JSONResponse({"cases": cases, "grades": graded()} | told)

    def answering(self, question: str) -> Callable[..., Any]:
        """What answers a question of the page."""

        async def answer(request: Request) -> Response:
            asked = await _asked(request)
            if question == "closed" and self._at_hand(asked.get("case")):
                return _response(self._made.answer)
            return _response(await self._computed(question, asked))

        return answer

    def _at_hand(self, name: Any) -> bool:
        """Whether the closed forms of a case lie in the package."""
        return isinstance(name, str) and self.cases.get(name) == self._made.case

    async def forms(self, request: Request) -> Response:
        """A module of closed forms that the page was told of."""
        text = self._forms.get(request.path_params["name"])
        if text is None:
            raise HTTPException(404, "There are no such closed forms.")
        return Response(text, media_type="text/javascript")

    async def result(self, request: Request) -> Response:
        """A file of a folder that was named at the start."""
        index = request.path_params["folder"]
        if index >= len(self.folders):
            raise HTTPException(404, "There is no such folder.")
        try:
            content = self.folders[index].read(request.path_params["name"])
        except InputError as error:
            return _response(refused(*((each.key, each.text) for each in error.problems)))
        return Response(content, media_type="application/octet-stream")

    async def _computed(self, question: str, asked: Mapping[str, Any]) -> Answer:
        if self._waiting >= _MOST_WAITING:
            return refused(("", "Too many questions wait for an answer; try again."), status=503)
        self._waiting += 1
        try:
            run = asyncio.get_running_loop().run_in_executor
            made = await run(self._thread, self.compute, question, asked)
        finally:
            self._waiting -= 1
        if len(self._forms) > _MOST_FORMS:
            self._forms = dict(self._made.modules)
        self._forms |= made.modules
        return made


def _index() -> str:
    """The page, which loads all its modules at once instead of one after another."""
    ahead = "".join(f'<link rel="modulepreload" href="page/{name}">\n' for name in MODULES)
    return text_of("index.html").replace("<script", f"{ahead}<script", 1)


async def _asked(request: Request) -> dict[str, Any]:
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > LARGEST:
            raise HTTPException(413, f"A request may have at most {LARGEST} bytes.")
    try:
        asked = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise HTTPException(400, "The request is no JSON.") from None
    if not isinstance(asked, dict) or not _shallow(asked):
        text = f"The request must be a JSON object, of at most {_DEEPEST} levels."
        raise HTTPException(400, text)
    return asked


def application(explorer: Explorer, hosts: list[str], token: str) -> Starlette:
    """The server's answers, behind its guard."""
    questions = ("picture", "device", "closed", "case_file", "opened")
    routes = [
        Route("/", lambda _: HTMLResponse(_index())),
        Route("/api/start", explorer.start),
        *(
            Route(f"/api/{name.replace('_', '-')}", explorer.answering(name), methods=["POST"])
            for name in questions
        ),
        Route("/api/results/{folder:int}/{name}", explorer.result),
        Route("/page/forms/{name}", explorer.forms),
        Mount("/page", StaticFiles(directory=PAGE)),
    ]
    guard = Middleware(Guard, hosts=hosts, token=token)
    return Starlette(
        routes=routes, middleware=[guard], exception_handlers={HTTPException: _refusal}
    )


async def _refusal(_: Request, error: Any) -> Response:
    return _response(refused(("", error.detail), status=error.status_code))


def _response(answer: Answer) -> Response:
    return Response(answer.body, answer.status, media_type=answer.kind)


def _shallow(value: Any, levels: int = _DEEPEST) -> bool:
    """Whether no list or table lies deeper than so many levels."""
    if not isinstance(value, dict | list):
        return True
    parts = value.values() if isinstance(value, dict) else value
    return levels > 0 and all(_shallow(part, levels - 1) for part in parts)


def _no_number(word: str) -> Any:
    raise ValueError(word)
