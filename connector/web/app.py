"""The application: every route, and what stands before all of them."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Security
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.security import HTTPBearer

from connector.web.access import Guard
from connector.web.answers import ALWAYS, answer_errors
from connector.web.dashboard import login
from connector.web.dashboard.leads import download
from connector.web.door import Door
from connector.web.guide import POLICY, guide
from connector.web.intake import Intake
from connector.web.pulse import Pulse
from connector.web.reading import Bodies
from connector.web.receiver import Receiver
from connector.web.routes import (
    contacts,
    deliveries,
    events,
    health,
    leads,
    people,
    person,
    pictures,
    simulations,
    standing,
    turns,
)
from connector.web.shield import Shield

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from connector.web.desk import Desk

API = "/api/v1"
_GUIDE = "/api/docs"
_DESCRIPTION = (
    "What heatsync knows and has decided. When an admin token is set, every call carries it as "
    "`Authorization: Bearer <token>`; without one only this machine is answered. Whatever is no "
    "success has the shape of `Refusal`."
)

_ROUTERS = (
    people.router,
    deliveries.router,
    contacts.router,
    leads.router,
    person.router,
    pictures.router,
    simulations.router,
    events.router,
    standing.router,
    turns.router,
)
"""Those of the API; each file of `connector.web.routes` offers one."""
_TOKEN = Security(HTTPBearer(auto_error=False, description="The admin token."))
"""For the OpenAPI alone: `Guard` has looked at it before."""


class Web(FastAPI):
    """The application, and what stands before all of it.

    Webhooks never get as far as its routes: what a framework does for each request takes as long
    as proving and storing one.
    """

    def stand_before(self, desk: Desk) -> None:
        """Let nothing through but by the receiver of webhooks."""
        self.state.intake, self.state.pulse = Intake(desk), Pulse(desk)
        receiver = Receiver(super().__call__, desk, self.state.intake, self.state.pulse)
        self._front = Shield(receiver)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        await self._front(scope, receive, send)


def make_app(desk: Desk) -> FastAPI:
    """Return the application that answers for `desk`."""
    app = Web(
        title="heatsync",
        description=_DESCRIPTION,
        version=version("heatsync"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=ALWAYS,
        # Paths name people: they are nothing for traces.
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.desk = desk
    app.state.door = Door(desk.settings, desk.clock)
    app.state.readiness = health.Readiness(desk)
    answer_errors(app)
    app.include_router(health.router)
    for router in _ROUTERS:
        app.include_router(router, prefix=API, dependencies=[_TOKEN])
    if desk.settings.dashboard:
        login.offer(app)
        download.offer(app)
    else:
        app.add_route("/", _lead_on, include_in_schema=False)
    app.add_route(_GUIDE, _show_guide, include_in_schema=False)
    # The last one added is met first.
    app.add_middleware(Bodies)
    app.add_middleware(Guard, door=app.state.door)
    app.stand_before(desk)
    return app


async def _lead_on(_request: Request) -> RedirectResponse:
    return RedirectResponse(_GUIDE)


async def _show_guide(request: Request) -> HTMLResponse:
    page = guide(request.app.openapi())
    return HTMLResponse(page, headers={"content-security-policy": POLICY})
