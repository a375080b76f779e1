"""What is answered at an address where nothing is."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from connector.web.answers import refusal
from connector.web.dashboard.frame import missing
from connector.web.dashboard.looks import Looks
from connector.web.door import header

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response


def offer(app: FastAPI) -> None:
    """Have `app` tell a browser by a page that nothing is there, and a program as the API does."""
    # NiceGUI's own page of this needs scripts that no browser may load without our frame.
    app.add_exception_handler(HTTPStatus.NOT_FOUND, _find_nothing)


async def _find_nothing(request: Request, _error: Exception) -> Response:
    if b"text/html" in header(request.scope, b"accept"):
        return missing(Looks.of(request.scope))
    return refusal(HTTPStatus.NOT_FOUND, "not found")
