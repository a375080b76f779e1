"""Whether the process lives, whether it can work, and its figures."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import structlog
from fastapi import APIRouter, Request, Response

from connector.errors import StateError
from connector.web.answers import refusal
from connector.web.desk import Desk, TheDesk

if TYPE_CHECKING:
    from collections.abc import Callable

_log = structlog.get_logger("heatsync.web")
router = APIRouter(include_in_schema=False)

_READING = ["GET", "HEAD"]
_PATIENCE = 3.0
"""Seconds until a database that does not answer counts as one that never will."""
_FRESH = 1.0
"""Seconds for which an answer holds: anybody may ask, and not everybody asks the database."""


@dataclass(slots=True, eq=False)
class Readiness:
    """Whether the database answers, asked once for all who want to know at a time."""

    desk: Desk
    monotonic: Callable[[], float] = time.monotonic
    _question: asyncio.Task[bool] | None = None
    _asked_at: float = 0.0

    async def is_there(self) -> bool:
        """Return whether the database can be worked with."""
        now = self.monotonic()
        if self._question is None or (self._question.done() and now - self._asked_at > _FRESH):
            self._question, self._asked_at = asyncio.create_task(self._ask()), now
        return await asyncio.shield(self._question)

    async def _ask(self) -> bool:
        try:
            async with asyncio.timeout(_PATIENCE), self.desk.workspace().state.read() as tx:
                await tx.notes.get("")
        except (StateError, TimeoutError) as error:
            _log.warning("not ready", error=str(error) or "the database does not answer")
            return False
        return True


@router.api_route("/healthz", methods=_READING)
async def healthz() -> Response:
    """Say that the process lives, and nothing else."""
    return Response("ok\n", media_type="text/plain")


@router.api_route("/readyz", methods=_READING)
async def readyz(desk: TheDesk, request: Request) -> Response:
    """Say whether the process can work: above all that the database answers."""
    problems = desk.readiness()
    if problems:
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "not ready", problems)
    readiness: Readiness = request.app.state.readiness
    if not await readiness.is_there():
        # Anybody may ask: which database, and on which host, is for the log.
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "the database does not answer")
    return Response("ready\n", media_type="text/plain")


@router.api_route("/metrics", methods=_READING)
async def metrics(desk: TheDesk) -> Response:
    """Give the figures that Prometheus collects."""
    content, media_type = await desk.metrics()
    return Response(content, media_type=media_type)
