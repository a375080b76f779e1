"""The one page that is drawn without NiceGUI: where one gives the admin token."""

from __future__ import annotations

from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from connector.web.dashboard import looks, paths
from connector.web.dashboard.language import marked
from connector.web.dashboard.looks import Looks
from connector.web.dashboard.theme import STYLE
from connector.web.door import LASTS, SESSION, Door, is_from_here

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI

POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {"content-security-policy": POLICY, "referrer-policy": "same-origin"}
_LONGEST = 500
_MOST_FIELDS = 5


def offer(app: FastAPI) -> None:
    """Add what the dashboard needs beside its pages."""
    app.add_route(paths.LOGIN, _ask, methods=["GET"], include_in_schema=False)
    app.add_route(paths.LOGIN, _take, methods=["POST"], include_in_schema=False)
    app.add_route(paths.LOGOUT, _forget, methods=["POST"], include_in_schema=False)
    app.add_route(paths.PREFERENCES, _prefer, methods=["POST"], include_in_schema=False)
    app.add_route(paths.STYLE, _style, methods=["GET"], include_in_schema=False)


async def _ask(request: Request) -> Response:
    door: Door = request.app.state.door
    page = _page_in(request.query_params.get("next", ""))
    if door.token is None or door.has_session(request.scope):
        return RedirectResponse(page, HTTPStatus.SEE_OTHER)
    return _form(request, page)


async def _take(request: Request) -> Response:
    """Let somebody in who gives the token; guesses count as those of the API do."""
    door: Door = request.app.state.door
    given = await _fields(request)
    page = _page_in(given.get("next", ""))
    if door.token is None:
        return RedirectResponse(page, HTTPStatus.SEE_OTHER)
    if not is_from_here(request.scope):
        return _form(
            request,
            page,
            marked("This form came from another site: log in here."),
            HTTPStatus.FORBIDDEN,
        )
    if (wait := door.wait(request.scope)) is not None:
        seconds = max(1, round(wait.total_seconds()))
        answer = _form(
            request,
            page,
            marked("Too many wrong tokens. Wait a minute."),
            HTTPStatus.TOO_MANY_REQUESTS,
        )
        answer.headers["retry-after"] = str(seconds)
        return answer
    token = given.get("token", "").strip().encode(errors="replace")
    if not door.is_right(token):
        door.failed(request.scope)
        return _form(request, page, marked("This is not the admin token."), HTTPStatus.UNAUTHORIZED)
    answer = RedirectResponse(page, HTTPStatus.SEE_OTHER)
    answer.set_cookie(
        SESSION,
        door.new_session(),
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        secure=_is_secure(request),
        samesite="strict",
    )
    return answer


async def _forget(request: Request) -> Response:
    door: Door = request.app.state.door
    door.end_session(request.scope)
    answer = RedirectResponse(paths.LOGIN, HTTPStatus.SEE_OTHER)
    answer.delete_cookie(SESSION, secure=_is_secure(request), httponly=True, samesite="strict")
    return answer


async def _prefer(request: Request) -> Response:
    given = await _fields(request)
    answer = RedirectResponse(_page_in(given.get("next", "")), HTTPStatus.SEE_OTHER)
    looks.keep(answer, Looks.of(request.scope), given, is_secure=_is_secure(request))
    return answer


async def _fields(request: Request) -> Mapping[str, str]:
    """Return the fields of a form; none where it is no form of ours."""
    try:
        found = parse_qs((await request.body()).decode(), max_num_fields=_MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in found.items()}


async def _style(_request: Request) -> Response:
    return Response(STYLE, media_type="text/css")


def _form(
    request: Request, page: str, wrong: str = "", status: HTTPStatus = HTTPStatus.OK
) -> Response:
    mine = Looks.of(request.scope)
    say = mine.language.text
    told = f'<p class="wrong" role="alert">{escape(say(wrong))}</p>' if wrong else ""
    body = f"""<!doctype html>
<html lang="{mine.language.code}" class="theme-{mine.theme}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(say("Log in"))} · heatsync</title><link rel="stylesheet" href="{paths.STYLE}"></head>
<body class="login"><main><form method="post" action="{paths.LOGIN}">
<h1><span class="brand-mark" aria-hidden="true"></span>heatsync</h1>
<label for="token">{escape(say("Admin token"))}</label>
<input id="token" name="token" type="password" autocomplete="current-password" required autofocus>
<input type="hidden" name="next" value="{escape(page)}">{told}
<button class="button primary" type="submit">{escape(say("Log in"))}</button>
<p class="hint">{escape(say("The token is what HEATSYNC_ADMIN_TOKEN holds on the server."))}</p>
</form></main></body></html>"""
    return HTMLResponse(body, status, headers=_HEADERS)


def _page_in(wished: str) -> str:
    return wished if paths.is_page(wished) and len(wished) <= _LONGEST else paths.OVERVIEW


def _is_secure(request: Request) -> bool:
    door: Door = request.app.state.door
    return door.proxies.scheme(request.scope) == "https"
