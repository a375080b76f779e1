"""The application: every route, and what stands before all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from connector.web.access import Guard
from connector.web.answers import ALWAYS, answer_errors
from connector.web.intake import Intake
from connector.web.reading import Bodies
from connector.web.receiver import Receiver
from connector.web.routes import contacts, events, health, standing
from connector.web.shield import Shield

if TYPE_CHECKING:
    from connector.web.desk import Desk

API = "/api/v1"

_ROUTERS = (contacts.router, events.router, standing.router)
"""Those of the API; each file of `connector.web.routes` offers one."""


def make_app(desk: Desk) -> FastAPI:
    """Return the application that answers for `desk`."""
    app = FastAPI(
        title="heatsync",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        responses=ALWAYS,
    )
    app.state.desk = desk
    app.state.intake = intake = Intake(desk)
    answer_errors(app)
    app.include_router(health.router)
    for router in _ROUTERS:
        app.include_router(router, prefix=API)
    # The last one added is met first.
    app.add_middleware(Bodies)
    app.add_middleware(Guard, desk=desk)
    app.add_middleware(Receiver, desk=desk, intake=intake)
    app.add_middleware(Shield)
    return app
