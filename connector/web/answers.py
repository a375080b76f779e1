"""Answers that are no success: one shape for all of them, and nothing in it that was sent."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from connector.errors import (
    ConfigError,
    ConnectorError,
    NotFound,
    NotTaken,
    PlatformError,
    Problem,
    Recovery,
    StateError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI, Request

_SHORT_WAIT = "5"
"""Seconds after which it is worth while to ask again."""


class OneProblem(BaseModel):
    """One thing that is wrong."""

    message: str = Field(description="What is wrong, for a person.")
    path: str | None = Field(default=None, description="Where, as `[3].occurred_at`.")
    hint: str | None = Field(default=None, description="What may mend it.")


class Refusal(BaseModel):
    """Why there is no other answer."""

    error: str = Field(description="One sentence for a person.")
    problems: list[OneProblem] = Field(description="Each thing that is wrong; there may be none.")


MISSING: dict[int | str, dict[str, Any]] = {
    404: {"model": Refusal, "description": "There is no such thing."}
}
"""For the OpenAPI of routes that name one thing."""
ALWAYS: dict[int | str, dict[str, Any]] = {
    status: {"model": Refusal, "description": text}
    for status, text in (
        (400, "The body is no JSON."),
        (401, "The admin token is missing or wrong."),
        (403, "There is no admin token, and the caller is not on this machine."),
        (422, "The request cannot be read, or something in it is wrong."),
        (429, "Too many wrong tokens."),
        (503, "The database does not answer at present."),
    )
}
"""For the OpenAPI of every route."""


def refusal(
    status: int,
    error: str,
    problems: Sequence[Problem] = (),
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Return the answer that says why there is no other."""
    told = [{"message": each.message, "path": each.path, "hint": each.hint} for each in problems]
    content = {"error": error, "problems": told}
    return JSONResponse(content, status_code=status, headers=headers)


def answer_errors(app: FastAPI) -> None:
    """Have every error that is known answered in our shape."""
    app.add_exception_handler(ConnectorError, _of_ours)
    app.add_exception_handler(RequestValidationError, _of_bad_request)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_nobody_knows_what)


async def _of_ours(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, ConfigError):
        return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "this cannot be done", error.problems)
    if isinstance(error, NotTaken):
        return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), error.problems)
    if isinstance(error, NotFound):
        return refusal(HTTPStatus.NOT_FOUND, str(error))
    if isinstance(error, PlatformError):
        return refusal(HTTPStatus.BAD_GATEWAY, str(error))
    if isinstance(error, StateError) or getattr(error, "recovery", None) is Recovery.RETRY:
        headers = {"retry-after": _SHORT_WAIT}
        return refusal(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=headers)
    return refusal(HTTPStatus.CONFLICT, str(error))


async def _of_bad_request(_request: Request, error: Exception) -> JSONResponse:
    found = error.errors() if isinstance(error, RequestValidationError) else ()
    problems = [Problem(message=each["msg"], path=_path(each["loc"])) for each in found]
    return refusal(HTTPStatus.UNPROCESSABLE_ENTITY, "the request cannot be read", problems)


async def _of_nobody_knows_what(_request: Request, _error: Exception) -> Response:
    # `Shield` writes it down.
    return Response(status_code=HTTPStatus.INTERNAL_SERVER_ERROR)


async def _of_http(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else HTTPStatus.BAD_REQUEST
    headers = error.headers if isinstance(error, HTTPException) else None
    return refusal(status, HTTPStatus(status).phrase.lower(), headers=headers)


def _path(place: Sequence[int | str]) -> str:
    """Return where in a request something stands: ``query.limit``, ``body[3].type``."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
