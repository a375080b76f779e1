"""Who may ask: whoever has the admin token, or is on this machine where there is none."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from connector.web.answers import refusal

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from connector.web.desk import Desk

OPEN = ("/healthz", "/readyz")
"""What anybody may ask for, beside the calls of platforms, which prove themselves."""


class Guard:
    """Lets through what needs no token, and what carries the right one."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        """Take what it stands before."""
        self._app = app
        self._desk = desk

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or self._may_pass(scope):
            await self._app(scope, receive, send)
            return
        headers = {"www-authenticate": "Bearer"}
        answer = refusal(401, "give the admin token as a bearer token", headers=headers)
        await answer(scope, receive, send)

    def _may_pass(self, scope: Scope) -> bool:
        path: str = scope["path"]
        if path in OPEN or path.startswith("/webhooks/"):
            return True
        token = self._desk.settings.admin_token
        if token is None:
            return True
        wanted = f"Bearer {token.get_secret_value()}".encode()
        given = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(given, wanted)
