"""Who may ask: whoever has the admin token, or is on this machine where there is none."""

from __future__ import annotations

import base64
import binascii
import math
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote

from fastapi.responses import RedirectResponse

from connector.web.answers import refusal
from connector.web.dashboard import paths
from connector.web.door import header, is_embedded_elsewhere, is_from_elsewhere, is_from_here

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send

    from connector.web.door import Door

OPEN = frozenset({"/healthz", "/readyz"})
"""What anybody may ask for, beside the calls of platforms, which prove themselves."""
FOR_BROWSERS = frozenset({"/", "/api/docs", "/api/openapi.json"})
"""Where a browser asks for the token by itself, as the password of any name.

It then sends the token along with whatever is asked for in its name, by a page from elsewhere too:
so nowhere that anything of anybody is told or changed.
"""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_STRANGER = "without an admin token only this machine is answered, by the name localhost"
_ELSEWHERE = "a page from elsewhere may not change anything"
_EMBEDDED = "a page from elsewhere may lead here, and not have anything fetched"
_NO_SESSION = "log in first"
_POLICY_VIOLATED = 1008


class Guard:
    """Lets through what needs no token, and whoever may ask."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        """Take what it stands before."""
        self._app = app
        self._door = door
        self._has_dashboard = door.settings.dashboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "websocket":
            await self._answer_socket(scope, receive, send)
            return
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        await (self._refuse(scope) or self._app)(scope, receive, send)

    async def _answer_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on a socket of a page of ours, and no other: browsers open one to anywhere."""
        is_ours = self._is_of_dashboard(scope) and is_from_here(scope)
        if is_ours and self._may_see(scope):
            await self._app(scope, receive, send)
            return
        await receive()
        await send({"type": "websocket.close", "code": _POLICY_VIOLATED, "reason": _NO_SESSION})

    def _refuse(self, scope: Scope) -> Response | None:
        """Return what to answer whoever may not ask; None: they may."""
        if self._door.token is None:
            return self._refuse_stranger(scope)
        if self._has_dashboard and scope["path"] in paths.OPEN:
            return None
        if self._is_of_dashboard(scope):
            return self._refuse_browser(scope)
        return self._refuse_token(scope)

    def _refuse_browser(self, scope: Scope) -> Response | None:
        """Return what to answer a browser without a session: where one logs in."""
        if not self._door.has_session(scope):
            if scope["method"] in _SAFE and paths.is_page(scope["path"]):
                address = f"{paths.LOGIN}?next={quote(_asked(scope))}"
                return RedirectResponse(address, HTTPStatus.SEE_OTHER)
            return refusal(HTTPStatus.UNAUTHORIZED, _NO_SESSION)
        # A browser that does not tell who sends a form cannot be told from a foreign page.
        if scope["method"] not in _SAFE and not is_from_here(scope):
            return refusal(HTTPStatus.FORBIDDEN, _ELSEWHERE)
        return None

    def _refuse_token(self, scope: Scope) -> Response | None:
        """Return what to answer whoever does not have the token; None: they have it."""
        # Also the right token is not heard then, or it could be told from the wrong ones.
        if (wait := self._door.wait(scope)) is not None:
            headers = {"retry-after": str(math.ceil(wait.total_seconds()))}
            return refusal(HTTPStatus.TOO_MANY_REQUESTS, "too many wrong tokens", headers=headers)
        for_browsers = scope["path"] in FOR_BROWSERS
        given = header(scope, b"authorization")
        scheme, _, rest = given.strip().partition(b" ")
        is_password = scheme.lower() == b"basic"
        is_right = self._door.is_right(_password(rest.strip()) if is_password else rest.strip())
        if is_right and (for_browsers if is_password else scheme.lower() == b"bearer"):
            return None
        if for_browsers and self._has_dashboard and self._door.has_session(scope):
            return None
        # A browser that knows the token sends it along where it opens nothing: that is no guess.
        if given and not is_right:
            self._door.failed(scope)
        text = "give the admin token as a bearer token"
        answer = refusal(HTTPStatus.UNAUTHORIZED, text, (), {"www-authenticate": "Bearer"})
        if for_browsers:
            # On a line of its own: Chromium takes a line for one way of asking.
            answer.headers.append("www-authenticate", 'Basic realm="heatsync", charset="UTF-8"')
        return answer

    def _refuse_stranger(self, scope: Scope) -> Response | None:
        """Return what to answer whoever is not on this machine; None: they are.

        A page that somebody here looks at is a stranger too: neither a name of its own for this
        machine nor a form that it sends gets through.
        """
        if not self._door.is_of_this_machine(scope):
            return refusal(HTTPStatus.FORBIDDEN, _STRANGER)
        if scope["method"] not in _SAFE and is_from_elsewhere(scope):
            return refusal(HTTPStatus.FORBIDDEN, _ELSEWHERE)
        if is_embedded_elsewhere(scope):
            return refusal(HTTPStatus.FORBIDDEN, _EMBEDDED)
        return None

    def _is_of_dashboard(self, scope: Scope) -> bool:
        return self._has_dashboard and paths.is_of_dashboard(scope["path"])

    def _may_see(self, scope: Scope) -> bool:
        if self._door.token is None:
            return self._door.is_of_this_machine(scope)
        return self._door.has_session(scope)


def _asked(scope: Scope) -> str:
    """Return the path that is asked for, with what is asked of it."""
    query: str = scope["query_string"].decode("latin-1")
    return f"{scope['path']}?{query}" if query else scope["path"]


def _password(given: bytes) -> bytes:
    """Return the password of a name and password as a browser sends them; empty for nonsense."""
    try:
        return base64.b64decode(given, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""
