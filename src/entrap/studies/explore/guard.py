"""What keeps the explorer's server to its own page: hosts, origins, a token and strict headers."""

import secrets
from collections.abc import Iterable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

TOKEN = "x-entrap-token"
"""Header in which the page sends its token."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


class Guard:
    """Passes on what comes from the page itself, and refuses the rest.

    A page of another site may reach a server on this machine, under a name of its own for it or by
    a request across origins: hence the exact list of hosts and the token.

    Args:
        app: What answers.
        hosts: "host:port" under which the page may be asked for, exactly.
        token: What every request other than for the page's own files must bring along.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str], token: str) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.origins = frozenset(f"http://{host}" for host in self.hosts)
        self.token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, with the headers that keep the page closed."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
            return

        async def closed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(_HEADERS)
            await send(message)

        why = self._refused(scope)
        answer = PlainTextResponse(why, 403) if why else self.app
        await answer(scope, receive, closed)

    def _refused(self, scope: Scope) -> str:
        """Why a request is refused; empty where it is not."""
        headers = Headers(scope=scope)
        if headers.getlist("host") not in [[host] for host in self.hosts]:
            return "This address is not the explorer's."
        if any(origin not in self.origins for origin in headers.getlist("origin")):
            return "This page is not the explorer's."
        if scope["method"] == "GET" and not scope["path"].startswith("/api/"):
            return ""
        given = headers.get(TOKEN, "").encode("latin-1", "replace")
        if not secrets.compare_digest(given, self.token):
            return "The token is missing or wrong: open the address that `entrap explore` printed."
        return ""
