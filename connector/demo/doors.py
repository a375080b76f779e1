"""The doors of the played platforms: one is closed to see what happens then, and opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.types import ASGIApp, Receive, Scope, Send


class Door:
    """Stands before a platform. While it is closed, connections break and no call is made."""

    def __init__(self, app: ASGIApp, on_change: Callable[[str], None]) -> None:
        """Take what is behind it, and who is told that it is closed or opened."""
        self.is_open = True
        self._app = app
        self._on_change = on_change

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, or break its connection."""
        transport = scope.get("state", {}).get("transport")
        if self.is_open or transport is None:
            await self._app(scope, receive, send)
            return
        transport.abort()

    def turn(self, *, is_open: bool) -> None:
        """Open or close it."""
        if is_open is not self.is_open:
            self.is_open = is_open
            self._on_change("answers again" if is_open else "does not answer any more")


def control(doors: Mapping[str, Door]) -> Starlette:
    """Return the application by which somebody closes and opens doors."""

    async def look(_: Request) -> JSONResponse:
        return JSONResponse(_standing(doors))

    async def turn(request: Request) -> JSONResponse:
        door = doors.get(request.path_params["name"])
        wanted = {"stop": False, "start": True}.get(request.path_params["what"])
        if door is None or wanted is None:
            known = ", ".join(doors)
            text = f"POST /platforms/<name>/stop or /start, where <name> is one of {known}"
            return JSONResponse({"error": text}, 404)
        door.turn(is_open=wanted)
        return JSONResponse(_standing(doors))

    return Starlette(
        routes=[
            Route("/platforms", look),
            Route("/platforms/{name}/{what}", turn, methods=["POST"]),
        ]
    )


def _standing(doors: Mapping[str, Door]) -> Mapping[str, str]:
    return {name: "answers" if door.is_open else "stopped" for name, door in doors.items()}
