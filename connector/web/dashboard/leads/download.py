"""The leads that a page shows, all of them, as a file for a spreadsheet."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from starlette.responses import RedirectResponse, Response, StreamingResponse

from connector.errors import ConfigError, NotFound
from connector.sync.looking.lead_table import lead_table
from connector.web.dashboard import paths
from connector.web.dashboard.leads.wanted import wanted_in

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from fastapi import FastAPI
    from starlette.requests import Request

    from connector.web.desk import Desk

_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""By it Excel knows that what follows is UTF-8."""

_log = structlog.get_logger("heatsync.web")


def offer(app: FastAPI) -> None:
    """Add the file, which a session opens as it does the pages."""
    app.add_route(paths.LEADS_FILE, _give, methods=["GET"], include_in_schema=False)


async def _give(request: Request) -> Response:
    """Give all who fit; where there is no such stage or score, the page tells of it."""
    desk: Desk = request.app.state.desk
    try:
        lines = await lead_table(desk.workspace(), wanted_in(request.query_params))
    except (ConfigError, NotFound):
        return RedirectResponse(f"{paths.LEADS}?{request.url.query}", HTTPStatus.SEE_OTHER)
    _log.info("leads exported")
    headers = {"content-disposition": 'attachment; filename="leads.csv"'}
    return StreamingResponse(_marked(lines), media_type="text/csv", headers=headers)


async def _marked(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    yield _MARK
    async for each in lines:
        yield each
