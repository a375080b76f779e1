"""The doors of the played platforms: one is closed to see what happens then, and opened again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Receive, Scope, Send


class Door:
    """Stands before a platform. While it is closed, connections break and no call is made."""

    def __init__(self, app: ASGIApp, title: str, on_change: Callable[[str], None]) -> None:
        """Take what is behind it, what it is called, and who is told that it is turned."""
        self.is_open = True
        self.title = title
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


_PAGE = """\
<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Simulated platforms</title>
<style>
  body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto;
    padding: 0 1rem; color-scheme: light dark; background: Canvas; color: CanvasText }}
  form {{ display: flex; align-items: center; gap: 1rem; padding: .6rem 0 }}
  b {{ width: 6rem }} span {{ flex: 1 }} button {{ font: inherit; padding: .2rem 1rem }}
</style>
<h1>Simulated platforms</h1>
<p>Stop one, and see in the dashboard what heatsync makes of it; start it again, and it catches up.
{rows}
"""
_ROW = """\
<form method="post" action="/platforms/{name}/{turn}"><b>{title}</b> <span>{standing}</span>
<button name="from" value="page" aria-label="{label} {title}">{label}</button></form>
"""


def control(doors: Mapping[str, Door]) -> Starlette:
    """Return the application by which somebody closes and opens doors: a page, and calls."""

    async def page(_: Request) -> HTMLResponse:
        rows = "".join(_row(name, door) for name, door in doors.items())
        return HTMLResponse(_PAGE.format(rows=rows))

    async def look(_: Request) -> JSONResponse:
        return JSONResponse(_standing(doors))

    async def turn(request: Request) -> Response:
        door = doors.get(request.path_params["name"])
        wanted = {"stop": False, "start": True}.get(request.path_params["what"])
        if door is None or wanted is None:
            known = ", ".join(doors)
            text = f"POST /platforms/<name>/stop or /start, where <name> is one of {known}"
            return JSONResponse({"error": text}, 404)
        door.turn(is_open=wanted)
        if await request.body():  # only the page sends one
            return RedirectResponse("/", 303)
        return JSONResponse(_standing(doors))

    return Starlette(
        routes=[
            Route("/", page),
            Route("/platforms", look),
            Route("/platforms/{name}/{what}", turn, methods=["POST"]),
        ]
    )


def _row(name: str, door: Door) -> str:
    turn, label = ("stop", "Stop") if door.is_open else ("start", "Start")
    return _ROW.format(
        name=name, title=door.title, turn=turn, label=label, standing=_standing({name: door})[name]
    )


def _standing(doors: Mapping[str, Door]) -> Mapping[str, str]:
    return {name: "answers" if door.is_open else "stopped" for name, door in doors.items()}
