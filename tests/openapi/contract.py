"""Brevo's OpenAPI file as a judge of requests and answers."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from openapi_core import Config, OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from adapters.simulation.messages import Request
from tests.openapi.divergences import corrected, is_undescribed

if TYPE_CHECKING:
    from collections.abc import Hashable

    import httpx

    from adapters.http import Json

SHAPE = Path(__file__).with_name("brevo.json.gz")
_ERROR = 400
_RIGHT: set[Hashable] = set()
"""Exchanges that the file describes: the same one is not judged again, which takes milliseconds."""


class Mismatch(AssertionError):
    """A request or an answer is not what the file says."""


@cache
def contract() -> OpenAPI:
    """Return the OpenAPI file; that it is sound was seen when it was converted."""
    shape: dict[str, Any] = json.loads(gzip.decompress(SHAPE.read_bytes()))
    unchecked = Config(spec_validator_cls=None)  # type: ignore[arg-type] # None: no check
    return OpenAPI.from_dict(corrected(shape), config=unchecked)


class Asked:
    """A request, as openapi-core wants to see it."""

    def __init__(self, request: Request) -> None:
        self._said = (
            *(request.method, request.path, request.query, request.body),
            tuple(sorted(request.headers.items())),
        )
        self.host_url = "https://api.brevo.com"
        self.path = request.path
        self.method = request.method.lower()
        self.body = request.body or None
        self.content_type = request.headers.get("content-type", "application/json")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(request.params), header=Headers(dict(request.headers))
        )

    @classmethod
    def of(cls, request: httpx.Request) -> Self:
        """Return a request of httpx, whose body is read."""
        return cls(
            Request(
                method=request.method,
                path=request.url.raw_path.partition(b"?")[0].decode("ascii"),
                query=request.url.query.decode("ascii"),
                headers=dict(request.headers),
                body=request.content,
            )
        )

    def check(self) -> None:
        """Raise Mismatch unless the file describes the request."""
        exchange = self._said
        if exchange in _RIGHT:
            return
        try:
            contract().validate_request(self)
        except OpenAPIError as error:
            raise Mismatch(f"request {self.method.upper()} {self.path}: {_told(error)}") from error
        _RIGHT.add(exchange)

    def check_answer(self, status: int, body: bytes) -> None:
        """Raise Mismatch unless the file describes the answer."""
        exchange = (self._said, status, body)
        if exchange in _RIGHT or (status >= _ERROR and _is_refusal(json.loads(body))):
            return
        try:
            contract().validate_response(self, _Answered(status, body))
        except OpenAPIError as error:
            if is_undescribed(self.method.upper(), self.path, status):
                return
            told = f"{status} to {self.method.upper()} {self.path}: {_told(error)}"
            raise Mismatch(told) from error
        _RIGHT.add(exchange)


@dataclass(frozen=True)
class _Answered:
    """An answer, as openapi-core wants to see it."""

    status_code: int
    data: bytes
    headers: Headers = field(default_factory=Headers)
    content_type: str = "application/json"


def _is_refusal(body: Json) -> bool:
    told = [body.get(name) for name in ("code", "message")] if isinstance(body, dict) else []
    return [type(each) for each in told] == [str, str]


def _told(error: OpenAPIError) -> str:
    return f"{error} {error.__cause__ or ''}"
