"""The way to a simulated Brevo: every request and every answer is held against the OpenAPI file."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from tests.openapi.divergences import corrected, is_undescribed

if TYPE_CHECKING:
    from adapters.brevo.simulator import BrevoSimulator
    from adapters.http import Json

SHAPE = Path(__file__).with_name("brevo.json.gz")
_HOST = "https://api.brevo.com"
_ERROR = 400


class Mismatch(AssertionError):
    """A request or an answer is not what the file says."""


class ValidatingTransport(httpx.AsyncBaseTransport):
    """Reaches a simulator in this process; raises Mismatch where an exchange breaks the contract.

    Answers that a fault spoilt are let through.
    """

    def __init__(self, simulator: BrevoSimulator) -> None:
        self._trace = simulator.trace
        self._inner = httpx.ASGITransport(app=simulator.app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        asked = _Asked(request)
        asked.check()
        response = await self._inner.handle_async_request(request)
        await response.aread()
        if self._trace.exchanges[-1].fault is None:
            asked.check_answer(response)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


@cache
def contract() -> OpenAPI:
    """Return the OpenAPI file; that it is sound was seen when it was converted."""
    shape: dict[str, Any] = json.loads(gzip.decompress(SHAPE.read_bytes()))
    unchecked = Config(spec_validator_cls=None)  # type: ignore[arg-type] # None: no check
    return OpenAPI.from_dict(corrected(shape), config=unchecked)


class _Asked:
    """A request as openapi-core wants to see it."""

    def __init__(self, request: httpx.Request) -> None:
        self.host_url = _HOST
        self.path = request.url.raw_path.partition(b"?")[0].decode()
        self.method = request.method.lower()
        self.body = request.content or None
        self.content_type = request.headers.get("content-type", "application/json")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.url.params.multi_items()),
            header=Headers(request.headers.multi_items()),
        )

    def check(self) -> None:
        try:
            contract().validate_request(self)
        except OpenAPIError as error:
            raise Mismatch(f"request {self.method.upper()} {self.path}: {_told(error)}") from error

    def check_answer(self, response: httpx.Response) -> None:
        if response.status_code >= _ERROR and _is_refusal(response.json()):
            return
        try:
            contract().validate_response(self, _Answered(response))
        except OpenAPIError as error:
            if is_undescribed(self.method.upper(), self.path, response.status_code):
                return
            told = f"{response.status_code} to {self.method.upper()} {self.path}: {_told(error)}"
            raise Mismatch(told) from error


class _Answered:
    """An answer as openapi-core wants to see it."""

    def __init__(self, response: httpx.Response) -> None:
        self.status_code = response.status_code
        # Where nothing is said there is nothing to hold against the file.
        self.data = response.content or b""
        self.headers = Headers(response.headers.multi_items())
        self.content_type = response.headers.get("content-type", "application/json")


def _is_refusal(body: Json) -> bool:
    told = [body.get(name) for name in ("code", "message")] if isinstance(body, dict) else []
    return [type(each) for each in told] == [str, str]


def _told(error: OpenAPIError) -> str:
    return f"{error} {error.__cause__ or ''}"
