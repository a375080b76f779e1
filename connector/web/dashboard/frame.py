"""What is around every page: its head, its way to the others, and what a browser may load."""

from __future__ import annotations

import asyncio
import copy
import secrets
from dataclasses import dataclass
from functools import wraps
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import structlog
from nicegui import app, ui
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from connector.errors import ConnectorError
from connector.web.dashboard import paths
from connector.web.dashboard.drawing import box, link, text
from connector.web.dashboard.language import LANGUAGES, marked
from connector.web.dashboard.looks import Looks
from connector.web.dashboard.theme import THEMES
from connector.web.failures import told

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from connector.sync.workspace import Workspace
    from connector.web.dashboard.language import Language
    from connector.web.desk import Desk
    from connector.web.door import Door

TITLES = {
    paths.OVERVIEW: marked("Overview"),
    paths.LEADS: marked("Leads"),
    paths.MODEL: marked("Model"),
    paths.SIMULATE: marked("Try a draft"),
    paths.DELIVERIES: marked("Deliveries"),
    paths.RUNS: marked("Runs"),
    paths.LEAD: marked("Lead"),
}
_THEMES = {"system": marked("System"), "light": marked("Light"), "dark": marked("Dark")}
_POLICY = (
    "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; connect-src 'self'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Vue compiles templates of components in the browser, and sets styles of elements."""

PATIENCE = 30.0
"""Seconds after which a page is given up: on a busy machine it is late, and no failure."""
_NEVER = 3600.0
"""Seconds after which NiceGUI would give it up, by a page whose scripts no browser would run."""

_log = structlog.get_logger("heatsync.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One look at a page."""

    request: Request
    looks: Looks

    @property
    def desk(self) -> Desk:
        """Return what the web knows of the process."""
        desk: Desk = self.request.app.state.desk
        return desk

    @property
    def workspace(self) -> Workspace:
        """Return the installation as it is configured now."""
        return self.desk.workspace()

    @property
    def language(self) -> Language:
        """Return the language of whoever looks."""
        return self.looks.language

    def is_still_in(self) -> bool:
        """Return whether the session lasts; a page that stays open is asked again and again."""
        door: Door = self.request.app.state.door
        return door.token is None or door.has_session(self.request.scope)


def page(
    path: str, *, is_headed: bool = True
) -> Callable[[Callable[[Visit], Awaitable[None]]], None]:
    """Have the decorated function fill the page at `path`, in a frame.

    One that is not `is_headed` draws its own `heading`.
    """

    def offer(fill: Callable[[Visit], Awaitable[None]]) -> None:
        async def headed(visit: Visit) -> None:
            heading(visit.language.text(TITLES[path]))
            await fill(visit)

        @wraps(fill)
        async def shown(request: Request) -> Response:
            return await _shown(request, path, headed if is_headed else fill)

        # NiceGUI reads from the signature what it is to hand over.
        del shown.__wrapped__
        shown.__annotations__ = {"request": Request}
        ui.page(path, response_timeout=_NEVER)(shown)

    return offer


def heading(title: str) -> None:
    """Draw what the page is about above all else, and have the browser call it so."""
    ui.context.client.title = f"{title} · heatsync"
    text("h1", title)


def at(path: str, **query: str | int | None) -> str:
    """Return the address of a page with what it is asked; whatever is None is left out."""
    asked = {name: value for name, value in query.items() if value is not None}
    return f"{path}?{urlencode(asked)}" if asked else path


def live(visit: Visit, draw: Callable[[], Awaitable[None]], every: float) -> None:
    """Have `draw` called again while the page is open, for as long as its session lasts."""
    ui.timer(every, while_in(visit, draw), immediate=False)


def later(visit: Visit, draw: Callable[[], Awaitable[None]]) -> None:
    """Have `draw` called once the page is open: it draws what takes its time."""
    ui.timer(0, while_in(visit, draw), once=True)


def while_in(visit: Visit, draw: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
    """Return what calls `draw` for whoever's session lasts, and leads others to where one logs in.

    Where `draw` fails, the page stays as it is.
    """

    async def drawn() -> None:
        if not visit.is_still_in():
            ui.navigate.to(paths.LOGIN)
            return
        try:
            await draw()
        except ConnectorError as error:
            _log.warning("page not renewed", error=str(error))

    return drawn


async def _shown(request: Request, path: str, fill: Callable[[Visit], Awaitable[None]]) -> Response:
    desk: Desk = app.state.desk
    zone = desk.workspace().configuration.model.timezone
    visit = Visit(request=request, looks=Looks.of(request.scope, zone))
    client = ui.context.client
    # A page of NiceGUI has one language and theme for everybody: this copy is for this browser.
    client.page = copy.copy(client.page)
    client.page.language = _quasar(visit.language.code)
    client.page.dark = visit.looks.is_dark
    _dress(visit)
    try:
        with client.layout:
            _head(visit, path).move(target_index=0)
        with box("div", "page", id="content", tabindex="-1"):
            async with asyncio.timeout(PATIENCE):
                await fill(visit)
    except TimeoutError:
        _log.warning("page given up", page=path, seconds=PATIENCE)
        client.delete()
        return failed(visit, visit.language.text("It takes too long at present."))
    except ConnectorError as error:
        client.delete()
        return failed(visit, str(error))
    except Exception as error:  # noqa: BLE001 - the edge: nobody above could answer better
        _log.error("page failed", page=path, **told(error))
        client.delete()
        return failed(visit, "")
    return _guarded(client.build_response(request))


def _quasar(code: str) -> Any:  # noqa: ANN401 - a literal of NiceGUI
    return "en-GB" if code == "en" else code


def _dress(visit: Visit) -> None:
    ui.add_head_html(f'<link rel="stylesheet" href="{paths.STYLE}">')
    if visit.looks.theme != "system":
        ui.add_head_html(f"<style>:root {{ color-scheme: {visit.looks.theme} }}</style>")


def _head(visit: Visit, path: str) -> Any:  # noqa: ANN401 - an element of NiceGUI
    say = visit.language.text
    with box("header", "top") as found:
        link(say("Skip to the content"), "#content", "skip")
        with box("div", "top-row"):
            with box("a", "brand", href=paths.OVERVIEW):
                box("span", "brand-mark", aria_hidden="true")
                text("span", "heatsync")
            with box("nav", "ways", aria_label=say("Pages")):
                for each in paths.PAGES:
                    current = _current(path, each)
                    link(say(TITLES[each]), each, **current)
            _choices(visit, path)
    return found


def _current(path: str, way: str) -> dict[str, str]:
    """Return how a way is marked while one is on the page `path`."""
    if way == path:
        return {"aria_current": "page"}
    return {"aria_current": "true"} if way == paths.BENEATH.get(path) else {}


def _choices(visit: Visit, path: str) -> None:
    """Draw how the page may look; plain forms, which work before anything else does."""
    say = visit.language.text
    here = _asked(visit, path)
    with box("div", "choices"):
        with _form(paths.PREFERENCES, here):
            others = [code for code in LANGUAGES if code != visit.language.code]
            for code in others:
                name = LANGUAGES[code]
                text("button", name, "quiet", type="submit", name="language", value=code, lang=code)
        with _form(paths.PREFERENCES, here):
            following = THEMES[(THEMES.index(visit.looks.theme) + 1) % len(THEMES)]
            told_now, told_next = say(_THEMES[visit.looks.theme]), say(_THEMES[following])
            label = say("Theme: {now}. Change to {next}.", now=told_now, next=told_next)
            what = {"name": "theme", "value": following, "aria_label": label, "title": label}
            text("button", told_now, "quiet theme", type="submit", **what)
        if visit.desk.settings.admin_token is not None:
            with _form(paths.LOGOUT, here):
                text("button", say("Log out"), "quiet", type="submit")


def _asked(visit: Visit, path: str) -> str:
    query = visit.request.url.query
    return f"{path}?{query}" if query else path


def _form(action: str, here: str) -> Any:  # noqa: ANN401 - an element of NiceGUI
    with box("form", "", action=action, method="post") as found:
        box("input", "", type="hidden", name="next", value=here)
    return found


def _guarded(answer: Response) -> Response:
    """Return a page with the scripts of its own frame allowed, and no others."""
    nonce = secrets.token_urlsafe(16)
    # Whatever a page shows is escaped: this tag stands in the frame alone.
    body = bytes(answer.body).replace(b"<script", f'<script nonce="{nonce}"'.encode())
    policy = _POLICY.replace("{nonce}", nonce)
    headers = {"content-security-policy": policy, "referrer-policy": "same-origin"}
    return HTMLResponse(body, answer.status_code, headers=headers)


def failed(visit: Visit, reason: str) -> Response:
    """Return a page that says why there is no other."""
    head = marked("This page cannot be shown at present")
    return _plain(visit.looks, 503, head, reason, ("", marked("Try again")))


def missing(looks: Looks) -> Response:
    """Return a page that says that there is none at this address."""
    head = marked("There is no such page")
    return _plain(looks, 404, head, "", (paths.OVERVIEW, TITLES[paths.OVERVIEW]))


def _plain(looks: Looks, status: int, head: str, reason: str, way: tuple[str, str]) -> Response:
    """Return a page that needs no script: what is the matter, and a way to go on."""
    say = looks.language.text
    title, (address, label) = escape(say(head)), way
    body = f"""<!doctype html><html lang="{looks.language.code}" class="theme-{looks.theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="{paths.STYLE}"></head>
<body class="login"><main><h1>{title}</h1><p>{escape(reason)}</p>
<p><a href="{address}">{escape(say(label))}</a></p></main></body></html>"""
    policy = "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    return HTMLResponse(body, status, headers={"content-security-policy": policy})
