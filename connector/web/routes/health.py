"""Whether the process lives, whether it can work, and its figures."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import APIRouter, Response

from connector.errors import StateError
from connector.web.answers import refusal
from connector.web.desk import TheDesk

router = APIRouter(include_in_schema=False)


_READING = ["GET", "HEAD"]


@router.api_route("/healthz", methods=_READING)
async def healthz() -> Response:
    """Say that the process lives, and nothing else."""
    return Response("ok\n", media_type="text/plain")


@router.api_route("/readyz", methods=_READING)
async def readyz(desk: TheDesk) -> Response:
    """Say whether the process can work: above all that the database answers."""
    problems = desk.readiness()
    if problems:
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, "not ready", problems)
    try:
        async with desk.workspace().state.read() as tx:
            await tx.notes.get("")
    except StateError as error:
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error))
    return Response("ready\n", media_type="text/plain")


@router.api_route("/metrics", methods=_READING)
async def metrics(desk: TheDesk) -> Response:
    """Give the figures that Prometheus collects."""
    content, media_type = desk.metrics()
    return Response(content, media_type=media_type)
