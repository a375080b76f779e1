"""The door of a simulated platform: every request is counted, noted, and perhaps goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC
from email.utils import format_datetime
from typing import TYPE_CHECKING, Protocol

import httpx
from starlette import requests
from starlette.responses import Response

from adapters.simulation.faults import Fault, Faults
from adapters.simulation.messages import Reply, Request
from adapters.simulation.trace import Exchange, Trace
from adapters.simulation.windows import Windows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime, timedelta

    from starlette.types import Receive, Scope, Send

    from adapters.simulation.windows import Standing

_PAGE = Reply(
    body=b"<!DOCTYPE html><html><body><h1>Please come back later</h1></body></html>",
    headers={"content-type": "text/html"},
)


class Vendor(Protocol):
    """What is behind the door. Nothing here awaits, so each request finds the account whole."""

    def refuse(self, request: Request) -> Reply | None:
        """Return the refusal of a caller without the right key; it counts in no limit."""
        ...

    def buckets(self, request: Request) -> tuple[str, ...]:
        """Return the limits that a request counts in."""
        ...

    def answer(self, request: Request) -> Reply:
        """Do what is asked, and return the reply."""
        ...

    def feign(self, request: Request) -> Reply | None:
        """Return the reply of a write that is done, though nothing is; None for a read."""
        ...

    def failure(self, status: int, standings: Sequence[Standing]) -> Reply:
        """Return how this platform says 429, 500 or 503."""
        ...

    def limit_headers(self, standings: Sequence[Standing]) -> Mapping[str, str]:
        """Return what an answer says of limits."""
        ...


class Front:
    """An ASGI application around a vendor.

    In process (`httpx.ASGITransport`) a request that gets no answer raises what httpx raises for
    it; behind a `Server` its connection breaks.
    """

    def __init__(
        self,
        vendor: Vendor,
        *,
        now: Callable[[], datetime],
        windows: Windows | None = None,
        latency: timedelta | None = None,
    ) -> None:
        """Without `windows` there are no limits; `latency` is real time, spent before the work."""
        self.faults = Faults()
        self.trace = Trace()
        self.windows = windows or Windows([])
        self.latency = latency
        self.is_dated = True
        """Whether answers say when they were given."""
        self._vendor = vendor
        self._now = now

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        request = await read_request(scope, receive)
        if self.latency:
            await asyncio.sleep(self.latency.total_seconds())
        try:
            reply = self._reply(request)
        except httpx.TransportError:
            # Only a server hands in the connection; in process the caller sees the error itself.
            transport = scope.get("state", {}).get("transport")
            if transport is None:
                raise
            transport.abort()
            return
        dated = {"date": format_datetime(self._now().astimezone(UTC), usegmt=True)}
        headers = {**(dated if self.is_dated else {}), **reply.headers}
        response = Response(reply.body, reply.status, headers)
        await response(scope, receive, send)

    def _reply(self, request: Request) -> Reply:
        """Return the reply, and note what was done; raises httpx.TransportError for none."""
        refusal = self._vendor.refuse(request)
        if refusal is not None:
            self._note(request, (), refusal)
            return refusal
        buckets = self._vendor.buckets(request)
        standings = self.windows.take(buckets, self._now())
        if any(each.is_exceeded for each in standings):
            reply = self._vendor.failure(httpx.codes.TOO_MANY_REQUESTS, standings)
            self._note(request, buckets, reply)
            return reply
        return self._played(request, buckets, standings)

    def _played(
        self, request: Request, buckets: tuple[str, ...], standings: Sequence[Standing]
    ) -> Reply:
        fault = self.faults.due(request)
        try:
            reply = self._with(fault, request, standings)
        except httpx.TransportError:
            self._note(request, buckets, None, fault)
            raise
        self._note(request, buckets, reply, fault)
        return replace(reply, headers={**self._vendor.limit_headers(standings), **reply.headers})

    def _with(self, fault: Fault | None, request: Request, standings: Sequence[Standing]) -> Reply:
        """Return what comes back."""
        match fault:
            case Fault.RATE_LIMITED:
                return self._vendor.failure(429, standings)
            case Fault.SERVER_ERROR:
                return self._vendor.failure(500, standings)
            case Fault.UNAVAILABLE:
                return self._vendor.failure(503, standings)
            case Fault.HTML_PAGE:
                return _PAGE
            case Fault.UNREACHABLE:
                raise httpx.ConnectError("connection refused")
            case Fault.TIMED_OUT:
                raise httpx.ReadTimeout("no answer")
            case Fault.LOST_ANSWER:
                self._vendor.answer(request)
                raise httpx.ReadTimeout("no answer")
            case Fault.DID_NOTHING if feigned := self._vendor.feign(request):
                return feigned
        reply = self._vendor.answer(request)
        return _cut(reply) if fault is Fault.CUT_BODY else reply

    def _note(
        self,
        request: Request,
        buckets: tuple[str, ...],
        reply: Reply | None,
        fault: Fault | None = None,
    ) -> None:
        self.trace.add(
            Exchange(
                at=self._now(),
                method=request.method,
                path=request.path,
                query=request.query,
                buckets=buckets,
                status=reply.status if reply else None,
                size=reply.size if reply else 0,
                fault=fault,
            )
        )


def _cut(reply: Reply) -> Reply:
    """Return the first half of a reply; what has no body breaks off before its end."""
    if not reply.body:
        raise httpx.RemoteProtocolError("the connection was closed")
    return replace(reply, body=reply.body[: len(reply.body) // 2])


async def read_request(scope: Scope, receive: Receive) -> Request:
    """Return a request of ASGI, once it is here whole."""
    asked = requests.Request(scope, receive)
    return Request(
        method=asked.method,
        # Starlette's own path is decoded: a coded slash would part it.
        path=scope["raw_path"].partition(b"?")[0].decode("ascii"),
        query=asked.url.query,
        headers=dict(asked.headers),
        body=await asked.body(),
    )
