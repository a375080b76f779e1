"""Who may ask: whoever has the admin token, or is on this machine where there is none."""

from __future__ import annotations

import base64
import binascii
import hmac
import math
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from connector.web.addresses import Proxies, is_loopback, names_this_machine, neighbourhood
from connector.web.answers import refusal
from connector.web.attempts import Attempts

if TYPE_CHECKING:
    from fastapi.responses import JSONResponse
    from starlette.types import ASGIApp, Receive, Scope, Send

    from connector.web.desk import Desk

OPEN = frozenset({"/healthz", "/readyz"})
"""What anybody may ask for, beside the calls of platforms, which prove themselves."""
FOR_BROWSERS = frozenset({"/", "/api/docs", "/api/openapi.json"})
"""Where a browser asks for the token by itself, as the password of any name.

It then sends the token along with whatever is asked for in its name, by a page from elsewhere too:
so nowhere that anything of anybody is told or changed.
"""
WRONG_TOKENS = 10
"""In a minute, before an address is not listened to."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Guard:
    """Lets through what needs no token, and whoever may ask."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        """Take what it stands before."""
        self._app = app
        self._desk = desk
        self._proxies = Proxies.read(desk.settings.trusted_proxies)
        self._attempts = Attempts(allowed=WRONG_TOKENS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["path"] in OPEN:
            await self._app(scope, receive, send)
            return
        token = self._desk.settings.admin_token
        if token is None:
            refused = self._refuse_stranger(scope)
        else:
            refused = self._refuse_token(scope, token.get_secret_value().encode())
        await (refused or self._app)(scope, receive, send)

    def _refuse_token(self, scope: Scope, wanted: bytes) -> JSONResponse | None:
        """Return what to answer whoever does not have the token; None: they have it."""
        now = self._desk.clock.now()
        address = neighbourhood(self._proxies.caller(scope))
        # Also the right token is not heard then, or it could be told from the wrong ones.
        if (wait := self._attempts.wait(address, now)) is not None:
            headers = {"retry-after": str(math.ceil(wait.total_seconds()))}
            return refusal(HTTPStatus.TOO_MANY_REQUESTS, "too many wrong tokens", headers=headers)
        for_browsers = scope["path"] in FOR_BROWSERS
        given = _header(scope, b"authorization")
        scheme, _, rest = given.strip().partition(b" ")
        is_password = scheme.lower() == b"basic"
        token = _password(rest.strip()) if is_password else rest.strip()
        is_right = bool(token) and hmac.compare_digest(token, wanted)
        if is_right and (for_browsers if is_password else scheme.lower() == b"bearer"):
            return None
        # A browser that knows the token sends it along where it opens nothing: that is no guess.
        if given and not is_right:
            self._attempts.failed(address, now)
        text = "give the admin token as a bearer token"
        answer = refusal(HTTPStatus.UNAUTHORIZED, text, (), {"www-authenticate": "Bearer"})
        if for_browsers:
            # On a line of its own: Chromium takes a line for one way of asking.
            answer.headers.append("www-authenticate", 'Basic realm="heatsync", charset="UTF-8"')
        return answer

    def _refuse_stranger(self, scope: Scope) -> JSONResponse | None:
        """Return what to answer whoever is not on this machine; None: they are.

        A page that somebody here looks at is a stranger too: neither a name of its own for this
        machine nor a form that it sends gets through.
        """
        host = _header(scope, b"host").decode("latin-1")
        if not is_loopback(self._proxies.caller(scope)) or not names_this_machine(host):
            text = "without an admin token only this machine is answered, by the name localhost"
            return refusal(HTTPStatus.FORBIDDEN, text)
        origin = _header(scope, b"origin").decode("latin-1")
        if scope["method"] not in _SAFE and origin and _host_of(origin) != host:
            return refusal(HTTPStatus.FORBIDDEN, "a page from elsewhere may not change anything")
        return None


def _header(scope: Scope, wanted: bytes) -> bytes:
    return next((value for name, value in scope["headers"] if name == wanted), b"")


def _password(given: bytes) -> bytes:
    """Return the password of a name and password as a browser sends them; empty for nonsense."""
    try:
        return base64.b64decode(given, validate=True).partition(b":")[2]
    except binascii.Error:
        return b""


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""
