"""The application: every route, and what stands before all of them."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Security
from fastapi.responses import HTMLResponse
from fastapi.security import HTTPBearer

from connector.web.access import Guard
from connector.web.answers import ALWAYS, answer_errors
from connector.web.guide import POLICY, guide
from connector.web.intake import Intake
from connector.web.reading import Bodies
from connector.web.receiver import Receiver
from connector.web.routes import contacts, deliveries, events, health, people, standing, turns
from connector.web.shield import Shield

if TYPE_CHECKING:
    from connector.web.desk import Desk

API = "/api/v1"
_DESCRIPTION = (
    "What heatsync knows and has decided. When an admin token is set, every call carries it as "
    "`Authorization: Bearer <token>`; without one only this machine is answered. Whatever is no "
    "success has the shape of `Refusal`."
)

_ROUTERS = (people.router, deliveries.router, contacts.router, events.router, standing.router, turns.router)
"""Those of the API; each file of `connector.web.routes` offers one."""
_TOKEN = Security(HTTPBearer(auto_error=False, description="The admin token."))
"""For the OpenAPI alone: `Guard` has looked at it before."""


def make_app(desk: Desk) -> FastAPI:
    """Return the application that answers for `desk`."""
    app = FastAPI(
        title="heatsync",
        description=_DESCRIPTION,
        version=version("heatsync"),
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=ALWAYS,
    )
    app.state.desk = desk
    app.state.intake = intake = Intake(desk)
    app.state.readiness = health.Readiness(desk)
    answer_errors(app)
    app.include_router(health.router)
    for router in _ROUTERS:
        app.include_router(router, prefix=API, dependencies=[_TOKEN])
    app.add_route("/api/docs", _show_guide, include_in_schema=False)
    # The last one added is met first.
    app.add_middleware(Bodies)
    app.add_middleware(Guard, desk=desk)
    app.add_middleware(Receiver, desk=desk, intake=intake)
    app.add_middleware(Shield)
    return app


async def _show_guide(request: Request) -> HTMLResponse:
    page = guide(request.app.openapi())
    return HTMLResponse(page, headers={"content-security-policy": POLICY})
