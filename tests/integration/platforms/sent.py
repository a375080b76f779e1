"""What was sent to platforms, read as what it writes to whom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from adapters.http import Call
from tests.consent import objections

_BREVO_CONTACT = re.compile(r"/v3/contacts/([^/]+)$")
_LIST = re.compile(r"/v3/contacts/lists/(\d+)/contacts/(add|remove)$")
_MEMBERS = re.compile(r"/lists/[\w-]+/(\d+)/memberships/(add|remove)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One contact named in a request that writes."""

    to: str
    """The id of the record, or the address where an address says who is meant."""
    what: str
    """`values`, `created`, or which list it joins or leaves."""


@dataclass(slots=True)
class Recorded(httpx.AsyncBaseTransport):
    """The way into a simulator, and every write that went along it."""

    inner: httpx.AsyncBaseTransport
    writes: list[Write] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    """What requests said that none may say."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        content = await request.aread()
        body = json.loads(content) if content else None
        self.writes += writes_of(request.method, request.url.path, body)
        call = Call(operation="any", method=request.method, path=request.url.path, body=body)
        self.objections += objections(call)
        return await self.inner.handle_async_request(request)


def writes_of(method: str, path: str, body: Any) -> Iterator[Write]:  # noqa: ANN401 - any JSON
    """Yield whom a request writes to, and what; nothing for one that reads."""
    if method == "PUT" and (found := _BREVO_CONTACT.search(path)):
        yield Write(to=found[1], what="values")
    elif method == "PUT" and (found := _MEMBERS.search(path)):
        yield from (Write(to=str(each), what=f"{found[2]} {found[1]}") for each in body)
    elif method == "POST" and (found := _LIST.search(path)):
        yield from (Write(to=str(each), what=f"{found[2]} {found[1]}") for each in body["ids"])
    elif method == "POST" and path == "/v3/contacts":
        yield Write(to=body["email"], what="created")
    elif method == "POST" and path.endswith("/contacts/import"):
        yield from (Write(to=each["email"], what="values") for each in body["jsonBody"])
    elif method == "POST" and path.endswith("/contacts/batch/update"):
        yield from (Write(to=str(each["id"]), what="values") for each in body["inputs"])
    elif method == "POST" and path.endswith("/contacts/batch/create"):
        yield from (
            Write(to=each["properties"]["email"], what="created") for each in body["inputs"]
        )
