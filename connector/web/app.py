"""The application: every route, and what stands before all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import FastAPI

from connector.web.access import Guard
from connector.web.answers import Refusal, answer_errors
from connector.web.routes import contacts, health

if TYPE_CHECKING:
    from connector.web.desk import Desk

API = "/api/v1"
MOST_BYTES = 2**20
"""The longest body that is read."""

_ROUTERS = (contacts.router,)
"""Those of the API; each file of `connector.web.routes` offers one."""


def make_app(desk: Desk) -> FastAPI:
    """Return the application that answers for `desk`."""
    app = FastAPI(
        title="heatsync",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        max_body_size=MOST_BYTES,
        responses={422: {"model": Refusal, "description": "The request cannot be read."}},
    )
    app.state.desk = desk
    answer_errors(app)
    app.include_router(health.router)
    for router in _ROUTERS:
        app.include_router(router, prefix=API)
    app.add_middleware(Guard, desk=desk)
    return app
